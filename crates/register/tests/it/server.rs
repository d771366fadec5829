//! Several processes at one PostgreSQL, and a server that goes away in the midst of things.

use crate::{
    house::House,
    intruder::Intruder,
    proxy::{Proxy, Rule},
};
use aftercare_domain::{Operation, Sight, family::FamilyAdded, supplier::SupplierAdded};
use aftercare_register::{Denied, Fault, Options, Page, Postgres, Register, Store};
use aftercare_testkit::engine;
use aftercare_vocab::{id::FamilyId, instant::Instant};

/// A register on the server for tests, reached directly or through `address`.
struct Shared {
    dir: tempfile::TempDir,
    server: String,
}

impl Shared {
    fn new() -> Option<Self> {
        let server = engine::server()?;
        Some(Self { dir: tempfile::tempdir().expect("a directory"), server })
    }

    fn open(&self) -> Register {
        self.open_through(&self.server)
    }

    fn open_through(&self, address: &str) -> Register {
        Register::open(self.dir.path(), self.options(address)).expect("opens")
    }

    fn options(&self, address: &str) -> Options {
        let schema = engine::schema(self.dir.path());
        let server = Postgres::new(address, &schema).expect("an address");
        Options { store: Store::Postgres(server), ..Options::default() }
    }

    fn intruder(&self) -> Intruder {
        Intruder::on_server(&self.server, &engine::schema(self.dir.path()))
    }
}

fn op(n: i64) -> Operation {
    House::op_at(Instant::from_micros(9_000_000_000_000 + n), n)
}

fn add(register: &Register, n: i64) -> Result<u64, Denied> {
    let op = op(n);
    let added = SupplierAdded { supplier: op.new_id(), name: format!("supplier {n}") };
    register.transact(&op, |pen| Ok(pen.record(added)?)).map(|receipt| receipt.value)
}

fn names(register: &Register) -> Vec<String> {
    let found = register.reader().expect("reads").suppliers(&Page::first(1000)).expect("reads");
    let mut names: Vec<String> = found.items.into_iter().map(|s| s.name).collect();
    names.sort();
    names
}

#[test]
fn two_processes_keep_one_order_and_see_each_others_changes_at_once() {
    let Some(shared) = Shared::new() else { return };
    let (one, two) = (shared.open(), shared.open());
    assert_eq!(add(&one, 1).expect("added"), 1);
    assert_eq!(names(&two), ["supplier 1"]);
    assert_eq!(add(&two, 2).expect("added"), 2);
    assert_eq!(names(&one), ["supplier 1", "supplier 2"]);
    std::thread::scope(|scope| {
        for (register, from) in [(&one, 100), (&two, 200), (&one, 300), (&two, 400)] {
            scope.spawn(move || (from..from + 25).for_each(|n| assert!(add(register, n).is_ok())));
        }
    });
    assert_eq!(names(&one).len(), 102);
    for register in [&one, &two] {
        let report = register.verify().expect("verifies");
        assert!(report.holds(), "{:?}", report.differences);
        assert_eq!(report.entries, 102);
    }
}

#[test]
fn work_for_one_is_led_by_one_and_goes_to_the_other_when_the_first_is_gone() {
    let Some(shared) = Shared::new() else { return };
    let (one, two) = (shared.open(), shared.open());
    let lead = one.lead("matcher").expect("asked").expect("free");
    assert!(lead.holds());
    assert!(two.lead("matcher").expect("asked").is_none());
    assert!(two.lead("something else").expect("asked").is_some());
    shared.intruder().run(END_OTHERS).expect("ends the connections");
    assert!(!lead.holds(), "a lost connection is a lost lead");
    assert!(two.lead("matcher").expect("asked").is_some());
}

/// Ends every other connection that has this schema in its statement cache: those of this test.
const END_OTHERS: &str = "SELECT pg_terminate_backend(l.pid) FROM pg_locks l WHERE l.locktype = 'advisory'
    AND l.pid <> pg_backend_pid()
    AND (l.classid::bigint << 32 | l.objid::bigint) = hashtextextended('aftercare/' || current_schema() || '/matcher', 0)";

#[test]
fn a_connection_lost_between_changes_is_made_anew_unnoticed() {
    let Some(shared) = Shared::new() else { return };
    let proxy = Proxy::to(&shared.server);
    let register = shared.open_through(&proxy.address());
    add(&register, 1).expect("added");
    assert_eq!(names(&register).len(), 1);
    proxy.cut();
    assert_eq!(names(&register).len(), 1, "readers");
    add(&register, 2).expect("writers");
    assert_eq!(names(&register).len(), 2);
}

#[test]
fn a_connection_lost_in_a_change_keeps_nothing_of_it_and_the_next_goes_on() {
    let Some(shared) = Shared::new() else { return };
    let proxy = Proxy::to(&shared.server);
    let register = shared.open_through(&proxy.address());
    add(&register, 1).expect("added");
    let op = op(2);
    let lost = register.transact::<(), Denied>(&op, |pen| {
        pen.record(SupplierAdded { supplier: op.new_id(), name: "half".into() })?;
        proxy.cut();
        pen.record(SupplierAdded { supplier: op.new_id(), name: "done".into() })?;
        Ok(())
    });
    let Err(Denied::Fault(fault @ Fault::ConnectionLost { .. })) = &lost else {
        panic!("{lost:?}")
    };
    assert!(fault.to_string().contains("Nothing of this change was kept"), "{fault}");
    assert_eq!(names(&register), ["supplier 1"]);
    assert_eq!(add(&register, 3).expect("goes on"), 2);
    assert!(register.verify().expect("verifies").holds());
}

