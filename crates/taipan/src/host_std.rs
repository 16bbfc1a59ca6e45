//! The operating system as a machine's [`Host`]: standard streams, files, clocks.
//!
//! Standard output is buffered; it is written out when the buffer is full, before standard error is written, before
//! standard input waits, before a sleep, and at the end ([`StdHost`] is dropped with its machine). When it is a terminal,
//! whole lines go out at once.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, IsTerminal, Read, Seek, SeekFrom, Write},
    os::{
        fd::AsRawFd,
        unix::{
            ffi::{OsStrExt, OsStringExt},
            fs::MetadataExt,
        },
    },
    path::Path,
    sync::{Arc, Mutex, PoisonError},
    time::{Instant, SystemTime},
};

use vm::host::{DirEntry, Errno, Host, HostFile, OpenMode, PathKind, Stat, StatVfs};

use crate::{interrupt, os, threads::StdThreads};

/// Where text goes that a program prints.
#[derive(Clone, Debug, Default)]
pub enum Output {
    /// The process's own stream.
    #[default]
    Inherit,
    /// A buffer that the embedding program reads.
    Capture(Capture),
}

/// Text that a machine printed, shared with the embedding program.
#[derive(Clone, Debug, Default)]
pub struct Capture(Arc<Mutex<Vec<u8>>>);

impl Capture {
    /// Takes what has come so far.
    pub fn take(&self) -> Vec<u8> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn push(&self, bytes: &[u8]) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
    }
}

/// The operating system.
pub struct StdHost {
    output: Output,
    errors: Output,
    pending: Vec<u8>,
    /// The error of a write that had nobody to report it to: the next one does.
    failed: Option<Errno>,
    line_buffered: bool,
    start: Instant,
}

/// Bytes of standard output that wait at most.
const BUFFER: usize = 8192;

impl StdHost {
    /// A host that prints where `output` and `errors` say.
    pub fn new(output: Output, errors: Output) -> StdHost {
        let line_buffered = matches!(output, Output::Inherit) && io::stdout().is_terminal();
        StdHost { output, errors, pending: Vec::new(), failed: None, line_buffered, start: Instant::now() }
    }
}

impl StdHost {
    fn flush_quietly(&mut self) {
        self.failed = self.flush_stdout().err();
    }
}

impl Drop for StdHost {
    fn drop(&mut self) {
        self.flush_quietly();
    }
}

fn path(bytes: &[u8]) -> &Path {
    let bytes = if bytes.is_empty() { b"." } else { bytes };
    Path::new(std::ffi::OsStr::from_bytes(bytes))
}

/// The errno of an error.
fn errno(error: io::Error) -> Errno {
    const EINVAL: i32 = 22;
    const EIO: i32 = 5;
    Errno(error.raw_os_error().unwrap_or(match error.kind() {
        io::ErrorKind::InvalidInput => EINVAL,
        _ => EIO,
    }))
}

fn done(result: io::Result<()>) -> Result<(), Errno> {
    result.map_err(errno)
}

/// Writes everything to standard output's descriptor: the standard library's stream has a buffer of its own.
fn write_out(bytes: &[u8]) -> Result<(), Errno> {
    done(os::stdout().write_all(bytes))
}

impl Host for StdHost {
    fn write_stdout(&mut self, bytes: &[u8]) -> Result<(), Errno> {
        if let Output::Capture(capture) = &self.output {
            capture.push(bytes);
            return Ok(());
        }
        if let Some(errno) = self.failed.take() {
            return Err(errno);
        }
        if self.pending.len() + bytes.len() > BUFFER {
            self.flush_stdout()?;
            if bytes.len() > BUFFER {
                return write_out(bytes);
            }
        }
        if self.pending.capacity() == 0 {
            self.pending.reserve_exact(if self.line_buffered { 1024 } else { BUFFER });
        }
        self.pending.extend_from_slice(bytes);
        if self.line_buffered && bytes.contains(&b'\n') { self.flush_stdout() } else { Ok(()) }
    }

    fn flush_stdout(&mut self) -> Result<(), Errno> {
        if let Some(errno) = self.failed.take() {
            return Err(errno);
        }
        if self.pending.is_empty() {
            return Ok(());
        }
        let written = write_out(&self.pending);
        self.pending.clear();
        written
    }

    fn write_stderr(&mut self, bytes: &[u8]) {
        self.flush_quietly();
        match &self.errors {
            Output::Capture(capture) => capture.push(bytes),
            // There is nobody left to tell of an error.
            Output::Inherit => drop(io::stderr().write_all(bytes)),
        }
    }

