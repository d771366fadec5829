//! Trees, archives and programs for tests.

use aftercare_discover::{Found, Limits, directory};
use std::{
    fs,
    io::{Cursor, Write},
    path::Path,
};
use tempfile::TempDir;

/// Writes files below a directory.
pub fn write(top: &Path, files: &[(&str, &[u8])]) {
    for (name, content) in files {
        let path = top.join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("made");
        fs::write(path, content).expect("written");
    }
}

/// What is found in these files.
pub fn found_in(files: &[(&str, &[u8])]) -> Found {
    let top = TempDir::new().expect("a directory");
    write(top.path(), files);
    directory(top.path(), "device", &Limits::default()).expect("searched")
}

/// One text file.
pub fn found_in_text(name: &str, text: &str) -> Found {
    found_in(&[(name, text.as_bytes())])
}

/// Every component but the root in a line: its identity and scope, and all evidence.
pub fn told(found: &Found) -> Vec<String> {
    let lines = found.inventory.components.iter().zip(&found.evidence).skip(1);
    let line = |(component, evidence): (
        &aftercare_vocab::inventory::Component,
        &Vec<aftercare_discover::Evidence>,
    )| {
        let identity = match component.purls.first() {
            Some(purl) => purl.to_string(),
            None => format!("{} {}", component.name, component.version.as_deref().unwrap_or("?")),
        };
        let scope = match component.scope {
            aftercare_vocab::inventory::Scope::Required => "",
            _ => " excluded",
        };
        let reasons: Vec<String> = evidence
            .iter()
            .map(|one| format!("{} {} ({})", one.file, one.place, one.method.shown()))
            .collect();
        format!("{identity}{scope} <- {}", reasons.join(", "))
    };
    lines.map(line).collect()
}

/// The identities alone.
pub fn identities(found: &Found) -> Vec<String> {
    told(found)
        .into_iter()
        .filter_map(|line| line.split(" <- ").next().map(str::to_owned))
        .collect()
}

/// Code and place of every problem.
pub fn problems(found: &Found) -> Vec<(&str, &str)> {
    found.problems.iter().map(|problem| (problem.code, problem.place.as_str())).collect()
}

/// A tar archive of these files, with their names as they are.
pub fn tar(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut tar = tar::Builder::new(Vec::new());
    for (name, content) in entries {
        let mut header = tar::Header::new_ustar();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        // the name as it is, also where the library would refuse it
        header.as_mut_bytes()[..name.len()].copy_from_slice(name.as_bytes());
        header.set_cksum();
        tar.append(&header, *content).expect("appended");
    }
    tar.into_inner().expect("finished")
}

/// A zip archive of these files.
pub fn zip(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in entries {
        let options = zip::write::SimpleFileOptions::default();
        zip.start_file(*name, options).expect("begun");
        zip.write_all(content).expect("written");
    }
    zip.finish().expect("finished").into_inner()
}

pub fn gz(bytes: &[u8]) -> Vec<u8> {
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gz.write_all(bytes).expect("written");
    gz.finish().expect("packed")
}

pub fn zst(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 1).expect("packed")
}

pub fn xz(bytes: &[u8]) -> Vec<u8> {
    let options = lzma_rust2::XzOptions::with_preset(0);
    let mut xz = lzma_rust2::XzWriter::new(Vec::new(), options).expect("begun");
    xz.write_all(bytes).expect("written");
    xz.finish().expect("packed")
}

/// A 64-bit little-endian program with these sections, loaded as a whole at [`BASE`].
pub fn program(sections: &[(&str, &[u8])]) -> Vec<u8> {
    let mut names = vec![0_u8];
    let mut data = Vec::new();
    let mut headers = vec![[0_u8; 64]];
    let begin = 64 + 56;
    for (name, content) in sections {
        while (begin + data.len()) % 16 != 0 {
            data.push(0);
        }
        headers.push(header(names.len(), 1, begin + data.len(), content.len()));
        names.extend(name.bytes().chain([0]));
        data.extend_from_slice(content);
    }
    let own = names.len();
    names.extend(b".shstrtab\0");
    headers.push(header(own, 3, begin + data.len(), names.len()));
    data.extend_from_slice(&names);
    let table = begin + data.len();
    let mut file = b"\x7fELF\x02\x01\x01".to_vec();
    file.resize(16, 0);
    let whole = (table + headers.len() * 64) as u64;
    for (value, size) in [
        (2, 2),
        (62, 2),
        (1, 4),
        (0, 8),
        (64, 8),
        (table as u64, 8),
        (0, 4),
        (64, 2),
        (56, 2),
        (1, 2),
        (64, 2),
        (headers.len() as u64, 2),
        (headers.len() as u64 - 1, 2),
        // the one loaded part
        (1, 4),
        (5, 4),
        (0, 8),
        (BASE, 8),
        (BASE, 8),
        (whole, 8),
        (whole, 8),
        (4096, 8),
    ] {
        file.extend(&value.to_le_bytes()[..size]);
    }
    file.extend(data);
    file.extend(headers.concat());
    file
}

