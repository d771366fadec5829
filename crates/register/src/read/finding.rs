//! Findings: vulnerability x component x version.

use super::{
    Cursor, Page, Paged, Reader,
    component::{ComponentRef, component_ref},
    version::{SbomKey, VersionRef, version_ref},
};
use crate::{
    fault::Fault,
    sql::{Row, statements, values},
};
use aftercare_vocab::{
    digest::Digest,
    id::VersionId,
    instant::Instant,
    inventory::Component,
    verdict::{Answer, Confidence, Verdict},
};
use serde::Serialize;

statements! {
    FINDINGS = "SELECT i.sbom, i.position, c.no, c.name, c.group_name, c.version, c.purl,
          u.id, x.aliases, x.answer, x.score, x.vector, x.kev_since, x.epss, x.confidence,
          x.disagreement, x.fixed_in, x.summary, x.since, x.slot, x.ordinal, x.precedence, u.no,
          x.because
        FROM attached t
        JOIN instance i ON i.sbom = t.sbom AND i.repeat = 0
        JOIN verdict x ON x.component = i.component AND x.since <= $1
          AND (x.until IS NULL OR x.until > $1)
          AND x.sbom = CASE WHEN EXISTS (SELECT 1 FROM assessed o WHERE o.component = i.component
            AND o.sbom = i.sbom AND o.since <= $1 AND (o.until IS NULL OR o.until > $1))
            THEN i.sbom ELSE 0 END
        JOIN component c ON c.no = i.component
        JOIN vulnerability u ON u.no = x.vulnerability
        WHERE t.since <= $1 AND (t.until IS NULL OR t.until > $1) AND t.version = $2
          AND ($3 = '' OR x.answer = $3)
          AND (x.precedence, u.no, i.component, i.sbom) > ($4, $5, $6, $7)
        ORDER BY x.precedence, u.no, i.component, i.sbom LIMIT $8";
    PLACES = "SELECT i.sbom, i.position, c.no, c.name, c.group_name, c.version, c.purl,
          u.id, x.aliases, x.answer, x.score, x.vector, x.kev_since, x.epss, x.confidence,
          x.disagreement, x.fixed_in, x.summary, x.since, x.slot, x.ordinal, x.precedence, u.no,
          v.id, v.label, p.id, p.name, f.id, f.name, v.no, x.because
        FROM (
          SELECT w.vulnerability, w.component, w.sbom AS scope, w.since, n.sbom, n.position
          FROM vulnerability_alias a
          JOIN verdict w ON w.vulnerability = a.vulnerability AND w.sbom = 0
          JOIN instance n ON n.component = w.component AND n.repeat = 0
          WHERE a.since <= $1 AND a.alias = $2
            AND w.since <= $1 AND (w.until IS NULL OR w.until > $1)
            AND NOT EXISTS (SELECT 1 FROM assessed o WHERE o.component = n.component
              AND o.sbom = n.sbom AND o.since <= $1 AND (o.until IS NULL OR o.until > $1))
          UNION ALL
          SELECT w.vulnerability, w.component, w.sbom AS scope, w.since, n.sbom, n.position
          FROM vulnerability_alias a
          JOIN verdict w ON w.vulnerability = a.vulnerability AND w.sbom > 0
          JOIN instance n ON n.component = w.component AND n.sbom = w.sbom AND n.repeat = 0
          WHERE a.since <= $1 AND a.alias = $2
            AND w.since <= $1 AND (w.until IS NULL OR w.until > $1)
        ) i
        JOIN verdict x ON x.component = i.component AND x.sbom = i.scope
          AND x.vulnerability = i.vulnerability AND x.since = i.since
        JOIN attached t ON t.sbom = i.sbom AND t.since <= $1 AND (t.until IS NULL OR t.until > $1)
        JOIN component c ON c.no = i.component
        JOIN vulnerability u ON u.no = x.vulnerability
        JOIN product_version v ON v.no = t.version
        JOIN product p ON p.no = v.product
        JOIN family f ON f.no = p.family
        WHERE ($3 = '' OR x.answer = $3)
          AND (x.precedence, v.no, u.no, i.component, i.sbom) > ($4, $5, $6, $7, $8)
        ORDER BY x.precedence, v.no, u.no, i.component, i.sbom LIMIT $9";
    NAMED = "SELECT u.no, u.id FROM vulnerability_alias a JOIN vulnerability u ON u.no = a.vulnerability
        WHERE a.since <= $1 AND a.alias = $2 ORDER BY u.id";
    ALIASES = "SELECT DISTINCT b.alias FROM vulnerability_alias b
        WHERE b.since <= $1 AND b.vulnerability = $2 ORDER BY b.alias";
    VERSION_ANSWERS = "SELECT h.version, min(h.precedence), count(*) FROM (
          SELECT t.version, x.precedence, x.component
          FROM vulnerability_alias a
          JOIN verdict x ON x.vulnerability = a.vulnerability AND x.sbom = 0
          JOIN instance n ON n.component = x.component AND n.repeat = 0
          JOIN attached t ON t.sbom = n.sbom
          WHERE a.since <= $1 AND a.alias = $2
            AND x.since <= $1 AND (x.until IS NULL OR x.until > $1)
            AND t.since <= $1 AND (t.until IS NULL OR t.until > $1)
            AND NOT EXISTS (SELECT 1 FROM assessed o WHERE o.component = n.component
              AND o.sbom = n.sbom AND o.since <= $1 AND (o.until IS NULL OR o.until > $1))
          UNION ALL
          SELECT t.version, x.precedence, x.component
          FROM vulnerability_alias a
          JOIN verdict x ON x.vulnerability = a.vulnerability AND x.sbom > 0
          JOIN instance n ON n.component = x.component AND n.sbom = x.sbom AND n.repeat = 0
          JOIN attached t ON t.sbom = n.sbom
          WHERE a.since <= $1 AND a.alias = $2
            AND x.since <= $1 AND (x.until IS NULL OR x.until > $1)
            AND t.since <= $1 AND (t.until IS NULL OR t.until > $1)
        ) h GROUP BY h.version ORDER BY min(h.precedence), h.version";
    DOCUMENT = "SELECT m.document, m.edition, m.engine, g.at FROM assessment m
        JOIN ledger g ON g.seq = m.since WHERE m.since <= $1 AND m.no = $2";
}

