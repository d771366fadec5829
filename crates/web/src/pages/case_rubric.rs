//! The interview about a case: the questions of the rubric for medical devices one after the other, and what each
//! answer does to the vector. The answers stand in the address until they are recorded, so that a page of it can
//! be kept, gone back to and passed on.

use super::{
    components::{Column, Row, absent, code, empty, foreign, head, table},
    decision_form::only_now,
    frame::{Frame, Room, document},
};
use crate::{link::Links, text::counted};
use aftercare_desk::answers::CaseSheet;
use aftercare_domain::harm::{Answer, Interview, Metric, Question};
use aftercare_vocab::id::CaseId;
use maud::{Markup, html};

/// Where the interview is.
#[derive(Debug, Clone, Copy)]
pub struct Step<'a> {
    /// The answers so far.
    pub interview: &'a Interview<'a>,
    /// The question that was answered last; empty = none.
    pub after: &'a str,
    /// The question that is wanted; empty = the next.
    pub at: &'a str,
    /// The form was sent without an answer.
    pub unanswered: bool,
}

impl<'a> Step<'a> {
    /// The question that is asked: the one that is wanted, else the next open one after the last answer, else the
    /// first open one.
    fn question(&self) -> Option<&'a Question> {
        let wanted = self.interview.asked().find(|one| one.id == self.at);
        wanted.or_else(|| self.next_after(self.after))
    }

    fn next_after(&self, id: &str) -> Option<&'a Question> {
        let all = &self.interview.rubric().questions;
        let behind = all.iter().position(|one| one.id == id).map_or(0, |at| at + 1);
        let open = |one: &&Question| self.interview.open().any(|open| open.id == one.id);
        all.iter().skip(behind).find(open).or_else(|| self.interview.open().next())
    }
}

/// The interview.
pub fn page(frame: &Frame<'_>, sheet: &CaseSheet, step: &Step<'_>) -> Markup {
    let (to, id) = (frame.to, sheet.row.id);
    let rubric = step.interview.rubric();
    let title = "Interview for the CVSS vector";
    let may = sheet.may_record.iter().any(|kind| kind == "exploited");
    let body = html! {
        (head(&[("Cases", to.cases()), (&sheet.row.number, to.case(id))], html! { (title) }, html! {
            p { (foreign(&sheet.row.title)) }
            p.hint {
                "The rubric for medical devices. A question that is not answered stays open, and the vector with it; "
                "an answer that nobody knows counts as the worst. Source: " (foreign(&rubric.source)) "."
            }
        }))
        @if to.is_past() {
            (only_now(&to.at(None).here(frame.here)))
        } @else if !may {
            (empty("You have no role that records exploitability.", html! { "The page of the " a href=(to.case(id)) { "case" } " says whose work it is." }))
        } @else {
            @if let Some(question) = step.question() { (asked(to, id, step, question)) }
            @else { section #question { h2 { "Every question is answered" } } }
            (vector(to, id, step.interview))
            (answers(to, id, step.interview))
        }
    };
    document(frame, &format!("{title}: {}", sheet.row.number), Room::Cases, body)
}

/// One question, with what each answer does.
fn asked(to: &Links, id: CaseId, step: &Step<'_>, question: &Question) -> Markup {
    let interview = step.interview;
    let given = interview.answers().get(&question.id);
    let line = interview.to_string();
    let open = interview.open().count();
    let skip = step.next_after(&question.id).filter(|next| next.id != question.id);
    html! {
        section #question {
            h2 { "Question " (question.id) }
            p.hint { (metric_words(&question.metric)) ". " (counted(open as u64, "question is", "questions are")) " open." }
            @if step.unanswered { p.refusal role="alert" { "No answer was chosen. Choose one, or leave the question open." } }
            form.stacked method="get" action=(to.case_rubric(id, None, "")) {
                input type="hidden" name="answers" value=(interview.without(&question.id));
                input type="hidden" name="question" value=(question.id);
                fieldset {
                    legend { (question.asks) }
                    @for answer in question.answers() {
                        @let field = format!("answer_{}", answer.word());
                        label.check for=(field) {
                            input id=(field) type="radio" name="answer" value=(answer.word()) required checked[given == Some(&answer)];
                            span { (answer_words(answer)) span.row-note { (effect(interview, question, answer)) } }
                        }
                    }
                }
                div.buttons {
                    button type="submit" { "Answer" }
                    @if given.is_some() {
                        a.button.quiet href=(to.case_rubric(id, Some(&interview.without(&question.id).to_string()), &question.id)) { "Take the answer back" }
                    }
                    @if let Some(next) = skip {
                        a.button.quiet href=(to.case_rubric(id, Some(&line), &next.id)) { "Leave it open, go on" }
                    }
                }
            }
        }
    }
}

/// What an answer does to the vector, against the question being open.
fn effect(interview: &Interview<'_>, question: &Question, answer: Answer) -> String {
    let before = interview.without(&question.id);
    let mut after = before.clone();
    if after.answer(&question.id, answer.word()).is_err() {
        return String::new();
    }
    moved(&before, &after)
}

