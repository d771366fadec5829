//! Running other programs: shown live and kept in a log, or captured whole.

use anyhow::{Context, Result, bail};
use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The kept output of one group.
#[derive(Debug)]
pub struct Log {
    pub path: PathBuf,
    file: File,
}

impl Log {
    pub fn create(folder: &Path, name: &str) -> Result<Self> {
        let path = folder.join(format!("{}.log", name.replace(' ', "-")));
        let file = File::create(&path).with_context(|| format!("writing {}", path.display()))?;
        Ok(Self { path, file })
    }

    /// A line for the terminal and the log.
    pub fn say(&mut self, line: &str) -> Result<()> {
        println!("{line}");
        self.keep(line)
    }

    fn keep(&mut self, line: &str) -> Result<()> {
        writeln!(self.file, "{line}").with_context(|| format!("writing {}", self.path.display()))
    }
}

/// Runs a program without input; every line goes to the log, and to the terminal when `show` says
/// so. Standard output and standard error come in the order in which they were written.
/// Answers the exit code, 128 when a signal ended the program.
pub fn live(
    mut command: Command,
    log: &mut Log,
    mut show: impl FnMut(&str) -> bool,
) -> Result<i32> {
    let shown = line_of(&command);
    log.say(&format!("$ {shown}"))?;
    let (reader, writer) = std::io::pipe().context("making a pipe")?;
    command.stdin(Stdio::null());
    command.stdout(writer.try_clone().context("sharing a pipe")?).stderr(writer);
    let mut child = command.spawn().with_context(|| format!("starting `{shown}`"))?;
    drop(command); // holds the writing end; reading would never end
    let mut reader = BufReader::new(reader);
    let mut bytes = Vec::new();
    while reader.read_until(b'\n', &mut bytes).context("reading output")? > 0 {
        let line = String::from_utf8_lossy(&bytes);
        let line = line.trim_end_matches(['\n', '\r']);
        log.keep(line)?;
        if show(line) {
            println!("{line}");
        }
        bytes.clear();
    }
    let status = child.wait().with_context(|| format!("waiting for `{shown}`"))?;
    Ok(status.code().unwrap_or(128))
}

/// Runs a program and answers its standard output; a failure carries the end of its standard error.
pub fn captured(mut command: Command) -> Result<String> {
    command.stdin(Stdio::null());
    captured_fed(command)
}

/// The same for a program that was given its standard input.
pub fn captured_fed(mut command: Command) -> Result<String> {
    let shown = line_of(&command);
    let output = command.output().with_context(|| format!("starting `{shown}`"))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        bail!("`{shown}` ended with {}: {}", output.status, tail(&said, 12));
    }
    String::from_utf8(output.stdout).with_context(|| format!("`{shown}` did not print UTF-8"))
}

/// The last lines of a text.
pub fn tail(text: &str, lines: usize) -> String {
    let all: Vec<&str> = text.trim_end().lines().collect();
    all[all.len().saturating_sub(lines)..].join("\n")
}

/// The command as a person would type it (good enough to copy when no argument holds a space).
pub fn line_of(command: &Command) -> String {
    std::iter::once(command.get_program())
        .chain(command.get_args())
        .map(|part| {
            let part = part.to_string_lossy();
            let name = part.rsplit_once('/').map_or(&*part, |(_, name)| name);
            // The program by its name: the path differs from machine to machine.
            if part == command.get_program().to_string_lossy() {
                name.to_owned()
            } else if part.contains(' ') {
                format!("'{part}'")
            } else {
                part.into_owned()
            }
        })
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_streams_are_kept_in_order_with_the_exit_code() {
        let folder = std::env::temp_dir().join(format!("xtask-live-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let mut log = Log::create(&folder, "two words").unwrap();
        let mut command = Command::new("sh");
        command.args(["-c", "echo one; echo two >&2; echo three; exit 3"]);
        let mut seen = Vec::new();
        let code = live(command, &mut log, |line| {
            seen.push(line.to_owned());
            false
        })
        .unwrap();
        assert_eq!((code, seen), (3, vec!["one".into(), "two".into(), "three".into()]));
        let kept = std::fs::read_to_string(folder.join("two-words.log")).unwrap();
        assert!(kept.ends_with("one\ntwo\nthree\n"), "{kept}");
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_failed_program_speaks_with_its_own_words() {
        let mut command = Command::new("sh");
        command.args(["-c", "echo the disk is full >&2; exit 1"]);
        let error = captured(command).unwrap_err().to_string();
        assert!(error.contains("the disk is full"), "{error}");
    }
}
