//! The moment that a request asks for (`as_of=`): read, resolved and refused in this one place.
//!
//! Every request passes here. A question gets a desk at its moment through the extractor [`At`]; a
//! change at an earlier moment is refused before its handler sees it. Handlers never meet the
//! parameter, so none can forget it.

use crate::{
    link::{AS_OF, AS_OF_TIME, Here, Links},
    query::decoded,
    state::State,
    trouble::{Failure, Wrong},
    viewer::Admitted,
};
use aftercare_desk::{Desk, Moment, Trouble, answers::AsOf, read_only};
use aftercare_domain::{Sight, When};
use aftercare_vocab::problem::Problem;
use axum::{
    extract::{FromRequestParts, Request, State as Held},
    http::{HeaderName, HeaderValue, Method, StatusCode, Uri, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};
use std::{convert::Infallible, sync::Arc};

/// The header of an answer from the past: `entry 12, 2026-11-24T23:59:59.999999Z`.
pub(crate) const HEADER: HeaderName = HeaderName::from_static("aftercare-as-of");

/// What a request looks at: the desk at its moment, addresses that keep it, the open page.
#[derive(Debug, Clone)]
pub(crate) struct Visit {
    desk: Arc<Desk>,
    links: Links,
    here: Here,
    admitted: Admitted,
}

impl Visit {
    /// The present, on the page of an address.
    pub fn present(state: &State, method: &Method, uri: &Uri, admitted: Admitted) -> Self {
        let desk = match &admitted.viewer {
            Some(viewer) => Arc::new(state.desk.seen_by(&viewer.sight)),
            None => Arc::new(state.desk.seen_by(&Sight::none())),
        };
        Self { desk, links: state.links.at(None), here: here(method, uri), admitted }
    }

    /// The state as this visit sees it.
    pub fn of(self, state: &State) -> State {
        let Self { desk, links, here, admitted: Admitted { viewer, secret } } = self;
        State { desk, links, here, viewer, secret, ..state.clone() }
    }
}

/// The state at the moment that the request asks for.
pub(crate) struct At(pub State);

impl FromRequestParts<State> for At {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Self, Infallible> {
        let visit = parts.extensions.get::<Visit>().cloned();
        let visit = visit.unwrap_or_else(|| {
            Visit::present(state, &parts.method, &parts.uri, Admitted::default())
        });
        Ok(Self(visit.of(state)))
    }
}

/// Takes the moment out of a request and opens the desk there.
pub(crate) async fn travel(Held(state): Held<State>, mut request: Request, next: Next) -> Response {
    let admitted = request.extensions().get::<Admitted>().cloned().unwrap_or_default();
    let mut visit = Visit::present(&state, request.method(), request.uri(), admitted);
    let (asked, rest) = match taken(request.uri()) {
        Ok((None, rest)) => {
            *request.uri_mut() = rest;
            request.extensions_mut().insert(visit);
            return next.run(request).await;
        }
        Ok((Some(asked), rest)) => (asked, rest),
        Err(failure) => return failure.into_response(),
    };
    if !matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS) {
        let refusal = Trouble::Refusal(read_only(&asked.to_string()));
        return Failure::Trouble(refusal).into_response();
    }
    let now = (state.rim.now)();
    let present = Arc::clone(&visit.desk);
    let desk = match state.ask(move |_| present.as_of(asked, now)).await {
        Ok(desk) => desk,
        Err(failure) => return failure.into_response(),
    };
    let header = match desk.moment() {
        Moment::AsOf(as_of) => HeaderValue::from_str(&header(&as_of)).ok(),
        Moment::Present => None,
    };
    visit.desk = Arc::new(desk);
    visit.links = state.links.at(Some(asked));
    *request.uri_mut() = rest;
    request.extensions_mut().insert(visit.clone());
    let mut response = next.run(request).await;
    if let Some(value) = header {
        response.headers_mut().insert(HEADER, value);
    }
    response.extensions_mut().insert(visit);
    response
}

fn header(as_of: &AsOf) -> String {
    format!("entry {}, {}", as_of.entry, as_of.at)
}

