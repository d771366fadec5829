//! Merging: one verdict for one flaw, out of everything the sources say about it.

use crate::{Judged, outcome::Candidate, silence::taken_back, subject::Subject, supplier};
use aftercare_corpus::{Edition, EpssScore, Head, table::Damage};
use aftercare_formats::feed::Source;
use aftercare_vocab::{
    digest::Digest,
    verdict::{Answer, Reason, Verdict},
};

/// One flaw: what the records of an alias group say about it, whoever is affected.
#[derive(Debug)]
pub struct Flaw {
    id: String,
    aliases: Vec<String>,
    records: Vec<Entry>,
    score_tenths: Option<u8>,
    vector: Option<String>,
    kev_since: Option<String>,
    epss: Option<EpssScore>,
}

/// What a reason tells of its record.
#[derive(Debug)]
struct Entry {
    record: u32,
    source: Source,
    id: String,
    digest: Digest,
    summary: String,
    /// That the CVE list or the NVD rejects it.
    rejected: Option<String>,
}

impl Flaw {
    /// Reads the records of an alias group.
    pub fn of(edition: &Edition, group: u32) -> Result<Self, Damage> {
        let mut heads = Vec::new();
        for record in edition.group(group)? {
            heads.push(edition.head(record)?);
        }
        let (id, aliases) = names(&heads);
        let severity = heads
            .iter()
            .flat_map(|head| &head.body.severities)
            .filter(|severity| severity.score_tenths.is_some())
            .max_by_key(|severity| severity.score_tenths);
        let mut kev_since = heads
            .iter()
            .filter_map(|head| head.body.kev_since.as_ref())
            .map(ToString::to_string)
            .min();
        let mut epss = None;
        for cve in std::iter::once(&id).chain(&aliases).filter(|id| id.starts_with("CVE-")) {
            if let Some(entry) = edition.kev(cve)? {
                kev_since =
                    Some(kev_since.map_or(entry.added.clone(), |known| known.min(entry.added)));
            }
            epss = match epss {
                None => edition.epss(cve)?,
                known => known,
            };
        }
        let mut rejected = Vec::with_capacity(heads.len());
        for head in &heads {
            rejected.push(match head.body.source {
                Source::Cve | Source::Nvd => taken_back(edition, head)?,
                _ => None,
            });
        }
        Ok(Self {
            score_tenths: severity.and_then(|severity| severity.score_tenths),
            vector: severity.map(|severity| severity.vector.to_string()),
            id,
            aliases,
            records: heads
                .into_iter()
                .zip(rejected)
                .map(|(head, rejected)| Entry {
                    rejected,
                    record: head.record,
                    source: head.body.source,
                    id: head.body.id.to_string(),
                    digest: head.digest,
                    summary: head.body.summary,
                })
                .collect(),
            kev_since,
            epss,
        })
    }
}

