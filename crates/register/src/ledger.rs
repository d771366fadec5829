//! The ledger: the one table that everything else can be rebuilt from.

use crate::{
    fault::Fault,
    sql::{Row, Session, statements, values},
};
use aftercare_domain::{Entry, Event, Operation};
use aftercare_evidence::{Frontier, leaf, tile::ENTRY_LIMIT};
use aftercare_verifier::{Chain, Looked, Signatures};
use aftercare_vocab::{digest::Digest, instant::Instant};
use rayon::iter::{
    IndexedParallelIterator as _, IntoParallelRefIterator as _, ParallelIterator as _,
};

/// How far an operation's instant may lie before the last entry. Operations are made when a
/// request begins and written when its bytes have arrived, so a little disorder is ordinary.
/// Farther back, the clock was set back and writing stops.
pub const CLOCK_TOLERANCE_MICROS: i64 = 15 * 60 * 1_000_000;

statements! {
    APPEND = "INSERT INTO ledger (seq, at, operation, actor, role, channel, kind, version, entity,
        entity_version, entry, leaf) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    ENTITY_VERSION = "SELECT coalesce(max(entity_version), 0) FROM ledger WHERE entity = $1";
    HEAD = "SELECT n.newest, h.last_at, h.frontier
        FROM (SELECT coalesce(max(seq), 0) AS newest FROM ledger) n LEFT JOIN head h ON h.one = 1";
    SET_HEAD = "INSERT INTO head (one, size, last_at, frontier, root) VALUES (1, $1, $2, $3, $4)
        ON CONFLICT (one) DO UPDATE SET size = excluded.size, last_at = excluded.last_at,
        frontier = excluded.frontier, root = excluded.root";
    LEAF = "SELECT leaf FROM ledger WHERE seq = $1";
    NTH = "SELECT entry FROM ledger ORDER BY seq LIMIT 1 OFFSET $1";
    ENTRIES_FROM = "SELECT seq, entry, leaf FROM ledger WHERE seq > $1 AND seq <= $2 ORDER BY seq LIMIT $3";
    COPIES_FROM = "SELECT seq, at, operation, actor, role, channel, kind, version, entity,
        entity_version, entry, leaf FROM ledger WHERE seq > $1 ORDER BY seq LIMIT $2";
}

/// Entries read at a time when the ledger is walked.
const STEP: i64 = 500;

/// What must be known to append: how much there is, its frontier, and the last instant.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Head {
    pub frontier: Frontier,
    pub last: Instant,
    /// The leaf of the last entry appended by this process; none after loading.
    pub leaf: Option<Digest>,
}

impl Head {
    pub(crate) fn size(&self) -> u64 {
        self.frontier.size()
    }

    /// The head as it stands at one moment, whoever appends meanwhile.
    pub(crate) fn standing(session: &Session) -> Result<Self, Fault> {
        session.begin_reading()?;
        let head = Self::load(session);
        session.roll_back()?;
        head
    }

    /// The head, within a transaction.
    pub(crate) fn load(session: &Session) -> Result<Self, Fault> {
        let found = session.first(HEAD, &[], |row| {
            let newest = row.count(0)?;
            let Some(last) = row.int_or_null(1)? else { return Ok((newest, Self::default())) };
            let frontier = Frontier::from_bytes(&row.bytes(2)?)
                .map_err(|e| Fault::shape("the ledger's head", e))?;
            Ok((newest, Self { frontier, last: Instant::from_micros(last), leaf: None }))
        })?;
        let (newest, head) = found.unwrap_or_default();
        if newest == head.size() {
            return Ok(head);
        }
        let why = format!("the head counts {} entries, the ledger {newest}", head.size());
        Err(Fault::shape("the ledger", why))
    }

    pub(crate) fn save(&self, session: &Session) -> Result<(), Fault> {
        let (frontier, root) = (self.frontier.to_bytes(), self.frontier.root());
        let (size, last) = (self.size(), self.last.micros());
        session.send(SET_HEAD, values![size, last, frontier.as_slice(), root.as_bytes()])
    }

    /// Whether the newest entry of this head stands in the ledger, whoever appended after it.
    pub(crate) fn stands(&self, session: &Session) -> Result<bool, Fault> {
        let found = session.first(LEAF, values![self.size()], |row| row.fixed::<32>(0))?;
        Ok(found.is_some() && found == self.leaf.map(|leaf| *leaf.as_bytes()))
    }

