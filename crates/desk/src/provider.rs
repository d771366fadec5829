//! Signing in by an identity provider (OpenID Connect): who somebody is, another system says.
//!
//! It says nothing about what they may do: nobody is added by it, and nobody gets a role. A person is
//! known by the provider's name for them, which is linked to the account on first use; whose login the
//! administrator gave it decides. The provider's word is one component; whoever has a code generator
//! here gives its code as well.

use crate::{
    Desk, Origin, SignInStep, Trouble,
    proof::note_failure,
    sign_in::{begin, keep_credential, second_step, secret},
    viewer::key_of,
};
use aftercare_domain::{
    Operation, Refusal,
    credential::{Factor, Occasion},
    roster::Roster,
    session::Attempt,
};
use aftercare_net::{Door, Limits, Reach};
use aftercare_register::{Fault, Pen};
use aftercare_signin::{
    oidc::{
        self, Back, Fetch, Identity, Keys, Pending, Presence, Provider, RANDOM, Refused, Request,
        Response, SecretCode, Settings,
    },
    secret::SecretText,
    token::Bearer,
};
use aftercare_vocab::{digest::Digest, id::PersonId, instant::Instant};
use serde::{Deserialize, Serialize};
use std::sync::{Arc, Mutex, PoisonError};

/// What the provider says of itself is asked for again after a day.
const DESCRIPTION_MICROS: i64 = 24 * 60 * 60 * 1_000_000;

/// By which claim a person is found the first time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LinkBy {
    /// The address that the provider verified is the login here.
    #[default]
    Email,
    /// The login there (`preferred_username`) is the login here. For providers that let nobody choose it.
    Username,
}

/// What the operator sets.
#[derive(Debug, Clone)]
pub struct ProviderSettings {
    /// The provider, exactly as it names itself.
    pub issuer: String,
    /// The name under which it knows us.
    pub client_id: String,
    /// What proves us to it; empty = PKCE alone.
    pub client_secret: String,
    /// What people call it.
    pub name: String,
    /// How people are found the first time.
    pub link: LinkBy,
}

/// The provider of an installation, with what is known of it. Cheap to clone.
#[derive(Clone)]
pub struct SignInProvider {
    settings: Arc<ProviderSettings>,
    fetch: Arc<dyn Fetch + Send + Sync>,
    known: Arc<Mutex<Known>>,
}

impl std::fmt::Debug for SignInProvider {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SignInProvider({})", self.settings.issuer)
    }
}

#[derive(Default)]
struct Known {
    provider: Option<(Provider, Instant)>,
    keys: Keys,
}

/// The guarded door out. It is made anew each time: it must not be dropped on an asynchronous task.
struct Outside(Reach);

impl Fetch for Outside {
    fn fetch(&self, request: Request<'_>) -> Result<Response, String> {
        let limits = Limits { bytes: oidc::LARGEST_DOCUMENT, ..Limits::default() };
        let door = Door::new(self.0, limits).map_err(|refused| refused.to_string())?;
        let request = match request {
            Request::Get { url } => aftercare_net::Request::get(url),
            Request::Post { url, form, authorization } => {
                let request = aftercare_net::Request::form(url, form.expose());
                match authorization {
                    Some(value) => request.with("authorization", value.expose()),
                    None => request,
                }
            }
        };
        let response = door.fetch(&request).map_err(|refused| refused.to_string())?;
        Ok(Response { status: response.status, body: response.body })
    }
}

impl SignInProvider {
    /// The provider, asked through the guarded door: also within private networks, and on the own machine
    /// where the issuer begins with `http:`, which is taken nowhere else.
    pub fn new(settings: ProviderSettings) -> Self {
        let own = settings.issuer.starts_with("http://");
        let reach = if own { Reach::OwnMachine } else { Reach::Inside };
        Self::through(settings, Arc::new(Outside(reach)))
    }

    /// The same asked in another way.
    pub fn through(settings: ProviderSettings, fetch: Arc<dyn Fetch + Send + Sync>) -> Self {
        Self { settings: Arc::new(settings), fetch, known: Arc::default() }
    }

