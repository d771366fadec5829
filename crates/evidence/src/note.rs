//! Signed notes (C2SP signed-note): a text, a blank line, and one line for each signature.

use crate::{
    base64,
    key::{Signer, Verifier, is_name},
};

/// What a signature line begins with: an em dash and a space.
const MARK: &str = "\u{2014} ";
/// Most bytes of a note. Ours have about 250.
pub const NOTE_LIMIT: usize = 64 << 10;
/// Most signature lines of a note.
pub const SIGNATURES_LIMIT: usize = 100;

/// A text with signatures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    text: String,
    signatures: Vec<Signature>,
}

/// One signature line, not yet judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// The name of the key.
    pub name: String,
    /// The key's id.
    pub id: [u8; 4],
    /// What follows it; 64 bytes for Ed25519.
    pub bytes: Vec<u8>,
}

/// The bytes are not a signed note.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("this is no signed note: {why}")]
pub struct NotANote {
    /// What does not fit.
    pub why: &'static str,
}

/// Why a note is not believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotSigned {
    /// A line names a known key, but the signature is not one of it.
    #[error("the signature of `{key}` is wrong: the text or the signature was altered")]
    Wrong {
        /// The verifier key.
        key: String,
    },
    /// No line names a known key.
    #[error("no known key signed it{}", shown(signed_by))]
    Unknown {
        /// The names and ids of the keys that did.
        signed_by: Vec<String>,
    },
}

fn shown(signed_by: &[String]) -> String {
    if signed_by.is_empty() {
        String::new()
    } else {
        format!("; it names {}", signed_by.join(", "))
    }
}

impl Note {
    /// Signs a text, which must end with a line feed and hold no other control character.
    pub fn sign(text: &str, signers: &[&Signer]) -> Result<Self, NotANote> {
        check_text(text)?;
        let signatures = signers.iter().map(|signer| Signature {
            name: signer.name().to_owned(),
            id: signer.verifier().id(),
            bytes: signer.sign(text.as_bytes()).to_vec(),
        });
        Ok(Self { text: text.to_owned(), signatures: signatures.collect() })
    }

    /// Reads a note. Judges its form only.
    pub fn read(bytes: &[u8]) -> Result<Self, NotANote> {
        let wrong = |why| NotANote { why };
        if bytes.len() > NOTE_LIMIT {
            return Err(wrong("it is longer than a note may be"));
        }
        let note = str::from_utf8(bytes).map_err(|_| wrong("it is not UTF-8"))?;
        // The text may hold blank lines itself; the last one ends it.
        let end = note.rfind("\n\n").ok_or_else(|| wrong("no blank line ends its text"))?;
        let (text, lines) = (&note[..=end], &note[end + 2..]);
        check_text(text)?;
        let lines = lines.strip_suffix('\n').ok_or_else(|| wrong("its last line is cut off"))?;
        let mut signatures = Vec::new();
        for line in lines.split('\n') {
            let line = line.strip_prefix(MARK);
            let line = line.ok_or_else(|| wrong("a line after the text is no signature"))?;
            let (name, code) =
                line.split_once(' ').ok_or_else(|| wrong("a signature line is cut off"))?;
            let code = base64::decode(code).ok_or_else(|| wrong("a signature is no base64"))?;
            let Some((id, bytes)) = code.split_first_chunk::<4>() else {
                return Err(wrong("a signature is too short"));
            };
            if !is_name(name) || bytes.is_empty() {
                return Err(wrong("a signature line does not name a key, or is empty"));
            }
            signatures.push(Signature { name: name.to_owned(), id: *id, bytes: bytes.to_vec() });
            if signatures.len() > SIGNATURES_LIMIT {
                return Err(wrong("it has more signatures than a note may have"));
            }
        }
        Ok(Self { text: text.to_owned(), signatures })
    }

    /// The text, with its final line feed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The signature lines.
    pub fn signatures(&self) -> &[Signature] {
        &self.signatures
    }

    /// The keys among `known` that signed it, at least one. Lines of unknown keys say nothing; a
    /// line of a known key that does not hold condemns the note.
    pub fn signers<'k>(&self, known: &'k [Verifier]) -> Result<Vec<&'k Verifier>, NotSigned> {
        let mut found = Vec::new();
        for line in &self.signatures {
            let same = |key: &&Verifier| key.name() == line.name && key.id() == line.id;
            // Ids have four bytes, so two keys may share one: then either may have signed.
            let candidates: Vec<&Verifier> = known.iter().filter(same).collect();
            let Some(first) = candidates.first() else { continue };
            let accepts = |key: &&&Verifier| key.accepts(self.text.as_bytes(), &line.bytes);
            match candidates.iter().find(accepts) {
                Some(key) => found.push(*key),
                None => return Err(NotSigned::Wrong { key: first.to_string() }),
            }
        }
        if found.is_empty() {
            let line = |s: &Signature| format!("`{}+{:08x}`", s.name, u32::from_be_bytes(s.id));
            return Err(NotSigned::Unknown {
                signed_by: self.signatures.iter().map(line).collect(),
            });
        }
        Ok(found)
    }
}

impl std::fmt::Display for Note {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "{}", self.text)?;
        for line in &self.signatures {
            let code = base64::encode(&[&line.id[..], &line.bytes].concat());
            writeln!(f, "{MARK}{} {code}", line.name)?;
        }
        Ok(())
    }
}

fn check_text(text: &str) -> Result<(), NotANote> {
    if !text.ends_with('\n') {
        return Err(NotANote { why: "its text does not end with a line feed" });
    }
    if text.chars().any(|c| c.is_control() && c != '\n') {
        return Err(NotANote { why: "its text holds a control character" });
    }
    Ok(())
}
