//! Decisions: proposing, signing, refusing.
//!
//! A signature asks for its two components in the very request ([`Change::proven`]).

use super::{Made, because, json, said, sending::Change, sent, versioned};
use crate::{
    decision_forms::{only, signing},
    moment::At,
    query::{Asked, id},
    state::State,
    trouble::{Failure, ProblemDetails},
};
use aftercare_desk::{
    Desk, Proofs, Signing, Trouble, Viewer,
    answers::{self, Page},
};
use aftercare_domain::{
    Operation, Sight,
    decision::Wish,
    rights::{self, DecisionKind, Harm, Matrix, ProductClass},
    rules,
};
use aftercare_vocab::id::{DecisionId, FamilyId, SignatureId};
use axum::{
    extract::Path,
    http::{StatusCode, Uri},
    response::Response,
};
use serde::Deserialize;
use utoipa::ToSchema;

type Answered = Result<Response, Failure>;

/// Decisions, the newest first; `only=waiting` gives those that you could sign now, at most 100.
#[utoipa::path(get, path = "/api/v1/decisions", tag = "decisions",
    params(
        ("only" = Option<String>, Query, description = "`open` (the default), `ended`, `all` or `waiting`"),
        ("about" = Option<String>, Query, description = "Only decisions about this"),
        ("after" = Option<String>, Query, description = "Cursor from `next`"),
    ),
    responses((status = 200, body = Page<answers::DecisionRow>)))]
pub(crate) async fn decisions(At(state): At, uri: Uri) -> Answered {
    let asked = Asked::of(&uri, &["only", "about", "after"])?;
    let (viewer, now) = (state.person()?, state.now_shown());
    if asked.text("only") == "waiting" {
        let items = state.ask(move |desk| desk.waiting(&viewer, now)).await?;
        let total = items.len() as u64;
        return json(StatusCode::OK, &Page { items, next: None, total });
    }
    let (only, about, after) = (only(&asked)?, asked.text("about"), asked.text("after"));
    let page =
        state.ask(move |desk| desk.decisions(only, &about, &after, Some(&viewer), now)).await?;
    json(StatusCode::OK, &page)
}

/// One decision with its versions, its signatures and the places that nobody has signed yet.
#[utoipa::path(get, path = "/api/v1/decisions/{decision}", tag = "decisions",
    params(("decision" = String, Path, description = "Identifier")),
    responses((status = 200, body = answers::DecisionSheet), (status = 404, body = ProblemDetails)))]
pub(crate) async fn decision(At(state): At, Path(decision): Path<String>, uri: Uri) -> Answered {
    Asked::of(&uri, &[])?;
    let (decision, viewer, now) = (id::<_>(&decision)?, state.viewer.clone(), state.now_shown());
    let sheet = state.ask(move |desk| desk.decision(decision, viewer.as_deref(), now)).await?;
    versioned(&sheet, sheet.entity_version)
}

/// What matters for who must sign. Each must be there; null says that it is not known, and then whoever
/// could be needed is needed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WishedCircumstances {
    /// Severity of harm to a patient: `negligible`, `minor`, `serious`, `critical`, `catastrophic`.
    #[serde(deserialize_with = "said")]
    #[schema(required, value_type = Option<String>)]
    harm: Option<Harm>,
    /// Whether safety or essential performance are touched.
    #[serde(deserialize_with = "said")]
    #[schema(required)]
    essential_performance: Option<bool>,
    /// Whether the risk is uncontrolled.
    #[serde(deserialize_with = "said")]
    #[schema(required)]
    uncontrolled: Option<bool>,
    /// Class of the product: `i`, `ii`, `iii`.
    #[serde(deserialize_with = "said")]
    #[schema(required, value_type = Option<String>)]
    product_class: Option<ProductClass>,
    /// Whether it rests on code that cannot be reached.
    #[serde(deserialize_with = "said")]
    #[schema(required)]
    rests_on_reachability: Option<bool>,
    /// Whether it lowers what was computed.
    lowers_computed: bool,
}

impl From<WishedCircumstances> for rights::Circumstances {
    fn from(of: WishedCircumstances) -> Self {
        Self {
            harm: of.harm,
            essential_performance: of.essential_performance,
            uncontrolled: of.uncontrolled,
            product_class: of.product_class,
            rests_on_reachability: of.rests_on_reachability,
            lowers_computed: of.lowers_computed,
        }
    }
}

/// A decision as it is wished: a new one, or a new version of one.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WishedDecision {
    /// The kind: `risk_acceptance`.
    #[schema(value_type = String)]
    kind: DecisionKind,
    /// What it is about: `CVE-2021-44228`, an identifier.
    about: String,
    /// In one line.
    title: String,
    /// What is decided, and why.
    statement: String,
    /// The product families it touches; null = all.
    #[serde(deserialize_with = "said")]
    #[schema(required, value_type = Option<Vec<String>>)]
    families: Option<Vec<FamilyId>>,
    /// What matters for who must sign.
    circumstances: WishedCircumstances,
    /// The decision rights that are proposed, for the kind `rights_matrix`; in the form of `matrix` of
    /// `/api/v1/rights`.
    #[schema(value_type = Option<Object>)]
    matrix: Option<Matrix>,
    /// The rules of the programme that are proposed, for the kind `programme_rules`.
    #[schema(value_type = Option<Object>)]
    rules: Option<rules::Change>,
    /// Why, for the ledger.
    reason: Option<String>,
}

