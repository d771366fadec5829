//! The front of the server: which record a request is for, by the first part of its address.
//!
//! Every record has a router of its own, made over its own [`State`] and nothing else. The front
//! strips the prefix and hands the request on: a handler knows neither prefix nor neighbours, so it
//! cannot reach another record. What the front answers itself holds names and standing, no content.

use crate::{
    assets::Addresses,
    guard::{Gate, RequestId},
    link::{Links, WORKSPACES},
    pages::workspaces::{self, Said, Workspace},
    routes::{asset, favicon},
    seat::{Kind, Seat, behind, is_of_a_seat},
    serve::{follow, guarded, post, router},
    state::{Rim, State},
    trouble::{Failure, Wrong},
    twin::Nest,
    viewer::recognised,
};
use aftercare_domain::{WorkspaceName, access::Right};
use axum::{
    Extension, Router,
    body::Body,
    extract::Request,
    http::{HeaderMap, StatusCode, Uri, uri::PathAndQuery},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use std::{
    collections::BTreeMap,
    convert::Infallible,
    pin::Pin,
    sync::{
        Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard, Weak,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};
use tokio::{
    sync::{mpsc, watch},
    task::JoinHandle,
};
use tower::{Service, ServiceExt as _};

/// The page of all workspaces, and the same for programs.
const LIST: [&str; 2] = [WORKSPACES, "/api/v1/workspaces"];

/// How long the list of workspaces waits for the standing of one.
const STANDING_WAIT: Duration = Duration::from_secs(5);

/// All records that the server serves. Cheap to clone; records come and go while it runs.
#[derive(Debug, Clone)]
pub struct Front(Arc<Inner>);

#[derive(Debug)]
pub(crate) struct Inner {
    /// What belongs to no record: assets, the list, refusals.
    own: Router,
    assets: Arc<Addresses>,
    seats: RwLock<BTreeMap<String, Occupant>>,
    workspaces: Arc<AtomicUsize>,
}

/// What stands at a prefix.
#[derive(Debug)]
struct Occupant {
    seat: Seat,
    record: Record,
}

#[derive(Debug)]
enum Record {
    Open(Box<Open>),
    /// It could not be opened; why, for people.
    Closed(String),
}

#[derive(Debug)]
struct Open {
    state: State,
    router: Router,
    told: watch::Sender<bool>,
    follower: Option<JoinHandle<((), ())>>,
    /// Ends when nobody holds the record any more.
    held: mpsc::Receiver<()>,
}

/// One of the records that are served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Occupied {
    /// Where it stands.
    pub seat: Seat,
    /// Whose it is; none when it could not be opened.
    pub manufacturer: Option<String>,
    /// Why it is not available, if it is not.
    pub unavailable: Option<String>,
}

/// What the front answers itself.
#[derive(Clone)]
enum Own {
    /// A file, or nothing.
    File,
    List(Front),
    /// The prefix without its slash.
    Slash(String),
    Unavailable {
        front: Front,
        name: String,
        why: String,
    },
    Nowhere(Front),
}

impl Front {
    /// A front without any record. `hosts` are further names (without port) that requests may be sent
    /// to, beside those of the own machine.
    pub fn new(rim: Rim, hosts: Vec<String>) -> Self {
        let gate = Gate { rim, hosts: Arc::new(hosts) };
        let own = Router::new()
            .route("/assets/{digest}/{name}", get(asset))
            .route("/favicon.ico", get(favicon))
            .fallback(own);
        Self(Arc::new(Inner {
            own: guarded(own, &gate),
            assets: Arc::new(Addresses::served()),
            seats: RwLock::default(),
            workspaces: Arc::default(),
        }))
    }

    /// Serves a record at a seat from now on, and sets its followers going. False when another record
    /// is served there: then nothing happens. Call it within the runtime.
    pub fn mount(&self, seat: &Seat, state: State) -> bool {
        let mut seats = self.writing();
        if matches!(seats.get(seat.prefix()), Some(Occupant { record: Record::Open(_), .. })) {
            return false;
        }
        let (hold, held) = mpsc::channel(1);
        let state = State {
            links: Links::under(seat.prefix()),
            workspaces: Arc::clone(&self.0.workspaces),
            held: Some(hold),
            nest: match seat.kind() {
                Kind::Workspace => Nest::under(&self.0, seat),
                Kind::Twin => None,
            },
            ..state
        };
        let (told, hear) = watch::channel(false);
        let follower = state.followed.then(|| {
            let (follower, poster) =
                (follow(state.clone(), hear.clone()), post(state.clone(), hear));
            tokio::spawn(async { tokio::join!(follower, poster) })
        });
        let router = router(state.clone());
        let open = Open { state, router, told, follower, held };
        self.seat(&mut seats, seat, Record::Open(Box::new(open)));
        true
    }

    /// The front again, unless it is gone.
    pub(crate) fn of(inner: &Weak<Inner>) -> Option<Self> {
        inner.upgrade().map(Self)
    }

    /// The seats of the twins of a workspace.
    pub(crate) fn twins_of(&self, name: &WorkspaceName) -> Vec<Occupied> {
        let first = Seat::twin(name, "");
        let all = self.list().into_iter();
        all.filter(|one| {
            one.seat.kind() == Kind::Twin && one.seat.prefix().starts_with(first.prefix())
        })
        .collect()
    }

    /// Whether a record is served at a seat.
    pub(crate) fn is_open(&self, seat: &Seat) -> bool {
        let seats = self.reading();
        matches!(seats.get(seat.prefix()), Some(Occupant { record: Record::Open(_), .. }))
    }

    /// Says at a seat that its record is not available, and why, in words for people: no paths, no
    /// secrets. A record that is served there stays. False when nothing is new in that.
    pub fn close(&self, seat: &Seat, why: &str) -> bool {
        let mut seats = self.writing();
        let new = match seats.get(seat.prefix()).map(|occupant| &occupant.record) {
            None => true,
            Some(Record::Open(_)) => false,
            Some(Record::Closed(said)) => said != why,
        };
        if new {
            self.seat(&mut seats, seat, Record::Closed(why.to_owned()));
        }
        new
    }

    /// Stops serving what stands at a seat. Returns when its followers have stopped, the requests
    /// under way are answered and the front holds nothing of it. False when nothing stood there.
    pub async fn unmount(&self, seat: &Seat) -> bool {
        let gone = {
            let mut seats = self.writing();
            let gone = seats.remove(seat.prefix());
            self.count(&seats);
            gone
        };
        match gone.map(|occupant| occupant.record) {
            None => false,
            Some(Record::Closed(_)) => true,
            Some(Record::Open(open)) => {
                open.end().await;
                true
            }
        }
    }

    /// All that is served, by address.
    pub fn list(&self) -> Vec<Occupied> {
        let seats = self.reading();
        seats
            .values()
            .map(|occupant| {
                let (manufacturer, unavailable) = match &occupant.record {
                    Record::Open(open) => (Some(open.state.desk.manufacturer().to_owned()), None),
                    Record::Closed(why) => (None, Some(why.clone())),
                };
                Occupied { seat: occupant.seat.clone(), manufacturer, unavailable }
            })
            .collect()
    }

    /// Tells all followers to stop and waits for them. Requests are still answered.
    pub(crate) async fn rest(&self) {
        let followers: Vec<JoinHandle<((), ())>> = {
            let mut seats = self.writing();
            let open = seats.values_mut().filter_map(|occupant| match &mut occupant.record {
                Record::Open(open) => Some(open),
                Record::Closed(_) => None,
            });
            open.filter_map(|open| {
                let _ = open.told.send(true);
                open.follower.take()
            })
            .collect()
        };
        for follower in followers {
            let _ = follower.await;
        }
    }

    fn seat(&self, seats: &mut BTreeMap<String, Occupant>, seat: &Seat, record: Record) {
        seats.insert(seat.prefix().to_owned(), Occupant { seat: seat.clone(), record });
        self.count(seats);
    }

    fn count(&self, seats: &BTreeMap<String, Occupant>) {
        let number = seats.values().filter(|one| one.seat.kind() == Kind::Workspace).count();
        self.0.workspaces.store(number, Ordering::Relaxed);
    }

    fn reading(&self) -> RwLockReadGuard<'_, BTreeMap<String, Occupant>> {
        self.0.seats.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn writing(&self) -> RwLockWriteGuard<'_, BTreeMap<String, Occupant>> {
        self.0.seats.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Who answers a path: the router of a record with the rest of the path, or the front itself.
    fn turn(&self, path: &str) -> Result<(Router, String), Own> {
        if path.starts_with("/assets/") || path == "/favicon.ico" {
            return Err(Own::File);
        }
        let several = self.0.workspaces.load(Ordering::Relaxed) > 1;
        if several && LIST.contains(&path) {
            return Err(Own::List(self.clone()));
        }
        let seats = self.reading();
        let found = seats
            .iter()
            .filter(|(prefix, _)| !prefix.is_empty() || !is_of_a_seat(path))
            .filter_map(|(prefix, occupant)| Some((occupant, behind(prefix, path)?)))
            .min_by_key(|(_, rest)| rest.len()); // the longest prefix
        let Some((occupant, rest)) = found else { return Err(Own::Nowhere(self.clone())) };
        match &occupant.record {
            Record::Closed(why) => Err(Own::Unavailable {
                front: self.clone(),
                name: occupant.seat.name().to_owned(),
                why: why.clone(),
            }),
            Record::Open(_) if rest.is_empty() => Err(Own::Slash(format!("{path}/"))),
            Record::Open(open) => Ok((open.router.clone(), rest.to_owned())),
        }
    }

    async fn answer(self, mut request: Request) -> Response {
        let uri = request.uri().clone();
        let own = match self.turn(uri.path()) {
            Ok((router, rest)) => match within(&uri, &rest) {
                Some(inner) => {
                    *request.uri_mut() = inner;
                    return told(router.oneshot(request).await);
                }
                None => Own::Nowhere(self.clone()),
            },
            Err(own) => own,
        };
        request.extensions_mut().insert(own);
        told(self.0.own.clone().oneshot(request).await)
    }

    /// The workspaces with their standing. One that does not answer does not keep the others waiting
    /// for long.
    /// Of a record that whoever asks is not signed in to, nothing is told but that it is there.
    async fn workspaces(&self, headers: &HeaderMap) -> Vec<Workspace> {
        let asked: Vec<(Seat, Result<State, String>)> = self
            .reading()
            .values()
            .filter(|one| one.seat.kind() == Kind::Workspace)
            .map(|one| {
                let state = match &one.record {
                    Record::Open(open) => Ok(open.state.clone()),
                    Record::Closed(why) => Err(why.clone()),
                };
                (one.seat.clone(), state)
            })
            .collect();
        let mut waiting = Vec::with_capacity(asked.len());
        for (seat, state) in asked {
            let headers = headers.clone();
            waiting.push(tokio::spawn(async move {
                let home = Links::under(seat.prefix()).home();
                let name = seat.name().to_owned();
                let state = match state {
                    Ok(state) => state,
                    Err(why) => {
                        return Workspace {
                            name,
                            home,
                            manufacturer: None,
                            said: Said::Unavailable(why),
                        };
                    }
                };
                let known = recognised(&state, &headers).await.ok().and_then(|known| known.viewer);
                if !known.is_some_and(|viewer| viewer.may(Right::SeeRecord)) {
                    return Workspace { name, home, manufacturer: None, said: Said::SignIn };
                }
                let manufacturer = Some(state.desk.manufacturer().to_owned());
                let said = match tokio::time::timeout(STANDING_WAIT, state.standing()).await {
                    Ok(Some(standing)) => Said::Standing(Box::new(standing)),
                    Ok(None) | Err(_) => Said::Unread,
                };
                Workspace { name, home, manufacturer, said }
            }));
        }
        let mut rows = Vec::with_capacity(waiting.len());
        for row in waiting {
            rows.extend(row.await);
        }
        rows
    }
}

impl Open {
    /// Lets everything come to its end.
    async fn end(self: Box<Self>) {
        let Self { state, router, told, follower, mut held } = *self;
        let _ = told.send(true);
        if let Some(follower) = follower {
            let _ = follower.await;
        }
        let desk = Arc::clone(&state.desk);
        drop((state, router));
        while held.recv().await.is_some() {} // nothing is ever sent: it ends when nobody holds
        // Closing a record waits for files or for a server.
        let _ = tokio::task::spawn_blocking(move || drop(desk)).await;
    }
}

/// The address behind the prefix, with its query.
fn within(uri: &Uri, rest: &str) -> Option<Uri> {
    let path = match uri.query() {
        None => rest.to_owned(),
        Some(query) => format!("{rest}?{query}"),
    };
    Some(Uri::from(PathAndQuery::from_maybe_shared(path).ok()?))
}

fn told(answer: Result<Response, Infallible>) -> Response {
    match answer {
        Ok(response) => response,
        Err(never) => match never {},
    }
}

/// Whether the address is one of an API.
fn is_of_a_program(path: &str) -> bool {
    path.ends_with("/api") || path.contains("/api/")
}

async fn own(
    Extension(own): Extension<Own>,
    Extension(request): Extension<RequestId>,
    headers: HeaderMap,
    uri: Uri,
) -> Response {
    let program = is_of_a_program(uri.path());
    let (front, status, code, what, next) = match own {
        Own::List(front) => {
            let rows = front.workspaces(&headers).await;
            return if program {
                axum::Json(workspaces::listed(&rows)).into_response()
            } else {
                workspaces::page(&front.0.assets, &rows).into_response()
            };
        }
        Own::File => return StatusCode::NOT_FOUND.into_response(),
        Own::Slash(to) => {
            let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
            return Redirect::permanent(&format!("{to}{query}")).into_response();
        }
        Own::Unavailable { front, name, why } => (
            front,
            StatusCode::SERVICE_UNAVAILABLE,
            "workspace_unavailable",
            format!("The workspace {name} is not available: {why}"),
            "This says nothing about its devices. Whoever runs this server finds more in its log.",
        ),
        Own::Nowhere(front) => (
            front,
            StatusCode::NOT_FOUND,
            "not_found",
            "There is no record at this address.".to_owned(),
            "It may be mistyped, or the record is not served any more. This says nothing about \
             vulnerabilities.",
        ),
    };
    if program {
        let wrong = Failure::from(Wrong::new(status, code, format!("{what} {next}")));
        let mut details = wrong.details().1;
        details.instance = Some(uri.path().to_owned());
        details.request = Some(request.0);
        return details.into_response();
    }
    (status, workspaces::refused(&front.0.assets, &what, next)).into_response()
}

impl Service<Request<Body>> for Front {
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let front = self.clone();
        Box::pin(async move { Ok(front.answer(request).await) })
    }
}
