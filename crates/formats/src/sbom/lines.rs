//! The line that a reading stands on, counted only when somebody asks.

use std::{cell::Cell, rc::Rc};

/// A byte offset in the text that a walk moves and problems look at.
pub(super) type Offset = Rc<Cell<usize>>;

/// Knows the line of the part that is being read.
#[derive(Debug)]
pub(super) struct Lines<'de> {
    text: &'de str,
    at: Offset,
    spot: Spot,
    /// An offset and the number of line breaks before it: counting goes on from there.
    counted: (usize, u32),
}

/// Where problems stand.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Spot {
    /// Where the walk is.
    #[default]
    Here,
    /// At this byte offset.
    At(usize),
    /// On this line.
    Line(u32),
    /// At no line: the whole document is meant.
    Nowhere,
}

impl<'de> Lines<'de> {
    pub(super) fn new(text: &'de str, at: Offset) -> Self {
        Self { text, at, spot: Spot::Here, counted: (0, 0) }
    }

    /// Where problems stand now.
    pub(super) fn here(&self) -> Spot {
        match self.spot {
            Spot::Here => Spot::At(self.at.get()),
            spot => spot,
        }
    }

    pub(super) fn stand(&mut self, spot: Spot) {
        self.spot = spot;
    }

    /// The line (from 1) that problems stand on.
    pub(super) fn line(&mut self) -> Option<u32> {
        let offset = match self.spot {
            Spot::Here => self.at.get(),
            Spot::At(offset) => offset,
            Spot::Line(line) => return Some(line),
            Spot::Nowhere => return None,
        };
        let offset = offset.min(self.text.len());
        let (from, count) = self.counted;
        let breaks = |from: usize, to: usize| {
            let bytes = self.text.as_bytes();
            let part = bytes.get(from..to).unwrap_or_default();
            // a carriage return alone ends a line, too
            let count = memchr::memchr2_iter(b'\n', b'\r', part)
                .filter(|at| {
                    part.get(*at) == Some(&b'\n') || bytes.get(from + at + 1) != Some(&b'\n')
                })
                .count();
            u32::try_from(count).unwrap_or(u32::MAX)
        };
        let count = if offset >= from {
            count.saturating_add(breaks(from, offset))
        } else {
            count.saturating_sub(breaks(offset, from))
        };
        self.counted = (offset, count);
        Some(count.saturating_add(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_counted_forwards_and_backwards() {
        let at = Offset::default();
        let mut lines = Lines::new("a\nb\n\nc", Rc::clone(&at));
        assert_eq!(lines.line(), Some(1));
        at.set(6);
        assert_eq!(lines.line(), Some(4));
        lines.stand(Spot::At(2));
        assert_eq!(lines.line(), Some(2));
        lines.stand(Spot::Nowhere);
        assert_eq!(lines.line(), None);
        lines.stand(Spot::Here);
        at.set(99);
        assert_eq!(lines.line(), Some(4));
    }

    #[test]
    fn carriage_returns_end_lines_once() {
        let at = Offset::default();
        let mut lines = Lines::new("a\r\nb\rc\n", Rc::clone(&at));
        for (offset, line) in [(0, 1), (2, 1), (3, 2), (5, 3), (7, 4)] {
            at.set(offset);
            assert_eq!(lines.line(), Some(line), "{offset}");
        }
    }
}
