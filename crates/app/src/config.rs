//! The configuration: read once, from defaults, `aftercare.toml`, the environment and the command
//! line, in that order; the later one wins. Every key stands in [`KEYS`], which says how its text is read;
//! unknown ones are refused.

#![allow(clippy::disallowed_methods, reason = "the one place where the environment is read")]

mod key;
mod shown;

pub use shown::show;

use crate::{ending::Failure, mailing::MailKeys};
use aftercare_corpus::Limits as ImportLimits;
use aftercare_desk::{LinkBy, Programme, ProviderSettings, Publisher, SignInProvider};
use aftercare_domain::{WorkspaceName, twin::TwinName};
use aftercare_formats::sbom::Limits as SbomLimits;
use aftercare_register::{BlobPlace, Bucket, BucketAccount, BucketAddress, Fault, Postgres, Store};
use aftercare_vocab::problem::quoted;
use aftercare_web::{Portal, PortalSettings};
use key::KEYS;
use std::{
    collections::BTreeMap,
    env, fs, io,
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    sync::Arc,
};

/// The file read when `--config` names none: in the working directory, if it is there.
const FILE: &str = "aftercare.toml";

/// What every environment variable of ours begins with.
const PREFIX: &str = "AFTERCARE_";

/// The effective configuration.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The data directory: register, corpus and manufacturer, and the other workspaces.
    pub data: PathBuf,
    /// The workspace whose record is meant.
    pub workspace: WorkspaceName,
    /// Where `serve` and `demo` listen.
    pub listen: SocketAddr,
    /// The address by which browsers reach the server, where that is another than it listens on:
    /// `https://aftercare.maker.example`.
    pub origin: Option<String>,
    /// The name of the default workspace's manufacturer, where it is configured.
    pub manufacturer: Option<String>,
    /// Who publishes advisories in the default workspace.
    pub publisher: Publisher,
    /// By what the default workspace's manufacturer counts its days.
    programme: Programme,
    /// The PostgreSQL that holds the tables; none = a file.
    store_address: Option<String>,
    /// The schema in that database.
    store_schema: String,
    /// That database may be asked over a network in the clear.
    store_unencrypted: bool,
    /// A second place for the ledger's checkpoints and tiles.
    pub log_copy_to: Option<PathBuf>,
    /// Bounds on received SBOMs.
    pub sbom: SbomLimits,
    /// Bounds on imported vulnerability data.
    pub import: ImportLimits,
    /// The bucket for the blobs; nothing in it = they lie beside the record.
    bucket: BucketKeys,
    /// The sign-in provider; no issuer = none.
    provider: ProviderSettings,
    /// Whether people outside may report.
    pub portal_enabled: bool,
    /// What they are told.
    pub portal: PortalSettings,
    /// How notices go by mail.
    pub mail: MailKeys,
    /// The twin of the record to work in; none = the record itself.
    pub twin: Option<TwinName>,
    /// The server that is asked instead of the record's own files; empty = none.
    pub server: String,
    /// The API token by which it is asked.
    pub token: String,
    /// No progress bars and no remarks on standard error.
    pub quiet: bool,
    /// The environment asks for text without colour (`NO_COLOR`).
    pub no_colour: bool,
    origins: BTreeMap<&'static str, Origin>,
}

/// What is configured of the bucket for the blobs.
#[derive(Debug, Clone, Default)]
struct BucketKeys {
    address: BucketAddress,
    account: BucketAccount,
}

/// The region of stores that have none.
const REGION: &str = "us-east-1";

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Origin {
    File(PathBuf),
    Environment(String),
    CommandLine(&'static str),
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            data: PathBuf::from("aftercare-data"),
            workspace: WorkspaceName::main(),
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 8080)),
            origin: None,
            manufacturer: None,
            publisher: Publisher::default(),
            programme: Programme::default(),
            store_address: None,
            store_schema: "aftercare".to_owned(),
            store_unencrypted: false,
            log_copy_to: None,
            sbom: SbomLimits::default(),
            import: ImportLimits::default(),
            bucket: BucketKeys {
                address: BucketAddress { region: REGION.to_owned(), ..BucketAddress::default() },
                account: BucketAccount::default(),
            },
            provider: ProviderSettings {
                issuer: String::new(),
                client_id: String::new(),
                client_secret: String::new(),
                name: "single sign-on".to_owned(),
                link: LinkBy::Email,
            },
            portal_enabled: false,
            portal: PortalSettings::default(),
            mail: MailKeys::default(),
            twin: None,
            server: String::new(),
            token: String::new(),
            quiet: false,
            no_colour: false,
            origins: BTreeMap::new(),
        }
    }
}

