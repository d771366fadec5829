//! The keys of the configuration: what each is called, what it is for, how its text is read and shown.

use super::{Settings, nearest};
use crate::mailing;
use aftercare_desk::LinkBy;
use aftercare_domain::{
    Refusal,
    clock::{Calendar, Zone},
};
use aftercare_register::{Postgres, Store};
use std::path::PathBuf;

/// Shown in the place of a secret.
const SECRET: &str = "********";

/// A key: its name in the file, what it is, and how its text form is read and shown.
pub struct Key {
    pub name: &'static str,
    pub about: &'static str,
    pub set: fn(&mut Settings, &str) -> Result<(), String>,
    pub show: fn(&Settings) -> String,
}

macro_rules! count {
    ($name:literal, $about:literal, $($field:ident).+) => {
        Key {
            name: $name,
            about: $about,
            set: |settings, text| {
                settings.$($field).+ = text.replace('_', "").parse()
                    .map_err(|_| "a whole number that is not negative".to_owned())?;
                Ok(())
            },
            show: |settings| settings.$($field).+.to_string(),
        }
    };
}

macro_rules! text {
    ($name:literal, $about:literal, $($field:ident).+) => {
        Key {
            name: $name,
            about: $about,
            set: |settings, text| {
                settings.$($field).+ = text.to_owned();
                Ok(())
            },
            show: |settings| settings.$($field).+.clone(),
        }
    };
}

/// Ten years: longer is never.
const DAYS_LIMIT: i64 = 3_653;

macro_rules! days {
    ($name:literal, $about:literal, $field:ident) => {
        Key {
            name: $name,
            about: $about,
            set: |settings, text| {
                let days = text.parse().ok().filter(|days| (1..=DAYS_LIMIT).contains(days));
                settings.programme.ageing.$field =
                    days.ok_or_else(|| format!("a number of days from 1 to {DAYS_LIMIT}"))?;
                Ok(())
            },
            show: |settings| settings.programme.ageing.$field.to_string(),
        }
    };
}

