//! The catalogue of known exploited vulnerabilities (CISA KEV, JSON).

use super::Text;
use aftercare_vocab::problem::Problem;
use serde::{Deserialize, Serialize};

/// The whole catalogue.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Catalogue<'a> {
    /// `2026.01.29`.
    #[serde(borrow)]
    pub catalog_version: Text<'a>,
    /// Release time as written.
    #[serde(default, borrow)]
    pub date_released: Text<'a>,
    /// The entries.
    #[serde(borrow)]
    pub vulnerabilities: Vec<Entry<'a>>,
}

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry<'a> {
    /// The CVE identifier.
    #[serde(rename = "cveID", borrow)]
    pub cve: Text<'a>,
    /// `YYYY-MM-DD`.
    #[serde(rename = "dateAdded", borrow)]
    pub added: Text<'a>,
    /// `YYYY-MM-DD`; empty if absent.
    #[serde(rename = "dueDate", default, borrow)]
    pub due: Text<'a>,
    /// `Known` or `Unknown`; empty if absent.
    #[serde(rename = "knownRansomwareCampaignUse", default, borrow)]
    pub ransomware: Text<'a>,
}

/// Reads the catalogue.
pub fn read(json: &str) -> Result<Catalogue<'_>, Problem> {
    serde_json::from_str(json).map_err(|error| {
        Problem::refusal(
            "kev_unreadable",
            "",
            format!("Not a readable KEV catalogue: {error}."),
            "The file is left out.",
        )
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn entries_carry_the_date_they_were_added() {
        let catalogue = super::read(
            r#"{"title":"t","catalogVersion":"2026.01.29","dateReleased":"2026-01-29T20:24:37.0959Z","count":1,
               "vulnerabilities":[{"cveID":"CVE-2021-44228","dateAdded":"2021-12-10","dueDate":"2021-12-24"}]}"#,
        )
        .expect("readable");
        assert_eq!(&*catalogue.vulnerabilities[0].added, "2021-12-10");
        assert!(super::read("{}").is_err());
    }
}
