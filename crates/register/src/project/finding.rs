//! Verdicts on distinct components. A verdict that a later assessment repeats word for word keeps
//! its row, so that the history holds changes, not repetitions.

use super::Projector;
use crate::{
    fault::Fault,
    sql::{Row, statements, values},
};
use aftercare_domain::finding::{ComponentAssessment, DependsOn, FindingsAssessed};
use aftercare_vocab::{
    digest::Digest,
    shared::Shared,
    verdict::{Answer, Confidence, Reason, Verdict},
};
use std::collections::BTreeMap;

statements! {
    SBOM_NO = "SELECT no FROM sbom WHERE digest = $1 AND inventory = $2";
    END_ASSESSMENT = "UPDATE assessment SET until = $1 WHERE sbom = $2 AND until IS NULL";
    ADD_ASSESSMENT = "INSERT INTO assessment (no, since, until, sbom, edition, engine, document,
        components, not_assessed, not_covered, affected, undetermined, not_affected, known_exploited,
        critical)
        VALUES ($1, $2, NULL, $3, $4, $5, $6, 0, 0, 0, 0, 0, 0, 0, 0)";
    COUNT_COMPONENTS = "SELECT count(*), count(a.component), count(a.not_covered) FROM instance i
        LEFT JOIN assessed a ON a.component = i.component AND a.until IS NULL
          AND a.sbom = CASE WHEN EXISTS (SELECT 1 FROM assessed o WHERE o.component = i.component
            AND o.sbom = i.sbom AND o.until IS NULL) THEN i.sbom ELSE 0 END
        WHERE i.sbom = $1 AND i.repeat = 0";
    COUNT_VERDICTS = "SELECT coalesce(CAST(sum(CASE v.answer WHEN 'affected' THEN 1 ELSE 0 END) AS BIGINT), 0),
          coalesce(CAST(sum(CASE v.answer WHEN 'undetermined' THEN 1 ELSE 0 END) AS BIGINT), 0),
          coalesce(CAST(sum(CASE v.answer WHEN 'not_affected' THEN 1 ELSE 0 END) AS BIGINT), 0),
          coalesce(CAST(sum(CASE WHEN v.answer <> 'not_affected' AND v.kev_since IS NOT NULL
            THEN 1 ELSE 0 END) AS BIGINT), 0),
          coalesce(CAST(sum(CASE WHEN v.answer <> 'not_affected' AND v.score >= 90
            THEN 1 ELSE 0 END) AS BIGINT), 0)
        FROM instance i
        JOIN verdict v ON v.component = i.component AND v.until IS NULL
          AND v.sbom = CASE WHEN EXISTS (SELECT 1 FROM assessed o WHERE o.component = i.component
            AND o.sbom = i.sbom AND o.until IS NULL) THEN i.sbom ELSE 0 END
        WHERE i.sbom = $1 AND i.repeat = 0";
    SET_COUNTS = "UPDATE assessment SET components = $1, not_assessed = $2, not_covered = $3,
        affected = $4, undetermined = $5, not_affected = $6, known_exploited = $7, critical = $8
        WHERE no = $9";
    COMPONENT_AT = "SELECT component FROM instance WHERE sbom = $1 AND position = $2";
    ASSESSED_NOW = "SELECT since, not_covered, why FROM assessed
        WHERE component = $1 AND sbom = $2 AND until IS NULL";
    END_ASSESSED = "UPDATE assessed SET until = $1
        WHERE component = $2 AND sbom = $3 AND until IS NULL";
    DROP_ASSESSED = "DELETE FROM assessed WHERE component = $1 AND sbom = $2 AND since = $3";
    ADD_ASSESSED = "INSERT INTO assessed (component, sbom, since, until, assessment, slot, not_covered,
        why) VALUES ($1, $2, $3, NULL, $4, $5, $6, $7)";
    VERDICTS_NOW = "SELECT vulnerability, since, content FROM verdict
        WHERE component = $1 AND sbom = $2 AND until IS NULL";
    END_VERDICT = "UPDATE verdict SET until = $1
        WHERE component = $2 AND sbom = $3 AND vulnerability = $4 AND since = $5";
    DROP_VERDICT = "DELETE FROM verdict
        WHERE component = $1 AND sbom = $2 AND vulnerability = $3 AND since = $4";
    ADD_VERDICT = "INSERT INTO verdict (component, sbom, vulnerability, since, until, answer, precedence,
        score, vector, kev_since, epss, confidence, disagreement, fixed_in, summary, aliases, because,
        content, slot, ordinal) VALUES ($1, $2, $3, $4, NULL, $5, $6, $7, $8, $9, $10, $11, $12, $13,
        $14, $15, $16, $17, $18, $19)";
    VULNERABILITY_NO = "SELECT no FROM vulnerability WHERE id = $1";
    NEWEST_VULNERABILITY = "SELECT coalesce(max(no), 0) FROM vulnerability";
    ADD_VULNERABILITY = "INSERT INTO vulnerability (no, since, id) VALUES ($1, $2, $3)";
    ADD_ALIAS = "INSERT INTO vulnerability_alias (alias, vulnerability, since) VALUES ($1, $2, $3)
        ON CONFLICT (alias, vulnerability) DO NOTHING";
}

