//! Addresses of mappings of identities.

use super::Links;
use aftercare_vocab::id::MappingId;

impl Links {
    /// The mappings of the programme.
    pub fn mappings(&self) -> String {
        self.mappings_with(&[])
    }

    /// A part of them.
    pub fn mappings_with(&self, values: &[(&str, &str)]) -> String {
        self.address("/mappings", values)
    }

    /// The same with a form that is filled in for a component that nobody knows.
    pub fn mappings_for(&self, product: &str, identity: &str) -> String {
        let values = [("product", product), ("identity", identity)];
        format!("{}#state", self.address("/mappings", &values))
    }

    /// One mapping.
    pub fn mapping(&self, mapping: MappingId) -> String {
        self.address(&format!("/mappings/{mapping}"), &[])
    }

    /// The form that withdraws one.
    pub fn mapping_withdraw(&self, mapping: MappingId) -> String {
        self.at(None).address(&format!("/mappings/{mapping}/withdraw"), &[])
    }
}
