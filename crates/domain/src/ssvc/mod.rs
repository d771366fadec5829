//! SSVC: decision tables of CERT/CC and CISA, asked with what is known.
//!
//! The tables are data (`data/ssvc/`), each with its version, source and date; this module reads and
//! asks them and knows none by heart. What is not given is not guessed: the answer is then
//! *undetermined*, with the outcomes that remain possible and what is missing.
//!
//! A decision that another table gives (Utility from Automatable and Value Density) may be given
//! itself or through that table's questions.

mod evaluate;

pub use evaluate::{Evaluation, Open, Used};

use crate::refusal::Refusal;
use serde::Deserialize;
use std::{collections::BTreeSet, sync::LazyLock};

/// One of the values of a decision or outcome: its key and its word.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Value(pub String, pub String);

impl Value {
    /// `A`
    pub fn key(&self) -> &str {
        &self.0
    }

    /// `Active`
    pub fn word(&self) -> &str {
        &self.1
    }
}

/// A decision point, or the group of outcomes of a table.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decision {
    /// `ssvc:E:1.1.0`: namespace, key, version.
    pub id: String,
    /// `Exploitation`
    pub name: String,
    /// Its values, the least urgent first as a rule.
    pub values: Vec<Value>,
}

impl Decision {
    /// `E` of `ssvc:E:1.1.0`
    pub fn key(&self) -> &str {
        self.id.split(':').nth(1).unwrap_or(&self.id)
    }

    /// Whether a person may have meant this decision: its key, its id, or its name in any spelling.
    fn is_called(&self, text: &str) -> bool {
        text == self.id || plain(text) == plain(self.key()) || plain(text) == plain(&self.name)
    }

    /// The place of a value, by its key, its word, or the one part of a word that is no other's: CISA
    /// writes `poc` for `Public PoC`.
    fn value(&self, text: &str) -> Option<usize> {
        let place = |is: &dyn Fn(&Value) -> bool| self.values.iter().position(is);
        let wanted = plain(text);
        let has_part = |value: &Value| value.word().split(' ').any(|part| plain(part) == wanted);
        place(&|value| value.key() == text)
            .or_else(|| place(&|value| plain(value.word()) == wanted))
            .or_else(|| place(&|value| plain(value.key()) == wanted))
            .or_else(|| {
                let is_only = self.values.iter().filter(|value| has_part(value)).count() == 1;
                is_only.then(|| place(&has_part)).flatten()
            })
    }
}

/// Letters and digits in lower case: `Out-of-Cycle` and `out of cycle` are one. A star counts (`Track*`).
fn plain(text: &str) -> String {
    let counts = |c: &char| c.is_alphanumeric() || *c == '*';
    text.chars().filter(counts).flat_map(char::to_lowercase).collect()
}

/// A decision table.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// What it is called on a command line: `supplier`.
    pub name: String,
    /// `Supplier Patch Development Priority`
    pub title: String,
    /// `ssvc:DT_SP:1.0.0`: namespace, key, version.
    pub id: String,
    /// Who published it, and as what.
    pub source: String,
    /// The day of the publication it was taken from.
    pub as_of: jiff::civil::Date,
    /// The decisions, in the order of the rows: the last changes fastest.
    pub asks: Vec<Decision>,
    /// The outcomes.
    pub gives: Decision,
    /// Keys of outcomes, one for each combination, blanks between.
    rows: Vec<String>,
    /// The same as places in `gives`.
    #[serde(skip)]
    outcomes: Vec<usize>,
}

impl Table {
    /// Reads a table. Refused are a table with a row too few or too many, an outcome that is none, and
    /// decisions or values that occur twice.
    pub fn read(text: &str) -> Result<Self, Refusal> {
        let wrong = |what: String| {
            Refusal::new("ssvc_table_unfit", what, "Correct the table; nothing of it was taken.")
        };
        let mut table: Self = serde_json::from_str(text)
            .map_err(|error| wrong(format!("This is not a decision table: {error}.")))?;
        for decision in table.asks.iter().chain([&table.gives]) {
            let keys: BTreeSet<&str> = decision.values.iter().map(Value::key).collect();
            if keys.is_empty() || keys.len() < decision.values.len() {
                return Err(wrong(format!("{} has no values, or one of them twice.", decision.id)));
            }
        }
        let asked: BTreeSet<&str> = table.asks.iter().map(|decision| decision.key()).collect();
        if asked.is_empty() || asked.len() < table.asks.len() {
            return Err(wrong(format!("{} asks nothing, or something twice.", table.id)));
        }
        let place = |key: &str| {
            let place = table.gives.values.iter().position(|value| value.key() == key);
            place.ok_or_else(|| wrong(format!("`{key}` is no outcome of {}.", table.gives.id)))
        };
        let keys = table.rows.iter().flat_map(|row| row.split_whitespace());
        let outcomes = keys.map(place).collect::<Result<Vec<usize>, Refusal>>()?;
        let wanted: usize = table.asks.iter().map(|decision| decision.values.len()).product();
        if outcomes.len() != wanted {
            let have = outcomes.len();
            return Err(wrong(format!("{} has {have} rows where {wanted} are needed.", table.id)));
        }
        table.outcomes = outcomes;
        Ok(table)
    }

    /// The table of this name or id among those that come with the product.
    pub fn named(name: &str) -> Result<&'static Self, Refusal> {
        let found = tables().iter().find(|table| table.name == name || table.id == name);
        found.ok_or_else(|| {
            let names: Vec<&str> = tables().iter().map(|table| table.name.as_str()).collect();
            Refusal::new(
                "unknown_table",
                format!("There is no decision table `{}`.", name.escape_debug()),
                format!("Name one of {}.", names.join(", ")),
            )
        })
    }

    /// How many combinations it decides.
    pub fn size(&self) -> usize {
        self.outcomes.len()
    }
}

/// The tables that come with the product.
pub fn tables() -> &'static [Table] {
    &TABLES
}

macro_rules! shipped {
    ($($name:literal),+ $(,)?) => {
        [$(include_str!(concat!("../../data/ssvc/", $name, ".json"))),+]
    };
}

static TABLES: LazyLock<Vec<Table>> = LazyLock::new(|| {
    let texts = shipped![
        "supplier",
        "deployer",
        "cisa",
        "bod-26-04",
        "coordinator-triage",
        "coordinator-publish",
        "utility",
        "human-impact",
        "public-safety-impact",
        "mission-and-well-being",
    ];
    #[allow(
        clippy::expect_used,
        reason = "compiled in, and every test of this module reads them all"
    )]
    texts
        .iter()
        .map(|text| Table::read(text).expect("a table that comes with the product"))
        .collect()
});
