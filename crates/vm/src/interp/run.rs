//! The table of instructions, entry into the loop, and the slow work that instructions call.
//!
//! Functions here that instructions call take and give words; NULL means that an exception is under way.
//! They may do anything (collect, run Python); the instruction has saved its registers before ([`save`]).

use core::ptr::NonNull;

use heap::Obj;

use crate::{
    float_math,
    handle::{Header, Ref},
    interp::{
        dispatch::{self, Exit, Op, Table, next, op},
        frame::Word,
        fused as f, ops_attr as attr, ops_basic as basic, ops_block as block, ops_build as build, ops_call as call,
        ops_iter as iter,
        prepare::fused,
        unwind,
    },
    layout::{
        dict::Dict,
        function::Cell,
        seq::{List, Tuple},
    },
    native::{Binary, Unary},
    table::TypeId,
    value::R,
    vm::{State, Vm},
};

/// The word of nothing.
pub const NULL: Word = 0;

/// What slow work that serves only some objects gives for the others; no object is this word.
pub const OTHERWISE: Word = Obj::PENDING_RETURN.word();

/// All instructions.
pub(super) const fn table<const C: bool>() -> Table {
    let mut t: Table = [unwind::bad_opcode::<C> as Op; 256];
    macro_rules! set {
        ($($at:expr => $op:expr;)*) => { $( t[$at as usize] = $op as Op; )* };
    }
    macro_rules! numbered {
        ($at:expr, $f:ident :: $op:ident: $($n:literal)*) => { $( t[$at as usize + $n] = $f::$op::<C, $n> as Op; )* };
    }
    set! {
        0x10 => basic::load_const_string::<C>;
        0x11 => attr::load_name::<C>;
        0x12 => attr::load_global_plain::<C>;
        0x13 => attr::load_attr_plain::<C>;
        0x14 => attr::load_method_plain::<C>;
        0x15 => attr::load_super_method::<C>;
        0x16 => attr::store_name::<C>;
        0x17 => attr::store_global_plain::<C>;
        0x18 => attr::store_attr_plain::<C>;
        0x19 => attr::delete_name::<C>;
        0x1a => attr::delete_global::<C>;
        0x1b => attr::import_name::<C>;
        0x1c => attr::import_from::<C>;
        0x20 => build::make_closure::<C>;
        0x21 => build::make_closure_defargs::<C>;
        0x22 => basic::load_const_small_int::<C>;
        0x23 => basic::load_const_obj::<C>;
        0x24 => basic::load_fast_n::<C>;
        0x25 => basic::load_deref::<C>;
        0x26 => basic::store_fast_n::<C>;
        0x27 => basic::store_deref::<C>;
        0x28 => basic::delete_fast::<C>;
        0x29 => basic::delete_deref::<C>;
        0x2a => build::build_tuple::<C>;
        0x2b => build::build_list::<C>;
        0x2c => build::build_map::<C>;
        0x2d => build::build_set::<C>;
        0x2e => build::build_slice::<C>;
        0x2f => build::store_comp::<C>;
        0x30 => build::unpack_sequence::<C>;
        0x31 => build::unpack_ex::<C>;
        0x32 => build::make_function::<C>;
        0x33 => build::make_function_defargs::<C>;
        0x34 => call::call_function::<C>;
        0x35 => call::call_function_var_kw::<C>;
        0x36 => call::call_method::<C>;
        0x37 => call::call_method_var_kw::<C>;
        0x40 => block::unwind_jump::<C>;
        0x42 => basic::jump::<C>;
        0x43 => basic::pop_jump_if_true::<C>;
        0x44 => basic::pop_jump_if_false::<C>;
        0x45 => basic::jump_or_pop::<C>;
        0x46 => basic::jump_or_pop::<C>;
        0x47 => block::setup_with::<C>;
        0x48 => block::setup_except::<C>;
        0x49 => block::setup_finally::<C>;
        0x4a => block::pop_except_jump::<C>;
        0x4b => iter::for_iter::<C>;
        0x50 => basic::load_false::<C>;
        0x51 => basic::load_none::<C>;
        0x52 => basic::load_true::<C>;
        0x53 => basic::load_null::<C>;
        0x54 => attr::load_build_class::<C>;
        0x55 => build::load_subscr::<C>;
        0x56 => build::store_subscr::<C>;
        0x57 => basic::dup_top::<C>;
        0x58 => basic::dup_top_two::<C>;
        0x59 => basic::pop_top::<C>;
        0x5a => basic::rot_two::<C>;
        0x5b => basic::rot_three::<C>;
        0x5c => block::with_cleanup::<C>;
        0x5d => block::end_finally::<C>;
        0x5e => iter::get_iter::<C>;
        0x5f => iter::get_iter_stack::<C>;
        0x62 => build::store_map::<C>;
        0x63 => call::return_value::<C>;
        0x64 => block::raise_last::<C>;
        0x65 => block::raise_obj::<C>;
        0x66 => block::raise_from::<C>;
        0x67 => iter::yield_value::<C>;
        0x68 => iter::yield_from::<C>;
        0x69 => attr::import_star::<C>;
        0xd0 => basic::unary::<C>;
        0xd1 => basic::unary::<C>;
        0xd2 => basic::unary::<C>;
        0xd3 => basic::unary::<C>;
        0xd7 => basic::compare::<C, 0>;
        0xd8 => basic::compare::<C, 1>;
        0xd9 => basic::compare::<C, 2>;
        0xda => basic::compare::<C, 3>;
        0xdb => basic::compare::<C, 4>;
        0xdc => basic::compare::<C, 5>;
        0xdd => basic::binary::<C>;
        0xde => basic::is::<C>;
        0xdf => basic::binary::<C>;
        0xe0 => basic::bitwise::<C, 0>;
        0xe1 => basic::bitwise::<C, 1>;
        0xe2 => basic::bitwise::<C, 2>;
        0xe3 => basic::shift_left::<C>;
        0xe4 => basic::shift_right::<C>;
        0xe5 => basic::add::<C>;
        0xe6 => basic::sub::<C>;
        0xe7 => basic::mul::<C>;
        0xe8 => basic::binary::<C>;
        0xe9 => basic::floor_div::<C>;
        0xea => basic::div::<C>;
        0xeb => basic::modulo::<C>;
        0xec => basic::power::<C>;
        0xed => basic::bitwise::<C, 0>;
        0xee => basic::bitwise::<C, 1>;
        0xef => basic::bitwise::<C, 2>;
        0xf0 => basic::shift_left::<C>;
        0xf1 => basic::shift_right::<C>;
        0xf2 => basic::add::<C>;
        0xf3 => basic::sub::<C>;
        0xf4 => basic::mul::<C>;
        0xf5 => basic::binary::<C>;
        0xf6 => basic::floor_div::<C>;
        0xf7 => basic::div::<C>;
        0xf8 => basic::modulo::<C>;
        0xf9 => basic::power::<C>;
        fused::FIRST_CALL => call::first_call::<C>;
        fused::LOAD_GLOBAL => attr::load_global::<C>;
        fused::LOAD_GLOBAL_W => attr::load_global_w::<C>;
        fused::LOAD_ATTR => attr::load_attr::<C>;
        fused::LOAD_ATTR_W => attr::load_attr_w::<C>;
        fused::LOAD_METHOD => attr::load_method::<C>;
        fused::LOAD_METHOD_W => attr::load_method_w::<C>;
        fused::STORE_ATTR => attr::store_attr::<C>;
        fused::STORE_ATTR_W => attr::store_attr_w::<C>;
        fused::STORE_GLOBAL => attr::store_global::<C>;
        fused::STORE_GLOBAL_W => attr::store_global_w::<C>;
        fused::LOCAL_ATTR => attr::local_attr::<C>;
        fused::LOCAL_METHOD => attr::local_method::<C>;
        fused::DUP_ATTR => attr::dup_attr::<C>;
        fused::ROT_STORE_ATTR => attr::rot_store_attr::<C>;
        fused::LOCALS_SUBSCR => f::locals_subscr::<C>;
        fused::LOCAL_SUBSCR_INT => f::local_subscr_int::<C>;
        fused::LOAD_LOCALS => f::load_locals::<C>;
        fused::LOCAL_STEP => f::local_step::<C>;
        fused::RANGE_STEP_CONST => f::range_step_const::<C>;
        fused::RANGE_STEP => f::range_step::<C>;
        fused::DUP_STORE => f::dup_store::<C>;
        fused::LOCALS_ADD => f::locals_add::<C>;
        fused::LOCALS_SUB => f::locals_sub::<C>;
        fused::LOCALS_MUL => f::locals_mul::<C>;
        fused::LOCAL_ADD_INT => f::local_add_int::<C>;
        fused::LOCAL_SUB_INT => f::local_sub_int::<C>;
        fused::ADD_STORE => f::add_store::<C>;
        fused::SUB_STORE => f::sub_store::<C>;
        fused::MUL_STORE => f::mul_store::<C>;
    }
    numbered!(0xb0, basic::load_fast: 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15);
    numbered!(0xc0, basic::store_fast: 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15);
    numbered!(fused::LOCALS_COMPARE, f::locals_compare: 0 1 2 3 4 5);
    numbered!(fused::LOCAL_INT_COMPARE, f::local_int_compare: 0 1 2 3 4 5);
    numbered!(fused::COMPARE, f::compare_jump: 0 1 2 3 4 5);
    let mut i = 0x70;
    while i <= 0xaf {
        t[i] = basic::load_small_int::<C> as Op;
        i += 1;
    }
    t
}

