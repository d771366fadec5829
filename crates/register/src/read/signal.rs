//! What the findings say to the queue of signals: for each vulnerability and version whether a component is
//! affected or could be, how grave that is, and since when it is known.

use super::Reader;
use crate::{
    facts::{Facts, id_of},
    fault::Fault,
    sql::{Row, statements, values},
};
use aftercare_domain::{case::Cases, subject::SubjectFacts};
use aftercare_vocab::{
    id::{FamilyId, SignalId, VersionId},
    instant::Instant,
    verdict::Answer,
};
use std::collections::BTreeMap;

/// Most pairs of vulnerability and version that one queue looks at, the gravest first. What is beyond is told
/// ([`Matches::cut`]), never left out in silence.
pub const MATCHES_LIMIT: i64 = 200_000;

statements! {
    // Affected and undetermined verdicts have a precedence below 20,000.
    // An answer about a component holds in every SBOM that lists it, unless it was judged within one SBOM.
    MATCHES = "SELECT u.no, u.id, v.id, f.id, h.precedence, h.score, h.kev_since, h.epss, h.summary
        FROM (
          SELECT b.vulnerability, b.version, min(b.precedence) AS precedence, max(b.score) AS score,
            min(b.kev_since) AS kev_since, max(b.epss) AS epss, min(b.summary) AS summary
          FROM (
            SELECT x.vulnerability, t.version, x.precedence, x.score, x.kev_since, x.epss, x.summary
            FROM verdict x
            JOIN instance n ON n.component = x.component AND n.repeat = 0
            JOIN attached t ON t.sbom = n.sbom
            WHERE x.sbom = 0 AND x.precedence < 20000
              AND x.since <= $1 AND (x.until IS NULL OR x.until > $1)
              AND t.since <= $1 AND (t.until IS NULL OR t.until > $1)
              AND NOT EXISTS (SELECT 1 FROM assessed o WHERE o.component = n.component
                AND o.sbom = n.sbom AND o.since <= $1 AND (o.until IS NULL OR o.until > $1))
            UNION ALL
            SELECT x.vulnerability, t.version, x.precedence, x.score, x.kev_since, x.epss, x.summary
            FROM verdict x
            JOIN instance n ON n.component = x.component AND n.sbom = x.sbom AND n.repeat = 0
            JOIN attached t ON t.sbom = n.sbom
            WHERE x.sbom > 0 AND x.precedence < 20000
              AND x.since <= $1 AND (x.until IS NULL OR x.until > $1)
              AND t.since <= $1 AND (t.until IS NULL OR t.until > $1)
          ) b GROUP BY b.vulnerability, b.version
        ) h
        JOIN vulnerability u ON u.no = h.vulnerability
        JOIN product_version v ON v.no = h.version
        JOIN product p ON p.no = v.product
        JOIN family f ON f.no = p.family
        ORDER BY h.precedence, u.no, v.no LIMIT $2";
    // Whoever knew it once was aware of it from then on, also if the finding went away meanwhile.
    FIRST_FOUND = "SELECT h.vulnerability, g.at
        FROM (SELECT +x.vulnerability AS vulnerability, min(x.since) AS first FROM verdict x
          WHERE x.since <= $1 AND x.precedence < 20000 GROUP BY +x.vulnerability) h
        JOIN ledger g ON g.seq = h.first";
    OTHER_NAMES = "SELECT DISTINCT x.vulnerability, a.alias FROM verdict x
        JOIN vulnerability_alias a ON a.vulnerability = x.vulnerability AND a.since <= $1
        WHERE x.precedence < 20000 AND x.since <= $1 AND (x.until IS NULL OR x.until > $1)";
    // Since when each version has listed each component that is found now, and since when that is found:
    // what is newer than a decision, the decision did not know.
    PREMISES = "SELECT v.id, max(CASE WHEN h.listed > h.found THEN h.listed ELSE h.found END)
        FROM (
          SELECT t.version,
            (SELECT min(q.since) FROM attached q JOIN instance m ON m.sbom = q.sbom
              WHERE q.version = t.version AND m.component = x.component) AS listed,
            (SELECT min(y.since) FROM verdict y WHERE y.component = x.component
              AND y.vulnerability = x.vulnerability AND y.precedence < 20000) AS found
          FROM verdict x
          JOIN instance n ON n.component = x.component AND n.repeat = 0
          JOIN attached t ON t.sbom = n.sbom
          WHERE x.vulnerability = $1 AND x.precedence < 20000
            AND (x.sbom = 0 OR x.sbom = n.sbom)
            AND x.since <= $2 AND (x.until IS NULL OR x.until > $2)
            AND t.since <= $2 AND (t.until IS NULL OR t.until > $2)
        ) h
        JOIN product_version v ON v.no = h.version
        GROUP BY v.id";
    AT = "SELECT at FROM ledger WHERE seq = $1";
    SUBJECT_NOW = "SELECT g.at FROM subject s LEFT JOIN ledger g ON g.seq = s.erased WHERE s.id = $1";
}

