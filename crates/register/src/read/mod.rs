//! Reading: plain structs, one file for each noun, every list with a limit and a cursor.
//!
//! A [`Reader`] sees one moment: a snapshot of the database, at one ledger position. Every
//! statement asks for rows that held at that position, so a reader of the past runs the very same
//! statements as one of the present. So does one that sees only some product families ([`sight`](crate::sight)).

pub mod change;
pub mod component;
pub mod contact;
pub mod decision;
pub mod duty;
pub mod edition;
pub mod finding;
pub mod fleet;
pub mod ledger;
pub mod product;
pub mod search;
pub mod signal;
pub mod state;
pub mod twin;
pub mod version;

use crate::{
    documents::Documents,
    fault::Fault,
    open::Register,
    schema,
    sql::{Session, Statement, statements, values},
};
use aftercare_domain::sight::whole_record;
use aftercare_vocab::{
    id::{FamilyId, Id, Kind},
    instant::Instant,
};
use serde::Serialize;
use std::{
    collections::BTreeSet,
    fmt,
    str::FromStr,
    sync::{Arc, Mutex},
};

/// Most items on one page.
pub const PAGE_LIMIT: u32 = 1_000;

statements! {
    SIZE = "SELECT coalesce(max(seq), 0) FROM ledger";
    // Instants never go back from entry to entry. Asked for the largest number, an engine would walk down all
    // entries after the instant.
    POSITION_AT = "SELECT coalesce((SELECT seq FROM ledger WHERE at <= $1
          ORDER BY at DESC, seq DESC LIMIT 1), 0)";
}

/// Every statement of the readers, for the test that prepares them.
#[cfg(test)]
pub(crate) fn statements() -> Vec<Statement> {
    [
        ALL,
        change::ALL,
        change::finding::ALL,
        component::ALL,
        contact::ALL,
        decision::ALL,
        duty::ALL,
        crate::held::ALL,
        edition::ALL,
        finding::ALL,
        fleet::ALL,
        ledger::ALL,
        product::ALL,
        search::ALL,
        signal::ALL,
        state::ALL,
        twin::ALL,
        version::ALL,
    ]
    .concat()
}

/// A view of the record at one ledger position. Short-lived: it holds a snapshot.
pub struct Reader {
    session: Option<Session>,
    idle: Arc<Mutex<Vec<Session>>>,
    documents: Arc<Documents>,
    position: i64,
    newest: i64,
    /// Only a part of the record is in sight.
    narrow: bool,
}

impl fmt::Debug for Reader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Reader(at {} of {})", self.position, self.newest)
    }
}

impl Reader {
    pub(crate) fn open(
        session: Session,
        idle: Arc<Mutex<Vec<Session>>>,
        documents: Arc<Documents>,
    ) -> Result<Self, Fault> {
        session.begin_reading()?;
        if session.is_shared() {
            schema::still_ours(&session)?;
        }
        let newest = session.number(SIZE, &[])?;
        Ok(Self {
            session: Some(session),
            idle,
            documents,
            position: newest,
            newest,
            narrow: false,
        })
    }

    pub(crate) fn at_position(mut self, seq: u64) -> Result<Self, Fault> {
        if seq > self.newest as u64 {
            return Err(Fault::NoSuchPosition { asked: seq, size: self.newest as u64 });
        }
        self.position = seq as i64;
        Ok(self)
    }

    pub(crate) fn on(mut self, at: Instant) -> Result<Self, Fault> {
        self.position = self.session()?.number(POSITION_AT, values![at.micros()])?;
        Ok(self)
    }

    /// Sees no more than what belongs to these families, on a session made for that.
    pub(crate) fn narrowed(mut self, families: &BTreeSet<FamilyId>) -> Result<Self, Fault> {
        self.narrow = true;
        let filled = self.session()?.bring_in_sight(families, self.position);
        if filled.is_err() {
            self.session = None; // whatever is wrong with it, nobody else gets it
        }
        filled.map(|()| self)
    }

    /// Refuses what is about the record as a whole to a reader that sees a part. `what` begins the sentence.
    fn whole(&self, what: &str) -> Result<(), Fault> {
        if self.narrow { Err(Fault::OutOfSight(whole_record(what))) } else { Ok(()) }
    }

    /// The ledger position that is seen.
    pub const fn position(&self) -> u64 {
        self.position as u64
    }

    /// Whether an earlier state than the newest is seen.
    pub const fn is_past(&self) -> bool {
        self.position < self.newest
    }

