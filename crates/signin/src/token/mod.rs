//! Texts that stand for a person who signed in, or for a program that may act: whoever has one is let
//! in. 256 random bits each; what is kept is a digest, so a stolen table lets nobody in.
//!
//! [`Bearer`]: sessions, known devices, invitations. [`ApiToken`]: for programs, with a form that
//! scanners of leaked secrets find and a checksum that tells typing errors from revoked tokens.
//! [`csrf`]: what a form carries so that no other site can send it.

use crate::secret::SecretText;
use aftercare_vocab::digest::{Digest, Hasher};
use data_encoding::{BASE64URL_NOPAD, Encoding, Specification};
use std::{fmt, sync::LazyLock};
use zeroize::Zeroizing;

pub mod csrf;

/// Random bytes of a secret.
pub const SECRET: usize = 32;

/// What a [`Bearer`] is for. One made for one purpose has another digest for every other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// A browser that is signed in.
    Session,
    /// A browser before anybody signed in: what its sign-in form is bound to.
    Visit,
    /// A browser in which this account signed in before (see [`crate::throttle`]).
    Device,
    /// A link by which a person sets the first or a new password, once.
    Invitation,
    /// A link by which whoever reported a vulnerability reads the answers and writes again.
    Thread,
    /// A link by which a customer acknowledges a notice.
    Notice,
}

impl Purpose {
    const fn word(self) -> &'static [u8] {
        match self {
            Self::Session => b"aftercare session\0",
            Self::Visit => b"aftercare visit\0",
            Self::Device => b"aftercare device\0",
            Self::Invitation => b"aftercare invitation\0",
            Self::Thread => b"aftercare thread\0",
            Self::Notice => b"aftercare notice\0",
        }
    }
}

/// A secret that lets its bearer in: 43 characters of base64url in a cookie or link.
#[derive(Clone)]
pub struct Bearer(Zeroizing<[u8; SECRET]>);

/// A text is no [`Bearer`]. It is not repeated: it may be a secret cut short.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "this is no session, device or invitation of this program; sign in again, or ask for a new link"
)]
pub struct NotABearer;

impl Bearer {
    /// Takes 32 random bytes.
    pub fn from_bytes(bytes: [u8; SECRET]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// Reads the text of a cookie or link.
    pub fn read(text: &str) -> Result<Self, NotABearer> {
        let mut bytes = Zeroizing::new([0; SECRET]);
        if text.len() != BASE64URL_NOPAD.encode_len(SECRET) {
            return Err(NotABearer);
        }
        BASE64URL_NOPAD
            .decode_mut(text.as_bytes(), bytes.as_mut_slice())
            .map_err(|_| NotABearer)?;
        Ok(Self(bytes))
    }

    /// The text for the cookie or link.
    pub fn text(&self) -> SecretText {
        SecretText::new(BASE64URL_NOPAD.encode(self.0.as_slice()))
    }

    /// What is kept of it, and looked up.
    pub fn digest(&self, purpose: Purpose) -> Digest {
        digest(purpose.word(), self.0.as_slice())
    }
}

impl fmt::Debug for Bearer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Bearer(not shown)")
    }
}

/// What every API token begins with.
pub const PREFIX: &str = "aftercare_";
/// Random bytes of the public part.
const PUBLIC: usize = 10;
/// Random bytes that an API token is made of.
pub const API_RANDOM: usize = PUBLIC + SECRET;
/// Characters of the public part, of the secret, and of the checksum.
const PARTS: [usize; 3] = [16, 52, 7];

/// A token for a program: `aftercare_<16>_<59>`, lower-case letters and the digits 2 to 7. A scanner
/// finds it by `aftercare_[a-z2-7]{16}_[a-z2-7]{59}`.
#[derive(Clone)]
pub struct ApiToken {
    public: [u8; PUBLIC],
    secret: Zeroizing<[u8; SECRET]>,
}

