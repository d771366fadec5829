//! The desk: everything a person or a follower can do, one function for each use.
//!
//! A [`Desk`] joins the register (what we decided and learned), the corpus (what the world published)
//! and the rules between them. Pages, API and command line call these functions and nothing below
//! them, so whatever one face can do the others can too. Answers are plain values ([`answers`]).
//!
//! All calls block; the asynchronous rim runs them on a blocking thread. Nothing here asks for the
//! time: a change arrives with its [`Operation`](aftercare_domain::Operation), a question that
//! depends on the day with that day.
//!
//! To add a use: one noun, one file here, its answer in `answers/`, its command or question in
//! `domain` and `register`.

mod access_review;
mod account;
mod advisory;
mod advisory_text;
pub mod answers;
mod ask;
mod attachment;
mod blast_radius;
mod case;
mod case_said;
mod case_sheet;
mod cell;
mod change;
pub mod check;
mod comparison;
mod component;
mod contact;
mod decision;
pub mod difference;
pub mod document;
mod duty;
mod edition;
mod finding;
mod fleet;
pub mod inventory;
mod ledger;
mod log;
mod mapping;
mod matcher;
mod moment;
mod notice;
mod notice_concerned;
mod notice_letter;
mod notice_post;
mod passkey;
mod person;
mod policy;
mod product;
mod proof;
mod provider;
mod rights;
mod role;
mod rules;
mod sbom;
mod sign_in;
mod signal;
mod signal_letter;
mod signal_queue;
mod signal_thread;
mod signal_triage;
mod standing;
mod surroundings;
mod taking;
mod told;
mod trouble;
mod twin;
mod usage;
mod version;
mod viewer;
mod withheld;

pub use advisory::{AdvisoryDraft, AdvisoryKey, Drafted, Publisher};
pub use aftercare_net::mail::{Mailbox, Protection};
pub use aftercare_register::read::change::ChangeKind;
pub use aftercare_register::{CallsOnly, DecisionsOnly, Hear, Outward, TwinMark};
pub use attachment::{ATTACHMENT_BODY_BYTES, CaseAttachment, NewAttachment};
pub use blast_radius::BlastWish;
pub use case::{CaseKey, CasesOnly, CasesWish};
pub use cell::neutral;
pub use change::Seen;
pub use comparison::ChangeWish;
pub use component::ComponentWish;
pub use decision::{Signing, WAITING_LIMIT};
pub use duty::OPEN_CALLS_LIMIT;
pub use finding::FindingWish;
pub use ledger::LedgerHead;
pub use log::{CHECKPOINT_EVERY_MICROS, LedgerCheckpoint, LedgerKeys, LedgerProof};
pub use mapping::{MAPPINGS_A_PAGE, Table};
pub use matcher::{Following, Step};
pub use moment::{Moment, read_only};
pub use notice::{Chosen, NoticesWish};
pub use notice_post::{MailServer, Mailing, Posted};
pub use passkey::{PASSKEYS_LIMIT, PasskeyAnswer, PasskeyAsked, PasskeySite};
pub use person::{DelegationWish, GrantWish, role_named};
pub use policy::{Issuing, NewPolicy};
pub use product::ProductsOnly;
pub use proof::Proofs;
pub use provider::{LinkBy, ProviderBack, ProviderBegun, ProviderSettings, SignInProvider};
pub use rights::DRY_RUN_LIMIT;
pub use role::roles_sheet;
pub use rules::rules_kind;
pub use sbom::READER;
pub use sign_in::{INVITATION_MICROS, Origin, SignInStep, SignedInAs};
pub use signal::{NewSignal, Settling};
pub use signal_letter::{Attached, FILE_BYTES, Letter, LetterFile, WORDS_LIMIT};
pub use signal_queue::{QueueOnly, QueueWish};
pub use signal_thread::{Telling, reporter_key};
pub use signal_triage::{Triage, TriageDone};
pub use taking::TAKEN_AGAIN_MICROS;
pub use trouble::Trouble;
pub use usage::{NewRiskFile, preview_risk_file};
pub use viewer::{
    By, SESSION_IDLE_MICROS, SESSION_WHOLE_MICROS, Viewer, form_mark, is_token, mark_belongs,
};

use aftercare_corpus::{Edition, store::StoreError};
use aftercare_domain::access_review::{AGEING, Ageing};
use aftercare_formats::sbom::Limits;
use aftercare_register::{BlobPlace, Options, Register, Store};
use aftercare_vocab::digest::Digest;
use moment::Record;
use std::{
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
};

/// Rows on a page when nothing else is asked for.
pub const PAGE_ROWS: u32 = 50;

