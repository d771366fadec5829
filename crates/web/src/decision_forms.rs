//! Decisions: the pages, and where their forms are sent.

use crate::{
    form::{optional, sent_form},
    guard::RequestId,
    moment::At,
    pages::{
        decision,
        decision_form::{self, Beside, Draft},
        decisions::{self, DecisionsQuery},
        frame::Frame,
    },
    passkey_forms,
    query::{Asked, id},
    rules_forms,
    state::State,
    trouble::{Failure, Wrong},
};
use aftercare_desk::{
    DecisionsOnly, Desk, Proofs, Signing, Trouble, Viewer,
    answers::{DecisionSheet, FamilyRef, NeededSheet},
    role_named,
};
use aftercare_domain::{
    Operation, Refusal, Sight,
    decision::Wish,
    rights::{Circumstances, DecisionKind, Harm, Matrix, ProductClass},
};
use aftercare_vocab::{
    digest::Digest,
    id::{DecisionId, SignatureId},
    problem::quoted,
};
use axum::{
    Extension, Router,
    body::Body,
    extract::Path,
    http::{HeaderMap, StatusCode, Uri},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};

/// The pages and their forms.
pub(crate) fn routes() -> Router<State> {
    Router::new()
        .route("/decisions", get(list).post(propose))
        .route("/decisions/new", get(new))
        .route("/decisions/{decision}", get(page))
        .route("/decisions/{decision}/revise", get(revision).post(revise))
        .route("/decisions/{decision}/sign", post(sign))
        .route("/decisions/{decision}/refuse", post(refuse))
        .route("/decisions/{decision}/withdraw", post(withdraw))
}

type Answered = Result<Response, Response>;

/// Which decisions a list holds, by the word in the address.
pub(crate) fn only(asked: &Asked) -> Result<DecisionsOnly, Failure> {
    let all = [
        ("open", DecisionsOnly::Open),
        ("ended", DecisionsOnly::Ended),
        ("all", DecisionsOnly::All),
    ];
    Ok(asked.one("only", &all)?.unwrap_or_default())
}

async fn list(At(state): At, Extension(request): Extension<RequestId>, uri: Uri) -> Answered {
    let work = async {
        let asked = Asked::of(&uri, &["only", "about", "after"])?;
        let (only, about, after) = (only(&asked)?, asked.text("about"), asked.text("after"));
        let word = optional(asked.text("only")).unwrap_or_else(|| "open".to_owned());
        let (viewer, now) = (state.person()?, state.now_shown());
        let (asked_about, from) = (about.clone(), after.clone());
        let (rows, waiting) = state
            .ask(move |desk| {
                let rows = desk.decisions(only, &asked_about, &from, Some(&viewer), now)?;
                Ok((rows, desk.waiting(&viewer, now)?))
            })
            .await?;
        let query = DecisionsQuery { only: &word, about: &about, after: &after };
        let draw = |frame: &Frame<'_>| decisions::page(frame, &rows, &waiting, query);
        Ok(state.page(StatusCode::OK, "", draw).await)
    };
    state.led(work.await, &state.links.home(), &request).await
}

async fn page(
    At(state): At,
    Extension(request): Extension<RequestId>,
    Path(decision): Path<String>,
    uri: Uri,
) -> Answered {
    let work = async {
        Asked::of(&uri, &[])?;
        let sheet = sheet(&state, id(&decision)?).await?;
        let passkey = state.offers_passkey().await?;
        let draw = |frame: &Frame<'_>| {
            let frame = Frame { passkey, ..frame.clone() };
            decision::page(&frame, &sheet, &request.0)
        };
        Ok(state.page(StatusCode::OK, "", draw).await)
    };
    state.led(work.await, &state.links.decisions(), &request).await
}

async fn sheet(state: &State, decision: DecisionId) -> Result<DecisionSheet, Failure> {
    let (viewer, now) = (state.viewer.clone(), state.now_shown());
    state.ask(move |desk| desk.decision(decision, viewer.as_deref(), now)).await
}

