//! The ask box: what was understood, what was found, and, when nothing was found, what that means.

use super::EditionRef;
use aftercare_vocab::{
    id::{ConsigneeId, ProductId, SiteId, UnitId, VersionId},
    problem::quoted,
    verdict::Answer as VerdictAnswer,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The answer to a question typed into the ask box.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Answer {
    /// The question as typed.
    pub question: String,
    /// What was understood, the likeliest reading first.
    pub understood: Vec<Understood>,
    /// What was found, by kind; kinds without a hit are left out.
    pub groups: Vec<HitGroup>,
    /// What is missing, and what that means. May stand beside hits: a vulnerability may be known
    /// and yet touch no SBOM.
    pub nothing: Option<NothingFound>,
    /// The edition that was asked; none when none was adopted.
    pub edition: Option<EditionRef>,
}

/// One reading of a question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Understood {
    /// The identifier of a vulnerability.
    Vulnerability {
        /// In normal form: `CVE-2021-44228`.
        id: String,
    },
    /// A package URL.
    PackageUrl {
        /// In normal form.
        purl: String,
    },
    /// A CPE name.
    Cpe {
        /// In normal form (2.3).
        cpe: String,
    },
    /// The name of a component, perhaps with a version.
    Component {
        /// The name.
        name: String,
        /// The version, if one was given.
        version: Option<String>,
    },
    /// The name of a product, site or consignee.
    Name {
        /// The text looked for.
        text: String,
    },
    /// The serial number or UDI of a unit.
    Serial {
        /// The text looked for.
        text: String,
    },
}

/// Hits of one kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HitGroup {
    /// The kind.
    pub kind: HitKind,
    /// The first hits.
    pub hits: Vec<Hit>,
    /// How many there are in all.
    pub total: u64,
}

/// Kinds of hits, in the order shown.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum HitKind {
    /// Vulnerabilities.
    Vulnerability,
    /// Product versions concerned.
    Version,
    /// Components in SBOMs.
    Component,
    /// Products.
    Product,
    /// Consignees.
    Consignee,
    /// Sites.
    Site,
    /// Units.
    Unit,
}

/// One hit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Hit {
    /// What it is.
    pub target: Target,
    /// Its name.
    pub title: String,
    /// One line that says why it is a hit, or what it is.
    pub detail: String,
    /// The answer, where the question was about a vulnerability.
    #[schema(value_type = Option<String>)]
    pub answer: Option<VerdictAnswer>,
    /// Units concerned, where that is known; none = not counted here.
    pub units: Option<u64>,
}

/// What a hit or a next step points at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Target {
    /// A vulnerability with its reach.
    Vulnerability {
        /// Its identifier.
        id: String,
    },
    /// A product version.
    Version {
        /// Its identifier.
        #[schema(value_type = String)]
        id: VersionId,
    },
    /// A product, within the product list.
    Product {
        /// Its identifier.
        #[schema(value_type = String)]
        id: ProductId,
    },
    /// One finding.
    Finding {
        /// The version.
        #[schema(value_type = String)]
        version: VersionId,
        /// Index of the component in the version's SBOM.
        component: u32,
        /// The vulnerability.
        vulnerability: String,
    },
    /// All places of a component over all SBOMs.
    Components {
        /// What to look for.
        query: String,
    },
    /// A consignee.
    Consignee {
        /// Its identifier.
        #[schema(value_type = String)]
        id: ConsigneeId,
    },
    /// A site.
    Site {
        /// Its identifier.
        #[schema(value_type = String)]
        id: SiteId,
    },
    /// A unit, on the page of its site.
    Unit {
        /// Its identifier.
        #[schema(value_type = String)]
        id: UnitId,
        /// The site where it stands, if known.
        #[schema(value_type = Option<String>)]
        site: Option<SiteId>,
    },
    /// The product list.
    Products,
}

/// Nothing was found: what was looked for, what that does and does not mean, what to do next.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NothingFound {
    /// What was looked for and where, in one sentence.
    pub what: String,
    /// What it does not mean.
    pub means: String,
    /// What to do next, the likeliest first.
    pub next: Vec<NextStep>,
}

/// One thing to do next.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NextStep {
    /// In words.
    pub text: String,
    /// Where to do it, if there is a page.
    pub target: Option<Target>,
}

impl NextStep {
    fn say(text: &str) -> Self {
        Self { text: text.to_owned(), target: None }
    }
}

