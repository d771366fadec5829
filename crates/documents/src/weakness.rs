//! Names of weaknesses: CWE list 4.17 of 3 April 2025 (`data/cwe.tsv`).

const LIST: &str = include_str!("../data/cwe.tsv");

/// The name of a weakness; none when the list has no weakness of that number (it may have a category).
pub fn name(number: u32) -> Option<&'static str> {
    LIST.lines().find_map(|line| {
        let (own, name) = line.split_once('\t')?;
        (own.parse() == Ok(number)).then_some(name)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weaknesses_have_names_and_categories_have_none() {
        assert_eq!(name(798), Some("Use of Hard-coded Credentials"));
        assert_eq!(name(16), None, "a category");
        assert_eq!(LIST.lines().count(), 968);
        assert!(LIST.lines().all(|line| line.split_once('\t').is_some()));
    }
}
