//! The queue: every signal that waits and every finding that nobody has dealt with, in one list without
//! doubles.
//!
//! A recorded signal waits until it is settled. A finding needs no entry: that a current SBOM holds a
//! component that is affected, or could be, is a signal until a case is about it for the family of the
//! version, or a decision says that the version is not affected. What shares an identifier is one row,
//! which keeps the earliest instants. The queue is a function of the record at one position and of what is
//! seen; the last one is kept.

use crate::{
    Desk, PAGE_ROWS, PAGE_ROWS_LIMIT, Trouble,
    answers::{FamilyRef, PersonName, QueueRow, SignalQueue},
    signal_letter::letter,
    version::paged,
    viewer::Viewer,
};
use aftercare_domain::{
    Sight,
    case::{Case, Cases, Settled},
    rights::DecisionKind,
    roster::Roster,
    signal::{HarmScreen, Settlement, Signal, SignalKind},
};
use aftercare_register::{
    Reader,
    read::signal::{MatchRow, Matches, VulnerabilityKey},
};
use aftercare_vocab::{
    digest::Hasher,
    id::{DecisionId, FamilyId, SignalId, VersionId},
    instant::Instant,
    verdict::Answer,
};
use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, PoisonError},
};

/// Longest beginning of a letter that stands for the title of a report, in characters.
const BEGINNING: usize = 120;

/// Which rows are wanted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum QueueOnly {
    /// Those that wait.
    #[default]
    Waiting,
    /// Findings for which it is proposed that nothing is affected.
    Proposed,
    /// Recorded signals that were settled, the newest first.
    Settled,
}

/// Which part of the queue is wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct QueueWish {
    /// Which rows.
    pub only: QueueOnly,
    /// Only with a signal of this kind.
    pub kind: Option<SignalKind>,
    /// Only with this worst answer.
    pub answer: Option<Answer>,
    /// Only about this family, or about nobody knows which.
    pub family: Option<FamilyId>,
    /// Text in titles, identifiers and sources.
    pub text: String,
    /// How many rows, 1 to [`PAGE_ROWS_LIMIT`]; none = [`PAGE_ROWS`].
    pub rows: Option<u32>,
    /// The cursor the page starts at.
    pub after: String,
}

/// What findings say about the vulnerabilities of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    /// The identifier under which each is found.
    pub vulnerabilities: Vec<String>,
    pub answer: Answer,
    precedence: i64,
    score_tenths: Option<u8>,
    kev_since: Option<String>,
    epss: Option<u32>,
    summary: String,
    /// Versions for which nothing is decided or proposed, by vulnerability.
    pub open: BTreeMap<String, BTreeSet<VersionId>>,
    /// Versions for which it is proposed that they are not affected.
    proposed: BTreeSet<VersionId>,
    decision: Option<DecisionId>,
    lapsed: bool,
    pub first: Instant,
}

/// One row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Group {
    pub key: String,
    /// Identifiers to show, the CVE first.
    pub ids: Vec<String>,
    folded: BTreeSet<String>,
    pub signals: Vec<SignalId>,
    pub found: Option<Found>,
    pub families: Sight,
    kinds: BTreeSet<SignalKind>,
    harm: HarmScreen,
    received_at: Instant,
    aware_at: Instant,
}

impl Group {
    /// Whether something of it waits for a first decision.
    fn waits(&self) -> bool {
        !self.signals.is_empty() || self.found.as_ref().is_some_and(|found| !found.open.is_empty())
    }

    /// How many versions are open.
    pub fn open_versions(&self) -> BTreeSet<VersionId> {
        let open = self.found.iter().flat_map(|found| found.open.values());
        open.flatten().copied().collect()
    }

    fn rank(&self) -> (bool, bool, Instant, i64, String) {
        let told = !self.signals.is_empty();
        let precedence = self.found.as_ref().map_or(0, |found| found.precedence);
        let at = if told { self.aware_at } else { Instant::from_micros(0) };
        (self.harm != HarmScreen::Yes, !told, at, precedence, self.key.clone())
    }

