//! `aftercare contact`: the persons to be told at a customer.

use crate::{
    config::Settings,
    ending::{EXIT_CODES, Ending, Failure},
    operation,
    paper::{self, Format},
    record,
    sheet::{Column, Grid, Paint, Sheet},
};
use aftercare_desk::answers::{Contact, Page, Who};
use aftercare_domain::{Channel, Operation, contact::Person};
use aftercare_register::Access;
use aftercare_vocab::{
    digest::Digest,
    id::{ConsigneeId, ContactId, SiteId},
};
use clap::Subcommand;
use serde_json::json;

/// Who acts, as the ledger names it.
const ACTOR: &str = "operator";

#[derive(Debug, Subcommand)]
pub enum Command {
    /// List the contacts of a customer, erased ones too
    #[command(after_help = format!("Example:\n  aftercare contact list csg_...\n\n{EXIT_CODES}"))]
    List {
        /// The customer
        consignee: ConsigneeId,
        /// How to print them
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
    /// Add a person to be told
    #[command(after_help = format!("\
Example:
  aftercare contact add csg_... --name \"Nora Vane\" --email nora.vane@hospital.example

Whoever lists the processes of this machine sees the command line while it runs.

{EXIT_CODES}"))]
    Add {
        /// The customer
        consignee: ConsigneeId,
        /// One of its sites; without it the contact is for the whole customer
        #[arg(long, value_name = "SITE")]
        site: Option<SiteId>,
        #[command(flatten)]
        person: PersonArgs,
        #[command(flatten)]
        once: Once,
    },
    /// Change who a contact is: all of it, as it shall be
    #[command(after_help = format!("Example:\n  aftercare contact change con_... --name \"Nora Brook\" --seen 2\n\n{EXIT_CODES}"))]
    Change {
        /// The contact
        contact: ContactId,
        #[command(flatten)]
        person: PersonArgs,
        #[command(flatten)]
        seen: SeenArg,
        #[command(flatten)]
        once: Once,
    },
    /// Erase for ever who a contact is; the record keeps that it was, and when it was erased
    #[command(after_help = format!("Example:\n  aftercare contact erase con_... --reason \"Asked to be forgotten\"\n\n{EXIT_CODES}"))]
    Erase {
        /// The contact
        contact: ContactId,
        /// Why; it stays in the record for ever, so name no person
        #[arg(long, value_name = "TEXT")]
        reason: String,
        #[command(flatten)]
        seen: SeenArg,
        #[command(flatten)]
        once: Once,
    },
}

/// Who a contact is.
#[derive(clap::Args)]
pub struct PersonArgs {
    /// Name
    #[arg(long)]
    name: String,
    /// What they do
    #[arg(long, value_name = "TEXT")]
    function: Option<String>,
    /// Mail address
    #[arg(long, value_name = "ADDRESS")]
    email: Option<String>,
    /// Telephone number
    #[arg(long, value_name = "NUMBER")]
    phone: Option<String>,
}

/// Says nothing, so that no log line can.
impl std::fmt::Debug for PersonArgs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PersonArgs(..)")
    }
}

impl PersonArgs {
    fn person(&self) -> Person {
        let Self { name, function, email, phone } = self;
        Person {
            name: name.clone(),
            function: function.clone(),
            email: email.clone(),
            phone: phone.clone(),
        }
    }
}

/// What was seen before.
#[derive(Debug, Clone, Copy, clap::Args)]
pub struct SeenArg {
    /// The version of the contact that you saw; refused if somebody changed it since
    #[arg(long, value_name = "VERSION")]
    seen: Option<u64>,
}

/// Once for a key.
#[derive(Debug, clap::Args)]
pub struct Once {
    /// Done once for this key, however often the command is run with it (for seven days)
    #[arg(long, value_name = "KEY")]
    idempotency_key: Option<String>,
}

