//! One word in four forms: status, justification and remediation in CSAF 2.0, OpenVEX 0.2.0 and
//! CycloneDX 1.6.
//!
//! As of 2026-11-25. The status words were read in CSAF 2.0 (OASIS Standard, 18 November 2022, section
//! 3.2.3.9), the OpenVEX specification 0.2.0 and the CycloneDX 1.6 schema. No standard maps the
//! justifications of CycloneDX to the five of the others; those rows are a proposal, and lossy.

use crate::advisory::{
    HashAlgorithm, InvolvementStatus, Justification, NoteKind, Party, Remedy, Restart, State,
    Status, ThreatKind, Tlp,
};
use aftercare_vocab::cvss;

/// The words for where a product stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StatusWords {
    /// CSAF: the list of `product_status`.
    pub csaf: &'static str,
    /// OpenVEX: `status`.
    pub openvex: &'static str,
    /// CycloneDX: `analysis.state`.
    pub cyclonedx: &'static str,
    /// CycloneDX: `affects[].versions[].status`. What is under investigation is unknown.
    pub cyclonedx_version: &'static str,
}

/// The words for a status. A component that is not there is a `false_positive` in CycloneDX.
pub fn status(status: &Status) -> StatusWords {
    match status {
        Status::Affected => StatusWords {
            csaf: "known_affected",
            openvex: "affected",
            cyclonedx: "exploitable",
            cyclonedx_version: "affected",
        },
        Status::Fixed => StatusWords {
            csaf: "fixed",
            openvex: "fixed",
            cyclonedx: "resolved",
            cyclonedx_version: "unaffected",
        },
        Status::UnderInvestigation => StatusWords {
            csaf: "under_investigation",
            openvex: "under_investigation",
            cyclonedx: "in_triage",
            cyclonedx_version: "unknown",
        },
        Status::NotAffected { justification, .. } => StatusWords {
            csaf: "known_not_affected",
            openvex: "not_affected",
            cyclonedx: match justification {
                Some(Justification::ComponentNotPresent) => "false_positive",
                _ => "not_affected",
            },
            cyclonedx_version: "unaffected",
        },
    }
}

/// CSAF `flags[].label` and OpenVEX `justification`: the same five words.
pub const fn justification(justification: Justification) -> &'static str {
    match justification {
        Justification::ComponentNotPresent => "component_not_present",
        Justification::VulnerableCodeNotPresent => "vulnerable_code_not_present",
        Justification::VulnerableCodeNotInExecutePath => "vulnerable_code_not_in_execute_path",
        Justification::VulnerableCodeCannotBeControlledByAdversary => {
            "vulnerable_code_cannot_be_controlled_by_adversary"
        }
        Justification::InlineMitigationsAlreadyExist => "inline_mitigations_already_exist",
    }
}

/// CycloneDX `analysis.justification`; none where the state says it.
pub const fn justification_in_cyclonedx(justification: Justification) -> Option<&'static str> {
    match justification {
        Justification::ComponentNotPresent => None,
        Justification::VulnerableCodeNotPresent => Some("code_not_present"),
        Justification::VulnerableCodeNotInExecutePath => Some("code_not_reachable"),
        Justification::VulnerableCodeCannotBeControlledByAdversary => Some("requires_environment"),
        Justification::InlineMitigationsAlreadyExist => Some("protected_by_mitigating_control"),
    }
}

/// CSAF `remediations[].category`. A planned fix is `none_available` until version 2.1.
pub const fn remedy(remedy: Remedy) -> &'static str {
    match remedy {
        Remedy::VendorFix => "vendor_fix",
        Remedy::Mitigation => "mitigation",
        Remedy::Workaround => "workaround",
        Remedy::FixPlanned | Remedy::NoneAvailable => "none_available",
        Remedy::NoFixPlanned => "no_fix_planned",
    }
}

