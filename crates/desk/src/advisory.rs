//! Advisories: drafting, approving, publishing, taking back; and what of them is public.

use crate::{
    Desk, Trouble,
    advisory_text::{Beside, content, render},
    answers::{
        AdvisoryPreview, AdvisoryRow, AdvisorySheet, AdvisoryTexts, AdvisoryVersion, PublicRow,
        PublicSheet, Warning,
    },
    case::CaseKey,
    viewer::Viewer,
};
use aftercare_documents::stem;
use aftercare_domain::{
    Operation, Refusal, Sight,
    advisory::{
        self, Advisories, Audience, Bundle, Drafting, Stage, State, Stated, Texts, Version,
        Written, standings,
    },
    case::{self, About, ActsIn, Case, Cases, Surroundings, progress},
    decision,
    roster::Roster,
    text,
};
use aftercare_register::Reader;
use aftercare_vocab::{
    digest::Digest,
    id::{AdvisoryId, CaseId, DecisionId, PersonId},
    instant::Instant,
    problem::Problem,
};
use std::collections::BTreeMap;

/// Who publishes advisories, beside the manufacturer's name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Publisher {
    /// An address under the maker's control that no other publisher uses: `https://device.example`.
    pub namespace: String,
    /// How the maker is reached about vulnerabilities: mail, telephone, address.
    pub contact: String,
    /// The https address at which published advisories are found; none = it is not known.
    pub folder: Option<String>,
    /// The address below which customers acknowledge notices; none = it is not known, and letters hold none.
    pub notices: Option<String>,
}

/// By what an advisory is named: identifier or number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AdvisoryKey {
    /// Its identifier.
    Id(AdvisoryId),
    /// The number that people say.
    Number(String),
}

impl AdvisoryKey {
    /// Reads either.
    pub fn read(text: &str) -> Self {
        text.trim().parse().map_or_else(|_| Self::Number(text.trim().to_owned()), Self::Id)
    }
}

/// An advisory as somebody writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdvisoryDraft {
    /// What is drafted.
    pub what: Drafted,
    /// What people wrote.
    pub texts: AdvisoryTexts,
    /// What changed since the revision before; empty for the first.
    pub change: String,
}

/// What is drafted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Drafted {
    /// A new advisory about a case, for this audience.
    New(CaseKey, Audience),
    /// A new version of one.
    VersionOf(AdvisoryKey),
}

/// A draft, rendered and not kept.
struct Prepared {
    id: Option<AdvisoryId>,
    case: CaseId,
    bundle: Bundle,
    warnings: Vec<Problem>,
}

/// What people write in the first revision where they say nothing.
const FIRST: &str = "First published.";
/// Longest text about what changed, in characters.
const CHANGE_LIMIT: usize = 1_000;
/// Documents that a decision names; the others are in the digest all the same.
const NAMED_LIMIT: usize = 40;

impl Desk {
    /// What a draft would say, without keeping it.
    pub fn preview_advisory(
        &self,
        draft: AdvisoryDraft,
        viewer: &Viewer,
        now: Instant,
    ) -> Result<AdvisoryPreview, Trouble> {
        let prepared = self.prepared(draft, Some(viewer.person), now)?;
        let warnings = prepared.warnings.into_iter().map(Warning::from).collect();
        Ok(AdvisoryPreview { content: content(&prepared.bundle), warnings })
    }

    /// Keeps a draft with every document that would go out.
    pub fn draft_advisory(
        &self,
        op: &Operation,
        draft: AdvisoryDraft,
    ) -> Result<AdvisoryId, Trouble> {
        if let Some(before) = self.before(op)? {
            return Ok(before);
        }
        let person = self.roster()?.acting(&op.actor);
        let prepared = self.prepared(draft, person, op.at)?;
        let advisory = prepared.id.unwrap_or_else(|| op.new_id());
        let bytes = prepared.bundle.bytes().map_err(unwritable)?;
        let staged = self.pen()?.stage(&bytes)?;
        let digest = staged.digest();
        self.once(op, |pen| {
            let facts = pen.facts();
            let (roster, cases, all) = (facts.roster()?, facts.cases()?, facts.advisories()?);
            let case = known(&cases, prepared.case)?;
            let drafting = Drafting { advisory, bundle: &prepared.bundle, digest };
            let events = advisory::draft(&roster, &all, case, drafting, &pen.dated()?)?;
            pen.attach(&staged);
            pen.record_all(events)?;
            Ok(advisory)
        })
    }

