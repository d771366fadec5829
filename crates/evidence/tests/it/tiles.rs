use super::leaves;
use aftercare_evidence::{
    Frontier, Tree, consistency, inclusion, root,
    tile::{
        ENTRY_LIMIT, Level, Tile, WIDTH, bundle_from_bytes, bundle_to_bytes, hashes_from_bytes,
        hashes_to_bytes, new_bundles, new_tiles,
    },
};
use aftercare_vocab::digest::Digest;
use std::{cell::RefCell, collections::BTreeMap};

/// The files of a log that grew in the given steps.
fn files(all: &[Digest], steps: &[usize]) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut before = 0;
    for size in steps {
        for tile in new_tiles(before, *size as u64) {
            let Level::Hashes(level) = tile.level else { panic!("not of hashes") };
            let span = 1_usize << (8 * level);
            let first = (tile.index * WIDTH) as usize;
            let hashes: Vec<Digest> = (first..first + tile.width as usize)
                .map(|n| root(&all[n * span..(n + 1) * span]))
                .collect();
            files.insert(tile.path(), hashes_to_bytes(&hashes));
        }
        before = *size as u64;
    }
    files
}

fn tree(
    files: &BTreeMap<String, Vec<u8>>,
    size: usize,
) -> Tree<impl FnMut(Tile) -> Result<Vec<Digest>, String>> {
    Tree::new(size as u64, |tile| {
        let bytes = files.get(&tile.path()).ok_or_else(|| tile.path())?;
        hashes_from_bytes(bytes, tile.width).ok_or_else(|| tile.path())
    })
}

#[test]
fn roots_frontiers_and_proofs_from_tiles_are_those_of_the_whole_list() {
    let all = leaves(70_000);
    for size in [1, 2, 3, 255, 256, 257, 511, 512, 700, 65_535, 65_536, 65_537, 70_000] {
        let list = &all[..size];
        let files = files(list, &[size]);
        let top = root(list);
        let mut tree = tree(&files, size);
        assert_eq!(tree.root(size as u64), Ok(top), "{size}");
        let mut frontier = Frontier::default();
        for leaf in list {
            frontier.append(*leaf);
        }
        assert_eq!(tree.frontier(size as u64), Ok(frontier), "{size}");
        for index in [0, size / 3, size - 1] {
            let proof = tree.prove_inclusion(index as u64).expect("tiles are there");
            let proof = proof.expect("such an entry");
            assert_eq!(Some(&proof), inclusion::prove(list, index).as_ref(), "{index} of {size}");
            assert!(inclusion::holds(&proof, &all[index], index as u64, size as u64, &top));
        }
        for first in [1, size.div_ceil(3), size] {
            let proof = tree.prove_consistency(first as u64).expect("tiles are there");
            let proof = proof.expect("not longer");
            assert_eq!(Some(&proof), consistency::prove(list, first).as_ref(), "{first} {size}");
            assert_eq!(tree.root(first as u64), Ok(root(&all[..first])), "an earlier root");
        }
        assert_eq!(tree.prove_inclusion(size as u64), Ok(None));
        assert_eq!(tree.prove_consistency(0), Ok(None));
        assert_eq!(tree.prove_consistency(size as u64 + 1), Ok(None));
    }
}

#[test]
fn a_log_that_grew_in_steps_has_every_tile_of_its_last_size() {
    let all = leaves(1_500);
    let files = files(&all, &[1, 200, 256, 300, 1_024, 1_499, 1_500]);
    assert_eq!(tree(&files, 1_500).root(1_500), Ok(root(&all)));
    // A reader of an older checkpoint finds its partial tiles or the full ones that took their place.
    assert_eq!(tree(&files, 300).root(300), Ok(root(&all[..300])));
    assert!(new_tiles(1_500, 1_500).is_empty() && new_bundles(9, 9).is_empty());
    let added: Vec<String> = new_tiles(1_499, 1_500).iter().map(Tile::path).collect();
    assert_eq!(added, ["tile/0/005.p/220"]);
}

#[test]
fn a_proof_reads_a_handful_of_tiles_and_not_the_log() {
    let all = leaves(70_000);
    let files = files(&all, &[70_000]);
    let read = RefCell::new(std::collections::BTreeSet::new());
    let mut tree = Tree::new(70_000, |tile: Tile| -> Result<Vec<Digest>, String> {
        read.borrow_mut().insert(tile.path());
        Ok(hashes_from_bytes(&files[&tile.path()], tile.width).expect("whole"))
    });
    tree.prove_inclusion(12_345).expect("tiles are there");
    assert!(read.borrow().len() <= 5, "{:?}", read.borrow());
}

#[test]
fn paths_are_those_of_the_specification_and_have_one_spelling() {
    let tile = |level, index, width| Tile { level, index, width };
    for (tile, path) in [
        (tile(Level::Hashes(0), 0, 256), "tile/0/000"),
        (tile(Level::Hashes(0), 1_234_067, 256), "tile/0/x001/x234/067"),
        (tile(Level::Hashes(2), 1_067, 5), "tile/2/x001/067.p/5"),
        (tile(Level::Entries, 1_000, 255), "tile/entries/x001/000.p/255"),
        (tile(Level::Entries, 999, 1), "tile/entries/999.p/1"),
    ] {
        assert_eq!(tile.path(), path);
        assert_eq!(Tile::read(path), Some(tile));
    }
    for bad in [
        "tile/0/0",
        "tile/0/x000/001",
        "tile/00/001",
        "tile/8/000",
        "tile/0/001.p/256",
        "tile/0/001.p/0",
        "tile/0/001.p/05",
        "tile/0/1000",
        "tile/0/001/002",
        "tile/0/x001",
        "tile/entries/000/../../etc",
        "/tile/0/000",
        "checkpoint",
        "tile/0/+01",
        "tile/0/x999/x999/x999/x999/x999/x999/x999/999",
    ] {
        assert_eq!(Tile::read(bad), None, "{bad}");
    }
}

#[test]
fn a_bundle_gives_its_entries_back_and_a_cut_one_nothing() {
    let entries: Vec<Vec<u8>> = vec![b"first".to_vec(), Vec::new(), vec![7; ENTRY_LIMIT]];
    let bytes = bundle_to_bytes(entries.iter().map(Vec::as_slice)).expect("fits");
    assert_eq!(&bytes[..7], b"\0\x05first");
    assert_eq!(bundle_from_bytes(&bytes, 3).expect("reads"), entries);
    for (cut, width) in [(bytes.len() - 1, 3), (bytes.len(), 2), (bytes.len(), 4), (1, 1)] {
        assert_eq!(bundle_from_bytes(&bytes[..cut], width), None, "{cut} {width}");
    }
    assert_eq!(bundle_to_bytes([vec![0; ENTRY_LIMIT + 1].as_slice()]), None);
    assert_eq!(hashes_from_bytes(&[0; 33], 1), None);
}
