//! Documents with odd values in odd places: whatever reads can be converted, with additions, and what
//! was written reads again.

use super::{additions::addition, writing};
use crate::sbom_hostile::SEEDS;
use aftercare_formats::sbom::{
    Limits, read,
    write::{Target, convert},
};
use proptest::prelude::*;
use serde_json::{Value, json};

/// The JSON pointers of all values inside a value.
fn pointers(value: &Value, at: &str, all: &mut Vec<String>) {
    let mut inside = |key: String, value: &Value| {
        let at = format!("{at}/{key}");
        all.push(at.clone());
        pointers(value, &at, all);
    };
    match value {
        Value::Object(entries) => {
            for (key, value) in entries {
                inside(key.clone(), value);
            }
        }
        Value::Array(list) => {
            for (index, value) in list.iter().enumerate() {
                inside(index.to_string(), value);
            }
        }
        _ => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_reads_is_converted_and_reads_again(
        seed in 0..2_usize, // those in JSON that are edited in place
        signed in any::<bool>(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), 0..7_usize), 0..4),
    ) {
        let mut document: Value = serde_json::from_str(SEEDS[seed]).expect("a seed");
        if signed {
            for at in ["", "/components/0"] {
                if let Some(Value::Object(object)) = document.pointer_mut(at) {
                    object.insert("signature".to_owned(), json!({"algorithm": "RS256"}));
                }
            }
        }
        for (place, value) in &changes {
            let mut all = Vec::new();
            pointers(&document, "", &mut all);
            let odd = [json!(null), json!({}), json!([]), json!(""), json!(7), json!("1.4"), json!([{}])];
            if let Some(slot) = document.pointer_mut(place.get(&all).as_str()) {
                *slot = odd[*value].clone();
            }
        }
        for text in [document.to_string(), format!("{document:#}")] {
            let Ok(source) = read(text.as_bytes(), &Limits::default()) else { continue };
            let count = source.value.components.len();
            let additions: Vec<_> = (0..count as u32).map(addition).collect();
            for target in Target::ALL {
                let writing = writing(target, &additions);
                let (_, written) =
                    convert(text.as_bytes(), &Limits::default(), &writing).expect("it was read before");
                let again = match read(written.text.as_bytes(), &Limits::default()) {
                    Ok(read) => read.value,
                    Err(problems) => {
                        return Err(TestCaseError::fail(format!(
                            "{}\n{text}\n{}", problems[0], written.text
                        )));
                    }
                };
                prop_assert_eq!(again.components.len(), count, "{}\n{}", text, written.text);
                let is_full = again.components.iter().all(|component| {
                    component.supplier.is_some()
                        && component.support_level.is_some()
                        && component.end_of_support.is_some()
                });
                prop_assert!(is_full, "{}\n{}", text, written.text);
            }
        }
    }
}
