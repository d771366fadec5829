//! Governing documents: issuing, reading, acknowledging, withdrawing.

use crate::{
    Desk, Trouble,
    answers::{AcknowledgementRow, MissingPerson, Page, PolicyRow, PolicySheet, PolicyVersion},
    proof::Proofs,
    viewer::Viewer,
};
use aftercare_domain::{
    Date, Operation, Refusal, Role,
    policy::{
        self, AcknowledgeWish, Audience, DOCUMENT_BYTES, Draft, PolicyKind, State, Version, acting,
        must_acknowledge,
    },
    roster::Roster,
};
use aftercare_vocab::{
    digest::Digest,
    id::{PersonId, PolicyId, SignatureId},
};
use std::collections::BTreeSet;

/// What is issued.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Issuing {
    /// A new document of this kind.
    New(PolicyKind),
    /// A new version of a document.
    VersionOf(PolicyId),
}

/// A document as somebody sends it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPolicy {
    /// Whether it is new.
    pub issuing: Issuing,
    /// Its title.
    pub title: String,
    /// The day that stands on it.
    pub dated: Date,
    /// The name of the file.
    pub file_name: String,
    /// Who must acknowledge it.
    pub audience: Audience,
}

impl Desk {
    /// Issues a document or a new version of one; its bytes are kept as they come.
    pub fn issue_policy(
        &self,
        op: &Operation,
        new: NewPolicy,
        bytes: &[u8],
    ) -> Result<PolicyId, Trouble> {
        if let Some(before) = self.before(op)? {
            return Ok(before);
        }
        let (policy, kind) = match new.issuing {
            Issuing::New(kind) => (op.new_id(), kind),
            Issuing::VersionOf(id) => {
                let policies = self.whole_reader()?.policies()?;
                (id, policies.get(id).ok_or_else(|| missing(id))?.kind())
            }
        };
        if bytes.len() > DOCUMENT_BYTES {
            return Err(Refusal::new(
                "document_size",
                format!("The document has {} bytes.", bytes.len()),
                format!("Send a document of 1 to {DOCUMENT_BYTES} bytes."),
            )
            .into());
        }
        let document = self.pen()?.stage(bytes)?;
        self.once(op, |pen| {
            let NewPolicy { title, dated, file_name, audience, .. } = new;
            let (digest, size) = (document.digest(), document.size());
            let draft = Draft { kind, title, dated, document: digest, size, file_name, audience };
            let facts = pen.facts();
            let (roster, policies) = (facts.roster()?, facts.policies()?);
            let events = policy::issue(&roster, &policies, policy, draft, &pen.dated()?)?;
            pen.attach(&document);
            pen.record_all(events)?;
            Ok(policy)
        })
    }

    /// Takes a document out of force, with a reason.
    pub fn withdraw_policy(&self, op: &Operation, id: PolicyId) -> Result<(), Trouble> {
        self.decided(op, (), |pen| {
            let facts = pen.facts();
            let (roster, policies) = (facts.roster()?, facts.policies()?);
            let state = policies.get(id).ok_or_else(|| missing(id))?;
            Ok(policy::withdraw(&roster, state, &pen.dated()?)?)
        })
    }

    /// Acknowledges the version that was read (`of` is its digest). Proofs of who signs are asked for each
    /// time.
    pub fn acknowledge_policy(
        &self,
        op: &Operation,
        viewer: &Viewer,
        (id, of): (PolicyId, Digest),
        proofs: &Proofs,
    ) -> Result<SignatureId, Trouble> {
        if let Some(before) = self.before(op)? {
            return Ok(before);
        }
        // A code is not spent on what is not there, or by whom has no role to sign in.
        let whole = self.whole_reader()?;
        let policies = whole.policies()?;
        let state = policies.get(id).ok_or_else(|| missing(id))?;
        let role = acting(&*whole.roster()?, viewer.person, state.audience()).ok_or_else(|| {
            Refusal::new(
                "role_missing",
                "You have no role inside, so no governing document binds you.",
                "Ask an administrator for a role.",
            )
        })?;
        drop(whole);
        let factors = self.proven(op, viewer.person, proofs)?;
        let signature: SignatureId = op.new_id();
        let mut op = op.clone();
        op.role = Role::new(role.code())?;
        let op = &op;
        self.decided(op, signature, |pen| {
            let facts = pen.facts();
            let (roster, policies) = (facts.roster()?, facts.policies()?);
            let state = policies.get(id).ok_or_else(|| missing(id))?;
            let wish = AcknowledgeWish { id: signature, role, of, factors };
            Ok(policy::acknowledge(&roster, state, wish, &pen.dated()?)?)
        })
    }

    /// All governing documents: what waits for whoever asks first, then what is in force, by kind and title.
    pub fn policies(&self, viewer: Option<&Viewer>) -> Result<Page<PolicyRow>, Trouble> {
        let whole = self.whole_reader()?;
        let (roster, policies) = (whole.roster()?, whole.policies()?);
        let mut rows: Vec<PolicyRow> =
            policies.all().map(|state| row(&roster, state, viewer)).collect();
        rows.sort_by_cached_key(|row| {
            let title = row.title.to_lowercase();
            (!row.waits_for_you, row.withdrawn_at.is_some(), row.kind.clone(), title, row.id)
        });
        Ok(Page::whole(rows))
    }

