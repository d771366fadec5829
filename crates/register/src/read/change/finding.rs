//! Findings that appeared, changed or disappeared between two ledger positions.
//!
//! The findings of a version follow from its SBOMs and the verdicts on their components, so each
//! version that may differ is compared as a whole, one after the other. What stands in the place of a
//! finding is told apart: nothing found is another thing than nothing known.

use super::{ChangeKind, ChangeRow, Changed, Span};
use crate::{
    fault::Fault,
    read::{
        Reader,
        component::{ComponentRef, component_ref},
        version::VersionRef,
    },
    sql::{statements, values},
};
use aftercare_vocab::verdict::Answer;
use std::collections::BTreeMap;

/// Versions looked at in one go.
const VERSIONS_A_TIME: u64 = 100;

statements! {
    ASSESSED_BETWEEN = "SELECT count(*) FROM assessment WHERE no > $1 AND no <= $2";
    VERSIONS_BETWEEN = "SELECT DISTINCT a.version FROM attached a
        WHERE (a.until IS NULL OR a.until > $1) AND a.since <= $2 AND a.version >= $3
        ORDER BY a.version LIMIT $4";
    SBOMS_MOVED = "SELECT count(*) FROM attached a WHERE
        ((a.since > $1 AND a.since <= $2) OR (a.until > $1 AND a.until <= $2)) AND a.version = $3";
    VERDICTS_OF_VERSION = "SELECT i.component, x.vulnerability, x.answer, x.score, x.kev_since, i.position,
          x.since, t.since
        FROM attached t
        JOIN instance i ON i.sbom = t.sbom AND i.repeat = 0
        JOIN verdict x ON x.component = i.component AND x.since <= $1
          AND (x.until IS NULL OR x.until > $1)
          AND x.sbom = CASE WHEN EXISTS (SELECT 1 FROM assessed o WHERE o.component = i.component
            AND o.sbom = i.sbom AND o.since <= $1 AND (o.until IS NULL OR o.until > $1))
            THEN i.sbom ELSE 0 END
        WHERE t.since <= $1 AND (t.until IS NULL OR t.until > $1) AND t.version = $2";
    SBOMS_ASSESSED = "SELECT count(*), count(m.no) FROM attached a
        LEFT JOIN assessment m ON m.sbom = a.sbom AND m.since <= $1 AND (m.until IS NULL OR m.until > $1)
        WHERE a.since <= $1 AND (a.until IS NULL OR a.until > $1) AND a.version = $2";
    STANDS_IN = "SELECT i.sbom FROM attached t JOIN instance i ON i.sbom = t.sbom
        WHERE t.since <= $1 AND (t.until IS NULL OR t.until > $1) AND t.version = $2 AND i.component = $3
        ORDER BY i.sbom LIMIT 1";
    COVERED = "SELECT count(*), count(o.not_covered) FROM assessed o
        WHERE o.since <= $1 AND (o.until IS NULL OR o.until > $1) AND o.component = $2
          AND o.sbom = CASE WHEN EXISTS (SELECT 1 FROM assessed q WHERE q.component = $2
            AND q.sbom = $3 AND q.since <= $1 AND (q.until IS NULL OR q.until > $1)) THEN $3 ELSE 0 END";
    COMPONENT = "SELECT c.no, c.name, c.group_name, c.version, c.purl FROM component c WHERE c.no = $1";
    VULNERABILITY = "SELECT id FROM vulnerability WHERE no = $1";
    ENDED = "SELECT max(h.entry) FROM (
          SELECT max(t.until) AS entry FROM attached t
          WHERE t.until > $1 AND t.until <= $2 AND t.version = $3
          UNION ALL
          SELECT max(x.until) AS entry FROM verdict x
          WHERE x.until > $1 AND x.until <= $2 AND x.component = $4 AND x.vulnerability = $5
        ) h";
}

/// Why it is not known whether there is a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unknown {
    /// The version had no SBOM.
    NoSbom,
    /// Its SBOM was not assessed.
    NotMatched,
    /// The component could not be looked up, or only in thin data.
    NotCovered,
}

/// What stood at one end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// A finding with this answer.
    Found(Answer),
    /// The component was looked up, and nothing was found.
    NothingFound,
    /// The component was in no SBOM of the version.
    ComponentAbsent,
    /// It is not known.
    Unknown(Unknown),
}

