//! What was gathered, put together to one inventory.

use super::{Collector, Text};
use crate::{
    Found,
    claim::{Claim, package_of, root_of},
    database,
    evidence::{Evidence, Method},
    image::Place,
    installed,
    lock::{Lock, lists_all},
    merge::Merged,
    nested::INSIDE,
    owned::Owned,
    package_file,
    piece::Pieces,
    rpm,
    unknown::Kind,
};
use aftercare_formats::sbom::list::Release;
use aftercare_vocab::{
    inventory::{Component, Dependency, DependencyKind, Format, Inventory, Scope},
    problem::Problem,
};
use std::collections::HashSet;

/// How many files of a kind are named in the problem about them; all of them stand in [`Found::unknown`].
const NAMED: usize = 5;

impl Collector {
    /// Puts together what was seen.
    pub(crate) fn finish(mut self, name: &str) -> Found {
        self.put_layers_together();
        let texts = std::mem::take(&mut self.texts);
        let mut merged = Merged::new(self.limits.components);
        let rpm = std::mem::take(&mut self.rpm);
        let (owned, roots) = self.databases(&texts, &rpm, &mut merged);
        let opened = std::mem::take(&mut self.opened);
        let outer = |path: &'_ str, is: &dyn Fn(&str) -> bool| {
            let archive = |(at, _)| path.get(..at).filter(|outer| opened.contains(*outer));
            path.match_indices(INSIDE).filter_map(archive).any(is)
        };
        // what lies in an archive that a package brought came with the package
        let is_brought = |path: &str| {
            owned.has(&roots, path) || outer(path, &|archive| owned.has(&roots, archive))
        };
        let speaking = self.package_files(&texts, is_brought, &mut merged);
        let is_owned =
            |path: &str| is_brought(path) || outer(path, &|archive| speaking.contains(archive));
        let mut left_to_packages = self.descriptions(&texts, is_owned, &mut merged);
        let mut linked = Vec::new();
        for (path, method, mut pieces) in std::mem::take(&mut self.programs) {
            let taken = std::mem::take(&mut pieces.linked);
            if is_owned(&path) {
                left_to_packages += pieces.found.len();
            } else {
                self.unused(&path, &pieces);
                linked.extend(taken.into_iter().map(|piece| (path.clone(), method, piece)));
                merged.add(&path, method, pieces);
            }
        }
        // where the library is among the files, it speaks for itself
        linked.retain(|(_, _, piece)| !merged.has(&piece.component.name));
        for (path, method, piece) in linked {
            merged.add(&path, method, Pieces { found: vec![piece], ..Pieces::default() });
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
            let findings = match left_to_packages {
                1 => "1 finding lies".to_owned(),
                count => format!("{count} findings lie"),
            };
            let what = format!(
                "{findings} in files that packages of the distribution brought; the packages stand for them."
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
        self.rpm_packages.retain_mut(|(path, _)| stays(path));
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

    /// Reads what package files say of themselves; gives those that speak for the files in them, as a package of a
    /// distribution does.
    fn package_files(
        &mut self,
        texts: &[Text],
        is_brought: impl Fn(&str) -> bool,
        merged: &mut Merged,
    ) -> HashSet<String> {
        let releases = database::releases(texts);
        let described = texts.iter().filter_map(|text| match text.claim {
            Claim::PackageFile(manager) if !is_brought(&text.path) => {
                let told = package_file::read(&text.path, manager, &text.content, &releases);
                Some((package_of(&text.path)?.to_owned(), text.path.clone(), told))
            }
            _ => None,
        });
        let headers = std::mem::take(&mut self.rpm_packages).into_iter();
        let headers = headers.filter(|(path, _)| !is_brought(path)).map(|(path, package)| {
            let told = package_file::read_rpm(&path, &package, &releases);
            (path.clone(), path, told)
        });
        let mut speaking = HashSet::new();
        let mut homeless = Vec::new();
        for (package, path, told) in described.chain(headers) {
            if told.pieces.found.is_empty() && told.problems.is_empty() {
                self.unread(&path, "it names no package");
            }
            if told.pieces.found.iter().any(|piece| piece.component.purls.is_empty()) {
                homeless.push(package.clone());
            }
            if told.is_of_distribution {
                speaking.insert(package);
            }
            merged.add(&path, Method::PackageFile, told.pieces);
            for problem in told.problems {
                self.note(problem);
            }
        }
        if !homeless.is_empty() {
            let told = match homeless.len() {
                1 => "1 package file does not say which distribution it belongs to, so it has no package URL".to_owned(),
                count => format!("{count} package files do not say which distribution they belong to, so they have no package URL"),
            };
            let what = format!("{told}: {}.", named(homeless.iter().map(String::as_str)));
            let next = "Ask whoever made them what they hold; what was found in them is told, too.";
            self.problem("package_of_no_distribution", "", what, next);
        }
        speaking
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
            let named = named(files.into_iter());
            let what = format!("{count} {}: {named}.", kind.told(count));
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

/// The first names of some, and how many more there are.
fn named<'n>(mut names: impl ExactSizeIterator<Item = &'n str>) -> String {
    let first: Vec<&str> = names.by_ref().take(NAMED).collect();
    match names.len() {
        0 => first.join(", "),
        further => format!("{} and {further} more", first.join(", ")),
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
