//! The forms in which facts about a case are written: one table for drawing them and for reading them back.
//!
//! A form is a list of fields; what is typed becomes the JSON of the fact, as the API takes it, so that a
//! form can say nothing that the API cannot.

mod table;

use crate::{
    query::Asked,
    trouble::{Failure, Wrong},
};
use aftercare_desk::Trouble;
use aftercare_domain::{
    case::{Fact, Interviewed},
    harm::{Interview, Rubric},
};
use aftercare_vocab::problem::quoted;
use axum::http::StatusCode;
use serde_json::{Map, Value, json};
use table::FORMS;

/// What a field takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// One line.
    Line,
    /// One line that may be absent: then null.
    MaybeLine,
    /// Several lines.
    Text,
    /// Several lines that may be absent: then null.
    MaybeText,
    /// One entry a line.
    List,
    /// A day.
    Day,
    /// A day that may be absent.
    MaybeDay,
    /// Date and time in UTC.
    Moment,
    /// Date and time in UTC, or nothing.
    MaybeMoment,
    /// A whole number.
    Number,
    /// From 0 to 100 with at most two decimals, or nothing; in ten-thousandths.
    MaybePercent,
    /// Yes or no.
    Yes,
    /// Yes, no, or not known.
    Maybe,
    /// One of a few.
    Choice,
    /// One of a few, or not said.
    MaybeChoice,
    /// Some of a few.
    Some,
    /// Versions of the case, some of them.
    Versions,
    /// One version of the case.
    Version,
    /// Somebody.
    Person,
    /// Product families.
    Families,
    /// Mitigations of the case.
    Mitigations,
    /// One mitigation of the case.
    Mitigation,
    /// A site, by its identifier.
    Site,
    /// Another case, by its number.
    Case,
    /// The answers of an interview, where the form is filled in from one.
    Interview,
    /// A file, which may be left out. It is no part of the fact's words.
    File,
}

/// A field.
#[derive(Debug, Clone)]
pub struct Field {
    /// Its name in the fact.
    pub name: &'static str,
    /// On screen.
    pub label: &'static str,
    /// A line of help; empty = none.
    pub hint: &'static str,
    /// What it takes.
    pub kind: Kind,
    /// The choices: code and words.
    pub choices: Vec<(String, String)>,
}

impl Field {
    fn new(name: &'static str, label: &'static str, kind: Kind) -> Self {
        Self { name, label, hint: "", kind, choices: Vec::new() }
    }

    fn hint(self, hint: &'static str) -> Self {
        Self { hint, ..self }
    }

    fn of<'a>(self, choices: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let choices = choices.into_iter().map(|(a, b)| (a.to_owned(), b.to_owned()));
        Self { choices: choices.collect(), ..self }
    }

    /// Whether something must be given.
    pub const fn is_needed(&self) -> bool {
        matches!(
            self.kind,
            Kind::Line
                | Kind::Text
                | Kind::Day
                | Kind::Moment
                | Kind::Number
                | Kind::Yes
                | Kind::Choice
                | Kind::Version
                | Kind::Person
                | Kind::Mitigation
                | Kind::Site
                | Kind::Case
        )
    }
}

/// Whether a form asks why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// It may be said.
    MayBeSaid,
    /// It must be said.
    Needed,
}

/// A form.
pub struct Form {
    /// Its name in the address: `exposed`.
    pub name: &'static str,
    /// The kind of fact that it writes.
    pub fact: &'static str,
    /// On screen.
    pub title: &'static str,
    /// What it is for.
    pub help: &'static str,
    /// Under which heading it stands.
    pub group: &'static str,
    /// Whether it asks why.
    pub why: Why,
    /// Its fields.
    pub fields: Vec<Field>,
    shape: fn(Map<String, Value>) -> Value,
}

impl Form {
    /// Whether a file can be sent with it.
    pub fn takes_file(&self) -> bool {
        self.fields.iter().any(|field| field.kind == Kind::File)
    }
}

impl std::fmt::Debug for Form {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Form({})", self.name)
    }
}

/// Every form, in the order of the work.
pub fn forms() -> &'static [Form] {
    &FORMS
}

/// The form of this name.
pub fn form(name: &str) -> Option<&'static Form> {
    FORMS.iter().find(|one| one.name == name)
}

