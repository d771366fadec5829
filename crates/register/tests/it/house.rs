//! A register in a temporary directory with a clock that ticks one second for each operation.

use aftercare_domain::{
    Actor, Channel, Operation, Refusal, Role, Sight,
    consignee::{self, AddConsignee},
    contact::{self, ContactAdded, ContactChanged, Person},
    edition::{self, AdoptEdition, SourceList},
    family::{self, AddFamily},
    finding::{self, AssessFindings, Assessment, ComponentAssessment, DependsOn},
    product::{self, AddProduct},
    sbom::{self, ReceiveSbom, Standing},
    site::{self, AddSite},
    subject,
    supplier::{self, AddSupplier},
    unit::{self, ChangeUnitVersion, Installed, RecordUnits, UnitBatch, UnitRow},
    version::{self, AddVersion, Life},
};
use aftercare_register::{
    BlobPlace, Denied, Fault, Options, Receipt, Register, SealedBlob, Seed, Signed,
};
use aftercare_testkit::engine;
use aftercare_vocab::{
    digest::Digest,
    id::{
        ConsigneeId, ContactId, FamilyId, IdSource, ProductId, SiteId, SubjectId, UnitId, VersionId,
    },
    instant::Instant,
    inventory::{Component, Format, Inventory},
    verdict::{Answer, Confidence, NotCovered, Reason, Verdict},
};
use std::{
    path::Path,
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, Ordering},
    },
};

/// 2026-03-02T09:00:00Z, a Monday.
pub const MONDAY: i64 = 1_772_442_000_000_000;
const SECOND: i64 = 1_000_000;

pub struct House {
    pub dir: tempfile::TempDir,
    pub register: Register,
    ticks: AtomicI64,
    /// What who acts may see.
    pub sight: Mutex<Sight>,
}

/// What a change gave, or the refusal it met.
pub type Done<T> = Result<T, Refusal>;

impl House {
    pub fn new() -> Self {
        Self::opened(Self::options)
    }

    /// For tests that go at the file itself.
    pub fn in_a_file() -> Self {
        Self::opened(|_| Self::file_options())
    }

    fn opened(options: impl Fn(&Path) -> Options) -> Self {
        let dir = tempfile::tempdir().expect("a directory");
        let register = Register::open(dir.path(), options(dir.path())).expect("opens");
        Self { dir, register, ticks: AtomicI64::new(0), sight: Mutex::default() }
    }

    /// The tools of a house over a register that was opened elsewhere; its clock is `ticks` seconds on.
    pub fn over(register: Register, ticks: i64) -> Self {
        let dir = tempfile::tempdir().expect("a directory");
        Self { dir, register, ticks: AtomicI64::new(ticks), sight: Mutex::default() }
    }

    /// With its blobs in a certain place.
    pub fn with_blobs(blobs: BlobPlace) -> Self {
        let dir = tempfile::tempdir().expect("a directory");
        let options = Options { blobs, ..Self::options(dir.path()) };
        let register = Register::open(dir.path(), options).expect("opens");
        Self { dir, register, ticks: AtomicI64::new(0), sight: Mutex::default() }
    }

    /// For writing, on the engine of the tests, with chance for the first key.
    pub fn options(dir: &Path) -> Options {
        Options { store: engine::store(dir), ..Self::file_options() }
    }

    /// The same in a file.
    pub fn file_options() -> Options {
        Options { seed: Some(Seed([7; 32])), ..Options::default() }
    }

    /// Closes the register and opens it again.
    pub fn again(self) -> Self {
        let options = Self::options(self.dir.path());
        self.reopened(options).expect("opens")
    }

    /// The same with options of its own, or the fault met.
    #[allow(clippy::result_large_err, reason = "the directory must outlive the register")]
    pub fn reopened(self, options: Options) -> Result<Self, (tempfile::TempDir, Fault)> {
        let Self { dir, register, ticks, sight } = self;
        drop(register);
        match Register::open(dir.path(), options) {
            Ok(register) => Ok(Self { dir, register, ticks, sight }),
            Err(fault) => Err((dir, fault)),
        }
    }

    pub fn checkpoint(&self) -> Signed {
        self.register.checkpoint(&self.op()).expect("signs")
    }

