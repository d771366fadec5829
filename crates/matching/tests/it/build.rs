//! Small editions and inventories for the tests.

use aftercare_corpus::{Edition, Limits, import};
use aftercare_matching::{Assessed, Matcher};
use aftercare_vocab::{
    inventory::{Component, Format, Inventory},
    verdict::{Answer, Verdict},
};
use std::path::{Path, PathBuf};

/// A scratch folder with an edition of the given documents.
pub struct Made {
    pub edition: Edition,
    _folder: tempfile::TempDir,
}

/// An edition of these files or folders.
pub fn edition_of(paths: &[PathBuf]) -> Made {
    let folder = tempfile::tempdir().expect("scratch");
    let made = import(folder.path(), paths, None, None, &Limits::default(), &mut |_| {});
    let edition = Edition::open(&made.expect("imported").path).expect("opened");
    Made { edition, _folder: folder }
}

/// An edition of these JSON records.
pub fn edition(records: &[&str]) -> Made {
    let folder = tempfile::tempdir().expect("scratch");
    for (number, record) in records.iter().enumerate() {
        std::fs::write(folder.path().join(format!("{number}.json")), record).expect("written");
    }
    edition_of(&[folder.path().to_owned()])
}

/// A component of these identities (`pkg:...` or `cpe:...`); the version is the component's own.
pub fn component(name: &str, version: &str, identities: &[&str]) -> Component {
    let mut component = Component { name: name.to_owned(), ..Component::default() };
    component.version = (!version.is_empty()).then(|| version.to_owned());
    for text in identities {
        match text.parse() {
            Ok(purl) => component.purls.push(purl),
            Err(_) => component.cpes.push(text.parse().expect("a package URL or CPE")),
        }
    }
    component
}

/// An inventory of these components without a root.
pub fn inventory(components: Vec<Component>) -> Inventory {
    Inventory {
        format: Format::CyclonedxJson,
        spec_version: "1.6".into(),
        serial: None,
        name: None,
        created: None,
        authors: Vec::new(),
        tools: Vec::new(),
        root: None,
        components,
        dependencies: Vec::new(),
        graph_has_holes: false,
    }
}

/// What is found for one component standing alone.
pub fn assess(edition: &Edition, component: Component) -> Assessed {
    let inventory = inventory(vec![component]);
    Matcher::new(edition, &inventory).assess(0, &inventory.components[0]).expect("assessed")
}

/// The answer of `explain` for one component standing alone; `None`: no source joins the two.
pub fn answer(edition: &Edition, component: Component, id: &str) -> Option<Verdict> {
    let inventory = inventory(vec![component]);
    let matcher = Matcher::new(edition, &inventory);
    let verdicts = matcher.explain(&inventory.components[0], id).expect("explained");
    let found = verdicts.into_iter().min_by_key(|verdict| verdict.answer);
    // Both ways to ask agree.
    let assessed = matcher.assess(0, &inventory.components[0]).expect("assessed");
    let open = assessed.verdicts.iter().map(|judged| &judged.verdict).find(|verdict| {
        verdict.id.eq_ignore_ascii_case(id)
            || verdict.aliases.iter().any(|alias| alias.eq_ignore_ascii_case(id))
    });
    assert_eq!(found.as_ref().filter(|verdict| verdict.answer != Answer::NotAffected), open);
    found
}

/// The workspace's root folder.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// A path in the shared data; `None` (said on standard error) where they are absent.
pub fn shared(path: &str) -> Option<PathBuf> {
    let path = root().join("../shared/data").join(path);
    if path.exists() {
        return Some(path);
    }
    eprintln!("NOT RUN: shared data absent ({})", path.display());
    None
}

/// The lines of a gzip file of JSON lines.
pub fn lines(path: &Path) -> Vec<serde_json::Value> {
    let file = std::fs::File::open(path).expect("readable");
    let text = std::io::read_to_string(flate2::read::GzDecoder::new(file)).expect("text");
    text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}
