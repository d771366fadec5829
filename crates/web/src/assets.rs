//! The files that pages load: a style sheet, a small script, the logo. Built into the binary.
//!
//! Addresses carry a part of the content's digest (`/assets/1f3870be274f/style.css`), so they can be
//! cached for ever and change when the content does.

use aftercare_vocab::digest::Digest;

/// One file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asset {
    /// File name: `style.css`.
    pub name: &'static str,
    /// Media type with character set.
    pub media_type: &'static str,
    /// Content.
    pub bytes: &'static [u8],
}

/// The style sheet.
pub const STYLE: Asset = Asset {
    name: "style.css",
    media_type: "text/css; charset=utf-8",
    bytes: include_bytes!("../assets/style.css"),
};

/// The script. Pages work without it.
pub const SCRIPT: Asset = Asset {
    name: "app.js",
    media_type: "text/javascript; charset=utf-8",
    bytes: include_bytes!("../assets/app.js"),
};

/// The logo, also the icon of the browser tab.
pub const LOGO: Asset = Asset {
    name: "logo.svg",
    media_type: "image/svg+xml",
    bytes: include_bytes!("../assets/logo.svg"),
};

/// All files.
pub const ALL: [Asset; 3] = [STYLE, SCRIPT, LOGO];

impl Asset {
    /// Where it is served.
    pub fn address(&self) -> String {
        format!("/assets/{}/{}", Digest::of(self.bytes).short(), self.name)
    }
}

/// The addresses a page names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Addresses {
    /// Of [`STYLE`].
    pub style: String,
    /// Of [`SCRIPT`].
    pub script: String,
    /// Of [`LOGO`].
    pub logo: String,
}

impl Addresses {
    /// As the server serves them. Make once at the start.
    pub fn served() -> Self {
        Self { style: STYLE.address(), script: SCRIPT.address(), logo: LOGO.address() }
    }

    /// Beside the page in the same folder, for pages written to files.
    pub fn beside() -> Self {
        Self { style: STYLE.name.into(), script: SCRIPT.name.into(), logo: LOGO.name.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_changes_with_the_content() {
        let changed = Asset { bytes: b"body{}", ..STYLE };
        assert_ne!(STYLE.address(), changed.address());
        assert!(STYLE.address().starts_with("/assets/") && STYLE.address().ends_with("/style.css"));
    }

    #[test]
    fn assets_load_nothing_from_elsewhere() {
        for asset in ALL {
            let text = std::str::from_utf8(asset.bytes).expect("text");
            let text = text.replace("http://www.w3.org/2000/svg", "");
            assert!(!text.contains("http:") && !text.contains("https:"), "{}", asset.name);
            assert!(!text.contains("@import"), "{}", asset.name);
        }
    }
}
