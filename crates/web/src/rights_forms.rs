//! The matrix of decision rights, and the form for proposing another row.

use crate::{
    form::{optional, sent_form},
    guard::RequestId,
    moment::At,
    pages::{
        frame::Frame,
        rights::{self, CONDITIONS, RoleInRow, conditions},
    },
    query::Asked,
    state::State,
    trouble::{Failure, Wrong},
};
use aftercare_desk::Trouble;
use aftercare_domain::{
    Sight,
    decision::Wish,
    rights::{Circumstances, Cosigner, DecisionKind, Row, When},
    role::RoleName,
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

/// The pages and the form.
pub(crate) fn routes() -> Router<State> {
    Router::new().route("/rights", get(page)).route("/rights/{kind}", get(row).post(change))
}

type Answered = Result<Response, Response>;

async fn page(At(state): At, Extension(request): Extension<RequestId>, uri: Uri) -> Answered {
    let work = async {
        Asked::of(&uri, &[])?;
        let sheet = state.ask(|desk| desk.matrix()).await?;
        Ok(state.page(StatusCode::OK, "", |frame| rights::page(frame, &sheet)).await)
    };
    state.led(work.await, &state.links.home(), &request).await
}

async fn row(
    At(state): At,
    Extension(request): Extension<RequestId>,
    Path(kind): Path<String>,
    uri: Uri,
) -> Answered {
    let work = async {
        Asked::of(&uri, &[])?;
        let kind = kind_named(&kind)?;
        let row = row_of(&state, kind).await?;
        Ok(drawn(&state, (&row, ""), None, StatusCode::OK, &request).await)
    };
    state.led(work.await, &state.links.rights(), &request).await
}

async fn change(
    At(state): At,
    Extension(request): Extension<RequestId>,
    Path(kind): Path<String>,
    headers: HeaderMap,
    sent: Body,
) -> Answered {
    let work = async {
        let kind = kind_named(&kind)?;
        let names: Vec<String> = fields();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let (form, op) = sent_form(&state, &request, &headers, sent, &names).await?;
        let statement = form.text("statement");
        let row = read(kind, &form)?;
        let (new, why) = (row.clone(), statement.clone());
        let proposed = state
            .ask(move |desk| {
                let mut matrix = desk.matrix_data()?;
                matrix.rows.retain(|row| row.kind != kind);
                matrix.rows.push(new);
                matrix.rows.sort_by_key(|row| row.kind);
                let wish = Wish {
                    kind: DecisionKind::RightsMatrix,
                    about: "rights".to_owned(),
                    title: format!("Decision rights: {}", kind.title()),
                    statement: why,
                    circumstances: Circumstances::default(),
                    families: Sight::All,
                    matrix: Some(matrix),
                    rules: None,
                    matter: None,
                };
                desk.propose(&op, wish)
            })
            .await;
        match proposed {
            Ok(decision) => Ok(Redirect::to(&state.links.decision(decision)).into_response()),
            Err(Failure::Trouble(Trouble::Refusal(refusal))) => {
                let (why, status) = (refusal.to_string(), StatusCode::UNPROCESSABLE_ENTITY);
                Ok(drawn(&state, (&row, &statement), Some(&why), status, &request).await)
            }
            Err(failure) => Err(failure),
        }
    };
    state.led(work.await, &state.links.rights(), &request).await
}

fn kind_named(code: &str) -> Result<DecisionKind, Failure> {
    DecisionKind::of(code).ok_or_else(|| {
        let known: Vec<&str> = DecisionKind::ALL.iter().map(|kind| kind.code()).collect();
        let detail =
            format!("There is no kind of decision {}. Known: {}.", quoted(code), known.join(", "));
        Wrong::new(StatusCode::NOT_FOUND, "not_found", detail).into()
    })
}

async fn row_of(state: &State, kind: DecisionKind) -> Result<Row, Failure> {
    let matrix = state.ask(|desk| desk.matrix_data()).await?;
    let row = matrix.row(kind).cloned().ok_or_else(|| {
        let detail = "The decision rights in force have no row for it. Propose them as JSON.";
        Wrong::new(StatusCode::NOT_FOUND, "not_found", detail)
    })?;
    let most = |role: &RoleName| row.cosigns.iter().filter(|one| one.role == *role).count();
    if let Some(role) = RoleName::ALL.iter().find(|role| most(role) > CONDITIONS) {
        let detail = format!(
            "{role} signs beside in more than {CONDITIONS} cases, for which this form has no room. \
             Propose the decision rights as JSON."
        );
        return Err(Wrong::new(StatusCode::CONFLICT, "row_too_rich", detail).into());
    }
    Ok(row)
}

async fn drawn(
    state: &State,
    (row, statement): (&Row, &str),
    why: Option<&str>,
    status: StatusCode,
    request: &RequestId,
) -> Response {
    let codes = conditions();
    let code =
        |when: When| codes.iter().find(|(_, one)| *one == when).map(|(code, _)| code.clone());
    let roles: Vec<RoleInRow> = working()
        .map(|role| RoleInRow {
            role,
            parts: [&row.proposes, &row.decides, &row.informs].map(|part| part.contains(&role)),
            cosigns: row
                .cosigns
                .iter()
                .filter(|one| one.role == role)
                .filter_map(|one| code(one.when))
                .collect(),
        })
        .collect();
    let draw =
        |frame: &Frame<'_>| rights::row_form(frame, row.kind, &roles, (statement, why), &request.0);
    state.page(status, "", draw).await
}

fn working() -> impl Iterator<Item = RoleName> {
    RoleName::ALL.iter().copied().filter(|role| role.may_decide())
}

fn fields() -> Vec<String> {
    let mut names = vec!["key".to_owned(), "statement".to_owned()];
    for role in working() {
        let code = role.code();
        names.extend(["proposes", "decides", "informs"].map(|part| format!("{part}_{code}")));
        names.extend((0..CONDITIONS).map(|slot| format!("cosigns{slot}_{code}")));
    }
    names
}

fn read(kind: DecisionKind, form: &Asked) -> Result<Row, Failure> {
    let codes = conditions();
    let roles = |part: &str| -> Vec<RoleName> {
        let chosen =
            |role: &RoleName| optional(form.text(&format!("{part}_{}", role.code()))).is_some();
        working().filter(chosen).collect()
    };
    let mut cosigns = Vec::new();
    for role in working() {
        for slot in 0..CONDITIONS {
            let Some(code) = optional(form.text(&format!("cosigns{slot}_{}", role.code()))) else {
                continue;
            };
            let Some((_, when)) = codes.iter().find(|(known, _)| *known == code) else {
                let detail =
                    format!("{} is no case in which somebody signs beside.", quoted(&code));
                return Err(Wrong::new(StatusCode::BAD_REQUEST, "unknown_value", detail).into());
            };
            let one = Cosigner { role, when: *when };
            if !cosigns.contains(&one) {
                cosigns.push(one);
            }
        }
    }
    Ok(Row {
        kind,
        proposes: roles("proposes"),
        decides: roles("decides"),
        cosigns,
        informs: roles("informs"),
    })
}
