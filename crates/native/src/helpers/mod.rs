//! The table of helpers: what machine code calls, in the official order (native-abi.md §1).
//!
//! One row per entry. A helper is a function of the machine and words that may raise; from its row come the C function
//! around it and the stub that machine code calls: it turns an error into the jump to a handler.

#![allow(unsafe_code)]

pub mod calls;
pub mod casts;
mod containers;
mod iterate;
pub mod modules;
mod names;
mod operators;
pub mod printf;
mod slots;
pub mod streams;

use std::{arch::naked_asm, ptr};

use heap::Obj;
use vm::{
    R, Vm,
    layout::c_type::{CSlots, CommonSlots},
    qstr::q,
    table::TypeId,
    types::exception::Exc,
};

use crate::{
    Word, c_types,
    enter::{self, Outcome, current, jump},
};

/// What machine code calls; its arguments and result are those of the function behind it.
type Stub = unsafe extern "C" fn();

/// A stub that calls a function giving an [`Outcome`]; with a register, the result goes there, too.
macro_rules! stub_of {
    ($function:path $(, $result:literal)?) => {{
        #[unsafe(naked)]
        unsafe extern "C" fn stub() {
            naked_asm!(
                "sub rsp, 8",
                "call {function}",
                "add rsp, 8",
                "test rdx, rdx",
                "jnz {jump}",
                $($result,)?
                "ret",
                function = sym $function,
                jump = sym jump,
            )
        }
        stub as Stub
    }};
}

/// A stub for a helper with these arguments.
macro_rules! stub {
    ($helper:path, $($arg:ident)* $(=> $result:literal)?) => {{
        unsafe extern "C" fn function($($arg: Word),*) -> Outcome {
            // SAFETY: machine code calls it, with arguments as the helper wants them.
            Outcome::from(unsafe { $helper(current(), $($arg),*) })
        }
        stub_of!(function $(, $result)?)
    }};
}

/// One entry of the table.
macro_rules! entry {
    ($vm:ident, word $value:expr) => { $value };
    ($vm:ident, raw $function:path) => { $function as *const () as Word };
    ($vm:ident, stub $helper:path [$($arg:ident)*]) => { stub!($helper, $($arg)*) as *const () as Word };
    ($vm:ident, quick $function:path) => { stub_of!($function) as *const () as Word };
    ($vm:ident, float $helper:path [$arg:ident] $move:literal) => { stub!($helper, $arg => $move) as *const () as Word };
    ($vm:ident, address $place:path) => { ptr::from_ref(&$place).expose_provenance() };
    ($vm:ident, class $id:ident) => { $vm.type_of_id(TypeId::$id).obj().word() };
    ($vm:ident, function $number:literal) => { $vm.define_type(&modules::BUILTINS[$number])?.obj().word() };
    ($vm:ident, method $name:path) => { streams::method($vm, $name)? };
    ($vm:ident, exception $name:ident) => { $vm.exc_type(Exc::$name).obj().word() };
}

macro_rules! helpers {
    ($($number:literal $name:ident = $kind:ident ($($what:tt)*);)*) => {
        /// Names of the entries.
        #[cfg(test)]
        pub const NAMES: &[(usize, &str)] = &[$(($number, stringify!($name))),*];

        /// How many entries there are.
        pub const COUNT: usize = [$($number),*].len();

        /// The entries.
        fn entries(vm: &mut Vm) -> R<[Word; COUNT]> {
            Ok([$(entry!(vm, $kind $($what)*)),*])
        }
    };
}

