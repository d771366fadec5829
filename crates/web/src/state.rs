//! What every handler has: the desk, the rim, the addresses of the assets.

use crate::{
    assets::Addresses,
    guard::RequestId,
    link::{Here, Links},
    portal::Portal,
    replay::Underway,
    trouble::Failure,
    twin::Nest,
    viewer::Secret,
};
use aftercare_desk::{Desk, SignInProvider, Trouble, Viewer, answers::Standing};
use aftercare_domain::{Channel, Date, Operation, access::Right};
use aftercare_vocab::instant::Instant;
use axum::http::{HeaderMap, header};
use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};
use tokio::sync::{Notify, mpsc};

/// Makes an operation: channel, request id.
type MakeOperation = Arc<dyn Fn(Channel, &str) -> Operation + Send + Sync>;

/// Time and chance, which only the program's rim may ask for.
#[derive(Clone)]
pub struct Rim {
    /// The instant now.
    pub now: Arc<dyn Fn() -> Instant + Send + Sync>,
    /// The calendar day now, in the zone that the maker works in.
    pub today: Arc<dyn Fn() -> Date + Send + Sync>,
    /// A new operation for a channel and a request id.
    pub operation: MakeOperation,
    /// A new request id.
    pub request_id: Arc<dyn Fn() -> String + Send + Sync>,
}

impl fmt::Debug for Rim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Rim")
    }
}

/// Shared by all handlers.
#[derive(Debug, Clone)]
pub struct State {
    /// The desk: at the present, or at the moment that a request asks for.
    pub(crate) desk: Arc<Desk>,
    /// Addresses at the desk's moment.
    pub(crate) links: Links,
    /// The page that a request opens.
    pub(crate) here: Here,
    pub(crate) rim: Rim,
    pub(crate) assets: Arc<Addresses>,
    /// Who asks; none before admission.
    pub(crate) viewer: Option<Arc<Viewer>>,
    /// The secret of their session, if a browser asks.
    pub(crate) secret: Option<Secret>,
    /// Whether browsers reach the server encrypted, so that cookies say they want that.
    pub(crate) secure: bool,
    /// The address by which browsers reach the server, where it is configured.
    pub(crate) origin: Option<Arc<str>>,
    /// The sign-in provider, where one is set up.
    pub(crate) provider: Option<SignInProvider>,
    /// What is open to people outside; none where it is not configured, and for twins.
    pub(crate) portal: Option<Arc<Portal>>,
    /// Told when something may wait for the matcher.
    pub(crate) news: Arc<Notify>,
    /// Rung by the matcher after each SBOM.
    pub(crate) matched: Arc<Notify>,
    /// Idempotency keys of requests under way.
    pub(crate) underway: Arc<Underway>,
    pub(crate) hosts: Arc<Vec<String>>,
    /// How many workspaces the installation serves: all that a record is told of the others.
    pub(crate) workspaces: Arc<AtomicUsize>,
    /// Whether the followers go after the record when it is mounted.
    pub(crate) followed: bool,
    /// Where its twins are served; none for a twin, or where nothing is mounted.
    pub(crate) nest: Option<Nest>,
    /// Held by whatever may still use the desk, so that it can be waited for.
    pub(crate) held: Option<mpsc::Sender<()>>,
}

impl State {
    /// The state over a desk. `hosts` are further names (without port) that requests may be sent to,
    /// beside those of the own machine.
    pub fn new(desk: Arc<Desk>, rim: Rim, hosts: Vec<String>) -> Self {
        Self {
            desk,
            links: Links::default(),
            here: Here::default(),
            rim,
            viewer: None,
            secret: None,
            secure: false,
            origin: None,
            provider: None,
            portal: None,
            assets: Arc::new(Addresses::served()),
            news: Arc::default(),
            matched: Arc::default(),
            underway: Arc::default(),
            hosts: Arc::new(hosts),
            workspaces: Arc::new(AtomicUsize::new(1)),
            followed: true,
            nest: None,
            held: None,
        }
    }

    /// The same without followers: nothing happens in the record but what requests ask for.
    #[must_use]
    pub fn unfollowed(self) -> Self {
        Self { followed: false, ..self }
    }

    /// The same reached by browsers at an address: `https://aftercare.maker.example`. Where it begins with
    /// `https`, cookies are sent encrypted alone.
    #[must_use]
    pub fn reached_at(self, origin: &str) -> Self {
        Self { secure: origin.starts_with("https://"), origin: Some(origin.into()), ..self }
    }

    /// The same with a provider that signs people in.
    #[must_use]
    pub fn by_provider(self, provider: SignInProvider) -> Self {
        Self { provider: Some(provider), ..self }
    }

    /// The same with a portal for people outside.
    #[must_use]
    pub fn with_portal(self, portal: Arc<Portal>) -> Self {
        Self { portal: Some(portal), ..self }
    }

    /// The address by which a request reached the server, without a path. The door let no host in that is
    /// not this server's.
    pub(crate) fn origin_of(&self, headers: &HeaderMap) -> String {
        if let Some(origin) = &self.origin {
            return origin.to_string();
        }
        let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
        format!("http://{}", host.unwrap_or_default().to_ascii_lowercase())
    }

    /// The operation of a request: what whoever asks does now.
    pub(crate) fn operation(&self, channel: Channel, request: &RequestId) -> Operation {
        let op = (self.rim.operation)(channel, &request.0);
        match &self.viewer {
            Some(viewer) => viewer.acting(op),
            None => op,
        }
    }

    /// Whether whoever asks has a right.
    pub(crate) fn may(&self, right: Right) -> bool {
        self.viewer.as_ref().is_some_and(|viewer| viewer.may(right))
    }

    /// What forms of this page carry against other sites; empty where no browser is signed in.
    pub(crate) fn mark(&self) -> String {
        let Some(secret) = &self.secret else { return String::new() };
        let pad = (self.rim.operation)(Channel::Ui, "mark").secret().unwrap_or([0; 32]);
        aftercare_desk::form_mark(&secret.0, &pad).unwrap_or_default()
    }

    /// Whose record this is, where there is more than one in the installation.
    pub(crate) fn whose(&self) -> Option<&str> {
        (self.workspaces.load(Ordering::Relaxed) > 1).then(|| self.desk.manufacturer())
    }

    /// The matcher's bell.
    pub fn news(&self) -> Arc<Notify> {
        Arc::clone(&self.news)
    }

    /// Asks the desk something on a blocking thread.
    pub(crate) async fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&Desk) -> Result<T, Trouble> + Send + 'static,
    ) -> Result<T, Failure> {
        let (desk, held) = (Arc::clone(&self.desk), self.held.clone());
        let work = move || {
            let found = question(&desk);
            drop(desk);
            drop(held); // only now: whoever waits for it wants the desk for himself
            found
        };
        tokio::task::spawn_blocking(work)
            .await
            .map_err(|error| Failure::Broken(error.to_string()))?
            .map_err(Failure::Trouble)
    }

    /// Where record and knowledge stand; none when that cannot be read, which pages then say.
    pub(crate) async fn standing(&self) -> Option<Standing> {
        let now = (self.rim.now)();
        self.ask(move |desk| desk.standing(now)).await.ok()
    }
}
