//! Units, what is installed on them, and the counts of both by product, version and site.

use super::Projector;
use crate::{
    fault::Fault,
    sql::{statements, values},
};
use aftercare_domain::unit::{Installed, UnitRow, UnitVersionChanged, UnitsRecorded};
use std::collections::BTreeMap;

statements! {
    NEWEST_UNIT = "SELECT coalesce(max(no), 0) FROM unit";
    ADD_UNIT = "INSERT INTO unit (no, id, since, product, udi_di, serial, delivered)
        VALUES ($1, $2, $3, $4, $5, $6, $7)";
    ADD_UNIT_STATE = "INSERT INTO unit_state (unit, since, until, product, version, site, installed)
        VALUES ($1, $2, NULL, $3, $4, $5, $6)";
    // What stands now is the newest row; asking for it by its key does not walk a long history.
    END_UNIT_STATE = "UPDATE unit_state SET until = $1 WHERE unit = $2
        AND since = (SELECT max(since) FROM unit_state WHERE unit = $2)";
    // The number of the version that is installed now is asked for on the way.
    UNIT_NOW = "SELECT coalesce((SELECT no FROM product_version WHERE id = $1), 0),
          u.no, s.product, s.version, s.site FROM unit u
        JOIN unit_state s ON s.unit = u.no
          AND s.since = (SELECT max(n.since) FROM unit_state n WHERE n.unit = u.no)
        WHERE u.id = $2";
    // What stands at one place and at another of the same product and site.
    FLEET_NOW = "SELECT version, counted, units FROM fleet
        WHERE product = $1 AND site = $2 AND version IN ($3, $4)";
    KEEP_FLEET = "INSERT INTO fleet_before (product, version, site, since, units)
        VALUES ($1, $2, $3, $4, $5)";
    COUNT_FLEET = "INSERT INTO fleet (product, version, site, since, counted, units)
        VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (product, version, site)
        DO UPDATE SET counted = excluded.counted, units = excluded.units";
}

/// Where a unit counts: product, version (0 = unknown), site.
type Place = (i64, i64, i64);

impl Projector<'_> {
    pub(super) fn units_recorded(&self, seq: i64, e: &UnitsRecorded) -> Result<(), Fault> {
        let batch = self.documents.units(&e.batch)?;
        let first = self.session.number(NEWEST_UNIT, &[])? + 1;
        let mut numbers = Numbers::default();
        let mut counts: BTreeMap<Place, i64> = BTreeMap::new();
        for (no, row) in (first..).zip(&batch.units) {
            let place = self.place(&mut numbers, row)?;
            *counts.entry(place).or_default() += 1;
            let delivered = row.delivered.map(|d| d.to_string());
            self.session.send(
                ADD_UNIT,
                values![
                    no,
                    row.unit.as_bytes(),
                    seq,
                    place.0,
                    row.udi_di.as_deref().unwrap_or_default(),
                    &row.serial,
                    delivered.as_ref()
                ],
            )?;
            self.add_unit_state(seq, no, place, &row.installed)?;
        }
        counts.into_iter().try_for_each(|(place, units)| {
            let [now, _] = self.standing(place, place.1)?;
            self.count(seq, place, now, units)
        })
    }

    pub(super) fn unit_version_changed(
        &self,
        seq: i64,
        e: &UnitVersionChanged,
    ) -> Result<(), Fault> {
        let installed = e.installed.version();
        let known = installed.as_ref().map_or(&[][..], |version| version.as_bytes());
        let (version, unit, before) = self
            .session
            .first(UNIT_NOW, values![known, e.unit.as_bytes()], |row| {
                Ok((row.int(0)?, row.int(1)?, (row.int(2)?, row.int(3)?, row.int(4)?)))
            })?
            .ok_or_else(|| Fault::shape("UNIT_NOW", "an event names an unknown unit"))?;
        if installed.is_some() && version == 0 {
            return Err(Fault::shape("UNIT_NOW", "an event names an unknown version"));
        }
        let now = (before.0, version, before.2);
        self.session.send(END_UNIT_STATE, values![seq, unit])?;
        self.add_unit_state(seq, unit, now, &e.installed)?;
        if before != now {
            let [there, here] = self.standing(before, now.1)?;
            self.count(seq, before, there, -1)?;
            self.count(seq, now, here, 1)?;
        }
        Ok(())
    }

    fn add_unit_state(
        &self,
        seq: i64,
        unit: i64,
        (product, version, site): Place,
        installed: &Installed,
    ) -> Result<(), Fault> {
        let why = match installed {
            Installed::Version(_) => String::new(),
            Installed::Unknown(why) => {
                serde_json::to_string(why).map_err(|e| Fault::shape("why unknown", e))?
            }
        };
        self.session.send(ADD_UNIT_STATE, values![unit, seq, product, version, site, &why])
    }

    /// What stands at a place, and at the one of another version: since when, and how many units. Nothing where
    /// none ever stood.
    fn standing(
        &self,
        (product, version, site): Place,
        other: i64,
    ) -> Result<[Option<(i64, i64)>; 2], Fault> {
        let mut found = [None; 2];
        self.session.each(FLEET_NOW, values![product, site, version, other], |row| {
            found[usize::from(row.int(0)? != version)] = Some((row.int(1)?, row.int(2)?));
            Ok(())
        })?;
        Ok(found)
    }

    /// Moves the count at a place, where `now` stands, by `change`.
    fn count(
        &self,
        seq: i64,
        (product, version, site): Place,
        now: Option<(i64, i64)>,
        change: i64,
    ) -> Result<(), Fault> {
        let (counted, units) = now.unwrap_or_default();
        if now.is_some() {
            self.session.send(KEEP_FLEET, values![product, version, site, counted, units])?;
        }
        self.session.send(COUNT_FLEET, values![product, version, site, seq, seq, units + change])
    }

    fn place(&self, numbers: &mut Numbers, row: &UnitRow) -> Result<Place, Fault> {
        let look = |known: &mut BTreeMap<[u8; 16], i64>,
                    id: &[u8; 16],
                    ask: &dyn Fn(&[u8; 16]) -> Result<i64, Fault>| {
            if let Some(no) = known.get(id) {
                return Ok(*no);
            }
            let no = ask(id)?;
            known.insert(*id, no);
            Ok(no)
        };
        let product =
            look(&mut numbers.products, row.product.as_bytes(), &|id| self.product_no(id))?;
        let site = look(&mut numbers.sites, row.site.as_bytes(), &|id| self.site_no(id))?;
        let version = match row.installed.version() {
            None => 0,
            Some(v) => look(&mut numbers.versions, v.as_bytes(), &|id| self.version_no(id))?,
        };
        Ok((product, version, site))
    }
}

/// Numbers looked up for one batch.
#[derive(Default)]
struct Numbers {
    products: BTreeMap<[u8; 16], i64>,
    versions: BTreeMap<[u8; 16], i64>,
    sites: BTreeMap<[u8; 16], i64>,
}
