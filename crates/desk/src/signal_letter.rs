//! A letter: what came with a signal, as one document. It is kept as it came, sealed where it names a person,
//! and never opened or run by the product.

use crate::{
    Desk, Trouble,
    answers::{Erased, LetterSheet, LetterText},
};
use aftercare_domain::{
    Operation, Refusal,
    signal::{Item, SignalReceived},
    text,
};
use aftercare_register::{Fault, Reader, SealedBlob, StagedBlob, read::contact::Unsealed};
use aftercare_vocab::id::SubjectId;
use data_encoding::BASE64;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Longest text of a letter or a message, in characters.
pub const WORDS_LIMIT: usize = 20_000;
/// Largest file that comes with a letter, in bytes.
pub const FILE_BYTES: usize = 5 << 20;
/// Longest answer to one question of the form, in characters.
const ANSWER_LIMIT: usize = 500;

/// What came.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Letter {
    /// What it is about.
    pub what: String,
    /// The product, in the words of who wrote.
    pub product: Option<String>,
    /// Its version, in their words.
    pub version: Option<String>,
    /// How it was found, and how it can be seen again.
    pub how: Option<String>,
    /// What they say about patients.
    pub harm: Option<String>,
    /// Who wrote.
    pub name: Option<String>,
    /// Where they can be reached.
    pub contact: Option<String>,
    /// The name and size of the file that came with it, which lies beside; said when it is kept.
    pub attached: Option<Attached>,
    /// That file, while it comes.
    #[serde(skip)]
    pub file: Option<LetterFile>,
}

/// A file by name and size.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attached {
    name: String,
    bytes: u64,
}

/// Says nothing, so that no log line can.
impl fmt::Debug for Attached {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Attached(..)")
    }
}

/// A file that came with a letter.
#[derive(Clone, PartialEq, Eq)]
pub struct LetterFile {
    /// Its name, without folders.
    pub name: String,
    /// The bytes as they came.
    pub bytes: Vec<u8>,
}

/// Says nothing, so that no log line can.
impl fmt::Debug for Letter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Letter(..)")
    }
}

/// As above.
impl fmt::Debug for LetterFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LetterFile(..)")
    }
}

impl LetterFile {
    /// A file as it was sent. Of its name, what stands before the last separator of folders is left out.
    pub fn new(name: &str, bytes: &[u8]) -> Result<Self, Refusal> {
        if bytes.is_empty() || bytes.len() > FILE_BYTES {
            return Err(Refusal::new(
                "file_size",
                format!("The file has {} bytes.", bytes.len()),
                format!("Send a file of 1 to {FILE_BYTES} bytes, or describe what it holds."),
            ));
        }
        let name = text::file_name(name);
        Ok(Self { name, bytes: bytes.to_vec() })
    }

    /// The same, of bytes in base64 (RFC 4648 section 4).
    pub fn of_base64(name: &str, text: &str) -> Result<Self, Refusal> {
        let bytes = BASE64.decode(text.trim().as_bytes()).map_err(|why| {
            Refusal::new(
                "file_unreadable",
                format!("The file is not base64: {why}."),
                "Send its bytes in base64, with padding.",
            )
        })?;
        Self::new(name, &bytes)
    }
}

