//! Open files of a machine and the standard streams, buffered.
//!
//! A stream object holds the number of a slot in [`Files`]; what lies there belongs to the machine. Files whose object
//! the collector found dead are closed. Buffers of files are written out before anything else that could look at a file (opening
//! one, `os.stat`, a process), so programs see what they wrote.

use alloc::{boxed::Box, vec::Vec};
use core::ptr::NonNull;

use heap::{Marker, Obj};

use crate::{
    host::{Errno, HostFile, OpenMode},
    threads::READ,
    types::exception::Exc,
    value::R,
    vm::{State, Vm},
};

/// Slots of the standard streams.
pub const STDIN: usize = 0;
/// Standard output.
pub const STDOUT: usize = 1;
/// Standard error.
pub const STDERR: usize = 2;

/// Size of a buffer.
const BUFFER: usize = 4096;
const EINTR: Errno = Errno(4);
const EBADF: Errno = Errno(9);
const EINVAL: Errno = Errno(22);
const ESPIPE: Errno = Errno(29);

/// A stream's state.
struct Open {
    /// `None`: the standard stream of the slot's number.
    file: Option<Box<dyn HostFile>>,
    /// Address of the stream object.
    owner: Option<NonNull<u8>>,
    /// Bytes read ahead; those before `at` are used up.
    ahead: Vec<u8>,
    at: usize,
    /// Bytes to be written.
    behind: Vec<u8>,
    /// Whether each write goes out at once.
    unbuffered: bool,
    /// Whether it was opened to be written: a write that cannot succeed fails at once, not when the buffer goes out.
    writable: bool,
    /// A thread reads from it without the turn: `file` is with that thread, and the others wait.
    busy: bool,
}

impl Open {
    fn new(file: Option<Box<dyn HostFile>>) -> Open {
        Open {
            file,
            owner: None,
            ahead: Vec::new(),
            at: 0,
            behind: Vec::new(),
            unbuffered: false,
            writable: true,
            busy: false,
        }
    }

    fn flush(&mut self) -> Result<(), Errno> {
        let Some(file) = &mut self.file else { return Ok(()) };
        let mut done = 0;
        let result = loop {
            if done == self.behind.len() {
                break Ok(());
            }
            match file.write(&self.behind[done..]) {
                Ok(0) => break Err(Errno(5)),
                Ok(n) => done += n,
                Err(EINTR) => {}
                Err(errno) => break Err(errno),
            }
        };
        self.behind.clear();
        result
    }
}

/// All streams of a machine. Every file holds `2 * BUFFER` bytes of the machine's memory.
pub struct Files {
    slots: Vec<Option<Open>>,
    /// Memory of files closed by the collector, to be given back.
    released: usize,
}

impl Files {
    /// The standard streams.
    pub fn new() -> Files {
        Files { slots: Vec::new(), released: 0 }
    }

    fn slot(&mut self, slot: usize) -> Option<&mut Open> {
        while self.slots.len() <= STDERR {
            self.slots.push(Some(Open::new(None)));
        }
        self.slots.get_mut(slot)?.as_mut()
    }

    /// Closes the files whose objects are dead.
    pub(crate) fn after_mark(&mut self, marker: &mut Marker) {
        for slot in self.slots.iter_mut().skip(STDERR + 1) {
            if let Some(open) = slot
                && open.owner.is_some_and(|owner| !marker.is_marked(owner))
            {
                let _ = open.flush();
                *slot = None;
                self.released += 2 * BUFFER;
            }
        }
    }
}

impl Default for Files {
    fn default() -> Files {
        Files::new()
    }
}

/// What a buffered read takes from the bytes at hand.
#[derive(Clone, Copy)]
pub enum Take {
    /// As many bytes as there are.
    Bytes,
    /// Up to and with the next line feed.
    Line,
    /// So many whole characters at most.
    Chars(usize),
}

/// What a read took: bytes, whether a line or the stream ended there, characters counted.
type Taken = (usize, bool, usize);

