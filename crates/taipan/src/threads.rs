//! Threads of the operating system, as a machine takes turns with them ([`Threads`]).

use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
    },
    thread::{self, Thread},
    time::{Duration, Instant},
};

use vm::host::{Errno, Threads, Wake};

use crate::{interrupt, os};

/// How long a thread may run while others wait.
const QUANTUM: u64 = 1_000_000;

/// The turn of one machine. Who gives it up hands it to the first in line, so nobody is passed over.
pub(crate) struct StdThreads {
    line: Mutex<Line>,
    /// Length of the line, to be read without the lock.
    waiting: AtomicUsize,
    /// When the present turn began, in nanoseconds since `start`.
    since: AtomicU64,
    start: Instant,
}

struct Line {
    /// Some thread has the turn.
    taken: bool,
    waiting: VecDeque<Arc<Ticket>>,
}

/// A place in the line.
struct Ticket {
    granted: AtomicBool,
    thread: Thread,
}

impl StdThreads {
    /// The calling thread has the turn.
    pub(crate) fn new() -> StdThreads {
        StdThreads {
            line: Mutex::new(Line { taken: true, waiting: VecDeque::new() }),
            waiting: AtomicUsize::new(0),
            since: AtomicU64::new(0),
            start: Instant::now(),
        }
    }

    fn line(&self) -> MutexGuard<'_, Line> {
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> u64 {
        self.start.elapsed().as_nanos() as u64
    }

    /// Joins the line.
    fn join(&self, line: &mut Line) -> Arc<Ticket> {
        let ticket = Arc::new(Ticket { granted: AtomicBool::new(false), thread: thread::current() });
        line.waiting.push_back(ticket.clone());
        self.waiting.store(line.waiting.len(), Ordering::Relaxed);
        ticket
    }

    /// Hands the turn on.
    fn hand_on(&self, line: &mut Line) {
        let next = line.waiting.pop_front();
        self.waiting.store(line.waiting.len(), Ordering::Relaxed);
        match next {
            Some(ticket) => {
                ticket.granted.store(true, Ordering::Release);
                ticket.thread.unpark();
            }
            None => line.taken = false,
        }
    }

    fn wait(&self, ticket: &Ticket) {
        while !ticket.granted.load(Ordering::Acquire) {
            thread::park();
        }
        self.begin();
    }

    /// The turn of the calling thread begins.
    fn begin(&self) {
        self.since.store(self.now(), Ordering::Relaxed);
        interrupt::note_running();
    }
}

impl Threads for StdThreads {
    fn start(&self, stack: usize, body: Box<dyn FnOnce() + Send>) -> Result<(), Errno> {
        os::start_thread(stack, body).map_err(Errno)
    }

    fn take(&self) {
        let ticket = {
            let mut line = self.line();
            if !line.taken {
                line.taken = true;
                self.begin();
                return;
            }
            self.join(&mut line)
        };
        self.wait(&ticket);
    }

    fn give(&self) {
        self.hand_on(&mut self.line());
    }

    fn pass(&self) {
        let ticket = {
            let mut line = self.line();
            if line.waiting.is_empty() {
                return;
            }
            let ticket = self.join(&mut line);
            self.hand_on(&mut line);
            ticket
        };
        self.wait(&ticket);
    }

    fn due(&self) -> bool {
        self.waiting.load(Ordering::Relaxed) > 0
            && self.now().saturating_sub(self.since.load(Ordering::Relaxed)) >= QUANTUM
    }

    fn waker(&self) -> Box<dyn Wake> {
        Box::new(Sleeper(thread::current()))
    }

    fn park(&self, ns: Option<u64>) {
        match ns {
            Some(ns) => thread::park_timeout(Duration::from_nanos(ns)),
            None => thread::park(),
        }
    }

    fn sleep(&self, ns: u64) {
        os::sleep_ns(ns);
    }
}

struct Sleeper(Thread);

impl Wake for Sleeper {
    fn wake(&self) {
        self.0.unpark();
    }
}
