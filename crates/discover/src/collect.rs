//! What is gathered while the files go by, and how it becomes one inventory.

use crate::{
    Found, Limits, binary,
    claim::{Claim, of_path, root_of},
    database,
    evidence::{Evidence, Method},
    installed,
    lock::Lock,
    owned::Owned,
    piece::Pieces,
};
use aftercare_formats::sbom::list::Release;
use aftercare_vocab::{
    inventory::{Component, Format, Inventory, Scope},
    problem::{Gravity, Problem},
};
use std::{
    collections::{HashMap, HashSet},
    io::Read,
};

/// Most evidences kept of one component; the rest are not told, since they add nothing.
const EVIDENCES: usize = 20;

/// What has been seen so far.
#[derive(Debug)]
pub(crate) struct Collector {
    limits: Limits,
    entries: u64,
    files: u64,
    bytes: u64,
    text_bytes: u64,
    /// Texts that are read when all files are seen: path, what it is, content.
    texts: Vec<(String, Claim, String)>,
    /// What programs gave.
    programs: Vec<(String, Method, Pieces)>,
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
            programs: Vec::new(),
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
        if let Some(found) = binary::of_path(path) {
            self.programs.push((path.to_owned(), Method::FileName, found));
        }
        match of_path(path) {
            Some(Claim::Unread(why)) => self.unread(path, why),
            Some(claim) => self.text(path, claim, size, from),
            None => self.program(path, size, from),
        }
    }

    fn text(&mut self, path: &str, claim: Claim, size: u64, from: &mut dyn Read) {
        if size > self.limits.text || self.text_bytes + size > self.limits.texts {
            self.unread(path, &format!("it has {size} bytes, more than is kept"));
            return;
        }
        let Some(bytes) = self.take(path, self.limits.text, from) else { return };
        self.text_bytes += bytes.len() as u64;
        self.texts.push((path.to_owned(), claim, String::from_utf8_lossy(&bytes).into_owned()));
    }

    fn program(&mut self, path: &str, size: u64, from: &mut dyn Read) {
        let mut head = [0; binary::HEAD];
        let Some(read) = self.fill(path, &mut head, from) else { return };
        let head = head.get(..read).unwrap_or_default();
        if !binary::is_looked_into(path, head) {
            return;
        }
        if size > self.limits.program {
            self.unread(path, &format!("the program has {size} bytes, more than is looked into"));
            return;
        }
        let mut whole = head.to_vec();
        let Some(mut rest) = self.take(path, self.limits.program, from) else { return };
        whole.append(&mut rest);
        for (method, found) in binary::read(&whole) {
            for (place, why) in found.unused.clone() {
                self.unread(path, &if place.is_empty() { why } else { format!("{place}: {why}") });
            }
            if !found.found.is_empty() {
                self.programs.push((path.to_owned(), method, found));
            }
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
            Ok(_) if bytes.len() as u64 > limit => self.unread(path, "it is larger than it says"),
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

    /// Puts together what was seen.
    pub(crate) fn finish(mut self, name: &str) -> Found {
        let texts = std::mem::take(&mut self.texts);
        let programs = std::mem::take(&mut self.programs);
        let releases = database::releases(&texts);
        let mut merged = Merged::new(self.limits.components);
        let mut owned = Owned::default();
        let mut roots: Vec<&str> = Vec::new();
        for (path, claim, text) in &texts {
            match claim {
                Claim::OwnedFiles => owned.list(path, text),
                Claim::Database(format) => {
                    if *format == Format::ApkInstalled {
                        owned.apk(path, text);
                    }
                    let root = root_of(path);
                    roots.push(root);
                    let unknown = Release::default();
                    let release = releases.get(root).unwrap_or(&unknown);
                    let (pieces, method, problems) = database::read(path, *format, text, release);
                    merged.add(path, method, pieces);
                    for problem in problems {
                        self.note(problem);
                    }
                }
                _ => {}
            }
        }
        let is_system = !roots.is_empty();
        roots.dedup();
        let modules: HashSet<&str> = texts
            .iter()
            .filter(|(_, claim, _)| *claim == Claim::Lock(Lock::GoMod))
            .map(|(path, _, _)| directory(path))
            .collect();
        let mut left_to_packages = 0;
        for (path, claim, text) in &texts {
            let (method, pieces) = match claim {
                // what `go.mod` needs is more exact than all that was ever looked at
                Claim::Lock(Lock::GoSum) if modules.contains(directory(path)) => continue,
                Claim::Lock(lock) => (lock.method(), lock.read(text)),
                Claim::PythonPackage => (Method::InstalledMetadata, installed::python(text)),
                Claim::NodePackage => (Method::InstalledMetadata, installed::node(text)),
                _ => continue,
            };
            if owned.has(&roots, path) {
                left_to_packages += pieces.found.len();
                continue;
            }
            for (place, why) in &pieces.unused {
                let place =
                    if place.is_empty() { path.clone() } else { format!("{path}: {place}") };
                self.unread(&place, why);
            }
            merged.add(path, method, pieces);
        }
        for (path, method, pieces) in programs {
            if owned.has(&roots, &path) {
                left_to_packages += pieces.found.len();
            } else {
                merged.add(&path, method, pieces);
            }
        }
        if left_to_packages > 0 {
            let what = format!(
                "{left_to_packages} findings lie in files that packages of the distribution brought; the packages stand for them."
            );
            self.problem("left_to_packages", "", what, "");
        }
        self.close(name, is_system, merged)
    }

    fn close(mut self, name: &str, is_system: bool, merged: Merged) -> Found {
        if merged.left_out > 0 {
            let what = format!(
                "There are more than {} components; {} are left out.",
                self.limits.components, merged.left_out
            );
            self.problem("too_many_components", "", what, "Search the parts one by one.");
        }
        if self.left_out > 0 {
            let what = format!("{} further problems are not listed.", self.left_out);
            self.problems.push(Problem::warning("warnings_left_out", "", what, ""));
        }
        let root = Component {
            kind: Some(if is_system { "firmware" } else { "application" }.to_owned()),
            name: name.to_owned(),
            reference: "root".to_owned(),
            ..Component::default()
        };
        let mut components = vec![root];
        let mut evidence = vec![Vec::new()];
        for (index, (mut component, reasons)) in merged.components.into_iter().enumerate() {
            component.reference = format!("component-{}", index + 1);
            component.place = reasons.first().map(shown).unwrap_or_default();
            components.push(component);
            evidence.push(reasons);
        }
        let inventory = Inventory {
            format: Format::CyclonedxJson,
            spec_version: "1.6".to_owned(),
            serial: None,
            name: Some(name.to_owned()),
            created: None,
            authors: Vec::new(),
            tools: Vec::new(), // whoever writes it names itself
            root: Some(0),
            components,
            dependencies: Vec::new(),
            graph_has_holes: true,
        };
        Found { inventory, evidence, problems: self.problems, files: self.files }
    }
}

fn directory(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(directory, _)| directory)
}

