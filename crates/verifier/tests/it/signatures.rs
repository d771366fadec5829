//! Lawful ledgers pass; each forgery by somebody who holds the installation's key is named at its entry.

use crate::town::{BOTH, DAY, Town, draft, id, wish};
use aftercare_domain::{
    Entry, Event, Role, Sight,
    case::Matter,
    credential::Factor,
    decision::{Part, Wish},
    delegation::{self, Handing},
    grant::Standing,
    policy::Audience,
    rights::{Cosigner, DecisionKind, Matrix, When},
    role::RoleName,
    rules::{Change, ClockRules, RulesAdopted},
    signature::{ByRight, Meaning, Signature},
};
use aftercare_verifier::Signatures;
use aftercare_vocab::{digest::Digest, id::DecisionId};

const LEAD: RoleName = RoleName::ProductSecurityLead;
const CLOSURE: DecisionKind = DecisionKind::Closure;

/// What is told of a ledger, as `entry: what`, and how many signatures were weighed.
fn weighed(entries: &[Entry]) -> (Vec<String>, u64) {
    let (mut signatures, mut told) = (Signatures::default(), Vec::new());
    for entry in entries {
        signatures.enter(entry, |what| told.push(format!("{}: {what}", entry.seq)));
    }
    (told, signatures.checked())
}

/// Anna handed her role to Siri, a closure was decided, and so was a change of the rights.
fn lawful() -> (Town, DecisionId) {
    let mut town = Town::staffed();
    town.train("siri", LEAD, "2026-01-01", "2026-12-31");
    let handing = Handing {
        delegation: id(77),
        from: town.is("anna"),
        to: town.is("siri"),
        role: LEAD,
        families: Sight::All,
        begins: town.now,
        ends: town.now.plus_micros(14 * DAY),
    };
    town.does("anna", |roster, op| delegation::give(roster, handing, (id(78), BOTH.to_vec()), op))
        .expect("anna may");
    let closure = town.propose("ole", wish(CLOSURE)).expect("proposed");
    let second = Wish { statement: "Better said.".into(), ..wish(CLOSURE) };
    town.sign("kim", closure, RoleName::Quality).expect("signs");
    town.revise("ole", closure, second).expect("revised");
    town.sign("kim", closure, RoleName::Quality).expect("signs");
    town.sign("siri", closure, LEAD).expect("signs for Anna");
    let mut matrix = Matrix::proposed();
    let row = matrix.rows.iter_mut().find(|row| row.kind == CLOSURE).expect("a row");
    row.cosigns.push(Cosigner { role: RoleName::Executive, when: When::Always });
    let change = Wish { matrix: Some(matrix), ..wish(DecisionKind::RightsMatrix) };
    let change = town.propose("anna", change).expect("proposed");
    town.sign("kim", change, RoleName::Quality).expect("signs");
    town.sign("eva", change, RoleName::Executive).expect("signs");
    let open = town.propose("ole", wish(CLOSURE)).expect("proposed");
    town.refuse("kim", open, RoleName::Quality).expect("refuses");
    (town, closure)
}

#[test]
fn a_lawful_ledger_holds_and_every_signature_in_it_is_weighed() {
    let (town, _) = lawful();
    assert_eq!(weighed(&town.entries), (Vec::new(), 7));
}

/// The place of the last entry of a kind.
fn last(entries: &[Entry], kind: &str) -> usize {
    entries.iter().rposition(|entry| entry.event.kind() == kind).expect("there is one")
}

/// The signature that decided the closure.
fn decided(entries: &mut [Entry], closure: DecisionId) -> &mut Entry {
    entries
        .iter_mut()
        .find(|entry| {
            matches!(&entry.event, Event::DecisionSigned(e)
                if e.decision == closure && e.part == Part::Decide)
        })
        .expect("there is one")
}

fn resigned(entry: &mut Entry, change: impl FnOnce(&mut Signature)) {
    match &mut entry.event {
        Event::DecisionSigned(e) => change(&mut e.signature),
        Event::DecisionRefused(e) => change(&mut e.signature),
        Event::DelegationGiven(e) => change(&mut e.signature),
        Event::PolicyAcknowledged(e) => change(&mut e.signature),
        other => panic!("no signature in {}", other.kind()),
    }
}

