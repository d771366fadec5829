//! What leaves the record, or is read although it is personal: for the security record.

use crate::{Desk, Trouble, viewer::key_of};
use aftercare_domain::{
    Operation,
    session::{RecordTaken, Taking},
};
use aftercare_vocab::id::PersonId;

/// Somebody who takes the same thing again within an hour makes no second entry, so that reading does not
/// flood the ledger.
pub const TAKEN_AGAIN_MICROS: i64 = 60 * 60 * 1_000_000;

impl Desk {
    /// Records that a person exported something or read something sensitive; `what` is its address. At
    /// most once in [`TAKEN_AGAIN_MICROS`] for one person, thing and way. Also for what was looked at as
    /// of an earlier moment: it is read now. Comes before the thing is handed out, so that nothing leaves
    /// unrecorded.
    pub fn note_taken(
        &self,
        op: &Operation,
        person: PersonId,
        way: Taking,
        what: &str,
    ) -> Result<(), Trouble> {
        let how = match way {
            Taking::Exported => "exported",
            Taking::ReadSensitive => "read",
        };
        let place = key_of("taken", &format!("{person} {how} {what}"));
        let present = Self { record: self.record.at_present(), ..self.clone() };
        present.beside(op, |pen| {
            if pen.waiting(&place)?.is_some() {
                return Ok(());
            }
            pen.wait(&place, how, op.at.plus_micros(TAKEN_AGAIN_MICROS))?;
            pen.record(RecordTaken { person, way, what: what.to_owned() })?;
            Ok(())
        })
    }
}
