//! A CycloneDX 1.6 document as it is written: keys in this order, those without content left out.

use serde::Serialize;
use std::borrow::Cow;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(in super::super) struct Document<'a> {
    #[serde(rename = "$schema")]
    pub(in super::super) schema: &'static str,
    pub(in super::super) bom_format: &'static str,
    pub(in super::super) spec_version: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in super::super) serial_number: Option<String>,
    pub(in super::super) version: u32,
    pub(in super::super) metadata: Metadata<'a>,
    pub(in super::super) components: Vec<Piece<'a>>,
    pub(in super::super) dependencies: Vec<Dependencies<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(in super::super) compositions: Vec<Composition<'a>>,
}

#[derive(Serialize)]
pub(in super::super) struct Metadata<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in super::super) timestamp: Option<&'a str>,
    pub(in super::super) tools: Tools<'a>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(in super::super) authors: Vec<Party<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in super::super) component: Option<Piece<'a>>,
}

#[derive(Serialize)]
pub(in super::super) struct Tools<'a> {
    pub(in super::super) components: Vec<ToolPiece<'a>>,
}

/// A tool in the list of those that made the document.
#[derive(Serialize)]
pub(in super::super) struct ToolPiece<'a> {
    #[serde(rename = "type")]
    pub(in super::super) kind: &'static str,
    pub(in super::super) name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in super::super) version: Option<&'a str>,
}

impl<'a> ToolPiece<'a> {
    pub(in super::super) fn of(name: &'a str, version: &'a str) -> Self {
        Self { kind: "application", name, version: Some(version) }
    }

    /// `syft 1.2.0` is a name and a version.
    pub(in super::super) fn of_text(text: &'a str) -> Self {
        let looks_like_one =
            |word: &str| word.trim_start_matches('v').starts_with(|c: char| c.is_ascii_digit());
        match text
            .rsplit_once(' ')
            .filter(|(name, version)| !name.is_empty() && looks_like_one(version))
        {
            Some((name, version)) => Self::of(name, version),
            None => Self { kind: "application", name: text, version: None },
        }
    }
}

#[derive(Serialize)]
pub(in super::super) struct Party<'a> {
    pub(in super::super) name: &'a str,
}

#[derive(Serialize)]
pub(in super::super) struct Dependencies<'a> {
    #[serde(rename = "ref")]
    pub(in super::super) from: &'a str,
    #[serde(rename = "dependsOn")]
    pub(in super::super) to: Vec<&'a str>,
}

#[derive(Serialize)]
pub(in super::super) struct Composition<'a> {
    pub(in super::super) aggregate: &'static str,
    pub(in super::super) dependencies: Vec<&'a str>,
}

/// A component.
#[derive(Serialize)]
pub(in super::super) struct Piece<'a> {
    #[serde(rename = "type")]
    pub(in super::super) kind: &'a str,
    #[serde(rename = "bom-ref")]
    pub(in super::super) reference: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in super::super) supplier: Option<Party<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in super::super) group: Option<&'a str>,
    pub(in super::super) name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in super::super) version: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in super::super) scope: Option<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(in super::super) hashes: Vec<Hash<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(in super::super) licenses: Vec<Choice<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in super::super) cpe: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in super::super) purl: Option<String>,
    #[serde(rename = "omniborId", skip_serializing_if = "Vec::is_empty")]
    pub(in super::super) omnibor: Vec<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(in super::super) swhid: Vec<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in super::super) swid: Option<Swid<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in super::super) pedigree: Option<Pedigree<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(in super::super) components: Vec<Piece<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in super::super) evidence: Option<Evidence<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(in super::super) properties: Vec<Property<'a>>,
}

#[derive(Serialize)]
pub(in super::super) struct Hash<'a> {
    pub(in super::super) alg: &'static str,
    pub(in super::super) content: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
pub(in super::super) enum Choice<'a> {
    License(Named<'a>),
    Expression(&'a str),
}

#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
pub(in super::super) enum Named<'a> {
    Id(&'a str),
    Name(&'a str),
}

#[derive(Serialize)]
pub(in super::super) struct Swid<'a> {
    #[serde(rename = "tagId")]
    pub(in super::super) tag_id: &'a str,
    pub(in super::super) name: &'a str,
}

#[derive(Serialize)]
pub(in super::super) struct Pedigree<'a> {
    pub(in super::super) patches: Vec<Patch<'a>>,
}

#[derive(Serialize)]
pub(in super::super) struct Patch<'a> {
    #[serde(rename = "type")]
    pub(in super::super) kind: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(in super::super) resolves: Vec<Issue<'a>>,
}

#[derive(Serialize)]
pub(in super::super) struct Issue<'a> {
    #[serde(rename = "type")]
    pub(in super::super) kind: &'static str,
    pub(in super::super) id: &'a str,
}

/// `evidence` of a component.
#[derive(Serialize)]
pub(in super::super) struct Evidence<'a> {
    pub(in super::super) identity: Vec<Identity<'a>>,
}

/// One entry of `evidence.identity`.
#[derive(Serialize)]
pub(in super::super) struct Identity<'a> {
    pub(in super::super) field: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in super::super) confidence: Option<f64>,
    #[serde(rename = "concludedValue")]
    pub(in super::super) value: Cow<'a, str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(in super::super) methods: Vec<Method<'a>>,
}

#[derive(Serialize)]
pub(in super::super) struct Method<'a> {
    pub(in super::super) technique: &'static str,
    pub(in super::super) confidence: f64,
    pub(in super::super) value: &'a str,
}

/// A name and a value.
#[derive(Serialize)]
pub(in super::super) struct Property<'a> {
    pub(in super::super) name: &'static str,
    pub(in super::super) value: Cow<'a, str>,
}
