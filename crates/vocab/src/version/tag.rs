//! Versions as tags of repositories and build systems write them.

/// The version that a tag or a build system's spelling stands for: `openssl-3.0.7`, `curl-7_88_1`,
/// `VER-2-13-0`, `R_2_5_0`, `v5.7.0-stable`, `STABLE-2_1_3_RELEASE`, `1.1.1k+gitAUTOINC+0a1b`. What is
/// no such spelling stays as it is.
pub fn of_tag(tag: &str) -> String {
    let plain = tag.split_once("+git").map_or(tag, |(plain, _)| plain);
    let plain = plain.rsplit('/').next().unwrap_or(plain);
    let Some(start) = plain.find(|c: char| c.is_ascii_digit()) else { return tag.to_owned() };
    let (lead, rest) = plain.split_at(start);
    let is_word = lead.chars().all(|c| c.is_ascii_alphabetic() || matches!(c, '-' | '_' | '.'));
    if !is_word {
        return tag.to_owned();
    }
    let lower = rest.to_ascii_lowercase();
    let ends = ["_release", "-release", "-stable", "_stable"];
    let end = ends.iter().find(|end| lower.ends_with(**end)).map_or(0, |end| end.len());
    let rest = &rest[..rest.len() - end];
    if rest.contains('.') {
        return rest.to_owned();
    }
    // dashes or underscores between numbers stand for dots
    let mut version = String::with_capacity(rest.len());
    let mut chars = rest.chars().peekable();
    while let Some(c) = chars.next() {
        let before_number = chars.peek().is_some_and(char::is_ascii_digit);
        let after_number = version.ends_with(|c: char| c.is_ascii_digit());
        let joins = matches!(c, '-' | '_') && before_number && after_number;
        version.push(if joins { '.' } else { c });
    }
    version
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_name_versions() {
        for (tag, version) in [
            ("openssl-3.0.7", "3.0.7"),
            ("OpenSSL_1_1_1k", "1.1.1k"),
            ("curl-7_88_1", "7.88.1"),
            ("VER-2-13-0", "2.13.0"),
            ("R_2_5_0", "2.5.0"),
            ("v5.7.0-stable", "5.7.0"),
            ("STABLE-2_1_3_RELEASE", "2.1.3"),
            ("refs/tags/v1.2.13", "1.2.13"),
            ("1.1.1k+gitAUTOINC+0a1b", "1.1.1k"),
            ("1.0.2-rc1", "1.0.2-rc1"),
            ("V10.4.1", "10.4.1"),
            ("main", "main"),
        ] {
            assert_eq!(of_tag(tag), version, "{tag}");
        }
    }
}
