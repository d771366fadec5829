//! Signals: anything that suggests or confirms a vulnerability of a device, in one queue.
//!
//! A signal that somebody sends or enters is an entry of its own. That an SBOM holds a vulnerable component
//! is a signal too; it needs no entry, because it follows from the findings of the record, until somebody
//! opens a case or decides about it.
//!
//! Source: FDA, Postmarket Management of Cybersecurity in Medical Devices (2016), section III (cybersecurity
//! signal); ISO/IEC 30111 for reports.

use crate::{
    access::Right,
    case::{self, Cases},
    event::Event,
    operation::{Operation, Role},
    refusal::Refusal,
    roster::{Roster, entitled},
    sight::Sight,
    subject::{Sealed, SubjectFacts, still_there},
    text::{self, NAME_LIMIT},
};
use aftercare_vocab::{
    digest::Digest,
    id::{CaseId, PersonId, SignalId},
    instant::Instant,
};
use serde::{Deserialize, Serialize};

/// Longest title of a signal or a case, in characters.
pub const TITLE_LIMIT: usize = 200;
/// Most vulnerability identifiers of one signal or case.
pub const VULNERABILITIES_LIMIT: usize = 50;
/// Most messages in the thread of one signal.
pub const MESSAGES_LIMIT: usize = 500;

macro_rules! coded {
    ($(#[$outer:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $code:literal, $title:literal;)* }) => {
        $(#[$outer])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$doc])* $variant,)* }

        impl $name {
            /// Every one, in the order of lists.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The code name, as in entries.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }

            /// The name on screen.
            pub const fn title(self) -> &'static str {
                match self { $(Self::$variant => $title,)* }
            }

            /// The one of this code name.
            pub fn of(code: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.code() == code)
            }
        }
    };
}
pub(crate) use coded;

coded! {
    /// Where a signal comes from.
    SignalKind {
        /// An SBOM holds a component that is known to be vulnerable.
        SbomMatch = "sbom_match", "SBOM match";
        /// A researcher or another finder reported it.
        Researcher = "researcher", "Report of a finder";
        /// A customer reported it.
        Customer = "customer", "Report of a customer";
        /// Service or support met it in the field.
        Field = "field", "Report from the field";
        /// A supplier told about it.
        Supplier = "supplier", "Notice of a supplier";
        /// A component loses or has lost its support.
        Lifecycle = "lifecycle", "End of support";
        /// Threat intelligence, KEV, EPSS, a CERT.
        ThreatIntelligence = "threat_intelligence", "Threat intelligence";
        /// An information sharing and analysis organisation told about it.
        Isao = "isao", "ISAO";
        /// A test of the maker found it.
        InternalTest = "internal_test", "Own test";
    }
}

coded! {
    /// Through which door a signal came.
    SignalChannel {
        /// The public form of the maker.
        Form = "form", "Public form";
        /// Mail.
        Mail = "mail", "Mail";
        /// Telephone.
        Phone = "phone", "Telephone";
        /// On paper, or in person.
        Letter = "letter", "Letter or in person";
        /// A source that is watched.
        Monitor = "monitor", "Watched source";
    }
}

coded! {
    /// Whether a patient came to harm, as far as was asked.
    HarmScreen {
        /// Yes, or it may be so: there is a complaint to be judged (21 CFR 803, 820.35(a)).
        Yes = "yes", "Yes or possibly";
        /// Asked, and no.
        No = "no", "No";
        /// Not asked yet, or no answer.
        Unknown = "unknown", "Not known";
    }
}

/// What came with a signal, byte for byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Item {
    /// Text or a file about nobody: the blob.
    Plain(Digest),
    /// It names a person: encrypted, so that it can be erased.
    Sealed(Sealed),
}

impl Item {
    /// The blob that holds it.
    pub const fn blob(&self) -> Digest {
        match self {
            Self::Plain(digest) => *digest,
            Self::Sealed(sealed) => sealed.blob,
        }
    }

    /// Whose key opens it, if it is sealed.
    pub const fn sealed(&self) -> Option<Sealed> {
        match self {
            Self::Plain(_) => None,
            Self::Sealed(sealed) => Some(*sealed),
        }
    }
}

/// Somebody outside who waits to hear of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reporter {
    /// Nobody: a source that is watched, or somebody who left no way to answer.
    None,
    /// Can read and write in a thread, whose key hashes to this.
    Thread(Digest),
    /// Is answered outside of the product: by mail or telephone.
    Outside,
}

