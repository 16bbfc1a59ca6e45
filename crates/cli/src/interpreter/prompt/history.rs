//! The lines that were typed, kept in `~/.micropython.history` from one time to the next, as the official prompt does.

use std::{fs, path::PathBuf};

/// The newest last.
#[derive(Default)]
pub struct History(Vec<String>);

/// How many lines are kept.
const LINES: usize = 50;

impl History {
    /// What earlier prompts left.
    pub fn load() -> History {
        let mut history = History::default();
        let text = file().and_then(|file| fs::read(file).ok()).unwrap_or_default();
        // The file has the newest first.
        String::from_utf8_lossy(&text).lines().rev().for_each(|line| history.push(line));
        history
    }

    /// Leaves the lines for later prompts. Nobody is told if that fails.
    pub fn save(&self) {
        if let Some(file) = file() {
            let text: String = self.0.iter().rev().flat_map(|line| [line, "\n"]).collect();
            drop(fs::write(file, text));
        }
    }

    /// Adds a line, unless it is blank or the one before again.
    pub fn push(&mut self, line: &str) {
        if line.trim().is_empty() || self.0.last().is_some_and(|last| last == line) {
            return;
        }
        if self.0.len() == LINES {
            self.0.remove(0);
        }
        self.0.push(line.into());
    }

    /// The line so many before the newest.
    pub fn back(&self, count: usize) -> Option<&str> {
        let at = self.0.len().checked_sub(count.checked_add(1)?)?;
        self.0.get(at).map(String::as_str)
    }
}

fn file() -> Option<PathBuf> {
    let home = std::env::var_os("HOME").filter(|home| !home.is_empty())?;
    Some(PathBuf::from(home).join(".micropython.history"))
}
