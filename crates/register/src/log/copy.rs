//! The check of an exported copy, with the comparison that only the register can make: do its tables
//! hold what its entries give?

use super::export::{PROJECTIONS, Projections, projected};
use crate::{
    blob::{BlobPlace, Blobs, Staging},
    documents::Documents,
    fault::Fault,
    ledger,
    project::Projector,
    schema::{self, PROJECTION},
    sql::Session,
};
use aftercare_domain::Entry;
use aftercare_evidence::Verifier;
use aftercare_verifier::timestamp::{Roots, kept::Stamped};
use aftercare_verifier::{Copy, Findings, Judgement, Place, Trust};
use aftercare_vocab::digest::Digest;
use std::{collections::BTreeMap, fs, path::Path};

/// What the check of a copy came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CopyVerification {
    /// Entries found.
    pub entries: u64,
    /// The root over them, recomputed.
    pub root: Digest,
    /// Checkpoints read.
    pub checkpoints: u64,
    /// How many entries a believed signature covers; `None` = none.
    pub signed: Option<u64>,
    /// What the belief rests on.
    pub trust: Trust,
    /// The keys believed in the end.
    pub keys: Vec<String>,
    /// Cited blobs checked.
    pub blobs: u64,
    /// Rows of the projections that were compared; an error says why they were not.
    pub rows: Result<u64, String>,
    /// Signatures of people that were weighed.
    pub signatures: u64,
    /// Checkpoints that an authority stamped with its time.
    pub stamps: Vec<Stamped>,
    /// What does not fit.
    pub findings: Findings,
}

impl CopyVerification {
    /// Whether nothing was found and there is a believed signature. It says nothing about what was not
    /// looked at: see [`rows`](Self::rows).
    pub const fn holds(&self) -> bool {
        self.findings.count == 0 && self.signed.is_some()
    }
}

/// Checks the copy in `dir`, with keys known from elsewhere and certificates of time-stamping
/// authorities that are trusted. Needs no register.
pub fn verify_copy(
    dir: &Path,
    pinned: &[Verifier],
    roots: Option<&Roots>,
) -> Result<CopyVerification, Fault> {
    let copy = Copy::open(dir).map_err(|why| Fault::NotACopy { why: why.to_string() })?;
    let said = fs::read(dir.join(PROJECTIONS))
        .map_err(|e| e.to_string())
        .and_then(|bytes| serde_json::from_slice::<Projections>(&bytes).map_err(|e| e.to_string()));
    let blobs = said.as_ref().map_or_else(|_| dir.join("blobs").exists(), |said| said.blobs);
    let mut replay = Replay::begin(dir)?;
    let checked = copy.check(pinned, blobs, roots, |entry| {
        if blobs {
            replay.enter(entry);
        }
    });
    let Judgement { checkpoints, signed, trust, keys, mut findings } = checked.judgement;
    let rows = match said {
        Err(why) => {
            findings.tell(Place::File(PROJECTIONS.to_owned()), why.clone());
            Err(format!("`{PROJECTIONS}` cannot be read: {why}"))
        }
        Ok(said) if !said.blobs => Err("the copy was written without the cited blobs".to_owned()),
        Ok(said) if said.layout != PROJECTION => Err(format!(
            "the copy was written by a release with other tables (layout {}, here {PROJECTION})",
            said.layout
        )),
        Ok(said) => replay.compare(&said, &mut findings)?,
    };
    Ok(CopyVerification {
        entries: checked.entries,
        root: checked.root,
        checkpoints,
        signed,
        trust,
        keys,
        blobs: checked.blobs,
        signatures: checked.signatures,
        stamps: checked.stamps,
        rows,
        findings,
    })
}

/// A scratch store that grows with the entries.
struct Replay {
    session: Session,
    documents: Documents,
    position: i64,
    broken: Option<String>,
}

impl Replay {
    fn begin(dir: &Path) -> Result<Self, Fault> {
        let session = Session::scratch()?;
        schema::scratch(&session)?;
        session.begin_reading()?;
        let documents = Documents::new(Blobs::open(dir, &BlobPlace::Directory, Staging::None)?);
        Ok(Self { session, documents, position: 0, broken: None })
    }

    fn enter(&mut self, entry: &Entry) {
        self.position += 1;
        if self.broken.is_some() {
            return;
        }
        let projector = Projector { session: &self.session, documents: &self.documents };
        let entered = ledger::replayed(self.position, entry);
        if let Err(fault) = projector.enter(&entered, &BTreeMap::new()) {
            self.broken = Some(format!("entry {} cannot be replayed: {fault}", self.position));
        }
    }

    fn compare(
        self,
        said: &Projections,
        findings: &mut Findings,
    ) -> Result<Result<u64, String>, Fault> {
        if let Some(why) = self.broken {
            findings.tell(Place::File(PROJECTIONS.to_owned()), why.clone());
            return Ok(Err(why));
        }
        let made = projected(&self.session)?;
        let names: Vec<&str> = made.iter().map(|table| table.name.as_str()).collect();
        for extra in said.tables.iter().filter(|table| !names.contains(&table.name.as_str())) {
            let place = Place::File(format!("{PROJECTIONS}, table {}", extra.name));
            findings.tell(place, "there is no such table");
        }
        for table in &made {
            let place = || Place::File(format!("{PROJECTIONS}, table {}", table.name));
            match said.tables.iter().find(|said| said.name == table.name) {
                Some(said) if said == table => {}
                Some(said) => findings.tell(
                    place(),
                    format!(
                        "it held {} rows with digest {}; the entries give {} rows with digest {}",
                        said.rows, said.digest, table.rows, table.digest
                    ),
                ),
                None => findings.tell(place(), "the table is missing"),
            }
        }
        self.session.roll_back()?;
        Ok(Ok(made.iter().map(|table| table.rows).sum()))
    }
}