    fn prepared(
        &self,
        draft: AdvisoryDraft,
        person: Option<PersonId>,
        now: Instant,
    ) -> Result<Prepared, Trouble> {
        let scene = self.scene(now)?;
        let (cases, all) = (scene.reader().cases()?, scene.reader().advisories()?);
        let (before, key, audience) = match draft.what {
            Drafted::New(key, audience) => (None, key, audience),
            Drafted::VersionOf(key) => {
                let state = found(&all, &key)?;
                (Some(state), CaseKey::Id(state.case), state.audience())
            }
        };
        let case = self.case_of(&cases, &key, person)?;
        self.whole_of(case)?;
        if self.publisher.namespace.is_empty() || self.publisher.contact.is_empty() {
            return Err(Refusal::new(
                "publisher_missing",
                "It is not said who publishes advisories and how they are reached.",
                "Set `publisher.namespace` and `publisher.contact` in the configuration.",
            )
            .into());
        }
        let around = scene.around(case)?;
        let at = self.instant(now);
        let year = around.zone.day_of(at).map_or(0, |day| day.year());
        let (mut versions, mut models) = (Vec::new(), BTreeMap::new());
        for (version, stands) in standings(case, &around, at) {
            let Some(named) = scene.named(version) else { continue };
            versions.push(Stated {
                version,
                family: named.family.name.clone(),
                product: named.product.name.clone(),
                label: named.label.clone(),
                stands,
            });
            if !models.contains_key(&named.product.name) {
                let product = scene.reader().product(named.product.id)?;
                if let Some(model) = product.and_then(|one| one.model) {
                    models.insert(named.product.name.clone(), model);
                }
            }
        }
        let change = text::note("change", Some(&draft.change), CHANGE_LIMIT)?;
        let AdvisoryTexts { title, summary, impact, action, controls, fix } = draft.texts;
        let mut bundle = Bundle {
            number: before
                .map_or_else(|| advisory::number(&all, year), |one| one.number().to_owned()),
            version: before.map_or(1, |one| one.newest().drafted.version + 1),
            revision: before.map_or(1, |one| one.published().count() as u64 + 1),
            audience,
            case: case.id(),
            vulnerabilities: case.opened.vulnerabilities.clone(),
            vector: case.exploited.as_ref().and_then(|one| one.value.vector.clone()),
            dated: at,
            change: change.unwrap_or_else(|| FIRST.to_owned()),
            texts: Texts { title, summary, impact, action, controls, fix }.checked()?,
            versions,
            documents: Vec::new(),
        };
        let models: Vec<(String, String)> = models.into_iter().collect();
        let beside = Beside {
            manufacturer: self.manufacturer(),
            publisher: &self.publisher,
            before,
            case: &case.opened.number,
            models: &models,
        };
        let warnings = render(&mut bundle, &beside)?;
        Ok(Prepared { id: before.map(|one| one.id), case: case.id(), bundle, warnings })
    }

    /// What an advisory could say: the texts of the newest version, or what the case knows.
    pub fn advisory_begun(
        &self,
        what: &Drafted,
        viewer: &Viewer,
        now: Instant,
    ) -> Result<AdvisoryTexts, Trouble> {
        let scene = self.scene(now)?;
        let cases = scene.reader().cases()?;
        match what {
            Drafted::New(key, _) => {
                let case = self.case_of(&cases, key, Some(viewer.person))?;
                self.whole_of(case)?;
                Ok(begun(case, &scene.around(case)?))
            }
            Drafted::VersionOf(key) => {
                let all = scene.reader().advisories()?;
                let state = found(&all, key)?;
                let case = self.case_of(&cases, &CaseKey::Id(state.case), Some(viewer.person))?;
                self.whole_of(case)?;
                let bundle = read(scene.reader(), &state.newest().drafted.bundle)?;
                Ok(content(&bundle).texts)
            }
        }
    }