    /// What people call it.
    pub fn name(&self) -> &str {
        &self.settings.name
    }

    fn settings(&self, redirect_uri: &str) -> Settings {
        let of = &self.settings;
        Settings {
            issuer: of.issuer.clone(),
            client_id: of.client_id.clone(),
            client_secret: Some(&of.client_secret)
                .filter(|secret| !secret.is_empty())
                .map(|secret| SecretText::new(secret.clone())),
            redirect_uri: redirect_uri.to_owned(),
            scopes: vec!["profile".to_owned(), "email".to_owned()],
        }
    }

    fn described(&self, settings: &Settings, now: Instant) -> Result<Provider, Refused> {
        let known = |known: &Known| {
            let (provider, since) = known.provider.as_ref()?;
            (now < since.plus_micros(DESCRIPTION_MICROS)).then(|| provider.clone())
        };
        if let Some(provider) = known(&self.lock()) {
            return Ok(provider);
        }
        // Not while others wait: the provider may be slow.
        let provider = Provider::discover(settings, &*self.fetch)?;
        self.lock().provider = Some((provider.clone(), now));
        Ok(provider)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A sign-in that was begun. Shows nothing of it.
pub struct ProviderBegun {
    /// Where the browser is sent.
    pub address: String,
    /// For a cookie: only the browser that has it can finish.
    pub browser: String,
}

impl std::fmt::Debug for ProviderBegun {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ProviderBegun(..)")
    }
}

/// What the browser brings back in the address. Shows nothing of it.
#[derive(Clone, Default)]
pub struct ProviderBack {
    /// The sign-in it answers.
    pub state: Option<String>,
    /// What the token is fetched with.
    pub code: Option<String>,
    /// The provider that answers.
    pub iss: Option<String>,
    /// Why it refused, as a code.
    pub error: Option<String>,
    /// The same in words.
    pub error_description: Option<String>,
}

impl std::fmt::Debug for ProviderBack {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ProviderBack(..)")
    }
}

/// What waits for the browser to come back.
#[derive(Serialize, Deserialize)]
struct Begun {
    pending: Pending,
    redirect_uri: String,
    to: String,
}

/// What is kept of a link: the provider and its name for the person.
#[derive(Serialize, Deserialize, PartialEq, Eq)]
struct Link {
    issuer: String,
    subject: String,
}

impl Desk {
    /// Begins to sign in by the provider. `to` is where to go then. A twin asks nobody outside.
    pub fn begin_by_provider(
        &self,
        op: &Operation,
        provider: &SignInProvider,
        redirect_uri: &str,
        to: &str,
    ) -> Result<ProviderBegun, Trouble> {
        self.outward("Signing in by a provider")?;
        let mut random = [0; RANDOM];
        for part in random.chunks_mut(32) {
            part.copy_from_slice(&secret(op)?);
        }
        let settings = provider.settings(redirect_uri);
        let described = provider.described(&settings, op.at).map_err(refused)?;
        let begun = oidc::begin(&described, &settings, &random, Presence::Any, op.at);
        let begun = begun.map_err(refused)?;
        let browser = Bearer::from_bytes(secret(op)?).text().expose().to_owned();
        let (redirect_uri, to) = (redirect_uri.to_owned(), to.to_owned());
        let state = Begun { pending: begun.pending, redirect_uri, to };
        let text = serde_json::to_string(&state).map_err(|e| Fault::shape("a sign-in", e))?;
        let until = op.at.plus_micros(oidc::LONGEST_STAY);
        self.beside(op, |pen| Ok(pen.wait(&place(&browser), &text, until)?))?;
        Ok(ProviderBegun { address: begun.address, browser })
    }

