//! What a document says of itself beside its inventory: a second, shallow look at documents that are
//! to be judged. Only CycloneDX JSON has fields for it.

use super::{
    recognise,
    write::edit::{Object, Value, items, text},
};
use aftercare_vocab::inventory::{Beside, Format, Inventory};

/// What a document that was read as this inventory says beside it.
pub fn beside(bytes: &[u8], inventory: &Inventory) -> Beside {
    let document = std::str::from_utf8(recognise::without_mark(bytes)).unwrap_or_default();
    let Some(top) = Object::of(document) else { return Beside::default() };
    if inventory.format != Format::CyclonedxJson {
        return Beside::default();
    }
    let metadata = top.get("metadata").and_then(Object::of);
    let of_metadata = |key| metadata.as_ref().and_then(|about| about.get(key));
    let contexts = of_metadata("lifecycles").map(items).unwrap_or_default();
    let mut beside = Beside {
        contexts: Some(contexts.into_iter().filter_map(context).collect()),
        lists_vulnerabilities: Some(
            top.get("vulnerabilities").is_some_and(|list| !items(list).is_empty()),
        ),
        justified: Vec::new(),
    };
    if let Some(product) = of_metadata("component") {
        component(product, "metadata.component", &mut beside);
    }
    components(top.get("components"), "components", &mut beside);
    beside
}

/// The phase of a lifecycle, predefined or named.
fn context(lifecycle: Value<'_>) -> Option<String> {
    let lifecycle = Object::of(lifecycle)?;
    let words = lifecycle.get("phase").or(lifecycle.get("name")).and_then(text)?;
    (!words.is_empty()).then(|| words.into_owned())
}

fn components(list: Option<Value<'_>>, place: &str, beside: &mut Beside) {
    for (index, value) in list.map(items).unwrap_or_default().into_iter().enumerate() {
        component(value, &format!("{place}[{index}]"), beside);
    }
}

fn component(value: Value<'_>, place: &str, beside: &mut Beside) {
    let Some(component) = Object::of(value) else { return };
    for property in component.get("properties").map(items).unwrap_or_default() {
        let Some(property) = Object::of(property) else { continue };
        if property.get("name").and_then(text).as_deref() != Some("cdx:fda:justification") {
            continue;
        }
        // `cdx:fda:end-of-support-date: upstream names no date`
        let value = property.get("value").and_then(text).unwrap_or_default();
        if let Some((missing, reason)) = value.split_once(": ")
            && !reason.trim().is_empty()
        {
            beside.justified.push((place.to_owned(), missing.trim().to_owned()));
        }
    }
    components(component.get("components"), &format!("{place}.components"), beside);
}
