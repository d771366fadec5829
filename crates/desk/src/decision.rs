//! Decisions: proposing, signing, refusing, and how far each is.

use crate::{
    Desk, PAGE_ROWS, Trouble,
    answers::{
        DecidedAdvisory, DecidedDocument, DecisionRow, DecisionSheet, DecisionVersion, Page,
        PlaceRow, SettledFinding, SignatureRow,
    },
    person::refs,
    product::version_ref,
    proof::Proofs,
    rights, rules,
    viewer::Viewer,
};
use aftercare_domain::{
    Event, Operation, Refusal, Role, Sight,
    access::Right,
    case::{self, Answer, Matter},
    decision::{self, SignWish, Stage, State, Wish},
    role::RoleName,
    roster::Roster,
    signature::ByRight,
};
use aftercare_register::{DecisionsOnly, Page as Part, Reader};
use aftercare_vocab::{
    digest::Digest,
    id::{DecisionId, FamilyId, PersonId, SignatureId},
    instant::Instant,
};
use std::collections::{BTreeMap, BTreeSet};

/// Most decisions that are told to wait for one person.
pub const WAITING_LIMIT: usize = 100;
const WAITING_STEP: u32 = 200;

/// What somebody wants to sign or refuse.
#[derive(Debug, Clone)]
pub struct Signing {
    /// Which decision.
    pub decision: DecisionId,
    /// In which role.
    pub role: RoleName,
    /// The digest of the version that they read.
    pub of: Digest,
}

/// The rule of signing, or of refusing.
type Decide = fn(&Roster, &State, SignWish, &Operation) -> Result<Vec<Event>, Refusal>;

impl Desk {
    /// Proposes a decision.
    pub fn propose(&self, op: &Operation, wish: Wish) -> Result<DecisionId, Trouble> {
        let id: DecisionId = op.new_id();
        self.decided(op, id, |pen| {
            self.known_families(&wish)?;
            Ok(decision::propose(&*pen.facts().roster()?, id, wish, &pen.dated()?)?)
        })
    }

    /// Gives a decision another version, without signatures.
    pub fn revise(&self, op: &Operation, id: DecisionId, wish: Wish) -> Result<(), Trouble> {
        self.decided(op, (), |pen| {
            let state = self.known(pen.facts().decision(id)?, id, op)?;
            self.known_families(&wish)?;
            // What it settles in a case, and who must sign that, is not a matter of words.
            let newest = &state.newest().wish;
            let wish = match &newest.matter {
                None => wish,
                Some(matter) => Wish {
                    matter: Some(matter.clone()),
                    circumstances: newest.circumstances,
                    families: newest.families.clone(),
                    about: newest.about.clone(),
                    ..wish
                },
            };
            Ok(decision::revise(&*pen.facts().roster()?, &state, wish, &pen.dated()?)?)
        })
    }

    /// Takes a decision back.
    pub fn withdraw(&self, op: &Operation, id: DecisionId) -> Result<(), Trouble> {
        self.decided(op, (), |pen| {
            let state = self.known(pen.facts().decision(id)?, id, op)?;
            Ok(decision::withdraw(&*pen.facts().roster()?, &state, &pen.dated()?)?)
        })
    }

    /// Signs the version that was read. Proofs of who signs are asked for each time.
    pub fn sign(
        &self,
        op: &Operation,
        viewer: &Viewer,
        signing: &Signing,
        proofs: &Proofs,
    ) -> Result<SignatureId, Trouble> {
        self.signature(op, viewer, signing, proofs, decision::sign)
    }

    /// Refuses the version that was read, with a reason.
    pub fn refuse(
        &self,
        op: &Operation,
        viewer: &Viewer,
        signing: &Signing,
        proofs: &Proofs,
    ) -> Result<SignatureId, Trouble> {
        self.signature(op, viewer, signing, proofs, decision::refuse)
    }

    fn signature(
        &self,
        op: &Operation,
        viewer: &Viewer,
        signing: &Signing,
        proofs: &Proofs,
        decide: Decide,
    ) -> Result<SignatureId, Trouble> {
        if let Some(before) = self.before(op)? {
            return Ok(before);
        }
        // A code is not spent on what is not there.
        if !self.reader()?.sees_decision(signing.decision)?
            || self.hides(signing.decision, Some(viewer.person))?
        {
            return Err(Trouble::not_found("decision", signing.decision));
        }
        let factors = self.proven(op, viewer.person, proofs)?;
        let id: SignatureId = op.new_id();
        let mut op = op.clone();
        op.role = Role::new(signing.role.code())?;
        let op = &op;
        self.decided(op, id, |pen| {
            let state =
                self.known(pen.facts().decision(signing.decision)?, signing.decision, op)?;
            let wish = SignWish { id, role: signing.role, of: signing.of, factors };
            Ok(decide(&*pen.facts().roster()?, &state, wish, &pen.dated()?)?)
        })
    }

