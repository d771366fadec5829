//! The sections of an ELF file that compilers put their information into.

use object::{Object, ObjectSection, read::elf::ElfFile};

/// Sections that are read.
#[derive(Debug, Default)]
pub(super) struct Sections<'b> {
    /// `.dep-v0`: what `cargo auditable` writes.
    pub(super) audit: Option<&'b [u8]>,
    /// Where Go's build information begins: file offset.
    pub(super) go: Option<Go>,
    /// Names of the shared libraries that the program needs.
    pub(super) needed: Vec<String>,
}

/// Go's build information, and how its addresses lead into the file.
#[derive(Debug)]
pub(super) struct Go {
    /// Offset in the file.
    pub(super) at: usize,
    /// Where it ends: the end of its section, or of the file where sections have no names.
    pub(super) end: usize,
    /// Loaded parts: first address, length in the file, offset in the file.
    pub(super) loaded: Vec<(u64, u64, u64)>,
}

/// What Go's build information begins with; it is aligned to 16 bytes.
pub(super) const GO: &[u8] = b"\xff Go buildinf:";

pub(super) fn sections(bytes: &[u8]) -> Result<Sections<'_>, String> {
    match bytes.get(4) {
        Some(1) => of::<object::elf::FileHeader32<object::Endianness>>(bytes),
        Some(2) => of::<object::elf::FileHeader64<object::Endianness>>(bytes),
        _ => Err("its header names no word length".to_owned()),
    }
}

fn of<'b, H: object::read::elf::FileHeader<Endian = object::Endianness>>(
    bytes: &'b [u8],
) -> Result<Sections<'b>, String> {
    let file = ElfFile::<'b, H, &'b [u8]>::parse(bytes).map_err(|fault| fault.to_string())?;
    let mut found = Sections::default();
    for section in file.sections() {
        match section.name() {
            Ok(".dep-v0") => found.audit = section.data().ok(),
            // the section is there when the file was not stripped of its table; the magic decides
            Ok(".go.buildinfo") => {
                found.go =
                    section.file_range().and_then(|(at, length)| go(&file, bytes, at, length));
            }
            _ => {}
        }
    }
    found.needed = needed(&file).unwrap_or_default();
    if found.go.is_none() {
        found.go = first_go(bytes).and_then(|at| go(&file, bytes, at as u64, u64::MAX));
    }
    Ok(found)
}

/// A program whose list cannot be read needs no library: its texts are its own.
fn needed<'b, H: object::read::elf::FileHeader<Endian = object::Endianness>>(
    file: &ElfFile<'b, H, &'b [u8]>,
) -> object::read::Result<Vec<String>> {
    let mut names = Vec::new();
    for library in file.import_libraries()? {
        names.push(String::from_utf8_lossy(library?.name()).into_owned());
    }
    Ok(names)
}

fn go<'b, H: object::read::elf::FileHeader<Endian = object::Endianness>>(
    file: &ElfFile<'b, H, &'b [u8]>,
    bytes: &'b [u8],
    at: u64,
    length: u64,
) -> Option<Go> {
    use object::ObjectSegment as _;
    let at = usize::try_from(at).ok()?;
    if !bytes.get(at..)?.starts_with(GO) {
        return None;
    }
    let loaded = file.segments().map(|segment| {
        let (offset, length) = segment.file_range();
        (segment.address(), length, offset)
    });
    let end = usize::try_from((at as u64).saturating_add(length)).unwrap_or(usize::MAX);
    Some(Go { at, end: end.min(bytes.len()), loaded: loaded.collect() })
}

/// The first aligned place of the magic; programs that speak about Go hold it, too, but not aligned and
/// with what follows.
fn first_go(bytes: &[u8]) -> Option<usize> {
    bytes.chunks(16).position(|chunk| chunk.starts_with(GO)).map(|chunk| chunk * 16)
}

#[cfg(all(test, target_os = "linux", target_env = "gnu"))]
mod tests {
    use super::*;

    #[test]
    fn a_program_tells_the_libraries_that_it_needs() {
        let own = std::env::current_exe().and_then(std::fs::read).expect("this program");
        let needed = sections(&own).expect("read").needed;
        assert!(needed.iter().any(|name| name.starts_with("libc.so")), "{needed:?}");
    }
}
