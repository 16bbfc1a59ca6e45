//! A module with a type that uses every slot: objects are the address of the type and a small int.

use asm::{Label, Width};

use crate::module::{self, C};

const NAMES: [&str; 9] = ["Counter", "get", "read", "readinto", "empty", "inner", "other", "bytes", "answer"];

/// Offsets of words in the zeroed data.
const TYPE: i64 = 0;
const FIRST_SLOT: i64 = 3;
const DICT: i64 = 16;
const ENTRIES: i64 = 20;
const FUNCTIONS: i64 = 32;
const PROTOCOL: i64 = 48;
const WORDS: u32 = 64;

/// Numbers of slots, and the functions in them.
const SLOTS: [(i64, u32); 9] =
    [(0, MAKE_NEW), (1, PRINT), (2, CALL), (3, UNARY), (4, BINARY), (5, ATTR), (6, SUBSCR), (7, NEXT), (8, BUFFER)];
const PROTOCOL_SLOT: i64 = 9;
const DICT_SLOT: i64 = 11;
/// The slot for iteration has the function for the next item.
const ITER_IS_ITERNEXT: i64 = 0x80;

const MAKE_NEW: u32 = 1;
const PRINT: u32 = 2;
const CALL: u32 = 3;
const UNARY: u32 = 4;
const BINARY: u32 = 5;
const ATTR: u32 = 6;
const SUBSCR: u32 = 7;
const NEXT: u32 = 8;
const BUFFER: u32 = 9;
const READ: u32 = 10;
const GET: u32 = 11;
const EMPTY: u32 = 12;
const INNER: u32 = 13;
const OTHER: u32 = 14;
const TEXT: u32 = 20;
/// Labels inside of functions.
const SKIP: u32 = 30;

// Helpers by number.
const TO_OBJECT: u32 = 4;
const LOAD_GLOBAL: u32 = 7;
const STORE_GLOBAL: u32 = 13;
const CHECK_ARGUMENTS: u32 = 44;
const REALLOC: u32 = 52;
const TYPE_OF: u32 = 56;
const TYPE_TYPE: i64 = 73;
const FUNCTION_0: i64 = 77;
const FUNCTION_1: i64 = 78;
const STREAM_READ: i64 = 83;
const STREAM_READINTO: i64 = 84;

const QSTR: i64 = 8;
const LOAD: i64 = 4;
const LEN: i64 = 5;
const ADD: i64 = 27;
const ANSWER: i64 = 42 << 1 | 1;

/// The file.
pub fn file() -> Vec<u8> {
    module::file(&NAMES, WORDS * 8, |c| {
        init(c);
        make_new(c);
        slots(c);
        functions(c);
        c.asm.code_mut().place(Label(TEXT));
        c.asm.code_mut().put(b"C<>");
    })
}

/// The qstr of a name: number 0 is that of the file.
fn number(name: &str) -> i64 {
    NAMES.iter().position(|known| *known == name).expect("a name") as i64 + 1
}

