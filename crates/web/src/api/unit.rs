//! Recording units, as JSON or as a sheet, and changing what is installed on one.

use super::{Made, because, parsed, said, sending::Change, sent};
use crate::{
    guard::{UNITS_BYTES, media_type, must_be_json, wrong_media_type},
    query::id,
    state::State,
    trouble::{Failure, ProblemDetails, Wrong},
};
use aftercare_domain::{
    Date, Operation,
    unit::{ChangeUnitVersion, Installed, UnitBatch, UnitRow, WhyUnknown},
};
use aftercare_vocab::{
    id::{Id, Kind, ProductId, SiteId, UnitId, VersionId},
    problem::quoted,
};
use axum::{body::Bytes, extract::Path, http::StatusCode, response::Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The columns of a sheet of units.
const COLUMNS: [&str; 6] = ["product", "version", "site", "udi_di", "serial", "delivered"];

/// The columns that must be there. `version` is among them: an empty cell says that the version is
/// not known, a missing column says nothing.
const NEEDED: [&str; 4] = ["product", "version", "site", "serial"];

/// Units to record, all or none.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewUnits {
    /// The units.
    units: Vec<NewUnit>,
}

/// A unit to record.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewUnit {
    /// Its product.
    #[schema(value_type = String)]
    product: ProductId,
    /// The installed version; null or absent = unknown.
    #[schema(value_type = Option<String>)]
    version: Option<VersionId>,
    /// Where it stands.
    #[schema(value_type = String)]
    site: SiteId,
    /// Device identifier part of the UDI.
    udi_di: Option<String>,
    /// Serial number.
    serial: String,
    /// `YYYY-MM-DD`.
    #[schema(value_type = Option<String>)]
    delivered: Option<Date>,
}

impl NewUnit {
    fn row(self, op: &Operation) -> UnitRow {
        UnitRow {
            unit: op.new_id(),
            product: self.product,
            installed: installed(self.version),
            site: self.site,
            udi_di: self.udi_di,
            serial: self.serial,
            delivered: self.delivered,
        }
    }
}

fn installed(version: Option<VersionId>) -> Installed {
    version.map_or(Installed::Unknown(WhyUnknown::NotTold), Installed::Version)
}

/// How many units were recorded.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Recorded {
    /// Units.
    units: u64,
}

/// Records units, all or none: as JSON, or as a sheet with a line of column names (`product`,
/// `version`, `site`, `serial`, and if known `udi_di`, `delivered`) in which an empty version means
/// unknown.
#[utoipa::path(post, path = "/api/v1/units", tag = "inventory", request_body(content((NewUnits = "application/json"), (String = "text/csv"))),
    responses((status = 201, body = Recorded), (status = 404, body = ProblemDetails), (status = 409, body = ProblemDetails), (status = 413, body = ProblemDetails)))]
pub(crate) async fn record_units(change: Change) -> Result<Response, Failure> {
    change.question(&[])?;
    let is_sheet = match media_type(&change.headers).as_deref() {
        Some("text/csv") => true,
        Some(kind) if must_be_json(&change.headers).is_err() => {
            return Err(wrong_media_type(kind, "`application/json` or `text/csv`"));
        }
        _ => false,
    };
    let record = move |state: State, op: Operation, bytes: Bytes| async move {
        let new = if is_sheet { sheet(&bytes)? } else { parsed::<NewUnits>(&bytes)?.units };
        let batch = UnitBatch { units: new.into_iter().map(|unit| unit.row(&op)).collect() };
        let units = state.ask(move |desk| desk.record_units(&op, batch)).await?;
        sent(StatusCode::CREATED, Some(state.links.api_ledger()), &Recorded { units })
    };
    change.run(UNITS_BYTES, record).await
}

/// The units of a sheet. The first thing that does not fit is named with its line and column.
fn sheet(bytes: &[u8]) -> Result<Vec<NewUnit>, Failure> {
    let wrong = |place: String, detail: String| -> Failure {
        let detail = format!("{detail} Nothing was changed.");
        Wrong { place, ..Wrong::new(StatusCode::BAD_REQUEST, "body_unreadable", detail) }.into()
    };
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(bytes);
    let head =
        reader.headers().map_err(|error| wrong("line 1".to_owned(), unread(&error)))?.clone();
    let mut column_of = [None; COLUMNS.len()];
    for (index, name) in head.iter().enumerate() {
        let place = || format!("line 1, column {}", index + 1);
        let Some(known) = COLUMNS.iter().position(|column| *column == name) else {
            let known = COLUMNS.join(", ");
            return Err(wrong(
                place(),
                format!("{} is not a column. Known: {known}.", quoted(name)),
            ));
        };
        if column_of[known].replace(index).is_some() {
            return Err(wrong(place(), format!("The column `{name}` stands twice.")));
        }
    }
    for name in NEEDED {
        if !head.iter().any(|column| column == name) {
            return Err(wrong("line 1".to_owned(), format!("There is no column `{name}`.")));
        }
    }
    let mut units = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| {
            let line = error.position().map(|at| format!("line {}", at.line()));
            wrong(line.unwrap_or_default(), unread(&error))
        })?;
        let line = record.position().map_or(0, csv::Position::line);
        let cell = |name: &str| {
            let known = COLUMNS.iter().position(|column| *column == name)?;
            record.get(column_of[known]?).filter(|text| !text.is_empty())
        };
        let place = |name: &str| format!("line {line}, {name}");
        let day = match cell("delivered") {
            None => None,
            Some(text) => Some(text.parse::<Date>().map_err(|_| {
                let detail = format!("{} is not a day like `2026-11-23`.", quoted(text));
                wrong(place("delivered"), detail)
            })?),
        };
        let missing = |name: &str| wrong(place(name), format!("The column `{name}` is empty."));
        let misfit = |name: &str, detail: String| wrong(place(name), detail);
        units.push(NewUnit {
            product: named(cell("product"), "product", misfit)?
                .ok_or_else(|| missing("product"))?,
            version: named(cell("version"), "version", misfit)?,
            site: named(cell("site"), "site", misfit)?.ok_or_else(|| missing("site"))?,
            udi_di: cell("udi_di").map(str::to_owned),
            serial: cell("serial").ok_or_else(|| missing("serial"))?.to_owned(),
            delivered: day,
        });
    }
    Ok(units)
}