impl NothingFound {
    /// The identifier is well formed and no record of this edition carries it.
    pub fn vulnerability_not_in_edition(id: &str, edition: &EditionRef) -> Self {
        Self {
            what: format!(
                "{} is not in the edition of {} ({}).",
                quoted(id),
                edition.made_at.shown(),
                edition.id.short()
            ),
            means:
                "This does not mean that products are not affected: the record may be newer than \
                    the edition, reserved without content, or published by a source that was not \
                    imported."
                    .to_owned(),
            next: vec![
                NextStep::say("Check the identifier for a typing slip."),
                NextStep::say(
                    "Import a newer edition with `aftercare corpus import`, then ask again.",
                ),
                NextStep::say(
                    "Until then, ask for the component by name to see which versions contain it.",
                ),
            ],
        }
    }

    /// The vulnerability is known, and no component of any SBOM was matched to it.
    pub fn vulnerability_in_no_sbom(id: &str, versions_without_sbom: u64) -> Self {
        Self {
            what: format!(
                "{} is known to this edition, and no component of any attached SBOM was matched to it.",
                quoted(id)
            ),
            means: if versions_without_sbom == 0 {
                "This does not mean that products are not affected: an SBOM may be incomplete, and \
                 components that are not covered cannot be matched."
                    .to_owned()
            } else {
                format!(
                    "This does not mean that products are not affected: {} no SBOM, an SBOM may be incomplete, and components \
                     that are not covered cannot be matched.",
                    match versions_without_sbom {
                        1 => "one product version has".to_owned(),
                        n => format!("{n} product versions have"),
                    }
                )
            },
            next: vec![
                NextStep {
                    text: "See which versions have no SBOM or components not covered.".to_owned(),
                    target: Some(Target::Products),
                },
                NextStep::say(
                    "Ask for the affected component by name: it may carry another identity.",
                ),
            ],
        }
    }

    /// No SBOM lists such a component.
    pub fn component_in_no_sbom(wanted: &str) -> Self {
        Self {
            what: format!("No attached SBOM lists a component like {}.", quoted(wanted)),
            means:
                "This does not mean that no product contains it: it may be listed under another \
                    name, be left out of an SBOM, or be part of a version that has no SBOM."
                    .to_owned(),
            next: vec![
                NextStep::say("Try a shorter name, or the package URL without its version."),
                NextStep {
                    text: "See which versions have no SBOM.".to_owned(),
                    target: Some(Target::Products),
                },
            ],
        }
    }

    /// Nothing in the record carries this name or number.
    pub fn nothing_in_record(wanted: &str) -> Self {
        Self {
            what: format!(
                "No product, version, component, consignee, site or unit matches {}.",
                quoted(wanted)
            ),
            means: "This says nothing about vulnerabilities: it only means that the record has no \
                    such name or number."
                .to_owned(),
            next: vec![
                NextStep::say("Try part of the name, or a serial number without spaces."),
                NextStep::say(
                    "Ask for a vulnerability like CVE-2021-44228, or a package like pkg:npm/minimist.",
                ),
                NextStep {
                    text: "Browse all products.".to_owned(),
                    target: Some(Target::Products),
                },
            ],
        }
    }

    /// There is no edition, so no question about vulnerabilities can be answered.
    pub fn no_edition() -> Self {
        Self {
            what: "No edition of public knowledge has been imported.".to_owned(),
            means: "Nothing can be said about any vulnerability until then.".to_owned(),
            next: vec![NextStep::say(
                "Import one with `aftercare corpus import PATH`, then ask again.",
            )],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use aftercare_vocab::{digest::Digest, instant::Instant};

    #[test]
    fn finding_nothing_never_sounds_like_being_clear() {
        let edition = EditionRef { id: Digest::of(b"e"), made_at: Instant::from_micros(0) };
        let texts = [
            NothingFound::vulnerability_not_in_edition("CVE-2099-1", &edition),
            NothingFound::vulnerability_in_no_sbom("CVE-2099-1", 3),
            NothingFound::vulnerability_in_no_sbom("CVE-2099-1", 0),
            NothingFound::component_in_no_sbom("zlib"),
            NothingFound::nothing_in_record("ward 9"),
            NothingFound::no_edition(),
        ];
        for text in texts {
            assert!(
                ["does not mean", "Nothing can be said", "says nothing"]
                    .iter()
                    .any(|words| text.means.contains(words)),
                "{text:?}"
            );
            assert!(!text.next.is_empty(), "{text:?}");
            let all = format!("{} {}", text.what, text.means).to_lowercase();
            assert!(!all.contains("safe") && !all.contains("secure"), "{text:?}");
        }
    }
}