/// Merges the candidates of one flaw. `None` if nothing remains that speaks.
///
/// A statement of the package's own ecosystem or distribution decides over an upstream product's
/// range: for distributions alone (back-ported repairs), for language packages unless the other side
/// accuses, which is shown as a disagreement and left to a person. Among equals, affected wins, then
/// undetermined; a source that leaves the matter open gives way to one that does not.
pub fn merge(flaw: &Flaw, subject: &Subject<'_>, mut candidates: Vec<Candidate>) -> Option<Judged> {
    candidates.sort_by_key(|candidate| {
        (candidate.outcome.answer, candidate.outcome.left_open, candidate.confidence)
    });
    let accused = candidates.iter().any(|candidate| candidate.outcome.answer == Answer::Affected);
    let cleared = candidates.iter().any(|candidate| clears(candidate));
    let (supplied, published): (Vec<&Candidate>, Vec<&Candidate>) =
        candidates.iter().partition(|candidate| candidate.outcome.said_by.is_some());
    let answer = if supplied.is_empty() {
        of_published(&published, subject)
    } else {
        of_supplied(&supplied, &published, subject)
    };
    let is_set_aside = accused
        && answer == Answer::NotAffected
        && supplied.iter().any(|candidate| candidate.outcome.answer == Answer::NotAffected);
    // The deciding reasons first.
    candidates.sort_by_key(|candidate| {
        (candidate.outcome.answer != answer, candidate.outcome.answer, candidate.confidence)
    });

    let mut because = Vec::with_capacity(candidates.len());
    let mut fixed_in: Vec<String> = Vec::new();
    let context_free = candidates.iter().all(|candidate| candidate.outcome.context_free);
    for candidate in candidates {
        let Some(entry) = flaw.records.iter().find(|entry| entry.record == candidate.record) else {
            continue;
        };
        if candidate.outcome.answer == answer {
            for version in &candidate.outcome.fixed {
                if !fixed_in.contains(version) {
                    fixed_in.push(version.clone());
                }
            }
        }
        because.push(reason(candidate, entry));
    }
    let is_rejected = flaw.records.iter().any(|entry| entry.rejected.is_some());
    let first = because.first()?;
    let rejections: Vec<Reason> =
        flaw.records.iter().filter_map(|entry| rejection(entry, first)).collect();
    let deciding = flaw.records.iter().find(|entry| entry.id == first.record);
    let summary = deciding.into_iter().chain(&flaw.records).map(|entry| entry.summary.as_str());
    let summary =
        summary.into_iter().find(|summary| !summary.is_empty()).unwrap_or_default().to_owned();
    because.extend(rejections);
    Some(Judged {
        verdict: Verdict {
            id: flaw.id.clone(),
            aliases: flaw.aliases.clone(),
            answer,
            disagreement: accused && (cleared || is_rejected),
            score_tenths: flaw.score_tenths,
            vector: flaw.vector.clone(),
            summary,
            fixed_in,
            kev_since: flaw.kev_since.clone(),
            epss: flaw.epss.map(|score| score.probability),
            epss_percentile: flaw.epss.map(|score| score.percentile),
            because,
        },
        context_free,
        is_set_aside,
    })
}

/// It says "not affected", and of no other release than the component's.
fn clears(candidate: &Candidate) -> bool {
    candidate.outcome.answer == Answer::NotAffected && !candidate.outcome.other_release
}

/// What OSV, the CVE list and NVD say together. What the package's own distribution says of a release that
/// may be another's gives way to what it says of the component's.
fn of_published(candidates: &[&Candidate], subject: &Subject<'_>) -> Answer {
    let of_its_release =
        |candidate: &&Candidate| candidate.own_ecosystem && !candidate.outcome.other_release;
    let is_known = candidates.iter().any(of_its_release);
    let candidates: Vec<&Candidate> = candidates
        .iter()
        .copied()
        .filter(|candidate| !(is_known && candidate.outcome.other_release))
        .collect();
    let answers =
        |own: bool| candidates.iter().filter(move |candidate| candidate.own_ecosystem == own);
    let says = |own: bool, answer: Answer| {
        answers(own).any(|candidate| candidate.outcome.answer == answer)
    };
    let definite =
        |own: bool| says(own, Answer::Affected) || answers(own).any(|candidate| clears(candidate));
    let distribution = subject
        .identities
        .iter()
        .filter_map(|identity| identity.package.as_ref())
        .any(|package| package.is_distribution());

    let accused = candidates.iter().any(|candidate| candidate.outcome.answer == Answer::Affected);
    let cleared =
        candidates.iter().any(|candidate| candidate.outcome.answer == Answer::NotAffected);
    if definite(true) && (distribution || says(true, Answer::Affected)) {
        if says(true, Answer::Affected) { Answer::Affected } else { Answer::NotAffected }
    } else if accused && definite(true) {
        Answer::Undetermined // the ecosystem clears it, another source accuses it
    } else if accused {
        Answer::Affected
    } else if candidates.iter().any(|candidate| {
        candidate.outcome.answer == Answer::Undetermined && !candidate.outcome.left_open
    }) && !definite(true)
    {
        Answer::Undetermined
    } else if cleared {
        Answer::NotAffected
    } else {
        Answer::Undetermined
    }
}