    fn read_stdin(&mut self, buf: &mut [u8]) -> Result<usize, Errno> {
        self.flush_quietly();
        os::stdin().read(buf).map_err(errno)
    }

    fn uname(&self) -> Option<[String; 5]> {
        os::uname()
    }

    fn physical_memory(&mut self, address: u64, bytes: &mut [u8], write: bool) -> Result<(), Errno> {
        use std::os::unix::fs::FileExt;
        let memory = OpenOptions::new().read(true).write(write).open("/dev/mem").map_err(errno)?;
        done(if write { memory.write_all_at(bytes, address) } else { memory.read_exact_at(bytes, address) })
    }

    fn path_kind(&self, name: &[u8]) -> Option<PathKind> {
        let meta = fs::metadata(path(name)).ok()?;
        Some(if meta.is_dir() { PathKind::Directory } else { PathKind::File })
    }

    fn read_file(&mut self, name: &[u8]) -> Result<Vec<u8>, Errno> {
        fs::read(path(name)).map_err(errno)
    }

    fn open(&mut self, name: &[u8], mode: OpenMode) -> Result<Box<dyn HostFile>, Errno> {
        let file = OpenOptions::new()
            .read(mode.read)
            .write(mode.write && !mode.append)
            .append(mode.append)
            .create(mode.create)
            .truncate(mode.truncate)
            .create_new(mode.exclusive)
            .open(path(name))
            .map_err(errno)?;
        if !mode.write && !mode.append && file.metadata().is_ok_and(|meta| meta.is_dir()) {
            const EISDIR: i32 = 21;
            return Err(Errno(EISDIR));
        }
        Ok(Box::new(StdFile(file)))
    }

    fn stat(&mut self, name: &[u8]) -> Result<Stat, Errno> {
        let meta = fs::metadata(path(name)).map_err(errno)?;
        Ok(Stat {
            mode: meta.mode(),
            ino: meta.ino(),
            dev: meta.dev(),
            nlink: meta.nlink(),
            uid: meta.uid(),
            gid: meta.gid(),
            size: meta.size(),
            atime: meta.atime(),
            mtime: meta.mtime(),
            ctime: meta.ctime(),
        })
    }

    fn stat_vfs(&mut self, name: &[u8]) -> Result<StatVfs, Errno> {
        os::stat_vfs(path(name)).map_err(errno)
    }

    fn list_dir(&mut self, name: &[u8]) -> Result<Vec<DirEntry>, Errno> {
        let mut entries = Vec::new();
        for entry in fs::read_dir(path(name)).map_err(errno)? {
            let entry = entry.map_err(errno)?;
            let kind = entry.file_type().ok();
            entries.push(DirEntry {
                ino: std::os::unix::fs::DirEntryExt::ino(&entry),
                is_dir: kind.is_some_and(|kind| kind.is_dir()),
                is_file: kind.is_some_and(|kind| kind.is_file()),
                name: entry.file_name().into_vec(),
            });
        }
        Ok(entries)
    }

    fn mkdir(&mut self, name: &[u8]) -> Result<(), Errno> {
        done(fs::create_dir(path(name)))
    }

    fn rmdir(&mut self, name: &[u8]) -> Result<(), Errno> {
        done(fs::remove_dir(path(name)))
    }

    fn remove(&mut self, name: &[u8]) -> Result<(), Errno> {
        done(fs::remove_file(path(name)))
    }

    fn rename(&mut self, from: &[u8], to: &[u8]) -> Result<(), Errno> {
        done(fs::rename(path(from), path(to)))
    }

    fn getcwd(&mut self) -> Result<Vec<u8>, Errno> {
        Ok(std::env::current_dir().map_err(errno)?.into_os_string().into_vec())
    }

    fn chdir(&mut self, name: &[u8]) -> Result<(), Errno> {
        done(std::env::set_current_dir(path(name)))
    }

    fn getenv(&self, name: &str) -> Option<String> {
        if name.is_empty() || name.contains(['=', '\0']) {
            return None;
        }
        Some(std::env::var_os(name)?.to_string_lossy().into_owned())
    }

    fn variables(&self) -> Vec<String> {
        std::env::vars_os().map(|(name, _)| name.to_string_lossy().into_owned()).collect()
    }

    fn setenv(&mut self, name: &str, value: Option<&str>) {
        os::set_env(name, value);
    }

