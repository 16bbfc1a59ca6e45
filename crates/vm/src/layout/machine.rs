//! What machine code reads and writes by offset (native-abi.md §3, §6), and generators of machine code.
//!
//! Machine code takes a code object for the function it belongs to: word 1 leads to what the module shares, word 2 to
//! the code objects of the functions made there. Cells are those of [`super::function`].

#![allow(unsafe_code)]

use core::mem::offset_of;

use ::code::object::Kind as CodeKind;
use heap::{Kind, Obj};

use crate::{
    handle::{Header, HeapType, Ref},
    interp::code::CodeObject,
    layout::{dict::Dict, function::Cell},
    qstr::Qstr,
    table::TypeId,
    value::R,
    vm::Vm,
};

type Word = usize;

/// What a code object of machine code has besides; the first four words are the *context* that machine code reads.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct MachinePart {
    /// Where a module has its type.
    pub module: Word,
    /// The dict of globals.
    pub globals: Ref<Dict>,
    /// Numbers of the module's names.
    pub qstrs: *const u16,
    /// The module's constants; where one stands for the table of helpers, its address.
    pub objects: *const Word,
    /// The data of the code object, in executable memory.
    pub data: *const u8,
    /// What it is.
    pub kind: CodeKind,
    /// Locals and value stack of native code.
    pub n_state: u32,
    /// Number of arguments of inline assembler.
    pub n_args: u32,
    /// Its types, that of the result in the low bits.
    pub type_sig: u32,
    /// The region of executable memory, by address.
    pub image: Word,
    /// See [`code::object::Native::keeps_exception`].
    pub keeps_exception: bool,
}

/// The state of a call of native code; `n_state` words follow.
#[repr(C)]
pub struct CodeState {
    /// The code object.
    pub function: Word,
    /// In a generator: where it goes on.
    pub ip: Word,
    /// In a generator: top of its value stack.
    pub sp: *mut Word,
    /// The low 16 bits count the words that follow; the others mean nothing.
    pub n_state: Word,
    /// The globals before the call.
    pub old_globals: Word,
}

/// A generator of native code.
#[repr(C)]
pub struct MachineGenerator {
    header: Header,
    code: *const CodeObject,
    phase: Phase,
    /// What the next resumption raises instead of going on (`pend_throw`).
    pending: Option<Obj>,
    state: CodeState,
}

/// Where a generator is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(usize)]
pub enum Phase {
    /// Not yet started.
    Fresh,
    /// Between two steps.
    Suspended,
    /// In a step.
    Running,
    /// At its end.
    Finished,
}

const WORD: usize = size_of::<Word>();

// native-abi.md §6.
const _: () = {
    assert!(offset_of!(MachinePart, globals) == WORD);
    assert!(offset_of!(MachinePart, qstrs) == 2 * WORD);
    assert!(offset_of!(MachinePart, objects) == 3 * WORD);
    assert!(offset_of!(CodeObject, machine) == WORD);
    assert!(offset_of!(CodeObject, children) == 2 * WORD);
    assert!(offset_of!(CodeState, ip) == WORD);
    assert!(offset_of!(CodeState, sp) == 2 * WORD);
    assert!(offset_of!(CodeState, n_state) == 3 * WORD);
    assert!(offset_of!(CodeState, old_globals) == 4 * WORD);
    assert!(size_of::<CodeState>() == 5 * WORD);
    assert!(offset_of!(Cell, value) == WORD);
};

// SAFETY: objects of this type have this layout.
unsafe impl HeapType for MachineGenerator {
    const TYPE: TypeId = TypeId::MachineGenerator;
}

impl CodeState {
    /// The words that follow.
    ///
    /// # Safety
    /// They must follow.
    pub unsafe fn words(state: *mut CodeState) -> *mut Word {
        // SAFETY: the caller's promise.
        unsafe { state.add(1).cast() }
    }
}

impl Ref<MachineGenerator> {
    /// The code it runs.
    pub fn code(self) -> Ref<CodeObject> {
        // SAFETY: the object is live, and holds its code object.
        unsafe { Ref::from_ptr(core::ptr::NonNull::new_unchecked((*self.ptr()).code.cast_mut())) }
    }

    /// Its name.
    pub fn name(self) -> Qstr {
        self.code().read(|code| code.name)
    }

    /// Where it is.
    pub fn phase(self) -> Phase {
        // SAFETY: the object is live.
        unsafe { (*self.ptr()).phase }
    }

    /// Notes where it is. A finished one keeps nothing alive.
    pub fn set_phase(self, phase: Phase) {
        // SAFETY: the object is live; its state has `n_state` words.
        unsafe {
            (*self.ptr()).phase = phase;
            if phase == Phase::Finished {
                let state = self.state();
                CodeState::words(state).write_bytes(0, (*state).n_state & 0xffff);
            }
        }
    }

    /// The state that its machine code works on.
    pub fn state(self) -> *mut CodeState {
        // SAFETY: the object is live.
        unsafe { &raw mut (*self.ptr()).state }
    }

    /// The value on top of its stack: what it yielded or returned.
    pub fn top(self) -> Option<Obj> {
        // SAFETY: machine code that stopped left its `sp` inside of the state.
        unsafe { Obj::from_word(*(*self.state()).sp) }
    }

    /// Changes the value on top: what is sent.
    pub fn set_top(self, value: Obj) {
        // SAFETY: as in `top`.
        unsafe { *(*self.state()).sp = value.word() }
    }

    /// Its first word of state, where an exception that leaves it is.
    pub fn first(self) -> Option<Obj> {
        // SAFETY: the state has at least one word.
        unsafe { Obj::from_word(*CodeState::words(self.state())) }
    }

    /// Sets what the next resumption raises; gives what was set.
    pub fn pend(self, exception: Option<Obj>) -> Option<Obj> {
        // SAFETY: the object is live.
        unsafe { core::mem::replace(&mut (*self.ptr()).pending, exception) }
    }
}

impl Vm {
    /// Makes a generator that has not started, its locals unset.
    pub(crate) fn new_machine_generator(&mut self, code: Ref<CodeObject>, n_state: usize) -> R<Ref<MachineGenerator>> {
        let header = self.header::<MachineGenerator>();
        let state =
            CodeState { function: code.obj().word(), ip: 0, sp: core::ptr::null_mut(), n_state, old_globals: 0 };
        let generator = MachineGenerator { header, code: code.ptr(), phase: Phase::Fresh, pending: None, state };
        let generator = self.alloc_object(generator, n_state.max(1) * WORD, Kind::Words)?;
        // SAFETY: the words follow; the top lies one below them until something is pushed.
        unsafe { (*generator.state()).sp = CodeState::words(generator.state()).sub(1) };
        Ok(generator)
    }
}
