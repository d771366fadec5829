//! Contacts: the persons to be told at a consignee, or at one of its sites.

use crate::{
    event::Event,
    operation::Operation,
    refusal::Refusal,
    subject::{Sealed, SubjectFacts, still_there},
    text::{self, NAME_LIMIT},
};
use aftercare_vocab::{
    id::{ConsigneeId, ContactId, SiteId},
    problem::quoted,
};
use serde::{Deserialize, Serialize};

/// Longest mail address, in characters (RFC 5321 section 4.5.3.1.3).
pub const MAIL_LIMIT: usize = 254;
/// Longest telephone number as written, in characters.
pub const PHONE_LIMIT: usize = 50;

/// A contact was added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContactAdded {
    /// The new contact.
    pub contact: ContactId,
    /// Whose contact it is.
    pub consignee: ConsigneeId,
    /// The site it is for; `None` = the whole consignee.
    pub site: Option<SiteId>,
    /// Who it is: a [`Person`], sealed.
    pub person: Sealed,
}

/// What is known about a contact changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContactChanged {
    /// The contact.
    pub contact: ContactId,
    /// Who it is from now on: a [`Person`], sealed for the same subject.
    pub person: Sealed,
}

/// Who a contact is. Stands in sealed blobs only.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// Name.
    pub name: String,
    /// What they do: `Medical physics, on call`.
    pub function: Option<String>,
    /// Mail address.
    pub email: Option<String>,
    /// Telephone number as written.
    pub phone: Option<String>,
}

/// Says nothing, so that no log line can.
impl std::fmt::Debug for Person {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Person(..)")
    }
}

impl Person {
    /// With its texts in normal form. Refusals name the field and never repeat what it holds.
    pub fn checked(self) -> Result<Self, Refusal> {
        let line = |what: &'static str, given: Option<&str>, limit| {
            text::optional_line(what, given, limit)
                .map_err(|refusal| unquoted(what, refusal, limit))
        };
        let email = line("mail address", self.email.as_deref(), MAIL_LIMIT)?;
        let shaped = |mail: &String| {
            mail.rsplit_once('@').is_some_and(|(box_name, host)| {
                !box_name.is_empty() && !host.is_empty() && !mail.contains(char::is_whitespace)
            })
        };
        if !email.as_ref().is_none_or(shaped) {
            return Err(Refusal::new(
                "mail_unreadable",
                "The mail address is not of the form box@host.",
                "Correct it, or leave it out.",
            ));
        }
        Ok(Self {
            name: text::line("name", &self.name, NAME_LIMIT)
                .map_err(|refusal| unquoted("name", refusal, NAME_LIMIT))?,
            function: line("function", self.function.as_deref(), NAME_LIMIT)?,
            email,
            phone: line("telephone number", self.phone.as_deref(), PHONE_LIMIT)?,
        })
    }
}

fn unquoted(what: &str, refusal: Refusal, limit: usize) -> Refusal {
    let said = match refusal.code {
        "text_missing" => return refusal,
        "text_too_long" => format!("The {what} has more than {limit} characters."),
        _ => format!("The {what} holds a control or direction-changing character."),
    };
    Refusal { what: said, ..refusal }
}

/// What matters for adding a contact.
#[derive(Debug, Clone, Default)]
pub struct ContactPlaceFacts {
    /// The consignee, if the register knows it.
    pub consignee: Option<ConsigneeId>,
    /// The site and whose it is, if one is named and the register knows it.
    pub site: Option<(SiteId, ConsigneeId)>,
}

/// What matters for changing a contact.
#[derive(Debug, Clone, Default)]
pub struct ContactFacts {
    /// The contact, if the register knows it.
    pub contact: Option<ContactId>,
    /// Its subject.
    pub subject: SubjectFacts,
}

/// Adds a contact to a known consignee, or to a site of it.
pub fn add(
    facts: &ContactPlaceFacts,
    add: ContactAdded,
    _: &Operation,
) -> Result<Vec<Event>, Refusal> {
    if facts.consignee != Some(add.consignee) {
        return Err(Refusal::unknown("consignee", add.consignee));
    }
    if let Some(site) = add.site {
        match facts.site {
            Some((known, of)) if known == site && of == add.consignee => {}
            Some((known, _)) if known == site => {
                return Err(Refusal::new(
                    "site_elsewhere",
                    format!("{} is a site of another consignee.", quoted(&site.to_string())),
                    "Choose a site of this consignee, or none.",
                ));
            }
            _ => return Err(Refusal::unknown("site", site)),
        }
    }
    Ok(vec![add.into()])
}

/// Changes what is known about a contact that was not erased.
pub fn change(
    facts: &ContactFacts,
    change: ContactChanged,
    _: &Operation,
) -> Result<Vec<Event>, Refusal> {
    if facts.contact != Some(change.contact) {
        return Err(Refusal::unknown("contact", change.contact));
    }
    still_there(&facts.subject)?;
    if facts.subject.subject != Some(change.person.subject) {
        return Err(Refusal::new(
            "subject_elsewhere",
            "The text is sealed for another person.",
            "Seal it for the contact's own subject.",
        ));
    }
    Ok(vec![change.into()])
}
