//! Mounted file systems: which one a path belongs to, and what `import` and `open` want of it.
//!
//! A machine starts with the host's files only, and then [`Vm::locate`] gives every path back as it is. Once the module
//! `vfs` mounts or unmounts something, there is a table: a list of pairs (file system, mount point), what is mounted at `/`
//! last. A file system is any object with the methods `mount`, `umount`, `open`, `stat`, `ilistdir`, …; that of the host is
//! an object of the class `VfsPosix` like others. Each call runs Python.

use alloc::vec::Vec;

use heap::Obj;

use crate::{
    handle::Ref,
    host::{Errno, PathKind},
    layout::seq::List,
    qstr::{Qstr, q},
    types::exception::Exc,
    value::R,
    vm::{Root, Vm},
};

/// Bit of `st_mode` that directories have and regular files have not.
const S_IFDIR: isize = 0x4000;
const EPERM: Errno = Errno(1);
const EIO: Errno = Errno(5);
const ENODEV: Errno = Errno(19);
/// Bytes that a stream is asked for in one read.
const WINDOW: usize = 255;

/// Where a path leads.
pub enum Place {
    /// To the host: nothing was ever mounted.
    Host,
    /// To a mounted file system, and there to this path.
    Volume(Mount, Vec<u8>),
    /// To the directory above all mount points.
    Root,
    /// Nowhere: no file system is mounted there.
    Nowhere,
}

/// An item of the table of mounted file systems.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Mount(Obj);

impl Mount {
    /// The item as the table holds it: a tuple.
    pub fn obj(self) -> Obj {
        self.0
    }

    /// The file system.
    pub fn file_system(self, vm: &Vm) -> Obj {
        vm.seq_items(self.0).map_or(Obj::NONE, |pair| pair[0])
    }

    /// Where it is mounted.
    pub fn point(self, vm: &Vm) -> &[u8] {
        vm.seq_items(self.0).and_then(|pair| vm.str_bytes(pair[1])).unwrap_or_default()
    }

    /// Whether it is mounted at `/`.
    pub fn is_root(self, vm: &Vm) -> bool {
        self.point(vm).len() <= 1
    }
}

impl Vm {
    /// The table of mounted file systems, if there is one.
    pub fn mounts(&self) -> Option<Ref<List>> {
        self.root(Root::Mounts).and_then(|list| self.exact::<List>(list))
    }

    /// The item of the table at this position.
    pub fn mount_at(&self, index: usize) -> Option<Mount> {
        let item = self.mounts()?.get(index)?;
        (self.seq_items(item)?.len() == 2).then_some(Mount(item))
    }

    /// What is mounted at `/`.
    pub fn root_mount(&self) -> Option<Mount> {
        (0..).map_while(|i| self.mount_at(i)).find(|mount| mount.is_root(self))
    }

    /// The file system of the current directory; `None`: the root.
    pub fn current_mount(&self) -> Option<Mount> {
        self.root(Root::CurrentMount).filter(|mount| *mount != Obj::NONE).map(Mount)
    }

    /// Changes the file system of the current directory.
    pub fn set_current_mount(&mut self, mount: Option<Mount>) {
        self.set_root(Root::CurrentMount, Some(mount.map_or(Obj::NONE, Mount::obj)));
    }

    /// Finds out to which file system a path belongs.
    pub fn locate(&self, path: &[u8]) -> Place {
        if self.mounts().is_none() {
            return Place::Host;
        }
        let current = self.current_mount();
        let absolute = path.first() == Some(&b'/');
        if let (Some(current), false) = (current, absolute) {
            return Place::Volume(current, path.to_vec());
        }
        let below = if absolute { &path[1..] } else { path };
        if below.is_empty() {
            return Place::Root;
        }
        for mount in (0..).map_while(|i| self.mount_at(i)) {
            let Some((_, point)) = mount.point(self).split_first() else { continue };
            if point.is_empty() {
                return Place::Volume(mount, path.to_vec());
            }
            match below.strip_prefix(point) {
                Some(b"") => return Place::Volume(mount, b"/".to_vec()),
                Some(rest) if rest[0] == b'/' => return Place::Volume(mount, rest.to_vec()),
                _ => {}
            }
        }
        Place::Nowhere
    }

    /// Calls a method of a file system with a path first, made a str, or bytes if `like` is bytes.
    pub fn call_mount(&mut self, mount: Mount, method: Qstr, path: &[u8], like: Obj, second: Option<Obj>) -> R {
        let path = if self.bytes_of(like).is_some() { self.new_bytes(path)? } else { self.new_str(path)? };
        let method = self.getattr(mount.file_system(self), method)?;
        match second {
            Some(second) => self.call(method, &[path, second]),
            None => self.call(method, &[path]),
        }
    }

