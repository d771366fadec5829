//! Programs: what compilers leave in them, and texts by which well-known software is told.

mod elf;
mod go;
mod rust;
mod strings;

use crate::{evidence::Method, piece::Pieces};

/// How many bytes of a file are looked at to tell whether it is worth more.
pub(crate) const HEAD: usize = 4;

/// Files without a program's header whose texts are looked at all the same: images of boot loaders and
/// kernels.
const IMAGES: [&str; 5] = ["u-boot", "vmlinux", "zImage", "uImage", "bzImage"];

/// Whether a file is looked into.
pub(crate) fn is_looked_into(path: &str, head: &[u8]) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    head == b"\x7fELF" || IMAGES.iter().any(|image| name.starts_with(image))
}

/// What the bytes of a program or image tell. What could not be read stands in the pieces' `unused`.
pub(crate) fn read(bytes: &[u8]) -> Vec<(Method, Pieces)> {
    let mut build = Pieces::default();
    if bytes.starts_with(b"\x7fELF") {
        match elf::sections(bytes) {
            Ok(sections) => {
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
    vec![(Method::BuildInformation, build), (Method::VersionString, strings::read(bytes))]
}

/// What the path of a file tells by itself: the modules of a kernel lie in a directory of its version.
pub(crate) fn of_path(path: &str) -> Option<Pieces> {
    let directory =
        path.strip_suffix("/modules.builtin").or_else(|| path.strip_suffix("/modules.dep"))?;
    let (above, version) = directory.rsplit_once('/')?;
    if !(above == "lib/modules" || above.ends_with("/lib/modules")) {
        return None;
    }
    let mut pieces = Pieces::default();
    let plain = version.split(['-', '+', '_']).next().unwrap_or(version);
    let counts =
        plain.split('.').all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()));
    if counts {
        strings::product(&mut pieces, "linux", plain, String::new());
    } else {
        pieces.pass_over("", format!("`{version}` is no version of a kernel"));
    }
    Some(pieces)
}
