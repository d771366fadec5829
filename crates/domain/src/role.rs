//! The roles of the programme.
//!
//! Source: the reference workflow of this product (roles, separation of duties), a proposal in the
//! spirit of IEC 81001-5-1 4.1.1 and AAMI TIR57 6; the maker gives the roles to people.

use serde::{Deserialize, Serialize};
use std::fmt;

macro_rules! roles {
    ($($(#[$doc:meta])* $variant:ident = $code:literal, $title:literal, $kind:ident;)*) => {
        /// A role. Stands in entries by its code.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum RoleName { $($(#[$doc])* $variant,)* }

        impl RoleName {
            /// Every role, in the order of lists.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The code name: `product_security_lead`.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }

            /// The name on screen: `Product security lead`.
            pub const fn title(self) -> &'static str {
                match self { $(Self::$variant => $title,)* }
            }

            /// Whose role it is.
            pub const fn kind(self) -> RoleKind {
                match self { $(Self::$variant => RoleKind::$kind,)* }
            }
        }
    };
}

/// Whose role it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RoleKind {
    /// Of the maker's people, who do the work and may hold decision rights.
    Working,
    /// Keeps the system; decides nothing.
    Keeping,
    /// Looks, and changes nothing.
    Looking,
    /// Of people outside; sees only its own thread.
    Outside,
}

roles! {
    /// Receives, records and acknowledges what comes in.
    IntakeCoordinator = "intake_coordinator", "Intake coordinator", Working;
    /// Validates, triages and scores.
    SecurityAnalyst = "security_analyst", "Security analyst", Working;
    /// Owns the programme and severity.
    ProductSecurityLead = "product_security_lead", "Product security lead", Working;
    /// Owns patch priority and release plan of a product.
    ProductOwner = "product_owner", "Product owner", Working;
    /// Clinical and safety assessment; keeps the ISO 14971 file.
    SafetyRiskManager = "safety_risk_manager", "Safety risk manager", Working;
    /// Implements the fix.
    Developer = "developer", "Developer", Working;
    /// Tests independently.
    Verifier = "verifier", "Verifier", Working;
    /// Quality system, complaints, corrective action, release conformity.
    Quality = "quality", "Quality", Working;
    /// Decides on and files reports to authorities.
    RegulatoryAffairs = "regulatory_affairs", "Regulatory affairs", Working;
    /// Advisories and customer notices.
    Communications = "communications", "Communications", Working;
    /// Deployment and its effectiveness.
    FieldService = "field_service", "Field service", Working;
    /// Approves the release of an update.
    ReleaseApprover = "release_approver", "Release approver", Working;
    /// Escalation and resources.
    Executive = "executive", "Executive", Working;
    /// Reads, changes nothing.
    Auditor = "auditor", "Auditor", Looking;
    /// Keeps accounts and settings, decides nothing.
    Administrator = "administrator", "Administrator", Keeping;
    /// Somebody who reported a vulnerability.
    Reporter = "reporter", "Reporter", Outside;
    /// Somebody at a customer.
    Customer = "customer", "Customer", Outside;
    /// Somebody at a supplier of components.
    Supplier = "supplier", "Supplier", Outside;
}

impl RoleName {
    /// The role of this code name.
    pub fn of(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|role| role.code() == code)
    }

    /// Whether it may stand among those who propose, decide or co-sign. The keeper of the system and
    /// the auditor never may (21 CFR 11.10(g): authority checks; separation of duties).
    pub const fn may_decide(self) -> bool {
        matches!(self.kind(), RoleKind::Working)
    }
}

impl fmt::Display for RoleName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.title())
    }
}