async fn new(At(state): At, Extension(request): Extension<RequestId>, uri: Uri) -> Answered {
    let work = async {
        let asked = Asked::of(&uri, &["kind", "about"])?;
        let mut draft = Draft {
            kind: optional(asked.text("kind"))
                .unwrap_or_else(|| DecisionKind::Severity.code().into()),
            about: asked.text("about"),
            ..Draft::unknown()
        };
        if draft.kind == DecisionKind::RightsMatrix.code() {
            (draft.about, draft.all) = ("rights".to_owned(), true);
            let matrix = state.ask(|desk| desk.matrix_data()).await?;
            draft.matrix = serde_json::to_string_pretty(&matrix)
                .map_err(|error| Failure::Broken(error.to_string()))?;
        }
        written(&state, &draft, None, None, StatusCode::OK, &request).await
    };
    state.led(work.await, &state.links.decisions(), &request).await
}

async fn revision(
    At(state): At,
    Extension(request): Extension<RequestId>,
    Path(decision): Path<String>,
    uri: Uri,
) -> Answered {
    let work = async {
        Asked::of(&uri, &[])?;
        let decision = id(&decision)?;
        let draft = Draft::of_newest(&sheet(&state, decision).await?);
        written(&state, &draft, Some(decision), None, StatusCode::OK, &request).await
    };
    state.led(work.await, &state.links.decisions(), &request).await
}

async fn propose(
    At(state): At,
    Extension(request): Extension<RequestId>,
    headers: HeaderMap,
    sent: Body,
) -> Answered {
    let work = write(&state, &request, &headers, sent, None).await;
    state.led(work, &state.links.new_decision(), &request).await
}

async fn revise(
    At(state): At,
    Extension(request): Extension<RequestId>,
    Path(decision): Path<String>,
    headers: HeaderMap,
    sent: Body,
) -> Answered {
    let work = async {
        let decision = id(&decision)?;
        write(&state, &request, &headers, sent, Some(decision)).await
    };
    state.led(work.await, &state.links.decisions(), &request).await
}

/// Takes a written decision, or draws the form again with who would sign or why it is not taken: nothing
/// that was typed is lost.
async fn write(
    state: &State,
    request: &RequestId,
    headers: &HeaderMap,
    sent: Body,
    of: Option<DecisionId>,
) -> Result<Response, Failure> {
    let families = state.ask(|desk| desk.family_refs()).await?;
    let names = Draft::fields(&families);
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let (form, op) = sent_form(state, request, headers, sent, &names).await?;
    let draft = Draft::of(&form, &families);
    if form.text("step") == "look" {
        return written(state, &draft, of, None, StatusCode::OK, request).await;
    }
    let done = match draft.wish() {
        Err(refusal) => Err(Failure::Trouble(refusal.into())),
        Ok(wish) => match of {
            None => state.ask(move |desk| desk.propose(&op, wish)).await,
            Some(id) => state.ask(move |desk| desk.revise(&op, id, wish)).await.map(|()| id),
        },
    };
    match done {
        Ok(decision) => Ok(Redirect::to(&state.links.decision(decision)).into_response()),
        Err(Failure::Trouble(Trouble::Refusal(refusal))) if refusal.code != "unknown_id" => {
            let (why, status) = (refusal.to_string(), StatusCode::UNPROCESSABLE_ENTITY);
            written(state, &draft, of, Some(&why), status, request).await
        }
        Err(failure) => Err(failure),
    }
}

async fn written(
    state: &State,
    draft: &Draft,
    of: Option<DecisionId>,
    why: Option<&str>,
    status: StatusCode,
    request: &RequestId,
) -> Result<Response, Failure> {
    let (asked, now) = (draft.asked(), state.now_shown());
    let (families, needed) = state
        .ask(move |desk| {
            let needed: Option<NeededSheet> = match asked {
                Some((kind, circumstances, sight)) => {
                    Some(desk.needed(kind, &circumstances, &sight, now)?)
                }
                None => None,
            };
            Ok((desk.family_refs()?, needed))
        })
        .await?;
    let draw = |frame: &Frame<'_>| {
        let (families, needed) = (&families[..], needed.as_ref());
        decision_form::page(frame, draft, Beside { of, families, needed, why, key: &request.0 })
    };
    Ok(state.page(status, "", draw).await)
}

async fn sign(
    At(state): At,
    Extension(request): Extension<RequestId>,
    Path(decision): Path<String>,
    headers: HeaderMap,
    sent: Body,
) -> Answered {
    signature(state, request, decision, (headers, sent), Desk::sign).await
}

async fn refuse(
    At(state): At,
    Extension(request): Extension<RequestId>,
    Path(decision): Path<String>,
    headers: HeaderMap,
    sent: Body,
) -> Answered {
    signature(state, request, decision, (headers, sent), Desk::refuse).await
}

