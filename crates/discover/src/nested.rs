//! Archives that lie among the files: tar, zip (jar, war, ear, whl and so on), cpio, packages (deb, ipk, rpm), images that
//! U-Boot starts, and files that are packed on their own. What is in them is named `outer.tar!/inner/path` and looked at
//! like any other file.
//!
//! Not opened, and told by their kind: 7z, RAR, cabinets.

mod ar;
mod boot;
mod cpio;

use crate::{
    archive::{self, place_of},
    binary,
    collect::Collector,
    packing::Packing,
    rpm,
    unknown::Kind,
};
use std::{
    cell::Cell,
    io::{self, BufReader, Cursor, Read},
    rc::Rc,
};

/// What stands between an archive and what is in it.
pub(crate) const INSIDE: &str = "!/";
/// The largest window that is kept to unpack one file: 2 to the power of this, 128 MiB.
const WINDOW_LOG: u32 = 27;
/// How much an archive may unpack to: so many times its own size, where that is more than the floor. Firmware with long
/// runs of nothing stays far below.
const RATIO: u64 = 250;
const FLOOR: u64 = 64 * 1024 * 1024;
/// Names of zip archives that may begin with something else, such as a script that starts them.
const ZIP_ENDS: [&str; 5] = [".jar", ".war", ".ear", ".whl", ".zip"];
const ZIP: &[u8] = b"PK\x03\x04";

/// An archive that is opened.
enum Form {
    Tar,
    Zip,
    Cpio,
    /// A package of dpkg, or one of opkg in the same form.
    Ar,
    Rpm,
    UImage,
    /// A device tree, which may be an image with several parts.
    Tree,
    Packed(Packing),
}

impl Form {
    fn of(path: &str, head: &[u8]) -> Option<Self> {
        if let Some(packing) = Packing::of_head(head) {
            Some(Self::Packed(packing))
        } else if archive::is_tar(head) {
            Some(Self::Tar)
        } else if cpio::is_cpio(head) {
            Some(Self::Cpio)
        } else if ar::is_package(head) {
            Some(Self::Ar)
        } else if rpm::is_package(head) {
            Some(Self::Rpm)
        } else if boot::is_uimage(head) {
            Some(Self::UImage)
        } else if boot::is_tree(head) {
            Some(Self::Tree)
        } else if head.starts_with(ZIP)
            || !binary::is_program(head) && ZIP_ENDS.iter().any(|end| path.ends_with(end))
        {
            Some(Self::Zip)
        } else {
            None
        }
    }
}

/// Whether a file with this name and beginning is an archive that is opened.
pub(crate) fn is_opened(path: &str, head: &[u8]) -> bool {
    Form::of(path, head).is_some()
}

/// Looks into a file if it is an archive; `false`: it was not opened, and nobody was told.
pub(crate) fn open(
    collector: &mut Collector,
    path: &str,
    size: u64,
    head: &[u8],
    from: &mut dyn Read,
) -> bool {
    let Some(form) = Form::of(path, head) else { return false };
    if !collector.enter(path) {
        return false;
    }
    let whole = head.chain(from);
    match form {
        Form::Tar => tar(collector, path, whole),
        Form::Zip => zip(collector, path, size, whole),
        Form::Cpio => cpio::entries(collector, path, whole),
        Form::Ar => ar::entries(collector, path, whole),
        Form::Rpm => rpm(collector, path, whole),
        Form::UImage => boot::uimage(collector, path, whole),
        Form::Tree => boot::tree(collector, path, size, whole),
        Form::Packed(packing) => packed(collector, path, packing, whole),
    }
    collector.leave();
    true
}

fn tar(collector: &mut Collector, path: &str, mut from: impl Read) {
    let from: &mut dyn Read = &mut from;
    if let Err(fault) = archive::entries(from, path, collector) {
        collector.unread(path, &format!("the archive is damaged ({fault})"));
    }
}

fn packed(collector: &mut Collector, path: &str, packing: Packing, from: impl Read) {
    let taken = Rc::new(Cell::new(0));
    let from = BufReader::new(Counted { from, taken: Rc::clone(&taken) });
    let opened = packing.open(from, WINDOW_LOG).and_then(|unpacked| {
        let mut guarded = Guarded::new(unpacked, taken, collector);
        let mut head = Vec::new();
        guarded.by_ref().take(archive::HEAD).read_to_end(&mut head)?;
        Ok((guarded, head))
    });
    let (rest, head) = match opened {
        Ok(opened) => opened,
        Err(fault) => {
            collector.unread(path, &format!("it cannot be unpacked ({fault})"));
            return;
        }
    };
    let (is_tar, is_cpio) = (archive::is_tar(&head), cpio::is_cpio(&head));
    let mut inner = head.chain(rest);
    if is_tar {
        tar(collector, path, inner);
    } else if is_cpio {
        cpio::entries(collector, path, inner);
    } else if collector.entry() {
        let name = packing.inner_name(path.rsplit('/').next().unwrap_or(path));
        // how long it is shows only at its end
        collector.file(&format!("{path}{INSIDE}{name}"), 0, &mut inner);
    }
}

