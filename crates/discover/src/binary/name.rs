//! What the path of a file tells by itself: the directory of a kernel's modules, and libraries whose shared
//! object number stands for a release (`data/library-names.csv`).

use super::strings;
use crate::piece::Pieces;
use std::sync::LazyLock;

/// The table: name, CPE vendor and product, name of the file, version.
const TABLE: &str = include_str!("../../data/library-names.csv");

static ROWS: LazyLock<Vec<[String; 5]>> = LazyLock::new(|| {
    let mut reader = csv::ReaderBuilder::new().comment(Some(b'#')).from_reader(TABLE.as_bytes());
    let row = |record: csv::StringRecord| {
        let cell = |at: usize| record.get(at).unwrap_or_default().to_owned();
        [cell(0), cell(1), cell(2), cell(3), cell(4)]
    };
    reader.records().flatten().map(row).collect()
});

/// What the path of a file tells.
pub(crate) fn of_path(path: &str) -> Option<Pieces> {
    kernel(path).or_else(|| library(path))
}

fn kernel(path: &str) -> Option<Pieces> {
    let directory =
        path.strip_suffix("/modules.builtin").or_else(|| path.strip_suffix("/modules.dep"))?;
    let (above, version) = directory.rsplit_once('/')?;
    if !(above == "lib/modules" || above.ends_with("/lib/modules")) {
        return None;
    }
    let mut pieces = Pieces::default();
    let plain = version.split(['-', '+', '_']).next().unwrap_or(version);
    let counts =
        plain.split('.').all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()));
    if counts {
        strings::kernel(&mut pieces, plain);
    } else {
        pieces.pass_over("", format!("`{version}` is no version of a kernel"));
    }
    Some(pieces)
}

fn library(path: &str) -> Option<Pieces> {
    let file = path.rsplit('/').next().unwrap_or(path);
    let find = |[name, vendor, product, known, version]: &'static [String; 5]| {
        let version = match known.strip_suffix('*') {
            Some(begin) => file.strip_prefix(begin).filter(|rest| is_release(rest))?,
            None if known == file => version,
            None => return None,
        };
        Some(([name.as_str(), vendor, product], version))
    };
    let (named, version) = ROWS.iter().find_map(find)?;
    let mut pieces = Pieces::default();
    strings::product(&mut pieces, named, version, String::new());
    Some(pieces)
}

/// `1.5.4`: what stands behind `.so.` alone in `libzstd.so.1` is no release.
fn is_release(text: &str) -> bool {
    let mut parts = text.split('.');
    let are_numbers =
        parts.all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()));
    are_numbers && text.split('.').count() >= 3
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_row_is_whole_and_no_name_stands_twice() {
        let names: BTreeSet<&str> = ROWS.iter().map(|[.., file, _]| file.as_str()).collect();
        assert_eq!((names.len(), ROWS.len()), (37, 37));
        for [name, _, _, file, version] in ROWS.iter() {
            let file = file.replace('*', "4.5.6");
            let version = version.replace('*', "4.5.6");
            let found = of_path(&format!("usr/lib/{file}")).unwrap_or_default().found;
            let [piece] = found.as_slice() else { panic!("{file}: {found:?}") };
            assert_eq!(piece.component.name, *name);
            assert_eq!(piece.component.version, Some(version));
            assert_eq!(piece.component.cpes.len(), 1, "{name} has no CPE name");
        }
    }

    #[test]
    fn other_names_tell_nothing() {
        for path in [
            "usr/lib/libfreetype.so",
            "usr/lib/libfreetype.so.6",
            "usr/lib/libzstd.so.1",
            "usr/lib/libzstd.so.1.2",
            "usr/lib/libzstd.so.1.2.x",
            "lib/modules/modules.dep",
        ] {
            assert!(of_path(path).is_none(), "{path}");
        }
    }
}