    /// One governing document, with who acknowledged a version of it; without a number, the newest.
    pub fn policy(
        &self,
        id: PolicyId,
        version: Option<u64>,
        viewer: Option<&Viewer>,
    ) -> Result<PolicySheet, Trouble> {
        let whole = self.whole_reader()?;
        let (roster, policies) = (whole.roster()?, whole.policies()?);
        let state = policies.get(id).ok_or_else(|| missing(id))?;
        let newest = state.newest().issued.version;
        let shown = version.unwrap_or(newest);
        if state.version(shown).is_none() {
            return Err(Trouble::not_found("version of this document", shown));
        }
        let name = |person: PersonId| {
            roster.person(person).map(|one| one.name.clone()).unwrap_or_default()
        };
        let waiting = if shown == newest { waiting(&roster, state) } else { Vec::new() };
        let done = |person: PersonId| state.acknowledged_by(newest).any(|one| one == person);
        let yours = viewer
            .filter(|viewer| state.withdrawn.is_none() && !done(viewer.person))
            .and_then(|viewer| acting(&roster, viewer.person, state.audience()));
        Ok(PolicySheet {
            row: row(&roster, state, viewer),
            entity_version: whole.entity_version(&id.to_string())?,
            withdrawn_reason: state.withdrawn.as_ref().and_then(|one| one.reason.clone()),
            versions: state
                .versions
                .iter()
                .map(|one| sheet(state, one, name(one.issued.by)))
                .collect(),
            shown,
            acknowledgements: state
                .acknowledged
                .iter()
                .filter(|one| one.version == shown)
                .map(|one| AcknowledgementRow {
                    id: one.signature.id,
                    person: one.signature.person,
                    name: one.signature.name.clone(),
                    role: one.signature.role.title().to_owned(),
                    meaning: one.signature.meaning.title().to_owned(),
                    factors: one
                        .signature
                        .factors
                        .iter()
                        .map(|factor| factor.title().to_owned())
                        .collect(),
                    of: one.signature.of,
                    at: one.at,
                    entry: one.entry,
                })
                .collect(),
            missing_people: waiting
                .into_iter()
                .map(|person| MissingPerson { person, name: name(person) })
                .collect(),
            yours: yours.map(|role| role.code().to_owned()),
        })
    }

    /// The bytes of a version as they came, with its number and their digest; without a number, of the
    /// newest.
    pub fn policy_document(
        &self,
        id: PolicyId,
        version: Option<u64>,
    ) -> Result<(u64, Digest, Vec<u8>), Trouble> {
        let whole = self.whole_reader()?;
        let policies = whole.policies()?;
        let state = policies.get(id).ok_or_else(|| missing(id))?;
        let number = version.unwrap_or(state.newest().issued.version);
        let found = state
            .version(number)
            .ok_or_else(|| Trouble::not_found("version of this document", number))?;
        let document = found.issued.document;
        Ok((number, document, whole.blob(&document)?))
    }
}

fn missing(id: PolicyId) -> Trouble {
    Trouble::not_found("governing document", id)
}

/// Whoever must acknowledge the newest version and has not; nobody of a withdrawn document.
fn waiting(roster: &Roster, state: &State) -> Vec<PersonId> {
    if state.withdrawn.is_some() {
        return Vec::new();
    }
    let done: BTreeSet<PersonId> = state.acknowledged_by(state.newest().issued.version).collect();
    let must = must_acknowledge(roster, state.audience());
    must.into_iter().filter(|person| !done.contains(person)).collect()
}

fn row(roster: &Roster, state: &State, viewer: Option<&Viewer>) -> PolicyRow {
    let (newest, waiting) = (state.newest(), waiting(roster, state));
    let must = match state.withdrawn {
        None => must_acknowledge(roster, state.audience()).len() as u64,
        Some(_) => 0,
    };
    PolicyRow {
        id: state.id,
        kind: state.kind().code().to_owned(),
        kind_title: state.kind().title().to_owned(),
        title: newest.issued.title.clone(),
        version: newest.issued.version,
        dated: newest.issued.dated.to_string(),
        issued_at: newest.at,
        withdrawn_at: state.withdrawn.as_ref().map(|one| one.at),
        must,
        missing: waiting.len() as u64,
        waits_for_you: viewer.is_some_and(|viewer| waiting.contains(&viewer.person)),
    }
}

fn sheet(state: &State, one: &Version, issued_by: String) -> PolicyVersion {
    let issued = &one.issued;
    let (audience, roles) = match &issued.audience {
        Audience::Everybody => ("everybody", Vec::new()),
        Audience::Nobody => ("nobody", Vec::new()),
        Audience::Roles(roles) => {
            ("roles", roles.iter().map(|role| role.title().to_owned()).collect())
        }
    };
    PolicyVersion {
        number: issued.version,
        title: issued.title.clone(),
        dated: issued.dated.to_string(),
        audience: audience.to_owned(),
        roles,
        file_name: issued.file_name.clone(),
        size: issued.size,
        document: issued.document,
        digest: one.digest,
        issued_by,
        issued_at: one.at,
        reason: one.reason.clone(),
        entry: one.entry,
        acknowledged: state.acknowledged_by(issued.version).count() as u64,
    }
}
