//! A flipped byte is damage, wherever it falls. It is never a record that is not there.

use crate::{House, osv};
use aftercare_corpus::{Edition, OpenError};

#[test]
fn any_flipped_byte_is_seen_and_no_record_vanishes() {
    let house = House::new();
    let paths: Vec<_> = (0..40)
        .map(|n| {
            house.put(
                &format!("{n}.json"),
                osv(&format!("X-{n}"), "1", &[], &format!("npm/p{n}"), "1.0.0").as_bytes(),
            )
        })
        .collect();
    let edition = house.import(&paths).expect("imported");
    let path = edition.path().to_owned();
    let whole = std::fs::read(&path).expect("read");
    drop(edition);
    // Steps that are no multiple of any structure's size, so that all of them are met.
    for at in (0..whole.len()).step_by(17) {
        let mut broken = whole.clone();
        broken[at] ^= 0x41;
        std::fs::write(&path, &broken).expect("written");
        let Ok(edition) = Edition::open(&path) else { continue };
        for n in 0..40 {
            match edition.has_key(&format!("npm:p{n}")) {
                Ok(found) => assert!(found, "byte {at}: the key of p{n} vanished"),
                Err(damage) => assert!(
                    damage.to_string().contains("checksum")
                        || damage.to_string().contains("readable"),
                    "{damage}"
                ),
            }
            match edition.find(&format!("X-{n}")) {
                Ok(found) => {
                    assert_eq!(found.len(), 1, "byte {at}: X-{n} vanished");
                    if let Ok(head) = edition.head(found[0].record)
                        && let Ok(text) = edition.received(&head)
                    {
                        assert!(
                            text.contains(&format!("\"X-{n}\"")),
                            "byte {at}: another record came back"
                        );
                    }
                }
                Err(_damage) => {}
            }
        }
        assert!(
            !edition.verify().expect("read"),
            "byte {at}: the whole file's digest did not notice"
        );
    }
}

#[test]
fn a_cut_or_foreign_file_is_no_edition() {
    let house = House::new();
    let edition = house
        .import(&[house.put("1.json", osv("X-1", "1", &[], "npm/a", "1.0.0").as_bytes())])
        .expect("imported");
    let path = edition.path().to_owned();
    let whole = std::fs::read(&path).expect("read");
    for length in [0, 5, 40, whole.len() / 2, whole.len() - 1] {
        std::fs::write(&path, &whole[..length]).expect("written");
        let refused = Edition::open(&path).expect_err("cut");
        assert!(
            matches!(refused, OpenError::NotAnEdition { .. } | OpenError::Damaged { .. }),
            "{length}: {refused}"
        );
    }
    std::fs::write(&path, b"PK\x03\x04 something else entirely, long enough to hold a trailer")
        .expect("written");
    assert!(matches!(Edition::open(&path), Err(OpenError::NotAnEdition { .. })));
}