pub(super) fn sight(families: Option<Vec<FamilyId>>) -> Sight {
    families.map_or(Sight::All, Sight::of)
}

impl WishedDecision {
    fn wish(self) -> (Wish, Option<String>) {
        let wish = Wish {
            kind: self.kind,
            about: self.about,
            title: self.title,
            statement: self.statement,
            circumstances: self.circumstances.into(),
            families: sight(self.families),
            matrix: self.matrix,
            rules: self.rules,
            matter: None,
        };
        (wish, self.reason)
    }
}

/// Proposes a decision.
#[utoipa::path(post, path = "/api/v1/decisions", tag = "decisions", request_body = WishedDecision,
    responses((status = 201, body = Made), (status = 422, body = ProblemDetails)))]
pub(crate) async fn propose(change: Change) -> Answered {
    let propose = |state: State, op, wish: WishedDecision| async move {
        let (wish, reason) = wish.wish();
        let op = because(op, reason)?;
        let made = state.ask(move |desk| desk.propose(&op, wish)).await?.to_string();
        let location = state.links.api_thing("decisions", &made);
        sent(StatusCode::CREATED, Some(location), &Made { id: made })
    };
    change.json(propose).await
}

/// Gives a decision a new version, which nobody has signed; signatures stay under the version they were
/// given for.
#[utoipa::path(post, path = "/api/v1/decisions/{decision}/versions", tag = "decisions",
    params(("decision" = String, Path, description = "Identifier")), request_body = WishedDecision,
    responses((status = 200, body = Made), (status = 404, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
pub(crate) async fn revise(Path(decision): Path<String>, change: Change) -> Answered {
    let decision: DecisionId = id(&decision)?;
    let revise = move |state: State, op, wish: WishedDecision| async move {
        let (wish, reason) = wish.wish();
        let op = because(op, reason)?;
        state.ask(move |desk| desk.revise(&op, decision, wish)).await?;
        sent(StatusCode::OK, None, &Made { id: decision.to_string() })
    };
    change.json(revise).await
}

/// Why a decision is taken back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Withdrawal {
    /// Why, for the ledger.
    reason: Option<String>,
}

/// Takes a decision back: whoever wrote a version of it, while it is open.
#[utoipa::path(post, path = "/api/v1/decisions/{decision}/withdrawal", tag = "decisions",
    params(("decision" = String, Path, description = "Identifier")), request_body = Withdrawal,
    responses((status = 200, body = Made), (status = 404, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
pub(crate) async fn withdraw(Path(decision): Path<String>, change: Change) -> Answered {
    let decision: DecisionId = id(&decision)?;
    let withdraw = move |state: State, op, wish: Withdrawal| async move {
        let op = because(op, wish.reason)?;
        state.ask(move |desk| desk.withdraw(&op, decision)).await?;
        sent(StatusCode::OK, None, &Made { id: decision.to_string() })
    };
    change.json(withdraw).await
}

/// A signature, or a refusal, with the two components that show who gives it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewSignature {
    /// The role in which you sign: the code name.
    role: String,
    /// The `digest` of the version that you read. Another one is not signed.
    digest: String,
    /// Your password.
    password: String,
    /// The code that your code generator shows now, or a recovery code.
    code: String,
    /// Why; a refusal needs it.
    reason: Option<String>,
}

/// Signs the version whose digest is given. When nobody is missing any more, the decision is taken.
#[utoipa::path(post, path = "/api/v1/decisions/{decision}/signatures", tag = "decisions",
    params(("decision" = String, Path, description = "Identifier")), request_body = NewSignature,
    responses((status = 201, body = Made), (status = 404, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
pub(crate) async fn sign(Path(decision): Path<String>, change: Change) -> Answered {
    signature(&decision, change, Desk::sign).await
}

/// Refuses the version whose digest is given, with a reason and a signature.
#[utoipa::path(post, path = "/api/v1/decisions/{decision}/refusals", tag = "decisions",
    params(("decision" = String, Path, description = "Identifier")), request_body = NewSignature,
    responses((status = 201, body = Made), (status = 404, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
pub(crate) async fn refuse(Path(decision): Path<String>, change: Change) -> Answered {
    signature(&decision, change, Desk::refuse).await
}

type Signs = fn(&Desk, &Operation, &Viewer, &Signing, &Proofs) -> Result<SignatureId, Trouble>;

async fn signature(decision: &str, change: Change, signs: Signs) -> Answered {
    let decision: DecisionId = id(decision)?;
    let asks = |wish: &NewSignature| {
        format!("{}\n{}\n{}", wish.role, wish.digest, wish.reason.as_deref().unwrap_or_default())
    };
    let give = move |state: State, op, wish: NewSignature| async move {
        let NewSignature { role, digest, password, code, reason } = wish;
        let signing = signing(decision, &role, &digest)?;
        let (op, viewer) = (because(op, reason)?, state.person()?);
        let proofs = Proofs { password, code, passkey: None };
        let made = state.ask(move |desk| signs(desk, &op, &viewer, &signing, &proofs)).await?;
        let location = state.links.api_thing("decisions", &decision.to_string());
        sent(StatusCode::CREATED, Some(location), &Made { id: made.to_string() })
    };
    change.proven(asks, give).await
}
