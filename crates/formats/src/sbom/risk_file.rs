//! The risk file of a device (ISO 14971, clause 4.5: risk management file) as a spreadsheet: delimited text or a
//! workbook, a row for each hazardous situation.
//!
//! It is taken apart as lists of software items are ([`super::soup`]): columns are guessed from their headings or
//! told. Cells are given as text; what the words of a scale mean is not known here.

use super::{
    draft::Draft,
    limits::Limits,
    soup::{
        Cell, Columns, Heading, Kind, PreviewColumn, Told, format_of, is_nothing, of_word, word,
    },
};
use aftercare_vocab::problem::{Problem, Read, quoted};
use std::{fmt, str::FromStr};

/// What a column of a risk file is read as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RiskField {
    /// The row's identifier, by which assessments name it. Needed.
    Id,
    /// The hazard: a potential source of harm.
    Hazard,
    /// The hazardous situation.
    Situation,
    /// The harm.
    Harm,
    /// Its severity, in the words of the file's own scale.
    Severity,
    /// Whether safety or essential performance are touched (IEC 60601-1, clause 4.3).
    EssentialPerformance,
    /// The clinical use in which it matters.
    ClinicalUse,
}

impl Heading for RiskField {
    const HEADINGS: &'static [(Self, &'static str, &'static [&'static str])] = &[
        (
            Self::Id,
            "id",
            &[
                "id",
                "hazardid",
                "riskid",
                "situationid",
                "hazardoussituationid",
                "identifier",
                "hazardno",
                "riskno",
                "hazardnumber",
                "risknumber",
                "hazardref",
                "reference",
                "ref",
                "no",
                "nr",
                "risikoid",
                "gefährdungsid",
            ],
        ),
        (
            Self::Hazard,
            "hazard",
            &["hazard", "hazarddescription", "sourceofharm", "gefährdung", "gefaehrdung"],
        ),
        (
            Self::Situation,
            "situation",
            &[
                "situation",
                "hazardoussituation",
                "sequenceofevents",
                "scenario",
                "gefährdungssituation",
                "gefaehrdungssituation",
            ],
        ),
        (
            Self::Harm,
            "harm",
            &["harm", "harmtopatient", "potentialharm", "consequence", "effect", "schaden"],
        ),
        (
            Self::Severity,
            "severity",
            &[
                "severity",
                "severityofharm",
                "severityclass",
                "severitylevel",
                "sev",
                "s",
                "schweregrad",
                "schwere",
            ],
        ),
        (
            Self::EssentialPerformance,
            "essential-performance",
            &[
                "essentialperformance",
                "essentialperformanceaffected",
                "affectsessentialperformance",
                "safetyoressentialperformance",
                "basicsafetyoressentialperformance",
                "ep",
                "wesentlicheleistungsmerkmale",
            ],
        ),
        (
            Self::ClinicalUse,
            "clinical-use",
            &[
                "clinicaluse",
                "clinicalfunction",
                "clinicaltask",
                "intendeduse",
                "usescenario",
                "function",
                "klinischeanwendung",
                "zweckbestimmung",
            ],
        ),
    ];
    const ROW: &'static str = "row of a risk file";
    const LACKS: &'static str = "no identifier, so nothing could name it";
    const EXAMPLE: &'static str = "id=A,hazard=B,severity=E";

    fn names(self) -> bool {
        self == Self::Id
    }

    fn is_usable(has: impl Fn(Self) -> bool) -> bool {
        let says = [Self::Hazard, Self::Situation, Self::Harm, Self::Severity];
        has(Self::Id) && says.into_iter().any(has)
    }

    fn is_list(has: impl Fn(Self) -> bool) -> bool {
        has(Self::Id) && has(Self::Severity) && (has(Self::Hazard) || has(Self::Situation))
    }
}

impl FromStr for RiskField {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        of_word(text)
    }
}

impl fmt::Display for RiskField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(word(*self))
    }
}

