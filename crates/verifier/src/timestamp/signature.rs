//! Who signed a time stamp, and does the signature hold (RFC 5652 section 5, RFC 5816, RFC 3161 section 2.3)?

use super::{TOKEN_INFO, Wrong};
use aftercare_vocab::instant::Instant;
use cms::{
    cert::CertificateChoices,
    content_info::ContentInfo,
    signed_data::{SignedData, SignerIdentifier, SignerInfo},
};
use der::{
    Any, Decode as _, Encode as _, Sequence,
    asn1::{OctetString, SetOfVec},
    oid::ObjectIdentifier,
};
use ring::digest;
use rustls_pki_types::{
    CertificateDer, SignatureVerificationAlgorithm, TrustAnchor, UnixTime, pem::PemObject as _,
};
use std::time::Duration;
use webpki::{EndEntityCert, KeyUsage, anchor_from_trusted_cert, ring as known};
use x509_cert::{
    Certificate,
    attr::Attribute,
    ext::pkix::{ExtendedKeyUsage, SubjectKeyIdentifier},
    spki::AlgorithmIdentifierOwned,
};

const fn oid(text: &str) -> ObjectIdentifier {
    ObjectIdentifier::new_unwrap(text)
}

const SIGNED_DATA: ObjectIdentifier = oid("1.2.840.113549.1.7.2");
const CONTENT_TYPE: ObjectIdentifier = oid("1.2.840.113549.1.9.3");
const MESSAGE_DIGEST: ObjectIdentifier = oid("1.2.840.113549.1.9.4");
const SIGNING_CERTIFICATE: ObjectIdentifier = oid("1.2.840.113549.1.9.16.2.12");
const SIGNING_CERTIFICATE_V2: ObjectIdentifier = oid("1.2.840.113549.1.9.16.2.47");
const EXTENDED_KEY_USAGE: ObjectIdentifier = oid("2.5.29.37");
const TIME_STAMPING: ObjectIdentifier = oid("1.3.6.1.5.5.7.3.8");
const RSA_PSS: ObjectIdentifier = oid("1.2.840.113549.1.1.10");
const SHA_256: ObjectIdentifier = super::SHA_256;
const SHA_384: ObjectIdentifier = oid("2.16.840.1.101.3.4.2.2");
const SHA_512: ObjectIdentifier = oid("2.16.840.1.101.3.4.2.3");
const SHA_1: ObjectIdentifier = oid("1.3.14.3.2.26");

/// `TIME_STAMPING` as webpki wants it: the content bytes of its encoding.
const TIME_STAMPING_BYTES: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 3, 8];

/// The certificates that a person trusts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Roots(Vec<CertificateDer<'static>>);

impl Roots {
    /// Reads a file of certificates: PEM, or one in DER.
    pub fn read(bytes: &[u8]) -> Result<Self, String> {
        let mut found = Vec::new();
        if bytes.starts_with(&[0x30]) {
            found.push(CertificateDer::from(bytes.to_vec()));
        } else {
            for certificate in CertificateDer::pem_slice_iter(bytes) {
                found.push(certificate.map_err(|error| error.to_string())?);
            }
        }
        if found.is_empty() {
            return Err("there is no certificate in it (PEM, or one in DER)".to_owned());
        }
        for certificate in &found {
            anchor_from_trusted_cert(certificate).map_err(|error| error.to_string())?;
        }
        Ok(Self(found))
    }
}

/// The signed content of a token and what is needed to weigh it.
pub(super) struct Signed {
    /// The bytes of the content.
    pub content: Vec<u8>,
    signer: SignerInfo,
    certificates: Vec<Certificate>,
}

/// Takes a token apart: `SignedData` over `TSTInfo`, with one signer (RFC 3161 section 2.4.2).
pub(super) fn signed(token: &ContentInfo) -> Result<Signed, Wrong> {
    let unread = |error: der::Error| Wrong::Reply(error.to_string());
    let shape = |why: &str| Wrong::Reply(why.to_owned());
    if token.content_type != SIGNED_DATA {
        return Err(shape("its token is not signed data"));
    }
    let data: SignedData = token.content.decode_as().map_err(unread)?;
    let content = data.encap_content_info;
    if content.econtent_type != TOKEN_INFO {
        return Err(shape("what is signed in it is not about an instant"));
    }
    let content = content.econtent.ok_or_else(|| shape("its signed content is missing"))?;
    let content: OctetString = content.decode_as().map_err(unread)?;
    let mut signers = data.signer_infos.0.into_vec().into_iter();
    let (Some(signer), None) = (signers.next(), signers.next()) else {
        return Err(shape("it has not exactly one signature"));
    };
    let certificates = data.certificates.map(|set| set.0.into_vec()).unwrap_or_default();
    let certificates = certificates.into_iter().filter_map(|choice| match choice {
        CertificateChoices::Certificate(certificate) => Some(certificate),
        CertificateChoices::Other(_) => None,
    });
    let certificates = certificates.collect();
    Ok(Signed { content: content.into_bytes(), signer, certificates })
}

