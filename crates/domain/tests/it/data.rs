//! Published data do not change under their version: a decision kept under it must replay to the same
//! result.

use aftercare_domain::{
    clock::RuleBook,
    harm::{Matrix, Rubric},
    ssvc::tables,
};
use aftercare_vocab::digest::Digest;

/// Identifier, version and content of everything decisions are kept under. To change one: give it a new
/// version, then its new line here.
#[test]
fn what_decisions_rest_on_changes_only_with_its_version() {
    let (matrix, rubric, clocks) = (Matrix::shipped(), Rubric::shipped(), RuleBook::shipped());
    let file = |name: &str| {
        let path = format!("{}/data/{name}.json", env!("CARGO_MANIFEST_DIR"));
        Digest::of(&std::fs::read(path).expect(name)).hex()[..16].to_owned()
    };
    let mut found = vec![
        format!("{} {} {}", matrix.id, matrix.version, file("harm-matrix")),
        format!("{} {} {}", rubric.id, rubric.version, file("rubric")),
        format!("{} {} {}", clocks.id, clocks.version, file("clocks")),
        format!("holidays 2026-11-25 {}", file("holidays")),
    ];
    found.extend(
        tables()
            .iter()
            .map(|table| format!("{} {}", table.id, file(&format!("ssvc/{}", table.name)))),
    );
    assert_eq!(found.join("\n"), WANTED.trim());
}

const WANTED: &str = "
aftercare:fda-2016-matrix 1.0.0 fb4f7ed035b52ad0
mitre:cvss-medical-rubric 0.12.04 6fbf144bb6ec0cc4
aftercare:clocks 1.0.0 70adb52a7372275a
holidays 2026-11-25 7ad033a811dbe68e
ssvc:DT_SP:1.0.0 168de6f43300c535
ssvc:DT_DP:1.0.0 e8e3012a74e9c854
cisa:DT_CO:2.0.3 f3e7a95e5f35836e
cisa:DT_BOD2604:1.0.0 9ca0eb8965dab320
ssvc:DT_COORD_TRIAGE:1.0.0 763e3ccd035a3c40
ssvc:DT_COORD_PUBLISH:1.0.0 42e3fa2b1e9e0e0b
ssvc:DT_U:1.0.0 795f5e5c2df4aa9f
ssvc:DT_HI:1.0.0 826628bb8b022ff2
ssvc:DT_PSI:1.0.0 a951d11777fce7a3
aftercare:DT_MWI:1.0.0 9ab661b9d2feca0c
";
