//! Plain text that prints on any printer: headings, paragraphs, lists, lines of a fixed width.

/// Characters of a line. Words that are longer (addresses) stand whole.
pub(crate) const WIDTH: usize = 76;

/// A page under construction.
#[derive(Debug, Default)]
pub(crate) struct Page(String);

impl Page {
    /// A heading with a line of `=` below it.
    pub(crate) fn title(&mut self, text: &str) {
        self.ruled(text, "=");
        self.0.push('\n');
    }

    /// A heading with a line of `-` below it.
    pub(crate) fn heading(&mut self, text: &str) {
        self.ruled(text, "-");
    }

    /// Text with a rule right below it, as wide as its widest line.
    fn ruled(&mut self, text: &str, sign: &str) {
        let start = self.0.len();
        self.paragraph(text);
        self.0.pop(); // the blank line
        let lines = self.0.get(start..).unwrap_or_default().lines();
        let width = lines.map(|line| line.chars().count()).max().unwrap_or(0);
        self.0.push_str(&sign.repeat(width));
        self.0.push('\n');
    }

    /// Text with its own line ends, and a blank line after it.
    pub(crate) fn paragraph(&mut self, text: &str) {
        for line in text.trim_end().split('\n') {
            self.lines("", "", line);
        }
        self.0.push('\n');
    }

    /// One line of a list.
    pub(crate) fn item(&mut self, text: &str) {
        let mut first = "- ";
        for line in text.trim_end().split('\n') {
            self.lines(first, "  ", line);
            first = "  ";
        }
    }

    /// One line, wrapped where it is too long.
    pub(crate) fn line(&mut self, text: &str) {
        self.lines("", "", text);
    }

    /// A blank line.
    pub(crate) fn gap(&mut self) {
        self.0.push('\n');
    }

    pub(crate) fn finish(self) -> String {
        format!("{}\n", self.0.trim_end())
    }

    fn lines(&mut self, first: &str, further: &str, text: &str) {
        let mut line = first.to_owned();
        let mut is_empty = true;
        for word in text.split_whitespace() {
            if !is_empty && line.chars().count() + 1 + word.chars().count() > WIDTH {
                self.0.push_str(line.trim_end());
                self.0.push('\n');
                further.clone_into(&mut line);
                is_empty = true;
            }
            if !is_empty {
                line.push(' ');
            }
            line.push_str(word);
            is_empty = false;
        }
        self.0.push_str(line.trim_end());
        self.0.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_wrapped_and_words_stay_whole() {
        let mut page = Page::default();
        page.title("Größe");
        page.item(&"word ".repeat(20));
        page.paragraph(&format!("a\n\nhttps://device.example/{}", "x".repeat(90)));
        let text = page.finish();
        assert!(text.starts_with("Größe\n=====\n\n- word word"), "{text}");
        assert!(text.contains("\n  word"), "{text}");
        assert!(text.lines().all(|line| line.chars().count() <= WIDTH || !line.contains(' ')));
        assert!(text.ends_with("x\n") && text.contains("a\n\nhttps"));
    }
}
