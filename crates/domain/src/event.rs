//! Every event ever shipped. A meaning is never changed: a new meaning is a new version or kind.

use crate::{
    absence::{AbsenceEnded, AbsenceRecorded},
    access_review::AccessReviewed,
    advisory::{AdvisoryDrafted, AdvisoryPublished, AdvisoryWithdrawn},
    canonical::{self, NotCanonical},
    case::{CaseFactRecorded, CaseOpened},
    consignee::ConsigneeAdded,
    contact::{ContactAdded, ContactChanged},
    credential::{CredentialEnded, CredentialSet},
    decision::{
        DecisionProposed, DecisionRefused, DecisionRevised, DecisionSigned, DecisionTaken,
        DecisionWithdrawn, RightsAdopted,
    },
    delegation::{DelegationEnded, DelegationGiven},
    duty::{self, CallAnswered, CallMoved, CallRaised, ChainAdopted},
    edition::{EditionAdopted, EditionAdoptedV2},
    family::FamilyAdded,
    finding::FindingsAssessed,
    grant::{RoleGiven, RoleTaken},
    log_key::LogKeyAdopted,
    mapping::{MappingStated, MappingWithdrawn},
    notice::{NoticeAcknowledged, NoticeIssued, NoticeMoved},
    person::{
        IdentityVerified, PersonAdded, PersonInvited, PersonReinstated, PersonRenamed,
        PersonSuspended,
    },
    policy::{PolicyAcknowledged, PolicyIssued, PolicyWithdrawn},
    product::ProductAdded,
    rules::RulesAdopted,
    sbom::SbomReceived,
    session::{AttemptsFailed, RecordTaken, SessionEnded, SignedIn},
    signal::{Item, SignalAssigned, SignalReceived, SignalSettled, ThreadMessageAdded},
    site::SiteAdded,
    subject::SubjectErased,
    supplier::SupplierAdded,
    token::{TokenIssued, TokenRevoked},
    training::{CompetenceOverridden, TrainingRecorded},
    twin::{self, TwinDiscarded, TwinForked, TwinMade},
    unit::{UnitVersionChanged, UnitsRecorded},
    usage::{self, CycleStated, EnvironmentEnded, EnvironmentStated, RiskFileAdopted},
    version::{VersionAdded, VersionChanged},
};
use aftercare_vocab::digest::Digest;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// An entry of the ledger cannot be understood by this release.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// The kind or its version is not known here.
    #[error(
        "event `{kind}` version {version} is not known to this release: the record was written by \
         a newer one; open it with that release or a later one"
    )]
    NewerKind {
        /// The kind as written.
        kind: String,
        /// The version as written.
        version: u32,
    },
    /// The bytes do not have the shape of that event.
    #[error("the entry cannot be read as `{kind}`: {why}; it was altered or damaged")]
    Damaged {
        /// The kind as written, or `entry`.
        kind: String,
        /// What does not fit.
        why: String,
    },
}

macro_rules! events {
    ($($(#[$doc:meta])* $variant:ident($body:ty) = $kind:literal, $version:literal;)*) => {
        /// What was decided or learned. Kind and version are stable names.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum Event { $($(#[$doc])* $variant($body),)* }

        impl Event {
            /// Kind and version of every event this release can read.
            pub const KINDS: &'static [(&'static str, u32)] = &[$(($kind, $version)),*];

            /// The stable name of the kind: `sbom_received`.
            pub const fn kind(&self) -> &'static str {
                match self { $(Self::$variant(_) => $kind,)* }
            }

            /// The version of the kind's body.
            pub const fn version(&self) -> u32 {
                match self { $(Self::$variant(_) => $version,)* }
            }

            /// Reads a body back.
            pub fn read<'de, D: Deserializer<'de>>(
                kind: &str,
                version: u32,
                body: D,
            ) -> Result<Self, Unreadable> {
                match (kind, version) {
                    $(($kind, $version) => <$body>::deserialize(body).map(Self::$variant).map_err(|e| {
                        Unreadable::Damaged { kind: kind.to_owned(), why: e.to_string() }
                    }),)*
                    _ => Err(Unreadable::NewerKind { kind: kind.to_owned(), version }),
                }
            }
        }

        /// The body of an event, to be written.
        pub(crate) struct Body<'e>(pub &'e Event);

        impl Serialize for Body<'_> {
            fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                match self.0 { $(Event::$variant(body) => body.serialize(to),)* }
            }
        }

        $(impl From<$body> for Event { fn from(body: $body) -> Self { Self::$variant(body) } })*
    };
}

