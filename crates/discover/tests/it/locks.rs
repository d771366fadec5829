//! Lock files and manifests of each ecosystem.

use crate::build::{found_in, found_in_text, identities, problems, told};

#[test]
fn cargo() {
    let found = found_in_text(
        "Cargo.lock",
        "version = 3\n[[package]]\nname = \"own\"\nversion = \"0.1.0\"\n\n[[package]]\nname = \"serde\"\nversion = \"1.0.1\"\nsource = \"registry+https://github.com/rust-lang/crates.io-index\"\nchecksum = \"aa\"\n",
    );
    assert_eq!(
        told(&found),
        [
            "own 0.1.0 <- Cargo.lock package[0] (lock file)",
            "pkg:cargo/serde@1.0.1 <- Cargo.lock package[1] (lock file)",
        ]
    );
}

#[test]
fn npm_in_its_three_versions() {
    let new = found_in_text(
        "package-lock.json",
        r#"{"lockfileVersion":3,"packages":{"":{"name":"app","version":"2.0.0"},
            "node_modules/@a/b":{"version":"1.2.3"},"node_modules/c/node_modules/d":{"version":"4.0.0","dev":true},
            "node_modules/alias":{"name":"real","version":"5.0.0"},"node_modules/linked":{"link":true,"resolved":"x"}}}"#,
    );
    assert_eq!(
        identities(&new),
        ["app 2.0.0", "pkg:npm/%40a/b@1.2.3", "pkg:npm/real@5.0.0", "pkg:npm/d@4.0.0 excluded"]
    );
    let old = found_in_text(
        "npm-shrinkwrap.json",
        r#"{"lockfileVersion":1,"dependencies":{"a":{"version":"1.0.0","dependencies":{"b":{"version":"2.0.0"}}},
            "c":{"version":"npm:d@3.0.0"},"e":{"version":"git+ssh://x#abc"},"f":{"version":"1.0.0","requires":{"x":"1"}}}}"#,
    );
    assert_eq!(
        identities(&old),
        ["pkg:npm/a@1.0.0", "pkg:npm/b@2.0.0", "pkg:npm/d@3.0.0", "e ?", "pkg:npm/f@1.0.0"]
    );
    let broken = found_in_text("package-lock.json", "{");
    assert_eq!(problems(&broken)[0], ("not_read", "package-lock.json"));
}

#[test]
fn yarn_of_both_generations() {
    let first = found_in_text(
        "yarn.lock",
        "# yarn lockfile v1\n\n\"@babel/core@^7.0.0\", \"@babel/core@^7.1.0\":\n  version \"7.12.3\"\n  resolved \"x\"\n  dependencies:\n    version \"9.9.9\"\n\nleft-pad@1.0:\n  version \"1.0.1\"\n",
    );
    assert_eq!(identities(&first), ["pkg:npm/%40babel/core@7.12.3", "pkg:npm/left-pad@1.0.1"]);
    let later = found_in_text(
        "yarn.lock",
        "__metadata:\n  version: 6\n\n\"a@npm:b@1.0\":\n  version: 1.0.4\n  resolution: \"b@npm:1.0.4\"\n\n\"own@workspace:.\":\n  version: 0.0.0-use.local\n",
    );
    assert_eq!(identities(&later), ["pkg:npm/b@1.0.4", "own ?"]);
}

#[test]
fn pnpm() {
    let found = found_in_text(
        "pnpm-lock.yaml",
        "lockfileVersion: '6.0'\n\ndependencies:\n  x:\n    version: 1.0.0\n\npackages:\n\n  /@babel/core@7.1.0(peer@1.0.0):\n    resolution: {integrity: x}\n    dev: true\n\n  /old/2.0.0_peer@1:\n    dev: false\n\n  'new@3.0.0':\n    engines: {node: '>=8'}\n\n  file:../y:\n    name: y\n\nsnapshots:\n\n  z@9.0.0: {}\n",
    );
    assert_eq!(
        identities(&found),
        [
            "pkg:npm/%40babel/core@7.1.0 excluded",
            "pkg:npm/old@2.0.0",
            "pkg:npm/new@3.0.0",
            "file:../y ?"
        ]
    );
}