#[test]
fn each_forged_signature_is_told_at_its_entry_with_the_reason() {
    type Forge = fn(&mut Vec<Entry>, DecisionId);
    let cases: &[(&str, Forge, &str)] = &[
        (
            "over another text",
            |all, id| {
                resigned(decided(all, id), |s| s.of = Digest::of(b"another"));
            },
            "the signature is over sha256:",
        ),
        (
            "under the version before",
            |all, id| {
                if let Event::DecisionSigned(e) = &mut decided(all, id).event {
                    e.version = 1;
                }
            },
            "it is under version 1, which version 2 had replaced",
        ),
        (
            "under a version that there is not",
            |all, id| {
                if let Event::DecisionSigned(e) = &mut decided(all, id).event {
                    e.version = 9;
                }
            },
            "it is under version 9, which there is not",
        ),
        (
            "in another printed name",
            |all, id| resigned(decided(all, id), |s| s.name = "Anna".into()),
            "the printed name is Anna, and the person was named Siri then",
        ),
        (
            "as holder instead of delegate",
            |all, id| resigned(decided(all, id), |s| s.by = ByRight::Holder),
            "it is signed as holder, and the right was that of a delegate",
        ),
        (
            "with another meaning",
            |all, id| resigned(decided(all, id), |s| s.meaning = Meaning::Author),
            "its meaning is `author`",
        ),
        (
            "by one component",
            |all, id| resigned(decided(all, id), |s| s.factors = vec![Factor::Password]),
            "the rules refuse it: \"A signature needs 2 components",
        ),
        (
            "in a role that its entry does not say",
            |all, id| decided(all, id).role = Role::new("quality").expect("a role"),
            "it is signed as Product security lead, and the entry says `quality`",
        ),
        (
            "by somebody without the role",
            |all, id| {
                decided(all, id).actor = aftercare_domain::Actor::person("ole").expect("a login");
            },
            "the rules refuse it: \"You do not have the right to sign as Product security lead",
        ),
        (
            "twice with one signature",
            |all, id| {
                let first = all.iter().find_map(|entry| match &entry.event {
                    Event::DecisionSigned(e) if e.decision == id => Some(e.signature.id),
                    _ => None,
                });
                let first = first.expect("signed");
                resigned(decided(all, id), |s| s.id = first);
            },
            "the signature sig_",
        ),
    ];
    for (what, forge, says) in cases {
        let (mut town, closure) = lawful();
        forge(&mut town.entries, closure);
        let place = decided(&mut town.entries, closure).seq;
        let (told, _) = weighed(&town.entries);
        let expected = format!("{place}: {says}");
        assert!(told.iter().any(|line| line.starts_with(&expected)), "{what}: {told:#?}");
    }
}

/// The ledger with other entries from a place on, numbered anew.
fn with(mut entries: Vec<Entry>, place: usize, instead: Vec<Event>, until: usize) -> Vec<Entry> {
    let like = entries[place].clone();
    let new = instead.into_iter().map(|event| Entry { event, ..like.clone() });
    entries.splice(place..until, new);
    for (at, entry) in entries.iter_mut().enumerate() {
        entry.seq = at as u64 + 1;
    }
    entries
}

#[test]
fn one_person_who_signs_both_places_is_told() {
    let mut town = Town::staffed();
    town.grant("anna", RoleName::Quality, Sight::All, Standing::Holder);
    let id = town.propose("ole", wish(CLOSURE)).expect("proposed");
    town.sign("anna", id, LEAD).expect("signs");
    town.sign("kim", id, RoleName::Quality).expect("signs");
    let anna = town.roster.person(town.is("anna")).expect("known").clone();
    let signed = last(&town.entries, "decision_signed");
    resigned(&mut town.entries[signed], |s| {
        s.person = anna.id;
        s.name.clone_from(&anna.name);
    });
    town.entries[signed].actor = aftercare_domain::Actor::person("anna").expect("a login");
    let (told, _) = weighed(&town.entries);
    let says = format!("{}: the rules refuse it: \"You signed this version as", signed + 1);
    assert!(told[0].starts_with(&says), "{told:#?}");
    assert!(told[1].contains("a decision was taken, and no signature that completes it"));
}

