//! `aftercare migrate-store`: the tables of the record from one engine to the other.

use crate::{
    check::table::counted,
    config::Settings,
    ending::{EXIT_CODES, Ending, Failure},
    paper::{self, Format},
    progress::Progress,
    record,
    sheet::{Paint, Sheet},
};
use aftercare_register::{Access, BlobsTo, Hold, Options, Register, Store};
use serde_json::json;

/// What stands for the file in the data directory.
const FILE: &str = "sqlite";

#[derive(Debug, clap::Args)]
#[command(after_help = format!("\
Nobody may write meanwhile: stop the server first. The copy is made whole or not at all and proved equal:
every hash is computed again, and every table for reading is compared. The tables that are moved from stay
as they are; afterwards put what is printed into the configuration. Documents stay where they are. With
several workspaces move each of them (`--workspace NAME`) before the configuration is changed: it is one
for all.

Examples:
  aftercare migrate-store --to postgresql://aftercare:secret@db.example.org/aftercare
  aftercare migrate-store --to sqlite

{EXIT_CODES}"))]
pub struct Args {
    /// Where to: the address of a PostgreSQL database, or `sqlite` for the file in the data directory
    #[arg(long, value_name = "ADDRESS")]
    to: String,
    /// The schema in that database; other workspaces than `main` get theirs beside it by themselves
    #[arg(long, value_name = "NAME", default_value = "aftercare")]
    schema: String,
    /// How to print the outcome
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// Copies the tables and proves the copy equal.
pub fn run(args: &Args, settings: &Settings) -> Result<Ending, Failure> {
    let target = if args.to == FILE {
        Store::Sqlite
    } else {
        settings.of_workspace(Store::Postgres(settings.server(&args.to, &args.schema)?))?
    };
    if !record::exists(settings)? {
        record::open(settings, Access::Read)?; // says what is missing
    }
    let places = settings.places()?;
    let (dir, source) = (&places.register, &places.store);
    if matches!((source, &target), (Store::Sqlite, Store::Sqlite)) {
        return Err(Failure::Wrong(
            "The tables are in the file of the data directory already. Name the address of a database \
             server with `--to`."
                .to_owned(),
        ));
    }
    // brings tables of an earlier release up to date, and says when somebody writes
    let options = |access| Options {
        access,
        store: source.clone(),
        blobs: places.blobs.clone(),
        ..Options::default()
    };
    drop(Register::open(dir, options(Access::Write))?);
    let _source = Hold::take(dir, source)?;
    let _target = match target {
        Store::Sqlite => Some(Hold::take(dir, &target)?),
        Store::Postgres(_) => None, // a server locks the tables while they are filled
    };
    let register = Register::open(dir, options(Access::Read))?;
    let mut progress = Progress::of_things(settings.quiet);
    let copied =
        register.copy_to(dir, &target, BlobsTo::Share, None, &mut |what, done, total| {
            progress.show(what, done, total);
        })?;
    drop(progress);
    let lines = configuration(args);
    if args.format == Format::Json {
        paper::print_json(&json!({
            "entries": copied.entries,
            "root": copied.root,
            "rows": copied.rows,
            "configuration": lines,
        }))?;
        return Ok(Ending::Done);
    }
    let mut sheet = Sheet::new(paper::look(settings.no_colour));
    sheet.say(
        0,
        Paint::None,
        &format!(
            "Copied and proved equal: {} with the root {}, and {}.",
            counted(copied.entries, "ledger entry", "ledger entries"),
            copied.root,
            counted(copied.rows.unwrap_or_default(), "row", "rows"),
        ),
    );
    sheet.title("Now put this into aftercare.toml, before anybody writes again:");
    for line in &lines {
        sheet.say(2, Paint::None, line);
    }
    sheet.say(
        0,
        Paint::None,
        "Until then, changes go on being recorded in the tables that were copied, and only there. Remove \
         those when the new ones have proved themselves.",
    );
    paper::print(sheet.finish().as_bytes())?;
    Ok(Ending::Done)
}

/// The lines of the configuration that lead to the new place, without the password.
fn configuration(args: &Args) -> Vec<String> {
    if args.to == FILE {
        return vec!["(no `address` under `[store]`)".to_owned()];
    }
    vec![
        "[store]".to_owned(),
        format!("address = \"{}\"", without_password(&args.to)),
        format!("schema = \"{}\"", args.schema),
    ]
}

/// The address with a mark where its password stands.
fn without_password(address: &str) -> String {
    let Some((scheme, rest)) = address.split_once("://") else { return "...".to_owned() };
    match rest.rsplit_once('@') {
        Some((account, place)) => match account.split_once(':') {
            Some((name, _)) => format!("{scheme}://{name}:PASSWORD@{place}"),
            None => address.to_owned(),
        },
        None => address.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_never_printed() {
        for (address, shown) in [
            ("postgresql://anna:ge:h@im@db/care", "postgresql://anna:PASSWORD@db/care"),
            ("postgresql://anna@db/care", "postgresql://anna@db/care"),
            ("postgresql://db/care", "postgresql://db/care"),
            ("host=db password=geheim", "..."),
        ] {
            assert_eq!(without_password(address), shown);
        }
    }
}
