//! Twins: forking the record as of a moment, opening one, throwing one away; and the gate before
//! everything that leaves.

use crate::{Desk, Moment, Places, Trouble, answers::Twin};
use aftercare_domain::{
    Operation,
    twin::{self, TwinMade, TwinName},
};
use aftercare_register::{
    Access, BlobPlace, Denied, Fault, Fork, Hear, Options, Outward, Register, Seed, TwinMark, Twins,
};
use std::sync::Arc;

impl Places {
    /// The places of a twin of the record here. It shares the corpus, which it only reads.
    pub fn twin(&self, name: &TwinName) -> Result<Self, Trouble> {
        let twins = self.twins();
        Ok(Self {
            register: twins.register(name),
            corpus: self.corpus.clone(),
            store: twins.store(name)?,
            blobs: BlobPlace::Directory,
        })
    }

    /// Where the twins of the record are.
    pub fn twins(&self) -> Twins {
        Twins::of(&self.register, &self.store)
    }
}

impl Desk {
    /// The mark of this record, if it is a twin, whatever moment the desk stands at.
    pub fn twin(&self) -> Option<&TwinMark> {
        self.twin.as_deref()
    }

    /// The leave to send, publish or write outside. A twin gives none: whoever adds something that leaves
    /// takes an [`Outward`] as an argument. `what` begins the refusal: `Mail`.
    pub fn outward(&self, what: &str) -> Result<Outward, Trouble> {
        Ok(self.register().outward(what)?)
    }

    /// The twins of this record, by name: those that the ledger names at this desk's moment and, at the
    /// present, those that are there without being recorded yet. A twin copies the whole record: whoever
    /// sees a part of it is told of none.
    pub fn twins(&self) -> Result<Vec<Twin>, Trouble> {
        if self.twin.is_some() || !self.sight().is_all() {
            return Ok(Vec::new()); // the entries it began with speak of twins of the original
        }
        let places = self.places.twins();
        let mut found: Vec<Twin> = self
            .reader()?
            .twins()?
            .into_iter()
            .map(|row| Twin { here: places.stands(&row.made.name), ..shown(row.made, row.reason) })
            .collect();
        if self.moment() == Moment::Present {
            for (made, reason) in self.unrecorded()? {
                found.push(Twin { recorded: false, ..shown(made, reason) });
            }
        }
        found.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(found)
    }

    /// The names of the twins that are on this machine, recorded or not; a twin has none.
    pub fn twins_here(&self) -> Result<Vec<TwinName>, Trouble> {
        if self.twin.is_some() || !self.sight().is_all() {
            return Ok(Vec::new());
        }
        Ok(self.places.twins().names()?)
    }

    /// Forks the record as of this desk's moment. Others may write to it meanwhile. Where this process
    /// cannot write the original's ledger, whoever can notes the twin there ([`Desk::note_twins`]).
    pub fn fork_twin(
        &self,
        op: &Operation,
        name: TwinName,
        hear: Hear<'_>,
    ) -> Result<Twin, Trouble> {
        self.whole("A twin")?;
        let register = self.register();
        if op.keyed.is_some()
            && let Some(before) = self.present().before(op)?
        {
            return Ok(before);
        }
        let upto = self.reader()?.position();
        let seed = Seed(op.secret().ok_or(Fault::NoChance)?);
        let fork = Fork { name, manufacturer: &self.manufacturer, upto, seed };
        let made = register.fork(op, &self.places.twins(), fork, hear)?;
        let twin = shown(made.clone(), op.reason.clone());
        match self.present().note(op, made, twin.clone()) {
            Err(Trouble::Fault(Fault::OpenedForReading)) => Ok(Twin { recorded: false, ..twin }),
            // Another server noted it as soon as it was there.
            Err(Trouble::Refusal(refusal)) if refusal.code == "twin_name_taken" => Ok(twin),
            noted => noted,
        }
    }

    fn note(&self, op: &Operation, made: TwinMade, twin: Twin) -> Result<Twin, Trouble> {
        self.decided(op, twin, |pen| Ok(twin::make(&pen.facts().twins()?, made)?))
    }

