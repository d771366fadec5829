//! YAML text. Scalars are read as the text that stands there, never by what they look like:
//! `1.10` is no number and `1e3` no thousand.

use super::{
    document::{AGAIN, Medium, Shape, Words, data_fault, truncated, walk_tracked},
    draft::Draft,
    limits::Limits,
};
use aftercare_vocab::{
    inventory::Format,
    problem::{Problem, quoted},
};
use serde_path_to_error::Track;
use serde_saphyr::{Error, Options, budget::BudgetBreach, with_deserializer_from_str_with_options};

/// Most values that aliases (`*name`) may stand for; writers that use them do so for repeated
/// licences and the like.
const REPEATED: usize = 1_000_000;

/// Deepest nesting: the parser takes more of the stack for each level than that of JSON, and SPDX
/// nests five deep.
const DEPTH: usize = 30;

/// A YAML document.
#[derive(Debug)]
pub(super) struct Yaml<'t> {
    pub(super) text: &'t str,
    pub(super) format: Format,
    pub(super) limits: Limits,
}

impl Yaml<'_> {
    /// Depth and aliases are bounded; the rest is bounded by the text itself.
    fn options(&self) -> Options {
        let deepest = self.limits.depth.min(DEPTH);
        let most = self.text.len().saturating_mul(4).saturating_add(1_000);
        serde_saphyr::options! {
            with_snippet: false,
            budget: serde_saphyr::budget! {
                max_depth: deepest,
                flow_nesting_limit: deepest,
                max_events: most,
                max_nodes: most,
                max_total_scalar_bytes: most,
                max_aliases: REPEATED,
                max_anchors: REPEATED,
                max_merge_keys: 0,
                max_documents: 2,
                enforce_alias_anchor_ratio: false,
            },
        }
    }

    fn too_deep(&self, line: String) -> Problem {
        let deepest = self.limits.depth.min(DEPTH);
        let what = format!("Lists and mappings are nested deeper than {deepest} levels.");
        Problem::refusal("too_deep", line, what, AGAIN)
    }
}

impl<'de> Medium<'de> for Yaml<'de> {
    type Fault = Error;

    fn draft(&self) -> Draft<'de> {
        Draft::new(self.format, self.limits)
    }

    fn walk<S: Shape>(
        &self,
        draft: &mut Draft<'de>,
        track: Option<&mut Track>,
    ) -> Result<(), Self::Fault> {
        with_deserializer_from_str_with_options(self.text, self.options(), |from| {
            walk_tracked::<S, _>(draft, track, from)
        })
    }

    fn explained(&self, fault: Self::Fault, path: &str) -> Problem {
        const WORDS: Words = Words {
            key: "key",
            object: "mapping{at}, where one counts",
            map: "A mapping",
            list: "A list",
        };
        let line = fault.location().map_or_else(String::new, |location| {
            format!("line {} column {}", location.line(), location.column())
        });
        // a fault in what an alias stands for is wrapped in one about the alias
        let mut inner = fault.without_snippet();
        while let Error::AliasError { error, .. } = inner {
            inner = error;
        }
        let told = inner.to_string();
        let told = told.rsplit_once(" at line ").map_or(told.as_str(), |(what, _)| what);
        match inner {
            Error::Eof { .. } => truncated(self.text, "a value"),
            Error::DuplicateMappingKey { key, .. } => {
                let told = format!("duplicate field {}", quoted(key.as_deref().unwrap_or("?")));
                data_fault(&told, path, &line, &WORDS)
            }
            Error::Budget { breach: BudgetBreach::Depth { .. }, .. } => self.too_deep(line),
            // the parser's own word, when brackets are read ahead
            _ if told.starts_with("recursion limit") => self.too_deep(line),
            Error::MultipleDocuments { .. } => Problem::refusal(
                "several_documents",
                line,
                "A second document begins here, and it is open which one is meant.",
                "Send one document in each file.",
            ),
            Error::Budget { .. }
            | Error::AliasReplayLimitExceeded { .. }
            | Error::AliasExpansionLimitExceeded { .. }
            | Error::AliasReplayStackDepthExceeded { .. } => Problem::refusal(
                "yaml_grows",
                line,
                format!("The document repeats parts of itself (`*name`) too often: {told}."),
                "Export the SBOM without anchors and aliases.",
            ),
            Error::SerdeInvalidType { unexpected, expected, .. } => {
                let told = format!("invalid type: {unexpected}, expected {expected}");
                data_fault(&told, path, &line, &WORDS)
            }
            Error::Unexpected { expected, .. } => {
                let place = if path.is_empty() { line.clone() } else { path.to_owned() };
                let what = format!("Something else stands where {expected} belongs ({line}).");
                Problem::refusal("wrong_type", place, what, AGAIN)
            }
            Error::Message { .. } | Error::SerdeInvalidValue { .. } => {
                data_fault(told, path, &line, &WORDS)
            }
            _ => Problem::refusal(
                "not_yaml",
                line,
                format!("The text is not YAML that can be read here: {told}."),
                AGAIN,
            ),
        }
    }
}
