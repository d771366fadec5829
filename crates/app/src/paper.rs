//! Where answers go: standard output, a file, and standard error for what is not the answer.

use crate::{ending::Failure, sheet::Look};
use aftercare_vocab::problem::plain;
use clap::ValueEnum;
use serde::Serialize;
use std::{
    fs::{self, File},
    io::{self, BufWriter, IsTerminal, Write},
    path::Path,
};

/// How an answer is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Format {
    /// For people.
    #[default]
    Table,
    /// For programs.
    Json,
}

/// Columns of a table when standard output is a terminal that does not say how wide it is.
const WIDTH: usize = 100;

/// How tables on standard output look: as wide as the terminal, in colour only there. Elsewhere
/// lines are as long as their content, so that a search through them finds everything.
pub fn look(no_colour: bool) -> Look {
    if !io::stdout().is_terminal() {
        return Look { width: None, colour: false };
    }
    let width = terminal_size::terminal_size().map_or(WIDTH, |(width, _)| usize::from(width.0));
    Look { width: Some(width), colour: !no_colour }
}

/// Writes to standard output. A reader that has seen enough (`| head`) is no trouble.
pub fn print(text: &[u8]) -> Result<(), Failure> {
    print_with(|out| out.write_all(text))
}

/// The same for an answer that is made while it is written.
pub fn print_with(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Failure> {
    let mut out = BufWriter::new(io::stdout().lock());
    match write(&mut out).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::at("Writing to", Path::new("standard output"), &error))
        }
        _ => Ok(()),
    }
}

/// Writes a value as indented JSON to standard output.
pub fn print_json(value: &impl Serialize) -> Result<(), Failure> {
    print(&json(value)?)
}

/// A value as indented JSON.
pub fn json(value: &impl Serialize) -> Result<Vec<u8>, Failure> {
    let mut text = serde_json::to_vec_pretty(value).map_err(|error| {
        Failure::Trouble(format!("The answer cannot be written as JSON: {error}"))
    })?;
    text.push(b'\n');
    Ok(text)
}

/// Writes a value as indented JSON while it is made.
pub fn write_json(out: &mut dyn Write, value: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, value)?;
    out.write_all(b"\n")
}

/// Writes to a file: whole, or not at all.
pub fn save(path: &Path, text: &[u8]) -> Result<(), Failure> {
    save_with(path, |out| out.write_all(text))
}

/// The same for an answer that is made while it is written.
pub fn save_with(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), Failure> {
    let write = |file: File| {
        let mut out = BufWriter::new(file);
        write(&mut out)?;
        out.flush()
    };
    let failed = |error: io::Error| Failure::at("Writing to", path, &error);
    // a device or pipe (`/dev/stdout`) cannot be replaced, only written to
    if fs::metadata(path).is_ok_and(|found| !found.is_file()) {
        return File::create(path).and_then(write).map_err(failed);
    }
    let Some(name) = path.file_name() else {
        return Err(Failure::Wrong(format!("`{}` names no file to write to.", path.display())));
    };
    let mut temporary = std::ffi::OsString::from(".");
    temporary.push(name);
    temporary.push(format!(".{}.new", std::process::id()));
    let temporary = path.with_file_name(temporary);
    let written =
        File::create(&temporary).and_then(write).and_then(|()| fs::rename(&temporary, path));
    written.map_err(|error| {
        let _ = fs::remove_file(&temporary);
        failed(error)
    })
}

/// Says something beside the answer, on standard error. Nobody may be listening.
pub fn tell(message: &str) {
    let mut out = io::stderr().lock();
    for (number, line) in message.lines().enumerate() {
        let lead = if number == 0 { "aftercare: " } else { "  " };
        let _ = writeln!(out, "{lead}{}", plain(line));
    }
}
