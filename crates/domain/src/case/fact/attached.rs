//! Files that stand beside facts: test reports, records of what somebody stands for, texts that went out. The
//! bytes are kept as they came; the fact holds their digest and what the file is called.

use super::Fact;
use crate::{refusal::Refusal, text};
use aftercare_vocab::digest::Digest;
use serde::{Deserialize, Serialize};

/// Largest file that stands beside a fact, in bytes.
pub const ATTACHMENT_BYTES: usize = 10 << 20;

/// Longest media type, in characters (RFC 6838 section 4.2: two names of at most 127).
const MEDIA_TYPE_LIMIT: usize = 255;

/// Where nobody said what kind of bytes they are (RFC 2046 section 4.5.1).
const UNKNOWN_MEDIA_TYPE: &str = "application/octet-stream";

/// What is said of a file beside its digest. The name and the media type are words of whoever sent it: nothing
/// is opened or shown by them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AttachedFile {
    /// Its name, without folders.
    pub name: String,
    /// Its media type: `application/pdf`.
    pub media_type: String,
    /// Its length in bytes.
    pub size: u64,
}

impl AttachedFile {
    /// Of a file as it was sent, with `size` bytes. A media type that is none counts as not said.
    pub fn new(name: &str, media_type: &str, size: usize) -> Result<Self, Refusal> {
        if size == 0 || size > ATTACHMENT_BYTES {
            return Err(Refusal::new(
                "file_size",
                format!("The file has {size} bytes."),
                format!(
                    "Send a file of 1 to {ATTACHMENT_BYTES} bytes, or give the address where it is kept."
                ),
            ));
        }
        let plain = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        let media_type = if is_media_type(&plain) { plain } else { UNKNOWN_MEDIA_TYPE.to_owned() };
        Ok(Self { name: text::file_name(name), media_type, size: size as u64 })
    }
}

/// `type/subtype` (RFC 6838 section 4.2).
fn is_media_type(text: &str) -> bool {
    let named = |part: &str| {
        part.starts_with(|c: char| c.is_ascii_alphanumeric())
            && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&b))
    };
    text.len() <= MEDIA_TYPE_LIMIT
        && text.split_once('/').is_some_and(|(kind, form)| named(kind) && named(form))
}

/// A blob that a fact cites.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// The digest of its bytes.
    pub digest: Digest,
    /// What is said of it; none = only its digest was recorded.
    pub file: Option<AttachedFile>,
}

impl Fact {
    /// The blob that it cites.
    pub const fn blob(&self) -> Option<Digest> {
        match self {
            Self::Tested(one) => one.attachment,
            Self::Attested(one) => one.attachment,
            Self::CustomersTold(one) => one.document,
            _ => None,
        }
    }

    /// The same with what is said of it.
    pub fn attachment(&self) -> Option<Attachment> {
        let file = match self {
            Self::Tested(one) => one.file.clone(),
            Self::Attested(one) => one.file.clone(),
            _ => None,
        };
        self.blob().map(|digest| Attachment { digest, file })
    }

    /// The fact with a file beside it. Refused where the kind of fact takes none, and where the fact names
    /// other bytes.
    pub fn with_file(mut self, sent: Attachment) -> Result<Self, Refusal> {
        let (attachment, file) = match &mut self {
            Self::Tested(one) => (&mut one.attachment, &mut one.file),
            Self::Attested(one) => (&mut one.attachment, &mut one.file),
            other => {
                return Err(Refusal::new(
                    "takes_no_file",
                    format!("Beside a fact of the kind `{}` stands no file.", other.code()),
                    "Leave the file out, or send it with a test (`tested`) or with what you stand for (`attested`).",
                ));
            }
        };
        if attachment.is_some_and(|named| named != sent.digest) {
            return Err(Refusal::new(
                "attachment_differs",
                "The fact names an attachment with another digest than the file that came with it.",
                "Leave `attachment` out: it follows from the file.",
            ));
        }
        (*attachment, *file) = (Some(sent.digest), sent.file);
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_media_type_that_is_none_counts_as_not_said() {
        for (given, kept) in [
            ("application/pdf", "application/pdf"),
            ("Text/HTML; charset=utf-8", "text/html"),
            ("application/vnd.ms-excel.sheet+xml", "application/vnd.ms-excel.sheet+xml"),
            ("", UNKNOWN_MEDIA_TYPE),
            ("pdf", UNKNOWN_MEDIA_TYPE),
            ("a/b/c", UNKNOWN_MEDIA_TYPE),
            ("text/\"x\"", UNKNOWN_MEDIA_TYPE),
            ("text/\r\nSet-Cookie: a", UNKNOWN_MEDIA_TYPE),
        ] {
            let file = AttachedFile::new("report.pdf", given, 3).expect("fits");
            assert_eq!(file.media_type, kept, "{given}");
        }
    }

    #[test]
    fn a_file_is_neither_empty_nor_larger_than_its_limit_and_its_name_leads_to_no_folder() {
        for (size, fits) in
            [(0, false), (1, true), (ATTACHMENT_BYTES, true), (ATTACHMENT_BYTES + 1, false)]
        {
            assert_eq!(AttachedFile::new("a", "", size).is_ok(), fits, "{size}");
        }
        let named = |name| AttachedFile::new(name, "", 1).expect("fits").name;
        assert_eq!(named("..\\..\\etc/Prüfung 7.pdf"), "Prüfung 7.pdf");
        assert_eq!(named(".htaccess"), "htaccess");
        assert_eq!(named("\u{202e}fdp.exe"), "fdp.exe");
        assert_eq!(named("/"), "file");
    }
}
