//! Which files packages of the distribution brought: what is in them is told by the package, whose
//! version says more than that of the upstream project (it knows of repairs carried back).

use crate::claim::root_of;
use std::collections::HashSet;

/// Paths of files that packages own.
#[derive(Debug, Default)]
pub(crate) struct Owned(HashSet<String>);

impl Owned {
    /// A list of dpkg or opkg, one path a line; or one of digests, as images without a shell have it. It counts if its
    /// package is among those that were read.
    pub(crate) fn list(&mut self, list: &str, text: &str, is_read: impl Fn(&str) -> bool) {
        let file = list.rsplit('/').next().unwrap_or_default();
        let named = file.strip_suffix(".list").or_else(|| file.strip_suffix(".md5sums"));
        // `zlib1g:arm64` where the same package is there for several architectures
        let package = named.unwrap_or(file).split(':').next().unwrap_or_default();
        if !is_read(package) {
            return;
        }
        let root = root_of(list);
        let is_digests = list.ends_with(".md5sums");
        for line in text.lines() {
            // opkg writes size and mode after a tab; a list of digests has the path after the digest
            let path = line.split('\t').next().unwrap_or_default();
            let path =
                if is_digests { path.split_once("  ").map_or("", |(_, path)| path) } else { path };
            self.add(root, path);
        }
    }

    /// The database of apk: `F:` is a directory, `R:` a file in it.
    pub(crate) fn apk(&mut self, database: &str, text: &str) {
        let root = root_of(database);
        let mut directory = "";
        for line in text.lines() {
            if let Some(found) = line.strip_prefix("F:") {
                directory = found;
            } else if let Some(name) = line.strip_prefix("R:") {
                self.add(root, &format!("{directory}/{name}"));
            }
        }
    }

    /// The files of a package of rpm, by whole paths.
    pub(crate) fn rpm(&mut self, database: &str, files: &[String]) {
        let root = root_of(database);
        for path in files {
            self.add(root, path);
        }
    }

    fn add(&mut self, root: &str, path: &str) {
        if path.len() > 1 {
            self.0.insert(normal(root, path));
        }
    }

    /// Whether a package owns the file at a path. `roots` are the roots that have a database.
    pub(crate) fn has(&self, roots: &[&str], path: &str) -> bool {
        roots.iter().any(|root| {
            path.strip_prefix(root).is_some_and(|below| self.0.contains(&normal(root, below)))
        })
    }
}

/// One form where `/lib` and `/usr/lib` are the same directory.
fn normal(root: &str, path: &str) -> String {
    let path = path.trim_start_matches('/');
    format!("{root}{}", path.strip_prefix("usr/").unwrap_or(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_owned_below_their_root_wherever_usr_is_merged() {
        let mut owned = Owned::default();
        owned.list("a/var/lib/dpkg/info/zlib1g.list", "/.\n/lib\n/lib/x/libz.so.1\n", |_| true);
        owned.apk("lib/apk/db/installed", "P:x\nF:usr/lib\nR:liby.so\n");
        assert!(owned.has(&["a/"], "a/usr/lib/x/libz.so.1"));
        assert!(owned.has(&["a/"], "a/lib/x/libz.so.1"));
        assert!(!owned.has(&["a/"], "lib/x/libz.so.1"));
        assert!(owned.has(&["", "a/"], "lib/liby.so"));
        assert!(!owned.has(&[""], "lib/other.so"));
    }
}
