use aftercare_signin::recovery::{CODES, Code, NotACode, RANDOM, sheet};
use proptest::prelude::*;
use std::collections::BTreeSet;

fn random() -> [u8; RANDOM] {
    std::array::from_fn(|n| (n * 37 + 11) as u8)
}

#[test]
fn a_sheet_has_ten_different_codes_in_readable_groups() {
    let codes = sheet(&random());
    let shown: BTreeSet<String> = codes.iter().map(|c| c.shown().expose().to_owned()).collect();
    assert_eq!(shown.len(), CODES);
    for text in &shown {
        let groups: Vec<&str> = text.split('-').collect();
        assert_eq!(groups.len(), 6);
        assert!(groups.iter().all(|group| group.len() == 4), "{text}");
        assert!(!text.contains(['I', 'L', 'O', 'U']), "{text}");
    }
}

#[test]
fn a_code_is_read_as_people_type_it() {
    let code = &sheet(&[0; RANDOM])[0];
    for typed in [
        "0000-0000-0000-0000-0000-0000",
        "000000000000000000000000",
        " oooo OOOO 0000 0000 0000 0000 ",
        "0000\u{2013}0000\u{2011}0000-0000-0000-0000",
    ] {
        assert_eq!(Code::typed(typed).map(|c| c.digest()), Ok(code.digest()), "{typed}");
    }
    let ones = Code::typed("IiLl-1111-1111-1111-1111-1111").map(|c| c.digest());
    assert_eq!(ones, Code::typed("111111111111111111111111").map(|c| c.digest()));
}

#[test]
fn what_is_no_code_is_refused_before_anything_is_looked_up() {
    for bad in
        ["", "0000", "0000-0000-0000-0000-0000-000U", &"0".repeat(25), &"0".repeat(10_000), "é"]
    {
        assert_eq!(Code::typed(bad).err(), Some(NotACode), "{bad:.40}");
    }
}

#[test]
fn a_code_works_once() {
    let codes = sheet(&random());
    let mut kept: Vec<_> = codes.iter().map(Code::digest).collect();
    let typed = Code::typed(codes[4].shown().expose()).expect("a code");
    let used = typed.find(&kept).expect("on the sheet");
    kept.retain(|digest| *digest != used);
    assert_eq!(kept.len(), CODES - 1);
    assert_eq!(typed.find(&kept), None, "struck out");
}

#[test]
fn a_stolen_table_holds_no_code() {
    let code = &sheet(&random())[0];
    let shown = code.shown().expose().replace('-', "");
    assert!(!code.digest().to_string().contains(&shown));
    assert_ne!(code.digest(), aftercare_vocab::digest::Digest::of(shown.as_bytes()), "marked");
}

proptest! {
    #[test]
    fn every_code_is_read_back(bytes in prop::array::uniform32(any::<u8>())) {
        let mut random = [0; RANDOM];
        for (n, byte) in random.iter_mut().enumerate() {
            *byte = bytes[n % 32].wrapping_add((n / 32) as u8);
        }
        for code in sheet(&random) {
            let read = Code::typed(&code.shown().expose().to_lowercase()).expect("a code");
            prop_assert_eq!(read.digest(), code.digest());
        }
    }
}