    /// Finishes it with what the browser brought back, and says where to go. Uses the sign-in up.
    pub fn finish_by_provider(
        &self,
        op: &Operation,
        provider: &SignInProvider,
        browser: &str,
        back: ProviderBack,
        origin: &Origin,
    ) -> Result<(SignInStep, String), Trouble> {
        self.outward("Signing in by a provider")?;
        let text = self.beside(op, |pen| Ok(pen.take_waiting(&place(browser))?))?;
        let begun = text.and_then(|text| serde_json::from_str::<Begun>(&text).ok());
        let Some(Begun { pending, redirect_uri, to }) = begun else {
            return Err(refused(Refused::State).into());
        };
        let settings = provider.settings(&redirect_uri);
        let identity = provider.described(&settings, op.at).and_then(|described| {
            let mut keys = provider.lock().keys.clone();
            let back = Back {
                state: back.state,
                code: back.code.map(SecretCode),
                iss: back.iss,
                error: back.error,
                error_description: back.error_description,
            };
            let fetch = &*provider.fetch;
            let found =
                oidc::finish(&described, &settings, &mut keys, pending, &back, fetch, op.at);
            provider.lock().keys = keys;
            found
        });
        let identity = match identity {
            Ok(identity) => identity,
            Err(why) => {
                self.failed(op, None, Attempt::SignIn)?;
                return Err(refused(why).into());
            }
        };
        let done = self.beside(op, |pen| {
            let roster = pen.facts().roster()?;
            let Some(person) = known(pen, op, &roster, provider, &identity)? else {
                note_failure(pen, None, Attempt::SignIn, op.at)?;
                return Ok(Err(nobody(provider.name())));
            };
            let factors = vec![Factor::Provider];
            let credentials = pen.credentials(person)?;
            let link = credentials.iter().find(|one| one.factor == Factor::Provider);
            if let Some(link) = link
                && credentials.iter().any(|one| one.factor == Factor::Totp)
            {
                let step = second_step(pen, op, person, (link.id, factors))?;
                return Ok(Ok(SignInStep::Second(step)));
            }
            begin(pen, op, person, factors, origin).map(SignInStep::Done).map(Ok)
        })?;
        Ok((done?, to))
    }
}

/// The person whom the provider means: by an earlier link, else by the login that an administrator gave,
/// which links them from now on. A login that is linked to another account there stays that one's.
fn known(
    pen: &mut Pen<'_>,
    op: &Operation,
    roster: &Roster,
    provider: &SignInProvider,
    identity: &Identity,
) -> Result<Option<PersonId>, Trouble> {
    let link = Link { issuer: identity.issuer.clone(), subject: identity.subject.clone() };
    let mut linked = Vec::new();
    for one in pen.credentials_by(Factor::Provider)? {
        let kept: Link = serde_json::from_str(&one.secret)
            .map_err(|e| Fault::shape("a link to a provider", e))?;
        if kept == link {
            return Ok(roster.active(one.person).is_ok().then_some(one.person));
        }
        linked.push(one.person);
    }
    let login = match provider.settings.link {
        LinkBy::Email => identity.email.as_deref(),
        LinkBy::Username => identity.login.as_deref(),
    };
    let Some(login) = login.map(str::to_lowercase) else { return Ok(None) };
    let Some(person) = roster.person_of_login(&login).filter(|known| known.active()) else {
        return Ok(None);
    };
    if linked.contains(&person.id) {
        return Ok(None);
    }
    let text = serde_json::to_string(&link).map_err(|e| Fault::shape("a link", e))?;
    let what = (text, provider.name().to_owned());
    keep_credential(pen, op, (person.id, Factor::Provider), what, Occasion::Own)?;
    Ok(Some(person.id))
}

fn place(browser: &str) -> Digest {
    key_of("sign-in by a provider", browser.trim())
}

fn nobody(name: &str) -> Refusal {
    Refusal::new(
        "provider_unknown_person",
        format!("{name} knows you, but nobody was added here under your login."),
        "Ask an administrator to add you under it, or sign in with login and password.",
    )
}

fn refused(why: Refused) -> Refusal {
    Refusal::new(
        "provider_refused",
        format!("Nobody was signed in: {why}."),
        "Begin again, or sign in with login and password.",
    )
}
