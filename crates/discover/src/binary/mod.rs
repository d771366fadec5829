//! Programs: what compilers leave in them, and texts by which well-known software is told.

mod elf;
mod go;
mod name;
mod rust;
mod strings;

use crate::{
    evidence::Method,
    piece::Pieces,
    unknown::{self, Kind},
};

pub(crate) use name::of_path;

/// How many bytes of a file are looked at to tell what it is.
pub(crate) const HEAD: usize = 512;

/// What an ELF file begins with.
const ELF: &[u8] = b"\x7fELF";
/// What a static library begins with.
const LIBRARY: &[u8] = b"!<arch>\n";

/// Beginnings and ends of names of files without a program's header whose texts are looked at all the same:
/// images of boot loaders, kernels and flash memories.
const IMAGES: [&str; 6] = ["u-boot", "vmlinux", "vmlinuz", "zImage", "uImage", "bzImage"];
const IMAGE_ENDS: [&str; 8] = [".bin", ".img", ".fw", ".rom", ".ubi", ".ubifs", ".jffs2", ".ext4"];

/// Whether a file is a program for Linux.
pub(crate) fn is_program(head: &[u8]) -> bool {
    head.starts_with(ELF)
}

/// What a file is of which nothing is known, if its texts find nothing, either; `None`: it is not looked into.
pub(crate) fn kind_of(path: &str, head: &[u8]) -> Option<Kind> {
    let name = path.rsplit('/').next().unwrap_or(path);
    if is_program(head) {
        return Some(Kind::Program);
    }
    // a kernel may look like a program for Windows, so that firmware can start it
    if IMAGES.iter().any(|image| name.starts_with(image)) {
        return Some(Kind::Image);
    }
    match unknown::of_head(head) {
        Some(kind) => (kind == Kind::Image).then_some(kind),
        None if head.starts_with(LIBRARY) => Some(Kind::Program),
        None => IMAGE_ENDS.iter().any(|end| name.ends_with(end)).then_some(Kind::Image),
    }
}

/// Whether an ELF file is a part that a linker has not put into a program yet; modules of a kernel are no such
/// parts.
pub(crate) fn is_loose_object(path: &str, head: &[u8]) -> bool {
    let kind = match head.get(5) {
        Some(2) => head.get(16..18).map(|kind| [kind[1], kind[0]]),
        _ => head.get(16..18).map(|kind| [kind[0], kind[1]]),
    };
    is_program(head) && kind == Some([1, 0]) && path.strip_suffix(".ko").is_none()
}

/// What the bytes of a program or image tell. What could not be read stands in the pieces' `unused`.
pub(crate) fn read(bytes: &[u8]) -> Vec<(Method, Pieces)> {
    let mut build = Pieces::default();
    let mut needed = Vec::new();
    if is_program(bytes) {
        match elf::sections(bytes) {
            Ok(sections) => {
                needed = sections.needed;
                if let Some(audit) = sections.audit {
                    rust::read(audit, &mut build);
                }
                if let Some(at) = sections.go {
                    go::read(bytes, at, &mut build);
                }
            }
            Err(why) => build.pass_over("", format!("the program is damaged or cut short ({why})")),
        }
    }
    vec![(Method::BuildInformation, build), (Method::VersionString, strings::read(bytes, &needed))]
}
