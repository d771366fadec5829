//! Facts: what the register knows that matters for a decision, read within the same transaction,
//! so that nothing can change between the reading and the recording.

use crate::{
    documents::Documents,
    fault::Fault,
    read::version::{date, life},
    sight::scope::Scope,
    sql::{Row, Session, Statement, statements, values},
};
use aftercare_domain::{
    consignee::{AddConsignee, ConsigneeFacts},
    contact::{ContactFacts, ContactPlaceFacts},
    edition::EditionFacts,
    family::{AddFamily, FamilyFacts},
    finding::{Assessment, AssessmentFacts},
    product::{AddProduct, ProductFacts},
    sbom::SbomFacts,
    site::{AddSite, SiteFacts},
    subject::SubjectFacts,
    supplier::{AddSupplier, SupplierFacts},
    text::folded,
    unit::{Installed, RecordUnits, UnitFacts, UnitsFacts},
    version::VersionFacts,
};
use aftercare_vocab::{
    digest::Digest,
    id::{
        ConsigneeId, ContactId, FamilyId, Id, Kind, ProductId, SiteId, SubjectId, UnitId, VersionId,
    },
    instant::Instant,
};
use std::collections::{BTreeMap, BTreeSet};

statements! {
    FAMILY_NAMED = "SELECT id FROM family WHERE folded = $1";
    FAMILY_NO = "SELECT no FROM family WHERE id = $1";
    PRODUCT_NAMED = "SELECT p.id FROM product p JOIN family f ON f.no = p.family
        WHERE f.id = $1 AND p.folded = $2";
    PRODUCT_NO = "SELECT no FROM product WHERE id = $1";
    VERSION_LABELLED = "SELECT v.id FROM product_version v WHERE v.product = $1 AND v.folded = $2";
    VERSION_PRODUCT = "SELECT p.id FROM product_version v JOIN product p ON p.no = v.product WHERE v.id = $1";
    LIVES = "SELECT v.id, l.predecessor, l.released, l.supported_until, l.end_of_support
        FROM product_version v JOIN version_life l ON l.version = v.no AND l.until IS NULL
        WHERE v.product = $1";
    SUPPLIER_NAMED = "SELECT id FROM supplier WHERE folded = $1";
    CONSIGNEE_NAMED = "SELECT id FROM consignee WHERE folded = $1 AND coalesce(country, '') = $2";
    CONSIGNEE_NO = "SELECT no FROM consignee WHERE id = $1";
    SITE_NAMED = "SELECT s.id FROM site s JOIN consignee c ON c.no = s.consignee
        WHERE c.id = $1 AND s.folded = $2";
    SITE_NO = "SELECT no FROM site WHERE id = $1";
    UNIT_TAKEN = "SELECT id FROM unit WHERE serial = $1 AND udi_di = $2 AND product = $3";
    BATCH_RECORDED = "SELECT count(*) FROM ledger WHERE entity = $1 AND kind = 'units_recorded'";
    UNIT_NOW = "SELECT p.id, v.id, s.installed FROM unit u
        JOIN unit_state s ON s.unit = u.no
          AND s.since = (SELECT max(n.since) FROM unit_state n WHERE n.unit = u.no)
        JOIN product p ON p.no = u.product
        LEFT JOIN product_version v ON v.no = s.version
        WHERE u.id = $1";
    RELEASED = "SELECT released FROM version_life WHERE version = $1 AND until IS NULL";
    SBOMS_NOW = "SELECT s.digest FROM attached a JOIN sbom s ON s.no = a.sbom
        WHERE a.version = $1 AND a.until IS NULL ORDER BY a.since";
    VERSION_NO = "SELECT no FROM product_version WHERE id = $1";
    SITE_OF = "SELECT c.id FROM site s JOIN consignee c ON c.no = s.consignee WHERE s.id = $1";
    SUBJECT_NOW = "SELECT g.at FROM subject s LEFT JOIN ledger g ON g.seq = s.erased WHERE s.id = $1";
    SUBJECT_OF = "SELECT s.id FROM contact c JOIN subject s ON s.no = c.subject WHERE c.id = $1";
    EDITION_NOW = "SELECT digest FROM edition ORDER BY no DESC LIMIT 1";
    SBOM_READ = "SELECT no, components FROM sbom WHERE digest = $1 AND inventory = $2";
    ASSESSED_NOW = "SELECT edition, engine FROM assessment WHERE sbom = $1 AND until IS NULL";
}

