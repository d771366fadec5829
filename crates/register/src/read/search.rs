//! The ask box: names of everything, by the beginning of any of their first words.

use super::{
    Page, Reader,
    component::{ComponentQuery, ComponentRef, LAST},
};
use crate::{
    fault::Fault,
    sql::{Session, Statement, statements, values},
};
use aftercare_domain::text::folded;
use aftercare_vocab::id::{
    ConsigneeId, FamilyId, Id, Kind, ProductId, SiteId, SupplierId, VersionId,
};
use serde::Serialize;

statements! {
    NOUNS = "SELECT DISTINCT w.kind, w.no FROM noun_word w
        WHERE w.since <= $1 AND w.word >= $2 AND w.word <= $3 ORDER BY w.kind, w.no LIMIT $4";
    FAMILY = "SELECT id, name, '' FROM family WHERE no = $1";
    PRODUCT = "SELECT p.id, p.name, f.name FROM product p JOIN family f ON f.no = p.family WHERE p.no = $1";
    VERSION = "SELECT v.id, v.label, p.name FROM product_version v JOIN product p ON p.no = v.product
        WHERE v.no = $1";
    SUPPLIER = "SELECT id, name, '' FROM supplier WHERE no = $1";
    CONSIGNEE = "SELECT id, name, coalesce(country, '') FROM consignee WHERE no = $1";
    SITE = "SELECT s.id, s.name, c.name FROM site s JOIN consignee c ON c.no = s.consignee WHERE s.no = $1";
    VULNERABILITIES = "SELECT a.alias, u.id FROM vulnerability_alias a
        JOIN vulnerability u ON u.no = a.vulnerability
        WHERE a.since <= $1 AND a.alias >= $2 AND a.alias <= $3 ORDER BY a.alias LIMIT $4";
}

/// Something found by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NounHit {
    /// What it is, with its identifier.
    pub noun: Noun,
    /// Its name.
    pub name: String,
    /// What it belongs to (family, product, consignee, country); may be empty.
    pub of: String,
}

/// A noun of the inventory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Noun {
    /// A product family.
    Family(FamilyId),
    /// A product.
    Product(ProductId),
    /// A product version.
    Version(VersionId),
    /// A supplier.
    Supplier(SupplierId),
    /// A consignee.
    Consignee(ConsigneeId),
    /// A site.
    Site(SiteId),
}

/// What a text finds.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Found {
    /// Families, products, versions, suppliers, consignees, sites.
    pub nouns: Vec<NounHit>,
    /// Distinct components.
    pub components: Vec<ComponentRef>,
    /// Vulnerabilities that components were compared with: (identifier found by, identifier shown).
    pub vulnerabilities: Vec<(String, String)>,
}

impl Reader {
    /// Everything whose name begins with `text` in its first or a later word, at most `limit` of
    /// each kind. An empty text finds nothing.
    pub fn search(&self, text: &str, limit: u32) -> Result<Found, Fault> {
        let from = folded(text);
        if from.is_empty() {
            return Ok(Found::default());
        }
        let session = self.session()?;
        let to = format!("{from}{LAST}");
        let range = values![self.position, &from, &to, limit];
        let nouns = session.query(NOUNS, range, |row| Ok((row.text(0)?, row.int(1)?)))?;
        let nouns = nouns
            .into_iter()
            .map(|(kind, no)| noun(session, &kind, no))
            .collect::<Result<_, _>>()?;
        let vulnerabilities =
            session.query(VULNERABILITIES, range, |row| Ok((row.text(0)?, row.text(1)?)))?;
        let query = ComponentQuery::understand(text);
        let components = self.components_matching(&query, &Page::first(limit))?.items;
        Ok(Found { nouns, components, vulnerabilities })
    }
}

fn noun(session: &Session, kind: &str, no: i64) -> Result<NounHit, Fault> {
    match kind {
        "family" => hit(session, FAMILY, no, Noun::Family),
        "product" => hit(session, PRODUCT, no, Noun::Product),
        "version" => hit(session, VERSION, no, Noun::Version),
        "supplier" => hit(session, SUPPLIER, no, Noun::Supplier),
        "consignee" => hit(session, CONSIGNEE, no, Noun::Consignee),
        _ => hit(session, SITE, no, Noun::Site),
    }
}

fn hit<K: Kind>(
    session: &Session,
    statement: Statement,
    no: i64,
    noun: fn(Id<K>) -> Noun,
) -> Result<NounHit, Fault> {
    session
        .first(statement, values![no], |row| {
            let id = Id::from_bytes(row.fixed(0)?);
            Ok(NounHit { noun: noun(id), name: row.text(1)?, of: row.text(2)? })
        })?
        .ok_or_else(|| Fault::shape(statement.name, "a word names something unknown"))
}