#[test]
fn python() {
    let poetry = found_in_text(
        "poetry.lock",
        "[[package]]\nname = \"Django\"\nversion = \"4.2\"\ncategory = \"main\"\n\n[[package]]\nname = \"pytest\"\nversion = \"7.0\"\ncategory = \"dev\"\n\n[[package]]\nname = \"own\"\nversion = \"1\"\n[package.source]\ntype = \"directory\"\nurl = \"x\"\n",
    );
    assert_eq!(
        identities(&poetry),
        ["pkg:pypi/django@4.2", "pkg:pypi/pytest@7.0 excluded", "own 1"]
    );
    let uv = found_in_text(
        "uv.lock",
        "version = 1\n[[package]]\nname = \"app\"\nversion = \"0.1\"\nsource = { virtual = \".\" }\n[[package]]\nname = \"numpy\"\nversion = \"1.26\"\nsource = { registry = \"x\" }\n",
    );
    assert_eq!(identities(&uv), ["app 0.1", "pkg:pypi/numpy@1.26"]);
    let pipfile = found_in_text(
        "Pipfile.lock",
        r#"{"default":{"requests":{"version":"==2.31.0"},"x":{"git":"y"}},"develop":{"black":{"version":"==23.1"}}}"#,
    );
    assert_eq!(
        identities(&pipfile),
        ["pkg:pypi/requests@2.31.0", "x ?", "pkg:pypi/black@23.1 excluded"]
    );
    let requirements = found_in_text(
        "requirements-dev.txt",
        "# comment\n-r other.txt\nrequests[socks]==2.31.0 ; python_version > '3' # why\nflask == 2.0 \\\n    --hash=sha256:aa\nnumpy>=1.2\nscipy==1.*\n-e git+https://x#egg=y\n",
    );
    assert_eq!(
        told(&requirements),
        [
            "pkg:pypi/requests@2.31.0 <- requirements-dev.txt line 3 (stated need)",
            "pkg:pypi/flask@2.0 <- requirements-dev.txt line 4 (stated need)",
        ]
    );
    assert_eq!(
        problems(&requirements),
        [
            ("not_read", "requirements-dev.txt: line 2"),
            ("not_read", "requirements-dev.txt: line 6"),
            ("not_read", "requirements-dev.txt: line 7"),
            ("not_read", "requirements-dev.txt: line 8"),
        ]
    );
}

#[test]
fn go_modules_and_sums() {
    let module = "module example.org/app\n\ngo 1.21\ntoolchain go1.21.3\n\nrequire example.org/one v1.0.0\nrequire (\n\texample.org/two v2.0.0 // indirect\n\texample.org/three v3.0.0\n)\nreplace example.org/two => example.org/fork v2.0.1\nreplace example.org/three v3.0.0 => ./local\n";
    let sums = "example.org/one v1.0.0 h1:x=\nexample.org/one v1.0.0/go.mod h1:y=\nexample.org/old v0.1.0 h1:z=\n";
    let both = found_in(&[("a/go.mod", module.as_bytes()), ("a/go.sum", sums.as_bytes())]);
    assert_eq!(
        identities(&both),
        [
            "pkg:golang/stdlib@1.21.3",
            "pkg:golang/example.org/one@v1.0.0",
            "pkg:golang/example.org/fork@v2.0.1",
            "example.org/three v3.0.0",
        ]
    );
    let alone = found_in(&[("go.sum", sums.as_bytes())]);
    assert_eq!(
        identities(&alone),
        ["pkg:golang/example.org/one@v1.0.0", "pkg:golang/example.org/old@v0.1.0"]
    );
}

#[test]
fn sums_count_beside_a_go_mod_that_does_not_list_all_modules() {
    let sums = b"example.org/one v1.0.0 h1:x=\nexample.org/deep v0.1.0 h1:z=\n";
    let beside = |go: &str| {
        let module = format!("module example.org/app\n{go}\nrequire example.org/one v1.0.0\n");
        identities(&found_in(&[("a/go.mod", module.as_bytes()), ("a/go.sum", sums)]))
    };
    let (one, deep) = ("pkg:golang/example.org/one@v1.0.0", "pkg:golang/example.org/deep@v0.1.0");
    // without the line it is Go 1.16
    for go in ["go 1.9", "go 1.16", "go 1.16.15 // old", "", "go 1", "go x.y", "// go 1.21"] {
        assert_eq!(beside(go), [one, deep], "{go}");
    }
    for go in ["go 1.17", "go 1.17.1", "go 1.21rc2", "go 1.100", "go 2.0"] {
        assert_eq!(beside(go), [one], "{go}");
    }
}

