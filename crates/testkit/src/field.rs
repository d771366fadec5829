//! A large invented field: products, versions with SBOMs of thousands of components, sites, units.

use crate::Clock;
use aftercare_desk::{Desk, Trouble};
use aftercare_domain::{
    consignee::AddConsignee,
    family::AddFamily,
    finding::{self, AssessFindings, Assessment, ComponentAssessment, DependsOn},
    product::AddProduct,
    sbom::{self, ReceiveSbom, Standing},
    site::AddSite,
    unit::{BATCH_LIMIT, Installed, UnitBatch, UnitRow, WhyUnknown},
    version::{AddVersion, Life},
};
use aftercare_vocab::{
    digest::Digest,
    id::{ProductId, SiteId, VersionId},
    inventory::{Component, Format, Inventory},
    verdict::{Answer, Confidence, Reason, Verdict},
};
use std::sync::Arc;

/// The vulnerability that the generated field is asked about.
pub const VULNERABILITY: &str = "CVE-2026-0001";

/// How large the field is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// Product versions.
    pub versions: usize,
    /// Components in each version's SBOM.
    pub components: usize,
    /// Units.
    pub units: usize,
}

impl Size {
    /// Component instances over all versions.
    pub const fn instances(&self) -> usize {
        self.versions * self.components
    }
}

/// Distinct components that all SBOMs are drawn from.
const POOL: usize = 20_000;
/// Versions of one product.
const VERSIONS_A_PRODUCT: usize = 20;
/// Of every so many versions one holds the vulnerable component.
const ONE_IN: usize = 4;
/// Of every so many units one has an unknown installed version.
const UNKNOWN_ONE_IN: usize = 16;

/// Fills the record behind `desk` with a field of this size. `edition` must be in its corpus.
pub fn fill(desk: &Desk, size: Size, edition: &Digest, clock: &mut Clock) -> Result<(), Trouble> {
    desk.adopt_edition(&clock.operation(), edition)?;
    let sites = sites(desk, size, clock)?;
    let pool: Vec<Component> = (0..POOL).map(component).collect();
    let mut versions: Vec<(ProductId, VersionId)> = Vec::with_capacity(size.versions);
    let op = clock.operation();
    let family = desk.add_family(
        &op,
        AddFamily { family: op.new_id(), name: "Generated".into(), description: None },
    )?;
    let mut product = None;
    for number in 0..size.versions {
        let op = clock.operation();
        if number % VERSIONS_A_PRODUCT == 0 {
            let name = format!("Device {}", number / VERSIONS_A_PRODUCT);
            let add =
                AddProduct { product: op.new_id(), family, name, model: None, description: None };
            product = Some(desk.add_product(&op, add)?);
        }
        let Some(product) = product else { continue };
        let label = format!("{}.{}", 1 + number % VERSIONS_A_PRODUCT, number / VERSIONS_A_PRODUCT);
        let op = clock.operation();
        let add = AddVersion { version: op.new_id(), product, label, life: Life::default() };
        let version = desk.add_version(&op, add)?;
        versions.push((product, version));
        attach(desk, version, number, size, &pool, edition, clock)?;
    }
    units(desk, size, &versions, &sites, clock)
}

fn sites(desk: &Desk, size: Size, clock: &mut Clock) -> Result<Vec<SiteId>, Trouble> {
    let count = (size.units / 200).max(10);
    let mut sites = Vec::with_capacity(count);
    let mut consignee = None;
    for number in 0..count {
        let op = clock.operation();
        if number % 4 == 0 {
            let name = format!("Hospital {}", number / 4);
            consignee = Some(desk.add_consignee(
                &op,
                AddConsignee { consignee: op.new_id(), name, country: None },
            )?);
        }
        let Some(consignee) = consignee else { continue };
        let op = clock.operation();
        let add = AddSite {
            site: op.new_id(),
            consignee,
            name: format!("Site {number}"),
            country: None,
            city: None,
            time_zone: None,
        };
        sites.push(desk.add_site(&op, add)?);
    }
    Ok(sites)
}

fn component(number: usize) -> Component {
    Component {
        reference: format!("c{number}"),
        place: format!("components[{number}]"),
        kind: Some("library".into()),
        name: format!("library-{number}"),
        version: Some(format!("1.{}.{}", number / 100, number % 100)),
        purls: format!("pkg:npm/library-{number}@1.{}.{}", number / 100, number % 100)
            .parse()
            .into_iter()
            .collect(),
        ..Component::default()
    }
}

/// The components of a version: a window of the pool, moved on from version to version; component 0,
/// the vulnerable one, only in one of [`ONE_IN`].
fn window(number: usize, size: Size, pool: &[Component]) -> Vec<Component> {
    let start = 1 + number * 37 % (POOL - 1);
    let mut components: Vec<Component> =
        (0..size.components).map(|at| pool[1 + (start + at) % (POOL - 1)].clone()).collect();
    if number.is_multiple_of(ONE_IN) {
        components[0] = pool[0].clone();
    }
    components
}

