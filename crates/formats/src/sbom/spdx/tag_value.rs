//! SPDX 2.1 to 2.3 tag-value (clause 4.4.1 of SPDX 2.3, annex on the tag-value format): one
//! `Tag: value` a line, texts of several lines in `<text>`; a package begins with its name.

use super::{
    super::{
        draft::Draft,
        limits::Limits,
        lines::{Lines, Offset, Spot},
        outline::line_and_column,
        text::{Once, Stop, Text},
    },
    Spdx, created_at, creator, identity, known,
    package::Making,
    relation::{Described, Relation, find_root, relate},
};
use crate::sbom::document::Shape;
use aftercare_vocab::{
    inventory::{Format, Inventory},
    problem::{Problem, Read, quoted},
};
use std::{borrow::Cow, rc::Rc};

/// Tags of SPDX 2.1 to 2.3 whose values are no part of an inventory.
const PASSED_OVER: [&str; 54] = [
    "Annotator",
    "AnnotationComment",
    "AnnotationDate",
    "AnnotationType",
    "ArtifactOfProjectHomePage",
    "ArtifactOfProjectName",
    "ArtifactOfProjectURI",
    "BuiltDate",
    "CreatorComment",
    "DataLicense",
    "DocumentComment",
    "ExternalDocumentRef",
    "ExternalRefComment",
    "ExtractedText",
    "FileAttributionText",
    "FileChecksum",
    "FileComment",
    "FileContributor",
    "FileCopyrightText",
    "FileDependency",
    "FileNotice",
    "FileType",
    "FilesAnalyzed",
    "LicenseComment",
    "LicenseComments",
    "LicenseConcluded",
    "LicenseCrossReference",
    "LicenseID",
    "LicenseInfoInFile",
    "LicenseListVersion",
    "LicenseName",
    "PackageAttributionText",
    "PackageComment",
    "PackageCopyrightText",
    "PackageDescription",
    "PackageDownloadLocation",
    "PackageFileName",
    "PackageHomePage",
    "PackageLicenseComments",
    "PackageLicenseInfoFromFiles",
    "PackageSourceInfo",
    "PackageSummary",
    "PackageVerificationCode",
    "RelationshipComment",
    "ReleaseDate",
    "ReviewComment",
    "ReviewDate",
    "Reviewer",
    "SPDXREF",
    "SnippetByteRange",
    "SnippetComment",
    "SnippetCopyrightText",
    "SnippetFromFileSPDXID",
    "SnippetLineRange",
];

/// Further ones; they may stand in a snippet or a file.
const IN_SNIPPETS: [&str; 5] = [
    "SnippetAttributionText",
    "SnippetLicenseComments",
    "SnippetLicenseConcluded",
    "SnippetName",
    "LicenseInfoInSnippet",
];

/// Reads a document.
pub(in super::super) fn read(text: &str, limits: Limits) -> Result<Read<Inventory>, Vec<Problem>> {
    let at = Offset::default();
    let lines = Lines::new(text, Rc::clone(&at));
    let draft = Draft::with_lines(Format::SpdxTagValue, limits, lines);
    let mut reading = Reading {
        draft,
        at,
        section: Section::Document,
        packages: 0,
        files: 0,
        snippets: 0,
        relations: 0,
        described: Described::default(),
        id: Once::default(),
        version: Once::default(),
        name: Once::default(),
        namespace: Once::default(),
        created: Once::default(),
        package: None,
    };
    match reading.walk(text) {
        Ok(()) => Spdx::finish(reading.draft),
        Err(Ended::Limit) => Err(reading.draft.into_refusals()),
        Err(Ended::OpenText(from)) => Err(vec![Problem::refusal(
            "truncated",
            line_and_column(text, from),
            "The text that begins here (`<text>`) does not end.",
            "Send the whole file: the transfer or the export was cut off.",
        )]),
    }
}

enum Ended {
    /// The draft says which.
    Limit,
    /// A `<text>` that begins there has no end.
    OpenText(usize),
}

impl From<Stop> for Ended {
    fn from(Stop: Stop) -> Self {
        Self::Limit
    }
}

/// What an `SPDXID` belongs to.
#[derive(Debug)]
enum Section<'de> {
    Document,
    Package,
    /// A file or snippet, with its id once that was met.
    Element(&'static str, Spot, Option<Cow<'de, str>>),
}