#[test]
fn a_go_module_is_replaced_in_the_version_that_is_meant() {
    let replaced = |line: &str| {
        let module =
            format!("module example.org/app\n\ngo 1.21\n\nrequire example.org/x v1.2.0\n{line}\n");
        identities(&found_in_text("go.mod", &module))
    };
    let (own, fork) = ("pkg:golang/example.org/x@v1.2.0", "pkg:golang/example.org/fork@v9.0.0");
    let other = "replace example.org/x v1.0.0 => example.org/other v8.0.0";
    assert_eq!(replaced(other), [own]);
    assert_eq!(replaced("replace example.org/x v1.2.0 => example.org/fork v9.0.0"), [fork]);
    let all = "replace example.org/x => example.org/fork v9.0.0";
    assert_eq!(replaced(&format!("{all}\n{other}")), [fork]);
    let exact = "replace example.org/x v1.2.0 => example.org/exact v7.0.0";
    for lines in [format!("{all}\n{exact}"), format!("{exact}\n{all}")] {
        assert_eq!(replaced(&lines), ["pkg:golang/example.org/exact@v7.0.0"], "{lines}");
    }
}

#[test]
fn ruby_php_and_dotnet() {
    let ruby = found_in_text(
        "Gemfile.lock",
        "PATH\n  remote: .\n  specs:\n    own (0.1)\n\nGEM\n  remote: https://rubygems.org/\n  specs:\n    nokogiri (1.13.0-x86_64-linux)\n      racc (~> 1.4)\n    rack (2.2.3)\n\nDEPENDENCIES\n  rack (2.2.3)\n",
    );
    assert_eq!(identities(&ruby), ["own 0.1", "pkg:gem/nokogiri@1.13.0", "pkg:gem/rack@2.2.3"]);
    let php = found_in_text(
        "composer.lock",
        r#"{"packages":[{"name":"monolog/monolog","version":"2.0.0","license":["MIT"]}],"packages-dev":[{"name":"phpunit/phpunit","version":"9.5"}]}"#,
    );
    assert_eq!(
        identities(&php),
        ["pkg:composer/monolog/monolog@2.0.0", "pkg:composer/phpunit/phpunit@9.5 excluded"]
    );
    let dotnet = found_in_text(
        "packages.lock.json",
        r#"{"version":1,"dependencies":{"net6.0":{"Newtonsoft.Json":{"type":"Direct","resolved":"13.0.1"},"own":{"type":"Project"}}}}"#,
    );
    assert_eq!(identities(&dotnet), ["pkg:nuget/Newtonsoft.Json@13.0.1", "own ?"]);
}

#[test]
fn java() {
    let maven = found_in_text(
        "pom.xml",
        "<project><properties><v>2.14.1</v></properties><version>9</version>
         <dependencyManagement><dependencies><dependency><groupId>m</groupId><artifactId>n</artifactId><version>1</version></dependency></dependencies></dependencyManagement>
         <dependencies>
         <dependency><groupId>org.apache</groupId><artifactId>log4j</artifactId><version>${v}</version></dependency>
         <dependency><groupId>junit</groupId><artifactId>junit</artifactId><version>4.13</version><scope>test</scope><exclusions><exclusion><groupId>x</groupId></exclusion></exclusions></dependency>
         <dependency><groupId>a</groupId><artifactId>b</artifactId></dependency>
         <dependency><groupId>c</groupId><artifactId>d</artifactId><version>[1,2)</version></dependency>
         </dependencies></project>",
    );
    assert_eq!(
        identities(&maven),
        ["pkg:maven/org.apache/log4j@2.14.1", "pkg:maven/junit/junit@4.13 excluded"]
    );
    assert_eq!(
        problems(&maven),
        [
            ("not_read", "pom.xml: dependency[3]"),
            ("not_read", "pom.xml: dependency[4]"),
            ("not_read", "pom.xml"),
        ]
    );
    let gradle = found_in_text(
        "gradle.lockfile",
        "# comment\ncom.google.guava:guava:30.0-jre=runtimeClasspath,testRuntimeClasspath\njunit:junit:4.13=testRuntimeClasspath\nempty=annotationProcessor\n",
    );
    assert_eq!(
        identities(&gradle),
        ["pkg:maven/com.google.guava/guava@30.0-jre", "pkg:maven/junit/junit@4.13 excluded"]
    );
}