    pub(crate) fn documents(&self) -> &Documents {
        &self.documents
    }

    pub(crate) fn session(&self) -> Result<&Session, Fault> {
        self.session.as_ref().ok_or(Fault::OpenedForReading)
    }

    /// The number behind an identifier, if it stood in the record at this position.
    fn no<K: Kind>(&self, statement: Statement, id: Id<K>) -> Result<Option<i64>, Fault> {
        self.session()?.first(statement, values![self.position, id.as_bytes()], |row| row.int(0))
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        if let Some(session) = self.session.take()
            && session.roll_back().is_ok()
        {
            Register::give_back(&self.idle, session);
        }
    }
}

/// Which part of a list is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Where the page before ended; `None` = the first page.
    pub after: Option<Cursor>,
    /// How many items, 1 to [`PAGE_LIMIT`]; more or less is held at the ends.
    pub limit: u32,
}

impl Page {
    /// The first `limit` items.
    pub const fn first(limit: u32) -> Self {
        Self { after: None, limit }
    }

    /// The next `limit` items.
    pub const fn after(cursor: Cursor, limit: u32) -> Self {
        Self { after: Some(cursor), limit }
    }

    fn size(&self) -> usize {
        self.limit.clamp(1, PAGE_LIMIT) as usize
    }

    /// One more than wanted, to know whether there are more.
    fn ask(&self) -> i64 {
        self.size() as i64 + 1
    }

    /// Where to go on, for a list ordered by `N` numbers; before the first item, all `before`.
    fn numbers<const N: usize>(&self) -> Result<[i64; N], Fault> {
        match &self.after {
            None => Ok([i64::MIN; N]),
            Some(cursor) => cursor
                .numbers
                .as_slice()
                .try_into()
                .map_err(|_| Fault::Cursor { text: cursor.to_string() }),
        }
    }

    /// Where to go on, for a list ordered by a folded name and a number.
    fn name(&self) -> Result<(&str, i64), Fault> {
        match &self.after {
            None => Ok(("", i64::MIN)),
            Some(cursor) => match cursor.numbers[..] {
                [number] => Ok((&cursor.text, number)),
                _ => Err(Fault::Cursor { text: cursor.to_string() }),
            },
        }
    }
}

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Paged<T> {
    /// The items.
    pub items: Vec<T>,
    /// Where the next page begins; `None` = this was the last.
    pub next: Option<Cursor>,
}

impl<T> Paged<T> {
    fn of(mut found: Vec<(Cursor, T)>, page: &Page) -> Self {
        let more = found.len() > page.size();
        found.truncate(page.size());
        let next = if more { found.last().map(|(cursor, _)| cursor.clone()) } else { None };
        Self { items: found.into_iter().map(|(_, item)| item).collect(), next }
    }

    /// The same page with other items.
    pub fn map<U>(self, make: impl FnMut(T) -> U) -> Paged<U> {
        Paged { items: self.items.into_iter().map(make).collect(), next: self.next }
    }
}

/// A place in a list, as opaque text for links: `12.7` or `4~name`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Cursor {
    numbers: Vec<i64>,
    text: String,
}

impl Cursor {
    fn numbers<const N: usize>(numbers: [i64; N]) -> Self {
        Self { numbers: numbers.to_vec(), text: String::new() }
    }

    fn name(text: String, number: i64) -> Self {
        Self { numbers: vec![number], text }
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, number) in self.numbers.iter().enumerate() {
            write!(f, "{}{number}", if i > 0 { "." } else { "" })?;
        }
        if self.text.is_empty() { Ok(()) } else { write!(f, "~{}", self.text) }
    }
}

impl FromStr for Cursor {
    type Err = Fault;

    fn from_str(text: &str) -> Result<Self, Fault> {
        let refuse = || Fault::Cursor { text: text.to_owned() };
        let (numbers, rest) = text.split_once('~').unwrap_or((text, ""));
        let numbers: Result<Vec<i64>, _> = numbers.split('.').map(str::parse).collect();
        Ok(Self { numbers: numbers.map_err(|_| refuse())?, text: rest.to_owned() })
    }
}

impl Serialize for Cursor {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

/// Something with an identifier and a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named<K: Kind> {
    /// Its identifier.
    pub id: Id<K>,
    /// Its name.
    pub name: String,
}

impl<K: Kind> Serialize for Named<K> {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct as _;
        let mut named = to.serialize_struct("Named", 2)?;
        named.serialize_field("id", &self.id)?;
        named.serialize_field("name", &self.name)?;
        named.end()
    }
}
