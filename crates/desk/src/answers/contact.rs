//! Persons to be told.

use super::ConsigneeRef;
use aftercare_vocab::{
    id::{ContactId, SiteId},
    instant::Instant,
};
use serde::Serialize;
use std::fmt;
use utoipa::ToSchema;

/// A person to be told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Contact {
    /// The contact.
    #[schema(value_type = String)]
    pub id: ContactId,
    /// How many ledger entries there are about it: what a change of it names as seen (`If-Match`).
    pub entity_version: u64,
    /// Whose contact it is.
    pub consignee: ConsigneeRef,
    /// The site it is for; none = the whole consignee.
    pub site: Option<ContactSite>,
    /// Who it is, or that this was erased.
    pub who: Who,
    /// Since when the record says so.
    #[schema(value_type = String)]
    pub since: Instant,
}

/// The site a contact is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ContactSite {
    /// The site.
    #[schema(value_type = String)]
    pub id: SiteId,
    /// Its name.
    pub name: String,
}

/// Who a contact is.
#[derive(Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Who {
    /// A person.
    Person {
        /// Name.
        name: String,
        /// What they do.
        function: Option<String>,
        /// Mail address.
        email: Option<String>,
        /// Telephone number as written.
        phone: Option<String>,
    },
    /// Erased for ever.
    Erased(Erased),
    /// This record is a twin: texts about persons stay with the original.
    NotInTwin,
}

/// When and by whom personal data were erased.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Erased {
    /// When.
    #[schema(value_type = String)]
    pub at: Instant,
    /// Who did it.
    pub by: String,
    /// In which role.
    pub role: String,
}

/// Says nothing of a person, so that no log line can.
impl fmt::Debug for Who {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Person { .. } => f.write_str("Person(..)"),
            Self::Erased(erased) => erased.fmt(f),
            Self::NotInTwin => f.write_str("NotInTwin"),
        }
    }
}
