//! Suppliers' statements, through editions of a few documents.

use crate::build::{Made, component, edition, inventory};
use aftercare_corpus::Edition;
use aftercare_matching::{Assessed, Matcher};
use aftercare_vocab::{
    inventory::Component,
    verdict::{Answer, Confidence, Verdict},
};

const CVE: &str = "CVE-2026-0001";

/// A CSAF document of Acme: branches of its tree, `product_status`, and the vulnerability's other members.
fn csaf(tree: &str, status: &str, more: &str) -> String {
    document("A-1", "1", "vendor", tree, status, more)
}

fn document(id: &str, version: &str, who: &str, tree: &str, status: &str, more: &str) -> String {
    format!(
        r#"{{"document":{{"category":"csaf_vex","csaf_version":"2.0","title":"An advisory",
           "publisher":{{"category":"{who}","name":"Acme, Inc.","namespace":"https://acme.example"}},
           "tracking":{{"id":"{id}","status":"final","version":"{version}","current_release_date":"2026-02-0{version}T00:00:00Z",
           "initial_release_date":"2026-02-01T00:00:00Z"}}}},"product_tree":{{{tree}}},
           "vulnerabilities":[{{"cve":"{CVE}","product_status":{{{status}}}{more}}}]}}"#
    )
}

/// A product of a purl, a CPE or another helper.
fn product(id: &str, helper: &str) -> String {
    format!(
        r#"{{"product_id":"{id}","name":"Product {id}","product_identification_helper":{{{helper}}}}}"#
    )
}

/// `full_product_names` of these.
fn names(products: &[String]) -> String {
    format!(r#""full_product_names":[{}]"#, products.join(","))
}

/// Acme's product of that name in that version, by branches alone.
fn branches(category: &str, version: &str) -> String {
    format!(
        r#""branches":[{{"category":"vendor","name":"Acme","branches":[{{"category":"product_name","name":"Pump Link",
           "branches":[{{"category":"{category}","name":"{version}","product":{{"product_id":"P","name":"Acme Pump Link"}}}}]}}]}}]"#
    )
}

const FLAG: &str = r#","flags":[{"label":"vulnerable_code_not_present","product_ids":["P"]}]"#;

fn osv(fixed: &str) -> String {
    format!(
        r#"{{"id":"GHSA-aaaa-bbbb-cccc","modified":"m","aliases":["{CVE}"],"affected":[{{"package":{{"ecosystem":"npm","name":"x"}},
           "ranges":[{{"type":"SEMVER","events":[{{"introduced":"0"}},{{"fixed":"{fixed}"}}]}}]}}]}}"#
    )
}

fn in_company(edition: &Edition, components: Vec<Component>) -> Assessed {
    let inventory = inventory(components);
    Matcher::new(edition, &inventory).assess(0, &inventory.components[0]).expect("assessed")
}

fn only(edition: &Made, component: Component) -> Option<Verdict> {
    let mut verdicts = in_company(&edition.edition, vec![component]).verdicts;
    assert!(verdicts.len() <= 1, "{verdicts:?}");
    verdicts.pop().map(|judged| judged.verdict)
}

fn answer(edition: &Made, component: Component) -> Option<(Answer, String)> {
    only(edition, component).map(|verdict| (verdict.answer, verdict.because[0].rule.to_string()))
}

fn x(version: &str) -> Component {
    component("x", "", &[&format!("pkg:npm/x@{version}")])
}

fn of_acme(name: &str, version: &str, supplier: &str) -> Component {
    let supplier = (!supplier.is_empty()).then(|| supplier.to_owned());
    Component { supplier, ..component(name, version, &[]) }
}

fn state_of(answer: Answer, rule: &str) -> (Answer, String) {
    (answer, rule.to_owned())
}

