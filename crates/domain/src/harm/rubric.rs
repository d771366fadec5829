//! The medical device rubric for CVSS as a guided interview: questions, answers, a vector.
//!
//! Source: MITRE for FDA, Rubric for Applying CVSS to Medical Devices, 0.12.04 (MDDT, October 2020).
//! Questions and rules are data (`data/rubric.json`). An answer *unknown* counts as the worst and is
//! listed; a question *not answered* leaves the vector open. CVSS is not the assessment of harm: high
//! integrity or availability of diagnosis or therapy is the cue to make one.

use crate::refusal::Refusal;
use aftercare_vocab::cvss::Vector;
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, fmt, sync::LazyLock};

/// An answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// To a question of yes and no.
    Yes,
    /// To a question of yes and no.
    No,
    /// To a question of how far.
    High,
    /// To a question of how far.
    Low,
    /// To a question of how far.
    None,
    /// Asked, and nobody knows: counts as the worst.
    Unknown,
}

impl Answer {
    const ALL: [Self; 6] = [Self::Yes, Self::No, Self::High, Self::Low, Self::None, Self::Unknown];

    /// The word of the interview: `yes`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::No => "no",
            Self::High => "high",
            Self::Low => "low",
            Self::None => "none",
            Self::Unknown => "unknown",
        }
    }

    fn is_one_of(self, words: &str) -> bool {
        words.split(' ').any(|word| word == self.word())
    }
}

/// A question.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// `XAVN`, as in the rubric.
    pub id: String,
    /// The metric it is about.
    pub metric: String,
    /// The question in our words.
    pub asks: String,
    /// Answers it takes, blanks between.
    answers: String,
    /// Asked only after these answers.
    #[serde(default)]
    when: BTreeMap<String, String>,
}

impl Question {
    /// Answers it takes.
    pub fn answers(&self) -> impl Iterator<Item = Answer> {
        Answer::ALL.into_iter().filter(|answer| answer.is_one_of(&self.answers))
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Rule {
    metric: String,
    value: String,
    when: BTreeMap<String, String>,
}

/// The rubric of one version.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rubric {
    /// `mitre:cvss-medical-rubric`
    pub id: String,
    /// `0.12.04`
    pub version: String,
    /// From when on it may be used.
    pub valid_from: jiff::civil::Date,
    /// Who published it.
    pub source: String,
    prefix: String,
    /// All questions, in the order of the interview.
    pub questions: Vec<Question>,
    rules: Vec<Rule>,
    harm_cues: Vec<String>,
}

/// How far a base metric is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Metric<'r> {
    /// Its short name: `AV`.
    pub name: &'static str,
    /// The value that follows from the answers so far; of C, I and A the highest, which only rises.
    pub value: Option<&'r str>,
    /// Whether a question is open that can still move it.
    pub open: bool,
}

impl<'r> Metric<'r> {
    /// Its value, once nothing that is open can move it.
    pub fn known(&self) -> Option<&'r str> {
        self.value.filter(|_| !self.open)
    }
}

/// Base metrics in the order of a 3.x vector; of the last three the highest value of all rules counts.
const METRICS: [&str; 8] = ["AV", "AC", "PR", "UI", "S", "C", "I", "A"];

impl Rubric {
    /// The rubric that comes with the product.
    pub fn shipped() -> &'static Self {
        &SHIPPED
    }

    /// What it is called where answers are kept: `mitre:cvss-medical-rubric 0.12.04`.
    pub fn name(&self) -> String {
        format!("{} {}", self.id, self.version)
    }

    /// The question of this id.
    pub fn question(&self, id: &str) -> Option<&Question> {
        self.questions.iter().find(|question| question.id == id)
    }
}

/// An interview: the answers given so far, kept beside the vector they lead to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interview<'r> {
    rubric: &'r Rubric,
    answers: BTreeMap<String, Answer>,
}

impl<'r> Interview<'r> {
    /// An interview without answers.
    pub const fn new(rubric: &'r Rubric) -> Self {
        Self { rubric, answers: BTreeMap::new() }
    }

    /// An interview with the answers of a line, as [`Display`](fmt::Display) writes it: `XAVN:yes/XAVT:no`.
    pub fn read(rubric: &'r Rubric, line: &str) -> Result<Self, Refusal> {
        let mut interview = Self::new(rubric);
        for pair in line.split('/').filter(|pair| !pair.is_empty()) {
            let (question, answer) = pair.split_once(':').unwrap_or((pair, ""));
            interview.answer(question, answer)?;
        }
        Ok(interview)
    }

    /// An interview with answers that were kept.
    pub fn of(rubric: &'r Rubric, answers: &BTreeMap<String, Answer>) -> Result<Self, Refusal> {
        let mut interview = Self::new(rubric);
        answers
            .iter()
            .try_for_each(|(question, answer)| interview.answer(question, answer.word()))?;
        Ok(interview)
    }

