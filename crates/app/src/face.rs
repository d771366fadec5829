//! The one place where the web face is called, and given the clock and chance.

use crate::{
    config::Settings,
    ending::{Ending, Failure},
    operation, paper, record,
};
use aftercare_desk::{Desk, SignInProvider};
use aftercare_domain::WorkspaceName;
use aftercare_register::Access;
use aftercare_web::{Front, Portal, Rim, Seat, State};
use std::{future::Future, io, net::SocketAddr, sync::Arc, time::Duration};

/// How often workspaces are looked for that are new, or could not be opened before.
const LOOK_AGAIN: Duration = Duration::from_secs(5);

/// A workspace with its desk, or why there is none.
pub type Opened = (WorkspaceName, Result<Desk, Failure>);

/// All workspaces behind one door.
pub struct House {
    front: Front,
    rim: Rim,
    hosts: Vec<String>,
    /// The address by which browsers come, where it is configured.
    origin: Option<String>,
    /// The sign-in provider, where one is configured.
    provider: Option<SignInProvider>,
    /// What is open to people outside.
    portal: Option<Arc<Portal>>,
}

impl House {
    /// Without any record yet.
    pub fn new(
        address: SocketAddr,
        origin: Option<&str>,
        provider: Option<SignInProvider>,
        portal: Option<Arc<Portal>>,
    ) -> Self {
        let rim = Rim {
            now: Arc::new(operation::now),
            today: Arc::new(operation::today),
            operation: Arc::new(|channel, request| {
                // Whoever asks takes it over, once they are known.
                let op = operation::begin("server", channel);
                op.clone().requested_as(request).unwrap_or(op)
            }),
            request_id: Arc::new(operation::request_id),
        };
        let mut hosts = vec![address.ip().to_string()];
        let outside = origin.and_then(|origin| origin.split_once("://"));
        if let Some((_, host)) = outside {
            hosts.push(host.split(':').next().unwrap_or(host).to_owned());
        }
        let origin = origin.map(str::to_owned);
        Self { front: Front::new(rim.clone(), hosts.clone()), rim, hosts, origin, provider, portal }
    }

    /// Serves what was opened, or says why it was not. Call it within the runtime.
    pub fn take(&self, name: &WorkspaceName, opened: Result<Desk, Failure>) {
        let seat = Seat::workspace(name);
        match opened {
            Ok(desk) => {
                let mut state = State::new(Arc::new(desk), self.rim.clone(), self.hosts.clone());
                if let Some(origin) = &self.origin {
                    state = state.reached_at(origin);
                }
                if let Some(provider) = &self.provider {
                    state = state.by_provider(provider.clone());
                }
                if let Some(portal) = &self.portal {
                    state = state.with_portal(Arc::clone(portal));
                }
                if self.front.mount(&seat, state) {
                    tracing::info!("the workspace {name} is served");
                }
            }
            Err(failure) => {
                let why = failure.to_string();
                if self.front.close(&seat, WHY_NOT) {
                    tracing::error!("the workspace {name} is not available: {why}");
                }
            }
        }
    }

    /// The workspaces that are served.
    fn served(&self) -> Vec<Seat> {
        let all = self.front.list().into_iter();
        all.filter(|one| one.unavailable.is_none()).map(|one| one.seat).collect()
    }
}

/// Told on pages; the log says more. Nothing of the machine is told to whoever reads a page.
const WHY_NOT: &str = "its record could not be opened, or another program writes to it. It is tried again every \
     few seconds; the log of the server says why.";

/// Serves pages and API until `stop` ends, then finishes the requests under way.
pub async fn serve(
    house: House,
    settings: Settings,
    listener: tokio::net::TcpListener,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let front = house.front.clone();
    let looking = tokio::spawn(async move {
        loop {
            tokio::time::sleep(LOOK_AGAIN).await;
            let (served, settings) = (house.served(), settings.clone());
            let found = tokio::task::spawn_blocking(move || missing(&settings, &served)).await;
            for (name, opened) in found.unwrap_or_default() {
                house.take(&name, opened);
            }
        }
    });
    let outcome = aftercare_web::serve(front, listener, stop).await;
    looking.abort();
    outcome
}

/// Opens the workspaces that hold a record and are not served.
fn missing(settings: &Settings, served: &[Seat]) -> Vec<Opened> {
    // What cannot be listed now is looked for again.
    let (names, _) = settings.workspaces().unwrap_or_default();
    let mut opened = Vec::new();
    for name in names {
        let settings = settings.of(&name);
        if served.contains(&Seat::workspace(&name))
            || matches!(record::exists(&settings), Ok(false))
        {
            continue;
        }
        let desk = record::open(&settings, Access::Write);
        opened.push((name, desk));
    }
    opened
}

/// Prints the OpenAPI document.
pub fn openapi() -> Result<Ending, Failure> {
    let text = aftercare_web::openapi().map_err(|error| {
        Failure::Trouble(format!("The description cannot be written: {error}."))
    })?;
    paper::print(text.as_bytes())?;
    Ok(Ending::Done)
}