    fn takes(&mut self, other: Self) {
        for id in other.ids {
            if !self.ids.contains(&id) {
                self.ids.push(id);
            }
        }
        self.folded.extend(other.folded);
        self.signals.extend(other.signals);
        self.families = std::mem::take(&mut self.families).or(&other.families);
        self.kinds.extend(other.kinds);
        self.harm = graver(self.harm, other.harm);
        self.received_at = self.received_at.min(other.received_at);
        self.aware_at = self.aware_at.min(other.aware_at);
        match (&mut self.found, other.found) {
            (Some(own), Some(found)) => own.takes(found),
            (own @ None, found) => *own = found,
            (Some(_), None) => {}
        }
    }

    fn named(&mut self) {
        // A CVE is what people search for.
        self.ids.sort_by_key(|id| (!id.starts_with("CVE-"), id.clone()));
        let mut met = BTreeSet::new();
        self.ids.retain(|id| met.insert(id.to_lowercase()));
        let anchor = match (self.ids.first(), self.signals.first()) {
            (Some(id), _) => id.clone(),
            (None, Some(signal)) => signal.to_string(),
            (None, None) => String::new(),
        };
        let mut said = Hasher::default();
        for signal in &self.signals {
            said.update(signal.to_string().as_bytes());
        }
        for (vulnerability, versions) in self.found.iter().flat_map(|found| &found.open) {
            said.update(vulnerability.as_bytes());
            for one in versions {
                said.update(one.as_bytes());
            }
        }
        self.key = format!("{anchor}~{}", said.finish().short());
    }
}

impl Found {
    fn takes(&mut self, other: Self) {
        self.vulnerabilities.extend(other.vulnerabilities);
        if other.precedence < self.precedence {
            (self.precedence, self.answer) = (other.precedence, other.answer);
            self.summary = other.summary;
        }
        self.score_tenths = self.score_tenths.max(other.score_tenths);
        self.epss = self.epss.max(other.epss);
        self.kev_since = match (self.kev_since.take(), other.kev_since) {
            (Some(one), Some(two)) => Some(one.min(two)),
            (one, two) => one.or(two),
        };
        for (vulnerability, versions) in other.open {
            self.open.entry(vulnerability).or_default().extend(versions);
        }
        self.proposed.extend(other.proposed);
        self.decision = self.decision.or(other.decision);
        self.lapsed |= other.lapsed;
        self.first = self.first.min(other.first);
    }
}

const fn graver(one: HarmScreen, other: HarmScreen) -> HarmScreen {
    match (one, other) {
        (HarmScreen::Yes, _) | (_, HarmScreen::Yes) => HarmScreen::Yes,
        (HarmScreen::Unknown, _) | (_, HarmScreen::Unknown) => HarmScreen::Unknown,
        _ => HarmScreen::No,
    }
}

/// All rows at one position, as far as they are seen.
#[derive(Debug)]
pub(crate) struct Queue {
    position: u64,
    sight: Sight,
    pub groups: Vec<Group>,
    cut: bool,
}

/// The queue that was asked for last.
#[derive(Debug, Clone, Default)]
pub(crate) struct Kept(Arc<Mutex<Option<Arc<Queue>>>>);

