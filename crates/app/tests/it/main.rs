//! The built program, run as people and scripts run it: what it prints and how it ends.

#![allow(clippy::expect_used, reason = "the workbench of the tests fails loudly")]

mod backup;
mod bench;
mod check;
mod contact;
mod corpus;
mod disk;
mod engine;
mod generate;
mod kill;
mod ledger;
mod lists;
mod past;
mod record;
mod remote;
mod rules;
mod running;
mod sbom;
mod scoring;
mod served;
mod servers;
mod settings;
mod stamp;
mod supplier;
mod tls;
mod twin;
mod workspaces;