impl Letter {
    /// With its texts in normal form. Refusals name the field and never repeat what it holds.
    pub fn checked(self) -> Result<Self, Refusal> {
        let note = |what: &'static str, given: Option<&str>, limit| {
            text::note(what, given, limit).map_err(|refusal| unquoted(what, refusal, limit))
        };
        let line = |what: &'static str, given: Option<&str>| {
            text::optional_line(what, given, ANSWER_LIMIT)
                .map_err(|refusal| unquoted(what, refusal, ANSWER_LIMIT))
        };
        let what = note("description", Some(&self.what), WORDS_LIMIT)?.ok_or_else(|| {
            Refusal::new(
                "text_missing",
                "The description is empty.",
                "Say what you found, in your own words.",
            )
        })?;
        Ok(Self {
            what,
            product: line("product", self.product.as_deref())?,
            version: line("version", self.version.as_deref())?,
            how: note("way it was found", self.how.as_deref(), WORDS_LIMIT)?,
            harm: note("word about patients", self.harm.as_deref(), WORDS_LIMIT)?,
            name: line("name", self.name.as_deref())?,
            contact: line("contact", self.contact.as_deref())?,
            attached: self
                .file
                .as_ref()
                .map(|file| Attached { name: file.name.clone(), bytes: file.bytes.len() as u64 }),
            file: self.file,
        })
    }

    /// As answers show it.
    pub(crate) fn shown(self) -> LetterText {
        let (name, bytes) = self.attached.map(|file| (file.name, file.bytes)).unzip();
        LetterText {
            what: self.what,
            product: self.product,
            version: self.version,
            how: self.how,
            harm: self.harm,
            name: self.name,
            contact: self.contact,
            file_name: name,
            file_bytes: bytes.unwrap_or(0),
        }
    }
}

fn unquoted(what: &str, refusal: Refusal, limit: usize) -> Refusal {
    let said = match refusal.code {
        "text_missing" => return refusal,
        "text_too_long" => format!("The {what} has more than {limit} characters."),
        _ => format!("The {what} holds a control or direction-changing character."),
    };
    Refusal { what: said, ..refusal }
}

/// What came made durable, to be attached by the change that cites it.
pub(crate) struct Kept {
    letter: Part,
    file: Option<Part>,
}

enum Part {
    /// It names nobody.
    Plain(StagedBlob),
    /// It can be erased.
    Sealed(Box<SealedBlob>),
}

impl Part {
    fn item(&self) -> Item {
        match self {
            Self::Plain(blob) => Item::Plain(blob.digest()),
            Self::Sealed(blob) => Item::Sealed(blob.sealed()),
        }
    }
}

impl Kept {
    /// What the event holds of the letter.
    pub fn item(&self) -> Item {
        self.letter.item()
    }

    /// What the event holds of the file.
    pub fn file(&self) -> Option<Item> {
        self.file.as_ref().map(Part::item)
    }

    /// Makes both citable by the events of a change.
    pub fn attach(&self, pen: &mut aftercare_register::Pen<'_>) -> Result<(), Fault> {
        for part in std::iter::once(&self.letter).chain(&self.file) {
            match part {
                Part::Plain(blob) => pen.attach(blob),
                Part::Sealed(blob) => pen.attach_sealed(blob)?,
            }
        }
        Ok(())
    }
}

impl Desk {
    /// Keeps a letter with its file; sealed for a new subject where it names a person.
    pub(crate) fn keep_letter(
        &self,
        op: &Operation,
        letter: Letter,
        sealed: bool,
    ) -> Result<Kept, Trouble> {
        let letter = letter.checked()?;
        let bytes = serde_json::to_vec(&letter).map_err(|why| Fault::Storage {
            doing: "writing what came with a signal".to_owned(),
            place: "memory".to_owned(),
            why: why.to_string(),
        })?;
        let file = letter.file.as_ref().map(|file| file.bytes.as_slice());
        let pen = self.pen()?;
        if sealed {
            let subject: SubjectId = op.new_id();
            let first = pen.seal(op, subject, &bytes)?;
            // With the key of the first, which is not kept yet.
            let second = file.map(|file| pen.seal_beside(op, &first, file)).transpose()?;
            return Ok(Kept {
                letter: Part::Sealed(Box::new(first)),
                file: second.map(|blob| Part::Sealed(Box::new(blob))),
            });
        }
        let file = file.map(|file| pen.stage(file)).transpose()?;
        Ok(Kept { letter: Part::Plain(pen.stage(&bytes)?), file: file.map(Part::Plain) })
    }
}

/// A file with its name.
type NamedFile = (String, Vec<u8>);

