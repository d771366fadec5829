//! What was said about a case, as rows with who said it.

use crate::{
    answers::{
        AttachmentRow, ControlRow, EpssRow, ExploitedRow, InterviewRow, MitigationRow, SaidRow,
    },
    told,
};
use aftercare_domain::{
    case::{
        ActsIn, AttachedFile, Attachment, Attested, Case, Described, Exploited, Fact, Interviewed,
        Linked, Said, Surroundings, Tested,
    },
    harm::{Epss, Exploit, Interview, Rubric},
    roster::Roster,
};
use aftercare_vocab::digest::Digest;
use std::collections::BTreeMap;

/// How many bytes each file of a case has.
pub(crate) type Sizes = BTreeMap<Digest, u64>;

/// Those that hold something.
pub(crate) fn details(all: &[(&str, &str)]) -> Vec<(String, String)> {
    let there = all.iter().filter(|(_, value)| !value.is_empty());
    there.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn said<T>(
    roster: &Roster,
    said: &Said<T>,
    text: String,
    details: Vec<(String, String)>,
) -> SaidRow {
    let name = said.by.and_then(|one| roster.person(one).ok()).map(|one| one.name.clone());
    SaidRow {
        text,
        details,
        reason: said.reason.clone(),
        at: said.at,
        by: name.unwrap_or_else(|| "the system".to_owned()),
        role: said.role.as_str().to_owned(),
        entry: said.entry,
        attachment: None,
    }
}

/// What was said about the case as a whole: name on screen, and what.
pub(crate) fn said_of(roster: &Roster, case: &Case) -> Vec<(String, SaidRow)> {
    let mut all: Vec<(String, SaidRow)> = Vec::new();
    let mut add = |name: &str, row: Option<SaidRow>| {
        all.extend(row.map(|row| (name.to_owned(), row)));
    };
    add(
        "Harm to a patient",
        case.harm.as_ref().map(|one| {
            let complaint = one.value.1.clone().unwrap_or_default();
            said(roster, one, one.value.0.title().to_owned(), details(&[("Complaint", &complaint)]))
        }),
    );
    add(
        "Weakness",
        case.weakness.as_ref().map(|one| said(roster, one, one.value.clone(), Vec::new())),
    );
    add(
        "Credible",
        case.credible.as_ref().map(|one| said(roster, one, one.value.clone(), Vec::new())),
    );
    add(
        "Exploitability",
        case.exploited.as_ref().map(|one| {
            let value = &one.value;
            let known = |answer: Option<bool>| match answer {
                Some(true) => "yes",
                Some(false) => "no",
                None => "not looked for",
            };
            let exploit = value
                .exploit
                .map_or("not looked for".to_owned(), |one| format!("{one:?}").to_lowercase());
            let instead = value.instead.map(|one| one.to_string()).unwrap_or_default();
            let epss = value.epss.map(|one| epss(one).to_string()).unwrap_or_default();
            let vector = value.vector.clone().unwrap_or_default();
            let answers = value.interview.as_ref().map(interview);
            let (rubric, answers) =
                answers.map(|one| (one.rubric, one.answers)).unwrap_or_default();
            let rows = details(&[
                ("Vector", &vector),
                ("Listed in KEV", known(value.in_kev)),
                ("Exploit", &exploit),
                ("EPSS", &epss),
                ("Instead of the computed class", &instead),
                ("Interview", &rubric),
                ("Its answers", &answers),
            ]);
            said(roster, one, value.reasons.clone(), rows)
        }),
    );
    for (table, one) in &case.selected {
        let given: Vec<(String, String)> =
            one.value.given.iter().map(|(key, value)| (key.clone(), value.clone())).collect();
        let outcome = case.ssvc_outcome().map_or("open", |one| one.title());
        all.push((format!("SSVC, table {table}"), said(roster, one, outcome.to_owned(), given)));
    }
    let mut add = |name: &str, row: Option<SaidRow>| {
        all.extend(row.map(|row| (name.to_owned(), row)));
    };
    add(
        "Controls in place",
        case.controls.as_ref().map(|one| said(roster, one, one.value.clone(), Vec::new())),
    );
    add(
        "Plan",
        case.plan.as_ref().map(|one| {
            let value = &one.value;
            let rows = details(&[
                ("By", &value.target.to_string()),
                ("Why that day", &value.rationale),
                ("Compared", &value.alternatives),
                ("Meanwhile", &value.interim),
            ]);
            said(roster, one, value.train.title().to_owned(), rows)
        }),
    );
    for one in &case.changed {
        all.push(("Change".to_owned(), said(roster, one, one.value.statement.clone(), Vec::new())));
    }
    for one in case.answered.values() {
        let answer = if one.value.yes { "Yes" } else { "No" };
        all.push((
            one.value.question.title().to_owned(),
            said(roster, one, answer.to_owned(), details(&[("Ground", &one.value.statement)])),
        ));
    }
    for one in &case.happened {
        let name = one.value.what.replace('_', " ");
        all.push((
            name,
            said(roster, one, one.value.at.shown(), details(&[("Record", &one.value.statement)])),
        ));
    }
    if let Some(end) = &case.ended {
        let text = told::fact(&Fact::Ended(end.value.clone()), Some(roster));
        all.push(("End".to_owned(), said(roster, end, text, Vec::new())));
    }
    if let Some(one) = &case.seconded {
        all.push(("Second person".to_owned(), said(roster, one, "agrees".to_owned(), Vec::new())));
    }
    for one in &case.notes {
        all.push(("Remark".to_owned(), said(roster, one, one.value.clone(), Vec::new())));
    }
    all
}

/// What is known of exploiting it, value by value.
pub(crate) fn exploited(value: &Exploited) -> ExploitedRow {
    ExploitedRow {
        vector: value.vector.clone(),
        in_kev: value.in_kev,
        exploit: value.exploit.map(|one| {
            match one {
                Exploit::Active => "active",
                Exploit::Public => "public",
                Exploit::ProofOfConcept => "proof_of_concept",
                Exploit::NoneFound => "none_found",
            }
            .to_owned()
        }),
        epss: value.epss.map(epss),
        instead: value.instead.map(|one| one.to_string()),
        reasons: value.reasons.clone(),
        interview: value.interview.as_ref().map(interview),
    }
}

const fn epss(score: Epss) -> EpssRow {
    EpssRow { probability: score.probability, percentile: score.percentile }
}

fn interview(said: &Interviewed) -> InterviewRow {
    // Answers that this rubric knows come in its order; to an older one, by their names.
    let answers = Interview::of(Rubric::shipped(), &said.answers).map_or_else(
        |_| {
            let all = said.answers.iter().map(|(id, answer)| format!("{id}:{}", answer.word()));
            all.collect::<Vec<_>>().join("/")
        },
        |interview| interview.to_string(),
    );
    InterviewRow { rubric: said.rubric.clone(), answers }
}

/// A mitigation with the sites where it is followed.
pub(crate) fn mitigation(
    roster: &Roster,
    case: &Case,
    one: &Said<Described>,
    sites: Vec<ControlRow>,
) -> MitigationRow {
    let value = &one.value;
    let after = value.exploitability_after.map(|one| one.to_string()).unwrap_or_default();
    let adds = match value.adds_risk {
        Some(true) => "yes",
        Some(false) => "no",
        None => "not assessed",
    };
    let expires = value.expires.map(|day| day.to_string()).unwrap_or_default();
    let rows = details(&[
        ("Who applies it", &value.who_applies),
        ("Skill needed", &value.skill),
        ("Exploitability with it", &after),
        ("Effect on clinical use", &value.clinical_effect),
        ("New risks", &value.new_risks),
        ("Adds more risk than it takes away", adds),
        ("Verification", &value.verification),
        ("Expires", &expires),
        ("Residual risk", &value.residual_risk),
    ]);
    MitigationRow {
        id: value.mitigation,
        title: value.title.clone(),
        kind: value.kind.title().to_owned(),
        external: value.acts_in == ActsIn::External,
        chosen: case
            .plan
            .as_ref()
            .is_some_and(|plan| plan.value.chosen.contains(&value.mitigation)),
        said: said(roster, one, value.acts_in.title().to_owned(), rows),
        sites,
    }
}

/// A test.
pub(crate) fn test(
    roster: &Roster,
    around: &Surroundings,
    sizes: &Sizes,
    one: &Said<Tested>,
) -> SaidRow {
    let value = &one.value;
    let deviation = value.deviation.clone().unwrap_or_default();
    let rows = details(&[
        ("Version", &around.label(value.version)),
        ("Result", &value.statement),
        ("Deviation", &deviation),
    ]);
    let passed = if value.passed { "passed" } else { "failed" };
    let row = said(roster, one, format!("{}: {passed}", value.kind.title()), rows);
    SaidRow {
        attachment: value.attachment.map(|digest| file(digest, value.file.as_ref(), sizes)),
        ..row
    }
}

/// A file beside a fact.
pub(crate) fn attachment(roster: &Roster, sizes: &Sizes, one: &Said<Attachment>) -> SaidRow {
    let of_it = file(one.value.digest, one.value.file.as_ref(), sizes);
    let text = of_it.name.clone().unwrap_or_else(|| "Document".to_owned());
    SaidRow { attachment: Some(of_it), reason: None, ..said(roster, one, text, Vec::new()) }
}

fn file(digest: Digest, file: Option<&AttachedFile>, sizes: &Sizes) -> AttachmentRow {
    AttachmentRow {
        digest,
        name: file.map(|file| file.name.clone()),
        media_type: file.map(|file| file.media_type.clone()),
        size: sizes.get(&digest).copied().or(file.map(|file| file.size)),
    }
}

/// What reporter and customers were told, in its order.
pub(crate) fn communication(roster: &Roster, sizes: &Sizes, case: &Case) -> Vec<SaidRow> {
    let mut rows: Vec<SaidRow> = case
        .reporter_told
        .iter()
        .map(|one| {
            let text = format!("Reporter: {}", one.value.told.title().to_lowercase());
            said(roster, one, text, details(&[("By", &one.value.via)]))
        })
        .chain(case.customers_told.iter().map(|one| {
            let count = one.value.consignees;
            let exceptions = one.value.exceptions.clone().unwrap_or_default();
            let parts = one.value.parts.len();
            let rows = details(&[
                ("Parts of the notice", &format!("{parts} of 4")),
                ("Exceptions", &exceptions),
            ]);
            let row = said(roster, one, format!("Customers: {count} consignees"), rows);
            SaidRow {
                attachment: one.value.document.map(|digest| file(digest, None, sizes)),
                ..row
            }
        }))
        .collect();
    rows.sort_by_key(|row| row.entry);
    rows
}

/// A record elsewhere.
pub(crate) fn link(roster: &Roster, one: &Said<Linked>) -> SaidRow {
    let url = one.value.url.clone().unwrap_or_default();
    let text = format!("{} {}", one.value.kind.title(), one.value.label);
    said(roster, one, text, details(&[("Address", &url)]))
}

/// A condition that somebody stands for.
pub(crate) fn attested(roster: &Roster, sizes: &Sizes, one: &Said<Attested>) -> SaidRow {
    let url = one.value.url.clone().unwrap_or_default();
    let says = roster
        .programme()
        .guard(&one.value.guard)
        .map_or_else(|| one.value.guard.clone(), |guard| guard.says.clone());
    let rows = details(&[("Statement", &one.value.statement), ("Record", &url)]);
    let of_it = one.value.attachment.map(|digest| file(digest, one.value.file.as_ref(), sizes));
    SaidRow { attachment: of_it, ..said(roster, one, says, rows) }
}
