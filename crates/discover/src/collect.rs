//! What is gathered while the files go by.

mod finish;

use crate::{
    Limits, binary,
    claim::{Claim, of_path},
    evidence::Method,
    image::{self, Images},
    lock::Need,
    nested,
    piece::Pieces,
    rpm,
    unknown::{self, Kind, Unknown},
};
use aftercare_vocab::problem::{Gravity, Problem};
use std::{borrow::Cow, cell::Cell, collections::HashSet, io::Read, rc::Rc};

/// A text that is read when all files are seen.
#[derive(Debug)]
pub(crate) struct Text {
    pub(crate) path: String,
    pub(crate) claim: Claim,
    pub(crate) content: String,
    /// Whether all of it was text; else what was not stands there as a replacement character.
    is_whole: bool,
}

/// What has been seen so far.
#[derive(Debug)]
pub(crate) struct Collector {
    limits: Limits,
    entries: u64,
    files: u64,
    bytes: u64,
    text_bytes: u64,
    texts: Vec<Text>,
    /// The databases of rpm, or why one of them cannot be read.
    rpm: Vec<(String, Result<rpm::Database, String>)>,
    /// Package files of rpm, each by its header.
    rpm_packages: Vec<(String, rpm::Package)>,
    /// Files with changes that stand in no database of rpm yet.
    journals: Vec<String>,
    /// Files that state needs.
    needs: Vec<(String, &'static Need)>,
    /// Links where something that is read would lie.
    links: Vec<String>,
    /// What programs gave.
    programs: Vec<(String, Method, Pieces)>,
    unknown: Vec<Unknown>,
    unknown_left_out: usize,
    /// Archives that were looked into.
    opened: HashSet<String>,
    images: Images,
    /// In how many archives the present file lies.
    nesting: usize,
    /// Bytes of archives that are kept at the moment.
    held: u64,
    unpacked: Rc<Cell<u64>>,
    problems: Vec<Problem>,
    left_out: usize,
    full: bool,
}

impl Collector {
    pub(crate) fn new(limits: Limits) -> Self {
        Self {
            limits,
            entries: 0,
            files: 0,
            bytes: 0,
            text_bytes: 0,
            texts: Vec::new(),
            rpm: Vec::new(),
            rpm_packages: Vec::new(),
            journals: Vec::new(),
            needs: Vec::new(),
            links: Vec::new(),
            programs: Vec::new(),
            unknown: Vec::new(),
            unknown_left_out: 0,
            opened: HashSet::new(),
            images: Images::default(),
            nesting: 0,
            held: 0,
            unpacked: Rc::default(),
            problems: Vec::new(),
            left_out: 0,
            full: false,
        }
    }

    pub(crate) const fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Counts a file or directory; `false`: no more are looked at.
    pub(crate) fn entry(&mut self) -> bool {
        self.entries += 1;
        if self.entries == self.limits.entries + 1 {
            let what = format!(
                "There are more than {} files and directories; the rest is not looked at.",
                self.limits.entries
            );
            self.problem("too_many_files", "", what, "Search the parts one by one.");
        }
        self.entries <= self.limits.entries && !self.full
    }

    /// Something that may hold software and was not read.
    pub(crate) fn unread(&mut self, place: &str, why: &str) {
        let what = format!("This was not read: {why}.");
        self.problem("not_read", place, what, "Software in it is missing from the inventory.");
    }

    fn problem(&mut self, code: &'static str, place: &str, what: String, next: &str) {
        self.note(Problem::warning(code, place, what, next));
    }

    fn note(&mut self, problem: Problem) {
        if self.problems.len() < self.limits.problems {
            self.problems.push(Problem { gravity: Gravity::Warning, ..problem });
        } else {
            self.left_out += 1;
        }
    }

    /// Looks at one file.
    pub(crate) fn file(&mut self, path: &str, size: u64, from: &mut dyn Read) {
        self.files += 1;
        let by_name = binary::of_path(path);
        let is_named = by_name.is_some();
        if let Some(found) = by_name {
            self.programs.push((path.to_owned(), Method::FileName, found));
        }
        match of_path(path) {
            Some(Claim::Unread(why)) => self.unread(path, why),
            Some(Claim::RpmDatabase) => self.rpm(path, size, from),
            Some(Claim::RpmJournal) if size == 0 => {}
            Some(Claim::RpmJournal) => self.journals.push(path.to_owned()),
            Some(claim) => self.text(path, claim, size, from),
            None => self.program(path, size, is_named, from),
        }
    }

    /// A link, which is not followed. It matters only where something that is read would lie.
    pub(crate) fn link(&mut self, path: &str) {
        let matters = |claim| {
            !matches!(
                claim,
                Claim::Release
                    | Claim::OwnedFiles
                    | Claim::Need(_)
                    | Claim::RpmJournal
                    | Claim::ImageManifest
                    | Claim::PackageFile(_)
            )
        };
        if of_path(path).is_some_and(matters) {
            self.links.push(path.to_owned());
        }
    }

    fn text(&mut self, path: &str, claim: Claim, size: u64, from: &mut dyn Read) {
        if size > self.limits.text || self.text_bytes + size > self.limits.texts {
            self.unread(path, &format!("it has {size} bytes, more than is kept"));
            return;
        }
        let Some(bytes) = self.take(path, self.limits.text, from) else { return };
        if claim == Claim::ImageManifest {
            self.images.manifest(path, &bytes);
            return;
        }
        let text = String::from_utf8_lossy(&bytes);
        if let Claim::Need(need) = claim {
            if need.stands_in(&text) {
                self.needs.push((path.to_owned(), need));
            }
            return;
        }
        self.text_bytes += bytes.len() as u64;
        let is_whole = matches!(text, Cow::Borrowed(_));
        let content = text.into_owned();
        self.texts.push(Text { path: path.to_owned(), claim, content, is_whole });
    }

