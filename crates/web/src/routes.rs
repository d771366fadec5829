//! The pages' handlers: fetch an answer, hand it to a page.

use crate::{
    access_forms, account_forms, advisory_forms,
    api::{self, position},
    assets, case_forms, contact_forms, decision_forms, delegation_forms, duty_forms, form,
    guard::{RequestId, body},
    mapping_forms,
    moment::At,
    notice_forms,
    pages::{
        ask, blast_radius, changes, component_places, consignee,
        contacts::Contacts,
        finding,
        frame::{Banner, Frame},
        ledger, problem, products, site, upload,
        version::{self, Tab, VersionQuery},
    },
    passkey_forms, people_forms, policy_forms, portal_forms, provider_forms, public_advisories,
    query::{Asked, id},
    rights_forms, rules_forms, sign_in_forms, signal_forms,
    state::State,
    trouble::{Failure, Wrong},
    twin_forms, usage_forms,
};
use aftercare_desk::{
    ChangeWish, ComponentWish, Moment, SignInProvider, Trouble,
    answers::{CallRow, Standing, Warning},
};
use aftercare_domain::{Channel, access::Right};
use aftercare_vocab::{id::VersionId, instant::Instant};
use axum::{
    Extension, Router,
    body::Body,
    extract::{Path, Request, State as Held},
    http::{HeaderMap, HeaderValue, StatusCode, Uri, header},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use maud::Markup;
use std::time::Duration;

/// All pages.
pub(crate) fn routes() -> Router<State> {
    Router::new()
        .route("/", get(ask_page))
        .route("/products", get(products_page))
        .route("/versions/{version}", get(version_page))
        .route("/versions/{version}/sboms", post(upload_sbom))
        .route("/versions/{version}/findings/{component}/{vulnerability}", get(finding_page))
        .route("/vulnerabilities/{id}", get(vulnerability_page))
        .route("/components", get(components_page))
        .route("/sites/{site}", get(site_page))
        .route("/consignees/{consignee}", get(consignee_page))
        .route("/changes", get(changes_page))
        .route("/ledger", get(ledger_page))
        .route("/ledger/checkpoint", post(sign_ledger))
        .route("/ledger/{entry}", get(ledger_entry_page))
        .merge(advisory_forms::routes())
        .merge(notice_forms::routes())
        .merge(public_advisories::routes())
        .merge(case_forms::routes())
        .merge(contact_forms::routes())
        .merge(twin_forms::routes())
        .merge(usage_forms::routes())
        .merge(mapping_forms::routes())
        .merge(sign_in_forms::routes())
        .merge(signal_forms::routes())
        .merge(account_forms::routes())
        .merge(access_forms::routes())
        .merge(passkey_forms::routes())
        .merge(provider_forms::routes())
        .merge(decision_forms::routes())
        .merge(rights_forms::routes())
        .merge(rules_forms::routes())
        .merge(delegation_forms::routes())
        .merge(duty_forms::routes())
        .merge(people_forms::routes())
        .merge(policy_forms::routes())
        .merge(portal_forms::routes())
        .route("/assets/{digest}/{name}", get(asset))
        .route("/favicon.ico", get(favicon))
}

/// A page that could not be made, with the question to keep in the ask box.
type Answered = Result<Response, Response>;

impl State {
    pub(crate) async fn page(
        &self,
        status: StatusCode,
        question: &str,
        draw: impl FnOnce(&Frame<'_>) -> Markup,
    ) -> Response {
        let standing = self.standing().await;
        let waiting = self.waiting().await;
        let mut frame = Frame { waiting, ..frame(self, standing.as_ref(), question) };
        frame.banners.extend(self.calls().await.map(Banner::Calls));
        (status, draw(&frame)).into_response()
    }

    /// How many decisions wait for whoever asks; none where nothing is to be said.
    async fn waiting(&self) -> Option<usize> {
        let viewer = self.viewer.clone().filter(|viewer| viewer.may(Right::SeeDecisions))?;
        let now = self.now_shown();
        self.ask(move |desk| desk.waiting(&viewer, now)).await.map(|rows| rows.len()).ok()
    }

    /// The calls that wait for whoever asks; none where there are none.
    async fn calls(&self) -> Option<Vec<CallRow>> {
        let viewer = self.viewer.clone()?;
        let now = self.now_shown();
        let calls = self.ask(move |desk| desk.calls_for(&viewer, now)).await.ok()?;
        Some(calls).filter(|calls| !calls.is_empty())
    }

    /// The instant by which a page says who could sign: of the moment it shows.
    pub(crate) fn now_shown(&self) -> Instant {
        match self.desk.moment() {
            Moment::AsOf(as_of) => as_of.at,
            Moment::Present => (self.rim.now)(),
        }
    }

    /// What a form came to: its answer, or the page that says why there is none, with the way `back`.
    pub(crate) async fn led(
        &self,
        done: Result<Response, Failure>,
        back: &str,
        request: &RequestId,
    ) -> Result<Response, Response> {
        match done {
            Ok(response) => Ok(response),
            Err(failure) => Err(self.failed(failure, back, back, request).await),
        }
    }

    /// The page for a failure.
    pub(crate) async fn failed(
        &self,
        failure: Failure,
        path: &str,
        back: &str,
        request: &RequestId,
    ) -> Response {
        let (status, details) = failure.details();
        match failure {
            Failure::Trouble(Trouble::Problems(problems)) => {
                let warnings: Vec<Warning> = problems.into_iter().map(Warning::from).collect();
                self.page(status, "", |frame| problem::unreadable(frame, &warnings, back)).await
            }
            _ if status == StatusCode::NOT_FOUND => {
                self.page(status, "", |frame| problem::not_found(frame, path, None)).await
            }
            _ if status.is_server_error() => {
                let record = self.links.whole("/");
                tracing::error!(record, request = %request.0, code = %details.code, "{}", failure.text());
                self.page(status, "", |frame| problem::fault(frame, &request.0)).await
            }
            _ => {
                let next: Vec<String> = details.next.into_iter().collect();
                self.page(status, "", |frame| {
                    problem::refused(frame, &details.detail, details.who.as_deref(), &next, back)
                })
                .await
            }
        }
    }
}

/// What surrounds a page of this state. An earlier moment is always said, even when the standing cannot
/// be read.
pub(crate) fn frame<'a>(
    state: &'a State,
    standing: Option<&'a Standing>,
    question: &'a str,
) -> Frame<'a> {
    let twin = state.desk.twin().map(|mark| Banner::Twin {
        name: mark.name.to_string(),
        as_of: mark.as_of,
        reason: mark.reason.clone(),
    });
    let past = match state.desk.moment() {
        Moment::AsOf(as_of) => Some(Banner::AsOf(as_of)),
        Moment::Present => None,
    };
    let banners = twin.into_iter().chain(past).collect();
    Frame {
        assets: &state.assets,
        to: &state.links,
        here: &state.here,
        viewer: state.viewer.as_deref(),
        mark: state.mark(),
        passkey: false,
        provider: state.provider.as_ref().map(SignInProvider::name),
        whose: state.whose(),
        standing,
        question,
        banners,
        waiting: None,
    }
}

