use aftercare_evidence::{Frontier, consistency, empty_root, inclusion, leaf, root};
use aftercare_vocab::digest::Digest;
use serde_json::Value;

#[test]
fn the_empty_tree_and_the_empty_leaf_hash_as_rfc_6962_says() {
    assert_eq!(empty_root(), Digest::of(b""));
    assert_eq!(leaf(b""), Digest::of(b"\0"));
    assert_eq!(root(&[]), Frontier::default().root());
}

#[test]
fn the_certificate_transparency_roots_come_out() {
    // The eight leaves every implementation of RFC 6962 is tried on, and the roots at 1, 3 and 8.
    let data: [&[u8]; 8] = [
        b"",
        b"\x00",
        b"\x10",
        b"\x20\x21",
        b"\x30\x31",
        b"\x40\x41\x42\x43",
        b"\x50\x51\x52\x53\x54\x55\x56\x57",
        b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
    ];
    let leaves: Vec<Digest> = data.iter().map(|d| leaf(d)).collect();
    for (n, hex) in [
        (1, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"),
        (3, "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"),
        (8, "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"),
    ] {
        assert_eq!(root(&leaves[..n]).hex(), hex, "{n} leaves");
    }
}

#[test]
fn the_shared_vector_table_agrees() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../../shared/reference/tables/merkle-vectors.json"
    );
    let Ok(text) = std::fs::read_to_string(path) else {
        eprintln!("NOT RUN: shared data absent ({path})");
        return;
    };
    let table: Value = serde_json::from_str(&text).expect("the table is JSON");
    let digests = |list: &Value| -> Vec<Digest> {
        let texts = list.as_array().expect("a list").iter();
        texts.map(|h| h.as_str().expect("text").parse().expect("a digest")).collect()
    };
    let bytes = |hex: &str| -> Vec<u8> {
        let pairs = hex.as_bytes().chunks(2).map(|p| std::str::from_utf8(p).expect("ascii"));
        pairs.map(|p| u8::from_str_radix(p, 16).expect("hex")).collect()
    };
    let leaves: Vec<Digest> = table["leaves"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|l| leaf(&bytes(l.as_str().expect("text"))))
        .collect();
    let number = |v: &Value| v.as_u64().expect("a number");
    for (n, expected) in table["roots"].as_object().expect("a map") {
        let n: usize = n.parse().expect("a number");
        assert_eq!(root(&leaves[..n]).hex(), expected.as_str().expect("text"), "root of {n}");
    }
    for case in table["inclusion"].as_array().expect("a list") {
        let (index, size) = (number(&case["index"]), number(&case["size"]));
        let proof = digests(&case["proof"]);
        let part = &leaves[..size as usize];
        assert_eq!(inclusion::prove(part, index as usize), Some(proof.clone()), "{case}");
        assert!(inclusion::holds(&proof, &part[index as usize], index, size, &root(part)));
    }
    for case in table["consistency"].as_array().expect("a list") {
        let (first, second) = (number(&case["first"]), number(&case["second"]));
        let proof = digests(&case["proof"]);
        let (old, new) = (&leaves[..first as usize], &leaves[..second as usize]);
        assert_eq!(consistency::prove(new, first as usize), Some(proof.clone()), "{case}");
        assert!(consistency::holds(&proof, first, &root(old), second, &root(new)), "{case}");
    }
}