    /// Records the twins that are there and that the ledger does not name: made while this record could
    /// not be written, or by a process that was killed. Gives their number.
    pub fn note_twins(&self, operation: impl Fn() -> Operation) -> Result<usize, Trouble> {
        self.whole("A twin")?;
        if self.twin.is_some() {
            return Ok(0);
        }
        let missing = self.unrecorded()?;
        for (made, reason) in &missing {
            let op = operation().because(reason.as_deref().unwrap_or_default())?;
            let twin = shown(made.clone(), reason.clone());
            match self.note(&op, made.clone(), twin) {
                Err(Trouble::Refusal(refusal)) if refusal.code == "twin_name_taken" => {} // another server did
                other => drop(other?),
            }
        }
        Ok(missing.len())
    }

    /// Twins that are there and not in the ledger, as their own marks describe them.
    fn unrecorded(&self) -> Result<Vec<(TwinMade, Option<String>)>, Trouble> {
        let known = self.register().twin_facts()?.standing;
        let mut found = Vec::new();
        for name in self.places.twins().names()?.into_iter().filter(|name| !known.contains(name)) {
            match self.described(&name) {
                Ok(described) => found.extend(described),
                // It must not stand in the way of the original.
                Err(trouble) => tracing::debug!("the twin {name} cannot be looked at: {trouble}"),
            }
        }
        Ok(found)
    }

    /// What a twin says of itself; nothing when it is none: somebody put a directory there.
    fn described(&self, name: &TwinName) -> Result<Option<(TwinMade, Option<String>)>, Trouble> {
        let places = self.places.twin(name)?;
        let options = Options { store: places.store, ..Access::Read.into() };
        let register = Register::open(&places.register, options)?;
        let log = register.log_keys()?.into_iter().next();
        let log = log.and_then(|key| Some(key.split_once('+')?.0.to_owned()));
        let mark = register.twin_mark()?.filter(|mark| mark.name == *name);
        Ok(mark.map(|mark| {
            let TwinMark { position, root, at, by, reason, .. } = mark;
            (TwinMade { name: name.clone(), log, position, root, at, by }, reason)
        }))
    }

    /// Throws a twin away for ever, also one that was half made. Fails while somebody has it open.
    pub fn discard_twin(&self, op: &Operation, name: &TwinName) -> Result<(), Trouble> {
        self.whole("A twin")?;
        if op.keyed.is_some()
            && let Some(before) = self.before(op)?
        {
            return Ok(before);
        }
        let register = self.pen()?;
        let named = self.twin.is_none() && register.twin_facts()?.standing.contains(name);
        let twins = self.places.twins();
        if !named && !twins.is_anything(name) {
            return Err(Trouble::not_found("twin", name));
        }
        twins
            .discard(name, || -> Result<(), Trouble> {
                self.decided(op, (), |pen| {
                    let facts = pen.facts().twins()?;
                    if facts.standing.contains(name) {
                        return Ok(twin::discard(&facts, name.clone())?);
                    }
                    Ok(Vec::new()) // it never was in the ledger
                })
            })
            .map_err(|trouble| match trouble {
                Trouble::Fault(Fault::InUse { .. }) => twin::in_use(name).into(),
                other => other,
            })
    }

    /// Opens the desk of a twin, for writing.
    pub fn open_twin(&self, name: &TwinName) -> Result<Self, Trouble> {
        self.whole("A twin")?;
        let places = self.places.twin(name)?;
        if !self.places.twins().stands(name) {
            return Err(Trouble::not_found("twin", name));
        }
        let twin = Self::open(&places, Access::Write, self.manufacturer.to_string(), self.limits)?;
        // An exercise is drafted like the real thing; nothing of it goes out.
        Ok(Self { publisher: Arc::clone(&self.publisher), ..twin })
    }

    /// The same desk at the present.
    fn present(&self) -> Self {
        Self { record: self.record.at_present(), ..self.clone() }
    }
}

fn shown(made: TwinMade, reason: Option<String>) -> Twin {
    Twin {
        name: made.name.to_string(),
        position: made.position,
        root: made.root,
        log: made.log,
        forked_at: made.at,
        forked_by: made.by.to_string(),
        reason,
        recorded: true,
        here: true,
    }
}

impl From<Denied> for Trouble {
    fn from(denied: Denied) -> Self {
        match denied {
            Denied::Refusal(refusal) => refusal.into(),
            Denied::Conflict(conflict) => conflict.into(),
            Denied::Fault(fault) => fault.into(),
        }
    }
}