/// Saves an instruction's registers in its frame, before slow work.
#[inline(always)]
pub unsafe fn save(st: *mut State, ip: *const u8, sp: *mut Word) {
    // SAFETY: the current frame's record is live.
    unsafe {
        let frame = (*st).interp.stack.frame;
        (*frame).ip = ip;
        (*frame).sp = sp;
    }
}

/// The handle for slow work.
#[inline(always)]
pub unsafe fn vm<'a>(st: *mut State) -> &'a mut Vm {
    // SAFETY: `enter` sets the handle for as long as the loop runs, and each running loop has its own.
    unsafe { &mut *(*st).interp.handle }
}

/// An object from a word that is not NULL.
#[inline(always)]
pub unsafe fn obj(word: Word) -> Obj {
    // SAFETY: the caller knows that the slot holds an object (the verifier's promise).
    unsafe { Obj::from_word_unchecked(word) }
}

/// A result as a word.
#[inline(always)]
pub fn word(result: R) -> Word {
    match result {
        Ok(value) => value.word(),
        Err(_) => NULL,
    }
}

/// 0, 1, or 2 if an exception is under way.
#[inline(never)]
pub unsafe fn truth(st: *mut State, value: Word) -> usize {
    // SAFETY: see `vm` and `obj`.
    match unsafe { vm(st).is_true(obj(value)) } {
        Ok(truth) => usize::from(truth),
        Err(_) => 2,
    }
}

