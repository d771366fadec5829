//! The ledger on the command line while a server has the record open.

use crate::{
    bench::Bench,
    served::{Server, aftercare},
};

#[test]
fn a_copy_is_exported_beside_a_running_server_under_a_checkpoint_that_it_signed() {
    let bench = Bench::new();
    let data = bench.path().join("data");
    let run = |line: &[&str]| -> crate::bench::Ran {
        aftercare(&data).args(line).current_dir(bench.path()).output().expect("runs").into()
    };
    assert_eq!(run(&["demo", "--seed-only"]).code, 0);
    let server = Server::start(&data);
    let (status, note) = server.post_bare("/api/v1/ledger/checkpoint");
    assert_eq!(status, 200, "{}", String::from_utf8_lossy(&note));
    let ran = run(&["ledger", "export", "copy"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    // Several processes write to one database server: there the export signs by itself.
    let beside = ran.out.contains("under its newest checkpoint");
    assert_eq!(beside, !crate::bench::shared(), "{}", ran.out);
    assert_eq!(std::fs::read(bench.path().join("copy/checkpoint")).expect("reads"), note);
    let ran = run(&["ledger", "verify", "copy"]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    server.kill();
}
