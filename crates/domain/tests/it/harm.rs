//! The matrix, the proposal for exploitability, and the rubric.

use aftercare_domain::harm::{
    Answer, Epss, Exploit, Exploitability, ExploitabilityInputs, Exposure, Inputs, Interview,
    Matrix, Outcome, Risk, Rubric, Severity, propose,
};
use proptest::prelude::*;

fn outcome(exploitability: Option<Exploitability>, severity: Option<Severity>) -> Outcome {
    Matrix::shipped().determine(Inputs { exploitability, severity }).outcome
}

#[test]
fn every_cell_of_the_matrix() {
    use Outcome::{Controlled as C, Uncontrolled as U};
    for (exploitability, row) in
        Exploitability::ALL.into_iter().zip([[C, C, C, C, U], [C, C, C, U, U], [C, C, U, U, U]])
    {
        for (severity, cell) in Severity::ALL.into_iter().zip(row) {
            assert_eq!(
                outcome(Some(exploitability), Some(severity)),
                cell,
                "{exploitability} {severity}"
            );
        }
    }
}

#[test]
fn what_is_missing_is_undetermined_and_named() {
    let determine =
        |exploitability, severity| Matrix::shipped().determine(Inputs { exploitability, severity });
    let nothing = determine(None, None);
    assert_eq!(
        (nothing.outcome, nothing.missing.len(), nothing.possible.len()),
        (Outcome::Undetermined, 2, 2)
    );
    // all cells of the column are controlled; not knowing still is not controlled
    assert_eq!(determine(None, Some(Severity::Negligible)).outcome, Outcome::Undetermined);
    let deadly = determine(None, Some(Severity::Catastrophic));
    assert_eq!(
        (deadly.outcome, deadly.possible),
        (Outcome::Undetermined, vec![Risk::Uncontrolled])
    );
}

#[test]
fn borderline_cells_ask_for_a_rationale() {
    let mut found = Vec::new();
    for exploitability in Exploitability::ALL {
        for severity in Severity::ALL {
            let inputs = Inputs { exploitability: Some(exploitability), severity: Some(severity) };
            if Matrix::shipped().determine(inputs).needs_rationale {
                found.push(format!("{exploitability} {severity}"));
            }
        }
    }
    assert_eq!(found, ["low critical", "low catastrophic", "medium serious", "high minor"]);
}