#[test]
fn a_decision_that_is_taken_without_its_signatures_is_told() {
    let (town, _) = lawful();
    // The cosigner's entry is left out, as if the matrix had not asked for it.
    let kims = town.entries.iter().rposition(
        |entry| matches!(&entry.event, Event::DecisionSigned(e) if e.part == Part::Cosign),
    );
    let kims = kims.expect("there is one");
    let (told, _) = weighed(&with(town.entries, kims, Vec::new(), kims + 1));
    assert!(
        told.iter().any(|line| line.contains("a decision was taken, and no signature")),
        "{told:#?}"
    );
    assert!(
        told.iter().any(|line| line.contains("no decision taken just before it holds")),
        "{told:#?}"
    );
}

#[test]
fn rights_that_come_into_force_without_a_decision_or_otherwise_than_decided_are_told() {
    let (town, _) = lawful();
    let place = last(&town.entries, "rights_adopted");
    let Event::RightsAdopted(adopted) = town.entries[place].event.clone() else { panic!("rights") };
    let mut other = adopted.clone();
    other.matrix = Matrix::proposed();
    let (told, _) = weighed(&with(town.entries.clone(), place, vec![other.into()], place + 1));
    let says = format!("{}: by the signature before it, `rights_adopted`", place + 1);
    assert!(told[0].starts_with(&says), "{told:#?}");

    let again = aftercare_domain::decision::RightsAdopted { version: 3, ..adopted };
    let end = town.entries.len();
    let mut entries = town.entries;
    let like = entries[end - 1].clone();
    entries.push(Entry { seq: end as u64 + 1, event: again.into(), ..like });
    let (told, _) = weighed(&entries);
    assert!(told[0].contains("no decision taken just before it holds"), "{told:#?}");
}

#[test]
fn rules_that_come_into_force_otherwise_than_decided_are_told() {
    let (mut town, _) = lawful();
    let today = town.now.to_string()[..10].parse().expect("a day");
    let change = |rules: ClockRules| Change { from: today, replaces: 1, rules: rules.into() };
    let rules = Some(change(ClockRules::of_product()));
    let wish = Wish { rules, ..wish(DecisionKind::ProgrammeRules) };
    let id = town.propose("anna", wish).expect("proposed");
    town.sign("siri", id, RoleName::SafetyRiskManager).expect("signs");
    town.sign("kim", id, RoleName::Quality).expect("signs");
    town.sign("eva", id, RoleName::Executive).expect("signs");
    let (told, _) = weighed(&town.entries);
    assert!(told.is_empty(), "{told:#?}");
    let place = last(&town.entries, "rules_adopted");
    let Event::RulesAdopted(adopted) = town.entries[place].event.clone() else { panic!("rules") };
    let mut laxer = ClockRules::of_product();
    laxer.escalations.truncate(1);
    let other = RulesAdopted { change: change(laxer), ..adopted.clone() };
    let (told, _) = weighed(&with(town.entries.clone(), place, vec![other.into()], place + 1));
    let says = format!("{}: by the signature before it, `rules_adopted`", place + 1);
    assert!(told[0].starts_with(&says), "{told:#?}");
    let end = town.entries.len();
    let mut entries = town.entries;
    let like = entries[end - 1].clone();
    let again = RulesAdopted { edition: 3, ..adopted };
    entries.push(Entry { seq: end as u64 + 1, event: again.into(), ..like });
    let (told, _) = weighed(&entries);
    assert!(told[0].contains("rules of the programme in force that no decision"), "{told:#?}");
}