impl State {
    /// Makes a stream ready to read more.
    fn before_fill(&mut self, slot: usize) -> Result<&mut Open, Errno> {
        let open = self.files.slot(slot).ok_or(EBADF)?;
        open.flush()?;
        if open.at > 0 {
            open.ahead.drain(..open.at);
            open.at = 0;
        }
        Ok(open)
    }

    fn fill(&mut self, slot: usize) -> Result<usize, Errno> {
        self.before_fill(slot)?;
        let State { files, host, .. } = self;
        let open = files.slot(slot).ok_or(EBADF)?;
        let old = open.ahead.len();
        open.ahead.resize(old + BUFFER, 0);
        let room = &mut open.ahead[old..];
        let read = match (&mut open.file, host) {
            (Some(file), _) => file.read(room),
            (None, Some(host)) if slot == STDIN => host.read_stdin(room),
            (None, _) => Err(EBADF),
        };
        open.ahead.truncate(old + *read.as_ref().unwrap_or(&0));
        read
    }

    /// Takes from the bytes at hand; `None` if it takes more than these.
    fn take(&mut self, slot: usize, buf: &mut [u8], what: Take) -> Result<Option<Taken>, Errno> {
        let open = self.files.slot(slot).ok_or(EBADF)?;
        let ready = &open.ahead[open.at..];
        let most = ready.len().min(buf.len());
        let (n, end, chars) = match what {
            Take::Bytes => (most, false, 0),
            Take::Line => match ready[..most].iter().position(|&byte| byte == b'\n') {
                Some(at) => (at + 1, true, 0),
                None => (most, false, 0),
            },
            Take::Chars(chars) => {
                let (n, chars) = whole_chars(&ready[..most], chars);
                (n, false, chars)
            }
        };
        if n == 0 && !buf.is_empty() {
            return Ok(None);
        }
        buf[..n].copy_from_slice(&ready[..n]);
        open.at += n;
        Ok(Some((n, end, chars)))
    }

    /// Takes what is left at the end: part of a character goes out as it is.
    fn take_rest(&mut self, slot: usize, buf: &mut [u8]) -> Result<Taken, Errno> {
        let open = self.files.slot(slot).ok_or(EBADF)?;
        let n = (open.ahead.len() - open.at).min(buf.len());
        buf[..n].copy_from_slice(&open.ahead[open.at..open.at + n]);
        open.at += n;
        Ok((n, true, usize::from(n > 0)))
    }

    fn put(&mut self, slot: usize, bytes: &[u8]) -> Result<(), Errno> {
        let State { files, host, .. } = self;
        let open = files.slot(slot).ok_or(EBADF)?;
        let Some(file) = &mut open.file else {
            match (slot, host) {
                (STDOUT, Some(host)) => host.write_stdout(bytes)?,
                (STDERR, Some(host)) => host.write_stderr(bytes),
                _ => return Err(EBADF),
            }
            return Ok(());
        };
        if !open.writable {
            return Err(EBADF);
        }
        let unread = open.ahead.len() - open.at;
        if unread > 0 {
            // The program's position is behind the file's.
            file.seek(-(unread as i64), 1)?;
        }
        open.ahead.clear();
        open.at = 0;
        if open.behind.len() + bytes.len() > BUFFER {
            open.flush()?;
        }
        if bytes.len() > BUFFER || open.unbuffered {
            let mut done = 0;
            while let Some(file) = open.file.as_mut().filter(|_| done < bytes.len()) {
                match file.write(&bytes[done..]) {
                    Ok(0) => return Err(Errno(5)),
                    Ok(n) => done += n,
                    Err(EINTR) => {}
                    Err(errno) => return Err(errno),
                }
            }
            return Ok(());
        }
        open.behind.extend_from_slice(bytes);
        Ok(())
    }

