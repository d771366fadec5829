//! The moment a desk stands at, what is seen from it, and the one door to the record behind it.
//!
//! Every question opens its reader through [`Desk::reader`], at the desk's moment and with its sight;
//! every change gets the pen through [`Desk::pen`], which a desk of the past does not give, and is made
//! with the desk's sight by [`Desk::transact`]. So the past is asked by the very same functions as the
//! present, and cannot be changed by any of them; and whoever sees a part of the record asks and changes
//! by the very same functions as who sees all of it.

use crate::{Desk, Trouble, answers::AsOf};
use aftercare_domain::{
    Date, Operation, Refusal, Sight, When, moment::day_of, sight::whole_record,
};
use aftercare_register::{Pen, Reader, Receipt, Register};
use aftercare_vocab::instant::Instant;
use std::sync::Arc;

/// Which state of the record a desk works on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Moment {
    /// The newest one.
    #[default]
    Present,
    /// An earlier one, for reading only.
    AsOf(AsOf),
}

/// The record at a moment, as far as it is seen.
#[derive(Debug, Clone)]
pub(crate) struct Record {
    register: Arc<Register>,
    moment: Moment,
    sight: Arc<Sight>,
}

impl Record {
    pub fn present(register: Register) -> Self {
        Self { register: Arc::new(register), moment: Moment::Present, sight: Arc::default() }
    }

    /// The same record at the present.
    pub fn at_present(&self) -> Self {
        Self { moment: Moment::Present, ..self.clone() }
    }

    pub fn whole(&self) -> &Register {
        &self.register
    }
}

impl Desk {
    /// The moment this desk stands at.
    pub const fn moment(&self) -> Moment {
        self.record.moment
    }

    /// The same desk at an earlier moment, for reading only. `now` is the instant of the request: what
    /// lies after it is refused, because the record of the future cannot be known.
    pub fn as_of(&self, asked: When, now: Instant) -> Result<Self, Trouble> {
        let register = &self.record.register;
        let (at, reader) = match (asked, asked.instant()) {
            (_, Some(at)) => {
                if at > now {
                    return Err(in_the_future(asked, now).into());
                }
                (Some(at), register.reader_as_of(at)?)
            }
            (When::Entry(number), None) => {
                let reader = register.reader()?;
                if number > reader.position() {
                    return Err(no_such_entry(number, reader.position()).into());
                }
                drop(reader);
                (None, register.reader_at(number)?)
            }
            (_, None) => return Err(in_the_future(asked, now).into()),
        };
        let entry = reader.position();
        let entry_at = reader.entry(entry)?.map(|entry| entry.at);
        drop(reader);
        let at = match at.or(entry_at) {
            Some(at) => at,
            // Before the first entry: the last instant without any.
            None => match register.reader()?.entry(1)? {
                Some(first) => first.at.plus_micros(-1),
                None => now,
            },
        };
        let moment = Moment::AsOf(AsOf { asked, at, entry, entry_at });
        let record = Record { moment, ..self.record.clone() };
        Ok(Self { record, ..self.clone() })
    }

    /// The same desk for somebody who sees no more than this. Said twice, what both see counts.
    #[must_use]
    pub fn seen_by(&self, sight: &Sight) -> Self {
        let sight = Arc::new(self.record.sight.and(sight));
        Self { record: Record { sight, ..self.record.clone() }, ..self.clone() }
    }

    /// What is seen from this desk.
    pub fn sight(&self) -> &Sight {
        &self.record.sight
    }

    /// Refuses what is about the record as a whole where a part of it is seen. `what` begins the sentence.
    pub(crate) fn whole(&self, what: &str) -> Result<(), Trouble> {
        if self.sight().is_all() { Ok(()) } else { Err(whole_record(what).into()) }
    }

    /// A reader at this desk's moment that sees the whole record, for what everybody may know of it: who
    /// people are and what they may do.
    pub(crate) fn whole_reader(&self) -> Result<Reader, Trouble> {
        let register = &self.record.register;
        Ok(match self.record.moment {
            Moment::Present => register.reader()?,
            Moment::AsOf(as_of) => register.reader_at(as_of.entry)?,
        })
    }

    /// A reader at this desk's moment and with its sight: the only one that questions use.
    pub(crate) fn reader(&self) -> Result<Reader, Trouble> {
        let register = &self.record.register;
        Ok(match self.record.moment {
            Moment::Present => register.reader_seeing(&self.record.sight)?,
            Moment::AsOf(as_of) => register.reader_at_seeing(as_of.entry, &self.record.sight)?,
        })
    }

    /// The register for changing it: refused at an earlier moment.
    pub(crate) fn pen(&self) -> Result<&Register, Trouble> {
        match self.record.moment {
            Moment::Present => Ok(&self.record.register),
            Moment::AsOf(as_of) => Err(read_only(&as_of.asked.to_string()).into()),
        }
    }

    /// Makes a change as far as this desk sees, whatever the operation says.
    pub(crate) fn transact<T>(
        &self,
        op: &Operation,
        change: impl FnOnce(&mut Pen<'_>) -> Result<T, Trouble>,
    ) -> Result<Receipt<T>, Trouble> {
        let register = self.pen()?;
        if self.sight().is_all() {
            return register.transact(op, change);
        }
        register.transact(&op.clone().seeing(self.sight()), change)
    }

    /// The instant that rights and absences are looked at: the asked one, or `now`.
    pub(crate) fn instant(&self, now: Instant) -> Instant {
        match self.record.moment {
            Moment::Present => now,
            Moment::AsOf(as_of) => as_of.at,
        }
    }

    /// The calendar day that support dates are compared with: the asked day in UTC, or `today`.
    pub(crate) fn day(&self, today: Date) -> Date {
        match self.record.moment {
            Moment::Present => today,
            Moment::AsOf(as_of) => day_of(as_of.at).unwrap_or(today),
        }
    }
}

/// The refusal of a change at an earlier moment. `asked` is the moment as it was written.
pub fn read_only(asked: &str) -> Refusal {
    Refusal::new(
        "past_is_read_only",
        format!("This is the record as of {asked}: it is read-only. Nothing was changed."),
        "Return to the present to change it.",
    )
}

fn in_the_future(asked: When, now: Instant) -> Refusal {
    let what = match asked {
        When::Day(day) if day_of(now).is_some_and(|today| today == day) => format!(
            "{day} is not over yet in UTC (it is {}), and a day means its end.",
            now.shown()
        ),
        _ => format!("{asked} lies in the future: it is {} now.", now.shown()),
    };
    Refusal::new(
        "moment_in_future",
        what,
        "Ask for an earlier moment or give the time of day too; without a moment the present is shown.",
    )
}

fn no_such_entry(asked: u64, size: u64) -> Refusal {
    Refusal::new(
        "no_such_entry",
        format!("There is no entry {asked}: the ledger holds {size}."),
        "Ask for an earlier entry, or for the present.",
    )
}
