//! Killing a process that writes, again and again, and looking at what it left.
//!
//! A *life* is a process that opens the register and makes changes of several kinds from several
//! threads, saying before each what it will do and after each that it is done. The harness kills it
//! at some moment, opens the register and looks: what was said to be done is there once and whole;
//! what was not said to be done is there whole or not at all. A change whose outcome was not heard is
//! made again by the next life under the same idempotency key, and must then be there once.

use aftercare_desk::{Desk, Places, Trouble};
use aftercare_domain::{
    Actor, Channel, Operation, Role,
    consignee::ConsigneeAdded,
    family::FamilyAdded,
    product::ProductAdded,
    site::SiteAdded,
    supplier::SupplierAdded,
    unit::{Installed, UnitBatch, UnitRow},
    version::{Life, VersionAdded},
};
use aftercare_register::{Access, BlobPlace, Earlier, Pen, Register};
use aftercare_vocab::{
    digest::Digest,
    id::{ConsigneeId, FamilyId, IdSource, OperationId, ProductId, SiteId, VersionId},
    instant::Instant,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    io::Write,
    path::Path,
    sync::{Mutex, PoisonError},
};

/// Threads that make changes in one life.
pub const THREADS: u64 = 3;
/// The instant of the first round of lives; each later one begins an hour after the one before.
const BEGIN: i64 = 1_767_225_600_000_000;
const HOUR: i64 = 3_600_000_000;
const SECOND: i64 = 1_000_000;

/// Names one change: the life it was first tried in, the thread, and its number there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Change {
    /// The life.
    pub life: u64,
    /// The thread.
    pub thread: u64,
    /// The number within the thread.
    pub number: u64,
}

impl Change {
    fn mixed(self) -> u64 {
        // splitmix64: neighbouring changes get unlike seeds
        let mut z =
            (self.life << 40 | self.thread << 32 | self.number).wrapping_add(0x9e37_79b9_7f4a_7c15);
        z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ z >> 31
    }

    /// How many entries it makes when it is kept: 0 for one that is refused half-way.
    pub fn entries(self) -> u64 {
        match self.mixed() % 8 {
            0 => 0,
            1 => 3,
            2 | 3 => 1,
            kind => kind - 2, // 2 to 5
        }
    }

    fn operation(self, at: Instant) -> Operation {
        let ids = IdSource::new(Instant::from_micros(BEGIN), self.mixed());
        let op = Operation::new(at, Actor::system("crash"), Role::system(), Channel::Job, ids);
        let key = self.to_string();
        let keyed = op.clone().requested_as(&key);
        keyed.and_then(|op| op.once(&key, &Digest::of(key.as_bytes()))).unwrap_or(op)
    }

    /// The identifier of its operation, the same whenever it is tried.
    pub fn operation_id(self) -> OperationId {
        self.operation(Instant::from_micros(BEGIN)).id
    }
}

impl std::fmt::Display for Change {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}.{}", self.life, self.thread, self.number)
    }
}

impl std::str::FromStr for Change {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let numbers: Option<Vec<u64>> = text.split('.').map(|n| n.parse().ok()).collect();
        match numbers.as_deref() {
            Some(&[life, thread, number]) => Ok(Self { life, thread, number }),
            _ => Err(format!("`{text}` does not name a change")),
        }
    }
}

/// Where the harness keeps the register of `dir`.
pub fn places(dir: &Path) -> Places {
    let register = dir.join("register");
    let store = crate::engine::store(&register);
    Places { register, corpus: dir.join("corpus"), store, blobs: BlobPlace::Directory }
}

/// Things that changes refer to, made once, in life 0.
#[derive(Debug, Clone, Copy)]
struct Ground {
    family: FamilyId,
    product: ProductId,
    version: VersionId,
    consignee: ConsigneeId,
    site: SiteId,
}

impl Ground {
    fn of_all_lives() -> Self {
        let mut ids = IdSource::new(Instant::from_micros(BEGIN), 7);
        Self {
            family: ids.issue(),
            product: ids.issue(),
            version: ids.issue(),
            consignee: ids.issue(),
            site: ids.issue(),
        }
    }