struct Reading<'de> {
    draft: Draft<'de>,
    at: Offset,
    section: Section<'de>,
    packages: usize,
    files: usize,
    snippets: usize,
    relations: usize,
    described: Described,
    id: Once<Text<'de>>,
    version: Once<Text<'de>>,
    name: Once<Text<'de>>,
    namespace: Once<Text<'de>>,
    created: Once<Text<'de>>,
    /// Stays open while its files are read.
    package: Option<Making<'de>>,
}

impl<'de> Reading<'de> {
    fn walk(&mut self, text: &'de str) -> Result<(), Ended> {
        let mut from = 0;
        while let Some(rest) = text.get(from..).filter(|rest| !rest.is_empty()) {
            self.at.set(from);
            // a writer for Dart ends its lines with a carriage return alone
            let end = line_end(rest);
            let line = rest.get(..end).unwrap_or_default();
            let mut next = from + end + 1;
            let plain = line.trim();
            if plain.is_empty() || plain.starts_with('#') {
                from = next;
                continue;
            }
            match plain.split_once(':').filter(|(tag, _)| is_tag(tag)) {
                None => self.unreadable(plain),
                Some((tag, value)) => {
                    let mut value = value.trim();
                    if let Some(opened) = value.starts_with("<text>").then(|| line.find("<text>")) {
                        // the value begins in this line and may end in a later one
                        let begins = from + opened.unwrap_or_default() + "<text>".len();
                        let whole = text.get(begins..).unwrap_or_default();
                        let Some(length) = memchr::memmem::find(whole.as_bytes(), b"</text>")
                        else {
                            return Err(Ended::OpenText(from));
                        };
                        value = whole.get(..length).unwrap_or_default().trim();
                        let after = begins + length;
                        let tail = text.get(after..).unwrap_or_default();
                        next = after + line_end(tail) + 1;
                    }
                    self.take(tag, value)?;
                }
            }
            from = next;
        }
        self.at.set(0);
        self.end()?;
        Ok(())
    }

    fn unreadable(&mut self, line: &str) {
        self.draft.warn(
            "line_unreadable",
            "",
            format!("{} is no `Tag: value` and was passed over.", quoted(line)),
            "Put texts of several lines between `<text>` and `</text>`.",
        );
    }

    fn take(&mut self, tag: &'de str, value: &'de str) -> Result<(), Stop> {
        let text = || Text(Cow::Borrowed(value));
        let fresh = match tag {
            "SPDXVersion" => self.version.set(text()),
            "DocumentName" => self.name.set(text()),
            "DocumentNamespace" => self.namespace.set(text()),
            "Created" => self.created.set(text()),
            "Creator" => {
                creator(&mut self.draft, value)?;
                true
            }
            "SPDXID" => self.id(value),
            "PackageName" => {
                self.close()?;
                let mut package = Making::begin(&mut self.draft, self.packages)?;
                self.packages += 1;
                let fresh = package.text("name").is_some_and(|(_, slot)| slot.set(text()));
                self.package = Some(package);
                self.section = Section::Package;
                fresh
            }
            "FileName" | "SnippetSPDXID" => {
                self.close_element()?;
                let is_file = tag == "FileName";
                let id = (!is_file).then_some(Cow::Borrowed(value));
                let list = if is_file { "files" } else { "snippets" };
                self.section = Section::Element(list, self.draft.here(), id);
                true
            }
            "Relationship" => {
                let mut words = value.splitn(3, char::is_whitespace).map(str::trim);
                let mut word = || words.next().map(|word| Text(Cow::Borrowed(word)));
                let relation = Relation { from: word(), kind: word(), to: word() };
                let index = self.relations;
                self.relations += 1;
                relate(&mut self.draft, &mut self.described, index, relation)?;
                true
            }
            _ => return self.take_of_package(tag, value),
        };
        if !fresh {
            self.twice(tag);
        }
        Ok(())
    }

