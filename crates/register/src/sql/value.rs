//! Values on their way into a statement, and rows on their way out.

use crate::fault::Fault;
use std::borrow::Cow;

/// A value on its way into a statement. No fractions: scores are whole tenths.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Value<'a> {
    Null,
    Int(i64),
    Text(&'a str),
    Blob(&'a [u8]),
}

impl Value<'_> {
    /// A text as the engines keep it. PostgreSQL knows no NUL; readers of documents put U+FFFD in its
    /// place and the rules refuse it, so this only concerns what somebody looks for.
    pub(super) fn kept(text: &str) -> Cow<'_, str> {
        if text.contains('\0') {
            Cow::Owned(text.replace('\0', "\u{fffd}"))
        } else {
            Cow::Borrowed(text)
        }
    }
}

impl From<i64> for Value<'_> {
    fn from(whole: i64) -> Self {
        Self::Int(whole)
    }
}
impl From<u64> for Value<'_> {
    fn from(whole: u64) -> Self {
        Self::Int(i64::try_from(whole).unwrap_or(i64::MAX))
    }
}
impl From<u32> for Value<'_> {
    fn from(whole: u32) -> Self {
        Self::Int(i64::from(whole))
    }
}
impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text)
    }
}
impl<'a> From<&'a String> for Value<'a> {
    fn from(text: &'a String) -> Self {
        Self::Text(text)
    }
}
impl<'a> From<&'a [u8]> for Value<'a> {
    fn from(bytes: &'a [u8]) -> Self {
        Self::Blob(bytes)
    }
}
impl<'a, const N: usize> From<&'a [u8; N]> for Value<'a> {
    fn from(bytes: &'a [u8; N]) -> Self {
        Self::Blob(bytes)
    }
}
impl<'a, T: Into<Value<'a>>> From<Option<T>> for Value<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// Makes a parameter list of anything that is a [`Value`].
macro_rules! values {
    ($($value:expr),* $(,)?) => { &[$($crate::sql::Value::from($value)),*] };
}
pub(crate) use values;

/// One cell of an answer, borrowed from the driver.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Cell<'a> {
    Null,
    Int(i64),
    Real(f64),
    Text(&'a [u8]),
    Blob(&'a [u8]),
}

/// What a driver's row can do: give the cell of a column, or say why it cannot.
pub(super) trait Cells {
    fn cell(&self, column: usize) -> Result<Cell<'_>, String>;
}

/// One row of an answer.
pub(crate) struct Row<'a> {
    cells: &'a dyn Cells,
    name: &'static str,
}

impl<'a> Row<'a> {
    pub(super) fn new(cells: &'a dyn Cells, name: &'static str) -> Self {
        Self { cells, name }
    }

    /// A cell as it is.
    pub(super) fn cell(&self, column: usize) -> Result<Cell<'_>, Fault> {
        self.cells
            .cell(column)
            .map_err(|why| Fault::shape(self.name, format!("column {column}: {why}")))
    }

    fn wrong(&self, column: usize, wanted: &str) -> Fault {
        Fault::shape(self.name, format!("column {column} is not {wanted}"))
    }

    /// A whole number.
    pub(crate) fn int(&self, column: usize) -> Result<i64, Fault> {
        match self.cell(column)? {
            Cell::Int(whole) => Ok(whole),
            _ => Err(self.wrong(column, "a whole number")),
        }
    }

    /// A count.
    pub(crate) fn count(&self, column: usize) -> Result<u64, Fault> {
        u64::try_from(self.int(column)?).map_err(|_| self.wrong(column, "a count"))
    }

    /// A whole number that may be absent.
    pub(crate) fn int_or_null(&self, column: usize) -> Result<Option<i64>, Fault> {
        match self.cell(column)? {
            Cell::Null => Ok(None),
            _ => self.int(column).map(Some),
        }
    }

    /// A text.
    pub(crate) fn text(&self, column: usize) -> Result<String, Fault> {
        self.text_or_null(column)?.ok_or_else(|| self.wrong(column, "a text"))
    }

    /// A text that may be absent.
    pub(crate) fn text_or_null(&self, column: usize) -> Result<Option<String>, Fault> {
        match self.cell(column)? {
            Cell::Null => Ok(None),
            Cell::Text(text) => match std::str::from_utf8(text) {
                Ok(text) => Ok(Some(text.to_owned())),
                Err(_) => Err(self.wrong(column, "UTF-8")),
            },
            _ => Err(self.wrong(column, "a text")),
        }
    }

    /// Bytes.
    pub(crate) fn bytes(&self, column: usize) -> Result<Vec<u8>, Fault> {
        match self.cell(column)? {
            Cell::Blob(bytes) => Ok(bytes.to_vec()),
            _ => Err(self.wrong(column, "bytes")),
        }
    }

    /// Exactly `N` bytes.
    pub(crate) fn fixed<const N: usize>(&self, column: usize) -> Result<[u8; N], Fault> {
        match self.cell(column)? {
            Cell::Blob(bytes) => {
                bytes.try_into().map_err(|_| self.wrong(column, "as long as it should be"))
            }
            _ => Err(self.wrong(column, "bytes")),
        }
    }

    /// The whole row as one comparable text, the same on every engine, for verify.
    pub(crate) fn shown(&self, columns: usize) -> Result<String, Fault> {
        use std::fmt::Write as _;
        let mut out = String::new();
        for column in 0..columns {
            if column > 0 {
                out.push('|');
            }
            let _ = match self.cell(column)? {
                Cell::Null => write!(out, "null"),
                Cell::Int(whole) => write!(out, "{whole}"),
                Cell::Real(real) => write!(out, "real {:x}", real.to_bits()),
                Cell::Text(text) => write!(out, "{:?}", String::from_utf8_lossy(text)),
                Cell::Blob(bytes) => {
                    out.push_str("x'");
                    bytes.iter().try_for_each(|byte| write!(out, "{byte:02x}"))
                }
            };
        }
        Ok(out)
    }
}