    /// Proposes the decision that lets the newest version out: its words name every document by digest, and it
    /// counts for exactly these.
    pub fn propose_publication(
        &self,
        op: &Operation,
        key: &AdvisoryKey,
        version: u64,
    ) -> Result<DecisionId, Trouble> {
        if let Some(before) = self.before(op)? {
            return Ok(before);
        }
        let id: DecisionId = op.new_id();
        let scene = self.scene(op.at)?;
        let (cases, all) = (scene.reader().cases()?, scene.reader().advisories()?);
        let state = found(&all, key)?;
        let person = self.roster()?.acting(&op.actor);
        let case = self.case_of(&cases, &CaseKey::Id(state.case), person)?;
        let newest = state.newest();
        if newest.drafted.version != version {
            return Err(Refusal::new(
                "another_version",
                format!("The newest draft is version {}.", newest.drafted.version),
                "Look at it, and propose that one.",
            )
            .into());
        }
        if state.stage(newest, Some(case)) != Stage::Draft {
            return Err(Refusal::new(
                "proposed_already",
                "This version is in review already, or past it.",
                "Look at its decision.",
            )
            .into());
        }
        let bundle = read(scene.reader(), &newest.drafted.bundle)?;
        let around = scene.around(case)?;
        let about = About {
            kind: state.audience().decided_by(),
            versions: std::collections::BTreeSet::new(),
            answer: None,
            until: None,
            mitigation: None,
            title: format!("Publish the advisory {}, version {version}", state.number()),
            statement: statement(&bundle, &newest.drafted.bundle),
        };
        let case = case.id();
        let advisory = state.id;
        let digest = newest.drafted.bundle;
        drop(scene);
        self.decided(op, id, |pen| {
            let facts = pen.facts();
            let (roster, cases, all) = (facts.roster()?, facts.cases()?, facts.advisories()?);
            let case = known(&cases, case)?;
            let newest = all.get(advisory).map(State::newest);
            if newest.is_none_or(|one| one.drafted.bundle != digest) {
                return Err(Refusal::new(
                    "another_version",
                    "Somebody drafted another version meanwhile.",
                    "Look at it, and propose that one.",
                )
                .into());
            }
            let op = pen.dated()?;
            let now = progress(case, &cases, &around, op.at);
            let mut wish = case::wish(case, &around, &now, about, op.at)?;
            if let Some(matter) = &mut wish.matter {
                matter.document = Some(digest);
            }
            Ok(decision::propose(&roster, id, wish, &op)?)
        })
    }

    /// Lets the newest version out, once it is approved to the byte. A twin publishes nothing.
    pub fn publish_advisory(
        &self,
        op: &Operation,
        key: &AdvisoryKey,
        version: u64,
    ) -> Result<AdvisoryId, Trouble> {
        if let Some(before) = self.before(op)? {
            return Ok(before);
        }
        let _outward = self.outward("An advisory")?;
        let scene = self.scene(op.at)?;
        let (cases, all) = (scene.reader().cases()?, scene.reader().advisories()?);
        let state = found(&all, key)?;
        let person = self.roster()?.acting(&op.actor);
        let case = self.case_of(&cases, &CaseKey::Id(state.case), person)?;
        let id = state.id;
        let around = scene.around(case)?;
        let bundle = read(scene.reader(), &state.newest().drafted.bundle)?;
        drop(scene);
        self.decided(op, id, |pen| {
            let facts = pen.facts();
            let (roster, cases, all) = (facts.roster()?, facts.cases()?, facts.advisories()?);
            let state = all.get(id).ok_or_else(|| missing(key))?;
            let case = known(&cases, state.case)?;
            let beside = (case, &around);
            Ok(advisory::publish(&roster, state, beside, &bundle, version, &pen.dated()?)?)
        })
    }

    /// Takes an advisory back, with a reason.
    pub fn withdraw_advisory(&self, op: &Operation, key: &AdvisoryKey) -> Result<(), Trouble> {
        self.decided(op, (), |pen| {
            let facts = pen.facts();
            let (roster, cases, all) = (facts.roster()?, facts.cases()?, facts.advisories()?);
            let state = found(&all, key)?;
            let person = roster.acting(&op.actor);
            self.case_of(&cases, &CaseKey::Id(state.case), person)?;
            Ok(advisory::withdraw(&roster, state, &pen.dated()?)?)
        })
    }

