//! The corpus: what the world has published about vulnerabilities, as immutable *editions*.
//!
//! An edition is one file, named by the SHA-256 of its bytes, opened read-only without loading it
//! ([`Edition`]). It is built from local files ([`import`]) and holds each received record
//! compressed, beside look-ups by package identity, vendor and product, identifier or alias, and the
//! facts on exploitation (KEV, EPSS). It holds no clock: the same files give the same edition.
//!
//! The corpus never holds what *we* decided; that is the register's.
//!
//! To add a source: see `aftercare_formats::feed`, then one arm in [`import::intake`].

mod alias;
pub mod build;
pub mod changes;
pub mod edition;
pub mod import;
pub mod manifest;
pub mod sorter;
pub mod store;
pub mod table;

pub use changes::{Change, ChangeKind};
pub use edition::{Edition, EpssScore, Head, KevEntry, OpenError, Posting};
pub use import::{ImportError, Limits, import};
pub use manifest::Manifest;
pub use store::Store;
