//! Facts that a format has no field for, under names of ours: `aftercare:sourcePackage`. In CycloneDX
//! they are properties of the component, in SPDX 2.3 annotations of the package whose comment reads
//! `aftercare:sourcePackage=glibc@2.31-13`. Our readers take them back; others pass over them.

use super::draft::Draft;
use aftercare_vocab::{
    inventory::{Component, Patch, PatchKind, Scope},
    problem::quoted,
};

/// What all the names begin with.
pub(super) const PREFIX: &str = "aftercare:";

/// A fact of a component under a name of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Own {
    /// `kind`, where the format has no such type.
    Kind,
    /// `group`.
    Group,
    /// `version_range`.
    VersionRange,
    /// `scope`: `optional` or `excluded`.
    Scope,
    /// One of `licences`; several in order. They stand in the place of the format's own.
    Licence,
    /// One of `patched`: `backport: CVE-2024-1`. It is exacter than what the format says of the same issue.
    Patched,
    /// `source_package`.
    SourcePackage,
    /// `support_level`.
    SupportLevel,
    /// `end_of_support`, as written.
    EndOfSupport,
}

impl Own {
    const ALL: [Self; 9] = [
        Self::Kind,
        Self::Group,
        Self::VersionRange,
        Self::Scope,
        Self::Licence,
        Self::Patched,
        Self::SourcePackage,
        Self::SupportLevel,
        Self::EndOfSupport,
    ];

    /// The whole name.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Kind => "aftercare:kind",
            Self::Group => "aftercare:group",
            Self::VersionRange => "aftercare:versionRange",
            Self::Scope => "aftercare:scope",
            Self::Licence => "aftercare:licence",
            Self::Patched => "aftercare:patched",
            Self::SourcePackage => "aftercare:sourcePackage",
            Self::SupportLevel => "aftercare:supportLevel",
            Self::EndOfSupport => "aftercare:endOfSupport",
        }
    }

    /// The fact of this name.
    pub(super) fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|own| own.name() == name)
    }
}

/// The kind of patch and the issue in a value of [`Own::Patched`]; the issue alone is of no stated kind.
pub(super) fn patch(value: &str) -> (PatchKind, &str) {
    let kind = value.split_once(':').and_then(|(kind, issue)| Some((PatchKind::of(kind)?, issue)));
    kind.map_or((PatchKind::Unstated, value), |(kind, issue)| (kind, issue.trim()))
}

/// A value of [`Own::Patched`].
pub(super) fn of_patch(patch: &Patch) -> String {
    format!("{}: {}", patch.kind.code(), patch.resolves)
}

/// Facts under names of ours while a component is read; they are set when its own fields are known.
#[derive(Debug, Default)]
pub(super) struct OwnFacts {
    kind: Option<String>,
    group: Option<String>,
    version_range: Option<String>,
    scope: Option<String>,
    licences: Vec<String>,
    /// The issues of patches that stand under our name.
    patched: Vec<String>,
    source_package: Option<String>,
    support_level: Option<String>,
    end_of_support: Option<String>,
}

impl OwnFacts {
    /// Notes that a patch for this issue stands under our name, of another kind than "unofficial".
    pub(super) fn patched(&mut self, issue: &str) {
        self.patched.push(issue.to_owned());
    }

    /// Takes a fact; of one that is told twice, the last.
    pub(super) fn take(&mut self, own: Own, text: String) {
        match own {
            Own::Patched => {} // the reader's own list
            Own::Kind => self.kind = Some(text),
            Own::Group => self.group = Some(text),
            Own::VersionRange => self.version_range = Some(text),
            Own::Scope => self.scope = Some(text),
            Own::Licence => self.licences.push(text),
            Own::SourcePackage => self.source_package = Some(text),
            Own::SupportLevel => self.support_level = Some(text),
            Own::EndOfSupport => self.end_of_support = Some(text),
        }
    }

    /// Sets them on the component: they are exacter than the format's own fields where both speak.
    pub(super) fn complete(self, component: &mut Component, draft: &mut Draft<'_>) {
        component.kind = self.kind.or(component.kind.take());
        component.group = component.group.take().or(self.group);
        component.support_level = component.support_level.take().or(self.support_level);
        component.end_of_support = self.end_of_support.or(component.end_of_support.take());
        component.source_package = self.source_package.or(component.source_package.take());
        if !self.licences.is_empty() {
            component.licences = self.licences;
        }
        if !self.patched.is_empty() {
            // our writer puts it down as unofficial beside, where the format has no such kind
            component.patched.retain(|patch| {
                patch.kind != PatchKind::Unofficial || !self.patched.contains(&patch.resolves)
            });
        }
        match self.scope.as_deref() {
            Some("optional") => component.scope = Scope::Optional,
            Some("excluded") => component.scope = Scope::Excluded,
            _ => {}
        }
        if let Some(range) = self.version_range.filter(|_| component.version_range.is_none()) {
            draft.warn(
                "version_range",
                component.place.clone(),
                format!("The version is one of {}, so none is certain.", quoted(&range)),
                "Findings for it stay undetermined until the version is known.",
            );
            component.version_range = Some(range);
        }
    }
}
