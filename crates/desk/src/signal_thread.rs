//! Reports from outside: the public form, and the thread between whoever reported something and the maker.
//!
//! Whoever has the link reads and writes; the record keeps a digest of its secret alone. Nothing that they
//! write stands in the ledger: it is sealed for one subject, so that it can be erased. A twin takes nothing
//! from outside.

use crate::{
    Desk, Trouble,
    answers::Thread,
    signal::messages,
    signal_letter::{Letter, WORDS_LIMIT, letter_sheet},
    viewer::Viewer,
};
use aftercare_domain::{
    Actor, Operation, Refusal, Role, Sight,
    case::{CaseFactRecorded, Fact, ReporterTold, Told, may_record},
    signal::{
        self as rules, HarmScreen, Reporter, Settlement, Signal, SignalChannel, SignalKind,
        SignalReceived, Voice,
    },
    text,
};
use aftercare_register::{Pen, SealedBlob};
use aftercare_signin::token::{Bearer, Purpose};
use aftercare_vocab::{
    digest::Digest,
    id::{SignalId, SubjectId},
};

/// The title of a report by the public form: what somebody outside wrote is not put into the ledger.
pub(crate) const TITLE: &str = "Report by the public form";
/// Its source.
const SOURCE: &str = "Public form";

/// What the maker tells whoever reported something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Telling(pub Told);

/// A key for a new thread: 43 characters that nobody can guess; none without chance.
pub fn reporter_key(op: &Operation) -> Option<String> {
    op.secret().map(|bytes| Bearer::from_bytes(bytes).text().expose().to_owned())
}

fn digest_of(key: &str) -> Option<Digest> {
    Bearer::read(key).ok().map(|bearer| bearer.digest(Purpose::Thread))
}

fn no_thread() -> Trouble {
    Refusal::new(
        "thread_unknown",
        "There is no report under this address.",
        "Check that the whole address was copied. It cannot be looked up or sent again.",
    )
    .into()
}

impl Desk {
    /// Takes a report from outside. `key` was drawn for the form ([`reporter_key`]); the same again changes
    /// nothing.
    pub fn report(
        &self,
        op: &Operation,
        key: &str,
        letter: Letter,
        harm: HarmScreen,
    ) -> Result<(), Trouble> {
        self.open_outside()?;
        let digest = digest_of(key).ok_or_else(no_thread)?;
        if self.whole_reader()?.cases()?.of_reporter(&digest).is_some() {
            return Ok(());
        }
        let op = &from_outside(op);
        let kept = self.keep_letter(op, letter, true)?;
        self.decided(op, (), |pen| {
            if pen.facts().cases()?.of_reporter(&digest).is_some() {
                return Ok(Vec::new()); // the same form, sent twice at once
            }
            let op = pen.dated()?;
            let received = SignalReceived {
                signal: op.new_id(),
                kind: SignalKind::Researcher,
                channel: SignalChannel::Form,
                source: SOURCE.to_owned(),
                title: TITLE.to_owned(),
                received_at: op.at,
                aware_at: op.at,
                vulnerabilities: Vec::new(),
                families: Sight::none(),
                harm,
                complaint: None,
                item: kept.item(),
                file: kept.file(),
                reporter: Reporter::Thread(digest),
            };
            let events = rules::receive(&*pen.facts().roster()?, received, &op)?;
            kept.attach(pen)?;
            Ok(events)
        })
    }

    /// What whoever has the key sees of their report.
    pub fn thread(&self, key: &str) -> Result<Thread, Trouble> {
        self.open_outside()?;
        let digest = digest_of(key).ok_or_else(no_thread)?;
        let whole = self.whole_reader()?;
        let (cases, roster) = (whole.cases()?, whole.roster()?);
        let signal = cases.of_reporter(&digest).ok_or_else(no_thread)?;
        let mut messages = messages(&whole, &roster, signal)?;
        // Who of the maker writes is not told outside.
        for one in &mut messages {
            one.by = None;
        }
        Ok(Thread {
            received_at: signal.received.received_at,
            letter: letter_sheet(&whole, &signal.received.item)?,
            messages,
            case: signal.case().and_then(|id| cases.get(id)).map(|case| case.opened.number.clone()),
            dismissed: match &signal.settled {
                Some(Settlement::Dismissed(why)) => Some(why.title().to_owned()),
                _ => None,
            },
        })
    }

