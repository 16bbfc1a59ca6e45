//! Exception objects: one layout for all exception types. Word 0 is the class itself, also for Python classes.
//!
//! Exceptions are cheap until someone looks: a single argument is stored without a tuple, the traceback is a block of
//! numbers, attributes get a dict only when one is set.

#![allow(unsafe_code)]

use core::ptr::NonNull;

use heap::{Kind, Obj};

use crate::{
    handle::{Header, HeapType, Ref},
    layout::{
        dict::Dict,
        seq::{List, Tuple},
        typ::{Type, flag},
    },
    qstr::Qstr,
    table::TypeId,
    types::exception::Exc,
    value::R,
    vm::{Root, Vm},
};

/// An exception.
#[repr(C)]
pub struct Exception {
    header: Header,
    /// The tuple of arguments, or the only argument if [`ONE_ARG`] is set; `None`: no arguments.
    args: Option<Obj>,
    trace: Option<NonNull<Trace>>,
    cause: Option<Obj>,
    context: Option<Obj>,
    /// Subject and attributes, as [`HAS_SUBJECT`] and [`HAS_ATTRIBUTES`] say; if there are both, a tuple of both.
    more: Option<Obj>,
    flags: u32,
    /// The name that was not found; 0: none was looked for.
    name: Qstr,
}

impl Exception {
    fn empty(class: Ref<Type>) -> Exception {
        let header = Header { class: class.prefix() };
        Exception { header, args: None, trace: None, cause: None, context: None, more: None, flags: 0, name: Qstr(0) }
    }
}

/// `args` is the only argument.
const ONE_ARG: u32 = 1;
/// `__suppress_context__`
const SUPPRESS_CONTEXT: u32 = 2;
/// Where the name was looked for is known: an object.
const HAS_SUBJECT: u32 = 4;
/// Programs have set attributes: a dict.
const HAS_ATTRIBUTES: u32 = 8;

/// Its class's `__init__` runs and has not come to that of the builtin base.
const INCOMPLETE: u32 = 16;

/// More arguments than these are forgotten while the heap is locked: MicroPython's memory for exceptions holds no more.
const LOCKED_ARGS: usize = 24;

/// The traceback, outermost call last; `room` entries follow.
#[repr(C)]
struct Trace {
    used: u32,
    room: u32,
}

/// One line of a traceback.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub struct TraceEntry {
    /// The source file.
    pub file: Qstr,
    /// The line.
    pub line: u32,
    /// The function.
    pub function: Qstr,
    /// The instruction; see [`TraceEntry::offset`].
    instruction: u32,
}

/// Offsets of instructions are remembered up to here.
const MAX_OFFSET: u32 = (1 << 24) - 1;

impl TraceEntry {
    /// The instruction: offset from the function's first opcode. Of no use if there is none.
    pub fn offset(&self) -> u32 {
        self.instruction & MAX_OFFSET
    }

    /// The function's number in its module, in a byte.
    pub fn number(&self) -> u8 {
        (self.instruction >> 24) as u8
    }
}

impl Ref<Exception> {
    fn get<T>(self, read: impl FnOnce(&Exception) -> T) -> T {
        // SAFETY: a `Ref` designates a live object; the reference ends with this call.
        read(unsafe { &*self.ptr() })
    }

    fn update(self, write: impl FnOnce(&mut Exception)) {
        // SAFETY: as in `get`; closures do not call back into the machine.
        write(unsafe { &mut *self.ptr() })
    }

    /// The class.
    pub fn class(self, vm: &Vm) -> Ref<Type> {
        vm.type_of(self.obj())
    }

    /// Number of arguments.
    pub fn arg_count(self, vm: &Vm) -> usize {
        match self.get(|e| (e.args, e.flags & ONE_ARG != 0)) {
            (None, _) => 0,
            (Some(_), true) => 1,
            (Some(args), false) => vm.exact::<Tuple>(args).map_or(0, |args| args.len()),
        }
    }

