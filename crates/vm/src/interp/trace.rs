//! `sys.settrace`: frame objects, and the calls of the trace functions.
//!
//! While a trace function is set, all code runs in the careful table: [`tick`] stands in front of each instruction. The
//! frames that were entered since then have an object in the list `Root::TracedFrames`, outermost first; an object whose
//! frame is gone is dropped when the next frame of its depth or a lower one is looked at. Trace functions themselves are not
//! traced.

use ::code::opcode::Instruction;
use heap::Obj;

use crate::{
    handle::Ref,
    interp::{
        code::CodeObject,
        frame::{Frame, Word, flag},
        run::{save, vm},
        unwind::block,
    },
    layout::{fields::Fields, seq::List},
    native::{Def, Show, Slots, TypeDef},
    qstr::{Qstr, q},
    text_out::TextOut,
    types::{exception::Exc, object::identity_unary},
    value::R,
    vm::{Root, State, Vm},
};

/// `frame`. It knows a frame by its depth and code: what it says of one that has ended is what was last seen.
pub static FRAME: TypeDef = TypeDef {
    slots: Slots { show: Some(show), unary: Some(identity_unary), ..Slots::NONE },
    members: &[
        ("f_back", Def::Get(back)),
        ("f_code", Def::Get(|vm, obj| Ok(frame(vm, obj)?.get(CODE)))),
        ("f_globals", Def::Get(globals)),
        ("f_lasti", Def::Get(|vm, obj| place(vm, obj).map(|(offset, _)| Obj::small_int_unchecked(offset as isize)))),
        ("f_lineno", Def::Get(|vm, obj| place(vm, obj).map(|(_, line)| Obj::small_int_unchecked(line as isize)))),
        ("f_locals", Def::Get(locals)),
        ("f_trace", Def::GetSet(|vm, obj| Ok(frame(vm, obj)?.get(FUNCTION)), set_function)),
    ],
    ..TypeDef::named("frame")
};

/// The code object.
const CODE: usize = 0;
/// The number of the frame's record.
const DEPTH: usize = 1;
/// The local trace function or None.
const FUNCTION: usize = 2;
/// Offset of the instruction last seen.
const OFFSET: usize = 3;
/// Its line.
const LINE: usize = 4;
/// The line of the last event `line`; 0: the next instruction is a new line in any case.
const REPORTED: usize = 5;
const FIELDS: usize = 6;

fn number(value: usize) -> Obj {
    Obj::small_int_unchecked(value as isize)
}

fn frame(vm: &mut Vm, obj: Obj) -> R<Ref<Fields>> {
    vm.expect_fields(&FRAME, obj)
}

/// Offset and line of an instruction of a code object.
fn place_of(code: &CodeObject, ip: *const u8) -> (usize, usize) {
    (code.offset_at(ip) as usize, code.line_at(ip) as usize)
}

impl Vm {
    /// Sets the trace function; `None`: no tracing.
    pub fn set_trace_function(&mut self, function: Option<Obj>) {
        self.set_root(Root::Trace, function);
        // Code is shared; other threads may have a trace function of their own.
        let traced = function.is_some() || self.state_mut().threads.others_trace();
        self.trace_codes(traced);
        if function.is_none() {
            self.set_root(Root::TracedFrames, None);
        }
    }

    /// The object of the frame that lies `up` above the innermost one, if there is such a frame.
    pub fn frame_object(&mut self, up: usize) -> R<Option<Obj>> {
        let Some(record) = self.state().interp.stack.record(up).copied() else { return Ok(None) };
        let depth = self.state().interp.stack.depth() - up;
        if let Some(known) = self.traced_frame(depth)
            && known.get(CODE) == code_object(&record)
        {
            return Ok(Some(known.obj()));
        }
        self.new_frame_object(&record, depth).map(|frame| Some(frame.obj()))
    }

    fn new_frame_object(&mut self, record: &Frame, depth: usize) -> R<Ref<Fields>> {
        // SAFETY: frames have live code. A caller's `ip` stands behind the instruction that runs.
        let (offset, line) = unsafe { place_of(&*record.code, record.ip.wrapping_sub(1)) };
        let mut fields = [Obj::NONE; FIELDS];
        fields[CODE] = code_object(record);
        fields[DEPTH] = number(depth);
        (fields[OFFSET], fields[LINE], fields[REPORTED]) = (number(offset), number(line), number(0));
        self.new_fields(&FRAME, &fields)
    }

    fn traced_frames(&self) -> Option<Ref<List>> {
        self.root(Root::TracedFrames).and_then(|list| self.exact::<List>(list))
    }

    /// The object of the traced frame at this depth.
    fn traced_frame(&self, depth: usize) -> Option<Ref<Fields>> {
        let list = self.traced_frames()?;
        (0..list.len()).rev().find_map(|i| {
            let frame = self.fields(&FRAME, list.get(i)?)?;
            (frame.count(DEPTH) == depth).then_some(frame)
        })
    }

