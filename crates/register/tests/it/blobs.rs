//! What holds for blobs wherever they are: in a directory and in a bucket.

use crate::house::{Attached, House};
use aftercare_domain::sbom::Standing;
use aftercare_register::{BlobPlace, Bucket, Difference, Fault};
use aftercare_testkit::bucket::Server;
use aftercare_vocab::{digest::Digest, instant::Instant};
use std::{
    fs,
    path::{Path, PathBuf},
};

const END_OF_TIME: Instant = Instant::from_micros(i64::MAX);

/// A register and the place where its blobs are.
pub struct Stocked {
    pub house: House,
    shelves: PathBuf,
    /// Ends after the register.
    pub server: Option<Server>,
}

impl Stocked {
    pub fn in_a_directory() -> Self {
        let house = House::with_blobs(BlobPlace::Directory);
        let shelves = house.dir.path().join("blobs");
        Self { house, shelves, server: None }
    }

    pub fn in_a_bucket() -> Self {
        Self::in_this_bucket(|bucket| bucket)
    }

    pub fn in_this_bucket(with: impl FnOnce(Bucket) -> Bucket) -> Self {
        let server = Server::start().expect("a server");
        let house = House::with_blobs(BlobPlace::Bucket(with(server.bucket())));
        let shelves = server.objects().join("maker/one");
        Self { house, shelves, server: Some(server) }
    }

    pub fn both() -> [Self; 2] {
        [Self::in_a_directory(), Self::in_a_bucket()]
    }

    /// The file behind a blob.
    pub fn file(&self, digest: &Digest) -> PathBuf {
        let hex = digest.hex();
        let plain = self.shelves.join(&hex[..2]).join(&hex[2..]);
        if plain.exists() { plain } else { plain.with_extension("zst") }
    }

    /// A version with an SBOM.
    pub fn attached(&self) -> Attached {
        let family = self.house.family("Pumps").expect("added");
        let product = self.house.product(family, "Pump").expect("added");
        let version = self.house.version(product, "1").expect("added");
        let standing = Standing::Instead;
        self.house.sbom(version, &[("minimist", "1.2.0")], standing).expect("attached")
    }
}

fn left_half(dir: &Path) -> usize {
    fs::read_dir(dir.join("blobs/half")).expect("lists").count()
}

#[test]
fn a_blob_over_its_limit_or_dropped_half_way_leaves_nothing() {
    for stocked in Stocked::both() {
        let register = &stocked.house.register;
        let mut writer = register.begin_blob(10).expect("begins");
        writer.push(b"12345").expect("fits");
        assert_eq!(writer.push(b"678901"), Err(Fault::TooLarge { limit: 10 }));
        drop(writer);
        assert_eq!(left_half(stocked.house.dir.path()), 0);
        assert_eq!(register.sweep(END_OF_TIME).expect("sweeps"), 0);
    }
}

#[test]
fn a_blob_is_there_as_soon_as_it_is_staged_and_nothing_is_left_half() {
    for stocked in Stocked::both() {
        let register = &stocked.house.register;
        let mut writer = register.begin_blob(100).expect("begins");
        writer.push(b"piece by ").expect("fits");
        writer.push(b"piece").expect("fits");
        let staged = writer.finish().expect("staged");
        assert_eq!((staged.digest(), staged.size()), (Digest::of(b"piece by piece"), 14));
        assert_eq!(fs::read(stocked.file(&staged.digest())).expect("there"), b"piece by piece");
        assert_eq!(left_half(stocked.house.dir.path()), 0);
        let again = register.stage(b"piece by piece").expect("the same again");
        assert_eq!(again, staged);
    }
}

#[test]
fn a_damaged_blob_is_told_and_a_stray_one_is_swept() {
    for stocked in Stocked::both() {
        let register = &stocked.house.register;
        let stray = register.stage(b"nobody cites me").expect("staged").digest();
        let reader = register.reader().expect("reads");
        assert_eq!(reader.blob(&stray).expect("reads"), b"nobody cites me");
        fs::write(stocked.file(&stray), b"nobody cites ME").expect("writes");
        assert!(matches!(reader.blob(&stray), Err(Fault::BlobDamaged { .. })));
        assert_eq!(register.sweep(Instant::from_micros(0)).expect("sweeps"), 0, "too young");
        assert_eq!(register.sweep(END_OF_TIME).expect("sweeps"), 1);
        assert_eq!(reader.blob(&stray), Err(Fault::BlobMissing { digest: stray }));
    }
}

#[test]
fn a_sweep_leaves_what_an_entry_cites_and_what_is_not_ours() {
    for stocked in Stocked::both() {
        let attached = stocked.attached();
        let register = &stocked.house.register;
        register.stage(b"nobody cites me").expect("staged");
        let foreign = stocked.shelves.join("ab/read me");
        fs::create_dir_all(foreign.parent().expect("a shelf")).expect("made");
        fs::write(&foreign, b"somebody else's").expect("writes");
        assert_eq!(register.sweep(END_OF_TIME).expect("sweeps"), 1);
        assert!(foreign.exists());
        let reader = register.reader().expect("reads");
        for cited in [attached.sbom, attached.inventory] {
            assert!(reader.blob(&cited).is_ok());
        }
        assert!(register.verify().expect("verifies").holds());
    }
}

#[test]
fn a_missing_or_altered_blob_that_an_entry_cites_is_found_by_verify() {
    for stocked in Stocked::both() {
        let attached = stocked.attached();
        let register = &stocked.house.register;
        assert!(register.verify().expect("verifies").holds());
        fs::write(stocked.file(&attached.inventory), b"not what it was").expect("writes");
        fs::remove_file(stocked.file(&attached.sbom)).expect("removes");
        let differences = register.verify().expect("verifies").differences;
        for (digest, word) in [(attached.sbom, "not in the store"), (attached.inventory, "damaged")]
        {
            let told = differences.iter().any(|difference| {
                matches!(difference, Difference::Blob { digest: d, what }
                    if *d == digest && what.contains(word))
            });
            assert!(told, "{word}: {differences:?}");
        }
    }
}