    /// One argument.
    pub fn arg(self, vm: &Vm, index: usize) -> Option<Obj> {
        match self.get(|e| (e.args, e.flags & ONE_ARG != 0)) {
            (Some(arg), true) => (index == 0).then_some(arg),
            (Some(args), false) => vm.exact::<Tuple>(args)?.get(index),
            (None, _) => None,
        }
    }

    /// `args` as a tuple.
    pub fn args(self, vm: &mut Vm) -> R {
        match self.get(|e| (e.args, e.flags & ONE_ARG != 0)) {
            (Some(arg), true) => {
                let tuple = vm.essential(|vm| vm.new_tuple(&[arg]))?;
                self.set_args_tuple(tuple);
                Ok(tuple)
            }
            (Some(tuple), false) => Ok(tuple),
            (None, _) => vm.new_tuple(&[]),
        }
    }

    /// Sets the arguments to a tuple.
    pub fn set_args_tuple(self, tuple: Obj) {
        self.update(|e| (e.args, e.flags) = (Some(tuple), e.flags & !ONE_ARG));
    }

    /// Sets the arguments.
    pub fn set_args(self, vm: &mut Vm, args: &[Obj]) -> R<()> {
        match args {
            [] => self.update(|e| (e.args, e.flags) = (None, e.flags & !ONE_ARG)),
            [arg] => self.update(|e| (e.args, e.flags) = (Some(*arg), e.flags | ONE_ARG)),
            _ if args.len() > LOCKED_ARGS && vm.heap_locks() > 0 => return self.set_args(vm, &[]),
            _ => {
                let tuple = vm.new_tuple(args)?;
                self.set_args_tuple(tuple);
            }
        }
        Ok(())
    }

    /// `__cause__`
    pub fn cause(self) -> Option<Obj> {
        self.get(|e| e.cause)
    }

    /// Sets `__cause__`; as in CPython the context is no longer shown.
    pub fn set_cause(self, cause: Option<Obj>) {
        self.update(|e| (e.cause, e.flags) = (cause, e.flags | SUPPRESS_CONTEXT));
    }

    /// `__context__`
    pub fn context(self) -> Option<Obj> {
        self.get(|e| e.context)
    }

    /// Sets `__context__`.
    pub fn set_context(self, context: Option<Obj>) {
        self.update(|e| e.context = context);
    }

    /// `__suppress_context__`
    pub fn suppresses_context(self) -> bool {
        self.get(|e| e.flags & SUPPRESS_CONTEXT != 0)
    }

    /// Sets `__suppress_context__`.
    pub fn set_suppress_context(self, on: bool) {
        self.update(|e| e.flags = e.flags & !SUPPRESS_CONTEXT | if on { SUPPRESS_CONTEXT } else { 0 });
    }

    /// Whether its class's `__init__` runs and has not come to that of the builtin base: it cannot be raised yet.
    pub fn is_incomplete(self) -> bool {
        self.get(|e| e.flags & INCOMPLETE != 0)
    }

    /// Sets what [`Ref::<Exception>::is_incomplete`] gives.
    pub fn set_incomplete(self, on: bool) {
        self.update(|e| e.flags = e.flags & !INCOMPLETE | if on { INCOMPLETE } else { 0 });
    }

    /// The name that was not found, and the object that lacks it.
    pub fn subject(self) -> (Option<Qstr>, Option<Obj>) {
        let (name, has_subject) = self.get(|e| (e.name, e.flags & HAS_SUBJECT != 0));
        (Some(name).filter(|name| name.0 != 0), if has_subject { self.part_of_more(0) } else { None })
    }

    /// Sets what [`Ref::<Exception>::subject`] gives, of an exception just made.
    pub fn set_subject(self, name: Qstr, subject: Option<Obj>) {
        self.update(|e| {
            e.name = name;
            if e.more.is_none() && subject.is_some() {
                (e.more, e.flags) = (subject, e.flags | HAS_SUBJECT);
            }
        });
    }