    /// Forgets the frames from this depth on.
    fn forget_frames(&mut self, depth: usize) {
        let Some(list) = self.traced_frames() else { return };
        while let Some(last) = list.len().checked_sub(1)
            && list.get(last).and_then(|last| self.fields(&FRAME, last)).is_none_or(|f| f.count(DEPTH) >= depth)
        {
            list.truncate(last);
        }
    }

    /// Calls a trace function; gives what it returned. An exception in it ends the tracing.
    fn call_trace(&mut self, function: Obj, frame: Obj, event: Qstr, arg: Obj) -> R {
        self.state_mut().interp.in_trace = true;
        let result = self.call(function, &[frame, event.obj(), arg]);
        self.state_mut().interp.in_trace = false;
        if result.is_err() {
            let waiting = self.root(Root::Exception);
            self.set_trace_function(None);
            self.set_root(Root::Exception, waiting);
        }
        result
    }

    /// Calls the local trace function of a frame, which may name another.
    fn local_event(&mut self, frame: Ref<Fields>, event: Qstr, arg: Obj) -> R<()> {
        if self.root(Root::Trace).is_none() {
            return Ok(());
        }
        match frame.get(FUNCTION) {
            Obj::NONE => Ok(()),
            function => {
                let next = self.call_trace(function, frame.obj(), event, arg)?;
                if next != Obj::NONE {
                    frame.set(FUNCTION, next);
                }
                Ok(())
            }
        }
    }

    /// The event `call` of a frame that begins or goes on.
    fn enter_event(&mut self, record: &Frame, function: Obj) -> R<()> {
        let depth = self.state().interp.stack.depth();
        self.forget_frames(depth);
        let list = match self.traced_frames() {
            Some(list) => list,
            None => {
                let list = self.new_list(&[])?;
                self.set_root(Root::TracedFrames, Some(list.obj()));
                list
            }
        };
        let frame = self.new_frame_object(record, depth)?;
        // SAFETY: frames have live code.
        let code = unsafe { &*record.code };
        let (offset, line) = place_of(code, record.ip);
        frame.set(OFFSET, number(offset));
        frame.set(LINE, number(if offset == 0 { code.first_line as usize } else { line }));
        list.push(self, frame.obj())?;
        let local = self.call_trace(function, frame.obj(), q::call, Obj::NONE)?;
        frame.set(FUNCTION, local);
        Ok(())
    }
}

fn code_object(record: &Frame) -> Obj {
    // SAFETY: frames have their code, a heap object, while they are on the stack.
    unsafe { Ref::from_ptr(core::ptr::NonNull::new_unchecked(record.code.cast_mut())).obj() }
}

/// Tells the trace functions about the instruction that comes next; false: an exception is under way.
#[inline(never)]
pub(super) unsafe fn tick(st: *mut State, ip: *const u8, sp: *mut Word, code: *const CodeObject) -> bool {
    // SAFETY: the registers are those of the current frame, and saved before anything runs Python.
    unsafe {
        let vm = vm(st);
        let Some(function) = vm.root(Root::Trace).filter(|_| !(*st).interp.in_trace) else { return true };
        save(st, ip, sp);
        let record = (*st).interp.stack.frame;
        if (*record).flags & flag::UNSEEN != 0 {
            (*record).flags &= !flag::UNSEEN;
            let record = *record;
            if vm.enter_event(&record, function).is_err() {
                return false;
            }
        }
        let depth = (*st).interp.stack.depth();
        let Some(frame) = vm.traced_frame(depth).filter(|frame| frame.get(FUNCTION) != Obj::NONE) else { return true };
        if frame.get(CODE) != code_object(&*(*st).interp.stack.frame) {
            return true;
        }
        let original = (*code).original().get((*code).code_offset as usize..).unwrap_or(&[]);
        let before = frame.count(OFFSET);
        let (offset, line) = place_of(&*code, ip);
        let opcode = original.get(offset).copied().unwrap_or(0);
        let loops = match original.get(before) {
            // Each round of a loop is a line of its own, although it may stand in one.
            Some(&FOR_ITER) => Instruction::decode(original, before).is_some_and(|i| before + i.len == offset),
            _ => false,
        };
        frame.set(OFFSET, number(offset));
        frame.set(LINE, number(line));
        if loops {
            frame.set(REPORTED, number(0));
        }
        if frame.count(REPORTED) != line {
            frame.set(REPORTED, number(line));
            if vm.local_event(frame, q::line, Obj::NONE).is_err() {
                return false;
            }
        }
        let value = match opcode {
            YIELD_VALUE => *sp.sub(1),
            RETURN_VALUE if leaves(&*(*st).interp.stack.frame, ip) => *sp.sub(1),
            // A return that waited for this `finally`.
            END_FINALLY if *sp.sub(1) == Obj::PENDING_RETURN.word() && leaves(&*(*st).interp.stack.frame, ip) => {
                *sp.sub(2)
            }
            _ => return true,
        };
        let done = vm.local_event(frame, q::return_, Obj::from_word(value).unwrap_or(Obj::NONE));
        vm.forget_frames(depth);
        done.is_ok()
    }
}

const FOR_ITER: u8 = 0x4b;
const END_FINALLY: u8 = 0x5d;
const RETURN_VALUE: u8 = 0x63;
const YIELD_VALUE: u8 = 0x67;

