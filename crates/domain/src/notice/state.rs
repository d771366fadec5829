//! Notices as their entries say.

use super::{Concerned, NoticeIssued, Step, TRIES_LIMIT, Way};
use crate::{entry::Entry, event::Event};
use aftercare_vocab::{
    digest::Digest,
    id::{AdvisoryId, ConsigneeId, NoticeId, PersonId},
    instant::Instant,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// The shortest wait before a mail is tried again, in microseconds; doubled each time.
const WAIT_MICROS: i64 = 5 * 60 * 1_000_000;

/// How far a notice reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reach {
    /// It did not go.
    Not,
    /// It is to go: by the product, or by hand.
    Waiting,
    /// Nobody knows whether it went.
    Unknown,
    /// It went. Whether it was read is not known.
    Told,
    /// Somebody there has acknowledged it.
    Acknowledged,
}

impl Reach {
    /// The code name.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Not => "not_told",
            Self::Waiting => "waiting",
            Self::Unknown => "unknown",
            Self::Told => "told",
            Self::Acknowledged => "acknowledged",
        }
    }

    /// The name on screen.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Not => "Not told",
            Self::Waiting => "Waits to go",
            Self::Unknown => "Not known whether it went",
            Self::Told => "Told, not acknowledged",
            Self::Acknowledged => "Acknowledged",
        }
    }

    /// Whether the consignee counts as told.
    pub const fn is_told(self) -> bool {
        matches!(self, Self::Told | Self::Acknowledged)
    }
}

/// An acknowledgement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acknowledged {
    /// When.
    pub at: Instant,
    /// Who recorded it; none = by the address in the letter.
    pub by: Option<PersonId>,
    /// What whoever recorded it says.
    pub reason: Option<String>,
}

/// A notice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// What was issued.
    pub issued: NoticeIssued,
    /// When.
    pub at: Instant,
    /// The number of its entry.
    pub entry: u64,
    /// Its newest step, when, and why it did not go; none = nobody has tried.
    pub step: Option<(Step, Instant, Option<String>)>,
    /// How often the mail server was spoken to since somebody last asked for it.
    pub tries: u32,
    /// The first acknowledgement.
    pub acknowledged: Option<Acknowledged>,
}

impl Notice {
    /// Its identifier.
    pub const fn id(&self) -> NoticeId {
        self.issued.notice
    }

    /// How it goes.
    pub const fn way(&self) -> Way {
        if self.issued.contact.is_some() { Way::Mail } else { Way::Hand }
    }

    /// Whether it names such devices, however many.
    pub fn names(&self, devices: &Concerned) -> bool {
        self.issued.devices.iter().any(|one| {
            (one.site, one.product, one.version) == (devices.site, devices.product, devices.version)
        })
    }

    /// How far it reached.
    pub fn reach(&self) -> Reach {
        if self.acknowledged.is_some() {
            return Reach::Acknowledged;
        }
        match self.step.as_ref().map(|(step, ..)| *step) {
            None | Some(Step::Again) => Reach::Waiting,
            Some(Step::Later) if self.tries < TRIES_LIMIT => Reach::Waiting,
            Some(Step::Later | Step::Refused) => Reach::Not,
            Some(Step::Trying | Step::InDoubt) => Reach::Unknown,
            Some(Step::HandedOver) => Reach::Told,
        }
    }

    /// From when on the product tries to send it; none = it does not.
    pub fn due(&self) -> Option<Instant> {
        if self.way() != Way::Mail || self.reach() != Reach::Waiting {
            return None;
        }
        match &self.step {
            Some((Step::Later, at, _)) => {
                let wait = WAIT_MICROS << self.tries.saturating_sub(1).min(TRIES_LIMIT);
                at.micros().checked_add(wait).map(Instant::from_micros)
            }
            Some((_, at, _)) => Some(*at),
            None => Some(self.at),
        }
    }

    /// Whether it was being sent when whoever sent it stopped: nobody knows whether it went.
    pub fn is_broken_off(&self) -> bool {
        matches!(self.step, Some((Step::Trying, ..)))
    }

    fn enter(&mut self, entry: &Entry) {
        match &entry.event {
            Event::NoticeMoved(e) => {
                match e.step {
                    Step::Trying => self.tries += 1,
                    Step::Again => self.tries = 0,
                    _ => {}
                }
                self.step = Some((e.step, entry.at, e.why.clone()));
            }
            Event::NoticeAcknowledged(e) if self.acknowledged.is_none() => {
                let (at, reason) = (entry.at, entry.reason.clone());
                self.acknowledged = Some(Acknowledged { at, by: e.by, reason });
            }
            _ => {}
        }
    }
}

