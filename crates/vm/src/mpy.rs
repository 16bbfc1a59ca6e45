//! .mpy files on their way into the machine: read from where they are as their bytes come, checked against what this
//! machine runs, their errors raised.

use alloc::boxed::Box;
use core::fmt;

use code::mpy::{self, ErrorKind, Source};
use heap::Obj;

use crate::{
    handle::Ref,
    host::{Errno, HostFile, OpenMode},
    interp::code::CodeObject,
    layout::dict::Dict,
    types::exception::{self, Exc},
    value::{R, Raised},
    vfs::Place,
    vm::{Root, Vm},
};

const ENOENT: Errno = Errno(2);

/// An open file of the host.
struct FileSource {
    file: Box<dyn HostFile>,
    /// Why nothing more can be read.
    failed: Option<Errno>,
}

impl Source for FileSource {
    fn fill(&mut self, buffer: &mut [u8]) -> usize {
        self.file.read(buffer).unwrap_or_else(|errno| {
            self.failed = Some(errno);
            0
        })
    }
}

/// Bytes for which the machine's memory is used.
struct Accounted<'a> {
    vm: &'a mut Vm,
    source: &'a mut dyn Source,
    /// Bytes reserved so far.
    reserved: usize,
}

impl Source for Accounted<'_> {
    fn fill(&mut self, buffer: &mut [u8]) -> usize {
        self.source.fill(buffer)
    }

    fn grant(&mut self, bytes: usize) -> bool {
        let granted = self.vm.reserve(bytes).is_ok();
        if granted {
            self.reserved += bytes;
        }
        granted
    }
}

impl Vm {
    /// What this machine runs.
    fn mpy_host(&self) -> mpy::Host {
        let (arch, arch_flags) = self.machine_arch();
        mpy::Host { small_int_bits: (usize::BITS - 1) as u8, arch, arch_flags }
    }

    /// Loads the bytes of a .mpy file of any version. Raises ValueError with the official text and a note that says
    /// what was found and what was expected.
    pub fn load_mpy(&mut self, bytes: &[u8], globals: Ref<Dict>) -> R<Ref<CodeObject>> {
        self.load_mpy_from(&mut &bytes[..], globals)
    }

    /// Loads a .mpy file; `name` is its path as an object, for errors.
    pub(crate) fn load_mpy_file(&mut self, path: &[u8], name: Obj, globals: Ref<Dict>) -> R<Ref<CodeObject>> {
        let Place::Host = self.locate(path) else {
            let content = self.read_whole_file(path, name)?;
            return self.load_mpy(&content, globals);
        };
        self.flush_files();
        let opened = match &mut self.state_mut().host {
            Some(host) => host.open(path, OpenMode { read: true, ..OpenMode::default() }),
            None => Err(ENOENT),
        };
        let file = opened.map_err(|errno| self.os_error(errno, Some(name)))?;
        let mut source = FileSource { file, failed: None };
        let loaded = self.load_mpy_from(&mut source, globals);
        match source.failed {
            Some(errno) => Err(self.os_error(errno, Some(name))),
            None => loaded,
        }
    }

    /// The same from a source of bytes.
    fn load_mpy_from(&mut self, source: &mut dyn Source, globals: Ref<Dict>) -> R<Ref<CodeObject>> {
        let host = self.mpy_host();
        let mut accounted = Accounted { vm: self, source, reserved: 0 };
        let module = mpy::read_from(&mut accounted, Some(&host));
        let reserved = accounted.reserved;
        let loaded = match module {
            Ok(module) => self.load_module(&module, globals, true),
            // The machine raised it when it could not reserve.
            Err(why) if why.kind == ErrorKind::Memory => Err(Raised),
            Err(why) => Err(self.refuse_mpy(why.kind, format_args!("{}", why.explanation()))),
        };
        self.release(reserved);
        loaded
    }

    /// Raises ValueError: the official text, and a note with what is wrong.
    #[cold]
    pub(crate) fn refuse_mpy(&mut self, kind: ErrorKind, why: fmt::Arguments<'_>) -> Raised {
        let raised = self.error(Exc::ValueError, format_args!("{}", kind.text()));
        let Some(exception) = self.root(Root::Exception) else { return raised };
        let note = self.new_str(alloc::format!("{why}").as_bytes());
        // Without memory for the note, that is what is raised.
        note.and_then(|note| exception::add_note(self, exception, note)).err().unwrap_or(raised)
    }
}
