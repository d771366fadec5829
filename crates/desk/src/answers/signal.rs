//! Signals: the queue of what waits, one signal whole, and its thread.

use super::{Erased, FamilyRef};
use aftercare_vocab::{
    id::{CaseId, DecisionId, PersonId, SignalId},
    instant::Instant,
};
use serde::Serialize;
use std::fmt;
use utoipa::ToSchema;

/// A row of the queue: signals and findings that are about the same vulnerability.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct QueueRow {
    /// Names the row for triage. It changes when the row says something else.
    pub key: String,
    /// In one line.
    pub title: String,
    /// Identifiers of the vulnerability, the CVE first; empty = none is known.
    pub vulnerabilities: Vec<String>,
    /// What kinds of signal it is made of, by code: `sbom_match`.
    pub kinds: Vec<String>,
    /// The same in words.
    pub kind_titles: Vec<String>,
    /// The recorded signals, the first first.
    #[schema(value_type = Vec<String>)]
    pub signals: Vec<SignalId>,
    /// Where the first of them comes from.
    pub source: Option<String>,
    /// When the first of it reached the maker.
    #[schema(value_type = String)]
    pub received_at: Instant,
    /// When the first employee became aware; for a finding, when it was first recorded.
    #[schema(value_type = String)]
    pub aware_at: Instant,
    /// Whether a patient came to harm: `yes`, `no` or `unknown`.
    pub harm: String,
    /// The worst answer of the findings: `affected` or `undetermined`; none = no finding.
    pub answer: Option<String>,
    /// Highest score of any source, in tenths; none = not scored.
    pub score_tenths: Option<u8>,
    /// Known exploited since this date.
    pub kev_since: Option<String>,
    /// EPSS probability in hundred-thousandths.
    pub epss: Option<u32>,
    /// In how many product versions it is found and nothing is decided or proposed.
    pub versions: u64,
    /// Of which families these are, and which its signals name.
    pub families: Vec<FamilyRef>,
    /// Whether one of its signals is about all families.
    pub all_families: bool,
    /// Who looks after it.
    pub owner: Option<PersonName>,
    /// `waiting`, `proposed` (as not affected) or `settled`.
    pub state: String,
    /// The decision that is proposed.
    #[schema(value_type = Option<String>)]
    pub decision: Option<DecisionId>,
    /// Why it is here again although it was decided; none = it was not.
    pub lapsed: Option<String>,
    /// What became of it, in words, where it is settled.
    pub settled: Option<String>,
    /// The case it belongs to.
    #[schema(value_type = Option<String>)]
    pub case: Option<CaseId>,
}

/// A page of the queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SignalQueue {
    /// The rows of this page: possible harm first, then what people told, the oldest first, then findings,
    /// the gravest first.
    pub items: Vec<QueueRow>,
    /// The cursor of the next page; none on the last.
    pub next: Option<String>,
    /// How many rows there are after filtering.
    pub total: u64,
    /// How many rows wait.
    pub waiting: u64,
    /// For how many it is proposed that nothing is affected.
    pub proposed: u64,
    /// How many signals were settled.
    pub settled: u64,
    /// Whether there are more findings than one queue looks at: the least grave are missing.
    pub cut: bool,
}

/// A person by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PersonName {
    /// The person.
    #[schema(value_type = String)]
    pub id: PersonId,
    /// Their printed name.
    pub name: String,
}

/// A case by number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CaseName {
    /// The case.
    #[schema(value_type = String)]
    pub id: CaseId,
    /// The number that people say.
    pub number: String,
    /// In one line.
    pub title: String,
}

/// What came, or that it cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum LetterSheet {
    /// The text.
    Text(Box<LetterText>),
    /// It was erased.
    Erased(Erased),
    /// This record is a twin, and the key stayed with the original.
    NotInTwin,
}