/// Where the reasons of a finding are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct ReasonKey {
    /// Ledger position of the assessment.
    pub assessment: u64,
    /// Index into the assessment's components.
    pub slot: u32,
    /// Index into that component's verdicts.
    pub ordinal: u32,
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FindingRow {
    /// The SBOM that lists the component.
    pub sbom: SbomKey,
    /// Where in it (its first place).
    pub position: u32,
    /// The component.
    pub component: ComponentRef,
    /// The vulnerability's identifier.
    pub vulnerability: String,
    /// Its other identifiers.
    pub aliases: Vec<String>,
    /// The answer.
    pub answer: Answer,
    /// Highest score of any source, in tenths; `None` = not scored.
    pub score_tenths: Option<u8>,
    /// The vector of that score.
    pub vector: Option<String>,
    /// Known exploited since this date.
    pub kev_since: Option<String>,
    /// EPSS probability in hundred-thousandths.
    pub epss: Option<u32>,
    /// How sure the deciding identity is; `None` when no reason names one.
    pub confidence: Option<Confidence>,
    /// Whether the sources disagree.
    pub disagreement: bool,
    /// Versions named as repaired.
    pub fixed_in: Vec<String>,
    /// One line that says what it is.
    pub summary: String,
    /// The deciding reason in one line: the range, or what is missing.
    pub because: String,
    /// Where its reasons are kept.
    pub reason: ReasonKey,
}

/// A finding with the version it stands for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FindingPlace {
    /// The version.
    pub version: VersionRef,
    /// The finding.
    pub finding: FindingRow,
}

/// Everything needed to check a finding by hand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Explanation {
    /// The verdict with its reasons.
    pub verdict: Verdict,
    /// The edition that was asked when these reasons were recorded.
    pub edition: Digest,
    /// The engine that gave them.
    pub engine: String,
    /// When they were recorded.
    pub at: Instant,
    /// The component as it stands in the SBOM.
    pub component: Option<Component>,
}

/// A vulnerability that some component was compared with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VulnerabilityRow {
    /// Its identifier.
    pub id: String,
    /// Every identifier it is found by, folded to lower case, its own among them.
    pub found_by: Vec<String>,
}

/// What one vulnerability means for one version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct VersionAnswer {
    pub version: i64,
    pub answer: Answer,
    pub components: u64,
}

impl Reader {
    /// The findings of a version over its current SBOMs: affected first, then undetermined; within
    /// these known exploited first, then by score. Only one answer, or all.
    pub fn findings(
        &self,
        version: VersionId,
        answer: Option<Answer>,
        page: &Page,
    ) -> Result<Paged<FindingRow>, Fault> {
        let [precedence, vulnerability, component, sbom] = page.numbers()?;
        let Some(version) = self.version_number(version)? else {
            return Ok(Paged { items: Vec::new(), next: None });
        };
        let asked = values![
            self.position,
            version,
            answer.map_or("", Answer::code),
            precedence,
            vulnerability,
            component,
            sbom,
            page.ask()
        ];
        let found = self.session()?.query(FINDINGS, asked, |row| {
            let cursor = Cursor::numbers([row.int(21)?, row.int(22)?, row.int(2)?, row.int(0)?]);
            Ok((cursor, finding(row, 23)?))
        })?;
        Ok(Paged::of(found, page))
    }