    /// The attributes that programs have set.
    pub fn attributes(self) -> Option<Ref<Dict>> {
        let dict = if self.get(|e| e.flags & HAS_ATTRIBUTES != 0) { self.part_of_more(1) } else { None };
        // SAFETY: the flag says that it is a dict.
        dict.and_then(|dict| dict.as_ptr()).map(|dict| unsafe { Ref::from_ptr(dict.cast()) })
    }

    /// The subject (0) or the attributes (1), if there are any.
    fn part_of_more(self, part: usize) -> Option<Obj> {
        let (more, flags) = self.get(|e| (e.more, e.flags));
        if flags & HAS_SUBJECT == 0 || flags & HAS_ATTRIBUTES == 0 {
            return more;
        }
        // SAFETY: where there are both it is a tuple of both.
        more?.as_ptr().and_then(|tuple| unsafe { Ref::<Tuple>::from_ptr(tuple.cast()) }.get(part))
    }

    /// The same, made if there are none yet.
    pub fn attributes_or_new(self, vm: &mut Vm) -> R<Ref<Dict>> {
        if let Some(dict) = self.attributes() {
            return Ok(dict);
        }
        let dict = vm.new_dict(2)?;
        self.set_attributes(vm, dict)?;
        Ok(dict)
    }

    /// Replaces the attributes.
    pub fn set_attributes(self, vm: &mut Vm, dict: Ref<Dict>) -> R<()> {
        let more = match self.subject().1 {
            Some(subject) => vm.new_tuple(&[subject, dict.obj()])?,
            None => dict.obj(),
        };
        self.update(|e| (e.more, e.flags) = (Some(more), e.flags | HAS_ATTRIBUTES));
        Ok(())
    }

    /// Number of entries of the traceback.
    pub fn trace_len(self) -> usize {
        let Some(trace) = self.get(|e| e.trace) else {
            return 0;
        };
        // SAFETY: the block is live: the exception holds it.
        unsafe { trace.as_ref().used as usize }
    }

    /// An entry of the traceback; 0 is where the exception was raised.
    pub fn trace_entry(self, index: usize) -> Option<TraceEntry> {
        let trace = self.get(|e| e.trace)?;
        // SAFETY: `used` entries of the live block are set.
        (index < self.trace_len()).then(|| unsafe { *trace.add(1).cast::<TraceEntry>().as_ptr().add(index) })
    }

    /// Drops the traceback.
    pub fn clear_trace(self) {
        self.update(|e| e.trace = None);
    }

    /// Shares the traceback of another exception (as it is now).
    pub fn take_trace_of(self, vm: &mut Vm, other: Ref<Exception>) {
        self.clear_trace();
        for i in 0..other.trace_len() {
            if let Some(entry) = other.trace_entry(i) {
                vm.push_trace(self, entry);
            }
        }
    }

    /// Changes the class: for `__class__` assignment between exception classes.
    pub(crate) fn set_class(self, class: Ref<Type>) {
        self.update(|e| e.header.class = class.prefix());
    }
}

impl Vm {
    /// An object as an exception.
    #[inline]
    pub fn as_exception(&self, obj: Obj) -> Option<Ref<Exception>> {
        let ptr = obj.as_ptr()?;
        // SAFETY: objects of exception types have this layout (`alloc_exception` is the only way to make one).
        self.type_of(obj).has(flag::EXCEPTION).then(|| unsafe { Ref::from_ptr(ptr.cast()) })
    }

    /// Makes an exception of a builtin exception type, or of a Python class derived from one (without calling `__init__`).
    pub fn new_exception(&mut self, class: Ref<Type>, args: &[Obj]) -> R {
        let exception = self.alloc_exception(class)?;
        exception.set_args(self, args)?;
        Ok(exception.obj())
    }

