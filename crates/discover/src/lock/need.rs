//! Files that state which software is needed, and from which no version can be read: manifests whose lock file
//! is missing, and lock files that are not read yet. They are told, so that nobody takes silence for absence.

/// A kind of such a file.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Need {
    /// Its name, or `*` and the end of it.
    name: &'static str,
    /// What stands in it where it needs something; empty: it always does.
    word: &'static str,
    /// The lock files that say the versions, beside it or in a directory above.
    locks: &'static [&'static str],
}

const fn need(name: &'static str, word: &'static str, locks: &'static [&'static str]) -> Need {
    Need { name, word, locks }
}

const PYTHON: &[&str] = &["poetry.lock", "uv.lock", "pdm.lock", "Pipfile.lock", "requirements.txt"];

const NEEDS: &[Need] = &[
    // a lock file that is read makes them exact
    need("Cargo.toml", "dependencies", &["Cargo.lock"]),
    need(
        "package.json",
        "ependencies\"",
        &["package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml"],
    ),
    need("pyproject.toml", "dependencies", PYTHON),
    need("setup.py", "install_requires", PYTHON),
    need("setup.cfg", "install_requires", PYTHON),
    need("Pipfile", "packages]", PYTHON),
    need("Gemfile", "gem ", &["Gemfile.lock"]),
    need("gems.rb", "gem ", &["gems.locked"]),
    need("composer.json", "\"require\"", &["composer.lock"]),
    need("build.gradle", "dependencies", &["gradle.lockfile"]),
    need("build.gradle.kts", "dependencies", &["gradle.lockfile"]),
    need("*.csproj", "PackageReference", &["packages.lock.json"]),
    need("*.fsproj", "PackageReference", &["packages.lock.json"]),
    need("conanfile.txt", "requires]", &["conan.lock"]),
    need("conanfile.py", "requires", &["conan.lock"]),
    need("Package.swift", ".package(", &["Package.resolved"]),
    need("mix.exs", "deps", &["mix.lock"]),
    need("pubspec.yaml", "dependencies:", &["pubspec.lock"]),
    // nothing that is read makes them exact
    need(".gitmodules", "[submodule", &[]),
    need("CMakeLists.txt", "FetchContent_Declare", &[]),
    need("CMakeLists.txt", "ExternalProject_Add", &[]),
    need("vcpkg.json", "\"dependencies\"", &[]),
    need("west.yml", "projects:", &[]),
    need("idf_component.yml", "dependencies:", &[]),
    need("platformio.ini", "lib_deps", &[]),
    need("library.json", "\"dependencies\"", &[]),
    need("environment.yml", "dependencies:", &[]),
    need("packages.config", "", &[]),
    need("paket.lock", "", &[]),
    need("dependencies.lock", "", &[]),
    need("bun.lock", "", &[]),
    need("bun.lockb", "", &[]),
    need("deno.lock", "", &[]),
    need("conda-lock.yml", "", &[]),
    need("pixi.lock", "", &[]),
    need("pylock.toml", "", &[]),
    need("Podfile.lock", "", &[]),
    need("rebar.lock", "", &[]),
    need("renv.lock", "", &[]),
    need("MODULE.bazel", "bazel_dep", &[]),
];

impl Need {
    /// The kind of a file by its name.
    pub(crate) fn of_name(name: &str) -> Option<&'static Self> {
        NEEDS.iter().find(|need| need.is_name(name))
    }

    fn is_name(&self, name: &str) -> bool {
        match self.name.strip_prefix('*') {
            Some(end) => name.ends_with(end),
            None => name == self.name,
        }
    }

    /// Whether the text needs anything.
    pub(crate) fn stands_in(&self, text: &str) -> bool {
        // a file of one name may need in several ways
        NEEDS.iter().any(|need| need.name == self.name && text.contains(need.word))
    }

    /// Whether a lock file makes it exact: one of the names beside it or above. `is_there` knows the paths.
    pub(crate) fn is_met(&self, path: &str, is_there: impl Fn(&str) -> bool) -> bool {
        let mut directory = path;
        while let Some((above, _)) = directory.rsplit_once('/') {
            directory = above;
            if self.locks.iter().any(|lock| is_there(&format!("{directory}/{lock}"))) {
                return true;
            }
        }
        self.locks.iter().any(|lock| is_there(lock))
    }

    /// Why it could not be used.
    pub(crate) fn why(&self) -> String {
        match self.locks {
            [] => "it states which software is needed, in a form that is not read".to_owned(),
            locks => format!(
                "it states what is needed, and no lock file beside it or above says which versions ({})",
                locks.join(", ")
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_file_beside_or_above_meets_a_need() {
        let Some(need) = Need::of_name("Cargo.toml") else { panic!("known") };
        assert!(need.is_met("Cargo.toml", |path| path == "Cargo.lock"));
        assert!(need.is_met("a/b/Cargo.toml", |path| path == "a/Cargo.lock"));
        assert!(need.is_met("a/b/Cargo.toml", |path| path == "Cargo.lock"));
        assert!(!need.is_met("a/Cargo.toml", |path| path == "a/b/Cargo.lock"));
        assert!(!need.is_met("ab/Cargo.toml", |path| path == "a/Cargo.lock"));
        assert!(need.stands_in("[dependencies]\n") && !need.stands_in("[package]\n"));
        let Some(cmake) = Need::of_name("CMakeLists.txt") else { panic!("known") };
        assert!(cmake.stands_in("ExternalProject_Add(x)") && !cmake.stands_in("project(x)"));
        assert!(!cmake.is_met("CMakeLists.txt", |_| true));
        assert!(Need::of_name("app.csproj").is_some() && Need::of_name("app.c").is_none());
    }
}
