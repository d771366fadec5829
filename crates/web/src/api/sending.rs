//! A change as it was asked for: the ten lines that every change has in common, once.

use super::{Sent, asked, once, operation, parsed, tags};
use crate::{
    guard::{BODY_BYTES, RequestId, body, must_be_json},
    moment::At,
    query::Asked,
    state::State,
    trouble::{Failure, Wrong},
};
use aftercare_desk::Seen;
use aftercare_domain::Operation;
use axum::{
    body::{Body, Bytes},
    extract::{FromRequest, FromRequestParts, Request},
    http::{HeaderMap, Method, StatusCode, Uri},
    response::Response,
};
use serde::de::DeserializeOwned;

/// A change that somebody asks for. Handlers take it last, after the parts of the address.
pub(crate) struct Change {
    /// The record, and who asks.
    pub state: State,
    /// The headers of the request.
    pub headers: HeaderMap,
    request: RequestId,
    method: Method,
    uri: Uri,
    sent: Body,
}

impl FromRequest<State> for Change {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &State) -> Result<Self, Failure> {
        let (mut parts, sent) = request.into_parts();
        let Ok(At(state)) = At::from_request_parts(&mut parts, state).await;
        let Some(request) = parts.extensions.get::<RequestId>().cloned() else {
            return Err(Failure::Broken("a request came without its id".to_owned()));
        };
        let (method, uri, headers) = (parts.method, parts.uri, parts.headers);
        Ok(Self { state, headers, request, method, uri, sent })
    }
}

impl Change {
    /// The version of the thing that the caller saw, from `If-Match`.
    pub fn seen(&self) -> Result<Seen, Failure> {
        tags::seen(&self.headers)
    }

    /// The question of the address; `known` are its parameters.
    pub fn question(&self, known: &[&str]) -> Result<Asked, Failure> {
        Asked::of(&self.uri, known)
    }

    /// Refuses an idempotency key where the answer is a secret: it is not kept, so the key would not
    /// give it again.
    pub fn unkeyed(&self) -> Result<(), Failure> {
        if super::key(&self.headers)?.is_none() {
            return Ok(());
        }
        let detail = "The answer holds a secret that is not kept, so this change takes no Idempotency-Key. Nothing was changed. Send it without; if no answer arrives, send it again and use the last one.";
        Err(Wrong::new(StatusCode::BAD_REQUEST, "idempotency_key", detail).into())
    }

    /// Runs a change with a JSON body and no question.
    pub async fn json<T, F>(
        self,
        work: impl FnOnce(State, Operation, T) -> F + Send + 'static,
    ) -> Result<Response, Failure>
    where
        T: DeserializeOwned + Send + 'static,
        F: Future<Output = Result<Sent, Failure>> + Send + 'static,
    {
        self.json_within(BODY_BYTES, work).await
    }

    /// The same with a body of at most `limit` bytes: one that holds a file.
    pub async fn json_within<T, F>(
        self,
        limit: usize,
        work: impl FnOnce(State, Operation, T) -> F + Send + 'static,
    ) -> Result<Response, Failure>
    where
        T: DeserializeOwned + Send + 'static,
        F: Future<Output = Result<Sent, Failure>> + Send + 'static,
    {
        self.question(&[])?;
        must_be_json(&self.headers)?;
        let read = |state, op, bytes: Bytes| async move {
            let wish = parsed(&bytes)?;
            work(state, op, wish).await
        };
        self.run(limit, read).await
    }

    /// Reads a JSON body that asks and changes nothing.
    pub async fn wish<T: DeserializeOwned>(self) -> Result<(State, T), Failure> {
        self.question(&[])?;
        must_be_json(&self.headers)?;
        let wish = parsed(&body(self.sent, BODY_BYTES).await?)?;
        Ok((self.state, wish))
    }

    /// Runs a change with a JSON body that holds what proves who asks. An idempotency key is compared by what
    /// `asks` gives, which is without the proofs: a digest of a password would be a way to guess it.
    pub async fn proven<T, F>(
        self,
        asks: impl FnOnce(&T) -> String,
        work: impl FnOnce(State, Operation, T) -> F,
    ) -> Result<Response, Failure>
    where
        T: DeserializeOwned,
        F: Future<Output = Result<Sent, Failure>> + Send + 'static,
    {
        self.question(&[])?;
        must_be_json(&self.headers)?;
        let Self { state, headers, request, method, uri, sent } = self;
        let wish: T = parsed(&body(sent, BODY_BYTES).await?)?;
        let digest = asked(&method, &uri, asks(&wish).as_bytes());
        let op = operation(&state, &request, &headers, &digest)?;
        once(&state, &op, work(state.clone(), op.clone(), wish)).await
    }

    /// Runs a change whose body says nothing.
    pub async fn bare<F>(
        self,
        work: impl FnOnce(State, Operation) -> F + Send + 'static,
    ) -> Result<Response, Failure>
    where
        F: Future<Output = Result<Sent, Failure>> + Send + 'static,
    {
        self.run(BODY_BYTES, |state, op, _| work(state, op)).await
    }

    /// Runs a change once for its idempotency key, with its body of at most `limit` bytes.
    pub async fn run<F>(
        self,
        limit: usize,
        work: impl FnOnce(State, Operation, Bytes) -> F,
    ) -> Result<Response, Failure>
    where
        F: Future<Output = Result<Sent, Failure>> + Send + 'static,
    {
        let Self { state, headers, request, method, uri, sent } = self;
        let bytes = body(sent, limit).await?;
        let op = operation(&state, &request, &headers, &asked(&method, &uri, &bytes))?;
        once(&state, &op, work(state.clone(), op.clone(), bytes)).await
    }
}