#[test]
fn what_runs_is_not_taken_for_tests() {
    let scope = |name: &str| {
        let line = format!("g:n:1={name}\n");
        identities(&found_in_text("gradle.lockfile", &line)).concat()
    };
    for runs in [
        "latestReleaseRuntimeClasspath",
        "attestationRuntimeClasspath",
        "contestClasspath,testRuntimeClasspath",
        "fastestRuntimeClasspath",
        "",
    ] {
        assert_eq!(scope(runs), "pkg:maven/g/n@1", "{runs}");
    }
    for tests in [
        "testRuntimeClasspath",
        "integrationTestRuntimeClasspath,test",
        "debugAndroidTestCompileClasspath",
        "unit-test",
    ] {
        assert_eq!(scope(tests), "pkg:maven/g/n@1 excluded", "{tests}");
    }
    // a container provides it, and it runs
    for (scope, wanted) in [
        ("provided", "pkg:maven/g/n@1"),
        ("runtime", "pkg:maven/g/n@1"),
        ("test", "pkg:maven/g/n@1 excluded"),
    ] {
        let pom = format!(
            "<project><dependencies><dependency><groupId>g</groupId><artifactId>n</artifactId><version>1</version><scope>{scope}</scope></dependency></dependencies></project>"
        );
        assert_eq!(identities(&found_in_text("pom.xml", &pom)), [wanted], "{scope}");
    }
}

#[test]
fn a_pom_says_that_it_names_direct_needs_only() {
    let project = |inner: &str| {
        found_in_text("a/pom.xml", &format!("<project><artifactId>a</artifactId>{inner}</project>"))
    };
    let needs = "<dependencies><dependency><groupId>g</groupId><artifactId>n</artifactId><version>1</version></dependency></dependencies>";
    let parent =
        "<parent><groupId>g</groupId><artifactId>p</artifactId><version>1</version></parent>";
    for inner in [needs.to_owned(), parent.to_owned(), format!("{parent}{needs}")] {
        let found = project(&inner);
        let [problem] =
            found.problems.iter().filter(|p| p.code == "not_read").collect::<Vec<_>>()[..]
        else {
            panic!("{:?}", found.problems)
        };
        assert_eq!(problem.place, "a/pom.xml");
        assert!(problem.what.contains("in turn"), "{}", problem.what);
    }
    // where nothing is needed, nothing is missing
    for inner in ["", &format!("<dependencyManagement>{needs}</dependencyManagement>")] {
        assert_eq!(problems(&project(inner)), [("nothing_found", "")], "{inner}");
    }
}