events! {
    /// A product family was added.
    FamilyAdded(FamilyAdded) = "family_added", 1;
    /// A product was added to a family.
    ProductAdded(ProductAdded) = "product_added", 1;
    /// A version of a product was added.
    VersionAdded(VersionAdded) = "version_added", 1;
    /// Predecessor, release or support dates of a version were changed.
    VersionChanged(VersionChanged) = "version_changed", 1;
    /// A risk file was put in force for a product.
    RiskFileAdopted(RiskFileAdopted) = "risk_file_adopted", 1;
    /// An environment of use was stated.
    EnvironmentStated(EnvironmentStated) = "environment_stated", 1;
    /// An environment of use ended.
    EnvironmentEnded(EnvironmentEnded) = "environment_ended", 1;
    /// The regular cycle of a product's updates was stated.
    CycleStated(CycleStated) = "cycle_stated", 1;
    /// Identities were said to mean one product.
    MappingStated(MappingStated) = "mapping_stated", 1;
    /// A mapping was withdrawn.
    MappingWithdrawn(MappingWithdrawn) = "mapping_withdrawn", 1;
    /// A supplier was added.
    SupplierAdded(SupplierAdded) = "supplier_added", 1;
    /// A consignee was added.
    ConsigneeAdded(ConsigneeAdded) = "consignee_added", 1;
    /// A site of a consignee was added.
    SiteAdded(SiteAdded) = "site_added", 1;
    /// A person to be told was added.
    ContactAdded(ContactAdded) = "contact_added", 1;
    /// What is known about a contact changed.
    ContactChanged(ContactChanged) = "contact_changed", 1;
    /// Every text about a person was erased.
    SubjectErased(SubjectErased) = "subject_erased", 1;
    /// Units were recorded, listed in a blob.
    UnitsRecorded(UnitsRecorded) = "units_recorded", 1;
    /// What is installed on one unit changed or became unknown.
    UnitVersionChanged(UnitVersionChanged) = "unit_version_changed", 1;
    /// An SBOM was received for a version.
    SbomReceived(SbomReceived) = "sbom_received", 1;
    /// An edition of public knowledge was put in force.
    EditionAdopted(EditionAdopted) = "edition_adopted", 1;
    /// An edition of public knowledge was put in force, its sources listed in a blob.
    EditionAdoptedV2(EditionAdoptedV2) = "edition_adopted", 2;
    /// An SBOM's components were assessed against an edition.
    FindingsAssessed(FindingsAssessed) = "findings_assessed", 1;
    /// A key was put in force for signing the log's checkpoints.
    LogKeyAdopted(LogKeyAdopted) = "log_key_adopted", 1;
    /// This record was forked from another and is a twin.
    TwinForked(TwinForked) = "twin_forked", 1;
    /// A twin was made of this record.
    TwinMade(TwinMade) = "twin_made", 1;
    /// A twin of this record was thrown away.
    TwinDiscarded(TwinDiscarded) = "twin_discarded", 1;
    /// A person who can sign in was added.
    PersonAdded(PersonAdded) = "person_added", 1;
    /// A person's printed name changed.
    PersonRenamed(PersonRenamed) = "person_renamed", 1;
    /// A person may not sign in any more.
    PersonSuspended(PersonSuspended) = "person_suspended", 1;
    /// A person may sign in again.
    PersonReinstated(PersonReinstated) = "person_reinstated", 1;
    /// A code was made by which a person sets their password.
    PersonInvited(PersonInvited) = "person_invited", 1;
    /// Somebody made sure who a person is.
    IdentityVerified(IdentityVerified) = "identity_verified", 1;
    /// A role was given to a person.
    RoleGiven(RoleGiven) = "role_given", 1;
    /// A role was taken from a person.
    RoleTaken(RoleTaken) = "role_taken", 1;
    /// Somebody looked through roles that were given.
    AccessReviewed(AccessReviewed) = "access_reviewed", 1;
    /// A person is absent for a time.
    AbsenceRecorded(AbsenceRecorded) = "absence_recorded", 1;
    /// A person is there again.
    AbsenceEnded(AbsenceEnded) = "absence_ended", 1;
    /// A holder handed a role over.
    DelegationGiven(DelegationGiven) = "delegation_given", 1;
    /// A delegation ended before its time.
    DelegationEnded(DelegationEnded) = "delegation_ended", 1;
    /// A training was recorded.
    TrainingRecorded(TrainingRecorded) = "training_recorded", 1;
    /// A person may sign in a role without current training, for a time.
    CompetenceOverridden(CompetenceOverridden) = "competence_overridden", 1;
    /// A credential was set.
    CredentialSet(CredentialSet) = "credential_set", 1;
    /// A credential does not count any more.
    CredentialEnded(CredentialEnded) = "credential_ended", 1;
    /// An API token was issued.
    TokenIssued(TokenIssued) = "token_issued", 1;
    /// An API token does not work any more.
    TokenRevoked(TokenRevoked) = "token_revoked", 1;
    /// Somebody signed in.
    SignedIn(SignedIn) = "signed_in", 1;
    /// A session ended before its time.
    SessionEnded(SessionEnded) = "session_ended", 1;
    /// Attempts to sign in or to sign failed.
    AttemptsFailed(AttemptsFailed) = "attempts_failed", 1;
    /// Something was exported, or something sensitive was read.
    RecordTaken(RecordTaken) = "record_taken", 1;
    /// A decision was proposed.
    DecisionProposed(DecisionProposed) = "decision_proposed", 1;
    /// A decision got a new version.
    DecisionRevised(DecisionRevised) = "decision_revised", 1;
    /// A version of a decision was signed.
    DecisionSigned(DecisionSigned) = "decision_signed", 1;
    /// A version of a decision was refused.
    DecisionRefused(DecisionRefused) = "decision_refused", 1;
    /// Everybody who must sign has signed.
    DecisionTaken(DecisionTaken) = "decision_taken", 1;
    /// A decision was taken back.
    DecisionWithdrawn(DecisionWithdrawn) = "decision_withdrawn", 1;
    /// A matrix of decision rights was put in force.
    RightsAdopted(RightsAdopted) = "rights_adopted", 1;
    /// An edition of rules of the programme was adopted.
    RulesAdopted(RulesAdopted) = "rules_adopted", 1;
    /// A chain of duty was put in force.
    ChainAdopted(ChainAdopted) = "chain_adopted", 1;
    /// Whoever is on duty was called.
    CallRaised(CallRaised) = "call_raised", 1;
    /// A call came to the next people.
    CallMoved(CallMoved) = "call_moved", 1;
    /// Somebody answered a call.
    CallAnswered(CallAnswered) = "call_answered", 1;
    /// A version of a governing document was issued.
    PolicyIssued(PolicyIssued) = "policy_issued", 1;
    /// Somebody acknowledged a version of a governing document.
    PolicyAcknowledged(PolicyAcknowledged) = "policy_acknowledged", 1;
    /// A governing document is not in force any more.
    PolicyWithdrawn(PolicyWithdrawn) = "policy_withdrawn", 1;
    /// A signal came in.
    SignalReceived(SignalReceived) = "signal_received", 1;
    /// A signal was settled.
    SignalSettled(SignalSettled) = "signal_settled", 1;
    /// A signal got an owner.
    SignalAssigned(SignalAssigned) = "signal_assigned", 1;
    /// A message was added to the thread of a signal.
    ThreadMessageAdded(ThreadMessageAdded) = "thread_message_added", 1;
    /// A case was opened.
    CaseOpened(CaseOpened) = "case_opened", 1;
    /// Something was recorded about a case.
    CaseFactRecorded(CaseFactRecorded) = "case_fact_recorded", 1;
    /// A version of an advisory was drafted.
    AdvisoryDrafted(AdvisoryDrafted) = "advisory_drafted", 1;
    /// A version of an advisory went out.
    AdvisoryPublished(AdvisoryPublished) = "advisory_published", 1;
    /// An advisory was taken back.
    AdvisoryWithdrawn(AdvisoryWithdrawn) = "advisory_withdrawn", 1;
    /// A notice to a consignee was issued.
    NoticeIssued(NoticeIssued) = "notice_issued", 1;
    /// A notice went a step.
    NoticeMoved(NoticeMoved) = "notice_moved", 1;
    /// A notice was acknowledged.
    NoticeAcknowledged(NoticeAcknowledged) = "notice_acknowledged", 1;
}