/// A signal came in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignalReceived {
    /// The signal.
    pub signal: SignalId,
    /// What it is.
    pub kind: SignalKind,
    /// The door.
    pub channel: SignalChannel,
    /// Who or what it comes from, without names of persons: `Supplier Nordic RTOS AB`.
    pub source: String,
    /// In one line.
    pub title: String,
    /// When it reached the maker.
    pub received_at: Instant,
    /// When the first employee became aware; FDA counts from here.
    pub aware_at: Instant,
    /// Identifiers of vulnerabilities that it names.
    pub vulnerabilities: Vec<String>,
    /// Product families it is about; none named = not known yet.
    pub families: Sight,
    /// Whether a patient came to harm.
    pub harm: HarmScreen,
    /// The complaint record, if there is one.
    pub complaint: Option<String>,
    /// What came, as it came.
    pub item: Item,
    /// The file that came with it, kept like the item.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<Item>,
    /// Who waits for an answer.
    pub reporter: Reporter,
}

impl SignalReceived {
    /// Whether it touches something that is seen.
    pub fn is_seen(&self, sight: &Sight) -> bool {
        case::is_seen(&self.families, sight)
    }
}

/// What became of a signal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Settlement {
    /// It belongs to a case.
    Joined(CaseId),
    /// No case comes of it; the reason stands in the entry.
    Dismissed(Dismissal),
}

coded! {
    /// Why no case comes of a signal.
    Dismissal {
        /// It is spam.
        Spam = "spam", "Spam";
        /// It is about no product of the maker.
        NotOurs = "not_ours", "Not about our products";
        /// It is about no security.
        NoSecurity = "no_security", "Not about security";
        /// It cannot be understood, and nobody answers questions.
        Unintelligible = "unintelligible", "Not understood, no answer";
    }
}

/// A signal was settled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignalSettled {
    /// The signal.
    pub signal: SignalId,
    /// How.
    pub settlement: Settlement,
    /// Who settled it.
    pub by: PersonId,
}

/// A signal that waits got an owner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignalAssigned {
    /// The signal.
    pub signal: SignalId,
    /// Who looks after it.
    pub to: PersonId,
}

coded! {
    /// Who writes in the thread of a signal.
    Voice {
        /// Who reported it.
        Reporter = "reporter", "Reporter";
        /// Somebody of the maker.
        Maker = "maker", "Maker";
    }
}

/// A message was added to the thread of a signal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ThreadMessageAdded {
    /// The signal.
    pub signal: SignalId,
    /// Who wrote it.
    pub from: Voice,
    /// Which person of the maker.
    pub by: Option<PersonId>,
    /// The text, sealed for the subject of the report: it goes when that is erased.
    pub text: Sealed,
}

/// Takes a signal in. `by` a person, unless the public form or a follower brings it.
pub fn receive(
    roster: &Roster,
    signal: SignalReceived,
    op: &Operation,
) -> Result<Vec<Event>, Refusal> {
    if roster.acting(&op.actor).is_some() {
        entitled(roster, Right::TakeSignals, op)?;
    }
    if signal.received_at > op.at || signal.aware_at > op.at {
        return Err(Refusal::new(
            "in_the_future",
            "A signal was received, and somebody became aware of it, before now.",
            "Correct the instants.",
        ));
    }
    if signal.aware_at < signal.received_at && signal.channel == SignalChannel::Form {
        return Err(Refusal::new(
            "aware_before_received",
            "Nobody can be aware of a report before it came.",
            "Correct the instants.",
        ));
    }
    let complaint = text::optional_line("complaint", signal.complaint.as_deref(), NAME_LIMIT)?;
    Ok(vec![
        SignalReceived {
            source: text::line("source", &signal.source, NAME_LIMIT)?,
            title: text::line("title", &signal.title, TITLE_LIMIT)?,
            vulnerabilities: identifiers(signal.vulnerabilities)?,
            complaint,
            ..signal
        }
        .into(),
    ])
}

/// Settles a signal that waits.
pub fn settle(
    roster: &Roster,
    cases: &Cases,
    (signal, settlement): (SignalId, Settlement),
    op: &Operation,
) -> Result<Vec<Event>, Refusal> {
    let by = entitled(roster, Right::TakeSignals, op)?;
    let known = cases.signal(signal).ok_or_else(|| Refusal::unknown("signal", signal))?;
    match (&known.settled, &settlement) {
        (Some(Settlement::Joined(_)), _) => {
            return Err(Refusal::new(
                "signal_settled",
                "This signal belongs to a case already.",
                "Look at the case.",
            ));
        }
        (Some(Settlement::Dismissed(_)), Settlement::Dismissed(_)) => {
            return Err(Refusal::new(
                "signal_settled",
                "This signal was dismissed already.",
                "Leave it, or join it to a case if there is something new.",
            ));
        }
        _ => {}
    }
    match settlement {
        Settlement::Joined(case) => {
            let case = cases.get(case).ok_or_else(|| Refusal::unknown("case", case))?;
            case.still_open()?;
        }
        Settlement::Dismissed(_) if op.reason.is_none() => {
            return Err(Refusal::new(
                "reason_missing",
                "A signal is dismissed with a reason.",
                "Say why in a sentence.",
            ));
        }
        Settlement::Dismissed(_) => {}
    }
    Ok(vec![SignalSettled { signal, settlement, by }.into()])
}

