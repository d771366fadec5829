//! How notices go by mail: what is configured, and the way out made of it.

use crate::ending::Failure;
use aftercare_desk::{MailServer, Mailbox, Mailing, Protection};
use std::{fmt, fs, path::PathBuf};

/// What is configured; no server = no mail.
#[derive(Clone)]
pub struct MailKeys {
    /// The mail server's name or address.
    pub server: String,
    /// Its port; none = the one that goes with the protection.
    pub port: Option<u16>,
    /// How the way there is protected.
    pub protection: Protection,
    /// The name of the account; empty = nobody signs in.
    pub account: String,
    /// Its password.
    pub password: String,
    /// The address that notices come from.
    pub from: String,
    /// The address that answers go to; empty = the one they come from.
    pub reply_to: String,
    /// Certificates (PEM) that are believed beside those of the machine.
    pub authorities: Option<PathBuf>,
}

impl Default for MailKeys {
    fn default() -> Self {
        Self {
            server: String::new(),
            port: None,
            protection: Protection::StartTls,
            account: String::new(),
            password: String::new(),
            from: String::new(),
            reply_to: String::new(),
            authorities: None,
        }
    }
}

/// Never the password.
impl fmt::Debug for MailKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MailKeys({})", self.server)
    }
}

/// The protection of a word: `starttls`, `tls` or `none`.
pub fn protection(word: &str) -> Result<Protection, String> {
    match word {
        "starttls" => Ok(Protection::StartTls),
        "tls" => Ok(Protection::Tls),
        "none" => Ok(Protection::None),
        _ => Err("`starttls`, `tls`, or `none` for a server on this machine".to_owned()),
    }
}

/// The word of a protection.
pub const fn word(protection: Protection) -> &'static str {
    match protection {
        Protection::StartTls => "starttls",
        Protection::Tls => "tls",
        Protection::None => "none",
    }
}

impl MailKeys {
    /// The way out, if a server is configured. `origin` is the address of this server, by whose name it greets.
    pub fn mailing(&self, maker: &str, origin: Option<&str>) -> Result<Option<Mailing>, Failure> {
        if self.server.is_empty() {
            return Ok(None);
        }
        let wrong = |key: &str, why: &str| {
            Failure::Wrong(format!("Mail is to be sent by {}, but `{key}` {why}.", self.server))
        };
        if !is_address(&self.from) {
            return Err(wrong("mail.from", "is no address such as `psirt@maker.example`"));
        }
        if !self.reply_to.is_empty() && !is_address(&self.reply_to) {
            return Err(wrong("mail.reply_to", "is no address such as `psirt@maker.example`"));
        }
        if self.account.is_empty() != self.password.is_empty() {
            return Err(wrong("mail.account", "and `mail.password` go together; one is not set"));
        }
        let authorities = match &self.authorities {
            None => Vec::new(),
            Some(path) => vec![fs::read_to_string(path).map_err(|error| {
                wrong("mail.authorities", &format!("cannot be read ({}): {error}", path.display()))
            })?],
        };
        let port = self.port.unwrap_or(match self.protection {
            Protection::Tls => 465,
            Protection::StartTls => 587,
            Protection::None => 25,
        });
        let host = origin
            .and_then(|origin| origin.split_once("://"))
            .map(|parts| parts.1.split([':', '/']).next().unwrap_or_default())
            .filter(|host| host.contains(|c: char| c.is_ascii_alphanumeric()))
            .unwrap_or("localhost"); // also where the origin is an address in brackets
        let server = MailServer {
            host: self.server.clone(),
            port,
            protection: self.protection,
            authorities,
            account: (!self.account.is_empty())
                .then(|| (self.account.clone(), self.password.clone())),
            greets_as: host.to_owned(),
        };
        let address = |text: &str, name: Option<&str>| Mailbox {
            name: name.map(str::to_owned),
            address: text.to_owned(),
        };
        let from = address(&self.from, Some(maker));
        let reply_to = (!self.reply_to.is_empty()).then(|| address(&self.reply_to, None));
        Mailing::new(server, from, reply_to)
            .map(Some)
            .map_err(|why| Failure::Wrong(format!("{why}. Correct the keys under `mail`.")))
    }
}

fn is_address(text: &str) -> bool {
    text.is_ascii()
        && text
            .split_once('@')
            .is_some_and(|(name, host)| !name.is_empty() && !host.is_empty() && !host.contains('@'))
        && !text.contains(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | ','))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys() -> MailKeys {
        MailKeys {
            server: "mail.maker.example".to_owned(),
            from: "psirt@maker.example".to_owned(),
            ..MailKeys::default()
        }
    }

    fn refused(change: impl FnOnce(&mut MailKeys)) -> String {
        let mut keys = keys();
        change(&mut keys);
        keys.mailing("Maker", None).expect_err("refused").to_string()
    }

    #[test]
    fn a_server_is_asked_only_with_keys_that_fit_together() {
        assert!(MailKeys::default().mailing("Maker", None).expect("nothing").is_none());
        assert!(keys().mailing("Maker", Some("https://a.example:8443")).expect("sound").is_some());
        assert!(refused(|keys| keys.from.clear()).contains("`mail.from`"));
        assert!(refused(|keys| keys.reply_to = "Somebody".into()).contains("`mail.reply_to`"));
        assert!(refused(|keys| keys.account = "a".into()).contains("`mail.password`"));
        assert!(
            refused(|keys| keys.authorities = Some("/nowhere.pem".into()))
                .contains("`mail.authorities` cannot be read")
        );
    }

    #[test]
    fn a_password_is_never_shown() {
        let keys = MailKeys { password: "hush".to_owned(), ..keys() };
        assert!(!format!("{keys:?}").contains("hush"));
    }
}