/// The facts for the deciders of `domain`, one function for each. What the operation does not see is told
/// as what does not exist.
#[derive(Debug)]
pub struct Facts<'a> {
    pub(crate) session: &'a Session,
    pub(crate) documents: &'a Documents,
    pub(crate) scope: Scope<'a>,
}

impl Facts<'_> {
    /// For [`family::add`](aftercare_domain::family::add).
    pub fn family(&self, add: &AddFamily) -> Result<FamilyFacts, Fault> {
        if !self.scope.is_whole() {
            return Ok(FamilyFacts::default());
        }
        Ok(FamilyFacts { same_name: self.id(FAMILY_NAMED, &add.name)? })
    }

    /// For [`product::add`](aftercare_domain::product::add).
    pub fn product(&self, add: &AddProduct) -> Result<ProductFacts, Fault> {
        if !self.scope.family(add.family)? {
            return Ok(ProductFacts::default());
        }
        let family = self.no(FAMILY_NO, add.family.as_bytes())?.map(|_| add.family);
        let name = folded(&add.name);
        let found = values![add.family.as_bytes(), &name];
        let same_name = self.session.first(PRODUCT_NAMED, found, |row| id_of(row, 0))?;
        Ok(ProductFacts { family, same_name })
    }

    /// For [`version::add`](aftercare_domain::version::add) with this product and label.
    pub fn versions(&self, product: ProductId, label: &str) -> Result<VersionFacts, Fault> {
        if !self.scope.product(product)? {
            return Ok(VersionFacts::default());
        }
        let Some(no) = self.no(PRODUCT_NO, product.as_bytes())? else {
            return Ok(VersionFacts::default());
        };
        let label = folded(label);
        let same_label =
            self.session.first(VERSION_LABELLED, values![no, &label], |row| id_of(row, 0))?;
        let versions = self.lives(no)?;
        Ok(VersionFacts { product: Some(product), same_label, versions })
    }

    /// For [`version::change`](aftercare_domain::version::change) of this version.
    pub fn versions_beside(&self, version: VersionId) -> Result<VersionFacts, Fault> {
        let Some(product) = self.product_of(version)? else { return Ok(VersionFacts::default()) };
        let versions = match self.no(PRODUCT_NO, product.as_bytes())? {
            Some(no) => self.lives(no)?,
            None => BTreeMap::new(),
        };
        Ok(VersionFacts { product: Some(product), same_label: None, versions })
    }

    /// For [`supplier::add`](aftercare_domain::supplier::add).
    pub fn supplier(&self, add: &AddSupplier) -> Result<SupplierFacts, Fault> {
        Ok(SupplierFacts { same_name: self.id(SUPPLIER_NAMED, &add.name)? })
    }

    /// For [`consignee::add`](aftercare_domain::consignee::add).
    pub fn consignee(&self, add: &AddConsignee) -> Result<ConsigneeFacts, Fault> {
        if !self.scope.is_whole() {
            return Ok(ConsigneeFacts::default());
        }
        let name = folded(&add.name);
        let country = add.country.as_deref().map(|c| c.trim().to_uppercase()).unwrap_or_default();
        let found = values![&name, &country];
        let same_name = self.session.first(CONSIGNEE_NAMED, found, |row| id_of(row, 0))?;
        Ok(ConsigneeFacts { same_name })
    }

    /// For [`site::add`](aftercare_domain::site::add).
    pub fn site(&self, add: &AddSite) -> Result<SiteFacts, Fault> {
        if !self.scope.consignee(add.consignee)? {
            return Ok(SiteFacts::default());
        }
        let consignee = self.no(CONSIGNEE_NO, add.consignee.as_bytes())?.map(|_| add.consignee);
        let name = folded(&add.name);
        let found = values![add.consignee.as_bytes(), &name];
        let same_name = self.session.first(SITE_NAMED, found, |row| id_of(row, 0))?;
        Ok(SiteFacts { consignee, same_name })
    }

    /// For [`unit::record`](aftercare_domain::unit::record).
    pub fn units(&self, record: &RecordUnits<'_>) -> Result<UnitsFacts, Fault> {
        let recorded = self.session.number(BATCH_RECORDED, values![&record.blob.to_string()])?;
        let mut facts = UnitsFacts {
            same_batch: (recorded > 0).then_some(record.blob),
            ..UnitsFacts::default()
        };
        let mut products: BTreeMap<ProductId, Option<i64>> = BTreeMap::new();
        let mut sites = BTreeSet::new();
        let mut versions = BTreeSet::new();
        for (index, row) in record.batch.units.iter().enumerate() {
            let product = if let Some(known) = products.get(&row.product) {
                *known
            } else {
                let seen = self.scope.product(row.product)?;
                let no = if seen { self.no(PRODUCT_NO, row.product.as_bytes())? } else { None };
                products.insert(row.product, no);
                no
            };
            if sites.insert(row.site)
                && self.scope.site_for_units(row.site)?
                && self.no(SITE_NO, row.site.as_bytes())?.is_some()
            {
                facts.sites.insert(row.site);
            }
            if let Some(version) = row.installed.version()
                && versions.insert(version)
                && let Some(product) = self.product_of(version)?
            {
                facts.versions.insert(version, product);
            }
            let Some(product) = product else { continue };
            let udi_di = row.udi_di.as_deref().unwrap_or_default();
            let key = values![&row.serial, udi_di, product];
            if let Some(unit) = self.session.first(UNIT_TAKEN, key, |row| id_of(row, 0))? {
                facts.taken.insert(index, unit);
            }
        }
        facts.products = products.into_iter().filter_map(|(id, no)| no.map(|_| id)).collect();
        Ok(facts)
    }

    /// For [`unit::change_version`](aftercare_domain::unit::change_version).
    pub fn unit(&self, unit: UnitId, installed: &Installed) -> Result<UnitFacts, Fault> {
        if !self.scope.unit(unit)? {
            return Ok(UnitFacts::default());
        }
        let now = self.session.first(UNIT_NOW, values![unit.as_bytes()], |row| {
            Ok((id_of(row, 0)?, installed_of(row, 1, 2)?))
        })?;
        let version_of = match installed.version() {
            Some(version) => self.product_of(version)?,
            None => None,
        };
        Ok(UnitFacts { unit: now, version_of })
    }

    /// For [`sbom::receive`](aftercare_domain::sbom::receive).
    pub fn sbom(&self, version: VersionId) -> Result<SbomFacts, Fault> {
        if !self.scope.version(version)? {
            return Ok(SbomFacts::default());
        }
        let Some(no) = self.no(VERSION_NO, version.as_bytes())? else {
            return Ok(SbomFacts::default());
        };
        let current = self
            .session
            .query(SBOMS_NOW, values![no], |row| Ok(Digest::from_bytes(row.fixed(0)?)))?;
        let released = self.session.first(RELEASED, values![no], |row| date(row, 0))?.flatten();
        Ok(SbomFacts { version: Some(version), current, released })
    }

    /// For [`contact::add`](aftercare_domain::contact::add).
    pub fn contact_place(
        &self,
        consignee: ConsigneeId,
        site: Option<SiteId>,
    ) -> Result<ContactPlaceFacts, Fault> {
        if !self.scope.consignee(consignee)? {
            return Ok(ContactPlaceFacts::default());
        }
        let known = self.no(CONSIGNEE_NO, consignee.as_bytes())?.map(|_| consignee);
        let site = match site {
            None => None,
            Some(site) if !self.scope.site(site)? => None,
            Some(site) => self
                .session
                .first(SITE_OF, values![site.as_bytes()], |row| id_of(row, 0))?
                .map(|of| (site, of)),
        };
        Ok(ContactPlaceFacts { consignee: known, site })
    }

    /// For [`contact::change`](aftercare_domain::contact::change).
    pub fn contact(&self, contact: ContactId) -> Result<ContactFacts, Fault> {
        if !self.scope.contact(contact)? {
            return Ok(ContactFacts::default());
        }
        let subject =
            self.session.first(SUBJECT_OF, values![contact.as_bytes()], |row| id_of(row, 0))?;
        match subject {
            None => Ok(ContactFacts::default()),
            Some(subject) => {
                Ok(ContactFacts { contact: Some(contact), subject: self.subject(subject)? })
            }
        }
    }

    /// For [`subject::erase`](aftercare_domain::subject::erase).
    pub fn subject(&self, subject: SubjectId) -> Result<SubjectFacts, Fault> {
        if !self.scope.subject(subject)? {
            return Ok(SubjectFacts::default());
        }
        let erased = self
            .session
            .first(SUBJECT_NOW, values![subject.as_bytes()], |row| row.int_or_null(0))?;
        Ok(match erased {
            None => SubjectFacts::default(),
            Some(at) => {
                SubjectFacts { subject: Some(subject), erased: at.map(Instant::from_micros) }
            }
        })
    }

    /// For [`edition::adopt`](aftercare_domain::edition::adopt).
    pub fn edition(&self) -> Result<EditionFacts, Fault> {
        let newest =
            self.session.first(EDITION_NOW, &[], |row| Ok(Digest::from_bytes(row.fixed(0)?)))?;
        Ok(EditionFacts { newest })
    }

    /// For [`finding::assess`](aftercare_domain::finding::assess).
    pub fn assessment(&self, assessment: &Assessment) -> Result<AssessmentFacts, Fault> {
        if !self.scope.is_whole() {
            return Ok(AssessmentFacts::default());
        }
        let newest_edition = self.edition()?.newest;
        let key = values![assessment.sbom.as_bytes(), assessment.inventory.as_bytes()];
        let sbom = self.session.first(SBOM_READ, key, |row| Ok((row.int(0)?, row.count(1)?)))?;
        let assessed = match sbom {
            Some((no, _)) => self.session.first(ASSESSED_NOW, values![no], |row| {
                Ok((Digest::from_bytes(row.fixed(0)?), row.text(1)?))
            })?,
            None => None,
        };
        let components = sbom.map(|(_, components)| components);
        Ok(AssessmentFacts { components, newest_edition, assessed })
    }

    /// The family, product and version of that name, for loading that may be repeated.
    pub fn family_named(&self, name: &str) -> Result<Option<FamilyId>, Fault> {
        let found: Option<FamilyId> = self.id(FAMILY_NAMED, name)?;
        Ok(match found {
            Some(family) if self.scope.family(family)? => Some(family),
            _ => None,
        })
    }

    fn lives(
        &self,
        product: i64,
    ) -> Result<BTreeMap<VersionId, aftercare_domain::version::Life>, Fault> {
        let lives = self
            .session
            .query(LIVES, values![product], |row| Ok((id_of(row, 0)?, life(row, 1)?)))?;
        Ok(lives.into_iter().collect())
    }

    fn product_of(&self, version: VersionId) -> Result<Option<ProductId>, Fault> {
        if !self.scope.version(version)? {
            return Ok(None);
        }
        self.session.first(VERSION_PRODUCT, values![version.as_bytes()], |row| id_of(row, 0))
    }

    fn id<K: Kind>(&self, statement: Statement, name: &str) -> Result<Option<Id<K>>, Fault> {
        self.session.first(statement, values![&folded(name)], |row| id_of(row, 0))
    }

    fn no(&self, statement: Statement, id: &[u8; 16]) -> Result<Option<i64>, Fault> {
        self.session.first(statement, values![id], |row| row.int(0))
    }
}

/// An identifier in a column.
pub(crate) fn id_of<K: Kind>(row: &Row<'_>, column: usize) -> Result<Id<K>, Fault> {
    row.fixed(column).map(Id::from_bytes)
}

/// What is installed, from a version's id that may be absent and the JSON that says why.
pub(crate) fn installed_of(row: &Row<'_>, version: usize, why: usize) -> Result<Installed, Fault> {
    let why = row.text(why)?;
    if why.is_empty() {
        return id_of(row, version).map(Installed::Version);
    }
    serde_json::from_str(&why)
        .map(Installed::Unknown)
        .map_err(|e| Fault::shape("why it is unknown what is installed", e))
}