fn shown(evidence: &Evidence) -> String {
    match evidence.place.as_str() {
        "" => evidence.file.clone(),
        place => format!("{}: {place}", evidence.file),
    }
}

/// Components, each once, with all that speaks for them.
#[derive(Debug)]
struct Merged {
    limit: usize,
    components: Vec<(Component, Vec<Evidence>)>,
    by_identity: HashMap<String, usize>,
    left_out: usize,
}

impl Merged {
    fn new(limit: usize) -> Self {
        Self { limit, components: Vec::new(), by_identity: HashMap::new(), left_out: 0 }
    }

    fn add(&mut self, path: &str, method: Method, pieces: Pieces) {
        for piece in pieces.found {
            let evidence = Evidence { file: path.to_owned(), place: piece.place, method };
            let key = identity(&piece.component);
            match self.by_identity.get(&key).copied() {
                Some(at) => {
                    if let Some((known, reasons)) = self.components.get_mut(at) {
                        join(known, piece.component);
                        if reasons.len() < EVIDENCES && !reasons.contains(&evidence) {
                            reasons.push(evidence);
                        }
                    }
                }
                None if self.components.len() >= self.limit => self.left_out += 1,
                None => {
                    self.by_identity.insert(key, self.components.len());
                    self.components.push((piece.component, vec![evidence]));
                }
            }
        }
    }
}

/// What two findings of the same component have in common.
fn identity(component: &Component) -> String {
    match component.purls.first() {
        Some(purl) => purl.to_string(),
        None => format!(
            "{} {} {}",
            component.group.as_deref().unwrap_or_default(),
            component.name,
            component.version.as_deref().unwrap_or_default()
        ),
    }
}

/// One place where it is needed at run time outweighs all where it is not.
fn join(known: &mut Component, other: Component) {
    if other.scope == Scope::Required {
        known.scope = Scope::Required;
    }
    for licence in other.licences {
        if !known.licences.contains(&licence) {
            known.licences.push(licence);
        }
    }
    for hash in other.hashes {
        if !known.hashes.contains(&hash) {
            known.hashes.push(hash);
        }
    }
    for cpe in other.cpes {
        if !known.cpes.contains(&cpe) {
            known.cpes.push(cpe);
        }
    }
}