/// What is kept of a signal, or why it cannot be read; for a reader that sees the whole record.
fn opened(reader: &Reader, item: &Item) -> Result<Result<Vec<u8>, LetterSheet>, Trouble> {
    Ok(match item {
        Item::Plain(digest) => Ok(reader.blob(digest)?),
        Item::Sealed(sealed) => match reader.unseal(sealed)? {
            Unsealed::Text(bytes) => Ok(bytes),
            Unsealed::NotInTwin => Err(LetterSheet::NotInTwin),
            Unsealed::Erased(one) => {
                Err(LetterSheet::Erased(Erased { at: one.at, by: one.by, role: one.role }))
            }
        },
    })
}

/// A letter as it is kept, or why it cannot be read.
pub(crate) fn letter(reader: &Reader, item: &Item) -> Result<Result<Letter, LetterSheet>, Trouble> {
    let bytes = match opened(reader, item)? {
        Ok(bytes) => bytes,
        Err(why) => return Ok(Err(why)),
    };
    let letter = serde_json::from_slice(&bytes).map_err(|why| Fault::Storage {
        doing: "reading what came with a signal".to_owned(),
        place: item.blob().to_string(),
        why: why.to_string(),
    })?;
    Ok(Ok(letter))
}

/// The file that came with a signal: its name and its bytes; none where there is none.
pub(crate) fn file(
    reader: &Reader,
    received: &SignalReceived,
) -> Result<Result<Option<NamedFile>, LetterSheet>, Trouble> {
    let Some(item) = &received.file else { return Ok(Ok(None)) };
    let (letter, bytes) = match (letter(reader, &received.item)?, opened(reader, item)?) {
        (Ok(letter), Ok(bytes)) => (letter, bytes),
        (Err(why), _) | (_, Err(why)) => return Ok(Err(why)),
    };
    Ok(Ok(letter.attached.map(|file| {
        let mut bytes = bytes;
        bytes.truncate(file.bytes as usize); // what is sealed is padded
        (file.name, bytes)
    })))
}

/// The same as answers show it.
pub(crate) fn letter_sheet(reader: &Reader, item: &Item) -> Result<LetterSheet, Trouble> {
    Ok(match letter(reader, item)? {
        Ok(letter) => LetterSheet::Text(Box::new(letter.shown())),
        Err(why) => why,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_s_name_leads_nowhere_and_its_bytes_come_back() {
        for (sent, kept) in [
            ("../../etc/passwd", "passwd"),
            ("C:\\secret\\poc.py", "poc.py"),
            ("..", "file"),
            (".ssh", "ssh"),
            ("a\r\nb\u{202e}gpj.exe", "abgpj.exe"),
            ("", "file"),
            ("/", "file"),
        ] {
            let file = LetterFile::new(sent, b"\0\xff=1+1").expect("a file");
            assert_eq!(file.name, kept, "{sent}");
            assert_eq!(file.bytes, b"\0\xff=1+1");
            let letter = Letter { what: "x".into(), file: Some(file), ..Letter::default() };
            let shown = letter.checked().expect("fits").shown();
            assert_eq!((shown.file_name.as_deref(), shown.file_bytes), (Some(kept), 6));
        }
        assert!(LetterFile::new("a", b"").is_err());
        assert!(LetterFile::new("a", &vec![0; FILE_BYTES + 1]).is_err());
        assert!(LetterFile::new("a", &vec![0; FILE_BYTES]).is_ok());
    }

    #[test]
    fn a_letter_says_something_and_refusals_repeat_nothing_of_it() {
        let empty = Letter { what: " \n".into(), ..Letter::default() }.checked().expect_err("no");
        assert_eq!(empty.code, "text_missing");
        let secret =
            Letter { what: "x".into(), name: Some("Zoe\u{202e}".into()), ..Letter::default() };
        let refusal = secret.checked().expect_err("turned").to_string();
        assert!(!refusal.contains("Zoe"), "{refusal}");
    }
}
