//! The provider's keys, kept between sign-ins and fetched again when a token names one that is new.

use super::{
    Fetch, Provider, Refused, Request,
    jws::{Jwk, Opened, Sealed},
    provider::document,
};
use aftercare_vocab::instant::Instant;
use serde::Deserialize;

/// A forged token with an unknown key must not make us ask the provider again and again: at most once
/// in this time, in microseconds.
pub const FETCHED_AT_MOST_EVERY: i64 = 60_000_000;
/// Keys are fetched again after this time, so that one that was withdrawn is not believed for ever.
pub const KEPT_AT_MOST: i64 = 24 * 3_600_000_000;
/// Most keys that are looked at.
const MOST: usize = 100;

/// The keys of one provider. The default: none yet.
#[derive(Debug, Clone, Default)]
pub struct Keys {
    keys: Vec<Jwk>,
    fetched: Option<Instant>,
}

#[derive(Deserialize)]
struct KeySet {
    /// Keys of a kind that we cannot read are passed over (RFC 7517 section 5).
    keys: Vec<serde_json::Value>,
}

impl Keys {
    /// Lets the next sign-in fetch the keys: when an operator says that the provider changed them.
    pub fn forget(&mut self) {
        *self = Self::default();
    }

    /// Checks a token's signature with the key it names; fetches the keys where that one is not there.
    pub(super) fn opened(
        &mut self,
        token: &str,
        provider: &Provider,
        fetch: &dyn Fetch,
        now: Instant,
    ) -> Result<Opened, Refused> {
        let token = Sealed::read(token)?;
        let age = self.fetched.map(|at| now.micros().saturating_sub(at.micros()));
        let may_ask = age.is_none_or(|age| !(0..FETCHED_AT_MOST_EVERY).contains(&age));
        let stale = age.is_none_or(|age| !(0..KEPT_AT_MOST).contains(&age));
        if stale || (may_ask && !self.keys.iter().any(|key| token.may_be_of(key))) {
            self.fetch(provider, fetch, now)?;
        }
        let candidates: Vec<&Jwk> = self.keys.iter().filter(|key| token.may_be_of(key)).collect();
        let mut outcome = Err(Refused::UnknownKey);
        for key in candidates {
            outcome = token.opened(key);
            if outcome.is_ok() {
                break;
            }
        }
        outcome
    }

    fn fetch(
        &mut self,
        provider: &Provider,
        fetch: &dyn Fetch,
        now: Instant,
    ) -> Result<(), Refused> {
        let url = &provider.jwks_uri;
        let set: KeySet = document(fetch, Request::Get { url }, url, "its keys")?;
        self.keys = set
            .keys
            .into_iter()
            .take(MOST)
            .filter_map(|key| serde_json::from_value(key).ok())
            .collect();
        self.fetched = Some(now);
        Ok(())
    }
}