/// Vulnerabilities met in an assessment, by identifier: number, and the aliases that are recorded.
type Known = BTreeMap<String, (i64, Shared<[String]>)>;

/// The sbom number of verdicts that hold in every SBOM.
const EVERY_SBOM: i64 = 0;

impl Projector<'_> {
    pub(super) fn findings_assessed(&self, seq: i64, e: &FindingsAssessed) -> Result<(), Fault> {
        let sbom = self
            .session
            .first(SBOM_NO, values![e.sbom.as_bytes(), e.inventory.as_bytes()], |row| row.int(0))?
            .ok_or_else(|| Fault::shape("SBOM_NO", "an event names an unknown SBOM"))?;
        self.session.send(END_ASSESSMENT, values![seq, sbom])?;
        self.session.send(
            ADD_ASSESSMENT,
            values![seq, seq, sbom, e.edition.as_bytes(), &e.engine, e.assessment.as_bytes()],
        )?;
        let assessment = self.documents.assessment(&e.assessment)?;
        let mut vulnerabilities = Known::new();
        for (slot, component) in assessment.components.iter().enumerate() {
            let no = self
                .session
                .first(COMPONENT_AT, values![sbom, component.index], |row| row.int(0))?
                .ok_or_else(|| Fault::shape("COMPONENT_AT", "no component at that place"))?;
            self.assess(seq, sbom, no, slot as i64, component, &mut vulnerabilities)?;
        }
        self.count_findings(seq, sbom)
    }

    fn count_findings(&self, seq: i64, sbom: i64) -> Result<(), Fault> {
        let three = |row: &Row<'_>| Ok((row.int(0)?, row.int(1)?, row.int(2)?));
        let (components, assessed, not_covered) =
            self.session.first(COUNT_COMPONENTS, values![sbom], three)?.unwrap_or_default();
        let five =
            |row: &Row<'_>| Ok((row.int(0)?, row.int(1)?, row.int(2)?, row.int(3)?, row.int(4)?));
        let (affected, undetermined, not_affected, known_exploited, critical) =
            self.session.first(COUNT_VERDICTS, values![sbom], five)?.unwrap_or_default();
        let counts = values![
            components,
            components - assessed,
            not_covered,
            affected,
            undetermined,
            not_affected,
            known_exploited,
            critical,
            seq
        ];
        self.session.send(SET_COUNTS, counts)
    }

    fn assess(
        &self,
        seq: i64,
        sbom: i64,
        component: i64,
        slot: i64,
        said: &ComponentAssessment,
        vulnerabilities: &mut Known,
    ) -> Result<(), Fault> {
        let holds_in = match said.depends_on {
            DependsOn::Sbom => sbom,
            DependsOn::Component => {
                // An answer of its own in this SBOM is replaced by the one that holds everywhere.
                self.end_assessed(seq, component, sbom)?;
                self.settle(seq, component, sbom, BTreeMap::new())?;
                EVERY_SBOM
            }
        };
        let (code, why) = said.not_covered.as_ref().map(|n| (&n.code, &n.why)).unzip();
        let now = self.session.first(ASSESSED_NOW, values![component, holds_in], |row| {
            Ok((row.text_or_null(1)?, row.text_or_null(2)?))
        })?;
        if now != Some((code.cloned(), why.cloned())) {
            if now.is_some() {
                self.end_assessed(seq, component, holds_in)?;
            }
            self.session
                .send(ADD_ASSESSED, values![component, holds_in, seq, seq, slot, code, why])?;
        }
        let mut wanted = BTreeMap::new();
        for (ordinal, verdict) in said.verdicts.iter().enumerate() {
            let no = self.vulnerability(seq, verdict, vulnerabilities)?;
            wanted.insert(no, (verdict, slot, ordinal as i64));
        }
        self.settle(seq, component, holds_in, wanted)
    }

    fn end_assessed(&self, seq: i64, component: i64, sbom: i64) -> Result<(), Fault> {
        let now = self.session.first(ASSESSED_NOW, values![component, sbom], |row| row.int(0))?;
        match now {
            None => {}
            // The same component twice in one SBOM: what this very entry wrote is written again.
            Some(since) if since == seq => {
                self.session.send(DROP_ASSESSED, values![component, sbom, since])?;
            }
            Some(_) => {
                self.session.send(END_ASSESSED, values![seq, component, sbom])?;
            }
        }
        Ok(())
    }

    /// Makes the current verdicts of a component those `wanted`, touching only what differs.
    fn settle(
        &self,
        seq: i64,
        component: i64,
        sbom: i64,
        mut wanted: BTreeMap<i64, (&Verdict, i64, i64)>,
    ) -> Result<(), Fault> {
        let now = self.session.query(VERDICTS_NOW, values![component, sbom], |row| {
            Ok((row.int(0)?, row.int(1)?, row.fixed::<32>(2)?))
        })?;
        for (vulnerability, since, content) in now {
            let same = match wanted.get(&vulnerability) {
                Some((verdict, ..)) => *content_of(verdict)?.as_bytes() == content,
                None => false,
            };
            if same {
                wanted.remove(&vulnerability);
            } else if since == seq {
                self.session.send(DROP_VERDICT, values![component, sbom, vulnerability, since])?;
            } else {
                self.session
                    .send(END_VERDICT, values![seq, component, sbom, vulnerability, since])?;
            }
        }
        for (vulnerability, (verdict, slot, ordinal)) in wanted {
            self.add_verdict(seq, component, sbom, vulnerability, verdict, (slot, ordinal))?;
        }
        Ok(())
    }

    fn add_verdict(
        &self,
        seq: i64,
        component: i64,
        sbom: i64,
        vulnerability: i64,
        verdict: &Verdict,
        (slot, ordinal): (i64, i64),
    ) -> Result<(), Fault> {
        let shape = |e: serde_json::Error| Fault::shape("a verdict", e);
        let content = content_of(verdict)?;
        let fixed_in = serde_json::to_string(&verdict.fixed_in).map_err(shape)?;
        let aliases = serde_json::to_string(&verdict.aliases).map_err(shape)?;
        let confidence = verdict.because.first().map(|reason| match reason.confidence {
            Confidence::Exact => "exact",
            Confidence::Cpe => "cpe",
            Confidence::Name => "name",
            Confidence::Possible => "possible",
        });
        let because = verdict.because.first().map(Reason::in_a_line).unwrap_or_default();
        self.session.send(
            ADD_VERDICT,
            values![
                component,
                sbom,
                vulnerability,
                seq,
                verdict.answer.code(),
                precedence(verdict),
                verdict.score_tenths.map(i64::from),
                verdict.vector.as_deref(),
                verdict.kev_since.as_deref(),
                verdict.epss,
                confidence,
                i64::from(verdict.disagreement),
                &fixed_in,
                &*verdict.summary,
                &aliases,
                &because,
                content.as_bytes(),
                slot,
                ordinal
            ],
        )
    }

    fn vulnerability(&self, seq: i64, verdict: &Verdict, known: &mut Known) -> Result<i64, Fault> {
        let (no, is_new) = match known.get(&*verdict.id) {
            Some((no, aliases)) => (*no, *aliases != verdict.aliases),
            None => (self.vulnerability_no(seq, &verdict.id)?, true),
        };
        if is_new {
            for alias in &verdict.aliases {
                self.alias(seq, no, alias)?;
            }
            known.insert(verdict.id.to_string(), (no, verdict.aliases.clone()));
        }
        Ok(no)
    }

    /// The number of a vulnerability, given when it is first met.
    fn vulnerability_no(&self, seq: i64, id: &str) -> Result<i64, Fault> {
        let found = self.session.first(VULNERABILITY_NO, values![id], |row| row.int(0))?;
        if let Some(no) = found {
            return Ok(no);
        }
        let no = self.session.number(NEWEST_VULNERABILITY, &[])? + 1;
        self.session.send(ADD_VULNERABILITY, values![no, seq, id])?;
        self.alias(seq, no, id)?;
        Ok(no)
    }

    fn alias(&self, seq: i64, vulnerability: i64, alias: &str) -> Result<(), Fault> {
        self.session.send(ADD_ALIAS, values![&alias.to_lowercase(), vulnerability, seq])
    }
}

/// The order of findings on screen: affected, undetermined, not affected; within these the known
/// exploited ones, then by score, the unscored last. Smaller comes first.
fn precedence(verdict: &Verdict) -> i64 {
    let answer = match verdict.answer {
        Answer::Affected => 0,
        Answer::Undetermined => 1,
        Answer::NotAffected => 2,
    };
    let exploited = i64::from(verdict.kev_since.is_none());
    let score = verdict.score_tenths.map_or(200, |tenths| 100 - i64::from(tenths.min(100)));
    answer * 10_000 + exploited * 1_000 + score
}

fn content_of(verdict: &Verdict) -> Result<Digest, Fault> {
    let text = serde_json::to_vec(verdict).map_err(|e| Fault::shape("a verdict", e))?;
    Ok(Digest::of(&text))
}
