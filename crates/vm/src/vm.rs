//! The virtual machine's state and the handle through which all code reaches it.
//!
//! [`Vm`] is a per-thread handle around a raw pointer: no Rust reference into the state outlives one primitive
//! (D5). Views into objects borrow the handle shared, whatever may allocate or run Python takes it
//! exclusively, so a view held across a collection does not compile.

#![allow(unsafe_code)]

use alloc::{boxed::Box, vec::Vec};
use core::{marker::PhantomData, ptr::NonNull};

use heap::{Heap, Marker, Obj};

use crate::{
    handle::Ref,
    host::{Compile, CompileMode, Host},
    interp::Interp,
    layout::{class_state::ClassState, dict::Dict, typ::Type, weak::WeakTable},
    native::{Frozen, ModuleDef},
    qstr::{MAX_NAME, Qstr, QstrTable},
    table::TypeId,
    types::exception::Exc,
    value::R,
};

/// Handle to a virtual machine. Not `Send`: it belongs to the thread that runs the machine.
#[repr(transparent)]
pub struct Vm {
    state: NonNull<State>,
    not_send: PhantomData<*mut ()>,
}

/// Object words that the machine itself keeps alive, by role.
#[derive(Clone, Copy)]
#[repr(usize)]
#[allow(missing_docs)]
pub enum Root {
    /// The exception under way.
    Exception,
    /// The value of the StopIteration that a `next` slot stands for.
    StopValue,
    /// `sys.modules`
    Modules,
    /// The module `builtins` (its dict).
    Builtins,
    /// The module `__main__` (its dict).
    Main,
    /// `sys.path`
    Path,
    /// `sys.argv`
    Argv,
    /// The singleton `NotImplemented`.
    NotImplemented,
    /// The singleton `...`
    Ellipsis,
    /// The empty tuple.
    EmptyTuple,
    /// The dict, always empty, of builtin types whose attributes nobody has asked for.
    NoMembers,
    /// The MemoryError that is raised when there is no memory for another.
    MemoryError,
    /// An exception for an error that there is no memory to tell about.
    SpareException,
    /// The function given to `sys.atexit`.
    AtExit,
    /// Callbacks of `micropython.schedule`: a list of (function, argument).
    Scheduled,
    /// `sys.stdin`, `sys.stdout`, `sys.stderr`
    Stdin,
    Stdout,
    Stderr,
    /// The function given to `sys.settrace`.
    Trace,
    /// The objects of the frames that it has seen: a list, outermost first.
    TracedFrames,
    /// Containers whose text is being made, outermost first: a list.
    Shown,
    /// Exceptions being handled by native code, innermost first (a linked tuple), for `sys.exc_info`.
    Handled,
    /// Objects with `__del__` that wait for a safe point.
    Finalizable,
    /// The mounted file systems ([`crate::vfs`]): a list of (file system, mount point). None: only the host's.
    Mounts,
    /// The item of `Mounts` that holds the current directory; Python's None: the root above all of them.
    CurrentMount,
    /// Room for the modules crate: a dict of whatever a module must keep alive.
    ModuleState,
}

/// Number of [`Root`]s.
pub const ROOTS: usize = Root::ModuleState as usize + 1;

/// Everything one machine owns.
pub struct State {
    /// What the interpreter loop uses at every step.
    pub(crate) interp: Interp,
    pub(crate) heap: Heap,
    pub(crate) qstrs: QstrTable,
    /// Builtin types by [`TypeId`]; all set before anything runs.
    pub(crate) types: [Option<Ref<Type>>; TypeId::ALL.len()],
    /// Exception types by their index in `types::exception::EXCEPTIONS`.
    pub(crate) exception_types: [Option<Ref<Type>>; crate::types::exception::COUNT],
    pub(crate) roots: [Option<Obj>; ROOTS],
    pub(crate) host: Option<Box<dyn Host>>,
    pub(crate) compiler: Option<Box<dyn Compile>>,
    /// Highest address of the native stack in use by this machine, where the conservative scan ends.
    pub(crate) stack_base: usize,
    /// Native code must not grow below this address.
    pub(crate) stack_limit: usize,
    /// Programs may use memory at any address.
    pub(crate) raw_memory: bool,
    /// Texts have MicroPython's form where CPython's is different.
    pub(crate) official_texts: bool,
    /// The heap is locked by `micropython.heap_lock` while positive.
    pub(crate) heap_locks: u32,
    /// The optimisation level for code compiled from now on.
    pub(crate) opt_level: u8,
    /// What the class code remembers.
    pub(crate) classes: ClassState,
    /// Weak references.
    pub(crate) weak: WeakTable,
    /// Builtin modules that `import` finds; instantiated when first imported.
    pub(crate) native_modules: Vec<&'static ModuleDef>,
    /// Modules of Python code inside the program.
    pub(crate) frozen: &'static [Frozen],
    /// Sources that are no files, for tracebacks.
    pub(crate) sources: Vec<(Qstr, Box<[u8]>, CompileMode)>,
    /// Open files and the standard streams.
    pub(crate) files: crate::files::Files,
    /// Texts that C code asked for.
    pub(crate) c_texts: crate::layout::c_text::CTexts,
    /// Scheduled calls are being made.
    pub(crate) in_scheduled: bool,
    pub(crate) threads: crate::threads::Table,
    /// What runs machine code, if anything does.
    pub(crate) machine: crate::interp::machine::State,
}

