//! A ledger entry: an event with who, when, how and why, as the bytes that are kept and hashed.

use crate::{
    canonical::{self, NotCanonical},
    event::{Body, Event, Unreadable},
    operation::{Actor, Channel, Operation, Role},
};
use aftercare_vocab::{id::OperationId, instant::Instant};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::borrow::Cow;

/// The layout of entries written by this release.
pub const FORMAT: u32 = 1;

/// One entry of the ledger. Everything in it is covered by its leaf hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Position in the ledger, from 1.
    pub seq: u64,
    /// When it was recorded; never earlier than the entry before.
    pub at: Instant,
    /// The operation it belongs to.
    pub operation: OperationId,
    /// Who acted.
    pub actor: Actor,
    /// In which role at the time.
    pub role: Role,
    /// For whom, when done for somebody else.
    pub on_behalf_of: Option<Actor>,
    /// Through which door.
    pub channel: Channel,
    /// The request it belongs to.
    pub request_id: String,
    /// Why, where a reason was given.
    pub reason: Option<String>,
    /// The how-many-eth event about its entity this is, from 1.
    pub entity_version: u64,
    /// What was decided or learned.
    pub event: Event,
}

/// An entry on its way out. The members stand in canonical order, which spares sorting them.
#[derive(Serialize)]
struct Written<'e> {
    actor: &'e Actor,
    at: Instant,
    body: Body<'e>,
    channel: Channel,
    entity: &'e str,
    entity_version: u64,
    format: u32,
    kind: &'e str,
    on_behalf_of: Option<&'e Actor>,
    operation: OperationId,
    reason: Option<&'e str>,
    request: &'e str,
    role: &'e Role,
    seq: u64,
    version: u32,
}

/// An entry as it is found; its body is read once its kind is known.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Found<'e> {
    format: u32,
    seq: u64,
    at: Instant,
    operation: OperationId,
    actor: Actor,
    role: Role,
    on_behalf_of: Option<Actor>,
    channel: Channel,
    request: String,
    reason: Option<String>,
    #[serde(borrow)]
    entity: Cow<'e, str>,
    entity_version: u64,
    #[serde(borrow)]
    kind: Cow<'e, str>,
    version: u32,
    #[serde(borrow)]
    body: &'e RawValue,
}

impl Entry {
    /// The entry that `op` makes of `event` at position `seq`.
    pub fn new(seq: u64, at: Instant, op: &Operation, entity_version: u64, event: Event) -> Self {
        Self {
            seq,
            at,
            operation: op.id,
            actor: op.actor.clone(),
            role: op.role.clone(),
            on_behalf_of: op.on_behalf_of.clone(),
            channel: op.channel,
            request_id: op.request_id.clone(),
            reason: op.reason.clone(),
            entity_version,
            event,
        }
    }

    /// The canonical bytes: what is stored and hashed.
    pub fn bytes(&self) -> Result<Vec<u8>, NotCanonical> {
        canonical::bytes(&Written {
            actor: &self.actor,
            at: self.at,
            body: Body(&self.event),
            channel: self.channel,
            entity: &self.event.entity(),
            entity_version: self.entity_version,
            format: FORMAT,
            kind: self.event.kind(),
            on_behalf_of: self.on_behalf_of.as_ref(),
            operation: self.operation,
            reason: self.reason.as_deref(),
            request: &self.request_id,
            role: &self.role,
            seq: self.seq,
            version: self.event.version(),
        })
    }

    /// Reads what [`Entry::bytes`] wrote, in this release or an earlier one.
    pub fn read(bytes: &[u8]) -> Result<Self, Unreadable> {
        let damaged = |why: String| Unreadable::Damaged { kind: "entry".to_owned(), why };
        let written: Found<'_> =
            serde_json::from_slice(bytes).map_err(|e| damaged(e.to_string()))?;
        if written.format != FORMAT {
            return Err(Unreadable::NewerKind {
                kind: "entry format".to_owned(),
                version: written.format,
            });
        }
        let event = Event::read(&written.kind, written.version, written.body)?;
        if event.entity() != written.entity {
            return Err(damaged(format!(
                "it names {} but is about {}",
                written.entity,
                event.entity()
            )));
        }
        Ok(Self {
            seq: written.seq,
            at: written.at,
            operation: written.operation,
            actor: written.actor,
            role: written.role,
            on_behalf_of: written.on_behalf_of,
            channel: written.channel,
            request_id: written.request,
            reason: written.reason,
            entity_version: written.entity_version,
            event,
        })
    }
}
