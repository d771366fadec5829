//! What a form carries so that no other site can send it in a person's name (OWASP Cross-Site Request
//! Forgery Prevention Cheat Sheet, HMAC-based token).
//!
//! HMAC-SHA-256 under the session's secret, which only the browser's cookie has: nothing is kept for it,
//! a new session has a new one, and a stolen table makes none. Answers are compressed, so the text is another
//! each time (a random pad beside it): else a page that shows what was asked gives it away bit by bit
//! (the BREACH attack).

use super::{Bearer, SECRET};
use crate::secret::SecretText;
use data_encoding::BASE64URL_NOPAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

/// Random bytes of a pad.
pub const PAD: usize = SECRET;

/// The text for a form's hidden field, bound to a session (or, before anybody signed in, to a visit).
/// `pad`: random bytes, others for each page.
pub fn text(session: &Bearer, pad: &[u8; PAD]) -> SecretText {
    let mut both = Zeroizing::new([0; PAD + SECRET]);
    both[..PAD].copy_from_slice(pad);
    both[PAD..].copy_from_slice(mark(session).as_slice());
    mask(&mut both);
    SecretText::new(BASE64URL_NOPAD.encode(both.as_slice()))
}

/// Whether a form's text was made for this session.
pub fn belongs(text: &str, session: &Bearer) -> bool {
    let mut both = Zeroizing::new([0; PAD + SECRET]);
    if text.len() != BASE64URL_NOPAD.encode_len(PAD + SECRET)
        || BASE64URL_NOPAD.decode_mut(text.as_bytes(), both.as_mut_slice()).is_err()
    {
        return false;
    }
    mask(&mut both);
    both[PAD..].ct_eq(mark(session).as_slice()).into()
}

/// Adds the first half to the second, bit by bit; twice is not at all.
fn mask(both: &mut [u8; PAD + SECRET]) {
    let (pad, masked) = both.split_at_mut(PAD);
    for (byte, pad) in masked.iter_mut().zip(pad) {
        *byte ^= *pad;
    }
}

fn mark(session: &Bearer) -> Zeroizing<[u8; SECRET]> {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(session.0.as_slice()) else {
        unreachable!("HMAC takes keys of any length")
    };
    mac.update(b"aftercare csrf\0");
    Zeroizing::new(mac.finalize().into_bytes().into())
}
