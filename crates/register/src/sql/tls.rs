//! The encrypted way to a database server on another machine: rustls with the certificates that the
//! operating system trusts.

use crate::fault::Fault;
use tokio_postgres_rustls::MakeRustlsConnect;

/// Made anew for each connection, so that a renewed certificate store is seen.
pub(super) fn connector() -> Result<MakeRustlsConnect, Fault> {
    let made = MakeRustlsConnect::with_native_certs();
    made.map(|(connector, _)| connector).map_err(|errors| Fault::Address {
        why: format!(
            "the certificates that this system trusts cannot be read: {}",
            errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
        ),
    })
}
