//! Signals: entering, looking at, settling, erasing them.

use crate::{
    Desk, Trouble,
    answers::{CaseName, LetterSheet, MessageRow, SignalSheet},
    signal_letter::{Letter, file, letter_sheet},
    signal_queue::{family_refs, person_name},
    viewer::Viewer,
};
use aftercare_domain::{
    Operation, Refusal, Sight,
    access::Right,
    case::{Case, Cases},
    roster::Roster,
    signal::{
        self as rules, Dismissal, HarmScreen, Message, Reporter, Settlement, Signal, SignalChannel,
        SignalKind, SignalReceived,
    },
    subject,
};
use aftercare_register::{Fault, Reader, read::contact::Unsealed};
use aftercare_vocab::{
    id::{CaseId, PersonId, SignalId},
    instant::Instant,
};
use std::collections::BTreeSet;

/// A signal as somebody enters it.
#[derive(Debug, Clone)]
pub struct NewSignal {
    /// What it is.
    pub kind: SignalKind,
    /// The door it came through.
    pub channel: SignalChannel,
    /// Who or what it comes from, without names of persons.
    pub source: String,
    /// In one line, without names of persons.
    pub title: String,
    /// When it reached the maker; none = now.
    pub received_at: Option<Instant>,
    /// When the first employee became aware; none = when it was received.
    pub aware_at: Option<Instant>,
    /// Identifiers of vulnerabilities.
    pub vulnerabilities: Vec<String>,
    /// The families it is about; none named = not known yet.
    pub families: Sight,
    /// Whether a patient came to harm.
    pub harm: HarmScreen,
    /// The complaint record.
    pub complaint: Option<String>,
    /// What came.
    pub letter: Letter,
    /// Whether it names a person: then it is kept sealed.
    pub names_person: bool,
    /// Whether somebody outside waits for an answer.
    pub awaits_answer: bool,
}

/// How a signal is settled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Settling {
    /// It belongs to a case.
    Join(CaseId),
    /// No case comes of it; the operation says why.
    Dismiss(Dismissal),
}

impl Desk {
    /// Enters a signal.
    pub fn enter_signal(&self, op: &Operation, new: NewSignal) -> Result<SignalId, Trouble> {
        if let Some(before) = self.before(op)? {
            return Ok(before);
        }
        if new.kind == SignalKind::SbomMatch {
            return Err(Refusal::new(
                "signal_follows",
                "That an SBOM holds a vulnerable component is not entered: it follows from the findings.",
                "Upload the SBOM, or choose where the signal comes from.",
            )
            .into());
        }
        if new.channel == SignalChannel::Form {
            return Err(Refusal::new(
                "channel_unfit",
                "What comes by the public form enters itself.",
                "Choose the door through which it came to you.",
            )
            .into());
        }
        self.known_sight(&new.families)?;
        // Who writes is a person too, whether or not somebody marks it.
        let sealed = new.names_person || new.letter.name.is_some() || new.letter.contact.is_some();
        let kept = self.keep_letter(op, new.letter, sealed)?;
        let signal: SignalId = op.new_id();
        self.decided(op, signal, |pen| {
            let op = pen.dated()?;
            let received_at = new.received_at.unwrap_or(op.at);
            let received = SignalReceived {
                signal,
                kind: new.kind,
                channel: new.channel,
                source: new.source,
                title: new.title,
                received_at,
                aware_at: new.aware_at.unwrap_or(received_at),
                vulnerabilities: new.vulnerabilities,
                families: new.families,
                harm: new.harm,
                complaint: new.complaint,
                item: kept.item(),
                file: kept.file(),
                reporter: if new.awaits_answer { Reporter::Outside } else { Reporter::None },
            };
            let events = rules::receive(&*pen.facts().roster()?, received, &op)?;
            kept.attach(pen)?;
            Ok(events)
        })
    }

