//! The command line: its words, its help, and which file carries out which command.

use crate::{
    affected, api, backup, changes, check, config, contact, corpus, cvss, demo,
    ending::{EXIT_CODES, Ending, Failure},
    engine, explain, face, harm, inventory, ledger, mapping, migrate_store,
    paper::{self, Format},
    person, record, risk_file, rubric, rules, sbom, serve, ssvc, twin, workspace,
};
use aftercare_domain::twin::TwinName;
use clap::{Args, CommandFactory, Parser, Subcommand};
use config::Settings;
use std::path::PathBuf;

/// Postmarket vulnerability programme for makers of medical devices.
#[derive(Debug, Parser)]
#[command(name = "aftercare", version, propagate_version = true, after_help = EXIT_CODES)]
pub struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Args)]
struct Global {
    /// The data directory [default: aftercare-data, or AFTERCARE_DATA]
    #[arg(long, global = true, value_name = "DIR")]
    data: Option<PathBuf>,
    /// The workspace whose record is meant [default: main, or AFTERCARE_WORKSPACE]
    #[arg(long, global = true, value_name = "NAME")]
    workspace: Option<String>,
    /// The configuration file [default: aftercare.toml in the working directory, if it is there]
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Work in this twin of the record instead of the record itself
    #[arg(long, global = true, value_name = "NAME")]
    twin: Option<TwinName>,
    /// No progress bars and no remarks on standard error
    #[arg(long, short, global = true)]
    quiet: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Check SBOMs against public vulnerability knowledge, without any server
    Check(check::Args),
    /// Say why a component of an SBOM is or is not affected by a vulnerability
    Explain(explain::Args),
    /// SBOM documents and lists themselves: generate, look at, judge, compare, convert
    #[command(subcommand)]
    Sbom(sbom::Command),
    /// Score CVSS vectors of every version, or say where they are wrong
    Cvss(cvss::Args),
    /// Ask an SSVC decision table what to do, with what is known
    Ssvc(ssvc::Args),
    /// Controlled or uncontrolled: the risk of patient harm by exploitability and severity
    Harm(harm::Args),
    /// Show what would be read of a risk file (CSV, XLSX)
    RiskFile(risk_file::Args),
    /// The medical device rubric for CVSS as an interview: questions, answers, a vector
    Rubric(rubric::Args),
    /// Compare versions, and ask whether a range holds one
    #[command(subcommand)]
    Version(engine::version::Command),
    /// Show the normal form of a package URL
    Purl(engine::purl::Args),
    /// Compare CPE names
    #[command(subcommand)]
    Cpe(engine::cpe::Command),
    /// Evaluate a record in the OSV format
    #[command(subcommand)]
    Osv(engine::osv::Command),
    /// Evaluate a record of the NVD
    #[command(subcommand)]
    Nvd(engine::nvd::Command),
    /// Build, list, choose, verify and compare editions of public vulnerability knowledge
    #[command(subcommand)]
    Corpus(corpus::Command),
    /// Ask the record: which products, versions, units and customers does it concern?
    Affected(affected::Args),
    /// Compare two moments of the record: what is different at the later one?
    Changes(changes::Args),
    /// Ask a server anything that its API offers, or change something there
    Api(api::Args),
    /// Serve with a sample manufacturer, to look around
    Demo(demo::Args),
    /// Serve the workbench and the API
    Serve(serve::Args),
    /// Load one's own products, SBOMs, customers and units
    #[command(subcommand)]
    Inventory(inventory::Command),
    /// Who is to be told at a customer: list, add, change, erase
    #[command(subcommand)]
    Contact(contact::Command),
    /// Add people, invite them, issue API tokens
    #[command(subcommand)]
    Person(person::Command),
    /// Prove that the record says what its ledger says
    #[command(subcommand)]
    Ledger(ledger::Command),
    /// Throw the tables for reading away and build them again from the ledger
    Rebuild,
    /// Write the record with its documents and keys into one file, also while a server runs
    Backup(backup::BackupArgs),
    /// Prove a backup and put it in the place of the record
    Restore(backup::RestoreArgs),
    /// Move the tables of the record between the file and PostgreSQL, proved equal
    MigrateStore(migrate_store::Args),
    /// Several manufacturers in one installation, each with a record of its own
    #[command(subcommand)]
    Workspace(workspace::Command),
    /// Identities that the maker says mean one product
    #[command(subcommand)]
    Mapping(mapping::Command),
    /// The rules of the programme: show editions, compare them, check others
    #[command(subcommand)]
    Rules(rules::Command),
    /// Copies of the record for exercises and for trying policies: make, list, throw away
    #[command(subcommand)]
    Twin(twin::Command),
    /// Print the OpenAPI document of the API
    Openapi,
    /// Look at the configuration
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Print completions for a shell
    #[command(
        after_help = "Example:\n  aftercare completions bash > /etc/bash_completion.d/aftercare"
    )]
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
}

