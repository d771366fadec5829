//! Calls: whom they come to, when they move on, who answers.

use crate::town::{DAY, MONDAY, SECOND, Town, code, id};
use aftercare_domain::{
    Event, Refusal, Sight,
    delegation::{DelegationGiven, Handing},
    duty::{
        self, Because, CHAIN_KINDS, CallWish, ChainAdopted, Chains, Severity, State, Step, proposed,
    },
    grant::Standing,
    person::PersonSuspended,
    role::RoleName,
    signature::ByRight,
};
use aftercare_vocab::{
    id::{CallId, FamilyId},
    instant::Instant,
};

const MINUTE: i64 = 60 * SECOND;

fn wish() -> CallWish {
    CallWish {
        family: None,
        about: "CVE-2021-44228".into(),
        why: "Exploited at a customer.".into(),
        test: false,
        severity: Severity::One,
    }
}

impl Town {
    fn chains(&self) -> Chains {
        Chains::of(&self.entries)
    }

    fn calls(&mut self, login: &str, wish: &CallWish) -> Result<CallId, Refusal> {
        let call = id(self.entries.len() as u8);
        let chains = self.chains();
        self.does(login, |roster, op| duty::raise(roster, &chains, call, wish, op))?;
        Ok(call)
    }

    fn call(&self, call: CallId) -> State {
        let about = call.to_string();
        State::of(self.entries.iter().filter(|one| one.event.entity() == about)).expect("a call")
    }

    /// Every move that is due now; gives the newest one's step, whom it came to and why.
    fn follow(&mut self, call: CallId) -> (u32, Vec<String>, Because) {
        let mut moves = 0;
        while let Some(moved) = duty::next(&self.call(call), &self.roster, self.now) {
            let op = self.op("follower");
            self.enter(&op, vec![moved.into()]);
            self.tick(-SECOND); // the town's clock stands still while the follower works
            moves += 1;
            assert!(moves < 20, "a call that never rests");
        }
        self.newest(call)
    }

    fn newest(&self, call: CallId) -> (u32, Vec<String>, Because) {
        let state = self.call(call);
        let last = state.moves.last().expect("a move");
        let login =
            |one: &duty::Called| self.roster.person(one.person).expect("them").login.clone();
        (last.step, last.to.iter().map(login).collect(), last.because)
    }

    /// To so long after the call was raised.
    fn after(&mut self, call: CallId, micros: i64) {
        self.now = self.call(call).at.plus_micros(micros);
    }

    fn answers(&mut self, login: &str, call: CallId) -> Result<(), Refusal> {
        let state = self.call(call);
        self.does(login, |roster, op| duty::answer(roster, &state, "I have it.", op))
    }
}

fn names(of: &[&str]) -> Vec<String> {
    of.iter().map(|&one| one.to_owned()).collect()
}

#[test]
fn a_call_climbs_the_proposed_chain_and_moves_on_at_the_limit_itself() {
    let mut town = Town::staffed();
    let call = town.calls("kim", &wish()).expect("raised");
    assert_eq!(town.newest(call), (1, names(&["ole"]), Because::Begun));

    town.after(call, 15 * MINUTE - 1);
    assert_eq!(town.follow(call).0, 1, "a microsecond is left");
    town.after(call, 15 * MINUTE);
    assert_eq!(town.follow(call), (2, names(&["anna"]), Because::NotAnswered));
    town.after(call, 30 * MINUTE - 1);
    assert_eq!(town.follow(call).0, 2);
    town.after(call, 30 * MINUTE);
    assert_eq!(town.follow(call), (3, names(&["eva"]), Because::NotAnswered));

    // After the last step it stays with all of them, and says so.
    let end = town.call(call).at.plus_micros(45 * MINUTE);
    assert_eq!(town.call(call).overdue(end.plus_micros(-1)), None);
    assert_eq!(town.call(call).overdue(end), Some(end));
    town.after(call, 3 * DAY);
    assert_eq!(town.follow(call), (3, names(&["eva"]), Because::NotAnswered));
    for login in ["ole", "anna", "eva"] {
        assert!(town.call(call).waits_for(town.is(login)), "{login}");
    }
    assert!(!town.call(call).waits_for(town.is("siri")));
}

