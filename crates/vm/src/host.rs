//! What the machine asks of the world around it, and of the compiler.

use alloc::{boxed::Box, string::String, vec::Vec};

/// A failed operation of the host: an errno number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Errno(pub i32);

/// An open file of the host. Any thread of the machine may use it, one at a time.
pub trait HostFile: Send {
    /// Reads up to `buf.len()` bytes; 0 at the end.
    fn read(&mut self, buf: &mut [u8]) -> Result<usize, Errno>;
    /// Writes some of the bytes.
    fn write(&mut self, bytes: &[u8]) -> Result<usize, Errno>;
    /// Moves the position; `whence` as in `lseek`. Gives the new position.
    fn seek(&mut self, offset: i64, whence: i32) -> Result<u64, Errno>;
    /// Writes out what is buffered.
    fn flush(&mut self) -> Result<(), Errno>;
    /// The descriptor number, if it has one.
    fn fileno(&self) -> Option<i32>;
    /// Whether it is a terminal.
    fn is_terminal(&self) -> bool;
}

/// How to open a file.
#[derive(Clone, Copy, Debug, Default)]
#[allow(missing_docs)]
pub struct OpenMode {
    pub read: bool,
    pub write: bool,
    pub append: bool,
    pub create: bool,
    pub truncate: bool,
    pub exclusive: bool,
}

/// What kind of thing a path names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PathKind {
    /// A regular file (or anything that is not a directory).
    File,
    /// A directory.
    Directory,
}

/// Facts about a path, as `os.stat` shows them.
#[derive(Clone, Copy, Debug, Default)]
#[allow(missing_docs)]
pub struct Stat {
    pub mode: u32,
    pub ino: u64,
    pub dev: u64,
    pub nlink: u64,
    pub uid: u32,
    pub gid: u32,
    pub size: u64,
    pub atime: i64,
    pub mtime: i64,
    pub ctime: i64,
}

/// An entry of a directory.
#[derive(Clone, Debug, Default)]
#[allow(missing_docs)]
pub struct DirEntry {
    pub name: Vec<u8>,
    pub is_dir: bool,
    pub is_file: bool,
    pub ino: u64,
}

/// Facts about a file system, as `os.statvfs` shows them.
#[derive(Clone, Copy, Debug, Default)]
#[allow(missing_docs)]
pub struct StatVfs {
    pub block_size: u64,
    pub fragment_size: u64,
    pub blocks: u64,
    pub blocks_free: u64,
    pub blocks_available: u64,
    pub files: u64,
    pub files_free: u64,
    pub files_available: u64,
    pub flags: u64,
    pub name_max: u64,
}

