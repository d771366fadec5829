//! The notice to a customer, as plain text for mail and print.
//!
//! It has the four parts that FDA's guidance "Postmarket Management of Cybersecurity in Medical Devices"
//! (28 December 2016, section VII.B) wants in the communication within 30 days of learning of an
//! uncontrolled risk; without one of them it is refused.

use crate::{Advisory, Document, Refused, check::Found, document, page::Page, wording};
use aftercare_vocab::{instant::Instant, problem::quoted};

/// What one customer is told.
#[derive(Debug, Clone)]
pub struct Notice<'a> {
    /// What it is about.
    pub advisory: &'a Advisory,
    /// Who is told.
    pub to: String,
    /// The day it bears.
    pub date: Instant,
    /// Where the customer has devices concerned; never empty.
    pub devices: Vec<Devices>,
    /// Part a: the vulnerability, and its impact as far as it is understood today.
    pub impact: String,
    /// Part b: that work is under way to address the risk to patients as fast as possible, and what it is.
    pub effort: String,
    /// Part c: what the customer can do until then.
    pub controls: Controls,
    /// Part d: that a fix or a defence in depth is coming, and how it will be told.
    pub outlook: String,
    /// Where the customer confirms to have read it.
    pub confirm_at: Option<String>,
}

/// What is known of the software in a device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Installed {
    /// A version, as in the advisory.
    Version(String),
    /// Nobody knows which version of this product, by its name.
    Unknown(String),
    /// A version of which the advisory does not say whether it is concerned, by product and version.
    Open(String),
}

/// Devices with the same software at one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Devices {
    /// What is in them.
    pub installed: Installed,
    /// The site; none: the customer as a whole.
    pub site: Option<String>,
    /// How many; none: not known.
    pub units: Option<u32>,
}

/// Compensating controls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Controls {
    /// What to do, one control each; never empty.
    Known(Vec<String>),
    /// None is known today, and the notice says so.
    NoneKnown,
}

/// The subject of the mail: one line.
pub fn subject(notice: &Notice<'_>) -> String {
    format!("Security notice {}: {}", notice.advisory.id, notice.advisory.title)
}

/// Writes the text.
pub fn write(notice: &Notice<'_>) -> Result<Document, Refused> {
    let mut found = Found::default();
    found.about(notice.advisory);
    check(&mut found, notice);
    let warnings = found.settle()?;
    let name = format!("{}.notice.txt", document::stem(&notice.advisory.id));
    let bytes = text(notice).into_bytes();
    Ok(Document { name, media_type: "text/plain; charset=utf-8", bytes, warnings })
}

fn check(found: &mut Found, notice: &Notice<'_>) {
    found.line("to", &notice.to);
    found.date("date", notice.date);
    if notice.devices.is_empty() {
        let what = "No device of the customer is named.";
        found.refuse(
            "devices_missing",
            "devices",
            what,
            "Name them; of unknown number where it is not known.",
        );
    }
    for (at, devices) in notice.devices.iter().enumerate() {
        match &devices.installed {
            Installed::Version(version) => {
                found.version(&format!("devices[{at}].version"), version, notice.advisory);
            }
            Installed::Unknown(name) | Installed::Open(name) => {
                found.line(&format!("devices[{at}].product"), name);
            }
        }
        if let Some(site) = &devices.site {
            found.line(&format!("devices[{at}].site"), site);
        }
        if devices.units == Some(0) {
            let (Installed::Version(name) | Installed::Unknown(name) | Installed::Open(name)) =
                &devices.installed;
            let what = format!("No device of {}.", quoted(name));
            found.refuse("devices_none", format!("devices[{at}].units"), what, "Leave it out.");
        }
    }
    part(found, "impact", &notice.impact, "what the vulnerability is and can lead to (part a)");
    part(found, "effort", &notice.effort, "what is being done about it (part b)");
    match &notice.controls {
        Controls::Known(controls) if controls.is_empty() => {
            let what = "Nothing is said about compensating controls (part c).";
            found.refuse(
                "notice_part_missing",
                "controls",
                what,
                "Name them, or say that none is known.",
            );
        }
        Controls::Known(controls) => {
            for (at, control) in controls.iter().enumerate() {
                found.written(&format!("controls[{at}]"), control);
            }
        }
        Controls::NoneKnown => {}
    }
    part(found, "outlook", &notice.outlook, "what is coming and how it will be told (part d)");
    if let Some(url) = &notice.confirm_at {
        found.web("confirm_at", url);
    }
}

fn part(found: &mut Found, place: &str, text: &str, about: &str) {
    if text.trim().is_empty() {
        let what = format!("Nothing is said about {about}.");
        found.refuse("notice_part_missing", place, what, "Write it.");
    } else {
        found.written(place, text);
    }
}

fn text(notice: &Notice<'_>) -> String {
    let Notice { advisory, .. } = notice;
    let mut page = Page::default();
    page.title(&subject(notice));
    page.line(&format!("To: {}", notice.to));
    page.line(&format!("From: {}", advisory.publisher.name));
    page.line(&format!("Date: {}", wording::day(notice.date)));
    page.gap();
    page.heading("Your devices concerned");
    for devices in &notice.devices {
        let name = match &devices.installed {
            Installed::Version(version) => match advisory.version(version) {
                Some((_, product, version)) => wording::name_of(product, version),
                None => continue,
            },
            Installed::Unknown(product) => {
                format!("{product}, software version not known to us: please check")
            }
            Installed::Open(name) => {
                format!("{name}, of which this advisory does not say yet whether it is concerned")
            }
        };
        let units = match devices.units {
            Some(1) => "1 device".to_owned(),
            Some(units) => format!("{units} devices"),
            None => "number of devices not known".to_owned(),
        };
        let site = devices.site.as_ref().map(|site| format!(", at {site}")).unwrap_or_default();
        page.item(&format!("{name}: {units}{site}"));
    }
    page.gap();
    page.heading("What is wrong, and what it can lead to");
    page.paragraph(&notice.impact);
    page.heading("What you can do now");
    match &notice.controls {
        Controls::Known(controls) => {
            for control in controls {
                page.item(control);
            }
            page.gap();
        }
        Controls::NoneKnown => page.paragraph("No compensating control is known today."),
    }
    page.heading("What we are doing");
    page.paragraph(&notice.effort);
    page.heading("What comes next");
    page.paragraph(&notice.outlook);
    if let Some(url) = &notice.confirm_at {
        page.heading("Please confirm that you have read this");
        page.paragraph(url);
    }
    page.heading("How to reach us");
    page.paragraph(&advisory.publisher.contact);
    page.line(&format!("Advisory {}, version {}", advisory.id, advisory.number()));
    page.finish()
}