/// A finding that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FindingChange {
    /// The version.
    pub version: VersionRef,
    /// The component.
    pub component: ComponentRef,
    /// Its first place in the SBOM of the end that has the finding, the later one if both have.
    pub position: u32,
    /// The vulnerability's identifier.
    pub vulnerability: String,
    /// Before.
    pub before: Side,
    /// After.
    pub after: Side,
    /// Highest score in tenths: after, or before if there is no finding after.
    pub score_tenths: Option<u8>,
    /// Known exploited since, before.
    pub kev_before: Option<String>,
    /// Known exploited since, after.
    pub kev_after: Option<String>,
}

/// A verdict as far as it is compared.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Verdict {
    answer: Answer,
    score: Option<u8>,
    kev: Option<String>,
    position: u32,
    entry: u64,
}

/// Component and vulnerability, by number.
type Key = (i64, i64);

type Pair = (Option<Verdict>, Option<Verdict>);

impl Reader {
    pub(super) fn count_finding_changes(
        &self,
        span: Span,
    ) -> Result<Vec<(ChangeKind, u64)>, Fault> {
        let mut counts = [
            (ChangeKind::FindingAppeared, 0),
            (ChangeKind::FindingChanged, 0),
            (ChangeKind::FindingDisappeared, 0),
        ];
        self.versions_that_may_differ(span, 0, |version| {
            for (_, (before, after)) in self.compared(span, version)? {
                let kind = kind_of(before.as_ref(), after.as_ref());
                for (known, number) in &mut counts {
                    *number += u64::from(kind == Some(*known));
                }
            }
            Ok(true)
        })?;
        Ok(counts.to_vec())
    }

    /// At most `limit` findings that differ in this way, after the `after[1]`th of version `after[0]`.
    pub(super) fn finding_changes(
        &self,
        kind: ChangeKind,
        span: Span,
        after: [i64; 2],
        limit: usize,
    ) -> Result<Vec<([i64; 2], ChangeRow)>, Fault> {
        let mut rows = Vec::new();
        self.versions_that_may_differ(span, after[0], |version| {
            let compared = self.compared(span, version)?;
            let of_kind = compared.into_iter().filter(|(_, (before, after))| {
                kind_of(before.as_ref(), after.as_ref()) == Some(kind)
            });
            for (place, (key, pair)) in (1..).zip(of_kind) {
                if rows.len() == limit {
                    return Ok(false);
                }
                if version > after[0] || place > after[1] {
                    rows.push(([version, place], self.told(kind, span, version, key, pair)?));
                }
            }
            Ok(rows.len() < limit)
        })?;
        Ok(rows)
    }

    /// Hands over each version from `first` on whose findings may differ, until it is told to stop.
    fn versions_that_may_differ(
        &self,
        span: Span,
        first: i64,
        mut hear: impl FnMut(i64) -> Result<bool, Fault>,
    ) -> Result<(), Fault> {
        let session = self.session()?;
        let assessed = session.number(ASSESSED_BETWEEN, values![span.from, span.to])? > 0;
        let mut next = first.max(0);
        loop {
            let asked = values![span.from, span.to, next, VERSIONS_A_TIME];
            let versions = session.query(VERSIONS_BETWEEN, asked, |row| row.int(0))?;
            for version in &versions {
                let moved = values![span.from, span.to, *version];
                let may = assessed || session.number(SBOMS_MOVED, moved)? > 0;
                if may && !hear(*version)? {
                    return Ok(());
                }
            }
            match versions.last() {
                Some(last) if versions.len() as u64 == VERSIONS_A_TIME => next = last + 1,
                _ => return Ok(()),
            }
        }
    }

    /// The verdicts on a version that differ between the ends.
    fn compared(&self, span: Span, version: i64) -> Result<BTreeMap<Key, Pair>, Fault> {
        let mut all: BTreeMap<Key, Pair> = BTreeMap::new();
        for (key, verdict) in self.verdicts(span.from, version)? {
            all.insert(key, (Some(verdict), None));
        }
        for (key, verdict) in self.verdicts(span.to, version)? {
            all.entry(key).or_default().1 = Some(verdict);
        }
        all.retain(|_, (before, after)| kind_of(before.as_ref(), after.as_ref()).is_some());
        Ok(all)
    }

