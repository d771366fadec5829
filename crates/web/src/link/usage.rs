//! Addresses of what is stated of the use of a product.

use super::Links;
use aftercare_vocab::id::ProductId;

impl Links {
    /// The use of a product.
    pub fn usage(&self, product: ProductId) -> String {
        self.usage_with(product, &[])
    }

    /// The same, with a part of its risk file.
    pub fn usage_with(&self, product: ProductId, values: &[(&str, &str)]) -> String {
        self.address(&format!("/products/{product}/use"), values)
    }

    /// A form about it: `risk-file`, `environments`, `environments/end`, `cycle`.
    pub fn usage_form(&self, product: ProductId, form: &str) -> String {
        self.at(None).address(&format!("/products/{product}/{form}"), &[])
    }

    /// The bytes of an edition of its risk file.
    pub fn risk_file(&self, product: ProductId, edition: u64) -> String {
        let edition = edition.to_string();
        self.address(&format!("/api/v1/products/{product}/risk-file"), &[("edition", &edition)])
    }
}