/// A unary operator by number.
#[inline(never)]
pub unsafe fn unary(st: *mut State, number: u8, value: Word) -> Word {
    let op = match number {
        0 => Unary::Pos,
        1 => Unary::Neg,
        2 => Unary::Invert,
        _ => Unary::Not,
    };
    // SAFETY: see `vm` and `obj`.
    unsafe { word(vm(st).unary(op, obj(value))) }
}

/// A binary operator by number.
#[inline(never)]
pub unsafe fn binary(st: *mut State, number: u8, lhs: Word, rhs: Word) -> Word {
    let op = Binary::from_number(number).unwrap_or(Binary::Is);
    // SAFETY: see `vm` and `obj`.
    unsafe {
        if let Some(result) = mixed(op, obj(lhs), obj(rhs)) {
            return result.word();
        }
        word(vm(st).binary(op, obj(lhs), obj(rhs)))
    }
}

/// The number of an immediate float, or of a small int that is one exactly.
#[inline(always)]
fn exact_float(value: Obj) -> Option<f64> {
    match value.as_small_int() {
        Some(value) => (value.unsigned_abs() <= 1 << f64::MANTISSA_DIGITS).then_some(value as f64),
        None => value.as_float_immediate(),
    }
}

/// Arithmetic and comparison of a float and a small int, or of floats of which one is zero (what the instructions themselves
/// leave out), and quotients of small ints; `None` for anything else.
#[inline(always)]
fn mixed(op: Binary, lhs: Obj, rhs: Obj) -> Option<Obj> {
    let (a, b) = (exact_float(lhs)?, exact_float(rhs)?);
    let ints = lhs.is_small_int() && rhs.is_small_int();
    match op {
        Binary::Div | Binary::IDiv if b != 0.0 => Obj::float_immediate(a / b),
        _ if ints => None,
        Binary::Add | Binary::IAdd => Obj::float_immediate(a + b),
        Binary::Sub | Binary::ISub => Obj::float_immediate(a - b),
        Binary::Mul | Binary::IMul => Obj::float_immediate(a * b),
        Binary::Pow | Binary::IPow if a > 0.0 => Obj::float_immediate(float_math::pow(a, b)),
        Binary::Lt => Some(Obj::from_bool(a < b)),
        Binary::Gt => Some(Obj::from_bool(a > b)),
        Binary::Eq => Some(Obj::from_bool(a == b)),
        Binary::Le => Some(Obj::from_bool(a <= b)),
        Binary::Ge => Some(Obj::from_bool(a >= b)),
        Binary::Ne => Some(Obj::from_bool(a != b)),
        _ => None,
    }
}

/// `container[index]`
#[inline(never)]
pub unsafe fn getitem(st: *mut State, container: Word, index: Word) -> Word {
    // SAFETY: see `vm` and `obj`; the type is checked.
    unsafe {
        let vm = vm(st);
        if is_exact(st, container, TypeId::Dict) {
            match as_ref::<Dict>(container).get(vm, obj(index)) {
                Ok(Some(value)) => return value.word(),
                Ok(None) => {}
                Err(_) => return NULL,
            }
        }
        word(vm.getitem(obj(container), obj(index)))
    }
}