    /// Makes an exception without arguments. `class` must derive from BaseException.
    pub(crate) fn alloc_exception(&mut self, class: Ref<Type>) -> R<Ref<Exception>> {
        let class = if class.has(flag::EXCEPTION) { class } else { self.exc_type(Exc::BaseException) };
        let block = self.alloc(size_of::<Exception>(), Kind::Words)?.cast::<Exception>();
        // SAFETY: the block is fresh and large enough.
        let exception = unsafe {
            block.write(Exception::empty(class));
            Ref::from_ptr(block)
        };
        if class.has(flag::FINALIZER) && !self.state_mut().classes.add_finalizable(exception.obj()) {
            return Err(self.raise_memory_error(size_of::<usize>()));
        }
        Ok(exception)
    }

    /// Makes [`Root::SpareException`] if there is none and memory for one.
    pub(crate) fn keep_spare_exception(&mut self) {
        if self.root(Root::SpareException).is_none() {
            let class = self.exc_type(Exc::BaseException);
            let spare = self.empty_exception(class).map(Ref::obj);
            self.set_root(Root::SpareException, spare);
        }
    }

    /// An exception straight from the heap, without a collection; `None`: no memory.
    fn empty_exception(&mut self, class: Ref<Type>) -> Option<Ref<Exception>> {
        let block = self.state_mut().heap.alloc(size_of::<Exception>(), Kind::Words).ok()?;
        // SAFETY: the block is fresh and large enough.
        unsafe {
            block.cast::<Exception>().write(Exception::empty(class));
            Some(Ref::from_ptr(block.cast()))
        }
    }

    /// A MemoryError; the prepared one if there is no memory for another.
    pub(crate) fn new_memory_error(&mut self, bytes: usize) -> Obj {
        let class = self.exc_type(Exc::MemoryError);
        // Straight from the heap: a failure here must not come back to this function.
        let Some(exception) = self.empty_exception(class) else {
            if let Some(prepared) = self.root(Root::MemoryError) {
                if let Some(exception) = self.as_exception(prepared) {
                    exception.clear_trace();
                    exception.set_context(None);
                    exception.set_cause(None);
                }
                return prepared;
            }
            return Obj::NONE;
        };
        // The text only where a large request failed: then there is likely memory for it, and when there is not, the
        // failure of that small request ends here.
        if bytes > 4096 {
            let text = alloc::format!("memory allocation failed, allocating {bytes} bytes");
            match self.new_str(text.as_bytes()) {
                Ok(text) => exception.update(|e| (e.args, e.flags) = (Some(text), ONE_ARG)),
                Err(_) => self.set_root(Root::Exception, None),
            }
        }
        exception.obj()
    }

    /// Adds a line to an exception's traceback. Without memory the line is lost; nothing is raised.
    /// `instruction`: the number of its function in the module, and its offset in the function.
    pub fn add_traceback(
        &mut self,
        exception: Obj,
        file: Qstr,
        line: u32,
        function: Qstr,
        (number, offset): (u8, u32),
    ) {
        if let Some(exception) = self.as_exception(exception) {
            let instruction = u32::from(number) << 24 | offset.min(MAX_OFFSET);
            self.push_trace(exception, TraceEntry { file, line, function, instruction });
        }
    }

