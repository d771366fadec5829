//! Passwords: as typed, as judged, as kept.
//!
//! NIST SP 800-63B-4 section 3.1.1.2 asks for length and a list of what is known or expected, and
//! forbids rules of composition, hints and expiry; so there are none. [`Rules`] judge a new password,
//! [`hash`] makes what is kept of it, [`verify`] compares, [`breach::File`] looks into a list of leaked
//! ones.

pub mod breach;
mod hash;
mod rules;

pub use hash::{Cost, Hash, NotAHash, Trouble, Verified, hash, verify};
pub use rules::{Objection, Proof, Rules};

use std::fmt;
use unicode_normalization::UnicodeNormalization as _;
use zeroize::Zeroizing;

/// Longest password in bytes of UTF-8, in its normal form. 64 characters of any script fit, as SP 800-63B-4
/// section 3.1.1.2 asks; none is ever cut.
pub const LONGEST: usize = 256;
/// Longest text that is brought into normal form at all, in bytes.
const LONGEST_TYPED: usize = 4 * LONGEST;

/// A password as somebody typed it, in normal form NFKC (UAX #15), so that another keyboard or
/// system gives the same bytes (SP 800-63B section 5.1.1.2 of revision 3 names this form).
#[derive(Clone)]
pub struct Password(Zeroizing<String>);

/// A text cannot be a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAPassword {
    /// It has more than [`LONGEST`] bytes.
    #[error(
        "The password is longer than {LONGEST} bytes. Nothing of a password is cut off, so choose a shorter one."
    )]
    TooLong,
    /// It has a line end, a NUL or another control character.
    #[error("The password has a line end or another control character. Type it without.")]
    Control,
}

impl Password {
    /// Takes what was typed.
    pub fn typed(text: &str) -> Result<Self, NotAPassword> {
        if text.len() > LONGEST_TYPED {
            return Err(NotAPassword::TooLong);
        }
        // Room for the longest normal form beforehand: a buffer that grows leaves copies behind.
        let mut normal = Zeroizing::new(String::with_capacity(LONGEST + 4));
        for c in text.nfkc() {
            if c.is_control() {
                return Err(NotAPassword::Control);
            }
            normal.push(c);
            if normal.len() > LONGEST {
                return Err(NotAPassword::TooLong);
            }
        }
        Ok(Self(normal))
    }

    pub(crate) fn text(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(not shown)")
    }
}
