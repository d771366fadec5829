//! What is gathered while the files go by, and how it becomes one inventory.

use crate::{
    Found, Limits, binary,
    claim::{Claim, of_path, root_of},
    database,
    evidence::{Evidence, Method},
    image::{self, Images, Place},
    installed,
    lock::{Lock, Need, lists_all},
    merge::Merged,
    nested::{self, INSIDE},
    owned::Owned,
    piece::Pieces,
    rpm,
    unknown::{self, Kind, Unknown},
};
use aftercare_formats::sbom::list::Release;
use aftercare_vocab::{
    inventory::{Component, Dependency, DependencyKind, Format, Inventory, Scope},
    problem::{Gravity, Problem},
};
use std::{borrow::Cow, cell::Cell, collections::HashSet, io::Read, rc::Rc};

/// How many files of a kind are named in the problem about them; all of them stand in [`Found::unknown`].
const NAMED: usize = 5;

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

    /// Puts together what was seen.
    pub(crate) fn finish(mut self, name: &str) -> Found {
        self.put_layers_together();
        let texts = std::mem::take(&mut self.texts);
        let mut merged = Merged::new(self.limits.components);
        let rpm = std::mem::take(&mut self.rpm);
        let (owned, roots) = self.databases(&texts, &rpm, &mut merged);
        let opened = std::mem::take(&mut self.opened);
        // what lies in an archive that a package brought came with the package
        let is_owned = |path: &str| {
            let outer = |(at, _)| path.get(..at).filter(|outer| opened.contains(*outer));
            let mut archives = path.match_indices(INSIDE).filter_map(outer);
            owned.has(&roots, path) || archives.any(|outer| owned.has(&roots, outer))
        };
        let mut left_to_packages = self.descriptions(&texts, is_owned, &mut merged);
        for (path, method, pieces) in std::mem::take(&mut self.programs) {
            if is_owned(&path) {
                left_to_packages += pieces.found.len();
            } else {
                self.unused(&path, &pieces);
                merged.add(&path, method, pieces);
            }
        }
        for path in std::mem::take(&mut self.links) {
            if !is_owned(&path) {
                self.unread(&path, "it is a link, and links are not followed");
            }
        }
        let paths: HashSet<&str> = texts.iter().map(|text| text.path.as_str()).collect();
        for (path, need) in std::mem::take(&mut self.needs) {
            if !is_owned(&path) && !need.is_met(&path, |lock| paths.contains(lock)) {
                self.unread(&path, &need.why());
            }
        }
        self.unknown.retain(|unknown| !is_owned(&unknown.file));
        self.tell_unknown();
        if left_to_packages > 0 {
            let what = format!(
                "{left_to_packages} findings lie in files that packages of the distribution brought; the packages stand for them."
            );
            self.problem("left_to_packages", "", what, "");
        }
        let is_system =
            !rpm.is_empty() || texts.iter().any(|text| matches!(text.claim, Claim::Database(_)));
        self.close(name, is_system, merged)
    }

    /// Names what lies in the layers of an image by the image, and leaves out what upper layers cover.
    fn put_layers_together(&mut self) {
        let mut images = std::mem::take(&mut self.images);
        for (place, why) in images.settle() {
            self.unread(&place, &why);
        }
        let mut covered = 0_usize;
        let mut stays = |path: &mut String| match images.place(path) {
            Place::Own => true,
            Place::In(place) => {
                *path = place;
                true
            }
            Place::Covered => {
                covered += 1;
                false
            }
        };
        self.texts.retain_mut(|text| stays(&mut text.path));
        self.rpm.retain_mut(|(path, _)| stays(path));
        self.journals.retain_mut(&mut stays);
        self.needs.retain_mut(|(path, _)| stays(path));
        self.links.retain_mut(&mut stays);
        self.programs.retain_mut(|(path, ..)| stays(path));
        self.unknown.retain_mut(|unknown| stays(&mut unknown.file));
        if covered > 0 {
            let what = format!(
                "Upper layers of an image replaced or removed files that tell of software ({covered}); these are left out."
            );
            self.problem("covered_in_image", "", what, "");
        }
        let opened = std::mem::take(&mut self.opened).into_iter();
        let named = |path: String| match images.place(&path) {
            Place::In(place) => place,
            Place::Own | Place::Covered => path,
        };
        self.opened = opened.map(named).collect();
    }

    /// Reads the package databases; gives who owns which files, and the roots whose databases all named
    /// packages: only those speak for their files.
    fn databases<'t>(
        &mut self,
        texts: &'t [Text],
        rpm: &'t [(String, Result<rpm::Database, String>)],
        merged: &mut Merged,
    ) -> (Owned, Vec<&'t str>) {
        let releases = database::releases(texts);
        let mut owned = Owned::default();
        let mut roots: Vec<&str> = Vec::new();
        let mut silent: HashSet<&str> = HashSet::new();
        let mut packages: HashSet<(&str, String)> = HashSet::new();
        for text in texts {
            let Claim::Database(format) = text.claim else { continue };
            if format == Format::ApkInstalled {
                owned.apk(&text.path, &text.content);
            }
            self.whole(text);
            let root = root_of(&text.path);
            let unknown = Release::default();
            let release = releases.get(root).unwrap_or(&unknown);
            let (pieces, method, problems) =
                database::read(&text.path, format, &text.content, release);
            if pieces.found.is_empty() {
                silent.insert(root);
            } else if let Some((_, file)) = text.path.rsplit_once("/status.d/") {
                // there a list is named as the file beside it, not as the package in that
                packages.insert((root, file.to_owned()));
            }
            packages.extend(pieces.found.iter().map(|one| (root, one.component.name.clone())));
            roots.push(root);
            merged.add(&text.path, method, pieces);
            for problem in problems {
                self.note(problem);
            }
        }
        for text in texts.iter().filter(|text| text.claim == Claim::OwnedFiles) {
            let root = root_of(&text.path);
            let is_read = |package: &str| packages.contains(&(root, package.to_owned()));
            owned.list(&text.path, &text.content, is_read);
        }
        for (path, read) in rpm {
            let root = root_of(path);
            let release = releases.get(root).cloned().unwrap_or_default();
            if self.rpm_database(path, read, &release, &mut owned, merged) {
                roots.push(root);
            } else {
                silent.insert(root);
            }
        }
        let journals = std::mem::take(&mut self.journals);
        for path in &journals {
            silent.insert(root_of(path));
            self.unread(path, "changes stand in it that the database of rpm beside it does not have yet, so that packages may be missing or in other versions");
        }
        roots.retain(|root| !silent.contains(root));
        roots.dedup();
        (owned, roots)
    }

    /// The packages of a database of rpm, and which files they brought; `false` where something in it could not be
    /// read at all.
    fn rpm_database(
        &mut self,
        path: &str,
        read: &Result<rpm::Database, String>,
        release: &Release,
        owned: &mut Owned,
        merged: &mut Merged,
    ) -> bool {
        let database = match read {
            Ok(database) => database,
            Err(why) => {
                let next = "run `rpm -qa` on the system with the five columns of docs/lists.md and check that list, too";
                self.unread(path, &format!("{why}; {next}"));
                return false;
            }
        };
        for (place, why) in &database.unread {
            let place = if place.is_empty() { path.to_owned() } else { format!("{path}: {place}") };
            self.unread(&place, why);
        }
        if database.packages.is_empty() {
            let what = "This database of rpm names no package.".to_owned();
            let next = "What lies in the files beside it is told as it is found there.";
            self.problem("no_packages", path, what, next);
            return database.unread.is_empty();
        }
        let (pieces, method, problems) = database::read_rpm(path, &database.packages, release);
        let are_kept = !pieces.found.is_empty();
        if are_kept {
            for package in &database.packages {
                owned.rpm(path, &package.files);
            }
        }
        merged.add(path, method, pieces);
        for problem in problems {
            self.note(problem);
        }
        are_kept
    }

    /// Reads lock files, manifests and descriptions of installed packages; gives how many findings were left to
    /// packages of the distribution.
    fn descriptions(
        &mut self,
        texts: &[Text],
        is_owned: impl Fn(&str) -> bool,
        merged: &mut Merged,
    ) -> usize {
        let modules: HashSet<&str> = texts
            .iter()
            .filter(|text| text.claim == Claim::Lock(Lock::GoMod) && lists_all(&text.content))
            .map(|text| directory(&text.path))
            .collect();
        let mut left_to_packages = 0;
        for text in texts {
            let content = text.content.as_str();
            let (method, pieces) = match text.claim {
                // a list of all that is built in is more exact than all that was ever looked at
                Claim::Lock(Lock::GoSum) if modules.contains(directory(&text.path)) => continue,
                Claim::Lock(lock) => (lock.method(), lock.read(content)),
                Claim::PythonPackage => (Method::InstalledMetadata, installed::python(content)),
                Claim::JavaPackage => (Method::InstalledMetadata, installed::java(content)),
                Claim::NodePackage => (Method::InstalledMetadata, installed::node(content)),
                Claim::PhpPackages => (Method::InstalledMetadata, installed::php(content)),
                Claim::Gem => (Method::InstalledMetadata, installed::gem(content)),
                _ => continue,
            };
            if is_owned(&text.path) {
                left_to_packages += pieces.found.len();
                continue;
            }
            self.whole(text);
            self.unused(&text.path, &pieces);
            merged.add(&text.path, method, pieces);
        }
        left_to_packages
    }

    fn whole(&mut self, text: &Text) {
        if !text.is_whole {
            let what = "Some bytes of this file are no UTF-8 text; they stand as \u{fffd} in what was read of it.";
            let next = "Check the names and versions that were found in it.";
            self.problem("not_utf8", &text.path, what.to_owned(), next);
        }
    }

    fn unused(&mut self, path: &str, pieces: &Pieces) {
        for (place, why) in &pieces.unused {
            let place = if place.is_empty() { path.to_owned() } else { format!("{path}: {place}") };
            self.unread(&place, why);
        }
    }

    /// One problem for each kind of files of which nothing is known.
    fn tell_unknown(&mut self) {
        for kind in Kind::ALL {
            let files: Vec<&str> = self
                .unknown
                .iter()
                .filter(|unknown| unknown.kind == kind)
                .map(|unknown| unknown.file.as_str())
                .collect();
            let count = files.len();
            if count == 0 {
                continue;
            }
            let named = files.iter().take(NAMED).copied().collect::<Vec<_>>().join(", ");
            let further = match count.saturating_sub(NAMED) {
                0 => String::new(),
                further => format!(" and {further} more"),
            };
            let what = format!("{count} {}: {named}{further}.", kind.told(count));
            self.problem(kind.code(), "", what, kind.next());
        }
        if self.unknown_left_out > 0 {
            let what = format!(
                "{} further files may hold software, too, and are not named.",
                self.unknown_left_out
            );
            self.problem("unknown_left_out", "", what, "Search the parts one by one.");
        }
    }

    fn close(mut self, name: &str, is_system: bool, merged: Merged) -> Found {
        if merged.left_out > 0 {
            let what = format!(
                "There are more than {} components; {} are left out.",
                self.limits.components, merged.left_out
            );
            self.problem("too_many_components", "", what, "Search the parts one by one.");
        }
        if merged.components.is_empty() {
            let what = "No component was found.".to_owned();
            let next =
                "That proves nothing: software that leaves no trace that is known is not found.";
            self.problem("nothing_found", "", what, next);
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
        let mut dependencies = Vec::new();
        for (index, (mut component, reasons)) in merged.components.into_iter().enumerate() {
            component.reference = format!("component-{}", index + 1);
            component.place = reasons.first().map(shown).unwrap_or_default();
            // more is not known of how they hang together: the graph has holes
            let kind = match component.scope {
                Scope::Excluded => DependencyKind::BuildOnly,
                _ => DependencyKind::Contains,
            };
            let to = u32::try_from(index + 1).unwrap_or(u32::MAX);
            dependencies.push(Dependency { from: 0, to, kind });
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
            dependencies,
            graph_has_holes: true,
        };
        Found {
            inventory,
            evidence,
            problems: self.problems,
            unknown: self.unknown,
            files: self.files,
        }
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