/// Most rows on a page.
pub const PAGE_ROWS_LIMIT: u32 = 500;

/// Where the desk finds its things.
#[derive(Debug, Clone)]
pub struct Places {
    /// The register's directory.
    pub register: PathBuf,
    /// The corpus's directory.
    pub corpus: PathBuf,
    /// Where the register's tables are.
    pub store: Store,
    /// Where the register's blobs are.
    pub blobs: BlobPlace,
}

/// By what the programme counts its days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Programme {
    /// The maker's time zone by its IANA name: `Europe/Berlin`.
    pub zone: String,
    /// The holidays: `us-federal`.
    pub calendar: String,
    /// After how long access and credentials are old.
    pub ageing: Ageing,
}

impl Default for Programme {
    fn default() -> Self {
        let (zone, calendar) = ("UTC".to_owned(), "us-federal".to_owned());
        Self { zone, calendar, ageing: AGEING }
    }
}

/// Everything a person or a follower can do, at the present or (reading only) as of an earlier moment.
/// Cheap to clone.
#[derive(Debug, Clone)]
pub struct Desk {
    pub(crate) record: Record,
    pub(crate) corpus: aftercare_corpus::Store,
    pub(crate) limits: Limits,
    manufacturer: Arc<str>,
    pub(crate) programme: Arc<Programme>,
    pub(crate) publisher: Arc<Publisher>,
    pub(crate) mailing: Option<Arc<Mailing>>,
    twin: Option<Arc<TwinMark>>,
    places: Arc<Places>,
    open: Arc<Mutex<Option<Arc<Edition>>>>,
    queue: signal_queue::Kept,
}

impl Desk {
    /// Opens register and corpus, for reading or writing ([`Access`](aftercare_register::Access)) or with
    /// more to say ([`Options`]). With `Access::Read` nothing can be changed, and another process
    /// may be writing.
    pub fn open(
        places: &Places,
        options: impl Into<Options>,
        manufacturer: String,
        limits: Limits,
    ) -> Result<Self, Trouble> {
        let (store, blobs) = (places.store.clone(), places.blobs.clone());
        let options = Options { store, blobs, ..options.into() };
        let register = Register::open(&places.register, options)?;
        let corpus = aftercare_corpus::Store::at(&places.corpus);
        Ok(Self {
            twin: register.twin_mark()?.map(Arc::new),
            record: Record::present(register),
            corpus,
            limits,
            manufacturer: manufacturer.into(),
            programme: Arc::default(),
            publisher: Arc::default(),
            mailing: None,
            places: Arc::new(places.clone()),
            open: Arc::default(),
            queue: signal_queue::Kept::default(),
        })
    }

    /// The same desk of a maker who lives by another zone and other holidays.
    pub fn with_programme(self, programme: Programme) -> Result<Self, Trouble> {
        let desk = Self { programme: Arc::new(programme), ..self };
        desk.calendar()?;
        Ok(desk)
    }

    /// The same desk of a maker who publishes advisories.
    #[must_use]
    pub fn with_publisher(self, publisher: Publisher) -> Self {
        Self { publisher: Arc::new(publisher), ..self }
    }

    /// The same desk of a maker whose notices go by mail.
    #[must_use]
    pub fn with_mailing(self, mailing: Option<Mailing>) -> Self {
        Self { mailing: mailing.map(Arc::new), ..self }
    }

    /// The register as a whole, for proofs and statistics: not a way to ask or to change.
    pub fn register(&self) -> &Register {
        self.record.whole()
    }

    /// The bounds on received SBOMs.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// The manufacturer whose record this is.
    pub fn manufacturer(&self) -> &str {
        &self.manufacturer
    }

    /// An edition by its digest; the last one opened is kept open. Never another one in its place.
    pub(crate) fn edition(&self, id: &Digest) -> Result<Arc<Edition>, Trouble> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(edition) = open.as_ref().filter(|edition| edition.id() == *id) {
            return Ok(Arc::clone(edition));
        }
        let edition = match self.corpus.open(id) {
            Err(StoreError::Unknown { .. }) => {
                return Err(Trouble::EditionMissing { edition: *id });
            }
            opened => Arc::new(opened?),
        };
        *open = Some(Arc::clone(&edition));
        Ok(edition)
    }

    /// The edition in force at this desk's moment, if one was adopted.
    pub fn edition_in_force(&self) -> Result<Option<Arc<Edition>>, Trouble> {
        match self.reader()?.newest_edition()? {
            None => Ok(None),
            Some(row) => self.edition(&row.digest).map(Some),
        }
    }
}