/// Where a [`program`] is loaded.
pub const BASE: u64 = 0x40_0000;

fn header(name: usize, kind: u32, at: usize, length: usize) -> [u8; 64] {
    let mut header = [0; 64];
    header[0..4].copy_from_slice(&u32::try_from(name).expect("short").to_le_bytes());
    header[4..8].copy_from_slice(&kind.to_le_bytes());
    header[24..32].copy_from_slice(&(at as u64).to_le_bytes());
    header[32..40].copy_from_slice(&(length as u64).to_le_bytes());
    header
}

pub fn bz2(bytes: &[u8]) -> Vec<u8> {
    let mut bz2 = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
    bz2.write_all(bytes).expect("written");
    bz2.finish().expect("packed")
}

pub fn lz4(bytes: &[u8]) -> Vec<u8> {
    let mut lz4 = lz4_flex::frame::FrameEncoder::new(Vec::new());
    lz4.write_all(bytes).expect("written");
    lz4.finish().expect("packed")
}

/// LZMA without a container.
pub fn lzma(bytes: &[u8]) -> Vec<u8> {
    let options = lzma_rust2::LzmaOptions::with_preset(0);
    let mut lzma =
        lzma_rust2::LzmaWriter::new_use_header(Vec::new(), &options, None).expect("begun");
    lzma.write_all(bytes).expect("written");
    lzma.finish().expect("packed")
}

/// A cpio archive in the form that kernels take; a mode of 0 is that of a plain file.
pub fn cpio(entries: &[(&str, u32, &[u8])]) -> Vec<u8> {
    let mut cpio = Vec::new();
    for (name, mode, content) in entries.iter().chain(&[("TRAILER!!!", 0o100_000, &b""[..])]) {
        let mode = if *mode == 0 { 0o100_644 } else { *mode };
        let numbers =
            [1, mode, 0, 0, 1, 0, u32::try_from(content.len()).expect("short"), 0, 0, 0, 0];
        cpio.extend_from_slice(b"070701");
        for number in numbers {
            cpio.extend(format!("{number:08X}").into_bytes());
        }
        cpio.extend(format!("{:08X}{:08X}{name}\0", name.len() + 1, 0).into_bytes());
        cpio.resize(cpio.len().next_multiple_of(4), 0);
        cpio.extend_from_slice(content);
        cpio.resize(cpio.len().next_multiple_of(4), 0);
    }
    cpio
}

/// A package in the form of `ar`.
pub fn ar(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut ar = b"!<arch>\n".to_vec();
    for (name, content) in parts {
        let header =
            format!("{name:<16}{:<12}{:<6}{:<6}{:<8}{:<10}`\n", 0, 0, 0, 100_644, content.len());
        ar.extend(header.into_bytes());
        ar.extend_from_slice(content);
        ar.resize(ar.len().next_multiple_of(2), b'\n');
    }
    ar
}

/// A deb with this `control` and these files, packed by a function.
pub fn deb(control: &str, files: &[(&str, &[u8])], pack: fn(&[u8]) -> Vec<u8>) -> Vec<u8> {
    ar(&[
        ("debian-binary", b"2.0\n"),
        ("control.tar.x", &pack(&tar(&[("./control", control.as_bytes())]))),
        ("data.tar.x", &pack(&tar(files))),
    ])
}

/// A package of rpm: these tags in its header, and its packed files.
pub fn rpm(tags: &[(u32, &str)], payload: &[u8]) -> Vec<u8> {
    let mut rpm = b"\xed\xab\xee\xdb".to_vec();
    rpm.resize(96, 0);
    let header = |tags: &[(u32, &str)]| {
        let (mut index, mut data) = (Vec::new(), Vec::new());
        for (tag, text) in tags {
            for number in [*tag, 6, u32::try_from(data.len()).expect("short"), 1] {
                index.extend(number.to_be_bytes());
            }
            data.extend(text.bytes().chain([0]));
        }
        let mut header = b"\x8e\xad\xe8\x01\0\0\0\0".to_vec();
        for count in [tags.len(), data.len()] {
            header.extend(u32::try_from(count).expect("short").to_be_bytes());
        }
        [header, index, data].concat()
    };
    rpm.extend(header(&[(269, "a sum of odd length")]));
    rpm.resize(rpm.len().next_multiple_of(8), 0);
    rpm.extend(header(tags));
    rpm.extend_from_slice(payload);
    rpm
}