    /// The advisories of a case, the oldest first.
    pub fn advisories_of(
        &self,
        key: &CaseKey,
        viewer: Option<&Viewer>,
    ) -> Result<Vec<AdvisoryRow>, Trouble> {
        let reader = self.whole_reader()?;
        let (cases, all) = (reader.cases()?, reader.advisories()?);
        let case = self.case_of(&cases, key, viewer.map(|one| one.person))?;
        Ok(all.of_case(case.id()).map(|state| row(state, case)).collect())
    }

    /// One advisory with what one of its versions says; without a number, the newest.
    pub fn advisory(
        &self,
        key: &AdvisoryKey,
        version: Option<u64>,
        viewer: Option<&Viewer>,
    ) -> Result<AdvisorySheet, Trouble> {
        let reader = self.whole_reader()?;
        let (roster, cases, all) = (reader.roster()?, reader.cases()?, reader.advisories()?);
        let state = found(&all, key)?;
        let person = viewer.map(|one| one.person);
        let case =
            self.case_of(&cases, &CaseKey::Id(state.case), person).map_err(|_| missing(key))?;
        let number = version.unwrap_or(state.newest().drafted.version);
        let one = state
            .version(number)
            .ok_or_else(|| Trouble::not_found("version of this advisory", number))?;
        let shown = match self.whole_of(case) {
            Ok(()) => Some(content(&read(&reader, &one.drafted.bundle)?)),
            Err(_) => None,
        };
        Ok(AdvisorySheet {
            row: row(state, case),
            case_number: case.opened.number.clone(),
            entity_version: reader.entity_version(&state.id.to_string())?,
            versions: state.versions.iter().map(|one| sheet(&roster, state, case, one)).collect(),
            shown,
            blocked: blocked(state, case),
        })
    }

    /// A document of a version as it would go out or went, for those who work on it.
    pub fn advisory_document(
        &self,
        key: &AdvisoryKey,
        (version, name): (u64, &str),
        viewer: Option<&Viewer>,
    ) -> Result<Written, Trouble> {
        let reader = self.whole_reader()?;
        let (cases, all) = (reader.cases()?, reader.advisories()?);
        let state = found(&all, key)?;
        let person = viewer.map(|one| one.person);
        let case =
            self.case_of(&cases, &CaseKey::Id(state.case), person).map_err(|_| missing(key))?;
        self.whole_of(case)?;
        let one = state
            .version(version)
            .ok_or_else(|| Trouble::not_found("version of this advisory", version))?;
        let bundle = read(&reader, &one.drafted.bundle)?;
        let document = bundle.document(name).cloned();
        document.ok_or_else(|| Trouble::not_found("document of this advisory", name))
    }

    /// What is public now, the newest first, whoever asks and at whatever moment. A twin has nothing public.
    pub fn public_advisories(&self) -> Result<Vec<PublicRow>, Trouble> {
        let reader = self.register().reader()?;
        let (cases, all) = (reader.cases()?, reader.advisories()?);
        let mut rows: Vec<PublicRow> = all
            .all()
            .filter_map(|state| Some(public_row(state, self.public(&cases, state)?)))
            .collect();
        rows.sort_by_key(|row| std::cmp::Reverse((row.newest_at, row.number.clone())));
        Ok(rows)
    }

    /// One public advisory, by its number.
    pub fn public_advisory(&self, number: &str) -> Result<PublicSheet, Trouble> {
        let reader = self.register().reader()?;
        let (cases, all) = (reader.cases()?, reader.advisories()?);
        let state = all.numbered(number);
        let out = state.and_then(|state| Some((state, self.public(&cases, state)?)));
        let (state, out) = out.ok_or_else(|| Trouble::not_found("public advisory", number))?;
        let bundle = read(&reader, &out.drafted.bundle)?;
        let history = state.published().filter_map(|one| {
            let at = one.published.as_ref()?.at;
            Some((one.drafted.revision, at, one.drafted.change.clone()))
        });
        let row = public_row(state, out);
        Ok(PublicSheet { row, content: content(&bundle), history: history.collect() })
    }

