//! Where a bucket is, who speaks to it, and how long is waited for it. Read and checked before
//! anything is sent.

use crate::fault::Fault;
use object_store::path::Path;
use reqwest::Url;
use std::{fmt, net::IpAddr, sync::Arc, time::Duration};

/// How long a store may take to accept a connection.
const CONNECT_WAIT: Duration = Duration::from_secs(5);
/// How long a store may be silent: before its answer, and between two pieces of it. A part of a
/// large blob ([`super::client`]) has to go through in this time.
const ANSWER_WAIT: Duration = Duration::from_secs(30);
/// How long after the first try another one may begin.
const RETRY_WAIT: Duration = Duration::from_mins(1);
/// How often a request is made again that met a fault of the store or of the network.
const RETRIES: usize = 3;
/// The pause before it is made again; it doubles with each.
const PAUSE: Duration = Duration::from_millis(200);

/// Where a bucket is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BucketAddress {
    /// The store: `https://host` or `https://host:port`.
    pub endpoint: String,
    /// The region that requests are signed for. Stores without regions take any; most say
    /// `us-east-1`.
    pub region: String,
    /// The name of the bucket: 3 to 63 lower-case letters, digits, dots and hyphens.
    pub bucket: String,
    /// What all names in the bucket begin with, without slashes at its ends; empty = nothing.
    pub prefix: String,
    /// Blobs may go unencrypted over a network (`http:`). To the own machine they always may.
    pub allow_http: bool,
}

/// Who speaks to the store.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct BucketAccount {
    /// The public half of the key.
    pub access_key: String,
    /// The secret half. It signs requests and is never sent or shown.
    pub secret_key: String,
}

impl fmt::Debug for BucketAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BucketAccount({})", self.access_key) // never the secret
    }
}

/// How long is waited for a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BucketWaits {
    /// For a connection.
    pub connect: Duration,
    /// For an answer, and for each further piece of it.
    pub answer: Duration,
    /// After this time no further try begins.
    pub retry: Duration,
    /// Tries after the first.
    pub retries: usize,
    /// The pause before the second try; it doubles with each.
    pub pause: Duration,
}

impl Default for BucketWaits {
    fn default() -> Self {
        Self {
            connect: CONNECT_WAIT,
            answer: ANSWER_WAIT,
            retry: RETRY_WAIT,
            retries: RETRIES,
            pause: PAUSE,
        }
    }
}

/// A bucket of an S3-compatible store, and how to reach it.
#[derive(Clone, PartialEq, Eq)]
pub struct Bucket {
    pub(super) address: Arc<BucketAddress>,
    pub(super) account: Arc<BucketAccount>,
    pub(super) waits: BucketWaits,
}

impl fmt::Debug for Bucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Bucket({self})") // never the secret
    }
}

impl fmt::Display for Bucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let BucketAddress { endpoint, bucket, prefix, .. } = &*self.address;
        write!(f, "{endpoint}/{bucket}")?;
        if prefix.is_empty() { Ok(()) } else { write!(f, "/{prefix}") }
    }
}

impl Bucket {
    /// A bucket whose address and account can be used, as far as can be told without asking it.
    pub fn new(mut address: BucketAddress, account: BucketAccount) -> Result<Self, Fault> {
        let refuse = |why: String| Err(Fault::BucketAddress { why });
        address.endpoint = endpoint(&address)?;
        let BucketAddress { region, bucket, prefix, .. } = &address;
        let plain = |text: &str, others: &[u8]| {
            text.bytes().all(|b| {
                b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || others.contains(&b)
            })
        };
        if region.is_empty() || !plain(region, b"_") {
            return refuse(format!("`{region}` is no region (most stores say us-east-1)"));
        }
        if !(3..=63).contains(&bucket.len()) || !plain(bucket, b".") {
            return refuse(format!(
                "`{bucket}` is no name of a bucket (3 to 63 lower-case letters, digits, - and .)"
            ));
        }
        if prefix.starts_with('/') || prefix.ends_with('/') {
            return refuse(format!("the prefix `{prefix}` begins or ends with a slash"));
        }
        if let Err(error) = Path::parse(prefix) {
            return refuse(format!("the prefix `{prefix}` cannot be used: {error}"));
        }
        if account.access_key.is_empty() || account.secret_key.is_empty() {
            return refuse("access key and secret key are both needed".to_owned());
        }
        let waits = BucketWaits::default();
        Ok(Self { address: Arc::new(address), account: Arc::new(account), waits })
    }

