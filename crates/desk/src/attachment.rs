//! Files beside the facts of a case: how they come, and who gets them.

use crate::{Desk, Trouble, case::CaseKey, viewer::Viewer};
use aftercare_domain::{
    Refusal,
    access::Right,
    case::{ATTACHMENT_BYTES, AttachedFile, Attachment, Case, Fact},
};
use aftercare_register::{Fault, StagedBlob};
use aftercare_vocab::{digest::Digest, id::CaseId, instant::Instant};
use data_encoding::BASE64;

/// Room that a file takes in the body of a request, in bytes: base64, and the fact beside it.
pub const ATTACHMENT_BODY_BYTES: usize = ATTACHMENT_BYTES.div_ceil(3) * 4 + (1 << 20);

/// A file that is sent with a fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAttachment {
    file: AttachedFile,
    bytes: Vec<u8>,
}

impl NewAttachment {
    /// A file as it was sent: 1 to [`ATTACHMENT_BYTES`] bytes, its name without folders.
    pub fn new(name: &str, media_type: &str, bytes: Vec<u8>) -> Result<Self, Refusal> {
        Ok(Self { file: AttachedFile::new(name, media_type, bytes.len())?, bytes })
    }

    /// The same, of bytes in base64 (RFC 4648 section 4).
    pub fn of_base64(name: &str, media_type: &str, text: &str) -> Result<Self, Refusal> {
        let bytes = BASE64.decode(text.trim().as_bytes()).map_err(|why| {
            Refusal::new(
                "file_unreadable",
                format!("The file is not base64: {why}."),
                "Send its bytes in base64, with padding.",
            )
        })?;
        Self::new(name, media_type, bytes)
    }
}

/// A file as it is given out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseAttachment {
    /// The case it belongs to.
    pub case: CaseId,
    /// What it is called; none = only its digest was recorded.
    pub name: Option<String>,
    /// The bytes as they came.
    pub bytes: Vec<u8>,
}

impl Desk {
    /// The fact with its file, which is made durable first. A fact that only names a digest keeps what the case
    /// knows of that file, or cites what this desk sees: nobody reaches through a case what is kept from them.
    pub(crate) fn with_attachment(
        &self,
        case: &Case,
        fact: Fact,
        file: Option<NewAttachment>,
    ) -> Result<(Fact, Option<StagedBlob>), Trouble> {
        let said = fact.attachment();
        if said.as_ref().is_some_and(|one| one.file.is_some()) {
            return Err(Refusal::new(
                "file_not_sent",
                "The fact says what a file is called. That follows from the file itself.",
                "Leave `file` out of the fact and send the file beside it.",
            )
            .into());
        }
        if let Some(NewAttachment { file, bytes }) = file {
            let (digest, file) = (Digest::of(&bytes), Some(file));
            let fact = fact.with_file(Attachment { digest, file })?;
            return Ok((fact, Some(self.pen()?.stage(&bytes)?)));
        }
        let Some(said) = said else { return Ok((fact, None)) };
        let known = case.attachments.iter().rev().find(|one| one.value.digest == said.digest);
        let fact = match known.map(|one| one.value.clone()) {
            Some(known) if known.file.is_some() => fact.with_file(known)?,
            Some(_) => fact,
            None if self.reader()?.cites(&said.digest)?
                && !self.is_kept_to_cases(&said.digest)? =>
            {
                fact
            }
            None => return Err(Refusal::unknown("document", said.digest).into()),
        };
        Ok((fact, None))
    }

    /// A file of a case, to whoever may know of the case.
    pub fn case_attachment(
        &self,
        key: &CaseKey,
        digest: &Digest,
        viewer: Option<&Viewer>,
        now: Instant,
    ) -> Result<CaseAttachment, Trouble> {
        let (case, name) = self.with_case(key, viewer, now, |_, _, _, standing| {
            let mut of_it = standing.case.attachments.iter().rev();
            let found = of_it.find(|one| one.value.digest == *digest);
            let found = found.ok_or_else(|| Trouble::not_found("attachment", digest))?;
            let name = found.value.file.as_ref().map(|file| file.name.clone());
            Ok((standing.case.id(), name))
        })?;
        match self.whole_reader()?.blob(digest) {
            Err(Fault::BlobMissing { .. }) => Err(Trouble::not_found("attachment", digest)),
            other => Ok(CaseAttachment { case, name, bytes: other? }),
        }
    }

    /// A blob of the record (a received SBOM) as it came, if the ledger cites it. What stands beside facts of
    /// cases and is nothing else goes to whoever may know of one of those cases.
    pub fn blob(&self, digest: &Digest, viewer: Option<&Viewer>) -> Result<Vec<u8>, Trouble> {
        let reader = self.reader()?;
        let missing = || Trouble::not_found("blob", digest);
        if !reader.cites(digest)? {
            return Err(missing());
        }
        if self.is_kept_to_cases(digest)? {
            let cases = self.whole_reader()?.cases()?;
            let told = viewer.is_none_or(|one| one.may(Right::SeeCases));
            let person = viewer.map(|one| one.person);
            let mut of_it = cases.all().filter(|case| holds(case, digest));
            if !told || !of_it.any(|case| self.may_know(case, person)) {
                return Err(missing());
            }
        }
        match reader.blob(digest) {
            Err(Fault::BlobMissing { .. }) => Err(missing()),
            other => Ok(other?),
        }
    }

    /// Whether a blob stands beside facts of cases, and was not received as an SBOM too.
    fn is_kept_to_cases(&self, digest: &Digest) -> Result<bool, Trouble> {
        let whole = self.whole_reader()?;
        let attached = whole.cases()?.all().any(|case| holds(case, digest));
        Ok(attached && !whole.is_sbom(digest)?)
    }
}

fn holds(case: &Case, digest: &Digest) -> bool {
    case.attachments.iter().any(|one| one.value.digest == *digest)
}