impl Desk {
    /// The rows of the queue at this desk's moment.
    pub(crate) fn groups(&self) -> Result<Arc<Queue>, Trouble> {
        let (reader, whole) = (self.reader()?, self.whole_reader()?);
        let position = reader.position();
        let kept = self.queue.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(queue) =
            kept.filter(|one| one.position == position && one.sight == *self.sight())
        {
            return Ok(queue);
        }
        let cases = whole.cases()?;
        let matches = reader.matches()?;
        let cut = matches.cut;
        let groups = gathered(&reader, &cases, matches, self.sight())?;
        let queue = Arc::new(Queue { position, sight: self.sight().clone(), groups, cut });
        *self.queue.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&queue));
        Ok(queue)
    }

    /// A page of the queue, for whoever asks.
    pub fn queue(&self, wish: &QueueWish, viewer: Option<&Viewer>) -> Result<SignalQueue, Trouble> {
        let queue = self.groups()?;
        let whole = self.whole_reader()?;
        let (cases, roster, families) = (whole.cases()?, whole.roster()?, self.families()?);
        let settled =
            |one: &&Signal| one.settled.is_some() && self.sees_signal(&cases, one, viewer);
        let row = Rows { whole: &whole, cases: &cases, roster: &roster, families: &families };
        let found: Vec<Line<'_>> = match wish.only {
            QueueOnly::Settled => cases
                .signals()
                .rev()
                .filter(settled)
                .filter(|one| wanted_signal(one, wish))
                .map(Line::Settled)
                .collect(),
            only => {
                let waiting = only == QueueOnly::Waiting;
                let of = queue.groups.iter().filter(|one| one.waits() == waiting);
                of.filter(|one| wanted(one, wish, &cases)).map(Line::Group).collect()
            }
        };
        let rows = wish.rows.unwrap_or(PAGE_ROWS).clamp(1, PAGE_ROWS_LIMIT);
        let page = paged(found, &wish.after, rows)?;
        let items = page.items.into_iter().map(|line| match line {
            Line::Group(group) => row.of(group),
            Line::Settled(signal) => row.settled(signal),
        });
        let waiting = queue.groups.iter().filter(|one| one.waits()).count();
        Ok(SignalQueue {
            items: items.collect::<Result<_, _>>()?,
            next: page.next,
            total: page.total,
            waiting: waiting as u64,
            proposed: (queue.groups.len() - waiting) as u64,
            settled: cases.signals().filter(settled).count() as u64,
            cut: queue.cut,
        })
    }
}