#[test]
fn a_matrix_with_a_hole_or_a_dent_is_refused() {
    let sound = include_str!("../../data/harm-matrix.json");
    let refused = |from: &str, to: &str| {
        Matrix::read(&sound.replacen(from, to, 1)).expect_err("refused").what
    };
    assert!(
        refused(r#""negligible": "controlled", "#, "").contains("low and negligible is missing")
    );
    let dent = refused(r#""minor": "controlled""#, r#""minor": "uncontrolled""#);
    assert!(dent.contains("low and serious is controlled"), "{dent}");
}

const EASY: &str = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H";
const HARD: &str = "CVSS:3.1/AV:P/AC:H/PR:N/UI:N/S:U/C:H/I:H/A:H";

fn inputs(vector: &str, in_kev: Option<bool>, exploit: Option<Exploit>) -> ExploitabilityInputs {
    let vector = (!vector.is_empty()).then(|| vector.parse().expect("a vector"));
    ExploitabilityInputs { vector, in_kev, exploit, ..ExploitabilityInputs::default() }
}

#[test]
fn exploitability_is_proposed_by_the_rule() {
    use Exploitability::{High, Low, Medium};
    for (vector, in_kev, exploit, class) in [
        (HARD, Some(true), Some(Exploit::NoneFound), Some(High)),
        (HARD, Some(false), Some(Exploit::Active), Some(High)),
        (EASY, Some(false), Some(Exploit::Public), Some(High)),
        (EASY, Some(false), Some(Exploit::ProofOfConcept), Some(Medium)),
        (EASY, Some(false), Some(Exploit::NoneFound), Some(Medium)),
        (HARD, Some(false), Some(Exploit::ProofOfConcept), Some(Medium)),
        (HARD, Some(false), Some(Exploit::NoneFound), Some(Low)),
        ("", Some(true), None, Some(High)),
        ("", Some(false), Some(Exploit::NoneFound), None),
        (HARD, None, Some(Exploit::NoneFound), None),
        (HARD, Some(false), None, None),
        ("", None, None, None),
    ] {
        let proposal = propose(&inputs(vector, in_kev, exploit));
        assert_eq!(proposal.class, class, "{vector} {in_kev:?} {exploit:?}: {proposal:?}");
        assert_eq!(proposal.class.is_none(), !proposal.missing.is_empty());
    }
}

#[test]
fn exposure_narrows_the_attack_and_epss_only_calls_for_a_review() {
    let mut easy = inputs(EASY, Some(false), Some(Exploit::NoneFound));
    assert_eq!(propose(&easy).class, Some(Exploitability::Medium));
    easy.exposure = Some(Exposure::Physical);
    easy.epss = Some(Epss { probability: 1_000, percentile: None });
    let narrowed = propose(&easy);
    assert_eq!((narrowed.class, narrowed.review), (Some(Exploitability::Low), true));
    assert!(narrowed.reasons.iter().any(|reason| reason.contains("0.9 of 3.9")), "{narrowed:?}");
    easy.in_kev = Some(true);
    assert_eq!(
        propose(&easy).class,
        Some(Exploitability::High),
        "known exploitation outranks exposure"
    );
    easy.epss = Some(Epss { probability: 999, percentile: Some(9_499) });
    assert!(!propose(&easy).review);
}

/// Answers to every question of an interview: the same word where it is taken, else the other.
fn interview(answers: &[(&str, &str)], otherwise: [&str; 2]) -> Interview<'static> {
    let mut interview = Interview::new(Rubric::shipped());
    for (question, answer) in answers {
        interview.answer(question, answer).expect("taken");
    }
    loop {
        let Some(question) = interview.open().next() else { break };
        let taken = otherwise.iter().find(|word| question.answers().any(|a| a.word() == **word));
        interview.answer(&question.id, taken.expect("one of them")).expect("taken");
    }
    interview
}

#[test]
fn the_interview_leads_to_the_vector_of_the_rubric() {
    for (answers, wanted) in [
        (&[][..], "CVSS:3.0/AV:L/AC:H/PR:N/UI:N/S:U/C:N/I:N/A:N"),
        (&[("XAVN", "yes"), ("XAVT", "yes")], "CVSS:3.0/AV:N/AC:H/PR:N/UI:N/S:U/C:N/I:N/A:N"),
        (
            &[("XAVN", "yes"), ("XAVW", "yes"), ("XAVR", "yes"), ("XACL", "yes")],
            "CVSS:3.0/AV:L/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N",
        ),
        (&[("XAVN", "yes"), ("XAVW", "yes")], "CVSS:3.0/AV:A/AC:H/PR:N/UI:N/S:U/C:N/I:N/A:N"),
        (&[("XAVP", "yes"), ("XUI", "yes")], "CVSS:3.0/AV:P/AC:H/PR:N/UI:R/S:U/C:N/I:N/A:N"),
        (
            &[("XPRL", "yes"), ("XPRZ", "yes"), ("XPRS", "yes"), ("XS", "yes")],
            "CVSS:3.0/AV:L/AC:H/PR:H/UI:N/S:C/C:N/I:N/A:N",
        ),
        (&[("XPRL", "yes"), ("XPRZ", "yes")], "CVSS:3.0/AV:L/AC:H/PR:L/UI:N/S:U/C:N/I:N/A:N"),
        (
            &[("XPRL", "yes"), ("XPRZ", "yes"), ("XPRS", "unknown")],
            "CVSS:3.0/AV:L/AC:H/PR:N/UI:N/S:U/C:N/I:N/A:N",
        ),
        (
            &[("XCP", "yes"), ("XIT", "low"), ("XAO", "high")],
            "CVSS:3.0/AV:L/AC:H/PR:N/UI:N/S:U/C:L/I:L/A:H",
        ),
        (&[("XCP", "yes"), ("XCPM", "unknown")], "CVSS:3.0/AV:L/AC:H/PR:N/UI:N/S:U/C:H/I:N/A:N"),
        (&[("XCS", "low"), ("XCD", "high")], "CVSS:3.0/AV:L/AC:H/PR:N/UI:N/S:U/C:H/I:N/A:N"),
    ] {
        let interview = interview(answers, ["no", "none"]);
        let vector = interview.vector().map(|vector| vector.to_string());
        assert_eq!(vector.as_deref(), Some(wanted), "{interview}");
    }
}

#[test]
fn unknown_answers_count_as_the_worst_and_are_listed() {
    let unknown = interview(&[], ["unknown", "unknown"]);
    let vector = unknown.vector().expect("whole").to_string();
    assert_eq!(vector, "CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H");
    assert_eq!(unknown.worst_assumed().count(), unknown.answers().len());
    assert_eq!(unknown.harm_cues().count(), 4);
}

#[test]
fn an_open_question_leaves_the_vector_open_and_answers_are_kept() {
    let mut interview = Interview::new(Rubric::shipped());
    let next: Vec<&str> = interview.open().map(|question| question.id.as_str()).take(3).collect();
    assert_eq!(next, ["XAVN", "XACL", "XPRL"], "what depends on an answer is not asked yet");
    interview.answer("XAVN", "Yes").expect("taken");
    assert_eq!(interview.open().next().map(|question| question.id.as_str()), Some("XAVT"));
    assert_eq!(interview.vector(), None);
    interview.answer("XAVT", "no").expect("taken");
    assert_eq!(interview.to_string(), "XAVN:yes/XAVT:no");
    assert_eq!(interview.answers()["XAVT"], Answer::No);
    assert_eq!(interview.answer("XAVT", "high").expect_err("refused").code, "unknown_answer");
    assert_eq!(interview.answer("XYZ", "yes").expect_err("refused").code, "unknown_question");
}

#[test]
fn a_metric_is_known_once_nothing_that_is_open_can_move_it_and_impact_only_rises() {
    let read = |line: &str| Interview::read(Rubric::shipped(), line).expect("answers");
    for (line, metric, wanted) in [
        ("", "AV", (None, true)),
        ("XAVN:yes", "AV", (None, true)),
        ("XAVN:yes/XAVT:yes", "AV", (Some("N"), false)),
        ("XAVN:no/XAVP:yes", "AV", (Some("P"), false)),
        ("XPRL:yes/XPRZ:yes", "PR", (None, true)),
        ("XPRL:unknown", "PR", (Some("N"), false)),
        ("XIT:none", "I", (Some("N"), true)),
        ("XIT:none/XID:low", "I", (Some("L"), true)),
        ("XIT:none/XID:low/XIP:unknown", "I", (Some("H"), true)),
        ("XIT:none/XID:low/XIP:none/XIW:none/XIS:none/XIO:none", "I", (Some("L"), false)),
    ] {
        let interview = read(line);
        let found = interview.metrics().into_iter().find(|one| one.name == metric);
        let found = found.expect("a base metric");
        assert_eq!((found.value, found.open), wanted, "{metric} after {line}");
        assert_eq!(found.known(), found.value.filter(|_| !wanted.1));
    }
}

#[test]
fn an_interview_is_read_back_from_its_line_and_an_answer_can_be_taken_back() {
    let line = "XAVN:yes/XAVT:no/XIT:high";
    let interview = Interview::read(Rubric::shipped(), line).expect("answers");
    assert_eq!(interview.to_string(), line);
    assert_eq!(Interview::of(Rubric::shipped(), interview.answers()), Ok(interview.clone()));
    let fewer = interview.without("XAVN");
    assert_eq!(fewer.to_string(), "XAVT:no/XIT:high", "kept, and not counted");
    assert_eq!(fewer.open().next().map(|question| question.id.as_str()), Some("XAVN"));
    assert!(fewer.asked().all(|question| question.id != "XAVT"));
    for (line, code) in [
        ("XAVN", "unknown_answer"),
        ("XAVN:high", "unknown_answer"),
        ("XYZ:yes", "unknown_question"),
    ] {
        let refused = Interview::read(Rubric::shipped(), line).expect_err("refused");
        assert_eq!(refused.code, code, "{line}");
    }
}

fn any_of<T: Copy + std::fmt::Debug + 'static>(
    all: &'static [T],
) -> impl Strategy<Value = Option<T>> {
    proptest::option::of(proptest::sample::select(all))
}