/// A text is no API token. It is not repeated in messages: most of it may be a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAToken {
    /// It does not begin as tokens do.
    #[error("This is no API token: one begins with `{PREFIX}`.")]
    Prefix,
    /// It is cut short or something was added.
    #[error("The API token has {0} characters instead of 86: it was not copied whole.")]
    Length(usize),
    /// A character that none has, or parts at the wrong place.
    #[error(
        "The API token has a character that none has, or its parts stand wrong: copy it again."
    )]
    Form,
    /// The checksum does not belong to the rest.
    #[error("The API token was changed in a character: copy it again. (It was not looked up.)")]
    Checksum,
}

static BASE32: LazyLock<Encoding> = LazyLock::new(|| {
    let mut specification = Specification::new();
    specification.symbols.push_str("abcdefghijklmnopqrstuvwxyz234567");
    match specification.encoding() {
        Ok(encoding) => encoding,
        Err(error) => unreachable!("32 different symbols: {error}"),
    }
});

impl ApiToken {
    /// Takes 42 random bytes.
    pub fn from_bytes(random: &[u8; API_RANDOM]) -> Self {
        let mut token = Self { public: [0; PUBLIC], secret: Zeroizing::new([0; SECRET]) };
        let (public, secret) = random.split_at(PUBLIC);
        token.public.copy_from_slice(public);
        token.secret.copy_from_slice(secret);
        token
    }

    /// Reads a token from a request or the command line.
    pub fn read(text: &str) -> Result<Self, NotAToken> {
        let rest = text.strip_prefix(PREFIX).ok_or(NotAToken::Prefix)?;
        if rest.len() != PARTS.iter().sum::<usize>() + 1 {
            return Err(NotAToken::Length(text.chars().count()));
        }
        let (public, secret) = rest.split_once('_').ok_or(NotAToken::Form)?;
        let (secret, sum) = secret.split_at_checked(PARTS[1]).ok_or(NotAToken::Form)?;
        if public.len() != PARTS[0] || sum.len() != PARTS[2] {
            return Err(NotAToken::Form);
        }
        let mut token = Self { public: [0; PUBLIC], secret: Zeroizing::new([0; SECRET]) };
        BASE32.decode_mut(public.as_bytes(), &mut token.public).map_err(|_| NotAToken::Form)?;
        BASE32
            .decode_mut(secret.as_bytes(), token.secret.as_mut_slice())
            .map_err(|_| NotAToken::Form)?;
        if checksum(public, secret) == sum { Ok(token) } else { Err(NotAToken::Checksum) }
    }

    /// The text, shown once.
    pub fn text(&self) -> SecretText {
        let (public, secret) = (self.id(), Zeroizing::new(BASE32.encode(self.secret.as_slice())));
        SecretText::new(format!("{PREFIX}{public}_{}{}", *secret, checksum(&public, &secret)))
    }

    /// The public part, 16 characters: names the token in lists, and is looked up.
    pub fn id(&self) -> String {
        BASE32.encode(&self.public)
    }

    /// What is kept of it beside its id.
    pub fn digest(&self) -> Digest {
        let mut both = Zeroizing::new([0; API_RANDOM]);
        both[..PUBLIC].copy_from_slice(&self.public);
        both[PUBLIC..].copy_from_slice(self.secret.as_slice());
        digest(b"aftercare api token\0", both.as_slice())
    }
}

impl fmt::Debug for ApiToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ApiToken({}, secret not shown)", self.id())
    }
}

/// Seven characters: CRC-32 of what stands before. It finds typing errors; it is no protection.
fn checksum(public: &str, secret: &str) -> String {
    let mut sum = crc32fast::Hasher::new();
    for part in [PREFIX, public, "_", secret] {
        sum.update(part.as_bytes());
    }
    BASE32.encode(&sum.finalize().to_be_bytes())
}

fn digest(word: &[u8], secret: &[u8]) -> Digest {
    let mut hash = Hasher::default();
    hash.update(word);
    hash.update(secret);
    hash.finish()
}
