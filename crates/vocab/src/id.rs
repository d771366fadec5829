//! Typed identifiers: 16 bytes, time-ordered, shown with a prefix that names what they identify.
//!
//! The text form is the prefix, an underscore and 26 digits of Crockford base 32 (no I, L, O, U),
//! which sorts as the bytes do: `ver_01JDB6Q3W4N2C5R7T8V9X0YZAB`.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::{cmp::Ordering, fmt, hash, marker::PhantomData, str::FromStr};

const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// What an identifier identifies. Implemented only by the empty marker types of this module.
pub trait Kind {
    /// The prefix before the underscore.
    const PREFIX: &'static str;
}

/// An identifier of a `K`.
pub struct Id<K>([u8; 16], PhantomData<fn() -> K>);

/// The text is not an identifier of the wanted kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not an identifier like `{prefix}_...` with 26 digits")]
pub struct NotAnId {
    /// What was given.
    pub text: String,
    /// The prefix that was expected.
    pub prefix: &'static str,
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident, $name:ident = $prefix:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $kind {}
        impl Kind for $kind { const PREFIX: &'static str = $prefix; }
        $(#[$doc])*
        pub type $name = Id<$kind>;
    )*};
}

kinds! {
    /// A product family: devices that share a design.
    Family, FamilyId = "fam";
    /// A marketed product (model).
    Product, ProductId = "prd";
    /// A released version of a product: the unit of every assessment.
    ProductVersion, VersionId = "ver";
    /// A supplier of components.
    Supplier, SupplierId = "sup";
    /// A party that received devices and receives notices.
    Consignee, ConsigneeId = "csg";
    /// A place where devices stand.
    Site, SiteId = "sit";
    /// A single device.
    Unit, UnitId = "unt";
    /// A person to be told, at a consignee or one of its sites.
    Contact, ContactId = "con";
    /// A natural person whose text can be erased; says nothing about who it is.
    Subject, SubjectId = "sbj";
    /// Somebody who can sign in.
    Person, PersonId = "per";
    /// A role given to a person, for all product families or some.
    Grant, GrantId = "grt";
    /// A time in which a person is absent.
    Absence, AbsenceId = "abs";
    /// A right handed by its holder to another person for a time.
    Delegation, DelegationId = "dlg";
    /// A way for a person to show who they are: a password, a code generator, a passkey.
    Credential, CredentialId = "crd";
    /// A time in which a person is signed in.
    Session, SessionId = "ses";
    /// A key by which a program acts for a person.
    Token, TokenId = "tok";
    /// Identities that mean one product, as the maker says.
    Mapping, MappingId = "map";
    /// Something to be decided, with its signatures.
    Decision, DecisionId = "dec";
    /// An electronic signature.
    Signature, SignatureId = "sig";
    /// A policy, a procedure or a letter by which people are governed.
    Policy, PolicyId = "pol";
    /// A call for somebody on duty.
    Call, CallId = "cal";
    /// Something that suggests or confirms a vulnerability of a device.
    Signal, SignalId = "sgn";
    /// One vulnerability or shared weakness, from signal to closure.
    Case, CaseId = "case";
    /// A way to lessen a risk.
    Mitigation, MitigationId = "mit";
    /// What the maker tells about a case.
    Advisory, AdvisoryId = "adv";
    /// A letter to one consignee about an advisory.
    Notice, NoticeId = "ntc";
    /// One operation: a request, a command, a follower's step.
    OperationKind, OperationId = "op";
}

impl<K: Kind> Id<K> {
    /// Takes 16 bytes.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes, PhantomData)
    }

    /// The 16 bytes.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

/// A source of identifiers, made once with the operation at the rim and seeded there: the first 48
/// bits are the operation's milliseconds, the rest is the seed and a counter, so identifiers sort
/// by time and never repeat within an operation.
#[derive(Debug, Clone)]
pub struct IdSource {
    millis: u64,
    seed: u64,
    next: u16,
}