/// An rpm package: its header is told, and its files are looked at as those of an archive.
fn rpm(collector: &mut Collector, path: &str, mut from: impl Read) {
    let limit = collector.limits().text;
    match rpm::package(&mut from, limit) {
        Ok(package) => collector.rpm_package(path, package),
        Err(why) => {
            collector.unread(path, &format!("the package is damaged ({why})"));
            return;
        }
    }
    follow(collector, path, &mut from);
}

/// Goes on with an archive in a stream in which another part of the same file came before it.
fn follow(collector: &mut Collector, path: &str, from: &mut dyn Read) {
    let mut head = Vec::new();
    if let Err(fault) = (&mut *from).take(archive::HEAD).read_to_end(&mut head) {
        collector.unread(path, &format!("a part of it cannot be read ({fault})"));
        return;
    }
    // each counts as one more archive, so that their number is bounded
    if !collector.enter(path) {
        collector.unread(path, "parts follow one another deeper than is looked at");
        return;
    }
    match Packing::of_head(&head) {
        Some(packing) => packed(collector, path, packing, head.chain(from)),
        None if cpio::is_cpio(&head) => cpio::entries(collector, path, head.chain(from)),
        None => {
            collector.unread(path, "a part of it is packed in a way that is not known");
        }
    }
    collector.leave();
}

/// Reads over bytes, all of which must be there.
fn pass(from: &mut impl Read, length: u64) -> io::Result<()> {
    let passed = io::copy(&mut from.take(length), &mut io::sink())?;
    if passed == length { Ok(()) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
}

fn zip(collector: &mut Collector, path: &str, size: u64, mut from: impl Read) {
    let Some(bytes) = collector.hold(path, size, &mut from) else { return };
    let held = bytes.len() as u64;
    match zip::ZipArchive::new(Cursor::new(bytes.as_slice())) {
        Ok(mut archive) => members(collector, path, held, &mut archive),
        Err(fault) => collector.unread(path, &format!("the archive is damaged ({fault})")),
    }
    collector.release(held);
}

fn members(
    collector: &mut Collector,
    path: &str,
    held: u64,
    archive: &mut zip::ZipArchive<Cursor<&[u8]>>,
) {
    // classes are told by the jar that they lie in
    let mut has_classes = false;
    let mut is_named = false;
    let size = Rc::new(Cell::new(held));
    let mut unpacked = 0;
    for index in 0..archive.len() {
        if !collector.entry() {
            break;
        }
        let name = archive.name_for_index(index).and_then(Result::ok).unwrap_or_default();
        let name = place_of(name.as_bytes());
        let place = format!("{path}{INSIDE}{name}");
        let member = match archive.by_index(index) {
            Ok(member) => member,
            Err(fault) => {
                collector.unread(&place, &format!("it cannot be unpacked ({fault})"));
                continue;
            }
        };
        if member.is_symlink() {
            collector.link(&place);
        } else if name.strip_suffix(".class").is_some() {
            has_classes = true;
        } else if member.is_file() {
            is_named |= name.starts_with("META-INF/maven/") && name.ends_with("/pom.properties");
            let stated = member.size();
            let mut guarded = Guarded::new(member, Rc::clone(&size), collector);
            guarded.unpacked = unpacked;
            collector.file(&place, stated, &mut guarded);
            unpacked = guarded.unpacked;
        }
    }
    if has_classes && !is_named {
        collector.unknown(path, Kind::ForeignProgram);
    }
}

/// Counts what is taken from a packed file.
struct Counted<R> {
    from: R,
    taken: Rc<Cell<u64>>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.from.read(buffer)?;
        self.taken.set(self.taken.get() + read as u64);
        Ok(read)
    }
}

/// Ends the reading of an archive that unpacks to too much.
struct Guarded<R> {
    from: R,
    /// Bytes of the packed archive, as far as it was read.
    taken: Rc<Cell<u64>>,
    unpacked: u64,
    /// Bytes of all archives together, and their bound.
    all: Rc<Cell<u64>>,
    limit: u64,
}

impl<R: Read> Guarded<R> {
    fn new(from: R, taken: Rc<Cell<u64>>, collector: &Collector) -> Self {
        let all = collector.unpacked();
        Self { from, taken, unpacked: 0, all, limit: collector.limits().bytes }
    }
}

impl<R: Read> Read for Guarded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.from.read(buffer)?;
        self.unpacked += read as u64;
        self.all.set(self.all.get() + read as u64);
        if self.unpacked > FLOOR && self.unpacked / RATIO > self.taken.get() {
            let what = format!("it unpacks to more than {RATIO} times its size");
            return Err(io::Error::other(what));
        }
        if self.all.get() > self.limit {
            return Err(io::Error::other("archives unpack to more bytes than are read"));
        }
        Ok(read)
    }
}
