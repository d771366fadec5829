//! JSON lines: one object a line comes in on standard input, one goes out in the same order.
//!
//! A line that cannot be answered gives `{"error": ...}` and the next one is read; nothing ends the
//! run but the end of the input.

use crate::ending::{Ending, Failure};
use serde::Serialize;
use std::{
    fmt,
    io::{self, BufRead, Read, Write},
    path::Path,
};

/// The longest line that is read; a longer one is answered with an error.
pub const LONGEST_LINE: usize = 64 * 1024;

/// Why a line has no answer.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub struct Refused {
    error: String,
    /// Which character of the text in question, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<usize>,
}

impl Refused {
    /// A reason without a place.
    pub fn because(error: impl ToString) -> Self {
        Self { error: error.to_string(), at: None }
    }

    /// A reason with the character it is about.
    pub fn at(self, at: usize) -> Self {
        Self { at: Some(at), ..self }
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.error)
    }
}

/// Answers every line of standard input. Answers go out when no more input waits, so that a program at
/// the other end can ask and listen in turns.
pub fn answer<T: Serialize>(
    answer: impl Fn(&[u8]) -> Result<T, Refused>,
) -> Result<Ending, Failure> {
    let mut input = io::BufReader::with_capacity(LONGEST_LINE, io::stdin().lock());
    let mut output = io::BufWriter::with_capacity(LONGEST_LINE, io::stdout().lock());
    match exchange(&mut input, &mut output, answer) {
        // a reader that has seen enough is no trouble
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::at("Answering on", Path::new("standard output"), &error))
        }
        _ => Ok(Ending::Done),
    }
}

fn exchange<R: Read, T: Serialize>(
    input: &mut io::BufReader<R>,
    output: &mut impl Write,
    answer: impl Fn(&[u8]) -> Result<T, Refused>,
) -> io::Result<()> {
    let mut line = Vec::new();
    while read_line(input, &mut line)? {
        let answered = if line.len() > LONGEST_LINE {
            Err(Refused::because(format!("The line is longer than {LONGEST_LINE} bytes.")))
        } else if line.trim_ascii().is_empty() {
            Err(Refused::because("The line is blank; each line holds one JSON object."))
        } else {
            answer(&line)
        };
        match answered {
            Ok(answer) => serde_json::to_writer(&mut *output, &answer)?,
            Err(refused) => serde_json::to_writer(&mut *output, &refused)?,
        }
        output.write_all(b"\n")?;
        if input.buffer().is_empty() {
            output.flush()?;
        }
    }
    output.flush()
}

/// The next line without its end, at most one byte more than are allowed; false at the end.
fn read_line<R: Read>(input: &mut io::BufReader<R>, line: &mut Vec<u8>) -> io::Result<bool> {
    line.clear();
    let allowed = LONGEST_LINE as u64 + 1;
    if input.by_ref().take(allowed).read_until(b'\n', line)? == 0 {
        return Ok(false);
    }
    if line.ends_with(b"\n") {
        line.pop();
    } else if line.len() > LONGEST_LINE {
        input.skip_until(b'\n')?;
    }
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(input: &[u8]) -> Vec<String> {
        let mut output = Vec::new();
        let length = |line: &[u8]| Ok::<usize, Refused>(line.len());
        exchange(&mut io::BufReader::new(input), &mut output, length).expect("answered");
        String::from_utf8(output).expect("text").lines().map(str::to_owned).collect()
    }

    #[test]
    fn every_line_has_its_answer_also_a_blank_one_and_one_that_is_too_long() {
        let long = vec![b'x'; LONGEST_LINE * 3];
        let input = [b"abc\n\n  \n", long.as_slice(), b"\nab\r\nlast"].concat();
        let answers = run(&input);
        assert_eq!(answers.len(), 6, "{answers:?}");
        assert_eq!(
            (answers[0].as_str(), answers[4].as_str(), answers[5].as_str()),
            ("3", "3", "4")
        );
        for blank in &answers[1..3] {
            assert!(blank.contains("blank"), "{blank}");
        }
        assert!(answers[3].contains("longer than 65536 bytes"), "{}", answers[3]);
        assert!(run(b"").is_empty());
        let just = vec![b'x'; LONGEST_LINE];
        assert_eq!(run(&[&just[..], b"\nab\n"].concat()), ["65536", "2"]);
    }
}
