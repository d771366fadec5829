//! Units, what is installed on them, and the counts of both by product, version and site.

use super::Projector;
use crate::{
    fault::Fault,
    sql::{Value, statements, values},
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
    UNIT_NOW = "SELECT u.no, s.product, s.version, s.site FROM unit u
        JOIN unit_state s ON s.unit = u.no
          AND s.since = (SELECT max(n.since) FROM unit_state n WHERE n.unit = u.no)
        WHERE u.id = $1";
    FLEET_NOW = "SELECT since, units, until FROM fleet
        WHERE product = $1 AND version = $2 AND site = $3 ORDER BY since DESC LIMIT 1";
    ADD_FLEET = "INSERT INTO fleet (product, version, site, since, until, units)
        VALUES ($1, $2, $3, $4, NULL, $5)";
    END_FLEET = "UPDATE fleet SET until = $1
        WHERE product = $2 AND version = $3 AND site = $4 AND since = $5";
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
            self.session.execute(
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
        counts.into_iter().try_for_each(|(place, units)| self.count(seq, place, units))
    }

    pub(super) fn unit_version_changed(
        &self,
        seq: i64,
        e: &UnitVersionChanged,
    ) -> Result<(), Fault> {
        let (unit, before) = self
            .session
            .first(UNIT_NOW, values![e.unit.as_bytes()], |row| {
                Ok((row.int(0)?, (row.int(1)?, row.int(2)?, row.int(3)?)))
            })?
            .ok_or_else(|| Fault::shape("UNIT_NOW", "an event names an unknown unit"))?;
        let version = match e.installed.version() {
            Some(version) => self.version_no(version.as_bytes())?,
            None => 0,
        };
        let now = (before.0, version, before.2);
        self.session.execute(END_UNIT_STATE, values![seq, unit])?;
        self.add_unit_state(seq, unit, now, &e.installed)?;
        if before != now {
            self.count(seq, before, -1)?;
            self.count(seq, now, 1)?;
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
        self.session
            .execute(ADD_UNIT_STATE, values![unit, seq, product, version, site, &why])
            .map(|_| ())
    }

    /// Moves the count at a place by `change`.
    fn count(&self, seq: i64, (product, version, site): Place, change: i64) -> Result<(), Fault> {
        let at: [Value<'_>; 3] = [product.into(), version.into(), site.into()];
        let newest = self
            .session
            .first(FLEET_NOW, &at, |row| Ok((row.int(0)?, row.int(1)?, row.int_or_null(2)?)))?;
        let now = newest.filter(|(.., until)| until.is_none()); // none stood there lately
        let units = now.map_or(0, |(_, units, _)| units) + change;
        if let Some((since, ..)) = now {
            self.session.execute(END_FLEET, values![seq, product, version, site, since])?;
        }
        if units > 0 {
            self.session.execute(ADD_FLEET, values![product, version, site, seq, units])?;
        }
        Ok(())
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