/// Runs a handler and shows its failure as a page.
macro_rules! shown {
    ($state:ident, $uri:ident, $request:ident, $back:expr, $work:expr) => {{
        let outcome: Result<Response, Failure> = async { $work }.await;
        match outcome {
            Ok(response) => Ok(response),
            Err(failure) => Err($state
                .failed(failure, &$state.links.whole($uri.path()), $back, &$request)
                .await),
        }
    }};
}

async fn ask_page(At(state): At, Extension(request): Extension<RequestId>, uri: Uri) -> Answered {
    shown!(state, uri, request, &state.links.home(), {
        let question = Asked::of(&uri, &["q"])?.text("q");
        if question.trim().is_empty() {
            return Ok(state.page(StatusCode::OK, "", ask::home).await);
        }
        let (asked, today) = (question.clone(), (state.rim.today)());
        let answer = state.ask(move |desk| desk.ask(&asked, today)).await?;
        Ok(state.page(StatusCode::OK, &question, |frame| ask::answer(frame, &answer)).await)
    })
}

async fn products_page(
    At(state): At,
    Extension(request): Extension<RequestId>,
    uri: Uri,
) -> Answered {
    shown!(state, uri, request, &state.links.products(), {
        let asked = Asked::of(&uri, &["only", "after"])?;
        let (only, after, today) = (asked.products()?, asked.text("after"), (state.rim.today)());
        let narrowed = asked.text("only");
        let list = state.ask(move |desk| desk.products(today, only, &after)).await?;
        Ok(state.page(StatusCode::OK, "", |frame| products::page(frame, &list, &narrowed)).await)
    })
}