impl IdSource {
    /// A source for an operation at `at` with a `seed` that is unique among operations.
    pub fn new(at: crate::instant::Instant, seed: u64) -> Self {
        Self { millis: (at.micros().max(0) / 1000) as u64, seed, next: 0 }
    }

    /// The next identifier. After 65,536 the milliseconds move on, so none repeats.
    pub fn issue<K: Kind>(&mut self) -> Id<K> {
        let mut bytes = [0; 16];
        bytes[..6].copy_from_slice(&self.millis.to_be_bytes()[2..]);
        bytes[6..8].copy_from_slice(&self.next.to_be_bytes());
        bytes[8..].copy_from_slice(&self.seed.to_be_bytes());
        if let Some(next) = self.next.checked_add(1) {
            self.next = next;
        } else {
            (self.millis, self.next) = (self.millis + 1, 0);
        }
        Id::from_bytes(bytes)
    }
}

impl<K> Clone for Id<K> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<K> Copy for Id<K> {}
impl<K> PartialEq for Id<K> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}
impl<K> Eq for Id<K> {}
impl<K> PartialOrd for Id<K> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl<K> Ord for Id<K> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.cmp(&other.0)
    }
}
impl<K> hash::Hash for Id<K> {
    fn hash<H: hash::Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl<K: Kind> fmt::Display for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}_", K::PREFIX)?;
        let value = u128::from_be_bytes(self.0);
        for place in (0..26).rev() {
            let digit = (value >> (place * 5)) & 31;
            write!(f, "{}", char::from(DIGITS[digit as usize]))?;
        }
        Ok(())
    }
}

impl<K: Kind> fmt::Debug for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl<K: Kind> FromStr for Id<K> {
    type Err = NotAnId;

    fn from_str(text: &str) -> Result<Self, NotAnId> {
        let refuse = || NotAnId { text: text.to_owned(), prefix: K::PREFIX };
        let digits = text
            .strip_prefix(K::PREFIX)
            .and_then(|rest| rest.strip_prefix('_'))
            .filter(|digits| digits.len() == 26)
            .ok_or_else(refuse)?;
        let mut value: u128 = 0;
        for (place, digit) in digits.bytes().enumerate() {
            let upper = digit.to_ascii_uppercase();
            let found = DIGITS.iter().position(|d| *d == upper).ok_or_else(refuse)?;
            if place == 0 && found > 7 {
                return Err(refuse()); // 26 digits hold 130 bits; the first two must be zero
            }
            value = value << 5 | found as u128;
        }
        Ok(Self::from_bytes(value.to_be_bytes()))
    }
}

impl<K: Kind> Serialize for Id<K> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de, K: Kind> Deserialize<'de> for Id<K> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::instant::Instant;

    #[test]
    fn text_and_bytes_are_the_same_identifier() {
        let mut ids =
            IdSource::new(Instant::from_micros(1_795_000_000_000_000), 0x1234_5678_9abc_def0);
        let (first, second): (VersionId, VersionId) = (ids.issue(), ids.issue());
        assert!(first < second && first.to_string() < second.to_string());
        assert_eq!(first.to_string().parse(), Ok(first));
        assert_eq!(first.to_string().to_lowercase().replace("VER", "ver").parse(), Ok(first));
    }

    #[test]
    fn an_identifier_of_another_kind_is_refused() {
        let site: SiteId = IdSource::new(Instant::from_micros(0), 1).issue();
        assert!(site.to_string().parse::<UnitId>().is_err());
        assert!("sit_".parse::<SiteId>().is_err());
        assert!("sit_Z0000000000000000000000000".parse::<SiteId>().is_err(), "more than 128 bits");
    }

    #[test]
    fn more_than_65536_identifiers_stay_distinct_and_ordered() {
        let mut ids = IdSource::new(Instant::from_micros(5_000), 7);
        let mut last: UnitId = ids.issue();
        for _ in 0..70_000 {
            let next = ids.issue();
            assert!(last < next);
            last = next;
        }
    }
}