    /// A package file of rpm.
    pub(crate) fn rpm_package(&mut self, path: &str, package: rpm::Package) {
        self.rpm_packages.push((path.to_owned(), package));
    }

    fn rpm(&mut self, path: &str, size: u64, from: &mut dyn Read) {
        let read = if size > self.limits.database {
            Err(format!("it has {size} bytes, more than is read"))
        } else {
            match self.take(path, self.limits.database, from) {
                Some(bytes) => rpm::read(&bytes),
                None => Err("nothing of it is known".to_owned()),
            }
        };
        self.rpm.push((path.to_owned(), read));
    }

    fn program(&mut self, path: &str, size: u64, is_named: bool, from: &mut dyn Read) {
        let mut head = [0; binary::HEAD];
        let Some(read) = self.fill(path, &mut head, from) else { return };
        let head = head.get(..read).unwrap_or_default();
        if head.starts_with(b"{") && image::is_blob(path) {
            if let Some(rest) = self.take(path, self.limits.text, from) {
                self.images.manifest(path, &[head, rest.as_slice()].concat());
            }
            return;
        }
        // a kernel may be packed as a whole, whatever its name says
        if nested::open(self, path, size, head, from) {
            return;
        }
        let Some(kind) = binary::kind_of(path, head) else {
            if let Some(kind) = unknown::of_head(head) {
                self.unknown(path, kind);
            }
            return;
        };
        if size > self.limits.program {
            self.unread(path, &format!("the program has {size} bytes, more than is looked into"));
            return;
        }
        let mut whole = head.to_vec();
        let Some(mut rest) = self.take(path, self.limits.program, from) else { return };
        whole.append(&mut rest);
        let mut is_known = is_named || binary::is_loose_object(path, head);
        for (method, found) in binary::read(&whole) {
            is_known |= !found.found.is_empty();
            if found != Pieces::default() {
                self.programs.push((path.to_owned(), method, found));
            }
        }
        // a text that was found in an image speaks for one part of it
        if !is_known || kind == Kind::Image {
            self.unknown(path, kind);
        }
    }

    /// Goes into an archive; `false`: archives are not opened as deep as this.
    pub(crate) fn enter(&mut self, path: &str) -> bool {
        let goes = self.nesting < self.limits.nesting;
        if goes {
            self.nesting += 1;
            self.opened.insert(path.to_owned());
            self.images.opened(path);
        }
        goes
    }

    pub(crate) fn leave(&mut self) {
        self.nesting -= 1;
    }

    /// How many bytes archives among the files unpacked to.
    pub(crate) fn unpacked(&self) -> Rc<Cell<u64>> {
        Rc::clone(&self.unpacked)
    }

    pub(crate) const fn images(&mut self) -> &mut Images {
        &mut self.images
    }

    /// An archive as a whole, since it is read from its end; [`Self::release`] lets go of its bytes.
    pub(crate) fn hold(&mut self, path: &str, size: u64, from: &mut dyn Read) -> Option<Vec<u8>> {
        let left = self.limits.archives.saturating_sub(self.held);
        if size > left {
            self.unread(path, &format!("the archive has {size} bytes, more than is kept"));
            return None;
        }
        let bytes = self.take(path, left, from)?;
        self.held += bytes.len() as u64;
        Some(bytes)
    }

    pub(crate) fn release(&mut self, bytes: u64) {
        self.held -= bytes;
    }

    pub(crate) fn unknown(&mut self, path: &str, kind: Kind) {
        if self.unknown.len() < self.limits.unknown {
            self.unknown.push(Unknown { file: path.to_owned(), kind });
        } else {
            self.unknown_left_out += 1;
        }
    }

    /// Fills a small buffer; gives how much there was.
    fn fill(&mut self, path: &str, buffer: &mut [u8], from: &mut dyn Read) -> Option<usize> {
        let mut read = 0;
        while read < buffer.len() {
            match from.read(buffer.get_mut(read..).unwrap_or_default()) {
                Ok(0) => break,
                Ok(count) => read += count,
                Err(fault) if fault.kind() == std::io::ErrorKind::Interrupted => {}
                Err(fault) => {
                    self.unread(path, &format!("the file cannot be read ({fault})"));
                    return None;
                }
            }
        }
        self.spend(read as u64);
        Some(read)
    }

    /// The rest of a file; a file that turns out longer than it said is not read.
    fn take(&mut self, path: &str, limit: u64, from: &mut dyn Read) -> Option<Vec<u8>> {
        let mut bytes = Vec::new();
        let taken = from.take(limit + 1).read_to_end(&mut bytes);
        self.spend(bytes.len() as u64);
        match taken {
            Err(fault) => self.unread(path, &format!("the file cannot be read ({fault})")),
            Ok(_) if bytes.len() as u64 > limit => {
                self.unread(path, "it has more bytes than it says or than are kept");
            }
            Ok(_) => return Some(bytes),
        }
        None
    }

    fn spend(&mut self, bytes: u64) {
        self.bytes += bytes;
        if self.bytes > self.limits.bytes && !self.full {
            self.full = true;
            let what = format!(
                "More than {} bytes were read; the rest is not looked at.",
                self.limits.bytes
            );
            self.problem("too_large", "", what, "Search the parts one by one.");
        }
    }
}
