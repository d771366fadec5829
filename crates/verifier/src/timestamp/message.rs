//! The messages of RFC 3161 sections 2.4.1 and 2.4.2, as far as they are used.

use super::SHA_256;
use aftercare_vocab::{digest::Digest, instant::Instant};
use cms::content_info::ContentInfo;
use der::{
    Any, DateTime, Sequence, Tag, Tagged as _,
    asn1::{BitString, Int, Null, OctetString},
    oid::ObjectIdentifier,
};
use x509_cert::{
    ext::{Extensions, pkix::name::GeneralName},
    spki::AlgorithmIdentifierOwned,
};

/// `MessageImprint`: which bytes are meant.
#[derive(Debug, Clone, PartialEq, Eq, Sequence)]
pub(super) struct Imprint {
    algorithm: AlgorithmIdentifierOwned,
    hash: OctetString,
}

impl Imprint {
    pub(super) fn sha256(digest: Digest) -> der::Result<Self> {
        let parameters = Some(Any::encode_from(&Null)?);
        let algorithm = AlgorithmIdentifierOwned { oid: SHA_256, parameters };
        Ok(Self { algorithm, hash: OctetString::new(digest.as_bytes().as_slice())? })
    }

    /// The digest, if it is one by SHA-256.
    pub(super) fn digest(&self) -> Option<Digest> {
        let bytes: [u8; 32] = self.hash.as_bytes().try_into().ok()?;
        (self.algorithm.oid == SHA_256).then(|| Digest::from_bytes(bytes))
    }

    pub(super) fn shown(&self) -> String {
        self.digest().map_or_else(
            || format!("by another algorithm ({})", self.algorithm.oid),
            |digest| digest.to_string(),
        )
    }
}

/// `TimeStampReq`, as we write it: with a nonce, without a wish for a policy.
#[derive(Debug, Clone, PartialEq, Eq, Sequence)]
pub(super) struct Request {
    version: u8,
    pub imprint: Imprint,
    pub nonce: u64,
    #[asn1(default = "Default::default")]
    certificates: bool,
}

impl Request {
    pub(super) const fn new(imprint: Imprint, nonce: u64) -> Self {
        Self { version: 1, imprint, nonce, certificates: true }
    }
}

/// `TimeStampResp`.
#[derive(Debug, Clone, PartialEq, Eq, Sequence)]
pub(super) struct Reply {
    pub status: Status,
    #[asn1(optional = "true")]
    pub token: Option<ContentInfo>,
}

/// `PKIStatusInfo`.
#[derive(Debug, Clone, PartialEq, Eq, Sequence)]
pub(super) struct Status {
    pub code: u8,
    #[asn1(optional = "true")]
    text: Option<Vec<String>>,
    #[asn1(optional = "true")]
    failure: Option<BitString>,
}

impl Status {
    /// `granted` or `grantedWithMods`.
    pub(super) const fn is_granted(&self) -> bool {
        self.code <= 1
    }

    pub(super) fn said(&self) -> String {
        let text = self.text.as_ref().map(|lines| lines.join(" ")).unwrap_or_default();
        let text: String = text.chars().filter(|c| !c.is_control()).take(200).collect();
        if text.is_empty() { text } else { format!(": {text}") }
    }
}

/// `TSTInfo`. The instant is taken as it stands: the DER reader would refuse fractions of a second.
#[derive(Debug, Clone, PartialEq, Eq, Sequence)]
pub(super) struct TokenInfo {
    version: u8,
    pub policy: ObjectIdentifier,
    pub imprint: Imprint,
    serial: Int,
    instant: Any,
    #[asn1(optional = "true")]
    pub accuracy: Option<Accuracy>,
    #[asn1(default = "Default::default")]
    ordering: bool,
    #[asn1(optional = "true")]
    pub nonce: Option<Int>,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    authority: Option<GeneralName>,
    #[asn1(context_specific = "1", tag_mode = "IMPLICIT", optional = "true")]
    extensions: Option<Extensions>,
}

/// `Accuracy`.
#[derive(Debug, Clone, PartialEq, Eq, Sequence)]
pub(super) struct Accuracy {
    #[asn1(optional = "true")]
    seconds: Option<u32>,
    #[asn1(context_specific = "0", tag_mode = "IMPLICIT", optional = "true")]
    millis: Option<u16>,
    #[asn1(context_specific = "1", tag_mode = "IMPLICIT", optional = "true")]
    micros: Option<u16>,
}

impl Accuracy {
    pub(super) fn micros(&self) -> i64 {
        i64::from(self.seconds.unwrap_or_default()) * 1_000_000
            + i64::from(self.millis.unwrap_or_default()) * 1000
            + i64::from(self.micros.unwrap_or_default())
    }
}

impl TokenInfo {
    /// `genTime`, to the microsecond.
    pub(super) fn at(&self) -> Option<Instant> {
        if self.instant.tag() != Tag::GeneralizedTime {
            return None;
        }
        instant(std::str::from_utf8(self.instant.value()).ok()?)
    }
}

/// Reads `YYYYMMDDhhmmss[.f]Z`.
fn instant(text: &str) -> Option<Instant> {
    let text = text.strip_suffix('Z')?;
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.len() != 14 || !digits(whole) || !digits(fraction) {
        return None;
    }
    let number = |from: usize, to: usize| whole.get(from..to)?.parse::<u8>().ok();
    let year = whole.get(..4)?.parse().ok()?;
    let date = DateTime::new(
        year,
        number(4, 6)?,
        number(6, 8)?,
        number(8, 10)?,
        number(10, 12)?,
        number(12, 14)?,
    );
    let seconds = i64::try_from(date.ok()?.unix_duration().as_secs()).ok()?;
    let micros: i64 = format!("{fraction:0<6}").get(..6)?.parse().ok()?;
    Some(Instant::from_micros(seconds.checked_mul(1_000_000)?.checked_add(micros)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_of_authorities_are_read_with_and_without_fractions() {
        for (text, micros) in [
            ("20261125172500Z", Some(1_795_627_500_000_000)),
            ("20261125172500.5Z", Some(1_795_627_500_500_000)),
            ("20261125172500.1234567Z", Some(1_795_627_500_123_456)),
            ("20261125172500", None),
            ("20261325172500Z", None),
            ("202611251725Z", None),
            ("20261125172500.-1Z", None),
            ("20261125172500+0100", None),
        ] {
            assert_eq!(instant(text).map(Instant::micros), micros, "{text}");
        }
    }
}
