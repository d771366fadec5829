//! The form that sends an SBOM: multipart, the file in field `sbom`, with it the version that was seen
//! (`entity_version`) and a reason.

use crate::trouble::{Failure, Wrong};
use aftercare_desk::Seen;
use axum::{
    body::Bytes,
    extract::{FromRequest, Multipart, Request},
    http::StatusCode,
};

/// Room for the frame of a form around the document itself, in bytes.
pub(crate) const FRAME_BYTES: usize = 64 * 1024;

/// Longest text of a field that is no file, in bytes: a reason in four-byte letters.
const TEXT_BYTES: usize = 4 * aftercare_domain::text::NOTE_LIMIT;

/// What the form sends.
#[derive(Debug)]
pub(crate) struct Upload {
    pub name: Option<String>,
    pub bytes: Bytes,
    pub seen: Seen,
    pub reason: Option<String>,
}

/// Reads the form. The body must be within bounds already.
pub(crate) async fn sbom(request: Request) -> Result<Upload, Failure> {
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
    let (mut file, mut seen, mut reason) = (None, None, None);
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
            _ => {}
        }
    }
    let (name, bytes) = file.ok_or_else(|| wrong("The form holds no file in the field `sbom`."))?;
    Ok(Upload { name, bytes, seen, reason })
}