    /// The findings of one vulnerability, by any of its identifiers in any case, over all versions:
    /// affected first. Only one answer, or all.
    pub fn findings_of_vulnerability(
        &self,
        id: &str,
        answer: Option<Answer>,
        page: &Page,
    ) -> Result<Paged<FindingPlace>, Fault> {
        let [precedence, version, vulnerability, component, sbom] = page.numbers()?;
        let alias = id.trim().to_lowercase();
        let asked = values![
            self.position,
            &alias,
            answer.map_or("", Answer::code),
            precedence,
            version,
            vulnerability,
            component,
            sbom,
            page.ask()
        ];
        let found = self.session()?.query(PLACES, asked, |row| {
            let cursor = Cursor::numbers([
                row.int(21)?,
                row.int(29)?,
                row.int(22)?,
                row.int(2)?,
                row.int(0)?,
            ]);
            Ok((
                cursor,
                FindingPlace { version: version_ref(row, 23)?, finding: finding(row, 30)? },
            ))
        })?;
        Ok(Paged::of(found, page))
    }

    /// The vulnerabilities that go by an identifier, in any case. Empty = no component was ever
    /// compared with it, which is not the same as not being affected.
    pub fn vulnerabilities(&self, id: &str) -> Result<Vec<VulnerabilityRow>, Fault> {
        let session = self.session()?;
        let alias = id.trim().to_lowercase();
        let found = session
            .query(NAMED, values![self.position, &alias], |row| Ok((row.int(0)?, row.text(1)?)))?;
        found
            .into_iter()
            .map(|(no, id)| {
                let asked = values![self.position, no];
                let found_by = session.query(ALIASES, asked, |row| row.text(0))?;
                Ok(VulnerabilityRow { id, found_by })
            })
            .collect()
    }

    /// The reasons of a finding, read from the assessment that gave them.
    pub fn explain(&self, finding: &FindingRow) -> Result<Option<Explanation>, Fault> {
        let asked = values![self.position, finding.reason.assessment];
        let found = self.session()?.first(DOCUMENT, asked, |row| {
            Ok((
                Digest::from_bytes(row.fixed(0)?),
                Digest::from_bytes(row.fixed(1)?),
                row.text(2)?,
                Instant::from_micros(row.int(3)?),
            ))
        })?;
        let Some((document, edition, engine, at)) = found else { return Ok(None) };
        let assessment = self.documents.assessment(&document)?;
        let verdict = assessment
            .components
            .get(finding.reason.slot as usize)
            .and_then(|component| component.verdicts.get(finding.reason.ordinal as usize));
        let Some(verdict) = verdict.cloned() else { return Ok(None) };
        let component = self.component_at(finding.sbom, finding.position)?;
        Ok(Some(Explanation { verdict, edition, engine, at, component }))
    }

    /// The worst answer for each version that has a component compared with this vulnerability.
    pub(super) fn version_answers(&self, id: &str) -> Result<Vec<VersionAnswer>, Fault> {
        let alias = id.trim().to_lowercase();
        self.session()?.query(VERSION_ANSWERS, values![self.position, &alias], |row| {
            Ok(VersionAnswer {
                version: row.int(0)?,
                answer: match row.int(1)? {
                    ..10_000 => Answer::Affected,
                    10_000..20_000 => Answer::Undetermined,
                    _ => Answer::NotAffected,
                },
                components: row.count(2)?,
            })
        })
    }
}

/// A finding from its columns; `because` is the number of the one that holds its first reason.
pub(super) fn finding(row: &Row<'_>, because: usize) -> Result<FindingRow, Fault> {
    let list = |column| -> Result<Vec<String>, Fault> {
        serde_json::from_str(&row.text(column)?).map_err(|e| Fault::shape("a finding", e))
    };
    Ok(FindingRow {
        sbom: SbomKey(row.count(0)?),
        position: row.int(1)? as u32,
        component: component_ref(row, 2)?,
        vulnerability: row.text(7)?,
        aliases: list(8)?,
        answer: match row.text(9)?.as_str() {
            "affected" => Answer::Affected,
            "not_affected" => Answer::NotAffected,
            _ => Answer::Undetermined,
        },
        score_tenths: row.int_or_null(10)?.map(|tenths| tenths as u8),
        vector: row.text_or_null(11)?,
        kev_since: row.text_or_null(12)?,
        epss: row.int_or_null(13)?.map(|epss| epss as u32),
        confidence: row.text_or_null(14)?.map(|code| match code.as_str() {
            "exact" => Confidence::Exact,
            "cpe" => Confidence::Cpe,
            "name" => Confidence::Name,
            _ => Confidence::Possible,
        }),
        disagreement: row.int(15)? != 0,
        fixed_in: list(16)?,
        summary: row.text(17)?,
        because: row.text(because)?,
        reason: ReasonKey {
            assessment: row.count(18)?,
            slot: row.int(19)? as u32,
            ordinal: row.int(20)? as u32,
        },
    })
}