    fn verdicts(&self, position: i64, version: i64) -> Result<BTreeMap<Key, Verdict>, Fault> {
        let mut found = BTreeMap::new();
        self.session()?.each(VERDICTS_OF_VERSION, values![position, version], |row| {
            let verdict = Verdict {
                answer: match row.text(2)?.as_str() {
                    "affected" => Answer::Affected,
                    "not_affected" => Answer::NotAffected,
                    _ => Answer::Undetermined,
                },
                score: row.int_or_null(3)?.map(|tenths| tenths as u8),
                kev: row.text_or_null(4)?,
                position: row.int(5)? as u32,
                entry: row.count(6)?.max(row.count(7)?),
            };
            // In several SBOMs of the version: the gravest answer counts.
            let known: &mut Verdict =
                found.entry((row.int(0)?, row.int(1)?)).or_insert_with(|| verdict.clone());
            if verdict.answer < known.answer {
                *known = verdict;
            }
            Ok(())
        })?;
        Ok(found)
    }

    fn told(
        &self,
        kind: ChangeKind,
        span: Span,
        version: i64,
        (component, vulnerability): Key,
        (before, after): Pair,
    ) -> Result<ChangeRow, Fault> {
        let session = self.session()?;
        let lost = |what| Fault::shape(what, "a finding names something unknown");
        let (of_version, _) = self.version_ref(version)?;
        let side = |verdict: &Option<Verdict>, position| match verdict {
            Some(verdict) => Ok(Side::Found(verdict.answer)),
            None => self.in_its_place(position, version, component),
        };
        let entry = if let Some(verdict) = &after {
            verdict.entry
        } else {
            let asked = values![span.from, span.to, version, component, vulnerability];
            let ended = session.first(ENDED, asked, |row| row.int_or_null(0))?.flatten();
            ended.unwrap_or(span.to) as u64
        };
        let (before_side, after_side) = (side(&before, span.from)?, side(&after, span.to)?);
        let newest = after.as_ref().or(before.as_ref());
        let change = FindingChange {
            version: of_version,
            component: session
                .first(COMPONENT, values![component], |row| component_ref(row, 0))?
                .ok_or_else(|| lost("a component"))?,
            position: newest.map_or(0, |verdict| verdict.position),
            vulnerability: session
                .first(VULNERABILITY, values![vulnerability], |row| row.text(0))?
                .ok_or_else(|| lost("a vulnerability"))?,
            before: before_side,
            after: after_side,
            score_tenths: newest.and_then(|verdict| verdict.score),
            kev_before: before.and_then(|verdict| verdict.kev),
            kev_after: after.and_then(|verdict| verdict.kev),
        };
        Ok(ChangeRow { kind, entry, changed: Changed::Finding(Box::new(change)) })
    }

    /// What stands where no verdict is.
    fn in_its_place(&self, position: i64, version: i64, component: i64) -> Result<Side, Fault> {
        let session = self.session()?;
        let two = |row: &crate::sql::Row<'_>| Ok((row.int(0)?, row.int(1)?));
        let (sboms, assessed) =
            session.first(SBOMS_ASSESSED, values![position, version], two)?.unwrap_or_default();
        if sboms == 0 {
            return Ok(Side::Unknown(Unknown::NoSbom));
        }
        if assessed < sboms {
            return Ok(Side::Unknown(Unknown::NotMatched));
        }
        let asked = values![position, version, component];
        let Some(sbom) = session.first(STANDS_IN, asked, |row| row.int(0))? else {
            return Ok(Side::ComponentAbsent);
        };
        let asked = values![position, component, sbom];
        Ok(match session.first(COVERED, asked, two)?.unwrap_or_default() {
            (0, _) => Side::Unknown(Unknown::NotMatched),
            (_, 0) => Side::NothingFound,
            _ => Side::Unknown(Unknown::NotCovered),
        })
    }
}

/// How a finding differs; none = it does not, or only between not being there and not being affected.
fn kind_of(before: Option<&Verdict>, after: Option<&Verdict>) -> Option<ChangeKind> {
    let counts = |verdict: &&Verdict| verdict.answer != Answer::NotAffected;
    match (before, after) {
        (Some(before), Some(after)) => {
            let exploited = before.kev.is_some() != after.kev.is_some();
            let concerns = counts(&before) || counts(&after);
            (before.answer != after.answer || (concerns && exploited))
                .then_some(ChangeKind::FindingChanged)
        }
        (None, after) => after.filter(counts).map(|_| ChangeKind::FindingAppeared),
        (before, None) => before.filter(counts).map(|_| ChangeKind::FindingDisappeared),
    }
}
