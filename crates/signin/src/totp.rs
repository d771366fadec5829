//! One-time codes of an authenticator app: RFC 6238 with SHA-1, six digits, 30 seconds, which is what
//! every app knows.
//!
//! The server's clock decides; a code is taken one step early or late (RFC 6238 section 5.2), and
//! never a second time: the caller keeps the step that [`Secret::accept`] answers and hands it in again.

use crate::secret::SecretText;
use aftercare_vocab::instant::Instant;
use data_encoding::BASE32_NOPAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use qrcodegen::{QrCode, QrCodeEcc};
use sha1::Sha1;
use std::fmt::{self, Write as _};
use subtle::{Choice, ConditionallySelectable as _, ConstantTimeEq as _};
use zeroize::Zeroizing;

/// Bytes of a secret (RFC 4226 section 4, R6 recommends 160 bits).
pub const SECRET: usize = 20;
/// Digits of a code.
const DIGITS: usize = 6;
/// Length of a step in microseconds.
const STEP: i64 = 30_000_000;
/// Steps that a code may be early or late.
const WINDOW: u64 = 1;
/// Most characters that are looked at, spaces included.
const LONGEST_TYPED: usize = 16;

/// What app and server share.
#[derive(Clone)]
pub struct Secret(Zeroizing<[u8; SECRET]>);

/// A step of 30 seconds since 1970, to be kept with the account so that no code counts twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Step(pub u64);

/// A code was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Not six digits.
    #[error("The code has six digits; type those that the app shows now.")]
    Form,
    /// Not the code of now, of the step before or after.
    #[error(
        "The code does not fit. Type the one that the app shows now; if it keeps failing, let the device set its \
         clock by the network."
    )]
    Wrong,
    /// The code was right but it, or a later one, was used before.
    #[error("The code was used before. Wait for the next one.")]
    Used,
}

impl Secret {
    /// Takes 20 random bytes.
    pub fn from_bytes(bytes: [u8; SECRET]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The bytes to keep, sealed.
    pub fn expose(&self) -> &[u8; SECRET] {
        &self.0
    }

    /// The secret as people type it into an app: 32 characters of base 32 (RFC 4648).
    pub fn typed(&self) -> SecretText {
        SecretText::new(BASE32_NOPAD.encode(self.0.as_slice()))
    }

    /// Reads a seed as [`Secret::typed`] wrote it, whatever its case and spaces.
    pub fn read(typed: &str) -> Option<Self> {
        let text: String = typed.chars().filter(|c| !c.is_whitespace()).collect();
        let bytes = Zeroizing::new(BASE32_NOPAD.decode(text.to_uppercase().as_bytes()).ok()?);
        bytes.as_slice().try_into().ok().map(Self::from_bytes)
    }

    /// The `otpauth:` address that apps read from a picture (Key Uri Format of Google Authenticator).
    ///
    /// `issuer`: the installation; `account`: the login. Both are shown in the app.
    pub fn uri(&self, issuer: &str, account: &str) -> SecretText {
        let (issuer, account) = (percent(issuer), percent(account));
        let secret = self.typed();
        SecretText::new(format!(
            "otpauth://totp/{issuer}:{account}?secret={}&issuer={issuer}&algorithm=SHA1&digits={DIGITS}&period=30",
            secret.expose()
        ))
    }

    /// Whether `typed` is the code of now and was not used. Answers the step that is now used up.
    pub fn accept(&self, typed: &str, now: Instant, last: Option<Step>) -> Result<Step, Refused> {
        let typed = digits(typed).ok_or(Refused::Form)?;
        let current = (now.micros().max(0) / STEP) as u64;
        // Every step is compared, whatever comes out: how long it takes tells nothing.
        let mut matched = Choice::from(0);
        let mut step = 0;
        for candidate in current.saturating_sub(WINDOW)..=current + WINDOW {
            let same = self.code(candidate).ct_eq(&typed);
            step.conditional_assign(&candidate, same);
            matched |= same;
        }
        if !bool::from(matched) {
            return Err(Refused::Wrong);
        }
        if last.is_some_and(|last| step <= last.0) {
            return Err(Refused::Used);
        }
        Ok(Step(step))
    }

    /// The code of a step, as digits (RFC 4226 section 5.3).
    fn code(&self, step: u64) -> [u8; DIGITS] {
        let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(self.0.as_slice()) else {
            unreachable!("HMAC takes keys of any length")
        };
        mac.update(&step.to_be_bytes());
        let hash = mac.finalize().into_bytes();
        let at = usize::from(hash[19] & 15);
        let word = u32::from_be_bytes([hash[at] & 0x7f, hash[at + 1], hash[at + 2], hash[at + 3]]);
        let mut rest = word % 10_u32.pow(DIGITS as u32);
        let mut code = [0; DIGITS];
        for digit in code.iter_mut().rev() {
            *digit = b'0' + (rest % 10) as u8;
            rest /= 10;
        }
        code
    }

    /// The code that an app shows at this instant: for tests of what asks for one.
    pub fn shown_at(&self, at: Instant) -> String {
        let code = self.code((at.micros().max(0) / STEP) as u64);
        code.iter().map(|digit| char::from(*digit)).collect()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(not shown)")
    }
}

/// The six digits of what was typed, spaces between them left out.
fn digits(typed: &str) -> Option<[u8; DIGITS]> {
    if typed.len() > LONGEST_TYPED {
        return None;
    }
    let typed: Vec<u8> = typed.bytes().filter(|byte| *byte != b' ').collect();
    let digits = <[u8; DIGITS]>::try_from(typed).ok()?;
    digits.iter().all(u8::is_ascii_digit).then_some(digits)
}

fn percent(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

/// Light modules around a QR code (ISO/IEC 18004 section 6.3.8).
const QUIET: i32 = 4;

/// A picture of `text` for a camera: SVG with attributes only, no style and no script, so that the
/// strictest policy shows it. `label` names it to people who do not see it. `None` when the text is too
/// long for a QR code of medium correction (2,331 bytes).
pub fn picture(text: &SecretText, label: &str) -> Option<SecretText> {
    let code = QrCode::encode_text(text.expose(), QrCodeEcc::Medium).ok()?;
    let size = code.size() + 2 * QUIET;
    let mut path = String::new();
    for y in 0..code.size() {
        for x in (0..code.size()).filter(|x| code.get_module(*x, y)) {
            let _ = write!(path, "M{},{}h1v1h-1z", x + QUIET, y + QUIET);
        }
    }
    let label = label.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;");
    Some(SecretText::new(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {size} {size}\" role=\"img\" aria-label=\"{label}\" \
         shape-rendering=\"crispEdges\"><rect width=\"{size}\" height=\"{size}\" fill=\"#fff\"/><path fill=\"#000\" \
         d=\"{path}\"/></svg>"
    )))
}
