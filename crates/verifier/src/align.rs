//! Two lists of leaf hashes, the signed one and the found one: what was done to come from one to the
//! other?

use aftercare_vocab::digest::Digest;
use std::{
    collections::{HashMap, HashSet},
    fmt,
};

/// What was done to a signed list of entries. Positions count from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    /// An entry's bytes are others than those signed.
    Altered {
        /// The signed position.
        was: u64,
        /// Where it stands now.
        is: u64,
    },
    /// A signed entry is gone.
    Removed {
        /// The signed position.
        was: u64,
    },
    /// An entry stands between signed ones that was not signed.
    Inserted {
        /// Where it stands.
        is: u64,
    },
    /// A signed entry stands elsewhere in the order.
    Moved {
        /// The signed position.
        was: u64,
        /// Where it stands now.
        is: u64,
    },
}

impl Change {
    /// The position to look at: the signed one, where there is one.
    pub const fn position(&self) -> u64 {
        match self {
            Self::Altered { was, .. } | Self::Removed { was } | Self::Moved { was, .. } => *was,
            Self::Inserted { is } => *is,
        }
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Altered { was, is } if was == is => {
                write!(f, "it was altered: its bytes are not those that were signed")
            }
            Self::Altered { is, .. } => {
                write!(f, "it was altered, and now stands at position {is}")
            }
            Self::Removed { .. } => write!(f, "it was removed"),
            Self::Inserted { .. } => {
                write!(f, "it was inserted: no such entry was signed at or around this position")
            }
            Self::Moved { is, .. } => write!(f, "it was moved to position {is}"),
        }
    }
}

/// What was done to come from the `signed` list to the `found` one. Entries found after the last
/// signed one were appended later and are no change.
pub fn align(signed: &[Digest], found: &[Digest]) -> Vec<Change> {
    let start = signed.iter().zip(found).take_while(|(a, b)| a == b).count();
    if start == signed.len() {
        return Vec::new();
    }
    let places: HashMap<&Digest, usize> =
        signed.iter().enumerate().skip(start).map(|(place, leaf)| (leaf, place)).collect();
    // (place found, place signed) of everything that is in both.
    let mut seen = HashSet::new();
    let common: Vec<(usize, usize)> = found
        .iter()
        .enumerate()
        .skip(start)
        .filter_map(|(is, leaf)| places.get(leaf).map(|was| (is, *was)))
        .filter(|(_, was)| seen.insert(*was)) // a second copy of an entry is an insertion
        .collect();
    let anchors = longest_rise(&common);
    let standing: HashSet<usize> = anchors.iter().map(|(is, _)| *is).collect();
    let moved: Vec<(usize, usize)> =
        common.into_iter().filter(|(is, _)| !standing.contains(is)).collect();
    let mut changes: Vec<Change> =
        moved.iter().map(|(is, was)| Change::Moved { was: one(*was), is: one(*is) }).collect();
    let moved_is: HashSet<usize> = moved.iter().map(|(is, _)| *is).collect();
    let moved_was: HashSet<usize> = moved.iter().map(|(_, was)| *was).collect();
    // Between two anchors: what went and what came. As many as both are altered entries.
    let (mut is, mut was) = (start, start);
    let ends = anchors.iter().copied().chain([(found.len(), signed.len())]);
    for (next_is, next_was) in ends {
        let gone: Vec<usize> = (was..next_was).filter(|w| !moved_was.contains(w)).collect();
        let came: Vec<usize> = (is..next_is).filter(|i| !moved_is.contains(i)).collect();
        let both = gone.len().min(came.len());
        let altered = gone.iter().zip(&came);
        changes.extend(altered.map(|(w, i)| Change::Altered { was: one(*w), is: one(*i) }));
        changes.extend(gone[both..].iter().map(|w| Change::Removed { was: one(*w) }));
        if next_was < signed.len() {
            changes.extend(came[both..].iter().map(|i| Change::Inserted { is: one(*i) }));
        }
        (is, was) = (next_is + 1, next_was + 1);
    }
    changes.sort_by_key(|change| (change.position(), *change));
    changes
}

const fn one(place: usize) -> u64 {
    place as u64 + 1
}

/// The longest part of `pairs` in which both numbers rise; the first rise already.
fn longest_rise(pairs: &[(usize, usize)]) -> Vec<(usize, usize)> {
    let mut ends: Vec<usize> = Vec::new(); // the pair that ends the best rise of each length
    let mut before: Vec<Option<usize>> = Vec::with_capacity(pairs.len());
    for (at, (_, was)) in pairs.iter().enumerate() {
        let length = ends.partition_point(|end| pairs[*end].1 < *was);
        before.push(length.checked_sub(1).map(|shorter| ends[shorter]));
        if length == ends.len() {
            ends.push(at);
        } else {
            ends[length] = at;
        }
    }
    let mut rise = Vec::with_capacity(ends.len());
    let mut at = ends.last().copied();
    while let Some(place) = at {
        rise.push(pairs[place]);
        at = before[place];
    }
    rise.reverse();
    rise
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn leaves(names: &str) -> Vec<Digest> {
        names.chars().map(|name| Digest::of(name.to_string().as_bytes())).collect()
    }

    fn told(signed: &str, found: &str) -> Vec<String> {
        align(&leaves(signed), &leaves(found))
            .iter()
            .map(|change| match change {
                Change::Altered { was, is } => format!("altered {was}>{is}"),
                Change::Removed { was } => format!("removed {was}"),
                Change::Inserted { is } => format!("inserted {is}"),
                Change::Moved { was, is } => format!("moved {was}>{is}"),
            })
            .collect()
    }

    #[test]
    fn each_kind_of_change_is_named_with_its_place() {
        for (signed, found, changes) in [
            ("abcde", "abcde", vec![]),
            ("abcde", "abcdefg", vec![]),
            ("abcde", "abXde", vec!["altered 3>3"]),
            ("abcde", "abde", vec!["removed 3"]),
            ("abcde", "abdefg", vec!["removed 3"]),
            ("abcde", "abcd", vec!["removed 5"]),
            ("abcde", "", vec!["removed 1", "removed 2", "removed 3", "removed 4", "removed 5"]),
            ("abcde", "abXcde", vec!["inserted 3"]),
            ("abcde", "Xabcde", vec!["inserted 1"]),
            ("abcde", "abbcde", vec!["inserted 3"]),
            ("abcde", "abcdX", vec!["altered 5>5"]),
            ("abcde", "abdce", vec!["moved 4>3"]),
            ("abcde", "bcdea", vec!["moved 1>5"]),
            ("abcdef", "aXcdf", vec!["altered 2>2", "removed 5"]),
            ("abcdef", "acdXf", vec!["removed 2", "altered 5>4"]),
            ("", "abc", vec![]),
        ] {
            assert_eq!(told(signed, found), changes, "{signed} {found}");
        }
    }

    proptest! {
        #[test]
        fn nothing_is_told_exactly_when_the_signed_list_is_the_beginning(
            signed in "[a-h]{0,8}", found in "[a-h]{0,10}",
        ) {
            // In a ledger no two entries are alike, since each holds its position.
            let distinct = |text: &str| -> String {
                let mut seen = HashSet::new();
                text.chars().filter(|c| seen.insert(*c)).collect()
            };
            let (signed, found) = (distinct(&signed), distinct(&found));
            prop_assert_eq!(told(&signed, &found).is_empty(), found.starts_with(&signed));
        }
    }
}