    /// Refuses a decision about families that are not there.
    fn known_families(&self, wish: &Wish) -> Result<(), Trouble> {
        let Sight::Families(some) = &wish.families else { return Ok(()) };
        let known = self.families()?;
        match some.iter().find(|family| !known.contains_key(family)) {
            Some(strange) => Err(Refusal::unknown("family", strange).into()),
            None => Ok(()),
        }
    }

    /// The decision, if this desk sees it: what it does not see is not there.
    fn known(
        &self,
        state: Option<State>,
        id: DecisionId,
        op: &Operation,
    ) -> Result<State, Trouble> {
        let missing = || Trouble::not_found("decision", id);
        let person = self.roster()?.acting(&op.actor);
        if !self.reader()?.sees_decision(id)? || self.hides(id, person)? {
            return Err(missing());
        }
        state.ok_or_else(missing)
    }

    /// The document that a version of a decision lets out, with the advisory if whoever asks may see it.
    fn decided_document(
        &self,
        whole: &Reader,
        version: &decision::Version,
        viewer: Option<&Viewer>,
    ) -> Result<Option<DecidedDocument>, Trouble> {
        let Some(digest) = version.wish.matter.as_ref().and_then(|matter| matter.document) else {
            return Ok(None);
        };
        let (advisories, cases) = (whole.advisories()?, whole.cases()?);
        let sees = viewer.is_none_or(|one| one.may(Right::SeeCases));
        let person = viewer.map(|one| one.person);
        let told = |id| cases.get(id).is_some_and(|case| sees && self.may_know(case, person));
        let mut all = advisories.all().filter(|state| told(state.case));
        let advisory = all.find_map(|state| {
            let mut drafted = state.versions.iter().map(|one| &one.drafted);
            drafted.rfind(|one| one.bundle == digest)
        });
        Ok(Some(DecidedDocument {
            digest,
            advisory: advisory.map(|drafted| DecidedAdvisory {
                id: drafted.advisory,
                number: drafted.number.clone(),
                version: drafted.version,
                title: drafted.title.clone(),
            }),
        }))
    }

    /// Whether a decision is about a case that a person may not know of.
    fn hides(&self, id: DecisionId, person: Option<PersonId>) -> Result<bool, Trouble> {
        let cases = self.whole_reader()?.cases()?;
        Ok(cases.of_decision(id).is_some_and(|case| !case.is_told_to(person)))
    }

    /// Every decision about a case that a person may not know of.
    fn hidden(&self, person: Option<PersonId>) -> Result<BTreeSet<DecisionId>, Trouble> {
        let cases = self.whole_reader()?.cases()?;
        let kept = cases.all().filter(|case| !case.is_told_to(person));
        Ok(kept.flat_map(|case| case.decisions.keys().copied().collect::<Vec<_>>()).collect())
    }

    /// Decisions, the newest first.
    pub fn decisions(
        &self,
        only: DecisionsOnly,
        about: &str,
        after: &str,
        viewer: Option<&Viewer>,
        now: Instant,
    ) -> Result<Page<DecisionRow>, Trouble> {
        let reader = self.reader()?;
        let page = match after {
            "" => Part::first(PAGE_ROWS),
            after => Part::after(after.parse()?, PAGE_ROWS),
        };
        let found = reader.decisions(only, about, &page)?;
        let whole = self.whole_reader()?;
        let roster = whole.roster()?;
        let hidden = self.hidden(viewer.map(|viewer| viewer.person))?;
        let mut kept_back = 0;
        for id in &hidden {
            let state = whole.decision(*id)?.filter(|_| reader.sees_decision(*id).unwrap_or(false));
            kept_back += u64::from(state.is_some_and(|state| {
                let ended = matches!(state.stage, Stage::Taken(_) | Stage::Withdrawn(_));
                (about.is_empty() || state.newest().wish.about == about)
                    && match only {
                        DecisionsOnly::All => true,
                        DecisionsOnly::Ended => ended,
                        DecisionsOnly::Open => !ended,
                    }
            }));
        }
        let mut items = Vec::with_capacity(found.items.len());
        for id in found.items.into_iter().filter(|id| !hidden.contains(id)) {
            let state = whole.decision(id)?.ok_or_else(|| Trouble::not_found("decision", id))?;
            items.push(row(&roster, &state, viewer, now));
        }
        Ok(Page {
            items,
            next: found.next.map(|cursor| cursor.to_string()),
            total: reader.decision_count(only, about)?.saturating_sub(kept_back),
        })
    }

