//! Sending notices by mail: one at a time, by one process, each step recorded before the next is taken.
//!
//! That a mail is being sent is recorded before the mail server is spoken to. Whatever ends the process then, the
//! record says that nobody knows whether it went, and it does not go a second time by itself.

use crate::{Desk, Trouble, matcher::Following, notice_letter::NoticeLetter};
use aftercare_domain::{
    Event, Operation,
    advisory::Advisories,
    case::Cases,
    notice::{Notice, NoticeMoved, Notices, Step},
};
use aftercare_net::{
    Reach,
    mail::{Account, Leave, Mail, MailLimits, Mailbox, NotSent, Post, Protection, Server},
};
use aftercare_register::{Fault, Outward, Reader, read::contact::Unsealed};
use aftercare_vocab::{id::NoticeId, instant::Instant};
use std::{
    fmt,
    time::{Duration, SystemTime},
};

/// How mail goes, and from whom.
#[derive(Debug)]
pub struct Mailing {
    post: Post,
    from: Mailbox,
    reply_to: Option<Mailbox>,
}

/// A mail server as it is configured.
pub struct MailServer {
    /// Its name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the way there is protected. Without protection, only the own machine is spoken to.
    pub protection: Protection,
    /// Certificates (PEM) of authorities that are believed beside those of the machine.
    pub authorities: Vec<String>,
    /// Name and password of who signs in; none = nobody.
    pub account: Option<(String, String)>,
    /// The name by which this installation greets.
    pub greets_as: String,
}

/// Never the password.
impl fmt::Debug for MailServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.host, self.port)
    }
}

impl Mailing {
    /// The way to a mail server, or why its settings cannot be used. Nobody is asked yet.
    pub fn new(
        server: MailServer,
        from: Mailbox,
        reply_to: Option<Mailbox>,
    ) -> Result<Self, String> {
        let server = Server {
            host: server.host,
            port: server.port,
            protection: server.protection,
            authorities: server.authorities,
            account: server.account.map(|(name, password)| Account { name, password }),
            greets_as: server.greets_as,
        };
        let post = Post::new(server, Reach::OwnMachine, MailLimits::default());
        Ok(Self { post: post.map_err(|why| why.to_string())?, from, reply_to })
    }
}

/// One step of sending.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Posted {
    /// A notice went a step.
    Moved(NoticeId),
    /// Nothing is to be sent before that instant; none = nothing at all.
    Idle(Option<Instant>),
}

/// A mail of a record that is no twin.
struct OfRecord(Outward);

impl Leave for OfRecord {}

/// What is known of a code that says why a mail did not go, in words.
pub(crate) fn reason(code: &str) -> &'static str {
    match code {
        "offline" => "This installation is set to stay offline.",
        "unwritable" => {
            "The mail cannot be written: the address may be malformed. Correct the contact."
        }
        "too_large" => "The mail is too large for the mail server.",
        "settings" | "out_of_reach" => {
            "The settings of the mail server cannot be used. Correct the keys under `mail`."
        }
        "unreachable" | "too_slow" => "The mail server could not be reached.",
        "account" => {
            "The mail server did not take the account. Correct name and password under `mail`."
        }
        "recipient" => "The mail server does not deliver to this address. Correct the contact.",
        "temporary" => "The mail server could not take it at that time.",
        "permanent" => "The mail server refused the mail.",
        "broke_off" => "The connection broke off after the mail was handed over.",
        "interrupted" => {
            "Sending was interrupted. Ask there whether it arrived before sending it again."
        }
        "unreadable" => {
            "The letter cannot be read any more. Restore it from a backup, then send it again."
        }
        "no_address" => "The contact has no mail address any more.",
        "not_out" => {
            "The advisory was withdrawn, replaced, or came under embargo before the mail went."
        }
        _ => "It did not go.",
    }
}

/// Codes of what is wrong with the server, the account or the way there ([`NotSent::is_of_server`]).
const OF_SERVER: &[&str] =
    &["offline", "settings", "out_of_reach", "unreachable", "too_slow", "account"];

