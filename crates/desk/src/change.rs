//! How every change is made: under the pen, once for its idempotency key, against the version that
//! was seen.

use crate::{Desk, Trouble};
use aftercare_domain::{Event, Operation, replay};
use aftercare_register::{Earlier, Fault, Pen};
use aftercare_vocab::instant::Instant;
use serde::{Serialize, de::DeserializeOwned};

/// The version of a thing that somebody saw before changing it; `None` = they do not say, and nothing
/// is compared.
pub type Seen = Option<u64>;

impl Desk {
    /// Makes a change and keeps what it gave under the operation's idempotency key, if it has one.
    /// Where the key was used for the same request before, nothing is changed and that is given again.
    pub(crate) fn once<T: Serialize + DeserializeOwned>(
        &self,
        op: &Operation,
        change: impl FnOnce(&mut Pen<'_>) -> Result<T, Trouble>,
    ) -> Result<T, Trouble> {
        let receipt = self.transact(op, |pen| -> Result<T, Trouble> {
            if let Some(before) = given(pen.earlier()?)? {
                return Ok(before);
            }
            let value = change(pen)?;
            if op.keyed.is_some() {
                pen.answer(&serde_json::to_vec(&value).map_err(unkeepable)?)?;
            }
            Ok(value)
        })?;
        Ok(receipt.value)
    }

    /// What was given before for the operation's idempotency key. Spares the work that comes before
    /// the pen; [`Desk::once`] looks again.
    pub(crate) fn before<T: DeserializeOwned>(&self, op: &Operation) -> Result<Option<T>, Trouble> {
        given(self.pen()?.earlier(op.keyed.as_ref())?)
    }

    /// Lets go of what need not be kept any longer: answers under old idempotency keys, and what the
    /// log holds of destroyed keys.
    pub fn tidy(&self, now: Instant) -> Result<(), Trouble> {
        self.pen()?.sweep_answers(now)?;
        if self.pen()?.scrub_is_due() {
            match self.pen()?.scrub() {
                Err(Fault::LogHeld { .. }) => {} // still due; everything else goes on meanwhile
                other => other?,
            }
        }
        Ok(())
    }

    /// Decides and records in one transaction; gives `value`.
    pub(crate) fn decided<T: Serialize + DeserializeOwned>(
        &self,
        op: &Operation,
        value: T,
        decide: impl FnOnce(&mut Pen<'_>) -> Result<Vec<Event>, Trouble>,
    ) -> Result<T, Trouble> {
        self.once(op, |pen| {
            let events = decide(pen)?;
            pen.record_all(events)?;
            Ok(value)
        })
    }
}

fn given<T: DeserializeOwned>(earlier: Earlier) -> Result<Option<T>, Trouble> {
    match earlier {
        Earlier::Nothing => Ok(None),
        Earlier::Another => Err(replay::reused().into()),
        Earlier::Answered(kept) => serde_json::from_slice(&kept).map(Some).map_err(unkeepable),
    }
}

fn unkeepable(why: serde_json::Error) -> Trouble {
    Fault::Storage {
        doing: "keeping or reading the answer under an idempotency key".to_owned(),
        place: "the register".to_owned(),
        why: why.to_string(),
    }
    .into()
}