proptest! {
    #[test]
    fn knowing_less_never_lowers_what_is_possible(
        exploitability in any_of(&Exploitability::ALL), severity in any_of(&Severity::ALL),
        forget in any::<[bool; 2]>()
    ) {
        let matrix = Matrix::shipped();
        let more = Inputs { exploitability, severity };
        let less = Inputs {
            exploitability: exploitability.filter(|_| !forget[0]),
            severity: severity.filter(|_| !forget[1]),
        };
        let (more, less) = (matrix.determine(more), matrix.determine(less));
        prop_assert!(more.possible.iter().all(|risk| less.possible.contains(risk)));
        prop_assert!(less.possible.last() >= more.possible.last(), "the worst stays possible");
        prop_assert!(less.missing.is_empty() || less.outcome == Outcome::Undetermined);
    }

    #[test]
    fn graver_inputs_never_give_a_lower_outcome(
        a in 0..3_usize, b in 0..3_usize, s in 0..5_usize, t in 0..5_usize
    ) {
        let risk = |e: usize, s: usize| {
            outcome(Some(Exploitability::ALL[e]), Some(Severity::ALL[s])) == Outcome::Uncontrolled
        };
        prop_assert!(risk(a.max(b), s.max(t)) >= risk(a.min(b), s.min(t)));
    }

    #[test]
    fn a_proposal_made_knowing_less_is_none_or_no_lower(
        easy in proptest::option::of(any::<bool>()),
        in_kev in proptest::option::of(any::<bool>()),
        exploit in any_of(&[Exploit::NoneFound, Exploit::ProofOfConcept, Exploit::Public, Exploit::Active]),
        exposure in any_of(&[Exposure::Physical, Exposure::Local, Exposure::Adjacent, Exposure::Network]),
        forget in any::<[bool; 4]>(),
    ) {
        let vector = easy.map_or("", |easy| if easy { EASY } else { HARD });
        let more = ExploitabilityInputs { exposure, ..inputs(vector, in_kev, exploit) };
        let less = ExploitabilityInputs {
            vector: more.vector.filter(|_| !forget[0]),
            in_kev: in_kev.filter(|_| !forget[1]),
            exploit: exploit.filter(|_| !forget[2]),
            exposure: exposure.filter(|_| !forget[3]),
            epss: None,
        };
        let (more, less) = (propose(&more), propose(&less));
        if let (Some(less), Some(more)) = (less.class, more.class) {
            prop_assert!(less >= more);
        }
        prop_assert_eq!(more.class.is_none(), !more.missing.is_empty());
    }
}
