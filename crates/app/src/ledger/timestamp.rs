//! Time from outside: the request to carry to an authority, and its reply.

use crate::{
    check::table::counted,
    config::Settings,
    ending::{EXIT_CODES, Ending, Failure},
    operation,
    paper::{self, Format},
    record,
    sheet::{Paint, Sheet},
};
use aftercare_register::Access;
use aftercare_verifier::timestamp::{LIMIT, Roots, Stamp, kept::Stamped};
use clap::Subcommand;
use serde_json::{Value, json};
use std::{
    fs::File,
    io::Read as _,
    path::{Path, PathBuf},
};

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Write a request for a time stamp over the newest checkpoint
    #[command(after_help = format!("\
Nothing is sent. Carry the file to the authority; docs/ledger.md shows how with curl. The same request is
written again until the next checkpoint, so that a reply fits whenever it comes back.

Example:
  aftercare ledger timestamp request newest.tsq

{EXIT_CODES}"))]
    Request {
        /// The file to write [default: checkpoint-ENTRIES.tsq]
        #[arg(value_name = "FILE")]
        to: Option<PathBuf>,
        /// How to print the outcome
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
    /// Check an authority's reply and keep it beside its checkpoint
    #[command(after_help = format!("\
Checked are: granted, about this checkpoint, to this request, signed by a certificate whose only purpose is
stamping time. With --ca, that certificate must also lead to one in the file at the attested instant.
Whether it was revoked is not checked.

Example:
  aftercare ledger timestamp attach newest.tsr --ca authority.pem

{EXIT_CODES}"))]
    Attach {
        /// The reply, as the authority sent it
        #[arg(value_name = "REPLY")]
        reply: PathBuf,
        /// Certificates you trust (PEM), from the authority by another way than the reply
        #[arg(long, value_name = "FILE")]
        ca: Option<PathBuf>,
        /// How to print the outcome
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
}

pub fn run(command: &Command, settings: &Settings) -> Result<Ending, Failure> {
    match command {
        Command::Request { to, format } => request(to.as_deref(), *format, settings),
        Command::Attach { reply, ca, format } => attach(reply, ca.as_deref(), *format, settings),
    }
}

fn request(to: Option<&Path>, format: Format, settings: &Settings) -> Result<Ending, Failure> {
    let desk = record::open(settings, Access::Read)?;
    let made = desk.register().stamp_request(operation::nonce())?;
    let size = made.checkpoint.size;
    let to = to.map_or_else(|| PathBuf::from(format!("checkpoint-{size}.tsq")), Path::to_path_buf);
    paper::save(&to, &made.bytes)?;
    if format == Format::Json {
        paper::print_json(&json!({
            "file": to.display().to_string(),
            "entries": size,
            "again": made.again,
            "answered": made.answered,
        }))?;
        return Ok(Ending::Done);
    }
    let reply = to.with_extension("tsr");
    let mut sheet = Sheet::new(paper::look(settings.no_colour));
    sheet.say(
        0,
        Paint::None,
        &format!(
            "Wrote {}: a request for a time stamp over the checkpoint of {}.",
            to.display(),
            counted(size, "entry", "entries")
        ),
    );
    if made.answered {
        sheet.say(
            0,
            Paint::None,
            "This checkpoint has a time stamp already: you need no other one.",
        );
    }
    sheet.say(0, Paint::None, "Nothing was sent. Carry it to an authority, for example:");
    sheet.say(
        2,
        Paint::None,
        &format!(
            "curl --header 'Content-Type: application/timestamp-query' --data-binary @{} --output {} \
             https://AUTHORITY",
            to.display(),
            reply.display()
        ),
    );
    sheet.say(0, Paint::None, "Then keep the reply:");
    sheet.say(
        2,
        Paint::None,
        &format!("aftercare ledger timestamp attach {} --ca AUTHORITY.pem", reply.display()),
    );
    paper::print(sheet.finish().as_bytes())?;
    Ok(Ending::Done)
}

fn attach(
    reply: &Path,
    ca: Option<&Path>,
    format: Format,
    settings: &Settings,
) -> Result<Ending, Failure> {
    let bytes = read(reply)?;
    let roots = ca.map(roots).transpose()?;
    let desk = record::open(settings, Access::Read)?;
    let kept = desk.register().keep_stamp(&bytes, roots.as_ref())?;
    if format == Format::Json {
        let mut shown = shown(kept.size, &kept.stamp);
        shown["again"] = kept.again.into();
        paper::print_json(&shown)?;
        return Ok(Ending::Done);
    }
    let mut sheet = Sheet::new(paper::look(settings.no_colour));
    sheet.say(
        0,
        Paint::None,
        &format!(
            "Kept: {} attests that the checkpoint of {} was there at {}.",
            kept.stamp.authority,
            counted(kept.size, "entry", "entries"),
            kept.stamp.at.shown()
        ),
    );
    if kept.stamp.rooted {
        sheet.say(
            0,
            Paint::None,
            "Its certificate leads to one that you gave. Whether it was revoked was not checked.",
        );
    } else {
        let log = desk.register().dir().join("log").join("timestamps");
        sheet.say(
            0,
            Paint::None,
            "Whose certificate that is was NOT checked: anybody can make one with that name. Give the \
             authority's certificates with `--ca`, or:",
        );
        sheet.say(2, Paint::None, &by_openssl(&log, kept.size));
    }
    paper::print(sheet.finish().as_bytes())?;
    Ok(Ending::Done)
}

fn by_openssl(folder: &Path, size: u64) -> String {
    let side = |ending: &str| folder.join(format!("{size}.{ending}")).display().to_string();
    format!(
        "openssl ts -verify -queryfile {} -in {} -CAfile AUTHORITY.pem",
        side("tsq"),
        side("tsr")
    )
}

fn shown(size: u64, stamp: &Stamp) -> Value {
    json!({
        "entries": size,
        "at": stamp.at,
        "accuracy_micros": stamp.accuracy_micros,
        "authority": stamp.authority,
        "policy": stamp.policy,
        "followed_to_given_root": stamp.rooted,
    })
}

/// Time stamps as verify prints them for programs.
pub fn json(stamps: &[Stamped]) -> Value {
    stamps.iter().map(|stamped| shown(stamped.size, &stamped.stamp)).collect()
}

/// Time stamps as verify prints them for people; `folder` is where they lie.
pub fn say(sheet: &mut Sheet, stamps: &[Stamped], folder: &Path) {
    let Some(Stamped { size, stamp }) = stamps.last() else { return };
    sheet.say(
        0,
        Paint::None,
        &format!(
            "{} of time-stamping authorities; the newest, of {}, attests that the checkpoint of {} was \
             there at {}.",
            counted(stamps.len() as u64, "time stamp", "time stamps"),
            stamp.authority,
            counted(*size, "entry", "entries"),
            stamp.at.shown()
        ),
    );
    if !stamp.rooted {
        sheet.say(
            0,
            Paint::None,
            "Whose certificates those are was NOT checked. Give the authority's with `--ca`, or:",
        );
        sheet.say(2, Paint::None, &by_openssl(folder, *size));
    }
}

/// Reads a file of trusted certificates.
pub fn roots(place: &Path) -> Result<Roots, Failure> {
    Roots::read(&read(place)?).map_err(|why| {
        Failure::Wrong(format!(
            "`{}` cannot be used as a file of certificates: {why}. The authority publishes its own.",
            place.display()
        ))
    })
}

fn read(place: &Path) -> Result<Vec<u8>, Failure> {
    let trouble = |error| Failure::at("Reading", place, &error);
    let mut bytes = Vec::new();
    let file = File::open(place).map_err(trouble)?;
    file.take(LIMIT + 1).read_to_end(&mut bytes).map_err(trouble)?;
    if bytes.len() as u64 > LIMIT {
        return Err(Failure::Wrong(format!(
            "`{}` has more than {LIMIT} bytes, more than any time stamp. Name the file that the authority \
             sent.",
            place.display()
        )));
    }
    Ok(bytes)
}
