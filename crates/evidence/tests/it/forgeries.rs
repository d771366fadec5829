use super::leaves;
use aftercare_evidence::{Frontier, NotAFrontier, consistency, inclusion, leaf, root};
use proptest::prelude::*;

#[test]
fn a_frontier_has_the_root_of_the_list_at_every_size() {
    let all = leaves(130);
    let mut frontier = Frontier::default();
    for (n, next) in all.iter().enumerate() {
        frontier.append(*next);
        assert_eq!(frontier.root(), root(&all[..=n]), "size {}", n + 1);
        assert_eq!(Frontier::from_bytes(&frontier.to_bytes()), Ok(frontier.clone()));
    }
}

#[test]
fn a_damaged_frontier_is_refused() {
    let mut frontier = Frontier::default();
    for leaf in leaves(5) {
        frontier.append(leaf);
    }
    let bytes = frontier.to_bytes();
    for cut in 0..bytes.len() {
        assert_eq!(Frontier::from_bytes(&bytes[..cut]), Err(NotAFrontier { length: cut }));
    }
    let mut grown = bytes.clone();
    grown[7] = 7; // claims three subtrees, carries two
    assert!(Frontier::from_bytes(&grown).is_err());
}

#[test]
fn every_proof_holds_and_every_neighbouring_claim_fails() {
    let all = leaves(33);
    for size in 1..=all.len() {
        let part = &all[..size];
        let top = root(part);
        for index in 0..size {
            let proof = inclusion::prove(part, index).expect("exists");
            let holds = |at: usize, n: usize| {
                inclusion::holds(&proof, &part[index], at as u64, n as u64, &top)
            };
            assert!(holds(index, size));
            assert!(!holds(index + 1, size) && !holds(size, size), "wrong place");
            assert!(!inclusion::holds(&proof, &leaf(b"forged"), index as u64, size as u64, &top));
        }
        for first in 1..=size {
            let proof = consistency::prove(part, first).expect("exists");
            let old = root(&part[..first]);
            assert!(consistency::holds(&proof, first as u64, &old, size as u64, &top));
            let forged = root(&leaves(first + 1)[1..]);
            assert!(!consistency::holds(&proof, first as u64, &forged, size as u64, &top));
        }
    }
    assert_eq!(inclusion::prove(&all, 33), None);
    assert_eq!(consistency::prove(&all, 0), None);
    assert_eq!(consistency::prove(&all, 34), None);
}

proptest! {
    #[test]
    fn a_proof_with_one_hash_altered_removed_or_added_fails(
        size in 2usize..70, pick in any::<prop::sample::Index>(), hash in any::<prop::sample::Index>(),
    ) {
        let all = leaves(size);
        let index = pick.index(size);
        let good = inclusion::prove(&all, index).expect("exists");
        let top = root(&all);
        let holds = |p: &[_]| inclusion::holds(p, &all[index], index as u64, size as u64, &top);
        let mut altered = good.clone();
        altered[hash.index(good.len())] = leaf(b"forged");
        prop_assert!(!holds(&altered));
        prop_assert!(!holds(&good[1..]));
        let mut longer = good.clone();
        longer.push(leaf(b"forged"));
        prop_assert!(!holds(&longer));
    }

    #[test]
    fn an_altered_earlier_entry_breaks_consistency(
        size in 2usize..70, first in any::<prop::sample::Index>(), edit in any::<prop::sample::Index>(),
    ) {
        let first = first.index(size - 1) + 1;
        let honest = leaves(size);
        let mut edited = honest.clone();
        edited[edit.index(first)] = leaf(b"rewritten history");
        let proof = consistency::prove(&edited, first).expect("exists");
        let old = root(&honest[..first]);
        prop_assert!(!consistency::holds(&proof, first as u64, &old, size as u64, &root(&edited)));
    }
}
