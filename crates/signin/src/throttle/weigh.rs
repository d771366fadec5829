//! An attempt as a whole: from its places to one verdict.

use super::{Decision, Limit, Throttle};
use aftercare_vocab::instant::Instant;

/// Failures of an account from unknown browsers after which a password alone no longer suffices there.
pub const GUARDED_AFTER: u32 = 100;

/// The states that an attempt meets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attempt {
    /// In a browser in which this account signed in before.
    Known {
        /// The state of that browser.
        device: Throttle,
    },
    /// In any other.
    Unknown {
        /// The account from this network.
        pair: Throttle,
        /// This network.
        source: Throttle,
        /// The account from all unknown browsers.
        account: Throttle,
    },
}

/// What becomes of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It may be tried, after `counted` was kept.
    Try {
        /// The attempt, counted.
        counted: Counted,
        /// Whether a right password without a second factor signs in. Where it does not, the
        /// answer is that of a wrong password: a guesser learns nothing.
        password_suffices: bool,
    },
    /// Not before this instant; the password is not looked at.
    Wait(Instant),
}

/// An attempt that was counted: the states to keep before it is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counted(pub Attempt);

impl Counted {
    /// The states to keep once the person has signed in completely. The network only gets its attempt
    /// back: else an account of one's own would wash away one's guesses at others.
    pub fn succeeded(self) -> Attempt {
        match self.0 {
            Attempt::Known { .. } => Attempt::Known { device: Throttle::default() },
            Attempt::Unknown { source, .. } => Attempt::Unknown {
                pair: Throttle::default(),
                source: source.given_back(),
                account: Throttle::default(),
            },
        }
    }
}

/// Weighs an attempt with a password.
pub fn weigh(attempt: &Attempt, now: Instant) -> Verdict {
    match attempt {
        Attempt::Known { device } => match device.decide(&Limit::DEVICE, now) {
            Decision::Wait(until) => Verdict::Wait(until),
            Decision::Allowed(device) => Verdict::Try {
                counted: Counted(Attempt::Known { device }),
                password_suffices: true,
            },
        },
        Attempt::Unknown { pair, source, account } => {
            let password_suffices = account.failures(&Limit::ACCOUNT, now) < GUARDED_AFTER;
            match (
                pair.decide(&Limit::PAIR, now),
                source.decide(&Limit::SOURCE, now),
                account.decide(&Limit::ACCOUNT, now),
            ) {
                (
                    Decision::Allowed(pair),
                    Decision::Allowed(source),
                    Decision::Allowed(account),
                ) => {
                    let counted = Counted(Attempt::Unknown { pair, source, account });
                    Verdict::Try { counted, password_suffices }
                }
                (pair, source, account) => Verdict::Wait(
                    [pair, source, account]
                        .into_iter()
                        .filter_map(|decision| match decision {
                            Decision::Wait(until) => Some(until),
                            Decision::Allowed(_) => None,
                        })
                        .max()
                        .unwrap_or(now),
                ),
            }
        }
    }
}

/// Weighs a code of the second factor, typed after the right password: in a known browser by that
/// browser's own state, elsewhere by the account's state for codes.
pub fn weigh_code(state: &Throttle, known_device: bool, now: Instant) -> Decision {
    state.decide(if known_device { &Limit::DEVICE } else { &Limit::CODE }, now)
}
