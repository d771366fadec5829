//! The letter of a notice: written from the signed texts of an advisory and the devices of one customer.

use crate::{
    Trouble,
    advisory_text::{Beside, offered, value},
};
use aftercare_documents::notice::{self as written, Controls, Devices, Installed};
use aftercare_domain::advisory::Bundle;
use aftercare_register::Fault;
use aftercare_vocab::instant::Instant;
use serde::{Deserialize, Serialize};
use std::{collections::BTreeSet, fmt};

/// What the letter says last where a fix is to come.
const NEWS: &str = "We will write to you again when this changes.";

/// A letter with the secret that acknowledges it. Stands in sealed blobs only.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NoticeLetter {
    /// One line.
    pub subject: String,
    /// The text as it goes.
    pub text: String,
    /// The secret in its address; empty = it holds no address.
    pub key: String,
}

/// Says nothing, so that no log line can.
impl fmt::Debug for NoticeLetter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NoticeLetter(..)")
    }
}

impl NoticeLetter {
    pub fn bytes(&self) -> Result<Vec<u8>, Trouble> {
        serde_json::to_vec(self).map_err(|why| damaged("writing a letter", &why))
    }

    pub fn read(bytes: &[u8]) -> Result<Self, Trouble> {
        serde_json::from_slice(bytes).map_err(|why| damaged("reading a letter", &why))
    }
}

fn damaged(doing: &str, why: &serde_json::Error) -> Trouble {
    let why = format!("{:?}", why.classify()); // never what it holds
    Fault::Storage { doing: doing.to_owned(), place: "a sealed blob".to_owned(), why }.into()
}

/// The customer that a letter is for.
pub(crate) struct Addressed<'a> {
    /// Its name.
    pub to: &'a str,
    /// Its devices: product, version if known, site, number.
    pub devices: Vec<(Installed, String, u64)>,
    /// The address by which it is acknowledged; none = there is none.
    pub confirm_at: Option<String>,
}

/// Writes a letter.
pub(crate) fn letter(
    bundle: &Bundle,
    beside: &Beside<'_>,
    to: Addressed<'_>,
    at: Instant,
    key: String,
) -> Result<NoticeLetter, Trouble> {
    let advisory = value(bundle, beside);
    let texts = &bundle.texts;
    let mut controls = vec![texts.action.clone()];
    if !texts.controls.is_empty() {
        controls.push(texts.controls.clone());
    }
    let offers: BTreeSet<String> = bundle
        .versions
        .iter()
        .filter(|one| one.stands.status.is_open())
        .filter_map(|one| {
            let offer = offered(bundle, one.stands.offer)?;
            Some(format!("{} {}: {offer}.", one.product, one.label))
        })
        .collect();
    let mut outlook: Vec<String> = offers.into_iter().collect();
    outlook.push(NEWS.to_owned());
    let notice = written::Notice {
        advisory: &advisory,
        to: to.to.to_owned(),
        date: at,
        devices: to
            .devices
            .into_iter()
            .map(|(installed, site, units)| Devices {
                installed,
                site: Some(site),
                units: u32::try_from(units).ok(),
            })
            .collect(),
        impact: format!("{}\n\n{}", texts.summary, texts.impact),
        effort: texts.fix.clone(),
        controls: Controls::Known(controls),
        outlook: outlook.join("\n"),
        confirm_at: to.confirm_at,
    };
    let document = written::write(&notice).map_err(|refused| Trouble::Problems(refused.0))?;
    Ok(NoticeLetter { subject: written::subject(&notice), text: document.text().into_owned(), key })
}