    fn seek(&mut self, slot: usize, offset: i64, whence: i32) -> Result<u64, Errno> {
        let open = self.files.slot(slot).ok_or(EBADF)?;
        open.flush()?;
        let unread = (open.ahead.len() - open.at) as i64;
        let Some(file) = &mut open.file else { return Err(ESPIPE) };
        if offset == 0 && whence == 1 {
            return Ok(file.seek(0, 1)?.saturating_sub(unread as u64));
        }
        let offset = if whence == 1 { offset.checked_sub(unread).ok_or(EINVAL)? } else { offset };
        let position = file.seek(offset, whence)?;
        open.ahead.clear();
        open.at = 0;
        Ok(position)
    }
}

/// How many bytes at the start of `bytes` are whole characters, `most` at most, and how many characters. A byte that
/// begins no character counts as one.
fn whole_chars(bytes: &[u8], most: usize) -> (usize, usize) {
    let (mut at, mut chars) = (0, 0);
    while chars < most && at < bytes.len() {
        let len = match bytes[at] {
            0xc0..=0xdf => 2,
            0xe0..=0xef => 3,
            0xf0..=0xff => 4,
            _ => 1,
        };
        if at + len > bytes.len() {
            break;
        }
        at += len;
        chars += 1;
    }
    (at, chars)
}

impl Vm {
    /// Opens a file; gives its slot. Raises OSError.
    pub fn open_file(&mut self, path: Obj, mode: OpenMode, unbuffered: bool) -> R<usize> {
        let Some(text) = self.str_bytes(path).or(self.bytes_of(path)) else {
            return Err(self.type_error_for("expected str, bytes or os.PathLike object, not ", path, ""));
        };
        let text = text.to_vec();
        self.flush_files();
        self.reserve(2 * BUFFER)?;
        let opened = match &mut self.state_mut().host {
            _ if text.contains(&0) => Err(EINVAL),
            Some(host) => host.open(&text, mode),
            None => Err(Errno(2)),
        };
        let file = match opened {
            Ok(file) => file,
            Err(errno) => {
                self.release(2 * BUFFER);
                return Err(self.os_error(errno, Some(path)));
            }
        };
        let released = core::mem::take(&mut self.state_mut().files.released);
        if released > 0 {
            self.release(released);
        }
        let files = &mut self.state_mut().files;
        files.slot(STDERR);
        let open = Some(Open { unbuffered, writable: mode.write || mode.append, ..Open::new(Some(file)) });
        match files.slots.iter().position(Option::is_none) {
            Some(slot) => {
                files.slots[slot] = open;
                Ok(slot)
            }
            None => {
                files.slots.push(open);
                Ok(files.slots.len() - 1)
            }
        }
    }

    /// Ties a file to its object: when that dies, the file is closed.
    pub(crate) fn own_file(&mut self, slot: usize, object: Obj) {
        if slot > STDERR
            && let Some(open) = self.state_mut().files.slot(slot)
        {
            open.owner = object.as_ptr();
        }
    }

    /// Closes a file. Standard streams are only written out.
    pub fn close_file(&mut self, slot: usize) -> R<()> {
        if slot <= STDERR {
            return self.flush_file(slot);
        }
        self.wait_until_idle(slot)?;
        let Some(mut open) = self.state_mut().files.slots.get_mut(slot).and_then(Option::take) else { return Ok(()) };
        let flushed = open.flush();
        drop(open);
        self.release(2 * BUFFER);
        self.checked(flushed)
    }

    /// Writes out what a file buffers.
    pub fn flush_file(&mut self, slot: usize) -> R<()> {
        if slot <= STDERR {
            return self.flush_stdout();
        }
        self.wait_until_idle(slot)?;
        let flushed = self.state_mut().files.slot(slot).ok_or(EBADF).and_then(Open::flush);
        self.checked(flushed)
    }

    /// Writes out what files buffer; errors are left to the next operation.
    pub fn flush_files(&mut self) {
        for open in self.state_mut().files.slots.iter_mut().flatten() {
            let _ = open.flush();
        }
    }

    fn checked<T>(&mut self, result: Result<T, Errno>) -> R<T> {
        result.map_err(|errno| self.os_error(errno, None))
    }