    /// Adds what whoever has the key writes.
    pub fn write_outside(&self, op: &Operation, key: &str, words: &str) -> Result<(), Trouble> {
        self.open_outside()?;
        let digest = digest_of(key).ok_or_else(no_thread)?;
        let op = &from_outside(op);
        if let Some(before) = self.before(op)? {
            return Ok(before);
        }
        let whole = self.whole_reader()?;
        let cases = whole.cases()?;
        let signal = cases.of_reporter(&digest).ok_or_else(no_thread)?;
        let (id, subject) = (signal.id(), subject_of(signal)?);
        drop(whole);
        let sealed = self.message(op, subject, words)?;
        self.decided(op, (), |pen| {
            let events = added(pen, id, Voice::Reporter, &sealed)?;
            pen.attach_sealed(&sealed)?;
            Ok(events)
        })
    }

    /// Answers whoever reported a signal. Where it belongs to a case, the case keeps what they were told.
    pub fn write_to_reporter(
        &self,
        op: &Operation,
        id: SignalId,
        telling: Telling,
        words: &str,
        viewer: Option<&Viewer>,
    ) -> Result<(), Trouble> {
        if let Some(before) = self.before(op)? {
            return Ok(before);
        }
        self.open_outside()?;
        let whole = self.whole_reader()?;
        let cases = whole.cases()?;
        let signal = self.signal_of(&cases, id, viewer)?;
        let subject = subject_of(signal)?;
        let told = ReporterTold { told: telling.0, via: "thread".to_owned() };
        let fact = Fact::ReporterTold(told);
        let mut op = op.clone();
        if let Some(case) = signal.case().and_then(|id| cases.get(id)) {
            op.role = self.role_in(&op, case, &fact)?;
        }
        let op = &op;
        drop(whole);
        let sealed = self.message(op, subject, words)?;
        self.decided(op, (), |pen| {
            let (roster, cases) = (pen.facts().roster()?, pen.facts().cases()?);
            let case = self.signal_of(&cases, id, viewer)?.case().and_then(|id| cases.get(id));
            let mut events = added(pen, id, Voice::Maker, &sealed)?;
            if let Some(case) = case {
                let op = pen.dated()?;
                let by = roster.signed_in(&op.actor)?;
                may_record(&roster, by, case, &fact, op.at)?;
                events.push(CaseFactRecorded { case: case.id(), by: Some(by), fact }.into());
            }
            pen.attach_sealed(&sealed)?;
            Ok(events)
        })
    }

    /// A twin hears and tells nobody outside.
    pub(crate) fn open_outside(&self) -> Result<(), Trouble> {
        if self.twin().is_none() {
            return Ok(());
        }
        Err(Refusal::new(
            "twin_is_deaf",
            "This is a copy of the record for exercises: it takes nothing from outside and tells nobody.",
            "Use the original.",
        )
        .into())
    }

    fn message(
        &self,
        op: &Operation,
        subject: SubjectId,
        words: &str,
    ) -> Result<SealedBlob, Trouble> {
        let words = text::note("message", Some(words), WORDS_LIMIT).map_err(|refusal| Refusal {
            what: match refusal.code {
                "text_too_long" => format!("The message has more than {WORDS_LIMIT} characters."),
                _ => "The message holds a control or direction-changing character.".to_owned(),
            },
            ..refusal
        })?;
        let words = words.ok_or_else(|| {
            Refusal::new("text_missing", "The message is empty.", "Write something.")
        })?;
        Ok(self.pen()?.seal(op, subject, words.as_bytes())?)
    }
}

/// The operation as one of nobody inside.
pub(crate) fn from_outside(op: &Operation) -> Operation {
    let mut op = op.clone();
    (op.actor, op.role) = (Actor::system("portal"), Role::system());
    op.sight = Sight::All;
    op
}

fn subject_of(signal: &Signal) -> Result<SubjectId, Trouble> {
    let sealed = signal.received.item.sealed();
    sealed.map(|sealed| sealed.subject).ok_or_else(|| {
        Refusal::new(
            "no_thread",
            "Whoever sent this signal reads no thread.",
            "Answer by the way it came, and record that in the case.",
        )
        .into()
    })
}

fn added(
    pen: &Pen<'_>,
    id: SignalId,
    from: Voice,
    sealed: &SealedBlob,
) -> Result<Vec<aftercare_domain::Event>, Trouble> {
    let facts = pen.facts();
    let (roster, cases) = (facts.roster()?, facts.cases()?);
    let subject = facts.signal_subject(&cases, id)?;
    Ok(rules::write(&roster, &cases, &subject, (id, from, sealed.sealed()), &pen.dated()?)?)
}