#[test]
fn an_answer_ends_it_and_says_who_what_and_how_fast() {
    let mut town = Town::staffed();
    let call = town.calls("kim", &wish()).expect("raised");
    town.after(call, 4 * MINUTE);
    town.answers("ole", call).expect("answered");
    let state = town.call(call);
    let answer = state.answer.as_ref().expect("an answer");
    assert_eq!((answer.by, answer.words.as_str()), (town.is("ole"), "I have it."));
    assert_eq!(state.answered_after(), Some(4 * MINUTE));
    assert!(!state.waits_for(town.is("ole")));
    town.after(call, DAY);
    assert_eq!(duty::next(&state, &town.roster, town.now), None);
    assert_eq!(state.overdue(town.now), None);
    let again = town.answers("anna", call).expect_err("answered already");
    assert_eq!(again.code, "call_answered");
    assert!(again.what.contains("Ole"), "{again}");
}

#[test]
fn an_absent_owner_s_deputy_is_called_and_it_shows() {
    let mut town = Town::staffed();
    town.person("dag");
    town.untrained("dag", RoleName::SecurityAnalyst, Sight::All, Standing::Deputy);
    let call = town.calls("kim", &wish()).expect("raised");
    assert_eq!(town.newest(call), (1, names(&["ole"]), Because::Begun), "the owner is there");

    let away = town.away("ole");
    let call = town.calls("kim", &wish()).expect("raised");
    assert_eq!(town.newest(call), (1, names(&["dag"]), Because::Begun));
    let state = town.call(call);
    let first = state.moves.first().expect("a move");
    assert_eq!(first.absent, [town.is("ole")].into());
    assert!(first.in_place() && first.to.iter().all(|one| one.by == ByRight::Deputy));
    town.back(away);
    assert_eq!(town.follow(call).1, names(&["dag"]), "who was called has it until the limit");
}

#[test]
fn an_owner_who_goes_away_before_answering_hands_the_call_to_the_deputy_at_once() {
    let mut town = Town::staffed();
    town.person("dag");
    town.untrained("dag", RoleName::SecurityAnalyst, Sight::All, Standing::Deputy);
    let call = town.calls("kim", &wish()).expect("raised");
    town.after(call, 5 * MINUTE);
    town.away("ole");
    town.after(call, 6 * MINUTE);
    assert_eq!(town.follow(call), (1, names(&["dag"]), Because::WentAway));
    town.after(call, 21 * MINUTE - 1);
    assert_eq!(town.follow(call).0, 1, "the deputy has the whole time of the step");
    town.after(call, 21 * MINUTE);
    assert_eq!(town.follow(call), (2, names(&["anna"]), Because::NotAnswered));
}

#[test]
fn a_suspended_person_is_not_there_either() {
    let mut town = Town::staffed();
    let call = town.calls("kim", &wish()).expect("raised");
    let (op, person) = (town.op("setup"), town.is("ole"));
    town.enter(&op, vec![PersonSuspended { person }.into()]);
    assert_eq!(town.follow(call), (2, names(&["anna"]), Because::NobodyThere));
}

#[test]
fn whoever_was_handed_the_role_is_called_in_the_place_of_the_absent_holder() {
    let mut town = Town::staffed();
    town.person("dora");
    let (from, to) = (town.is("ole"), town.is("dora"));
    let handing = Handing {
        delegation: id(200),
        from,
        to,
        role: RoleName::SecurityAnalyst,
        families: Sight::All,
        begins: town.now,
        ends: town.now.plus_micros(DAY),
    };
    let signature = aftercare_domain::signature::Signature {
        id: id(201),
        person: from,
        name: "Ole".into(),
        role: RoleName::SecurityAnalyst,
        by: ByRight::Holder,
        meaning: aftercare_domain::signature::Meaning::Responsible,
        factors: Vec::new(),
        of: aftercare_vocab::digest::Digest::of(b"handing"),
    };
    let op = town.op("ole");
    town.enter(&op, vec![DelegationGiven { handing, signature }.into()]);
    town.away("ole");
    let call = town.calls("kim", &wish()).expect("raised");
    assert_eq!(town.newest(call).1, names(&["dora"]));
    town.now = Instant::from_micros(MONDAY + 2 * DAY);
    let call = town.calls("kim", &wish()).expect("raised");
    assert_eq!(town.newest(call), (2, names(&["anna"]), Because::NobodyThere), "it has ended");
}