async fn version_page(
    At(state): At,
    Extension(request): Extension<RequestId>,
    Path(version): Path<String>,
    uri: Uri,
) -> Answered {
    shown!(state, uri, request, &state.links.products(), {
        let asked = Asked::of(&uri, &["tab", "answer", "only", "q", "sort", "after"])?;
        let (version, today): (VersionId, _) = (id(&version)?, (state.rim.today)());
        let sheet = state.ask(move |desk| desk.version(version, today)).await?;
        let query = VersionQuery {
            answer: asked.answer()?,
            only: asked.text("only"),
            q: asked.text("q"),
            sort: asked.text("sort"),
            after: asked.text("after"),
        };
        let show = |frame: &Frame<'_>, tab: &Tab<'_>| version::page(frame, &sheet, &query, tab);
        let tab = asked.text("tab");
        let page = match tab.as_str() {
            "components" => {
                let wish: ComponentWish = asked.components()?;
                let rows = state.ask(move |desk| desk.components(version, &wish)).await?;
                state.page(StatusCode::OK, "", |frame| show(frame, &Tab::Components(&rows))).await
            }
            "sbom" => state.page(StatusCode::OK, "", |frame| show(frame, &Tab::Sbom)).await,
            "units" => {
                let after = asked.text("after");
                let rows = state.ask(move |desk| desk.version_units(version, &after)).await?;
                state.page(StatusCode::OK, "", |frame| show(frame, &Tab::Units(&rows))).await
            }
            "" | "findings" => {
                let wish = asked.findings()?;
                let rows = state.ask(move |desk| desk.findings(version, &wish)).await?;
                state.page(StatusCode::OK, "", |frame| show(frame, &Tab::Findings(&rows))).await
            }
            other => {
                let detail = format!(
                    "{} is not a part of this page. Known: findings, components, sbom, units.",
                    aftercare_vocab::problem::quoted(other)
                );
                return Err(Wrong::new(StatusCode::NOT_FOUND, "not_found", detail).into());
            }
        };
        Ok(page)
    })
}

async fn finding_page(
    At(state): At,
    Extension(request): Extension<RequestId>,
    Path((version, component, vulnerability)): Path<(String, String, String)>,
    uri: Uri,
) -> Answered {
    shown!(state, uri, request, &state.links.products(), {
        Asked::of(&uri, &[])?;
        let (version, component) = (id(&version)?, position(&component)?);
        let sheet = state.ask(move |desk| desk.finding(version, component, &vulnerability)).await?;
        Ok(state.page(StatusCode::OK, "", |frame| finding::page(frame, &sheet)).await)
    })
}

async fn vulnerability_page(
    At(state): At,
    Extension(request): Extension<RequestId>,
    Path(vulnerability): Path<String>,
    uri: Uri,
) -> Answered {
    shown!(state, uri, request, &state.links.home(), {
        let wish = Asked::of(&uri, &["answer", "products_after", "consignees_after"])?.reach()?;
        let query = blast_radius::BlastQuery {
            answer: wish.answer,
            products_after: wish.products_after.clone(),
            consignees_after: wish.consignees_after.clone(),
        };
        let (asked, today) = (vulnerability.clone(), (state.rim.today)());
        let found = state.ask(move |desk| desk.blast_radius(&asked, &wish, today)).await?;
        Ok(match found {
            Ok(reach) => {
                state
                    .page(StatusCode::OK, "", |frame| blast_radius::page(frame, &reach, &query))
                    .await
            }
            Err(nothing) => {
                state
                    .page(StatusCode::NOT_FOUND, &vulnerability, |frame| {
                        blast_radius::unknown(frame, &vulnerability, &nothing)
                    })
                    .await
            }
        })
    })
}