const fn code(why: &NotSent) -> &'static str {
    match why {
        NotSent::Offline => "offline",
        NotSent::Unwritable(_) => "unwritable",
        NotSent::TooLarge { .. } => "too_large",
        NotSent::Settings { .. } => "settings",
        NotSent::OutOfReach { .. } => "out_of_reach",
        NotSent::Unreachable { .. } => "unreachable",
        NotSent::TooSlow { .. } => "too_slow",
        NotSent::Auth { .. } => "account",
        NotSent::Recipient { .. } => "recipient",
        NotSent::Temporary { .. } => "temporary",
        NotSent::Permanent { .. } => "permanent",
        NotSent::InDoubt { .. } => "broke_off",
    }
}

impl Desk {
    /// Whether a mail server is configured.
    pub fn sends_mail(&self) -> bool {
        self.mailing.is_some()
    }

    /// Whether this process sends the mails of the record, where several serve it.
    pub fn posts(&self, following: &mut Following) -> Result<bool, Trouble> {
        self.leads(following, "posting")
    }

    /// Sends the next mail that is due, if any. For whom [`Desk::posts`] says so.
    pub fn post_next(
        &self,
        operation: &impl Fn() -> Operation,
        now: Instant,
    ) -> Result<Posted, Trouble> {
        let Some(mailing) = self.mailing.as_ref().filter(|_| self.twin().is_none()) else {
            return Ok(Posted::Idle(None));
        };
        let reader = self.register().reader()?;
        let notices = reader.notices()?;
        if let Some(one) = notices.pending().find(|one| one.is_broken_off()) {
            return self.moved(&operation(), one, Step::InDoubt, Some("interrupted"));
        }
        let next =
            notices.pending().filter_map(|one| Some((one.due()?, one))).min_by_key(|one| one.0);
        let Some((due, notice)) = next else { return Ok(Posted::Idle(None)) };
        let rests = rests_until(&notices).filter(|_| !is_asked_for(notice));
        if let Some(until) = [Some(due), rests].into_iter().flatten().find(|at| *at > now) {
            return Ok(Posted::Idle(Some(until)));
        }
        let (cases, all) = (reader.cases()?, reader.advisories()?);
        if !is_out(&cases, &all, notice) {
            return self.moved(&operation(), notice, Step::Refused, Some("not_out"));
        }
        let (to, letter) = match written(&reader, notice) {
            Ok(Some(both)) => both,
            Ok(None) => {
                return self.moved(&operation(), notice, Step::Refused, Some("no_address"));
            }
            // It stays unreadable until somebody restores it; the others go meanwhile.
            Err(Trouble::Fault(
                Fault::KeyMissing { .. } | Fault::BlobMissing { .. } | Fault::BlobDamaged { .. },
            )) => return self.moved(&operation(), notice, Step::Refused, Some("unreadable")),
            Err(trouble) => return Err(trouble),
        };
        drop(reader);
        let leave = OfRecord(self.outward("A notice")?);
        let host = mailing.from.address.rsplit('@').next().unwrap_or("aftercare").to_owned();
        let mail = Mail {
            from: mailing.from.clone(),
            to,
            reply_to: mailing.reply_to.clone(),
            subject: letter.subject,
            text: letter.text,
            // The same for every try: a second delivery can be recognised.
            id: format!("{}@{host}", notice.id()),
            date: SystemTime::UNIX_EPOCH
                + Duration::from_micros(u64::try_from(notice.at.micros()).unwrap_or(0)),
            automatic: false,
        };
        if self.moved(&operation(), notice, Step::Trying, None)? != Posted::Moved(notice.id()) {
            return Ok(Posted::Idle(Some(now)));
        }
        let (step, why) = match mailing.post.send(&leave, &mail) {
            Ok(_) => (Step::HandedOver, None),
            Err(why @ NotSent::InDoubt { .. }) => (Step::InDoubt, Some(code(&why))),
            Err(why) if why.may_pass() || why.is_of_server() => (Step::Later, Some(code(&why))),
            Err(why) => (Step::Refused, Some(code(&why))),
        };
        self.moved(&operation(), notice, step, why)
    }

