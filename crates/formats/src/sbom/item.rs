//! One component while it is being read: identities, hashes, licences, and facts found in tool
//! properties. The same rules for every format.

use super::{
    certain,
    draft::{Draft, join},
    own::{self, Own, OwnFacts},
    text::Stop,
};
use aftercare_vocab::{
    cpe::Cpe,
    inventory::{Component, Patch, PatchKind},
    problem::quoted,
    purl::Purl,
    stated,
};
use std::collections::HashSet;

/// A component in the making, with its place in the document.
#[derive(Debug)]
pub(super) struct Item {
    pub(super) component: Component,
    /// Trivy writes the source package in four properties; they are joined at the end.
    trivy: TrivySource,
    /// What syft says about the source package: (name, version).
    syft: (Option<String>, Option<String>),
    /// The patches that are kept, by kind and issue.
    patches: HashSet<(PatchKind, String)>,
    /// What stands under names of ours.
    own: OwnFacts,
    /// The source package as a package list states it.
    pub(super) source: Option<String>,
}

#[derive(Debug, Default)]
struct TrivySource {
    name: Option<String>,
    version: Option<String>,
    release: Option<String>,
    epoch: Option<String>,
}

impl Item {
    pub(super) fn new(place: String) -> Self {
        let component = Component { place, ..Component::default() };
        Self {
            component,
            trivy: TrivySource::default(),
            syft: (None, None),
            patches: HashSet::new(),
            own: OwnFacts::default(),
            source: None,
        }
    }

    pub(super) fn place(&self) -> &str {
        &self.component.place
    }

    /// A kept text of this component; empty text counts as absent.
    pub(super) fn text(
        &self,
        draft: &mut Draft<'_>,
        field: &str,
        text: &str,
        label: bool,
    ) -> Option<String> {
        if text.is_empty() { None } else { Some(draft.clean(text, self.place(), field, label)) }
    }

    /// A package URL, or what the document gives as one.
    pub(super) fn purl(
        &mut self,
        draft: &mut Draft<'_>,
        field: &str,
        text: &str,
    ) -> Result<(), Stop> {
        if !draft.fits(text, &self.component.place, field) {
            return Ok(());
        }
        match text.parse::<Purl>() {
            _ if text.is_empty() => {}
            Ok(purl) => {
                if !self.component.purls.contains(&purl) {
                    draft.alike(&self.component.place, field, self.component.purls.len())?;
                    self.component.purls.push(purl);
                }
            }
            Err(fault) => {
                draft.warn(
                    "purl_unreadable",
                    join(self.place(), field),
                    format!("{} is not a package URL: {}.", quoted(text), sentence(&fault.why)),
                    "The component is matched by its other identities only.",
                );
                self.other(draft, field, "purl", text)?;
            }
        }
        Ok(())
    }

    /// A CPE name of either binding, or what the document gives as one.
    pub(super) fn cpe(
        &mut self,
        draft: &mut Draft<'_>,
        field: &str,
        text: &str,
    ) -> Result<(), Stop> {
        if !draft.fits(text, &self.component.place, field) {
            return Ok(());
        }
        match text.parse::<Cpe>() {
            _ if text.is_empty() => {}
            Ok(cpe) => {
                if let Some(count) = missing_fields(text) {
                    draft.warn(
                        "cpe_incomplete",
                        join(self.place(), field),
                        format!("{} lacks {count} of the 11 fields of a CPE name.", quoted(text)),
                        "The missing fields are read as \"any\".",
                    );
                }
                if !self.component.cpes.contains(&cpe) {
                    draft.alike(&self.component.place, field, self.component.cpes.len())?;
                    self.component.cpes.push(cpe);
                }
            }
            Err(fault) => {
                draft.warn(
                    "cpe_unreadable",
                    join(self.place(), field),
                    format!("{} is not a CPE name: {}.", quoted(text), sentence(&fault.why)),
                    "The component is matched by its other identities only.",
                );
                self.other(draft, field, "cpe", text)?;
            }
        }
        Ok(())
    }

