//! Asking, within limits.

use crate::reach::Reach;
use reqwest::{
    Url,
    blocking::Client,
    dns::{Addrs, Name, Resolve, Resolving},
    header::{HeaderMap, HeaderName, HeaderValue},
    redirect::Policy,
};
use std::{
    error::Error,
    fmt,
    io::Read as _,
    net::{IpAddr, SocketAddr, ToSocketAddrs as _},
    sync::Arc,
    time::Duration,
};

/// What one answer may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Largest body, in bytes.
    pub bytes: usize,
    /// Until a connection stands.
    pub connect: Duration,
    /// Until the whole answer is there.
    pub whole: Duration,
}

impl Default for Limits {
    /// A document: 1 MiB in 10 seconds.
    fn default() -> Self {
        Self { bytes: 1 << 20, connect: Duration::from_secs(5), whole: Duration::from_secs(10) }
    }
}

/// What is asked.
#[derive(Clone)]
pub struct Request {
    /// Where.
    pub url: String,
    /// How.
    pub method: Method,
    /// Further headers. Their values are not shown.
    pub headers: Vec<(&'static str, String)>,
}

impl Request {
    /// Asks for a document.
    pub fn get(url: &str) -> Self {
        Self { url: url.to_owned(), method: Method::Get, headers: Vec::new() }
    }

    /// Sends a form in the form of `application/x-www-form-urlencoded`.
    pub fn form(url: &str, form: &str) -> Self {
        Self::send(url, Verb::Post, "application/x-www-form-urlencoded", form.as_bytes().to_vec())
    }

    /// Sends bytes.
    pub fn send(url: &str, verb: Verb, content_type: &str, body: Vec<u8>) -> Self {
        let method = Method::Send { verb, content_type: content_type.to_owned(), body };
        Self { url: url.to_owned(), method, headers: Vec::new() }
    }

    /// With one more header.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Neither query nor body: they may hold secrets.
        match &self.method {
            Method::Get => write!(f, "GET {}", shown(&self.url)),
            Method::Send { verb, .. } => write!(f, "{} {}", verb.code(), shown(&self.url)),
        }
    }
}

/// How it is asked.
#[derive(Clone)]
pub enum Method {
    /// Reads.
    Get,
    /// Sends.
    Send {
        /// What for.
        verb: Verb,
        /// What is sent.
        content_type: String,
        /// The bytes.
        body: Vec<u8>,
    },
}

/// What something is sent for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    /// To be added or done.
    Post,
    /// To change what is there.
    Patch,
    /// To take away.
    Delete,
}

impl Verb {
    /// As it stands in a request: `POST`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Post => "POST",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

impl fmt::Debug for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if matches!(self, Self::Get) { "Get" } else { "Send(not shown)" })
    }
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// The HTTP status; also of redirects, which are not followed.
    pub status: u16,
    /// Headers whose values are text, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The whole body.
    pub body: Vec<u8>,
}

impl Response {
    /// The values of a header.
    pub fn header<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let named = self.headers.iter().filter(move |(found, _)| found == name);
        named.map(|(_, value)| value.as_str())
    }
}

/// Why nothing was answered. The query of an address is not shown: it may hold secrets.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The installation is set to stay offline.
    #[error("{0} was not asked: this installation is set to stay offline")]
    Offline(String),
    /// The address cannot be used.
    #[error("{url} was not asked: {why}")]
    Address {
        /// The address.
        url: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// The name leads where this door does not.
    #[error(
        "{url} was not asked: it leads to {address}, which is not among the networks that may be asked"
    )]
    OutOfReach {
        /// The address as it was given.
        url: String,
        /// Where it leads.
        address: IpAddr,
    },
    /// The body is larger than may be.
    #[error("{url} answered more than {bytes} bytes")]
    TooLarge {
        /// The address.
        url: String,
        /// The limit.
        bytes: usize,
    },
    /// No whole answer in time.
    #[error("{url} did not answer within {} seconds", .whole.as_secs())]
    TooSlow {
        /// The address.
        url: String,
        /// The limit.
        whole: Duration,
    },
    /// The connection could not be made, or broke.
    #[error("{url} could not be asked: {why}")]
    Connection {
        /// The address.
        url: String,
        /// What went wrong.
        why: String,
    },
}

/// The way out. One for each purpose: each has its limits.
#[derive(Debug)]
pub struct Door {
    client: Option<Client>,
    reach: Reach,
    limits: Limits,
}

impl Door {
    /// A door that leads so far.
    pub fn new(reach: Reach, limits: Limits) -> Result<Self, Refused> {
        // Fails if there is one already, which is as well.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder()
            .user_agent(concat!("aftercare/", env!("CARGO_PKG_VERSION")))
            .redirect(Policy::none())
            .no_proxy() // a proxy would look names up itself, past the guard
            .referer(false)
            .connect_timeout(limits.connect)
            .timeout(limits.whole)
            .dns_resolver(Arc::new(Guard(reach)))
            .build()
            .map_err(|error| Refused::Connection { url: "nothing".into(), why: root(&error) })?;
        Ok(Self { client: Some(client), reach, limits })
    }

