//! Recovery codes: ten texts on a sheet of paper, each good for one sign-in when the app or the
//! security key is lost.
//!
//! Each has 120 random bits, so a plain digest keeps it (SP 800-63B-4 section 3.1.2.2 wants a slow,
//! salted hash only below 112).

use crate::secret::SecretText;
use aftercare_vocab::digest::{Digest, Hasher};
use std::fmt;
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

/// Codes on a sheet.
pub const CODES: usize = 10;
/// Bytes of a code.
const BYTES: usize = 15;
/// Random bytes that a sheet is made of.
pub const RANDOM: usize = CODES * BYTES;
/// Characters of a code, without the dashes.
const LENGTH: usize = 24;
/// Characters between two dashes.
const GROUP: usize = 4;
/// Crockford's base 32: no letter that is taken for a digit.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Most characters that are looked at.
const LONGEST_TYPED: usize = 100;

/// A code in normal form: 24 characters without dashes.
#[derive(Clone)]
pub struct Code(Zeroizing<[u8; LENGTH]>);

/// A text is no recovery code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "A recovery code has 24 letters and digits in six groups, like 7K2M-Q9XD-4TRB-0HWE-8ZVN-C3JP. Type one that is \
     not crossed out on your sheet."
)]
pub struct NotACode;

/// Makes the codes of a sheet.
pub fn sheet(random: &[u8; RANDOM]) -> Vec<Code> {
    random.chunks_exact(BYTES).map(code).collect()
}

fn code(bytes: &[u8]) -> Code {
    let mut text = Zeroizing::new([0; LENGTH]);
    for (digits, bytes) in text.chunks_exact_mut(8).zip(bytes.chunks_exact(5)) {
        let word = bytes.iter().fold(0_u64, |word, byte| word << 8 | u64::from(*byte));
        for (place, digit) in digits.iter_mut().enumerate() {
            *digit = ALPHABET[((word >> (35 - 5 * place)) & 31) as usize];
        }
    }
    Code(text)
}

impl Code {
    /// Reads what was typed: any case, with or without dashes and spaces; O counts as 0, I and L as 1.
    pub fn typed(text: &str) -> Result<Self, NotACode> {
        if text.len() > LONGEST_TYPED {
            return Err(NotACode);
        }
        let mut code = Zeroizing::new([0; LENGTH]);
        let mut length = 0;
        for c in text
            .chars()
            .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '\u{2010}'..='\u{2015}'))
        {
            let digit = match c.to_ascii_uppercase() {
                'O' => b'0',
                'I' | 'L' => b'1',
                c => u8::try_from(c).map_err(|_| NotACode)?,
            };
            if !ALPHABET.contains(&digit) {
                return Err(NotACode);
            }
            *code.get_mut(length).ok_or(NotACode)? = digit;
            length += 1;
        }
        if length == LENGTH { Ok(Self(code)) } else { Err(NotACode) }
    }

    /// As it is printed, in six groups.
    pub fn shown(&self) -> SecretText {
        let mut text = String::with_capacity(LENGTH + LENGTH / GROUP);
        for (place, digit) in self.0.iter().enumerate() {
            if place > 0 && place % GROUP == 0 {
                text.push('-');
            }
            text.push(char::from(*digit));
        }
        SecretText::new(text)
    }

    /// What is kept of it.
    pub fn digest(&self) -> Digest {
        let mut hash = Hasher::default();
        hash.update(b"aftercare recovery code\0");
        hash.update(self.0.as_slice());
        hash.finish()
    }

    /// Which of the kept digests is this code's. The caller strikes it out in the transaction that
    /// signs in; every one is compared, whatever comes out.
    pub fn find(&self, kept: &[Digest]) -> Option<Digest> {
        let own = self.digest();
        kept.iter().fold(None, |found, digest| {
            if bool::from(digest.as_bytes().ct_eq(own.as_bytes())) { Some(*digest) } else { found }
        })
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Code(not shown)")
    }
}