/// All notices at one point of the ledger.
#[derive(Debug, Clone, Default)]
pub struct Notices {
    all: BTreeMap<NoticeId, Arc<Notice>>,
    by_key: BTreeMap<Digest, NoticeId>,
    by_consignee: BTreeMap<(AdvisoryId, ConsigneeId), Vec<NoticeId>>,
    pending: BTreeSet<NoticeId>,
    position: u64,
}

impl Notices {
    /// Takes in an entry. Entries come in their order; others than those of [`KINDS`](super::KINDS) change
    /// nothing.
    pub fn enter(&mut self, entry: &Entry) {
        self.position = entry.seq;
        match &entry.event {
            Event::NoticeIssued(e) => {
                let notice = Notice {
                    issued: e.clone(),
                    at: entry.at,
                    entry: entry.seq,
                    step: None,
                    tries: 0,
                    acknowledged: None,
                };
                self.by_key.insert(e.key, e.notice);
                self.by_consignee.entry((e.advisory, e.consignee)).or_default().push(e.notice);
                self.all.insert(e.notice, Arc::new(notice));
                self.weigh(e.notice);
            }
            Event::NoticeMoved(e) => self.change(e.notice, entry),
            Event::NoticeAcknowledged(e) => self.change(e.notice, entry),
            _ => {}
        }
    }

    fn change(&mut self, id: NoticeId, entry: &Entry) {
        if let Some(one) = self.all.get_mut(&id) {
            Arc::make_mut(one).enter(entry);
        }
        self.weigh(id);
    }

    fn weigh(&mut self, id: NoticeId) {
        let waits = self.get(id).is_some_and(|one| one.due().is_some() || one.is_broken_off());
        if waits {
            self.pending.insert(id);
        } else {
            self.pending.remove(&id);
        }
    }

    /// Mails that are to be sent, and those of which nobody knows whether they went because sending broke off.
    pub fn pending(&self) -> impl Iterator<Item = &Notice> {
        self.pending.iter().filter_map(|id| self.get(*id))
    }

    /// The position of the newest entry that was taken in.
    pub const fn position(&self) -> u64 {
        self.position
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.all.len()
    }

    /// One of them.
    pub fn get(&self, id: NoticeId) -> Option<&Notice> {
        self.all.get(&id).map(Arc::as_ref)
    }

    /// The one whose letter holds the secret of this digest.
    pub fn of_key(&self, key: &Digest) -> Option<&Notice> {
        self.get(*self.by_key.get(key)?)
    }

    /// Those about an advisory, in the order they were issued.
    pub fn of_advisory(&self, advisory: AdvisoryId) -> impl Iterator<Item = &Notice> {
        self.all().filter(move |one| one.issued.advisory == advisory)
    }

    /// Those about an advisory to a consignee, in the order they were issued.
    pub fn of_consignee(
        &self,
        advisory: AdvisoryId,
        consignee: ConsigneeId,
    ) -> impl Iterator<Item = &Notice> {
        let ids = self.by_consignee.get(&(advisory, consignee)).into_iter().flatten();
        ids.filter_map(|id| self.get(*id))
    }

    /// Those about a version of an advisory to a consignee, in the order they were issued.
    pub fn to(
        &self,
        (advisory, version): (AdvisoryId, u64),
        consignee: ConsigneeId,
    ) -> impl Iterator<Item = &Notice> {
        self.of_consignee(advisory, consignee).filter(move |one| one.issued.version == version)
    }

    /// How far a version of an advisory reached a consignee that has these devices. It was not told while one of
    /// them stands in no notice, and no further than of the one that it was told least of.
    pub fn reach(
        &self,
        of: (AdvisoryId, u64),
        consignee: ConsigneeId,
        devices: &[Concerned],
    ) -> Reach {
        let furthest = |some: &mut dyn Iterator<Item = &Notice>| {
            some.map(Notice::reach).max().unwrap_or(Reach::Not)
        };
        let each = devices
            .iter()
            .map(|one| furthest(&mut self.to(of, consignee).filter(|notice| notice.names(one))));
        each.min().unwrap_or_else(|| furthest(&mut self.to(of, consignee)))
    }

    /// All of them, in the order they were issued.
    pub fn all(&self) -> impl Iterator<Item = &Notice> {
        self.all.values().map(Arc::as_ref)
    }
}
