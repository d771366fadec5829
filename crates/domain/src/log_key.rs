//! Keys that sign the log's checkpoints. Adoption and rotation are entries of the log itself, so
//! that whoever trusts one key can follow to the next.

use crate::{event::Event, operation::Operation, refusal::Refusal};
use serde::{Deserialize, Serialize};

/// A key was put in force for signing checkpoints.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogKeyAdopted {
    /// The name of the log, its *origin*: the same for all its keys.
    pub log: String,
    /// The key in the form `name+hash+base64` (C2SP signed-note).
    pub key: String,
    /// The key it takes the place of; `None` = the first one.
    pub previous: Option<String>,
}

/// Put a key in force.
#[derive(Debug, Clone)]
pub struct AdoptLogKey {
    /// The name of the log.
    pub log: String,
    /// The verifier key.
    pub key: String,
}

/// What matters for adopting a key.
#[derive(Debug, Clone, Default)]
pub struct LogKeyFacts {
    /// The keys adopted so far, oldest first.
    pub adopted: Vec<String>,
}

/// Puts a key in force that was never in force before.
pub fn adopt(
    facts: &LogKeyFacts,
    adopt: AdoptLogKey,
    _: &Operation,
) -> Result<Vec<Event>, Refusal> {
    if facts.adopted.contains(&adopt.key) {
        return Err(Refusal::new(
            "log_key_used",
            "This key was in force for signing checkpoints before.".to_owned(),
            "Make a new one: a key that was replaced stays replaced.",
        ));
    }
    let previous = facts.adopted.last().cloned();
    Ok(vec![LogKeyAdopted { log: adopt.log, key: adopt.key, previous }.into()])
}
