//! The server: routes, guard and followers (matcher, daily checkpoint) put together.

use crate::{
    api, failed,
    front::Front,
    guard::{self, Gate},
    moment,
    routes::{self, nowhere},
    state::State,
    trouble::{Failure, Wrong},
    twin, viewer,
};
use aftercare_desk::{Following, Posted, Step, Trouble};
use aftercare_domain::Channel;
use axum::{
    Router, ServiceExt as _,
    extract::{DefaultBodyLimit, State as Held},
    http::StatusCode,
    middleware,
    response::{IntoResponse, Response},
};
use std::{
    io,
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::net::TcpListener;
use tower_http::{catch_panic::CatchPanicLayer, compression::CompressionLayer};

/// How long requests under way may take when the server is told to stop.
pub const GRACE: Duration = Duration::from_secs(10);

/// How long the matcher rests when nothing waits and nobody rings: another process may have imported
/// an edition meanwhile.
const REST: Duration = Duration::from_secs(2);

/// How long it rests after trouble.
const REST_AFTER_TROUBLE: Duration = Duration::from_secs(30);

/// All pages and the API of one record, guarded.
pub fn router(state: State) -> Router {
    let gate = Gate::from(&state);
    let (api, _) = api::routes().split_for_parts();
    let api = api.method_not_allowed_fallback(wrong_method).layer(middleware::from_fn(api::tagged));
    api.merge(routes::routes().method_not_allowed_fallback(wrong_method))
        .fallback(nowhere)
        .layer(DefaultBodyLimit::disable()) // every body is read through `guard::body`, with a limit
        .layer(CatchPanicLayer::custom(broken))
        .layer(middleware::from_fn_with_state(state.clone(), moment::travel))
        .layer(middleware::from_fn_with_state(state.clone(), viewer::admit))
        .layer(middleware::from_fn_with_state(gate.clone(), guard::door))
        .layer(middleware::from_fn_with_state(state.clone(), failed::complete))
        .layer(CompressionLayer::new())
        .layer(middleware::from_fn(api::packed))
        .layer(middleware::from_fn_with_state(gate, guard::seal))
        .layer(middleware::from_fn_with_state(state.clone(), twin::marked))
        .with_state(state)
}

/// Routes that belong to no record, guarded alike.
pub(crate) fn guarded(routes: Router, gate: &Gate) -> Router {
    routes
        .layer(CatchPanicLayer::custom(broken))
        .layer(middleware::from_fn_with_state(gate.clone(), guard::door))
        .layer(CompressionLayer::new())
        .layer(middleware::from_fn(api::packed))
        .layer(middleware::from_fn_with_state(gate.clone(), guard::seal))
}

async fn wrong_method(Held(state): Held<State>) -> Response {
    let index = state.links.api();
    let detail = format!(
        "This address does not take that method. `{index}/openapi.json` says which it takes."
    );
    Failure::from(Wrong::new(StatusCode::METHOD_NOT_ALLOWED, "method", detail)).into_response()
}

fn broken(_: Box<dyn std::any::Any + Send>) -> Response {
    // What broke may hold anything, so it is not shown; the panic itself was written by the runtime.
    Failure::Broken("a handler broke".to_owned()).into_response()
}

/// Serves until `stop` ends; then requests under way get [`GRACE`].
pub async fn serve(
    front: Front,
    listener: TcpListener,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let (told, mut hear) = tokio::sync::watch::channel(false);
    let ended = async move {
        stop.await;
        let _ = told.send(true);
    };
    let service = front.clone().into_make_service_with_connect_info::<SocketAddr>();
    let server = axum::serve(listener, service).with_graceful_shutdown(ended);
    let late = async move {
        let _ = hear.wait_for(|told| *told).await;
        tokio::time::sleep(GRACE).await;
    };
    let outcome = tokio::select! {
        outcome = server => outcome,
        () = late => Ok(()),
    };
    front.rest().await;
    outcome
}

/// The daily checkpoint, when it is due. Gives how long to rest.
async fn sign(state: &State) -> Duration {
    let rim = state.rim.clone();
    let operation = move || (rim.operation)(Channel::Job, &(rim.request_id)());
    match state.ask(move |desk| desk.checkpoint_daily(operation)).await {
        Ok(_) => REST,
        Err(failure) => {
            let record = state.links.whole("/");
            tracing::error!(record, "the ledger was not signed: {}", failure.text());
            REST_AFTER_TROUBLE
        }
    }
}

/// The follower: lets go of what need not be kept, adopts a new edition, assesses what waits, rests
/// until somebody rings.
pub(crate) async fn follow(state: State, mut told: tokio::sync::watch::Receiver<bool>) {
    let news = state.news();
    let following: Arc<Mutex<Following>> = Arc::default();
    while !*told.borrow() {
        let operation = {
            let rim = state.rim.clone();
            move || (rim.operation)(Channel::Job, &(rim.request_id)())
        };
        state.look_after_twins().await;
        let now = (state.rim.now)();
        let following = Arc::clone(&following);
        let step = state
            .ask(move |desk| -> Result<Option<Step>, Trouble> {
                let mut following = following.lock().unwrap_or_else(PoisonError::into_inner);
                if !desk.follows(&mut following)? {
                    return Ok(None);
                }
                // First, and whatever becomes of the rest: a call must not wait behind it.
                if let Err(trouble) = desk.follow_calls(&operation, now) {
                    tracing::error!("calls were not moved on: {trouble}");
                }
                desk.tidy(now)?;
                desk.note_twins(&operation)?;
                desk.follow_corpus(&operation)?;
                desk.match_next(operation).map(Some)
            })
            .await;
        let rest = match step {
            Ok(Some(Step::Assessed(_))) => {
                state.matched.notify_waiters();
                continue;
            }
            Ok(Some(Step::CaughtUp | Step::NoEdition)) => sign(&state).await,
            Ok(None) => REST, // another server of this record does it
            Err(failure) => {
                let record = state.links.whole("/");
                tracing::error!(record, "the matcher rests after trouble: {}", failure.text());
                REST_AFTER_TROUBLE
            }
        };
        tokio::select! {
            () = news.notified() => {}
            () = tokio::time::sleep(rest) => {}
            changed = told.changed() => {
                if changed.is_err() {
                    return; // the server is gone
                }
            }
        }
    }
}

/// The poster: sends what is due by mail, one after the other. Apart from the follower, since a mail server that
/// does not answer must not hold up anything else.
pub(crate) async fn post(state: State, mut told: tokio::sync::watch::Receiver<bool>) {
    let following: Arc<Mutex<Following>> = Arc::default();
    while !*told.borrow() {
        let rim = state.rim.clone();
        let operation = move || (rim.operation)(Channel::Job, &(rim.request_id)());
        let now = (state.rim.now)();
        let following = Arc::clone(&following);
        let step = state
            .ask(move |desk| -> Result<Posted, Trouble> {
                let mut following = following.lock().unwrap_or_else(PoisonError::into_inner);
                if !desk.sends_mail() || !desk.posts(&mut following)? {
                    return Ok(Posted::Idle(None));
                }
                desk.post_next(&operation, now)
            })
            .await;
        let rest = match step {
            Ok(Posted::Moved(_)) => continue,
            Ok(Posted::Idle(_)) => REST,
            Err(failure) => {
                let record = state.links.whole("/");
                tracing::error!(record, "mail rests after trouble: {}", failure.text());
                REST_AFTER_TROUBLE
            }
        };
        tokio::select! {
            () = tokio::time::sleep(rest) => {}
            changed = told.changed() => {
                if changed.is_err() {
                    return; // the server is gone
                }
            }
        }
    }
}
