use crate::house::House;
use aftercare_domain::{
    sbom::Standing,
    unit::{Installed, WhyUnknown},
    version::Life,
};
use aftercare_register::{Cursor, Page, read::search::Noun};

#[test]
fn names_in_any_script_are_kept_and_found_without_their_marks() {
    let house = House::new();
    let family = house.family("Überwachung d'Orsay 監視").expect("any script");
    let consignee = house.consignee("St. Mary's Universitätsklinikum").expect("apostrophe");
    let reader = house.register.reader().expect("reads");
    assert_eq!(
        reader.family(family).expect("reads").map(|f| f.name),
        Some("Überwachung d'Orsay 監視".to_owned())
    );
    for text in ["uberwach", "ORSAY", "監視"] {
        let found = reader.search(text, 10).expect("searches").nouns;
        assert_eq!(found.len(), 1, "{text}");
        assert_eq!(found[0].noun, Noun::Family(family), "{text}");
    }
    let found = reader.search("universitats", 10).expect("searches").nouns;
    assert_eq!(found.first().map(|hit| hit.noun), Some(Noun::Consignee(consignee)));
    assert!(reader.search("  ", 10).expect("searches").nouns.is_empty());
}

#[test]
fn a_refused_change_leaves_no_entry() {
    let house = House::new();
    let family = house.family("Pumps").expect("added");
    let product = house.product(family, "Pump 3").expect("added");
    house.version(product, "3.0").expect("added");
    let size = || house.register.reader().expect("reads").head().expect("head").size;
    let before = size();
    let codes = [
        house.family(" pumps ").map(|_| ()).expect_err("same name").code,
        house.family("a\0b").map(|_| ()).expect_err("NUL").code,
        house.version(product, "3.0").map(|_| ()).expect_err("same label").code,
        house.product(house.op().new_id(), "x").map(|_| ()).expect_err("unknown family").code,
    ];
    assert_eq!(codes, ["name_taken", "text_unprintable", "label_taken", "unknown_id"]);
    assert_eq!(size(), before);
}

#[test]
fn a_version_cannot_follow_itself() {
    let house = House::new();
    let family = house.family("Pumps").expect("added");
    let product = house.product(family, "Pump").expect("added");
    let [one, two] = ["1", "2"].map(|label| house.version(product, label).expect("added"));
    let follows = |id| Life { predecessor: Some(id), ..Life::default() };
    house.change_life(two, follows(one)).expect("2 follows 1");
    assert_eq!(house.change_life(one, follows(two)).expect_err("cycle").code, "predecessor_cycle");
    let other = house.product(family, "Other").expect("added");
    let elsewhere = house.version(other, "1").expect("added");
    let refusal = house.change_life(one, follows(elsewhere)).expect_err("another product");
    assert_eq!(refusal.code, "predecessor_elsewhere");
    let reader = house.register.reader().expect("reads");
    let detail = reader.version(one).expect("reads").expect("known");
    assert_eq!(detail.successors, [(two, "2".to_owned())]);
}

#[test]
fn the_same_bytes_again_are_refused_and_harmless() {
    let house = House::new();
    let family = house.family("Pumps").expect("added");
    let product = house.product(family, "Pump").expect("added");
    let version = house.version(product, "1").expect("added");
    let parts = [("minimist", "1.2.0")];
    let attached = house.sbom(version, &parts, Standing::Instead).expect("attached");
    let again = house.sbom(version, &parts, Standing::Instead).expect_err("again");
    assert_eq!(again.code, "already_attached");
    let other = house.version(product, "2").expect("added");
    house.sbom(other, &parts, Standing::Instead).expect("another version may have the same");
    let reader = house.register.reader().expect("reads");
    let [first, second] = [version, other].map(|v| reader.sboms(v).expect("reads"));
    assert_eq!((first.len(), second.len()), (1, 1));
    assert_eq!(first[0].key, second[0].key, "one reading, attached twice");
    assert_eq!(
        reader.blob(&attached.sbom).expect("kept"),
        format!("an SBOM of {parts:?}").as_bytes()
    );
}

#[test]
fn a_serial_is_recorded_once_and_unknown_versions_are_counted_apart() {
    let house = House::new();
    let family = house.family("Pumps").expect("added");
    let product = house.product(family, "Pump").expect("added");
    let version = house.version(product, "1").expect("added");
    let consignee = house.consignee("Clinic").expect("added");
    let site = house.site(consignee, "Ward 4").expect("added");
    let unknown = Installed::Unknown(WhyUnknown::NotRegistered { reported: "1.0b".into() });
    house
        .units(product, site, &[("A1", Installed::Version(version)), ("A2", unknown.clone())])
        .expect("recorded");
    let again = house.units(product, site, &[("A3", unknown), ("A1", Installed::Version(version))]);
    let again = again.expect_err("A1 is there");
    assert_eq!(again.code, "serial_taken");
    assert!(again.what.contains("rows 2") && again.what.contains("A1"), "{again}");
    let reader = house.register.reader().expect("reads");
    let row = reader.product(product).expect("reads").expect("known");
    assert_eq!((row.units, row.units_unknown), (2, 1));
    let site = reader.site(site).expect("reads").expect("known");
    assert_eq!((site.units, site.units_unknown), (2, 1));
}

#[test]
fn lists_end_and_go_on_where_they_ended() {
    let house = House::new();
    for name in ["c", "a", "e", "b", "d"] {
        house.family(name).expect("added");
    }
    let reader = house.register.reader().expect("reads");
    let mut names = Vec::new();
    let mut page = Page::first(2);
    loop {
        let found = reader.families(&page).expect("reads");
        names.extend(found.items.into_iter().map(|f| f.name));
        let Some(next) = found.next else { break };
        let text = next.to_string();
        page = Page::after(text.parse().expect("its own text"), 2);
    }
    assert_eq!(names, ["a", "b", "c", "d", "e"]);
    assert!("12.x".parse::<Cursor>().is_err());
    let foreign = Page::after("1.2.3".parse().expect("shaped"), 2);
    assert!(reader.families(&foreign).is_err(), "a cursor of another list");
}
