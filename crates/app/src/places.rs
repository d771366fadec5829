//! Where the record of a workspace lies: computed here and nowhere else.
//!
//! The default workspace lies in the data directory itself, the others below `workspaces/`, each with
//! the same layout inside. No two records share a folder, a schema, a prefix of blobs or a second
//! place of the log. Public knowledge is shared.

use crate::{config::Settings, ending::Failure};
use aftercare_desk::Places;
use aftercare_domain::{Refusal, WorkspaceName};
use aftercare_register::{Store, Twins};
use std::{fs, io, path::PathBuf};

/// The folder of all workspaces but the default one: in the data directory, in the second place of the
/// log and in the bucket.
const WORKSPACES: &str = "workspaces";

impl Settings {
    /// The same settings for another workspace.
    pub fn of(&self, workspace: &WorkspaceName) -> Self {
        let mut settings = self.clone();
        settings.workspace = workspace.clone();
        settings
    }

    /// The folder of the workspace: register, manufacturer and twins.
    pub fn folder(&self) -> PathBuf {
        match self.below() {
            None => self.data.clone(),
            Some(below) => self.data.join(below),
        }
    }

    /// The file that names the manufacturer.
    pub fn manufacturer_file(&self) -> PathBuf {
        self.home().join("manufacturer.json")
    }

    /// The same settings for the record itself, where they are for a twin.
    pub fn original(&self) -> Self {
        let mut settings = self.clone();
        settings.twin = None;
        settings
    }

    /// The folder of what is meant: of the workspace, or of a twin in it.
    fn home(&self) -> PathBuf {
        match &self.twin {
            None => self.folder(),
            Some(name) => Twins::of(&self.folder().join("register"), &Store::Sqlite).place(name),
        }
    }

    /// The folder of editions, shared by all workspaces.
    pub fn corpus(&self) -> aftercare_corpus::Store {
        aftercare_corpus::Store::at(self.data.join("corpus"))
    }

    /// Where the desk finds the record of the workspace, or of a twin in it.
    pub fn places(&self) -> Result<Places, Failure> {
        let store = self.of_workspace(self.store()?)?;
        let original = Places {
            register: self.folder().join("register"),
            corpus: self.data.join("corpus"),
            store,
            blobs: self.blobs(self.below().as_deref())?,
        };
        match &self.twin {
            None => Ok(original),
            Some(name) => Ok(original.twin(name)?),
        }
    }

    /// Where the tables of the workspace are, when those of the default one are in `store`.
    pub fn of_workspace(&self, store: Store) -> Result<Store, Failure> {
        Ok(match self.suffix() {
            None => store,
            Some(suffix) => store.named(&suffix)?,
        })
    }

    /// A second place for the log of the workspace.
    pub fn log_copy_to(&self) -> Option<PathBuf> {
        let place = self.log_copy_to.clone()?;
        Some(match self.below() {
            None => place,
            Some(below) => place.join(below),
        })
    }

    /// All workspaces of the installation, the default one first, and what lies among them but has no
    /// name that a workspace can have.
    pub fn workspaces(&self) -> Result<(Vec<WorkspaceName>, Vec<Refusal>), Failure> {
        let folder = self.data.join(WORKSPACES);
        let failed = |error: io::Error| Failure::at("Listing", &folder, &error);
        let (mut names, mut strange) = (Vec::new(), Vec::new());
        match fs::read_dir(&folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(failed(error)),
            Ok(list) => {
                for entry in list {
                    let entry = entry.map_err(failed)?;
                    let name = entry.file_name().to_string_lossy().into_owned();
                    if name.starts_with('.') || !entry.path().is_dir() {
                        continue; // the beginnings of a workspace, or somebody's notes
                    }
                    match name.parse::<WorkspaceName>() {
                        Ok(name) if name.is_main() => {}
                        Ok(name) => names.push(name),
                        Err(refusal) => strange.push(refusal),
                    }
                }
            }
        }
        names.sort();
        names.insert(0, WorkspaceName::main());
        Ok((names, strange))
    }

    /// The place of the workspace below whatever all share; none = right there.
    fn below(&self) -> Option<String> {
        (!self.workspace.is_main()).then(|| format!("{WORKSPACES}/{}", self.workspace))
    }

    /// What stands behind the configured schema. A hyphen becomes two underscores, so that no name
    /// reads like another one with something behind it: `a-new` is not `a` being made anew.
    fn suffix(&self) -> Option<String> {
        let name = self.workspace.as_str().replace('-', "__");
        (!self.workspace.is_main()).then(|| format!("_w_{name}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use aftercare_register::BlobPlace;
    use std::{collections::BTreeSet, path::Path};

    fn settings() -> Settings {
        Settings::of_variables(&[
            ("AFTERCARE_DATA", "d"),
            ("AFTERCARE_STORE_ADDRESS", "postgresql://db.example.org/care"),
            ("AFTERCARE_BLOBS_ENDPOINT", "https://s3.example.org"),
            ("AFTERCARE_BLOBS_BUCKET", "care"),
            ("AFTERCARE_BLOBS_ACCESS_KEY", "a"),
            ("AFTERCARE_BLOBS_SECRET_KEY", "b"),
            ("AFTERCARE_LOG_COPY_TO", "second"),
        ])
    }

    fn all(settings: &Settings) -> [String; 5] {
        let places = settings.places().expect("places");
        let Store::Postgres(server) = &places.store else { panic!("no server") };
        let BlobPlace::Bucket(bucket) = &places.blobs else { panic!("no bucket") };
        [
            settings.folder().display().to_string(),
            places.register.display().to_string(),
            server.schema().to_owned(),
            bucket.to_string(),
            settings.log_copy_to().expect("a place").display().to_string(),
        ]
    }

    fn named(text: &str) -> Settings {
        settings().of(&text.parse().expect("a name"))
    }

    #[test]
    fn the_default_workspace_lies_where_it_always_lay() {
        assert_eq!(
            all(&named("main")),
            ["d", "d/register", "aftercare", "https://s3.example.org/care", "second"]
        );
        assert_eq!(named("main").manufacturer_file(), Path::new("d/manufacturer.json"));
    }

    #[test]
    fn another_one_has_everything_of_its_own_but_public_knowledge() {
        let north = named("north-2");
        assert_eq!(
            all(&north),
            [
                "d/workspaces/north-2",
                "d/workspaces/north-2/register",
                "aftercare_w_north__2",
                "https://s3.example.org/care/workspaces/north-2",
                "second/workspaces/north-2",
            ]
        );
        assert_eq!(north.places().expect("places").corpus, Path::new("d/corpus"));
    }

    #[test]
    fn no_schema_is_that_of_another_workspace_while_it_is_made_or_replaced() {
        let mut seen = BTreeSet::new();
        for name in ["main", "a", "a-new", "new-a", "a-w-b", "w-a", "a-t-b"] {
            let store = named(name).places().expect("places").store;
            for suffix in ["", "_new", "_20261125t172632z"] {
                let Store::Postgres(server) = store.named(suffix).expect("fits") else {
                    panic!("no server")
                };
                assert!(seen.insert(server.schema().to_owned()), "{name}{suffix}");
            }
        }
    }
}
