//! A server that is asked instead of the record's own files: with the API token of a person, so that it shows and
//! does what that person may, and nothing else.

use crate::{
    config::Settings,
    ending::Failure,
    moment::{self, MomentArgs},
    operation,
};
use aftercare_desk::{
    BlastWish, ChangeWish, Desk,
    answers::{Answer, AsOf, BlastRadius, Changes, NothingFound},
};
use aftercare_domain::When;
use aftercare_net::{Door, Limits, Reach, Refused, Request, Response, Verb};
use aftercare_web::link::encoded;
use serde::{Deserialize, de::DeserializeOwned};
use std::{fmt::Write as _, time::Duration};

/// What one answer of a server may cost: a blob is the largest.
const LIMITS: Limits =
    Limits { bytes: 512 << 20, connect: Duration::from_secs(10), whole: Duration::from_mins(5) };

#[derive(Debug, Default, clap::Args)]
pub struct ServerArgs {
    /// Ask this server with the API token in AFTERCARE_TOKEN [default: AFTERCARE_SERVER, else the data directory]
    #[arg(long, value_name = "URL")]
    server: Option<String>,
}

impl ServerArgs {
    /// The server that was named.
    pub fn named(&self) -> Option<&str> {
        self.server.as_deref()
    }
}

/// A server, and whose token it is asked with.
pub struct Server {
    door: Door,
    base: String,
    token: String,
}

/// What a server says when it does not do what it was asked.
#[derive(Debug, Deserialize)]
struct Told {
    detail: String,
    next: Option<String>,
    who: Option<String>,
    #[serde(default)]
    problems: Vec<Unread>,
    nothing: Option<NothingFound>,
}

/// Something in a sent document that could not be read.
#[derive(Debug, Deserialize)]
struct Unread {
    place: String,
    what: String,
    next: String,
}

impl Server {
    /// The server that is configured, if one is.
    pub fn of(settings: &Settings) -> Result<Option<Self>, Failure> {
        if settings.server.is_empty() {
            return Ok(None);
        }
        if settings.token.is_empty() {
            return Err(Failure::Wrong(format!(
                "The server {} is asked with an API token, and none is given. Issue one on the page of your account \
                 there, and set it as AFTERCARE_TOKEN.",
                settings.server
            )));
        }
        let mut base = settings.server.trim_end_matches('/').to_owned();
        if !settings.workspace.is_main() {
            let _ = write!(base, "/w/{}", encoded(&settings.workspace.to_string()));
        }
        if let Some(twin) = &settings.twin {
            let _ = write!(base, "/t/{}", encoded(&twin.to_string()));
        }
        let door = Door::new(Reach::OwnMachine, LIMITS).map_err(|refused| unreachable(&refused))?;
        Ok(Some(Self { door, base, token: settings.token.clone() }))
    }

    /// Asks for a path below its address, with what is asked of it.
    pub fn get(&self, path: &str, query: &[(&str, String)]) -> Result<Response, Failure> {
        let mut url = format!("{}{path}", self.base);
        for (name, value) in query.iter().filter(|(_, value)| !value.is_empty()) {
            let sign = if url.contains('?') { '&' } else { '?' };
            let _ = write!(url, "{sign}{name}={}", encoded(value));
        }
        self.door.fetch(&self.signed(Request::get(&url))).map_err(|refused| unreachable(&refused))
    }

    /// Sends something, once for its key.
    pub fn send(
        &self,
        verb: Verb,
        path: &str,
        (content_type, body): (&str, Vec<u8>),
        key: &str,
    ) -> Result<Response, Failure> {
        let request = Request::send(&format!("{}{path}", self.base), verb, content_type, body)
            .with("idempotency-key", key);
        self.door.fetch(&self.signed(request)).map_err(|refused| {
            let message = unreachable(&refused);
            match refused {
                // Nothing left this machine.
                Refused::Offline(_) | Refused::Address { .. } | Refused::OutOfReach { .. } => {
                    message
                }
                _ => Failure::Trouble(format!(
                    "{message} Whether it was done there is not known. Send it again with `--key {key}`: it is \
                     done once."
                )),
            }
        })
    }

    fn signed(&self, request: Request) -> Request {
        request.with("authorization", &format!("Bearer {}", self.token))
    }

    fn answer<T: DeserializeOwned>(
        &self,
        path: &str,
        query: &[(&str, String)],
    ) -> Result<Result<T, NothingFound>, Failure> {
        let response = self.get(path, query)?;
        if response.status == 200 {
            return serde_json::from_slice(&response.body).map(Ok).map_err(|error| {
                Failure::Trouble(format!(
                    "{} answered what this program does not understand ({error}). Use the same version of both.",
                    self.base
                ))
            });
        }
        match serde_json::from_slice::<Told>(&response.body) {
            Ok(Told { nothing: Some(nothing), .. }) => Ok(Err(nothing)),
            _ => Err(refused(&response)),
        }
    }