#[test]
fn a_component_found_twice_stands_once_with_both_reasons() {
    let found = found_in(&[
        ("a/requirements.txt", b"requests==2.31.0\n"),
        ("b/requests-2.31.0.dist-info/METADATA", b"Metadata-Version: 2.1\nName: requests\nVersion: 2.31.0\nLicense: Apache 2.0\n\nName: no\n"),
        ("c/node_modules/@x/y/package.json", br#"{"name":"@x/y","version":"1.0.0","license":"MIT"}"#),
    ]);
    assert_eq!(
        told(&found),
        [
            "pkg:pypi/requests@2.31.0 <- a/requirements.txt line 1 (stated need), b/requests-2.31.0.dist-info/METADATA  (metadata of an installed package)",
            "pkg:npm/%40x/y@1.0.0 <- c/node_modules/@x/y/package.json  (metadata of an installed package)",
        ]
    );
    assert_eq!(found.inventory.components[1].licences, ["Apache 2.0"]);
}

#[test]
fn conan_of_both_generations() {
    let found = found_in_text(
        "conan.lock",
        r#"{"version":"0.5","requires":["zlib/1.2.13#13c96f538b52%1692672717.04","own/1.0@acme/stable#1","broken"],"build_requires":["cmake/3.27.1#2"],"python_requires":[]}"#,
    );
    assert_eq!(
        told(&found),
        [
            "pkg:conan/zlib@1.2.13 <- conan.lock requires[0] (lock file)",
            "pkg:conan/own@1.0?channel=stable&user=acme <- conan.lock requires[1] (lock file)",
            "pkg:conan/cmake@3.27.1 excluded <- conan.lock build_requires[0] (lock file)",
        ]
    );
    assert_eq!(problems(&found).len(), 1);
    let old = found_in_text(
        "conan.lock",
        r#"{"graph_lock":{"nodes":{"0":{"ref":"pump/2.0","path":"conanfile.py"},"1":{"ref":"openssl/1.1.1k#0","context":"host"},"2":{"ref":"ninja/1.10.2@_/_","context":"build"}}},"version":"0.4"}"#,
    );
    assert_eq!(
        identities(&old),
        ["pump 2.0", "pkg:conan/openssl@1.1.1k", "pkg:conan/ninja@1.10.2 excluded"]
    );
    assert_eq!(problems(&found_in_text("conan.lock", "{}"))[0], ("not_read", "conan.lock"));
}

#[test]
fn dart() {
    let found = found_in_text(
        "pubspec.lock",
        "# Generated by pub\npackages:\n  async:\n    dependency: transitive\n    description:\n      name: async\n      sha256: \"947bfcf187f74dbc5e146c9eb9c0f10c9f8b30743e341481c1e2ed3ecc18c20c\"\n      url: \"https://pub.dev\"\n    source: hosted\n    version: \"2.11.0\"\n  flutter:\n    dependency: \"direct main\"\n    description: flutter\n    source: sdk\n    version: \"0.0.0\"\n  lints:\n    dependency: \"direct dev\"\n    description:\n      name: lints\n    source: hosted\n    version: \"2.1.1\"\n  ours:\n    dependency: \"direct main\"\n    description:\n      path: \"../ours\"\n    source: path\n    version: \"1.0.0\"\nsdks:\n  dart: \">=3.0.0 <4.0.0\"\n",
    );
    assert_eq!(
        told(&found),
        [
            "pkg:pub/async@2.11.0 <- pubspec.lock line 3 (lock file)",
            "flutter ? <- pubspec.lock line 11 (lock file)",
            "pkg:pub/lints@2.1.1 excluded <- pubspec.lock line 16 (lock file)",
            "ours 1.0.0 <- pubspec.lock line 22 (lock file)",
        ]
    );
    assert_eq!(problems(&found_in_text("pubspec.lock", "x: 1"))[0], ("not_read", "pubspec.lock"));
}

#[test]
fn elixir() {
    let found = found_in_text(
        "mix.lock",
        "%{\n  \"phoenix\": {:hex, :phoenix, \"1.7.10\", \"02189140\", [:mix], [{:castore, \">= 0.0.0\", [hex: :castore, repo: \"hexpm\"]}], \"hexpm\", \"cf784932\"},\n  \"ours\": {:hex, :ours, \"1.0.0\", \"0\", [:mix], [], \"hexpm:acme\", \"1\"},\n  \"forked\": {:git, \"https://github.com/acme/forked.git\", \"0123\", []},\n  nonsense\n}\n",
    );
    assert_eq!(
        told(&found),
        [
            "pkg:hex/phoenix@1.7.10 <- mix.lock line 2 (lock file)",
            "pkg:hex/acme/ours@1.0.0 <- mix.lock line 3 (lock file)",
            "forked ? <- mix.lock line 4 (lock file)",
        ]
    );
    assert_eq!(problems(&found).len(), 1);
    assert_eq!(problems(&found_in_text("mix.lock", "[]"))[0], ("not_read", "mix.lock"));
}

#[test]
fn swift_in_its_versions() {
    let found = found_in_text(
        "Package.resolved",
        r#"{"pins":[{"identity":"swift-nio","kind":"remoteSourceControl","location":"https://github.com/apple/swift-nio.git","state":{"revision":"0","version":"2.0.0"}},
            {"identity":"forked","kind":"remoteSourceControl","location":"git@github.com:acme/forked.git","state":{"branch":"main","revision":"0"}},
            {"identity":"beside","kind":"localSourceControl","location":"/src/beside","state":{"revision":"0","version":"1.0.0"}}],"version":2}"#,
    );
    assert_eq!(
        told(&found),
        [
            "pkg:swift/github.com/apple/swift-nio@2.0.0 <- Package.resolved pins[0] (lock file)",
            "forked ? <- Package.resolved pins[1] (lock file)",
            "beside 1.0.0 <- Package.resolved pins[2] (lock file)",
        ]
    );
    let old = found_in_text(
        "Package.resolved",
        r#"{"object":{"pins":[{"package":"Alamofire","repositoryURL":"git@github.com:Alamofire/Alamofire.git","state":{"branch":null,"revision":"0","version":"5.4.0"}}]},"version":1}"#,
    );
    assert_eq!(identities(&old), ["pkg:swift/github.com/Alamofire/Alamofire@5.4.0"]);
    let none = found_in_text("Package.resolved", "{}");
    assert_eq!(problems(&none)[0], ("not_read", "Package.resolved"));
}