/// Every key there is.
pub const KEYS: &[Key] = &[
    Key {
        name: "data",
        about: "The data directory.",
        set: |settings, text| {
            settings.data = PathBuf::from(text);
            if text.is_empty() { Err("a directory".to_owned()) } else { Ok(()) }
        },
        show: |settings| settings.data.display().to_string(),
    },
    Key {
        name: "workspace",
        about: "The workspace whose record is meant; `serve` serves all.",
        set: |settings, text| {
            settings.workspace = text
                .parse()
                .map_err(|refusal: Refusal| format!("the name of a workspace. {}", refusal.next))?;
            Ok(())
        },
        show: |settings| settings.workspace.to_string(),
    },
    Key {
        name: "listen",
        about: "Address and port of `serve` and `demo`.",
        set: |settings, text| {
            settings.listen = text
                .parse()
                .map_err(|_| "an address with port such as `127.0.0.1:8080`".to_owned())?;
            Ok(())
        },
        show: |settings| settings.listen.to_string(),
    },
    Key {
        name: "origin",
        about: "The address by which browsers reach the server, behind a proxy that encrypts.",
        set: |settings, text| {
            let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
            let plain = host.is_some_and(|host| {
                !host.is_empty()
                    && !host.contains(|c: char| c == '/' || c == '@' || c.is_whitespace())
            });
            if !plain {
                return Err("an address without a path, such as `https://aftercare.maker.example`"
                    .to_owned());
            }
            settings.origin = Some(text.to_owned());
            Ok(())
        },
        show: |settings| settings.origin.clone().unwrap_or_default(),
    },
    Key {
        name: "manufacturer",
        about: "The manufacturer's name in the workspace `main`; without it, the one that was loaded.",
        set: |settings, text| {
            settings.manufacturer = Some(text.to_owned());
            if text.trim().is_empty() { Err("a name".to_owned()) } else { Ok(()) }
        },
        show: |settings| settings.manufacturer.clone().unwrap_or_default(),
    },
    text!(
        "publisher.namespace",
        "The address under which the maker of the workspace `main` publishes advisories; nobody else uses it.",
        publisher.namespace
    ),
    text!(
        "publisher.contact",
        "How that maker is reached about vulnerabilities: mail, telephone, address.",
        publisher.contact
    ),
    Key {
        name: "programme.zone",
        about: "The time zone in which the maker of the workspace `main` counts its days.",
        set: |settings, text| {
            let zone = Zone::named(text).map_err(|_| {
                let nearest = nearest(text, Zone::names()).unwrap_or("UTC");
                format!(
                    "a time zone of the IANA list, such as `Europe/Berlin` or `America/New_York`; the nearest one is \
                     `{nearest}`"
                )
            })?;
            zone.name().clone_into(&mut settings.programme.zone);
            Ok(())
        },
        show: |settings| settings.programme.zone.clone(),
    },
    Key {
        name: "programme.calendar",
        about: "The holidays by which that maker counts working days.",
        set: |settings, text| {
            let calendar = Calendar::named(text).map_err(|_| {
                let known: Vec<String> = Calendar::all()
                    .iter()
                    .map(|calendar| format!("`{}` ({})", calendar.id, calendar.name))
                    .collect();
                format!("one of {}", known.join(", "))
            })?;
            calendar.id.clone_into(&mut settings.programme.calendar);
            Ok(())
        },
        show: |settings| settings.programme.calendar.clone(),
    },
    days!(
        "programme.role_review_days",
        "After how many days a role given is looked at again; the default is proposed.",
        review_days
    ),
    days!(
        "programme.password_days",
        "After how many days a password is called old; the default is proposed.",
        password_days
    ),
    days!(
        "programme.factor_test_days",
        "After how many days without use a code generator or passkey is to be tested; the default is proposed.",
        test_days
    ),
    Key {
        name: "store.address",
        about: "The PostgreSQL that holds the tables; without it, a file in the data directory.",
        set: |settings, text| {
            settings.store_address = (!text.is_empty()).then(|| text.to_owned());
            settings.store().map(|_| ()).map_err(|fault| {
                format!("an address such as `postgresql://account:password@host:5432/database` ({fault})")
            })
        },
        // never the password
        show: |settings| match settings.store() {
            Ok(Store::Postgres(server)) => server.to_string(),
            _ => String::new(),
        },
    },
    Key {
        name: "store.schema",
        about: "The schema in that database.",
        set: |settings, text| {
            text.clone_into(&mut settings.store_schema);
            Postgres::new("postgresql://localhost", text).map(|_| ()).map_err(|_| {
                "the name of a schema: lower-case letters, digits and `_`, not beginning with `pg_`"
                    .to_owned()
            })
        },
        show: |settings| settings.store_schema.clone(),
    },
    Key {
        name: "store.unencrypted",
        about: "`true` allows `sslmode=disable` in the address of a PostgreSQL on another machine.",
        set: |settings, text| {
            settings.store_unencrypted =
                text.parse().map_err(|_| "`true` or `false`".to_owned())?;
            Ok(())
        },
        show: |settings| settings.store_unencrypted.to_string(),
    },
    Key {
        name: "log.copy_to",
        about: "A second place for the ledger's checkpoints and tiles, best on another machine.",
        set: |settings, text| {
            settings.log_copy_to = Some(PathBuf::from(text)).filter(|_| !text.is_empty());
            Ok(())
        },
        show: |settings| {
            settings.log_copy_to.as_ref().map_or_else(String::new, |to| to.display().to_string())
        },
    },
    count!("limits.sbom_bytes", "Most bytes of an SBOM, unpacked.", sbom.bytes),
    count!("limits.sbom_depth", "Deepest nesting of JSON lists and objects.", sbom.depth),
    count!("limits.sbom_nesting", "Deepest nesting of components in components.", sbom.nesting),
    count!("limits.sbom_components", "Most components of an SBOM.", sbom.components),
    count!("limits.sbom_relations", "Most relations of an SBOM.", sbom.relations),
    count!("limits.sbom_items", "Most list entries kept with components.", sbom.items),
    count!("limits.sbom_alike", "Most like entries of one component.", sbom.alike),
    count!("limits.sbom_text", "Most bytes of one text of an SBOM.", sbom.text),
    count!("limits.sbom_warnings", "Most warnings kept for an SBOM.", sbom.warnings),
    count!(
        "corpus.limits.document_bytes",
        "Most bytes of one unpacked document.",
        import.document_bytes
    ),
    count!("corpus.limits.entries", "Most entries of one archive.", import.entries),
    count!("corpus.limits.nesting", "Most archives inside archives.", import.nesting),
    count!("corpus.limits.ratio", "How many times larger unpacking may make a file.", import.ratio),
    count!(
        "corpus.limits.ratio_free_bytes",
        "Unpacked bytes always allowed, whatever the ratio.",
        import.ratio_free_bytes
    ),
    text!(
        "server",
        "The server that `affected`, `changes` and `api` ask instead of the data directory: `https://aftercare.maker.example`.",
        server
    ),
    Key {
        name: "token",
        about: "The API token by which the server is asked; best set in the environment.",
        set: |settings, text| {
            text.clone_into(&mut settings.token);
            Ok(())
        },
        show: |settings| match settings.token.as_str() {
            "" => String::new(),
            _ => SECRET.to_owned(),
        },
    },
    text!(
        "oidc.issuer",
        "The sign-in provider (OpenID Connect), exactly as it names itself; without it, nobody is asked.",
        provider.issuer
    ),
    text!(
        "oidc.client_id",
        "The name under which the sign-in provider knows us.",
        provider.client_id
    ),
    Key {
        name: "oidc.client_secret",
        about: "What proves us to the sign-in provider; best set in the environment.",
        set: |settings, text| {
            text.clone_into(&mut settings.provider.client_secret);
            Ok(())
        },
        show: |settings| match settings.provider.client_secret.as_str() {
            "" => String::new(),
            _ => SECRET.to_owned(),
        },
    },
    text!("oidc.name", "What people call the sign-in provider.", provider.name),
    Key {
        name: "oidc.link",
        about: "Which claim is the login here the first time: `email` (verified) or `username`.",
        set: |settings, text| {
            settings.provider.link = match text {
                "email" => LinkBy::Email,
                "username" => LinkBy::Username,
                _ => return Err("`email` or `username`".to_owned()),
            };
            Ok(())
        },
        show: |settings| match settings.provider.link {
            LinkBy::Email => "email".to_owned(),
            LinkBy::Username => "username".to_owned(),
        },
    },
    text!(
        "mail.server",
        "The mail server that notices to customers go to; without it, they go by hand.",
        mail.server
    ),
    Key {
        name: "mail.port",
        about: "Its port; without it, 587 (`starttls`), 465 (`tls`) or 25 (`none`).",
        set: |settings, text| {
            let port = if text.is_empty() { Ok(None) } else { text.parse().map(Some) };
            settings.mail.port = port.map_err(|_| "a port such as 587".to_owned())?;
            Ok(())
        },
        show: |settings| settings.mail.port.map(|port| port.to_string()).unwrap_or_default(),
    },
    Key {
        name: "mail.protection",
        about: "How the way there is protected: `starttls`, `tls`, or `none` for a server on this machine.",
        set: |settings, text| {
            settings.mail.protection = mailing::protection(text)?;
            Ok(())
        },
        show: |settings| mailing::word(settings.mail.protection).to_owned(),
    },
    text!(
        "mail.account",
        "The account at the mail server; without it, nobody signs in.",
        mail.account
    ),
    Key {
        name: "mail.password",
        about: "Its password; best set in the environment.",
        set: |settings, text| {
            text.clone_into(&mut settings.mail.password);
            Ok(())
        },
        show: |settings| match settings.mail.password.as_str() {
            "" => String::new(),
            _ => SECRET.to_owned(),
        },
    },
    text!("mail.from", "The address that notices come from: `psirt@maker.example`.", mail.from),
    text!("mail.reply_to", "The address that answers go to, where that is another.", mail.reply_to),
    Key {
        name: "mail.authorities",
        about: "A file of certificates (PEM) that the mail server's is believed by, beside those of the machine.",
        set: |settings, text| {
            settings.mail.authorities = Some(PathBuf::from(text)).filter(|_| !text.is_empty());
            Ok(())
        },
        show: |settings| {
            settings
                .mail
                .authorities
                .as_ref()
                .map_or_else(String::new, |path| path.display().to_string())
        },
    },
    Key {
        name: "portal.enabled",
        about: "`true` lets anybody outside report vulnerabilities on `/report`.",
        set: |settings, text| {
            settings.portal_enabled = text.parse().map_err(|_| "`true` or `false`".to_owned())?;
            Ok(())
        },
        show: |settings| settings.portal_enabled.to_string(),
    },
    text!(
        "portal.contact",
        "Ways to reach you, the preferred first, with commas between them: `mailto:`, `tel:`, `https:`.",
        portal.contact
    ),
    text!("portal.languages", "Languages that you understand: `en, de`.", portal.languages),
    text!(
        "portal.expires",
        "The last day of `security.txt`; without it, half a year from each day on.",
        portal.expires
    ),
    text!(
        "blobs.endpoint",
        "The S3-compatible store for blobs, such as `https://host`; without it, files beside the record.",
        bucket.address.endpoint
    ),
    text!("blobs.bucket", "The bucket for blobs.", bucket.address.bucket),
    text!("blobs.region", "The region of the bucket.", bucket.address.region),
    text!("blobs.prefix", "What all names in the bucket begin with.", bucket.address.prefix),
    text!("blobs.access_key", "The account for the bucket.", bucket.account.access_key),
    Key {
        name: "blobs.secret_key",
        about: "The secret of the account; best set in the environment.",
        set: |settings, text| {
            text.clone_into(&mut settings.bucket.account.secret_key);
            Ok(())
        },
        show: |settings| match settings.bucket.account.secret_key.as_str() {
            "" => String::new(),
            _ => SECRET.to_owned(),
        },
    },
    Key {
        name: "blobs.allow_http",
        about: "Blobs may go unencrypted (`http:`) over a network.",
        set: |settings, text| {
            settings.bucket.address.allow_http =
                text.parse().map_err(|_| "`true` or `false`".to_owned())?;
            Ok(())
        },
        show: |settings| settings.bucket.address.allow_http.to_string(),
    },
];
