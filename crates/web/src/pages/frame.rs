//! What surrounds every page: skip link, header with the ask box, banner, notices, footer with the
//! standing of record and knowledge.

use super::{
    form::Sending,
    icons::{Icon, icon, logo},
    moment,
};
use crate::{
    assets::Addresses,
    link::{Here, Links, WORKSPACES},
    text::{age, counted, visible},
};
use aftercare_desk::{
    Viewer, WAITING_LIMIT,
    answers::{AsOf, CallRow, EditionStanding, MatchingStanding, Standing},
};
use aftercare_domain::access::Right;
use aftercare_vocab::instant::Instant;
use maud::{DOCTYPE, Markup, html};

/// Most calls that the banner names.
const CALLS_SHOWN: usize = 3;

/// Everything a page needs beside its own answer.
#[derive(Debug, Clone)]
pub struct Frame<'a> {
    /// Where style, script and logo are.
    pub assets: &'a Addresses,
    /// Who asks; none while nobody is signed in.
    pub viewer: Option<&'a Viewer>,
    /// What forms carry against other sites.
    pub mark: String,
    /// Whether whoever asks may prove themselves by a passkey on this page.
    pub passkey: bool,
    /// What people call the sign-in provider, where there is one.
    pub provider: Option<&'a str>,
    /// Whose record it is, where the installation holds more than one.
    pub whose: Option<&'a str>,
    /// Where record and knowledge stand; none when that could not be read, which the page says.
    pub standing: Option<&'a Standing>,
    /// The addresses to link to: they keep the record and the moment of this page.
    pub to: &'a Links,
    /// This page itself, for opening it at another moment.
    pub here: &'a Here,
    /// The text to keep in the ask box of the header.
    pub question: &'a str,
    /// What is unusual about the record shown.
    pub banners: Vec<Banner>,
    /// How many decisions wait for whoever asks; none where that was not counted.
    pub waiting: Option<usize>,
}

/// What is unusual about the record shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Banner {
    /// The record as of an earlier moment, for reading only.
    AsOf(AsOf),
    /// A copy for exercises.
    Twin {
        /// Its name.
        name: String,
        /// The instant of the last entry of the original that it begins with; none without entries.
        as_of: Option<Instant>,
        /// Why it was forked, where that was said.
        reason: Option<String>,
    },
    /// Calls that wait for whoever asks.
    Calls(Vec<CallRow>),
}

impl Frame<'_> {
    /// The name of the twin whose page it is.
    fn twin(&self) -> Option<&str> {
        self.banners.iter().find_map(|banner| match banner {
            Banner::Twin { name, .. } => Some(name.as_str()),
            Banner::AsOf(_) | Banner::Calls(_) => None,
        })
    }

    /// The hidden field that says a form is of this session.
    pub fn marked(&self) -> Markup {
        html! { @if !self.mark.is_empty() { input type="hidden" name="mark" value=(self.mark); } }
    }

    /// The hidden fields of forms on this drawing of the page.
    pub fn sending<'a>(&'a self, key: &'a str) -> Sending<'a> {
        Sending { key, mark: &self.mark }
    }

    /// Whether whoever asks has a right.
    pub fn may(&self, right: Right) -> bool {
        self.viewer.is_some_and(|viewer| viewer.may(right))
    }

    /// Whether the page tells of a part of the record to somebody who could take it for the whole.
    fn part_seen(&self) -> bool {
        self.viewer.is_some_and(|viewer| viewer.may(Right::SeeRecord) && !viewer.sight.is_all())
    }

    /// Whether it is a page of a twin.
    pub fn is_twin(&self) -> bool {
        self.twin().is_some()
    }
}

/// Where a page belongs in the main navigation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Room {
    /// The ask page, which has its own large ask box.
    Ask,
    /// Products and versions.
    Products,
    /// What changed between two moments.
    Changes,
    /// The queue of signals.
    Signals,
    /// Cases and clocks.
    Cases,
    /// Decisions and the rights to them.
    Decisions,
    /// People, their roles, the security record.
    People,
    /// One's own account.
    Account,
    /// None of the places of the navigation.
    Elsewhere,
}

