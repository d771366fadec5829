//! `security.txt`: how a vulnerability is reported (RFC 9116), with the registered field `CSAF`.
//!
//! To be served at `/.well-known/security.txt` as [`MEDIA_TYPE`]. It is not signed here.

use crate::{Document, Refused, check::Found, language, uri};
use aftercare_vocab::{instant::Instant, problem::quoted};

/// With which type it must be served (section 3).
pub const MEDIA_TYPE: &str = "text/plain; charset=utf-8";
/// Where readers look first.
pub const PLACE: &str = "/.well-known/security.txt";
/// Days before its end at which somebody should be told. A proposal.
pub const DAYS_OF_WARNING: i64 = 30;
/// Longest line, in characters: what careful readers take.
pub const LONGEST_LINE: usize = 2_048;

const DAY: i64 = 86_400_000_000;
const CSAF_PLACE: &str = "/.well-known/csaf/provider-metadata.json";

/// The fields. Addresses of the web must be protected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecurityTxt {
    /// How to report, the preferred way first; at least one. `mailto:`, `tel:` or `https:`.
    pub contacts: Vec<String>,
    /// Until when it may be believed.
    pub expires: Instant,
    /// Where keys are found: `https:`, `openpgp4fpr:` or `dns:`; never a key itself.
    pub encryption: Vec<String>,
    /// Where reporters are thanked.
    pub acknowledgments: Vec<String>,
    /// The disclosure policy.
    pub policy: Vec<String>,
    /// Languages of reports, in no order. None: any.
    pub languages: Vec<String>,
    /// Where this very file is served.
    pub canonical: Vec<String>,
    /// Open positions.
    pub hiring: Vec<String>,
    /// Where the metadata of CSAF documents are.
    pub csaf: Vec<String>,
}

/// How its end is seen on some day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expiry {
    /// It may be believed for so many more whole days.
    Days(i64),
    /// It ends within [`DAYS_OF_WARNING`]: whole days left.
    Soon(i64),
    /// It must not be used any more.
    Over,
}

impl SecurityTxt {
    /// How its end is seen at this moment.
    pub fn expiry(&self, at: Instant) -> Expiry {
        let left = self.expires.micros().saturating_sub(at.micros());
        match left / DAY {
            _ if left <= 0 => Expiry::Over,
            days if days < DAYS_OF_WARNING => Expiry::Soon(days),
            days => Expiry::Days(days),
        }
    }

    /// The file, as written at this moment. Refuses what readers would not use: no contact, an end that
    /// has passed, an address that leads nowhere.
    pub fn write(&self, at: Instant) -> Result<Document, Refused> {
        let mut found = Found::default();
        self.check(&mut found, at);
        let mut text = String::new();
        let mut field = |name: &str, values: &[String]| {
            for value in values {
                text.push_str(&format!("{name}: {value}\n"));
            }
        };
        field("Contact", &self.contacts);
        field("Expires", &[whole_seconds(self.expires)]);
        field("Encryption", &self.encryption);
        field("Acknowledgments", &self.acknowledgments);
        if !self.languages.is_empty() {
            field("Preferred-Languages", &[self.languages.join(", ")]);
        }
        field("Canonical", &self.canonical);
        field("Policy", &self.policy);
        field("Hiring", &self.hiring);
        field("CSAF", &self.csaf);
        let warnings = found.settle()?;
        Ok(Document {
            name: "security.txt".into(),
            media_type: MEDIA_TYPE,
            bytes: text.into(),
            warnings,
        })
    }

    fn check(&self, found: &mut Found, at: Instant) {
        if self.contacts.is_empty() {
            let what = "There is no contact (RFC 9116 section 2.5.3).";
            found.refuse("contact_missing", "contacts", what, "Add a mail address or a form.");
        }
        found.date("expires", self.expires);
        match self.expiry(at) {
            Expiry::Over => {
                let what = format!("It ended at {} (RFC 9116 section 2.5.5).", self.expires);
                found.refuse("expired", "expires", what, "Look through it and set a new end.");
            }
            Expiry::Soon(days) => {
                let what = format!("It ends in {days} days.");
                found.warn("expires_soon", "expires", what, "Look through it and set a new end.");
            }
            Expiry::Days(days) if days >= 365 => {
                let what = "It ends in a year or later (RFC 9116 section 2.5.5).";
                found.warn("expires_late", "expires", what, "Choose an end within a year.");
            }
            Expiry::Days(_) => {}
        }
        let fields: [(&str, &[String], &[&str]); 7] = [
            ("contacts", &self.contacts, &["mailto:", "tel:", "https://"]),
            ("encryption", &self.encryption, &["https://", "openpgp4fpr:", "dns:"]),
            ("acknowledgments", &self.acknowledgments, &["https://"]),
            ("policy", &self.policy, &["https://"]),
            ("canonical", &self.canonical, &["https://"]),
            ("hiring", &self.hiring, &["https://"]),
            ("csaf", &self.csaf, &["https://"]),
        ];
        for (field, values, schemes) in fields {
            found.once(field, values.iter().map(String::as_str));
            for (nth, value) in values.iter().enumerate() {
                address(found, &format!("{field}[{nth}]"), value, schemes);
            }
        }
        for (nth, tag) in self.languages.iter().enumerate() {
            if !language::is_known(tag) {
                let what = format!("{} is no language tag (RFC 9116 section 2.5.8).", quoted(tag));
                found.refuse(
                    "language_unknown",
                    format!("languages[{nth}]"),
                    what,
                    "Write it like `en`.",
                );
            }
        }
        if self.csaf.iter().skip(1).any(|place| place.ends_with(CSAF_PLACE)) {
            let what = "The well-known place of CSAF metadata must come first.";
            found.refuse("csaf_out_of_order", "csaf", what, "Move it to the front.");
        }
    }
}

fn address(found: &mut Found, place: &str, value: &str, schemes: &[&str]) {
    let good = match schemes.iter().find(|scheme| value.starts_with(**scheme)) {
        Some(&"https://") => uri::is_https(value),
        Some(&"mailto:") => uri::is_uri(value) && value.contains('@'),
        Some(_) => uri::is_uri(value),
        None => false,
    };
    if !good {
        let what = format!("{} is not an address that may stand there.", quoted(value));
        let next = format!("It begins with {}.", schemes.join(" or "));
        found.refuse("address_unreadable", place, what, &next);
    } else if value.len() > LONGEST_LINE - 100 {
        let what = "It is longer than careful readers take.";
        found.refuse("address_too_long", place, what, "Write a shorter one.");
    }
}

/// Readers differ in what fractions of a second they take.
fn whole_seconds(at: Instant) -> String {
    Instant::from_micros(at.micros() - at.micros().rem_euclid(1_000_000)).to_string()
}
