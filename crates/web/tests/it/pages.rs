//! Rules for every page.

use crate::{
    gallery,
    markup::{Tag, tags, text, text_of},
};
use std::collections::BTreeSet;

fn all() -> impl Iterator<Item = (&'static str, String, Vec<Tag>)> {
    gallery::pages().into_iter().map(|(name, page)| {
        let html = page.into_string();
        let tags = tags(&html);
        (name, html, tags)
    })
}

fn page(name: &str) -> String {
    let mut pages = gallery::pages().into_iter();
    pages.find(|(n, _)| *n == name).expect("a page of the gallery").1.into_string()
}

#[test]
fn every_page_has_one_h1_a_title_a_language_and_a_skip_link() {
    for (name, html, tags) in all() {
        let named = |tag: &str| tags.iter().filter(|t| t.name == tag).collect::<Vec<_>>();
        assert_eq!(named("h1").len(), 1, "{name}");
        assert!(!text_of(&html, named("h1")[0]).is_empty(), "{name}");
        // What people outside see bears the maker's name, and asks nothing of the record.
        let outside = name.contains("outside-");
        let title = text_of(&html, named("title")[0]);
        assert!(title.contains(" · ") && (outside || title.ends_with("Aftercare")), "{name}");
        assert_eq!(named("html")[0].get("lang"), Some("en"), "{name}");
        assert_eq!(named("a")[0].get("href"), Some("#main"), "{name}: the first link skips");
        assert_eq!(named("main").len(), 1, "{name}");
        assert_eq!(named("main")[0].get("id"), Some("main"), "{name}");
        assert_eq!(
            tags.iter().filter(|t| t.get("id") == Some("ask")).count(),
            usize::from(!outside),
            "{name}: ask box"
        );
    }
}

#[test]
fn headings_go_down_one_step_at_a_time() {
    for (name, _, tags) in all() {
        let levels = tags.iter().filter_map(|t| match t.name.as_bytes() {
            [b'h', level @ b'1'..=b'6'] => Some(level - b'0'),
            _ => None,
        });
        let mut last = 0;
        for level in levels {
            assert!(level <= last + 1, "{name}: h{level} follows h{last}");
            last = level;
        }
    }
}

#[test]
fn nothing_is_inline_that_the_content_security_policy_forbids() {
    for (name, _, tags) in all() {
        for tag in tags {
            assert_ne!(tag.name, "style", "{name}");
            assert!(tag.name != "script" || tag.get("src").is_some(), "{name}: {tag:?}");
            for (attribute, value) in &tag.attributes {
                assert_ne!(attribute, "style", "{name}: {tag:?}");
                assert!(!attribute.starts_with("on"), "{name}: {tag:?}");
                let address = matches!(attribute.as_str(), "href" | "src" | "action");
                let harmless =
                    ["/", "#", "?", "https://", "http://", "style.css", "app.js", "logo.svg"];
                assert!(
                    !address || harmless.iter().any(|start| value.starts_with(start)),
                    "{name}: {tag:?}"
                );
            }
        }
    }
}

#[test]
fn hostile_text_is_shown_and_never_obeyed() {
    let mut pages_with_hostile_text = 0;
    for (name, html, tags) in all() {
        assert!(!html.contains("<script>alert") && !html.contains("<img"), "{name}");
        let hidden = html.find(['\u{202e}', '\u{200b}', '\u{7}']);
        let near = hidden.map(|at| html[..at].chars().rev().take(80).collect::<String>());
        assert!(hidden.is_none(), "{name}: a hidden character, read backwards from it: {near:?}");
        assert!(!tags.iter().any(|t| t.name == "img"), "{name}");
        if name.starts_with("hostile") {
            assert!(html.contains("&lt;script&gt;alert"), "{name}: the text itself is shown");
            pages_with_hostile_text += 1;
        }
    }
    assert_eq!(pages_with_hostile_text, 46);
    assert!(page("hostile-findings").contains("⟨U+202E⟩"));
    assert!(page("hostile-findings").contains("Extraordinarily-long"));
}

#[test]
fn tags_are_balanced() {
    const VOID: [&str; 4] = ["meta", "link", "input", "!DOCTYPE"];
    for (name, _, tags) in all() {
        let mut open = Vec::new();
        for tag in tags {
            if let Some(end) = tag.name.strip_prefix('/') {
                assert_eq!(open.pop().as_deref(), Some(end), "{name}");
            } else if !VOID.contains(&tag.name.as_str()) {
                open.push(tag.name);
            }
        }
        assert!(open.is_empty(), "{name}: {open:?}");
    }
}

#[test]
fn ids_are_unique_and_what_points_at_them_finds_them() {
    for (name, _, tags) in all() {
        let mut ids = BTreeSet::new();
        for id in tags.iter().filter_map(|t| t.get("id")) {
            // The overfull page repeats one sample product; real products differ.
            assert!(ids.insert(id) || name.starts_with("overfull"), "{name}: id {id} twice");
        }
        for tag in &tags {
            let pointers = [
                tag.get("for"),
                tag.get("aria-labelledby"),
                tag.get("aria-describedby"),
                tag.get("href").and_then(|href| href.strip_prefix('#')),
            ];
            for pointer in pointers.into_iter().flatten() {
                assert!(ids.contains(pointer), "{name}: nothing has the id {pointer}");
            }
        }
    }
}