/// A whole document: `title` is plain text, `body` starts with the page's one `h1`.
pub fn document(frame: &Frame<'_>, title: &str, room: Room, body: Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            (about(frame.assets, &titled(frame, title)))
            body.twin[frame.is_twin()] {
                (hatch())
                a.skip href="#main" { "Skip to content" }
                (header(frame, room))
                @let (calls, which): (Vec<_>, Vec<_>) =
                    frame.banners.iter().partition(|banner| matches!(banner, Banner::Calls(_)));
                @if !calls.is_empty() {
                    aside aria-label="Calls that wait for you" {
                        @for banner in calls { (banner_strip(frame, banner)) }
                    }
                }
                @if !which.is_empty() {
                    aside aria-label="Which record this is" {
                        @for banner in which { (banner_strip(frame, banner)) }
                    }
                }
                @if frame.part_seen() { aside aria-label="What you see" { (part_seen()) } }
                @if let Some(standing) = frame.standing { aside aria-label="Notices" { (notices(standing)) } }
                main #main tabindex="-1" { (body) }
                @if frame.may(Right::SeeRecord) { (footer(frame)) }
            }
        }
    }
}

/// The title, with the twin before it: so that a tab or a printed page tells.
fn titled(frame: &Frame<'_>, title: &str) -> String {
    frame.twin().map_or_else(|| title.to_owned(), |name| format!("Twin {name}: {title}"))
}

/// A document that belongs to no record: without ask box, navigation and standing.
pub fn plain(assets: &Addresses, title: &str, body: Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            (about(assets, title))
            body {
                a.skip href="#main" { "Skip to content" }
                header.bar { div.bar-inner { (brand("/")) } }
                main #main tabindex="-1" { (body) }
            }
        }
    }
}

fn about(assets: &Addresses, title: &str) -> Markup {
    html! {
        head {
            meta charset="utf-8";
            meta name="viewport" content="width=device-width, initial-scale=1";
            meta name="color-scheme" content="light dark";
            meta name="referrer" content="same-origin";
            title { (visible(title)) " · Aftercare" }
            link rel="stylesheet" href=(assets.style);
            link rel="icon" type="image/svg+xml" href=(assets.logo);
            script src=(assets.script) defer {}
        }
    }
}

fn brand(home: &str) -> Markup {
    html! {
        a.brand href=(home) aria-label="Aftercare, to the ask page" {
            (logo())
            span.brand-name { "Aftercare" }
        }
    }
}

/// The pattern of unknown, drawn once and used by every gauge.
fn hatch() -> Markup {
    html! {
        svg.defs width="0" height="0" aria-hidden="true" focusable="false" {
            defs {
                pattern #hatch width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)" {
                    rect.hatch-ground width="7" height="7" {}
                    rect.hatch-line width="3" height="7" {}
                }
            }
        }
    }
}