enum Line<'a> {
    Group(&'a Group),
    Settled(&'a Signal),
}

/// What decisions say of a version: that it is not affected.
#[derive(Default)]
struct Said {
    /// When the newest that was taken was written.
    taken: Option<Instant>,
    /// One that is proposed.
    proposed: Option<DecisionId>,
}

fn gathered(
    reader: &Reader,
    cases: &Cases,
    matches: Matches,
    sight: &Sight,
) -> Result<Vec<Group>, Trouble> {
    let mut of_case: BTreeMap<String, Vec<&Case>> = BTreeMap::new();
    for case in cases.all() {
        for id in &case.opened.vulnerabilities {
            of_case.entry(id.to_lowercase()).or_default().push(case);
        }
    }
    let said = decided(cases);
    let Matches { rows, first_found, names, .. } = matches;
    let mut by_vulnerability: BTreeMap<VulnerabilityKey, Vec<MatchRow>> = BTreeMap::new();
    for row in rows {
        by_vulnerability.entry(row.key).or_default().push(row);
    }
    let mut groups: Vec<Group> = Vec::new();
    for (key, rows) in by_vulnerability {
        let Some(first) = first_found.get(&key).copied() else { continue };
        let Some(id) = rows.first().map(|row| row.vulnerability.clone()) else { continue };
        let names = names.get(&key).map(Vec::as_slice).unwrap_or_default();
        let folded: BTreeSet<String> = names.iter().cloned().chain([id.to_lowercase()]).collect();
        let about: Vec<&Case> =
            folded.iter().filter_map(|one| of_case.get(one)).flatten().copied().collect();
        let covered = |family| about.iter().any(|case| concerns(&case.families, family));
        let open: Vec<&MatchRow> = rows.iter().filter(|row| !covered(row.family)).collect();
        let verdicts: Vec<&BTreeMap<VersionId, Said>> =
            folded.iter().filter_map(|one| said.get(one)).collect();
        let premises = if verdicts.is_empty() || open.is_empty() {
            BTreeMap::new()
        } else {
            reader.premises(key)?
        };
        if let Some(found) = found(&id, &open, &verdicts, &premises, first) {
            let families = Sight::of(open.iter().map(|row| row.family));
            let ids = folded.iter().map(|one| shown(one, &id)).collect();
            groups.push(Group {
                key: String::new(),
                ids,
                folded,
                signals: Vec::new(),
                found: Some(found),
                families,
                kinds: BTreeSet::from([SignalKind::SbomMatch]),
                harm: HarmScreen::Unknown,
                received_at: first,
                aware_at: first,
            });
        }
    }
    let waiting = cases.signals().filter(|one| one.settled.is_none());
    groups.extend(waiting.filter(|one| one.received.is_seen(sight)).map(of_signal));
    let mut groups = joined(groups);
    groups.iter_mut().for_each(Group::named);
    groups.sort_by_cached_key(Group::rank);
    Ok(groups)
}

/// What waits of a vulnerability; none where all of it is dealt with.
fn found(
    id: &str,
    rows: &[&MatchRow],
    verdicts: &[&BTreeMap<VersionId, Said>],
    premises: &BTreeMap<VersionId, Instant>,
    first: Instant,
) -> Option<Found> {
    let mut open = BTreeSet::new();
    let (mut proposed, mut decision, mut lapsed) = (BTreeSet::new(), None, false);
    let mut left: Vec<&MatchRow> = Vec::new();
    for row in rows {
        let said = verdicts.iter().filter_map(|one| one.get(&row.version));
        let (mut holds, mut fell, mut waits) = (false, false, None);
        for one in said {
            match (one.taken, premises.get(&row.version)) {
                // What came to be known after it was written, it did not know.
                (Some(written), Some(premise)) if *premise <= written => holds = true,
                (Some(_), _) => fell = true,
                (None, _) => {}
            }
            waits = waits.or(one.proposed);
        }
        if holds {
            continue;
        }
        left.push(row);
        lapsed |= fell;
        match waits {
            Some(one) => {
                proposed.insert(row.version);
                decision = Some(one);
            }
            None => {
                open.insert(row.version);
            }
        }
    }
    let worst = left.iter().min_by_key(|row| row.precedence)?;
    Some(Found {
        vulnerabilities: vec![id.to_owned()],
        answer: worst.answer,
        precedence: worst.precedence,
        score_tenths: left.iter().filter_map(|row| row.score_tenths).max(),
        kev_since: left.iter().filter_map(|row| row.kev_since.clone()).min(),
        epss: left.iter().filter_map(|row| row.epss).max(),
        summary: worst.summary.clone(),
        open: if open.is_empty() {
            BTreeMap::new()
        } else {
            BTreeMap::from([(id.to_owned(), open)])
        },
        proposed,
        decision,
        lapsed,
        first,
    })
}

/// What decisions without a case say, by folded identifier and version.
fn decided(cases: &Cases) -> BTreeMap<String, BTreeMap<VersionId, Said>> {
    let mut all: BTreeMap<String, BTreeMap<VersionId, Said>> = BTreeMap::new();
    let counts = |one: &&Settled| one.kind == DecisionKind::NotAffected && !one.ended;
    for one in cases.decisions_without_case().filter(counts) {
        for finding in &one.matter.findings {
            let of = all.entry(finding.vulnerability.to_lowercase()).or_default();
            for version in &finding.versions {
                let said = of.entry(*version).or_default();
                match one.taken_at {
                    Some(_) => said.taken = said.taken.max(Some(one.proposed_at)),
                    None => said.proposed = Some(one.decision),
                }
            }
        }
    }
    all
}

fn of_signal(signal: &Signal) -> Group {
    let received = &signal.received;
    Group {
        key: String::new(),
        ids: received.vulnerabilities.clone(),
        folded: received.vulnerabilities.iter().map(|one| one.to_lowercase()).collect(),
        signals: vec![signal.id()],
        found: None,
        families: received.families.clone(),
        kinds: BTreeSet::from([received.kind]),
        harm: received.harm,
        received_at: received.received_at,
        aware_at: received.aware_at,
    }
}

/// Joins what shares an identifier, however many steps lie between.
fn joined(groups: Vec<Group>) -> Vec<Group> {
    let mut parents: Vec<usize> = (0..groups.len()).collect();
    let root = |parents: &mut Vec<usize>, mut at: usize| {
        while parents[at] != at {
            parents[at] = parents[parents[at]];
            at = parents[at];
        }
        at
    };
    let mut first: BTreeMap<&str, usize> = BTreeMap::new();
    for (n, group) in groups.iter().enumerate() {
        for id in &group.folded {
            let other = *first.entry(id).or_insert(n);
            let (one, other) = (root(&mut parents, n), root(&mut parents, other));
            parents[one.max(other)] = one.min(other);
        }
    }
    let roots: Vec<usize> = (0..groups.len()).map(|n| root(&mut parents, n)).collect();
    let mut all: BTreeMap<usize, Group> = BTreeMap::new();
    for (at, group) in roots.into_iter().zip(groups) {
        match all.entry(at) {
            std::collections::btree_map::Entry::Vacant(empty) => {
                empty.insert(group);
            }
            std::collections::btree_map::Entry::Occupied(mut own) => own.get_mut().takes(group),
        }
    }
    all.into_values().collect()
}

/// Whether a case about these families is about a version of one; one without named families may be.
fn concerns(families: &Sight, family: FamilyId) -> bool {
    match families {
        Sight::All => true,
        Sight::Families(some) => some.is_empty() || some.contains(&family),
    }
}

/// An identifier as people write it, from its folded form.
fn shown(folded: &str, own: &str) -> String {
    if own.to_lowercase() == folded {
        return own.to_owned();
    }
    match folded.strip_prefix("ghsa-") {
        Some(rest) => format!("GHSA-{rest}"),
        None => folded.to_uppercase(),
    }
}

fn wanted(group: &Group, wish: &QueueWish, cases: &Cases) -> bool {
    let kind = wish.kind.is_none_or(|kind| group.kinds.contains(&kind));
    let answer = wish
        .answer
        .is_none_or(|answer| group.found.as_ref().is_some_and(|found| found.answer == answer));
    let family = wish.family.is_none_or(|family| concerns(&group.families, family));
    let text = wish.text.trim().to_lowercase();
    let has = |words: &str| words.to_lowercase().contains(&text);
    let said = || {
        group.folded.iter().any(|id| id.contains(&text))
            || group.found.as_ref().is_some_and(|found| has(&found.summary))
            || group
                .signals
                .iter()
                .filter_map(|id| cases.signal(*id))
                .any(|one| has(&one.received.title) || has(&one.received.source))
    };
    kind && answer && family && (text.is_empty() || said())
}

fn wanted_signal(signal: &Signal, wish: &QueueWish) -> bool {
    let received = &signal.received;
    let text = wish.text.trim().to_lowercase();
    let has = |words: &str| words.to_lowercase().contains(&text);
    wish.kind.is_none_or(|kind| received.kind == kind)
        && wish.answer.is_none()
        && wish.family.is_none_or(|family| concerns(&received.families, family))
        && (text.is_empty()
            || has(&received.title)
            || has(&received.source)
            || received.vulnerabilities.iter().any(|id| has(id)))
}

/// Makes rows of what was found.
struct Rows<'a> {
    whole: &'a Reader,
    cases: &'a Cases,
    roster: &'a Roster,
    families: &'a BTreeMap<FamilyId, String>,
}