#[test]
fn a_commit_whose_answer_is_lost_is_asked_about_and_told_as_it_is() {
    let Some(shared) = Shared::new() else { return };
    let proxy = Proxy::to(&shared.server);
    let register = shared.open_through(&proxy.address());
    add(&register, 1).expect("added");
    proxy.set(Rule::CutAfterCommit);
    assert_eq!(add(&register, 2).expect("it was kept"), 2);
    proxy.set(Rule::CutBeforeCommit);
    let lost = add(&register, 3);
    assert!(matches!(lost, Err(Denied::Fault(Fault::ConnectionLost { .. }))), "{lost:?}");
    assert_eq!(names(&register), ["supplier 1", "supplier 2"]);
    proxy.set(Rule::CutAfterCommitAndRefuse);
    let unknown = add(&register, 4);
    let Err(Denied::Fault(fault @ Fault::OutcomeUnknown { .. })) = &unknown else {
        panic!("{unknown:?}")
    };
    assert!(fault.to_string().contains("may have been kept or not"), "{fault}");
    proxy.set(Rule::Pass);
    assert_eq!(names(&register).len(), 3, "it was kept, and may be looked at again");
    add(&register, 5).expect("goes on");
    assert!(register.verify().expect("verifies").holds());
}

#[test]
fn a_server_of_another_release_stops_this_one_before_it_writes_or_reads_wrongly() {
    let Some(shared) = Shared::new() else { return };
    let register = shared.open();
    add(&register, 1).expect("added");
    shared.intruder().edit("UPDATE store SET projection = projection + 1");
    let refused = add(&register, 2);
    let Err(Denied::Fault(fault @ Fault::OtherRelease { .. })) = &refused else {
        panic!("{refused:?}")
    };
    assert!(fault.to_string().contains("server of another release"), "{fault}");
    assert!(matches!(register.reader().map(|_| ()), Err(Fault::OtherRelease { .. })));
    drop(register);
    let again = shared.open();
    assert_eq!(names(&again), ["supplier 1"], "its own projections are replayed at opening");
    shared.intruder().edit("INSERT INTO migration VALUES (99, 'from the future')");
    let newer = Register::open(shared.dir.path(), shared.options(&shared.server)).map(|_| ());
    assert!(matches!(newer, Err(Fault::NewerSchema { found: 99, .. })), "{newer:?}");
}

#[test]
fn the_ledger_refuses_to_be_edited_on_a_server_too_and_what_goes_round_that_is_found() {
    let Some(shared) = Shared::new() else { return };
    let register = shared.open();
    (1..=5).for_each(|n| assert!(add(&register, n).is_ok()));
    let intruder = shared.intruder();
    for attack in
        ["UPDATE ledger SET actor = 'nobody'", "DELETE FROM ledger", "TRUNCATE ledger CASCADE"]
    {
        let refused = intruder.run(attack).expect_err("refused");
        assert!(refused.contains("only ever appended"), "{attack}: {refused}");
    }
    intruder.run("ALTER TABLE ledger DISABLE TRIGGER ALL; UPDATE ledger SET actor = 'person:eve' WHERE seq = 4").expect("the owner may");
    let report = register.verify().expect("verifies");
    assert!(
        report.differences[0].to_string().starts_with("ledger entry 4:"),
        "{:?}",
        report.differences
    );
    shared.intruder().edit("UPDATE supplier SET name = 'Other' WHERE no = 2");
    let told = format!("{:?}", register.verify().expect("verifies").differences);
    assert!(told.contains("supplier 2") && told.contains("Other"), "{told}");
}

#[test]
fn a_server_that_is_not_there_is_one_clear_message_without_the_password() {
    let dir = tempfile::tempdir().expect("a directory");
    let server = Postgres::new("postgresql://anna:geheim@127.0.0.1:9/care", "main").expect("reads");
    let options = Options { store: Store::Postgres(server), ..Options::default() };
    let fault = Register::open(dir.path(), options).map(|_| ()).expect_err("nobody listens");
    let told = fault.to_string();
    assert!(
        told.contains("127.0.0.1:9/care") && told.contains("See that the server runs"),
        "{told}"
    );
    assert!(!told.contains("geheim"), "{told}");
}

fn add_family(register: &Register, n: i64) -> FamilyId {
    let op = op(n);
    let family = op.new_id();
    let added = FamilyAdded { family, name: format!("family {n}"), description: None };
    let done: Result<_, Denied> = register.transact(&op, |pen| Ok(pen.record(added)?));
    done.expect("added");
    family
}

fn families(register: &Register, sight: &Sight) -> Vec<FamilyId> {
    let found = register.reader_seeing(sight).expect("reads").families(&Page::first(9));
    found.expect("reads").items.into_iter().map(|row| row.id).collect()
}

#[test]
fn a_narrow_reader_sees_its_part_also_after_a_lost_connection_and_tables_made_anew_by_another() {
    let Some(shared) = Shared::new() else { return };
    let proxy = Proxy::to(&shared.server);
    let register = shared.open_through(&proxy.address());
    let (own, _) = (add_family(&register, 1), add_family(&register, 2));
    let sight = Sight::of([own]);
    assert_eq!(families(&register, &sight), [own]);
    proxy.cut();
    assert_eq!(families(&register, &sight), [own], "its connection was lost");
    shared.open().rebuild().expect("replays");
    assert_eq!(families(&register, &sight), [own], "its views went with the tables");
    assert_eq!(families(&register, &Sight::All).len(), 2);
}
