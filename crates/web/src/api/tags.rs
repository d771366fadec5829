//! Entity tags: `ETag`, `If-None-Match` and `If-Match`.
//!
//! Two kinds. An answer about one thing that can be changed has a *strong* tag,
//! `"<entity version>.<digest of the bytes>"`: with `If-None-Match` it answers "have I these bytes
//! already", with `If-Match` only the version before the point counts, "is the thing still as I saw
//! it". Findings of a version come and go with public knowledge without anybody changing the version;
//! they change the tag but do not stand in the way of a change. Every other answer has a *weak* tag
//! of its bytes, which never fits `If-Match`.

use crate::trouble::{Failure, Wrong};
use aftercare_desk::Seen;
use aftercare_vocab::{digest::Digest, problem::quoted};
use axum::{
    extract::Request,
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

/// The largest answer that gets an `ETag` from its bytes; a larger one goes out without.
const TAGGED_BYTES: u64 = 64 << 20;

/// Marks the tag of an answer that goes out compressed: other bytes, so another strong tag (RFC 9110
/// section 8.8.1).
const PACKED: &str = "+packed";

/// Gives answers to GET an entity tag, and "not modified" to whoever has them already. A handler that
/// knows the tag of its answer sets it.
pub(crate) async fn tagged(request: Request, next: Next) -> Response {
    let asks = matches!(*request.method(), Method::GET | Method::HEAD);
    let known = request.headers().get(header::IF_NONE_MATCH).cloned();
    let response = next.run(request).await;
    if !asks || response.status() != StatusCode::OK {
        return response;
    }
    let (mut parts, mut body) = response.into_parts();
    if !parts.headers.contains_key(header::ETAG)
        && axum::body::HttpBody::size_hint(&body).exact().is_some_and(|size| size <= TAGGED_BYTES)
    {
        let Ok(bytes) = axum::body::to_bytes(body, usize::MAX).await else {
            return Failure::Broken("an answer could not be tagged".to_owned()).into_response();
        };
        if let Ok(value) = HeaderValue::from_str(&weak(&Digest::of(&bytes))) {
            parts.headers.insert(header::ETAG, value);
        }
        body = bytes.into();
    }
    let same = match (&known, parts.headers.get(header::ETAG)) {
        (Some(known), Some(tag)) => matches(known, tag),
        _ => false,
    };
    if same {
        parts.status = StatusCode::NOT_MODIFIED;
        parts.headers.remove(header::CONTENT_TYPE);
        parts.headers.remove(header::CONTENT_DISPOSITION);
        return (parts, axum::body::Body::empty()).into_response();
    }
    (parts, body).into_response()
}

/// Gives an answer that was compressed on its way out a strong tag of its own.
pub(crate) async fn packed(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    if !headers.contains_key(header::CONTENT_ENCODING) {
        return response;
    }
    let strong = headers.get(header::ETAG).and_then(|tag| tag.to_str().ok());
    let strong = strong.filter(|tag| tag.starts_with('"')).and_then(|tag| tag.strip_suffix('"'));
    let other = strong.and_then(|open| HeaderValue::from_str(&format!("{open}{PACKED}\"")).ok());
    if let Some(tag) = other {
        headers.insert(header::ETAG, tag);
    }
    response
}

/// The entity tag of bytes with this digest. Weak, because the bytes may go out compressed.
pub(super) fn weak(digest: &Digest) -> String {
    format!("W/\"{}\"", &digest.hex()[..32])
}

/// The entity tag of an answer about a thing that has reached `version`.
pub(super) fn strong(version: u64, bytes: &[u8]) -> String {
    format!("\"{version}.{}\"", &Digest::of(bytes).hex()[..32])
}

/// The weak comparison of RFC 9110 section 8.8.3.2, with any tag of the list.
fn matches(known: &HeaderValue, tag: &HeaderValue) -> bool {
    fn opaque(text: &str) -> &str {
        let text = text.trim();
        let text = text.strip_prefix("W/").unwrap_or(text).trim_matches('"');
        text.strip_suffix(PACKED).unwrap_or(text)
    }
    match (known.to_str(), tag.to_str()) {
        (Ok(known), Ok(tag)) => {
            known.split(',').any(|one| one.trim() == "*" || opaque(one) == opaque(tag))
        }
        _ => false,
    }
}

/// The version of the thing that the caller saw, from `If-Match`: the tag of its answer, or its
/// `entity_version` in quotes. A header that cannot be read is refused: it would not protect.
pub(super) fn seen(headers: &HeaderMap) -> Result<Seen, Failure> {
    let mut tags = headers.get_all(header::IF_MATCH).iter();
    let first = match (tags.next(), tags.next()) {
        (None, _) => return Ok(None),
        (Some(tag), None) => tag.to_str().unwrap_or_default().trim(),
        (Some(_), Some(_)) => "",
    };
    if first == "*" {
        return Ok(None); // that the thing is there is asked of every change
    }
    let version = first
        .strip_prefix('"')
        .and_then(|tag| tag.strip_suffix('"'))
        .and_then(|tag| tag.split('.').next().and_then(|version| version.parse().ok()));
    if version.is_some() {
        return Ok(version);
    }
    let detail = format!(
        "If-Match {} is not the strong tag of one answer. Send the ETag of the thing as you read it, or \
         its `entity_version` in quotes. Nothing was changed.",
        quoted(first)
    );
    Err(Wrong::new(StatusCode::BAD_REQUEST, "if_match_unreadable", detail).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(tag: &str) -> Option<Seen> {
        let mut headers = HeaderMap::new();
        headers.insert(header::IF_MATCH, HeaderValue::from_str(tag).expect("a value"));
        seen(&headers).ok()
    }

    #[test]
    fn the_version_is_read_from_a_strong_tag_and_nothing_else() {
        assert_eq!(seen(&HeaderMap::new()).ok(), Some(None));
        assert_eq!(read(&strong(12, b"x")), Some(Some(12)));
        assert_eq!(read("\"3.00ff+packed\""), Some(Some(3)));
        assert_eq!(read("\"0\""), Some(Some(0)));
        assert_eq!(read("*"), Some(None));
        for bad in ["", "3", "W/\"3.00ff\"", "\"x\"", "\"1\", \"2\"", "\"-1\"", "\"\""] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }
}