impl Event {
    /// The canonical bytes of the body.
    pub fn body(&self) -> Result<Vec<u8>, NotCanonical> {
        canonical::bytes(&Body(self))
    }

    /// What the event is about: an identifier, or a digest where the thing is named by its content.
    /// Versions of an entity count the events about it.
    pub fn entity(&self) -> String {
        match self {
            Self::FamilyAdded(e) => e.family.to_string(),
            Self::ProductAdded(e) => e.product.to_string(),
            Self::VersionAdded(e) => e.version.to_string(),
            Self::VersionChanged(e) => e.version.to_string(),
            Self::RiskFileAdopted(e) => usage::entity(e.product),
            Self::EnvironmentStated(e) => usage::entity(e.product),
            Self::EnvironmentEnded(e) => usage::entity(e.product),
            Self::CycleStated(e) => usage::entity(e.product),
            Self::MappingStated(e) => e.mapping.to_string(),
            Self::MappingWithdrawn(e) => e.mapping.to_string(),
            Self::SupplierAdded(e) => e.supplier.to_string(),
            Self::ConsigneeAdded(e) => e.consignee.to_string(),
            Self::SiteAdded(e) => e.site.to_string(),
            Self::ContactAdded(e) => e.contact.to_string(),
            Self::ContactChanged(e) => e.contact.to_string(),
            Self::SubjectErased(e) => e.subject.to_string(),
            Self::UnitsRecorded(e) => e.batch.to_string(),
            Self::UnitVersionChanged(e) => e.unit.to_string(),
            Self::SbomReceived(e) => e.version.to_string(),
            Self::EditionAdopted(e) => e.edition.to_string(),
            Self::EditionAdoptedV2(e) => e.edition.to_string(),
            Self::FindingsAssessed(e) => e.sbom.to_string(),
            Self::LogKeyAdopted(e) => e.log.clone(),
            Self::TwinForked(e) => twin::entity(&e.name),
            Self::TwinMade(e) => twin::entity(&e.name),
            Self::TwinDiscarded(e) => twin::entity(&e.name),
            Self::PersonAdded(e) => e.person.to_string(),
            Self::PersonRenamed(e) => e.person.to_string(),
            Self::PersonSuspended(e) => e.person.to_string(),
            Self::PersonReinstated(e) => e.person.to_string(),
            Self::PersonInvited(e) => e.person.to_string(),
            Self::IdentityVerified(e) => e.person.to_string(),
            Self::RoleGiven(e) => e.grant.to_string(),
            Self::RoleTaken(e) => e.grant.to_string(),
            // Of all roles together: each review is the next version of the same thing.
            Self::AccessReviewed(_) => "access_review".to_owned(),
            Self::AbsenceRecorded(e) => e.absence.to_string(),
            Self::AbsenceEnded(e) => e.absence.to_string(),
            Self::DelegationGiven(e) => e.handing.delegation.to_string(),
            Self::DelegationEnded(e) => e.delegation.to_string(),
            Self::TrainingRecorded(e) => format!("{}/training", e.person),
            Self::CompetenceOverridden(e) => format!("{}/training", e.person),
            Self::CredentialSet(e) => e.credential.to_string(),
            Self::CredentialEnded(e) => e.credential.to_string(),
            Self::TokenIssued(e) => e.token.to_string(),
            Self::TokenRevoked(e) => e.token.to_string(),
            Self::SignedIn(e) => e.session.to_string(),
            Self::SessionEnded(e) => e.session.to_string(),
            Self::AttemptsFailed(e) => match e.person {
                Some(person) => format!("{person}/attempts"),
                None => "attempts".to_owned(),
            },
            Self::RecordTaken(e) => format!("{}/taken", e.person),
            Self::DecisionProposed(e) => e.decision.to_string(),
            Self::DecisionRevised(e) => e.decision.to_string(),
            Self::DecisionSigned(e) => e.decision.to_string(),
            Self::DecisionRefused(e) => e.decision.to_string(),
            Self::DecisionTaken(e) => e.decision.to_string(),
            Self::DecisionWithdrawn(e) => e.decision.to_string(),
            Self::RightsAdopted(_) => "rights".to_owned(),
            Self::RulesAdopted(e) => format!("rules/{}", e.change.rules.kind().code()),
            Self::ChainAdopted(e) => duty::chain_entity(e.family),
            Self::CallRaised(e) => e.call.to_string(),
            Self::CallMoved(e) => e.call.to_string(),
            Self::CallAnswered(e) => e.call.to_string(),
            Self::PolicyIssued(e) => e.policy.to_string(),
            Self::PolicyAcknowledged(e) => e.policy.to_string(),
            Self::PolicyWithdrawn(e) => e.policy.to_string(),
            Self::SignalReceived(e) => e.signal.to_string(),
            Self::SignalSettled(e) => e.signal.to_string(),
            Self::SignalAssigned(e) => e.signal.to_string(),
            Self::ThreadMessageAdded(e) => e.signal.to_string(),
            Self::CaseOpened(e) => e.case.to_string(),
            Self::CaseFactRecorded(e) => e.case.to_string(),
            Self::AdvisoryDrafted(e) => e.advisory.to_string(),
            Self::AdvisoryPublished(e) => e.advisory.to_string(),
            Self::AdvisoryWithdrawn(e) => e.advisory.to_string(),
            Self::NoticeIssued(e) => e.notice.to_string(),
            Self::NoticeMoved(e) => e.notice.to_string(),
            Self::NoticeAcknowledged(e) => e.notice.to_string(),
        }
    }

    /// The blobs the event cites. Each must be durable before the event is recorded.
    pub fn blobs(&self) -> Vec<Digest> {
        match self {
            Self::ContactAdded(e) => vec![e.person.blob],
            Self::ContactChanged(e) => vec![e.person.blob],
            Self::UnitsRecorded(e) => vec![e.batch],
            Self::RiskFileAdopted(e) => vec![e.items, e.received],
            Self::SbomReceived(e) => vec![e.sbom, e.inventory],
            Self::EditionAdoptedV2(e) => vec![e.list],
            Self::FindingsAssessed(e) => vec![e.assessment],
            Self::PolicyIssued(e) => vec![e.document],
            Self::SignalReceived(e) => {
                std::iter::once(&e.item).chain(&e.file).map(Item::blob).collect()
            }
            Self::ThreadMessageAdded(e) => vec![e.text.blob],
            Self::CaseFactRecorded(e) => e.fact.blob().into_iter().collect(),
            Self::AdvisoryDrafted(e) => vec![e.bundle],
            Self::NoticeIssued(e) => vec![e.letter.blob],
            _ => Vec::new(),
        }
    }
}
