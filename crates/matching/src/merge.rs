//! Merging: one verdict for one flaw, out of everything the sources say about it.

use crate::{
    Judged,
    outcome::{Candidate, VERSIONS_DISAGREE},
    patch,
    silence::taken_back,
    subject::Subject,
    supplier,
};
use aftercare_corpus::{Edition, EpssScore, Head, table::Damage};
use aftercare_formats::feed::Source;
use aftercare_vocab::{
    digest::Digest,
    shared::Shared,
    verdict::{Answer, Reason, Verdict},
};

/// One flaw: what the records of an alias group say about it, whoever is affected.
#[derive(Debug)]
pub struct Flaw {
    id: Shared<str>,
    aliases: Shared<[String]>,
    records: Vec<Entry>,
    score_tenths: Option<u8>,
    vector: Option<Shared<str>>,
    kev_since: Option<Shared<str>>,
    epss: Option<EpssScore>,
}

/// What a reason tells of its record.
#[derive(Debug)]
struct Entry {
    record: u32,
    source: Source,
    id: Shared<str>,
    digest: Digest,
    summary: Shared<str>,
    /// That the CVE list or the NVD rejects it.
    rejected: Option<String>,
}

impl Flaw {
    /// Its identifiers, the shown one first.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        std::iter::once(&*self.id).chain(self.aliases.iter().map(String::as_str))
    }

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
            vector: severity.map(|severity| (&*severity.vector).into()),
            id: id.into(),
            aliases: aliases.into(),
            records: heads
                .into_iter()
                .zip(rejected)
                .map(|(head, rejected)| Entry {
                    rejected,
                    record: head.record,
                    source: head.body.source,
                    id: (&*head.body.id).into(),
                    digest: head.digest,
                    summary: head.body.summary.into(),
                })
                .collect(),
            kev_since: kev_since.map(Shared::from),
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
    doubt_parts(flaw, subject, &mut candidates);
    let declared = patch::declared(flaw, subject).filter(|_| !candidates.is_empty());
    let is_open = |of: &Candidate| of.outcome.answer != Answer::NotAffected;
    let is_patched_in_sight = candidates.iter().any(is_open)
        && declared.as_ref().is_some_and(|(_, candidate)| !is_open(candidate));
    let patch = declared.map(|(patch, candidate)| {
        candidates.push(candidate);
        patch
    });
    candidates.sort_by_key(|candidate| {
        (candidate.outcome.answer, candidate.outcome.left_open, candidate.confidence)
    });
    let accused = candidates.iter().any(|candidate| candidate.outcome.answer == Answer::Affected);
    let cleared = candidates.iter().any(clears);
    let (supplied, published): (Vec<&Candidate>, Vec<&Candidate>) =
        candidates.iter().partition(|candidate| candidate.outcome.said_by.is_some());
    let answer = if supplied.is_empty() {
        of_published(&published, subject)
    } else {
        of_supplied(&supplied, &published, subject)
    };
    let is_set_aside = answer == Answer::NotAffected
        && (is_patched_in_sight
            || accused && supplied.iter().any(|of| of.outcome.answer == Answer::NotAffected));
    // The deciding reasons first.
    candidates.sort_by_key(|candidate| {
        let of = &candidate.outcome;
        (of.answer != answer, of.answer, candidate.record.is_some(), candidate.confidence)
    });

    let mut because = Vec::with_capacity(candidates.len());
    let mut fixed_in: Vec<String> = Vec::new();
    let context_free = candidates.iter().all(|candidate| candidate.outcome.context_free);
    for candidate in candidates {
        if candidate.outcome.answer == answer {
            for version in &candidate.outcome.fixed {
                if !fixed_in.contains(version) {
                    fixed_in.push(version.clone());
                }
            }
        }
        match (candidate.record, patch) {
            (Some(record), _) => {
                let entry = flaw.records.iter().find(|entry| entry.record == record);
                because.extend(entry.map(|entry| reason(candidate, entry)));
            }
            (None, Some(patch)) => because.push(patch::reason(candidate, patch)),
            (None, None) => {}
        }
    }
    let is_rejected = flaw.records.iter().any(|entry| entry.rejected.is_some());
    let first = because.first()?;
    let rejections: Vec<Reason> =
        flaw.records.iter().filter_map(|entry| rejection(entry, first)).collect();
    let deciding = flaw.records.iter().find(|entry| entry.id == first.record);
    let summary = deciding.into_iter().chain(&flaw.records).map(|entry| &entry.summary);
    let summary = summary.into_iter().find(|summary| !summary.is_empty());
    let summary = summary.cloned().unwrap_or_default();
    fixed_in.shrink_to_fit();
    because.extend(rejections);
    Some(Judged {
        verdict: Verdict {
            id: flaw.id.clone(),
            aliases: flaw.aliases.clone(),
            answer,
            disagreement: accused && (cleared || is_rejected) || is_set_aside,
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

/// A record that speaks of a part which lies beside the product (MiniZip in the source of zlib) only raises
/// the question, unless its publisher packages that very component or supplies it.
fn doubt_parts(flaw: &Flaw, subject: &Subject<'_>, candidates: &mut [Candidate]) {
    let speaks_of = |part: &&String| flaw.records.iter().any(|of| mentions(&of.summary, part));
    let Some(part) = subject.parts.iter().find(speaks_of) else { return };
    for candidate in candidates.iter_mut() {
        let outcome = &mut candidate.outcome;
        let is_published = !candidate.own_ecosystem && outcome.said_by.is_none();
        if is_published && outcome.answer == Answer::Affected {
            outcome.answer = Answer::Undetermined;
            outcome.note = format!(
                "The record speaks of {part}, which lies beside the product and need not be in it; the inventory does not say."
            )
            .into();
        }
    }
}

/// Whether the text has the word, in any case.
fn mentions(text: &str, word: &str) -> bool {
    let text = text.to_lowercase();
    text.match_indices(word).any(|(at, found)| {
        let is_letter = |c: char| c.is_alphanumeric();
        !text[..at].ends_with(is_letter) && !text[at + found.len()..].starts_with(is_letter)
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
    // where versions that the inventory states give different answers, nothing of the same source clears
    let disputed = answers(true).any(|candidate| candidate.outcome.rule == VERSIONS_DISAGREE);
    let definite = |own: bool| {
        says(own, Answer::Affected)
            || !(own && disputed) && answers(own).any(|candidate| clears(candidate))
    };
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
/// others clear only what no other source accuses. A patch that the inventory declares for the flaw is
/// weighed as the own supplier's word; of a kind that may repair by half, it leaves what others accuse to
/// a person.
fn of_supplied(supplied: &[&Candidate], published: &[&Candidate], subject: &Subject<'_>) -> Answer {
    let is_own = |candidate: &Candidate| {
        let said = candidate.outcome.said_by.as_ref();
        said.is_some_and(|said| {
            said.by_inventory || supplier::is_own(&said.makers, subject.component)
        })
    };
    let is_declared =
        |of: &Candidate| of.outcome.said_by.as_ref().is_some_and(|of| of.by_inventory);
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
        // a patch of a weak kind, or one beside a statement that leaves the matter open
        Some(Answer::Affected) if supplied.iter().any(|of| is_declared(of)) => Answer::Undetermined,
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
        rule: "rejected".into(),
        source: entry.source.code().into(),
        record: entry.id.clone(),
        record_digest: entry.digest,
        identity: first.identity.clone(),
        confidence: first.confidence,
        version: first.version.clone(),
        scheme: "".into(),
        range: Shared::default(),
        place: Shared::default(),
        note: note.into(),
    })
}

fn reason(candidate: Candidate, entry: &Entry) -> Reason {
    Reason {
        answer: candidate.outcome.answer,
        rule: candidate.outcome.rule.into(),
        source: entry.source.code().into(),
        record: entry.id.clone(),
        record_digest: entry.digest,
        identity: candidate.identity,
        confidence: candidate.confidence,
        version: candidate.version,
        scheme: candidate.outcome.scheme.into(),
        range: candidate.outcome.range,
        place: candidate.outcome.place,
        note: candidate.outcome.note,
    }
}
