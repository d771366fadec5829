//! The mark of a twin, and the twins of an original.

use super::Projector;
use crate::{
    fault::Fault,
    sql::{statements, values},
};
use aftercare_domain::twin::{TwinDiscarded, TwinForked, TwinMade};

statements! {
    ADD_MARK = "INSERT INTO twin_mark (no, since, name, manufacturer, of_log, position, root, as_of)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    ADD_TWIN = "INSERT INTO twin (no, since, until, name, log, position, root, at, by_actor)
        VALUES ($1, $2, NULL, $3, $4, $5, $6, $7, $8)";
    END_TWIN = "UPDATE twin SET until = $1 WHERE name = $2 AND until IS NULL";
}

impl Projector<'_> {
    pub(super) fn twin_forked(&self, seq: i64, e: &TwinForked) -> Result<(), Fault> {
        let (of, as_of) = (e.of.as_deref(), e.as_of.map(|at| at.micros()));
        let name = e.name.as_str();
        let root = e.root.as_bytes();
        let row = values![seq, seq, name, &e.manufacturer, of, e.position, root, as_of];
        self.session.execute(ADD_MARK, row).map(|_| ())
    }

    pub(super) fn twin_made(&self, seq: i64, e: &TwinMade) -> Result<(), Fault> {
        let (name, log, by) = (e.name.as_str(), e.log.as_deref(), e.by.as_str());
        let row = values![seq, seq, name, log, e.position, e.root.as_bytes(), e.at.micros(), by];
        self.session.execute(ADD_TWIN, row).map(|_| ())
    }

    pub(super) fn twin_discarded(&self, seq: i64, e: &TwinDiscarded) -> Result<(), Fault> {
        self.session.execute(END_TWIN, values![seq, e.name.as_str()]).map(|_| ())
    }
}