#[test]
fn every_field_has_a_label_and_every_header_cell_a_scope() {
    for (name, _, tags) in all() {
        let labelled: BTreeSet<_> = tags.iter().filter_map(|t| t.get("for")).collect();
        for tag in &tags {
            let field = matches!(tag.name.as_str(), "input" | "select" | "textarea");
            if field && tag.get("type") != Some("hidden") {
                assert!(tag.get("id").is_some_and(|id| labelled.contains(id)), "{name}: {tag:?}");
            }
            assert!(tag.name != "th" || tag.get("scope").is_some(), "{name}: {tag:?}");
        }
        let count = |tag: &str| tags.iter().filter(|t| t.name == tag).count();
        assert_eq!(count("table"), count("caption"), "{name}: a caption for each table");
    }
}

#[test]
fn empty_states_say_what_to_do() {
    for (name, html, tags) in all() {
        for tag in tags.iter().filter(|t| t.has_class("empty")) {
            let said = text_of(&html, tag);
            assert!(said.split(' ').count() >= 8, "{name}: too short to help: {said}");
        }
        if name.starts_with("empty") && name != "empty-upload-receipt" && name != "empty-ask-home" {
            assert!(tags.iter().any(|t| t.has_class("empty")), "{name}: an empty state");
        }
    }
    assert!(page("empty-products").contains("aftercare demo"));
    assert!(page("empty-ask-home").contains("aftercare corpus import"));
    assert!(page("empty-version-sbom").contains("multipart/form-data"));
}

#[test]
fn what_is_unknown_is_said_and_never_counted_as_zero() {
    for name in ["empty-version-without-sbom", "empty-version-not-matched"] {
        let words = text(&page(name));
        for figure in [
            "Affected Unknown",
            "Undetermined Unknown",
            "Known exploited Unknown",
            "Not covered Unknown",
        ] {
            assert!(words.contains(figure), "{name}: {figure}");
        }
        assert!(!words.contains("0 findings"), "{name}");
    }
    let products = text(&page("products"));
    assert!(products.contains("3.4.0") && products.contains("Unknown: no SBOM"));
    assert!(products.contains("Unknown: not matched yet"));
    assert!(products.contains("38 units of this product may run any of these versions"));
    let reach = text(&page("blast-radius"));
    for words in [
        "Unknown 195 units",
        "38 units whose installed version is not recorded",
        "97 units on versions without SBOM",
        "60 units on versions with components that could not be looked up",
        "Consignee unknown",
    ] {
        assert!(reach.contains(words), "{words}");
    }
    let components = text(&page("version-components"));
    assert!(components.contains("Not covered") && components.contains("version unknown"));
}

#[test]
fn an_unknown_vulnerability_is_not_an_all_clear() {
    for name in ["ask-nothing", "problem-unknown-vulnerability"] {
        let words = text(&page(name));
        assert!(
            words.contains("CVE-2026-99999 is not in the edition of 2026-11-20 04:00 UTC"),
            "{name}"
        );
        assert!(words.contains("does not mean that products are not affected"), "{name}");
    }
}

#[test]
fn no_page_uses_words_that_promise_too_much() {
    for (name, html, _) in all() {
        // The safety risk manager is a role, and promises nothing.
        // "Sooner" compares two days, and promises none.
        let words = text(&html).to_lowercase().replace("safety", "").replace(" sooner", "");
        for word in [" safe", " secure", " hack", " soon", " fixed", "invalid", "incident"] {
            // Range words of a record may hold "fixed"; they are shown as received.
            let received = word == " fixed" && name.contains("finding");
            // The law calls it so.
            let law = word == "incident" && name.contains("rules-clocks");
            assert!(received || law || !words.contains(word), "{name}: {word}");
        }
        let body = text(&html[html.find("<main").expect("main")..]);
        assert!(!body.contains('!') || name.starts_with("hostile"), "{name}: exclamation");
    }
}

#[test]
fn the_why_page_carries_all_that_a_check_by_hand_needs() {
    let words = text(&page("finding"));
    for needed in [
        "components[41]",
        "pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1",
        "GHSA-jfh8-c2jp-5v3q",
        "affected[0].ranges[0]",
        "&gt;= 2.13.0, &lt; 2.15.0",
        "maven",
        "in_range",
        "introduced",
        "removed by policy",
        "2026-11-20 04:00 UTC",
    ] {
        assert!(words.contains(needed), "{needed}");
    }
    assert!(!page("finding").contains("href=\"javascript"));
    let open = text(&page("finding-undetermined"));
    assert!(open.contains("Treat it as affected until a person has decided"));
    assert!(open.contains("Sources disagree") && open.contains("The record is not shown"));
}