    fn push_trace(&mut self, exception: Ref<Exception>, entry: TraceEntry) {
        let old = exception.get(|e| e.trace);
        let (used, room) = match old {
            // SAFETY: the block is live: the exception holds it.
            Some(trace) => unsafe { (trace.as_ref().used, trace.as_ref().room) },
            None => (0, 0),
        };
        let trace = match old {
            Some(trace) if used < room => trace,
            _ => {
                // Most exceptions are caught where they are raised or soon; head and entries fill what blocks there are.
                let new_room = room.saturating_mul(2).saturating_add(1);
                let size = size_of::<Trace>() + new_room as usize * size_of::<TraceEntry>();
                let waiting = self.root(Root::Exception);
                let block = self.essential(|vm| vm.alloc(size, Kind::Raw));
                self.set_root(Root::Exception, waiting);
                let Ok(block) = block else { return };
                let new = block.cast::<Trace>();
                // SAFETY: the new block has room for the head and `new_room` entries, of which `used` are copied.
                unsafe {
                    new.write(Trace { used, room: new_room });
                    if let Some(old) = old {
                        new.add(1)
                            .cast::<TraceEntry>()
                            .copy_from_nonoverlapping(old.add(1).cast::<TraceEntry>(), used as usize);
                    }
                }
                exception.update(|e| e.trace = Some(new));
                new
            }
        };
        // SAFETY: there is room for one more entry.
        unsafe {
            trace.add(1).cast::<TraceEntry>().add(used as usize).write(entry);
            (*trace.as_ptr()).used = used + 1;
        }
    }
}

/// A traceback object: a place in the traceback of an exception.
#[repr(C)]
pub struct Traceback {
    header: Header,
    exception: Obj,
    index: usize,
}

/// A checked traceback object.
pub type TracebackRef = Ref<Traceback>;

// SAFETY: objects of this type have this layout.
unsafe impl HeapType for Traceback {
    const TYPE: TypeId = TypeId::Traceback;
}

impl Ref<Traceback> {
    /// The exception, and the number of the entry in its traceback.
    pub fn parts(self) -> (Obj, usize) {
        // SAFETY: the object is live.
        unsafe { ((*self.ptr()).exception, (*self.ptr()).index) }
    }
}

impl Vm {
    /// Makes a traceback object.
    pub(crate) fn new_traceback(&mut self, exception: Obj, index: usize) -> R {
        let header = self.header::<Traceback>();
        Ok(self.alloc_object(Traceback { header, exception, index }, 0, Kind::Words)?.obj())
    }

    /// An object as a traceback.
    pub fn as_traceback(&self, obj: Obj) -> Option<TracebackRef> {
        self.exact(obj)
    }
}

/// The state of an `except*` statement.
#[repr(C)]
pub struct StarState {
    header: Header,
    parts: StarParts,
}

/// What a [`StarState`] holds.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct StarParts {
    /// The exception that was caught.
    pub original: Obj,
    /// What no handler has taken yet.
    pub rest: Option<Obj>,
    /// The group that the last matching handler got.
    pub current: Option<Obj>,
    /// Exceptions that handlers raised.
    pub raised: Ref<List>,
    /// Parts of the original that handlers raised again.
    pub again: Ref<List>,
}

// SAFETY: objects of this type have this layout.
unsafe impl HeapType for StarState {
    const TYPE: TypeId = TypeId::ExceptStar;
}

impl Ref<StarState> {
    /// What it holds now.
    pub fn parts(self) -> StarParts {
        // SAFETY: the object is live.
        unsafe { (*self.ptr()).parts }
    }

    /// Sets what no handler has taken.
    pub fn set_rest(self, rest: Option<Obj>) {
        // SAFETY: the object is live.
        unsafe { (*self.ptr()).parts.rest = rest }
    }

    /// Sets the group of the handler that runs.
    pub fn set_current(self, current: Option<Obj>) {
        // SAFETY: the object is live.
        unsafe { (*self.ptr()).parts.current = current }
    }
}

impl Vm {
    /// Makes the state of an `except*` statement.
    pub(crate) fn new_star_state(&mut self, original: Obj) -> R {
        let (raised, again) = (self.new_list(&[])?, self.new_list(&[])?);
        let parts = StarParts { original, rest: Some(original), current: None, raised, again };
        let header = self.header::<StarState>();
        Ok(self.alloc_object(StarState { header, parts }, 0, Kind::Words)?.obj())
    }
}