#[test]
fn a_completed_decision_that_is_not_taken_is_told() {
    let (town, _) = lawful();
    let place = last(&town.entries, "decision_taken");
    let (told, _) = weighed(&with(town.entries, place, Vec::new(), place + 1));
    assert!(told[0].contains("`decision_taken`"), "{told:#?}");
}

#[test]
fn a_delegation_over_something_else_than_was_signed_is_told() {
    let (mut town, _) = lawful();
    let place = last(&town.entries, "delegation_given");
    if let Event::DelegationGiven(e) = &mut town.entries[place].event {
        e.handing.ends = e.handing.ends.plus_micros(DAY);
    }
    let (told, _) = weighed(&town.entries);
    let says = format!("{}: the signature is over", place + 1);
    assert!(told[0].starts_with(&says), "{told:#?}");
}

#[test]
fn a_decision_by_whom_the_matrix_does_not_name_or_on_a_day_without_the_right_is_told() {
    let (mut town, closure) = lawful();
    let proposed = town.entries.iter().position(
        |entry| matches!(&entry.event, Event::DecisionProposed(e) if e.decision == closure),
    );
    let place = proposed.expect("there is one");
    town.entries[place].actor = aftercare_domain::Actor::person("siri").expect("a login");
    let kim = town.is("kim");
    if let Event::DecisionProposed(e) = &mut town.entries[place].event {
        e.by = kim;
    }
    let (told, _) = weighed(&town.entries);
    // Siri acts, Kim's name stands there.
    assert!(told[0].starts_with(&format!("{}: ", place + 1)), "{told:#?}");

    let (mut town, closure) = lawful();
    let at = decided(&mut town.entries, closure).at.plus_micros(15 * DAY);
    for entry in &mut town.entries {
        entry.at = entry.at.max(at.plus_micros(-1));
    }
    let (told, _) = weighed(&town.entries);
    assert!(told.iter().any(|line| line.contains("the rules refuse it")), "{told:#?}");
}

/// A policy of two versions, each acknowledged by Ole, who took another name in between.
fn governed() -> Town {
    let mut town = Town::staffed();
    let policy = town.issue("kim", None, draft("first", Audience::Everybody)).expect("issued");
    town.acknowledge("ole", policy, RoleName::SecurityAnalyst).expect("acknowledged");
    let ole = town.is("ole");
    town.does("eva", |roster, op| aftercare_domain::person::rename(roster, ole, "Ole Moe", op))
        .expect("renamed");
    town.issue("eva", Some(policy), draft("second", Audience::Everybody)).expect("issued");
    town.acknowledge("ole", policy, RoleName::SecurityAnalyst).expect("acknowledged");
    town
}

#[test]
fn acknowledgements_are_weighed_and_each_forged_one_is_told() {
    assert_eq!(weighed(&governed().entries), (Vec::new(), 2));
    type Forge = fn(&mut Entry);
    let cases: &[(&str, Forge, &str)] = &[
        (
            "over another text",
            |e| resigned(e, |s| s.of = Digest::of(b"x")),
            "the signature is over",
        ),
        (
            "under the version before",
            |entry| {
                if let Event::PolicyAcknowledged(e) = &mut entry.event {
                    e.version = 1;
                }
            },
            "it is under version 1, which version 2 had replaced",
        ),
        (
            "under a version that there is not",
            |entry| {
                if let Event::PolicyAcknowledged(e) = &mut entry.event {
                    e.version = 3;
                }
            },
            "it is under version 3, which there is not",
        ),
        (
            "in the name of an earlier day",
            |e| resigned(e, |s| s.name = "Ole".into()),
            "the printed name is Ole, and the person was named Ole Moe then",
        ),
        (
            "with another meaning",
            |e| resigned(e, |s| s.meaning = Meaning::Reviewer),
            "its meaning is `reviewer`",
        ),
        (
            "by one component",
            |e| resigned(e, |s| s.factors = vec![Factor::Totp]),
            "the rules refuse it: \"A signature needs 2 components",
        ),
        (
            "in a role that its entry does not say",
            |e| e.role = Role::new("quality").expect("a role"),
            "it is signed as Security analyst, and the entry says `quality`",
        ),
        (
            "by somebody without the role",
            |e| e.actor = aftercare_domain::Actor::person("kim").expect("a login"),
            "the rules refuse it: \"You are not Security analyst",
        ),
    ];
    for (what, forge, says) in cases {
        let mut town = governed();
        let last = last(&town.entries, "policy_acknowledged");
        forge(&mut town.entries[last]);
        let expected = format!("{}: {says}", last + 1);
        let (told, _) = weighed(&town.entries);
        assert!(told.iter().any(|line| line.starts_with(&expected)), "{what}: {told:#?}");
    }
}

