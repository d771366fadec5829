//! The persons to be told, on the page of a consignee: who they are, and the forms to add, change and
//! erase them. Plain forms; they work without script.

use super::{
    components::{Column, Row, absent, empty, foreign, foreign_or, pager, table},
    form::Sending,
    frame::Frame,
};
use crate::{
    link::Links,
    text::{counted, editable, visible},
};
use aftercare_desk::answers::{ConsigneeSheet, Contact, Page, Who};
use aftercare_domain::access::Right;
use maud::{Markup, html};

/// The contacts of a consignee as the page shows them.
#[derive(Debug)]
pub struct Contacts<'a> {
    /// This page of them.
    pub page: &'a Page<Contact>,
    /// The cursor it starts at; empty on the first.
    pub after: &'a str,
    /// Names this drawing of the page: a form that is sent twice is carried out once.
    pub key: Sending<'a>,
}

/// The section with everything about contacts.
pub fn section(frame: &Frame<'_>, sheet: &ConsigneeSheet, contacts: &Contacts<'_>) -> Markup {
    let to = frame.to;
    let may = May { keep: frame.may(Right::KeepContacts), erase: frame.may(Right::EraseText) };
    let address = |after: &str| to.consignee_contacts(sheet.id, after);
    let page = contacts.page;
    let columns = [
        Column::text("Person"),
        Column::text("For"),
        Column::text("Mail"),
        Column::text("Telephone"),
        Column::text("Change"),
    ];
    let rows: Vec<Row> =
        page.items.iter().map(|contact| row(to, contact, contacts.key, may)).collect();
    html! {
        section #contacts {
            h2 { "Contacts" }
            p.hint {
                "Who is to be told. Kept encrypted, apart from the record; erasing destroys the key, which cannot be undone."
            }
            @if rows.is_empty() {
                (empty("No contact is recorded: nobody is known who could be told.", html! {
                    "Add one below, or through the " a href=(to.api()) { "API" } "."
                }))
            } @else {
                (table(html! { span.unseen { "Contacts of " (foreign(&sheet.name)) } }, &columns, &rows))
                (pager(rows.len(), page.total, "contacts", page.next.as_deref().map(address),
                    (!contacts.after.is_empty()).then(|| address(""))))
            }
            @if !to.is_past() && may.keep {
            details {
                summary { "Add a contact" }
                form.filter method="post" action=(to.contacts(sheet.id)) {
                    (hidden(contacts.key, None))
                    (fields("new", &Fields::default()))
                    @if !sheet.sites.items.is_empty() {
                        div.field {
                            label for="site-new" { "For" }
                            select #site-new name="site" {
                                option value="" { "The whole customer" }
                                @for site in &sheet.sites.items {
                                    option value=(site.id) { (visible(&site.name)) }
                                }
                            }
                        }
                    }
                    button type="submit" { "Add contact" }
                }
                @if sheet.sites.next.is_some() {
                    p.hint { "Only the sites of this page can be chosen; turn the page of sites for others ("
                        (counted(sheet.sites.total, "site", "sites")) " in all)." }
                }
            }
            }
        }
    }
}

/// What whoever looks may do with contacts.
#[derive(Clone, Copy)]
struct May {
    keep: bool,
    erase: bool,
}

fn row(to: &Links, contact: &Contact, key: Sending<'_>, may: May) -> Row {
    let place = html! {
        @match &contact.site {
            Some(site) => a href=(to.site(site.id)) { (foreign(&site.name)) },
            None => "The whole customer",
        }
    };
    match &contact.who {
        Who::Erased(erased) => vec![
            html! {
                span #(contact.id) { (absent("Erased")) }
                span.row-note { "on " (erased.at.shown()) " by " (foreign(&erased.by)) " (" (foreign(&erased.role)) ")" }
            },
            place,
            absent("Erased"),
            absent("Erased"),
            absent("Cannot be undone"),
        ],
        Who::NotInTwin => vec![
            html! { span #(contact.id) { (absent("Not in this twin")) } },
            place,
            absent("Not in this twin"),
            absent("Not in this twin"),
            if to.is_past() {
                absent("Only at the present")
            } else {
                forms(to, contact, &Fields::default(), key, may)
            },
        ],
        Who::Person { name, function, email, phone } => {
            let known = Fields {
                name,
                function: function.as_deref(),
                email: email.as_deref(),
                phone: phone.as_deref(),
            };
            vec![
                html! {
                    span #(contact.id) { (foreign(name)) }
                    @if let Some(function) = function { span.row-note { (foreign(function)) } }
                },
                place,
                foreign_or(email.as_deref(), "Not recorded"),
                foreign_or(phone.as_deref(), "Not recorded"),
                if to.is_past() {
                    absent("Only at the present")
                } else {
                    forms(to, contact, &known, key, may)
                },
            ]
        }
    }
}

/// What a form begins with.
#[derive(Default)]
struct Fields<'a> {
    name: &'a str,
    function: Option<&'a str>,
    email: Option<&'a str>,
    phone: Option<&'a str>,
}

fn forms(to: &Links, contact: &Contact, known: &Fields<'_>, key: Sending<'_>, may: May) -> Markup {
    let id = contact.id.to_string();
    let reason = format!("reason-{id}");
    html! {
        @if !may.keep && !may.erase { (absent("Not yours to change")) }
        @if may.keep { details {
            summary { "Change" }
            form.filter method="post" action=(to.contact(contact.id)) {
                (hidden(key, Some(contact)))
                (fields(&id, known))
                button type="submit" { "Save" }
            }
        } }
        @if may.erase { details {
            summary { "Erase" }
            form.filter method="post" action=(to.erasure(contact.id)) {
                (hidden(key, Some(contact)))
                div.field {
                    label for=(reason) { "Reason" }
                    input id=(reason) type="text" name="reason" required maxlength="4000";
                    span.hint { "Name no person: the reason stays for ever." }
                }
                button type="submit" { "Erase for ever" }
            }
        } }
    }
}

fn hidden(key: Sending<'_>, contact: Option<&Contact>) -> Markup {
    html! {
        (key.fields())
        @if let Some(contact) = contact {
            input type="hidden" name="consignee" value=(contact.consignee.id);
            input type="hidden" name="entity_version" value=(contact.entity_version);
        }
    }
}

fn fields(of: &str, known: &Fields<'_>) -> Markup {
    let field = |label: &str, name: &str, kind: &str, value: Option<&str>, limit: usize| {
        let id = format!("{name}-{of}");
        html! {
            div.field {
                label for=(id) { (label) }
                input id=(id) type=(kind) name=(name) value=(editable(value.unwrap_or_default()))
                    required[name == "name"] maxlength=(limit) autocomplete="off";
            }
        }
    };
    html! {
        (field("Name", "name", "text", Some(known.name), 200))
        (field("Function", "function", "text", known.function, 200))
        (field("Mail", "email", "email", known.email, 254))
        (field("Telephone", "phone", "tel", known.phone, 50))
    }
}
