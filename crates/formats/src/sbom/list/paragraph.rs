//! Paragraphs of `Key: value` lines, divided by empty lines: the shape of control files.

/// One paragraph.
#[derive(Debug, Default)]
pub(super) struct Paragraph<'t> {
    /// Number of its first line, from 1.
    pub(super) line: usize,
    /// Keys as written, with the text on the key's own line; lines that go on are left out.
    fields: Vec<(&'t str, &'t str)>,
    /// The first line that is neither a field nor goes on with one.
    pub(super) odd: Option<(usize, &'t str)>,
}

/// Most fields kept of one paragraph; real ones have fewer than 40.
const FIELDS: usize = 200;

impl<'t> Paragraph<'t> {
    /// The value of a field, `None` when it is absent or empty. Keys compare without case.
    pub(super) fn field(&self, key: &str) -> Option<&'t str> {
        let found = self.fields.iter().find(|(name, _)| name.eq_ignore_ascii_case(key));
        found.map(|(_, value)| *value).filter(|value| !value.is_empty())
    }

    /// The same, with the key in this very case.
    pub(super) fn exact(&self, key: &str) -> Option<&'t str> {
        let found = self.fields.iter().find(|(name, _)| *name == key);
        found.map(|(_, value)| *value).filter(|value| !value.is_empty())
    }
}

/// The paragraphs of a text, one at a time.
pub(super) fn paragraphs(text: &str) -> impl Iterator<Item = Paragraph<'_>> {
    let mut lines = text.lines().enumerate().peekable();
    std::iter::from_fn(move || {
        while lines.peek().is_some_and(|(_, line)| line.trim().is_empty()) {
            lines.next();
        }
        let mut paragraph = Paragraph { line: lines.peek()?.0 + 1, ..Paragraph::default() };
        while let Some((number, line)) = lines.next_if(|(_, line)| !line.trim().is_empty()) {
            match line.split_once(':') {
                _ if line.starts_with([' ', '\t', '#']) => {}
                Some((key, value)) if paragraph.fields.len() < FIELDS => {
                    paragraph.fields.push((key.trim_end(), value.trim()));
                }
                Some(_) => {}
                None => {
                    paragraph.odd.get_or_insert((number + 1, line));
                }
            }
        }
        Some(paragraph)
    })
}