#[test]
fn a_document_issued_by_whom_may_not_or_acknowledged_before_it_is_there_is_told() {
    let mut town = governed();
    let issued = last(&town.entries, "policy_issued");
    town.entries[issued].actor = aftercare_domain::Actor::person("ole").expect("a login");
    let (told, _) = weighed(&town.entries);
    let says = format!("{}: the rules refuse it: \"You do not have the right", issued + 1);
    assert!(told[0].starts_with(&says), "{told:#?}");

    let town = governed();
    let first = town.entries.iter().position(|entry| entry.event.kind() == "policy_issued");
    let first = first.expect("issued");
    let (told, _) = weighed(&with(town.entries, first, Vec::new(), first + 1));
    assert!(told[0].contains("nobody issued this document"), "{told:#?}");
}

/// What a closure settles in a case.
fn matter() -> Matter {
    Matter {
        case: Some(id(71)),
        findings: Vec::new(),
        answer: None,
        until: None,
        mitigation: None,
        basis: Some(Digest::of(b"what it rests on")),
        document: None,
        risk_matrix: None,
    }
}

/// A closure of a case was proposed, revised in its words, and taken.
fn of_a_case() -> (Town, DecisionId) {
    let mut town = Town::staffed();
    let first = Wish { matter: Some(matter()), ..wish(CLOSURE) };
    let second = Wish { statement: "Better said.".into(), ..first.clone() };
    let closure = town.propose("ole", first).expect("proposed");
    town.revise("ole", closure, second).expect("revised");
    town.sign("kim", closure, RoleName::Quality).expect("signs");
    town.sign("anna", closure, LEAD).expect("signs");
    (town, closure)
}

fn settles(event: &mut Event) -> &mut Option<Matter> {
    match event {
        Event::DecisionProposed(e) => &mut e.wish.matter,
        Event::DecisionRevised(e) => &mut e.wish.matter,
        other => panic!("{} settles nothing", other.kind()),
    }
}

#[test]
fn a_decision_that_settles_something_in_a_case_is_weighed_as_every_other() {
    assert_eq!(weighed(&of_a_case().0.entries), (Vec::new(), 2));
}

#[test]
fn another_matter_under_the_signatures_is_told() {
    type Change = fn(&mut Option<Matter>);
    let changes: [(&str, Change); 3] = [
        ("taken away", |matter| *matter = None),
        ("of another case", |matter| {
            matter.as_mut().expect("one").case = Some(id(72));
        }),
        ("on another basis", |matter| {
            matter.as_mut().expect("one").basis = Some(Digest::of(b"what it rests on now"));
        }),
    ];
    for (what, change) in changes {
        let (mut town, _) = of_a_case();
        let revised = last(&town.entries, "decision_revised");
        change(settles(&mut town.entries[revised].event));
        let (told, _) = weighed(&town.entries);
        let says = format!(
            "{}: the rules refuse it: \"What a decision settles in a case does not change",
            revised + 1
        );
        assert!(told.iter().any(|line| line.starts_with(&says)), "{what}: {told:#?}");

        // In both versions: then the signatures are over something else.
        let (mut town, _) = of_a_case();
        let proposed = last(&town.entries, "decision_proposed");
        change(settles(&mut town.entries[proposed].event));
        change(settles(&mut town.entries[revised].event));
        let (told, _) = weighed(&town.entries);
        let over = told.iter().filter(|line| line.contains("the signature is over")).count();
        assert_eq!(over, 2, "{what}: {told:#?}");
    }
}
