//! The use of products: risk files, environments, cycles of updates.

use crate::{
    Desk, Trouble,
    answers::{
        CycleRow, EnvironmentRow, HazardRow, Hazards, Page, ProductRef, RiskColumn, RiskFileRead,
        RiskFileRow, UsageSheet,
    },
    change::Seen,
};
use aftercare_domain::{
    Event, Operation, Refusal,
    roster::Roster,
    usage::{
        self, CycleStated, EnvironmentEnded, EnvironmentStated, Given, Hazard, RISK_FILE_BYTES,
        RiskFile, RiskFileAdopted, Scale, UsageEntries, Usages,
    },
};
use aftercare_formats::sbom::{
    Limits,
    risk_file::{self, RiskField, RiskRow, RiskTable},
    soup::{Columns, PreviewColumn},
};
use aftercare_register::Reader;
use aftercare_vocab::{
    id::{PersonId, ProductId},
    problem::{Problem, Read, quoted},
};
use std::sync::Arc;

/// Rows of a risk file on one page.
const HAZARDS_A_PAGE: usize = 100;
/// What keeps a risk file out of force: rows and cells that would be left out.
const LOST: &[&str] = &["row_skipped", "cell_error", "id_is_date", "warnings_left_out"];
/// Rows that a preview shows.
const SHOWN: usize = 20;

/// A risk file as somebody sends it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewRiskFile {
    /// The name of the file.
    pub file_name: String,
    /// Which columns are what: `id=A,severity=F`; what is not said is guessed.
    pub columns: String,
    /// What the words of its scale mean: `S1=negligible`.
    pub scale: String,
}

/// A file that was read, with what it came to.
struct Taken {
    table: RiskTable,
    file: RiskFile,
    scale: Scale,
    problems: Vec<Problem>,
}

/// Shows what would be read of a risk file; asks no record.
pub fn preview_risk_file(new: &NewRiskFile, bytes: &[u8]) -> Result<RiskFileRead, Trouble> {
    let Taken { table, file, problems, .. } = taken(new, bytes)?;
    let column = |one: PreviewColumn<RiskField>| RiskColumn {
        letter: one.letter,
        heading: one.heading,
        read_as: one.field.map(|field| field.to_string()),
    };
    let unknown =
        |open: fn(&Hazard) -> bool| file.rows.iter().filter(|row| open(row)).count() as u64;
    Ok(RiskFileRead {
        sheet: table.sheet,
        encoding: table.encoding.to_owned(),
        heading_row: table.heading_row,
        columns: table.columns.into_iter().map(column).collect(),
        read: file.rows.len() as u64,
        severity_unknown: unknown(|row| row.severity.is_none()),
        essential_performance_unknown: unknown(|row| row.essential_performance.is_none()),
        rows: file.rows.iter().take(SHOWN).map(hazard).collect(),
        problems,
    })
}

fn taken(new: &NewRiskFile, bytes: &[u8]) -> Result<Taken, Trouble> {
    if bytes.is_empty() || bytes.len() > RISK_FILE_BYTES {
        return Err(Refusal::new(
            "document_size",
            format!("The file has {} bytes.", bytes.len()),
            format!("Send one of 1 to {RISK_FILE_BYTES} bytes."),
        )
        .into());
    }
    let columns: Columns<RiskField> = new.columns.parse().map_err(|wrong| {
        Refusal::new(
            "columns_unreadable",
            format!("The choice of columns cannot be read: {wrong}."),
            "Write it as `id=A,hazard=B,severity=F`.",
        )
    })?;
    let scale = Scale::read(&new.scale)?;
    let Read { value: table, mut problems } =
        risk_file::read(bytes, &columns, &Limits::default()).map_err(Trouble::Problems)?;
    let given: Vec<Given> = table.rows.iter().map(given).collect();
    let (file, unclear) = RiskFile::of(&given, &scale)?;
    problems.extend(unclear.into_iter().map(|one| {
        Problem::warning(
            "word_unclear",
            one.place,
            format!("{} says nothing of the {} that is understood.", quoted(&one.word), one.field),
            "Say what the word means; until then it counts as unknown.",
        )
    }));
    Ok(Taken { table, file, scale, problems })
}

fn given(row: &RiskRow) -> Given {
    let RiskRow {
        place,
        id,
        hazard,
        situation,
        harm,
        severity,
        essential_performance,
        clinical_use,
    } = row.clone();
    Given { place, id, hazard, situation, harm, severity, essential_performance, clinical_use }
}

fn hazard(row: &Hazard) -> HazardRow {
    HazardRow {
        id: row.id.clone(),
        hazard: row.hazard.clone(),
        situation: row.situation.clone(),
        harm: row.harm.clone(),
        severity: row.severity.map(|one| one.to_string()),
        severity_said: row.severity_said.clone(),
        essential_performance: row.essential_performance,
        clinical_use: row.clinical_use.clone(),
    }
}