/// A row, each cell as its text; none = empty, or marked as not known.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RiskRow {
    /// Where it stands: `row 12`, `line 12`.
    pub place: String,
    /// Its identifier.
    pub id: String,
    /// The hazard.
    pub hazard: Option<String>,
    /// The hazardous situation.
    pub situation: Option<String>,
    /// The harm.
    pub harm: Option<String>,
    /// Its severity, as the file says it.
    pub severity: Option<String>,
    /// Whether essential performance is touched, as the file says it.
    pub essential_performance: Option<String>,
    /// The clinical use.
    pub clinical_use: Option<String>,
}

/// A risk file taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RiskTable {
    /// The sheet that was read; none for delimited text.
    pub sheet: Option<String>,
    /// How the text is encoded.
    pub encoding: &'static str,
    /// The row with the headings, from 1.
    pub heading_row: u32,
    /// Every column that has a heading or is read.
    pub columns: Vec<PreviewColumn<RiskField>>,
    /// The rows, in their order.
    pub rows: Vec<RiskRow>,
}

/// Reads a risk file; columns that are not named are guessed. Where none can be told, or the file is damaged or
/// too large, it is refused with the place.
pub fn read(
    bytes: &[u8],
    columns: &Columns<RiskField>,
    limits: &Limits,
) -> Result<Read<RiskTable>, Vec<Problem>> {
    let mut draft = Draft::new(format_of(bytes), *limits);
    let Ok((told, reading)) = Told::of(bytes, columns, limits, &mut draft) else {
        return Err(draft.into_refusals());
    };
    reading.tell_columns(&told.table, &mut draft);
    if !reading.has(RiskField::Severity) {
        draft.warn(
            "severities_missing",
            "",
            "No column is read as the severity.",
            "Choose one with `severity=COLUMN`: without it the severity of every row is unknown.",
        );
    }
    let mut rows = Vec::new();
    let walked = reading.each(&told.table, &mut draft, |draft, place, cells| {
        draft.item(&place)?;
        let mut row = RiskRow { place, ..RiskRow::default() };
        for (field, cell) in cells {
            put(draft, &mut row, *field, cell);
        }
        if row.id.is_empty() {
            let what = "The identifier cannot be read, so nothing could name the row.";
            draft.warn("row_skipped", row.place, what, "Correct the cell.");
        } else {
            rows.push(row);
        }
        Ok(())
    });
    if walked.is_err() {
        return Err(draft.into_refusals());
    }
    if rows.is_empty() {
        draft.refuse(
            "no_rows",
            "",
            "No row below the headings has an identifier.",
            "Give each an identifier.",
        );
        return Err(draft.into_refusals());
    }
    let (sheet, encoding) = (told.table.sheet.clone(), told.encoding);
    let (heading_row, columns) = (reading.heading_row(&told.table), reading.columns(&told.table));
    let problems = draft.into_warnings()?;
    Ok(Read { value: RiskTable { sheet, encoding, heading_row, columns, rows }, problems })
}

fn put(draft: &mut Draft<'_>, row: &mut RiskRow, field: RiskField, cell: &Cell) {
    if is_nothing(&cell.text) {
        return;
    }
    let place = format!("{}.{field}", row.place);
    match cell.kind {
        Kind::Error => {
            let what = format!("The cell holds the error {}.", quoted(&cell.text));
            return draft.warn(
                "cell_error",
                place,
                what,
                "Put the cell right and save the file again.",
            );
        }
        Kind::Date if field == RiskField::Id => {
            let what = format!("The identifier was turned into a date ({}).", quoted(&cell.text));
            return draft.warn(
                "id_is_date",
                place,
                what,
                "Format the column as text and type it again.",
            );
        }
        _ => {}
    }
    let text = draft.clean(&cell.text, &row.place, word(field), field == RiskField::Id);
    if text.is_empty() {
        return;
    }
    match field {
        RiskField::Id => row.id = text,
        RiskField::Hazard => row.hazard = Some(text),
        RiskField::Situation => row.situation = Some(text),
        RiskField::Harm => row.harm = Some(text),
        RiskField::Severity => row.severity = Some(text),
        RiskField::EssentialPerformance => row.essential_performance = Some(text),
        RiskField::ClinicalUse => row.clinical_use = Some(text),
    }
}
