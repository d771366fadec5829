//! Files that may hold software and were not understood: what they are, by their first bytes.

/// A file of which nothing is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unknown {
    /// The file, from the top of what was looked through.
    pub file: String,
    /// What it is.
    pub kind: Kind,
}

/// What a file is that was not understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A program or library for Linux in which nothing that is known was found.
    Program,
    /// A program for other systems or machines: Windows, macOS, Java, WebAssembly, Android.
    ForeignProgram,
    /// An archive or package with files in it.
    Archive,
    /// A single file that is packed, or an archive that is packed as a whole.
    Packed,
    /// An image of a file system, a kernel or a flash memory, of which only the texts were looked at.
    Image,
}

impl Kind {
    /// All of them, in the order in which they are told.
    pub const ALL: [Self; 5] =
        [Self::Program, Self::ForeignProgram, Self::Archive, Self::Packed, Self::Image];

    /// The word for it, for machines: `program`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Program => "program",
            Self::ForeignProgram => "foreign_program",
            Self::Archive => "archive",
            Self::Packed => "packed",
            Self::Image => "image",
        }
    }

    /// The code of the problem that tells them.
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::Program => "program_unknown",
            Self::ForeignProgram => "program_foreign",
            Self::Archive => "archive_unopened",
            Self::Packed => "file_packed",
            Self::Image => "image_texts_only",
        }
    }

    /// What is not known of such files, after their number: `3 programs ...`.
    pub(crate) const fn told(self, count: usize) -> &'static str {
        let one = count == 1;
        match self {
            Self::Program if one => "program or library is of unknown origin",
            Self::Program => "programs and libraries are of unknown origin",
            Self::ForeignProgram if one => {
                "program for Windows, macOS, Java, WebAssembly or Android was not looked into"
            }
            Self::ForeignProgram => {
                "programs for Windows, macOS, Java, WebAssembly or Android were not looked into"
            }
            Self::Archive if one => "archive was not opened",
            Self::Archive => "archives were not opened",
            Self::Packed if one => "packed file was not unpacked",
            Self::Packed => "packed files were not unpacked",
            Self::Image if one => "image was searched for texts only",
            Self::Image => "images were searched for texts only",
        }
    }

    /// What to do about it.
    pub(crate) const fn next(self) -> &'static str {
        match self {
            Self::Program => {
                "No package brought them and no text in them is known; ask whoever built them what is in them."
            }
            Self::ForeignProgram => "Ask their supplier for an SBOM.",
            Self::Archive | Self::Packed | Self::Image => {
                "Unpack what belongs to the device and search it, too."
            }
        }
    }
}

/// First bytes of files that are not read, and what these are. Sources: the specifications of the formats.
const MAGIC: &[(usize, &[u8], Kind)] = &[
    (0, b"PK\x03\x04", Kind::Archive),
    (0, b"7z\xbc\xaf\x27\x1c", Kind::Archive),
    (0, b"Rar!\x1a\x07", Kind::Archive),
    (257, b"ustar", Kind::Archive),
    (0, b"070701", Kind::Archive),
    (0, b"070702", Kind::Archive),
    (0, b"!<arch>\ndebian-binary", Kind::Archive),
    (0, b"\xed\xab\xee\xdb", Kind::Archive),
    (0, b"MSCF", Kind::Archive),
    (0, b"\x1f\x8b\x08", Kind::Packed),
    (0, b"\x28\xb5\x2f\xfd", Kind::Packed),
    (0, b"\xfd7zXZ\0", Kind::Packed),
    (0, b"BZh", Kind::Packed),
    (0, b"\x04\x22\x4d\x18", Kind::Packed),
    (0, b"\x5d\0\0\x80\0", Kind::Packed),
    (0, b"hsqs", Kind::Image),
    (0, b"sqsh", Kind::Image),
    (0, b"\x45\x3d\xcd\x28", Kind::Image),
    (0, b"-rom1fs-", Kind::Image),
    (0, b"UBI#", Kind::Image),
    (0, b"\x31\x18\x10\x06", Kind::Image),
    (0, b"\x27\x05\x19\x56", Kind::Image),
    (0, b"\x3a\xff\x26\xed", Kind::Image),
    (0, b"MZ", Kind::ForeignProgram),
    (0, b"\xca\xfe\xba\xbe", Kind::ForeignProgram),
    (0, b"\xfe\xed\xfa\xce", Kind::ForeignProgram),
    (0, b"\xfe\xed\xfa\xcf", Kind::ForeignProgram),
    (0, b"\xce\xfa\xed\xfe", Kind::ForeignProgram),
    (0, b"\xcf\xfa\xed\xfe", Kind::ForeignProgram),
    (0, b"\0asm", Kind::ForeignProgram),
    (0, b"dex\n", Kind::ForeignProgram),
];

/// What a file is by its beginning; `None` for what is not known to hold software.
pub(crate) fn of_head(head: &[u8]) -> Option<Kind> {
    let stands =
        |at: usize, magic: &[u8]| head.get(at..).is_some_and(|rest| rest.starts_with(magic));
    MAGIC.iter().find(|(at, magic, _)| stands(*at, magic)).map(|(_, _, kind)| *kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_told_by_its_bytes_and_texts_by_none() {
        for (at, magic, kind) in MAGIC {
            let mut head = vec![0xee; *at];
            head.extend_from_slice(magic);
            assert_eq!(of_head(&head), Some(*kind), "{magic:?}");
        }
        for text in ["", "PK", "#!/bin/sh\n", "%PDF-1.7", "<html>", "\x7fELF"] {
            assert_eq!(of_head(text.as_bytes()), None, "{text}");
        }
    }
}
