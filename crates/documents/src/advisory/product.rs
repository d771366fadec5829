//! The products an advisory speaks about: families, products, versions.

use aftercare_vocab::{cpe::Cpe, purl::Purl};

/// Devices that share a design.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Family {
    /// Its name.
    pub name: String,
    /// Never empty.
    pub products: Vec<Product>,
}

/// A marketed product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Product {
    /// Its name.
    pub name: String,
    /// Never empty.
    pub versions: Vec<Version>,
}

/// A released version: what statements are about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// Names it within the advisory and in every document (CSAF `product_id`); no text for people.
    pub id: String,
    /// As it stands on the device: `4.2.1`. One version, never a range.
    pub name: String,
    /// How others recognise it.
    pub identifiers: Identifiers,
}

/// How a product version is recognised by machines and in lists of assets.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Identifiers {
    /// Package URL.
    pub purl: Option<Purl>,
    /// CPE name.
    pub cpe: Option<Cpe>,
    /// Files of the version with their digests.
    pub hashes: Vec<FileHashes>,
    /// Model numbers.
    pub model_numbers: Vec<String>,
    /// Numbers to order it by.
    pub skus: Vec<String>,
    /// Device identifiers (UDI-DI).
    pub udi_dis: Vec<String>,
    /// Addresses of its SBOM.
    pub sbom_urls: Vec<String>,
}

impl Identifiers {
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// A file with its digests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileHashes {
    /// The file's name.
    pub file: String,
    /// Each algorithm at most once; the digest in hexadecimal digits.
    pub digests: Vec<(HashAlgorithm, String)>,
}

/// Algorithms of digests. Weaker ones are not for advisories.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum HashAlgorithm {
    /// SHA-256
    Sha256,
    /// SHA-384
    Sha384,
    /// SHA-512
    Sha512,
    /// SHA3-256
    Sha3_256,
    /// SHA3-512
    Sha3_512,
}

impl HashAlgorithm {
    /// Bytes of a digest.
    pub const fn bytes(self) -> usize {
        match self {
            Self::Sha256 | Self::Sha3_256 => 32,
            Self::Sha384 => 48,
            Self::Sha512 | Self::Sha3_512 => 64,
        }
    }
}
