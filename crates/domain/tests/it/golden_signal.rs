//! Events about signals that wait and about threads, with every field filled.

use aftercare_domain::{
    Event,
    signal::{SignalAssigned, ThreadMessageAdded, Voice},
    subject::Sealed,
};
use aftercare_vocab::{
    digest::Digest,
    id::{Id, Kind},
};

fn id<K: Kind>(n: u8) -> Id<K> {
    Id::from_bytes([n; 16])
}

pub fn events() -> Vec<Event> {
    vec![
        SignalAssigned { signal: id(60), to: id(20) }.into(),
        ThreadMessageAdded {
            signal: id(60),
            from: Voice::Maker,
            by: Some(id(20)),
            text: Sealed { subject: id(9), blob: Digest::of(b"sealed") },
        }
        .into(),
    ]
}