fn attach(
    desk: &Desk,
    version: VersionId,
    number: usize,
    size: Size,
    pool: &[Component],
    edition: &Digest,
    clock: &mut Clock,
) -> Result<(), Trouble> {
    let inventory = Arc::new(Inventory {
        format: Format::CyclonedxJson,
        spec_version: "1.6".into(),
        serial: Some(format!("generated-{number}")),
        name: None,
        created: None,
        authors: Vec::new(),
        tools: Vec::new(),
        root: None,
        components: window(number, size, pool),
        dependencies: Vec::new(),
        graph_has_holes: false,
    });
    let register = desk.register();
    let bytes = register.stage(format!("generated SBOM {number}").as_bytes())?;
    let document = register.stage_inventory(&inventory)?;
    let op = clock.operation();
    let command = ReceiveSbom {
        version,
        sbom: bytes.digest(),
        size: bytes.size(),
        inventory: &inventory,
        inventory_blob: document.digest(),
        reader: "testkit".into(),
        warnings: 0,
        received_from: None,
        standing: Standing::Instead,
    };
    register.transact(&op, |pen| -> Result<(), Trouble> {
        let events = sbom::receive(&pen.facts().sbom(version)?, &command, &op)?;
        pen.attach(&bytes);
        pen.attach(&document);
        Ok(pen.record_all(events)?)
    })?;
    // A component that is not listed keeps what was said of it in an earlier SBOM, so that only the
    // first windows over the pool need be listed whole.
    let whole = number * 37 < POOL;
    let components = (0..)
        .zip(&inventory.components)
        .filter(|(_, component)| whole || component.name == pool[0].name)
        .map(|(index, component)| ComponentAssessment {
            index,
            not_covered: None,
            verdicts: if component.name == pool[0].name {
                vec![verdict(edition)]
            } else {
                Vec::new()
            },
            depends_on: DependsOn::Component,
        })
        .collect();
    let assessment = Arc::new(Assessment {
        edition: *edition,
        engine: "testkit".into(),
        sbom: bytes.digest(),
        inventory: document.digest(),
        components,
    });
    let staged = register.stage_assessment(&assessment)?;
    let op = clock.operation();
    register.transact(&op, |pen| -> Result<(), Trouble> {
        let facts = pen.facts().assessment(&assessment)?;
        let command = AssessFindings { assessment: &assessment, blob: staged.digest() };
        let events = finding::assess(&facts, &command, &op)?;
        pen.attach(&staged);
        Ok(pen.record_all(events)?)
    })?;
    Ok(())
}

fn verdict(edition: &Digest) -> Verdict {
    Verdict {
        id: VULNERABILITY.into(),
        aliases: Vec::new().into(),
        answer: Answer::Affected,
        because: vec![Reason {
            answer: Answer::Affected,
            rule: "in_range".into(),
            source: "osv".into(),
            record: VULNERABILITY.into(),
            record_digest: *edition,
            identity: "pkg:npm/library-0@1.0.0".into(),
            confidence: Confidence::Exact,
            version: Some("1.0.0".into()),
            scheme: "npm".into(),
            range: "all versions".into(),
            place: "affected[0].ranges[0]".into(),
            note: "".into(),
        }],
        disagreement: false,
        score_tenths: Some(98),
        vector: None,
        summary: "A generated vulnerability".into(),
        fixed_in: Vec::new(),
        kev_since: None,
        epss: None,
        epss_percentile: None,
    }
}

fn units(
    desk: &Desk,
    size: Size,
    versions: &[(ProductId, VersionId)],
    sites: &[SiteId],
    clock: &mut Clock,
) -> Result<(), Trouble> {
    let mut done = 0;
    while done < size.units {
        let op = clock.operation();
        let count = (size.units - done).min(BATCH_LIMIT);
        let units = (done..done + count).map(|number| {
            // A hospital buys many of a few versions.
            let site = number / 200 % sites.len();
            let (product, version) = versions[(site * 7 + number % 200 / 10) % versions.len()];
            UnitRow {
                unit: op.new_id(),
                product,
                installed: if number % UNKNOWN_ONE_IN == 0 {
                    Installed::Unknown(WhyUnknown::NotTold)
                } else {
                    Installed::Version(version)
                },
                site: sites[site],
                udi_di: None,
                serial: format!("S{number:08}"),
                delivered: None,
            }
        });
        let batch = UnitBatch { units: units.collect() };
        desk.record_units(&op, batch)?;
        done += count;
    }
    Ok(())
}
