//! Who is concerned by an advisory for customers, with which devices, and why.

use crate::{Trouble, surroundings::Scene};
use aftercare_documents::notice::Installed;
use aftercare_domain::{
    advisory::{Bundle, standings},
    case::Case,
    notice::{Concerned, Notices},
};
use aftercare_register::read::state::Place;
use aftercare_vocab::{
    id::{AdvisoryId, ConsigneeId, ContactId, VersionId},
    instant::Instant,
};
use std::collections::{BTreeMap, BTreeSet};

/// A customer with devices concerned.
pub(crate) struct Customer {
    pub id: ConsigneeId,
    pub name: String,
    pub country: Option<String>,
    pub devices: Vec<(Concerned, Device)>,
}

/// Devices in words.
pub(crate) struct Device {
    pub site: String,
    pub product: String,
    pub label: Option<String>,
    pub concern: Concern,
}

/// Why devices are concerned, or may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Concern {
    /// The advisory calls their version affected or under investigation.
    Stated,
    /// Nobody knows their version.
    VersionUnknown,
    /// The advisory does not speak of their version, or holds it as not concerned; the case does not so.
    NotStated,
}

impl Concern {
    pub const fn code(self) -> &'static str {
        match self {
            Self::Stated => "stated",
            Self::VersionUnknown => "version_unknown",
            Self::NotStated => "not_stated",
        }
    }

    pub const fn title(self) -> Option<&'static str> {
        match self {
            Self::Stated => None,
            Self::VersionUnknown => Some("May be concerned: nobody knows what is installed."),
            Self::NotStated => Some("May be concerned: the advisory does not say."),
        }
    }
}

impl Customer {
    pub fn concerned(&self) -> Vec<Concerned> {
        self.devices.iter().map(|(one, _)| one.clone()).collect()
    }
}

impl Device {
    pub fn shown(&self) -> String {
        match &self.label {
            Some(label) => format!("{} {label}", self.product),
            None => format!("{}, version not recorded", self.product),
        }
    }
}

/// Who has devices that an advisory calls affected or under investigation, of which nobody knows the version, or
/// of which the advisory says nothing or otherwise, and the case does not hold them as not affected today.
pub(crate) fn concerned(
    scene: &Scene,
    case: &Case,
    bundle: &Bundle,
    at: Instant,
) -> Result<BTreeMap<ConsigneeId, Customer>, Trouble> {
    let states = scene.states();
    let stated: BTreeSet<VersionId> = bundle
        .versions
        .iter()
        .filter(|one| one.stands.status.is_open())
        .map(|one| one.version)
        .collect();
    let today: BTreeSet<VersionId> = standings(case, &scene.around(case)?, at)
        .into_iter()
        .filter(|(_, stands)| stands.status.is_open())
        .map(|(version, _)| version)
        .collect();
    let concern_of = |version: VersionId| match version {
        one if stated.contains(&one) => Some(Concern::Stated),
        one if today.contains(&one) => Some(Concern::NotStated),
        _ => None,
    };
    let products: BTreeSet<_> = states
        .iter()
        .filter(|one| concern_of(one.version.id).is_some())
        .map(|one| one.version.product.id)
        .collect();
    let field = scene.reader().field(states)?;
    let mut found: BTreeMap<ConsigneeId, Customer> = BTreeMap::new();
    for cell in field.cells.iter().filter(|cell| cell.units > 0) {
        let version = cell.version.map(|at| &states[at].version);
        let Some(product) = cell.product.map(|at| &states[at].version.product) else { continue };
        let concern = match version {
            Some(version) => concern_of(version.id),
            None => products.contains(&product.id).then_some(Concern::VersionUnknown),
        };
        let (Some(concern), Some(place)) = (concern, field.sites.get(&cell.site)) else { continue };
        let Place { site, consignee, country, .. } = place;
        let customer = found.entry(consignee.id).or_insert_with(|| Customer {
            id: consignee.id,
            name: consignee.name.clone(),
            country: country.clone(),
            devices: Vec::new(),
        });
        let one = Concerned {
            site: site.id,
            product: product.id,
            version: version.map(|version| version.id),
            units: cell.units,
        };
        let device = Device {
            site: site.name.clone(),
            product: product.name.clone(),
            label: version.map(|version| version.label.clone()),
            concern,
        };
        customer.devices.push((one, device));
    }
    for customer in found.values_mut() {
        customer.devices.sort_by(|(a, one), (b, other)| {
            (&one.site, &one.product, a).cmp(&(&other.site, &other.product, b))
        });
    }
    Ok(found)
}

pub(crate) fn named((one, device): &(Concerned, Device)) -> (Installed, String, u64) {
    let installed = match (one.version, device.concern) {
        (Some(version), Concern::Stated) => Installed::Version(version.to_string()),
        (Some(_), _) => Installed::Open(device.shown()),
        (None, _) => Installed::Unknown(device.product.clone()),
    };
    (installed, device.site.clone(), one.units)
}

/// Whether notices of a version to a contact name all devices of a customer.
pub(crate) fn written(
    notices: &Notices,
    of: (AdvisoryId, u64),
    customer: &Customer,
    contact: Option<ContactId>,
) -> bool {
    let named = |(devices, _): &(Concerned, Device)| {
        notices.to(of, customer.id).any(|one| one.issued.contact == contact && one.names(devices))
    };
    customer.devices.iter().all(named)
}
