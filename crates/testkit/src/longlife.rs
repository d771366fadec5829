//! A register with a long life: a small field and very many small changes of it.

use crate::crash::places;
use aftercare_desk::{Desk, Trouble};
use aftercare_domain::{
    Actor, Channel, Operation, Role,
    consignee::ConsigneeAdded,
    family::FamilyAdded,
    product::ProductAdded,
    site::SiteAdded,
    unit::{ChangeUnitVersion, Installed, UnitBatch, UnitRow, WhyUnknown},
    version::{Life, VersionAdded},
};
use aftercare_register::Access;
use aftercare_vocab::{
    id::{IdSource, UnitId, VersionId},
    instant::Instant,
};
use std::{
    path::Path,
    sync::atomic::{AtomicU64, Ordering},
};

/// The instant of the first change.
const BEGIN: i64 = 1_767_225_600_000_000;
/// Twenty changes a second: a million of them are fourteen hours. (Threads overtake each other, and an
/// instant may lie only a little before the last one.)
const STEP: i64 = 50_000;
/// Units of the field.
const UNITS: u64 = 2_000;
/// Versions of its product.
const VERSIONS: u64 = 20;

/// The desk over the register in `dir`, on the engine that is measured.
pub fn desk(dir: &Path) -> Result<Desk, Trouble> {
    let limits = aftercare_formats::sbom::Limits::default();
    Desk::open(&places(dir), Access::Write, "Long life".into(), limits)
}

/// The instant of the n-th change.
pub fn instant(n: u64) -> Instant {
    Instant::from_micros(BEGIN + n as i64 * STEP)
}

fn operation(n: u64) -> Operation {
    let ids = IdSource::new(instant(n), n);
    Operation::new(instant(n), Actor::system("testkit"), Role::system(), Channel::Job, ids)
}

/// The field that changes.
#[derive(Debug, Clone)]
pub struct Field {
    units: Vec<UnitId>,
    versions: Vec<VersionId>,
}

/// Lays the field.
pub fn lay(desk: &Desk) -> Result<Field, Trouble> {
    let op = operation(0);
    let (family, product, consignee, site) = (op.new_id(), op.new_id(), op.new_id(), op.new_id());
    let versions: Vec<VersionId> = (0..VERSIONS).map(|_| op.new_id()).collect();
    let name = || "Long life".to_owned();
    desk.register().transact(&op, |pen| -> Result<(), Trouble> {
        pen.record(FamilyAdded { family, name: name(), description: None })?;
        let (model, description) = (None, None);
        pen.record(ProductAdded { product, family, name: name(), model, description })?;
        for (n, version) in versions.iter().enumerate() {
            let (version, label, life) = (*version, format!("{n}.0"), Life::default());
            pen.record(VersionAdded { version, product, label, life })?;
        }
        pen.record(ConsigneeAdded { consignee, name: name(), country: None })?;
        let (country, city, time_zone) = (None, None, None);
        pen.record(SiteAdded { site, consignee, name: name(), country, city, time_zone })?;
        Ok(())
    })?;
    let units: Vec<UnitId> = (0..UNITS).map(|_| op.new_id()).collect();
    let rows = units.iter().enumerate().map(|(n, unit)| UnitRow {
        unit: *unit,
        product,
        installed: Installed::Unknown(WhyUnknown::NotTold),
        site,
        udi_di: None,
        serial: format!("L{n}"),
        delivered: None,
    });
    desk.record_units(&op, UnitBatch { units: rows.collect() })?;
    Ok(Field { units, versions })
}

/// Makes `changes` small changes from `threads` threads, each one decided, recorded and flushed
/// before its thread goes on: what is installed on a unit becomes another version.
pub fn change(desk: &Desk, field: &Field, changes: u64, threads: u64) -> Result<(), Trouble> {
    let next = AtomicU64::new(1);
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|_| {
                scope.spawn(|| {
                    loop {
                        let n = next.fetch_add(1, Ordering::Relaxed);
                        if n > changes {
                            return Ok(());
                        }
                        let unit = field.units[(n * 7919 % UNITS) as usize];
                        // never the version it had: rounds over the units take the next one
                        let version = field.versions[(n / UNITS % VERSIONS) as usize];
                        let change = ChangeUnitVersion {
                            unit,
                            installed: Installed::Version(version),
                            effective: None,
                        };
                        desk.change_unit(&operation(n), None, change)?;
                    }
                })
            })
            .collect();
        workers.into_iter().try_for_each(|worker| match worker.join() {
            Ok(outcome) => outcome,
            Err(panic) => std::panic::resume_unwind(panic),
        })
    })
}
