//! Text for people: figures with separators and units, and foreign text made visible.

use aftercare_vocab::problem::deceives;
use std::borrow::Cow;

/// Foreign text with control characters and characters that change direction or hide made visible
/// (`⟨U+202E⟩`), so that a name cannot show itself as another. Line breaks become visible too.
pub fn visible(text: &str) -> Cow<'_, str> {
    made_visible(text, |c| c.is_control() || deceives(c))
}

/// As [`visible`], for text of several lines: line breaks and tabs stay.
pub fn visible_lines(text: &str) -> Cow<'_, str> {
    made_visible(text, |c| (c.is_control() && c != '\n' && c != '\t') || deceives(c))
}

/// Foreign text for a field that is sent back: what [`visible`] would mark is left out, since a mark
/// would be taken for part of the text.
pub fn editable(text: &str) -> String {
    text.chars().filter(|c| !c.is_control() && !deceives(*c)).collect()
}

/// The same for a field of several lines.
pub fn editable_lines(text: &str) -> String {
    let kept = |c: &char| matches!(c, '\n' | '\t') || (!c.is_control() && !deceives(*c));
    text.chars().filter(kept).collect()
}

fn made_visible(text: &str, hidden: impl Fn(char) -> bool) -> Cow<'_, str> {
    if !text.chars().any(&hidden) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if hidden(c) {
            out.push_str(&format!("⟨U+{:04X}⟩", u32::from(c)));
        } else {
            out.push(c);
        }
    }
    Cow::Owned(out)
}

/// `12,345`
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `1 unit`, `12,345 units`
pub fn counted(number: u64, one: &str, many: &str) -> String {
    format!("{} {}", count(number), if number == 1 { one } else { many })
}

/// `9.8` from tenths.
pub fn score(tenths: u8) -> String {
    format!("{}.{}", tenths / 10, tenths % 10)
}

/// `94.4 %` from hundred-thousandths. Rounded, but what is below 100 % is never shown as 100 %, nor
/// what is above 0 % as 0 %.
pub fn percent(hundred_thousandths: u32) -> String {
    let tenths = (u64::from(hundred_thousandths) + 50) / 100;
    match (hundred_thousandths, tenths) {
        (0, _) => "0 %".to_owned(),
        (_, 0) => "below 0.1 %".to_owned(),
        (1..100_000, 1_000..) => "above 99.9 %".to_owned(),
        _ => format!("{}.{} %", tenths / 10, tenths % 10),
    }
}

/// `99.96` from hundred-thousandths. Cut, not rounded, so that nothing becomes 100.
pub fn percentile(hundred_thousandths: u32) -> String {
    format!("{}.{:02}", hundred_thousandths / 1_000, hundred_thousandths % 1_000 / 10)
}

/// `512 bytes`, `1.4 MB` (decimal).
pub fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => counted(bytes, "byte", "bytes"),
        1_000..1_000_000 => format!("{}.{} kB", bytes / 1_000, bytes % 1_000 / 100),
        _ => format!("{}.{} MB", count(bytes / 1_000_000), bytes % 1_000_000 / 100_000),
    }
}

/// `today`, `1 day old`, `12 days old`.
pub fn age(days: u64) -> String {
    match days {
        0 => "less than a day old".to_owned(),
        _ => format!("{} old", counted(days, "day", "days")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_read_as_people_write_them() {
        assert_eq!(
            [count(0), count(999), count(1_000), count(12_345_678)],
            ["0", "999", "1,000", "12,345,678"]
        );
        assert_eq!(counted(1, "unit", "units"), "1 unit");
        assert_eq!([score(98), score(100), score(0)], ["9.8", "10.0", "0.0"]);
        assert_eq!([percent(94_358), percent(20), percent(0)], ["94.4 %", "below 0.1 %", "0 %"]);
        assert_eq!([percent(99_960), percent(100_000)], ["above 99.9 %", "100.0 %"]);
        assert_eq!([percentile(99_999), percentile(1_050)], ["99.99", "1.05"]);
        assert_eq!([size(1), size(1_450), size(2_345_678)], ["1 byte", "1.4 kB", "2.3 MB"]);
        assert_eq!([age(0), age(1), age(40)], ["less than a day old", "1 day old", "40 days old"]);
    }

    #[test]
    fn text_that_hides_or_turns_is_made_visible() {
        assert_eq!(visible("abc\u{202e}fdp.exe"), "abc⟨U+202E⟩fdp.exe");
        assert_eq!(visible("a\u{200b}b\nc\0"), "a⟨U+200B⟩b⟨U+000A⟩c⟨U+0000⟩");
        assert_eq!(visible_lines("a\n\tb\u{2066}"), "a\n\tb⟨U+2066⟩");
        assert!(matches!(visible("سرنجة"), Cow::Borrowed(_)), "right-to-left words are left alone");
    }
}