/// The world around a machine: the only way to an operating system or board. Paths are bytes.
/// Every method has a default that refuses, so that an embedder gives only what it wants to give.
/// The machine's threads take turns with it.
#[allow(unused_variables)]
pub trait Host: Send {
    /// Writes to standard output (buffered by the host). An error may be that of an earlier write.
    fn write_stdout(&mut self, bytes: &[u8]) -> Result<(), Errno> {
        Ok(())
    }
    /// Writes out what [`Host::write_stdout`] buffered.
    fn flush_stdout(&mut self) -> Result<(), Errno> {
        Ok(())
    }
    /// Writes to standard error, unbuffered.
    fn write_stderr(&mut self, bytes: &[u8]) {}
    /// Reads from standard input; 0 at the end.
    fn read_stdin(&mut self, buf: &mut [u8]) -> Result<usize, Errno> {
        Ok(0)
    }
    /// What a path names, if anything.
    fn path_kind(&self, path: &[u8]) -> Option<PathKind> {
        None
    }
    /// The whole content of a file.
    fn read_file(&mut self, path: &[u8]) -> Result<Vec<u8>, Errno> {
        Err(Errno(2))
    }
    /// Opens a file.
    fn open(&mut self, path: &[u8], mode: OpenMode) -> Result<Box<dyn HostFile>, Errno> {
        Err(Errno(2))
    }
    /// `os.stat`
    fn stat(&mut self, path: &[u8]) -> Result<Stat, Errno> {
        Err(Errno(2))
    }
    /// `os.statvfs`
    fn stat_vfs(&mut self, path: &[u8]) -> Result<StatVfs, Errno> {
        Err(Errno(2))
    }
    /// Entries of a directory, without `.` and `..`.
    fn list_dir(&mut self, path: &[u8]) -> Result<Vec<DirEntry>, Errno> {
        Err(Errno(2))
    }
    /// `os.mkdir`
    fn mkdir(&mut self, path: &[u8]) -> Result<(), Errno> {
        Err(Errno(1))
    }
    /// `os.rmdir`
    fn rmdir(&mut self, path: &[u8]) -> Result<(), Errno> {
        Err(Errno(1))
    }
    /// `os.remove`
    fn remove(&mut self, path: &[u8]) -> Result<(), Errno> {
        Err(Errno(1))
    }
    /// `os.rename`
    fn rename(&mut self, from: &[u8], to: &[u8]) -> Result<(), Errno> {
        Err(Errno(1))
    }
    /// `os.getcwd`
    fn getcwd(&mut self) -> Result<Vec<u8>, Errno> {
        Ok(b"/".to_vec())
    }
    /// `os.chdir`
    fn chdir(&mut self, path: &[u8]) -> Result<(), Errno> {
        Err(Errno(1))
    }
    /// An environment variable.
    fn getenv(&self, name: &str) -> Option<String> {
        None
    }
    /// The names of all environment variables.
    fn variables(&self) -> Vec<String> {
        Vec::new()
    }
    /// Sets (`None`: removes) an environment variable for this process.
    fn setenv(&mut self, name: &str, value: Option<&str>) {}
    /// `os.system`: what runs the command and waits for it; gives the exit status.
    fn system(&mut self, command: &str) -> Box<dyn FnOnce() -> Result<i32, Errno>> {
        Box::new(|| Err(Errno(1)))
    }
    /// What waits until one of the descriptors has one of its events (those of `poll` in POSIX), so many milliseconds at
    /// most; gives the events of each.
    fn poll(&self, wanted: Vec<(i32, i16)>, timeout: i32) -> Box<dyn FnOnce() -> Result<Vec<i16>, Errno>> {
        Box::new(|| Err(Errno(1)))
    }
    /// `os.uname`: system, name of the machine, release, version, processor.
    fn uname(&self) -> Option<[String; 5]> {
        None
    }
    /// Nanoseconds of a clock that never goes back.
    fn monotonic_ns(&self) -> u64 {
        0
    }
    /// Nanoseconds since 1970-01-01 UTC.
    fn unix_time_ns(&self) -> u64 {
        0
    }
    /// Offset of local time from UTC at that moment, in seconds.
    fn utc_offset(&self, unix_seconds: i64) -> i64 {
        0
    }
    /// Sleeps; returns early when interrupted.
    fn sleep_ns(&mut self, ns: u64) {}
    /// Reads or writes physical memory (`machine.mem8` and the like): 1, 2 or 4 aligned bytes in one access.
    fn physical_memory(&mut self, address: u64, bytes: &mut [u8], write: bool) -> Result<(), Errno> {
        Err(Errno(1))
    }
    /// Fills a buffer with random bytes.
    fn random(&mut self, buf: &mut [u8]) {
        buf.fill(0);
    }
    /// Whether a standard stream (0, 1, 2) is a terminal.
    fn is_terminal(&self, stream: i32) -> bool {
        false
    }
    /// The path of the program that runs the machine.
    fn executable(&self) -> Option<Vec<u8>> {
        None
    }
    /// Whether Ctrl-C is to be reported by [`Host::take_interrupt`].
    fn set_interrupts(&mut self, on: bool) {}
    /// Whether Ctrl-C was pressed since the last call.
    fn take_interrupt(&mut self) -> bool {
        false
    }
    /// Standard input as a file of its own, for reads during which other threads run. `None`: they wait meanwhile.
    fn stdin(&mut self) -> Option<Box<dyn HostFile>> {
        None
    }
    /// Threads for this machine; asked for once, when a program starts the first one. The calling thread has the turn.
    fn threads(&mut self) -> Option<&'static dyn Threads> {
        None
    }
}