helpers! {
    0 const_none = word(Obj::NONE.word());
    1 const_false = word(Obj::FALSE.word());
    2 const_true = word(Obj::TRUE.word());
    3 native_from_obj = quick(casts::from_object_helper);
    4 native_to_obj = quick(casts::to_object_helper);
    5 swap_globals = raw(names::swap_globals);
    6 load_name = stub(names::load_name [name]);
    7 load_global = stub(names::load_global [name]);
    8 load_build_class = stub(names::load_build_class []);
    9 load_attr = stub(names::load_attr [object name]);
    10 load_method = stub(names::load_method [object name to]);
    11 load_super_method = stub(names::load_super_method [name to]);
    12 store_name = stub(names::store_name [name value]);
    13 store_global = stub(names::store_global [name value]);
    14 store_attr = stub(names::store_attr [object name value]);
    15 obj_subscr = quick(operators::subscript);
    16 obj_is_true = quick(operators::is_true);
    17 unary_op = stub(operators::unary [op value]);
    18 binary_op = quick(operators::binary);
    19 new_tuple = stub(containers::new_tuple [n items]);
    20 new_list = stub(containers::new_list [n items]);
    21 new_dict = stub(containers::new_dict [n]);
    22 new_set = stub(containers::new_set [n items]);
    23 set_store = stub(containers::set_store [set item]);
    24 list_append = stub(containers::list_append [list item]);
    25 dict_store = stub(containers::dict_store [dict key value]);
    26 make_function = stub(calls::make_function [code context defaults]);
    27 call_function_n_kw = stub(calls::call_function [function counts args]);
    28 call_method_n_kw = stub(calls::call_method [n_pos n_kw items]);
    29 call_method_n_kw_var = stub(calls::call_spread [have_self counts items]);
    30 getiter = stub(iterate::get_iter [object buffer]);
    31 iternext = quick(iterate::next);
    32 nlr_push = raw(enter::nlr_push);
    33 nlr_pop = raw(enter::nlr_pop);
    34 raise = stub(operators::raise [value]);
    35 import_name = stub(names::import_name [name from level]);
    36 import_from = stub(names::import_from [module name]);
    37 import_all = stub(names::import_all [module]);
    38 new_slice = stub(containers::new_slice [start stop step]);
    39 unpack_sequence = stub(containers::unpack [value n to]);
    40 unpack_ex = stub(containers::unpack_ex [value counts to]);
    41 delete_name = stub(names::delete_name [name]);
    42 delete_global = stub(names::delete_global [name]);
    43 new_closure = stub(calls::new_closure [function n cells]);
    44 arg_check_num_sig = stub(calls::check_arguments [n_pos n_kw sig]);
    45 setup_code_state = stub(calls::setup_code_state [state n_pos n_kw call]);
    46 small_int_floor_divide = stub(operators::floor_divide [a b]);
    47 small_int_modulo = stub(operators::modulo [a b]);
    48 yield_from = stub(iterate::yield_from [delegate value io]);
    49 setjmp = word(0);
    50 memset = raw(libc::memset);
    51 memmove = raw(libc::memmove);
    52 realloc = stub(modules::realloc [old bytes may_move]);
    53 printf = raw(printf);
    54 vprintf = quick(printf::vprintf);
    55 raise_msg = stub(modules::raise_msg [class text]);
    56 obj_get_type = stub(modules::type_of [value]);
    57 obj_new_str = stub(modules::new_str [text len]);
    58 obj_new_bytes = stub(modules::new_bytes [bytes len]);
    59 obj_new_bytearray_by_ref = stub(modules::new_bytearray_by_ref [len bytes]);
    60 obj_new_float_from_f = quick(modules::float_from_f);
    61 obj_new_float_from_d = quick(modules::float_from_d);
    62 obj_get_float_to_f = float(modules::float_to_f [value] "movd xmm0, eax");
    63 obj_get_float_to_d = float(modules::float_to_d [value] "movq xmm0, rax");
    64 load_method_maybe = stub(modules::load_method_maybe [object name to]);
    65 get_buffer = stub(modules::get_buffer [object info flags]);
    66 get_stream_raise = stub(stream_protocol [object flags]);
    67 arg_parse_all = stub(modules::parse_map [n pos map n_wanted wanted to]);
    68 arg_parse_all_kw_array = stub(modules::parse_array [n n_kw args n_wanted wanted to]);
    69 binary_get_size = stub(modules::binary_size [order typecode align]);
    70 binary_get_val_array = stub(modules::binary_get [typecode at index]);
    71 binary_set_val_array = stub(modules::binary_set [typecode at index value]);
    72 plat_print = address(PRINT);
    73 type_type = class(Type);
    74 type_str = class(Str);
    75 type_list = class(List);
    76 type_dict = class(Dict);
    77 type_fun_builtin_0 = function(0);
    78 type_fun_builtin_1 = function(1);
    79 type_fun_builtin_2 = function(2);
    80 type_fun_builtin_3 = function(3);
    81 type_fun_builtin_var = function(4);
    82 type_exception = exception(Exception);
    83 stream_read_obj = method(q::read);
    84 stream_readinto_obj = method(q::readinto);
    85 stream_unbuffered_readline_obj = method(q::readline);
    86 stream_write_obj = method(q::write);
}

/// Standard output.
static PRINT: printf::Print = printf::Print { data: 0, function: stub!(printf::write_stdout, data text len) };

