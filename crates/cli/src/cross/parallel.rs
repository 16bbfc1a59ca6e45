//! Several jobs at once, with progress on a terminal.

use super::{Failure, jobs::Job, one, options::Options};
use std::collections::BTreeMap;
use std::io::{IsTerminal, Write};
use std::sync::{
    Mutex, PoisonError,
    atomic::{AtomicUsize, Ordering},
};

/// Native stack of a thread that compiles, as large as that of a main thread.
const STACK: usize = 8 << 20;

/// What the threads tell.
struct Report<'a> {
    jobs: &'a [Job],
    done: usize,
    failed: usize,
    /// Failures of jobs whose predecessors are still under way.
    waiting: BTreeMap<usize, Option<Failure>>,
    /// Number of the first job that is not reported yet.
    next: usize,
    terminal: bool,
}

impl Report<'_> {
    /// Notes how a job ended. Failures are printed in the order of the jobs.
    fn note(&mut self, number: usize, failure: Option<Failure>) {
        self.done += 1;
        self.failed += usize::from(failure.is_some());
        self.waiting.insert(number, failure);
        while let Some(failure) = self.waiting.remove(&self.next) {
            self.next += 1;
            if let Some(failure) = failure {
                self.clear();
                failure.print();
            }
        }
        if self.terminal {
            let name = &self.jobs[number].source_name;
            eprint!("\r\x1b[K[{}/{}] {name}", self.done, self.jobs.len());
            let _ = std::io::stderr().flush();
        }
    }

    /// Takes the line of progress away.
    fn clear(&self) {
        if self.terminal {
            eprint!("\r\x1b[K");
        }
    }
}

/// Does all jobs; those that fail do not keep the others from being done.
pub fn all(jobs: &[Job], options: &Options) -> Result<(), Failure> {
    let report = Mutex::new(Report {
        jobs,
        done: 0,
        failed: 0,
        waiting: BTreeMap::new(),
        next: 0,
        terminal: std::io::stderr().is_terminal(),
    });
    let next = AtomicUsize::new(0);
    let work = || {
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let Some(job) = jobs.get(number) else { return };
            let failure = one(job, options).err();
            report.lock().unwrap_or_else(PoisonError::into_inner).note(number, failure);
        }
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(jobs.len());
    std::thread::scope(|scope| {
        for _ in 1..threads {
            // Without a thread more the others do its part.
            let _ = std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, work);
        }
        work();
    });
    let report = report.into_inner().unwrap_or_else(PoisonError::into_inner);
    report.clear();
    if report.terminal {
        eprintln!("{} compiled, {} failed", report.done - report.failed, report.failed);
    }
    match report.failed {
        0 => Ok(()),
        _ => Err(Failure::Reported),
    }
}