#[derive(Debug, Subcommand)]
enum ConfigCommand {
    /// Show every key, its effective value and where it comes from
    #[command(after_help = "Example:\n  AFTERCARE_LISTEN=127.0.0.1:9000 aftercare config show")]
    Show {
        /// How to print it
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
}

impl Command {
    /// Whether it asks or changes the record of one workspace.
    const fn is_about_a_record(&self) -> bool {
        match self {
            Self::Explain(_)
            | Self::Affected(_)
            | Self::Changes(_)
            | Self::Demo(_)
            | Self::Inventory(_)
            | Self::Contact(_)
            | Self::Person(_)
            | Self::Ledger(_)
            | Self::Rebuild
            | Self::Backup(_)
            | Self::Restore(_)
            | Self::MigrateStore(_)
            | Self::Mapping(_)
            | Self::Rules(_)
            | Self::Twin(_) => true,
            Self::Check(_)
            | Self::Api(_)
            | Self::Sbom(_)
            | Self::Cvss(_)
            | Self::Ssvc(_)
            | Self::Harm(_)
            | Self::RiskFile(_)
            | Self::Rubric(_)
            | Self::Version(_)
            | Self::Purl(_)
            | Self::Cpe(_)
            | Self::Osv(_)
            | Self::Nvd(_)
            | Self::Corpus(_)
            | Self::Serve(_) // all of them
            | Self::Openapi
            | Self::Workspace(_)
            | Self::Config(_)
            | Self::Completions { .. } => false,
        }
    }
}

impl Cli {
    /// Carries the command out.
    pub fn run(self) -> Result<Ending, Failure> {
        if let Command::Completions { shell } = self.command {
            let mut text = Vec::new();
            clap_complete::generate(shell, &mut Self::command(), "aftercare", &mut text);
            paper::print(&text)?;
            return Ok(Ending::Done);
        }
        let mut settings = Settings::read(self.global.config.as_deref())?;
        settings.quiet = self.global.quiet;
        if let Some(data) = &self.global.data {
            settings.argument("data", "--data", &data.to_string_lossy())?;
        }
        if let Some(workspace) = &self.global.workspace {
            settings.argument("workspace", "--workspace", workspace)?;
        }
        if let Some(server) = self.command.server() {
            settings.argument("server", "--server", server)?;
        }
        let elsewhere = self.command.can_ask_a_server() && !settings.server.is_empty();
        if self.command.is_about_a_record() && !elsewhere {
            record::must_be_there(&settings)?;
        }
        if let Some(name) = self.global.twin {
            self.command.may_run_in_twin()?;
            settings.twin = Some(name);
        }
        match self.command {
            Command::Check(args) => check::run(&args, &settings),
            Command::Explain(args) => explain::run(&args, &settings),
            Command::Sbom(command) => sbom::run(&command, &settings),
            Command::Cvss(args) => cvss::run(&args),
            Command::Ssvc(args) => ssvc::run(&args),
            Command::Harm(args) => harm::run(&args),
            Command::RiskFile(args) => risk_file::run(&args, &settings),
            Command::Rubric(args) => rubric::run(&args),
            Command::Version(command) => engine::version::run(&command),
            Command::Purl(args) => engine::purl::run(&args),
            Command::Cpe(command) => engine::cpe::run(&command),
            Command::Osv(command) => engine::osv::run(&command),
            Command::Nvd(command) => engine::nvd::run(&command),
            Command::Corpus(command) => corpus::run(&command, &settings),
            Command::Affected(args) => affected::run(&args, &settings),
            Command::Changes(args) => changes::run(&args, &settings),
            Command::Api(args) => api::run(&args, &settings),
            Command::Demo(args) => demo::run(&args, settings),
            Command::Serve(args) => serve::run(&args, settings),
            Command::Inventory(command) => inventory::run(&command, &settings),
            Command::Contact(command) => contact::run(&command, &settings),
            Command::Person(command) => person::run(&command, &settings),
            Command::Ledger(command) => ledger::run(&command, &settings),
            Command::Rebuild => ledger::rebuild(&settings),
            Command::Backup(args) => backup::back_up(&args, &settings),
            Command::Restore(args) => backup::restore(&args, &settings),
            Command::MigrateStore(args) => migrate_store::run(&args, &settings),
            Command::Workspace(command) => workspace::run(&command, &settings),
            Command::Mapping(command) => mapping::run(&command, &settings),
            Command::Rules(command) => rules::run(&command, &settings),
            Command::Twin(command) => twin::run(&command, &settings),
            Command::Openapi => face::openapi(),
            Command::Config(ConfigCommand::Show { format }) => config::show(&settings, format),
            Command::Completions { .. } => Ok(Ending::Done),
        }
    }
}

impl Command {
    /// The server that the command line names.
    fn server(&self) -> Option<&str> {
        match self {
            Self::Affected(args) => args.server.named(),
            Self::Changes(args) => args.server.named(),
            Self::Api(args) => args.server.named(),
            _ => None,
        }
    }