    /// The same with other waits.
    #[must_use]
    pub fn with_waits(self, waits: BucketWaits) -> Self {
        Self { waits, ..self }
    }

    /// Where a blob of this name lies in the bucket.
    pub(super) fn place(&self, name: impl fmt::Display) -> Path {
        match self.address.prefix.as_str() {
            "" => Path::from(name.to_string()),
            prefix => Path::from(format!("{prefix}/{name}")),
        }
    }

    /// What all names begin with.
    pub(super) fn prefix(&self) -> Option<Path> {
        let prefix = self.address.prefix.as_str();
        (!prefix.is_empty()).then(|| Path::from(prefix))
    }
}

/// The endpoint without a slash at its end.
fn endpoint(address: &BucketAddress) -> Result<String, Fault> {
    let text = &address.endpoint;
    let refuse = |why: &str| Fault::BucketAddress { why: format!("{why} in `{text}`") };
    // an account in the address would be shown in messages
    if text.contains('@') {
        let why = "the endpoint holds an account; give access key and secret key apart from it";
        return Err(Fault::BucketAddress { why: why.to_owned() });
    }
    let url: Url = text.parse().map_err(|_| refuse("no address such as https://host:port"))?;
    let own_machine = url.host_str().is_some_and(is_own_machine);
    match url.scheme() {
        "https" => {}
        "http" if own_machine || address.allow_http => {}
        "http" => {
            return Err(refuse(
                "blobs would go unencrypted over the network; use https:, or allow http: expressly",
            ));
        }
        _ => return Err(refuse("neither https: nor http:")),
    }
    if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
        return Err(refuse("something stands behind the host; bucket and prefix are given apart"));
    }
    Ok(text.trim_end_matches('/').to_owned())
}

fn is_own_machine(host: &str) -> bool {
    let number = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || number.parse().is_ok_and(|ip: IpAddr| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(endpoint: &str) -> BucketAddress {
        BucketAddress {
            endpoint: endpoint.into(),
            region: "us-east-1".into(),
            bucket: "blobs".into(),
            prefix: "maker/one".into(),
            allow_http: false,
        }
    }

    fn account() -> BucketAccount {
        BucketAccount { access_key: "anna".into(), secret_key: "hush".into() }
    }

    #[test]
    fn neither_debug_nor_display_shows_the_secret() {
        let bucket = Bucket::new(address("https://s3.example.org/"), account()).expect("sound");
        assert_eq!(bucket.to_string(), "https://s3.example.org/blobs/maker/one");
        assert!(!format!("{bucket:?} {:?}", bucket.account).contains("hush"));
    }

    #[test]
    fn blobs_go_unencrypted_to_the_own_machine_only_unless_it_is_allowed() {
        for own in ["http://127.0.0.1:9000", "http://localhost:1", "http://[::1]:9000"] {
            assert!(Bucket::new(address(own), account()).is_ok(), "{own}");
        }
        let far = "http://store.example.org";
        let refused = Bucket::new(address(far), account()).expect_err("refused").to_string();
        assert!(refused.contains("unencrypted"), "{refused}");
        let allowed = BucketAddress { allow_http: true, ..address(far) };
        assert!(Bucket::new(allowed, account()).is_ok());
    }

    #[test]
    fn what_cannot_be_an_address_is_named() {
        let far = || address("https://s3.example.org");
        for (wrong, why) in [
            (address("s3.example.org"), "https://host"),
            (address("ftp://s3.example.org"), "neither"),
            (address("https://anna:hush@s3.example.org"), "account"),
            (address("https://s3.example.org/blobs"), "behind the host"),
            (BucketAddress { bucket: "Blobs".into(), ..far() }, "`Blobs`"),
            (BucketAddress { region: String::new(), ..far() }, "region"),
            (BucketAddress { prefix: "/maker".into(), ..far() }, "slash"),
            (BucketAddress { prefix: "a//b".into(), ..far() }, "prefix `a//b`"),
        ] {
            let refused = Bucket::new(wrong, account()).expect_err(why).to_string();
            assert!(refused.contains(why), "{refused}");
            assert!(!refused.contains("hush"), "{refused}");
        }
        let nobody = BucketAccount::default();
        assert!(Bucket::new(far(), nobody).expect_err("refused").to_string().contains("key"));
    }
}
