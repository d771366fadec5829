//! The table of forms: one row for each, in the order of the work.

use super::{Field, Form, Kind, Why};
use aftercare_domain::{
    case::{
        ActsIn, ControlState, Justification, LinkKind, MitigationKind, Question, Rejection,
        Reopening, TestKind, Told, Train,
    },
    clock::RuleBook,
    harm::{Exploitability, Severity},
    signal::HarmScreen,
    ssvc::Table,
};
use serde_json::{Map, Value, json};
use std::sync::LazyLock;

fn words<T: Copy>(
    all: &[T],
    said: impl Fn(T) -> (&'static str, &'static str),
) -> Vec<(String, String)> {
    all.iter().map(|one| said(*one)).map(|(a, b)| (a.to_owned(), b.to_owned())).collect()
}

fn choice(name: &'static str, label: &'static str, choices: Vec<(String, String)>) -> Field {
    Field { choices, ..Field::new(name, label, Kind::Choice) }
}

macro_rules! fields_of {
    ($code:literal) => {
        |map| json!({ $code: map })
    };
}

macro_rules! only {
    ($code:literal, $field:literal) => {
        |mut map| json!({ $code: map.remove($field) })
    };
}

pub(super) static FORMS: LazyLock<Vec<Form>> = LazyLock::new(|| {
    use Kind::{
        Choice, Day, Families, File, Interview, Line, List, Maybe, MaybeChoice, MaybeDay,
        MaybeLine, MaybeMoment, MaybePercent, MaybeText, Mitigation, Mitigations, Moment, Number,
        Person, Site, Text, Version, Versions, Yes,
    };
    use Why::{MayBeSaid, Needed};
    let levels = words(&Exploitability::ALL, |one| match one {
        Exploitability::Low => ("low", "Low"),
        Exploitability::Medium => ("medium", "Medium"),
        Exploitability::High => ("high", "High"),
    });
    let severities = words(&Severity::ALL, |one| match one {
        Severity::Negligible => ("negligible", "Negligible: inconvenience or temporary discomfort"),
        Severity::Minor => ("minor", "Minor: temporary injury, no professional needed"),
        Severity::Serious => ("serious", "Serious: injury that needs a professional"),
        Severity::Critical => ("critical", "Critical: permanent impairment or life-threatening"),
        Severity::Catastrophic => ("catastrophic", "Catastrophic: death"),
    });
    let exposures = [
        ("internet", "The internet"),
        ("network", "The hospital's network"),
        ("adjacent", "The same network or radio range"),
        ("local", "The device itself"),
        ("physical", "Touching the device"),
    ];
    let exploits = [
        ("active", "Exploited in the wild"),
        ("public", "A working exploit is public"),
        ("proof_of_concept", "A proof of concept is public"),
        ("none_found", "Looked for, none found"),
    ];
    let coded = |name, label, all: Vec<(String, String)>| choice(name, label, all);
    let applies: Vec<(String, String)> =
        [("affected", "Affected"), ("under_investigation", "Under investigation")]
            .into_iter()
            .map(|(a, b)| (a.to_owned(), b.to_owned()))
            .chain(Justification::ALL.iter().map(|why| {
                (
                    format!("not_affected:{}", why.code()),
                    format!("Not affected: {}", why.title().to_lowercase()),
                )
            }))
            .collect();
    let ssvc: Vec<Field> = Table::named("supplier")
        .map(|table| {
            table
                .asks
                .iter()
                .map(|decision| Field {
                    name: decision.key(),
                    label: &decision.name,
                    hint: "",
                    kind: MaybeChoice,
                    choices: decision
                        .values
                        .iter()
                        .map(|value| (value.key().to_owned(), value.word().to_owned()))
                        .collect(),
                })
                .collect()
        })
        .unwrap_or_default();
    let moments: Vec<(String, String)> = {
        let mut all: Vec<&str> = RuleBook::shipped()
            .rules
            .iter()
            .flat_map(|rule| [rule.start.as_str(), rule.satisfied_by.as_str()])
            .chain(["fix_validated", "isao_told"])
            .filter(|what| !aftercare_domain::case::moments().contains(what))
            .collect();
        all.sort_unstable();
        all.dedup();
        all.into_iter().map(|what| (what.to_owned(), what.replace('_', " "))).collect()
    };
    let f = Field::new;
    let form = |name, fact, group, title, help, why, fields, shape| Form {
        name,
        fact,
        title,
        help,
        group,
        why,
        fields,
        shape,
    };
    vec![
        form(
            "owner",
            "owner",
            "Intake",
            "Name the owner",
            "Who drives the case.",
            MayBeSaid,
            vec![f("owner", "Owner", Person)],
            only!("owner", "owner"),
        ),
        form(
            "families",
            "families",
            "Intake",
            "Name the product families",
            "Those that could be concerned; without any the case is about no device yet.",
            MayBeSaid,
            vec![f("families", "Product families", Families)],
            |mut map| json!({ "families": { "families": map.remove("families") } }),
        ),
        form(
            "harm_screened",
            "harm_screened",
            "Intake",
            "Answer the harm screen",
            "Whether a patient came to harm. A yes names the complaint record, which is judged by 21 CFR 803.",
            MayBeSaid,
            vec![
                coded(
                    "answer",
                    "A patient came to harm",
                    words(HarmScreen::ALL, |one| (one.code(), one.title())),
                ),
                f("complaint", "Complaint record", MaybeLine),
            ],
            |mut map| json!({ "harm_screened": [map.remove("answer"), map.remove("complaint")] }),
        ),
        form(
            "reporter_told",
            "reporter_told",
            "Intake",
            "Record what the reporter was told",
            "An acknowledgement within three working days, progress every fourteen days, the outcome at the end (proposed).",
            MayBeSaid,
            vec![
                coded("told", "What", words(Told::ALL, |one| (one.code(), one.title()))),
                f("via", "By which way", Line),
            ],
            fields_of!("reporter_told"),
        ),
        form(
            "credible",
            "credible",
            "Intake",
            "Say why it is credible",
            "It was reproduced, or its source is known to be right.",
            MayBeSaid,
            vec![f("words", "Ground", Text)],
            only!("credible", "words"),
        ),
        form(
            "weakness",
            "weakness",
            "Intake",
            "Name the weakness",
            "The component or weakness at the root.",
            MayBeSaid,
            vec![f("words", "Weakness", Text)],
            only!("weakness", "words"),
        ),
        form(
            "applicability",
            "applicability",
            "Triage",
            "Say which versions are affected",
            "The value rests on the newest SBOM of each version, and lapses when another takes its place.",
            MayBeSaid,
            vec![
                f("versions", "Versions", Versions),
                coded("applies", "Value", applies),
                f("statement", "Evidence", Text),
            ],
            |mut map| {
                let versions: Map<String, Value> = map
                    .remove("versions")
                    .and_then(|all| all.as_array().cloned())
                    .unwrap_or_default()
                    .into_iter()
                    .filter_map(|one| one.as_str().map(|id| (id.to_owned(), Value::Null)))
                    .collect();
                let applies = match map.remove("applies").as_ref().and_then(Value::as_str) {
                    Some(code) => match code.split_once(':') {
                        Some((value, why)) => json!({ value: why }),
                        None => json!(code),
                    },
                    None => Value::Null,
                };
                json!({ "applicability": { "versions": versions, "applies": applies, "statement": map.remove("statement") } })
            },
        ),
        form(
            "carried",
            "carried",
            "Triage",
            "Carry an assessment to another version",
            "Only where both hold the same components; it lapses when they do not any more.",
            MayBeSaid,
            vec![f("from", "From", Version), f("to", "To", Version)],
            |mut map| json!({ "carried": [map.remove("from"), map.remove("to")] }),
        ),
        form(
            "exposed",
            "exposed",
            "Triage",
            "Describe the exposure",
            "From where it can be attacked in one environment of use.",
            MayBeSaid,
            vec![
                f("versions", "Versions", Versions),
                f("environment", "Environment of use", Line).hint("Ward, home, ambulance"),
                f("from", "Attacked at most from", Choice).of(exposures),
                f("interfaces", "Interfaces", Text),
                f("privileges", "Privileges or help that an attacker needs", Kind::Text),
                f("measures", "Measures in place", Text),
                f("reachable", "The vulnerable code can be reached", Maybe),
                f("evidence", "Evidence of that", Text),
            ],
            fields_of!("exposed"),
        ),
        form(
            "exploited",
            "exploited",
            "Risk",
            "Record exploitability",
            "What is not looked for keeps the class open; it never lowers it.",
            MayBeSaid,
            vec![
                f("vector", "CVSS vector, any version", MaybeLine),
                f("in_kev", "Listed in KEV", Maybe),
                f("exploit", "Exploits", MaybeChoice).of(exploits),
                f("epss", "EPSS, probability in %", MaybePercent),
                f("epss_percentile", "EPSS, percentile", MaybePercent),
                Field {
                    choices: levels.clone(),
                    ..f("instead", "Another class than the computed one", MaybeChoice)
                }
                .hint("Needs a reason"),
                f("reasons", "Reasons", Text),
                f("interview", "Answers of the interview", Interview),
            ],
            |mut map| {
                let percentile = map.remove("epss_percentile").unwrap_or_default();
                let score = map.get("epss").cloned().unwrap_or_default();
                if !(score.is_null() && percentile.is_null()) {
                    let score = json!({ "probability": score, "percentile": percentile });
                    map.insert("epss".to_owned(), score);
                }
                json!({ "exploited": map })
            },
        ),
        form(
            "selected",
            "selected",
            "Risk",
            "Answer the SSVC supplier table",
            "What is not known stays open.",
            MayBeSaid,
            ssvc,
            |map| {
                let given: Map<String, Value> =
                    map.into_iter().filter(|(_, value)| !value.is_null()).collect();
                json!({ "selected": { "table": "supplier", "given": given } })
            },
        ),
        form(
            "harmed",
            "harmed",
            "Risk",
            "Assess harm to a patient",
            "That nobody can be harmed is negligible, with the reason. Loss of confidentiality alone is no patient harm.",
            MayBeSaid,
            vec![
                f("versions", "Versions", Versions),
                coded("severity", "Severity", severities.clone()),
                f("essential_performance", "Safety or essential performance are touched", Yes),
                f("hazards", "Hazards of the risk file, one a line", List),
                f("reasoning", "Clinical reasoning", Text),
            ],
            fields_of!("harmed"),
        ),
        form(
            "rated",
            "rated",
            "Risk",
            "Rate by yourself",
            "Your own view; others see it when they gave theirs.",
            MayBeSaid,
            vec![
                f("version", "Version", Version),
                coded("exploitability", "Exploitability", levels.clone()),
                coded("severity", "Severity", severities),
            ],
            fields_of!("rated"),
        ),
        form(
            "controls",
            "controls",
            "Risk",
            "List the controls in place",
            "What lessens the risk already, in the device and around it.",
            MayBeSaid,
            vec![f("words", "Controls", Text)],
            only!("controls", "words"),
        ),
        form(
            "described",
            "described",
            "Mitigation",
            "Describe a mitigation",
            "A control outside of the device leaves the version affected. No control may add more risk than it takes away.",
            MayBeSaid,
            vec![
                f("title", "In one line", Line),
                coded(
                    "kind",
                    "What it is",
                    words(MitigationKind::ALL, |one| (one.code(), one.title())),
                ),
                coded(
                    "acts_in",
                    "Where it acts",
                    words(ActsIn::ALL, |one| (one.code(), one.title())),
                ),
                f("versions", "Versions", Versions),
                f("who_applies", "Who puts it in place", Line),
                f("skill", "Skill needed", Text),
                Field {
                    choices: levels,
                    ..f("exploitability_after", "Exploitability with it", MaybeChoice)
                },
                f("clinical_effect", "Effect on clinical use and workflow", Text),
                f("new_risks", "New risks", Text),
                f("adds_risk", "Adds more risk than it takes away", Maybe),
                f("verification", "How it was verified", Text),
                f("expires", "Does not count any more from", MaybeDay),
                f("residual_risk", "Residual risk", Text),
            ],
            |mut map| {
                // All zeros ask for a new one.
                let new = aftercare_vocab::id::MitigationId::from_bytes([0; 16]);
                map.insert("mitigation".to_owned(), json!(new));
                json!({ "described": map })
            },
        ),
        form(
            "planned",
            "planned",
            "Mitigation",
            "Make the plan",
            "What is chosen, with which updates it comes, and by when.",
            MayBeSaid,
            vec![
                f("chosen", "Chosen mitigations", Mitigations),
                f("alternatives", "What was compared, and why these", Text),
                f("interim", "Compensating controls meanwhile", Text),
                coded(
                    "train",
                    "With which updates",
                    words(Train::ALL, |one| (one.code(), one.title())),
                ),
                f("target", "To be out by", Day),
                f("rationale", "Why that day", Text),
            ],
            fields_of!("planned"),
        ),
        form(
            "controlled",
            "controlled",
            "Mitigation",
            "Follow a control at a site",
            "Asked, in place, or declined.",
            MayBeSaid,
            vec![
                f("mitigation", "Control", Mitigation),
                f("site", "Site, by its identifier", Site),
                coded("state", "State", words(ControlState::ALL, |one| (one.code(), one.title()))),
                f("statement", "In words", Text),
            ],
            fields_of!("controlled"),
        ),
        form(
            "changed",
            "changed",
            "Verification",
            "Record the change",
            "In which version it is, and in which baseline. Whoever records it does not test it.",
            MayBeSaid,
            vec![
                f("version", "Version with the change", Version),
                f("statement", "Change and baseline", Text),
            ],
            fields_of!("changed"),
        ),
        form(
            "tested",
            "tested",
            "Verification",
            "Record a test",
            "The test for the vulnerability fails before the change and passes after it.",
            MayBeSaid,
            vec![
                coded("kind", "Test", words(TestKind::ALL, |one| (one.code(), one.title()))),
                f("version", "On version", Version),
                f("passed", "Passed", Yes),
                f("statement", "Result", Text),
                f("deviation", "Why a failed test may stay failed", MaybeText),
                f("document", "Test report", File),
            ],
            |mut map| {
                map.insert("attachment".to_owned(), Value::Null);
                json!({ "tested": map })
            },
        ),
        form(
            "customers_told",
            "customers_told",
            "Communication",
            "Record what customers were told",
            "FDA asks for four parts within 30 days of awareness of an uncontrolled risk.",
            MayBeSaid,
            vec![
                f("parts", "Parts of the notice", Kind::Some).of([
                    ("description", "The vulnerability and its impact"),
                    ("work_under_way", "That work is under way"),
                    ("controls", "Compensating controls"),
                    ("fix_to_come", "That a fix will come"),
                ]),
                f("consignees", "Consignees told", Number),
                f("exceptions", "Who was not told, and why", MaybeText),
            ],
            |mut map| {
                map.insert("document".to_owned(), Value::Null);
                json!({ "customers_told": map })
            },
        ),
        form(
            "answered",
            "answered",
            "Regulation",
            "Answer a question of reporting",
            "Reporting to authorities hangs on it.",
            MayBeSaid,
            vec![
                coded(
                    "question",
                    "Question",
                    words(Question::ALL, |one| (one.code(), one.title())),
                ),
                f("yes", "Answer", Yes),
                f("since", "Since (UTC)", MaybeMoment),
                f("statement", "Ground", Text),
            ],
            fields_of!("answered"),
        ),
        form(
            "happened",
            "happened",
            "Regulation",
            "Record when something happened",
            "Clocks wait for it.",
            MayBeSaid,
            vec![
                coded("what", "What", moments),
                f("at", "When (UTC)", Moment),
                f("statement", "Record", Text),
            ],
            fields_of!("happened"),
        ),
        form(
            "attested",
            "attested",
            "Case",
            "Vouch for a condition",
            "What the product cannot see, somebody stands for by name.",
            MayBeSaid,
            vec![
                f("guard", "Condition", Choice),
                f("statement", "What was done or found", Text),
                f("url", "Address of the record", MaybeLine),
                f("document", "The record itself", File),
            ],
            |mut map| {
                map.insert("attachment".to_owned(), Value::Null);
                json!({ "attested": map })
            },
        ),
        form(
            "linked",
            "linked",
            "Case",
            "Link a record elsewhere",
            "Risk file, threat model, change request, ticket.",
            MayBeSaid,
            vec![
                coded("kind", "What it is", words(LinkKind::ALL, |one| (one.code(), one.title()))),
                f("label", "Its identifier there", Line),
                f("url", "Its address", MaybeLine),
            ],
            fields_of!("linked"),
        ),
        form(
            "noted",
            "noted",
            "Case",
            "Write a remark",
            "It stays in the record.",
            MayBeSaid,
            vec![f("words", "Remark", Text)],
            only!("noted", "words"),
        ),
        form(
            "skipped",
            "skipped",
            "Case",
            "Leave a condition out for now",
            "In an emergency, by the product security lead and an executive together. It stays to be done, within five working days.",
            Needed,
            vec![f("guard", "Condition", Choice)],
            only!("skipped", "guard"),
        ),
        form(
            "ended-duplicate",
            "ended",
            "Case",
            "Another case is about it",
            "The other case keeps the earlier time of awareness.",
            Needed,
            vec![f("of", "The other case, by its number", Kind::Case)],
            |mut map| json!({ "ended": { "duplicate": map.remove("of") } }),
        ),
        form(
            "ended-rejected",
            "ended",
            "Case",
            "There is nothing to it",
            "A second person must agree, and the reporter be told.",
            Needed,
            vec![coded("why", "Reason", words(Rejection::ALL, |one| (one.code(), one.title())))],
            |mut map| json!({ "ended": { "rejected": map.remove("why") } }),
        ),
        form(
            "ended-transferred",
            "ended",
            "Case",
            "Somebody else must deal with it",
            "Attempts to reach them stand in the reason.",
            Needed,
            vec![f("to", "To whom", Line), f("accepted", "They took it over", Yes)],
            |map| json!({ "ended": { "transferred": map } }),
        ),
        form(
            "seconded",
            "seconded",
            "Case",
            "Agree that it ends",
            "Another person than who said so.",
            MayBeSaid,
            Vec::new(),
            |_| json!("seconded"),
        ),
        form(
            "reopened",
            "reopened",
            "Case",
            "Open it again",
            "What was assessed and decided must be said anew.",
            Needed,
            vec![coded(
                "why",
                "What is new",
                words(Reopening::ALL, |one| (one.code(), one.title())),
            )],
            only!("reopened", "why"),
        ),
        form(
            "embargo",
            "embargo",
            "Case",
            "Put it under embargo",
            "Only the owner and you may then know of it.",
            MayBeSaid,
            vec![f("until", "Until", MaybeDay)],
            |mut map| json!({ "embargo": { "until": map.remove("until"), "people": [] } }),
        ),
        form(
            "embargo-lifted",
            "embargo",
            "Case",
            "Lift the embargo",
            "Everybody whose role lets them sees it then.",
            MayBeSaid,
            Vec::new(),
            |_| json!({ "embargo": Value::Null }),
        ),
    ]
});
