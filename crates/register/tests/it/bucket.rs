//! Blobs in a bucket: what a store and the way to it can do to them.

use crate::{blobs::Stocked, house::House};
use aftercare_domain::{sbom::Standing, supplier::SupplierAdded};
use aftercare_register::{
    Access, BlobPlace, Bucket, BucketAccount, BucketAddress, BucketTrouble, BucketWaits, Denied,
    Fault, Options, Page, Register,
};
use aftercare_testkit::{
    bucket::{Mood, SHORT_WAITS, Server},
    engine::options,
};
use aftercare_vocab::{digest::Digest, instant::Instant};
use std::{
    fs,
    net::{Ipv4Addr, TcpListener},
};

fn impatient() -> Stocked {
    Stocked::in_this_bucket(|bucket| bucket.with_waits(SHORT_WAITS))
}

/// What opening a register with blobs in this bucket meets.
fn met(bucket: Bucket) -> Fault {
    let dir = tempfile::tempdir().expect("a directory");
    let blobs = BlobPlace::Bucket(bucket.with_waits(SHORT_WAITS));
    let options = Options { blobs, ..options(dir.path(), Access::Write) };
    Register::open(dir.path(), options).map(|_| ()).expect_err("cannot be opened")
}

/// The trouble, and the words of its message.
#[track_caller]
fn trouble(fault: &Fault) -> (&BucketTrouble, String) {
    let Fault::Bucket { trouble, .. } = fault else { panic!("{fault:?}") };
    let text = fault.to_string();
    assert!(text.contains("everything recorded before is safe"), "{text}");
    assert!(!text.contains("of no worth"), "a secret is shown: {text}");
    (trouble, text)
}

#[test]
fn a_large_blob_goes_in_parts_and_comes_back_whole() {
    let stocked = Stocked::in_a_bucket();
    let register = &stocked.house.register;
    let bytes: Vec<u8> = (0..70_000_000_u32).map(|n| (n ^ (n >> 11)) as u8).collect();
    let mut writer = register.begin_blob(u64::MAX).expect("begins");
    bytes.chunks(1 << 20).for_each(|piece| writer.push(piece).expect("written"));
    let staged = writer.finish().expect("staged");
    assert_eq!((staged.digest(), staged.size()), (Digest::of(&bytes), 70_000_000));
    let server = stocked.server.as_ref().expect("a bucket");
    let parts = server.requests().iter().filter(|asked| asked.contains("partNumber=")).count();
    assert_eq!(parts, 9, "of 8 MiB");
    let back = register.reader().expect("reads").blob(&staged.digest()).expect("reads");
    assert!(back == bytes);
}

#[test]
fn a_part_that_fails_leaves_no_object_and_what_was_sent_is_given_up() {
    let patient = BucketWaits { retries: 3, pause: SHORT_WAITS.pause, ..BucketWaits::default() };
    let stocked = Stocked::in_this_bucket(|bucket| bucket.with_waits(patient));
    let register = &stocked.house.register;
    let server = stocked.server.as_ref().expect("a bucket");
    let bytes = vec![7; 20 << 20];
    server.is(Mood::Fails { what: "partNumber=2", times: 99, status: 500, code: "InternalError" });
    let fault = register.stage(&bytes).expect_err("a part fails");
    assert!(matches!(trouble(&fault).0, BucketTrouble::Failing { .. }), "{fault}");
    assert!(server.files().expect("lists").is_empty());
    let given_up = |asked: &String| asked.starts_with("DELETE") && asked.contains("uploadId=");
    assert!(server.requests().iter().any(given_up));
    server.is(Mood::Well);
    let staged = register.stage(&bytes).expect("staged when the store is well again");
    assert_eq!(server.files().expect("lists"), [stocked.file(&staged.digest())]);
}

#[test]
fn a_store_that_hangs_ends_with_a_message_and_no_entry() {
    let stocked = impatient();
    let register = &stocked.house.register;
    let server = stocked.server.as_ref().expect("a bucket");
    let before = register.reader().expect("reads").head().expect("head");
    server.is(Mood::Hangs("PUT"));
    let fault = register.stage(b"an SBOM").expect_err("not answered");
    let (trouble, text) = trouble(&fault);
    assert_eq!(*trouble, BucketTrouble::Silent { waits: SHORT_WAITS });
    assert!(text.contains("did not answer (3 tries of up to 200ms each)"), "{text}");
    assert!(text.contains("Try again"), "{text}");
    assert_eq!(register.reader().expect("reads").head().expect("head"), before);
    assert!(server.files().expect("lists").is_empty());
    let half = stocked.house.dir.path().join("blobs/half");
    assert_eq!(fs::read_dir(half).expect("lists").count(), 0);
    // what needs no blob goes on
    stocked.house.family("Pumps").expect("added");
    server.is(Mood::Well);
    assert!(register.stage(b"an SBOM").is_ok());
}

