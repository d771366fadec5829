//! The encrypted way to a database server: rustls with the certificates that the operating system
//! trusts.

use tokio_postgres_rustls::MakeRustlsConnect;

/// Made anew for each connection, so that a renewed certificate store is seen. The error says why not.
pub(super) fn connector() -> Result<MakeRustlsConnect, String> {
    let made = MakeRustlsConnect::with_native_certs();
    made.map(|(connector, _)| connector).map_err(|errors| {
        let mut why = "this system trusts no certificate authority that can be read".to_owned();
        for error in errors {
            why.push_str("; ");
            why.push_str(&error.to_string());
        }
        why + ". Install its store of certificates, or name a file of them in SSL_CERT_FILE"
    })
}

/// What a refused certificate means, in words: rustls names only the kind.
pub(super) fn explained(why: String) -> String {
    if why.contains("UnknownIssuer") {
        return why
            + ": the server's certificate is of an authority that this system does not trust. If it is \
               yours, add it to the system's store of certificates, or name its file in SSL_CERT_FILE";
    }
    why
}
