//! What the profiles of CSAF 2.0 ask beyond what holds for every form.

use super::Found;
use crate::advisory::{Advisory, Status, Tlp};
use aftercare_vocab::problem::quoted;

/// A profile of CSAF 2.0 (section 4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// Section 4.4: what is wrong and what to do.
    SecurityAdvisory,
    /// Section 4.5: where each product stands.
    Vex,
}

impl Profile {
    /// CSAF `document.category`.
    pub const fn category(self) -> &'static str {
        match self {
            Self::SecurityAdvisory => "csaf_security_advisory",
            Self::Vex => "csaf_vex",
        }
    }
}

pub(super) fn csaf(found: &mut Found, advisory: &Advisory, profile: Profile) {
    if advisory.tlp == Tlp::AmberStrict {
        let what = "CSAF 2.0 has no label for TLP:AMBER+STRICT, and TLP:AMBER would allow more.";
        found.refuse("tlp_without_label", "tlp", what, "Choose TLP:RED or TLP:AMBER.");
    }
    if profile == Profile::Vex {
        affected_have_actions(found, advisory);
    }
}

/// 6.1.27.10, and the action statement of OpenVEX.
pub(crate) fn affected_have_actions(found: &mut Found, advisory: &Advisory) {
    for (at, vulnerability) in advisory.vulnerabilities.iter().enumerate() {
        for standing in vulnerability.standings.iter().filter(|s| s.status == Status::Affected) {
            if vulnerability.remedies_of(&standing.version).next().is_none() {
                let what = format!(
                    "{} is affected, and nothing says what to do (CSAF test 6.1.27.10).",
                    quoted(&standing.version)
                );
                let next = "Add a remediation; that no fix is planned is one too.";
                found.refuse(
                    "affected_without_action",
                    format!("vulnerabilities[{at}].remediations"),
                    what,
                    next,
                );
            }
        }
    }
}