impl Desk {
    /// Puts a risk file of a product in force; its bytes are kept as they come. Gives the edition.
    pub fn adopt_risk_file(
        &self,
        op: &Operation,
        seen: Seen,
        product: ProductId,
        new: &NewRiskFile,
        bytes: &[u8],
    ) -> Result<u64, Trouble> {
        if let Some(before) = self.before(op)? {
            return Ok(before);
        }
        let Taken { file, scale, problems, .. } = taken(new, bytes)?;
        // Of a row that is left out nobody knows what it says of a hazard that another row names.
        let lost: Vec<Problem> =
            problems.into_iter().filter(|one| LOST.contains(&one.code)).collect();
        if !lost.is_empty() {
            return Err(Trouble::Problems(lost));
        }
        let (received, rows) = (self.pen()?.stage(bytes)?, file.rows.len() as u64);
        let items = self.pen()?.stage_risk_file(&Arc::new(file))?;
        let edition = |before: Option<&UsageEntries>| {
            before.and_then(UsageEntries::risk_file).map_or(1, |one| one.value.edition + 1)
        };
        self.once(op, |pen| {
            pen.expect::<Trouble>(&usage::entity(product), seen)?;
            let known = self.has_product(product)?;
            let facts = pen.facts();
            let (roster, usages) = (facts.roster()?, facts.usages()?);
            let before = usages.get(product);
            let edition = edition(before);
            let wish = RiskFileAdopted {
                product,
                edition,
                items: items.digest(),
                rows,
                received: received.digest(),
                size: received.size(),
                file_name: new.file_name.clone(),
                scale: scale.words().clone(),
                by: asking(op, &roster)?,
            };
            let events = usage::adopt_risk_file(&roster, known, before, wish, &pen.dated()?)?;
            pen.attach(&received);
            pen.attach(&items);
            pen.record_all(events)?;
            Ok(edition)
        })
    }

    /// States an environment of use, or states it anew.
    pub fn state_environment(
        &self,
        op: &Operation,
        seen: Seen,
        product: ProductId,
        [environment, description, network, measures]: [String; 4],
    ) -> Result<(), Trouble> {
        self.stated(op, seen, product, |roster, known, before, op| {
            let by = asking(op, roster)?;
            let wish =
                EnvironmentStated { product, environment, description, network, measures, by };
            usage::state_environment(roster, known, before, wish, op)
        })
    }

    /// Ends an environment of use, with a reason.
    pub fn end_environment(
        &self,
        op: &Operation,
        seen: Seen,
        product: ProductId,
        environment: String,
    ) -> Result<(), Trouble> {
        self.stated(op, seen, product, |roster, known, before, op| {
            let wish = EnvironmentEnded { product, environment, by: asking(op, roster)? };
            usage::end_environment(roster, known, before, wish, op)
        })
    }

    /// States the regular cycle of updates with its justification.
    pub fn state_cycle(
        &self,
        op: &Operation,
        seen: Seen,
        product: ProductId,
        days: u32,
        justification: String,
    ) -> Result<(), Trouble> {
        self.stated(op, seen, product, |roster, known, before, op| {
            let wish = CycleStated { product, days, justification, by: asking(op, roster)? };
            usage::state_cycle(roster, known, before, wish, op)
        })
    }

    fn stated(
        &self,
        op: &Operation,
        seen: Seen,
        product: ProductId,
        decide: impl FnOnce(
            &Roster,
            bool,
            Option<&UsageEntries>,
            &Operation,
        ) -> Result<Vec<Event>, Refusal>,
    ) -> Result<(), Trouble> {
        self.decided(op, (), |pen| {
            pen.expect::<Trouble>(&usage::entity(product), seen)?;
            let known = self.has_product(product)?;
            let facts = pen.facts();
            let (roster, usages) = (facts.roster()?, facts.usages()?);
            Ok(decide(&roster, known, usages.get(product), &pen.dated()?)?)
        })
    }

    fn has_product(&self, product: ProductId) -> Result<bool, Trouble> {
        Ok(self.reader()?.product(product)?.is_some())
    }

