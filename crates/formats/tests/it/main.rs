//! Tests of the readers through their public doors.

mod lists;
mod risk_file;
mod sbom_beside;
mod sbom_conformance;
mod sbom_convert;
mod sbom_forms;
mod sbom_hostile;
mod sbom_real;
mod sbom_rules;
mod sbom_shared;
mod sbom_spdx3;
mod sbom_spdx_forms;
mod sbom_write;
mod sbom_xml;
mod soup;
mod supplier;
