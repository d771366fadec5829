//! `aftercare demo`: a sample manufacturer with products, SBOMs, customers and units, to look around.

use crate::{
    config::Settings,
    demo_cases, demo_people,
    ending::{EXIT_CODES, Ending, Failure},
    inventory::{
        bundle::{Bundle, Place},
        load, said,
    },
    operation, paper,
    progress::Progress,
    record,
    sample_clock::SampleClock,
    serve::{self, Listening},
};
use aftercare_corpus::store::StoreError;
use aftercare_register::Access;
use include_dir::{Dir, include_dir};
use std::fs;

/// The sample manufacturer with its small corpus.
pub static SAMPLE: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/../../fixtures/sample");

/// How the sample manufacturer is reached.
const CONTACT: &str = "mailto:psirt@vannmoor.example";

/// Under which address it publishes.
const NAMESPACE: &str = "https://vannmoor.example";

/// The label of the sample edition.
const LABEL: &str = "sample";

#[derive(Debug, clap::Args)]
#[command(after_help = format!("\
The sample is loaded when the data directory holds no record yet; an existing record is served as it is.

Examples:
  aftercare demo
  aftercare demo --listen 127.0.0.1:0 --data /tmp/aftercare-look

{EXIT_CODES}"))]
pub struct Args {
    #[command(flatten)]
    listening: Listening,
    /// Load the sample and end, without serving
    #[arg(long)]
    seed_only: bool,
    /// Print the code that the code generator of a sample person shows now, and end
    #[arg(long, value_name = "LOGIN")]
    code: Option<String>,
}

/// Loads the sample where nothing is yet, then serves.
pub fn run(args: &Args, mut settings: Settings) -> Result<Ending, Failure> {
    if let Some(login) = &args.code {
        paper::print(format!("{}\n", demo_people::code(&settings, login)?).as_bytes())?;
        return Ok(Ending::Done);
    }
    if args.seed_only {
        seed(&settings)?;
        return Ok(Ending::Done);
    }
    let door = args.listening.open(&mut settings)?;
    seed(&settings)?;
    let how = demo_people::how_to_sign_in(&settings)?;
    if settings.portal.contact.is_empty() {
        settings.portal_enabled = true;
        CONTACT.clone_into(&mut settings.portal.contact);
        "en".clone_into(&mut settings.portal.languages);
    }
    if settings.publisher.namespace.is_empty() {
        NAMESPACE.clone_into(&mut settings.publisher.namespace);
        "psirt@vannmoor.example".clone_into(&mut settings.publisher.contact);
    }
    serve::serve(door, &settings, &how)
}

fn seed(settings: &Settings) -> Result<(), Failure> {
    if record::exists(settings)? {
        let line = format!("The record in {} is used as it is.\n", settings.folder().display());
        return paper::print(line.as_bytes());
    }
    let mut progress = Progress::of_things(settings.quiet);
    corpus(settings)?;
    let bundle = Bundle::read(&Place::Embedded(&SAMPLE), &settings.sbom)?;
    let clock = SampleClock::before(operation::now(), demo_cases::DAYS);
    let begin = |actor, channel| clock.begin_at_once(actor, channel);
    let loaded = load::into_record(&bundle, settings, &begin, &mut |message, done, total| {
        progress.show(message, done, total);
    })?;
    drop(progress);
    let desk = record::open(settings, Access::Write)?;
    demo_people::add(settings, &desk, &clock)?;
    demo_cases::live_through(settings, &desk, &clock)?;
    drop(desk);
    paper::print(format!("{}\n", said(&loaded)).as_bytes())
}

/// Makes the sample edition, unless the data directory has an edition in use.
fn corpus(settings: &Settings) -> Result<(), Failure> {
    let store = settings.corpus();
    match store.current() {
        Ok(_) => return Ok(()),
        Err(StoreError::NoEdition(_)) => {}
        Err(error) => return Err(error.into()),
    }
    let scratch = settings.data.join(".sample");
    let failed = |error: std::io::Error| Failure::at("Writing to", &scratch, &error);
    let Some(corpus) = SAMPLE.get_dir("corpus") else {
        return Err(Failure::Trouble(
            "This program was built without its sample corpus.".to_owned(),
        ));
    };
    if scratch.exists() {
        fs::remove_dir_all(&scratch).map_err(failed)?; // left behind by a run that was killed
    }
    write(corpus, &scratch).map_err(failed)?;
    let imported = aftercare_corpus::import(
        store.folder(),
        &[scratch.join("corpus")],
        None,
        Some(LABEL.to_owned()),
        &settings.import,
        &mut |_| {},
    );
    fs::remove_dir_all(&scratch).map_err(failed)?;
    Ok(store.use_edition(&imported?.id)?)
}

fn write(dir: &Dir<'_>, into: &std::path::Path) -> std::io::Result<()> {
    fs::create_dir_all(into.join(dir.path()))?;
    for file in dir.files() {
        fs::write(into.join(file.path()), file.contents())?;
    }
    dir.dirs().try_for_each(|inside| write(inside, into))
}
