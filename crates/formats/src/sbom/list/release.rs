//! The distribution a package list comes from.

use super::super::draft::Draft;
use aftercare_vocab::{problem::quoted, release};

/// A distribution and its release, in the words of `/etc/os-release`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Release {
    /// `ID`: `debian`, `alpine`, `rhel`. `None`: not known.
    pub id: Option<String>,
    /// `VERSION_ID`: `12`, `3.19.1`; else `VERSION_CODENAME`: `trixie`. `None`: not known, or the distribution
    /// has none.
    pub version: Option<String>,
}

impl Release {
    /// Reads the text of an `os-release` file (freedesktop.org, os-release(5)).
    pub fn of_os_release(text: &str) -> Self {
        let value = |key: &str| {
            text.lines().find_map(|line| {
                let value = line.trim().strip_prefix(key)?.strip_prefix('=')?;
                let value = value.trim().trim_matches(['"', '\'']);
                (!value.is_empty()).then(|| value.to_owned())
            })
        };
        let version = value("VERSION_ID").or_else(|| value("VERSION_CODENAME"));
        // openEuler writes its service pack in words only: `VERSION="22.03 (LTS-SP1)"`.
        let pack = value("VERSION").and_then(|text| Some(text.split_once("(LTS")?.1.to_owned()));
        let version = match (version, pack) {
            (Some(version), Some(pack)) if !version.contains("LTS") => {
                Some(format!("{version}-LTS{}", pack.trim_end_matches(')')))
            }
            (version, _) => version,
        };
        Self { id: value("ID"), version }
    }

    /// The namespace of its package URLs: the `ID`, except where the registered examples and other tools
    /// write another word.
    pub(super) fn namespace(&self) -> Option<String> {
        let id = self.id.as_deref()?.to_ascii_lowercase();
        Some(match id.as_str() {
            "rhel" => "redhat".to_owned(),
            "rocky" => "rocky-linux".to_owned(),
            "amzn" => "amazon".to_owned(),
            "ol" => "oracle".to_owned(),
            "sles" | "sled" => "suse".to_owned(),
            id if id.starts_with("opensuse") => "opensuse".to_owned(),
            _ => id,
        })
    }

    /// The value of the qualifier `distro`: `debian-12`.
    pub(super) fn distro(&self) -> Option<String> {
        let id = self.id.as_deref()?.to_ascii_lowercase();
        Some(match &self.version {
            Some(version) => format!("{id}-{version}"),
            None => id,
        })
    }

    /// This distribution, or the one that a list lets guess, with a word about it.
    pub(super) fn or_guess(
        &self,
        draft: &mut Draft<'_>,
        guess: impl FnOnce() -> (Self, Option<&'static str>),
    ) -> Self {
        let release = if self.id.is_some() {
            self.clone()
        } else {
            let (guessed, why) = guess();
            guessed.tell(draft, why);
            guessed
        };
        release.tell_of_version(draft);
        release
    }

    /// Says that the release is not known, of distributions whose records go by release.
    fn tell_of_version(&self, draft: &mut Draft<'_>) {
        let namespace = self.namespace().filter(|_| self.version.is_none());
        if let Some(namespace) = namespace.filter(|named| release::are_told_apart(named)) {
            draft.warn(
                "distribution_release_unknown",
                "",
                format!("The release of {} is not known, so records that speak of one release stay a question.", quoted(&namespace)),
                "Make an SBOM of the whole root file system with `aftercare sbom generate`, which reads the release from `etc/os-release`.",
            );
        }
    }

    /// Says where the distribution came from, or that it is not known.
    fn tell(&self, draft: &mut Draft<'_>, why: Option<&str>) {
        match (self.distro(), why) {
            (Some(distro), Some(why)) => draft.warn(
                "distribution_guessed",
                "",
                format!("The list does not name its distribution; {} is read from {why}.", quoted(&distro)),
                "Check that this is the distribution of the device: findings follow its data.",
            ),
            (Some(_), None) => {}
            (None, _) => draft.warn(
                "distribution_unknown",
                "",
                "The list does not say which distribution it comes from, so its packages have no package URL.",
                "Make an SBOM of the whole root file system with `aftercare sbom generate`, which reads the distribution's name.",
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn os_release_gives_name_and_release() {
        let release = Release::of_os_release(
            "PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nVERSION_ID=\"12\"\nID=debian\n",
        );
        assert_eq!(release.namespace().as_deref(), Some("debian"));
        assert_eq!(release.distro().as_deref(), Some("debian-12"));
        let bare = Release::of_os_release("ID='rhel'\nVERSION_ID=8.9\nID_LIKE=fedora\n");
        assert_eq!(bare.namespace().as_deref(), Some("redhat"));
        assert_eq!(bare.distro().as_deref(), Some("rhel-8.9"));
        assert_eq!(Release::of_os_release("ID=\"\"\nVERSION_ID=").distro(), None);
        let named = Release::of_os_release("ID=debian\nVERSION_CODENAME=trixie\n");
        assert_eq!(named.distro().as_deref(), Some("debian-trixie"));
        let pack = "ID=\"openEuler\"\nVERSION_ID=\"22.03\"\nVERSION=\"22.03 (LTS-SP1)\"\n";
        let distro = Release::of_os_release(pack).distro();
        assert_eq!(distro.as_deref(), Some("openeuler-22.03-LTS-SP1"));
        let ubuntu = "VERSION=\"22.04.3 LTS (Jammy Jellyfish)\"\nID=ubuntu\nVERSION_ID=22.04\n";
        assert_eq!(Release::of_os_release(ubuntu).distro().as_deref(), Some("ubuntu-22.04"));
    }
}
