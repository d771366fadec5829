//! A mail as a value, and as bytes (RFC 5322, RFC 2045, RFC 2047).

use lettre::{
    Address, Message,
    message::header::{ContentType, Header, HeaderName, HeaderValue},
};
use std::{
    fmt,
    time::{Duration, SystemTime},
};

/// Longest subject, in characters.
pub const LONGEST_SUBJECT: usize = 400;
/// Longest name of a mailbox, in characters.
const LONGEST_NAME: usize = 200;
/// Longest message id, in characters.
const LONGEST_ID: usize = 200;
/// The last second of the year 9999, since 1970.
const LAST_SECOND: u64 = 253_402_300_799;

/// Somebody who sends or receives.
#[derive(Clone, PartialEq, Eq)]
pub struct Mailbox {
    /// As people write it, in any script; none: the address alone.
    pub name: Option<String>,
    /// `psirt@device.example`: ASCII, without brackets.
    pub address: String,
}

impl fmt::Debug for Mailbox {
    /// Neither name nor address: they are about a person.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Mailbox(not shown)")
    }
}

/// A mail of plain text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// Who sends; also the address that is told when it cannot be delivered.
    pub from: Mailbox,
    /// Who receives.
    pub to: Mailbox,
    /// Who is answered to; none: who sends.
    pub reply_to: Option<Mailbox>,
    /// One line, at most [`LONGEST_SUBJECT`] characters.
    pub subject: String,
    /// The text, with `\n` or `\r\n` as ends of lines.
    pub text: String,
    /// Names the mail for ever, without angle brackets: `0123abcd@device.example`. Who sends the same mail again
    /// gives it the same.
    pub id: String,
    /// The date it bears, to the second.
    pub date: SystemTime,
    /// Written by a program (RFC 3834): tells absence notices not to answer.
    pub automatic: bool,
}

/// A part of a mail that cannot be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the {part} of the mail cannot be written: {why}")]
pub struct Unwritable {
    /// `subject`, `recipient`, ...
    pub part: &'static str,
    /// What is wrong with it.
    pub why: &'static str,
}

/// RFC 3834 section 5.
#[derive(Debug, Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".into())
    }
}

impl Mail {
    /// The mail with its envelope. Nothing that is given can become a header of its own.
    pub(super) fn message(&self) -> Result<Message, Unwritable> {
        let mut builder = Message::builder()
            .from(mailbox("sender", &self.from)?)
            .to(mailbox("recipient", &self.to)?)
            .subject(line("subject", &self.subject, LONGEST_SUBJECT)?)
            .message_id(Some(format!("<{}>", id(&self.id)?)))
            .date(date(self.date)?)
            .header(ContentType::TEXT_PLAIN);
        if let Some(reply_to) = &self.reply_to {
            builder = builder.reply_to(mailbox("address for answers", reply_to)?);
        }
        if self.automatic {
            builder = builder.header(AutoSubmitted);
        }
        let text = self.text.replace("\r\n", "\n");
        if text.contains(|c: char| c.is_control() && !matches!(c, '\n' | '\t')) {
            return Err(Unwritable { part: "text", why: "it has a control character" });
        }
        builder.body(text).map_err(|_| Unwritable { part: "envelope", why: "it is not whole" })
    }

    /// The bytes as they are sent. The same mail gives the same bytes.
    pub fn bytes(&self) -> Result<Vec<u8>, Unwritable> {
        Ok(self.message()?.formatted())
    }
}

fn mailbox(part: &'static str, given: &Mailbox) -> Result<lettre::message::Mailbox, Unwritable> {
    let refused = |why| Unwritable { part, why };
    // Quoted parts before the `@` are allowed by the standard and carry blanks and brackets.
    let plain = |c: char| c.is_ascii_graphic() && !"\"(),:;<>[\\]".contains(c);
    if !given.address.chars().all(plain) {
        return Err(refused("the address has a character that addresses here may not have"));
    }
    let address: Address = given.address.parse().map_err(|_| refused("it is no address"))?;
    let name = match given.name.as_deref().map(str::trim) {
        Some(name) if !name.is_empty() => Some(line(part, name, LONGEST_NAME)?),
        _ => None,
    };
    Ok(lettre::message::Mailbox::new(name, address))
}

fn line(part: &'static str, text: &str, longest: usize) -> Result<String, Unwritable> {
    let refused = |why| Unwritable { part, why };
    if text.trim().is_empty() {
        return Err(refused("it is empty"));
    }
    if text.contains(|c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')) {
        return Err(refused("it has the end of a line or a control character"));
    }
    if text.chars().count() > longest {
        return Err(refused("it is too long"));
    }
    Ok(text.to_owned())
}

/// `left@right` of RFC 5322 section 3.6.4, without quotes and literals.
fn id(id: &str) -> Result<&str, Unwritable> {
    let dotted = |text: &str| {
        text.split('.').all(|part| {
            let good = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c);
            !part.is_empty() && part.chars().all(good)
        })
    };
    let good = id.split_once('@').is_some_and(|(left, right)| dotted(left) && dotted(right));
    if good && id.len() <= LONGEST_ID {
        return Ok(id);
    }
    Err(Unwritable { part: "message id", why: "it is not like 0123abcd@device.example" })
}

fn date(date: SystemTime) -> Result<SystemTime, Unwritable> {
    let since = date.duration_since(SystemTime::UNIX_EPOCH);
    let good = since.is_ok_and(|since| since <= Duration::from_secs(LAST_SECOND));
    if good {
        Ok(date)
    } else {
        Err(Unwritable { part: "date", why: "it is not between 1970 and 9999" })
    }
}
