//! Forms of pages. The one that sends an SBOM: multipart, the file in field `sbom`, with it the version
//! that was seen (`entity_version`) and a reason. All others are plain.

use crate::{
    guard::{BODY_BYTES, RequestId, body, media_type},
    query::Asked,
    state::State,
    trouble::{Failure, Wrong},
};
use aftercare_desk::Seen;
use aftercare_domain::{Channel, Operation};
use aftercare_vocab::digest::Digest;
use axum::{
    body::{Body, Bytes},
    extract::{FromRequest, Multipart, Request},
    http::{HeaderMap, StatusCode},
};
use std::collections::BTreeMap;

/// Room for the frame of a form around the document itself, in bytes.
pub(crate) const FRAME_BYTES: usize = 64 * 1024;

/// The field that says a form is of this session.
pub(crate) const MARK: &str = "mark";

/// Longest text of a field that is no file, in bytes: a reason in four-byte letters.
const TEXT_BYTES: usize = 4 * aftercare_domain::text::NOTE_LIMIT;

/// The same where a letter is written.
const WORDS_BYTES: usize = 4 * aftercare_desk::WORDS_LIMIT;

/// Room for the texts of such a form beside its file, in bytes.
const PARTS_BYTES: usize = 512 * 1024;

/// What the form sends.
#[derive(Debug)]
pub(crate) struct Upload {
    pub name: Option<String>,
    pub bytes: Bytes,
    pub seen: Seen,
    pub reason: Option<String>,
}

/// Reads the form. The body must be within bounds already.
pub(crate) async fn sbom(state: &State, request: Request) -> Result<Upload, Failure> {
    let wrong = |what: &str| {
        Failure::from(Wrong::new(
            StatusCode::BAD_REQUEST,
            "form_unreadable",
            format!("{what} Choose a file and send the form again."),
        ))
    };
    let cut = |_| wrong("The form was cut short.");
    let mut form = Multipart::from_request(request, &())
        .await
        .map_err(|_| wrong("The form did not arrive as one."))?;
    let (mut file, mut seen, mut reason, mut mark) = (None, None, None, String::new());
    while let Some(field) = form.next_field().await.map_err(cut)? {
        match field.name() {
            Some("sbom") => {
                let name = field.file_name().map(str::to_owned).filter(|name| !name.is_empty());
                let bytes = field.bytes().await.map_err(|_| wrong("The file was cut short."))?;
                if bytes.is_empty() && name.is_none() {
                    return Err(wrong("No file was chosen."));
                }
                file = Some((name, bytes));
            }
            Some("entity_version") => {
                let text = field.text().await.map_err(cut)?;
                let version = text.parse().map_err(|_| {
                    wrong("The field `entity_version` is not the version of the page's thing.")
                })?;
                seen = Some(version);
            }
            Some("reason") => {
                let text = field.text().await.map_err(cut)?;
                if text.len() > TEXT_BYTES {
                    return Err(wrong("The reason is too long."));
                }
                reason = Some(text).filter(|text| !text.trim().is_empty());
            }
            Some(MARK) => mark = field.text().await.map_err(cut)?,
            _ => {}
        }
    }
    marked(state, &mark)?;
    let (name, bytes) = file.ok_or_else(|| wrong("The form holds no file in the field `sbom`."))?;
    Ok(Upload { name, bytes, seen, reason })
}

/// A file that a form sends.
#[derive(Debug)]
pub(crate) struct Attached {
    pub name: String,
    /// As the sender says; empty = it does not.
    pub media_type: String,
    pub bytes: Bytes,
}

/// Most fields of a form with a file.
const FIELDS_LIMIT: usize = 640;

/// Reads a form with a file in the field `document` and makes the operation it asks for; `limit` is the
/// largest file in bytes. The same form sent twice from the same drawing of a page is one change.
pub(crate) async fn sent_file(
    state: &State,
    request: &RequestId,
    sent: Request,
    limit: usize,
) -> Result<(BTreeMap<String, String>, Attached, Operation), Failure> {
    let (fields, file, op) = sent_parts(state, request, sent, limit).await?;
    let file = file.ok_or_else(|| unreadable("No file was chosen."))?;
    Ok((fields, file, op))
}

/// The same where a file may be left out.
pub(crate) async fn sent_parts(
    state: &State,
    request: &RequestId,
    sent: Request,
    limit: usize,
) -> Result<(BTreeMap<String, String>, Option<Attached>, Operation), Failure> {
    let (fields, file) = plain_parts(sent, limit).await?;
    marked(state, fields.get(MARK).map_or("", String::as_str))?;
    let mut op = state.operation(Channel::Ui, request);
    if let Some(key) = fields.get("key").cloned().and_then(optional) {
        let mut asked = aftercare_vocab::digest::Hasher::default();
        for (name, text) in fields.iter().filter(|(name, _)| *name != MARK) {
            asked.update(format!("{name}={text}\n").as_bytes());
        }
        asked.update(file.as_ref().map_or(&[][..], |file| &file.bytes));
        let asked = asked.finish();
        op = op.once(&format!("{key} {}", asked.hex()), &asked).map_err(|refusal| {
            Wrong::new(StatusCode::BAD_REQUEST, refusal.code, refusal.to_string())
        })?;
    }
    Ok((fields, file, op))
}

