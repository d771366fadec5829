//! What is kept of a password: Argon2id (RFC 9106) in the text form of PHC strings.

use super::Password;
use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{Algorithm, Argon2, Params, Version};
use std::{fmt, str::FromStr};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

/// What one hash costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cost {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes over it.
    pub passes: u32,
    /// Lanes; our server computes them one after the other.
    pub lanes: u32,
}

impl Cost {
    /// 19 MiB, two passes: the least that OWASP's Password Storage Cheat Sheet names for Argon2id. The
    /// default: a server with little memory bears several sign-ins at once.
    pub const OWASP: Self = Self { memory_kib: 19_456, passes: 2, lanes: 1 };
    /// 64 MiB, three passes, four lanes: the second recommended option of RFC 9106 section 4.
    pub const RFC_9106: Self = Self { memory_kib: 65_536, passes: 3, lanes: 4 };

    /// Most that a kept hash may cost: a row that was tampered with must not take the server's memory.
    const MOST: Self = Self { memory_kib: 1 << 20, passes: 16, lanes: 16 };

    fn is_bearable(self) -> bool {
        self.memory_kib <= Self::MOST.memory_kib
            && self.passes <= Self::MOST.passes
            && self.lanes <= Self::MOST.lanes
    }

    fn argon2(self) -> Option<Argon2<'static>> {
        let params = Params::new(self.memory_kib, self.passes, self.lanes, Some(LENGTH)).ok()?;
        self.is_bearable().then(|| Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
    }

    /// The text form of a hash of this cost.
    fn write(self, salt: &[u8; SALT], output: &[u8; LENGTH]) -> Result<Hash, Trouble> {
        let trouble = Trouble::Cost(self);
        let argon2 = self.argon2().ok_or(trouble)?;
        let text = PasswordHash {
            algorithm: argon2::ARGON2ID_IDENT,
            version: Some(Version::V0x13 as u32),
            params: ParamsString::try_from(argon2.params()).map_err(|_| trouble)?,
            salt: Some(Salt::new(salt).map_err(|_| trouble)?),
            hash: Some(Output::new(output).map_err(|_| trouble)?),
        };
        Ok(Hash(text.to_string()))
    }
}

impl Default for Cost {
    fn default() -> Self {
        Self::OWASP
    }
}

/// Bytes of salt (RFC 9106 section 3.1).
pub const SALT: usize = 16;
/// Bytes of a hash (RFC 9106 section 4).
const LENGTH: usize = 32;
/// Longest text of a kept hash.
const LONGEST_TEXT: usize = 256;

/// A kept hash: `$argon2id$v=19$m=19456,t=2,p=1$salt$hash`. Not a secret like a password, but
/// whoever reads it may guess at leisure: its `Debug` shows nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct Hash(String);

/// A text is no hash of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "the kept hash of a password is damaged, or made by another program: expected \
     `$argon2id$v=19$m=...,t=...,p=...$salt$hash` of bearable cost; let the person set a new password"
)]
pub struct NotAHash;

impl Hash {
    /// The text to keep.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The hash of an account that nobody has: no password fits it, and [`verify`] does the same work for
    /// it. Compare with it where a login is not known, or has no password: the answer then comes as late
    /// as for a wrong password, and does not tell which logins there are.
    pub fn decoy(cost: Cost) -> Result<Self, Trouble> {
        cost.write(b"nobody's account", &[0; LENGTH])
    }

    fn parts(&self) -> Result<(Cost, Salt, Output), NotAHash> {
        if self.0.len() > LONGEST_TEXT {
            return Err(NotAHash);
        }
        let read = PasswordHash::new(&self.0).map_err(|_| NotAHash)?;
        if read.algorithm != argon2::ARGON2ID_IDENT || read.version != Some(Version::V0x13 as u32) {
            return Err(NotAHash);
        }
        let params = Params::try_from(&read).map_err(|_| NotAHash)?;
        let cost =
            Cost { memory_kib: params.m_cost(), passes: params.t_cost(), lanes: params.p_cost() };
        match (read.salt, read.hash) {
            (Some(salt), Some(hash)) if hash.len() == LENGTH && cost.is_bearable() => {
                Ok((cost, salt, hash))
            }
            _ => Err(NotAHash),
        }
    }
}

impl FromStr for Hash {
    type Err = NotAHash;

    fn from_str(text: &str) -> Result<Self, NotAHash> {
        let hash = Self(text.to_owned());
        hash.parts()?;
        Ok(hash)
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hash(not shown)")
    }
}

/// A hash could not be computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// What is kept is no hash.
    #[error(transparent)]
    Kept(#[from] NotAHash),
    /// The cost is out of bounds, or there is no such memory just now.
    #[error(
        "no password hash could be computed with {memory_kib} KiB of memory: the setting is out of bounds, or the \
         server is short of memory; nobody is signed in",
        memory_kib = .0.memory_kib
    )]
    Cost(Cost),
}

/// How a comparison ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verified {
    /// Another password.
    Wrong,
    /// The right one.
    Right {
        /// It is kept at another cost than is wanted now: [`hash`] it again while it is at hand.
        needs_rehash: bool,
    },
}

/// Hashes a password with 16 random bytes that are used for nothing else.
pub fn hash(password: &Password, salt: &[u8; SALT], cost: Cost) -> Result<Hash, Trouble> {
    let output = compute(password, salt, cost)?;
    cost.write(salt, &output)
}

/// Compares a typed password with the kept hash, at the cost it was kept at. `wanted`: the cost of
/// today.
pub fn verify(password: &Password, kept: &Hash, wanted: Cost) -> Result<Verified, Trouble> {
    let (cost, salt, hash) = kept.parts()?;
    let output = compute(password, &salt, cost)?;
    if bool::from(output.as_slice().ct_eq(hash.as_bytes())) {
        Ok(Verified::Right { needs_rehash: cost != wanted })
    } else {
        Ok(Verified::Wrong)
    }
}

fn compute(
    password: &Password,
    salt: &[u8],
    cost: Cost,
) -> Result<Zeroizing<[u8; LENGTH]>, Trouble> {
    let mut output = Zeroizing::new([0; LENGTH]);
    let argon2 = cost.argon2().ok_or(Trouble::Cost(cost))?;
    argon2
        .hash_password_into(password.text().as_bytes(), salt, output.as_mut_slice())
        .map_err(|_| Trouble::Cost(cost))?;
    Ok(output)
}