    /// An identity of a kind that has no reader yet, or one that does not parse.
    pub(super) fn other(
        &mut self,
        draft: &mut Draft<'_>,
        field: &str,
        kind: &str,
        text: &str,
    ) -> Result<(), Stop> {
        let Some(text) = self.text(draft, field, text, false) else { return Ok(()) };
        let known = self.component.other_identities.iter().any(|(k, t)| k == kind && *t == text);
        if !known {
            draft.alike(&self.component.place, field, self.component.other_identities.len())?;
            self.component.other_identities.push((kind.to_owned(), text));
        }
        Ok(())
    }

    /// A hash. What cannot be a hash of its algorithm is kept as another identity (`hash:sha256`).
    pub(super) fn hash(
        &mut self,
        draft: &mut Draft<'_>,
        field: &str,
        algorithm: &str,
        content: &str,
    ) -> Result<(), Stop> {
        let algorithm: String = algorithm
            .chars()
            .filter(|c| !matches!(c, '-' | '_'))
            .collect::<String>()
            .to_lowercase();
        let is_hex = content.len() >= 8 && content.bytes().all(|b| b.is_ascii_hexdigit());
        let fits = match hex_length(&algorithm) {
            Some(Length::Exactly(length)) => is_hex && content.len() == length,
            Some(Length::Any) => is_hex,
            None => {
                draft.warn(
                    "hash_algorithm_unknown",
                    join(self.place(), field),
                    format!("{} is not a hash algorithm of the format.", quoted(&algorithm)),
                    "The hash is kept and compared with nothing.",
                );
                is_hex
            }
        };
        if fits {
            draft.item(&self.component.place)?;
            self.component.hashes.push((algorithm, content.to_ascii_lowercase()));
            return Ok(());
        }
        draft.warn(
            "hash_malformed",
            join(self.place(), field),
            format!(
                "{} is not a {} hash in hexadecimal digits.",
                quoted(content),
                quoted(&algorithm)
            ),
            "The text is kept beside the identities and compared with nothing.",
        );
        self.other(draft, field, &format!("hash:{algorithm}"), content)
    }

    /// A licence expression or name; repeats are dropped.
    pub(super) fn licence(
        &mut self,
        draft: &mut Draft<'_>,
        field: &str,
        text: &str,
    ) -> Result<(), Stop> {
        let Some(text) = self.text(draft, field, text, false) else { return Ok(()) };
        if !self.component.licences.contains(&text) {
            draft.alike(&self.component.place, field, self.component.licences.len())?;
            self.component.licences.push(text);
        }
        Ok(())
    }

    /// A patch and the issue that it resolves; one that names none is kept, too.
    pub(super) fn patched(
        &mut self,
        draft: &mut Draft<'_>,
        field: &str,
        kind: PatchKind,
        issue: &str,
    ) -> Result<(), Stop> {
        let resolves = self.text(draft, field, issue.trim(), false).unwrap_or_default();
        if self.patches.insert((kind, resolves.clone())) {
            draft.patch(&self.component.place, field, self.component.patched.len())?;
            self.component.patched.push(Patch { resolves, kind, place: field.to_owned() });
        }
        Ok(())
    }

    /// Whether a property of this name carries a fact that is used.
    pub(super) fn uses(name: &str) -> bool {
        name.starts_with("syft:")
            || name.starts_with(own::PREFIX)
            || name.starts_with("aquasecurity:trivy:Src")
            || (name.contains("upport") || name.contains("UPPORT"))
                && (is_support_level(name) || is_end_of_support(name))
    }

