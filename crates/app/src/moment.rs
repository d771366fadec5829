//! `--as-of`: the record at an earlier moment, on the command line.

use crate::{
    config::Settings,
    ending::Failure,
    operation, record,
    sheet::{Paint, Sheet},
};
use aftercare_desk::{Desk, Moment, answers::AsOf};
use aftercare_domain::When;
use aftercare_register::Access;

#[derive(Debug, Default, clap::Args)]
pub struct MomentArgs {
    /// Answer as of an earlier moment: 2026-11-24 (its end in UTC), 2026-11-24T14:05:00Z, or entry:123
    #[arg(long, value_name = "WHEN", value_parser = when)]
    as_of: Option<When>,
}

/// Reads a moment, with its place and the forms it can have.
pub fn when(text: &str) -> Result<When, String> {
    text.parse().map_err(|problem: aftercare_vocab::problem::Problem| problem.to_string())
}

impl MomentArgs {
    /// Whether an earlier moment is asked for.
    pub const fn is_past(&self) -> bool {
        self.as_of.is_some()
    }

    /// The moment as it was written; none = the present.
    pub const fn asked(&self) -> Option<When> {
        self.as_of
    }

    /// Opens the record at the moment, for reading.
    pub fn open(&self, settings: &Settings) -> Result<Desk, Failure> {
        let desk = record::open(settings, Access::Read)?;
        match self.as_of {
            None => Ok(desk),
            Some(when) => Ok(desk.as_of(when, operation::now())?),
        }
    }
}

/// The moment of a desk for a JSON answer; none = the present.
pub const fn of(desk: &Desk) -> Option<AsOf> {
    match desk.moment() {
        Moment::Present => None,
        Moment::AsOf(as_of) => Some(as_of),
    }
}

/// Says at the head of a table that it is about an earlier moment.
pub fn say(sheet: &mut Sheet, as_of: Option<AsOf>) {
    if let Some(as_of) = as_of {
        sheet.say(0, Paint::Bold, &format!("The record as of {}.", shown(&as_of)));
        sheet.blank();
    }
}

/// `the end of 2026-11-24 (UTC), after entry 12 of 2026-11-23 14:05 UTC`
pub fn shown(as_of: &AsOf) -> String {
    let moment = match as_of.asked {
        When::Day(day) => format!("the end of {day} (UTC)"),
        When::Instant(at) => at.shown(),
        When::Entry(number) => format!("entry {number}"),
    };
    match as_of.entry_at {
        Some(at) => format!("{moment}, after entry {} of {}", as_of.entry, at.shown()),
        None => format!("{moment}, before the first entry: it is empty"),
    }
}
