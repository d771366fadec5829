//! What each local command does to a record, beside the rights that the server asks of people for the like: the
//! table in `docs/decision-rights.md` is this one.

use crate::cli::Cli;
use Does::{Changes, Looks, Nothing, Passes};
use aftercare_domain::access::Right;
use clap::{Command, CommandFactory as _};
use std::collections::BTreeSet;

/// What a command does to a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Does {
    /// It asks none: files it is given, public knowledge, the configuration.
    Nothing,
    /// It looks, and leaves no entry.
    Looks,
    /// It makes entries, or puts the record elsewhere.
    Changes,
    /// It passes on to a server what that does for the person of a token.
    Passes,
}

impl Does {
    const fn words(self) -> &'static str {
        match self {
            Nothing => "asks no record",
            Looks => "looks",
            Changes => "changes",
            Passes => "passes on to a server",
        }
    }
}

/// Every command that does something, and the rights that the like asks at the server; none = people cannot do
/// it there.
const COMMANDS: &[(&str, Does, &[Right])] = &[
    ("affected", Looks, &[Right::SeeRecord]),
    ("api", Passes, &[]),
    ("backup", Looks, &[]),
    ("changes", Looks, &[Right::SeeRecord]),
    ("check", Nothing, &[]),
    ("completions", Nothing, &[]),
    ("config show", Nothing, &[]),
    ("contact add", Changes, &[Right::KeepContacts]),
    ("contact change", Changes, &[Right::KeepContacts]),
    ("contact erase", Changes, &[Right::EraseText]),
    ("contact list", Looks, &[Right::SeeContacts]),
    ("corpus diff", Nothing, &[]),
    ("corpus import", Nothing, &[]),
    ("corpus status", Nothing, &[]),
    ("corpus use", Changes, &[]),
    ("corpus verify", Nothing, &[]),
    ("cpe match", Nothing, &[]),
    ("cvss", Nothing, &[]),
    ("demo", Changes, &[]),
    ("explain", Looks, &[Right::SeeRecord]),
    ("harm", Nothing, &[]),
    ("inventory load", Changes, &[Right::KeepInventory, Right::ReceiveSbom]),
    ("ledger checkpoint", Changes, &[Right::SignLedger]),
    ("ledger export", Looks, &[Right::SeeLedger]),
    ("ledger key rotate", Changes, &[]),
    ("ledger key show", Looks, &[Right::SeeLedger]),
    ("ledger timestamp attach", Changes, &[]),
    ("ledger timestamp request", Looks, &[Right::SeeLedger]),
    ("ledger verify", Looks, &[]),
    ("mapping list", Looks, &[Right::SeeRecord]),
    ("migrate-store", Changes, &[]),
    ("nvd eval", Nothing, &[]),
    ("openapi", Nothing, &[]),
    ("osv eval", Nothing, &[]),
    ("person add", Changes, &[Right::KeepPeople, Right::GiveRoles]),
    ("person invite", Changes, &[Right::KeepPeople]),
    ("person list", Looks, &[Right::SeePeople]),
    ("person token", Changes, &[]),
    ("purl", Nothing, &[]),
    ("rebuild", Changes, &[]),
    ("restore", Changes, &[]),
    ("risk-file", Nothing, &[]),
    ("rubric", Nothing, &[]),
    ("rules check", Looks, &[Right::SeeCases]),
    ("rules diff", Looks, &[Right::SeePeople]),
    ("rules show", Looks, &[Right::SeePeople]),
    ("sbom convert", Nothing, &[]),
    ("sbom diff", Nothing, &[]),
    ("sbom generate", Nothing, &[]),
    ("sbom lint", Nothing, &[]),
    ("sbom preview", Nothing, &[]),
    ("serve", Changes, &[]),
    ("ssvc", Nothing, &[]),
    ("twin create", Changes, &[Right::KeepTwins]),
    ("twin discard", Changes, &[Right::KeepTwins]),
    ("twin list", Looks, &[Right::SeeRecord]),
    ("version compare", Nothing, &[]),
    ("version in", Nothing, &[]),
    ("workspace create", Changes, &[]),
    ("workspace list", Looks, &[]),
];

fn row((command, does, rights): &(&str, Does, &[Right])) -> String {
    let rights_text: Vec<String> =
        rights.iter().map(|right| format!("`{}`", right.code())).collect();
    // Whoever has all of them.
    let mut roles = Vec::new();
    for role in aftercare_domain::role::RoleName::ALL {
        if !rights.is_empty() && rights.iter().all(|right| right.roles().contains(role)) {
            roles.push(role.title());
        }
    }
    let (rights_text, roles) = match (does, rights.is_empty()) {
        (Nothing, _) => ("nothing".to_owned(), String::new()),
        (Passes, _) => ("the same".to_owned(), "as the API".to_owned()),
        (_, true) => ("nobody can".to_owned(), String::new()),
        _ => (rights_text.join(", "), roles.join(", ")),
    };
    format!("| `{command}` | {} | {rights_text} | {roles} |", does.words()).replace("|  |", "| |")
}

fn leaves(command: &Command, path: &str, found: &mut BTreeSet<String>) {
    for sub in command.get_subcommands().filter(|sub| sub.get_name() != "help") {
        let path = format!("{path} {}", sub.get_name()).trim().to_owned();
        if sub.has_subcommands() {
            leaves(sub, &path, found);
        } else {
            found.insert(path);
        }
    }
}

#[test]
fn every_command_stands_in_the_table_and_the_table_in_the_document() {
    let mut found = BTreeSet::new();
    leaves(&Cli::command(), "", &mut found);
    let known: BTreeSet<String> = COMMANDS.iter().map(|(name, ..)| (*name).to_owned()).collect();
    assert_eq!(found, known, "a command without a row, or a row without a command");
    let place =
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/decision-rights.md");
    let document = std::fs::read_to_string(place).expect("the document");
    let table: Vec<String> = COMMANDS.iter().map(row).collect();
    let table = table.join("\n");
    assert!(document.contains(&table), "the document should hold:\n{table}");
}

/// What signs asks for proofs of the person: no command has a way to give them.
#[test]
fn no_command_takes_a_password_or_a_code_so_none_can_sign() {
    let mut waiting = vec![Cli::command()];
    while let Some(command) = waiting.pop() {
        for argument in command.get_arguments() {
            let name = argument.get_id().as_str();
            // `demo --code` asks for one of the sample's codes and takes none.
            let takes =
                ["password", "code", "totp"].contains(&name) && command.get_name() != "demo";
            assert!(!takes, "{}: {name}", command.get_name());
        }
        waiting.extend(command.get_subcommands().cloned());
    }
}