impl Settings {
    /// Reads file and environment.
    pub fn read(config: Option<&Path>) -> Result<Self, Failure> {
        let mut settings = Self::default();
        match config {
            Some(path) => settings.file(path)?,
            None if Path::new(FILE).exists() => settings.file(Path::new(FILE))?,
            None => {}
        }
        let mut variables: Vec<(String, String)> = env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value)))
            .filter(|(name, _)| name.starts_with(PREFIX))
            .map(|(name, value)| (name, value.to_string_lossy().into_owned()))
            .collect();
        variables.sort();
        settings.variables(&variables)?;
        settings.no_colour = env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        Ok(settings)
    }

    /// Takes a value from the command line.
    pub fn argument(&mut self, key: &str, option: &'static str, text: &str) -> Result<(), Failure> {
        self.set(key, text, Origin::CommandLine(option))
    }

    /// Where the tables of the default workspace are.
    pub fn store(&self) -> Result<Store, Fault> {
        self.store_address.as_deref().map_or(Ok(Store::Sqlite), |address| {
            self.server(address, &self.store_schema).map(Store::Postgres)
        })
    }

    /// A database server, reached as it is configured.
    pub fn server(&self, address: &str, schema: &str) -> Result<Postgres, Fault> {
        let server = Postgres::new(address, schema)?;
        Ok(if self.store_unencrypted { server.unencrypted() } else { server })
    }

    /// The sign-in provider, if one is configured.
    pub fn provider(&self) -> Result<Option<SignInProvider>, Failure> {
        match (self.provider.issuer.is_empty(), self.provider.client_id.is_empty()) {
            (true, true) => Ok(None),
            (false, false) => Ok(Some(SignInProvider::new(self.provider.clone()))),
            (no_issuer, _) => {
                let missing = if no_issuer { "oidc.issuer" } else { "oidc.client_id" };
                Err(Failure::Wrong(format!(
                    "A sign-in provider is to be asked, but `{missing}` is not set. Set it, or none of the \
                     keys under `oidc`."
                )))
            }
        }
    }

    /// Who publishes advisories, and where they are found: below `origin`, where that is encrypted. Workspaces
    /// beside the default one are of other makers, for whom none is configured.
    pub fn publisher(&self) -> Publisher {
        if !self.workspace.is_main() {
            return Publisher::default();
        }
        let origin = self.origin.as_ref().filter(|origin| origin.starts_with("https://"));
        Publisher {
            folder: origin.map(|origin| format!("{origin}/advisories")),
            notices: self.origin.as_ref().map(|origin| format!("{origin}/notices")),
            ..self.publisher.clone()
        }
    }

    /// By what the manufacturer counts its days. Workspaces beside the default one are of other makers, who
    /// count as if nothing were configured.
    pub fn programme(&self) -> Programme {
        if self.workspace.is_main() { self.programme.clone() } else { Programme::default() }
    }

    /// The portal for people outside, if it is to be open.
    pub fn portal(&self) -> Result<Option<Arc<Portal>>, Failure> {
        if !self.portal_enabled {
            return Ok(None);
        }
        let portal = Portal::new(&self.portal).map_err(|wanted| {
            Failure::Wrong(format!(
                "The portal is to be open (`portal.enabled`), and the keys under `portal` must be {wanted}."
            ))
        })?;
        Ok(Some(Arc::new(portal)))
    }

    /// A bucket if an endpoint is configured; `below` is a place within it.
    pub fn blobs(&self, below: Option<&str>) -> Result<BlobPlace, Failure> {
        let BucketKeys { address, account } = &self.bucket;
        let given = [
            ("blobs.endpoint", &address.endpoint),
            ("blobs.bucket", &address.bucket),
            ("blobs.access_key", &account.access_key),
            ("blobs.secret_key", &account.secret_key),
        ];
        let missing: Vec<_> =
            given.iter().filter(|(_, value)| value.is_empty()).map(|(key, _)| *key).collect();
        if missing.len() == given.len() {
            return Ok(BlobPlace::Directory);
        }
        if !missing.is_empty() {
            // never quietly beside the record: blobs would lie in two places
            return Err(Failure::Wrong(format!(
                "Blobs are to go into a bucket, but `{}` is not set. Set it, or none of the keys \
                 under `blobs`. `aftercare config show` lists them.",
                missing.join("`, `")
            )));
        }
        let mut address = address.clone();
        if let Some(below) = below {
            address.prefix = match address.prefix.as_str() {
                "" => below.to_owned(),
                prefix => format!("{prefix}/{below}"),
            };
        }
        Ok(BlobPlace::Bucket(Bucket::new(address, account.clone())?))
    }

    fn file(&mut self, path: &Path) -> Result<(), Failure> {
        let text = fs::read_to_string(path).map_err(|error| match error.kind() {
            io::ErrorKind::InvalidData => {
                Failure::Wrong(format!("`{}` is not UTF-8 text. Save it as UTF-8.", path.display()))
            }
            _ => Failure::at("Reading the configuration", path, &error),
        })?;
        let table: toml::Table = text.parse().map_err(|error| {
            Failure::Wrong(format!(
                "The configuration `{}` cannot be read: {error}",
                path.display()
            ))
        })?;
        self.table("", &table, path)
    }

    fn table(&mut self, above: &str, table: &toml::Table, path: &Path) -> Result<(), Failure> {
        for (key, value) in table {
            let name = if above.is_empty() { key.clone() } else { format!("{above}.{key}") };
            let text = match value {
                toml::Value::Table(inner) if is_section(&name) => {
                    self.table(&name, inner, path)?;
                    continue;
                }
                toml::Value::String(text) => text.clone(),
                toml::Value::Integer(number) => number.to_string(),
                other => other.to_string(),
            };
            let text = match name.as_str() {
                // a relative directory means one beside the file that names it
                "data" | "log.copy_to" if !text.is_empty() => {
                    path.with_file_name("").join(text).display().to_string()
                }
                _ => text,
            };
            self.set(&name, &text, Origin::File(path.to_owned()))?;
        }
        Ok(())
    }

    fn variables(&mut self, variables: &[(String, String)]) -> Result<(), Failure> {
        for (name, value) in variables {
            let key = KEYS.iter().find(|key| variable(key.name) == *name);
            let Some(key) = key else {
                let known: Vec<String> = KEYS.iter().map(|key| variable(key.name)).collect();
                return Err(unknown("environment variable", name, &known, ""));
            };
            self.set(key.name, value, Origin::Environment(name.clone()))?;
        }
        Ok(())
    }

    fn set(&mut self, name: &str, text: &str, origin: Origin) -> Result<(), Failure> {
        let Some(key) = KEYS.iter().find(|key| key.name == name) else {
            let known: Vec<String> = KEYS.iter().map(|key| key.name.to_owned()).collect();
            let place = format!(" in {}", origin.shown());
            return Err(unknown("key", name, &known, &place));
        };
        (key.set)(self, text).map_err(|wanted| {
            let place = origin.shown();
            Failure::Wrong(format!("`{name}` in {place} is {}; it must be {wanted}.", quoted(text)))
        })?;
        self.origins.insert(key.name, origin);
        Ok(())
    }
}