type Signs = fn(&Desk, &Operation, &Viewer, &Signing, &Proofs) -> Result<SignatureId, Trouble>;

async fn signature(
    state: State,
    request: RequestId,
    decision: String,
    (headers, sent): (HeaderMap, Body),
    signs: Signs,
) -> Answered {
    let back = match id(&decision) {
        Ok(decision) => state.links.decision(decision),
        Err(_) => state.links.decisions(),
    };
    let work = async {
        let decision: DecisionId = id(&decision)?;
        let [ticket, answer] = passkey_forms::FIELDS;
        let known = ["key", "role", "of", "reason", "password", "code", ticket, answer];
        let (form, op) = sent_form(&state, &request, &headers, sent, &known).await?;
        let op = crate::api::because(op, optional(form.text("reason")))?;
        let signing = signing(decision, &form.text("role"), &form.text("of"))?;
        let (viewer, proofs) = (state.person()?, passkey_forms::proofs(&state, &headers, &form)?);
        state.ask(move |desk| signs(desk, &op, &viewer, &signing, &proofs)).await?;
        Ok(Redirect::to(&format!("{}#signatures", state.links.decision(decision))).into_response())
    };
    state.led(work.await, &back, &request).await
}

/// What somebody wants to sign, by the words of a form or a body.
pub(crate) fn signing(decision: DecisionId, role: &str, of: &str) -> Result<Signing, Failure> {
    let role = role_named(role).map_err(|refusal| Failure::Trouble(refusal.into()))?;
    let of: Digest = of.parse().map_err(|_| {
        let detail = format!(
            "{} is not the digest of a version. Read the decision again, and sign what you read.",
            quoted(of)
        );
        Wrong::new(StatusCode::BAD_REQUEST, "digest_unreadable", detail)
    })?;
    Ok(Signing { decision, role, of })
}

async fn withdraw(
    At(state): At,
    Extension(request): Extension<RequestId>,
    Path(decision): Path<String>,
    headers: HeaderMap,
    sent: Body,
) -> Answered {
    let work = async {
        let decision: DecisionId = id(&decision)?;
        let (form, op) = sent_form(&state, &request, &headers, sent, &["key", "reason"]).await?;
        let op = crate::api::because(op, optional(form.text("reason")))?;
        state.ask(move |desk| desk.withdraw(&op, decision)).await?;
        Ok(Redirect::to(&state.links.decision(decision)).into_response())
    };
    state.led(work.await, &state.links.decisions(), &request).await
}

const FIELDS: &[&str] = &[
    "key",
    "step",
    "kind",
    "about",
    "title",
    "statement",
    "family_all",
    "harm",
    "essential_performance",
    "uncontrolled",
    "product_class",
    "rests_on_reachability",
    "lowers_computed",
    "matrix",
    "rules",
];

impl Draft {
    /// Nothing typed, nothing known.
    pub(crate) fn unknown() -> Self {
        let unknown = || "unknown".to_owned();
        Self {
            harm: unknown(),
            essential_performance: unknown(),
            uncontrolled: unknown(),
            product_class: unknown(),
            rests_on_reachability: unknown(),
            lowers_computed: "no".to_owned(),
            ..Self::default()
        }
    }

    /// The newest version of a decision, to be changed.
    fn of_newest(sheet: &DecisionSheet) -> Self {
        let Some(newest) = sheet.versions.last() else { return Self::unknown() };
        let of = &newest.circumstances;
        let known = |value: Option<bool>| match value {
            None => "unknown".to_owned(),
            Some(value) => if value { "yes" } else { "no" }.to_owned(),
        };
        let named = |value: &Option<String>| value.clone().unwrap_or_else(|| "unknown".to_owned());
        Self {
            kind: sheet.row.kind.clone(),
            about: sheet.row.about.clone(),
            title: newest.title.clone(),
            statement: newest.statement.clone(),
            all: newest.families.is_none(),
            families: newest.families.iter().flatten().map(|family| family.id).collect(),
            harm: named(&of.harm),
            essential_performance: known(of.essential_performance),
            uncontrolled: known(of.uncontrolled),
            product_class: named(&of.product_class),
            rests_on_reachability: known(of.rests_on_reachability),
            lowers_computed: known(Some(of.lowers_computed)),
            matrix: newest
                .matrix
                .as_ref()
                .and_then(|sheet| serde_json::to_string_pretty(&sheet.matrix).ok())
                .unwrap_or_default(),
            rules: newest
                .rules
                .as_ref()
                .and_then(|rules| serde_json::to_string_pretty(&rules.change).ok())
                .unwrap_or_default(),
        }
    }

