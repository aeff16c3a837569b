//! How far it is: a bar at a terminal, a line for each part elsewhere.

use std::{
    io::{IsTerminal as _, stderr},
    sync::atomic::{AtomicUsize, Ordering},
    time::Instant,
};

use indicatif::{ProgressBar, ProgressStyle};
use playback_world::report::Progress;

pub(crate) struct Shown {
    bar: Option<ProgressBar>,
    parts: usize,
    begun: AtomicUsize,
    since: Instant,
}

impl Shown {
    pub(crate) fn new(parts: usize) -> Self {
        let bar = stderr().is_terminal().then(|| {
            let style =
                ProgressStyle::with_template("{spinner} [{elapsed}] {bar:30} {pos}/{len} {msg}");
            let bar = ProgressBar::new(parts as u64);
            match style {
                Ok(style) => bar.with_style(style),
                Err(_) => bar,
            }
        });
        Self {
            bar,
            parts,
            begun: AtomicUsize::new(0),
            since: Instant::now(),
        }
    }
}

impl Progress for Shown {
    fn begin(&self, part: &str) {
        let begun = self.begun.fetch_add(1, Ordering::Relaxed);
        match &self.bar {
            Some(bar) => {
                bar.set_position(begun as u64);
                bar.set_message(part.to_owned());
            }
            None => eprintln!(
                "{}/{} {part} ({} s)",
                begun + 1,
                self.parts,
                self.since.elapsed().as_secs()
            ),
        }
    }

    fn tick(&self) {
        if let Some(bar) = &self.bar {
            bar.tick();
        }
    }
}

impl Drop for Shown {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
