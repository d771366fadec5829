//! How people sign in, as a list of threats: each test is named after what an attacker tries, or
//! after what an honest person must be able to do.

#![allow(clippy::expect_used, reason = "helpers of tests stand outside #[test] functions")]
#![allow(clippy::print_stderr, reason = "a test that could not run says so")]

mod oidc;
mod passkey;
mod passwords;
mod recovery;
mod secrets;
mod throttle;
mod tokens;
mod totp;

use aftercare_vocab::instant::Instant;

/// 2026-11-25T12:00:00Z and some seconds.
fn noon_plus(seconds: i64) -> Instant {
    Instant::from_micros((1_795_608_000 + seconds) * 1_000_000)
}