    /// The instant an operation's entries bear: its own, or the last one's if that is a little later.
    pub(crate) fn instant(&self, op: &Operation) -> Result<Instant, Fault> {
        if self.size() > 0 && op.at < self.last.plus_micros(-CLOCK_TOLERANCE_MICROS) {
            return Err(Fault::ClockBack { last: self.last, at: op.at });
        }
        Ok(if self.size() == 0 { op.at } else { op.at.max(self.last) })
    }
}

/// An event that stands in the ledger. Only the ledger makes one, and only one that stands there
/// reaches a projector.
#[derive(Debug)]
pub(crate) struct Entered<'e> {
    seq: i64,
    entry: &'e Entry,
}

impl Entered<'_> {
    /// The ledger position.
    pub(crate) const fn seq(&self) -> i64 {
        self.seq
    }

    /// What was decided or learned.
    pub(crate) const fn event(&self) -> &Event {
        &self.entry.event
    }
}

/// How many events there are about an entity.
pub(crate) fn entity_version(session: &Session, entity: &str) -> Result<u64, Fault> {
    session.number(ENTITY_VERSION, values![entity]).map(|n| n as u64)
}

/// Appends an event; hands it to `then` once it stands in the ledger.
pub(crate) fn append(
    session: &Session,
    head: &mut Head,
    op: &Operation,
    event: Event,
    then: impl FnOnce(&Entered<'_>) -> Result<(), Fault>,
) -> Result<u64, Fault> {
    let at = head.instant(op)?;
    let seq = head.size() + 1;
    let entity = event.entity();
    let version = entity_version(session, &entity)? + 1;
    let entry = Entry::new(seq, at, op, version, event);
    let bytes = entry.bytes().map_err(|e| Fault::shape("an event to be recorded", e))?;
    if bytes.len() > ENTRY_LIMIT {
        let (kind, bytes) = (entry.event.kind(), bytes.len());
        return Err(Fault::EntryTooLarge { kind, bytes, limit: ENTRY_LIMIT });
    }
    let hash = leaf(&bytes);
    session.send(
        APPEND,
        values![
            seq,
            at.micros(),
            entry.operation.as_bytes(),
            entry.actor.as_str(),
            entry.role.as_str(),
            entry.channel.code(),
            entry.event.kind(),
            entry.event.version(),
            &entity,
            version,
            bytes.as_slice(),
            hash.as_bytes()
        ],
    )?;
    head.frontier.append(hash);
    head.last = at;
    head.leaf = Some(hash);
    then(&Entered { seq: seq as i64, entry: &entry })?;
    Ok(seq)
}

/// One stored entry, as it stands there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stored {
    pub seq: u64,
    pub bytes: Vec<u8>,
    pub leaf: Digest,
}

/// Up to `limit` entries after position `after`, up to position `upto`.
pub(crate) fn stored(
    session: &Session,
    after: u64,
    upto: u64,
    limit: u64,
) -> Result<Vec<Stored>, Fault> {
    session.query(ENTRIES_FROM, values![after, upto, limit], |row| {
        Ok(Stored {
            seq: row.count(0)?,
            bytes: row.bytes(1)?,
            leaf: Digest::from_bytes(row.fixed(2)?),
        })
    })
}

pub(crate) fn read(seq: u64, bytes: &[u8]) -> Result<Entry, Fault> {
    Entry::read(bytes).map_err(|why| Fault::Entry { seq, why })
}

/// Walks all entries in order, read from `from`, each as one that stands in the ledger. While one step
/// is walked, another processor reads the bytes of the next.
pub(crate) fn replay(
    from: &Session,
    mut each: impl FnMut(&Entered<'_>) -> Result<(), Fault>,
) -> Result<(), Fault> {
    let mut step: Vec<(u64, Result<Entry, Fault>)> = Vec::new();
    let mut after = 0;
    loop {
        let ahead = stored(from, after, i64::MAX as u64, STEP as u64)?;
        after = ahead.last().map_or(after, |last| last.seq);
        let walked = std::mem::take(&mut step);
        if walked.is_empty() && ahead.is_empty() {
            return Ok(());
        }
        let next = &mut step;
        rayon::in_place_scope(|scope| {
            scope.spawn(move |_| {
                let read = |stored: &Stored| (stored.seq, read(stored.seq, &stored.bytes));
                next.extend(ahead.iter().map(read));
            });
            walked
                .into_iter()
                .try_for_each(|(seq, entry)| each(&Entered { seq: seq as i64, entry: &entry? }))
        })?;
    }
}

/// An entry of an exported ledger, as one that stands in a ledger.
pub(crate) const fn replayed(seq: i64, entry: &Entry) -> Entered<'_> {
    Entered { seq, entry }
}

