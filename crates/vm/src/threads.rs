//! Threads of one machine. They are threads of the operating system that take turns ([`crate::host::Threads`]): whoever has the
//! turn runs, with what is its own (frames, native stack, exception under way) in [`State`]; the others have theirs in a
//! [`Record`]. So nothing that runs need know of threads. The turn passes when the poll counter asks for it, and around
//! calls that wait ([`Vm::without_turn`]).
//!
//! What must stay true: a thread without the turn touches neither the state nor its record, and its native stack from
//! [`Record::top`] to its base does not change. A machine that no program has started a thread on has no records at all.
//!
//! The threads of a machine run only while the machine is entered. When it is dropped they wait for a turn for good.

#![allow(unsafe_code)]

use alloc::{boxed::Box, vec::Vec};
use core::ptr::NonNull;

use heap::{Marker, Obj};

use crate::{
    handle::Ref,
    host::{self, Errno},
    interp::frame::{Stack, Word},
    layout::seq::Tuple,
    qstr::Qstr,
    types::exception::Exc,
    value::R,
    vm::{Root, State, Vm},
};

/// The ident of the thread that made the machine.
pub const MAIN: usize = 1;
/// Native stack of a thread, unless the program asks for more, in bytes. The parser needs about as much.
const STACK_SIZE: usize = 2 << 20;
/// The most that a program gets.
const MAX_STACK_SIZE: usize = 1 << 30;
/// The most threads of a machine. Linux allows a process 65,530 mappings; a thread takes two or more.
const MAX_THREADS: usize = 10_000;
/// How often a waiting main thread looks for Ctrl-C and scheduled calls, in nanoseconds.
const LOOK_INTERVAL: u64 = 20_000_000;
/// A thread that has waited so long for a lock gets it before those that come anew, in nanoseconds.
const PATIENCE: u64 = 1_000_000;
/// There cannot be another thread.
const EAGAIN: Errno = Errno(11);

/// What threads wait for: the address of a lock, or one of the constants, which are no addresses.
pub(crate) type Event = usize;
/// A module has been imported.
const IMPORTED: Event = 1;
/// A read from a stream has ended.
pub(crate) const READ: Event = 2;

/// Roots that each thread has of its own.
const OWN_ROOTS: [Root; 6] =
    [Root::Exception, Root::StopValue, Root::Handled, Root::Shown, Root::Trace, Root::TracedFrames];

/// A thread.
struct Record {
    ident: usize,
    // What follows is here while the thread does not have the turn.
    stack: Stack,
    handle: *mut Vm,
    yielded: Word,
    in_trace: bool,
    roots: [Option<Obj>; OWN_ROOTS.len()],
    heap_locks: u32,
    stack_base: usize,
    stack_limit: usize,
    /// From here to its base the native stack, registers included, holds what the thread needs; 0 if it runs or has not begun.
    top: usize,
    // The rest is always here.
    /// What it is to call: the function, positional arguments, keywords; until it does.
    start: Option<(Obj, Ref<Tuple>, Ref<Tuple>)>,
    /// Bytes of native stack.
    stack_size: usize,
    /// What it waits for, and since when.
    waits: Option<Wait>,
    waker: Option<Box<dyn host::Wake>>,
    /// The module it waits for.
    import: Option<Qstr>,
}

struct Wait {
    event: Event,
    /// Order of arrival.
    number: u64,
    since: u64,
    outcome: Option<Woken>,
}

/// How a wait ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Woken {
    /// Time to look again whether what it waits for is there, and at the clock.
    Look,
    /// What it waits for was kept for it.
    Granted,
}