#[test]
fn steps_in_which_nobody_is_there_are_leapt_over_at_once() {
    let mut town = Town::staffed();
    let _ = town.away("ole");
    let anna = town.away("anna");
    let call = town.calls("kim", &wish()).expect("raised");
    assert_eq!(town.newest(call), (3, names(&["eva"]), Because::NobodyThere));
    assert_eq!(town.call(call).moves.len(), 1, "at once, not step by step");
    town.back(anna);
    town.after(call, 15 * MINUTE);
    // The chain has ended; whoever is there now and was not called yet is called too.
    assert_eq!(town.follow(call), (3, names(&["anna"]), Because::CameBack));
    assert!(town.call(call).overdue(town.now).is_some());
}

#[test]
fn with_nobody_in_the_whole_chain_it_says_so_and_calls_the_first_who_comes() {
    let mut town = Town::staffed();
    let mut gone: Vec<_> = ["ole", "anna", "eva"].map(|login| town.away(login)).into();
    let call = town.calls("kim", &wish()).expect("raised");
    assert_eq!(town.newest(call), (3, Vec::new(), Because::NobodyThere));
    assert!(town.call(call).overdue(town.now).is_some(), "never shown as running");
    town.after(call, DAY);
    assert_eq!(town.follow(call).1, Vec::<String>::new());
    assert_eq!(town.call(call).moves.len(), 1, "it does not write the same again");
    town.back(gone.remove(0));
    assert_eq!(town.follow(call), (3, names(&["ole"]), Because::CameBack));
    town.answers("ole", call).expect("answered");
}

#[test]
fn a_family_s_own_chain_and_people_count_and_a_change_leaves_running_calls_alone() {
    let mut town = Town::staffed();
    let (pump, lamp): (FamilyId, FamilyId) = (id(1), id(2));
    town.person("pia");
    town.untrained("pia", RoleName::ProductOwner, Sight::of([pump]), Standing::Holder);
    let about = |family| CallWish { family, ..wish() };
    let before = town.calls("kim", &about(Some(pump))).expect("raised");
    let steps = vec![Step { role: RoleName::ProductOwner, minutes: 5 }];
    let own = ChainAdopted { family: Some(pump), steps: steps.clone() };
    let chains = town.chains();
    town.does("anna", |roster, op| duty::adopt(roster, &chains, own, op)).expect("adopted");

    let chains = town.chains();
    assert_eq!(chains.steps(Some(pump)), steps);
    assert_eq!(chains.steps(Some(lamp)), proposed());
    assert_eq!(chains.steps(None), proposed());
    let call = town.calls("kim", &about(Some(pump))).expect("raised");
    assert_eq!(town.newest(call).1, names(&["pia"]));
    assert_eq!(town.call(before).raised.steps, proposed(), "the chain it was raised with");
    // Pia is product owner of the pump alone: a call about the lamp is none of hers.
    let lamp = town.calls("kim", &about(Some(lamp))).expect("raised");
    assert_eq!(town.newest(lamp).1, names(&["ole"]));
}

#[test]
fn only_who_was_called_or_has_the_right_answers_and_never_the_caller_alone() {
    let mut town = Town::staffed();
    town.person("aud");
    town.untrained("aud", RoleName::Auditor, Sight::All, Standing::Holder);
    let call = town.calls("kim", &wish()).expect("raised");
    let auditor = town.answers("aud", call).expect_err("no right");
    assert_eq!(auditor.code, "right_missing");
    assert!(auditor.who.is_some_and(|who| who.contains("Ole")));
    let own = town.answers("kim", call).expect_err("the caller");
    assert_eq!((own.code, own.who.as_deref()), ("own_call", Some("Ole")));
    town.answers("siri", call).expect("was not called, and has the right");
}

#[test]
fn a_test_proves_the_chain_only_when_somebody_else_who_was_called_answered_in_time() {
    let test = CallWish { test: true, severity: Severity::Lower, ..wish() };
    let proof = |by: &str, from: &str, wish: &CallWish, minutes: i64| {
        let mut town = Town::staffed();
        let call = town.calls(from, wish).expect("raised");
        town.after(call, minutes * MINUTE);
        town.follow(call);
        town.answers(by, call).expect("answered");
        town.call(call).proves(&town.roster)
    };
    assert!(proof("ole", "kim", &test, 14));
    assert!(proof("anna", "kim", &test, 16), "one step up");
    assert!(!proof("siri", "kim", &test, 3), "Siri was not called");
    assert!(!proof("ole", "ole", &test, 3), "one's own call");
    assert!(!proof("ole", "kim", &wish(), 3), "no test");
    // At 15, 31 and 46 minutes the follower came once: three moves, the last at the end of the chain.
    let mut town = Town::staffed();
    let call = town.calls("kim", &test).expect("raised");
    for minutes in [15, 30, 46] {
        town.after(call, minutes * MINUTE);
        town.follow(call);
    }
    town.answers("ole", call).expect("answered");
    assert!(!town.call(call).proves(&town.roster), "the chain had ended");
}