/// The bytes of the entry at a place, counted from 1 as the entries stand, whatever their numbers.
pub(crate) fn nth(session: &Session, place: u64) -> Result<Option<Vec<u8>>, Fault> {
    let Some(before) = place.checked_sub(1) else { return Ok(None) };
    session.first(NTH, values![before], |row| row.bytes(0))
}

/// Walks all entries with their look-up copies and tells what does not fit; gives the chain of them.
/// Signatures of people are weighed where `signatures` is given.
pub(crate) fn audit(
    session: &Session,
    mut signatures: Option<&mut Signatures>,
    mut differs: impl FnMut(u64, String),
) -> Result<Chain, Fault> {
    let mut chain = Chain::default();
    let mut after = i64::MIN;
    let mut rows: Vec<Copies> = Vec::new();
    loop {
        // While all processors look at one step, the next is read.
        let mut looked: Vec<(Looked, Option<&'static str>)> = Vec::with_capacity(rows.len());
        let ahead = rayon::in_place_scope(|scope| {
            scope.spawn(|_| {
                rows.par_iter().map(Copies::looked).collect_into_vec(&mut looked);
            });
            session.query(COPIES_FROM, values![after, AUDIT_STEP], Copies::read)
        })?;
        for (row, (looked, wrong)) in rows.iter().zip(looked) {
            let seq = row.seq.max(0) as u64;
            if seq != chain.size() + 1 {
                differs(seq, format!("stands where entry {} should", chain.size() + 1));
            }
            if row.leaf != *looked.leaf().as_bytes() {
                differs(seq, "its bytes do not have the stored leaf hash".to_owned());
            }
            let entry = chain.link(looked, |what| differs(seq, what));
            if let Some((entry, signatures)) = entry.zip(signatures.as_deref_mut()) {
                signatures.enter(&entry, |what| differs(seq, what));
            }
            if let Some(wrong) = wrong {
                differs(seq, wrong.to_owned());
            }
        }
        let Some(last) = ahead.last() else { return Ok(chain) };
        after = last.seq;
        rows = ahead;
    }
}

/// Rows of the ledger that are looked at together, by all processors.
const AUDIT_STEP: i64 = 4_000;

/// A row of the ledger: the bytes of its entry and what is copied from them for looking things up.
struct Copies {
    seq: i64,
    at: i64,
    operation: [u8; 16],
    actor: String,
    role: String,
    channel: String,
    kind: String,
    version: i64,
    entity: String,
    entity_version: i64,
    bytes: Vec<u8>,
    leaf: [u8; 32],
}

impl Copies {
    fn read(row: &Row<'_>) -> Result<Self, Fault> {
        Ok(Self {
            seq: row.int(0)?,
            at: row.int(1)?,
            operation: row.fixed(2)?,
            actor: row.text(3)?,
            role: row.text(4)?,
            channel: row.text(5)?,
            kind: row.text(6)?,
            version: row.int(7)?,
            entity: row.text(8)?,
            entity_version: row.int(9)?,
            bytes: row.bytes(10)?,
            leaf: row.fixed(11)?,
        })
    }

    /// The entry by itself, and what is wrong with its copies.
    fn looked(&self) -> (Looked, Option<&'static str>) {
        let looked = Looked::at(&self.bytes);
        let wrong = self.disagreement(&looked);
        (looked, wrong)
    }

    /// What is wrong when the copies do not say what the entry says.
    fn disagreement(&self, looked: &Looked) -> Option<&'static str> {
        let (entry, entity) = looked.entry()?; // one that cannot be read is told as that
        let agrees = i64::try_from(entry.seq) == Ok(self.seq)
            && entry.at.micros() == self.at
            && *entry.operation.as_bytes() == self.operation
            && entry.actor.as_str() == self.actor
            && entry.role.as_str() == self.role
            && entry.channel.code() == self.channel
            && entry.event.kind() == self.kind
            && i64::from(entry.event.version()) == self.version
            && entity == self.entity
            && i64::try_from(entry.entity_version) == Ok(self.entity_version);
        (!agrees).then_some("its look-up columns do not agree with its bytes")
    }
}
