//! A progress bar for work that takes its time: on standard error, and only for people.

use crate::operation::Stopwatch;
use indicatif::{ProgressBar, ProgressStyle};
use std::{
    io::{self, IsTerminal},
    time::Duration,
};

/// Work that is done sooner than this shows no bar.
const PATIENCE: Duration = Duration::from_millis(500);

/// A bar that appears when the work turns out to be long, and leaves no trace.
#[derive(Debug)]
pub struct Progress {
    wanted: bool,
    begun: Stopwatch,
    bar: Option<ProgressBar>,
    template: &'static str,
}

impl Progress {
    /// Progress in countable things.
    pub fn of_things(quiet: bool) -> Self {
        Self::new(quiet, "{wide_msg} {bar:24} {human_pos}/{human_len}")
    }

    /// Progress in bytes.
    pub fn of_bytes(quiet: bool) -> Self {
        Self::new(quiet, "{wide_msg} {bar:24} {bytes}/{total_bytes}, {eta} left")
    }

    fn new(quiet: bool, template: &'static str) -> Self {
        let wanted = !quiet && io::stderr().is_terminal();
        Self { wanted, begun: Stopwatch::start(), bar: None, template }
    }

    /// Shows how far the work has come.
    pub fn show(&mut self, message: &str, done: u64, total: u64) {
        if !self.wanted || self.begun.elapsed() < PATIENCE {
            return;
        }
        let template = self.template;
        let bar = self.bar.get_or_insert_with(|| {
            let style = ProgressStyle::with_template(template);
            ProgressBar::new(total)
                .with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
        });
        bar.set_length(total);
        bar.set_position(done);
        bar.set_message(message.to_owned());
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