    /// A document of a public advisory by its file name, byte for byte as it was approved.
    pub fn public_document(&self, name: &str) -> Result<Written, Trouble> {
        let reader = self.register().reader()?;
        let (cases, all) = (reader.cases()?, reader.advisories()?);
        let begins = |state: &&State| {
            let rest = name.strip_prefix(stem(state.number()).as_str());
            rest.is_some_and(|rest| rest.starts_with('.'))
        };
        for state in all.all().filter(begins) {
            let Some(out) = self.public(&cases, state) else { continue };
            if let Some(document) = read(&reader, &out.drafted.bundle)?.document(name) {
                return Ok(document.clone());
            }
        }
        Err(Trouble::not_found("public document", name))
    }

    /// The version of an advisory that everybody may see now.
    fn public<'a>(&self, cases: &Cases, state: &'a State) -> Option<&'a Version> {
        let open = cases.get(state.case).is_some_and(|case| case.embargo.is_none());
        let serves = open && self.twin().is_none() && state.audience() == Audience::Public;
        state.standing().filter(|_| serves)
    }

    pub(crate) fn case_of<'a>(
        &self,
        cases: &'a Cases,
        key: &CaseKey,
        person: Option<PersonId>,
    ) -> Result<&'a Case, Trouble> {
        let case = match key {
            CaseKey::Id(id) => cases.get(*id),
            CaseKey::Number(number) => cases.numbered(number),
        };
        let seen = case.filter(|case| self.may_know(case, person));
        seen.ok_or_else(|| match key {
            CaseKey::Id(id) => Trouble::not_found("case", id),
            CaseKey::Number(number) => Trouble::not_found("case", number),
        })
    }

    /// Refuses whoever sees only some of the product families that an advisory of a case speaks of.
    pub(crate) fn whole_of(&self, case: &Case) -> Result<(), Trouble> {
        let seen = match (&case.families, self.sight()) {
            (_, Sight::All) => true,
            (Sight::All, Sight::Families(_)) => false,
            (Sight::Families(some), sight) => some.iter().all(|one| sight.sees(*one)),
        };
        if seen {
            return Ok(());
        }
        Err(Refusal::new(
            "part_seen",
            "The advisory speaks of product families that you do not see.",
            "Ask somebody whose role is for all of them.",
        )
        .into())
    }
}

pub(crate) fn found<'a>(all: &'a Advisories, key: &AdvisoryKey) -> Result<&'a State, Trouble> {
    let state = match key {
        AdvisoryKey::Id(id) => all.get(*id),
        AdvisoryKey::Number(number) => all.numbered(number),
    };
    state.ok_or_else(|| missing(key))
}

pub(crate) fn missing(key: &AdvisoryKey) -> Trouble {
    match key {
        AdvisoryKey::Id(id) => Trouble::not_found("advisory", id),
        AdvisoryKey::Number(number) => Trouble::not_found("advisory", number),
    }
}

pub(crate) fn known(cases: &Cases, id: CaseId) -> Result<&Case, Trouble> {
    cases.get(id).ok_or_else(|| Trouble::not_found("case", id))
}

/// The bundle of a version; the store proves its digest.
pub(crate) fn read(reader: &Reader, digest: &Digest) -> Result<Bundle, Trouble> {
    let bytes = reader.blob(digest)?;
    Bundle::read(&bytes).map_err(|why| {
        aftercare_register::Fault::BlobDamaged { digest: *digest, why: why.to_string() }.into()
    })
}

fn unwritable(why: aftercare_domain::canonical::NotCanonical) -> Trouble {
    Trouble::Problems(vec![Problem::refusal(
        "advisory_unwritable",
        "",
        why.to_string(),
        "Shorten the texts.",
    )])
}

