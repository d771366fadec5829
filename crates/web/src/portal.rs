//! The portal: what anybody outside may look at and send. Off unless it is configured.
//!
//! It stands outside of the workbench: no session, no record, no navigation. A twin has none.

use crate::trouble::{Failure, Wrong};
use aftercare_domain::Date;
use aftercare_vocab::instant::Instant;
use axum::http::StatusCode;
use std::{
    collections::BTreeMap,
    net::IpAddr,
    sync::{Mutex, PoisonError},
    time::Duration,
};

/// Reports and messages that one network may send within [`WINDOW_MICROS`].
pub const SENT_BY_ONE: usize = 10;
/// The same of all networks together.
pub const SENT_BY_ALL: usize = 300;
/// For how long what was sent counts: an hour.
pub const WINDOW_MICROS: i64 = 60 * 60 * 1_000_000;
/// How long `security.txt` holds when no day is configured: half a year. RFC 9116 section 2.5.5 wants less than
/// a year.
const HOLDS: Duration = Duration::from_hours(180 * 24);
/// Longest way to reach the maker, in characters.
const CONTACT_LIMIT: usize = 300;
/// Most ways to reach the maker.
const CONTACTS_LIMIT: usize = 10;

/// What is configured of the portal.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PortalSettings {
    /// Ways to reach the maker, the preferred first: `mailto:`, `tel:`, `https:`, with commas between them.
    pub contact: String,
    /// Languages that are understood: `en, de`.
    pub languages: String,
    /// The last day of `security.txt`: `2027-01-31`; nothing = half a year from each day on.
    pub expires: String,
}

/// The portal as it is served.
#[derive(Debug)]
pub struct Portal {
    contact: Vec<String>,
    languages: Vec<String>,
    expires: Option<Date>,
    sent: Mutex<Sent>,
}

/// When something was sent, and from which network.
#[derive(Debug, Default)]
struct Sent {
    by: BTreeMap<IpAddr, Vec<Instant>>,
}

impl Portal {
    /// A portal by its settings, or what is wrong with them.
    pub fn new(settings: &PortalSettings) -> Result<Self, String> {
        let parts = |text: &str| -> Vec<String> {
            let parts = text.split(',').map(str::trim).filter(|one| !one.is_empty());
            parts.map(str::to_owned).collect()
        };
        let contact = parts(&settings.contact);
        if contact.is_empty() || contact.len() > CONTACTS_LIMIT {
            return Err(format!(
                "1 to {CONTACTS_LIMIT} ways to reach you, such as `mailto:psirt@maker.example`"
            ));
        }
        if let Some(wrong) = contact.iter().find(|one| !is_reachable(one)) {
            return Err(format!(
                "addresses that begin with `mailto:`, `tel:` or `https:`, without spaces; `{wrong}` is none"
            ));
        }
        let languages = parts(&settings.languages);
        if let Some(wrong) = languages.iter().find(|one| !is_language(one)) {
            return Err(format!("tags of languages such as `en, de`; `{wrong}` is none"));
        }
        let expires = match settings.expires.trim() {
            "" => None,
            day => Some(day.parse().map_err(|_| "a day such as `2027-01-31`".to_owned())?),
        };
        Ok(Self { contact, languages, expires, sent: Mutex::default() })
    }

    /// How to reach the maker, the preferred way first.
    pub fn contact(&self) -> &[String] {
        &self.contact
    }

    /// The languages that are understood; none said = English.
    pub fn languages(&self) -> &[String] {
        &self.languages
    }

    /// The file by RFC 9116; none once the configured day is over: a stale file must not be used. `origin` is
    /// the address of the server without a path; addresses that are not encrypted may not stand in the file.
    pub fn security_txt(&self, origin: &str, today: Date) -> Option<String> {
        let last = match self.expires {
            Some(day) => day,
            None => today.checked_add(HOLDS).ok()?,
        };
        if last < today {
            return None;
        }
        let mut text = String::new();
        let mut line = |name: &str, value: &str| {
            text.push_str(&format!("{name}: {value}\n"));
        };
        let web = origin.starts_with("https://");
        for one in &self.contact {
            line("Contact", one);
        }
        if web {
            line("Contact", &format!("{origin}/report"));
        }
        line("Expires", &format!("{last}T23:59:59Z"));
        if !self.languages.is_empty() {
            line("Preferred-Languages", &self.languages.join(", "));
        }
        if web {
            line("Canonical", &format!("{origin}/.well-known/security.txt"));
            line("Policy", &format!("{origin}/security-policy"));
        }
        Some(text)
    }

    /// Counts something that is sent, or refuses it because too much came within the hour.
    pub(crate) fn let_in(&self, from: Option<IpAddr>, now: Instant) -> Result<(), Failure> {
        let mut sent = self.sent.lock().unwrap_or_else(PoisonError::into_inner);
        let begin = now.plus_micros(-WINDOW_MICROS);
        sent.by.retain(|_, at| {
            at.retain(|one| *one > begin && *one <= now);
            !at.is_empty()
        });
        let all: usize = sent.by.values().map(Vec::len).sum();
        let own = sent.by.entry(network(from)).or_default();
        if own.len() >= SENT_BY_ONE || all >= SENT_BY_ALL {
            let detail = "Too much was sent from your network, or in all, within the last hour. Nothing of this was kept. Try again in an hour; if it cannot wait, write to one of the addresses of the security policy.";
            return Err(Wrong::new(StatusCode::TOO_MANY_REQUESTS, "too_many", detail).into());
        }
        own.push(now);
        Ok(())
    }
}