impl Vm {
    /// A handle from the raw state.
    ///
    /// # Safety
    /// The state must be alive and used by this thread only (its lock is held) while the handle is.
    #[inline(always)]
    pub(crate) unsafe fn from_state(state: NonNull<State>) -> Vm {
        Vm { state, not_send: PhantomData }
    }

    /// The raw state.
    #[inline(always)]
    pub(crate) fn raw(&self) -> NonNull<State> {
        self.state
    }

    /// The state, to read.
    #[inline(always)]
    pub(crate) fn state(&self) -> &State {
        // SAFETY: the handle's owner guarantees life and exclusiveness; mutation goes through `state_mut`, which
        // borrows the handle exclusively.
        unsafe { self.state.as_ref() }
    }

    /// The state, to change.
    #[inline(always)]
    pub(crate) fn state_mut(&mut self) -> &mut State {
        // SAFETY: as in `state`.
        unsafe { self.state.as_mut() }
    }

    /// A builtin type.
    #[inline(always)]
    pub fn type_of_id(&self, id: TypeId) -> Ref<Type> {
        // SAFETY: `boot` fills the whole table before anything else runs.
        unsafe { self.state().types[id as usize].unwrap_unchecked() }
    }

    /// One of the machine's own objects.
    pub fn root(&self, root: Root) -> Option<Obj> {
        self.state().roots[root as usize]
    }

    /// Sets one of the machine's own objects.
    pub fn set_root(&mut self, root: Root, value: Option<Obj>) {
        self.state_mut().roots[root as usize] = value;
    }

    /// The text of a qstr.
    pub fn qstr_bytes(&self, qstr: Qstr) -> &[u8] {
        self.state().qstrs.bytes(qstr)
    }

    /// The text of a qstr for messages (lone surrogates make it `?`).
    pub fn qstr_str(&self, qstr: Qstr) -> &str {
        core::str::from_utf8(self.qstr_bytes(qstr)).unwrap_or("?")
    }

    /// The qstr of a text that is interned already.
    pub fn interned(&self, text: &[u8]) -> Option<Qstr> {
        self.state().qstrs.find(text)
    }

    /// Raises RuntimeError where a text of so many bytes is to be a name and is too long for one.
    pub fn check_name(&mut self, len: usize) -> R<()> {
        if len > MAX_NAME {
            return Err(self.error(Exc::RuntimeError, format_args!("name too long")));
        }
        Ok(())
    }

    /// Interns a name. Raises RuntimeError if it is too long, MemoryError.
    pub fn intern(&mut self, name: &[u8]) -> R<Qstr> {
        self.check_name(name.len())?;
        self.intern_text(name)
    }

    /// Interns a text that is no name, a file's path say: it may have any length. Raises MemoryError.
    pub fn intern_text(&mut self, text: &[u8]) -> R<Qstr> {
        let qstrs = &self.state().qstrs;
        if let Some(known) = qstrs.find(text) {
            return Ok(known);
        }
        // The table lies outside of the heap but counts against its limit.
        let growth = qstrs.growth(text.len());
        if growth > 0 {
            self.reserve(growth)?;
        }
        match self.state_mut().qstrs.intern(text) {
            Some(qstr) => Ok(qstr),
            None => {
                self.release(growth);
                Err(self.raise_memory_error(text.len()))
            }
        }
    }

    /// Interns a name of the machine's own: a type, a module, a member.
    pub(crate) fn intern_own(&mut self, name: &str) -> R<Qstr> {
        let before = self.state().qstrs.count();
        let qstr = self.intern(name.as_bytes())?;
        self.state_mut().qstrs.own_from(before);
        Ok(qstr)
    }

    /// The dict of the module `builtins`.
    pub fn builtins(&self) -> Ref<Dict> {
        self.root_dict(Root::Builtins)
    }

    /// The value for the StopIteration that an exhausted `next` stands for, if not None. Taking it clears it.
    pub fn take_stop_value(&mut self) -> Obj {
        self.state_mut().roots[Root::StopValue as usize].take().unwrap_or(Obj::NONE)
    }

    /// Sets what [`Vm::take_stop_value`] will give.
    pub fn set_stop_value(&mut self, value: Obj) {
        self.set_root(Root::StopValue, (value != Obj::NONE).then_some(value));
    }
}

impl State {
    /// Shows every root of this machine to the collector, the native stack aside.
    pub(crate) fn visit(&self, marker: &mut Marker) {
        for root in self.roots.iter().flatten() {
            marker.mark(*root);
        }
        for class in self.types.iter().chain(&self.exception_types).flatten() {
            marker.mark(class.obj());
        }
        self.classes.visit(marker);
        self.weak.visit(marker);
        self.interp.visit(marker);
        self.threads.visit(marker);
        self.machine.visit(marker);
    }
}
