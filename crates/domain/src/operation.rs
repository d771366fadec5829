//! An operation: who does something, in which role, through which channel, when and why.
//!
//! Made once at the rim of the program. Nothing below it asks for time, chance or surroundings.

use crate::{refusal::Refusal, replay::Keyed, sight::Sight, text};
use aftercare_vocab::{
    digest::{Digest, Hasher},
    id::{Id, IdSource, Kind, OperationId},
    instant::Instant,
};
use serde::{Deserialize, Serialize};
use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

/// Longest name of an actor or role, and longest request id, in characters.
pub const ACTOR_LIMIT: usize = 200;

/// Who acts: `person:anna.berg` or `system:matcher`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Actor(String);

impl Actor {
    /// A person, by the name they sign in with.
    pub fn person(name: &str) -> Result<Self, Refusal> {
        Ok(Self(format!("person:{}", text::line("actor", name, ACTOR_LIMIT)?)))
    }

    /// A part of the product that acts by itself: `matcher`, `demo`.
    pub fn system(name: &'static str) -> Self {
        Self(format!("system:{name}"))
    }

    /// The text form.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The role in which somebody acts, as it was named at the time: `security_lead`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Role(String);

impl Role {
    /// A role by its name.
    pub fn new(name: &str) -> Result<Self, Refusal> {
        text::line("role", name, ACTOR_LIMIT).map(Self)
    }

    /// The role of followers and other parts of the product.
    pub fn system() -> Self {
        Self("system".to_owned())
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Through which door an operation came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// A page of the workbench.
    Ui,
    /// The HTTP interface.
    Api,
    /// The command line.
    Cli,
    /// A file loaded in bulk.
    Import,
    /// A follower or timer.
    Job,
}

impl Channel {
    /// The code name: `api`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Ui => "ui",
            Self::Api => "api",
            Self::Cli => "cli",
            Self::Import => "import",
            Self::Job => "job",
        }
    }
}

/// One operation. Clones share the source of identifiers, so none is given out twice.
#[derive(Debug, Clone)]
pub struct Operation {
    /// Identifies the operation; every ledger entry names it.
    pub id: OperationId,
    /// When it was begun: the only "now" there is.
    pub at: Instant,
    /// Who acts.
    pub actor: Actor,
    /// In which role.
    pub role: Role,
    /// For whom, when it is done for somebody else.
    pub on_behalf_of: Option<Actor>,
    /// Through which door.
    pub channel: Channel,
    /// Joins the log lines, the answer and the ledger entries of one request.
    pub request_id: String,
    /// Why, where a reason was given or is demanded.
    pub reason: Option<String>,
    /// The idempotency key, where one was given: the change is made once for it.
    pub keyed: Option<Keyed>,
    /// What who acts may see: nothing else is changed by it.
    pub sight: Sight,
    ids: Arc<Mutex<IdSource>>,
    chance: Option<Chance>,
}

/// Randomness from the rim, out of which keys are made. Shows nothing of itself.
#[derive(Clone)]
struct Chance(Arc<Mutex<([u8; 32], u64)>>);

impl fmt::Debug for Chance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Chance(..)")
    }
}

impl Operation {
    /// An operation at `at`. Its identifiers come from `ids`; the first is the operation's own.
    pub fn new(at: Instant, actor: Actor, role: Role, channel: Channel, mut ids: IdSource) -> Self {
        let id: OperationId = ids.issue();
        Self {
            id,
            at,
            actor,
            role,
            on_behalf_of: None,
            channel,
            request_id: id.to_string(),
            reason: None,
            keyed: None,
            sight: Sight::All,
            ids: Arc::new(Mutex::new(ids)),
            chance: None,
        }
    }

    /// With a reason; empty counts as none.
    pub fn because(mut self, reason: &str) -> Result<Self, Refusal> {
        self.reason = text::note("reason", Some(reason), text::NOTE_LIMIT)?;
        Ok(self)
    }

    /// To be done once for this idempotency key; `asked` is the digest of what is asked.
    pub fn once(mut self, key: &str, asked: &Digest) -> Result<Self, Refusal> {
        self.keyed = Some(Keyed::new(&self.actor, key, asked)?);
        Ok(self)
    }

    /// Done by somebody who sees no more than this. Said twice, what both see counts.
    #[must_use]
    pub fn seeing(mut self, sight: &Sight) -> Self {
        self.sight = self.sight.and(sight);
        self
    }

    /// With the request id of the rim.
    pub fn requested_as(mut self, request_id: &str) -> Result<Self, Refusal> {
        self.request_id = text::line("request id", request_id, ACTOR_LIMIT)?;
        Ok(self)
    }

    /// Done for somebody else.
    #[must_use]
    pub fn on_behalf_of(mut self, actor: Actor) -> Self {
        self.on_behalf_of = Some(actor);
        self
    }

    /// With 32 bytes from a source fit for keys, drawn for this operation alone. Identifiers do not
    /// need it; sealing personal text does.
    #[must_use]
    pub fn with_chance(mut self, seed: [u8; 32]) -> Self {
        self.chance = Some(Chance(Arc::new(Mutex::new((seed, 0)))));
        self
    }

    /// 32 bytes that nobody can guess and that are never given again; `None` if the rim gave the
    /// operation no randomness. SHA-256 over the seed and a counter.
    pub fn secret(&self) -> Option<[u8; 32]> {
        let Chance(chance) = self.chance.as_ref()?;
        let mut chance = chance.lock().unwrap_or_else(PoisonError::into_inner);
        chance.1 += 1;
        let mut all = Hasher::default();
        all.update(b"aftercare secret of an operation");
        all.update(&chance.0);
        all.update(&chance.1.to_be_bytes());
        Some(*all.finish().as_bytes())
    }

    /// The next identifier of this operation.
    pub fn new_id<K: Kind>(&self) -> Id<K> {
        self.ids.lock().unwrap_or_else(PoisonError::into_inner).issue()
    }
}