/// What moved between two states of an interview, in words.
fn moved(before: &Interview<'_>, after: &Interview<'_>) -> String {
    let pairs = before.metrics().into_iter().zip(after.metrics());
    let moves: Vec<String> = pairs
        .filter(|(before, after)| before != after)
        .map(|(before, after)| format!("{}: {} → {}", after.name, stands(&before), stands(&after)))
        .collect();
    let asks: Vec<&str> = after
        .open()
        .map(|one| one.id.as_str())
        .filter(|id| !before.open().any(|one| one.id == *id))
        .collect();
    match (moves.is_empty(), asks.is_empty()) {
        (true, true) => "Moves no metric".to_owned(),
        (true, false) => format!("Then asks {}", asks.join(", ")),
        (false, true) => moves.join("; "),
        (false, false) => format!("{}; then asks {}", moves.join("; "), asks.join(", ")),
    }
}

/// How far a metric is, in words.
fn stands(metric: &Metric<'_>) -> String {
    match (metric.value, metric.open) {
        (None, _) => "open".to_owned(),
        (Some(value), true) => format!("{value} at least, open"),
        (Some(value), false) => value.to_owned(),
    }
}

/// The vector as far as it is, and the way to record it.
fn vector(to: &Links, id: CaseId, interview: &Interview<'_>) -> Markup {
    let columns = [Column::text("Metric"), Column::text("Value")];
    let rows: Vec<Row> = interview
        .metrics()
        .iter()
        .map(|metric| -> Row {
            vec![
                html! { (metric.name) " " span.row-note { (metric_words(metric.name)) } },
                html! {
                    @match metric.known() {
                        Some(value) => strong { (value) },
                        None => (absent(&stands(metric))),
                    }
                },
            ]
        })
        .collect();
    let (line, open) = (interview.to_string(), interview.open().count() as u64);
    let worst: Vec<&str> = interview.worst_assumed().map(|one| one.id.as_str()).collect();
    let cues: Vec<&str> = interview.harm_cues().map(|one| one.id.as_str()).collect();
    html! {
        section #vector {
            h2 { "The vector" }
            @match interview.vector() {
                Some(vector) => p { (code(&vector.to_string())) },
                None => p { (absent("No vector yet")) ": " (counted(open, "question is", "questions are")) " open." },
            }
            @if !worst.is_empty() { p { "Not known, so the worst is assumed: " (worst.join(", ")) "." } }
            @if !cues.is_empty() {
                p {
                    strong { "Assess harm to a patient." } " The answers to " (cues.join(", "))
                    " may change diagnosis or therapy, and CVSS does not say what that does to a patient. "
                    a href=(to.case_record(id, "harmed")) { "Assess harm" }
                }
            }
            (table(html! { span.unseen { "How far each metric is" } }, &columns, &rows))
            @if !interview.answers().is_empty() {
                p.buttons {
                    a.button href=(to.case_record_from(id, &line)) {
                        @if interview.vector().is_some() { "Take the vector over" } @else { "Record the answers so far" }
                    }
                }
            }
        }
    }
}

/// Every question that the answers lead to, with its answer and what that did.
fn answers(to: &Links, id: CaseId, interview: &Interview<'_>) -> Markup {
    let columns = [
        Column::text("Question"),
        Column::text("Answer"),
        Column::text("What it did"),
        Column::text("Change"),
    ];
    let line = interview.to_string();
    let mut so_far = Interview::new(interview.rubric());
    let mut rows: Vec<Row> = Vec::new();
    for question in interview.asked() {
        let before = so_far.clone();
        let given = interview.answers().get(&question.id).copied();
        if let Some(answer) = given {
            // It was taken once already.
            let _ = so_far.answer(&question.id, answer.word());
        }
        rows.push(vec![
            html! { (question.id) " " span.row-note { (question.asks) } },
            html! { @match given { Some(answer) => (answer_words(answer)), None => (absent("Open")) } },
            html! { @if given.is_some() { (moved(&before, &so_far)) } @else { (absent("Nothing yet")) } },
            html! {
                a href=(to.case_rubric(id, Some(&line), &question.id)) {
                    @if given.is_some() { "Change" } @else { "Answer" }
                    span.unseen { " " (question.id) }
                }
            },
        ]);
    }
    html! {
        section #answers {
            h2 { "Questions" }
            (table(html! { span.unseen { "Questions with their answers" } }, &columns, &rows))
        }
    }
}

const fn answer_words(answer: Answer) -> &'static str {
    match answer {
        Answer::Yes => "Yes",
        Answer::No => "No",
        Answer::High => "Far (high)",
        Answer::Low => "Little (low)",
        Answer::None => "Not at all (none)",
        Answer::Unknown => "Nobody knows: counts as the worst",
    }
}

/// A base metric of CVSS 3.0 (specification, section 2) in words.
fn metric_words(metric: &str) -> &'static str {
    match metric {
        "AV" => "Attack vector",
        "AC" => "Attack complexity",
        "PR" => "Privileges required",
        "UI" => "User interaction",
        "S" => "Scope",
        "C" => "Confidentiality",
        "I" => "Integrity",
        _ => "Availability",
    }
}
