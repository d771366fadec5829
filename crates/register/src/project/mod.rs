//! The projector: the sole holder of writing SQL besides the ledger itself.
//!
//! Each noun has one file with one function per event. A projector sees only what stands in the
//! ledger ([`Entered`]), the blobs it cites and rows projected before: so a replay gives the same.

mod contact;
mod decision;
mod duty;
mod edition;
mod finding;
mod fleet;
mod inventory;
mod sbom;
mod twin;

use crate::{
    documents::Documents,
    fault::Fault,
    ledger::Entered,
    sql::{Session, Statement, statements, values},
};
use aftercare_domain::{Event, component::words};
use aftercare_vocab::digest::Digest;
use std::collections::BTreeMap;

statements! {
    ADD_BLOB = "INSERT INTO blob (digest, since, size) VALUES ($1, $2, $3)";
    HAS_BLOB = "SELECT count(*) FROM blob WHERE digest = $1";
    ADD_WORD = "INSERT INTO noun_word (word, kind, no, since) VALUES ($1, $2, $3, $4)
        ON CONFLICT (word, kind, no) DO NOTHING";
}

/// Every statement of the projector, for the test that prepares them.
#[cfg(test)]
pub(crate) fn statements() -> Vec<Statement> {
    [
        ALL,
        contact::ALL,
        decision::ALL,
        duty::ALL,
        edition::ALL,
        finding::ALL,
        fleet::ALL,
        inventory::ALL,
        sbom::ALL,
        twin::ALL,
    ]
    .concat()
}

/// Writes projections to `session`.
pub(crate) struct Projector<'a> {
    pub session: &'a Session,
    pub documents: &'a Documents,
}

impl Projector<'_> {
    /// Projects one entry. `sizes` are the blobs that its transaction attached; on replay it is
    /// empty and sizes are measured.
    pub(crate) fn enter(
        &self,
        entered: &Entered<'_>,
        sizes: &BTreeMap<Digest, u64>,
    ) -> Result<(), Fault> {
        let seq = entered.seq();
        for digest in entered.event().blobs() {
            self.blob(seq, digest, sizes.get(&digest).copied())?;
        }
        self.listed(seq, entered.event())?;
        match entered.event() {
            Event::FamilyAdded(e) => self.family_added(seq, e),
            Event::ProductAdded(e) => self.product_added(seq, e),
            Event::VersionAdded(e) => self.version_added(seq, e),
            Event::VersionChanged(e) => self.version_changed(seq, e),
            Event::SupplierAdded(e) => self.supplier_added(seq, e),
            Event::ConsigneeAdded(e) => self.consignee_added(seq, e),
            Event::SiteAdded(e) => self.site_added(seq, e),
            Event::ContactAdded(e) => self.contact_added(seq, e),
            Event::ContactChanged(e) => self.contact_changed(seq, e),
            Event::SubjectErased(e) => self.subject_erased(seq, e),
            Event::NoticeIssued(e) => self.notice_issued(seq, e),
            Event::UnitsRecorded(e) => self.units_recorded(seq, e),
            Event::UnitVersionChanged(e) => self.unit_version_changed(seq, e),
            Event::SbomReceived(e) => self.sbom_received(seq, e),
            Event::EditionAdopted(e) => self.edition_adopted(seq, e),
            Event::EditionAdoptedV2(e) => self.edition_adopted_v2(seq, e),
            Event::FindingsAssessed(e) => self.findings_assessed(seq, e),
            Event::LogKeyAdopted(_) => Ok(()), // read from the ledger itself (`log::table`)
            Event::TwinForked(e) => self.twin_forked(seq, e),
            Event::TwinMade(e) => self.twin_made(seq, e),
            Event::TwinDiscarded(e) => self.twin_discarded(seq, e),
            Event::DecisionProposed(e) => self.decision_proposed(seq, e),
            Event::DecisionRevised(e) => self.decision_revised(seq, e),
            Event::DecisionTaken(e) => self.decision_ended(seq, e.decision),
            Event::DecisionWithdrawn(e) => self.decision_ended(seq, e.decision),
            Event::CallRaised(e) => self.call_raised(seq, e),
            Event::CallAnswered(e) => self.call_answered(seq, e.call),
            Event::SignalReceived(e) => self.signal_received(seq, e),
            // Read from the entries themselves.
            Event::DecisionSigned(_)
            | Event::DecisionRefused(_)
            | Event::RightsAdopted(_)
            | Event::RulesAdopted(_)
            | Event::ChainAdopted(_)
            | Event::CallMoved(_)
            | Event::RiskFileAdopted(_)
            | Event::EnvironmentStated(_)
            | Event::EnvironmentEnded(_)
            | Event::CycleStated(_)
            | Event::MappingStated(_)
            | Event::MappingWithdrawn(_)
            | Event::PolicyIssued(_)
            | Event::PolicyAcknowledged(_)
            | Event::PolicyWithdrawn(_)
            | Event::SignalSettled(_)
            | Event::SignalAssigned(_)
            | Event::ThreadMessageAdded(_)
            | Event::CaseOpened(_)
            | Event::CaseFactRecorded(_)
            | Event::AdvisoryDrafted(_)
            | Event::AdvisoryPublished(_)
            | Event::AdvisoryWithdrawn(_)
            | Event::NoticeMoved(_)
            | Event::NoticeAcknowledged(_)
            | Event::PersonAdded(_)
            | Event::PersonRenamed(_)
            | Event::PersonSuspended(_)
            | Event::PersonReinstated(_)
            | Event::PersonInvited(_)
            | Event::IdentityVerified(_)
            | Event::RoleGiven(_)
            | Event::RoleTaken(_)
            | Event::AccessReviewed(_)
            | Event::AbsenceRecorded(_)
            | Event::AbsenceEnded(_)
            | Event::DelegationGiven(_)
            | Event::DelegationEnded(_)
            | Event::TrainingRecorded(_)
            | Event::CompetenceOverridden(_)
            | Event::CredentialSet(_)
            | Event::CredentialEnded(_)
            | Event::TokenIssued(_)
            | Event::TokenRevoked(_)
            | Event::SignedIn(_)
            | Event::SessionEnded(_)
            | Event::AttemptsFailed(_)
            | Event::RecordTaken(_) => Ok(()),
        }
    }

    fn blob(&self, seq: i64, digest: Digest, size: Option<u64>) -> Result<(), Fault> {
        if self.session.number(HAS_BLOB, values![digest.as_bytes()])? > 0 {
            return Ok(());
        }
        let size = match size {
            Some(size) => size,
            None => self.documents.blobs.read(&digest)?.len() as u64,
        };
        self.session.execute(ADD_BLOB, values![digest.as_bytes(), seq, size]).map(|_| ())
    }

    /// Enters a noun's name for the ask box.
    fn word(&self, kind: &'static str, no: i64, name: &str) -> Result<(), Fault> {
        let words = words(name);
        self.session
            .bulk(ADD_WORD, words.iter().map(|w| [w.into(), kind.into(), no.into(), no.into()]))
    }

    /// The number of something an event names by identifier or digest; the decider made sure of it.
    fn number_of(&self, statement: Statement, id: &[u8]) -> Result<i64, Fault> {
        self.session
            .first(statement, values![id], |row| row.int(0))?
            .ok_or_else(|| Fault::shape(statement.name, "an event names something unknown"))
    }
}