/// The moment of an address, and the address without it. An empty value means the present.
fn taken(uri: &Uri) -> Result<(Option<When>, Uri), Failure> {
    let query = uri.query().unwrap_or_default();
    if !query.contains(AS_OF) {
        return Ok((None, uri.clone()));
    }
    // Only the date control of pages sends a time by itself; programs write it into the moment.
    let page = !uri.path().starts_with("/api/");
    let (mut day, mut time) = (None, None);
    let mut rest: Vec<&str> = Vec::new();
    for pair in query.split('&') {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let (place, name) = match name {
            AS_OF => (&mut day, AS_OF),
            AS_OF_TIME if page => (&mut time, AS_OF_TIME),
            _ => {
                rest.push(pair);
                continue;
            }
        };
        if place.replace(decoded(value)?).is_some() {
            let detail = format!("The parameter `{name}` stands twice. Send it once.");
            return Err(Wrong::new(StatusCode::BAD_REQUEST, "repeated_parameter", detail).into());
        }
    }
    let (day, time) = (day.unwrap_or_default(), time.unwrap_or_default());
    let when = match (day.trim(), time.trim()) {
        ("", "") => None,
        ("", _) => {
            let detail = "A time of day was given without its day. Choose the day too.";
            return Err(Wrong::new(StatusCode::BAD_REQUEST, "moment_unreadable", detail).into());
        }
        (day, "") => Some(day.parse().map_err(unreadable)?),
        (day, time) => match day.parse().map_err(unreadable)? {
            When::Day(day) => Some(When::on(day, time).map_err(unreadable)?),
            whole => Some(whole),
        },
    };
    let path = uri.path();
    let address =
        if rest.is_empty() { path.to_owned() } else { format!("{path}?{}", rest.join("&")) };
    let rest = address.parse().map_err(|_| {
        Wrong::new(StatusCode::BAD_REQUEST, "address_unreadable", "The address cannot be read.")
    })?;
    Ok((when, rest))
}

fn unreadable(problem: Problem) -> Failure {
    let detail = format!("`{AS_OF}` names no moment. {problem}");
    Wrong::new(StatusCode::BAD_REQUEST, problem.code, detail).into()
}

/// The open page of a request. A change leaves no page to come back to but the first one.
fn here(method: &Method, uri: &Uri) -> Here {
    if *method != Method::GET {
        return Here::default();
    }
    let mut values = Vec::new();
    for pair in uri.query().unwrap_or_default().split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let (Ok(name), Ok(value)) = (decoded(name), decoded(value)) else { continue };
        let cursor = name == "after" || name.ends_with("_after");
        if !cursor && name != AS_OF && name != AS_OF_TIME && !value.is_empty() {
            values.push((name, value));
        }
    }
    Here { path: uri.path().to_owned(), values }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(address: &str) -> Result<(Option<String>, String), String> {
        let uri: Uri = address.parse().expect("an address");
        match taken(&uri) {
            Ok((when, rest)) => Ok((when.map(|when| when.to_string()), rest.to_string())),
            Err(failure) => Err(failure.text()),
        }
    }

    #[test]
    fn the_moment_is_taken_out_of_the_address() {
        for (address, when, rest) in [
            ("/p?a=1&as_of=2026-11-24&b=2", Some("2026-11-24"), "/p?a=1&b=2"),
            ("/p?as_of=2026-11-24&as_of_time=14%3A05", Some("2026-11-24T14:05:00Z"), "/p"),
            ("/p?as_of=2026-11-24&as_of_time=", Some("2026-11-24"), "/p"),
            ("/p?as_of=entry%3A7", Some("entry:7"), "/p"),
            ("/p?as_of=2026-11-24T15:05:00%2B01:00", Some("2026-11-24T14:05:00Z"), "/p"),
            ("/p?as_of=&as_of_time=", None, "/p"),
            ("/p?q=as_of", None, "/p?q=as_of"),
            (
                "/api/v1?as_of=2026-11-24&as_of_time=14:05",
                Some("2026-11-24"),
                "/api/v1?as_of_time=14:05",
            ),
        ] {
            assert_eq!(read(address), Ok((when.map(str::to_owned), rest.to_owned())), "{address}");
        }
    }

    #[test]
    fn a_moment_that_cannot_be_read_is_refused_with_its_place() {
        for (address, said) in [
            ("/?as_of=soon", "date:"),
            ("/?as_of=2026-02-30", "date:"),
            ("/?as_of=2026-11-24T10:00:00", "zone:"),
            ("/?as_of=2026-11-24&as_of=2026-11-25", "stands twice"),
            ("/?as_of_time=10:00", "without its day"),
            ("/?as_of=2026-11-24&as_of_time=25:00", "time:"),
        ] {
            let refused = read(address).expect_err(address);
            assert!(refused.contains(said), "{address}: {refused}");
        }
    }

    #[test]
    fn the_open_page_forgets_cursors_and_moment() {
        let uri: Uri = "/products?only=x&after=9&as_of=2026-11-24&consignees_after=2&q="
            .parse()
            .expect("an address");
        let found = here(&Method::GET, &uri);
        assert_eq!(found.values, [("only".to_owned(), "x".to_owned())]);
        assert_eq!(here(&Method::POST, &uri), Here::default());
    }
}
