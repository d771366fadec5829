//! Where the rules of the programme stand.

use super::Links;

impl Links {
    /// All kinds of rules.
    pub fn rules(&self) -> String {
        self.address("/rules", &[])
    }

    /// One edition, compared with another; none = the one before it.
    pub fn rules_edition(&self, kind: &str, edition: u64, against: Option<u64>) -> String {
        let path = format!("/rules/{kind}/{edition}");
        match against {
            Some(other) => self.address(&path, &[("against", &other.to_string())]),
            None => self.address(&path, &[]),
        }
    }

    /// Where a change of rules of a kind is written.
    pub fn rules_change(&self, kind: &str) -> String {
        self.at(None).address(&format!("/rules/{kind}/change"), &[])
    }
}
