//! An advisory as a value: everything that is said, before it takes a form.
//!
//! Its parts refer to product versions by [`Version::id`]. Nothing here is checked on its own;
//! [`check`](crate::check) looks at the whole.

mod product;
mod vulnerability;

pub use product::{Family, FileHashes, HashAlgorithm, Identifiers, Product, Version};
pub use vulnerability::{
    Involvement, InvolvementStatus, Justification, OtherId, Remediation, Remedy, Restart, Score,
    Standing, Status, Threat, ThreatKind, Vulnerability,
};

use aftercare_vocab::instant::Instant;

/// What a manufacturer says about vulnerabilities in its products.
#[derive(Debug, Clone, PartialEq)]
pub struct Advisory {
    /// The publisher's own number of it (CSAF `tracking.id`): the same through all revisions, never used
    /// for another. One line; file names follow from it ([`stem`](crate::stem)).
    pub id: String,
    /// Other numbers it is known by.
    pub aliases: Vec<String>,
    /// One line.
    pub title: String,
    /// What happened, what it means for patients and devices, what to do: the first thing read.
    pub summary: String,
    /// Further texts about all of it.
    pub notes: Vec<Note>,
    /// Of all texts: BCP 47, a language of two letters and perhaps script and region (`en`, `de-AT`).
    pub language: String,
    /// Who says so.
    pub publisher: Publisher,
    /// How final it is.
    pub state: State,
    /// Oldest first, never empty. The n-th is version n; the last is what this value says.
    pub revisions: Vec<Revision>,
    /// Who may be told.
    pub tlp: Tlp,
    /// The https address of the folder in which its documents are published. Without it nothing points to
    /// the canonical place.
    pub folder: Option<String>,
    /// Where more is said.
    pub references: Vec<Reference>,
    /// Whom the publisher thanks.
    pub acknowledgements: Vec<Acknowledgement>,
    /// Every product version it speaks about, and none besides.
    pub families: Vec<Family>,
    /// What it speaks about; never empty.
    pub vulnerabilities: Vec<Vulnerability>,
    /// The program that wrote it, with its version.
    pub engine: Option<Engine>,
}

impl Advisory {
    /// Every product version with its product and family, in the order of the tree.
    pub fn versions(&self) -> impl Iterator<Item = (&Family, &Product, &Version)> {
        self.families.iter().flat_map(|family| {
            family.products.iter().flat_map(move |product| {
                product.versions.iter().map(move |version| (family, product, version))
            })
        })
    }

    /// The version of that id; none when the tree has none.
    pub fn version(&self, id: &str) -> Option<(&Family, &Product, &Version)> {
        self.versions().find(|(_, _, version)| version.id == id)
    }

    /// The number of the last revision: 1 for the first; 0 only where there is none.
    pub fn number(&self) -> usize {
        self.revisions.len()
    }
}

/// Who publishes an advisory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Publisher {
    /// As customers know it; also the vendor of every product in the tree.
    pub name: String,
    /// An address under the publisher's control, which no other publisher uses: `https://device.example`.
    pub namespace: String,
    /// What the publisher is.
    pub party: Party,
    /// How it is reached: mail, telephone, address; may have several lines.
    pub contact: String,
    /// Why it may speak about these products.
    pub authority: Option<String>,
}

/// What somebody is with regard to a product. A translator is not among them: texts are published in the
/// language they were written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Party {
    /// Makes it.
    Vendor,
    /// Found the vulnerability.
    Discoverer,
    /// Stands between the others.
    Coordinator,
    /// Uses it.
    User,
    /// None of these.
    Other,
}

/// How final an advisory is (CSAF 2.0 section 3.2.1.12.7).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Not for the public; may still become anything.
    Draft,
    /// Published, and expected to change soon.
    Interim,
    /// Published, and not expected to change.
    Final,
}

/// One entry of the history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revision {
    /// When; later than the revision before.
    pub date: Instant,
    /// What changed.
    pub summary: String,
}

/// Traffic Light Protocol 2.0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tlp {
    /// Everybody.
    Clear,
    /// The community.
    Green,
    /// The recipient's organisation and its clients.
    Amber,
    /// The recipient's organisation. CSAF 2.0 has no word for it.
    AmberStrict,
    /// The named recipients.
    Red,
}

impl Tlp {
    /// The label as TLP 2.0 writes it, without `TLP:`.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Clear => "CLEAR",
            Self::Green => "GREEN",
            Self::Amber => "AMBER",
            Self::AmberStrict => "AMBER+STRICT",
            Self::Red => "RED",
        }
    }
}

/// A text about a matter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// What kind of text.
    pub kind: NoteKind,
    /// One line.
    pub title: Option<String>,
    /// May have several paragraphs.
    pub text: String,
    /// For whom: `clinicians`.
    pub audience: Option<String>,
}

/// What kind of text a note is (CSAF 2.0 section 3.1.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoteKind {
    /// A description; of a vulnerability above all.
    Description,
    /// Technical detail.
    Details,
    /// A summary for all readers.
    Summary,
    /// About the document as a whole.
    General,
    /// Questions and answers.
    Faq,
    /// What lawyers want said.
    LegalDisclaimer,
    /// None of these.
    Other,
}

/// Where more is said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// Whether it is this very advisory in another form or place.
    pub is_this: bool,
    /// What is there, in one line.
    pub summary: String,
    /// The address.
    pub url: String,
}

/// Whom the publisher thanks. At least one of names, organisation and summary is given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Acknowledgement {
    /// People, as they wish to be named.
    pub names: Vec<String>,
    /// Their organisation.
    pub organization: Option<String>,
    /// What for.
    pub summary: Option<String>,
    /// Their pages.
    pub urls: Vec<String>,
}

/// A program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Engine {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
}
