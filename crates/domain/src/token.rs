//! API tokens: keys by which a program acts for a person, with a scope and an end.
//!
//! The entry holds the SHA-256 of the token. That is no secret: the token has 256 bits of chance, so
//! nobody finds it from its digest, and whoever reads the ledger can see which tokens there were.

use crate::{
    access::Right, event::Event, operation::Operation, refusal::Refusal, roster::Roster, text,
};
use aftercare_vocab::{
    digest::Digest,
    id::{PersonId, TokenId},
    instant::Instant,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Longest life of a token, in days. Proposed.
pub const TOKEN_DAYS: i64 = 366;
/// Most tokens of one person at a time.
pub const TOKENS_LIMIT: usize = 50;
const DAY_MICROS: i64 = 86_400_000_000;

/// A token was issued.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TokenIssued {
    /// The token.
    pub token: TokenId,
    /// For whom it acts.
    pub person: PersonId,
    /// What it is for: `Nightly SBOM upload`.
    pub name: String,
    /// The rights it may use, of those that its person has.
    pub scope: BTreeSet<Right>,
    /// When it ends.
    pub until: Instant,
    /// SHA-256 of its text.
    pub digest: Digest,
}

/// A token does not work any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TokenRevoked {
    /// The token.
    pub token: TokenId,
}

/// Issues a token to the person who asks. Its scope lies within their rights; it never signs.
pub fn issue(roster: &Roster, wish: TokenIssued, op: &Operation) -> Result<Vec<Event>, Refusal> {
    roster.active(wish.person)?;
    let name = text::line("name of the token", &wish.name, text::NAME_LIMIT)?;
    let held = roster.rights(wish.person);
    if wish.scope.is_empty() {
        return Err(Refusal::new(
            "scope_empty",
            "The token may do nothing.",
            "Choose at least one right.",
        ));
    }
    if let Some(beyond) = wish.scope.iter().find(|right| !held.contains(right)) {
        return Err(Refusal::new(
            "scope_beyond",
            format!("You do not have the right to {}, so the token cannot have it.", beyond.what()),
            "Leave it out.",
        ));
    }
    let longest = op.at.plus_micros(TOKEN_DAYS * DAY_MICROS);
    if wish.until <= op.at || wish.until > longest {
        return Err(Refusal::new(
            "token_end",
            format!("A token ends between now and {}.", longest.shown()),
            "Choose a day in between.",
        ));
    }
    if roster.tokens_of(wish.person).count() >= TOKENS_LIMIT {
        return Err(Refusal::new(
            "too_many_tokens",
            format!("You have {TOKENS_LIMIT} tokens already."),
            "Revoke one first.",
        ));
    }
    Ok(vec![TokenIssued { name, ..wish }.into()])
}

/// Revokes all tokens of a person that have not ended: whoever had one of the credentials from before could
/// have issued them.
pub fn revoke_all(roster: &Roster, person: PersonId, op: &Operation) -> Vec<Event> {
    let live = roster.tokens_of(person).filter(|token| op.at < token.until);
    live.map(|token| TokenRevoked { token: token.id }.into()).collect()
}

/// Revokes a token.
pub fn revoke(roster: &Roster, token: TokenId, _: &Operation) -> Result<Vec<Event>, Refusal> {
    match roster.token(token) {
        None => Err(Refusal::unknown("token", token)),
        Some(known) if known.revoked => Ok(Vec::new()),
        Some(_) => Ok(vec![TokenRevoked { token }.into()]),
    }
}
