//! A letter: what came with a signal, as one document. It is kept as it came, sealed where it names a person,
//! and never opened or run by the product.

use crate::{
    Desk, Trouble,
    answers::{Erased, LetterSheet, LetterText},
};
use aftercare_domain::{Operation, Refusal, signal::Item, text};
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
    /// The file that came with it.
    pub file: Option<LetterFile>,
}

/// A file that came with a letter.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LetterFile {
    /// Its name, without folders.
    pub name: String,
    /// The bytes, in base64.
    bytes: String,
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
        let name: String = name
            .rsplit(['/', '\\'])
            .next()
            .unwrap_or_default()
            .chars()
            .filter(|c| !c.is_control() && !text::turns(*c))
            .take(text::NAME_LIMIT)
            .collect();
        let name = name.trim().trim_start_matches('.').to_owned();
        let name = if name.is_empty() { "file".to_owned() } else { name };
        Ok(Self { name, bytes: BASE64.encode(bytes) })
    }

    /// The bytes as they came.
    pub fn bytes(&self) -> Result<Vec<u8>, Fault> {
        BASE64.decode(self.bytes.as_bytes()).map_err(|why| Fault::Storage {
            doing: "reading a file that came with a signal".to_owned(),
            place: "the register".to_owned(),
            why: why.to_string(),
        })
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
            file: self.file,
        })
    }

    /// As answers show it.
    pub(crate) fn shown(self) -> LetterText {
        let bytes = self.file.as_ref().map_or(0, |file| {
            BASE64.decode_len(file.bytes.len()).unwrap_or(0) - file.bytes.matches('=').count()
        });
        LetterText {
            what: self.what,
            product: self.product,
            version: self.version,
            how: self.how,
            harm: self.harm,
            name: self.name,
            contact: self.contact,
            file_name: self.file.map(|file| file.name),
            file_bytes: bytes as u64,
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

/// A letter made durable, to be attached by the change that cites it.
pub(crate) enum Kept {
    /// It names nobody.
    Plain(StagedBlob),
    /// It can be erased.
    Sealed(Box<SealedBlob>),
}

impl Kept {
    /// What the event holds.
    pub fn item(&self) -> Item {
        match self {
            Self::Plain(blob) => Item::Plain(blob.digest()),
            Self::Sealed(blob) => Item::Sealed(blob.sealed()),
        }
    }

    /// Makes it citable by the events of a change.
    pub fn attach(&self, pen: &mut aftercare_register::Pen<'_>) -> Result<(), Fault> {
        match self {
            Self::Plain(blob) => {
                pen.attach(blob);
                Ok(())
            }
            Self::Sealed(blob) => pen.attach_sealed(blob),
        }
    }
}

impl Desk {
    /// Keeps a letter; sealed for a new subject where it names a person.
    pub(crate) fn keep_letter(
        &self,
        op: &Operation,
        letter: Letter,
        sealed: bool,
    ) -> Result<Kept, Trouble> {
        let bytes = serde_json::to_vec(&letter.checked()?).map_err(|why| Fault::Storage {
            doing: "writing what came with a signal".to_owned(),
            place: "memory".to_owned(),
            why: why.to_string(),
        })?;
        if sealed {
            let subject: SubjectId = op.new_id();
            return Ok(Kept::Sealed(Box::new(self.pen()?.seal(op, subject, &bytes)?)));
        }
        Ok(Kept::Plain(self.pen()?.stage(&bytes)?))
    }
}

/// A letter as it is kept, or why it cannot be read; for a reader that sees the whole record.
pub(crate) fn letter(reader: &Reader, item: &Item) -> Result<Result<Letter, LetterSheet>, Trouble> {
    let bytes = match item {
        Item::Plain(digest) => reader.blob(digest)?,
        Item::Sealed(sealed) => match reader.unseal(sealed)? {
            Unsealed::Text(bytes) => bytes,
            Unsealed::NotInTwin => return Ok(Err(LetterSheet::NotInTwin)),
            Unsealed::Erased(one) => {
                let erased = Erased { at: one.at, by: one.by, role: one.role };
                return Ok(Err(LetterSheet::Erased(erased)));
            }
        },
    };
    let letter = serde_json::from_slice(&bytes).map_err(|why| Fault::Storage {
        doing: "reading what came with a signal".to_owned(),
        place: item.blob().to_string(),
        why: why.to_string(),
    })?;
    Ok(Ok(letter))
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
            assert_eq!(file.bytes().expect("bytes"), b"\0\xff=1+1");
            let letter = Letter { file: Some(file), ..Letter::default() };
            assert_eq!(letter.shown().file_bytes, 6);
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
