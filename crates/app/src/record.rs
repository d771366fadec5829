//! Opening the record, and the manufacturer's name beside it.

use crate::{config::Settings, ending::Failure, operation, paper};
use aftercare_desk::{Desk, Trouble};
use aftercare_register::{Access, Fault, Options, finish_restore};
use serde::{Deserialize, Serialize};
use std::{fs, io};

/// Shown where nobody has said whose record it is.
const UNNAMED: &str = "(manufacturer not named)";

/// `manufacturer.json` in the data directory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manufacturer {
    /// Its name.
    pub name: String,
}

/// Opens the desk over the record in the data directory.
pub fn open(settings: &Settings, access: Access) -> Result<Desk, Failure> {
    Ok(try_open(settings, access)??)
}

/// The same, for a caller who knows what to do about some trouble.
pub fn try_open(settings: &Settings, access: Access) -> Result<Result<Desk, Trouble>, Failure> {
    let places = settings.places()?;
    if let Some(name) = &settings.twin
        && !exists(settings)?
    {
        return Err(Failure::Wrong(format!(
            "There is no twin `{name}` in `{}`. `aftercare twin list` names those that are there.",
            settings.data.display()
        )));
    }
    if access == Access::Read && !exists(settings)? {
        return Err(missing(settings));
    }
    let options = options(settings, access);
    let maker = manufacturer(settings)?;
    // As for what is published: only the default workspace's maker is configured.
    let mailing = if settings.workspace.is_main() && settings.twin.is_none() {
        settings.mail.mailing(&maker, settings.origin.as_deref())?
    } else {
        None
    };
    let desk = Desk::open(&places, options, maker, settings.sbom)
        .map(|desk| desk.with_publisher(settings.publisher()).with_mailing(mailing))
        .and_then(|desk| desk.with_programme(settings.programme()));
    if let Some(mark) = desk.as_ref().ok().and_then(Desk::twin) {
        paper::tell(&format!(
            "This is the twin `{}`, not the record itself. Nothing leaves it.",
            mark.name
        ));
    }
    Ok(desk)
}

/// A workspace other than the default one must have been made: a mistyped name makes none.
pub fn must_be_there(settings: &Settings) -> Result<(), Failure> {
    if settings.workspace.is_main() || settings.folder().is_dir() {
        return Ok(());
    }
    let (known, _) = settings.workspaces()?;
    let known: Vec<String> = known.iter().map(|name| format!("`{name}`")).collect();
    Err(Failure::Wrong(format!(
        "There is no workspace `{0}` in `{1}`. Make it with `aftercare workspace create {0} --manufacturer \
         NAME`, or name another with `--workspace`. Known: {2}.",
        settings.workspace,
        settings.data.display(),
        known.join(", ")
    )))
}

fn missing(settings: &Settings) -> Failure {
    Failure::Wrong(format!(
        "There is no record in `{}` yet. Load products and SBOMs with `aftercare inventory load DIR`, \
         look around with `aftercare demo`, or name another directory with `--data`.",
        settings.folder().display()
    ))
}

/// Opens the record for writing or, where a server has it open, for reading beside it. Says which.
pub fn open_beside(settings: &Settings) -> Result<(Desk, Access), Failure> {
    let (places, maker) = (settings.places()?, manufacturer(settings)?);
    match Desk::open(&places, options(settings, Access::Write), maker, settings.sbom) {
        Ok(desk) => Ok((desk, Access::Write)),
        Err(Trouble::Fault(Fault::InUse { .. })) => {
            Ok((open(settings, Access::Read)?, Access::Read))
        }
        Err(trouble) => Err(trouble.into()),
    }
}

/// How a register is opened here. Where its tables are stands with the places.
pub fn options(settings: &Settings, access: Access) -> Options {
    Options {
        access,
        seed: Some(operation::seed()),
        copy_to: settings.log_copy_to(),
        ..Options::default()
    }
}

/// Whether the data directory holds a record.
pub fn exists(settings: &Settings) -> Result<bool, Failure> {
    let places = settings.places()?;
    if settings.twin.is_some() && !places.register.is_dir() {
        return Ok(false); // on a server its tables may be there, half made
    }
    finish_restore(&places.register, &places.store)?; // one that was killed in the midst
    Ok(places.store.holds_register(&places.register)?)
}

/// The manufacturer's name: configured, else as it was loaded.
pub fn manufacturer(settings: &Settings) -> Result<String, Failure> {
    if let Some(name) = settings.manufacturer.as_ref().filter(|_| settings.workspace.is_main()) {
        return Ok(name.clone());
    }
    let mut path = settings.manufacturer_file();
    if settings.twin.is_some() && !path.exists() {
        path = settings.original().manufacturer_file(); // until it is given another name
    }
    match fs::read(&path) {
        Ok(text) => serde_json::from_slice(&text).map(|maker: Manufacturer| maker.name).map_err(|error| {
            Failure::Wrong(format!(
                "`{}` must be like {{\"name\": \"...\"}}: {error}. Correct it, or set `manufacturer` in the configuration.",
                path.display()
            ))
        }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(UNNAMED.to_owned()),
        Err(error) => Err(Failure::at("Reading", &path, &error)),
    }
}

/// Keeps the manufacturer's name beside the record.
pub fn name(settings: &Settings, manufacturer: &Manufacturer) -> Result<(), Failure> {
    paper::save(&settings.manufacturer_file(), &paper::json(manufacturer)?)
}