async fn components_page(
    At(state): At,
    Extension(request): Extension<RequestId>,
    uri: Uri,
) -> Answered {
    shown!(state, uri, request, &state.links.home(), {
        let asked = Asked::of(&uri, &["q", "after"])?;
        let (query, after) = (asked.text("q"), asked.text("after"));
        let (question, shown) = (query.clone(), after.clone());
        let places = state.ask(move |desk| desk.component_places(&query, &after)).await?;
        Ok(state
            .page(StatusCode::OK, &question, |frame| component_places::page(frame, &places, &shown))
            .await)
    })
}

async fn site_page(
    At(state): At,
    Extension(request): Extension<RequestId>,
    Path(site): Path<String>,
    uri: Uri,
) -> Answered {
    shown!(state, uri, request, &state.links.home(), {
        let after = Asked::of(&uri, &["after"])?.text("after");
        let (site, from) = (id(&site)?, after.clone());
        let sheet = state.ask(move |desk| desk.site(site, &from)).await?;
        Ok(state.page(StatusCode::OK, "", |frame| site::page(frame, &sheet, &after)).await)
    })
}

async fn consignee_page(
    At(state): At,
    Extension(request): Extension<RequestId>,
    Path(consignee): Path<String>,
    uri: Uri,
) -> Answered {
    shown!(state, uri, request, &state.links.home(), {
        let asked = Asked::of(&uri, &["after", "contacts_after"])?;
        let (after, contacts_after) = (asked.text("after"), asked.text("contacts_after"));
        let (consignee, from, contacts_from) =
            (id(&consignee)?, after.clone(), contacts_after.clone());
        let sees = state.may(Right::SeeContacts);
        let (sheet, page) = state
            .ask(move |desk| {
                let page = sees.then(|| desk.contacts(consignee, &contacts_from)).transpose()?;
                Ok((desk.consignee(consignee, &from)?, page))
            })
            .await?;
        if let Some(page) = &page {
            state.contacts_read(&request, Channel::Ui, &page.items).await?;
        }
        let draw = |frame: &Frame<'_>| {
            let key = frame.sending(&request.0);
            let contacts = page.as_ref().map(|page| Contacts { page, after: &contacts_after, key });
            consignee::page(frame, &sheet, contacts.as_ref(), &after)
        };
        Ok(state.page(StatusCode::OK, "", draw).await)
    })
}

async fn changes_page(
    At(state): At,
    Extension(request): Extension<RequestId>,
    uri: Uri,
) -> Answered {
    shown!(state, uri, request, &state.links.changes(), {
        let asked = Asked::of(&uri, &["from", "to", "kind", "after"])?;
        let (from, to, only) = (asked.when("from")?, asked.when("to")?, asked.kind()?);
        let after = asked.text("after");
        let query = changes::ChangesQuery { from, to, only, after: &after };
        let found = match from {
            None => None,
            Some(from) => {
                let wish = ChangeWish { from, to, only, after: after.clone() };
                let now = (state.rim.now)();
                Some(state.ask(move |desk| desk.changes(&wish, now)).await?)
            }
        };
        let draw = |frame: &Frame<'_>| changes::page(frame, &query, found.as_ref());
        Ok(state.page(StatusCode::OK, "", draw).await)
    })
}