fn header(frame: &Frame<'_>, room: Room) -> Markup {
    let to = frame.to;
    let current = |here: Room| (here == room).then_some("page");
    html! {
        header.bar {
            div.bar-inner {
                (brand(&to.home()))
                @if let Some(whose) = frame.whose {
                    a.whose href=(WORKSPACES) title="All workspaces" {
                        span.unseen { "Record of " } bdi { (visible(whose)) }
                    }
                }
                @if frame.may(Right::SeeRecord) && room != Room::Ask { (ask_box(to, frame.question, false)) }
                @if let Some(viewer) = frame.viewer {
                    nav.rooms aria-label="Main" {
                        @if frame.may(Right::SeeRecord) {
                            a href=(to.home()) aria-current=[current(Room::Ask)] { "Ask" }
                            a href=(to.products()) aria-current=[current(Room::Products)] { "Products" }
                            a href=(to.changes()) aria-current=[current(Room::Changes)] { "Changes" }
                        }
                        @if frame.may(Right::SeeCases) {
                            a href=(to.signals()) aria-current=[current(Room::Signals)] { "Signals" }
                            a href=(to.cases()) aria-current=[current(Room::Cases)] { "Cases" }
                        }
                        @if frame.may(Right::SeeDecisions) {
                            a href=(to.decisions()) aria-current=[current(Room::Decisions)] {
                                "Decisions"
                                @if let Some(waiting) = frame.waiting.filter(|waiting| *waiting > 0) {
                                    " " span.count title="Decisions that wait for you" {
                                        @if waiting == WAITING_LIMIT { (waiting) "+" } @else { (waiting) }
                                        span.unseen { " wait for you" }
                                    }
                                }
                            }
                        }
                        @if frame.may(Right::SeePeople) {
                            a href=(to.people()) aria-current=[current(Room::People)] { "People" }
                        }
                        a href=(to.api()) { "API" }
                        a.me href=(to.account("")) aria-current=[current(Room::Account)] {
                            span.unseen { "Your account, " } bdi { (visible(&viewer.name)) }
                        }
                    }
                    @if frame.may(Right::SeeRecord) { (moment::control(frame)) }
                }
            }
        }
    }
}

/// The ask box. `large` on the ask page, small in the header of all others.
pub fn ask_box(to: &Links, question: &str, large: bool) -> Markup {
    html! {
        form.ask.ask-large[large] role="search" action=(to.home()) method="get" {
            (moment::kept(to))
            label.ask-label.unseen[!large] for="ask" {
                "Vulnerability, package, component, product, site or serial number"
            }
            div.ask-line {
                input #ask type="search" name="q" value=(question) maxlength="2000" autocomplete="off"
                    autocapitalize="off" spellcheck="false" aria-keyshortcuts="/"
                    placeholder=(if large { "CVE-2021-44228" } else { "CVE, package, component, site …" });
                button type="submit" { (icon(Icon::Look)) span.unseen[!large] { "Ask" } }
            }
        }
    }
}

fn banner_strip(frame: &Frame<'_>, banner: &Banner) -> Markup {
    html! {
        div.banner.banner-twin[matches!(banner, Banner::Twin { .. })] role="note" {
            @match banner {
                Banner::Calls(calls) => p {
                    strong { (counted(calls.len() as u64, "call waits for you: ", "calls wait for you: ")) }
                    @for (n, call) in calls.iter().take(CALLS_SHOWN).enumerate() {
                        @if n > 0 { ", " }
                        a href=(frame.to.call(call.id)) { @if call.test { "test: " } bdi { (visible(&call.about)) } }
                    }
                    @if calls.len() > CALLS_SHOWN { ", " a href=(frame.to.duty()) { "and more" } }
                },
                Banner::AsOf(as_of) => (moment::banner(frame.to, frame.here, as_of)),
                Banner::Twin { name, as_of, reason } => p {
                    strong { "Twin " bdi { (visible(name)) } ". " }
                    "A copy of the record"
                    @if let Some(at) = as_of { " as it was at " time datetime=(at) { (at.shown()) } }
                    "; nothing here changes the original, and nobody outside is told."
                    @if let Some(reason) = reason { " Reason: " bdi { (visible(reason)) } }
                },
            }
        }
    }
}

/// That nothing on the page speaks for the product families out of sight.
fn part_seen() -> Markup {
    html! {
        p.notice { (icon(Icon::Notice)) span {
            strong { "You see a part of the record. " }
            "Your roles are for some product families: counts, lists and answers here say nothing about any other."
        } }
    }
}

