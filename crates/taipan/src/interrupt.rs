//! Ctrl-C.
//!
//! The handler leaves a note for the machine, which looks for it now and then. Machine code that calls nothing cannot look; the handler
//! sends it to do so (`native::interrupt`). It may come too early or to the wrong thread for that, so until the note is taken a timer
//! calls it again.

#![allow(unsafe_code)]

use std::{
    mem::MaybeUninit,
    ptr,
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
};

static INTERRUPTED: AtomicBool = AtomicBool::new(false);
/// When Ctrl-C was pressed the last two times, the earlier first: milliseconds of the monotonic clock, 0 for never.
static PRESSED: [AtomicU64; 2] = [AtomicU64::new(0), AtomicU64::new(0)];

/// Pressed three times within this time, Ctrl-C ends the process, in milliseconds.
const URGENT: u64 = 1000;
/// So does another one after the machine took no notice for this time.
const UNNOTICED: u64 = 500;
/// Exit code after Ctrl-C.
const INTERRUPT_EXIT: libc::c_int = 130;

extern "C" fn on_interrupt(_signal: libc::c_int, info: *mut libc::siginfo_t, context: *mut libc::c_void) {
    // SAFETY: the system passes these to handlers of this kind.
    let again = unsafe { reminder::is_one(&*info) } && INTERRUPTED.load(Ordering::Relaxed);
    if !again {
        note_press();
    }
    // SAFETY: as above.
    unsafe { reminder::pass_on(context) };
}

fn note_press() {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the pointer is to a local of the right type; signal handlers may call it.
    unsafe { libc::clock_gettime(libc::CLOCK_MONOTONIC, &mut time) };
    let now = time.tv_sec as u64 * 1000 + time.tv_nsec as u64 / 1_000_000;
    let last = PRESSED[1].swap(now, Ordering::Relaxed);
    let before = PRESSED[0].swap(last, Ordering::Relaxed);
    let unnoticed = INTERRUPTED.swap(true, Ordering::Relaxed);
    if before > 0 && now - before < URGENT || unnoticed && now - last >= UNNOTICED {
        // SAFETY: signal handlers may call it.
        unsafe { libc::_exit(INTERRUPT_EXIT) };
    }
}

/// Makes Ctrl-C (SIGINT) a KeyboardInterrupt of the machines of this process, instead of its end. A program that catches
/// whatever comes, or an operation that takes long, is ended by pressing it three times within a second, or again.
pub fn catch_interrupts() {
    // SAFETY: an all-zero `sigaction` is valid (empty mask); the handler has the form that the flag says, and does only
    // what handlers may.
    unsafe {
        let mut action: libc::sigaction = MaybeUninit::zeroed().assume_init();
        let handler: extern "C" fn(libc::c_int, *mut libc::siginfo_t, *mut libc::c_void) = on_interrupt;
        action.sa_sigaction = handler as usize;
        action.sa_flags = libc::SA_SIGINFO;
        libc::sigaction(libc::SIGINT, &action, ptr::null_mut());
    }
}

/// Whether there was a Ctrl-C since the last call.
pub(crate) fn take_interrupt() -> bool {
    let taken = INTERRUPTED.load(Ordering::Relaxed) && INTERRUPTED.swap(false, Ordering::Relaxed);
    if taken {
        reminder::stop();
    }
    taken
}

/// Makes Ctrl-C end the process again.
pub(crate) fn ignore_interrupts() {
    reminder::stop();
    // SAFETY: sets the default action.
    unsafe { libc::signal(libc::SIGINT, libc::SIG_DFL) };
}

/// The calling thread has the turn of its machine.
pub(crate) fn note_running() {
    reminder::note_running();
}

/// Calling the handler again, and on the thread that runs machine code.
#[cfg(all(target_arch = "x86_64", target_os = "linux", not(miri)))]
mod reminder {
    use std::{
        cell::Cell,
        ffi::{c_int, c_long, c_void},
        mem::MaybeUninit,
        ptr,
        sync::atomic::{AtomicI32, Ordering},
    };

    use super::INTERRUPTED;

    /// Time between two calls, in nanoseconds.
    const INTERVAL: c_long = 1_000_000;

    /// The system's number of the timer, once it was needed.
    static TIMER: AtomicI32 = AtomicI32::new(-1);
    /// The system's number of the thread that has the turn, if there are several.
    static RUNNING: AtomicI32 = AtomicI32::new(0);

    thread_local! {
        static THREAD: Cell<c_int> = const { Cell::new(0) };
    }

    fn thread() -> c_int {
        // SAFETY: reads a number.
        unsafe { libc::syscall(libc::SYS_gettid) as c_int }
    }

    pub fn note_running() {
        if THREAD.get() == 0 {
            THREAD.set(thread());
        }
        RUNNING.store(THREAD.get(), Ordering::Relaxed);
    }

    /// Whether the signal comes from here; what the program sends to itself looks the same.
    pub fn is_one(info: &libc::siginfo_t) -> bool {
        matches!(info.si_code, libc::SI_TIMER | libc::SI_TKILL)
    }

    /// In the handler: sends machine code to look, here or in the thread that runs, and sees to it that there is another call.
    ///
    /// # Safety
    /// `context` is what the handler was given.
    pub unsafe fn pass_on(context: *mut c_void) {
        if !INTERRUPTED.load(Ordering::Relaxed) || !native::interrupt::is_possible() {
            return;
        }
        // SAFETY: the caller's promise; the system calls touch nothing of the process.
        unsafe {
            let running = RUNNING.load(Ordering::Relaxed);
            if !native::interrupt::divert(context) && running != 0 && running != thread() {
                libc::syscall(libc::SYS_tgkill, libc::getpid(), running, libc::SIGINT);
            }
        }
        set(INTERVAL);
    }

    /// There will be no further call.
    pub fn stop() {
        if TIMER.load(Ordering::Relaxed) >= 0 {
            set(0);
        }
    }

    /// Starts the timer, which is made when it is first needed; 0 stops it. (The system's own calls, for handlers may make these.)
    fn set(after: c_long) {
        let zero = libc::timespec { tv_sec: 0, tv_nsec: 0 };
        let times = libc::itimerspec { it_interval: zero, it_value: libc::timespec { tv_sec: 0, tv_nsec: after } };
        let mut timer = TIMER.load(Ordering::Relaxed);
        // SAFETY: zeroes are a valid `sigevent`; the pointers are to locals of the types that the system wants.
        unsafe {
            if timer < 0 {
                let mut event: libc::sigevent = MaybeUninit::zeroed().assume_init();
                event.sigev_notify = libc::SIGEV_SIGNAL;
                event.sigev_signo = libc::SIGINT;
                if libc::syscall(libc::SYS_timer_create, libc::CLOCK_MONOTONIC, &raw mut event, &raw mut timer) != 0 {
                    return;
                }
                if let Err(first) = TIMER.compare_exchange(-1, timer, Ordering::Relaxed, Ordering::Relaxed) {
                    libc::syscall(libc::SYS_timer_delete, timer);
                    timer = first;
                }
            }
            libc::syscall(libc::SYS_timer_settime, timer, 0, &raw const times, ptr::null_mut::<libc::itimerspec>());
        }
    }
}

/// Where machine code cannot be sent to look.
#[cfg(not(all(target_arch = "x86_64", target_os = "linux", not(miri))))]
mod reminder {
    pub fn note_running() {}

    pub fn is_one(_info: &libc::siginfo_t) -> bool {
        false
    }

    pub unsafe fn pass_on(_context: *mut libc::c_void) {}

    pub fn stop() {}
}
