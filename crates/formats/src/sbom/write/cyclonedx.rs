//! An inventory as a new CycloneDX 1.6 JSON document.

pub(super) mod model;

use super::{
    super::own::{self, Own},
    Found, Target, Writing, Written,
    licence::{self, Licence},
    loss::{Fact, Losses},
    shape::{self, Forest, Full},
};
use aftercare_vocab::{
    instant::Instant,
    inventory::{self, Component, DependencyKind, Inventory, PatchKind, Scope},
};
use model::{
    Choice, Composition, Dependencies, Document, Evidence, Hash, Identity, Issue, Metadata, Method,
    Named, Party, Patch, Pedigree, Piece, Property, Swid, ToolPiece, Tools,
};
use std::{borrow::Cow, collections::HashSet};

pub(super) const SCHEMA: &str = "http://cyclonedx.org/schema/bom-1.6.schema.json";
pub(super) const VERSION: &str = "1.6";

pub(super) fn write(inventory: &Inventory, writing: &Writing<'_>) -> Written {
    let mut losses = Losses::default();
    let components = shape::full(inventory, writing);
    let forest = shape::forest(inventory);
    let (references, changed) = shape::references(
        &inventory.components,
        |text| !text.is_empty() && !text.starts_with("urn:cdx:"),
        |index, attempt| match attempt {
            0 => format!("component-{}", index + 1),
            attempt => format!("component-{}-{attempt}", index + 1),
        },
    );
    for component in changed.iter().filter_map(|index| inventory.components.get(*index)) {
        if !component.reference.is_empty() {
            losses.tell(Fact::Reference, &component.place, &component.reference);
        }
    }
    let pen = Pen { components: &components, references: &references, forest: &forest };
    let root = inventory.root.filter(|root| (*root as usize) < components.len());
    let root = root.map(|root| pen.piece(root, &mut losses));
    let pieces = (0..inventory.components.len() as u32)
        .filter(|index| inventory.root != Some(*index) && !forest.is_inside[*index as usize])
        .map(|index| pen.piece(index, &mut losses))
        .collect();
    let document = Document {
        schema: SCHEMA,
        bom_format: "CycloneDX",
        spec_version: VERSION,
        serial_number: serial(inventory, &mut losses),
        version: 1,
        metadata: metadata(inventory, writing, root, &mut losses),
        components: pieces,
        dependencies: dependencies(inventory, &forest, &references, &mut losses),
        compositions: compositions(inventory, &references),
    };
    // structs of texts and numbers: writing them into memory cannot fail
    let mut text = serde_json::to_string_pretty(&document).unwrap_or_default();
    text.push('\n');
    Written { text, problems: losses.into_problems(Target::Cyclonedx16) }
}

fn serial(inventory: &Inventory, losses: &mut Losses) -> Option<String> {
    let serial = inventory.serial.as_deref()?;
    let canonical = crate::sbom::cyclonedx::canonical_serial(serial);
    if canonical.is_none() {
        losses.tell(Fact::Serial, "", serial);
    }
    canonical
}

fn metadata<'a>(
    inventory: &'a Inventory,
    writing: &Writing<'a>,
    component: Option<Piece<'a>>,
    losses: &mut Losses,
) -> Metadata<'a> {
    let name_of_product = component.as_ref().map(|piece| piece.name);
    if let Some(name) = inventory.name.as_deref().filter(|name| Some(*name) != name_of_product) {
        losses.tell(Fact::DocumentName, "", name);
    }
    let is_instant = |text: &&str| text.parse::<Instant>().is_ok();
    let timestamp = inventory.created.as_deref().filter(is_instant);
    if let (None, Some(text)) = (timestamp, inventory.created.as_deref()) {
        losses.tell(Fact::Created, "", text);
    }
    let mut tools: Vec<_> = inventory.tools.iter().map(|text| ToolPiece::of_text(text)).collect();
    let (name, version) = (writing.tool.name, writing.tool.version);
    if !tools.iter().any(|tool| tool.name == name && tool.version == Some(version)) {
        tools.push(ToolPiece::of(name, version));
    }
    Metadata {
        timestamp,
        tools: Tools { components: tools },
        authors: inventory.authors.iter().map(|name| Party { name }).collect(),
        component,
    }
}

