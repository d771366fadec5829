//! Every event ever shipped. A meaning is never changed: a new meaning is a new version or kind.

use crate::{
    canonical::{self, NotCanonical},
    consignee::ConsigneeAdded,
    contact::{ContactAdded, ContactChanged},
    edition::{EditionAdopted, EditionAdoptedV2},
    family::FamilyAdded,
    finding::FindingsAssessed,
    log_key::LogKeyAdopted,
    product::ProductAdded,
    sbom::SbomReceived,
    site::SiteAdded,
    subject::SubjectErased,
    supplier::SupplierAdded,
    twin::{self, TwinDiscarded, TwinForked, TwinMade},
    unit::{UnitVersionChanged, UnitsRecorded},
    version::{VersionAdded, VersionChanged},
};
use aftercare_vocab::digest::Digest;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// An entry of the ledger cannot be understood by this release.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// The kind or its version is not known here.
    #[error(
        "event `{kind}` version {version} is not known to this release: the record was written by \
         a newer one; open it with that release or a later one"
    )]
    NewerKind {
        /// The kind as written.
        kind: String,
        /// The version as written.
        version: u32,
    },
    /// The bytes do not have the shape of that event.
    #[error("the entry cannot be read as `{kind}`: {why}; it was altered or damaged")]
    Damaged {
        /// The kind as written, or `entry`.
        kind: String,
        /// What does not fit.
        why: String,
    },
}

macro_rules! events {
    ($($(#[$doc:meta])* $variant:ident($body:ty) = $kind:literal, $version:literal;)*) => {
        /// What was decided or learned. Kind and version are stable names.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum Event { $($(#[$doc])* $variant($body),)* }

        impl Event {
            /// Kind and version of every event this release can read.
            pub const KINDS: &'static [(&'static str, u32)] = &[$(($kind, $version)),*];

            /// The stable name of the kind: `sbom_received`.
            pub const fn kind(&self) -> &'static str {
                match self { $(Self::$variant(_) => $kind,)* }
            }

            /// The version of the kind's body.
            pub const fn version(&self) -> u32 {
                match self { $(Self::$variant(_) => $version,)* }
            }

            /// Reads a body back.
            pub fn read<'de, D: Deserializer<'de>>(
                kind: &str,
                version: u32,
                body: D,
            ) -> Result<Self, Unreadable> {
                match (kind, version) {
                    $(($kind, $version) => <$body>::deserialize(body).map(Self::$variant).map_err(|e| {
                        Unreadable::Damaged { kind: kind.to_owned(), why: e.to_string() }
                    }),)*
                    _ => Err(Unreadable::NewerKind { kind: kind.to_owned(), version }),
                }
            }
        }

        /// The body of an event, to be written.
        pub(crate) struct Body<'e>(pub &'e Event);

        impl Serialize for Body<'_> {
            fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                match self.0 { $(Event::$variant(body) => body.serialize(to),)* }
            }
        }

        $(impl From<$body> for Event { fn from(body: $body) -> Self { Self::$variant(body) } })*
    };
}

events! {
    /// A product family was added.
    FamilyAdded(FamilyAdded) = "family_added", 1;
    /// A product was added to a family.
    ProductAdded(ProductAdded) = "product_added", 1;
    /// A version of a product was added.
    VersionAdded(VersionAdded) = "version_added", 1;
    /// Predecessor, release or support dates of a version were changed.
    VersionChanged(VersionChanged) = "version_changed", 1;
    /// A supplier was added.
    SupplierAdded(SupplierAdded) = "supplier_added", 1;
    /// A consignee was added.
    ConsigneeAdded(ConsigneeAdded) = "consignee_added", 1;
    /// A site of a consignee was added.
    SiteAdded(SiteAdded) = "site_added", 1;
    /// A person to be told was added.
    ContactAdded(ContactAdded) = "contact_added", 1;
    /// What is known about a contact changed.
    ContactChanged(ContactChanged) = "contact_changed", 1;
    /// Every text about a person was erased.
    SubjectErased(SubjectErased) = "subject_erased", 1;
    /// Units were recorded, listed in a blob.
    UnitsRecorded(UnitsRecorded) = "units_recorded", 1;
    /// What is installed on one unit changed or became unknown.
    UnitVersionChanged(UnitVersionChanged) = "unit_version_changed", 1;
    /// An SBOM was received for a version.
    SbomReceived(SbomReceived) = "sbom_received", 1;
    /// An edition of public knowledge was put in force.
    EditionAdopted(EditionAdopted) = "edition_adopted", 1;
    /// An edition of public knowledge was put in force, its sources listed in a blob.
    EditionAdoptedV2(EditionAdoptedV2) = "edition_adopted", 2;
    /// An SBOM's components were assessed against an edition.
    FindingsAssessed(FindingsAssessed) = "findings_assessed", 1;
    /// A key was put in force for signing the log's checkpoints.
    LogKeyAdopted(LogKeyAdopted) = "log_key_adopted", 1;
    /// This record was forked from another and is a twin.
    TwinForked(TwinForked) = "twin_forked", 1;
    /// A twin was made of this record.
    TwinMade(TwinMade) = "twin_made", 1;
    /// A twin of this record was thrown away.
    TwinDiscarded(TwinDiscarded) = "twin_discarded", 1;
}

impl Event {
    /// The canonical bytes of the body.
    pub fn body(&self) -> Result<Vec<u8>, NotCanonical> {
        canonical::bytes(&Body(self))
    }

    /// What the event is about: an identifier, or a digest where the thing is named by its content.
    /// Versions of an entity count the events about it.
    pub fn entity(&self) -> String {
        match self {
            Self::FamilyAdded(e) => e.family.to_string(),
            Self::ProductAdded(e) => e.product.to_string(),
            Self::VersionAdded(e) => e.version.to_string(),
            Self::VersionChanged(e) => e.version.to_string(),
            Self::SupplierAdded(e) => e.supplier.to_string(),
            Self::ConsigneeAdded(e) => e.consignee.to_string(),
            Self::SiteAdded(e) => e.site.to_string(),
            Self::ContactAdded(e) => e.contact.to_string(),
            Self::ContactChanged(e) => e.contact.to_string(),
            Self::SubjectErased(e) => e.subject.to_string(),
            Self::UnitsRecorded(e) => e.batch.to_string(),
            Self::UnitVersionChanged(e) => e.unit.to_string(),
            Self::SbomReceived(e) => e.version.to_string(),
            Self::EditionAdopted(e) => e.edition.to_string(),
            Self::EditionAdoptedV2(e) => e.edition.to_string(),
            Self::FindingsAssessed(e) => e.sbom.to_string(),
            Self::LogKeyAdopted(e) => e.log.clone(),
            Self::TwinForked(e) => twin::entity(&e.name),
            Self::TwinMade(e) => twin::entity(&e.name),
            Self::TwinDiscarded(e) => twin::entity(&e.name),
        }
    }

    /// The blobs the event cites. Each must be durable before the event is recorded.
    pub fn blobs(&self) -> Vec<Digest> {
        match self {
            Self::ContactAdded(e) => vec![e.person.blob],
            Self::ContactChanged(e) => vec![e.person.blob],
            Self::UnitsRecorded(e) => vec![e.batch],
            Self::SbomReceived(e) => vec![e.sbom, e.inventory],
            Self::EditionAdoptedV2(e) => vec![e.list],
            Self::FindingsAssessed(e) => vec![e.assessment],
            _ => Vec::new(),
        }
    }
}
