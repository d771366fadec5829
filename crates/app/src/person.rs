//! `aftercare person`: accounts, from the machine that the record lies on.
//!
//! Whoever runs this command can read and write the files of the record anyway. What they do stands in the
//! ledger as done by the operator on the command line; and nothing here signs: a signature needs what only
//! its person knows and holds.

use crate::{
    config::Settings,
    ending::{EXIT_CODES, Ending, Failure},
    operation,
    paper::{self, Format},
    record,
    sheet::{Column, Grid, Paint, Sheet},
};
use aftercare_desk::{By, Desk, GrantWish, Viewer, role_named};
use aftercare_domain::{
    Channel, Operation, Sight, grant::Standing, role::RoleName, roster::Person,
};
use aftercare_register::Access;
use clap::Subcommand;
use serde_json::json;

/// Who acts, as the ledger names it.
const ACTOR: &str = "operator";

#[derive(Debug, Subcommand)]
pub enum Command {
    /// List everybody with their roles
    #[command(after_help = format!("Example:\n  aftercare person list\n\n{EXIT_CODES}"))]
    List {
        /// How to print them
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
    /// Add a person, with roles for all product families
    #[command(after_help = format!("\
Example:
  aftercare person add anna.berg \"Anna Berg\" --role product_security_lead --role quality

The person sets the password with an invitation: `aftercare person invite anna.berg`.

{EXIT_CODES}"))]
    Add {
        /// What they sign in with
        login: String,
        /// The printed name, as it stands under signatures
        name: String,
        /// A role by its code name; `aftercare person add --help` on the docs page lists them
        #[arg(long = "role", value_name = "ROLE")]
        roles: Vec<String>,
    },
    /// Print an invitation with which a person sets their password; it takes away what they had
    #[command(after_help = format!("Example:\n  aftercare person invite anna.berg\n\n{EXIT_CODES}"))]
    Invite {
        /// Their login
        login: String,
    },
    /// Print an API token that acts for a person, with all their rights
    #[command(after_help = format!("Example:\n  aftercare person token build.robot --name \"Nightly SBOMs\" --days 90\n\n{EXIT_CODES}"))]
    Token {
        /// Their login
        login: String,
        /// What it is for
        #[arg(long, value_name = "TEXT")]
        name: String,
        /// Days until it ends
        #[arg(long, default_value_t = 90)]
        days: u16,
    },
}

/// Runs one of the commands.
pub fn run(command: &Command, settings: &Settings) -> Result<Ending, Failure> {
    match command {
        Command::List { format } => list(settings, *format),
        Command::Add { login, name, roles } => {
            let roles: Vec<RoleName> = roles
                .iter()
                .map(|role| role_named(role))
                .collect::<Result<_, _>>()
                .map_err(refused)?;
            let desk = record::open(settings, Access::Write)?;
            let person = desk.add_person(&begin(), login, name)?;
            for role in roles {
                let (sight, standing) = (Sight::All, Standing::Holder);
                desk.give_role(&begin(), GrantWish { person, role, sight, standing })?;
            }
            paper::print(format!("{person}\n").as_bytes())?;
            Ok(Ending::Done)
        }
        Command::Invite { login } => {
            let desk = record::open(settings, Access::Write)?;
            let person = known(&desk, login)?.id;
            let code = desk.invite(&begin(), person)?;
            paper::print(format!("{code}\n").as_bytes())?;
            Ok(Ending::Done)
        }
        Command::Token { login, name, days } => {
            let desk = record::open(settings, Access::Write)?;
            let person = known(&desk, login)?;
            let roster = desk.roster()?;
            let rights = roster.rights(person.id);
            let op = begin();
            let viewer = Viewer {
                person: person.id,
                login: person.login,
                name: person.name,
                rights: rights.clone(),
                sight: roster.sight(person.id),
                by: By::Session(op.new_id(), Vec::new()),
                role: ACTOR.to_owned(),
            };
            let made = desk.issue_token(&op, &viewer, name, rights, *days)?;
            paper::print(format!("{}\n", made.token).as_bytes())?;
            Ok(Ending::Done)
        }
    }
}

fn begin() -> Operation {
    operation::begin(ACTOR, Channel::Cli)
}

fn refused(refusal: aftercare_domain::Refusal) -> Failure {
    Failure::from(aftercare_desk::Trouble::from(refusal))
}

fn known(desk: &Desk, login: &str) -> Result<Person, Failure> {
    let roster = desk.roster()?;
    roster.person_of_login(&login.trim().to_lowercase()).cloned().ok_or_else(|| {
        Failure::Wrong(format!(
            "Nobody has the login {}. `aftercare person list` names everybody.",
            aftercare_vocab::problem::quoted(login)
        ))
    })
}

fn list(settings: &Settings, format: Format) -> Result<Ending, Failure> {
    let (desk, _) = record::open_beside(settings)?;
    let people = desk.people(operation::now())?;
    if format == Format::Json {
        paper::print_json(&json!({ "items": people }))?;
        return Ok(Ending::Done);
    }
    let mut sheet = Sheet::new(paper::look(settings.no_colour));
    if people.is_empty() {
        sheet.say(
            0,
            Paint::None,
            "Nobody can sign in yet. The server prints a set-up code when it begins.",
        );
        paper::print(sheet.finish().as_bytes())?;
        return Ok(Ending::Done);
    }
    let mut grid = Grid::new(["Login", "Name", "Roles", "Standing"].map(Column::left));
    for person in &people {
        let roles: Vec<String> = person
            .roles
            .iter()
            .map(|role| match role.standing.as_str() {
                "deputy" => format!("{} (deputy)", role.role),
                _ => role.role.clone(),
            })
            .collect();
        let standing = match (person.suspended_at, person.identity_verified) {
            (Some(_), _) => "suspended",
            (None, false) => "identity not verified",
            (None, true) => "active",
        };
        grid.row([
            person.login.clone(),
            person.name.clone(),
            if roles.is_empty() { "none".to_owned() } else { roles.join(", ") },
            standing.to_owned(),
        ]);
    }
    sheet.grid(0, &grid);
    paper::print(sheet.finish().as_bytes())?;
    Ok(Ending::Done)
}