/// Which threads there are.
pub(crate) struct Table {
    host: Option<&'static dyn host::Threads>,
    /// All threads, that of the machine's owner included; none until one is started.
    records: Vec<NonNull<Record>>,
    /// The one that has the turn.
    current: Option<NonNull<Record>>,
    last_ident: usize,
    last_wait: u64,
    /// What `_thread.stack_size` was given.
    stack_size: usize,
    /// Modules that are being imported, with the threads that do.
    importing: Vec<(Qstr, usize)>,
    /// `_thread.interrupt_main` was called.
    interrupt: bool,
    /// The turn is passed no more.
    stopped: bool,
    /// `machine.disable_irq`: the turn is passed only by calls that wait.
    undisturbed: bool,
}

impl Table {
    pub(crate) fn new() -> Table {
        Table {
            host: None,
            records: Vec::new(),
            current: None,
            last_ident: MAIN,
            last_wait: 0,
            stack_size: 0,
            importing: Vec::new(),
            interrupt: false,
            stopped: false,
            undisturbed: false,
        }
    }

    /// Whether there is more than one thread.
    #[inline]
    pub(crate) fn shared(&self) -> bool {
        self.records.len() > 1
    }

    fn current(&mut self) -> Option<&mut Record> {
        // SAFETY: records live until they are taken off the table, and only the thread with the turn gets here.
        self.current.map(|mut record| unsafe { record.as_mut() })
    }

    fn all(&mut self) -> impl Iterator<Item = &mut Record> {
        // SAFETY: as in `current`; each record is listed once.
        self.records.iter_mut().map(|record| unsafe { record.as_mut() })
    }

    /// Whether a thread without the turn has a trace function.
    pub(crate) fn others_trace(&mut self) -> bool {
        let at = OWN_ROOTS.iter().position(|root| matches!(root, Root::Trace));
        at.is_some_and(|at| self.all().any(|record| record.roots[at].is_some()))
    }

    fn ident(&self) -> usize {
        // SAFETY: as in `current`.
        self.current.map_or(MAIN, |record| unsafe { record.as_ref().ident })
    }

    /// Adds a record; `None` without memory.
    fn add(&mut self, record: Record) -> Option<NonNull<Record>> {
        self.records.try_reserve(1).ok()?;
        let record = NonNull::from(Box::leak(Box::new(record)));
        self.records.push(record);
        Some(record)
    }

    fn remove(&mut self, record: NonNull<Record>) {
        self.records.retain(|listed| *listed != record);
        // SAFETY: `add` made it from a box, and it is listed no more.
        drop(unsafe { Box::from_raw(record.as_ptr()) });
    }

    /// Shows what the threads without the turn keep alive.
    pub(crate) fn visit(&self, marker: &mut Marker) {
        for record in &self.records {
            // SAFETY: as in `current`; a collection changes no record.
            let record = unsafe { record.as_ref() };
            record.stack.visit(marker);
            record.roots.iter().for_each(|root| marker.mark_option(*root));
            if let Some((function, args, keywords)) = record.start {
                marker.mark_all(&[function, args.obj(), keywords.obj()]);
            }
            if record.top != 0 {
                // SAFETY: the thread waits for the turn, which the collecting thread has: this part of its stack does
                // not change (see `without_turn`).
                unsafe { heap::scan_range(record.top, record.stack_base, marker) };
            }
        }
    }
}

impl Drop for Table {
    fn drop(&mut self) {
        for record in core::mem::take(&mut self.records) {
            // SAFETY: `add` made it from a box. Threads that wait for the turn never get it again.
            drop(unsafe { Box::from_raw(record.as_ptr()) });
        }
    }
}

impl Record {
    fn new(ident: usize, stack: Stack, stack_size: usize) -> Record {
        Record {
            ident,
            stack,
            handle: core::ptr::null_mut(),
            yielded: 0,
            in_trace: false,
            roots: [None; OWN_ROOTS.len()],
            heap_locks: 0,
            stack_base: 0,
            stack_limit: 0,
            top: 0,
            start: None,
            stack_size,
            waits: None,
            waker: None,
            import: None,
        }
    }
}