impl Once {
    /// An operation with the key, if one was given, for what is `asked`.
    pub fn begin(&self, asked: &serde_json::Value) -> Result<Operation, Failure> {
        let op = operation::begin(ACTOR, Channel::Cli);
        match &self.idempotency_key {
            None => Ok(op),
            Some(key) => Ok(op.once(key, &Digest::of(asked.to_string().as_bytes()))?),
        }
    }
}

/// Carries a contact command out.
pub fn run(command: &Command, settings: &Settings) -> Result<Ending, Failure> {
    match command {
        Command::List { consignee, format } => return list(*consignee, *format, settings),
        Command::Add { consignee, site, person, once } => {
            let person = person.person();
            let op = once.begin(&json!(["add", consignee, site, person]))?;
            let contact = open(settings)?.add_contact(&op, *consignee, *site, person)?;
            paper::print(format!("Added {contact}.\n").as_bytes())?;
        }
        Command::Change { contact, person, seen, once } => {
            let person = person.person();
            let op = once.begin(&json!(["change", contact, person]))?;
            open(settings)?.change_contact(&op, seen.seen, *contact, person)?;
            paper::print(format!("Changed {contact}.\n").as_bytes())?;
        }
        Command::Erase { contact, reason, seen, once } => {
            let op = once.begin(&json!(["erase", contact]))?.because(reason)?;
            open(settings)?.erase_contact(&op, seen.seen, *contact)?;
            paper::print(
                format!(
                    "Erased who {contact} was. Backups made before still hold it: let them expire, or erase \
                     again after restoring one.\n"
                )
                .as_bytes(),
            )?;
        }
    }
    Ok(Ending::Done)
}

/// The record for writing; it must be there already.
fn open(settings: &Settings) -> Result<aftercare_desk::Desk, Failure> {
    if !record::exists(settings)? {
        record::open(settings, Access::Read)?; // says what is missing
    }
    record::open(settings, Access::Write)
}

fn list(consignee: ConsigneeId, format: Format, settings: &Settings) -> Result<Ending, Failure> {
    let desk = record::open(settings, Access::Read)?;
    let mut contacts: Vec<Contact> = Vec::new();
    let mut after = String::new();
    loop {
        let Page { items, next, .. } = desk.contacts(consignee, &after)?;
        contacts.extend(items);
        let Some(next) = next else { break };
        after = next;
    }
    if format == Format::Json {
        paper::print_json(&contacts)?;
        return Ok(Ending::Done);
    }
    let mut sheet = Sheet::new(paper::look(settings.no_colour));
    if contacts.is_empty() {
        sheet.say(0, Paint::None, "No contact is recorded: nobody is known who could be told.");
    } else {
        let mut grid = Grid::new(COLUMNS.map(Column::left));
        for contact in &contacts {
            grid.row(cells(contact));
        }
        sheet.grid(0, &grid);
    }
    paper::print(sheet.finish().as_bytes())?;
    Ok(Ending::Done)
}

const COLUMNS: [&str; 7] = ["Contact", "Version", "Name", "Function", "Mail", "Telephone", "For"];

fn cells(contact: &Contact) -> [String; 7] {
    let or_not = |text: &Option<String>| text.clone().unwrap_or_else(|| "not recorded".to_owned());
    let place = contact.site.as_ref().map_or("the whole customer", |site| &site.name).to_owned();
    let (id, version) = (contact.id.to_string(), contact.entity_version.to_string());
    match &contact.who {
        Who::Person { name, function, email, phone } => {
            [id, version, name.clone(), or_not(function), or_not(email), or_not(phone), place]
        }
        Who::NotInTwin => {
            let away = || "with the original".to_owned();
            [id, version, "not in this twin".to_owned(), away(), away(), away(), place]
        }
        Who::Erased(erased) => {
            let when = format!("erased on {} by {}", erased.at.shown(), erased.by);
            let gone = || "erased".to_owned();
            [id, version, when, gone(), gone(), gone(), place]
        }
    }
}