    fn take_of_package(&mut self, tag: &'de str, value: &'de str) -> Result<(), Stop> {
        let key = match tag {
            "PackageVersion" => "versionInfo",
            "PackageSupplier" => "supplier",
            "PackageOriginator" => "originator",
            "PackageLicenseConcluded" => "licenseConcluded",
            "PackageLicenseDeclared" => "licenseDeclared",
            "PrimaryPackagePurpose" => "primaryPackagePurpose",
            "ValidUntilDate" => "validUntilDate",
            "PackageChecksum" | "ExternalRef" => "",
            _ => {
                if !PASSED_OVER.contains(&tag) && !IN_SNIPPETS.contains(&tag) {
                    self.draft.warn(
                        "tag_unknown",
                        "",
                        format!("{} is not a tag of SPDX and was passed over.", quoted(tag)),
                        "Ask the supplier which tag is meant.",
                    );
                }
                return Ok(());
            }
        };
        let Some(package) = &mut self.package else {
            self.draft.warn(
                "tag_misplaced",
                "",
                format!("{} stands before any package and was passed over.", quoted(tag)),
                "Ask the supplier which package is meant.",
            );
            return Ok(());
        };
        match tag {
            "PackageChecksum" => {
                let (algorithm, sum) = value.split_once(':').unwrap_or(("", value));
                package.checksum(&mut self.draft, algorithm.trim(), sum.trim())
            }
            "ExternalRef" => {
                let mut words = value.splitn(3, char::is_whitespace).map(str::trim);
                let (_category, kind, locator) = (words.next(), words.next(), words.next());
                package.reference(&mut self.draft, kind, locator)
            }
            _ => {
                let fresh =
                    package.text(key).is_none_or(|(_, slot)| slot.set(Text(Cow::Borrowed(value))));
                if !fresh {
                    self.twice(tag);
                }
                Ok(())
            }
        }
    }

    /// Whether the thing that the id belongs to has none yet.
    fn id(&mut self, value: &'de str) -> bool {
        let id = Text(Cow::Borrowed(value));
        match &mut self.section {
            Section::Document => self.id.set(id),
            Section::Package => self
                .package
                .as_mut()
                .and_then(|package| package.text("SPDXID"))
                .is_none_or(|(_, slot)| slot.set(id)),
            Section::Element(_, _, slot) => slot.replace(id.0).is_none(),
        }
    }

    fn twice(&mut self, tag: &str) {
        self.draft.refuse(
            "duplicate_key",
            "",
            format!("The tag {} stands twice where one counts.", quoted(tag)),
            "Ask the supplier for a sound document.",
        );
    }

    /// Ends the file or snippet that is being read.
    fn close_element(&mut self) -> Result<(), Stop> {
        let section = std::mem::replace(&mut self.section, Section::Package);
        if let Section::Element(list, spot, id) = section {
            let count = if list == "files" { &mut self.files } else { &mut self.snippets };
            let index = *count;
            *count += 1;
            self.draft.stand(spot);
            known(&mut self.draft, list, index, id)?;
            self.draft.stand(Spot::Here);
        }
        Ok(())
    }

    /// Ends the package that is being read, with its last file.
    fn close(&mut self) -> Result<(), Stop> {
        self.close_element()?;
        match self.package.take() {
            Some(package) => package.end(&mut self.draft),
            None => Ok(()),
        }
    }

    fn end(&mut self) -> Result<(), Stop> {
        self.close()?;
        self.draft.stand(Spot::Nowhere);
        if let Some(Text(name)) = std::mem::take(&mut self.name).value() {
            self.draft.name = Some(self.draft.clean(&name, "", "name", true));
        }
        if let Some(Text(namespace)) = std::mem::take(&mut self.namespace).value() {
            let serial = self.draft.clean(&namespace, "", "documentNamespace", false);
            self.draft.serial = Some(serial);
        }
        if let Some(Text(time)) = std::mem::take(&mut self.created).value() {
            created_at(&mut self.draft, &time);
        }
        let (id, version) = (std::mem::take(&mut self.id), std::mem::take(&mut self.version));
        let document = identity(&mut self.draft, id.value(), version.value());
        find_root(&mut self.draft, &self.described, document);
        Ok(())
    }
}

fn line_end(text: &str) -> usize {
    memchr::memchr2(b'\n', b'\r', text.as_bytes()).unwrap_or(text.len())
}

/// Whether the word before a colon can be a tag.
fn is_tag(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|b| b.is_ascii_alphanumeric())
}
