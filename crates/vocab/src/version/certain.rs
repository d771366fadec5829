//! Whether a text that stands where a version belongs is one certain version.

use super::text::NOT_VERSIONS;

/// Why it is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Uncertain {
    /// A range or a list: `>= 1.2`, `1.x`, `1.0 - 1.5`, `1.0, 1.1`.
    Several,
    /// A word: `latest`, `unknown`, `*`.
    Word,
    /// A version and a remark: `1.2 (patched)`.
    Remark,
}

impl Uncertain {
    /// What is wrong with `text`; `None` for what may be one version.
    pub fn of(text: &str) -> Option<Self> {
        let text = text.trim();
        if NOT_VERSIONS.iter().any(|word| word.eq_ignore_ascii_case(text)) {
            Some(Self::Word)
        } else if names_several(text) {
            Some(Self::Several)
        } else if text.contains(" (") {
            Some(Self::Remark)
        } else {
            None
        }
    }
}

fn names_several(text: &str) -> bool {
    let starts = text.starts_with(['<', '>', '=', '^', '~', '≥', '≤']);
    let joined =
        [" - ", " – ", " to ", ", ", "; ", "\n", " / ", " & ", " and "].iter().any(|word| {
            text.split_once(word).is_some_and(|(one, other)| {
                let number = |text: &str| {
                    text.trim()
                        .trim_start_matches(['v', 'V'])
                        .starts_with(|c: char| c.is_ascii_digit())
                };
                number(one) && number(other)
            })
        });
    let open = [".x", ".X", ".*"].iter().any(|end| text.ends_with(end));
    starts || joined || open
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_versions_words_and_remarks_are_told_from_one_version() {
        for range in [
            ">= 1.2",
            "1.x",
            "1.0 - 1.5",
            "1.0, 1.1",
            "2.0 to 2.4",
            "^1",
            "5.*",
            "1.0\n1.1",
            "1 / 2",
        ] {
            assert_eq!(Uncertain::of(range), Some(Uncertain::Several), "{range}");
        }
        for word in ["latest", "LATEST", "*", "Unknown", "(devel)", " x "] {
            assert_eq!(Uncertain::of(word), Some(Uncertain::Word), "{word}");
        }
        assert_eq!(Uncertain::of("v1.2 (patched)"), Some(Uncertain::Remark));
        for one in [
            "1.2",
            "v1.2-rc1",
            "10 SP 2",
            "2021-05",
            "Rev. C",
            "1.0.2x",
            "3.0.9-1",
            "V1.2 and later fixes",
        ] {
            assert_eq!(Uncertain::of(one), None, "{one}");
        }
    }
}
