//! Which new passwords are taken.

use super::{Password, breach};
use std::io::{Read, Seek};

/// What an account is proven with beside the password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// Nothing: the password is the only factor.
    Alone,
    /// A code of an app or a passkey is asked for at every sign-in.
    WithSecondFactor,
}

/// The limits that new passwords are held to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    /// Least characters (Unicode code points) where the password is the only factor.
    pub shortest_alone: usize,
    /// Least characters where a second factor is always asked for.
    pub shortest_with_second_factor: usize,
    /// A password that is expected to be found within 10 to the power of this many guesses is refused.
    pub guesses_log10: u8,
}

impl Default for Rules {
    /// SP 800-63B-4 section 3.1.1.2 demands 15 characters of a password that is the only factor and 8
    /// of one that is not; 12 is our own floor for the second. 10^10 guesses is the strongest of the
    /// classes of zxcvbn (Wheeler, USENIX Security 2016): out of reach also for somebody who has the hashes.
    fn default() -> Self {
        Self { shortest_alone: 15, shortest_with_second_factor: 12, guesses_log10: 10 }
    }
}

/// What stands against a new password, in words for the person who chose it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Objection {
    /// Too few characters.
    #[error(
        "The password has {has} characters; at least {wanted} are needed. Several unrelated words are long and \
         easy to keep in mind."
    )]
    Short {
        /// Characters it has.
        has: usize,
        /// Characters that are needed.
        wanted: usize,
    },
    /// It is a name or word that others connect with the account, perhaps with a few characters more.
    #[error(
        "The password is built from `{0}`, which others know too. Choose one that has nothing to do with you, \
         your company or this program."
    )]
    Expected(String),
    /// Others would soon guess it.
    #[error("The password would soon be guessed: {0} Choose several unrelated words.")]
    Guessable(String),
    /// It stands in the list of leaked passwords.
    #[error(
        "The password stands in the list of leaked passwords ({0} times), so it is tried first. Choose another, \
         and change it wherever else you use it."
    )]
    Leaked(u64),
}

impl Rules {
    /// Least characters of a password that is proven in this way.
    pub fn shortest(&self, proof: Proof) -> usize {
        match proof {
            Proof::Alone => self.shortest_alone,
            Proof::WithSecondFactor => self.shortest_with_second_factor,
        }
    }

    /// Everything that stands against `password`; it may be used when nothing does.
    ///
    /// `known`: what others connect with the account: login, name, product, manufacturer, this
    /// program. They are looked for as wholes and word by word.
    pub fn objections(&self, password: &Password, known: &[&str], proof: Proof) -> Vec<Objection> {
        let text = password.text();
        let mut objections = Vec::new();
        let (has, wanted) = (text.chars().count(), self.shortest(proof));
        if has < wanted {
            objections.push(Objection::Short { has, wanted });
        }
        let words = words(known);
        let expected = words.iter().find(|word| self.leans_on(text, word));
        if let Some(word) = expected {
            objections.push(Objection::Expected(word.clone()));
        }
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let judged = zxcvbn::zxcvbn(text, &words);
        if expected.is_none() && judged.guesses_log10() < f64::from(self.guesses_log10) {
            let warning = judged.feedback().and_then(|feedback| feedback.warning());
            let why = warning.map_or_else(
                || "it is too short or too regular.".to_owned(),
                |warning| format!("{warning}"),
            );
            objections.push(Objection::Guessable(why));
        }
        objections
    }

    /// As [`Self::objections`], and looks into a list of leaked passwords.
    pub fn objections_with<R: Read + Seek>(
        &self,
        password: &Password,
        known: &[&str],
        proof: Proof,
        leaked: &mut breach::File<R>,
    ) -> Result<Vec<Objection>, breach::Unreadable> {
        let mut objections = self.objections(password, known, proof);
        if let Some(times) = leaked.times(password)? {
            objections.push(Objection::Leaked(times));
        }
        Ok(objections)
    }

    /// Whether little is left to guess of `text` once `word` is known: what remains without it is
    /// shorter than the word or than half of what a password needs.
    fn leans_on(&self, text: &str, word: &str) -> bool {
        let lower = text.to_lowercase();
        let rest = lower.replace(word, "");
        rest.len() < lower.len()
            && rest.chars().count() * 2 < self.shortest_with_second_factor.max(word.chars().count())
    }
}

/// Shortest word of a name that is looked for: shorter ones stand in any text.
const SHORTEST_WORD: usize = 4;

/// The known texts in lower case, and their words.
fn words(known: &[&str]) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for text in known {
        let text = text.to_lowercase();
        let parts = text.split(|c: char| !c.is_alphanumeric());
        for part in std::iter::once(text.as_str()).chain(parts) {
            if part.chars().count() >= SHORTEST_WORD && !words.iter().any(|word| word == part) {
                words.push(part.to_owned());
            }
        }
    }
    // The longest first: it is named in the objection.
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    words
}
