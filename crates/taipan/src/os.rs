//! What the standard library has no safe way for: limits, local time, raw descriptors.

#![allow(unsafe_code)]

use std::{
    ffi::CString,
    fs::File,
    io,
    mem::{ManuallyDrop, MaybeUninit},
    ops::Deref,
    os::{fd::FromRawFd, unix::ffi::OsStrExt},
    path::Path,
};

use vm::host::StatVfs;

pub use crate::interrupt::catch_interrupts;

/// Standard input as a file that is not closed when dropped.
pub(crate) fn stdin() -> impl io::Read {
    // SAFETY: descriptor 0 is open, or reads fail; `ManuallyDrop` leaves it open.
    Unowned(ManuallyDrop::new(unsafe { File::from_raw_fd(0) }))
}

/// Standard output as a file that is not closed when dropped.
pub(crate) fn stdout() -> impl io::Write {
    // SAFETY: descriptor 1 is open, or writes to it fail; `ManuallyDrop` leaves it open.
    let file = ManuallyDrop::new(unsafe { File::from_raw_fd(1) });
    Unowned(file)
}

struct Unowned(ManuallyDrop<File>);

impl io::Read for Unowned {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        io::Read::read(&mut self.0.deref(), buf)
    }
}

impl io::Write for Unowned {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        io::Write::write(&mut self.0.deref(), bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// One byte of standard input, as soon as it is there. `None`: its end, or an error.
pub fn read_byte() -> Option<u8> {
    let mut byte = [0];
    loop {
        match io::Read::read(&mut stdin(), &mut byte) {
            Ok(1) => return Some(byte[0]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            _ => return None,
        }
    }
}

/// A terminal that gives every key as it is pressed, shows none and makes none a signal, until this is dropped.
pub struct RawTerminal {
    before: libc::termios,
}

impl RawTerminal {
    /// Changes the terminal that standard input is. `None`: it is none.
    pub fn enter() -> Option<RawTerminal> {
        // SAFETY: zeroes are a valid `termios`; the pointers are to locals.
        unsafe {
            let mut now: libc::termios = MaybeUninit::zeroed().assume_init();
            if libc::tcgetattr(0, &mut now) != 0 {
                return None;
            }
            let before = now;
            now.c_iflag &= !(libc::BRKINT | libc::ICRNL | libc::INPCK | libc::ISTRIP | libc::IXON);
            now.c_lflag &= !(libc::ECHO | libc::ICANON | libc::IEXTEN | libc::ISIG);
            now.c_cc[libc::VMIN] = 1;
            now.c_cc[libc::VTIME] = 0;
            (libc::tcsetattr(0, libc::TCSADRAIN, &now) == 0).then_some(RawTerminal { before })
        }
    }
}

impl Drop for RawTerminal {
    fn drop(&mut self) {
        // SAFETY: the pointer is to a field that `enter` filled in.
        unsafe { libc::tcsetattr(0, libc::TCSADRAIN, &self.before) };
    }
}

/// How much native stack the main thread has, in bytes.
pub fn native_stack() -> usize {
    let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: the pointer is to a local of the right type.
    let known = unsafe { libc::getrlimit(libc::RLIMIT_STACK, &mut limit) } == 0;
    // "Unlimited" grows until something else is in the way.
    const MOST: libc::rlim_t = 64 << 20;
    if known { limit.rlim_cur.min(MOST) as usize } else { 1 << 20 }
}

/// The most that [`default_heap_limit`] allows, in bytes: no runaway program shall fill a large machine for minutes.
const MOST_BY_DEFAULT: u64 = 4 << 30;

/// What a program may use that was given no limit, in bytes: a quarter of the machine's memory, at most 4 GiB.
pub fn default_heap_limit() -> Option<usize> {
    // SAFETY: reads two numbers of the system.
    let (pages, size) = unsafe { (libc::sysconf(libc::_SC_PHYS_PAGES), libc::sysconf(libc::_SC_PAGESIZE)) };
    let bytes = u64::try_from(pages).ok()?.checked_mul(u64::try_from(size).ok()?)?;
    usize::try_from((bytes / 4).min(MOST_BY_DEFAULT)).ok()
}

/// Sleeps; a signal ends it early.
pub(crate) fn sleep_ns(ns: u64) {
    let time = libc::timespec {
        tv_sec: libc::time_t::try_from(ns / 1_000_000_000).unwrap_or(libc::time_t::MAX),
        tv_nsec: (ns % 1_000_000_000) as _,
    };
    // SAFETY: the pointers are to a local, and null where that is allowed.
    unsafe { libc::nanosleep(&time, std::ptr::null_mut()) };
}

/// Starts a detached thread with so many bytes of stack; an errno if the system refuses. (The standard library's threads panic
/// when there is no memory for a signal stack.)
pub(crate) fn start_thread(stack: usize, body: Box<dyn FnOnce() + Send>) -> Result<(), i32> {
    type Body = Box<dyn FnOnce() + Send>;

    extern "C" fn entry(body: *mut libc::c_void) -> *mut libc::c_void {
        // SAFETY: below, a box of a body was made this pointer, for this thread only.
        let body = unsafe { Box::from_raw(body.cast::<Body>()) };
        body();
        std::ptr::null_mut()
    }

    let body: *mut Body = Box::into_raw(Box::new(body));
    // SAFETY: the attributes are initialised before they are used and destroyed afterwards; the pointers are to locals. The
    // body goes to the thread, or back into its box if there is none.
    unsafe {
        let mut attributes = MaybeUninit::<libc::pthread_attr_t>::uninit();
        let attributes = attributes.as_mut_ptr();
        let mut error = libc::pthread_attr_init(attributes);
        if error == 0 {
            libc::pthread_attr_setdetachstate(attributes, libc::PTHREAD_CREATE_DETACHED);
            error = libc::pthread_attr_setstacksize(attributes, stack.next_multiple_of(1 << 16));
            if error == 0 {
                let mut thread = MaybeUninit::<libc::pthread_t>::uninit();
                error = libc::pthread_create(thread.as_mut_ptr(), attributes, entry, body.cast());
            }
            libc::pthread_attr_destroy(attributes);
        }
        if error == 0 {
            return Ok(());
        }
        drop(Box::from_raw(body));
        Err(error)
    }
}

/// Offset of local time from UTC at that moment, in seconds.
#[allow(clippy::unnecessary_cast)] // `c_long` differs between targets
pub(crate) fn utc_offset(seconds: i64) -> i64 {
    let time = seconds as libc::time_t;
    // SAFETY: zeroes are a valid `tm`; both pointers are to locals.
    unsafe {
        let mut broken: libc::tm = MaybeUninit::zeroed().assume_init();
        if libc::localtime_r(&time, &mut broken).is_null() { 0 } else { broken.tm_gmtoff as i64 }
    }
}

/// `poll` of POSIX: the events that each of the descriptors has.
pub(crate) fn poll(wanted: &[(i32, i16)], timeout: i32) -> io::Result<Vec<i16>> {
    let mut entries: Vec<libc::pollfd> =
        wanted.iter().map(|&(fd, events)| libc::pollfd { fd, events, revents: 0 }).collect();
    // SAFETY: the array is alive and as long as it is said to be.
    let result = unsafe { libc::poll(entries.as_mut_ptr(), entries.len() as libc::nfds_t, timeout) };
    if result < 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(entries.iter().map(|entry| entry.revents).collect())
}

/// Sets (`None`: removes) an environment variable.
pub(crate) fn set_env(name: &str, value: Option<&str>) {
    if name.is_empty() || name.contains(['=', '\0']) || value.is_some_and(|value| value.contains('\0')) {
        return;
    }
    // SAFETY: the standard library locks the environment against its own uses; what reads it besides (local time) is asked
    // by the thread that has the machine's turn, as this is.
    unsafe {
        match value {
            Some(value) => std::env::set_var(name, value),
            None => std::env::remove_var(name),
        }
    }
}

/// What the system says of itself: name, name of the machine, release, version, processor.
pub(crate) fn uname() -> Option<[String; 5]> {
    // SAFETY: zeroes are a valid `utsname`; the pointer is to a local.
    let names = unsafe {
        let mut names: libc::utsname = MaybeUninit::zeroed().assume_init();
        if libc::uname(&mut names) != 0 {
            return None;
        }
        names
    };
    let text = |field: &[libc::c_char]| {
        let bytes: Vec<u8> = field.iter().map(|char| *char as u8).take_while(|byte| *byte != 0).collect();
        String::from_utf8_lossy(&bytes).into_owned()
    };
    Some(
        [&names.sysname, &names.nodename, &names.release, &names.version, &names.machine].map(|field| text(&field[..])),
    )
}

/// Facts about the file system that holds a path.
pub(crate) fn stat_vfs(path: &Path) -> io::Result<StatVfs> {
    let path = CString::new(path.as_os_str().as_bytes())?;
    // SAFETY: zeroes are a valid `statvfs`; the pointers are to locals.
    let facts = unsafe {
        let mut facts: libc::statvfs = MaybeUninit::zeroed().assume_init();
        if libc::statvfs(path.as_ptr(), &mut facts) != 0 {
            return Err(io::Error::last_os_error());
        }
        facts
    };
    Ok(StatVfs {
        block_size: facts.f_bsize as u64,
        fragment_size: facts.f_frsize as u64,
        blocks: facts.f_blocks as u64,
        blocks_free: facts.f_bfree as u64,
        blocks_available: facts.f_bavail as u64,
        files: facts.f_files as u64,
        files_free: facts.f_ffree as u64,
        files_available: facts.f_favail as u64,
        flags: facts.f_flag as u64,
        name_max: facts.f_namemax as u64,
    })
}
