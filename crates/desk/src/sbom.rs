//! Receiving an SBOM for a version.

use crate::{
    Desk, Trouble,
    answers::{GapCount, SbomReceipt, SbomState, VersionRef, Warning},
    change::Seen,
    document::unpack,
    product::{sbom_state, version_ref},
};
use aftercare_domain::{
    Operation, Refusal,
    sbom::{self as rules, ReceiveSbom, Standing},
};
use aftercare_formats::sbom;
use aftercare_vocab::{id::VersionId, problem::Problem};
use std::sync::Arc;

/// Warnings given back with a receipt; the rest are counted.
const WARNINGS_SHOWN: usize = 50;

/// The code of the refusal of bytes that are attached already: for who sends them, nothing is wrong.
const ALREADY: &str = "already_attached";

/// Name and version of the reader, as kept with each inventory.
pub const READER: &str = concat!("aftercare-formats ", env!("CARGO_PKG_VERSION"));

impl Desk {
    /// Reads an SBOM and attaches it to a version in place of the one it has. The bytes are kept as
    /// received; the same bytes again change nothing. The receipt tells how far matching is at the
    /// moment it is given, also when it is given again for its idempotency key.
    pub fn receive_sbom(
        &self,
        op: &Operation,
        version: VersionId,
        seen: Seen,
        file_name: Option<String>,
        bytes: &[u8],
    ) -> Result<SbomReceipt, Trouble> {
        if let Some(receipt) = self.before(op)? {
            return self.matched_since(version, receipt);
        }
        let read = unpack(bytes, &self.limits)
            .and_then(|plain| sbom::read(&plain, &self.limits))
            .map_err(Trouble::Problems)?;
        let (name, _) = self.state_of(version)?;
        let warnings: Vec<Problem> = read.problems;
        let inventory = Arc::new(read.value);
        let received = self.pen()?.stage(bytes)?;
        let document = self.pen()?.stage_inventory(&inventory)?;
        let command = ReceiveSbom {
            version,
            sbom: received.digest(),
            size: received.size(),
            inventory: &inventory,
            inventory_blob: document.digest(),
            reader: READER.to_owned(),
            warnings: warnings.len() as u64,
            received_from: file_name,
            standing: Standing::Instead,
        };
        let components = inventory.components.len() as u64;
        let receipt = SbomReceipt {
            version: name,
            digest: received.digest(),
            already_attached: false,
            format: inventory.format.shown().to_owned(),
            spec_version: inventory.spec_version.clone(),
            bytes: received.size(),
            components,
            dependencies: inventory.dependencies.len() as u64,
            warnings_total: warnings.len() as u64,
            warnings: warnings.into_iter().take(WARNINGS_SHOWN).map(Warning::from).collect(),
            sbom: SbomState::NotYetMatched { digest: received.digest(), components },
            not_covered: Vec::new(),
        };
        let outcome = self.once(op, |pen| {
            let facts = pen.facts().sbom(version)?;
            let events = rules::receive(&facts, &command, op);
            if !matches!(&events, Err(Refusal { code: ALREADY, .. })) {
                pen.expect::<Trouble>(&version.to_string(), seen)?;
            }
            pen.attach(&received);
            pen.attach(&document);
            pen.record_all(events?)?;
            Ok(receipt.clone())
        });
        let receipt = match outcome {
            Err(Trouble::Refusal(Refusal { code: ALREADY, .. })) => {
                SbomReceipt { already_attached: true, ..receipt }
            }
            other => other?,
        };
        self.matched_since(version, receipt)
    }

    /// The receipt with the state of matching as it is now, unless another SBOM took its place since.
    pub fn matched_since(
        &self,
        version: VersionId,
        receipt: SbomReceipt,
    ) -> Result<SbomReceipt, Trouble> {
        let (_, now) = self.state_of(version)?;
        let same = match &now {
            SbomState::Missing => false,
            SbomState::NotYetMatched { digest, .. } | SbomState::Matched { digest, .. } => {
                *digest == receipt.digest
            }
        };
        if !same {
            return Ok(receipt);
        }
        let not_covered = match &now {
            SbomState::Matched { .. } => self.gaps(version)?,
            SbomState::Missing | SbomState::NotYetMatched { .. } => Vec::new(),
        };
        Ok(SbomReceipt { sbom: now, not_covered, ..receipt })
    }

    /// How many components of a version's SBOM could not be looked up, by reason.
    fn gaps(&self, version: VersionId) -> Result<Vec<GapCount>, Trouble> {
        let reader = self.reader()?;
        let sbom = reader.version(version)?.and_then(|detail| detail.sboms.last().map(|s| s.key));
        let gaps = sbom.map(|sbom| reader.gaps(sbom)).transpose()?.unwrap_or_default();
        Ok(gaps.into_iter().map(|(code, components)| GapCount { code, components }).collect())
    }

    fn state_of(&self, version: VersionId) -> Result<(VersionRef, SbomState), Trouble> {
        let reader = self.reader()?;
        let detail = reader
            .version(version)?
            .ok_or_else(|| Trouble::not_found("product version", version))?;
        Ok((version_ref(&detail.row.version), sbom_state(&detail.row.tally, detail.sboms.last())))
    }
}