#[test]
fn severity_one_has_a_meeting_within_four_hours_and_a_test_none() {
    let mut town = Town::staffed();
    let call = town.calls("kim", &wish()).expect("raised");
    let state = town.call(call);
    assert_eq!(state.meeting_due(), Some(state.at.plus_micros(4 * 60 * MINUTE)));
    for wish in
        [CallWish { test: true, ..wish() }, CallWish { severity: Severity::Lower, ..wish() }]
    {
        let call = town.calls("kim", &wish).expect("raised");
        assert_eq!(town.call(call).meeting_due(), None);
    }
}

#[test]
fn chains_that_cannot_work_and_people_without_the_right_are_refused() {
    let mut town = Town::staffed();
    let (pump, lamp): (FamilyId, FamilyId) = (id(1), id(2));
    town.person("pal");
    town.untrained("pal", RoleName::ProductSecurityLead, Sight::of([pump]), Standing::Holder);
    let step = |role, minutes| Step { role, minutes };
    let lead = step(RoleName::ProductSecurityLead, 15);
    let many: Vec<Step> = RoleName::ALL.iter().take(11).map(|role| step(*role, 5)).collect();
    for (login, family, steps, wanted) in [
        ("anna", None, vec![lead], "ok"),
        ("anna", None, vec![], "chain_length"),
        ("anna", None, many, "chain_length"),
        ("anna", None, vec![lead, lead], "chain_role_twice"),
        ("anna", None, vec![step(RoleName::Auditor, 5)], "chain_role"),
        ("anna", None, vec![step(RoleName::Customer, 5)], "chain_role"),
        ("anna", None, vec![step(RoleName::Quality, 0)], "chain_minutes"),
        ("anna", None, vec![step(RoleName::Quality, 1440)], "ok"),
        ("anna", None, vec![step(RoleName::Quality, 1441)], "chain_minutes"),
        ("ole", None, vec![lead], "right_missing"),
        ("pal", Some(pump), vec![lead], "ok"),
        ("pal", Some(lamp), vec![lead], "right_missing"),
        ("pal", None, vec![lead], "right_missing"),
    ] {
        let (chains, chain) = (town.chains(), ChainAdopted { family, steps });
        let told = format!("{login} {chain:?}");
        let done = town.does(login, |roster, op| duty::adopt(roster, &chains, chain, op));
        assert_eq!(code(&done), wanted, "{told}");
        if wanted == "right_missing" {
            assert!(done.expect_err("refused").who.is_some_and(|who| who.contains("Anna")));
        }
    }
    // The same chain again changes nothing.
    let before = town.entries.len();
    let chains = town.chains();
    let same = ChainAdopted { family: Some(pump), steps: vec![lead] };
    town.does("pal", |roster, op| duty::adopt(roster, &chains, same, op)).expect("nothing to do");
    assert_eq!(town.entries.len(), before);
    let kinds: Vec<&str> = town
        .entries
        .iter()
        .filter(|entry| matches!(entry.event, Event::ChainAdopted(_)))
        .map(|entry| entry.event.kind())
        .collect();
    assert!(kinds.iter().all(|kind| CHAIN_KINDS.contains(kind)) && kinds.len() == 3);
}

#[test]
fn a_call_without_the_right_or_without_words_is_refused() {
    let mut town = Town::staffed();
    town.person("adam");
    town.untrained("adam", RoleName::Administrator, Sight::All, Standing::Holder);
    assert_eq!(code(&town.calls("adam", &wish())), "right_missing");
    assert_eq!(code(&town.calls("kim", &CallWish { why: " ".into(), ..wish() })), "text_missing");
    assert_eq!(
        code(&town.calls("kim", &CallWish { about: String::new(), ..wish() })),
        "text_missing"
    );
    let long = CallWish { about: "x".repeat(201), ..wish() };
    assert_eq!(code(&town.calls("kim", &long)), "text_too_long");
    let call = town.calls("kim", &wish()).expect("raised");
    let state = town.call(call);
    let silent = town.does("ole", |roster, op| duty::answer(roster, &state, " \n", op));
    assert_eq!(code(&silent), "text_missing");
}