/// Whether a return at `ip` leaves the frame: no `finally` comes first.
unsafe fn leaves(record: &Frame, ip: *const u8) -> bool {
    // SAFETY: so many blocks are open.
    (1..=record.depth).all(|depth| unsafe {
        let block = &*block(record.fp, record.code, depth);
        !block.is_finally() || block.handler <= ip
    })
}

/// Tells the trace function of the current frame about the exception under way; one that it raises takes its place.
#[cold]
#[inline(never)]
pub(super) unsafe fn raised(st: *mut State) {
    // SAFETY: see `run::vm`.
    let vm = unsafe { vm(st) };
    if vm.state().interp.in_trace {
        return;
    }
    let depth = vm.state().interp.stack.depth();
    let (Some(frame), Some(exception)) = (vm.traced_frame(depth), vm.root(Root::Exception)) else { return };
    if !vm.pending_is(Exc::Exception) || vm.state().interp.stack.record(0).map(code_object) != Some(frame.get(CODE)) {
        return;
    }
    vm.set_root(Root::Exception, None);
    let class = vm.type_of(exception).obj();
    let told = vm.getattr_maybe(exception, q::__traceback__).and_then(|traceback| {
        let triple = vm.new_tuple(&[class, exception, traceback.unwrap_or(Obj::NONE)])?;
        vm.local_event(frame, q::exception, triple)
    });
    if told.is_ok() {
        vm.set_root(Root::Exception, Some(exception));
    }
}

/// Tells the trace function of the current frame that the exception under way leaves it.
#[cold]
#[inline(never)]
pub(super) unsafe fn left(st: *mut State) {
    // SAFETY: see `run::vm`.
    let vm = unsafe { vm(st) };
    if vm.state().interp.in_trace {
        return;
    }
    let depth = vm.state().interp.stack.depth();
    let (Some(frame), Some(exception)) = (vm.traced_frame(depth), vm.root(Root::Exception)) else { return };
    vm.set_root(Root::Exception, None);
    let told = vm.local_event(frame, q::return_, Obj::NONE);
    vm.forget_frames(depth);
    if told.is_ok() {
        vm.set_root(Root::Exception, Some(exception));
    }
}

/// The record of a frame that is still there.
fn record(vm: &Vm, frame: Ref<Fields>) -> Option<Frame> {
    let up = vm.state().interp.stack.depth().checked_sub(frame.count(DEPTH))?;
    vm.state().interp.stack.record(up).copied().filter(|record| code_object(record) == frame.get(CODE))
}

/// Offset and line of the instruction that a frame stands on.
fn place(vm: &mut Vm, obj: Obj) -> R<(usize, usize)> {
    let frame = frame(vm, obj)?;
    let (offset, line) = (frame.count(OFFSET), frame.count(LINE));
    let Some(record) = record(vm, frame) else { return Ok((offset, line)) };
    // SAFETY: frames have live code.
    let code = unsafe { &*record.code };
    // The frame of an event stands on its instruction, any other behind the call that runs.
    if place_of(code, record.ip).0 == offset {
        return Ok((offset, line));
    }
    Ok(place_of(code, record.ip.wrapping_sub(1)))
}

fn back(vm: &mut Vm, obj: Obj) -> R {
    let frame = frame(vm, obj)?;
    let depth = vm.state().interp.stack.depth();
    let up = (depth + 1).checked_sub(frame.count(DEPTH)).filter(|_| record(vm, frame).is_some());
    match up {
        Some(up) => Ok(vm.frame_object(up)?.unwrap_or(Obj::NONE)),
        None => Ok(Obj::NONE),
    }
}

fn globals(vm: &mut Vm, obj: Obj) -> R {
    let code = frame(vm, obj)?.get(CODE);
    Ok(vm.exact::<CodeObject>(code).map_or(Obj::NONE, |code| code.read(|code| code.globals.obj())))
}

fn locals(vm: &mut Vm, obj: Obj) -> R {
    let frame = frame(vm, obj)?;
    match record(vm, frame) {
        Some(record) => vm.locals_of(&record),
        None => Ok(vm.new_dict(0)?.obj()),
    }
}

fn set_function(vm: &mut Vm, obj: Obj, function: Option<Obj>) -> R<()> {
    frame(vm, obj)?.set(FUNCTION, function.unwrap_or(Obj::NONE));
    Ok(())
}

fn show(vm: &mut Vm, obj: Obj, out: &mut TextOut, _how: Show) -> R<()> {
    let (_, line) = place(vm, obj)?;
    let code = frame(vm, obj)?.get(CODE);
    let Some((file, name)) = vm.exact::<CodeObject>(code).map(|code| code.read(|code| (code.file, code.name))) else {
        return Ok(());
    };
    out.write_fmt(vm, format_args!("<frame at 0x{:x}, file '", obj.word()))?;
    vm.write_qstr(out, file)?;
    out.write_fmt(vm, format_args!("', line {line}, code "))?;
    vm.write_qstr(out, name)?;
    out.write_str(vm, ">")
}