/// Reads a form with a file in the field `document`, which may be left out, of whoever sends it.
pub(crate) async fn plain_parts(
    sent: Request,
    limit: usize,
) -> Result<(BTreeMap<String, String>, Option<Attached>), Failure> {
    let cut = |_| unreadable("The form was cut short.");
    let (parts, sent) = sent.into_parts();
    let whole = Request::from_parts(parts, Body::from(body(sent, limit + PARTS_BYTES).await?));
    let mut form = Multipart::from_request(whole, &())
        .await
        .map_err(|_| unreadable("The form did not arrive as one."))?;
    let (mut file, mut fields) = (None, BTreeMap::new());
    while let Some(field) = form.next_field().await.map_err(cut)? {
        let name = field.name().unwrap_or_default().to_owned();
        if name == "document" {
            let name = field.file_name().unwrap_or_default().to_owned();
            let media_type = field.content_type().unwrap_or_default().to_owned();
            let bytes = field.bytes().await.map_err(|_| unreadable("The file was cut short."))?;
            file = Some(Attached { name, media_type, bytes });
        } else {
            let text = field.text().await.map_err(cut)?;
            if text.len() > WORDS_BYTES || fields.len() >= FIELDS_LIMIT {
                return Err(unreadable("A field is too long, or there are too many of them."));
            }
            fields.insert(name, text);
        }
    }
    // A browser sends the field also where nothing was chosen.
    let file = file.filter(|file| !file.name.trim().is_empty() || !file.bytes.is_empty());
    Ok((fields, file))
}

fn unreadable(what: &str) -> Failure {
    let detail = format!("{what} Choose a file and send the form again.");
    Wrong::new(StatusCode::BAD_REQUEST, "form_unreadable", detail).into()
}

/// Reads a form and makes the operation it asks for. The same form sent twice from the same drawing
/// of a page is one change; corrected and sent again it is another.
pub(crate) async fn sent_form(
    state: &State,
    request: &RequestId,
    headers: &HeaderMap,
    sent: Body,
    known: &[&str],
) -> Result<(Asked, Operation), Failure> {
    let known: Vec<&str> = known.iter().copied().chain([MARK]).collect();
    let (form, bytes) = read_form(headers, sent, &known).await?;
    marked(state, &form.text(MARK))?;
    let mut op = state.operation(Channel::Ui, request);
    if let Some(key) = optional(form.text("key")) {
        let asked = Digest::of(&bytes);
        let once = op.once(&format!("{key} {}", asked.hex()), &asked);
        op = once.map_err(|refusal| {
            Wrong::new(StatusCode::BAD_REQUEST, refusal.code, refusal.to_string())
        })?;
    }
    Ok((form, op))
}

/// Reads a form that comes before anybody is signed in: it makes no operation and carries no mark. That
/// another site cannot send it, the door sees.
pub(crate) async fn plain_form(
    headers: &HeaderMap,
    sent: Body,
    known: &[&str],
) -> Result<Asked, Failure> {
    read_form(headers, sent, known).await.map(|(form, _)| form)
}

async fn read_form(
    headers: &HeaderMap,
    sent: Body,
    known: &[&str],
) -> Result<(Asked, Bytes), Failure> {
    if media_type(headers).as_deref() != Some("application/x-www-form-urlencoded") {
        let detail = "The form did not arrive as one. Load the page again and send it from there.";
        return Err(Wrong::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "media_type", detail).into());
    }
    let bytes = body(sent, BODY_BYTES).await?;
    let text = std::str::from_utf8(&bytes).map_err(|_| {
        Wrong::new(StatusCode::BAD_REQUEST, "form_unreadable", "The form is not UTF-8 text.")
    })?;
    Ok((Asked::of_form(text, known)?, bytes))
}

/// Refuses a form that another site could have made. Who is known by a token sends none: no browser adds
/// that by itself.
pub(crate) fn marked(state: &State, mark: &str) -> Result<(), Failure> {
    match &state.secret {
        Some(secret) if !aftercare_desk::mark_belongs(mark, &secret.0) => {
            let detail = "The form does not belong to this session: it was opened before you signed in, or another site sent it. Nothing was changed. Load the page again and send it from there.";
            Err(Wrong::new(StatusCode::FORBIDDEN, "cross_site", detail).into())
        }
        _ => Ok(()),
    }
}

/// A field of a form; nothing but white space counts as none.
pub(crate) fn optional(text: String) -> Option<String> {
    Some(text).filter(|text| !text.trim().is_empty())
}