/// Arrows, by component in the order of the first one.
fn dependencies<'a>(
    inventory: &Inventory,
    forest: &Forest,
    references: &'a [Cow<'a, str>],
    losses: &mut Losses,
) -> Vec<Dependencies<'a>> {
    let mut entries: Vec<Dependencies<'a>> = Vec::new();
    let mut entry_of: Vec<Option<usize>> = vec![None; references.len()];
    let mut seen = HashSet::new();
    for arrow in &forest.arrows {
        let (from, to) = (arrow.from as usize, arrow.to as usize);
        let lost = match arrow.kind {
            DependencyKind::DependsOn => None,
            DependencyKind::Contains => Some(Fact::Contains),
            DependencyKind::BuildOnly | DependencyKind::Optional => Some(Fact::DependencyKind),
        };
        if let Some(fact) = lost {
            let place = &inventory.components[from].place;
            losses.tell(fact, place, &inventory.components[to].name);
        }
        if !seen.insert((from, to)) {
            continue;
        }
        let entry = *entry_of[from].get_or_insert_with(|| {
            entries.push(Dependencies { from: &references[from], to: Vec::new() });
            entries.len() - 1
        });
        entries[entry].to.push(&references[to]);
    }
    entries
}

/// That dependencies are missing, where they are.
fn compositions<'a>(inventory: &Inventory, references: &'a [Cow<'a, str>]) -> Vec<Composition<'a>> {
    if !inventory.graph_has_holes {
        return Vec::new();
    }
    let root = inventory.root.and_then(|root| references.get(root as usize));
    vec![Composition {
        aggregate: "incomplete",
        dependencies: root.map(|text| text.as_ref()).into_iter().collect(),
    }]
}

/// What is at hand while components are written.
struct Pen<'a> {
    components: &'a [Full<'a>],
    references: &'a [Cow<'a, str>],
    forest: &'a Forest,
}

impl<'a> Pen<'a> {
    fn piece(&self, index: u32, losses: &mut Losses) -> Piece<'a> {
        let at = index as usize;
        let full = &self.components[at];
        let component = full.component;
        let (kind, own_kind) = kind(component);
        let mut identities = Identities::of(component, losses);
        if let Some(found) = found(component, full.found()) {
            identities.evidence.push(found);
        }
        Piece {
            kind,
            reference: self.references[at].as_ref(),
            supplier: full.supplier().map(|name| Party { name }),
            group: component.group.as_deref(),
            name: &component.name,
            version: component.version.as_deref(),
            scope: match component.scope {
                Scope::Required => None,
                Scope::Optional => Some("optional"),
                Scope::Excluded => Some("excluded"),
            },
            hashes: hashes(component, losses),
            licenses: licences(component),
            cpe: component.cpes.first().map(ToString::to_string),
            purl: component.purls.first().map(ToString::to_string),
            omnibor: identities.omnibor,
            swhid: identities.swhid,
            swid: identities.swid,
            pedigree: pedigree(component),
            components: self.forest.inside[at]
                .iter()
                .map(|inside| self.piece(*inside, losses))
                .collect(),
            evidence: (!identities.evidence.is_empty())
                .then_some(Evidence { identity: identities.evidence }),
            properties: properties(full, own_kind),
        }
    }
}

/// The type, and the received word where the format has no such type. What is not known is a library,
/// as the specification recommends.
fn kind(component: &Component) -> (&str, Option<&str>) {
    match component.kind.as_deref() {
        None => ("library", None),
        Some(kind) if crate::sbom::cyclonedx::is_type(kind) => (kind, None),
        Some(kind @ ("archive" | "install" | "source")) => ("file", Some(kind)),
        Some(kind) => ("library", Some(kind)),
    }
}

fn hashes<'a>(component: &'a Component, losses: &mut Losses) -> Vec<Hash<'a>> {
    let hash = |(algorithm, content): &'a (String, String)| {
        let alg = match algorithm.as_str() {
            "md5" => "MD5",
            "sha1" => "SHA-1",
            "sha256" => "SHA-256",
            "sha384" => "SHA-384",
            "sha512" => "SHA-512",
            "sha3256" => "SHA3-256",
            "sha3384" => "SHA3-384",
            "sha3512" => "SHA3-512",
            "blake2b256" => "BLAKE2b-256",
            "blake2b384" => "BLAKE2b-384",
            "blake2b512" => "BLAKE2b-512",
            "blake3" => "BLAKE3",
            _ => "",
        };
        if alg.is_empty() || !matches!(content.len(), 32 | 40 | 64 | 96 | 128) {
            losses.tell(Fact::Hash, &component.place, algorithm);
            return None;
        }
        Some(Hash { alg, content })
    };
    component.hashes.iter().filter_map(hash).collect()
}

/// One expression, or a list of ids and names: the format takes no list of expressions.
fn licences(component: &Component) -> Vec<Choice<'_>> {
    let is_alone = component.licences.len() == 1;
    let choice = |text| match licence::kind(text) {
        Licence::Id => Choice::License(Named::Id(text)),
        Licence::Expression if is_alone => Choice::Expression(text),
        _ => Choice::License(Named::Name(text)),
    };
    component.licences.iter().map(|text| choice(text)).collect()
}

