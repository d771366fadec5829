//! `aftercare`: the command line, the configuration, and the wiring of the product.
//!
//! This is the rim: here alone the clock is read, chance is drawn, the surroundings are looked at and
//! text goes to a terminal. What a command *does* is one call of `aftercare_desk` (or, for public
//! knowledge alone, of `aftercare_corpus`); what stands here is asking and showing.
//!
//! Every command ends with one of the codes of [`ending::Ending`].
//!
//! To add a command: one file with its `Args` and `run`, one line in [`cli`], one story in
//! `tests/it/`.

mod affected;
mod api;
mod backup;
mod changes;
mod check;
mod cli;
#[cfg(test)]
mod commands;
mod config;
mod contact;
mod corpus;
mod cvss;
mod demo;
mod demo_cases;
mod demo_people;
mod edition;
mod ending;
mod engine;
mod explain;
mod face;
mod harm;
mod inventory;
mod ledger;
mod lines;
mod mailing;
mod mapping;
mod migrate_store;
mod moment;
mod operation;
mod paper;
mod person;
mod places;
mod progress;
mod record;
mod remote;
mod risk_file;
mod rubric;
mod rules;
mod sample_clock;
mod sbom;
mod serve;
mod sheet;
mod ssvc;
mod text_file;
mod twin;
mod workspace;

use clap::Parser;

fn main() -> std::process::ExitCode {
    let cli = cli::Cli::parse();
    match cli.run() {
        Ok(ending) => ending.into(),
        Err(failure) => {
            paper::tell(&failure.to_string());
            failure.ending().into()
        }
    }
}