/// What suppliers' statements make of it, beside what the other sources say.
///
/// "Affected" is never silenced: where the package's own ecosystem says otherwise, a person decides. "Not
/// affected" sets other sources aside only from the component's own supplier, of exactly this version,
/// with its reason, and while no statement says otherwise or leaves it open. "Fixed" and the words of
/// others clear only what no other source accuses.
fn of_supplied(supplied: &[&Candidate], published: &[&Candidate], subject: &Subject<'_>) -> Answer {
    let is_own = |candidate: &Candidate| {
        let said = candidate.outcome.said_by.as_ref();
        said.is_some_and(|said| supplier::is_own(&said.makers, subject.component))
    };
    let others = (!published.is_empty()).then(|| of_published(published, subject));
    let mut accusing =
        supplied.iter().filter(|of| of.outcome.answer == Answer::Affected).peekable();
    if accusing.peek().is_some() {
        let is_contradicted = others == Some(Answer::NotAffected) && !accusing.any(|of| is_own(of));
        return if is_contradicted { Answer::Undetermined } else { Answer::Affected };
    }
    let open = |of: &Candidate| of.outcome.answer == Answer::Undetermined && !of.outcome.left_open;
    let is_decisive = |of: &Candidate| {
        of.outcome.answer == Answer::NotAffected
            && of.outcome.said_by.as_ref().is_some_and(|said| said.is_decisive)
    };
    let is_open = supplied.iter().any(|of| open(of));
    if !is_open && supplied.iter().any(|of| is_decisive(of) && is_own(of)) {
        return Answer::NotAffected;
    }
    match others {
        Some(Answer::NotAffected) if is_open => {
            let own_ecosystem = published.iter().any(|of| of.own_ecosystem && clears(of));
            let asks = supplied.iter().any(|of| open(of) && is_own(of));
            if own_ecosystem && !asks { Answer::NotAffected } else { Answer::Undetermined }
        }
        Some(answer) => answer,
        None if is_open => Answer::Undetermined,
        None if supplied.iter().any(|of| of.outcome.answer == Answer::NotAffected) => {
            Answer::NotAffected
        }
        None => Answer::Undetermined,
    }
}

/// The identifier to show (CVE before GHSA before the others) and all the rest, sorted.
pub fn names(heads: &[Head]) -> (String, Vec<String>) {
    // A supplier's record is a part of a document: its name is none of the flaw's, unless there is no other.
    let named =
        heads.iter().filter(|head| !head.body.source.is_supplier() || head.body.aliases.is_empty());
    let own = named.map(|head| head.body.id.to_string());
    let others = heads.iter().flat_map(|head| head.body.aliases.iter().map(ToString::to_string));
    let about_one = heads
        .iter()
        .filter(|head| head.body.upstream.len() == 1)
        .map(|head| head.body.upstream[0].to_string());
    let mut all: Vec<String> = own.chain(others).chain(about_one).collect();
    let rank = |id: &str| match id {
        cve if cve.starts_with("CVE-") => 0,
        ghsa if ghsa.starts_with("GHSA-") => 1,
        _ => 2,
    };
    // A record about several CVEs shares its group with none of them, so its own name comes first then.
    let cves =
        all.iter().filter(|id| rank(id) == 0).collect::<std::collections::BTreeSet<_>>().len();
    all.sort_by_key(|id| (rank(id), id.clone()));
    all.dedup();
    let shown = if cves > 1 {
        let own: Vec<&str> = heads.iter().map(|head| &*head.body.id).collect();
        all.iter().position(|id| own.contains(&id.as_str())).unwrap_or(0)
    } else {
        0
    };
    let id = if all.is_empty() { String::new() } else { all.remove(shown) };
    all.sort();
    (id, all)
}

/// That the CVE list or the NVD rejects what another source still holds: it decides nothing, and whoever
/// reads the answer is told.
fn rejection(entry: &Entry, first: &Reason) -> Option<Reason> {
    let note = entry.rejected.clone()?;
    Some(Reason {
        answer: Answer::Undetermined,
        rule: "rejected".to_owned(),
        source: entry.source.code().to_owned(),
        record: entry.id.clone(),
        record_digest: entry.digest,
        identity: first.identity.clone(),
        confidence: first.confidence,
        version: first.version.clone(),
        scheme: String::new(),
        range: String::new(),
        place: String::new(),
        note,
    })
}

fn reason(candidate: Candidate, entry: &Entry) -> Reason {
    Reason {
        answer: candidate.outcome.answer,
        rule: candidate.outcome.rule.to_owned(),
        source: entry.source.code().to_owned(),
        record: entry.id.clone(),
        record_digest: entry.digest,
        identity: candidate.identity,
        confidence: candidate.confidence,
        version: candidate.version,
        scheme: candidate.outcome.scheme.to_owned(),
        range: candidate.outcome.range,
        place: candidate.outcome.place,
        note: candidate.outcome.note,
    }
}