/// A patch of a kind that the format does not have is put down as the weakest claim, from elsewhere; its
/// kind stands under a name of ours.
fn pedigree(component: &Component) -> Option<Pedigree<'_>> {
    fn patch(patch: &inventory::Patch) -> Patch<'_> {
        Patch {
            kind: if has_kind(patch.kind) { patch.kind.code() } else { "unofficial" },
            resolves: Some(patch.resolves.as_str())
                .filter(|id| !id.is_empty())
                .map(|id| Issue { kind: "security", id })
                .into_iter()
                .collect(),
        }
    }
    let patches: Vec<Patch<'_>> = component.patched.iter().map(patch).collect();
    (!patches.is_empty()).then_some(Pedigree { patches })
}

const fn has_kind(kind: PatchKind) -> bool {
    !matches!(kind, PatchKind::Applied | PatchKind::Unstated)
}

/// The identities beside one package URL and one CPE name.
#[derive(Default)]
struct Identities<'a> {
    omnibor: Vec<&'a str>,
    swhid: Vec<&'a str>,
    swid: Option<Swid<'a>>,
    evidence: Vec<Identity<'a>>,
}

impl<'a> Identities<'a> {
    fn of(component: &'a Component, losses: &mut Losses) -> Self {
        let mut this = Self::default();
        let concluded = |field, value: Cow<'a, str>| Identity {
            field,
            confidence: None,
            value,
            methods: Vec::new(),
        };
        for purl in component.purls.iter().skip(1) {
            this.evidence.push(concluded("purl", purl.to_string().into()));
        }
        for cpe in component.cpes.iter().skip(1) {
            this.evidence.push(concluded("cpe", cpe.to_string().into()));
        }
        for (kind, text) in &component.other_identities {
            match kind.as_str() {
                "omniborid" | "gitoid" => this.omnibor.push(text),
                "swhid" => this.swhid.push(text),
                "swid" if this.swid.is_none() => {
                    this.swid = Some(Swid { tag_id: text, name: &component.name });
                }
                // not readable as such, and kept as received
                "purl" => this.evidence.push(concluded("purl", text.into())),
                "cpe" => this.evidence.push(concluded("cpe", text.into())),
                kind => losses.tell(
                    if kind.starts_with("hash:") { Fact::Hash } else { Fact::Identity },
                    &component.place,
                    &format!("{kind} {text}"),
                ),
            }
        }
        this
    }
}

/// How the component was found, as evidence of its package URL or else its name.
pub(super) fn found<'a>(component: &'a Component, found: &'a [Found]) -> Option<Identity<'a>> {
    let share = |per_cent: u8| f64::from(per_cent.min(100)) / 100.0;
    let best = found.iter().map(|one| one.certainty).max()?;
    let (field, value) = match component.purls.first() {
        Some(purl) => ("purl", purl.to_string().into()),
        None => ("name", component.name.as_str().into()),
    };
    let method = |one: &'a Found| Method {
        technique: one.technique.name(),
        confidence: share(one.certainty),
        value: &one.what,
    };
    Some(Identity {
        field,
        confidence: Some(share(best)),
        value,
        methods: found.iter().map(method).collect(),
    })
}

fn properties<'a>(full: &Full<'a>, own_kind: Option<&'a str>) -> Vec<Property<'a>> {
    let own = |own: Own, value: Option<&'a str>| value.map(|value| property(own.name(), value));
    let patches = full.component.patched.iter().filter(|patch| !has_kind(patch.kind));
    let patches = patches
        .map(|patch| Property { name: Own::Patched.name(), value: own::of_patch(patch).into() });
    [
        own(Own::Kind, own_kind),
        own(Own::VersionRange, full.component.version_range.as_deref()),
        own(Own::SourcePackage, full.source_package_beside_purls()),
        full.support_level().map(support_level),
        full.end_of_support().map(end_of_support),
    ]
    .into_iter()
    .flatten()
    .chain(patches)
    .collect()
}

const fn property<'a>(name: &'static str, value: &'a str) -> Property<'a> {
    Property { name, value: Cow::Borrowed(value) }
}

/// The level of support under the name of CycloneDX's property taxonomy.
pub(super) const fn support_level(value: &str) -> Property<'_> {
    property("cdx:fda:level-of-support", value)
}

/// The end of support under the name that the property taxonomy has for a text of this form.
pub(super) fn end_of_support(value: &str) -> Property<'_> {
    let name = if shape::is_date(value) {
        "cdx:fda:end-of-support-date"
    } else if value.parse::<Instant>().is_ok() {
        "cdx:lifecycle:milestone:endOfSupport"
    } else {
        Own::EndOfSupport.name()
    };
    property(name, value)
}