    /// A name and value that a tool added. Only the ones known to carry a fact are used.
    pub(super) fn property(
        &mut self,
        draft: &mut Draft<'_>,
        field: &str,
        name: &str,
        value: &str,
    ) -> Result<(), Stop> {
        match Own::of(name) {
            Some(Own::Patched) => {
                let (kind, issue) = own::patch(value);
                if kind != PatchKind::Unofficial {
                    self.own.patched(issue);
                }
                return self.patched(draft, field, kind, issue);
            }
            Some(own) => {
                let Some(text) = self.text(draft, field, value, false) else { return Ok(()) };
                draft.item(&self.component.place)?;
                self.own.take(own, text);
                return Ok(());
            }
            None => {}
        }
        let Some(text) = (match name {
            "syft:cpe23" => return self.cpe(draft, field, value),
            "syft:metadata:source"
            | "syft:metadata:sourceRpm"
            | "syft:metadata:sourceVersion"
            | "aquasecurity:trivy:SrcName"
            | "aquasecurity:trivy:SrcVersion"
            | "aquasecurity:trivy:SrcRelease"
            | "aquasecurity:trivy:SrcEpoch" => self.text(draft, field, value, false),
            _ if is_support_level(name) || is_end_of_support(name) => {
                self.text(draft, field, value, false)
            }
            _ => None,
        }) else {
            return Ok(());
        };
        match name {
            "syft:metadata:source" => self.syft.0 = Some(text),
            "syft:metadata:sourceVersion" => self.syft.1 = Some(text),
            "syft:metadata:sourceRpm" => self.syft = (Some(source_of_rpm(&text)), None),
            "aquasecurity:trivy:SrcName" => self.trivy.name = Some(text),
            "aquasecurity:trivy:SrcVersion" => self.trivy.version = Some(text),
            "aquasecurity:trivy:SrcRelease" => self.trivy.release = Some(text),
            "aquasecurity:trivy:SrcEpoch" => self.trivy.epoch = Some(text),
            _ if is_end_of_support(name) => {
                self.component.end_of_support.get_or_insert(text);
            }
            _ => {
                self.component.support_level.get_or_insert(text);
            }
        }
        Ok(())
    }

    /// The finished component, with the checks that need all of it.
    pub(super) fn finish(mut self, draft: &mut Draft<'_>) -> Component {
        let upstream = self.component.purls.iter().find_map(|purl| purl.qualifier("upstream"));
        self.component.source_package = upstream
            .filter(|text| !text.is_empty())
            .map(source_of_rpm)
            .or_else(|| self.source_from_properties())
            .or_else(|| self.source.take());
        std::mem::take(&mut self.own).complete(&mut self.component, draft);
        let stated = self.component.version.as_deref();
        let of_purl = || self.component.purls.iter().find_map(Purl::version);
        if let Some(version) = stated.or_else(of_purl) {
            certain::tell(draft, &self.component.place, version);
        }
        // a version in a package URL is a version, too
        let is_unversioned = self.component.version.is_none()
            && self.component.version_range.is_none()
            && self.component.purls.iter().all(|purl| purl.version().is_none());
        if is_unversioned {
            draft.warn(
                "version_missing",
                join(&self.component.place, ""),
                format!("{} has no version.", quoted(&self.component.name)),
                "Findings for it stay undetermined until the supplier names the version.",
            );
        }
        self.disagreements(draft);
        self.component
    }

    /// Warns where the identities of the component cannot be those of one thing.
    fn disagreements(&self, draft: &mut Draft<'_>) {
        let name = quoted(&self.component.name);
        let place = || join(&self.component.place, "");
        if let [first, others @ ..] = stated::versions(&self.component).as_slice()
            && !others.is_empty()
        {
            let others: Vec<String> =
                others.iter().map(|of| format!("{} says {}", of.by, quoted(&of.version))).collect();
            draft.warn(
                "versions_disagree",
                place(),
                format!(
                    "{name}: {} says version {}, but {}.",
                    first.by,
                    quoted(&first.version),
                    others.join(", and ")
                ),
                "Where the versions give different answers, the answer is undetermined. Ask the supplier which version is installed.",
            );
        }
        if let Some((one, other)) = stated::packages(&self.component) {
            draft.warn(
                "packages_disagree",
                place(),
                format!("{name} carries package URLs of different packages: {one} and {other}."),
                "It is looked up as both. Ask the supplier which package is installed.",
            );
        }
    }

    fn source_from_properties(&mut self) -> Option<String> {
        let trivy = std::mem::take(&mut self.trivy);
        if let Some(name) = trivy.name {
            let Some(version) = trivy.version else { return Some(name) };
            let epoch =
                trivy.epoch.filter(|e| e != "0").map(|e| format!("{e}:")).unwrap_or_default();
            let release = trivy.release.map(|r| format!("-{r}")).unwrap_or_default();
            return Some(format!("{name}@{epoch}{version}{release}"));
        }
        match std::mem::take(&mut self.syft) {
            (Some(name), Some(version)) => Some(format!("{name}@{version}")),
            (name, _) => name,
        }
    }
}

