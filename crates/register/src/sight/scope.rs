//! Sight under the pen: what somebody who sees a part of the record may touch.
//!
//! The pen works on the tables themselves, because names must stay unique over all of them. So facts ask
//! here before they tell of something, and [`touched`] is asked for every event. Whoever adds an event
//! says in it what the event is about.

use crate::{
    documents::Documents,
    facts::id_of,
    fault::Fault,
    sql::{Session, Statement, statements, values},
};
use aftercare_domain::{
    Event, Refusal,
    sight::{Sight, whole_record},
};
use aftercare_vocab::id::{
    AdvisoryId, CallId, CaseId, ConsigneeId, ContactId, DecisionId, FamilyId, Id, Kind, NoticeId,
    PersonId, ProductId, SignalId, SiteId, SubjectId, UnitId, VersionId,
};
use std::{collections::BTreeSet, fmt::Display};

statements! {
    OF_FAMILY = "SELECT id FROM family WHERE id = $1";
    OF_PRODUCT = "SELECT f.id FROM product p JOIN family f ON f.no = p.family WHERE p.id = $1";
    OF_VERSION = "SELECT f.id FROM product_version v JOIN product p ON p.no = v.product
        JOIN family f ON f.no = p.family WHERE v.id = $1";
    OF_UNIT = "SELECT f.id FROM unit u JOIN product p ON p.no = u.product
        JOIN family f ON f.no = p.family WHERE u.id = $1";
    AT_SITE = "SELECT DISTINCT f.id FROM site s JOIN fleet t ON t.site = s.no
        JOIN product p ON p.no = t.product JOIN family f ON f.no = p.family WHERE s.id = $1";
    AT_CONSIGNEE = "SELECT DISTINCT f.id FROM consignee c JOIN site s ON s.consignee = c.no
        JOIN fleet t ON t.site = s.no JOIN product p ON p.no = t.product
        JOIN family f ON f.no = p.family WHERE c.id = $1";
    SITE_KNOWN = "SELECT count(*) FROM site WHERE id = $1";
    PLACE_OF_CONTACT = "SELECT n.id, s.id, c.site FROM contact c JOIN consignee n ON n.no = c.consignee
        LEFT JOIN site s ON s.no = c.site WHERE c.id = $1";
    DECISION_NO = "SELECT no FROM decision WHERE id = $1";
    DECISION_WHOLE = "SELECT count(*) FROM decision_text WHERE decision = $1 AND whole = 1";
    CALL_OF_ALL = "SELECT count(*) FROM duty_call WHERE id = $1 AND family IS NULL";
    CALL_FAMILY = "SELECT family FROM duty_call WHERE id = $1 AND family IS NOT NULL";
    DECISION_FAMILIES = "SELECT family FROM decision_family WHERE decision = $1";
    CONTACTS_OF = "SELECT c.id FROM subject p JOIN contact c ON c.subject = p.no WHERE p.id = $1";
}

/// What one operation may touch.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scope<'a> {
    pub session: &'a Session,
    pub sight: &'a Sight,
}

