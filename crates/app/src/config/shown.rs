//! `aftercare config show`: the effective values, and where each comes from.

use super::{Origin, Settings, key::KEYS};
use crate::{
    ending::{Ending, Failure},
    paper::{self, Format},
    sheet::{Column, Grid, Sheet},
};
use serde::Serialize;

/// A key as `config show` tells it.
#[derive(Debug, Serialize)]
struct Effective {
    key: &'static str,
    value: String,
    origin: String,
    about: &'static str,
}

/// Prints the effective values and where each comes from. Of a secret it shows only that there is one.
pub fn show(settings: &Settings, format: Format) -> Result<Ending, Failure> {
    let effective: Vec<Effective> = KEYS
        .iter()
        .map(|key| Effective {
            key: key.name,
            value: (key.show)(settings),
            origin: settings.origins.get(key.name).map_or("default".to_owned(), Origin::shown),
            about: key.about,
        })
        .collect();
    match format {
        Format::Json => paper::print_json(&effective)?,
        Format::Table => {
            let mut grid = Grid::new([
                Column::left("Key"),
                Column::elastic("Value", 12),
                Column::elastic("From", 10),
                Column::elastic("Meaning", 20),
            ]);
            for row in &effective {
                grid.row([row.key, &row.value, &row.origin, row.about]);
            }
            let mut sheet = Sheet::new(paper::look(settings.no_colour));
            sheet.grid(0, &grid);
            paper::print(sheet.finish().as_bytes())?;
        }
    }
    Ok(Ending::Done)
}
