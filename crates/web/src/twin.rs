//! Twins at the rim: every answer of one is marked, and those of a record are served beside it.
//!
//! A record that is an original has a [`Nest`]: the place under its own prefix where its twins are
//! mounted. It is the one thing beside its desk that a record is given, and reaches nothing else.

use crate::{
    front::{Front, Inner},
    seat::Seat,
    state::State,
    trouble::Failure,
};
use aftercare_desk::answers::Twin;
use aftercare_domain::{Operation, When, WorkspaceName, twin::TwinName};
use axum::{
    extract::{Request, State as Held},
    http::{HeaderName, HeaderValue},
    middleware::Next,
    response::Response,
};
use std::sync::{Arc, Weak};
use tokio::sync::Mutex;

/// The header of every answer of a twin: its name.
const HEADER: HeaderName = HeaderName::from_static("aftercare-twin");

/// Told in the place of a twin that cannot be opened; the log says more.
const WHY_NOT: &str = "this twin could not be opened, or another program works in it. It is tried again every few \
     seconds; the log of the server says why.";

/// Marks every answer of a twin.
pub(crate) async fn marked(Held(state): Held<State>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let name = state.desk.twin().and_then(|mark| HeaderValue::from_str(mark.name.as_str()).ok());
    if let Some(name) = name {
        response.headers_mut().insert(HEADER, name);
    }
    response
}

/// Where the twins of a record are mounted.
#[derive(Debug, Clone)]
pub(crate) struct Nest {
    front: Weak<Inner>,
    of: WorkspaceName,
    /// Held while twins are mounted or thrown away, so that none is opened again in the midst.
    busy: Arc<Mutex<()>>,
}

impl Nest {
    /// The nest of the workspace at a seat.
    pub fn under(front: &Arc<Inner>, seat: &Seat) -> Option<Self> {
        let of = seat.name().parse().ok()?;
        Some(Self { front: Arc::downgrade(front), of, busy: Arc::default() })
    }

    /// Mounts the twins that are there and not served, and lets go of those that are gone.
    async fn look(&self, state: &State) -> Result<(), Failure> {
        let Some(front) = Front::of(&self.front) else { return Ok(()) };
        let there = state.ask(|desk| desk.twins_here()).await?;
        let seats: Vec<Seat> = there.iter().map(|name| self.seat(name)).collect();
        for old in front.twins_of(&self.of) {
            if !seats.contains(&old.seat) {
                front.unmount(&old.seat).await;
            }
        }
        for (name, seat) in there.into_iter().zip(seats) {
            if front.is_open(&seat) {
                continue;
            }
            match state.ask(move |desk| desk.open_twin(&name)).await {
                Ok(desk) => {
                    let hosts = state.hosts.to_vec();
                    let mut twin = State::new(Arc::new(desk), state.rim.clone(), hosts);
                    if let Some(origin) = &state.origin {
                        twin = twin.reached_at(origin);
                    }
                    front.mount(&seat, twin);
                }
                Err(failure) => {
                    if front.close(&seat, WHY_NOT) {
                        tracing::error!(
                            "the twin {} is not served: {}",
                            seat.name(),
                            failure.text()
                        );
                    }
                }
            }
        }
        Ok(())
    }

    fn seat(&self, name: &TwinName) -> Seat {
        Seat::twin(&self.of, name.as_str())
    }
}

impl State {
    /// The follower's part: mounts what is new, unless somebody is at it.
    pub(crate) async fn look_after_twins(&self) {
        let Some(nest) = &self.nest else { return };
        let Ok(_busy) = nest.busy.try_lock() else { return };
        if let Err(failure) = nest.look(self).await {
            tracing::error!("the twins were not looked after: {}", failure.text());
        }
    }

    /// Forks the record and serves the twin at once.
    pub(crate) async fn fork_twin(
        &self,
        op: Operation,
        name: TwinName,
        as_of: Option<When>,
    ) -> Result<Twin, Failure> {
        let now = (self.rim.now)();
        let twin = self
            .ask(move |desk| match as_of {
                None => desk.fork_twin(&op, name, &mut |_, _, _| ()),
                Some(when) => desk.as_of(when, now)?.fork_twin(&op, name, &mut |_, _, _| ()),
            })
            .await?;
        if let Some(nest) = &self.nest {
            let _busy = nest.busy.lock().await;
            nest.look(self).await?;
        }
        Ok(twin)
    }

    /// Stops serving a twin and throws it away.
    pub(crate) async fn discard_twin(&self, op: Operation, name: TwinName) -> Result<(), Failure> {
        let Some(nest) = &self.nest else {
            return self.ask(move |desk| desk.discard_twin(&op, &name)).await;
        };
        let _busy = nest.busy.lock().await;
        if let Some(front) = Front::of(&nest.front) {
            front.unmount(&nest.seat(&name)).await;
        }
        let done = self.ask(move |desk| desk.discard_twin(&op, &name)).await;
        nest.look(self).await?; // one that could not be thrown away is served again
        done
    }
}
