//! Recording a bundle: families, products, versions, parties, sites, units, SBOMs, findings.

use super::bundle::{Bundle, Unit};
use crate::{
    config::Settings,
    ending::Failure,
    operation,
    record::{self, Manufacturer},
};
use aftercare_desk::{
    Desk, Places,
    answers::{GapCount, SbomReceipt, SbomState, Warning},
};
use aftercare_domain::{
    Channel, Operation,
    consignee::AddConsignee,
    family::AddFamily,
    product::AddProduct,
    site::AddSite,
    supplier::AddSupplier,
    unit::{BATCH_LIMIT, Installed, UnitBatch, UnitRow, WhyUnknown},
    version::{AddVersion, Life},
};
use aftercare_register::Access;
use aftercare_vocab::id::{ConsigneeId, FamilyId, ProductId, SiteId, VersionId};
use serde::Serialize;
use std::{collections::HashMap, fs, path::Path};

/// Who loads, as the ledger names it.
const ACTOR: &str = "inventory-load";

/// How much was recorded.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Loaded {
    /// Families.
    pub families: u64,
    /// Products.
    pub products: u64,
    /// Versions.
    pub versions: u64,
    /// SBOMs.
    pub sboms: u64,
    /// Suppliers.
    pub suppliers: u64,
    /// Consignees.
    pub consignees: u64,
    /// Sites.
    pub sites: u64,
    /// Units.
    pub units: u64,
    /// Of those, units whose installed version is not known.
    pub units_version_unknown: u64,
    /// SBOMs matched; none when there is no edition to match against.
    pub matched: Option<u64>,
    /// What was noticed in each SBOM, in the order of the versions.
    pub documents: Vec<LoadedSbom>,
}

/// Warnings kept of one SBOM; the rest are counted.
const WARNINGS_KEPT: usize = 3;

/// What was noticed in one SBOM.
#[derive(Debug, Clone, Serialize)]
pub struct LoadedSbom {
    /// Its file in the folder.
    pub file: String,
    /// Components listed.
    pub components: u64,
    /// Warnings of the reader in all.
    pub warnings_total: u64,
    /// The first of them.
    pub warnings: Vec<Warning>,
    /// Components that could not be looked up, by reason; none where nothing was matched.
    pub not_covered: Option<Vec<GapCount>>,
}

impl LoadedSbom {
    fn of(file: &str, receipt: SbomReceipt) -> Self {
        let is_matched = matches!(receipt.sbom, SbomState::Matched { .. });
        Self {
            file: file.to_owned(),
            components: receipt.components,
            warnings_total: receipt.warnings_total,
            warnings: receipt.warnings.into_iter().take(WARNINGS_KEPT).collect(),
            not_covered: is_matched.then_some(receipt.not_covered),
        }
    }
}

/// Hears what is being done, how much of it is done, and how much there is.
pub type Hear<'a> = &'a mut dyn FnMut(&str, u64, u64);

/// Begins an operation of a part of the product.
pub type Begin<'a> = &'a dyn Fn(&'static str, Channel) -> Operation;

/// Loads into the record of the data directory. A record that is not there yet is made beside its
/// place and moved there when it is whole, so that a load that is interrupted leaves nothing.
pub fn into_record(
    bundle: &Bundle,
    settings: &Settings,
    begin: Begin<'_>,
    hear: Hear<'_>,
) -> Result<Loaded, Failure> {
    let maker = Manufacturer { name: bundle.outline.manufacturer.name.clone() };
    let places = settings.places()?;
    if record::exists(settings)? {
        let desk = Desk::open(
            &places,
            record::options(settings, Access::Write),
            maker.name.clone(),
            settings.sbom,
        )?;
        let loaded = load(&desk, bundle, begin, hear)?;
        record::name(settings, &maker)?;
        return Ok(loaded);
    }
    let failed = |doing: &'static str| {
        let folder = settings.folder();
        move |error: std::io::Error| Failure::at(doing, &folder, &error)
    };
    fs::create_dir_all(settings.folder()).map_err(failed("Making the data directory"))?;
    let beside =
        Beside::new(&settings.folder().join(".register.new")).map_err(failed("Writing to"))?;
    let store = places.store.beside()?;
    store.remove(&beside.0)?; // left behind by a load that was killed
    let apart = Places { register: beside.0.clone(), store: store.clone(), ..places.clone() };
    let desk = Desk::open(
        &apart,
        record::options(settings, Access::Write),
        maker.name.clone(),
        settings.sbom,
    )?;
    let loaded = load(&desk, bundle, begin, hear)?;
    drop(desk);
    record::name(settings, &maker)?;
    fs::rename(&beside.0, &places.register).map_err(failed("Writing to"))?;
    store.settle(&places.store)?;
    Ok(loaded)
}

/// A directory that vanishes unless it is moved away.
struct Beside(std::path::PathBuf);

impl Beside {
    fn new(path: &Path) -> std::io::Result<Self> {
        if path.exists() {
            fs::remove_dir_all(path)?; // left behind by a load that was killed
        }
        Ok(Self(path.to_owned()))
    }
}

impl Drop for Beside {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[derive(Default)]
struct Keys<'a> {
    families: HashMap<&'a str, FamilyId>,
    products: HashMap<&'a str, ProductId>,
    versions: HashMap<&'a str, VersionId>,
    consignees: HashMap<&'a str, ConsigneeId>,
    sites: HashMap<&'a str, SiteId>,
}