impl State {
    /// Exchanges what is the thread's own between the state and its record.
    fn exchange(&mut self, record: &mut Record) {
        core::mem::swap(&mut self.interp.stack, &mut record.stack);
        core::mem::swap(&mut self.interp.handle, &mut record.handle);
        core::mem::swap(&mut self.interp.yielded, &mut record.yielded);
        core::mem::swap(&mut self.interp.in_trace, &mut record.in_trace);
        core::mem::swap(&mut self.stack_base, &mut record.stack_base);
        core::mem::swap(&mut self.stack_limit, &mut record.stack_limit);
        core::mem::swap(&mut self.heap_locks, &mut record.heap_locks);
        for (root, own) in OWN_ROOTS.iter().zip(&mut record.roots) {
            core::mem::swap(&mut self.roots[*root as usize], own);
        }
    }

    /// Puts what is the running thread's own into its record, before it gives up the turn.
    fn step_out(&mut self, top: usize) -> Option<NonNull<Record>> {
        let mut at = self.threads.current.take()?;
        if self.heap_locks > 0 {
            self.heap.fail_after(heap::Failure::Never);
        }
        // SAFETY: the record of the running thread is alive, and nothing else refers to it.
        let record = unsafe { at.as_mut() };
        self.exchange(record);
        record.top = top;
        Some(at)
    }

    /// Takes it back, with the turn.
    fn step_in(&mut self, mut at: NonNull<Record>) {
        // SAFETY: as above.
        let record = unsafe { at.as_mut() };
        record.top = 0;
        self.exchange(record);
        self.threads.current = Some(at);
        if self.heap_locks > 0 {
            self.heap.fail_after(heap::Failure::From(0));
        }
    }
}

/// Runs something between stepping out and stepping in. `run` gives up the turn and has it again at its end.
#[inline(never)]
fn stepped_out<T>(vm: &mut Vm, run: impl FnOnce() -> T) -> T {
    let mut state = vm.raw();
    heap::with_saved_registers(|top| {
        // SAFETY: the thread has the turn, so the state is its own, until `run` gives the turn up: no reference into the
        // state lives then. Everything this thread needs stands above `top`.
        let record = unsafe { state.as_mut() }.step_out(top);
        let result = run();
        if let Some(record) = record {
            // SAFETY: the thread has the turn again.
            unsafe { state.as_mut() }.step_in(record);
        }
        result
    })
}

impl Vm {
    /// The ident of the running thread: [`MAIN`], or a number that no other thread has or had.
    pub fn thread_ident(&self) -> usize {
        self.state().threads.ident()
    }

    /// Number of threads that were started and have not ended.
    pub fn thread_count(&self) -> usize {
        self.state().threads.records.len().saturating_sub(1)
    }

    /// Sets the native stack of threads to come, in bytes (0: the default); gives what was set. They get more if that
    /// is too little to work with.
    pub fn set_thread_stack_size(&mut self, bytes: usize) -> usize {
        core::mem::replace(&mut self.state_mut().threads.stack_size, bytes)
    }