    /// Settles a signal.
    pub fn settle_signal(
        &self,
        op: &Operation,
        id: SignalId,
        settling: &Settling,
        viewer: Option<&Viewer>,
    ) -> Result<(), Trouble> {
        self.decided(op, (), |pen| {
            let (roster, cases) = (pen.facts().roster()?, pen.facts().cases()?);
            self.signal_of(&cases, id, viewer)?;
            let settlement = match settling {
                Settling::Join(case) => {
                    let seen = cases.get(*case).is_some_and(|one| self.knows(one, viewer));
                    if !seen {
                        return Err(Trouble::not_found("case", case));
                    }
                    Settlement::Joined(*case)
                }
                Settling::Dismiss(why) => Settlement::Dismissed(*why),
            };
            Ok(rules::settle(&roster, &cases, (id, settlement), &pen.dated()?)?)
        })
    }

    /// Gives a signal an owner.
    pub fn assign_signal(&self, op: &Operation, id: SignalId, to: PersonId) -> Result<(), Trouble> {
        self.decided(op, (), |pen| {
            let (roster, cases) = (pen.facts().roster()?, pen.facts().cases()?);
            self.signal_of(&cases, id, None)?;
            Ok(rules::assign(&roster, &cases, (id, to), &pen.dated()?)?)
        })
    }

    /// Erases for ever what a sealed signal and its thread say. When this returns without trouble, no file
    /// of the register holds the key any more.
    pub fn erase_signal(&self, op: &Operation, id: SignalId) -> Result<(), Trouble> {
        if let Some(before) = self.before(op)? {
            return Ok(before);
        }
        self.decided(op, (), |pen| {
            let cases = pen.facts().cases()?;
            let signal = self.signal_of(&cases, id, None)?;
            let Some(sealed) = signal.received.item.sealed() else {
                return Err(Refusal::new(
                    "not_sealed",
                    "This signal is not kept sealed, so it cannot be erased.",
                    "What names nobody stays in the record.",
                )
                .into());
            };
            let facts = pen.facts().signal_subject(&cases, id)?;
            Ok(subject::erase(&facts, sealed.subject, op)?)
        })?;
        match self.pen()?.scrub() {
            // The erasure is recorded and the key is destroyed: only its shadow in the log is left.
            Err(Fault::LogHeld { .. }) => Ok(()),
            other => Ok(other?),
        }
    }

    /// One signal whole.
    pub fn signal(&self, id: SignalId, viewer: Option<&Viewer>) -> Result<SignalSheet, Trouble> {
        let whole = self.whole_reader()?;
        let (cases, roster, families) = (whole.cases()?, whole.roster()?, self.families()?);
        let signal = self.signal_of(&cases, id, viewer)?;
        let received = &signal.received;
        let ids: BTreeSet<String> = received.vulnerabilities.iter().cloned().collect();
        let open = |one: &&Case| one.still_open().is_ok() && self.knows(one, viewer);
        let names = |cases: Vec<&Case>| cases.into_iter().map(case_name).collect::<Vec<_>>();
        let waits = signal.settled.is_none();
        let key = if waits {
            let queue = self.groups()?;
            queue.groups.iter().find(|one| one.signals.contains(&id)).map(|one| one.key.clone())
        } else {
            None
        };
        let dismissed = match &signal.settled {
            Some(Settlement::Dismissed(why)) => Some(*why),
            _ => None,
        };
        let may_join = signal.case().is_none();
        Ok(SignalSheet {
            id,
            entity_version: whole.entity_version(&id.to_string())?,
            kind: received.kind.code().to_owned(),
            kind_title: received.kind.title().to_owned(),
            channel: received.channel.title().to_owned(),
            source: received.source.clone(),
            title: received.title.clone(),
            received_at: received.received_at,
            aware_at: received.aware_at,
            recorded_at: signal.at,
            entry: signal.entry,
            vulnerabilities: received.vulnerabilities.clone(),
            families: family_refs(&received.families, &families),
            all_families: received.families.is_all(),
            harm: received.harm.code().to_owned(),
            harm_title: received.harm.title().to_owned(),
            complaint: received.complaint.clone(),
            letter: letter_sheet(&whole, &received.item)?,
            sealed: received.item.sealed().is_some(),
            digest: received.item.blob().to_string(),
            reporter: match received.reporter {
                Reporter::None => "nobody",
                Reporter::Thread(_) => "thread",
                Reporter::Outside => "outside",
            }
            .to_owned(),
            thread: messages(&whole, &roster, signal)?,
            owner: signal.owner.map(|one| person_name(&roster, one)),
            owners: roster
                .who_may(Right::TakeSignals, self.instant(signal.at))
                .into_iter()
                .map(|one| person_name(&roster, one))
                .collect(),
            state: match &signal.settled {
                None => "waiting",
                Some(Settlement::Joined(_)) => "joined",
                Some(Settlement::Dismissed(_)) => "dismissed",
            }
            .to_owned(),
            case: signal.case().and_then(|id| cases.get(id)).map(case_name),
            dismissed: dismissed.map(|why| why.code().to_owned()),
            dismissed_title: dismissed.map(|why| why.title().to_owned()),
            reason: signal.reason.clone(),
            settled_by: signal.settled_by.map(|by| person_name(&roster, by).name),
            about: if may_join {
                names(cases.about(&ids).filter(open).collect())
            } else {
                Vec::new()
            },
            cases: if may_join {
                names(cases.all().rev().filter(open).collect())
            } else {
                Vec::new()
            },
            key,
        })
    }