    pub fn op(&self) -> Operation {
        let tick = self.ticks.fetch_add(1, Ordering::SeqCst);
        let op = Self::op_at(Instant::from_micros(MONDAY + tick * SECOND), tick);
        op.seeing(&self.sight.lock().expect("sound"))
    }

    pub fn op_at(at: Instant, seed: i64) -> Operation {
        let actor = Actor::person("anna").expect("a name");
        let role = Role::new("security_lead").expect("a role");
        Operation::new(at, actor, role, Channel::Api, IdSource::new(at, seed as u64))
    }

    /// An operation with a reason and with randomness for keys, different for each.
    pub fn reasoned(&self) -> Operation {
        let op = self.op();
        let mut seed = [0; 32];
        seed[..16].copy_from_slice(op.id.as_bytes());
        op.with_chance(seed).because("As told").expect("a reason")
    }

    pub fn change<T>(
        &self,
        op: &Operation,
        change: impl FnOnce(&mut aftercare_register::Pen<'_>) -> Result<T, Denied>,
    ) -> Done<T> {
        let receipt: Result<Receipt<T>, Denied> = self.register.transact(op, change);
        match receipt {
            Ok(receipt) => Ok(receipt.value),
            Err(Denied::Refusal(refusal)) => Err(refusal),
            Err(Denied::Conflict(conflict)) => panic!("{conflict}"),
            Err(Denied::Fault(fault)) => panic!("{fault}"),
        }
    }

    /// From now on, who acts sees this.
    pub fn sees(&self, sight: Sight) {
        *self.sight.lock().expect("sound") = sight;
    }

    pub fn family(&self, name: &str) -> Done<FamilyId> {
        let op = self.op();
        let add = AddFamily { family: op.new_id(), name: name.into(), description: None };
        let id = add.family;
        self.change(&op, |pen| {
            let facts = pen.facts().family(&add)?;
            pen.record_all(family::add(&facts, add, &op)?)?;
            Ok(id)
        })
    }

    pub fn supplier(&self, name: &str) -> Done<()> {
        let op = self.op();
        let add = AddSupplier { supplier: op.new_id(), name: name.into() };
        self.change(&op, |pen| {
            let facts = pen.facts().supplier(&add)?;
            Ok(pen.record_all(supplier::add(&facts, add, &op)?)?)
        })
    }

    pub fn product(&self, family: FamilyId, name: &str) -> Done<ProductId> {
        let op = self.op();
        let product = op.new_id();
        let add = AddProduct { product, family, name: name.into(), model: None, description: None };
        self.change(&op, |pen| {
            let facts = pen.facts().product(&add)?;
            pen.record_all(product::add(&facts, add, &op)?)?;
            Ok(product)
        })
    }

    pub fn version(&self, product: ProductId, label: &str) -> Done<VersionId> {
        let op = self.op();
        let version = op.new_id();
        let add = AddVersion { version, product, label: label.into(), life: Life::default() };
        self.change(&op, |pen| {
            let facts = pen.facts().versions(product, &add.label)?;
            pen.record_all(version::add(&facts, add, &op)?)?;
            Ok(version)
        })
    }

    pub fn change_life(&self, version: VersionId, life: Life) -> Done<()> {
        let op = self.reasoned();
        self.change(&op, |pen| {
            let facts = pen.facts().versions_beside(version)?;
            let change = version::ChangeVersion { version, life };
            Ok(pen.record_all(version::change(&facts, change, &op)?)?)
        })
    }

    pub fn contact(
        &self,
        consignee: ConsigneeId,
        site: Option<SiteId>,
        who: &Person,
    ) -> Done<(ContactId, SubjectId)> {
        let op = self.reasoned();
        let (contact, subject) = (op.new_id(), op.new_id());
        let blob = self.sealed(&op, subject, who);
        self.change(&op, |pen| {
            pen.attach_sealed(&blob)?;
            let facts = pen.facts().contact_place(consignee, site)?;
            let add = ContactAdded { contact, consignee, site, person: blob.sealed() };
            pen.record_all(contact::add(&facts, add, &op)?)?;
            Ok((contact, subject))
        })
    }

    pub fn change_contact(&self, contact: ContactId, subject: SubjectId, who: &Person) -> Done<()> {
        let op = self.reasoned();
        let blob = self.sealed(&op, subject, who);
        self.change(&op, |pen| {
            pen.attach_sealed(&blob)?;
            let facts = pen.facts().contact(contact)?;
            let change = ContactChanged { contact, person: blob.sealed() };
            Ok(pen.record_all(contact::change(&facts, change, &op)?)?)
        })
    }

    pub fn erase(&self, subject: SubjectId) -> Done<()> {
        let op = self.reasoned();
        self.change(&op, |pen| {
            let facts = pen.facts().subject(subject)?;
            Ok(pen.record_all(subject::erase(&facts, subject, &op)?)?)
        })?;
        self.register.scrub().expect("nobody reads");
        Ok(())
    }

    fn sealed(&self, op: &Operation, subject: SubjectId, who: &Person) -> SealedBlob {
        let text = serde_json::to_vec(who).expect("JSON");
        self.register.seal(op, subject, &text).expect("sealed")
    }

    pub fn consignee(&self, name: &str) -> Done<ConsigneeId> {
        let op = self.op();
        let add =
            AddConsignee { consignee: op.new_id(), name: name.into(), country: Some("de".into()) };
        let id = add.consignee;
        self.change(&op, |pen| {
            let facts = pen.facts().consignee(&add)?;
            pen.record_all(consignee::add(&facts, add, &op)?)?;
            Ok(id)
        })
    }

    pub fn site(&self, consignee: ConsigneeId, name: &str) -> Done<SiteId> {
        let op = self.op();
        let site = op.new_id();
        let add = AddSite {
            site,
            consignee,
            name: name.into(),
            country: Some("DE".into()),
            city: Some("Köln".into()),
            time_zone: Some("Europe/Berlin".into()),
        };
        self.change(&op, |pen| {
            let facts = pen.facts().site(&add)?;
            pen.record_all(site::add(&facts, add, &op)?)?;
            Ok(site)
        })
    }

    pub fn units(
        &self,
        product: ProductId,
        site: SiteId,
        units: &[(&str, Installed)],
    ) -> Done<Vec<UnitId>> {
        let op = self.op();
        let units = units.iter().map(|(serial, installed)| UnitRow {
            unit: op.new_id(),
            product,
            installed: installed.clone(),
            site,
            udi_di: Some("04012345000017".into()),
            serial: (*serial).into(),
            delivered: None,
        });
        let batch = UnitBatch { units: units.collect() }.checked()?;
        let ids = batch.units.iter().map(|row| row.unit).collect();
        let batch = Arc::new(batch);
        let blob = self.register.stage_units(&batch).expect("staged");
        self.change(&op, |pen| {
            let record = RecordUnits { batch: &batch, blob: blob.digest() };
            let facts = pen.facts().units(&record)?;
            pen.attach(&blob);
            pen.record_all(unit::record(&facts, &record, &op)?)?;
            Ok(ids)
        })
    }

    pub fn install(&self, unit: UnitId, installed: Installed) -> Done<()> {
        let op = self.reasoned();
        self.change(&op, |pen| {
            let facts = pen.facts().unit(unit, &installed)?;
            let change = ChangeUnitVersion { unit, installed, effective: None };
            Ok(pen.record_all(unit::change_version(&facts, change, &op)?)?)
        })
    }

    pub fn sbom(
        &self,
        version: VersionId,
        components: &[(&str, &str)],
        standing: Standing,
    ) -> Done<Attached> {
        let op = self.reasoned();
        let inventory = Arc::new(inventory(components));
        let bytes = format!("an SBOM of {components:?}");
        let received = self.register.stage(bytes.as_bytes()).expect("staged");
        let read = self.register.stage_inventory(&inventory).expect("staged");
        self.change(&op, |pen| {
            let facts = pen.facts().sbom(version)?;
            let receive = ReceiveSbom {
                version,
                sbom: received.digest(),
                size: received.size(),
                inventory: &inventory,
                inventory_blob: read.digest(),
                reader: "formats 0.1.0".into(),
                warnings: 0,
                received_from: None,
                standing,
            };
            pen.attach(&received);
            pen.attach(&read);
            pen.record_all(sbom::receive(&facts, &receive, &op)?)?;
            Ok(Attached { sbom: received.digest(), inventory: read.digest() })
        })
    }

    pub fn edition(&self, content: &str) -> Done<Digest> {
        self.edition_of(content, &SourceList::default())
    }

    pub fn edition_of(&self, content: &str, list: &SourceList) -> Done<Digest> {
        let op = self.op();
        let edition = Digest::of(content.as_bytes());
        let staged = self.register.stage_sources(list).expect("staged");
        let adopt = AdoptEdition { edition, records: 3, list, blob: staged.digest() };
        self.change(&op, |pen| {
            let facts = pen.facts().edition()?;
            pen.attach(&staged);
            pen.record_all(edition::adopt(&facts, &adopt, &op)?)?;
            Ok(edition)
        })
    }

    pub fn assess(
        &self,
        of: Attached,
        edition: Digest,
        components: Vec<ComponentAssessment>,
    ) -> Done<()> {
        let op = self.op();
        let assessment = Arc::new(Assessment {
            edition,
            engine: "matching 0.1.0".into(),
            sbom: of.sbom,
            inventory: of.inventory,
            components,
        });
        let blob = self.register.stage_assessment(&assessment).expect("staged");
        self.change(&op, |pen| {
            let facts = pen.facts().assessment(&assessment)?;
            let assess = AssessFindings { assessment: &assessment, blob: blob.digest() };
            pen.attach(&blob);
            Ok(pen.record_all(finding::assess(&facts, &assess, &op)?)?)
        })
    }
}

/// The digests of an SBOM and its inventory.
#[derive(Debug, Clone, Copy)]
pub struct Attached {
    pub sbom: Digest,
    pub inventory: Digest,
}

/// An inventory of npm packages by name and version.
pub fn inventory(components: &[(&str, &str)]) -> Inventory {
    let components = components.iter().enumerate().map(|(i, (name, version))| Component {
        reference: format!("ref-{i}"),
        place: format!("components[{i}]"),
        name: (*name).into(),
        version: Some((*version).into()),
        purls: format!("pkg:npm/{name}@{version}").parse().into_iter().collect(),
        ..Component::default()
    });
    Inventory {
        format: Format::CyclonedxJson,
        spec_version: "1.6".into(),
        serial: None,
        name: Some("device".into()),
        created: None,
        authors: Vec::new(),
        tools: Vec::new(),
        root: None,
        components: components.collect(),
        dependencies: Vec::new(),
        graph_has_holes: false,
    }
}

/// A verdict with one reason.
pub fn verdict(id: &str, answer: Answer, score_tenths: u8) -> Verdict {
    Verdict {
        id: id.into(),
        aliases: vec![format!("GHSA-of-{id}")].into(),
        answer,
        because: vec![Reason {
            answer,
            rule: "in_range".into(),
            source: "osv".into(),
            record: id.into(),
            record_digest: Digest::of(id.as_bytes()),
            identity: "pkg:npm/minimist@1.2.0".into(),
            confidence: Confidence::Exact,
            version: Some("1.2.0".into()),
            scheme: "semver".into(),
            range: "< 1.2.6".into(),
            place: "affected[0].ranges[0]".into(),
            note: "".into(),
        }],
        disagreement: false,
        score_tenths: Some(score_tenths),
        vector: None,
        summary: "Prototype pollution".into(),
        fixed_in: vec!["1.2.6".into()],
        kev_since: None,
        epss: Some(1_151),
        epss_percentile: None,
    }
}

/// A component that was looked up.
pub fn covered(index: u32, depends_on: DependsOn, verdicts: Vec<Verdict>) -> ComponentAssessment {
    ComponentAssessment { index, not_covered: None, verdicts, depends_on }
}

/// A component that could not be looked up.
pub fn not_covered(index: u32) -> ComponentAssessment {
    let not_covered = NotCovered { code: "no_identity".into(), why: "It has no identity.".into() };
    ComponentAssessment {
        index,
        not_covered: Some(not_covered),
        verdicts: Vec::new(),
        depends_on: DependsOn::Component,
    }
}