/// The form by which what is missing for a condition is recorded; none = it is decided, or recorded
/// elsewhere.
pub fn form_for(guard: &str, attested: bool) -> Option<&'static str> {
    if attested {
        return Some("attested");
    }
    Some(match guard {
        "harm_screened" => "harm_screened",
        "owner_assigned" => "owner",
        "acknowledgement_sent"
        | "reporter_informed"
        | "reporter_informed_duplicate"
        | "reporter_informed_rejection" => "reporter_told",
        "scope_named" => "families",
        "credible" => "credible",
        "weakness_named" => "weakness",
        "rejection_seconded" => "seconded",
        "applicability_complete" | "sbom_current" => "applicability",
        "exposure_filled" => "exposed",
        "scored" | "exploitability_reasoned" => "exploited",
        "ssvc_selected" => "selected",
        "harm_assessed" => "harmed",
        "controls_listed" => "controls",
        "risk_file_linked" | "change_requested" => "linked",
        "uncontrolled_started" => "answered",
        "path_chosen" | "target_set" | "interim_decided" => "planned",
        "change_implemented" => "changed",
        "security_test_passed"
        | "regression_passed"
        | "safety_evaluated"
        | "update_tested"
        | "tester_independent" => "tested",
        "consignees_notified" => "customers_told",
        "regulatory_finished" => "happened",
        _ => return None,
    })
}

/// The kind of decision by which a condition is met.
pub fn decision_for(guard: &str) -> Option<&'static str> {
    Some(match guard {
        "determined" | "controlled_only" => "controlled",
        "all_not_affected" => "not_affected",
        "train_chosen" => "priority",
        "long_term_answer" => "risk_acceptance",
        "release_approved" => "release",
        "regulatory_finished" => "reportability",
        "closure_approved" => "closure",
        _ => return None,
    })
}

/// Reads a form back. `ids` resolves the numbers of cases.
pub(crate) fn read(
    form: &Form,
    sent: &Asked,
    case_of: impl Fn(&str) -> Option<String>,
) -> Result<Fact, Failure> {
    let mut map = Map::new();
    for field in &form.fields {
        let text = sent.text(field.name);
        let text = text.trim();
        let missing = || wrong(format!("{} is not given.", quoted(field.label)));
        if field.is_needed() && text.is_empty() {
            return Err(missing());
        }
        let value = match field.kind {
            Kind::Line
            | Kind::Text
            | Kind::Day
            | Kind::Version
            | Kind::Person
            | Kind::Mitigation
            | Kind::Site
            | Kind::Choice => json!(text),
            Kind::MaybeLine | Kind::MaybeText | Kind::MaybeDay | Kind::MaybeChoice => {
                if text.is_empty() { Value::Null } else { json!(text) }
            }
            Kind::List => {
                let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
                json!(lines.collect::<Vec<_>>())
            }
            Kind::Moment | Kind::MaybeMoment => {
                if text.is_empty() {
                    Value::Null
                } else {
                    json!(moment(text))
                }
            }
            Kind::Number => {
                let number: u64 = text
                    .parse()
                    .map_err(|_| wrong(format!("{} is no whole number.", quoted(field.label))))?;
                json!(number)
            }
            Kind::MaybePercent if text.is_empty() => Value::Null,
            Kind::MaybePercent => {
                let read = ten_thousandths(text).ok_or_else(|| {
                    let label = quoted(field.label);
                    wrong(format!("{label} is no number from 0 to 100 with at most two decimals."))
                })?;
                json!(read)
            }
            Kind::Yes => json!(text == "yes"),
            Kind::Maybe => match text {
                "yes" => json!(true),
                "no" => json!(false),
                _ => Value::Null,
            },
            Kind::Some | Kind::Versions | Kind::Families | Kind::Mitigations => {
                json!(sent.ticked(&format!("{}_", field.name)))
            }
            Kind::Case => match case_of(text) {
                Some(id) => json!(id),
                None => return Err(wrong(format!("There is no case {}.", quoted(text)))),
            },
            Kind::Interview => {
                let interview = Interview::read(Rubric::shipped(), text).map_err(Trouble::from)?;
                if text.is_empty() { Value::Null } else { json!(Interviewed::from(&interview)) }
            }
            Kind::File => continue,
        };
        map.insert(field.name.to_owned(), value);
    }
    serde_json::from_value((form.shape)(map))
        .map_err(|error| wrong(format!("The form does not say what is needed: {error}.")))
}

/// A browser writes `2026-11-25T10:00`; people may write a zone.
fn moment(text: &str) -> String {
    match text.len() {
        16 => format!("{text}:00Z"),
        19 if !text.ends_with('Z') => format!("{text}Z"),
        _ => text.to_owned(),
    }
}

