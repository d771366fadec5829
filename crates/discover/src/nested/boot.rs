//! Images that U-Boot starts: the older form (`uImage`: a header before the data; U-Boot, `include/image.h`) and the newer
//! one (FIT: a device tree whose nodes below `/images` hold the data; the Flattened Image Tree and Devicetree
//! specifications). Their parts are named by what they are, so that a kernel is looked at as one.

use super::{INSIDE, pass};
use crate::{archive::place_of, collect::Collector};
use std::io::{self, Read};

/// Bytes of the header of the older form.
const HEADER: usize = 64;
/// The type of an image with several parts (`IH_TYPE_MULTI`).
const MULTI: u8 = 4;
/// Most parts of one image.
const PARTS: usize = 64;
/// Longest name of a node or a property that is looked at, with its end. Those of the specification have 31 characters at
/// most (Devicetree Specification 0.4, 2.2.1 and 2.2.4.1).
const NAME: usize = 256;
/// Deepest nesting of nodes in a device tree.
const DEPTH: usize = 64;

pub(super) fn is_uimage(head: &[u8]) -> bool {
    head.starts_with(b"\x27\x05\x19\x56") && head.len() > HEADER
}

pub(super) fn is_tree(head: &[u8]) -> bool {
    head.starts_with(b"\xd0\x0d\xfe\xed") && head.len() > HEADER
}

fn number(bytes: &[u8], at: usize) -> Option<usize> {
    let bytes: [u8; 4] = bytes.get(at..at.checked_add(4)?)?.try_into().ok()?;
    usize::try_from(u32::from_be_bytes(bytes)).ok()
}

/// Looks into an image of the older form.
pub(super) fn uimage(collector: &mut Collector, path: &str, mut from: impl Read) {
    if let Err(fault) = uimage_parts(collector, path, &mut from) {
        collector.unread(path, &format!("the image is damaged or cut short ({fault})"));
    }
}

fn uimage_parts(collector: &mut Collector, path: &str, from: &mut impl Read) -> io::Result<()> {
    let mut header = [0; HEADER];
    from.read_exact(&mut header)?;
    let size = number(&header, 12).unwrap_or_default() as u64;
    let mut data = from.by_ref().take(size);
    if header.get(30) == Some(&MULTI) {
        let mut sizes = Vec::new();
        loop {
            let mut size = [0; 4];
            data.read_exact(&mut size)?;
            match u32::from_be_bytes(size) {
                0 => break,
                _ if sizes.len() >= PARTS => return Err(io::Error::other("too many parts")),
                size => sizes.push(u64::from(size)),
            }
        }
        for (index, size) in sizes.into_iter().enumerate() {
            if !collector.entry() {
                return Ok(());
            }
            let mut part = data.by_ref().take(size);
            // the first one is what is started
            let name = if index == 0 { "vmlinuz".to_owned() } else { format!("part-{index}.img") };
            collector.file(&format!("{path}{INSIDE}{name}"), size, &mut part);
            let left = part.limit();
            pass(&mut data, left)?;
            pass(&mut data, size.next_multiple_of(4) - size).or_else(|fault| {
                // nothing is padded after the last part
                if data.limit() == 0 { Ok(()) } else { Err(fault) }
            })?;
        }
    } else if collector.entry() {
        let name = match header.get(30) {
            Some(2) => "vmlinuz",
            Some(3) => "ramdisk",
            Some(6) => "script",
            Some(8) => "devicetree",
            _ => "firmware.bin",
        };
        collector.file(&format!("{path}{INSIDE}{name}"), size, &mut data);
    }
    let left = data.limit();
    pass(from, left)?;
    rest(collector, path, from);
    Ok(())
}

/// What follows an image in the same file, such as the file system of a flash memory.
fn rest(collector: &mut Collector, path: &str, from: &mut dyn Read) {
    let mut first = Vec::new();
    match (&mut *from).take(1).read_to_end(&mut first) {
        Ok(0) => {}
        Ok(_) if !collector.entry() => {}
        Ok(_) => {
            let place = format!("{path}{INSIDE}rest.img");
            collector.file(&place, 0, &mut first.as_slice().chain(from));
        }
        Err(fault) => {
            collector.unread(path, &format!("what follows the image cannot be read ({fault})"));
        }
    }
}

/// Looks into a device tree: what lies below `/images` is part of an image. A tree without that describes hardware.
pub(super) fn tree(collector: &mut Collector, path: &str, size: u64, mut from: impl Read) {
    let Some(bytes) = collector.hold(path, size, &mut from) else { return };
    let held = bytes.len() as u64;
    match images(&bytes) {
        Ok(images) => parts(collector, path, &bytes, &images),
        Err(why) => collector.unread(path, &format!("the image is damaged ({why})")),
    }
    collector.release(held);
}