impl Rows<'_> {
    fn of(&self, group: &Group) -> Result<QueueRow, Trouble> {
        let signals: Vec<&Signal> =
            group.signals.iter().filter_map(|id| self.cases.signal(*id)).collect();
        let first = signals.first();
        let found = group.found.as_ref();
        let title = match (first, found) {
            (Some(signal), _) => self.title(signal)?,
            (None, Some(found)) => found.summary.clone(),
            (None, None) => String::new(),
        };
        let lapsed = found.is_some_and(|found| found.lapsed).then(|| {
            "It was decided that nothing is affected, and what that rested on changed: a component was \
             listed or found after it was written."
                .to_owned()
        });
        Ok(QueueRow {
            key: group.key.clone(),
            title,
            vulnerabilities: group.ids.clone(),
            kinds: group.kinds.iter().map(|kind| kind.code().to_owned()).collect(),
            kind_titles: group.kinds.iter().map(|kind| kind.title().to_owned()).collect(),
            signals: group.signals.clone(),
            source: first.map(|one| one.received.source.clone()),
            received_at: group.received_at,
            aware_at: group.aware_at,
            harm: group.harm.code().to_owned(),
            answer: found.map(|found| found.answer.code().to_owned()),
            score_tenths: found.and_then(|found| found.score_tenths),
            kev_since: found.and_then(|found| found.kev_since.clone()),
            epss: found.and_then(|found| found.epss),
            versions: group.open_versions().len() as u64,
            families: self.refs(&group.families),
            all_families: group.families.is_all(),
            owner: signals.iter().find_map(|one| one.owner).map(|id| self.name(id)),
            state: if group.waits() { "waiting" } else { "proposed" }.to_owned(),
            decision: found.and_then(|found| found.decision),
            lapsed,
            settled: None,
            case: None,
        })
    }

    fn settled(&self, signal: &Signal) -> Result<QueueRow, Trouble> {
        let (case, settled) = match &signal.settled {
            Some(Settlement::Joined(id)) => {
                let case = self.cases.get(*id);
                let number = case.map_or_else(|| id.to_string(), |one| one.opened.number.clone());
                (Some(*id), format!("Belongs to {number}"))
            }
            Some(Settlement::Dismissed(why)) => (None, format!("Dismissed: {}", why.title())),
            None => (None, String::new()),
        };
        let mut row = self.of(&of_signal(signal))?;
        "settled".clone_into(&mut row.state);
        (row.case, row.settled) = (case, Some(settled));
        Ok(row)
    }

    /// The title of a signal; of a report by the public form, whose title says nothing, its beginning.
    fn title(&self, signal: &Signal) -> Result<String, Trouble> {
        if signal.received.item.sealed().is_none() {
            return Ok(signal.received.title.clone());
        }
        let written = letter(self.whole, &signal.received.item)?;
        Ok(match written {
            Ok(letter) if signal.received.title == crate::signal_thread::TITLE => {
                let line = letter.what.split_whitespace().collect::<Vec<_>>().join(" ");
                let beginning: String = line.chars().take(BEGINNING).collect();
                if beginning.len() < line.len() { format!("{beginning} …") } else { beginning }
            }
            _ => signal.received.title.clone(),
        })
    }

    fn name(&self, id: aftercare_vocab::id::PersonId) -> PersonName {
        person_name(self.roster, id)
    }

    fn refs(&self, sight: &Sight) -> Vec<FamilyRef> {
        family_refs(sight, self.families)
    }
}

pub(crate) fn person_name(roster: &Roster, id: aftercare_vocab::id::PersonId) -> PersonName {
    let name = roster.person(id).map(|one| one.name.clone()).unwrap_or_default();
    PersonName { id, name }
}

/// The families of a sight by name, as far as they are seen.
pub(crate) fn family_refs(sight: &Sight, families: &BTreeMap<FamilyId, String>) -> Vec<FamilyRef> {
    let Sight::Families(some) = sight else { return Vec::new() };
    let known = some.iter().filter_map(|id| families.get(id).map(|name| (id, name)));
    let mut refs: Vec<FamilyRef> =
        known.map(|(id, name)| FamilyRef { id: *id, name: name.clone() }).collect();
    refs.sort_by_key(|one| (one.name.to_lowercase(), Reverse(one.id)));
    refs
}
