//! The rules of the programme, and the form for proposing others.

use crate::{
    form::sent_form,
    guard::RequestId,
    moment::At,
    pages::{
        frame::Frame,
        rules,
        rules_form::{self, Written, fields},
    },
    query::Asked,
    state::State,
    trouble::{Failure, Wrong},
};
use aftercare_desk::{Trouble, answers::RulesTrial, rules_kind};
use aftercare_domain::{
    Date, Refusal, Sight,
    case::Priority,
    clock::{Escalation, Span},
    decision::Wish,
    harm::Risk,
    rights::{Circumstances, DecisionKind},
    rules::{Change, ClockRules, MatrixRules, RuleKind, Rules, STEPS_LIMIT, WorkflowRules},
};
use aftercare_vocab::problem::quoted;
use axum::{
    Extension, Router,
    body::Body,
    extract::Path,
    http::{HeaderMap, StatusCode, Uri},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use std::collections::{BTreeMap, BTreeSet};

/// The pages and the form.
pub(crate) fn routes() -> Router<State> {
    Router::new()
        .route("/rules", get(page))
        .route("/rules/{kind}/{edition}", get(edition))
        .route("/rules/{kind}/change", get(new).post(change))
}

type Answered = Result<Response, Response>;

/// The kind of this name in an address.
pub(crate) fn kind_of(code: &str) -> Result<RuleKind, Failure> {
    rules_kind(code).map_err(|refusal| {
        Wrong::new(StatusCode::NOT_FOUND, "not_found", refusal.to_string()).into()
    })
}

/// The number of an edition.
pub(crate) fn number(text: &str) -> Result<u64, Failure> {
    text.parse().map_err(|_| {
        let detail = format!("{} is not the number of an edition.", quoted(text));
        Wrong::new(StatusCode::BAD_REQUEST, "unknown_value", detail).into()
    })
}

/// With which edition one is compared, where the address says so.
pub(crate) fn edition_asked(uri: &Uri) -> Result<Option<u64>, Failure> {
    match Asked::of(uri, &["against"])?.text("against").as_str() {
        "" => Ok(None),
        text => number(text).map(Some),
    }
}

async fn page(At(state): At, Extension(request): Extension<RequestId>, uri: Uri) -> Answered {
    let work = async {
        Asked::of(&uri, &[])?;
        let now = state.now_shown();
        let sheet = state.ask(move |desk| desk.rules(now)).await?;
        Ok(state.page(StatusCode::OK, "", |frame| rules::page(frame, &sheet)).await)
    };
    state.led(work.await, &state.links.home(), &request).await
}

async fn edition(
    At(state): At,
    Extension(request): Extension<RequestId>,
    Path((kind, edition)): Path<(String, String)>,
    uri: Uri,
) -> Answered {
    let work = async {
        let (kind, edition) = (kind_of(&kind)?, number(&edition)?);
        let (against, now) = (edition_asked(&uri)?, state.now_shown());
        let (sheet, all) = state
            .ask(move |desk| {
                Ok((desk.rules_edition(kind, edition, against, now)?, desk.rules(now)?))
            })
            .await?;
        let of_kind = all.kinds.into_iter().find(|one| one.kind == sheet.kind);
        let others = of_kind.map(|one| one.editions).unwrap_or_default();
        Ok(state.page(StatusCode::OK, "", |frame| rules::edition(frame, &sheet, &others)).await)
    };
    state.led(work.await, &state.links.rules(), &request).await
}

async fn new(
    At(state): At,
    Extension(request): Extension<RequestId>,
    Path(kind): Path<String>,
    uri: Uri,
) -> Answered {
    let work = async {
        Asked::of(&uri, &[])?;
        let kind = kind_of(&kind)?;
        let (newest, _) = state.ask(move |desk| desk.rules_newest(kind)).await?;
        let typed = values(&newest);
        let written = Written { kind, typed: &typed, trial: None, why: None };
        Ok(drawn(&state, written, StatusCode::OK, &request).await)
    };
    state.led(work.await, &state.links.rules(), &request).await
}

async fn change(
    At(state): At,
    Extension(request): Extension<RequestId>,
    Path(kind): Path<String>,
    headers: HeaderMap,
    sent: Body,
) -> Answered {
    let work = async {
        let kind = kind_of(&kind)?;
        let names = fields(kind);
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let (form, op) = sent_form(&state, &request, &headers, sent, &names).await?;
        let typed: BTreeMap<String, String> =
            names.iter().map(|name| ((*name).to_owned(), form.text(name))).collect();
        let looks = form.text("step") == "look";
        let viewer = state.person()?;
        let (given, now) = (typed.clone(), state.now_shown());
        let done = state
            .ask(move |desk| {
                let rules = of_form(kind, &given)?;
                if looks {
                    return Ok(Done::Looked(desk.try_rules(&rules, Some(&viewer), now)?));
                }
                let of = |field: &str| given.get(field).cloned().unwrap_or_default();
                let change = desk.rules_change(day(&of("from"))?, rules)?;
                let wish = Wish {
                    kind: DecisionKind::ProgrammeRules,
                    about: "rules".to_owned(),
                    title: of("title"),
                    statement: of("statement"),
                    circumstances: Circumstances::default(),
                    families: Sight::All,
                    matrix: None,
                    rules: Some(change),
                    matter: None,
                };
                Ok(Done::Proposed(desk.propose(&op, wish)?))
            })
            .await;
        let written = Written { kind, typed: &typed, trial: None, why: None };
        match done {
            Ok(Done::Proposed(id)) => Ok(Redirect::to(&state.links.decision(id)).into_response()),
            Ok(Done::Looked(trial)) => {
                let written = Written { trial: Some(&trial), ..written };
                Ok(drawn(&state, written, StatusCode::OK, &request).await)
            }
            Err(Failure::Trouble(Trouble::Refusal(refusal))) => {
                let (why, status) = (refusal.to_string(), StatusCode::UNPROCESSABLE_ENTITY);
                let written = Written { why: Some(&why), ..written };
                Ok(drawn(&state, written, status, &request).await)
            }
            Err(failure) => Err(failure),
        }
    };
    state.led(work.await, &state.links.rules(), &request).await
}

enum Done {
    Looked(RulesTrial),
    Proposed(aftercare_vocab::id::DecisionId),
}

async fn drawn(
    state: &State,
    written: Written<'_>,
    status: StatusCode,
    request: &RequestId,
) -> Response {
    let draw = |frame: &Frame<'_>| rules_form::page(frame, written, &request.0);
    state.page(status, "", draw).await
}

/// Rules of the programme with their day, as JSON.
pub(crate) fn read(text: &str) -> Result<Change, Refusal> {
    serde_json::from_str(text).map_err(unreadable)
}

fn unreadable(error: serde_json::Error) -> Refusal {
    Refusal::new(
        "rules_unreadable",
        format!("The rules cannot be read: {error}."),
        "Correct that place. The rules in force, in the same form, stand under `rules` of an edition of `/api/v1/rules`.",
    )
}

fn day(text: &str) -> Result<Date, Refusal> {
    text.parse().map_err(|_| {
        Refusal::new(
            "day_unreadable",
            format!("{} is not a day.", quoted(text)),
            "Write it like 2027-01-31.",
        )
    })
}

fn unfit(field: &str, text: &str) -> Refusal {
    Refusal::new(
        "form_unreadable",
        format!("{} is not a value of `{field}`.", quoted(text)),
        "Write a whole number or choose one of the list; a number can be left empty.",
    )
}

/// What stands in the form for rules.
fn values(rules: &Rules) -> BTreeMap<String, String> {
    let mut values = BTreeMap::new();
    match rules {
        Rules::Clocks(rules) => {
            for (id, span) in &rules.targets {
                values.insert(format!("time_{id}"), span.count().to_string());
                values.insert(format!("unit_{id}"), span.unit().to_owned());
            }
            for rule in rules_form::settable() {
                if let aftercare_domain::clock::Term::Within(span) = rule.term {
                    values.entry(format!("unit_{}", rule.id)).or_insert(span.unit().to_owned());
                }
            }
            for (n, step) in rules.escalations.iter().enumerate() {
                values.insert(format!("share_{n}"), step.percent.to_string());
                values.insert(format!("to_{n}"), step.to.clone());
            }
        }
        Rules::RiskMatrix(rules) => {
            for (one, other) in rules_form::cells() {
                let of = |part: &str| format!("{part}_{one}_{other}");
                let risk = rules.cells.get(&one).and_then(|row| row.get(&other));
                values.extend(risk.map(|risk| (of("risk"), risk.to_string())));
                let least = rules.at_least.as_ref().and_then(|cells| cells.get(&one)?.get(&other));
                values.extend(least.map(|least| (of("least"), least.to_string())));
                if rules.borderline.contains(&(one, other)) {
                    values.insert(of("line"), "yes".to_owned());
                }
            }
        }
        Rules::Workflow(rules) => {
            let text = serde_json::to_string_pretty(rules).unwrap_or_default();
            values.insert(rules_form::JSON.to_owned(), text);
        }
    }
    values
}

/// The rules that a form says.
fn of_form(kind: RuleKind, typed: &BTreeMap<String, String>) -> Result<Rules, Refusal> {
    let of = |field: &str| typed.get(field).map_or("", |text| text.trim());
    match kind {
        RuleKind::Clocks => {
            let mut targets = BTreeMap::new();
            for rule in rules_form::settable() {
                let (time, unit) = (format!("time_{}", rule.id), format!("unit_{}", rule.id));
                if of(&time).is_empty() {
                    continue;
                }
                let count = of(&time).parse().map_err(|_| unfit(&time, of(&time)))?;
                let span = Span::of(count, of(&unit)).ok_or_else(|| unfit(&unit, of(&unit)))?;
                targets.insert(rule.id.clone(), span);
            }
            let mut escalations = Vec::new();
            for step in 0..STEPS_LIMIT {
                let (share, to) = (format!("share_{step}"), format!("to_{step}"));
                if of(&share).is_empty() {
                    continue;
                }
                let percent = of(&share).parse().map_err(|_| unfit(&share, of(&share)))?;
                escalations.push(Escalation { percent, to: of(&to).to_owned() });
            }
            Ok(ClockRules { targets, escalations }.into())
        }
        RuleKind::RiskMatrix => {
            let mut rules =
                MatrixRules { cells: BTreeMap::new(), borderline: BTreeSet::new(), at_least: None };
            for (one, other) in rules_form::cells() {
                let name = |part: &str| format!("{part}_{one}_{other}");
                let (risk, least) = (name("risk"), name("least"));
                let said = match of(&risk) {
                    "controlled" => Risk::Controlled,
                    "uncontrolled" => Risk::Uncontrolled,
                    other => return Err(unfit(&risk, other)),
                };
                rules.cells.entry(one).or_default().insert(other, said);
                if !of(&name("line")).is_empty() {
                    rules.borderline.insert((one, other));
                }
                if !of(&least).is_empty() {
                    let said = Priority::ALL.iter().find(|one| one.code() == of(&least));
                    let said = *said.ok_or_else(|| unfit(&least, of(&least)))?;
                    let cells = rules.at_least.get_or_insert_default();
                    cells.entry(one).or_default().insert(other, said);
                }
            }
            Ok(rules.into())
        }
        RuleKind::Workflow => {
            let rules: WorkflowRules =
                serde_json::from_str(of(rules_form::JSON)).map_err(unreadable)?;
            Ok(rules.into())
        }
    }
}