    /// The open decisions that wait for whoever asks: at most [`WAITING_LIMIT`] of them, the newest first.
    pub fn waiting(&self, viewer: &Viewer, now: Instant) -> Result<Vec<DecisionRow>, Trouble> {
        let (reader, whole) = (self.reader()?, self.whole_reader()?);
        let roster = whole.roster()?;
        let hidden = self.hidden(Some(viewer.person))?;
        let mut rows = Vec::new();
        let mut page = Part::first(WAITING_STEP);
        loop {
            let found = reader.decisions(DecisionsOnly::Open, "", &page)?;
            for id in found.items.into_iter().filter(|id| !hidden.contains(id)) {
                let Some(state) = whole.decision(id)? else { continue };
                let row = row(&roster, &state, Some(viewer), now);
                if row.waits_for_you {
                    rows.push(row);
                }
                if rows.len() == WAITING_LIMIT {
                    return Ok(rows);
                }
            }
            match found.next {
                Some(next) => page = Part::after(next, WAITING_STEP),
                None => return Ok(rows),
            }
        }
    }

    /// One decision whole.
    pub fn decision(
        &self,
        id: DecisionId,
        viewer: Option<&Viewer>,
        now: Instant,
    ) -> Result<DecisionSheet, Trouble> {
        let reader = self.reader()?;
        let missing = || Trouble::not_found("decision", id);
        if !reader.sees_decision(id)? || self.hides(id, viewer.map(|viewer| viewer.person))? {
            return Err(missing());
        }
        let whole = self.whole_reader()?;
        let state = whole.decision(id)?.ok_or_else(missing)?;
        let roster = whole.roster()?;
        let families = self.families()?;
        let newest = state.newest();
        let name = |person: PersonId| name_of(&roster, person);
        let open = matches!(state.stage, Stage::Open);
        let missing = if open { state.missing(&roster) } else { Vec::new() };
        let otherwise = match &newest.wish.matrix {
            Some(matrix) if open => self.dry_run(matrix)?,
            _ => Vec::new(),
        };
        let trial = match &newest.wish.rules {
            Some(change) if open => Some(self.trial(&change.rules, viewer, now)?),
            _ => None,
        };
        Ok(DecisionSheet {
            row: row(&roster, &state, viewer, now),
            entity_version: reader.entity_version(&id.to_string())?,
            versions: state
                .versions
                .iter()
                .map(|one| {
                    let document = self.decided_document(&whole, one, viewer)?;
                    version(&reader, (&roster, one), name(one.by), &families, document)
                })
                .collect::<Result<_, _>>()?,
            signatures: state
                .signed
                .iter()
                .map(|one| SignatureRow {
                    id: one.signature.id,
                    version: one.version,
                    current: one.version == newest.number,
                    refused: one.refused,
                    reason: one.reason.clone(),
                    part: one.part.code().to_owned(),
                    name: one.signature.name.clone(),
                    person: one.signature.person,
                    role: one.signature.role.title().to_owned(),
                    by: match one.signature.by {
                        ByRight::Holder => "holder".to_owned(),
                        ByRight::Deputy => "deputy".to_owned(),
                        ByRight::Delegate(_) => "delegate".to_owned(),
                    },
                    delegated_by: match one.signature.by {
                        ByRight::Delegate(id) => roster.delegation(id).map(|one| name(one.from)),
                        _ => None,
                    },
                    meaning: one.signature.meaning.title().to_owned(),
                    factors: one
                        .signature
                        .factors
                        .iter()
                        .map(|one| one.title().to_owned())
                        .collect(),
                    of: one.signature.of,
                    at: one.at,
                    entry: one.entry,
                })
                .collect(),
            places: missing
                .iter()
                .map(|one| {
                    let person = viewer.map(|viewer| viewer.person);
                    let signed = person.is_some_and(|person| has_signed(&state, person));
                    let yours = person.filter(|_| !signed);
                    let mut row = place(&roster, one, &newest.wish.families, yours, now);
                    if signed {
                        row.why_not =
                            Some("You signed this version; each place is another person's.".into());
                    }
                    row
                })
                .collect(),
            informs: state
                .needed(&roster)
                .informs
                .iter()
                .map(|role| role.title().to_owned())
                .collect(),
            otherwise,
            trial,
        })
    }
}

fn has_signed(state: &State, person: PersonId) -> bool {
    state.signatures().any(|one| one.signature.person == person)
}