    /// How the turn is passed, if there is more than one thread.
    #[inline]
    fn turns(&self) -> Option<&'static dyn host::Threads> {
        let threads = &self.state().threads;
        if threads.shared() && !threads.stopped { threads.host } else { None }
    }

    /// Whether other threads run while this one waits.
    pub(crate) fn others_run(&self) -> bool {
        self.turns().is_some()
    }

    /// Lets no other thread run any more.
    pub(crate) fn stop_threads(&mut self) {
        self.state_mut().threads.stopped = true;
    }

    /// Runs something that waits for the world outside; other threads run meanwhile. `run` must not touch the machine:
    /// what it works on is its own.
    pub fn without_turn<T>(&mut self, run: impl FnOnce() -> T) -> T {
        let Some(host) = self.turns() else { return run() };
        stepped_out(self, || {
            host.give();
            let result = run();
            host.take();
            result
        })
    }

    /// Whether the running thread keeps the turn until it waits for something; gives what was set.
    pub fn set_undisturbed(&mut self, on: bool) -> bool {
        core::mem::replace(&mut self.state_mut().threads.undisturbed, on)
    }

    /// Lets other threads run if they have waited long enough for this one, or, not `politely`, if they wait at all.
    #[inline]
    pub fn pass_turn(&mut self, politely: bool) {
        if let Some(host) = self.turns()
            && !self.state().threads.undisturbed
            && (!politely || host.due())
        {
            stepped_out(self, || host.pass());
        }
    }

    /// Sleeps while other threads run; returns early when interrupted.
    pub fn sleep_ns(&mut self, ns: u64) {
        match self.turns() {
            Some(host) => {
                // An error waits for the next write.
                let _ = self.host().map(|host| host.flush_stdout());
                // A call that another thread schedules does not wake the main thread.
                let ns = if self.thread_ident() == MAIN { ns.min(LOOK_INTERVAL) } else { ns };
                self.without_turn(|| host.sleep(ns));
            }
            None => {
                if let Some(host) = self.host() {
                    host.sleep_ns(ns);
                }
            }
        }
    }

    /// Takes note of Ctrl-C, which is for the main thread; one that a program made waits for the end of a scheduled call.
    pub(crate) fn interrupted(&mut self) -> bool {
        let state = self.state_mut();
        state.threads.ident() == MAIN
            && (!state.in_scheduled && core::mem::take(&mut state.threads.interrupt)
                || state.host.as_mut().is_some_and(|host| host.take_interrupt()))
    }

    /// Takes note of Ctrl-C where machine code was interrupted by it: raises KeyboardInterrupt, or lets the main thread do so.
    pub fn heed_interrupt(&mut self) -> R<()> {
        if self.interrupted() {
            return Err(self.error_args(Exc::KeyboardInterrupt, &[]));
        }
        self.pass_turn(false);
        Ok(())
    }

    /// As if Ctrl-C had been pressed.
    pub fn interrupt_main(&mut self) {
        let state = self.state_mut();
        state.threads.interrupt = true;
        self.hurry();
    }

    /// Starts a thread that calls a function; gives its ident. Raises OSError if the system refuses, MemoryError.
    pub fn start_thread(&mut self, function: Obj, args: Ref<Tuple>, keywords: Ref<Tuple>) -> R<usize> {
        let host = match self.state().threads.host {
            Some(host) => host,
            None => match self.host().and_then(|host| host.threads()) {
                Some(host) => host,
                None => return Err(self.runtime_error("can't start new thread")),
            },
        };
        if self.thread_count() >= MAX_THREADS {
            return Err(self.os_error(EAGAIN, None));
        }
        let limit = self.recursion_limit();
        let bytes = Stack::bytes_for(limit);
        self.reserve(bytes)?;
        let threads = &mut self.state_mut().threads;
        threads.host = Some(host);
        if threads.records.is_empty() {
            threads.current = threads.add(Record::new(MAIN, Stack::empty(), 0));
        }
        threads.last_ident += 1;
        let ident = threads.last_ident;
        let stack_size = threads.stack_size.clamp(STACK_SIZE, MAX_STACK_SIZE);
        let record = Stack::counted_with_limit(limit).and_then(|stack| {
            let start = Some((function, args, keywords));
            threads.add(Record { start, ..Record::new(ident, stack, stack_size) })
        });
        let Some(record) = record else {
            self.release(bytes);
            return Err(self.raise_memory_error(bytes));
        };
        let entry = Entry { state: self.raw(), record, host };
        if let Err(errno) = host.start(stack_size, Box::new(move || entry.run())) {
            self.state_mut().threads.remove(record);
            self.release(bytes);
            return Err(self.os_error(errno, None));
        }
        // From now on the counter is reset to less.
        self.hurry();
        Ok(ident)
    }

    /// What a thread does, from when it has the turn.
    fn thread_body(&mut self) {
        let Some((function, args, keywords)) = self.state_mut().threads.current().and_then(|own| own.start.take())
        else {
            return;
        };
        if self.call_tuples(function, args, keywords).is_err() {
            if self.pending_is(Exc::SystemExit) {
                self.take_exception();
            } else {
                self.report_thread(function);
            }
        }
    }

    /// Prints the exception that ended a thread.
    fn report_thread(&mut self, function: Obj) {
        let exception = self.take_exception();
        let shown = match self.repr(function) {
            Ok(text) => self.str_bytes(text).unwrap_or_default().to_vec(),
            Err(_) => {
                self.take_exception();
                b"?".to_vec()
            }
        };
        let _ = self.raise(exception);
        self.report_unraised(&[b"Unhandled exception in thread started by ", &shown[..], b"\n"].concat());
    }

    /// The running thread has ended: forgets it.
    fn end_thread(&mut self) {
        if self.state().heap_locks > 0 {
            self.state_mut().heap_locks = 1;
            self.unlock_heap();
        }
        let state = self.state_mut();
        let stack = core::mem::replace(&mut state.interp.stack, Stack::empty());
        for root in OWN_ROOTS {
            state.roots[root as usize] = None;
        }
        let bytes = stack.bytes();
        drop(stack);
        let ident = state.threads.ident();
        state.threads.importing.retain(|(_, thread)| *thread != ident);
        if let Some(record) = state.threads.current.take() {
            state.threads.remove(record);
        }
        self.release(bytes);
    }

    /// Waits until something happens, until `deadline` at most (monotonic nanoseconds). The caller looks then whether it is so:
    /// the wait may also end for no reason. `since`: when the caller began to wait. The main thread raises
    /// what Ctrl-C and scheduled calls ask for.
    pub(crate) fn wait_for(&mut self, event: Event, since: u64, deadline: Option<u64>) -> R<Woken> {
        let now = self.monotonic_ns();
        let main = self.thread_ident() == MAIN;
        let left = deadline.map(|deadline| deadline.saturating_sub(now));
        let ns = if main { Some(left.map_or(LOOK_INTERVAL, |left| left.min(LOOK_INTERVAL))) } else { left };
        let Some(host) = self.turns() else {
            // Nobody else can make it happen but a scheduled call.
            self.sleep_ns(ns.unwrap_or(LOOK_INTERVAL));
            self.look_around()?;
            return Ok(Woken::Look);
        };
        let threads = &mut self.state_mut().threads;
        threads.last_wait += 1;
        let number = threads.last_wait;
        if let Some(own) = threads.current() {
            own.waker.get_or_insert_with(|| host.waker());
            own.waits = Some(Wait { event, number, since, outcome: None });
        }
        self.without_turn(|| host.park(ns));
        let wait = self.state_mut().threads.current().and_then(|own| own.waits.take());
        match wait.and_then(|wait| wait.outcome) {
            Some(outcome) => Ok(outcome),
            None => {
                if main {
                    self.look_around()?;
                }
                Ok(Woken::Look)
            }
        }
    }

    /// Something happened for which one thread may wait: wakes the first. True if it has waited so long that what it waits for
    /// is to be kept for it.
    pub(crate) fn wake_one(&mut self, event: Event) -> bool {
        let now = if self.state().threads.shared() { self.monotonic_ns() } else { return false };
        let threads = &mut self.state_mut().threads;
        let waiting = threads.all().filter_map(|record| match &mut record.waits {
            Some(wait) if wait.event == event && wait.outcome.is_none() => Some((wait, &record.waker)),
            _ => None,
        });
        let Some((wait, waker)) = waiting.min_by_key(|(wait, _)| wait.number) else { return false };
        let keep = now.saturating_sub(wait.since) > PATIENCE;
        wait.outcome = Some(if keep { Woken::Granted } else { Woken::Look });
        if let Some(waker) = waker {
            waker.wake();
        }
        keep
    }

    /// Something happened for which any number of threads may wait.
    pub(crate) fn wake_all(&mut self, event: Event) {
        for record in self.state_mut().threads.all() {
            if let Some(wait) = &mut record.waits
                && wait.event == event
            {
                wait.outcome = Some(Woken::Look);
                if let Some(waker) = &record.waker {
                    waker.wake();
                }
            }
        }
    }

    /// The host's clock.
    pub(crate) fn monotonic_ns(&mut self) -> u64 {
        self.host().map_or(0, |host| host.monotonic_ns())
    }

    /// Notes that the running thread imports a module.
    pub(crate) fn begin_import(&mut self, name: Qstr) -> R<()> {
        let threads = &mut self.state_mut().threads;
        let ident = threads.ident();
        if threads.importing.try_reserve(1).is_err() {
            return Err(self.raise_memory_error(size_of::<(Qstr, usize)>()));
        }
        threads.importing.push((name, ident));
        Ok(())
    }

    /// It has done so.
    pub(crate) fn end_import(&mut self, name: Qstr) {
        let threads = &mut self.state_mut().threads;
        let entry = (name, threads.ident());
        if let Some(at) = threads.importing.iter().rposition(|import| *import == entry) {
            threads.importing.remove(at);
        }
        self.wake_all(IMPORTED);
    }

    /// Waits until no other thread is importing a module, unless that one waits for this thread in its turn. False if there
    /// was nothing to wait for.
    pub(crate) fn wait_for_import(&mut self, name: Qstr) -> R<bool> {
        if !self.state().threads.shared() || !self.state_mut().threads.must_wait_for_import(name) {
            return Ok(false);
        }
        let since = self.monotonic_ns();
        while self.state_mut().threads.must_wait_for_import(name) {
            if let Some(own) = self.state_mut().threads.current() {
                own.import = Some(name);
            }
            let woken = self.wait_for(IMPORTED, since, None);
            if let Some(own) = self.state_mut().threads.current() {
                own.import = None;
            }
            woken?;
        }
        Ok(true)
    }
}