    /// The same without the answer to a question, which is open again.
    #[must_use]
    pub fn without(&self, question: &str) -> Self {
        let mut fewer = self.clone();
        fewer.answers.remove(question);
        fewer
    }

    /// The rubric whose questions are asked.
    pub const fn rubric(&self) -> &'r Rubric {
        self.rubric
    }

    /// The answers, by question.
    pub const fn answers(&self) -> &BTreeMap<String, Answer> {
        &self.answers
    }

    /// Gives an answer, also another one than before. Refused are unknown questions and answers a
    /// question does not take.
    pub fn answer(&mut self, question: &str, answer: &str) -> Result<(), Refusal> {
        let Some(found) = self.rubric.question(question) else {
            return Err(Refusal::new(
                "unknown_question",
                format!("The rubric has no question `{}`.", question.escape_debug()),
                "Take the ids of its questions, such as XAVN.",
            ));
        };
        let given = found.answers().find(|allowed| allowed.word().eq_ignore_ascii_case(answer));
        let Some(given) = given else {
            let allowed: Vec<&str> = found.answers().map(Answer::word).collect();
            return Err(Refusal::new(
                "unknown_answer",
                format!("`{}` is no answer to {}.", answer.escape_debug(), found.id),
                format!("It takes {}.", allowed.join(", ")),
            ));
        };
        self.answers.insert(found.id.clone(), given);
        Ok(())
    }

    fn holds(&self, when: &BTreeMap<String, String>) -> bool {
        when.iter().all(|(question, words)| {
            self.answers.get(question).is_some_and(|answer| answer.is_one_of(words))
        })
    }

    /// Questions that are to be asked, given the answers so far, and have none: the interview's next
    /// step is the first of them.
    pub fn open(&self) -> impl Iterator<Item = &'r Question> {
        self.rubric.questions.iter().filter(|question| {
            !self.answers.contains_key(&question.id) && self.holds(&question.when)
        })
    }

    /// Questions answered with *unknown*, which count as the worst.
    pub fn worst_assumed(&self) -> impl Iterator<Item = &'r Question> {
        self.asked().filter(|question| self.answers.get(&question.id) == Some(&Answer::Unknown))
    }

    /// Questions that the answers lead to: an answer given on a way that was left again does not count.
    pub fn asked(&self) -> impl Iterator<Item = &'r Question> {
        self.rubric.questions.iter().filter(|question| self.holds(&question.when))
    }

    /// How far each base metric is, in the order of a vector.
    pub fn metrics(&self) -> [Metric<'r>; METRICS.len()] {
        METRICS.map(|name| {
            let rules = || self.rubric.rules.iter().filter(move |rule| rule.metric == name);
            // An answer that no rule asks for is kept beside the vector and moves no metric (XAVPA).
            let matters =
                |question: &&Question| rules().any(|rule| rule.when.contains_key(&question.id));
            let values =
                rules().filter(|rule| self.holds(&rule.when)).map(|rule| rule.value.as_str());
            Metric {
                name,
                value: values.min_by_key(|value| ["H", "L", "N"].iter().position(|v| v == value)),
                open: self.open().any(|question| matters(&question)),
            }
        })
    }

    /// The vector; none while a question that matters is open.
    pub fn vector(&self) -> Option<Vector> {
        let mut text = self.rubric.prefix.clone();
        for metric in self.metrics() {
            text.extend(["/", metric.name, ":", metric.known()?]);
        }
        text.parse().ok()
    }

    /// Why patient harm must be assessed: questions about diagnosis and therapy whose integrity or
    /// availability is high or unknown.
    pub fn harm_cues(&self) -> impl Iterator<Item = &'r Question> {
        self.asked().filter(|question| {
            self.rubric.harm_cues.contains(&question.id)
                && matches!(self.answers.get(&question.id), Some(Answer::High | Answer::Unknown))
        })
    }
}

/// The answers as one line, to be kept beside the vector: `XAVN:yes/XAVT:no`.
impl fmt::Display for Interview<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let given = self.rubric.questions.iter().filter_map(|question| {
            self.answers.get(&question.id).map(|answer| (&question.id, answer.word()))
        });
        for (number, (question, answer)) in given.enumerate() {
            let slash = if number == 0 { "" } else { "/" };
            write!(f, "{slash}{question}:{answer}")?;
        }
        Ok(())
    }
}

static SHIPPED: LazyLock<Rubric> = LazyLock::new(|| {
    #[allow(clippy::expect_used, reason = "compiled in, and every test of this module reads it")]
    serde_json::from_str(include_str!("../../data/rubric.json")).expect("the rubric of the product")
});