/// Threads of the world around, and the turns they take with one machine: it has one lock, the *turn*, and the thread that
/// has it runs. (`'static`, since a thread that waits when the machine is dropped waits for good.)
pub trait Threads: Send + Sync {
    /// Starts a thread with at least so many bytes of native stack. It does not have the turn.
    fn start(&self, stack: usize, body: Box<dyn FnOnce() + Send>) -> Result<(), Errno>;
    /// Waits for the turn. Threads get it in the order in which they asked.
    fn take(&self);
    /// Gives up the turn.
    fn give(&self);
    /// Gives up the turn if another thread waits for it, and takes it again behind all that wait.
    fn pass(&self);
    /// Whether another thread waits and this one has had the turn long enough. Cheap.
    fn due(&self) -> bool;
    /// What ends a [`Threads::park`] of the calling thread.
    fn waker(&self) -> Box<dyn Wake>;
    /// Waits until woken, so many nanoseconds at most. A call of the waker before makes it return at once; it may
    /// also return for no reason.
    fn park(&self, ns: Option<u64>);
    /// Sleeps; returns early when interrupted by a signal.
    fn sleep(&self, ns: u64);
}

/// See [`Threads::waker`].
pub trait Wake: Send + Sync {
    /// Ends the wait.
    fn wake(&self);
}

/// What is to be compiled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CompileMode {
    /// A module or script.
    Exec,
    /// One expression.
    Eval,
    /// Input at a prompt: values of expression statements are shown.
    Single,
}

/// Why a source was refused.
#[derive(Clone, Debug)]
pub struct CompileError {
    /// `SyntaxError`, `IndentationError`, `TabError`, `MemoryError`, `RuntimeError`, …
    pub class: &'static str,
    /// The message.
    pub message: String,
    /// MicroPython's message for the same, if it is another one.
    pub official: Option<&'static str>,
    /// 1-based line; 0 if unknown.
    pub line: u32,
    /// 1-based column in characters; 0 if unknown.
    pub column: u32,
    /// 1-based end line and column; 0 if unknown.
    pub end: (u32, u32),
    /// Name of the scope being compiled, if the compiler (not the parser) refused.
    pub scope: Option<String>,
}

/// The compiler, plugged in by the face.
pub trait Compile: Send {
    /// Compiles a source (UTF-8 bytes). `opt_level` as in `-O`. `warnings` gets what is doubtful in it: line and message.
    fn compile(
        &self,
        source: &[u8],
        name: &str,
        mode: CompileMode,
        opt_level: u8,
        warnings: &mut Vec<(u32, String)>,
    ) -> Result<code::object::Module, CompileError>;

    /// Finds where in a source instructions come from, for tracebacks; `None` where that is not known.
    fn locate(
        &self,
        source: &[u8],
        name: &str,
        mode: CompileMode,
        opt_level: u8,
        places: &[Place],
    ) -> Vec<Option<Located>> {
        let _ = (source, name, mode, opt_level);
        places.iter().map(|_| None).collect()
    }
}

/// An instruction, for [`Compile::locate`].
pub struct Place {
    /// The name of its function.
    pub function: String,
    /// Its line by the line table.
    pub line: u32,
    /// The number of its function in the module, the module's own code being 0; in a byte.
    pub number: u8,
    /// Its offset from the first opcode of the function.
    pub offset: u32,
    /// What failed is that a local was not bound.
    pub unbound: bool,
}

/// A part of a source. Lines count from 1, columns from 0 and in bytes.
pub struct Located {
    /// First line.
    pub line: u32,
    /// Last line.
    pub end_line: u32,
    /// Where it starts in its first line.
    pub column: u32,
    /// Where it ends in its last line.
    pub end_column: u32,
    /// The part of it that stands for what was done: an operator, the brackets of a call. Start and end, lines counted from
    /// the first of the place.
    pub mark: Option<[(u32, u32); 2]>,
    /// Marks below it say more than the line alone.
    pub carets: bool,
    /// The names of the function's locals.
    pub names: Vec<String>,
}

impl crate::vm::Vm {
    /// The world around this machine, if it has one.
    pub fn host(&mut self) -> Option<&mut dyn Host> {
        match &mut self.state_mut().host {
            Some(host) => Some(&mut **host),
            None => None,
        }
    }
}