    /// Reads from a stream: how many bytes, whether a line or the stream ended there, and how many characters were
    /// counted. A signal that interrupts it is looked after.
    pub fn read_stream(&mut self, slot: usize, buf: &mut [u8], what: Take) -> R<(usize, bool, usize)> {
        loop {
            self.wait_until_idle(slot)?;
            let taken = self.state_mut().take(slot, buf, what);
            if let Some(taken) = self.checked(taken)? {
                return Ok(taken);
            }
            match self.fill(slot) {
                Err(EINTR) => self.look_around()?,
                Err(errno) => return Err(self.os_error(errno, None)),
                Ok(0) => {
                    let rest = self.state_mut().take_rest(slot, buf);
                    return self.checked(rest);
                }
                Ok(_) => {}
            }
        }
    }

    /// Reads ahead; other threads run meanwhile. Gives how many bytes there are more.
    fn fill(&mut self, slot: usize) -> Result<usize, Errno> {
        if !self.others_run() {
            return self.state_mut().fill(slot);
        }
        let state = self.state_mut();
        let own = match state.before_fill(slot)?.file.take() {
            None if slot == STDIN => state.host.as_mut().and_then(|host| host.stdin()),
            own => own,
        };
        let Some(mut file) = own else { return state.fill(slot) };
        if let Some(open) = state.files.slot(slot) {
            open.busy = true;
        }
        let mut room = alloc::vec![0; BUFFER];
        let (read, file) = self.without_turn(|| (file.read(&mut room), file));
        if let Some(open) = self.state_mut().files.slot(slot) {
            open.busy = false;
            open.file = Some(file).filter(|_| slot != STDIN);
            open.ahead.extend_from_slice(&room[..*read.as_ref().unwrap_or(&0)]);
        }
        self.wake_all(READ);
        read
    }

    /// Waits while another thread reads from a stream.
    fn wait_until_idle(&mut self, slot: usize) -> R<()> {
        if !self.others_run() {
            return Ok(());
        }
        let since = self.monotonic_ns();
        while self.state_mut().files.slot(slot).is_some_and(|open| open.busy) {
            self.wait_for(READ, since, None)?;
        }
        Ok(())
    }

    /// Writes to a stream.
    pub fn write_stream(&mut self, slot: usize, bytes: &[u8]) -> R<()> {
        self.wait_until_idle(slot)?;
        let put = self.state_mut().put(slot, bytes);
        self.checked(put)
    }

    /// Moves the position of a stream; gives the new one.
    pub fn seek_stream(&mut self, slot: usize, offset: i64, whence: i32) -> R<u64> {
        self.wait_until_idle(slot)?;
        let sought = self.state_mut().seek(slot, offset, whence);
        self.checked(sought)
    }

    /// The descriptor of a stream.
    pub fn stream_descriptor(&mut self, slot: usize) -> R<i32> {
        if slot <= STDERR {
            return Ok(slot as i32);
        }
        self.wait_until_idle(slot)?;
        match self.state_mut().files.slot(slot).and_then(|open| open.file.as_ref()?.fileno()) {
            Some(number) => Ok(number),
            None => Err(self.error(Exc::OSError, format_args!("the stream has no descriptor"))),
        }
    }

    /// Whether a stream is a terminal.
    pub fn stream_is_terminal(&mut self, slot: usize) -> bool {
        let State { files, host, .. } = self.state_mut();
        match files.slot(slot) {
            Some(Open { file: Some(file), .. }) => file.is_terminal(),
            Some(_) => host.as_ref().is_some_and(|host| host.is_terminal(slot as i32)),
            None => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters() {
        for (text, most, expected) in [
            (&b"abc"[..], 2, (2, 2)),
            ("\u{e9}\u{20ac}".as_bytes(), 5, (5, 2)),
            (b"a\xe2\x82", 5, (1, 1)),
            (b"\xff", 1, (0, 0)),
            (b"", 1, (0, 0)),
        ] {
            assert_eq!(whole_chars(text, most), expected, "{text:?}");
        }
    }
}
