//! Text for people: paragraphs and columns that fit a terminal.
//!
//! Everything written here passes through [`plain`], so that no foreign text (a component's name, a
//! record's summary) can steer the terminal or pretend to be a line of ours.

use aftercare_vocab::problem::plain;
use std::borrow::Cow;

/// How a sheet looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// Columns available; none = as many as the content needs.
    pub width: Option<usize>,
    /// Colour may be used.
    pub colour: bool,
}

/// How a piece of text stands out. Never the only carrier of a meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Paint {
    /// Not at all.
    #[default]
    None,
    /// Headings.
    Bold,
    /// What matters less.
    Dim,
    /// Affected.
    Red,
    /// Undetermined and unknown: as weighty as affected.
    Magenta,
}

impl Paint {
    const fn code(self) -> &'static str {
        match self {
            Self::None => "",
            Self::Bold => "\x1b[1m",
            Self::Dim => "\x1b[2m",
            Self::Red => "\x1b[1;31m",
            Self::Magenta => "\x1b[1;35m",
        }
    }
}

/// A text under construction.
#[derive(Debug)]
pub struct Sheet {
    text: String,
    look: Look,
}

impl Sheet {
    /// An empty sheet.
    pub const fn new(look: Look) -> Self {
        Self { text: String::new(), look }
    }

    /// The finished text.
    pub fn finish(self) -> String {
        self.text
    }

    /// An empty line.
    pub fn blank(&mut self) {
        self.text.push('\n');
    }

    /// A heading.
    pub fn title(&mut self, text: &str) {
        self.say(0, Paint::Bold, text);
    }

    /// A paragraph, wrapped; continued lines stand two columns further in.
    pub fn say(&mut self, indent: usize, paint: Paint, text: &str) {
        let text = plain(text);
        let width = self.look.width.map(|width| width.saturating_sub(indent).max(NARROWEST));
        for (number, line) in wrapped(&text, width).iter().enumerate() {
            let lead = if number == 0 { indent } else { indent + 2 };
            self.text.extend(std::iter::repeat_n(' ', lead));
            self.paint(paint, line);
            self.text.push('\n');
        }
    }

    /// Columns under their headings.
    pub fn grid(&mut self, indent: usize, grid: &Grid) {
        self.rows(indent, &grid.columns, || grid.rows.iter().map(Cow::Borrowed));
    }

    /// The same with rows that nobody keeps: `rows` is asked for them twice, for the widths first.
    pub fn rows<'r, I: Iterator<Item = Cow<'r, Row>>>(
        &mut self,
        indent: usize,
        columns: &[Column],
        rows: impl Fn() -> I,
    ) {
        let available = self.look.width.map(|width| width.saturating_sub(indent));
        let widths = widths(columns, rows(), available);
        if columns.iter().any(|column| !column.head.is_empty()) {
            let heads = columns.iter().map(|column| (column.head, Paint::Dim));
            self.row(indent, columns, &widths, heads);
        }
        for row in rows() {
            let cells = row.cells.iter().map(|(text, paint)| (text.as_str(), *paint));
            self.row(indent, columns, &widths, cells);
            for (paint, note) in &row.notes {
                self.say(indent + 2, *paint, note);
            }
        }
    }

    fn row<'a>(
        &mut self,
        indent: usize,
        columns: &[Column],
        widths: &[usize],
        cells: impl Iterator<Item = (&'a str, Paint)>,
    ) {
        self.text.extend(std::iter::repeat_n(' ', indent));
        let mut owed = 0; // padding is written only when something follows it
        for ((text, paint), (column, width)) in cells.zip(columns.iter().zip(widths)) {
            let text = shortened(text, *width);
            let pad = width - text.chars().count();
            let before = owed + if column.right { pad } else { 0 };
            if text.is_empty() {
                owed = before;
            } else {
                self.text.extend(std::iter::repeat_n(' ', before));
                self.paint(paint, &text);
                owed = 0;
            }
            owed += GAP + if column.right { 0 } else { pad };
        }
        self.text.push('\n');
    }

    fn paint(&mut self, paint: Paint, text: &str) {
        if self.look.colour && paint != Paint::None {
            self.text.push_str(paint.code());
            self.text.push_str(text);
            self.text.push_str("\x1b[0m");
        } else {
            self.text.push_str(text);
        }
    }
}

/// Columns between columns.
const GAP: usize = 2;

/// No paragraph is wrapped narrower than this.
const NARROWEST: usize = 20;

/// A column of a grid.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    head: &'static str,
    right: bool,
    /// May be shortened down to this width when the terminal is narrow.
    least: Option<usize>,
}

impl Column {
    /// Text from the left.
    pub const fn left(head: &'static str) -> Self {
        Self { head, right: false, least: None }
    }

    /// Figures, from the right.
    pub const fn right(head: &'static str) -> Self {
        Self { head, right: true, least: None }
    }

    /// Text that may be shortened to `least` columns.
    pub const fn elastic(head: &'static str, least: usize) -> Self {
        Self { head, right: false, least: Some(least) }
    }
}

/// Rows under columns.
#[derive(Debug)]
pub struct Grid {
    columns: Vec<Column>,
    rows: Vec<Row>,
}

/// A row, and lines below it.
#[derive(Debug, Clone)]
pub struct Row {
    cells: Vec<(String, Paint)>,
    notes: Vec<(Paint, String)>,
}

