//! Calls to whoever is on duty, in their list.

use super::Projector;
use crate::{
    fault::Fault,
    sql::{statements, values},
};
use aftercare_domain::duty::CallRaised;
use aftercare_vocab::id::CallId;

statements! {
    ADD_CALL = "INSERT INTO duty_call (no, id, since, until, family, test)
        VALUES ($1, $2, $3, NULL, $4, $5)";
    END_CALL = "UPDATE duty_call SET until = $1 WHERE id = $2";
}

impl Projector<'_> {
    pub(super) fn call_raised(&self, seq: i64, e: &CallRaised) -> Result<(), Fault> {
        let family = e.family.as_ref().map(|family| family.as_bytes());
        let added = values![seq, e.call.as_bytes(), seq, family, i64::from(e.test)];
        self.session.execute(ADD_CALL, added).map(|_| ())
    }

    pub(super) fn call_answered(&self, seq: i64, call: CallId) -> Result<(), Fault> {
        self.session.execute(END_CALL, values![seq, call.as_bytes()]).map(|_| ())
    }
}
