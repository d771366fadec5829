//! The page of all workspaces, and refusals about one. They belong to no record: names and standing,
//! nothing of any content.

use super::{
    components::{Column, Row, code, foreign, head, prose, table},
    frame::plain,
};
use crate::{assets::Addresses, text::counted};
use aftercare_desk::answers::{MatchingStanding, Standing};
use maud::{Markup, html};
use serde_json::{Value, json};

/// One workspace.
#[derive(Debug, Clone)]
pub struct Workspace {
    /// Its name.
    pub name: String,
    /// The address of its first page.
    pub home: String,
    /// Whose record it is; none when it could not be opened.
    pub manufacturer: Option<String>,
    /// How it stands.
    pub said: Said,
}

/// How a workspace stands.
#[derive(Debug, Clone)]
pub enum Said {
    /// It answers.
    Standing(Box<Standing>),
    /// It is open, and whoever asks is not signed in to it.
    SignIn,
    /// It is open, but its standing could not be read, or not in time.
    Unread,
    /// It could not be opened, and why.
    Unavailable(String),
}

/// All workspaces.
pub fn page(assets: &Addresses, rows: &[Workspace]) -> Markup {
    let columns = [
        Column::text("Manufacturer"),
        Column::text("Workspace"),
        Column::text("Ledger"),
        Column::text("Standing"),
    ];
    let body = html! {
        (head(&[], html! { "Workspaces" }, html! {
            p { "Each is the record of one manufacturer, apart from all others." }
        }))
        (table(html! { span.unseen { "Workspaces with their standing" } }, &columns,
            &rows.iter().map(line).collect::<Vec<_>>()))
    };
    plain(assets, "Workspaces", body)
}

fn line(row: &Workspace) -> Row {
    let named = foreign(row.manufacturer.as_deref().unwrap_or(match row.said {
        Said::SignIn => row.name.as_str(),
        _ => "Not known",
    }));
    let unavailable = matches!(row.said, Said::Unavailable(_));
    vec![
        html! { @if unavailable { (named) } @else { a href=(row.home) { (named) } } },
        code(&row.name),
        match &row.said {
            Said::Standing(standing) => html! {
                (counted(standing.ledger.entries, "entry", "entries"))
                @if let Some(at) = standing.ledger.last_at {
                    span.row-note { "last " time datetime=(at) { (at.shown()) } }
                }
            },
            Said::SignIn => html! { "Not shown" },
            Said::Unread | Said::Unavailable(_) => html! { "Not known" },
        },
        match &row.said {
            Said::Standing(standing) => standing_of(standing),
            Said::SignIn => html! { "Sign in to see it." },
            Said::Unread => html! { "Its standing could not be read. Load the page again later." },
            Said::Unavailable(why) => html! { strong { "Not available: " } (prose(why)) },
        },
    ]
}

fn standing_of(standing: &Standing) -> Markup {
    html! {
        @match standing.matching {
            MatchingStanding::CaughtUp => "Matching is up to date",
            MatchingStanding::Behind { versions_waiting } => {
                "Matching is behind: " (counted(versions_waiting, "version waits", "versions wait"))
            },
            MatchingStanding::NoEdition => "No public knowledge yet",
        }
    }
}

/// The same for programs.
pub fn listed(rows: &[Workspace]) -> Value {
    let items: Vec<Value> = rows
        .iter()
        .map(|row| {
            let (available, why, standing) = match &row.said {
                Said::Standing(standing) => (true, None, Some(standing)),
                Said::SignIn => (true, Some("You are not signed in to it.".to_owned()), None),
                Said::Unread => (true, Some("Its standing could not be read.".to_owned()), None),
                Said::Unavailable(why) => (false, Some(why.clone()), None),
            };
            json!({
                "name": row.name,
                "manufacturer": row.manufacturer,
                "api": format!("{}api/v1", row.home),
                "available": available,
                "why": why,
                "ledger": standing.map(|standing| &standing.ledger),
                "matching": standing.map(|standing| &standing.matching),
            })
        })
        .collect();
    json!({ "items": items })
}

/// What is asked is not served.
pub fn refused(assets: &Addresses, what: &str, next: &str) -> Markup {
    let body = html! {
        (head(&[], html! { "Not available" }, html! { p { (prose(what)) } }))
        div.empty { p { (prose(next)) } }
    };
    plain(assets, "Not available", body)
}