    const fn can_ask_a_server(&self) -> bool {
        matches!(self, Self::Affected(_) | Self::Changes(_) | Self::Api(_))
    }

    /// Refuses `--twin` where it would mean nothing, or where something would leave the twin.
    fn may_run_in_twin(&self) -> Result<(), Failure> {
        let why = match self {
            Self::Affected(_)
            | Self::Api(_)
            | Self::Changes(_)
            | Self::Inventory(_)
            | Self::Contact(_)
            | Self::Person(_)
            | Self::Ledger(_)
            | Self::Mapping(_)
            | Self::Rules(_)
            | Self::Rebuild
            | Self::Backup(_) => return Ok(()),
            Self::Serve(_) => "the server serves every twin beside its record, under /t/NAME/",
            Self::Corpus(corpus::Command::Use { .. }) => return Ok(()), // in force there alone
            Self::Corpus(_) => {
                "editions of public knowledge are shared with the original, and nothing leaves a twin"
            }
            Self::Twin(_) => "no twin is made of a twin",
            Self::Restore(_) | Self::MigrateStore(_) => {
                "it is about the record in its place; discard the twin and fork another instead"
            }
            Self::Demo(_) => "it makes a record of its own",
            Self::Check(_)
            | Self::Sbom(_)
            | Self::Cvss(_)
            | Self::Ssvc(_)
            | Self::Harm(_)
            | Self::RiskFile(_)
            | Self::Rubric(_)
            | Self::Version(_)
            | Self::Purl(_)
            | Self::Cpe(_)
            | Self::Osv(_)
            | Self::Nvd(_)
            | Self::Explain(_)
            | Self::Openapi
            | Self::Workspace(_)
            | Self::Config(_)
            | Self::Completions { .. } => "it is not about the record",
        };
        Err(Failure::Wrong(format!("This command takes no `--twin`: {why}. Leave it out.")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_sound_and_every_command_has_a_summary() {
        let command = Cli::command();
        command.clone().debug_assert();
        let mut waiting = vec![command];
        while let Some(command) = waiting.pop() {
            assert!(command.get_about().is_some(), "{}", command.get_name());
            waiting.extend(command.get_subcommands().cloned());
        }
    }
}