#[test]
fn a_statement_counts_for_the_version_it_names() {
    let tree = names(&[product("P", r#""purl":"pkg:npm/x@1.2.0""#)]);
    let affected = edition(&[&csaf(&tree, r#""known_affected":["P"]"#, "")]);
    let verdict = only(&affected, x("1.2.0")).expect("found");
    assert_eq!((&*verdict.id, verdict.answer), (CVE, Answer::Affected));
    let because = &verdict.because[0];
    assert_eq!((&*because.source, &*because.record), ("csaf", "A-1#CVE-2026-0001"));
    assert_eq!(because.place, "vulnerabilities[0].product_status.known_affected[0]");
    assert!(because.range.contains("known_affected: P (Product P), version 1.2.0"), "{because:?}");
    assert!(because.range.contains("version 1, final"), "{because:?}");
    assert_eq!(
        answer(&affected, x("1.3.0")),
        Some(state_of(Answer::Undetermined, "status_not_stated"))
    );
    assert_eq!(answer(&affected, component("y", "", &["pkg:npm/y@1.2.0"])), None);
    let cleared = edition(&[&csaf(&tree, r#""known_not_affected":["P"]"#, FLAG)]);
    assert_eq!(answer(&cleared, x("1.2.0")), None, "its own word, with a reason");
    assert_eq!(
        answer(&cleared, x("1.3.0")),
        Some(state_of(Answer::Undetermined, "status_not_stated"))
    );
    let bare = edition(&[&csaf(&tree, r#""known_not_affected":["P"]"#, "")]);
    assert_eq!(answer(&bare, x("1.2.0")), Some(state_of(Answer::Undetermined, "no_justification")));
    let unclear = edition(&[&csaf(&tree, r#""under_investigation":["P"]"#, "")]);
    assert_eq!(
        answer(&unclear, x("1.2.0")),
        Some(state_of(Answer::Undetermined, "under_investigation"))
    );
    let strange = edition(&[&csaf(&tree, r#""what_is_this":["P"]"#, "")]);
    assert_eq!(
        answer(&strange, x("1.2.0")),
        Some(state_of(Answer::Undetermined, "stated_unknown"))
    );
}

#[test]
fn a_product_by_cpe_is_the_product_of_that_vendor() {
    let tree = names(&[product("P", r#""cpe":"cpe:2.3:a:acme:link:1.2:*:*:*:*:*:*:*""#)]);
    let affected = edition(&[&csaf(&tree, r#""known_affected":["P"]"#, "")]);
    let named = |cpe: &str| component("link", "", &[cpe]);
    let wanted = Some(state_of(Answer::Affected, "stated_affected"));
    assert_eq!(answer(&affected, named("cpe:2.3:a:acme:link:1.2:*:*:*:*:*:*:*")), wanted);
    assert_eq!(answer(&affected, named("cpe:2.3:o:acme:link:1.2:*:*:*:*:*:*:*")), None);
    assert_eq!(answer(&affected, named("cpe:2.3:a:other:link:1.2:*:*:*:*:*:*:*")), None);
    let every = names(&[product("P", r#""cpe":"cpe:/a:acme:link""#)]);
    let every = edition(&[&csaf(&every, r#""known_affected":["P"]"#, "")]);
    assert_eq!(answer(&every, named("cpe:2.3:a:acme:link:9:*:*:*:*:*:*:*")), wanted);
}

#[test]
fn a_name_needs_its_supplier() {
    let affected =
        edition(&[&csaf(&branches("product_version", "4.2"), r#""known_affected":["P"]"#, "")]);
    let own = only(&affected, of_acme("Pump Link", "4.2", "ACME Inc.")).expect("found");
    assert_eq!((own.answer, own.because[0].confidence), (Answer::Affected, Confidence::Name));
    for supplier in ["", "Other GmbH"] {
        let found = only(&affected, of_acme("Pump Link", "4.2", supplier)).expect("a question");
        assert_eq!(found.answer, Answer::Undetermined, "{supplier}");
        assert_eq!(found.because[0].confidence, Confidence::Possible, "{supplier}");
        let other = of_acme("Pump Link", "5.0", supplier);
        assert_eq!(answer(&affected, other), None, "a bare name in another version asks nothing");
    }
    let fixed = edition(&[&csaf(&branches("product_version", "4.2"), r#""fixed":["P"]"#, "")]);
    let stranger = of_acme("Pump Link", "4.2", "Other GmbH");
    assert_eq!(answer(&fixed, stranger), None, "and a name clears nothing");
    let found = in_company(&affected.edition, vec![of_acme("Pump Link", "4.2", "Acme")]);
    assert!(found.not_covered.is_some(), "a supplier's document covers no ecosystem");
}

#[test]
fn ranges_are_compared_and_words_are_not_guessed() {
    let link = |version| of_acme("Pump Link", version, "Acme");
    for (range, inside, outside) in [
        ("vers:generic/>=4.0|<4.2", "4.1", "4.2"),
        ("< 4.2", "4.1.9", "4.2"),
        ("<=V4.2", "4.2", "4.3"),
    ] {
        let tree = branches("product_version_range", range);
        let made = edition(&[&csaf(&tree, r#""known_affected":["P"]"#, "")]);
        assert_eq!(
            answer(&made, link(inside)),
            Some(state_of(Answer::Affected, "stated_affected")),
            "{range}"
        );
        let other = Some(state_of(Answer::Undetermined, "status_not_stated"));
        assert_eq!(answer(&made, link(outside)), other, "{range}");
    }
    for words in ["< 4.2 SP1", "all serial numbers from 100", "4.2 | 4.3"] {
        let tree = branches("product_version_range", words);
        let made = edition(&[&csaf(&tree, r#""known_affected":["P"]"#, "")]);
        let open = Some(state_of(Answer::Undetermined, "versions_in_words"));
        assert_eq!(answer(&made, link("4.1")), open, "{words}");
        let fixed = edition(&[&csaf(&tree, r#""fixed":["P"]"#, "")]);
        assert_eq!(answer(&fixed, link("4.1")), open, "{words}");
    }
    let every = branches("product_version_range", "vers:all/*");
    let every = edition(&[&csaf(&every, r#""known_affected":["P"]"#, "")]);
    assert_eq!(answer(&every, link("")), Some(state_of(Answer::Affected, "stated_affected")));
}

#[test]
fn a_contradiction_is_shown_and_the_documented_rule_decides() {
    let tree = names(&[product("P", r#""purl":"pkg:npm/x@1.2.0""#)]);
    let by = |who: &str, status: &str, more: &str| {
        edition(&[
            &osv("2.0.0"),
            &document("A-1", "1", who, &tree, &format!(r#""{status}":["P"]"#), more),
        ])
    };
    let from = |supplier: &str| Component { supplier: Some(supplier.into()), ..x("1.2.0") };
    // (publisher, supplier in the inventory, status, flag, answer, disagreement)
    for (who, supplier, status, flag, wanted, disagree) in [
        ("vendor", "Acme", "known_not_affected", FLAG, Answer::NotAffected, true),
        ("vendor", "Acme", "known_not_affected", "", Answer::Affected, false),
        ("vendor", "Other", "known_not_affected", FLAG, Answer::Affected, true),
        ("coordinator", "Acme", "known_not_affected", FLAG, Answer::Affected, true),
        ("vendor", "Acme", "fixed", "", Answer::Affected, true),
        ("vendor", "Acme", "under_investigation", "", Answer::Affected, false),
    ] {
        let verdict = only(&by(who, status, flag), from(supplier)).expect("never silent");
        let place = format!("{who} {supplier} {status} {flag}");
        assert_eq!((verdict.answer, verdict.disagreement), (wanted, disagree), "{place}");
        assert_eq!(verdict.because.len(), 2, "{place}: {:?}", verdict.because);
        assert_eq!(verdict.id, CVE, "{place}");
    }
    // the ecosystem clears it, the supplier accuses it
    let accused = |supplier| {
        let made = edition(&[&osv("1.0.0"), &csaf(&tree, r#""known_affected":["P"]"#, "")]);
        only(&made, from(supplier)).map(|verdict| (verdict.answer, verdict.disagreement))
    };
    assert_eq!(accused("Acme"), Some((Answer::Affected, true)));
    assert_eq!(accused("Other"), Some((Answer::Undetermined, true)));
    // a whole product or a range is not this very version
    let every = names(&[product("P", r#""purl":"pkg:npm/x","cpe":"cpe:/a:acme:x""#)]);
    let every = edition(&[&osv("2.0.0"), &csaf(&every, r#""known_not_affected":["P"]"#, FLAG)]);
    let verdict = only(&every, from("Acme")).expect("never silent");
    assert_eq!((verdict.answer, verdict.disagreement), (Answer::Affected, true));
    // two words of one maker about one version: the graver counts
    let both = edition(&[
        &osv("2.0.0"),
        &document("A-1", "1", "vendor", &tree, r#""known_not_affected":["P"]"#, FLAG),
        &document("A-2", "1", "vendor", &tree, r#""under_investigation":["P"]"#, ""),
    ]);
    assert_eq!(only(&both, from("Acme")).expect("found").answer, Answer::Affected);
}

#[test]
fn a_part_counts_where_the_inventory_names_the_whole() {
    let parts = [
        product("L", r#""purl":"pkg:npm/x@1.2.0""#),
        product("W", r#""cpe":"cpe:2.3:a:acme:pump:7:*:*:*:*:*:*:*""#),
    ];
    let tree = |category: &str| {
        format!(
            r#"{},"relationships":[{{"category":"{category}","product_reference":"L","relates_to_product_reference":"W",
               "full_product_name":{{"product_id":"P","name":"x in the pump"}}}}]"#,
            names(&parts)
        )
    };
    let pump = |version: &str| {
        component("pump", "", &[&format!("cpe:2.3:a:acme:pump:{version}:*:*:*:*:*:*:*")])
    };
    for category in ["installed_on", "default_component_of"] {
        let made = edition(&[&csaf(&tree(category), r#""known_affected":["P"]"#, "")]);
        let found = |others: Vec<Component>| {
            let mut all = vec![x("1.2.0")];
            all.extend(others);
            in_company(&made.edition, all).verdicts.pop()
        };
        let inside = found(vec![pump("7")]).expect("found");
        assert_eq!(inside.verdict.answer, Answer::Affected);
        assert!(!inside.context_free, "it depends on the rest of the inventory");
        let alone = found(vec![]).expect("found").verdict;
        assert_eq!(alone.because[0].rule, "condition_not_known", "{alone:?}");
        assert!(found(vec![pump("8")]).is_none(), "another version of the pump is another product");
    }
    let cleared = edition(&[&csaf(&tree("installed_on"), r#""known_not_affected":["P"]"#, FLAG)]);
    assert_eq!(
        answer(&cleared, x("1.2.0")),
        Some(state_of(Answer::Undetermined, "condition_not_known"))
    );
}

#[test]
fn openvex_statements_are_taken_in_their_order() {
    let vex = |statements: &str| {
        edition(&[&format!(
            r#"{{"@context":"https://openvex.dev/ns/v0.2.0","@id":"https://acme.example/vex-1","author":"Acme <a@acme.example>",
               "timestamp":"2026-01-01T00:00:00Z","version":1,"statements":[{statements}]}}"#
        )])
    };
    let one = |status: &str, time: &str, more: &str| {
        format!(
            r#"{{"vulnerability":{{"name":"{CVE}"}},"products":[{{"@id":"pkg:npm/x@1.2.0"}}],"status":"{status}","timestamp":"{time}"{more}}}"#
        )
    };
    let why = r#","justification":"component_not_present""#;
    let affected = one("affected", "2026-01-02T00:00:00Z", r#","action_statement":"Update it.""#);
    let cleared = one("not_affected", "2026-01-03T00:00:00Z", why);
    let earlier = one("not_affected", "2026-01-01T00:00:00Z", why);
    let found = only(&vex(&affected), x("1.2.0")).expect("found");
    assert_eq!((found.answer, &*found.because[0].source), (Answer::Affected, "openvex"));
    assert_eq!(found.because[0].note, "Update it.");
    assert_eq!(answer(&vex(&format!("{affected},{cleared}")), x("1.2.0")), None);
    assert_eq!(answer(&vex(&format!("{cleared},{affected}")), x("1.2.0")), None);
    let later = answer(&vex(&format!("{affected},{earlier}")), x("1.2.0"));
    assert_eq!(later, Some(state_of(Answer::Affected, "stated_affected")));
    let bare = answer(&vex(&one("not_affected", "2026-01-01T00:00:00Z", "")), x("1.2.0"));
    assert_eq!(bare, Some(state_of(Answer::Undetermined, "no_justification")));
    let part = r#"{"vulnerability":{"name":"CVE-2026-0001"},"products":[{"@id":"pkg:oci/pump@sha256%3Aab",
        "subcomponents":[{"@id":"pkg:npm/x@1.2.0"}]}],"status":"affected"}"#;
    assert_eq!(
        answer(&vex(part), x("1.2.0")),
        Some(state_of(Answer::Undetermined, "condition_not_known"))
    );
    let whole = component("pump", "", &["pkg:oci/pump@sha256%3Aab"]);
    let found = in_company(&vex(part).edition, vec![x("1.2.0"), whole]).verdicts.pop();
    assert_eq!(found.expect("found").verdict.answer, Answer::Affected);
}

#[test]
fn an_analysis_of_cyclonedx_is_a_statement() {
    let vex = |analysis: &str, reference: &str| {
        edition(&[&format!(
            r#"{{"bomFormat":"CycloneDX","specVersion":"1.6","serialNumber":"urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79","version":1,
               "metadata":{{"timestamp":"2026-01-01T00:00:00Z","supplier":{{"name":"Acme"}}}},
               "components":[{{"type":"library","bom-ref":"x","name":"x","version":"1.2.0","purl":"pkg:npm/x@1.2.0"}}],
               "vulnerabilities":[{{"id":"{CVE}","analysis":{{{analysis}}},"affects":[{reference}]}}]}}"#
        )])
    };
    let own = r#"{"ref":"x"}"#;
    for (analysis, wanted) in [
        (r#""state":"exploitable""#, Some(state_of(Answer::Affected, "stated_affected"))),
        (r#""state":"in_triage""#, Some(state_of(Answer::Undetermined, "under_investigation"))),
        (r#""state":"not_affected","justification":"code_not_reachable""#, None),
        (r#""state":"not_affected""#, Some(state_of(Answer::Undetermined, "no_justification"))),
        (
            r#""state":"not_affected","justification":"protected_at_perimeter""#,
            Some(state_of(Answer::Affected, "stated_affected")),
        ),
        (r#""state":"false_positive""#, None),
        (r#""state":"resolved""#, None),
        (r#""state":"dreamt_up""#, Some(state_of(Answer::Undetermined, "stated_unknown"))),
    ] {
        assert_eq!(answer(&vex(analysis, own), x("1.2.0")), wanted, "{analysis}");
    }
    let link = r#"{"ref":"urn:cdx:0e671687-395b-41f5-a30f-a58921a69b79/1#lib"}"#;
    let other = vex(r#""state":"exploitable""#, link);
    let mut inventory =
        inventory(vec![Component { reference: "lib".into(), ..component("l", "1", &[]) }]);
    inventory.serial = Some("urn:uuid:0E671687-395b-41f5-a30f-a58921a69b79".into());
    let assess = |inventory: &_| {
        let matcher = Matcher::new(&other.edition, inventory);
        matcher.assess(0, &inventory_of(inventory)[0]).expect("assessed").verdicts
    };
    let found = assess(&inventory);
    assert_eq!(found.len(), 1, "by its reference in the document it speaks of");
    assert!(!found[0].context_free);
    inventory.serial = None;
    assert!(assess(&inventory).is_empty());
    let ranged = r#"{"ref":"x","versions":[{"range":"vers:npm/>=1.0.0|<2.0.0","status":"affected"},{"version":"2.0.0","status":"unaffected"}]}"#;
    let ranged = vex(r#""state":"exploitable""#, ranged);
    assert_eq!(answer(&ranged, x("1.9.0")), Some(state_of(Answer::Affected, "stated_affected")));
    assert_eq!(answer(&ranged, x("2.0.0")), None);
}

fn inventory_of(inventory: &aftercare_vocab::inventory::Inventory) -> &[Component] {
    &inventory.components
}

#[test]
fn hostile_documents_clear_nothing() {
    let p = product("P", r#""purl":"pkg:npm/x@1.2.0""#);
    let twice = names(&[p.clone(), product("P", r#""purl":"pkg:npm/y@1.2.0""#)]);
    let cleared = edition(&[&csaf(&twice, r#""known_not_affected":["P"]"#, FLAG)]);
    assert_eq!(
        answer(&cleared, x("1.2.0")),
        Some(state_of(Answer::Undetermined, "stated_unknown"))
    );
    let affected = edition(&[&csaf(&twice, r#""known_affected":["P"]"#, "")]);
    assert_eq!(answer(&affected, x("1.2.0")), Some(state_of(Answer::Affected, "stated_affected")));
    let both = edition(&[&csaf(
        &names(std::slice::from_ref(&p)),
        r#""known_affected":["P"],"known_not_affected":["P"]"#,
        FLAG,
    )]);
    assert_eq!(answer(&both, x("1.2.0")), Some(state_of(Answer::Affected, "stated_affected")));
    let draft = csaf(&names(&[p]), r#""known_not_affected":["P"]"#, FLAG).replace("final", "draft");
    assert_eq!(
        answer(&edition(&[&draft]), x("1.2.0")),
        Some(state_of(Answer::Undetermined, "draft"))
    );
}

#[test]
fn the_medical_advisories_accuse_the_products_they_name() {
    let Some(folder) = crate::build::shared("csaf/icsma") else { return };
    let made = crate::build::edition_of(std::slice::from_ref(&folder));
    let (mut plain, mut words) = (0, 0);
    for entry in std::fs::read_dir(&folder).expect("listed") {
        let text = std::fs::read_to_string(entry.expect("an entry").path()).expect("read");
        let document: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        let mut affected = std::collections::HashMap::<&str, &str>::new();
        for vulnerability in document["vulnerabilities"].as_array().into_iter().flatten() {
            let cve = vulnerability["cve"].as_str().expect("a CVE");
            let ids = vulnerability["product_status"]["known_affected"].as_array();
            for id in ids.into_iter().flatten() {
                affected.insert(id.as_str().expect("an id"), cve);
            }
        }
        let inside =
            |of: &serde_json::Value| of["branches"].as_array().cloned().unwrap_or_default();
        for vendor in inside(&document["product_tree"]) {
            for product in inside(&vendor) {
                for version in inside(&product) {
                    let id = version["product"]["product_id"].as_str().unwrap_or_default();
                    let Some(cve) = affected.get(id) else { continue };
                    let written = version["name"].as_str().expect("a name");
                    let text =
                        |of: &serde_json::Value| of["name"].as_str().expect("a name").to_owned();
                    let one = |c: char| c.is_ascii_alphanumeric() || c == '.';
                    let named = written.starts_with(|c: char| c.is_ascii_digit())
                        && written.chars().all(one);
                    let component = of_acme(
                        &text(&product),
                        if named { written } else { "1.0" },
                        &text(&vendor),
                    );
                    let found = in_company(&made.edition, vec![component]).verdicts;
                    let verdict = found.iter().find(|judged| *judged.verdict.id == **cve);
                    let place = format!("{id} {cve} {written}");
                    let verdict = verdict.unwrap_or_else(|| panic!("nothing is said: {place}"));
                    assert_ne!(verdict.verdict.answer, Answer::NotAffected, "{place}");
                    let is_affected = verdict.verdict.answer == Answer::Affected;
                    if named || written == "vers:all/*" {
                        assert!(is_affected, "{place}: {:?}", verdict.verdict.because);
                        plain += 1;
                    } else {
                        words += 1;
                    }
                }
            }
        }
    }
    assert!(plain > 100 && words > 100, "{plain} by version, {words} by range or words");
}