/// Whether a word points at an object of exactly this builtin type.
#[inline(always)]
pub unsafe fn is_exact(st: *mut State, value: Word, id: TypeId) -> bool {
    // SAFETY: a pointer word designates a heap object; the types are all set.
    unsafe {
        value & 7 == 0
            && value != NULL
            && (*(core::ptr::with_exposed_provenance::<Header>(value))).class
                == (*st).types[id as usize].unwrap_unchecked().prefix()
    }
}

/// A word as a handle.
#[inline(always)]
pub unsafe fn as_ref<T>(value: Word) -> Ref<T> {
    // SAFETY: the caller has checked the type.
    unsafe { Ref::from_ptr(NonNull::new_unchecked(core::ptr::with_exposed_provenance_mut(value))) }
}

/// An item of a list or tuple by small int, or NULL if it takes more than that.
#[inline(always)]
pub unsafe fn fast_item(st: *mut State, container: Word, index: Word) -> Word {
    if index & 1 == 0 {
        return NULL;
    }
    // SAFETY: the types are checked.
    unsafe {
        if is_exact(st, container, TypeId::List) {
            let list = as_ref::<List>(container);
            let index = index as isize >> 1;
            let at = if index < 0 { index.wrapping_add(list.len() as isize) } else { index };
            return list.get(at as usize).map_or(NULL, Obj::word);
        }
        if is_exact(st, container, TypeId::Tuple) {
            let tuple = as_ref::<Tuple>(container);
            let index = index as isize >> 1;
            let at = if index < 0 { index.wrapping_add(tuple.len() as isize) } else { index };
            return tuple.get(at as usize).map_or(NULL, Obj::word);
        }
        NULL
    }
}

/// The content of a cell; NULL if unbound or if the local is not a cell.
#[inline(always)]
pub unsafe fn cell_get(st: *mut State, cell: Word) -> Word {
    // SAFETY: the type is checked.
    unsafe {
        if !is_exact(st, cell, TypeId::Cell) {
            return NULL;
        }
        as_ref::<Cell>(cell).get().map_or(NULL, Obj::word)
    }
}

/// Changes the content of a cell; false if the local is not a cell.
#[inline(always)]
pub unsafe fn cell_set(st: *mut State, cell: Word, value: Word) -> bool {
    // SAFETY: the type is checked.
    unsafe {
        if !is_exact(st, cell, TypeId::Cell) {
            return false;
        }
        as_ref::<Cell>(cell).set(Obj::from_word(value));
        true
    }
}

op! {
    /// Looks around (Ctrl-C, scheduled calls, finalizers), then goes on at `ip`.
    #[cold]
    poll_then(st, ip, sp, fp, code) {
        save(st, ip, sp);
        if !poll(st) {
            return unwind::raised::<C>(st, ip, sp, fp, code);
        }
        next!(st, ip, sp, fp, code)
    }
}

/// The look around; false if an exception is under way.
#[inline(never)]
unsafe fn poll(st: *mut State) -> bool {
    // SAFETY: see `vm`.
    unsafe {
        let vm = vm(st);
        vm.give_steps();
        vm.look_around().is_ok()
    }
}

impl Vm {
    /// Serves what waits for a safe point: the end of all steps, an interrupt, other threads, finalizers,
    /// scheduled calls.
    pub fn look_around(&mut self) -> R<()> {
        self.end_at_limit()?;
        self.pass_turn(true);
        if self.interrupted() {
            return Err(self.error_args(crate::types::exception::Exc::KeyboardInterrupt, &[]));
        }
        self.run_finalizers();
        self.run_scheduled()
    }

    /// Runs the loop on the current frame until it returns to Rust.
    pub(in crate::interp) fn enter(&mut self) -> Exit {
        let state = self.raw();
        // SAFETY: the state is alive and this thread's; the handle on this stack frame is the loop's own until it ends.
        unsafe {
            let st = state.as_ptr();
            let mut handle = Vm::from_state(state);
            let outer = (*st).interp.handle;
            (*st).interp.handle = &raw mut handle;
            let frame = *(*st).interp.stack.frame;
            let exit = dispatch::drive(st, frame.ip, frame.sp, frame.fp, frame.code);
            (*st).interp.handle = outer;
            exit
        }
    }
}

/// Takes the exception under way to its handler in the frame just pushed by Rust; false if it leaves that frame.
pub unsafe fn raise_in_current(st: *mut State) -> bool {
    // SAFETY: the current frame's registers are saved.
    unsafe { unwind::find_handler(st, true) }
}