async fn ledger_page(
    At(state): At,
    Extension(request): Extension<RequestId>,
    uri: Uri,
) -> Answered {
    shown!(state, uri, request, &state.links.ledger(), {
        let after = Asked::of(&uri, &["after"])?.text("after");
        let (from, viewer) = (after.clone(), state.viewer.clone());
        let (rows, checkpoint) = state
            .ask(move |desk| {
                let checkpoint = match desk.newest_checkpoint() {
                    Ok(checkpoint) => Some(checkpoint),
                    Err(Trouble::NotFound { .. }) => None,
                    Err(trouble) => return Err(trouble),
                };
                Ok((desk.ledger_rows(&from, viewer.as_deref())?, checkpoint))
            })
            .await?;
        let checkpoint = checkpoint.as_ref();
        let draw = |frame: &Frame<'_>| ledger::page(frame, &rows, &after, checkpoint);
        Ok(state.page(StatusCode::OK, "", draw).await)
    })
}

async fn sign_ledger(
    At(state): At,
    Extension(request): Extension<RequestId>,
    uri: Uri,
    headers: HeaderMap,
    sent: Body,
) -> Answered {
    shown!(state, uri, request, &state.links.ledger(), {
        Asked::of(&uri, &[])?;
        let (_, op) = form::sent_form(&state, &request, &headers, sent, &["key"]).await?;
        state.ask(move |desk| desk.checkpoint(&op)).await?;
        Ok(Redirect::to(&state.links.ledger()).into_response())
    })
}

async fn ledger_entry_page(
    At(state): At,
    Extension(request): Extension<RequestId>,
    Path(entry): Path<String>,
    uri: Uri,
) -> Answered {
    shown!(state, uri, request, &state.links.ledger(), {
        Asked::of(&uri, &[])?;
        let (number, viewer) = (crate::query::entry(&entry)?, state.viewer.clone());
        let sheet = state.ask(move |desk| desk.ledger_entry(number, viewer.as_deref())).await?;
        Ok(state.page(StatusCode::OK, "", |frame| ledger::entry(frame, &sheet)).await)
    })
}

/// How long the page after an upload waits for the matcher, so that it can say what is not covered.
const PAGE_WAIT: Duration = Duration::from_secs(3);

/// An SBOM by the form: field `sbom`.
async fn upload_sbom(
    At(state): At,
    Extension(request): Extension<RequestId>,
    Path(version): Path<String>,
    uri: Uri,
    sent: Request,
) -> Answered {
    let back = id::<aftercare_vocab::id::ProductVersion>(&version)
        .map_or_else(|_| state.links.products(), |id| state.links.version_tab(id, "sbom"));
    shown!(state, uri, request, &back, {
        let version: VersionId = id(&version)?;
        let limit = state.desk.limits().bytes + form::FRAME_BYTES;
        let (parts, sent_body) = sent.into_parts();
        let bytes = body(sent_body, limit).await?;
        let form =
            form::sbom(&state, Request::from_parts(parts, axum::body::Body::from(bytes))).await?;
        let op = state.operation(Channel::Ui, &request);
        let op = op.because(&form.reason.unwrap_or_default()).map_err(Trouble::from)?;
        let (seen, name, bytes) = (form.seen, form.name, form.bytes);
        let receipt =
            state.ask(move |desk| desk.receive_sbom(&op, version, seen, name, &bytes)).await?;
        state.news.notify_one();
        let receipt = api::matched(&state, version, receipt, PAGE_WAIT).await?;
        Ok(state.page(StatusCode::OK, "", |frame| upload::receipt(frame, &receipt)).await)
    })
}

pub(crate) async fn asset(Path((digest, name)): Path<(String, String)>) -> Response {
    let address = format!("/assets/{digest}/{name}");
    match assets::ALL.iter().find(|asset| asset.address() == address) {
        Some(asset) => {
            let forever = HeaderValue::from_static("public, max-age=31536000, immutable");
            (
                [
                    (header::CONTENT_TYPE, HeaderValue::from_static(asset.media_type)),
                    (header::CACHE_CONTROL, forever),
                ],
                asset.bytes,
            )
                .into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

pub(crate) async fn favicon() -> Redirect {
    Redirect::permanent(&assets::LOGO.address())
}

/// Everything that is not there.
pub(crate) async fn nowhere(Held(state): Held<State>) -> Failure {
    let index = state.links.api();
    let detail = format!("There is no such resource. `{index}` lists what there is.");
    Wrong::new(StatusCode::NOT_FOUND, "not_found", detail).into()
}
