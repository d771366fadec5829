//! Tests of the readers through their public doors.

mod sbom_conformance;
mod sbom_hostile;
mod sbom_real;
mod sbom_rules;
mod sbom_shared;
