//! How often may be guessed, without letting a guesser lock anybody out.
//!
//! Failures are counted at four places ([`Key`]): for each browser in which the account signed in
//! before (its device cookie, after OWASP's "device cookies"), for the account as seen from one network,
//! for one network, and for the account as seen from all unknown browsers together. Waits grow by doubling
//! and never end in a lock.
//!
//! What an outsider does moves only the last three. So the owner's own browser is always let try; another
//! network too. Beyond [`GUARDED_AFTER`] failures from unknown browsers (SP 800-63B-4 section 3.2.2
//! allows 100 in a row) a password that is right no longer suffices *alone* there: a second factor, a
//! passkey or a known browser has to come with it. The limit of this: an owner without all three waits for
//! a link of an administrator, or a day for each try.
//!
//! An attempt is counted *before* it is tried and given back when it succeeds: many at once cannot slip
//! through between look and count. The caller keeps the states of an attempt in one transaction.

mod weigh;

pub use weigh::{Attempt, Counted, GUARDED_AFTER, Verdict, weigh, weigh_code};

use aftercare_vocab::{
    digest::{Digest, Hasher},
    instant::Instant,
};
use core::net::IpAddr;
use serde::{Deserialize, Serialize};

/// Failures at one place, as they are kept. The default: none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Throttle {
    /// Attempts that were not given back.
    failures: u32,
    /// When the last was counted.
    last: Instant,
}

/// What a place bears.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// Failures after which the first wait begins.
    pub free: u32,
    /// The first wait in microseconds; it doubles with each failure.
    pub first_wait: i64,
    /// The longest wait in microseconds.
    pub longest_wait: i64,
    /// One failure is forgiven for each such time without an attempt, in microseconds.
    pub forgiven_after: i64,
}

const SECOND: i64 = 1_000_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;

impl Limit {
    /// A browser in which the account signed in before.
    pub const DEVICE: Self =
        Self { free: 10, first_wait: SECOND, longest_wait: 5 * MINUTE, forgiven_after: HOUR };
    /// An account from one network, in unknown browsers.
    pub const PAIR: Self =
        Self { free: 5, first_wait: SECOND, longest_wait: 15 * MINUTE, forgiven_after: HOUR };
    /// One network, whichever the account: a hospital behind one address must bear its typing errors.
    pub const SOURCE: Self =
        Self { free: 50, first_wait: SECOND, longest_wait: 15 * MINUTE, forgiven_after: MINUTE };
    /// An account from all unknown browsers. Never a wait: see [`GUARDED_AFTER`].
    pub const ACCOUNT: Self =
        Self { free: u32::MAX, first_wait: 0, longest_wait: 0, forgiven_after: 24 * HOUR };
    /// Codes of an account's second factor from unknown browsers: only who knows the password comes
    /// so far. Three of a million codes fit at any time, so a day of guessing (24 codes) finds one with a
    /// chance of 1 in 14,000.
    pub const CODE: Self =
        Self { free: 5, first_wait: 2 * SECOND, longest_wait: HOUR, forgiven_after: 2 * HOUR };

    fn wait(&self, failures: u32) -> i64 {
        let Some(beyond) = failures.checked_sub(self.free) else { return 0 };
        // 2^40 microseconds are 12 days: more is never asked for.
        self.first_wait.saturating_mul(1 << beyond.min(40)).min(self.longest_wait)
    }
}

/// What becomes of an attempt at one place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// It may be tried; it is counted in this state, which is kept before trying.
    Allowed(Throttle),
    /// Not before this instant.
    Wait(Instant),
}

impl Throttle {
    /// Failures that are not forgiven by now.
    pub fn failures(&self, limit: &Limit, now: Instant) -> u32 {
        let forgiven = self.age(now) / limit.forgiven_after.max(1);
        self.failures.saturating_sub(u32::try_from(forgiven).unwrap_or(u32::MAX))
    }

    /// Counts an attempt, or says when the next may be.
    pub fn decide(&self, limit: &Limit, now: Instant) -> Decision {
        let failures = self.failures(limit, now);
        let wait = limit.wait(failures);
        if self.age(now) < wait {
            // A clock that was set back must not lengthen a wait.
            return Decision::Wait(self.last.min(now).plus_micros(wait));
        }
        Decision::Allowed(Self { failures: failures.saturating_add(1), last: now })
    }

    /// Without the attempt counted last: it succeeded.
    #[must_use]
    pub fn given_back(&self) -> Self {
        Self { failures: self.failures.saturating_sub(1), ..*self }
    }

    /// Whether the state says nothing any more and need not be kept.
    pub fn is_forgotten(&self, limit: &Limit, now: Instant) -> bool {
        self.failures(limit, now) == 0
    }

    /// Microseconds since the last attempt; none where the clock was set back.
    fn age(&self, now: Instant) -> i64 {
        now.micros().saturating_sub(self.last.micros()).max(0)
    }
}

/// The network an attempt comes from: an IPv4 address, or the first 64 bits of an IPv6 address, since a
/// single customer has all addresses behind them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Source(IpAddr);

impl From<IpAddr> for Source {
    fn from(address: IpAddr) -> Self {
        Self(match address.to_canonical() {
            IpAddr::V6(address) => IpAddr::V6((address.to_bits() >> 64 << 64).into()),
            v4 @ IpAddr::V4(_) => v4,
        })
    }
}

/// A place where failures are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key<'a> {
    /// A known browser of an account: the digest of its device cookie, looked up for this account.
    Device(Digest),
    /// An account, as it was typed (also one that does not exist), from one network.
    Pair(&'a str, Source),
    /// One network.
    Source(Source),
    /// An account from all unknown browsers.
    Account(&'a str),
    /// The second factor of an account.
    Code(&'a str),
}

impl Key<'_> {
    /// Under what the state is kept. A digest: people type passwords into the field for the login, and
    /// addresses are personal data.
    pub fn digest(&self) -> Digest {
        let mut hash = Hasher::default();
        let mut add = |word: &str, account: &str, rest: &[u8]| {
            for part in [word.as_bytes(), account.as_bytes(), rest] {
                hash.update(&(part.len() as u64).to_be_bytes());
                hash.update(part);
            }
        };
        match self {
            Self::Device(digest) => add("device", "", digest.as_bytes()),
            Self::Pair(account, source) => add("pair", account, source.0.to_string().as_bytes()),
            Self::Source(source) => add("source", "", source.0.to_string().as_bytes()),
            Self::Account(account) => add("account", account, &[]),
            Self::Code(account) => add("code", account, &[]),
        }
        hash.finish()
    }
}