/// A place with who could sign there, and whether `person` could.
pub(crate) fn place(
    roster: &Roster,
    place: &decision::Place,
    families: &Sight,
    person: Option<PersonId>,
    now: Instant,
) -> PlaceRow {
    let may = |person: PersonId, role: RoleName| roster.may_sign(person, role, families, now);
    let could: BTreeSet<PersonId> =
        place.roles.iter().flat_map(|role| roster.could_sign(*role, families, now)).collect();
    let yours = person
        .and_then(|person| place.roles.iter().find(|role| may(person, **role).is_ok()))
        .map(|role| role.code().to_owned());
    PlaceRow {
        part: place.part.code().to_owned(),
        roles: place.roles.iter().map(|role| role.title().to_owned()).collect(),
        role_codes: place.roles.iter().map(|role| role.code().to_owned()).collect(),
        could: could.into_iter().map(|person| name_of(roster, person)).collect(),
        yours,
        why_not: person.and_then(|person| why_not(roster, person, &place.roles, families, now)),
    }
}

fn why_not(
    roster: &Roster,
    person: PersonId,
    roles: &[RoleName],
    families: &Sight,
    now: Instant,
) -> Option<String> {
    let mut refused = None;
    for role in roles {
        match roster.may_sign(person, *role, families, now) {
            Ok(_) => return None,
            Err(refusal) => refused = Some(refusal.to_string()),
        }
    }
    refused
}

fn name_of(roster: &Roster, person: PersonId) -> String {
    roster.person(person).map(|one| one.name.clone()).unwrap_or_default()
}

fn row(roster: &Roster, state: &State, viewer: Option<&Viewer>, now: Instant) -> DecisionRow {
    let newest = state.newest();
    let first = state.versions.first().unwrap_or(newest);
    let waits: Vec<_> =
        if matches!(state.stage, Stage::Open) { state.missing(roster) } else { Vec::new() };
    let yours = viewer.is_some_and(|viewer| {
        !has_signed(state, viewer.person)
            && waits.iter().flat_map(|place| &place.roles).any(|role| {
                roster.may_sign(viewer.person, *role, &newest.wish.families, now).is_ok()
            })
    });
    DecisionRow {
        id: state.id,
        kind: newest.wish.kind.code().to_owned(),
        kind_title: newest.wish.kind.title().to_owned(),
        title: newest.wish.title.clone(),
        about: newest.wish.about.clone(),
        stage: state.stage.code().to_owned(),
        stage_at: match state.stage {
            Stage::Open => newest.at,
            Stage::Taken(at) | Stage::Refused(at) | Stage::Withdrawn(at) => at,
        },
        proposed_by: name_of(roster, first.by),
        proposed_at: first.at,
        version: newest.number,
        waits_for: waits
            .iter()
            .flat_map(|place| place.roles.iter().map(|role| role.title().to_owned()))
            .collect(),
        waits_for_you: yours,
    }
}

fn version(
    reader: &Reader,
    (roster, one): (&Roster, &decision::Version),
    by: String,
    families: &BTreeMap<FamilyId, String>,
    document: Option<DecidedDocument>,
) -> Result<DecisionVersion, Trouble> {
    let matter = one.wish.matter.as_ref();
    Ok(DecisionVersion {
        findings: match matter {
            Some(matter) => settles(reader, matter)?,
            None => Vec::new(),
        },
        answer: matter.and_then(|matter| matter.answer).map(answer),
        document,
        number: one.number,
        by,
        at: one.at,
        entry: one.entry,
        digest: one.digest,
        rights: one.rights,
        title: one.wish.title.clone(),
        statement: one.wish.statement.clone(),
        families: refs(&one.wish.families, families),
        circumstances: one.wish.circumstances.into(),
        matrix: one.wish.matrix.as_ref().map(rights::sheet),
        rules: one.wish.rules.as_ref().map(|change| rules::proposed(roster, change)),
    })
}

/// The findings of a matter, with the versions that are seen by name.
fn settles(reader: &Reader, matter: &Matter) -> Result<Vec<SettledFinding>, Trouble> {
    let mut names = BTreeMap::new();
    for id in matter.versions() {
        if let Some(detail) = reader.version(id)? {
            names.insert(id, version_ref(&detail.row.version));
        }
    }
    let one = |finding: &case::Finding| {
        let versions: Vec<_> =
            finding.versions.iter().filter_map(|id| names.get(id)).cloned().collect();
        SettledFinding {
            vulnerability: finding.vulnerability.clone(),
            out_of_sight: (finding.versions.len() - versions.len()) as u64,
            versions,
        }
    };
    Ok(matter.findings.iter().map(one).collect())
}

fn answer(answer: Answer) -> String {
    match answer {
        Answer::Controlled => "The risk is controlled.".to_owned(),
        Answer::Uncontrolled => "The risk is uncontrolled.".to_owned(),
        Answer::NotAffected(why) => format!("Not affected: {}.", why.title().to_lowercase()),
        Answer::Train(train) => format!("{}.", train.title()),
        Answer::Reportable(true) => "To be reported.".to_owned(),
        Answer::Reportable(false) => "Not to be reported.".to_owned(),
    }
}