fn init(c: &mut C<'_>) {
    let (data, temp, a, b) = (c.local(0), c.temp(), c.arg(0), c.arg(1));
    c.asm.entry(4);
    c.need_helpers();
    c.data(data);
    c.helper_word(temp, TYPE_TYPE);
    c.store(temp, data, TYPE);
    c.asm.constant(a, ITER_IS_ITERNEXT);
    c.asm.store(Width::Bits16, a, data, 4);
    c.name(a, number("Counter"));
    c.asm.store(Width::Bits16, a, data, 5);
    for (place, (slot, label)) in SLOTS.iter().enumerate() {
        set_slot(c, *slot, place as i64);
        c.asm.label_address(temp, Label(*label));
        c.store(temp, data, FIRST_SLOT + place as i64);
    }
    for (place, slot, word) in [(9, PROTOCOL_SLOT, PROTOCOL), (10, DICT_SLOT, DICT)] {
        set_slot(c, slot, place);
        c.asm.copy(temp, data);
        c.add_constant(temp, word * 8, a);
        c.store(temp, data, FIRST_SLOT + place);
    }
    c.asm.label_address(temp, Label(READ));
    c.store(temp, data, PROTOCOL);
    // Functions: their type, their address.
    for (index, (kind, label)) in
        [(FUNCTION_1, GET), (FUNCTION_0, EMPTY), (FUNCTION_1, INNER), (FUNCTION_1, OTHER)].into_iter().enumerate()
    {
        let at = FUNCTIONS + 2 * index as i64;
        c.helper_word(temp, kind);
        c.store(temp, data, at);
        c.asm.label_address(temp, Label(label));
        c.store(temp, data, at + 1);
    }
    // The dict: flags and number of entries, room, entries.
    c.asm.constant(temp, 3 << 3 | 7);
    c.store(temp, data, DICT + 1);
    c.asm.copy(temp, data);
    c.add_constant(temp, ENTRIES * 8, a);
    c.store(temp, data, DICT + 3);
    for (index, name) in ["get", "read", "readinto"].into_iter().enumerate() {
        let at = ENTRIES + 2 * index as i64;
        c.name(a, number(name));
        c.asm.constant(b, QSTR);
        c.asm.call(TO_OBJECT, 2);
        c.store(temp, data, at);
        match name {
            "get" => {
                c.asm.copy(temp, data);
                c.add_constant(temp, FUNCTIONS * 8, a);
            }
            "read" => c.helper_word(temp, STREAM_READ),
            _ => c.helper_word(temp, STREAM_READINTO),
        }
        c.store(temp, data, at + 1);
    }
    for (name, word) in
        [("Counter", TYPE), ("empty", FUNCTIONS + 2), ("inner", FUNCTIONS + 4), ("other", FUNCTIONS + 6)]
    {
        c.asm.copy(b, data);
        c.add_constant(b, word * 8, temp);
        c.name(a, number(name));
        c.asm.call(STORE_GLOBAL, 2);
    }
    c.helper_word(temp, 0);
    c.give(temp);
}

fn set_slot(c: &mut C<'_>, slot: i64, place: i64) {
    let (data, value) = (c.local(0), c.arg(2));
    c.asm.constant(value, place + 1);
    c.asm.store(Width::Bits8, value, data, 12 + slot);
}

fn make_new(c: &mut C<'_>) {
    let (class, args) = (c.local(0), c.local(1));
    c.function(MAKE_NEW);
    c.need_helpers();
    c.asm.argument(0, class);
    c.asm.argument(3, args);
    c.asm.copy(c.arg(0), c.arg(1));
    c.asm.copy(c.arg(1), c.arg(2));
    c.asm.constant(c.arg(2), 1 << 17 | 1 << 1);
    c.asm.call(CHECK_ARGUMENTS, 3);
    for (number, value) in [(0, 0), (1, 16), (2, 0)] {
        c.asm.constant(c.arg(number), value);
    }
    c.asm.call(REALLOC, 3);
    let (made, value) = (c.temp(), c.arg(1));
    c.store(class, made, 0);
    c.load(value, args, 0);
    c.store(value, made, 1);
    c.give(made);
}