fn load(desk: &Desk, bundle: &Bundle, begin: Begin<'_>, hear: Hear<'_>) -> Result<Loaded, Failure> {
    let op = begin(ACTOR, Channel::Import);
    let mut keys = Keys::default();
    entries(desk, &op, bundle, &mut keys)?;
    let mut loaded = Loaded {
        families: bundle.outline.families.len() as u64,
        products: bundle.outline.products.len() as u64,
        versions: bundle.outline.versions.len() as u64,
        suppliers: bundle.outline.suppliers.len() as u64,
        consignees: bundle.outline.consignees.len() as u64,
        sites: bundle.outline.sites.len() as u64,
        ..Loaded::default()
    };
    for chunk in bundle.units.chunks(BATCH_LIMIT) {
        let rows = chunk.iter().map(|unit| row(unit, &op, &keys)).collect::<Result<_, _>>()?;
        loaded.units += desk.record_units(&op, UnitBatch { units: rows })?;
    }
    loaded.units_version_unknown =
        bundle.units.iter().filter(|unit| unit.version.is_empty()).count() as u64;
    let total = bundle.sboms.len() as u64;
    let mut receipts = Vec::with_capacity(bundle.sboms.len());
    for (key, (file, bytes)) in &bundle.sboms {
        hear(&format!("Reading {file}"), loaded.sboms, total);
        let version = found(&keys.versions, key)?;
        let receipt = desk.receive_sbom(
            &begin(ACTOR, Channel::Import),
            version,
            Some(1), // as this very load added it
            Some(file.clone()),
            bytes,
        )?;
        receipts.push((version, file, receipt));
        loaded.sboms += 1;
    }
    desk.follow_corpus(|| begin(ACTOR, Channel::Import))?;
    if desk.standing(operation::now())?.edition.is_some() {
        let mut done = 0;
        let matched = desk.match_all(
            || begin("matcher", Channel::Job),
            |_| {
                done += 1;
                hear("Matching", done, total);
            },
        )?;
        loaded.matched = Some(matched);
    }
    for (version, file, receipt) in receipts {
        loaded.documents.push(LoadedSbom::of(file, desk.matched_since(version, receipt)?));
    }
    Ok(loaded)
}

fn entries<'a>(
    desk: &Desk,
    op: &Operation,
    bundle: &'a Bundle,
    keys: &mut Keys<'a>,
) -> Result<(), Failure> {
    let outline = &bundle.outline;
    for family in &outline.families {
        let add = AddFamily {
            family: op.new_id(),
            name: family.name.clone(),
            description: family.description.clone(),
        };
        keys.families.insert(&family.key, desk.add_family(op, add)?);
    }
    for product in &outline.products {
        let add = AddProduct {
            product: op.new_id(),
            family: found(&keys.families, &product.family)?,
            name: product.name.clone(),
            model: product.udi_di.clone(),
            description: product.description.clone(),
        };
        keys.products.insert(&product.key, desk.add_product(op, add)?);
    }
    for version in &outline.versions {
        let predecessor =
            version.predecessor.as_ref().map(|before| found(&keys.versions, before)).transpose()?;
        let add = AddVersion {
            version: op.new_id(),
            product: found(&keys.products, &version.product)?,
            label: version.label.clone(),
            life: Life {
                predecessor,
                released: version.released,
                supported_until: version.supported_until,
                end_of_support: version.end_of_support,
            },
        };
        keys.versions.insert(&version.key, desk.add_version(op, add)?);
    }
    for supplier in &outline.suppliers {
        desk.add_supplier(op, AddSupplier { supplier: op.new_id(), name: supplier.name.clone() })?;
    }
    for consignee in &outline.consignees {
        let add = AddConsignee {
            consignee: op.new_id(),
            name: consignee.name.clone(),
            country: consignee.country.clone(),
        };
        keys.consignees.insert(&consignee.key, desk.add_consignee(op, add)?);
    }
    for site in &outline.sites {
        let add = AddSite {
            site: op.new_id(),
            consignee: found(&keys.consignees, &site.consignee)?,
            name: site.name.clone(),
            country: site.country.clone(),
            city: site.city.clone(),
            time_zone: site.zone.clone(),
        };
        keys.sites.insert(&site.key, desk.add_site(op, add)?);
    }
    Ok(())
}

fn row(unit: &Unit, op: &Operation, keys: &Keys<'_>) -> Result<UnitRow, Failure> {
    Ok(UnitRow {
        unit: op.new_id(),
        product: found(&keys.products, &unit.product)?,
        installed: match unit.version.as_str() {
            "" => Installed::Unknown(WhyUnknown::NotTold),
            version => Installed::Version(found(&keys.versions, version)?),
        },
        site: found(&keys.sites, &unit.site)?,
        udi_di: unit.udi_di.clone(),
        serial: unit.serial.clone(),
        delivered: unit.delivered,
    })
}

/// A bundle is checked before it is loaded, so a key that is not there is our own fault.
fn found<T: Copy>(known: &HashMap<&str, T>, key: &str) -> Result<T, Failure> {
    known.get(key).copied().ok_or_else(|| {
        Failure::Trouble(format!(
            "The key `{key}` was checked and is not there. Nothing more was recorded."
        ))
    })
}