/// `openssl-1.1.1k-6.el8.src.rpm` is `openssl@1.1.1k-6.el8`; any other text stays as it is.
pub(super) fn source_of_rpm(text: &str) -> String {
    let Some(stem) = text.strip_suffix(".src.rpm").or_else(|| text.strip_suffix(".nosrc.rpm"))
    else {
        return text.to_owned();
    };
    let mut parts = stem.rsplitn(3, '-');
    match (parts.next(), parts.next(), parts.next()) {
        (Some(release), Some(version), Some(name)) => format!("{name}@{version}-{release}"),
        _ => stem.to_owned(),
    }
}

/// Whether a property name speaks of the end of support, however it is written.
fn is_end_of_support(name: &str) -> bool {
    letters(name).contains("endofsupport")
}

fn is_support_level(name: &str) -> bool {
    let name = letters(name);
    name.contains("supportlevel") || name.contains("levelofsupport")
}

fn letters(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

/// How many fields a CPE 2.3 formatted string leaves out at its end; `None` when it is whole, or a
/// 2.2 URI, which may end anywhere.
fn missing_fields(text: &str) -> Option<usize> {
    const FIELDS: usize = 11;
    let rest = text
        .get(8..)
        .filter(|_| text.get(..8).is_some_and(|head| head.eq_ignore_ascii_case("cpe:2.3:")))?;
    let (mut fields, mut escaped) = (1, false);
    for byte in rest.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b':' => fields += 1,
            _ => {}
        }
    }
    (fields < FIELDS).then_some(FIELDS - fields)
}

enum Length {
    Exactly(usize),
    Any,
}

/// Hexadecimal digits of a hash; algorithms of CycloneDX 1.7 and SPDX 2.3. `None`: unknown.
fn hex_length(algorithm: &str) -> Option<Length> {
    Some(match algorithm {
        "md2" | "md4" | "md5" => Length::Exactly(32),
        "sha1" => Length::Exactly(40),
        "sha224" => Length::Exactly(56),
        "sha256" | "sha3256" | "blake2b256" | "streebog256" => Length::Exactly(64),
        "sha384" | "sha3384" | "blake2b384" => Length::Exactly(96),
        "sha512" | "sha3512" | "blake2b512" | "streebog512" => Length::Exactly(128),
        // variable length
        "blake3" | "md6" => Length::Any,
        "adler32" => Length::Exactly(8),
        _ => return None,
    })
}

/// The reason without its full stop, to stand inside a sentence.
fn sentence(why: &str) -> &str {
    why.trim_end().trim_end_matches('.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_rpm_is_split_into_name_and_version() {
        assert_eq!(source_of_rpm("openssl-1.1.1k-6.el8.src.rpm"), "openssl@1.1.1k-6.el8");
        assert_eq!(
            source_of_rpm("java-1.8.0-openjdk-1.8.0.312-1.el8.nosrc.rpm"),
            "java-1.8.0-openjdk@1.8.0.312-1.el8"
        );
        assert_eq!(source_of_rpm("odd.src.rpm"), "odd");
        assert_eq!(source_of_rpm("gcc-10"), "gcc-10");
        assert_eq!(source_of_rpm("glibc@2.31-13"), "glibc@2.31-13");
    }

    #[test]
    fn missing_cpe_fields_are_counted() {
        assert_eq!(missing_fields("cpe:2.3:a:only:three"), Some(8));
        assert_eq!(missing_fields("cpe:2.3:a:b:c\\:d:1:*:*:*:*:*:*:*"), None);
        assert_eq!(missing_fields("cpe:/a:b:c"), None);
        assert_eq!(missing_fields("é"), None);
    }

    #[test]
    fn support_properties_are_known_in_any_spelling() {
        for name in ["endOfSupport", "acme:end-of-support", "ACME:END_OF_SUPPORT_DATE"] {
            assert!(is_end_of_support(name), "{name}");
        }
        for name in ["supportLevel", "cdx:support-level", "Level of support"] {
            assert!(is_support_level(name), "{name}");
        }
        assert!(!is_end_of_support("supportLevel"));
        assert!(!is_support_level("endOfSupport"));
    }
}