/// Gives a signal that waits an owner.
pub fn assign(
    roster: &Roster,
    cases: &Cases,
    (signal, to): (SignalId, PersonId),
    op: &Operation,
) -> Result<Vec<Event>, Refusal> {
    entitled(roster, Right::TakeSignals, op)?;
    let known = cases.signal(signal).ok_or_else(|| Refusal::unknown("signal", signal))?;
    if known.settled.is_some() {
        return Err(Refusal::new(
            "signal_settled",
            "This signal was settled already.",
            "A case has an owner of its own.",
        ));
    }
    roster.active(to)?;
    if !roster.rights(to).contains(&Right::TakeSignals) {
        return Err(Refusal::new(
            "owner_unfit",
            "This person may not settle signals, so they could not look after one.",
            "Name one of those who may.",
        )
        .could(roster.names(roster.who_may(Right::TakeSignals, op.at))));
    }
    if known.owner == Some(to) {
        return Err(Refusal::new(
            "nothing_changed",
            "They look after it already.",
            "Leave it as it is.",
        ));
    }
    Ok(vec![SignalAssigned { signal, to }.into()])
}

/// Adds a message to the thread of a signal. Who reported it writes through the portal, which looked at
/// their key; a person of the maker by their right.
pub fn write(
    roster: &Roster,
    cases: &Cases,
    subject: &SubjectFacts,
    (signal, from, text): (SignalId, Voice, Sealed),
    op: &Operation,
) -> Result<Vec<Event>, Refusal> {
    let known = cases.signal(signal).ok_or_else(|| Refusal::unknown("signal", signal))?;
    let by = match from {
        Voice::Reporter => None,
        Voice::Maker => Some(entitled(roster, Right::TakeSignals, op)?),
    };
    let (Reporter::Thread(_), Item::Sealed(item)) =
        (&known.received.reporter, &known.received.item)
    else {
        return Err(Refusal::new(
            "no_thread",
            "Whoever sent this signal reads no thread.",
            "Answer by the way it came, and record that in the case.",
        ));
    };
    still_there(subject)?;
    if subject.subject != Some(item.subject) || text.subject != item.subject {
        return Err(Refusal::new(
            "subject_elsewhere",
            "The text is sealed for another person.",
            "Seal it for the subject of the report.",
        ));
    }
    if known.thread.len() >= MESSAGES_LIMIT {
        return Err(Refusal::new(
            "thread_full",
            format!("The thread holds {MESSAGES_LIMIT} messages."),
            "Go on by mail.",
        ));
    }
    Ok(vec![ThreadMessageAdded { signal, from, by, text }.into()])
}

/// Identifiers in normal form, each once, in the order given.
pub(crate) fn identifiers(given: Vec<String>) -> Result<Vec<String>, Refusal> {
    if given.len() > VULNERABILITIES_LIMIT {
        return Err(Refusal::new(
            "too_many_vulnerabilities",
            format!("{} identifiers are named.", given.len()),
            format!("Name at most {VULNERABILITIES_LIMIT}."),
        ));
    }
    let mut kept: Vec<String> = Vec::new();
    for one in given {
        let mut one = text::line("identifier", &one, NAME_LIMIT)?;
        if one.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("cve-")) {
            one.make_ascii_uppercase();
        }
        if !kept.contains(&one) {
            kept.push(one);
        }
    }
    Ok(kept)
}

/// A signal as its entries say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signal {
    /// What came in.
    pub received: SignalReceived,
    /// When it was recorded.
    pub at: Instant,
    /// Its entry.
    pub entry: u64,
    /// What became of it; none = it waits.
    pub settled: Option<Settlement>,
    /// Why, where it was dismissed.
    pub reason: Option<String>,
    /// Who settled it.
    pub settled_by: Option<PersonId>,
    /// Who looks after it while it waits.
    pub owner: Option<PersonId>,
    /// What was written since, the oldest first.
    pub thread: Vec<Message>,
}

/// A message in the thread of a signal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Who wrote it.
    pub from: Voice,
    /// Which person of the maker.
    pub by: Option<PersonId>,
    /// In which role.
    pub role: Role,
    /// When.
    pub at: Instant,
    /// Its entry.
    pub entry: u64,
    /// The text.
    pub text: Sealed,
}

impl Signal {
    /// The identifier.
    pub const fn id(&self) -> SignalId {
        self.received.signal
    }

    /// The case it belongs to.
    pub const fn case(&self) -> Option<CaseId> {
        match self.settled {
            Some(Settlement::Joined(case)) => Some(case),
            _ => None,
        }
    }

    /// The first answer of the maker in its thread: that the report arrived.
    pub fn acknowledged(&self) -> Option<&Message> {
        self.thread.iter().find(|one| one.from == Voice::Maker)
    }
}