/// What the case knows, for the first draft. People read and change it before anything goes out.
fn begun(case: &Case, around: &Surroundings) -> AdvisoryTexts {
    let joined = |texts: Vec<String>| texts.join("\n\n");
    let once = |texts: Vec<&str>| {
        let mut kept: Vec<String> = Vec::new();
        for text in texts.into_iter().filter(|text| !text.is_empty()) {
            if !kept.iter().any(|one| one == text) {
                kept.push(text.to_owned());
            }
        }
        joined(kept)
    };
    let harmed = around.versions.keys().filter_map(|one| case.harm_of(*one, around));
    let external = case.mitigations.values().filter(|one| one.value.acts_in == ActsIn::External);
    let fix = match (case.changed.last(), &case.plan) {
        (Some(change), _) => format!("The change is in {}.", around.label(change.value.version)),
        (None, Some(plan)) => format!("A fix is planned for {}.", plan.value.target),
        (None, None) => String::new(),
    };
    AdvisoryTexts {
        title: case.opened.title.clone(),
        summary: case.weakness.as_ref().map(|one| one.value.clone()).unwrap_or_default(),
        impact: once(harmed.map(|one| one.value.reasoning.as_str()).collect()),
        action: case.plan.as_ref().map(|one| one.value.interim.clone()).unwrap_or_default(),
        controls: once(external.map(|one| one.value.title.as_str()).collect()),
        fix,
    }
}

/// The words of the decision: what goes out, by digest.
fn statement(bundle: &Bundle, digest: &Digest) -> String {
    let mut lines = vec![
        format!(
            "The advisory {} goes out as it is in version {} ({}).",
            bundle.number,
            bundle.version,
            bundle.audience.title().to_lowercase()
        ),
        format!("Title: {}", bundle.texts.title),
        format!("All of it: {digest}"),
        String::new(),
        "Documents, as they are served:".to_owned(),
    ];
    for one in bundle.documents.iter().take(NAMED_LIMIT) {
        lines.push(format!("{}: {}", one.name, Digest::of(one.text.as_bytes())));
    }
    if bundle.documents.len() > NAMED_LIMIT {
        lines.push(format!(
            "and {} more, which the digest of all holds.",
            bundle.documents.len() - NAMED_LIMIT
        ));
    }
    lines.join("\n")
}

pub(crate) fn row(state: &State, case: &Case) -> AdvisoryRow {
    let newest = state.newest();
    let stage = state.stage(newest, Some(case));
    let out = state.standing();
    AdvisoryRow {
        id: state.id,
        case: state.case,
        number: state.number().to_owned(),
        title: newest.drafted.title.clone(),
        audience: state.audience().code().to_owned(),
        audience_title: state.audience().title().to_owned(),
        version: newest.drafted.version,
        stage: stage.code().to_owned(),
        stage_title: stage.title().to_owned(),
        decision: stage.decision(),
        out: out.map(|one| one.drafted.version),
        out_at: out.and_then(|one| one.published.as_ref()).map(|one| one.at),
        withdrawn: state.withdrawn.as_ref().map(|(_, why)| why.clone().unwrap_or_default()),
    }
}

fn sheet(roster: &Roster, state: &State, case: &Case, one: &Version) -> AdvisoryVersion {
    let stage = state.stage(one, Some(case));
    let by = roster.person(one.drafted.by).map(|person| person.name.clone());
    let published = one.published.as_ref();
    AdvisoryVersion {
        number: one.drafted.version,
        revision: one.drafted.revision,
        title: one.drafted.title.clone(),
        change: one.drafted.change.clone(),
        stage: stage.code().to_owned(),
        stage_title: stage.title().to_owned(),
        drafted_by: by.unwrap_or_default(),
        drafted_at: one.at,
        digest: one.drafted.bundle,
        decision: stage.decision().or(published.map(|out| out.published.decision)),
        published_at: published.map(|out| out.at),
        entry: one.entry,
    }
}

/// What stands between the newest version and those whom it tells.
fn blocked(state: &State, case: &Case) -> Option<String> {
    match state.stage(state.newest(), Some(case)) {
        Stage::Draft => Some("Its publication is not proposed yet.".to_owned()),
        Stage::InReview(_) => Some("The decision waits for signatures.".to_owned()),
        Stage::Approved(_) if case.embargo.is_some() => {
            Some("The case is under embargo.".to_owned())
        }
        _ => None,
    }
}

fn public_row(state: &State, out: &Version) -> PublicRow {
    let at = |one: &Version| one.published.as_ref().map_or(one.at, |out| out.at);
    PublicRow {
        number: state.number().to_owned(),
        title: out.drafted.title.clone(),
        revision: out.drafted.revision,
        first_at: state.published().next().map_or(out.at, at),
        newest_at: at(out),
        csaf: format!("{}.json", stem(state.number())),
    }
}
