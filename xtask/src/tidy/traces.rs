//! Rules about what must not leak into the tree: paths of machines, addresses of registries.
//!
//! The patterns are put together from pieces, so that this file does not break its own rules.

use super::{Breach, Tree};

/// Folders that belong to one machine or one person.
const MACHINE_PATHS: &[&str] =
    &[concat!("/ho", "me/"), concat!("/wo", "rk/"), concat!("/ro", "ot/"), concat!("/Us", "ers/")];

/// Hosts that packages for this project may come from. Other registries are not among them: in
/// vulnerability records their addresses name a collection of packages (CVE record 5.1,
/// `collectionURL`), which is a fact about the world and not a setting of a machine.
const REGISTRY_HOSTS: &[&str] = &[
    concat!("index.crat", "es.io"),
    concat!("static.crat", "es.io"),
    concat!("registry.npm", "js.org"),
    concat!("registry.yarn", "pkg.com"),
    concat!("//py", "pi.org"),
    concat!("files.python", "hosted.org"),
    concat!("deb.deb", "ian.org"),
];

pub fn no_path_of_a_machine(tree: &Tree) -> Vec<Breach> {
    let mut breaches = Vec::new();
    for file in &tree.files {
        for (line, text) in file.lines() {
            for pattern in MACHINE_PATHS {
                // Only where a path begins: `docs/home/` is ours.
                let begins = text.match_indices(pattern).any(|(at, _)| {
                    !text[..at].ends_with(|c: char| c.is_alphanumeric() || "._-*/}".contains(c))
                });
                if begins {
                    breaches.push(file.at(line, format!("`{pattern}`: name the place otherwise")));
                }
            }
        }
    }
    breaches
}

pub fn no_registry_host(tree: &Tree) -> Vec<Breach> {
    let mut breaches = Vec::new();
    for file in &tree.files {
        for (line, text) in file.lines() {
            for host in REGISTRY_HOSTS.iter().filter(|host| text.contains(**host)) {
                breaches.push(file.at(line, format!("`{host}`: leave the address out")));
            }
        }
    }
    breaches
}

pub fn locks_name_no_address(tree: &Tree) -> Vec<Breach> {
    let mut breaches = Vec::new();
    for file in tree.files.iter().filter(|file| file.name() == "package-lock.json") {
        for (line, _) in file.lines().filter(|(_, text)| text.contains("\"resolved\"")) {
            let what = "make the lock with npm's option `omit-lockfile-registry-resolved`";
            breaches.push(file.at(line, what));
        }
    }
    breaches
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::breaches;

    #[test]
    fn paths_of_a_machine_are_found_wherever_they_begin() {
        for folder in MACHINE_PATHS {
            for bad in [format!("{folder}me"), format!("see `{folder}a`"), format!("x={folder}a")] {
                assert_eq!(breaches(no_path_of_a_machine, &[("a.md", &bad)]).len(), 1, "{bad}");
            }
            for good in [format!("docs{folder}a"), format!("https://example.org{folder}a")] {
                assert_eq!(breaches(no_path_of_a_machine, &[("a.md", &good)]), [], "{good}");
            }
        }
    }

    #[test]
    fn registries_are_found_ecosystem_names_are_none() {
        for host in REGISTRY_HOSTS {
            let text = format!("https:{host}/a");
            assert_eq!(breaches(no_registry_host, &[("a.json", &text)]).len(), 1, "{text}");
        }
        let names =
            "crates.io, PyPI, RubyGems; registry+https://github.com/rust-lang/crates.io-index";
        assert_eq!(breaches(no_registry_host, &[("Cargo.lock", names)]), []);
    }

    #[test]
    fn a_lock_with_addresses_is_found() {
        let bad = "{\n\"resolved\": \"https://example.org/a.tgz\"\n}";
        assert_eq!(breaches(locks_name_no_address, &[("e2e/package-lock.json", bad)]).len(), 1);
        let good = "{\n\"integrity\": \"sha512-x\"\n}";
        assert_eq!(breaches(locks_name_no_address, &[("e2e/package-lock.json", good)]), []);
    }
}