/// CycloneDX `analysis.response`; none where there is nothing to respond with.
pub const fn response(remedy: Remedy) -> Option<&'static str> {
    match remedy {
        Remedy::VendorFix | Remedy::FixPlanned => Some("update"),
        Remedy::Mitigation | Remedy::Workaround => Some("workaround_available"),
        Remedy::NoFixPlanned => Some("will_not_fix"),
        Remedy::NoneAvailable => None,
    }
}

/// CSAF `distribution.tlp.label`: still the words of TLP 1.0, which cannot say `AMBER+STRICT`.
pub const fn tlp(tlp: Tlp) -> Option<&'static str> {
    match tlp {
        Tlp::Clear => Some("WHITE"),
        Tlp::Green => Some("GREEN"),
        Tlp::Amber => Some("AMBER"),
        Tlp::AmberStrict => None,
        Tlp::Red => Some("RED"),
    }
}

/// CSAF: `publisher.category` and `involvements[].party`.
pub const fn party(party: Party) -> &'static str {
    match party {
        Party::Vendor => "vendor",
        Party::Discoverer => "discoverer",
        Party::Coordinator => "coordinator",
        Party::User => "user",
        Party::Other => "other",
    }
}

/// CSAF `tracking.status`.
pub const fn state(state: State) -> &'static str {
    match state {
        State::Draft => "draft",
        State::Interim => "interim",
        State::Final => "final",
    }
}

/// CSAF `notes[].category`.
pub const fn note(kind: NoteKind) -> &'static str {
    match kind {
        NoteKind::Description => "description",
        NoteKind::Details => "details",
        NoteKind::Summary => "summary",
        NoteKind::General => "general",
        NoteKind::Faq => "faq",
        NoteKind::LegalDisclaimer => "legal_disclaimer",
        NoteKind::Other => "other",
    }
}

/// CSAF `threats[].category`.
pub const fn threat(kind: ThreatKind) -> &'static str {
    match kind {
        ThreatKind::Impact => "impact",
        ThreatKind::ExploitStatus => "exploit_status",
        ThreatKind::TargetSet => "target_set",
    }
}

/// CSAF `involvements[].status`.
pub const fn involvement(status: InvolvementStatus) -> &'static str {
    match status {
        InvolvementStatus::Open => "open",
        InvolvementStatus::InProgress => "in_progress",
        InvolvementStatus::Completed => "completed",
        InvolvementStatus::Disputed => "disputed",
        InvolvementStatus::ContactAttempted => "contact_attempted",
        InvolvementStatus::NotContacted => "not_contacted",
    }
}

/// CSAF `restart_required.category`.
pub const fn restart(restart: Restart) -> &'static str {
    match restart {
        Restart::None => "none",
        Restart::VulnerableComponent => "vulnerable_component",
        Restart::Service => "service",
        Restart::Parent => "parent",
        Restart::Dependencies => "dependencies",
        Restart::Connected => "connected",
        Restart::Machine => "machine",
        Restart::Zone => "zone",
        Restart::System => "system",
    }
}

/// An algorithm of digests: in CSAF (as OpenSSL names it), and in OpenVEX and CycloneDX.
pub const fn hash(algorithm: HashAlgorithm) -> (&'static str, &'static str, &'static str) {
    match algorithm {
        HashAlgorithm::Sha256 => ("sha256", "sha-256", "SHA-256"),
        HashAlgorithm::Sha384 => ("sha384", "sha-384", "SHA-384"),
        HashAlgorithm::Sha512 => ("sha512", "sha-512", "SHA-512"),
        HashAlgorithm::Sha3_256 => ("sha3-256", "sha3-256", "SHA3-256"),
        HashAlgorithm::Sha3_512 => ("sha3-512", "sha3-512", "SHA3-512"),
    }
}

/// CycloneDX `ratings[].method`.
pub const fn method(version: cvss::Version) -> &'static str {
    match version {
        cvss::Version::V2_0 => "CVSSv2",
        cvss::Version::V3_0 => "CVSSv3",
        cvss::Version::V3_1 => "CVSSv31",
        cvss::Version::V4_0 => "CVSSv4",
    }
}