#[test]
fn a_blob_that_cannot_be_staged_means_no_entry_cites_it() {
    let stocked = impatient();
    let register = &stocked.house.register;
    let server = stocked.server.as_ref().expect("a bucket");
    server.is(Mood::Fails { what: "", times: 99, status: 503, code: "SlowDown" });
    let op = stocked.house.op();
    // as every use at the desk does it: first the blob, then the change
    let done = (|| -> Result<u64, Denied> {
        let blob = register.stage(b"an SBOM")?;
        let added = SupplierAdded { supplier: op.new_id(), name: "Supplier".into() };
        let receipt = register.transact::<_, Denied>(&op, |pen| {
            pen.attach(&blob);
            Ok(pen.record(added)?)
        })?;
        Ok(receipt.value)
    })();
    assert!(matches!(done, Err(Denied::Fault(Fault::Bucket { .. }))), "{done:?}");
    let suppliers = register.reader().expect("reads").suppliers(&Page::first(9)).expect("reads");
    assert!(suppliers.items.is_empty());
}

#[test]
fn a_store_that_fails_is_asked_again_a_few_times_and_no_more() {
    let stocked = impatient();
    let register = &stocked.house.register;
    let server = stocked.server.as_ref().expect("a bucket");
    server.requests();
    server.is(Mood::Fails { what: "", times: 2, status: 503, code: "SlowDown" });
    register.stage(b"third time lucky").expect("staged");
    assert_eq!(server.requests().len(), 3);
    server.is(Mood::Fails { what: "", times: 99, status: 500, code: "InternalError" });
    let fault = register.stage(b"never").expect_err("it fails");
    let (trouble, text) = trouble(&fault);
    assert_eq!(*trouble, BucketTrouble::Failing { code: "500 InternalError".into() });
    assert!(text.contains("the store itself fails (500 InternalError)"), "{text}");
    assert_eq!(server.requests().len(), 3);
}

#[test]
fn reading_and_verifying_say_trouble_and_not_damage_when_the_store_is_away() {
    let stocked = impatient();
    let attached = stocked.attached();
    let register = &stocked.house.register;
    let reader = register.reader().expect("reads");
    let server = stocked.server.as_ref().expect("a bucket");
    server.is(Mood::Fails { what: "", times: 99, status: 403, code: "AccessDenied" });
    for fault in [
        reader.blob(&attached.sbom).expect_err("not allowed"),
        register.verify().map(|_| ()).expect_err("cannot be verified"),
        register.sweep(Instant::from_micros(i64::MAX)).expect_err("cannot be swept"),
    ] {
        let denied = BucketTrouble::Denied { code: "403 AccessDenied".into() };
        assert_eq!(*trouble(&fault).0, denied, "{fault}");
    }
    server.is(Mood::Well);
    assert!(register.verify().expect("verifies").holds());
}

#[test]
fn a_wrong_account_is_one_message_at_opening() {
    let server = Server::start().expect("a server");
    let known = Server::account();
    let wrong_secret = BucketAccount { secret_key: "guessed of no worth".into(), ..known };
    let nobody = BucketAccount { access_key: "nobody".into(), ..Server::account() };
    for account in [wrong_secret, nobody] {
        let fault = met(Bucket::new(server.address(), account).expect("an address"));
        let (trouble, text) = trouble(&fault);
        assert!(matches!(trouble, BucketTrouble::Denied { .. }), "{text}");
        assert!(text.contains("secret key"), "{text}");
    }
}

#[test]
fn a_missing_bucket_is_one_message_at_opening_and_later() {
    let server = Server::start().expect("a server");
    let address = BucketAddress { bucket: "elsewhere".into(), ..server.address() };
    let fault = met(Bucket::new(address, Server::account()).expect("an address"));
    let (what, text) = trouble(&fault);
    assert_eq!(*what, BucketTrouble::NoBucket, "{text}");
    assert!(text.contains("Make the bucket, or correct its name"), "{text}");

    let stocked = impatient();
    let server = stocked.server.as_ref().expect("a bucket");
    server.is(Mood::Fails { what: "", times: 99, status: 404, code: "NoSuchBucket" });
    let register = &stocked.house.register;
    let digest = Digest::of(b"an SBOM");
    for fault in [
        register.stage(b"an SBOM").map(|_| ()).expect_err("no bucket"),
        register.reader().expect("reads").blob(&digest).map(|_| ()).expect_err("no bucket"),
    ] {
        assert_eq!(*trouble(&fault).0, BucketTrouble::NoBucket);
    }
}

#[test]
fn a_store_that_is_not_there_or_never_answers_is_one_message_at_opening() {
    let server = Server::start().expect("a server");
    let at = |port: u16| {
        let address =
            BucketAddress { endpoint: format!("http://127.0.0.1:{port}"), ..server.address() };
        Bucket::new(address, Server::account()).expect("an address")
    };
    // accepted by the system, never read by anybody
    let deaf = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("listens");
    let port = deaf.local_addr().expect("an address").port();
    let fault = met(at(port));
    assert!(matches!(trouble(&fault).0, BucketTrouble::Silent { .. }), "{fault}");
    drop(deaf);
    let fault = met(at(port));
    let (what, text) = trouble(&fault);
    assert!(matches!(what, BucketTrouble::Unreachable { .. }), "{text}");
    assert!(text.contains("refused"), "{text}");
    // encrypted, but nobody there speaks that
    let secure = BucketAddress {
        endpoint: server.address().endpoint.replace("http:", "https:"),
        ..server.address()
    };
    let fault = met(Bucket::new(secure, Server::account()).expect("an address"));
    let (what, text) = trouble(&fault);
    assert!(matches!(what, BucketTrouble::Unreachable { .. }), "{text}");
}