/// An identifier in a cell; `None` if the cell is empty.
fn named<K: Kind>(
    cell: Option<&str>,
    name: &str,
    misfit: impl Fn(&str, String) -> Failure,
) -> Result<Option<Id<K>>, Failure> {
    let parse = |text: &str| {
        text.parse().map_err(|_| {
            let what = format!(
                "{} is not an identifier like `{}_...` with 26 digits.",
                quoted(text),
                K::PREFIX
            );
            misfit(name, what)
        })
    };
    cell.map(parse).transpose()
}

/// Why a line is no line of a sheet.
fn unread(error: &csv::Error) -> String {
    match error.kind() {
        csv::ErrorKind::Utf8 { .. } => "The line is not UTF-8 text.".to_owned(),
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            format!("The line has {len} cells, the first line has {expected_len}.")
        }
        _ => "The line cannot be read as comma-separated values.".to_owned(),
    }
}

/// What is installed on a unit from now on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct InstalledWish {
    /// The version; null = unknown. It must be there, so that nothing becomes unknown by mistake.
    #[serde(deserialize_with = "said")]
    #[schema(value_type = Option<String>, required)]
    version: Option<VersionId>,
    /// Since when, `YYYY-MM-DD`, as told.
    #[schema(value_type = Option<String>)]
    effective: Option<Date>,
    /// Why. Needed when a known version becomes unknown. No names of persons: it stays in the ledger.
    reason: Option<String>,
}

/// Changes what is installed on a unit.
#[utoipa::path(patch, path = "/api/v1/units/{unit}", tag = "inventory", params(("unit" = String, Path, description = "Identifier")), request_body = InstalledWish,
    responses((status = 200, body = Made), (status = 404, body = ProblemDetails), (status = 409, body = ProblemDetails), (status = 412, body = ProblemDetails)))]
pub(crate) async fn change_unit(
    Path(unit): Path<String>,
    change: Change,
) -> Result<Response, Failure> {
    let (unit, seen): (UnitId, _) = (id(&unit)?, change.seen()?);
    let alter = move |state: State, op, wish: InstalledWish| async move {
        let op = because(op, wish.reason)?;
        let installed = installed(wish.version);
        let change = ChangeUnitVersion { unit, installed, effective: wish.effective };
        state.ask(move |desk| desk.change_unit(&op, seen, change)).await?;
        sent(StatusCode::OK, None, &Made { id: unit.to_string() })
    };
    change.json(alter).await
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "serial,product,version,site,delivered\n";

    fn place(text: &str) -> String {
        match sheet(text.as_bytes()) {
            Err(Failure::Wrong(wrong)) => wrong.place,
            other => panic!("{text} was read: {other:?}"),
        }
    }

    #[test]
    fn a_sheet_is_read_by_its_column_names_and_an_empty_version_is_unknown() {
        let (product, site) = ("prd_00000000000000000000000001", "sit_00000000000000000000000001");
        let text = format!(
            "\u{feff}{HEAD}\"S, 1\",{product},,{site},2024-02-29\r\nü2,{product},,{site},\r\n"
        );
        let units = sheet(text.as_bytes()).expect("a sheet");
        assert_eq!(units.len(), 2);
        assert_eq!((units[0].serial.as_str(), units[1].serial.as_str()), ("S, 1", "ü2"));
        assert_eq!(units[0].delivered.map(|day| day.to_string()).as_deref(), Some("2024-02-29"));
        assert!(matches!(installed(units[0].version), Installed::Unknown(WhyUnknown::NotTold)));
    }

    #[test]
    fn what_does_not_fit_is_named_by_line_and_column() {
        assert_eq!(place("serial,product,site\n"), "line 1", "a sheet without version column");
        assert_eq!(place("serial,colour\n"), "line 1, column 2");
        assert_eq!(place("serial,serial\n"), "line 1, column 2");
        assert_eq!(place(&format!("{HEAD}a,b\n")), "line 2");
        let (product, site) = ("prd_00000000000000000000000001", "sit_00000000000000000000000001");
        assert_eq!(
            place(&format!("{HEAD}1,{product},,{site},\n1,x,,{site},\n")),
            "line 3, product"
        );
        assert_eq!(place(&format!("{HEAD}1,{product},,,\n")), "line 2, site");
        assert_eq!(place(&format!("{HEAD},{product},,{site},\n")), "line 2, serial");
        assert_eq!(place(&format!("{HEAD}1,{product},,{site},2023-02-29\n")), "line 2, delivered");
    }
}
