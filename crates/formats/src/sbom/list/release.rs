//! The distribution a package list comes from.

use super::super::draft::Draft;
use aftercare_vocab::problem::quoted;

/// A distribution and its release, in the words of `/etc/os-release`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Release {
    /// `ID`: `debian`, `alpine`, `rhel`. `None`: not known.
    pub id: Option<String>,
    /// `VERSION_ID`: `12`, `3.19.1`. `None`: not known, or the distribution has none.
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
        Self { id: value("ID"), version: value("VERSION_ID") }
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
        if self.id.is_some() {
            return self.clone();
        }
        let (guessed, why) = guess();
        guessed.tell(draft, why);
        guessed
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
    }
}
