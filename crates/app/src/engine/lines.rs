//! One JSON object a line in, one a line out, in the same order. A line that cannot be read gives
//! `{"error": ...}`; only the end of the input or of the reader ends the work.

use crate::ending::{Ending, Failure};
use serde::{Deserialize, Serialize};
use std::{
    io::{self, BufRead, BufReader, BufWriter, Read, Write},
    path::Path,
};

/// The longest line that is kept, in bytes; a longer one is answered with an error.
const LONGEST: usize = 64 << 20;

/// Bytes of input and of output that are gathered.
const GATHERED: usize = 256 << 10;

/// Answers standard input on standard output: `ask` writes its answer behind what it is given, or
/// says why there is none.
pub fn answer(ask: impl Fn(&str, &mut Vec<u8>) -> Result<(), String>) -> Result<Ending, Failure> {
    let input = BufReader::with_capacity(GATHERED, io::stdin().lock());
    let output = BufWriter::with_capacity(GATHERED, io::stdout().lock());
    match each(input, output, LONGEST, ask) {
        // A reader that has seen enough (`| head`) is no trouble.
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::at("Working through", Path::new("standard input"), &error))
        }
        _ => Ok(Ending::Done),
    }
}

/// Reads the question on a line.
pub fn question<'a, Q: Deserialize<'a>>(line: &'a str) -> Result<Q, String> {
    serde_json::from_str(line)
        .map_err(|error| format!("The line is not a readable question: {error}."))
}

/// Writes an answer.
pub fn reply(out: &mut Vec<u8>, answer: &impl Serialize) -> Result<(), String> {
    serde_json::to_writer(out, answer)
        .map_err(|error| format!("The answer cannot be written: {error}."))
}

#[derive(Serialize)]
struct Unanswered<'a> {
    error: &'a str,
}

fn each<R: Read>(
    mut input: BufReader<R>,
    mut output: impl Write,
    longest: usize,
    ask: impl Fn(&str, &mut Vec<u8>) -> Result<(), String>,
) -> io::Result<()> {
    let (mut line, mut out) = (Vec::new(), Vec::new());
    loop {
        line.clear();
        if (&mut input).take(longest as u64 + 1).read_until(b'\n', &mut line)? == 0 {
            return output.flush();
        }
        let answered = if line.len() > longest && line.last() != Some(&b'\n') {
            input.skip_until(b'\n')?;
            Err(format!("The line is longer than {longest} bytes."))
        } else {
            match std::str::from_utf8(&line) {
                Ok(text) => ask(text.trim_end(), &mut out),
                Err(error) => Err(format!("The line is not UTF-8: {error}.")),
            }
        };
        if let Err(error) = answered {
            out.clear();
            serde_json::to_writer(&mut out, &Unanswered { error: &error })?;
        }
        out.push(b'\n');
        output.write_all(&out)?;
        out.clear();
        if input.buffer().is_empty() {
            output.flush()?; // whoever asks line by line waits for the answer
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_has_its_answer_in_order_and_an_error_ends_nothing() {
        let echo = |line: &str, out: &mut Vec<u8>| match line {
            "" => Err("nothing".to_owned()),
            "half" => {
                out.extend(b"{\"half");
                Err("broke off".to_owned())
            }
            line => {
                out.extend(line.bytes());
                Ok(())
            }
        };
        let mut out = Vec::new();
        let input = BufReader::new(&b"one\n\nhalf\n\xff\nlonger than ten\nlast\r\nx"[..]);
        each(input, &mut out, 10, echo).expect("written");
        let said = String::from_utf8(out).expect("UTF-8");
        assert_eq!(
            said.lines().collect::<Vec<_>>(),
            [
                "one",
                r#"{"error":"nothing"}"#,
                r#"{"error":"broke off"}"#,
                r#"{"error":"The line is not UTF-8: invalid utf-8 sequence of 1 bytes from index 0."}"#,
                r#"{"error":"The line is longer than 10 bytes."}"#,
                "last",
                "x",
            ]
        );
    }
}
