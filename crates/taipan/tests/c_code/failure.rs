//! A module with a type that derives from Exception and has its own ways to be made, written and asked for attributes.

use asm::{Label, Width};

use crate::module::{self, C};

const NAMES: [&str; 2] = ["Failure", "answer"];
const FAILURE: i64 = 1;
const ANSWER: i64 = 2;

/// The place of the first slot in the zeroed data, in words; the type begins with it.
const FIRST_SLOT: i64 = 3;
/// Numbers of slots, and the functions in them.
const SLOTS: [(i64, u32); 3] = [(0, MAKE_NEW), (1, PRINT), (5, ATTR)];
const PARENT_SLOT: i64 = 10;

const MAKE_NEW: u32 = 1;
const PRINT: u32 = 2;
const ATTR: u32 = 3;
const TEXT: u32 = 10;
const OTHER: u32 = 11;

// Helpers by number.
const STORE_GLOBAL: u32 = 13;
const TYPE_TYPE: i64 = 73;
const EXCEPTION: i64 = 82;
/// The slot of a type that makes its objects.
const NEW_OF_EXCEPTION: i64 = 12;

/// The file. With `makes` the type has its own function to make objects: as its base does, but of no arguments.
pub fn file(makes: bool) -> Vec<u8> {
    module::file(&NAMES, 16 * 8, |c| {
        init(c, makes);
        functions(c);
        c.asm.place(Label(TEXT));
        c.asm.code_mut().put(b"C!");
    })
}

fn init(c: &mut C<'_>, makes: bool) {
    let (data, temp, first, second) = (c.local(0), c.temp(), c.arg(0), c.arg(1));
    c.asm.entry(4);
    c.need_helpers();
    c.data(data);
    c.helper_word(temp, TYPE_TYPE);
    c.store(temp, data, 0);
    c.name(first, FAILURE);
    c.asm.store(Width::Bits16, first, data, 5);
    let slots = &SLOTS[usize::from(!makes)..];
    for (place, (slot, label)) in slots.iter().enumerate() {
        set_slot(c, *slot, place as i64);
        c.asm.label_address(temp, Label(*label));
        c.store(temp, data, FIRST_SLOT + place as i64);
    }
    set_slot(c, PARENT_SLOT, slots.len() as i64);
    c.helper_word(temp, EXCEPTION);
    c.store(temp, data, FIRST_SLOT + slots.len() as i64);
    c.asm.copy(second, data);
    c.name(first, FAILURE);
    c.asm.call(STORE_GLOBAL, 2);
    c.helper_word(temp, 0);
    c.give(temp);
}

fn set_slot(c: &mut C<'_>, slot: i64, place: i64) {
    let (data, value) = (c.local(0), c.arg(2));
    c.asm.constant(value, place + 1);
    c.asm.store(Width::Bits8, value, data, 12 + slot);
}

fn functions(c: &mut C<'_>) {
    let [first, second, third, _] = [c.arg(0), c.arg(1), c.arg(2), c.arg(3)];
    let (temp, at) = (c.temp(), c.local(1));
    // make_new(type, number of positional, of keyword arguments, arguments)
    c.function(MAKE_NEW);
    c.need_helpers();
    c.helper_word(temp, EXCEPTION);
    c.asm.load(Width::Bits8, at, temp, NEW_OF_EXCEPTION);
    for _ in 0..3 {
        c.add(at, at);
    }
    c.add(at, temp);
    c.asm.clear(second);
    c.call_at(at, 2, 4);
    c.give(temp);
    // print(print, object, how)
    c.function(PRINT);
    c.asm.copy(temp, first);
    c.load(first, temp, 0);
    c.asm.label_address(second, Label(TEXT));
    c.asm.constant(third, 2);
    c.call_at(temp, 1, 3);
    c.give_constant(0);
    // attr(object, name, two words)
    c.function(ATTR);
    c.name(first, ANSWER);
    c.asm.jump_if_equal(first, second, Label(OTHER));
    c.give_constant(0);
    c.asm.place(Label(OTHER));
    c.asm.constant(temp, 42 << 1 | 1);
    c.store(temp, third, 0);
    c.give_constant(0);
}