/// What came, as it was written. Nothing of it was checked.
#[derive(Clone, PartialEq, Eq, Default, Serialize, ToSchema)]
pub struct LetterText {
    /// What it is about.
    pub what: String,
    /// The product, in the words of who wrote.
    pub product: Option<String>,
    /// Its version, in their words.
    pub version: Option<String>,
    /// How it was found, and how it can be seen again.
    pub how: Option<String>,
    /// What they say about patients.
    pub harm: Option<String>,
    /// Who wrote.
    pub name: Option<String>,
    /// Where they can be reached.
    pub contact: Option<String>,
    /// The name of the file that came with it.
    pub file_name: Option<String>,
    /// How many bytes that has.
    pub file_bytes: u64,
}

/// A message in a thread.
#[derive(Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct MessageRow {
    /// `reporter` or `maker`.
    pub from: String,
    /// Which person of the maker.
    pub by: Option<PersonName>,
    /// When.
    #[schema(value_type = String)]
    pub at: Instant,
    /// The text; none = it was erased, or stayed with the original of a twin.
    pub text: Option<String>,
    /// Its entry.
    pub entry: u64,
}

/// Says nothing of what was written, so that no log line can.
impl fmt::Debug for LetterText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LetterText(..)")
    }
}

/// As above.
impl fmt::Debug for MessageRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MessageRow(entry {})", self.entry)
    }
}

/// One signal whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SignalSheet {
    /// The signal.
    #[schema(value_type = String)]
    pub id: SignalId,
    /// Its version in the ledger.
    pub entity_version: u64,
    /// What it is, by code.
    pub kind: String,
    /// In words.
    pub kind_title: String,
    /// The door it came through, in words.
    pub channel: String,
    /// Who or what it comes from.
    pub source: String,
    /// In one line.
    pub title: String,
    /// When it reached the maker.
    #[schema(value_type = String)]
    pub received_at: Instant,
    /// When the first employee became aware.
    #[schema(value_type = String)]
    pub aware_at: Instant,
    /// When it was recorded.
    #[schema(value_type = String)]
    pub recorded_at: Instant,
    /// Its entry.
    pub entry: u64,
    /// Identifiers of vulnerabilities.
    pub vulnerabilities: Vec<String>,
    /// The families it is about; empty = not known, unless it is about all.
    pub families: Vec<FamilyRef>,
    /// Whether it is about all families.
    pub all_families: bool,
    /// Whether a patient came to harm, by code.
    pub harm: String,
    /// In words.
    pub harm_title: String,
    /// The complaint record.
    pub complaint: Option<String>,
    /// What came.
    pub letter: LetterSheet,
    /// Whether it is kept sealed, so that it can be erased.
    pub sealed: bool,
    /// SHA-256 of what is kept.
    pub digest: String,
    /// Who waits for an answer: `nobody`, `thread` or `outside`.
    pub reporter: String,
    /// What was written since.
    pub thread: Vec<MessageRow>,
    /// Who looks after it.
    pub owner: Option<PersonName>,
    /// Who could.
    pub owners: Vec<PersonName>,
    /// `waiting`, `joined` or `dismissed`.
    pub state: String,
    /// The case it belongs to.
    pub case: Option<CaseName>,
    /// Why it was dismissed, by code.
    pub dismissed: Option<String>,
    /// In words.
    pub dismissed_title: Option<String>,
    /// The reason that was given.
    pub reason: Option<String>,
    /// Who settled it.
    pub settled_by: Option<String>,
    /// The open cases that are about one of its vulnerabilities.
    pub about: Vec<CaseName>,
    /// The open cases that it could join.
    pub cases: Vec<CaseName>,
    /// Names its row in the queue, for triage.
    pub key: Option<String>,
}

/// What who reported something sees of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thread {
    /// When the report came.
    pub received_at: Instant,
    /// What they wrote.
    pub letter: LetterSheet,
    /// What was written since.
    pub messages: Vec<MessageRow>,
    /// The number of the case it is handled as.
    pub case: Option<String>,
    /// Why no case came of it, in words.
    pub dismissed: Option<String>,
}