/// The number of a vulnerability within one reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VulnerabilityKey(i64);

/// One vulnerability in one version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MatchRow {
    /// The vulnerability.
    pub key: VulnerabilityKey,
    /// Its identifier.
    pub vulnerability: String,
    /// The version.
    pub version: VersionId,
    /// Its family.
    pub family: FamilyId,
    /// The worst answer: affected or undetermined.
    pub answer: Answer,
    /// The order of findings; smaller comes first.
    pub precedence: i64,
    /// Highest score of any source, in tenths; `None` = not scored.
    pub score_tenths: Option<u8>,
    /// Known exploited since this date.
    pub kev_since: Option<String>,
    /// EPSS probability in hundred-thousandths.
    pub epss: Option<u32>,
    /// One line that says what it is.
    pub summary: String,
}

/// All that is found now.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Matches {
    /// By gravity.
    pub rows: Vec<MatchRow>,
    /// Whether there are more than [`MATCHES_LIMIT`].
    pub cut: bool,
    /// When each vulnerability was found for the first time.
    pub first_found: BTreeMap<VulnerabilityKey, Instant>,
    /// Every identifier of each, folded to lower case.
    pub names: BTreeMap<VulnerabilityKey, Vec<String>>,
}

impl Reader {
    /// What the current SBOMs hold that is affected or could be, the gravest first.
    pub fn matches(&self) -> Result<Matches, Fault> {
        let session = self.session()?;
        let mut rows =
            session.query(MATCHES, values![self.position, MATCHES_LIMIT + 1], match_row)?;
        let cut = rows.len() as i64 > MATCHES_LIMIT;
        rows.truncate(MATCHES_LIMIT as usize);
        let found = session.query(FIRST_FOUND, values![self.position], |row| {
            Ok((VulnerabilityKey(row.int(0)?), Instant::from_micros(row.int(1)?)))
        })?;
        let mut names: BTreeMap<_, Vec<String>> = BTreeMap::new();
        for (key, name) in session.query(OTHER_NAMES, values![self.position], |row| {
            Ok((VulnerabilityKey(row.int(0)?), row.text(1)?))
        })? {
            names.entry(key).or_default().push(name);
        }
        for names in names.values_mut() {
            names.sort_unstable();
        }
        Ok(Matches { rows, cut, first_found: found.into_iter().collect(), names })
    }

    /// For each version in which a vulnerability is found now: when that what is found there came to be
    /// known, the last part of it.
    pub fn premises(
        &self,
        vulnerability: VulnerabilityKey,
    ) -> Result<BTreeMap<VersionId, Instant>, Fault> {
        let session = self.session()?;
        let asked = values![vulnerability.0, self.position];
        let found = session.query(PREMISES, asked, |row| Ok((id_of(row, 0)?, row.int(1)?)))?;
        found
            .into_iter()
            .map(|(version, seq)| {
                let at = session.first(AT, values![seq], |row| row.int(0))?;
                let at = at.ok_or_else(|| Fault::shape("AT", "a row names no entry"))?;
                Ok((version, Instant::from_micros(at)))
            })
            .collect()
    }
}

impl Facts<'_> {
    /// The subject of a sealed signal that is in sight, for [`write`](aftercare_domain::signal::write).
    pub fn signal_subject(&self, cases: &Cases, signal: SignalId) -> Result<SubjectFacts, Fault> {
        let sealed = cases
            .signal(signal)
            .filter(|one| one.received.is_seen(self.scope.sight))
            .and_then(|one| one.received.item.sealed());
        let Some(subject) = sealed.map(|sealed| sealed.subject) else {
            return Ok(SubjectFacts::default());
        };
        let erased = self
            .session
            .first(SUBJECT_NOW, values![subject.as_bytes()], |row| row.int_or_null(0))?;
        Ok(match erased {
            None => SubjectFacts::default(),
            Some(at) => {
                SubjectFacts { subject: Some(subject), erased: at.map(Instant::from_micros) }
            }
        })
    }
}

fn match_row(row: &Row<'_>) -> Result<MatchRow, Fault> {
    let precedence = row.int(4)?;
    Ok(MatchRow {
        key: VulnerabilityKey(row.int(0)?),
        vulnerability: row.text(1)?,
        version: id_of(row, 2)?,
        family: id_of(row, 3)?,
        answer: if precedence < 10_000 { Answer::Affected } else { Answer::Undetermined },
        precedence,
        score_tenths: row.int_or_null(5)?.map(|tenths| tenths as u8),
        kev_since: row.text_or_null(6)?,
        epss: row.int_or_null(7)?.map(|epss| epss as u32),
        summary: row.text(8)?,
    })
}
