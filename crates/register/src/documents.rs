//! Documents of our own kept as blobs (inventories, assessments, unit lists), with the few that
//! were used last held in memory so that staging and projecting do not parse the same text twice.

use crate::{
    blob::{Blobs, StagedBlob},
    fault::Fault,
    held::Held,
};
use aftercare_domain::{
    advisory::Advisories,
    case::Cases,
    edition::SourceList,
    finding::Assessment,
    mapping::Mappings,
    notice::Notices,
    policy::Policies,
    roster::Roster,
    unit::UnitBatch,
    usage::{RiskFile, Usages},
};
use aftercare_vocab::{digest::Digest, inventory::Inventory};
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};

/// Documents are held up to this many bytes of JSON text together.
const HELD_BYTES: usize = 48 << 20;

#[derive(Debug, Clone)]
enum Document {
    Inventory(Arc<Inventory>),
    Assessment(Arc<Assessment>),
    Units(Arc<UnitBatch>),
    RiskFile(Arc<RiskFile>),
}

/// The blobs, seen as documents.
#[derive(Debug)]
pub(crate) struct Documents {
    pub(crate) blobs: Blobs,
    held: Mutex<VecDeque<(Digest, usize, Document)>>,
    /// Folded from entries, as documents are parsed from blobs.
    pub(crate) roster: Held<Roster>,
    pub(crate) policies: Held<Policies>,
    pub(crate) cases: Held<Cases>,
    pub(crate) advisories: Held<Advisories>,
    pub(crate) notices: Held<Notices>,
    pub(crate) usages: Held<Usages>,
    pub(crate) mappings: Held<Mappings>,
}

impl Documents {
    pub(crate) fn new(blobs: Blobs) -> Self {
        Self {
            blobs,
            held: Mutex::default(),
            roster: Held::default(),
            policies: Held::default(),
            cases: Held::default(),
            advisories: Held::default(),
            notices: Held::default(),
            usages: Held::default(),
            mappings: Held::default(),
        }
    }

    pub(crate) fn stage_inventory(&self, value: &Arc<Inventory>) -> Result<StagedBlob, Fault> {
        self.stage(serde_json::to_vec(&**value), Document::Inventory(Arc::clone(value)))
    }

    pub(crate) fn stage_assessment(&self, value: &Arc<Assessment>) -> Result<StagedBlob, Fault> {
        self.stage(value.bytes(), Document::Assessment(Arc::clone(value)))
    }

    pub(crate) fn stage_units(&self, value: &Arc<UnitBatch>) -> Result<StagedBlob, Fault> {
        self.stage(value.bytes(), Document::Units(Arc::clone(value)))
    }

    pub(crate) fn stage_risk_file(&self, value: &Arc<RiskFile>) -> Result<StagedBlob, Fault> {
        self.stage(value.bytes(), Document::RiskFile(Arc::clone(value)))
    }

    /// Small and read once: not held.
    pub(crate) fn stage_sources(&self, value: &SourceList) -> Result<StagedBlob, Fault> {
        let bytes = value.bytes().map_err(|e| Fault::shape("a document to be staged", e))?;
        self.blobs.stage_document(&bytes)
    }

    fn stage(
        &self,
        bytes: serde_json::Result<Vec<u8>>,
        document: Document,
    ) -> Result<StagedBlob, Fault> {
        let bytes = bytes.map_err(|e| Fault::shape("a document to be staged", e))?;
        let staged = self.blobs.stage_document(&bytes)?;
        self.hold(staged.digest(), bytes.len(), document);
        Ok(staged)
    }

    pub(crate) fn inventory(&self, digest: &Digest) -> Result<Arc<Inventory>, Fault> {
        if let Some(Document::Inventory(held)) = self.held(digest) {
            return Ok(held);
        }
        let bytes = self.blobs.read_document(digest)?;
        let value = Arc::new(read(digest, serde_json::from_slice(&bytes))?);
        self.hold(*digest, bytes.len(), Document::Inventory(Arc::clone(&value)));
        Ok(value)
    }

    pub(crate) fn assessment(&self, digest: &Digest) -> Result<Arc<Assessment>, Fault> {
        if let Some(Document::Assessment(held)) = self.held(digest) {
            return Ok(held);
        }
        let bytes = self.blobs.read_document(digest)?;
        let value = Arc::new(read(digest, Assessment::read(&bytes))?);
        self.hold(*digest, bytes.len(), Document::Assessment(Arc::clone(&value)));
        Ok(value)
    }

    pub(crate) fn units(&self, digest: &Digest) -> Result<Arc<UnitBatch>, Fault> {
        if let Some(Document::Units(held)) = self.held(digest) {
            return Ok(held);
        }
        let bytes = self.blobs.read_document(digest)?;
        let value = Arc::new(read(digest, UnitBatch::read(&bytes))?);
        self.hold(*digest, bytes.len(), Document::Units(Arc::clone(&value)));
        Ok(value)
    }

    pub(crate) fn risk_file(&self, digest: &Digest) -> Result<Arc<RiskFile>, Fault> {
        if let Some(Document::RiskFile(held)) = self.held(digest) {
            return Ok(held);
        }
        let bytes = self.blobs.read_document(digest)?;
        let value = Arc::new(read(digest, RiskFile::read(&bytes))?);
        self.hold(*digest, bytes.len(), Document::RiskFile(Arc::clone(&value)));
        Ok(value)
    }

    pub(crate) fn sources(&self, digest: &Digest) -> Result<SourceList, Fault> {
        read(digest, SourceList::read(&self.blobs.read_document(digest)?))
    }

    fn held(&self, digest: &Digest) -> Option<Document> {
        let held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.iter().find(|(d, ..)| d == digest).map(|(.., document)| document.clone())
    }

    fn hold(&self, digest: Digest, weight: usize, document: Document) {
        if weight > HELD_BYTES {
            return;
        }
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.retain(|(d, ..)| *d != digest);
        held.push_back((digest, weight, document));
        let mut total: usize = held.iter().map(|(_, weight, _)| weight).sum();
        while total > HELD_BYTES {
            let Some((_, weight, _)) = held.pop_front() else { break };
            total -= weight;
        }
    }

    /// Lets go of everything held, so that what follows reads the blobs themselves.
    pub(crate) fn let_go(&self) {
        self.held.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

fn read<T>(digest: &Digest, value: serde_json::Result<T>) -> Result<T, Fault> {
    value.map_err(|e| Fault::BlobDamaged { digest: *digest, why: e.to_string() })
}