    fn lay(self, desk: &Desk) -> Result<(), Trouble> {
        let op = Change { life: 0, thread: 0, number: 0 }.operation(Instant::from_micros(BEGIN));
        let name = || "Ground".to_owned();
        let Self { family, product, version, consignee, site } = self;
        desk.register().transact(&op, |pen| -> Result<(), Trouble> {
            pen.record(FamilyAdded { family, name: name(), description: None })?;
            let (model, description) = (None, None);
            pen.record(ProductAdded { product, family, name: name(), model, description })?;
            pen.record(VersionAdded {
                version,
                product,
                label: "1".into(),
                life: Life::default(),
            })?;
            pen.record(ConsigneeAdded { consignee, name: name(), country: None })?;
            let (country, city, time_zone) = (None, None, None);
            pen.record(SiteAdded { site, consignee, name: name(), country, city, time_zone })?;
            Ok(())
        })?;
        Ok(())
    }
}

/// Lays the ground that all lives stand on.
pub fn lay_ground(dir: &Path) -> Result<(), Trouble> {
    Ground::of_all_lives().lay(&open(dir)?)
}

fn open(dir: &Path) -> Result<Desk, Trouble> {
    let limits = aftercare_formats::sbom::Limits::default();
    Desk::open(&places(dir), Access::Write, "Crash".into(), limits)
}

/// One life of a round: first the changes whose outcome nobody heard, then new ones until it is killed, or `most`
/// for each thread.
pub fn live(
    dir: &Path,
    round: u64,
    life: u64,
    again: &[Change],
    most: u64,
    say: impl Write + Send,
) -> Result<(), Trouble> {
    let desk = open(dir)?;
    let say = Mutex::new(say);
    let at = |tick: u64| {
        Instant::from_micros(BEGIN).plus_micros(round as i64 * HOUR + tick as i64 * SECOND)
    };
    for change in again {
        make(&desk, *change, at(0), &say)?;
    }
    std::thread::scope(|scope| {
        let (desk, say) = (&desk, &say);
        let threads: Vec<_> = (0..THREADS)
            .map(|thread| {
                scope.spawn(move || {
                    (0..most).try_for_each(|number| {
                        make(desk, Change { life, thread, number }, at(number), say)
                    })
                })
            })
            .collect();
        threads.into_iter().try_for_each(|thread| match thread.join() {
            Ok(outcome) => outcome,
            Err(panic) => std::panic::resume_unwind(panic),
        })
    })
}

fn make(desk: &Desk, change: Change, at: Instant, say: &Mutex<impl Write>) -> Result<(), Trouble> {
    let tell = |word: &str| {
        let mut say = say.lock().unwrap_or_else(PoisonError::into_inner);
        // Nobody hears any more: the harness is gone, and this life will be killed or end.
        let _ = writeln!(say, "{word} {change}").and_then(|()| say.flush());
    };
    tell("begins");
    attempt(desk, change, &change.operation(at))?;
    tell("is kept");
    Ok(())
}

/// A refusal on purpose, after something was recorded.
fn second_thoughts() -> Trouble {
    aftercare_domain::Refusal::new("second_thoughts", "It was not meant so.", "Nothing.").into()
}

fn attempt(desk: &Desk, change: Change, op: &Operation) -> Result<(), Trouble> {
    let ground = Ground::of_all_lives();
    match change.mixed() % 8 {
        0 => {
            let refused = once(desk, op, |pen| {
                pen.record(SupplierAdded { supplier: op.new_id(), name: format!("no {change}") })?;
                Err(second_thoughts())
            });
            match refused {
                Err(Trouble::Refusal(refusal)) if refusal.code == "second_thoughts" => Ok(()),
                other => other,
            }
        }
        1 => {
            let (family, product): (FamilyId, ProductId) = (op.new_id(), op.new_id());
            let name = change.to_string().replace('.', " then "); // names are compared without their points
            once(desk, op, |pen| {
                pen.record(FamilyAdded { family, name: name.clone(), description: None })?;
                let (model, description) = (None, None);
                pen.record(ProductAdded { product, family, name, model, description })?;
                let (version, label) = (op.new_id(), "1".to_owned());
                pen.record(VersionAdded { version, product, label, life: Life::default() })?;
                Ok(())
            })
        }
        2 => {
            let Ground { product, version, site, .. } = ground;
            let units = (0..20).map(|n| UnitRow {
                unit: op.new_id(),
                product,
                installed: Installed::Version(version),
                site,
                udi_di: None,
                serial: format!("{change}/{n}"),
                delivered: None,
            });
            desk.record_units(op, UnitBatch { units: units.collect() }).map(|_| ())
        }
        3 => {
            let sbom = format!(
                r#"{{"bomFormat":"CycloneDX","specVersion":"1.6","version":1,"components":[{{"type":"library","name":"l","version":"{change}"}}]}}"#
            );
            desk.receive_sbom(op, ground.version, None, None, sbom.as_bytes()).map(|_| ())
        }
        _ => once(desk, op, |pen| {
            for n in 0..change.entries() {
                let name = format!("{change}/{n}").replace('.', " then ");
                pen.record(SupplierAdded { supplier: op.new_id(), name })?;
            }
            Ok(())
        }),
    }
}