impl Origin {
    fn shown(&self) -> String {
        match self {
            Self::File(path) => format!("`{}`", path.display()),
            Self::Environment(name) => format!("the environment (`{name}`)"),
            Self::CommandLine(option) => format!("the command line (`{option}`)"),
        }
    }
}

/// `limits.sbom_bytes` is `AFTERCARE_LIMITS_SBOM_BYTES` in the environment.
fn variable(key: &str) -> String {
    format!("{PREFIX}{}", key.replace('.', "_").to_uppercase())
}

fn is_section(name: &str) -> bool {
    KEYS.iter().any(|key| key.name.strip_prefix(name).is_some_and(|rest| rest.starts_with('.')))
}

fn unknown(what: &str, name: &str, known: &[String], place: &str) -> Failure {
    let nearest = nearest(name, known.iter().map(String::as_str))
        .map(|known| format!(" The nearest known one is `{known}`."))
        .unwrap_or_default();
    Failure::Wrong(format!(
        "There is no {what} {}{place}.{nearest} `aftercare config show` lists all keys.",
        quoted(name)
    ))
}

/// The known word that is written most like this one.
fn nearest<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    known.min_by_key(|candidate| distance(word, candidate))
}

/// Insertions, deletions and replacements between two words (Levenshtein).
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut before = i;
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let replaced = before + usize::from(x != *y);
            before = row[j + 1];
            row[j + 1] = replaced.min(before + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
impl Settings {
    /// Of variables of the environment alone.
    pub fn of_variables(variables: &[(&str, &str)]) -> Self {
        let owned: Vec<(String, String)> =
            variables.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
        let mut settings = Self::default();
        settings.variables(&owned).expect("sound");
        settings
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from_file(text: &str) -> Result<Settings, String> {
        let mut settings = Settings::default();
        let table = text.parse().expect("TOML");
        settings.table("", &table, Path::new("/etc/aftercare.toml")).map_err(|e| e.to_string())?;
        Ok(settings)
    }

    #[test]
    fn file_then_environment_then_command_line() {
        let mut settings =
            from_file("data = 'store'\n[limits]\nsbom_bytes = 1_000\n[corpus.limits]\nratio = 9")
                .expect("sound");
        assert_eq!(settings.data, Path::new("/etc/store"));
        assert_eq!((settings.sbom.bytes, settings.import.ratio), (1000, 9));
        let variables = [("AFTERCARE_LIMITS_SBOM_BYTES".to_owned(), "2000".to_owned())];
        settings.variables(&variables).expect("sound");
        assert_eq!(settings.sbom.bytes, 2000);
        settings.argument("data", "--data", "elsewhere").expect("sound");
        assert_eq!(settings.data, Path::new("elsewhere"));
        assert_eq!(settings.origins["data"], Origin::CommandLine("--data"));
    }

    #[test]
    fn unknown_keys_are_refused_with_the_nearest_known_one() {
        let refused = from_file("[limits]\nsbom_byte = 5").expect_err("unknown");
        assert!(refused.contains("`limits.sbom_byte` in `/etc/aftercare.toml`"), "{refused}");
        assert!(refused.contains("`limits.sbom_bytes`"), "{refused}");
        let refused = from_file("[limit]\nsbom_bytes = 5").expect_err("unknown section");
        assert!(refused.contains("no key `limit` in"), "{refused}");
        let variables = [("AFTERCARE_LISTN".to_owned(), "x".to_owned())];
        let refused = Settings::default().variables(&variables).expect_err("unknown");
        assert!(refused.to_string().contains("`AFTERCARE_LISTEN`"), "{refused}");
    }

    #[test]
    fn a_value_of_the_wrong_kind_names_what_is_wanted() {
        for (text, wanted) in [
            ("limits = {sbom_bytes = -1}", "a whole number"),
            ("limits = {sbom_bytes = []}", "a whole number"),
            ("listen = 'localhost'", "127.0.0.1:8080"),
            ("data = ''", "a directory"),
            ("corpus = {limits = {nesting = 1000}}", "a whole number"),
        ] {
            let refused = from_file(text).expect_err(text);
            assert!(refused.contains(wanted), "{refused}");
        }
    }

    #[test]
    fn every_key_has_its_own_variable_and_is_shown() {
        let variables: std::collections::BTreeSet<String> =
            KEYS.iter().map(|key| variable(key.name)).collect();
        assert_eq!(variables.len(), KEYS.len());
        for key in KEYS.iter().filter(|key| !["manufacturer", "origin"].contains(&key.name)) {
            let shown = (key.show)(&Settings::default());
            (key.set)(&mut Settings::default(), &shown).expect(key.name);
        }
    }

    #[test]
    fn blobs_go_into_a_bucket_when_all_of_it_is_configured_and_its_secret_is_never_shown() {
        assert!(matches!(Settings::default().blobs(None), Ok(BlobPlace::Directory)));
        let half =
            "[blobs]\nendpoint = 'https://s3.example.org'\nbucket = 'maker'\naccess_key = 'a'";
        let mut settings = from_file(half).expect("sound");
        let refused = settings.blobs(None).expect_err("half configured").to_string();
        assert!(refused.contains("`blobs.secret_key` is not set"), "{refused}");
        let variables = [("AFTERCARE_BLOBS_SECRET_KEY".to_owned(), "hush".to_owned())];
        settings.variables(&variables).expect("sound");
        let Ok(BlobPlace::Bucket(bucket)) = settings.blobs(None) else { panic!("no bucket") };
        assert_eq!(bucket.to_string(), "https://s3.example.org/maker");
        assert!(KEYS.iter().all(|key| !(key.show)(&settings).contains("hush")));
        assert!(!format!("{settings:?}").contains("hush"));
        settings
            .set("blobs.endpoint", "http://far.example.org", Origin::CommandLine(""))
            .expect("text");
        assert!(settings.blobs(None).expect_err("refused").to_string().contains("unencrypted"));
    }
}