impl Table {
    fn must_wait_for_import(&mut self, name: Qstr) -> bool {
        let ident = self.ident();
        let mut wanted = name;
        // At most one step per thread: each waits for one module only.
        for _ in 0..self.records.len() {
            let Some((_, by)) = self.importing.iter().find(|(module, _)| *module == wanted).copied() else {
                return wanted != name;
            };
            if by == ident {
                return false;
            }
            match self.all().find(|record| record.ident == by).and_then(|record| record.import) {
                Some(next) => wanted = next,
                None => return true,
            }
        }
        false
    }
}

/// What a new thread is given.
struct Entry {
    state: NonNull<State>,
    record: NonNull<Record>,
    host: &'static dyn host::Threads,
}

// SAFETY: the new thread uses the pointers only while it has the turn.
unsafe impl Send for Entry {}

impl Entry {
    #[inline(never)]
    fn run(self) {
        self.host.take();
        let marker = 0usize;
        let base = (&raw const marker).addr() + size_of::<usize>();
        // SAFETY: this thread has the turn, so the machine is alive (or no turn would come) and its state this thread's.
        let mut vm = unsafe { Vm::from_state(self.state) };
        let state = vm.state_mut();
        state.step_in(self.record);
        let size = state.threads.current().map_or(0, |own| own.stack_size);
        (state.stack_base, state.stack_limit) = (base, base.saturating_sub(size / 4 * 3));
        inside(&mut vm);
        vm.end_thread();
        self.host.give();
    }
}

/// Runs what holds objects in its locals in a frame below the base.
#[inline(never)]
fn inside(vm: &mut Vm) {
    vm.thread_body();
}
