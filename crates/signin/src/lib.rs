//! How a person proves who they are: the rules, without tables, pages, clock or chance.
//!
//! What is here: [`password`]s (which are taken, how they are kept), one-time codes of an app
//! ([`totp`]) and of a sheet of paper ([`recovery`]), single sign-on ([`oidc`]), the texts that stand for a signed-in person
//! ([`token`]), and how often may be guessed ([`throttle`]).
//!
//! What is not: who may do what (`domain`), where any of it is kept (`register`), cookies and
//! addresses (`web`). The instant and random bytes are arguments; a secret's `Debug` shows nothing, and
//! its memory is overwritten when it is dropped.
//!
//! To add a way to sign in: one module that cites its specification, tests named after the attack they
//! refuse, and a row in `docs/adr/0014-how-people-sign-in.md`.

pub mod oidc;
pub mod passkey;
pub mod password;
pub mod recovery;
pub mod secret;
pub mod throttle;
pub mod token;
pub mod totp;
