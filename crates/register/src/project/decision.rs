//! Entries of people and of duty in their lists, and decisions.

use super::Projector;
use crate::{
    fault::Fault,
    held::Fold,
    sql::{statements, values},
};
use aftercare_domain::{
    Event, Sight,
    advisory::{self, Advisories},
    case::{self, Cases},
    decision::{DecisionProposed, DecisionRevised, Wish},
    duty::CHAIN_KINDS,
    mapping::{self, Mappings},
    notice::{self, Notices},
    policy::{self, Policies},
    roster::{self, Roster},
    session,
    usage::{self, Usages},
};
use aftercare_vocab::id::DecisionId;

statements! {
    LIST = "INSERT INTO listed (list, no, since) VALUES ($1, $2, $3)";
    ADD_DECISION = "INSERT INTO decision (no, id, since, until, kind) VALUES ($1, $2, $3, NULL, $4)";
    END_DECISION = "UPDATE decision SET until = $1 WHERE no = $2";
    DECISION_NO = "SELECT no FROM decision WHERE id = $1";
    ADD_TEXT = "INSERT INTO decision_text (decision, since, until, about, whole)
        VALUES ($1, $2, NULL, $3, $4)";
    END_TEXT = "UPDATE decision_text SET until = $1 WHERE decision = $2 AND until IS NULL";
    ADD_FAMILY = "INSERT INTO decision_family (decision, family, since, until)
        VALUES ($1, $2, $3, NULL)";
    END_FAMILIES = "UPDATE decision_family SET until = $1 WHERE decision = $2 AND until IS NULL";
}

impl Projector<'_> {
    /// Enters an entry in the lists that it belongs to.
    pub(super) fn listed(&self, seq: i64, event: &Event) -> Result<(), Fault> {
        let lists = [
            (Roster::LIST, roster::KINDS),
            ("security", session::KINDS),
            ("duty", CHAIN_KINDS),
            (Policies::LIST, policy::KINDS),
            (Cases::LIST, case::KINDS),
            (Advisories::LIST, advisory::KINDS),
            (Notices::LIST, notice::KINDS),
            (Usages::LIST, usage::KINDS),
            (Mappings::LIST, mapping::KINDS),
        ];
        for (list, kinds) in lists {
            if kinds.contains(&event.kind()) {
                self.session.execute(LIST, values![list, seq, seq])?;
            }
        }
        Ok(())
    }

    pub(super) fn decision_proposed(&self, seq: i64, e: &DecisionProposed) -> Result<(), Fault> {
        let added = values![seq, e.decision.as_bytes(), seq, e.wish.kind.code()];
        self.session.execute(ADD_DECISION, added)?;
        self.decision_wish(seq, seq, &e.wish)
    }

    pub(super) fn decision_revised(&self, seq: i64, e: &DecisionRevised) -> Result<(), Fault> {
        let no = self.number_of(DECISION_NO, e.decision.as_bytes())?;
        self.session.execute(END_TEXT, values![seq, no])?;
        self.session.execute(END_FAMILIES, values![seq, no])?;
        self.decision_wish(seq, no, &e.wish)
    }

    pub(super) fn decision_ended(&self, seq: i64, decision: DecisionId) -> Result<(), Fault> {
        let no = self.number_of(DECISION_NO, decision.as_bytes())?;
        self.session.execute(END_DECISION, values![seq, no]).map(|_| ())
    }

    fn decision_wish(&self, seq: i64, no: i64, wish: &Wish) -> Result<(), Fault> {
        let whole = i64::from(wish.families == Sight::All);
        self.session.execute(ADD_TEXT, values![no, seq, wish.about.as_str(), whole])?;
        if let Sight::Families(some) = &wish.families {
            for family in some {
                self.session.execute(ADD_FAMILY, values![no, family.as_bytes(), seq])?;
            }
        }
        Ok(())
    }
}
