//! Real databases (`tests/fixtures/rpm`), whole and damaged.

use super::*;
use flate2::read::GzDecoder;
use std::io::Read;

const SQLITE: &[u8] = include_bytes!("../../tests/fixtures/rpm/rpmdb.sqlite.gz");
const NDB: &[u8] = include_bytes!("../../tests/fixtures/rpm/Packages.db.gz");
const LITTLE: &[u8] = include_bytes!("../../tests/fixtures/rpm/Packages-1234.gz");
const BIG: &[u8] = include_bytes!("../../tests/fixtures/rpm/Packages-4321.gz");
/// What rpm itself lists: number, name, epoch, version and release, architecture, source package.
const LISTED: &str = include_str!("../../tests/fixtures/rpm/packages.txt");

fn unpacked(packed: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    GzDecoder::new(packed).read_to_end(&mut bytes).expect("unpacked");
    bytes
}

/// In the form of [`LISTED`].
fn shown(package: &Package) -> String {
    let epoch = package.epoch();
    let row = package.row(&epoch);
    let epoch = row.epoch.filter(|epoch| *epoch != "0").unwrap_or("(none)");
    let number = row.place.strip_prefix("package ").expect("a number");
    let (arch, source) = (row.arch.expect("told"), row.source.expect("told"));
    format!("{number} {} {epoch} {} {arch} {source}", row.name, row.version)
}

#[test]
fn every_form_tells_what_rpm_tells() {
    let mut listed: Vec<&str> = LISTED.lines().collect();
    assert_eq!(listed.len(), 24);
    let first = read(&unpacked(SQLITE)).expect("read").packages;
    for (index, packed) in [SQLITE, NDB, LITTLE, BIG].into_iter().enumerate() {
        let database = read(&unpacked(packed)).expect("read");
        assert_eq!(database.unread, [], "{index}");
        let mut found: Vec<String> = database.packages.iter().map(shown).collect();
        // ndb numbers packages anew, and a hash has its own order
        if packed == NDB {
            let bare = |line: &str| line.split_once(' ').map(|(_, rest)| rest.to_owned());
            found = found.iter().filter_map(|line| bare(line)).collect();
            let mut wanted: Vec<String> = listed.iter().filter_map(|line| bare(line)).collect();
            found.sort();
            wanted.sort();
            assert_eq!(found, wanted);
        } else {
            found.sort();
            listed.sort_unstable();
            assert_eq!(found, listed, "{index}");
        }
        for package in &database.packages {
            let same = first.iter().find(|other| other.name == package.name).expect("there");
            assert_eq!(package.files, same.files, "{index}: {}", package.name);
            let row = package.row("0");
            assert_eq!((row.vendor, row.licence), (Some("Example Devices"), same.row("0").licence));
        }
        let files = |name: &str| {
            let package = database.packages.iter().find(|package| package.name == name);
            package.expect("there").files.clone()
        };
        assert_eq!(files("pump-texts").len(), 300);
        assert_eq!(files("pump-texts")[299], "/usr/share/pump/texts/300.txt");
        // what it only names (ghosts) is not among them
        assert_eq!(files("zlib"), ["/usr/lib64/libz.so.1.2.11"]);
    }
}

#[test]
fn a_database_that_is_cut_is_told_wherever_it_is_cut() {
    for (index, packed) in [SQLITE, NDB, LITTLE, BIG].into_iter().enumerate() {
        let whole = unpacked(packed);
        let ends = (0..whole.len()).step_by(whole.len() / 37);
        for end in ends.chain([1, 20, 100, 511, 512, 513, 4_095, 4_096]) {
            match read(&whole[..end]) {
                Ok(database) => {
                    let all = database.packages.len() == 24
                        && database.packages.iter().all(|one| !one.files.is_empty());
                    assert!(all || !database.unread.is_empty(), "{index}: {end}");
                }
                Err(why) => assert!(!why.is_empty()),
            }
        }
    }
}

#[test]
fn flipped_bytes_end_in_a_message_or_in_nothing_worse() {
    for (index, packed) in [SQLITE, NDB, LITTLE, BIG].into_iter().enumerate() {
        let whole = unpacked(packed);
        // the heads of the file, of its first pages and of blocks densely, the rest here and there
        let mut changed = whole.clone();
        for at in (0..256).chain((256..4_200).step_by(31)).chain((4_200..whole.len()).step_by(997))
        {
            for flip in [0xff_u8, 0x01] {
                changed[at] = whole[at] ^ flip;
                if let Ok(database) = read(&changed)
                    && packed == NDB
                {
                    // its check sums let no change pass in silence
                    let is_whole = database.packages.len() == 24;
                    assert!(is_whole || !database.unread.is_empty(), "{index}: {at}");
                }
            }
            changed[at] = whole[at];
        }
    }
}