    /// A door that stays shut.
    pub fn offline() -> Self {
        Self { client: None, reach: Reach::Public, limits: Limits::default() }
    }

    /// Asks, and waits for the whole answer.
    pub fn fetch(&self, request: &Request) -> Result<Response, Refused> {
        let place = shown(&request.url);
        let Some(client) = &self.client else { return Err(Refused::Offline(place)) };
        let url = self.checked(&request.url)?;
        let asked = match &request.method {
            Method::Get => client.get(url),
            Method::Send { verb, content_type, body } => {
                let asked = match verb {
                    Verb::Post => client.post(url),
                    Verb::Patch => client.patch(url),
                    Verb::Delete => client.delete(url),
                };
                // Without a body nothing is said of its kind.
                if body.is_empty() {
                    asked
                } else {
                    asked.header("content-type", content_type.as_str()).body(body.clone())
                }
            }
        };
        let mut headers = HeaderMap::new();
        for (name, value) in &request.headers {
            let mut value = HeaderValue::from_str(value).map_err(|_| Refused::Address {
                url: place.clone(),
                why: "a header has a character that none may have",
            })?;
            value.set_sensitive(true);
            headers.append(HeaderName::from_static(name), value);
        }
        let mut answer =
            asked.headers(headers).send().map_err(|error| self.told(&place, &error))?;
        let mut body = Vec::new();
        let most = self.limits.bytes as u64;
        answer.by_ref().take(most + 1).read_to_end(&mut body).map_err(|error| {
            match error.get_ref().and_then(|inner| inner.downcast_ref::<reqwest::Error>()) {
                Some(inner) => self.told(&place, inner),
                None => Refused::Connection { url: place.clone(), why: error.to_string() },
            }
        })?;
        if body.len() > self.limits.bytes {
            return Err(Refused::TooLarge { url: place, bytes: self.limits.bytes });
        }
        let headers = answer.headers().iter().filter_map(|(name, value)| {
            Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned()))
        });
        Ok(Response { status: answer.status().as_u16(), headers: headers.collect(), body })
    }

    /// What can be said of an address before anybody is asked.
    fn checked(&self, text: &str) -> Result<Url, Refused> {
        let refused = |why| Refused::Address { url: shown(text), why };
        let url = Url::parse(text).map_err(|_| refused("it is no address"))?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(refused("it holds an account"));
        }
        let host = url.host_str().ok_or_else(|| refused("it names no host"))?;
        // The resolver is not asked about an address in digits.
        let digits = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>().ok();
        if let Some(address) = digits.filter(|address| !self.reach.includes(*address)) {
            return Err(Refused::OutOfReach { url: shown(text), address });
        }
        let own_machine = host == "localhost"
            || digits.is_some_and(|address| address.to_canonical().is_loopback());
        match url.scheme() {
            "https" => Ok(url),
            "http" if own_machine && self.reach == Reach::OwnMachine => Ok(url),
            _ => Err(refused("it must begin with https://")),
        }
    }

    fn told(&self, place: &str, error: &reqwest::Error) -> Refused {
        let url = place.to_owned();
        if let Some(beyond) = cause::<Beyond>(error) {
            return Refused::OutOfReach { url, address: beyond.0 };
        }
        if error.is_timeout() {
            return Refused::TooSlow { url, whole: self.limits.whole };
        }
        Refused::Connection { url, why: root(error) }
    }
}

/// An address without its query and fragment.
fn shown(url: &str) -> String {
    const LONGEST: usize = 200;
    let end = url.find(['?', '#']).unwrap_or(url.len());
    url[..end].chars().filter(|c| !c.is_control()).take(LONGEST).collect()
}

/// What lies at the bottom of an error: the layers above only say that something went wrong.
fn root(error: &(dyn Error + 'static)) -> String {
    let mut error = error;
    while let Some(source) = error.source() {
        error = source;
    }
    error.to_string()
}

fn cause<'a, E: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a E> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        next = error.source();
    }
    None
}

/// A name leads only to addresses out of reach; the first of them.
#[derive(Debug, thiserror::Error)]
#[error("{0} is out of reach")]
struct Beyond(IpAddr);

/// Looks names up and leaves out what is out of reach.
struct Guard(Reach);

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let reach = self.0;
        Box::pin(async move {
            let name = name.as_str().to_owned();
            let found = tokio::task::spawn_blocking(move || (name.as_str(), 0).to_socket_addrs());
            let found: Vec<SocketAddr> = found.await??.collect();
            let (within, beyond): (Vec<_>, Vec<_>) =
                found.into_iter().partition(|address| reach.includes(address.ip()));
            match beyond.first() {
                Some(address) if within.is_empty() => Err(Beyond(address.ip()).into()),
                _ => Ok(Box::new(within.into_iter()) as Addrs),
            }
        })
    }
}