impl Signed {
    /// Weighs the signature, and the certificate at an instant. Gives the subject of the certificate.
    pub(super) fn verify(&self, at: Instant, roots: Option<&Roots>) -> Result<String, Wrong> {
        let broken = |why: &str| Wrong::Signature(why.to_owned());
        let own = |error: der::Error| Wrong::Signature(error.to_string());
        let certificate = self.certificates.iter().find(|found| self.is_by(found)).ok_or_else(|| {
            broken("the certificate that signed is not in the reply; ask with certReq, as our request does")
        })?;
        let bytes = certificate.to_der().map_err(own)?;
        let attributes = self.signer.signed_attrs.as_ref();
        let attributes = attributes.ok_or_else(|| broken("it has no signed attributes"))?;
        let content_type: ObjectIdentifier = one(attributes, CONTENT_TYPE)?;
        if content_type != TOKEN_INFO {
            return Err(broken("it was made for another kind of content"));
        }
        let said: OctetString = one(attributes, MESSAGE_DIGEST)?;
        if said.as_bytes() != hash(&self.signer.digest_alg.oid, &self.content)? {
            return Err(broken("it is over another content"));
        }
        bound(attributes, &bytes)?;

        let authority = certificate.tbs_certificate.subject.to_string();
        let refuse = |why: String| Wrong::Authority { authority: authority.clone(), why };
        stamps_time(certificate).map_err(refuse)?;
        let bytes = CertificateDer::from(bytes);
        let end = EndEntityCert::try_from(&bytes).map_err(|e| refuse(e.to_string()))?;
        let message = attributes.to_der().map_err(own)?;
        let algorithms = algorithms(&self.signer)?;
        let signature = self.signer.signature.as_bytes();
        if !algorithms.iter().any(|known| end.verify_signature(*known, &message, signature).is_ok())
        {
            return Err(broken(
                "it was not made with the key of the certificate in it, or with an algorithm that is not known here",
            ));
        }
        if let Some(roots) = roots {
            self.follow(&end, at, roots).map_err(|why| {
                refuse(format!("it does not lead to a given root at {} ({why})", at.shown()))
            })?;
        }
        Ok(authority)
    }

    /// Follows the certificate to a root. Absent purposes are allowed for those in between.
    fn follow(&self, end: &EndEntityCert<'_>, at: Instant, roots: &Roots) -> Result<(), String> {
        let anchors: Result<Vec<TrustAnchor<'_>>, _> =
            roots.0.iter().map(|root| anchor_from_trusted_cert(root)).collect();
        let anchors = anchors.map_err(|error| error.to_string())?;
        let between: Vec<CertificateDer<'_>> = self
            .certificates
            .iter()
            .filter_map(|found| found.to_der().ok().map(CertificateDer::from))
            .collect();
        let seconds = u64::try_from(at.micros() / 1_000_000).unwrap_or_default();
        let time = UnixTime::since_unix_epoch(Duration::from_secs(seconds));
        let usage = KeyUsage::required_if_present(TIME_STAMPING_BYTES);
        let known = webpki::ALL_VERIFICATION_ALGS;
        let path = end.verify_for_usage(known, &anchors, &between, time, usage, None, None);
        path.map(|_| ()).map_err(|error| error.to_string())
    }

    fn is_by(&self, found: &Certificate) -> bool {
        let body = &found.tbs_certificate;
        match &self.signer.sid {
            SignerIdentifier::IssuerAndSerialNumber(named) => {
                named.issuer == body.issuer && named.serial_number == body.serial_number
            }
            SignerIdentifier::SubjectKeyIdentifier(key) => {
                matches!(body.get::<SubjectKeyIdentifier>(), Ok(Some((_, own))) if own == *key)
            }
        }
    }
}

/// The one value of a signed attribute.
fn one<T>(attributes: &SetOfVec<Attribute>, kind: ObjectIdentifier) -> Result<T, Wrong>
where
    T: for<'a> der::DecodeValue<'a> + der::FixedTag,
{
    let missing =
        || Wrong::Signature(format!("the signed attribute {kind} is missing or there twice"));
    let value = value(attributes, kind).ok_or_else(missing)?;
    value.decode_as().map_err(|error| Wrong::Signature(error.to_string()))
}

