//! Kills a process that writes to a register, again and again (`aftercare_testkit::crash`).
//!
//! `crash run DIR LIVES SEED`: the harness; ends with 1 and says what is wrong if anything is. On the
//! engine that `AFTERCARE_TEST_ENGINE` names; on a server two lives write side by side.
//! `crash live DIR ROUND LIFE [CHANGE...]`: one life, which the harness starts.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "its output is its result")]
#![allow(clippy::disallowed_methods, reason = "a harness waits and draws lots")]

use aftercare_register::{Access, Options, Register};
use aftercare_testkit::{
    crash::{self, Change, Heard, Look},
    engine,
};
use std::{
    error::Error,
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, ExitCode, Stdio},
    sync::{Arc, Mutex, PoisonError},
    thread,
    time::Duration,
};

/// Longest time a life is given after it began its first change, in microseconds.
const LIFE: u64 = 60_000;
/// Changes of each thread, so that a life ends by itself if the harness does.
const MOST: u64 = 5_000;
/// After how many lives the whole register is looked at and verified; after the others, what is new.
const VERIFY_EVERY: u64 = 50;
/// After how many lives a long run begins a new register, so that a look at all of it stays short.
const LIVES_OF_A_REGISTER: u64 = 500;

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        ["run", dir, lives, seed] => run(Path::new(dir), lives.parse()?, seed.parse()?),
        ["live", dir, round, life, ref again @ ..] => {
            let again: Result<Vec<Change>, String> =
                again.iter().map(|name| name.parse()).collect();
            crash::live(
                Path::new(dir),
                round.parse()?,
                life.parse()?,
                &again?,
                MOST,
                std::io::stdout(),
            )?;
            Ok(ExitCode::SUCCESS)
        }
        _ => Err("usage: crash run DIR LIVES SEED | crash live DIR ROUND LIFE [CHANGE...]".into()),
    }
}

fn run(dir: &Path, lives: u64, seed: u64) -> Result<ExitCode, Box<dyn Error>> {
    let mut lots = seed | 1;
    let (mut lived, mut begun, mut kept) = (0, 0, 0);
    while lived < lives {
        let place = dir.join(format!("from-{}", lived + 1));
        let until = lives.min(lived + LIVES_OF_A_REGISTER);
        let heard = of_one_register(&place, lived, until, &mut lots)?;
        lived = until;
        let counts = heard.counts();
        (begun, kept) = (begun + counts.0, kept + counts.1);
        if lived < lives {
            println!("{lived} lives so far: {begun} changes begun, {kept} said to be kept");
            std::fs::remove_dir_all(&place)?;
        }
    }
    println!(
        "{lived} lives: {begun} changes begun, {kept} said to be kept, 0 lost, doubled or half-visible"
    );
    Ok(ExitCode::SUCCESS)
}

/// The lives after `lived` until `until` on a register of their own.
fn of_one_register(
    dir: &Path,
    mut lived: u64,
    until: u64,
    lots: &mut u64,
) -> Result<Heard, Box<dyn Error>> {
    let side_by_side = if engine::engine().is_some() { 2 } else { 1 };
    std::fs::create_dir_all(dir)?;
    crash::lay_ground(dir)?;
    let heard = Arc::new(Mutex::new(Heard::default()));
    let mut round = 0;
    while lived < until {
        round += 1;
        let again = lock(&heard).open();
        let pieces = again.chunks(again.len().div_ceil(side_by_side).max(1));
        let mut pieces: Vec<&[Change]> = pieces.collect();
        pieces.resize(side_by_side, &[]);
        let before = lived;
        let mut running = Vec::new();
        for again in pieces {
            lived += 1;
            running.push(Life::begin(dir, round, lived, again, &heard)?);
        }
        // xorshift: the same lots for the same seed, though the moments still vary
        *lots ^= *lots << 13;
        *lots ^= *lots >> 7;
        *lots ^= *lots << 17;
        thread::sleep(Duration::from_micros(*lots % LIFE));
        for life in running {
            life.kill()?;
        }
        let options = engine::options(&dir.join("register"), Access::Write);
        let whole = before / VERIFY_EVERY < lived / VERIFY_EVERY || lived >= until;
        judge(dir, options, &heard, lived, whole)?;
    }
    let heard = Arc::into_inner(heard).ok_or("somebody still listens")?;
    Ok(heard.into_inner().unwrap_or_else(PoisonError::into_inner))
}

fn judge(
    dir: &Path,
    options: Options,
    heard: &Mutex<Heard>,
    lived: u64,
    verify: bool,
) -> Result<(), Box<dyn Error>> {
    let register = Register::open(&dir.join("register"), options)?;
    let look = if verify { Look::AtAll } else { Look::AtWhatIsNew };
    let mut wrong = lock(heard).judge(&register, look)?;
    if verify {
        let found = register.verify()?;
        wrong.extend(found.differences.iter().map(ToString::to_string));
    }
    if wrong.is_empty() {
        return Ok(());
    }
    Err(format!("after life {lived}, in {}:\n{}", dir.display(), wrong.join("\n")).into())
}

fn lock(heard: &Mutex<Heard>) -> std::sync::MutexGuard<'_, Heard> {
    heard.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A life under way. It ends with the harness.
struct Life {
    child: Child,
    listener: Option<thread::JoinHandle<()>>,
}

impl Drop for Life {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Life {
    /// Begins it and waits until it has begun its first change.
    fn begin(
        dir: &Path,
        round: u64,
        number: u64,
        again: &[Change],
        heard: &Arc<Mutex<Heard>>,
    ) -> Result<Self, Box<dyn Error>> {
        let mut command = Command::new(std::env::current_exe()?);
        command.arg("live").arg(dir).args([round, number].map(|n| n.to_string()));
        command.args(again.iter().map(ToString::to_string));
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
        let mut said = BufReader::new(child.stdout.take().ok_or("no output")?);
        let mut first = String::new();
        if said.read_line(&mut first)? == 0 {
            let mut why = String::new();
            std::io::Read::read_to_string(&mut child.stderr.take().ok_or("no output")?, &mut why)?;
            return Err(format!("life {number} ended before its first change: {why}").into());
        }
        lock(heard).line(first.trim_end());
        let heard = Arc::clone(heard);
        let listener = thread::spawn(move || {
            // A last line without its end was cut off by the kill.
            let mut line = String::new();
            while said.read_line(&mut line).is_ok_and(|read| read > 0) {
                if line.ends_with('\n') {
                    lock(&heard).line(line.trim_end());
                }
                line.clear();
            }
        });
        Ok(Self { child, listener: Some(listener) })
    }

    /// SIGKILL: no handler runs, no buffer is flushed.
    fn kill(mut self) -> Result<(), Box<dyn Error>> {
        if let Some(status) = self.child.try_wait()? {
            let mut why = String::new();
            std::io::Read::read_to_string(
                &mut self.child.stderr.take().ok_or("no output")?,
                &mut why,
            )?;
            return Err(format!("a life ended by itself ({status}): {why}").into());
        }
        self.child.kill()?;
        self.child.wait()?;
        let listener = self.listener.take().map(thread::JoinHandle::join);
        listener.transpose().map_err(|_| "the listener broke")?;
        Ok(())
    }
}
