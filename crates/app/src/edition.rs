//! Which edition a command is about.

use crate::{config::Settings, ending::Failure};
use aftercare_corpus::Edition;
use std::path::Path;

/// Opens the edition that `wanted` names: a file, or the first digits of a digest; the one in use if
/// none is named.
pub fn open(wanted: Option<&str>, settings: &Settings) -> Result<Edition, Failure> {
    let store = settings.corpus();
    let Some(wanted) = wanted else { return Ok(store.open_current()?) };
    let path = Path::new(wanted);
    if path.is_file() || path.extension().is_some_and(|extension| extension == "edition") {
        return Ok(Edition::open(path)?);
    }
    Ok(store.open(&store.resolve(wanted)?)?)
}
