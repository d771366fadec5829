//! Images of containers, as `docker save` and OCI layouts hold them: an archive for each layer, and a manifest that names them
//! from the lowest to the uppermost. What a container would see is what the layers give together: an upper layer
//! replaces and removes files of those below (OCI Image Layer Specification, "Applying Changesets", "Whiteouts").

use crate::nested::INSIDE;
use serde::Deserialize;
use std::collections::{HashMap, HashSet};

/// Where an OCI layout keeps its blobs, by digest.
const BLOBS: &str = "blobs/sha256/";
/// What an image's files together are named by, in the place of its layers.
const TOGETHER: &str = "layers";
/// What removes the file of the name that follows, and what removes all that lies beside it below.
const REMOVED: &str = ".wh.";
const ALL_REMOVED: &str = ".wh..wh..opq";

/// Images, and what their layers change.
#[derive(Debug, Default)]
pub(crate) struct Images {
    /// Layers of each image, lowest first, with what stands before the names of its files.
    images: Vec<(String, Vec<String>)>,
    layers: HashMap<String, Changes>,
}

/// What a layer changes in those below.
#[derive(Debug, Default)]
struct Changes {
    /// Paths that it replaces or removes, with all below them.
    covered: HashSet<String>,
    /// Directories of which it removes all that was in them.
    emptied: HashSet<String>,
}

/// Where a file of a layer is in the image.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// It belongs to no image.
    Own,
    In(String),
    /// An upper layer replaced or removed it.
    Covered,
}

/// Whether a path is that of a blob in an OCI layout.
pub(crate) fn is_blob(path: &str) -> bool {
    path.rsplit_once('/').is_some_and(|(directory, name)| {
        let place = BLOBS.trim_end_matches('/');
        is_digest(name) && (directory == place || directory.ends_with(&format!("/{place}")))
    })
}

fn is_digest(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Whether an archive may be a layer: those of `docker save` are called `layer.tar`, or by their digest.
fn may_be_layer(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    is_blob(path) || name == "layer.tar" || name.split_once('.').is_some_and(|(d, _)| is_digest(d))
}

impl Images {
    /// Notes an archive that was opened.
    pub(crate) fn opened(&mut self, archive: &str) {
        if may_be_layer(archive) {
            self.layers.entry(archive.to_owned()).or_default();
        }
    }

    /// Notes a file or link of an archive, by the archive's path and its own in it.
    pub(crate) fn note(&mut self, archive: &str, path: &str) {
        let Some(changes) = self.layers.get_mut(archive) else { return };
        let (directory, name) = path.rsplit_once('/').unwrap_or(("", path));
        let beside = |name: &str| match directory {
            "" => name.to_owned(),
            directory => format!("{directory}/{name}"),
        };
        if name == ALL_REMOVED {
            changes.emptied.insert(directory.to_owned());
        } else if let Some(removed) = name.strip_prefix(REMOVED) {
            changes.covered.insert(beside(removed));
        } else {
            changes.covered.insert(path.to_owned());
        }
    }

    /// Reads `manifest.json` of `docker save`, or a blob that may be a manifest; other texts are passed over.
    pub(crate) fn manifest(&mut self, path: &str, text: &[u8]) {
        #[derive(Deserialize)]
        #[serde(rename_all = "PascalCase")]
        struct Saved {
            layers: Vec<String>,
        }
        #[derive(Deserialize)]
        struct Manifest {
            layers: Vec<Layer>,
        }
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Layer {
            media_type: String,
            digest: String,
        }
        let directory = path.rsplit_once('/').map_or("", |(directory, _)| directory);
        let base = if directory.is_empty() { String::new() } else { format!("{directory}/") };
        if let Some(base) = base.strip_suffix(BLOBS) {
            let Ok(manifest) = serde_json::from_slice::<Manifest>(text) else { return };
            let blob = |layer: &Layer| {
                let digest = layer.digest.strip_prefix("sha256:")?;
                layer.media_type.contains("tar").then(|| format!("{base}{BLOBS}{digest}"))
            };
            // what is no image has other parts
            let layers: Option<Vec<String>> = manifest.layers.iter().map(blob).collect();
            if let Some(layers) = layers {
                self.add(base, layers);
            }
        } else if let Ok(saved) = serde_json::from_slice::<Vec<Saved>>(text) {
            for image in saved {
                let layers = image.layers.iter().map(|layer| format!("{base}{layer}")).collect();
                self.add(&base, layers);
            }
        }
    }

    fn add(&mut self, base: &str, layers: Vec<String>) {
        // an image that is named twice is the same
        if layers.is_empty() || self.images.iter().any(|(_, known)| *known == layers) {
            return;
        }
        let name = match self.images.iter().filter(|(name, _)| name.starts_with(base)).count() {
            0 => format!("{base}{TOGETHER}{INSIDE}"),
            others => format!("{base}{TOGETHER}-{}{INSIDE}", others + 1),
        };
        self.images.push((name, layers));
    }

    /// Leaves images out that cannot be put together; gives what was noticed, with its place.
    pub(crate) fn settle(&mut self) -> Vec<(String, String)> {
        let mut uses: HashMap<&String, usize> = HashMap::new();
        for (_, layers) in &self.images {
            for layer in layers.iter().collect::<HashSet<_>>() {
                *uses.entry(layer).or_default() += 1;
            }
        }
        let shared: HashSet<String> =
            uses.iter().filter(|(_, uses)| **uses > 1).map(|(layer, _)| (*layer).clone()).collect();
        let mut told = Vec::new();
        self.images.retain(|(name, layers)| {
            let is_alone = !layers.iter().any(|layer| shared.contains(layer));
            if !is_alone {
                let why = "the image as a whole, since it shares layers with another; its layers are looked at one by one";
                told.push((name.trim_end_matches(INSIDE).to_owned(), why.to_owned()));
            }
            is_alone
        });
        for (_, layers) in &self.images {
            for layer in layers.iter().filter(|layer| !self.layers.contains_key(*layer)) {
                told.push((
                    layer.clone(),
                    "the layer of an image is missing or was not opened".to_owned(),
                ));
            }
        }
        told
    }

    /// Where a file is in its image.
    pub(crate) fn place(&self, path: &str) -> Place {
        for (name, layers) in &self.images {
            let inner = |layer: &String| path.strip_prefix(layer.as_str())?.strip_prefix(INSIDE);
            // a layer that is named twice counts where it is uppermost
            let mut from_top = layers.iter().enumerate().rev();
            let found = from_top.find_map(|(at, layer)| Some((at, inner(layer)?)));
            let Some((at, inner)) = found else { continue };
            // of an archive in a layer, its own path counts
            let own = inner.split_once(INSIDE).map_or(inner, |(outer, _)| outer);
            let above = layers.iter().skip(at + 1).filter_map(|layer| self.layers.get(layer));
            for changes in above {
                if changes.cover(own) {
                    return Place::Covered;
                }
            }
            return Place::In(format!("{name}{inner}"));
        }
        Place::Own
    }
}

impl Changes {
    fn cover(&self, path: &str) -> bool {
        let above = path.match_indices('/').filter_map(|(at, _)| path.get(..at));
        self.covered.contains(path)
            || self.emptied.contains("")
            || above
                .into_iter()
                .any(|part| self.covered.contains(part) || self.emptied.contains(part))
    }
}