/// Makes a change unless it was made before under its key.
fn once(
    desk: &Desk,
    op: &Operation,
    change: impl FnOnce(&mut Pen<'_>) -> Result<(), Trouble>,
) -> Result<(), Trouble> {
    let done = desk.register().transact(op, |pen| -> Result<(), Trouble> {
        if pen.earlier()? == Earlier::Nothing {
            change(pen)?;
            pen.answer(b"kept")?;
        }
        Ok(())
    });
    done.map(|_| ())
}

/// What the harness heard of the changes, and what it saw of them.
#[derive(Debug, Default)]
pub struct Heard {
    /// Each change that was begun, and whether it was said to be kept.
    changes: BTreeMap<Change, bool>,
    /// Those that were not.
    open: BTreeSet<Change>,
    /// Those of which something was heard since they were last judged, or nothing certain ever.
    unsettled: BTreeSet<Change>,
    /// How many entries each operation has, up to a position.
    found: BTreeMap<OperationId, u64>,
    after: u64,
}

/// How much of the register is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// What came since the last look, and the changes that were not certain then.
    AtWhatIsNew,
    /// Everything.
    AtAll,
}

impl Heard {
    /// Takes a line that a life said. A line cut off by the kill says nothing.
    pub fn line(&mut self, line: &str) {
        let begun = line.strip_prefix("begins ").and_then(|name| name.parse().ok());
        let kept = line.strip_prefix("is kept ").and_then(|name| name.parse().ok());
        if let Some(change) = begun
            && !*self.changes.entry(change).or_insert(false)
        {
            self.open.insert(change);
        }
        if let Some(change) = kept {
            self.changes.insert(change, true);
            self.open.remove(&change);
        }
        self.unsettled.extend(begun.into_iter().chain(kept));
    }

    /// The changes whose outcome was not heard.
    pub fn open(&self) -> Vec<Change> {
        self.open.iter().copied().collect()
    }

    /// How many changes were begun, and how many of them said to be kept.
    pub fn counts(&self) -> (usize, usize) {
        (self.changes.len(), self.changes.values().filter(|kept| **kept).count())
    }

    /// What is wrong with the register, given what was heard: nothing, hopefully.
    pub fn judge(
        &mut self,
        register: &Register,
        look: Look,
    ) -> Result<Vec<String>, aftercare_register::Fault> {
        if look == Look::AtAll {
            (self.found, self.after) = (BTreeMap::new(), 0);
            self.unsettled = self.changes.keys().copied().collect();
        }
        let reader = register.reader()?;
        loop {
            let entries = reader.entries_after(self.after, 500)?;
            let Some(last) = entries.last() else { break };
            self.after = last.seq;
            for entry in entries {
                *self.found.entry(entry.operation).or_default() += 1;
            }
        }
        let mut wrong = Vec::new();
        for change in &self.unsettled {
            let kept = self.changes.get(change).copied().unwrap_or_default();
            let there = self.found.get(&change.operation_id()).copied().unwrap_or_default();
            let whole = change.entries();
            if there != whole && (kept || there != 0) {
                let heard = if kept { "said to be kept" } else { "not said to be kept" };
                wrong.push(format!("change {change}, {heard}: {there} of {whole} entries"));
            }
        }
        self.unsettled = self.open.clone();
        Ok(wrong)
    }
}