#[test]
fn a_server_without_a_bucket_of_the_protocol_is_told_what_to_look_at() {
    let server = Server::start().expect("a server");
    for (status, code, wanted) in [
        (400, "AuthorizationHeaderMalformed", "another region"),
        (301, "PermanentRedirect", "another region"),
        (418, "Teapot", "S3-compatible"),
    ] {
        server.is(Mood::Fails { what: "", times: 1, status, code });
        let text = trouble(&met(server.bucket())).1;
        assert!(text.contains(wanted), "{text}");
    }
}

#[test]
fn a_sweep_goes_through_all_pages() {
    let stocked = Stocked::in_a_bucket();
    let attached = stocked.attached();
    for n in 0..1_050_u32 {
        let digest = Digest::of(&n.to_be_bytes());
        let file = stocked.file(&digest).with_extension("");
        fs::create_dir_all(file.parent().expect("a shelf")).expect("made");
        fs::write(&file, n.to_be_bytes()).expect("written");
    }
    let register = &stocked.house.register;
    let server = stocked.server.as_ref().expect("a bucket");
    server.requests();
    assert_eq!(register.sweep(Instant::from_micros(i64::MAX)).expect("sweeps"), 1_050);
    let pages = server.requests().iter().filter(|asked| asked.contains("list-type=2")).count();
    assert_eq!(pages, 2);
    assert!(register.reader().expect("reads").blob(&attached.sbom).is_ok());
}

#[test]
fn two_workspaces_in_one_bucket_keep_their_blobs_whoever_sweeps() {
    let server = Server::start().expect("a server");
    for (outer, inner) in
        [("", "workspaces/north"), ("maker", "maker/workspaces/north"), ("maker", "maker-two")]
    {
        let house = |prefix: &str| {
            let address = BucketAddress { prefix: prefix.into(), ..server.address() };
            let bucket = Bucket::new(address, Server::account()).expect("an address");
            House::with_blobs(BlobPlace::Bucket(bucket))
        };
        let houses = [house(outer), house(inner)];
        let attached = [("minimist", "1.2.0"), ("lodash", "4.17.0")].map(|part| {
            let house = if part.0 == "minimist" { &houses[0] } else { &houses[1] };
            let family = house.family("Pumps").expect("added");
            let product = house.product(family, "Pump").expect("added");
            let version = house.version(product, "1").expect("added");
            house.sbom(version, &[part], Standing::Instead).expect("attached")
        });
        let end = Instant::from_micros(i64::MAX);
        for house in &houses {
            assert_eq!(house.register.sweep(end).expect("sweeps"), 0, "{outer:?} and {inner:?}");
        }
        let reads =
            |house: &House, sbom| house.register.reader().expect("reads").blob(sbom).is_ok();
        for (at, other) in [(0, 1), (1, 0)] {
            assert!(reads(&houses[at], &attached[at].sbom), "{outer:?} and {inner:?}");
            assert!(!reads(&houses[at], &attached[other].sbom), "of the other it has nothing");
            assert!(houses[at].register.verify().expect("verifies").holds());
        }
    }
}

#[test]
fn blobs_of_a_directory_can_be_copied_into_a_bucket() {
    let stocked = Stocked::in_a_directory();
    let attached = stocked.attached();
    let House { dir, register, .. } = stocked.house;
    drop(register);
    let server = Server::start().expect("a server");
    for shelf in fs::read_dir(dir.path().join("blobs")).expect("lists") {
        let shelf = shelf.expect("a shelf");
        let to = server.objects().join("maker/one").join(shelf.file_name());
        fs::create_dir_all(&to).expect("made");
        for blob in fs::read_dir(shelf.path()).expect("lists") {
            let blob = blob.expect("a blob");
            fs::rename(blob.path(), to.join(blob.file_name())).expect("moved");
        }
    }
    let blobs = BlobPlace::Bucket(server.bucket());
    let options = Options { blobs, ..options(dir.path(), Access::Write) };
    let register = Register::open(dir.path(), options).expect("opens");
    assert!(register.verify().expect("verifies").holds());
    assert!(register.reader().expect("reads").blob(&attached.inventory).is_ok());
}

#[test]
fn a_register_can_be_used_and_dropped_on_an_asynchronous_task() {
    let server = Server::start().expect("a server");
    let dir = tempfile::tempdir().expect("a directory");
    // on files: the driver of the other engine forbids it by itself
    let options = Options { blobs: BlobPlace::Bucket(server.bucket()), ..Options::default() };
    let register = Register::open(dir.path(), options).expect("opens");
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    runtime.block_on(async move {
        // nobody should, but it must not bring the process down
        register.stage(b"from a task").expect("staged");
        drop(register);
    });
}