impl Row {
    /// A row with emphasis.
    pub fn painted<T: AsRef<str>>(cells: impl IntoIterator<Item = (T, Paint)>) -> Self {
        let cells =
            cells.into_iter().map(|(text, paint)| (plain(text.as_ref()).into_owned(), paint));
        Self { cells: cells.collect(), notes: Vec::new() }
    }

    /// A line below.
    pub fn note(&mut self, paint: Paint, text: String) {
        self.notes.push((paint, text));
    }
}

impl Grid {
    /// An empty grid.
    pub fn new(columns: impl Into<Vec<Column>>) -> Self {
        Self { columns: columns.into(), rows: Vec::new() }
    }

    /// A row.
    pub fn row<T: AsRef<str>>(&mut self, cells: impl IntoIterator<Item = T>) {
        self.painted(cells.into_iter().map(|text| (text, Paint::None)));
    }

    /// A row with emphasis.
    pub fn painted<T: AsRef<str>>(&mut self, cells: impl IntoIterator<Item = (T, Paint)>) {
        self.rows.push(Row::painted(cells));
    }

    /// A line below the last row.
    pub fn note(&mut self, paint: Paint, text: String) {
        if let Some(row) = self.rows.last_mut() {
            row.note(paint, text);
        }
    }
}

fn widths<'r>(
    columns: &[Column],
    rows: impl Iterator<Item = Cow<'r, Row>>,
    available: Option<usize>,
) -> Vec<usize> {
    let mut widths: Vec<usize> = columns.iter().map(|column| column.head.chars().count()).collect();
    for row in rows {
        for (width, (text, _)) in widths.iter_mut().zip(&row.cells) {
            *width = (*width).max(text.chars().count());
        }
    }
    let Some(available) = available else { return widths };
    let needed = widths.iter().sum::<usize>() + GAP * widths.len().saturating_sub(1);
    let mut excess = needed.saturating_sub(available);
    // the widest elastic column gives way first
    while excess > 0 {
        let widest = (0..widths.len())
            .filter(|&at| columns[at].least.is_some_and(|least| widths[at] > least))
            .max_by_key(|&at| widths[at]);
        let Some(at) = widest else { break };
        widths[at] -= 1;
        excess -= 1;
    }
    widths
}

fn shortened(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(width.saturating_sub(1)).collect();
    short.push('…');
    short
}

/// Lines of at most `width` characters, broken at spaces where there are any; the lines after the
/// first are two shorter, for their indent.
fn wrapped(text: &str, width: Option<usize>) -> Vec<String> {
    let Some(width) = width else { return vec![text.to_owned()] };
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut used = 0;
    for word in text.split(' ') {
        let mut word: Vec<char> = word.chars().collect();
        loop {
            let room = if lines.is_empty() { width } else { width.saturating_sub(2) };
            let lead = usize::from(used > 0);
            if used + lead + word.len() <= room {
                if lead == 1 {
                    line.push(' ');
                }
                line.extend(&word);
                used += lead + word.len();
                break;
            }
            if used > 0 {
                lines.push(std::mem::take(&mut line));
                used = 0;
                continue;
            }
            lines.push(word.drain(..room.min(word.len())).collect());
        }
    }
    if !line.is_empty() || lines.is_empty() {
        lines.push(line);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    const NARROW: Look = Look { width: Some(30), colour: false };

    #[test]
    fn paragraphs_fit_and_long_words_are_broken() {
        let mut sheet = Sheet::new(NARROW);
        sheet.say(2, Paint::None, &format!("one two three four five six seven {}", "z".repeat(40)));
        let text = sheet.finish();
        assert!(text.lines().all(|line| line.chars().count() <= 30), "{text}");
        assert_eq!(text.matches('z').count(), 40);
    }

    #[test]
    fn a_grid_shortens_only_elastic_columns() {
        let mut grid = Grid::new([
            Column::left("Id"),
            Column::elastic("Component", 10),
            Column::right("Units"),
        ]);
        grid.row(["CVE-2021-44228", "a component with a long name", "12"]);
        let mut sheet = Sheet::new(NARROW);
        sheet.grid(0, &grid);
        assert_eq!(
            sheet.finish(),
            "Id              Component   Units\n\
             CVE-2021-44228  a compone…     12\n"
        );
    }

    #[test]
    fn foreign_text_cannot_steer_the_terminal() {
        let mut grid = Grid::new([Column::left("Name")]);
        grid.row(["\u{1b}[2Jgone\u{202e}"]);
        let mut sheet = Sheet::new(Look { width: None, colour: false });
        sheet.grid(0, &grid);
        sheet.say(0, Paint::None, "a\rb");
        assert_eq!(sheet.finish(), "Name\n\\u{1b}[2Jgone\\u{202e}\na\\u{d}b\n");
    }

    #[test]
    fn lines_end_without_blanks_and_colour_is_only_added_where_allowed() {
        let mut grid = Grid::new([Column::left("A"), Column::left("B")]);
        grid.painted([("x", Paint::Red), ("", Paint::None)]);
        let mut sheet = Sheet::new(Look { width: None, colour: true });
        sheet.grid(0, &grid);
        assert_eq!(
            sheet.finish(),
            "\u{1b}[2mA\u{1b}[0m  \u{1b}[2mB\u{1b}[0m\n\u{1b}[1;31mx\u{1b}[0m\n"
        );
    }
}
