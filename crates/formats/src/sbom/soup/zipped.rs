//! The parts of a workbook file (ECMA-376, part 2), unpacked within bounds.

use super::super::limits::Limits;
use std::io::{Cursor, Read};

/// An open workbook file.
pub(super) struct Parts<'b> {
    archive: zip::ZipArchive<Cursor<&'b [u8]>>,
    /// Bytes that may still be unpacked.
    left: u64,
}

/// Why a part cannot be had.
#[derive(Debug)]
pub(super) enum Fault {
    /// There is no such part.
    Absent,
    /// More would be unpacked than is allowed.
    TooLarge,
    /// The archive or the part is damaged, or its text is not UTF-8.
    Damaged(String),
}

impl<'b> Parts<'b> {
    pub(super) fn open(bytes: &'b [u8], limits: &Limits) -> Result<Self, Fault> {
        let archive = zip::ZipArchive::new(Cursor::new(bytes));
        let archive = archive.map_err(|fault| Fault::Damaged(fault.to_string()))?;
        Ok(Self { archive, left: limits.bytes as u64 })
    }

    /// The text of a part. What it says about its own size is not believed.
    pub(super) fn text(&mut self, name: &str) -> Result<String, Fault> {
        let damaged = |fault: &dyn std::fmt::Display| Fault::Damaged(format!("{name}: {fault}"));
        let mut part = match self.archive.by_name(name) {
            Ok(part) => part,
            Err(zip::result::ZipError::FileNotFound) => return Err(Fault::Absent),
            Err(fault) => return Err(damaged(&fault)),
        };
        let mut bytes = Vec::new();
        let taken = part.by_ref().take(self.left + 1).read_to_end(&mut bytes);
        taken.map_err(|fault| damaged(&fault))?;
        self.left = self.left.checked_sub(bytes.len() as u64).ok_or(Fault::TooLarge)?;
        String::from_utf8(bytes).map_err(|_| damaged(&"the text is not UTF-8"))
    }
}