    fn fields(families: &[FamilyRef]) -> Vec<String> {
        let families = families.iter().map(|family| format!("family_{}", family.id));
        FIELDS.iter().map(|field| (*field).to_owned()).chain(families).collect()
    }

    fn of(form: &Asked, families: &[FamilyRef]) -> Self {
        let chosen = |field: String| optional(form.text(&field)).is_some();
        Self {
            kind: form.text("kind"),
            about: form.text("about"),
            title: form.text("title"),
            statement: form.text("statement"),
            all: chosen("family_all".to_owned()),
            families: families
                .iter()
                .map(|family| family.id)
                .filter(|id| chosen(format!("family_{id}")))
                .collect(),
            harm: form.text("harm"),
            essential_performance: form.text("essential_performance"),
            uncontrolled: form.text("uncontrolled"),
            product_class: form.text("product_class"),
            rests_on_reachability: form.text("rests_on_reachability"),
            lowers_computed: form.text("lowers_computed"),
            matrix: form.text("matrix"),
            rules: form.text("rules"),
        }
    }

    /// What matters for who must sign, as far as it can be read.
    fn asked(&self) -> Option<(DecisionKind, Circumstances, Sight)> {
        Some((DecisionKind::of(&self.kind)?, self.circumstances().ok()?, self.sight()))
    }

    fn sight(&self) -> Sight {
        if self.all { Sight::All } else { Sight::of(self.families.iter().copied()) }
    }

    fn circumstances(&self) -> Result<Circumstances, Refusal> {
        Ok(Circumstances {
            harm: named("harm", &self.harm, |code| {
                Harm::ALL.iter().copied().find(|harm| harm.code() == code)
            })?,
            essential_performance: named(
                "essential_performance",
                &self.essential_performance,
                yes,
            )?,
            uncontrolled: named("uncontrolled", &self.uncontrolled, yes)?,
            product_class: named("product_class", &self.product_class, |code| {
                ProductClass::ALL.iter().copied().find(|class| class.code() == code)
            })?,
            rests_on_reachability: named(
                "rests_on_reachability",
                &self.rests_on_reachability,
                yes,
            )?,
            lowers_computed: yes(&self.lowers_computed)
                .ok_or_else(|| unreadable("lowers_computed", &self.lowers_computed))?,
        })
    }

    fn wish(&self) -> Result<Wish, Refusal> {
        let kind = DecisionKind::of(&self.kind).ok_or_else(|| unreadable("kind", &self.kind))?;
        let matrix = if self.matrix.trim().is_empty() { None } else { Some(matrix(&self.matrix)?) };
        let rules =
            if self.rules.trim().is_empty() { None } else { Some(rules_forms::read(&self.rules)?) };
        Ok(Wish {
            kind,
            about: self.about.clone(),
            title: self.title.clone(),
            statement: self.statement.clone(),
            circumstances: self.circumstances()?,
            families: self.sight(),
            matrix,
            rules,
            matter: None,
        })
    }
}

fn yes(code: &str) -> Option<bool> {
    match code {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    }
}

/// A value of a list, or the word for not knowing it. A field left out is neither.
fn named<T>(
    field: &'static str,
    code: &str,
    find: impl FnOnce(&str) -> Option<T>,
) -> Result<Option<T>, Refusal> {
    match code {
        "unknown" => Ok(None),
        code => find(code).map(Some).ok_or_else(|| unreadable(field, code)),
    }
}

fn unreadable(field: &'static str, code: &str) -> Refusal {
    Refusal::new(
        "form_unreadable",
        format!("{} is not a value of `{field}`.", quoted(code)),
        "Choose one of the list; `unknown` says that it is not known.",
    )
}

fn matrix(text: &str) -> Result<Matrix, Refusal> {
    serde_json::from_str(text).map_err(|error| {
        Refusal::new(
            "matrix_unreadable",
            format!("The decision rights cannot be read: {error}."),
            "Correct that place. The rights in force, in the same form, stand under `matrix` of `/api/v1/rights`.",
        )
    })
}