    /// What is raised for an operation on a place that is no file system.
    pub fn no_volume(&mut self, place: &Place) -> crate::value::Raised {
        self.os_error(if matches!(place, Place::Root) { EPERM } else { ENODEV }, None)
    }

    /// What a path names, wherever it leads. A file system that raises an exception has nothing there.
    pub(crate) fn path_kind(&mut self, path: &[u8]) -> R<Option<PathKind>> {
        let (mount, inner) = match self.locate(path) {
            Place::Host => return Ok(self.state().host.as_ref().and_then(|host| host.path_kind(path))),
            Place::Volume(mount, inner) => (mount, inner),
            Place::Root | Place::Nowhere => return Ok(None),
        };
        let stat = self.call_mount(mount, q::stat, &inner, Obj::NONE, None);
        let Some(stat) = self.catch(stat, Exc::Exception)? else { return Ok(None) };
        let mode = self.seq_items(stat).and_then(|items| items.first()?.as_small_int());
        Ok(mode.map(|mode| if mode & S_IFDIR != 0 { PathKind::Directory } else { PathKind::File }))
    }

    /// The whole content of a file, wherever it is. Raises OSError.
    pub(crate) fn read_whole_file(&mut self, path: &[u8], name: Obj) -> R<Vec<u8>> {
        match self.locate(path) {
            Place::Host => {
                self.flush_files();
                let read = match &mut self.state_mut().host {
                    Some(host) => host.read_file(path),
                    None => Err(Errno(2)),
                };
                read.map_err(|errno| self.os_error(errno, Some(name)))
            }
            Place::Volume(mount, inner) => {
                let mode = self.new_str(b"rb")?;
                let file = self.call_mount(mount, q::open, &inner, Obj::NONE, Some(mode))?;
                let content = self.read_to_end(file, WINDOW);
                // The file is closed whatever happened; the first error is the one that counts.
                let waiting = self.root(Root::Exception);
                let closed = self.close_stream(file);
                let content = content.inspect_err(|_| self.set_root(Root::Exception, waiting))?;
                closed.map(|()| content)
            }
            place => Err(self.no_volume(&place)),
        }
    }

    /// Reads a stream through `readinto`, as C code of the official implementation does, or `read` where that is missing.
    /// `first` is how many bytes it asks for at first.
    pub fn read_to_end(&mut self, file: Obj, first: usize) -> R<Vec<u8>> {
        const GET_BUFFER_SIZE: isize = 11;
        let Some(readinto) = self.getattr_maybe(file, q::readinto)? else {
            let Some(read) = self.getattr_maybe(file, q::read)? else {
                return Err(self.error(Exc::OSError, format_args!("stream operation not supported")));
            };
            let all = self.call(read, &[])?;
            let Some(bytes) = self.bytes_of(all).or(self.str_bytes(all)) else {
                return Err(self.type_error("read() should return bytes"));
            };
            return Ok(bytes.to_vec());
        };
        if let Some(ioctl) = self.getattr_maybe(file, q::ioctl)? {
            self.call(ioctl, &[Obj::small_int_unchecked(GET_BUFFER_SIZE), Obj::small_int_unchecked(0)])?;
        }
        let class = self.type_of_id(crate::table::TypeId::ByteArray).obj();
        let mut content = Vec::new();
        let (mut size, mut window) = (0, Obj::NONE);
        let read = loop {
            let wanted = if size == 0 { first } else { WINDOW };
            if size != wanted {
                size = wanted;
                window = self.call(class, &[Obj::small_int_unchecked(size as isize)])?;
            }
            match self.read_window(readinto, window, &mut content) {
                Ok(n) if n == size => {}
                other => break other,
            }
        };
        self.release(content.len());
        read.map(|_| content)
    }

    /// Reads a buffer full and appends it; gives how many bytes, which are reserved.
    fn read_window(&mut self, readinto: Obj, window: Obj, content: &mut Vec<u8>) -> R<usize> {
        let n = self.call(readinto, &[window])?;
        let n = if n == Obj::NONE { 0 } else { self.index(n)? };
        let Some(buffer) = self.buffer(window)? else { return Ok(0) };
        let n = usize::try_from(n).unwrap_or(0);
        if n > buffer.len() {
            return Err(self.os_error(EIO, None));
        }
        self.reserve(n)?;
        content.extend_from_slice(&buffer.bytes(self)[..n]);
        Ok(n)
    }

    /// Closes a stream: through `ioctl` where a Python class derived from `io.IOBase` has it.
    fn close_stream(&mut self, file: Obj) -> R<()> {
        const CLOSE: isize = 4;
        if let Some(ioctl) = self.getattr_maybe(file, q::ioctl)? {
            self.call(ioctl, &[Obj::small_int_unchecked(CLOSE), Obj::small_int_unchecked(0)])?;
        } else if let Some(close) = self.getattr_maybe(file, q::close)? {
            self.call(close, &[])?;
        }
        Ok(())
    }
}