#[test]
fn pages_that_lead_in_a_circle_are_met_once() {
    // the tree's root leads to itself
    let mut sqlite = unpacked(SQLITE);
    let size = 4096;
    let is_inner = |page: &&[u8]| page[0] == 0x05;
    let root = sqlite.chunks(size).position(|page| is_inner(&page)).expect("an inner page");
    let at = root * size;
    let number = u32::try_from(root + 1).expect("small").to_be_bytes();
    sqlite[at + 8..at + 12].copy_from_slice(&number);
    let told = read(&sqlite).expect("read").unread;
    assert!(told.iter().any(|(_, why)| why.contains("in two places")), "{told:?}");
    // the overflow pages of a hash lead to themselves
    let mut hash = unpacked(LITTLE);
    for at in (0..hash.len()).step_by(size) {
        if hash[at + 25] == 7 {
            let own: [u8; 4] = hash[at + 8..at + 12].try_into().expect("four");
            hash[at + 16..at + 20].copy_from_slice(&own);
        }
    }
    let told = read(&hash).expect("read").unread;
    assert!(told.iter().any(|(_, why)| why.contains("in two places")), "{told:?}");
    // all slots lead to the blocks of one package
    let mut ndb = unpacked(NDB);
    let first: Vec<u8> = ndb[32..48].to_vec();
    for at in (48..4_096).step_by(16) {
        ndb[at..at + 16].copy_from_slice(&first);
    }
    let told = read(&ndb).expect("read").unread;
    assert!(told.iter().any(|(_, why)| why.contains("of other packages")), "{told:?}");
}

#[test]
fn other_files_are_told_by_what_they_are() {
    let mut btree = unpacked(LITTLE);
    btree[12..16].copy_from_slice(&0x0005_3162_u32.to_le_bytes());
    let mut sealed = unpacked(LITTLE);
    sealed[24] = 1;
    let mut wide = unpacked(SQLITE);
    wide[59] = 2;
    let mut newer = unpacked(NDB);
    newer[4] = 1;
    let mut unnamed = unpacked(SQLITE);
    while let Some(at) = unnamed.windows(13).position(|part| part == b"tablePackages") {
        unnamed[at + 5] = b'Q';
    }
    for (bytes, word) in [
        (&b""[..], "none of the databases"),
        (b"text", "none of the databases"),
        (&btree, "no hash"),
        (&sealed, "encrypted"),
        (&wide, "UTF-8"),
        (&newer, "version"),
        (&unnamed, "no table `Packages`"),
    ] {
        let why = read(bytes).map(|database| database.packages.len()).expect_err("not read");
        assert!(why.contains(word), "{why}");
    }
}

/// A header of these tags: number, kind, count, data.
fn header(rows: &[(u32, u32, u32, &[u8])]) -> Vec<u8> {
    let data: Vec<u8> = rows.iter().flat_map(|row| row.3.iter().copied()).collect();
    let mut bytes = Vec::new();
    let count = u32::try_from(rows.len()).expect("few");
    let mut offset = 0_u32;
    for number in [count, u32::try_from(data.len()).expect("short")] {
        bytes.extend(number.to_be_bytes());
    }
    for (tag, kind, count, data) in rows {
        for number in [*tag, *kind, offset, *count] {
            bytes.extend(number.to_be_bytes());
        }
        offset += u32::try_from(data.len()).expect("short");
    }
    bytes.extend(data);
    bytes
}

#[test]
fn a_list_of_files_that_is_damaged_loses_the_list_and_keeps_the_package() {
    const BARE: [(u32, u32, u32, &[u8]); 3] =
        [(1000, 6, 1, b"a\0"), (1001, 6, 1, b"1\0"), (1002, 6, 1, b"2\0")];
    let with = |more: &[(u32, u32, u32, &[u8])]| header(&[&BARE[..], more].concat());
    let read = |bytes: &[u8], mut paths: usize| header::read(bytes, String::new(), &mut paths);
    let names: [(u32, u32, u32, &[u8]); 2] = [(1117, 8, 2, b"x\0y\0"), (1118, 8, 1, b"/lib/\0")];
    let index = |second: u8| [0, 0, 0, 0, 0, 0, 0, second];
    let good = with(&[names[0], names[1], (1116, 4, 2, &index(0))]);
    let (package, left_out) = read(&good, 100).expect("read");
    assert_eq!((package.files, left_out), (vec!["/lib/x".to_owned(), "/lib/y".to_owned()], None));
    // a file that was not installed, or that another package replaced
    let gone = with(&[names[0], names[1], (1116, 4, 2, &index(0)), (1029, 1, 2, b"\x02\0")]);
    assert_eq!(read(&gone, 100).expect("read").0.files, ["/lib/y"]);
    let old = with(&[(1027, 8, 1, b"/lib/old\0")]);
    assert_eq!(read(&old, 100).expect("read").0.files, ["/lib/old"]);
    for (bytes, paths, word) in [
        (with(&[names[0], names[1], (1116, 4, 2, &index(7))]), 100, "without its directory"),
        (with(&[names[0], names[1]]), 100, "without its directory"),
        (with(&[names[0], names[1], (1116, 4, u32::MAX, &index(0))]), 100, "cut short"),
        (with(&[(1117, 8, u32::MAX, b"x\0")]), 100, "more than are kept"),
        (with(&[(1117, 4, 1, b"\0\0\0\0")]), 100, "damaged"),
        (good, 11, "more bytes of paths"),
    ] {
        let (package, left_out) = read(&bytes, paths).expect("read");
        assert_eq!((package.name.as_str(), package.files.len()), ("a", 0));
        let why = left_out.expect("told");
        assert!(why.contains(word), "{why}");
    }
    assert!(read(&header(&BARE[..2]), 100).expect_err("no release").contains("release"));
    assert!(read(&[0xff; 40], 100).expect_err("damaged").contains("rows"));
}