    /// What is stated of the use of a product.
    pub fn usage(&self, product: ProductId) -> Result<UsageSheet, Trouble> {
        let (product_ref, whole, usages) = self.usages_of(product)?;
        let roster = whole.roster()?;
        let name = |person: PersonId| {
            roster.person(person).map(|one| one.name.clone()).unwrap_or_default()
        };
        let empty = UsageEntries::default();
        let stated = usages.get(product).unwrap_or(&empty);
        let mut environments: Vec<EnvironmentRow> = stated
            .environments
            .values()
            .map(|one| {
                let said = &one.stated.value;
                EnvironmentRow {
                    environment: said.environment.clone(),
                    description: said.description.clone(),
                    network: said.network.clone(),
                    measures: said.measures.clone(),
                    at: one.stated.at,
                    by: name(said.by),
                    ended_at: one.ended.as_ref().map(|ended| ended.at),
                    ended_reason: one.ended.as_ref().and_then(|ended| ended.reason.clone()),
                    entry: one.stated.entry,
                }
            })
            .collect();
        environments.sort_by_cached_key(|one| (one.ended_at.is_some(), one.environment.clone()));
        Ok(UsageSheet {
            product: product_ref,
            entity_version: whole.entity_version(&usage::entity(product))?,
            risk_files: stated
                .risk_files
                .iter()
                .rev()
                .map(|one| RiskFileRow {
                    edition: one.value.edition,
                    file_name: one.value.file_name.clone(),
                    size: one.value.size,
                    received: one.value.received,
                    rows: one.value.rows,
                    scale: one
                        .value
                        .scale
                        .iter()
                        .map(|(word, term)| (word.clone(), term.to_string()))
                        .collect(),
                    at: one.at,
                    by: name(one.value.by),
                    reason: one.reason.clone(),
                    entry: one.entry,
                })
                .collect(),
            environments,
            cycles: stated
                .cycles
                .iter()
                .rev()
                .map(|one| CycleRow {
                    days: one.value.days,
                    justification: one.value.justification.clone(),
                    at: one.at,
                    by: name(one.value.by),
                    reason: one.reason.clone(),
                    entry: one.entry,
                })
                .collect(),
        })
    }

    /// Rows of the risk file in force, or of an earlier edition, in which every word of a question stands; `after` =
    /// how many to pass over.
    pub fn hazards(
        &self,
        product: ProductId,
        edition: Option<u64>,
        words: &str,
        after: usize,
    ) -> Result<Hazards, Trouble> {
        let (product_ref, whole, usages) = self.usages_of(product)?;
        let adopted = adopted(&usages, product, edition)?;
        let file = whole.risk_file(&adopted.items)?;
        let words: Vec<String> = words.split_whitespace().map(str::to_lowercase).collect();
        let holds = |row: &&Hazard| {
            let texts =
                [&row.hazard, &row.situation, &row.harm, &row.clinical_use, &row.severity_said];
            let mut all = row.id.to_lowercase();
            for text in texts.into_iter().flatten() {
                all.push('\n');
                all.push_str(&text.to_lowercase());
            }
            words.iter().all(|word| all.contains(word.as_str()))
        };
        let found: Vec<&Hazard> = file.rows.iter().filter(holds).collect();
        let items: Vec<HazardRow> =
            found.iter().skip(after).take(HAZARDS_A_PAGE).map(|row| hazard(row)).collect();
        let end = after.saturating_add(items.len());
        let next = (end < found.len()).then(|| end.to_string());
        let page = Page { items, next, total: found.len() as u64 };
        Ok(Hazards { product: product_ref, edition: adopted.edition, page })
    }

    /// A risk file's bytes as they were received, with its name; without a number, of the edition in force.
    pub fn risk_file_received(
        &self,
        product: ProductId,
        edition: Option<u64>,
    ) -> Result<(u64, String, Vec<u8>), Trouble> {
        let (_, whole, usages) = self.usages_of(product)?;
        let adopted = adopted(&usages, product, edition)?;
        Ok((adopted.edition, adopted.file_name.clone(), whole.blob(&adopted.received)?))
    }

    /// A product in sight, and what is stated of all.
    fn usages_of(&self, product: ProductId) -> Result<(ProductRef, Reader, Arc<Usages>), Trouble> {
        let row = self.reader()?.product(product)?;
        let row = row.ok_or_else(|| Trouble::not_found("product", product))?;
        let whole = self.whole_reader()?;
        let usages = whole.usages()?;
        let named = ProductRef { id: row.id, name: row.name, family: row.family.name };
        Ok((named, whole, usages))
    }
}

fn adopted(
    usages: &Usages,
    product: ProductId,
    edition: Option<u64>,
) -> Result<&RiskFileAdopted, Trouble> {
    let all = usages.get(product).map_or(&[][..], |one| &one.risk_files);
    let found = match edition {
        None => all.last(),
        Some(number) => all.iter().find(|one| one.value.edition == number),
    };
    let said = edition.map_or_else(|| "in force".to_owned(), |number| number.to_string());
    found.map(|one| &one.value).ok_or_else(|| Trouble::not_found("risk file of this product", said))
}

/// Who asks; the decider looks whether they may.
fn asking(op: &Operation, roster: &Roster) -> Result<PersonId, Refusal> {
    roster.signed_in(&op.actor)
}