    fn certain<T: DeserializeOwned>(
        &self,
        path: &str,
        query: &[(&str, String)],
    ) -> Result<T, Failure> {
        self.answer(path, query)?.map_err(|nothing| Failure::Wrong(nothing.what))
    }
}

fn unreachable(refused: &Refused) -> Failure {
    match refused {
        Refused::Address { .. } | Refused::OutOfReach { .. } | Refused::Offline(_) => {
            Failure::Wrong(format!("{refused}. Name the server as `https://HOST`."))
        }
        _ => Failure::Trouble(format!("{refused}.")),
    }
}

/// What a server said instead of an answer.
pub fn refused(response: &Response) -> Failure {
    let Ok(told) = serde_json::from_slice::<Told>(&response.body) else {
        let message = format!(
            "The answer has the status {} and is none of this program's API. Is this the address of an Aftercare \
             server?",
            response.status
        );
        return Failure::Wrong(message);
    };
    let mut message = told.detail;
    for problem in &told.problems {
        let _ = write!(message, "\n  {}: {} {}", problem.place, problem.what, problem.next);
    }
    if let Some(who) = told.who {
        let _ = write!(message, " Who may: {who}.");
    }
    if let Some(next) = told.next {
        let _ = write!(message, " {next}");
    }
    if response.status >= 500 { Failure::Trouble(message) } else { Failure::Wrong(message) }
}

/// Where the record is that is asked, at a moment.
pub enum Place {
    /// In the data directory.
    Here(Box<Desk>),
    /// At a server.
    There(Server, Option<When>),
}

impl Place {
    /// Opens the record, or finds the server.
    pub fn open(settings: &Settings, moment: &MomentArgs) -> Result<Self, Failure> {
        match Server::of(settings)? {
            Some(server) => Ok(Self::There(server, moment.asked())),
            None => Ok(Self::Here(Box::new(moment.open(settings)?))),
        }
    }

    /// The moment that it is asked about; none = the present.
    pub fn as_of(&self) -> Result<Option<AsOf>, Failure> {
        /// What matters of where the record stands.
        #[derive(Deserialize)]
        struct Standing {
            as_of: Option<AsOf>,
        }
        match self {
            Self::Here(desk) => Ok(moment::of(desk)),
            Self::There(_, None) => Ok(None),
            Self::There(server, Some(_)) => {
                let standing: Standing = server.certain("/api/v1/standing", &[self.moment()])?;
                Ok(standing.as_of)
            }
        }
    }

    fn moment(&self) -> (&'static str, String) {
        let when = match self {
            Self::There(_, Some(when)) => when.to_string(),
            Self::There(_, None) | Self::Here(_) => String::new(),
        };
        ("as_of", when)
    }

    /// Asks the question of the ask box.
    pub fn ask(&self, question: &str) -> Result<Answer, Failure> {
        match self {
            Self::Here(desk) => Ok(desk.ask(question, operation::today())?),
            Self::There(server, _) => {
                server.certain("/api/v1/ask", &[("q", question.to_owned()), self.moment()])
            }
        }
    }

    /// A page of the reach of a vulnerability.
    pub fn blast_radius(
        &self,
        id: &str,
        wish: &BlastWish,
    ) -> Result<Result<BlastRadius, NothingFound>, Failure> {
        match self {
            Self::Here(desk) => Ok(desk.blast_radius(id, wish, operation::today())?),
            Self::There(server, _) => server.answer(
                &format!("/api/v1/vulnerabilities/{}", encoded(id)),
                &[
                    ("products_after", wish.products_after.clone()),
                    ("consignees_after", wish.consignees_after.clone()),
                    self.moment(),
                ],
            ),
        }
    }

    /// A page of what changed.
    pub fn changes(&self, wish: &ChangeWish) -> Result<Changes, Failure> {
        match self {
            Self::Here(desk) => Ok(desk.changes(wish, operation::now())?),
            Self::There(server, _) => server.certain(
                "/api/v1/changes",
                &[
                    ("from", wish.from.to_string()),
                    ("to", wish.to.map(|to| to.to_string()).unwrap_or_default()),
                    ("kind", wish.only.map(|kind| kind.code().to_owned()).unwrap_or_default()),
                    ("after", wish.after.clone()),
                ],
            ),
        }
    }
}