/// What limits every answer of the page; nothing when nothing does.
fn notices(standing: &Standing) -> Markup {
    let waiting = match standing.matching {
        MatchingStanding::Behind { versions_waiting } => Some(versions_waiting),
        MatchingStanding::CaughtUp | MatchingStanding::NoEdition => None,
    };
    let past = standing.as_of.is_some();
    let stale = standing.edition.as_ref().filter(|edition| edition.may_be_stale());
    html! {
        @if standing.edition.is_none() && past {
            p.notice { (icon(Icon::Notice)) span {
                strong { "No public knowledge then. " }
                "No edition was in force, so nothing can be said about vulnerabilities as of that moment."
            } }
        } @else if standing.edition.is_none() {
            p.notice { (icon(Icon::Notice)) span {
                strong { "No public knowledge yet. " }
                "Nothing can be said about vulnerabilities until an edition is imported: "
                code { "aftercare corpus import PATH" } "."
            } }
        }
        @if let Some(waiting) = waiting {
            p.notice { (icon(Icon::Notice)) span {
                @if past {
                    strong { "Matching was not finished then. " }
                    (counted(waiting, "product version waited", "product versions waited"))
                    "; their findings are unknown or from an earlier edition."
                } @else {
                    strong { "Matching is not finished. " }
                    (counted(waiting, "product version waits", "product versions wait"))
                    "; their findings are unknown or from an earlier edition. Load the page again later."
                }
            } }
        }
        @if let Some(edition) = stale {
            p.notice { (icon(Icon::Notice)) span {
                strong { @if past { "Public knowledge was old then. " } @else { "Public knowledge may be out of date. " } }
                @match edition.newest_source_age_days {
                    Some(days) if past => { "The newest source was " (age(days)) ". " }
                    Some(days) => { "The newest source is " (age(days)) ". " }
                    None => "No source of this edition says its date. "
                }
                "Newer vulnerabilities are missing from every answer."
                @if !past { " Import a newer edition." }
            } }
        }
    }
}

fn footer(frame: &Frame<'_>) -> Markup {
    let (to, standing) = (frame.to, frame.standing);
    html! {
        footer.foot {
            div.foot-inner {
                h2.unseen { "What these answers rest on" }
                @match standing {
                    None => p { "The standing of record and knowledge could not be read." },
                    Some(standing) => (standing_list(frame, to, standing)),
                }
            }
        }
    }
}

fn standing_list(frame: &Frame<'_>, to: &Links, standing: &Standing) -> Markup {
    html! {
        dl.standing {
            div { dt { "Record of" } dd { bdi { (visible(&standing.manufacturer)) } } }
            div { dt { "Ledger" } dd {
                @let entries = counted(standing.ledger.entries, "entry", "entries");
                @if frame.may(Right::SeeLedger) { a href=(to.ledger()) { (entries) } } @else { (entries) }
                @if let Some(at) = standing.ledger.last_at {
                    ", last " time datetime=(at) { (at.shown()) }
                }
            } }
            div { dt { "Edition" } dd {
                @match &standing.edition {
                    None => "none: nothing can be said about vulnerabilities",
                    Some(edition) => (edition_line(to, edition)),
                }
            } }
            div { dt { "Matching" } dd {
                @match standing.matching {
                    MatchingStanding::CaughtUp => "up to date with record and edition",
                    MatchingStanding::Behind { versions_waiting } => {
                        "behind: " (counted(versions_waiting, "version waits", "versions wait"))
                    },
                    MatchingStanding::NoEdition => "not possible without an edition",
                }
            } }
            div { dt { "Exercises" } dd { a href=(to.twins()) { "Twins of the record" } } }
            div { dt { "Page made" } dd {
                time datetime=(standing.at) { (standing.at.shown()) }
                " by Aftercare " (visible(&standing.software_version))
            } }
        }
    }
}

fn edition_line(to: &Links, edition: &EditionStanding) -> Markup {
    html! {
        a href=(to.sources()) { code { (edition.id.short()) } }
        " of " time datetime=(edition.made_at) { (edition.made_at.shown()) } ", "
        (counted(edition.records, "record", "records")) "; newest source "
        @match edition.newest_source_age_days {
            Some(days) => (age(days)),
            None => "of unknown age",
        }
    }
}
