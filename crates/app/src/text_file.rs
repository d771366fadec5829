//! A text in a file that somebody names, as long as it may be.

use std::{fs::File, io::Read as _, path::Path};

/// The text; why it cannot be read, or is longer than `limit` bytes.
pub fn read(path: &Path, limit: u64) -> Result<String, String> {
    let mut text = String::new();
    File::open(path)
        .and_then(|file| file.take(limit + 1).read_to_string(&mut text))
        .map_err(|error| format!("The file cannot be read: {error}."))?;
    if text.len() as u64 > limit {
        return Err(format!("It is longer than {limit} bytes."));
    }
    Ok(text)
}
