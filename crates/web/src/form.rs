//! The form that sends an SBOM: multipart, field `sbom`.

use crate::trouble::{Failure, Wrong};
use axum::{
    body::Bytes,
    extract::{FromRequest, Multipart, Request},
    http::StatusCode,
};

/// Room for the frame of a form around the document itself, in bytes.
pub(crate) const FRAME_BYTES: usize = 64 * 1024;

/// The name and the bytes of the file in field `sbom`. The body must be within bounds already.
pub(crate) async fn sbom(request: Request) -> Result<(Option<String>, Bytes), Failure> {
    let wrong = |what: &str| {
        Failure::from(Wrong::new(
            StatusCode::BAD_REQUEST,
            "form_unreadable",
            format!("{what} Choose a file and send the form again."),
        ))
    };
    let mut form = Multipart::from_request(request, &())
        .await
        .map_err(|_| wrong("The form did not arrive as one."))?;
    while let Some(field) = form.next_field().await.map_err(|_| wrong("The form was cut short."))? {
        if field.name() == Some("sbom") {
            let name = field.file_name().map(str::to_owned).filter(|name| !name.is_empty());
            let bytes = field.bytes().await.map_err(|_| wrong("The file was cut short."))?;
            if bytes.is_empty() && name.is_none() {
                return Err(wrong("No file was chosen."));
            }
            return Ok((name, bytes));
        }
    }
    Err(wrong("The form holds no file in the field `sbom`."))
}