fn parts(collector: &mut Collector, path: &str, bytes: &[u8], images: &[Image]) {
    let mut end = number(bytes, 4).unwrap_or_default();
    for image in images {
        if !collector.entry() {
            return;
        }
        let name = match image.kind.as_str() {
            "kernel" | "kernel_noload" => "vmlinuz",
            "ramdisk" => "ramdisk",
            "flat_dt" => "devicetree",
            "script" => "script",
            "filesystem" => "filesystem.img",
            _ => "firmware.bin",
        };
        let place = format!("{path}{INSIDE}{}/{name}", place_of(image.name.as_bytes()));
        let data = image.at.checked_add(image.length).and_then(|end| bytes.get(image.at..end));
        match data {
            Some(mut data) => {
                end = end.max(image.at + image.length);
                collector.file(&place, data.len() as u64, &mut data);
            }
            None => collector.unread(&place, "its data lie beyond the end of the image"),
        }
    }
    let after = bytes.get(end..).unwrap_or_default();
    if after.iter().any(|byte| *byte != 0) {
        rest(collector, path, &mut &*after);
    }
}

/// One part of an image.
#[derive(Debug, Default)]
struct Image {
    name: String,
    kind: String,
    /// Where its data begin in the file.
    at: usize,
    length: usize,
}

/// Parts of the structure of a device tree.
const BEGIN_NODE: usize = 1;
const END_NODE: usize = 2;
const PROPERTY: usize = 3;
const NOTHING: usize = 4;
const END: usize = 9;

/// The nodes below `/images` that have data.
fn images(bytes: &[u8]) -> Result<Vec<Image>, String> {
    let cut = || "it is cut short".to_owned();
    let unnamed = || "a name in it is cut short or too long".to_owned();
    let field = |at| number(bytes, at).ok_or_else(cut);
    let (total, structure, strings) = (field(4)?, field(8)?, field(12)?);
    if total > bytes.len() {
        return Err(cut());
    }
    let text = |at: usize| {
        let rest = bytes.get(at..)?;
        let end = rest.iter().take(NAME).position(|byte| *byte == 0)?;
        Some((String::from_utf8_lossy(rest.get(..end)?).into_owned(), end))
    };
    let mut found = Vec::new();
    let mut at = structure;
    let mut nodes: Vec<String> = Vec::new();
    let mut image = Image::default();
    // external data lie behind the tree
    let behind = total.next_multiple_of(4);
    loop {
        let token = field(at)?;
        at += 4;
        match token {
            BEGIN_NODE => {
                let (name, length) = text(at).ok_or_else(unnamed)?;
                at = (at + length + 1).next_multiple_of(4);
                if nodes.len() >= DEPTH {
                    return Err("its nodes are nested too deeply".to_owned());
                }
                nodes.push(name);
                if is_image(&nodes) {
                    image = Image {
                        name: nodes.last().cloned().unwrap_or_default(),
                        ..Image::default()
                    };
                }
            }
            END_NODE => {
                if is_image(&nodes) && image.length > 0 {
                    found.push(std::mem::take(&mut image));
                    if found.len() > PARTS {
                        return Err("it has too many parts".to_owned());
                    }
                }
                nodes.pop().ok_or("its nodes do not match")?;
            }
            PROPERTY => {
                let (length, name) = (field(at)?, field(at + 4)?);
                let begin = at + 8;
                let data = bytes.get(begin..begin.saturating_add(length)).ok_or_else(cut)?;
                at = (begin + length).next_multiple_of(4);
                if !is_image(&nodes) {
                    continue;
                }
                let (name, _) = text(strings.saturating_add(name)).ok_or_else(unnamed)?;
                match name.as_str() {
                    "data" => (image.at, image.length) = (begin, length),
                    "data-size" => image.length = number(data, 0).ok_or_else(cut)?,
                    "data-offset" => {
                        image.at = behind.saturating_add(number(data, 0).ok_or_else(cut)?);
                    }
                    "data-position" => image.at = number(data, 0).ok_or_else(cut)?,
                    "type" => {
                        let end = data.iter().position(|byte| *byte == 0).unwrap_or(data.len());
                        let text = data.get(..end).unwrap_or_default();
                        image.kind = String::from_utf8_lossy(text).into_owned();
                    }
                    _ => {}
                }
            }
            NOTHING => {}
            END => return Ok(found),
            _ => return Err("its structure is none of a device tree".to_owned()),
        }
    }
}

/// Whether a path of nodes is `/images/NAME`.
fn is_image(nodes: &[String]) -> bool {
    matches!(nodes, [root, images, _] if root.is_empty() && images == "images")
}