    /// The file that came with a signal: its name and its bytes as they came.
    pub fn signal_file(
        &self,
        id: SignalId,
        viewer: Option<&Viewer>,
    ) -> Result<(String, Vec<u8>), Trouble> {
        let whole = self.whole_reader()?;
        let cases = whole.cases()?;
        let signal = self.signal_of(&cases, id, viewer)?;
        match file(&whole, &signal.received)? {
            Ok(Some(found)) => Ok(found),
            Ok(None) => Err(Trouble::not_found("file of the signal", id)),
            Err(LetterSheet::Erased(erased)) => Err(Refusal::new(
                "already_erased",
                format!("It was erased on {}.", erased.at.shown()),
                "It cannot be brought back.",
            )
            .into()),
            Err(_) => Err(Refusal::new(
                "not_in_twin",
                "The key of this text stayed with the original.",
                "Look there.",
            )
            .into()),
        }
    }

    /// The signal, if this desk sees it: what it does not see is not there.
    pub(crate) fn signal_of<'a>(
        &self,
        cases: &'a Cases,
        id: SignalId,
        viewer: Option<&Viewer>,
    ) -> Result<&'a Signal, Trouble> {
        cases
            .signal(id)
            .filter(|one| self.sees_signal(cases, one, viewer))
            .ok_or_else(|| Trouble::not_found("signal", id))
    }

    /// Whether a signal is seen, and is of no case that whoever asks may not know of.
    pub(crate) fn sees_signal(&self, cases: &Cases, one: &Signal, viewer: Option<&Viewer>) -> bool {
        let case = one.case().and_then(|id| cases.get(id));
        one.received.is_seen(self.sight()) && case.is_none_or(|case| self.knows(case, viewer))
    }

    fn knows(&self, case: &Case, viewer: Option<&Viewer>) -> bool {
        self.may_know(case, viewer.map(|viewer| viewer.person))
    }

    /// Refuses families that are not there.
    fn known_sight(&self, sight: &Sight) -> Result<(), Trouble> {
        let Sight::Families(some) = sight else { return Ok(()) };
        let known = self.families()?;
        match some.iter().find(|family| !known.contains_key(family)) {
            Some(strange) => Err(Refusal::unknown("family", strange).into()),
            None => Ok(()),
        }
    }
}

fn case_name(case: &Case) -> CaseName {
    CaseName { id: case.id(), number: case.opened.number.clone(), title: case.opened.title.clone() }
}

/// The thread of a signal, opened; for a reader that sees the whole record.
pub(crate) fn messages(
    whole: &Reader,
    roster: &Roster,
    signal: &Signal,
) -> Result<Vec<MessageRow>, Trouble> {
    let row = |one: &Message| -> Result<MessageRow, Trouble> {
        let text = match whole.unseal(&one.text)? {
            Unsealed::Text(bytes) => {
                Some(String::from_utf8_lossy(bytes.trim_ascii_end()).into_owned())
            }
            Unsealed::Erased(_) | Unsealed::NotInTwin => None,
        };
        Ok(MessageRow {
            from: one.from.code().to_owned(),
            by: one.by.map(|person| person_name(roster, person)),
            at: one.at,
            text,
            entry: one.entry,
        })
    };
    signal.thread.iter().map(row).collect()
}