/// `94.36` is 9436.
fn ten_thousandths(percent: &str) -> Option<u16> {
    let (whole, decimals) = percent.split_once('.').unwrap_or((percent, "0"));
    let digits = |text: &str, most| {
        (1..=most).contains(&text.len()) && text.bytes().all(|one| one.is_ascii_digit())
    };
    if !digits(whole, 3) || !digits(decimals, 2) {
        return None;
    }
    let number: u16 = format!("{whole}{decimals:0<2}").parse().ok()?;
    (number <= 10_000).then_some(number)
}

fn wrong(detail: String) -> Failure {
    Wrong::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        "form_incomplete",
        format!("{detail} Nothing was recorded. Go back and complete the form."),
    )
    .into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use aftercare_vocab::id::{
        CaseId, FamilyId, Id, Kind as Named, MitigationId, PersonId, SiteId, VersionId,
    };

    trait Seven {
        fn seven() -> String;
    }

    impl<K: Named> Seven for Id<K> {
        fn seven() -> String {
            Self::from_bytes([7; 16]).to_string()
        }
    }

    fn id_of<T: Seven>() -> String {
        T::seven()
    }

    /// A form as somebody fills it in, with every field given or only those that must be.
    fn filled(form: &Form, all: bool) -> Asked {
        let mut pairs = Vec::new();
        for field in form.fields.iter().filter(|field| all || field.is_needed()) {
            let name = field.name;
            let first = field.choices.first().map_or("not_spam", |(code, _)| code.as_str());
            let (name, value) = match field.kind {
                Kind::Line | Kind::MaybeLine | Kind::Text | Kind::MaybeText | Kind::List => {
                    (name.to_owned(), "Said".to_owned())
                }
                Kind::Day | Kind::MaybeDay => (name.to_owned(), "2028-02-29".to_owned()),
                Kind::Moment | Kind::MaybeMoment => {
                    (name.to_owned(), "2028-02-29T12:30".to_owned())
                }
                Kind::Number => (name.to_owned(), "3".to_owned()),
                Kind::MaybePercent => (name.to_owned(), "99.9".to_owned()),
                Kind::Yes | Kind::Maybe => (name.to_owned(), "yes".to_owned()),
                Kind::Choice | Kind::MaybeChoice => (name.to_owned(), first.to_owned()),
                Kind::Some => (format!("{name}_{first}"), "yes".to_owned()),
                Kind::Versions => (format!("{name}_{}", id_of::<VersionId>()), "yes".to_owned()),
                Kind::Families => (format!("{name}_{}", id_of::<FamilyId>()), "yes".to_owned()),
                Kind::Mitigations => {
                    (format!("{name}_{}", id_of::<MitigationId>()), "yes".to_owned())
                }
                Kind::Version => (name.to_owned(), id_of::<VersionId>()),
                Kind::Person => (name.to_owned(), id_of::<PersonId>()),
                Kind::Mitigation => (name.to_owned(), id_of::<MitigationId>()),
                Kind::Site => (name.to_owned(), id_of::<SiteId>()),
                Kind::Case => (name.to_owned(), "PMC-2026-0001".to_owned()),
                // No question of the interview is answered, and the file comes beside the fields.
                Kind::Interview | Kind::File => continue,
            };
            pairs.push(format!("{name}={value}"));
        }
        let names: Vec<&str> = pairs.iter().filter_map(|pair| pair.split('=').next()).collect();
        Asked::of_form(&pairs.join("&"), &names).expect("a form")
    }

    #[test]
    fn a_percentage_is_read_exactly_or_not_at_all() {
        for (text, number) in [
            ("0", 0),
            ("100", 10_000),
            ("100.00", 10_000),
            ("0.5", 50),
            ("94.36", 9436),
            ("007", 700),
        ] {
            assert_eq!(ten_thousandths(text), Some(number), "{text}");
        }
        for wrong in ["", "100.01", "101", "-1", "+1", "1.", ".5", "94.365", "9 4", "1e2", "٣"] {
            assert_eq!(ten_thousandths(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn every_form_says_its_fact_however_much_of_it_is_filled_in() {
        for form in forms() {
            for all in [true, false] {
                let case = |_: &str| Some(id_of::<CaseId>());
                let fact = read(form, &filled(form, all), case);
                let fact = fact.unwrap_or_else(|why| panic!("{form:?}: {}", why.text()));
                let written = serde_json::to_value(&fact).expect("written");
                let named = written.as_str().or_else(|| {
                    written.as_object().and_then(|map| map.keys().next()).map(String::as_str)
                });
                assert_eq!(named, Some(form.fact), "{form:?}");
            }
        }
    }
}