    /// Records a step. That it is being sent, only while it still waits and may go; that this broke off, only if
    /// nobody has said since how it ended.
    fn moved(
        &self,
        op: &Operation,
        notice: &Notice,
        step: Step,
        why: Option<&str>,
    ) -> Result<Posted, Trouble> {
        let id = notice.id();
        let why = why.map(str::to_owned);
        let went = self.transact(op, |pen| -> Result<bool, Trouble> {
            let (notices, cases, all) =
                (pen.facts().notices()?, pen.facts().cases()?, pen.facts().advisories()?);
            let Some(one) = notices.get(id) else { return Ok(false) };
            let follows = match step {
                Step::Trying => one.due().is_some() && is_out(&cases, &all, one),
                _ if why.as_deref() == Some("interrupted") => one.is_broken_off(),
                _ => true,
            };
            if !follows {
                return Ok(false);
            }
            let event: Event = NoticeMoved { notice: id, step, why, by: None }.into();
            pen.record_all(vec![event])?;
            Ok(true)
        })?;
        Ok(if went.value { Posted::Moved(id) } else { Posted::Idle(None) })
    }
}

/// Until when nothing is sent because the server, the account or the way there was wrong the last time: it would be
/// for every other mail as well, and an account may be locked.
fn rests_until(notices: &Notices) -> Option<Instant> {
    let tried = notices.pending().filter_map(|one| match &one.step {
        Some((Step::Later, at, Some(why))) if OF_SERVER.contains(&why.as_str()) => {
            Some((*at, one.due()?))
        }
        _ => None,
    });
    tried.max().map(|(_, due)| due)
}

/// Whether somebody asked for it since it was tried.
fn is_asked_for(notice: &Notice) -> bool {
    matches!(notice.step, Some((Step::Again, ..)))
}

/// Whether what it is about is still out, and nobody has to be silent about it.
fn is_out(cases: &Cases, all: &Advisories, notice: &Notice) -> bool {
    let Some(state) = all.get(notice.issued.advisory) else { return false };
    let free = cases.get(state.case).is_some_and(|case| case.embargo.is_none());
    let out = state.standing().map(|one| one.drafted.version);
    free && out == Some(notice.issued.version)
}

/// Whom a notice goes to, and its letter; none = there is no address any more.
fn written(reader: &Reader, notice: &Notice) -> Result<Option<(Mailbox, NoticeLetter)>, Trouble> {
    let contact = match notice.issued.contact {
        Some(id) => reader.contact(id)?,
        None => None,
    };
    let Some(Unsealed::Text(person)) = contact.map(|row| row.person) else { return Ok(None) };
    let (Some(address), Unsealed::Text(letter)) =
        (person.email, reader.unseal(&notice.issued.letter)?)
    else {
        return Ok(None);
    };
    let to = Mailbox { name: Some(person.name), address };
    Ok(Some((to, NoticeLetter::read(&letter)?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_of_the_server_has_its_code_in_the_list_and_a_reason() {
        let (host, why) = (String::new(), String::new());
        let reply = String::new;
        let all = [
            NotSent::Offline,
            NotSent::Unreachable { host: host.clone(), why: why.clone() },
            NotSent::Auth { host: host.clone(), reply: reply() },
            NotSent::Recipient { host: host.clone(), reply: reply() },
            NotSent::Temporary { host: host.clone(), reply: reply() },
            NotSent::Permanent { host: host.clone(), reply: reply() },
            NotSent::InDoubt { host, why },
        ];
        for one in &all {
            assert_eq!(OF_SERVER.contains(&code(one)), one.is_of_server(), "{one}");
            assert_ne!(reason(code(one)), reason(""), "{one}");
        }
    }
}