fn value(attributes: &SetOfVec<Attribute>, kind: ObjectIdentifier) -> Option<&Any> {
    let mut found = attributes.iter().filter(|attribute| attribute.oid == kind);
    let (attribute, None) = (found.next()?, found.next()) else { return None };
    let mut values = attribute.values.iter();
    let (value, None) = (values.next()?, values.next()) else { return None };
    Some(value)
}

/// `SigningCertificate` and `SigningCertificateV2` (RFC 2634 section 5.4, RFC 5035 section 3).
#[derive(Debug, Clone, PartialEq, Eq, Sequence)]
struct SigningCertificate {
    certificates: Vec<CertificateId>,
    #[asn1(optional = "true")]
    policies: Option<Any>,
}

#[derive(Debug, Clone, PartialEq, Eq, Sequence)]
struct CertificateId {
    #[asn1(optional = "true")]
    algorithm: Option<AlgorithmIdentifierOwned>,
    hash: OctetString,
    #[asn1(optional = "true")]
    issuer: Option<Any>,
}

/// The signature itself must name its certificate, so that no other one can be put in its place.
fn bound(attributes: &SetOfVec<Attribute>, certificate: &[u8]) -> Result<(), Wrong> {
    let (kind, usual) = if value(attributes, SIGNING_CERTIFICATE_V2).is_some() {
        (SIGNING_CERTIFICATE_V2, SHA_256)
    } else {
        (SIGNING_CERTIFICATE, SHA_1)
    };
    let named: SigningCertificate = one(attributes, kind)?;
    let first = named.certificates.first();
    let first = first.ok_or_else(|| Wrong::Signature("it names no certificate".to_owned()))?;
    let algorithm = first.algorithm.as_ref().map_or(usual, |algorithm| algorithm.oid);
    if first.hash.as_bytes() == hash(&algorithm, certificate)? {
        return Ok(());
    }
    Err(Wrong::Signature("it names another certificate than the one in the reply".to_owned()))
}

/// RFC 3161 section 2.3: the only purpose of the key, and marked critical.
fn stamps_time(certificate: &Certificate) -> Result<(), String> {
    let extensions = certificate.tbs_certificate.extensions.as_deref().unwrap_or_default();
    let purposes = extensions.iter().find(|extension| extension.extn_id == EXTENDED_KEY_USAGE);
    let purposes = purposes.ok_or("it is not for stamping time (no extended key usage)")?;
    if !purposes.critical {
        return Err("its purpose is not marked critical, as RFC 3161 demands".to_owned());
    }
    let read = ExtendedKeyUsage::from_der(purposes.extn_value.as_bytes());
    match read.map_err(|error| error.to_string())?.0.as_slice() {
        [only] if *only == TIME_STAMPING => Ok(()),
        _ => Err("stamping time is not its only purpose, as RFC 3161 demands".to_owned()),
    }
}

fn unknown(algorithm: &ObjectIdentifier) -> Wrong {
    Wrong::Signature(format!("it uses the digest {algorithm}, which is not taken here"))
}

fn hash(algorithm: &ObjectIdentifier, bytes: &[u8]) -> Result<Vec<u8>, Wrong> {
    let algorithm = match *algorithm {
        SHA_256 => &digest::SHA256,
        SHA_384 => &digest::SHA384,
        SHA_512 => &digest::SHA512,
        // Only to name a certificate, beside a signature by one of the others: see `algorithms`.
        SHA_1 => &digest::SHA1_FOR_LEGACY_USE_ONLY,
        _ => return Err(unknown(algorithm)),
    };
    Ok(digest::digest(algorithm, bytes).as_ref().to_vec())
}

type Known = &'static dyn SignatureVerificationAlgorithm;

/// Those that go with the digest the signer names. SHA-1 is none of them.
fn algorithms(signer: &SignerInfo) -> Result<Vec<Known>, Wrong> {
    let pss = signer.signature_algorithm.oid == RSA_PSS;
    Ok(match signer.digest_alg.oid {
        SHA_256 if pss => vec![known::RSA_PSS_2048_8192_SHA256_LEGACY_KEY],
        SHA_384 if pss => vec![known::RSA_PSS_2048_8192_SHA384_LEGACY_KEY],
        SHA_512 if pss => vec![known::RSA_PSS_2048_8192_SHA512_LEGACY_KEY],
        SHA_256 => vec![
            known::RSA_PKCS1_2048_8192_SHA256,
            known::ECDSA_P256_SHA256,
            known::ECDSA_P384_SHA256,
        ],
        SHA_384 => vec![
            known::RSA_PKCS1_2048_8192_SHA384,
            known::ECDSA_P256_SHA384,
            known::ECDSA_P384_SHA384,
        ],
        SHA_512 => vec![known::RSA_PKCS1_2048_8192_SHA512],
        other => return Err(unknown(&other)),
    })
}