/// What C code reads and writes streams with.
static PROTOCOL: streams::Protocol = streams::Protocol {
    read: Some(stub!(streams::read, stream to len error)),
    write: Some(stub!(streams::write, stream from len error)),
    ioctl: Some(stub!(streams::ioctl, stream request arg error)),
    is_text: 0,
};

unsafe fn stream_protocol(vm: &mut Vm, value: Word, flags: Word) -> R<Word> {
    streams::protocol(vm, value, flags, &PROTOCOL)
}

/// Where the slots of types of C code write text.
pub const WRITE_TEXT: Stub = stub!(c_types::write_text, out text len);

/// What C code finds in the official slots of the machine's types.
pub fn c_slots() -> CSlots {
    let address = |stub: Stub| stub as *const () as Word;
    let common =
        CommonSlots { other: address(stub!(slots::other,)), protocol: ptr::from_ref(&PROTOCOL).expose_provenance() };
    CSlots {
        common,
        make_new: address(stub!(slots::make_new, class n n_kw at)),
        print: address(stub!(slots::print, to value how)),
        attr: address(stub!(slots::attr, value name to)),
    }
}

/// As value of an access to an item or attribute: it is to be read. No object is this word.
pub const LOAD: Word = 4;

/// Entry 53: saves the registers that arguments may be in, and makes the list of entry 54 of them.
#[unsafe(naked)]
unsafe extern "C" fn printf() {
    naked_asm!(
        "sub rsp, 216",
        "mov [rsp + 32], rdi",
        "mov [rsp + 40], rsi",
        "mov [rsp + 48], rdx",
        "mov [rsp + 56], rcx",
        "mov [rsp + 64], r8",
        "mov [rsp + 72], r9",
        "movups [rsp + 80], xmm0",
        "movups [rsp + 96], xmm1",
        "movups [rsp + 112], xmm2",
        "movups [rsp + 128], xmm3",
        "movups [rsp + 144], xmm4",
        "movups [rsp + 160], xmm5",
        "movups [rsp + 176], xmm6",
        "movups [rsp + 192], xmm7",
        // Two general registers are used up; behind the return address are the arguments on the stack.
        "mov dword ptr [rsp], 16",
        "mov dword ptr [rsp + 4], 48",
        "lea rax, [rsp + 224]",
        "mov [rsp + 8], rax",
        "lea rax, [rsp + 32]",
        "mov [rsp + 16], rax",
        "mov rdx, rsp",
        "call {vprintf}",
        "add rsp, 216",
        "test rdx, rdx",
        "jnz {jump}",
        "ret",
        vprintf = sym printf::vprintf,
        jump = sym jump,
    )
}

/// Makes the table in memory of the machine, where the collector sees the types in it. Raises MemoryError.
pub fn make_table(vm: &mut Vm) -> R<Word> {
    let entries = entries(vm)?;
    let table = vm.machine_alloc(size_of_val(&entries))?.cast::<[Word; COUNT]>();
    // SAFETY: the block is as large as that.
    unsafe { table.write(entries) };
    Ok(table.as_ptr().expose_provenance())
}

/// Words in memory of machine code as objects.
///
/// # Safety
/// `n` objects stand there and stay while the machine is borrowed.
unsafe fn objects<'a>(_vm: &Vm, at: Word, n: usize) -> &'a [Obj] {
    if n == 0 {
        return &[];
    }
    // SAFETY: the caller's promise.
    unsafe { core::slice::from_raw_parts(ptr::with_exposed_provenance(at), n) }
}

/// Makes sure that there are so many objects, as [`enter::object`] does for one.
///
/// # Safety
/// So many words are there.
unsafe fn check_objects(vm: &mut Vm, at: Word, n: usize) -> R<()> {
    for i in 0..n {
        // SAFETY: the caller's promise.
        unsafe {
            let at = place(at).add(i);
            let value = enter::object(vm, *at)?.word();
            if value != *at {
                *at = value;
            }
        }
    }
    Ok(())
}

/// A place in memory of machine code.
pub fn place(at: Word) -> *mut Word {
    ptr::with_exposed_provenance_mut(at)
}

/// The word of something that has an object, or none.
pub fn word(object: Option<Obj>) -> Word {
    object.map_or(0, Obj::word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_have_their_official_numbers() {
        for (at, (number, name)) in NAMES.iter().enumerate() {
            assert_eq!(at, *number, "{name}");
        }
    }
}