    fn system(&mut self, command: &str) -> Box<dyn FnOnce() -> Result<i32, Errno>> {
        self.flush_quietly();
        use std::os::unix::process::ExitStatusExt;
        let mut shell = std::process::Command::new("/bin/sh");
        shell.arg("-c").arg(command);
        Box::new(move || Ok(shell.status().map_err(errno)?.into_raw()))
    }

    fn poll(&self, wanted: Vec<(i32, i16)>, timeout: i32) -> Box<dyn FnOnce() -> Result<Vec<i16>, Errno>> {
        Box::new(move || os::poll(&wanted, timeout).map_err(errno))
    }

    fn monotonic_ns(&self) -> u64 {
        self.start.elapsed().as_nanos() as u64
    }

    fn unix_time_ns(&self) -> u64 {
        SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |time| time.as_nanos() as u64)
    }

    fn utc_offset(&self, unix_seconds: i64) -> i64 {
        os::utc_offset(unix_seconds)
    }

    fn sleep_ns(&mut self, ns: u64) {
        self.flush_quietly();
        os::sleep_ns(ns);
    }

    fn random(&mut self, buf: &mut [u8]) {
        let filled = File::open("/dev/urandom").and_then(|mut file| file.read_exact(buf));
        if filled.is_err() {
            // No source of randomness: the clock is better than a constant.
            let mut seed = self.unix_time_ns() | 1;
            for byte in buf {
                seed ^= seed << 13;
                seed ^= seed >> 7;
                seed ^= seed << 17;
                *byte = seed as u8;
            }
        }
    }

    fn is_terminal(&self, stream: i32) -> bool {
        match stream {
            0 => io::stdin().is_terminal(),
            1 => io::stdout().is_terminal(),
            _ => io::stderr().is_terminal(),
        }
    }

    fn executable(&self) -> Option<Vec<u8>> {
        Some(std::env::current_exe().ok()?.into_os_string().into_vec())
    }

    fn set_interrupts(&mut self, on: bool) {
        if on {
            interrupt::catch_interrupts();
        } else {
            interrupt::ignore_interrupts();
        }
    }

    fn take_interrupt(&mut self) -> bool {
        interrupt::take_interrupt()
    }

    fn stdin(&mut self) -> Option<Box<dyn HostFile>> {
        self.flush_quietly();
        Some(Box::new(Stdin))
    }

    fn threads(&mut self) -> Option<&'static dyn vm::host::Threads> {
        Some(Box::leak(Box::new(StdThreads::new())))
    }
}

/// Standard input; see [`Host::stdin`].
struct Stdin;

impl HostFile for Stdin {
    fn read(&mut self, buf: &mut [u8]) -> Result<usize, Errno> {
        os::stdin().read(buf).map_err(errno)
    }

    fn write(&mut self, _bytes: &[u8]) -> Result<usize, Errno> {
        const EBADF: i32 = 9;
        Err(Errno(EBADF))
    }

    fn seek(&mut self, _offset: i64, _whence: i32) -> Result<u64, Errno> {
        const ESPIPE: i32 = 29;
        Err(Errno(ESPIPE))
    }

    fn flush(&mut self) -> Result<(), Errno> {
        Ok(())
    }

    fn fileno(&self) -> Option<i32> {
        Some(0)
    }

    fn is_terminal(&self) -> bool {
        io::stdin().is_terminal()
    }
}

struct StdFile(File);

impl HostFile for StdFile {
    fn read(&mut self, buf: &mut [u8]) -> Result<usize, Errno> {
        self.0.read(buf).map_err(errno)
    }

    fn write(&mut self, bytes: &[u8]) -> Result<usize, Errno> {
        self.0.write(bytes).map_err(errno)
    }

    fn seek(&mut self, offset: i64, whence: i32) -> Result<u64, Errno> {
        const EINVAL: Errno = Errno(22);
        let to = match whence {
            0 => SeekFrom::Start(u64::try_from(offset).map_err(|_| EINVAL)?),
            1 => SeekFrom::Current(offset),
            2 => SeekFrom::End(offset),
            _ => return Err(EINVAL),
        };
        self.0.seek(to).map_err(errno)
    }

    fn flush(&mut self) -> Result<(), Errno> {
        done(self.0.flush())
    }

    fn fileno(&self) -> Option<i32> {
        Some(self.0.as_raw_fd())
    }

    fn is_terminal(&self) -> bool {
        self.0.is_terminal()
    }
}
