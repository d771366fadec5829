//! Editions from files: what goes in, what comes out, and what is refused.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test may fail by panicking")]
#![allow(clippy::print_stderr, reason = "a test that could not run says so")]

mod changes;
mod damage;
mod import;
mod shared;
mod supplier;

use aftercare_corpus::{Edition, ImportError, Limits, import as run};
use std::{
    io::Write,
    path::{Path, PathBuf},
};

/// A folder of files to import, and a folder for editions.
struct House {
    folder: tempfile::TempDir,
}

impl House {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("scratch") }
    }

    fn put(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.folder.path().join("in").join(name);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("made");
        std::fs::write(&path, bytes).expect("written");
        path
    }

    fn editions(&self) -> PathBuf {
        self.folder.path().join("editions")
    }

    fn import(&self, paths: &[PathBuf]) -> Result<Edition, ImportError> {
        self.import_onto(paths, None)
    }

    fn import_onto(
        &self,
        paths: &[PathBuf],
        base: Option<&Edition>,
    ) -> Result<Edition, ImportError> {
        let made = run(&self.editions(), paths, base, None, &Limits::default(), &mut |_| {})?;
        Ok(Edition::open(&made.path).expect("opened"))
    }

    /// Names of all files where editions are kept, hidden ones too.
    fn left(&self) -> Vec<String> {
        let Ok(entries) = std::fs::read_dir(self.editions()) else { return Vec::new() };
        entries
            .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
            .collect()
    }
}

fn osv(id: &str, modified: &str, aliases: &[&str], package: &str, fixed: &str) -> String {
    let aliases = serde_json::to_string(aliases).expect("JSON");
    let (ecosystem, name) = package.split_once('/').expect("ecosystem/name");
    format!(
        r#"{{"id":"{id}","modified":"{modified}","aliases":{aliases},"summary":"About {id}","affected":[{{"package":{{"ecosystem":"{ecosystem}","name":"{name}"}},"ranges":[{{"type":"SEMVER","events":[{{"introduced":"0"}},{{"fixed":"{fixed}"}}]}}]}}]}}"#
    )
}

fn zipped(entries: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, text) in entries {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).expect("entry");
        zip.write_all(text.as_bytes()).expect("written");
    }
    zip.finish().expect("finished").into_inner()
}

/// A path in the shared data; `None` (said on standard error) where they are absent.
fn shared(path: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data").join(path);
    if path.exists() {
        return Some(path);
    }
    eprintln!("NOT RUN: shared data absent ({})", path.display());
    None
}