fn slots(c: &mut C<'_>) {
    let [first, second, third, fourth] = [c.arg(0), c.arg(1), c.arg(2), c.arg(3)];
    let temp = c.temp();
    // print(print, object, how): the print's function gets its data, a text and its length.
    c.function(PRINT);
    c.asm.copy(temp, first);
    c.load(first, temp, 0);
    c.asm.label_address(second, Label(TEXT));
    c.asm.constant(third, 3);
    c.call_at(temp, 1, 3);
    c.give_constant(0);
    // call(object, number of positional, of keyword arguments, arguments): how many there are
    c.function(CALL);
    c.add(second, third);
    c.add(second, second);
    c.add_constant(second, 1, temp);
    c.give(second);
    // unary(op, object)
    c.function(UNARY);
    c.asm.constant(temp, LEN);
    c.asm.jump_if_equal(first, temp, Label(SKIP));
    c.give_constant(0);
    c.asm.code_mut().place(Label(SKIP));
    c.load(temp, second, 1);
    c.give(temp);
    // binary(op, left, right)
    c.function(BINARY);
    c.asm.constant(temp, ADD);
    c.asm.jump_if_equal(first, temp, Label(SKIP + 1));
    c.give_constant(0);
    c.asm.code_mut().place(Label(SKIP + 1));
    c.load(temp, second, 1);
    c.add(third, temp);
    c.add_constant(third, -1, temp);
    c.give(third);
    // attr(object, name, two words): every attribute that is read is the answer, but methods come from the dict.
    c.function(ATTR);
    c.load(temp, third, 0);
    c.asm.jump_if_nonzero(temp, Label(SKIP + 2), false);
    c.name(first, number("answer"));
    c.asm.jump_if_equal(first, second, Label(SKIP + 3));
    c.asm.constant(temp, LOAD);
    c.store(temp, third, 1);
    c.give_constant(0);
    c.asm.code_mut().place(Label(SKIP + 3));
    c.asm.constant(temp, ANSWER);
    c.store(temp, third, 0);
    c.give_constant(0);
    c.asm.code_mut().place(Label(SKIP + 2));
    c.asm.clear(temp);
    c.store(temp, third, 0);
    c.give_constant(0);
    // subscr(object, index, value)
    c.function(SUBSCR);
    c.asm.constant(temp, LOAD);
    c.asm.jump_if_equal(third, temp, Label(SKIP + 4));
    c.store(third, first, 1);
    c.give(first);
    c.asm.code_mut().place(Label(SKIP + 4));
    c.give(second);
    // next(object): counts down
    c.function(NEXT);
    c.load(second, first, 1);
    c.asm.constant(temp, 1);
    c.asm.jump_if_equal(second, temp, Label(SKIP + 5));
    c.add_constant(second, -2, temp);
    c.store(second, first, 1);
    c.give(second);
    c.asm.code_mut().place(Label(SKIP + 5));
    c.give_constant(0);
    // buffer(object, three words, flags): the small int
    c.function(BUFFER);
    c.add_constant(first, 8, temp);
    c.store(first, second, 0);
    c.asm.constant(temp, 8);
    c.store(temp, second, 1);
    c.asm.constant(temp, i64::from(b'B'));
    c.store(temp, second, 2);
    c.give_constant(0);
    // read(object, room, its length, error): one byte as long as the number is not 0
    c.function(READ);
    c.load(fourth, first, 1);
    c.asm.constant(temp, 1);
    c.asm.jump_if_equal(fourth, temp, Label(SKIP + 6));
    c.add_constant(fourth, -2, temp);
    c.store(fourth, first, 1);
    c.asm.constant(third, i64::from(b'x'));
    c.asm.store(Width::Bits8, third, second, 0);
    c.give_constant(1);
    c.asm.code_mut().place(Label(SKIP + 6));
    c.give_constant(0);
}

fn functions(c: &mut C<'_>) {
    let (first, temp, kept) = (c.arg(0), c.temp(), c.local(0));
    c.function(GET);
    c.load(temp, first, 1);
    c.give(temp);
    // The slot make_new of bytes makes empty bytes, of which type nobody says.
    c.function(EMPTY);
    c.need_helpers();
    c.name(first, number("bytes"));
    c.asm.call(LOAD_GLOBAL, 1);
    slot_address(c, 12);
    for number in 0..4 {
        c.asm.clear(c.arg(number));
    }
    call_slot(c);
    c.give(temp);
    // What C code takes for the object inside: word 4, if the parent of the type is the type.
    c.function(INNER);
    c.need_helpers();
    c.asm.copy(kept, first);
    c.asm.call(TYPE_OF, 1);
    slot_address(c, 22);
    c.load(temp, c.local(1), 2);
    c.data(first);
    c.asm.jump_if_equal(temp, first, Label(SKIP + 7));
    c.give(kept);
    c.asm.code_mut().place(Label(SKIP + 7));
    c.load(temp, kept, 4);
    c.give(temp);
    // The slot of int for calls, which int has not.
    c.function(OTHER);
    c.need_helpers();
    c.asm.call(TYPE_OF, 1);
    slot_address(c, 14);
    call_slot(c);
    c.give(temp);
}

/// Of the type in the register of results and the place of the number of a slot: what leads to the word of the slot, in the second
/// register that lasts (two words in front of it).
fn slot_address(c: &mut C<'_>, number: i64) {
    let (class, at) = (c.temp(), c.local(1));
    c.asm.load(Width::Bits8, at, class, number);
    for _ in 0..3 {
        c.add(at, at);
    }
    c.add(at, class);
}

/// Calls what is there.
fn call_slot(c: &mut C<'_>) {
    let at = c.local(1);
    c.call_at(at, 2, 4);
}
