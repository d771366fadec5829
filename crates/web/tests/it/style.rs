//! Contrast of the colours in both themes (WCAG 2.2, 1.4.3: 4.5 to 1 for text).

use std::collections::BTreeMap;

const STYLE: &str = include_str!("../../assets/style.css");

/// Pairs of text and ground that occur.
const PAIRS: [(&str, &str); 25] = [
    ("ink", "ground"),
    ("ink", "panel"),
    ("ink", "sunk"),
    ("ink-soft", "ground"),
    ("ink-soft", "panel"),
    ("ink-soft", "sunk"),
    ("link", "ground"),
    ("link", "panel"),
    ("link", "sunk"),
    ("link", "unknown-wash"),
    ("ink", "unknown-wash"),
    ("ink", "undetermined-wash"),
    ("affected", "panel"),
    ("affected", "sunk"),
    ("undetermined", "panel"),
    ("undetermined", "sunk"),
    ("unknown", "panel"),
    ("unknown", "sunk"),
    ("unknown", "unknown-wash"),
    ("on-solid", "affected"),
    ("on-solid", "undetermined"),
    ("on-solid", "unknown"),
    ("on-solid", "link"),
    ("bar-ink", "bar"),
    ("ground", "ink"),
];

fn colours(css: &str) -> BTreeMap<&str, [f64; 3]> {
    let lines = css.lines().filter_map(|line| line.trim().strip_prefix("--"));
    let pairs = lines.filter_map(|line| line.trim_end_matches(';').split_once(": #"));
    pairs
        .filter(|(_, hex)| hex.len() == 6)
        .map(|(name, hex)| {
            let part = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).expect("hex digits");
            (name, [part(0), part(2), part(4)].map(linear))
        })
        .collect()
}

fn linear(part: u8) -> f64 {
    let part = f64::from(part) / 255.0;
    if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
}

fn contrast(one: [f64; 3], other: [f64; 3]) -> f64 {
    let light = |c: [f64; 3]| 0.2126 * c[0] + 0.7152 * c[1] + 0.0722 * c[2] + 0.05;
    let (one, other) = (light(one), light(other));
    one.max(other) / one.min(other)
}

#[test]
fn text_has_enough_contrast_in_both_themes() {
    let dark_at = STYLE.find("@media (prefers-color-scheme: dark)").expect("a dark theme");
    let dark_end = STYLE.find("/* Ground").expect("the next part");
    let light = colours(&STYLE[..dark_at]);
    let mut dark = light.clone();
    dark.extend(colours(&STYLE[dark_at..dark_end]));
    for (theme, colours) in [("light", light), ("dark", dark)] {
        for (text, ground) in PAIRS {
            let ratio = contrast(colours[text], colours[ground]);
            assert!(ratio >= 4.5, "{theme}: {text} on {ground} has {ratio:.2} to 1");
        }
    }
}

#[test]
fn the_style_serves_print_motion_and_keyboard() {
    for part in ["@media print", "prefers-reduced-motion", ":focus-visible", "forced-colors"] {
        assert!(STYLE.contains(part), "{part}");
    }
    assert!(!STYLE.contains("outline: 0"));
}