impl Scope<'_> {
    pub fn is_whole(&self) -> bool {
        self.sight.is_all()
    }

    pub fn family(&self, id: FamilyId) -> Result<bool, Fault> {
        self.any(OF_FAMILY, id)
    }

    pub fn product(&self, id: ProductId) -> Result<bool, Fault> {
        self.any(OF_PRODUCT, id)
    }

    pub fn version(&self, id: VersionId) -> Result<bool, Fault> {
        self.any(OF_VERSION, id)
    }

    pub fn unit(&self, id: UnitId) -> Result<bool, Fault> {
        self.any(OF_UNIT, id)
    }

    /// Where a unit in sight stands or stood.
    pub fn site(&self, id: SiteId) -> Result<bool, Fault> {
        self.any(AT_SITE, id)
    }

    /// Where a unit may be recorded: a site in sight, or one where no unit ever stood.
    pub fn site_for_units(&self, id: SiteId) -> Result<bool, Fault> {
        if self.is_whole() {
            return Ok(true);
        }
        let families = self.families(AT_SITE, id)?;
        if families.is_empty() {
            return Ok(self.session.number(SITE_KNOWN, values![id.as_bytes()])? > 0);
        }
        Ok(families.iter().any(|family| self.sight.sees(*family)))
    }

    pub fn consignee(&self, id: ConsigneeId) -> Result<bool, Fault> {
        self.any(AT_CONSIGNEE, id)
    }

    pub fn contact(&self, id: ContactId) -> Result<bool, Fault> {
        if self.is_whole() {
            return Ok(true);
        }
        let place = self.session.first(PLACE_OF_CONTACT, values![id.as_bytes()], |row| {
            let site = if row.int(2)? == 0 { None } else { Some(id_of(row, 1)?) };
            Ok((id_of(row, 0)?, site))
        })?;
        match place {
            None => Ok(false),
            Some((consignee, None)) => self.consignee(consignee),
            Some((_, Some(site))) => self.site(site),
        }
    }

    pub fn decision(&self, id: DecisionId) -> Result<bool, Fault> {
        let no = self.session.first(DECISION_NO, values![id.as_bytes()], |row| row.int(0))?;
        let Some(no) = no.filter(|_| !self.is_whole()) else { return Ok(true) };
        if self.session.number(DECISION_WHOLE, values![no])? > 0 {
            return Ok(true);
        }
        let families: Vec<FamilyId> =
            self.session.query(DECISION_FAMILIES, values![no], |row| id_of(row, 0))?;
        Ok(families.into_iter().any(|family| self.sight.sees(family)))
    }

    /// A call that was raised about a family in sight, or about all of them.
    pub fn call(&self, id: CallId) -> Result<bool, Fault> {
        if self.is_whole() {
            return Ok(true);
        }
        let about: Option<FamilyId> =
            self.session.first(CALL_FAMILY, values![id.as_bytes()], |row| id_of(row, 0))?;
        Ok(match about {
            Some(family) => self.sight.sees(family),
            None => self.session.number(CALL_OF_ALL, values![id.as_bytes()])? > 0,
        })
    }

    pub fn subject(&self, id: SubjectId) -> Result<bool, Fault> {
        if self.is_whole() {
            return Ok(true);
        }
        for contact in
            self.session.query(CONTACTS_OF, values![id.as_bytes()], |row| id_of(row, 0))?
        {
            if self.contact(contact)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Refuses a thing named by its identifier in text form that is not in sight, as if there were none.
    pub fn named(&self, entity: &str) -> Result<(), Fault> {
        if self.is_whole() {
            return Ok(());
        }
        // What is stated of the use of a product is seen by who sees the product.
        let entity = entity.strip_suffix("/use").unwrap_or(entity);
        let (noun, seen) = if let Ok(id) = entity.parse::<FamilyId>() {
            ("product family", self.family(id)?)
        } else if let Ok(id) = entity.parse::<ProductId>() {
            ("product", self.product(id)?)
        } else if let Ok(id) = entity.parse::<VersionId>() {
            ("product version", self.version(id)?)
        } else if let Ok(id) = entity.parse::<ConsigneeId>() {
            ("consignee", self.consignee(id)?)
        } else if let Ok(id) = entity.parse::<SiteId>() {
            ("site", self.site(id)?)
        } else if let Ok(id) = entity.parse::<UnitId>() {
            ("unit", self.unit(id)?)
        } else if let Ok(id) = entity.parse::<ContactId>() {
            ("contact", self.contact(id)?)
        } else if let Ok(id) = entity.parse::<SubjectId>() {
            ("person", self.subject(id)?)
        } else if let Ok(id) = entity.parse::<DecisionId>() {
            ("decision", self.decision(id)?)
        } else if let Ok(id) = entity.parse::<CallId>() {
            ("call", self.call(id)?)
        } else if entity.parse::<PersonId>().is_ok() {
            return Ok(()); // people belong to no family
        } else {
            return Err(Fault::OutOfSight(whole_record("This")));
        };
        known(noun, entity, seen)
    }

    /// Whether one of the families that a thing is of is in sight.
    fn any<K: Kind>(&self, statement: Statement, id: Id<K>) -> Result<bool, Fault> {
        if self.is_whole() {
            return Ok(true);
        }
        Ok(self.families(statement, id)?.iter().any(|family| self.sight.sees(*family)))
    }

    fn families<K: Kind>(&self, statement: Statement, id: Id<K>) -> Result<Vec<FamilyId>, Fault> {
        self.session.query(statement, values![id.as_bytes()], |row| id_of(row, 0))
    }
}

/// What is not in sight is refused in the words for what does not exist.
fn known(noun: &'static str, id: impl Display, seen: bool) -> Result<(), Fault> {
    if seen { Ok(()) } else { Err(Fault::OutOfSight(Refusal::unknown(noun, id))) }
}

/// Refuses an event that touches what is not in sight.
pub(crate) fn touched(scope: Scope<'_>, documents: &Documents, event: &Event) -> Result<(), Fault> {
    if scope.is_whole() {
        return Ok(());
    }
    let whole = |what| Err(Fault::OutOfSight(whole_record(what)));
    match event {
        Event::FamilyAdded(_) => whole("A new product family"),
        Event::ProductAdded(e) => known("product family", e.family, scope.family(e.family)?),
        Event::VersionAdded(e) => known("product", e.product, scope.product(e.product)?),
        Event::VersionChanged(e) => known("product version", e.version, scope.version(e.version)?),
        Event::RiskFileAdopted(e) => known("product", e.product, scope.product(e.product)?),
        Event::EnvironmentStated(e) => known("product", e.product, scope.product(e.product)?),
        Event::EnvironmentEnded(e) => known("product", e.product, scope.product(e.product)?),
        Event::CycleStated(e) => known("product", e.product, scope.product(e.product)?),
        // Of the whole programme, as the curated table is.
        Event::MappingStated(_) | Event::MappingWithdrawn(_) => Ok(()),
        Event::SupplierAdded(_) => Ok(()), // of no family, and seen by everybody
        // Of no family until a unit stands there: who added it could not see it.
        Event::ConsigneeAdded(_) => whole("A new consignee"),
        Event::SiteAdded(e) => known("consignee", e.consignee, scope.consignee(e.consignee)?),
        Event::ContactAdded(e) => {
            known("consignee", e.consignee, scope.consignee(e.consignee)?)?;
            e.site.map_or(Ok(()), |site| known("site", site, scope.site(site)?))
        }
        Event::ContactChanged(e) => known("contact", e.contact, scope.contact(e.contact)?),
        Event::SubjectErased(e) => known("person", e.subject, scope.subject(e.subject)?),
        Event::UnitsRecorded(e) => {
            let batch = documents.units(&e.batch)?;
            let products: BTreeSet<_> = batch.units.iter().map(|unit| unit.product).collect();
            for product in products {
                known("product", product, scope.product(product)?)?;
            }
            let sites: BTreeSet<_> = batch.units.iter().map(|unit| unit.site).collect();
            for site in sites {
                known("site", site, scope.site_for_units(site)?)?;
            }
            Ok(())
        }
        Event::UnitVersionChanged(e) => known("unit", e.unit, scope.unit(e.unit)?),
        Event::SbomReceived(e) => known("product version", e.version, scope.version(e.version)?),
        Event::EditionAdopted(_) | Event::EditionAdoptedV2(_) => {
            whole("An edition of public knowledge")
        }
        Event::FindingsAssessed(_) => whole("Comparing SBOMs with public knowledge"),
        Event::LogKeyAdopted(_) => whole("The key of the ledger"),
        Event::TwinForked(_) | Event::TwinMade(_) | Event::TwinDiscarded(_) => whole("A twin"),
        // About people, who belong to no family; that a role is for some families its deciders look at.
        Event::PersonAdded(_)
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
        | Event::RecordTaken(_)
        | Event::RightsAdopted(_)
        | Event::RulesAdopted(_)
        | Event::ChainAdopted(_)
        // Documents that govern all who work here.
        | Event::PolicyIssued(_)
        | Event::PolicyAcknowledged(_)
        | Event::PolicyWithdrawn(_) => Ok(()),
        Event::CallRaised(e) => {
            e.family.map_or(Ok(()), |family| known("product family", family, scope.family(family)?))
        }
        Event::CallMoved(e) => known("call", e.call, scope.call(e.call)?),
        Event::CallAnswered(e) => known("call", e.call, scope.call(e.call)?),
        // Not there yet; who may propose for which families its decider looks at.
        Event::DecisionProposed(e) => known("decision", e.decision, scope.decision(e.decision)?),
        Event::DecisionRevised(e) => decision(scope, e.decision),
        Event::DecisionSigned(e) => decision(scope, e.decision),
        Event::DecisionRefused(e) => decision(scope, e.decision),
        Event::DecisionTaken(e) => decision(scope, e.decision),
        Event::DecisionWithdrawn(e) => decision(scope, e.decision),
        Event::SignalReceived(e) => of_families(scope, &e.families, "A signal"),
        Event::CaseOpened(e) => of_families(scope, &e.families, "A case"),
        Event::SignalSettled(e) => signal(scope, documents, e.signal),
        Event::SignalAssigned(e) => signal(scope, documents, e.signal),
        Event::ThreadMessageAdded(e) => signal(scope, documents, e.signal),
        Event::CaseFactRecorded(e) => {
            let cases = documents.cases.now(scope.session)?;
            let seen = cases.get(e.case).is_some_and(|one| one.is_seen(scope.sight));
            known("case", e.case, seen)
        }
        Event::AdvisoryDrafted(e) => known("case", e.case, case_seen(scope, documents, e.case)?),
        Event::AdvisoryPublished(e) => advisory(scope, documents, e.advisory),
        Event::AdvisoryWithdrawn(e) => advisory(scope, documents, e.advisory),
        Event::NoticeIssued(e) => advisory(scope, documents, e.advisory),
        Event::NoticeMoved(e) => notice(scope, documents, e.notice),
        Event::NoticeAcknowledged(e) => notice(scope, documents, e.notice),
    }
}

fn case_seen(scope: Scope<'_>, documents: &Documents, case: CaseId) -> Result<bool, Fault> {
    let cases = documents.cases.now(scope.session)?;
    Ok(cases.get(case).is_some_and(|one| one.is_seen(scope.sight)))
}

/// An advisory about a case in sight.
fn advisory(scope: Scope<'_>, documents: &Documents, id: AdvisoryId) -> Result<(), Fault> {
    let advisories = documents.advisories.now(scope.session)?;
    let seen = match advisories.get(id) {
        Some(state) => case_seen(scope, documents, state.case)?,
        None => false,
    };
    known("advisory", id, seen)
}

/// A notice about an advisory in sight.
fn notice(scope: Scope<'_>, documents: &Documents, id: NoticeId) -> Result<(), Fault> {
    let notices = documents.notices.now(scope.session)?;
    match notices.get(id) {
        Some(one) => advisory(scope, documents, one.issued.advisory),
        None => known("notice", id, false),
    }
}

/// A signal that stands, and is about a family in sight or all families.
fn signal(scope: Scope<'_>, documents: &Documents, id: SignalId) -> Result<(), Fault> {
    let cases = documents.cases.now(scope.session)?;
    known("signal", id, cases.signal(id).is_some_and(|one| one.received.is_seen(scope.sight)))
}

/// What is new must be about a family in sight, or whoever made it could not see it.
fn of_families(scope: Scope<'_>, families: &Sight, what: &str) -> Result<(), Fault> {
    match families {
        Sight::All => Err(Fault::OutOfSight(whole_record(&format!("{what} about all families")))),
        Sight::Families(some) if some.is_empty() => {
            Err(Fault::OutOfSight(whole_record(&format!("{what} that names no product family"))))
        }
        Sight::Families(some) => {
            some.iter().try_for_each(|one| known("product family", one, scope.family(*one)?))
        }
    }
}

/// A decision that stands, and touches a family in sight or all families.
fn decision(scope: Scope<'_>, id: DecisionId) -> Result<(), Fault> {
    let stands = scope.session.first(DECISION_NO, values![id.as_bytes()], |row| row.int(0))?;
    known("decision", id, stands.is_some() && scope.decision(id)?)
}