/// The network of an address: an IPv4 address, or the first 64 bits of an IPv6 address, since one customer
/// has all behind them. All who come without an address are one.
fn network(from: Option<IpAddr>) -> IpAddr {
    match from.map(|address| address.to_canonical()) {
        Some(IpAddr::V6(address)) => IpAddr::V6((address.to_bits() >> 64 << 64).into()),
        Some(v4) => v4,
        None => IpAddr::V4(std::net::Ipv4Addr::UNSPECIFIED),
    }
}

fn is_reachable(one: &str) -> bool {
    let rest = ["mailto:", "tel:", "https://"].iter().find_map(|start| one.strip_prefix(start));
    let plain = |c: char| c.is_ascii_graphic() && !matches!(c, '<' | '>' | '"' | '\\' | '^' | '`');
    rest.is_some_and(|rest| {
        !rest.is_empty() && rest.len() <= CONTACT_LIMIT && rest.chars().all(plain)
    })
}

/// A tag by RFC 5646, as far as its form goes.
fn is_language(one: &str) -> bool {
    let mut parts = one.split('-');
    let first = parts.next().unwrap_or_default();
    let short = |part: &str| {
        (1..=8).contains(&part.len()) && part.chars().all(|c| c.is_ascii_alphanumeric())
    };
    (2..=8).contains(&first.len())
        && first.chars().all(|c| c.is_ascii_alphabetic())
        && parts.all(short)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(contact: &str) -> PortalSettings {
        PortalSettings {
            contact: contact.into(),
            languages: "en, de".into(),
            expires: String::new(),
        }
    }

    const TODAY: Date = Date::constant(2026, 11, 25);

    #[test]
    fn the_file_says_who_to_reach_until_when_and_where_it_is() {
        let portal = Portal::new(&settings("mailto:psirt@maker.example, tel:+1-201-555-0123"));
        let portal = portal.expect("fits");
        assert_eq!(
            portal.security_txt("https://care.maker.example", TODAY).expect("holds"),
            "Contact: mailto:psirt@maker.example\nContact: tel:+1-201-555-0123\n\
             Contact: https://care.maker.example/report\nExpires: 2027-05-24T23:59:59Z\n\
             Preferred-Languages: en, de\nCanonical: https://care.maker.example/.well-known/security.txt\n\
             Policy: https://care.maker.example/security-policy\n"
        );
        let plain = portal.security_txt("http://127.0.0.1:8080", TODAY).expect("holds");
        assert!(!plain.contains("http"), "addresses in the clear must not stand there: {plain}");
    }

    #[test]
    fn a_file_whose_day_is_over_is_not_given() {
        let until = |day: &str| {
            let settings = PortalSettings { expires: day.into(), ..settings("mailto:a@b.example") };
            Portal::new(&settings).expect("fits").security_txt("https://a.example", TODAY)
        };
        assert!(until("2026-11-25").expect("today").contains("Expires: 2026-11-25T23:59:59Z"));
        assert_eq!(until("2026-11-24"), None);
    }

    #[test]
    fn settings_that_would_make_another_file_are_refused() {
        for wrong in [
            "",
            "psirt@maker.example",
            "http://maker.example",
            "mailto:",
            "mailto:a b@c.example",
            "https://a.example/\nContact: mailto:evil@x.example",
            "javascript:alert(1)",
        ] {
            assert!(Portal::new(&settings(wrong)).is_err(), "{wrong:?}");
        }
        let languages = PortalSettings { languages: "english please".into(), ..settings("tel:1") };
        assert!(Portal::new(&languages).is_err());
        let expires = PortalSettings { expires: "soon".into(), ..settings("tel:1") };
        assert!(Portal::new(&expires).is_err());
    }

    #[test]
    fn one_network_is_stopped_before_all_are() {
        let portal = Portal::new(&settings("tel:1")).expect("fits");
        let at = |n: i64| Instant::from_micros(n * 1_000_000);
        let v4 = |n: u8| Some(IpAddr::from([192, 0, 2, n]));
        for n in 0..SENT_BY_ONE as i64 {
            portal.let_in(v4(1), at(n)).expect("let in");
        }
        assert!(portal.let_in(v4(1), at(20)).is_err());
        portal.let_in(v4(2), at(20)).expect("another network");
        portal.let_in(v4(1), at(3_600)).expect("the first is an hour old");
        let v6 = |n: u16| Some(IpAddr::from([0x2001, 0xdb8, 0, 1, 0, 0, 0, n]));
        for n in 0..SENT_BY_ONE as u16 {
            portal.let_in(v6(n), at(3_601)).expect("let in");
        }
        assert!(portal.let_in(v6(99), at(3_601)).is_err(), "one customer has them all");
        let others = 0..=u8::MAX;
        let refused =
            others.filter(|n| portal.let_in(Some([10, 0, 0, *n].into()), at(3_602)).is_err());
        assert_eq!(refused.count(), 0);
        let more = (0..=u8::MAX)
            .filter(|n| portal.let_in(Some([10, 0, 1, *n].into()), at(3_603)).is_err());
        assert!(more.count() > 200, "all together are too many");
    }
}
