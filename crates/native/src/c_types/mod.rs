//! Types that C code of native modules lays out (native-abi.md §6), and classes of the machine that stand for them.
//!
//! C code shows a type by passing its address, or an object whose word 0 is that address: every word that comes from machine
//! code goes through [`crate::enter::object`], and with native modules loaded through [`adopt`]. From then on the class is what
//! programs see; C code goes on seeing its own address.

#![allow(unsafe_code)]

mod exceptions;
mod method;
mod slots;

pub use slots::write_text;

use core::ptr::NonNull;

use heap::Obj;
use vm::{
    R, Ref, Vm,
    layout::{
        dict::Dict,
        typ::{IS_SHAPE, IS_TYPE, Type, flag},
    },
    qstr::Qstr,
    table::TypeId,
};

use crate::{
    Word,
    enter::object,
    helpers::{place, streams::Protocol},
};

/// Number of the entry of the helper table that has `type`; some modules store its address where they mean what is there.
const TYPE_ENTRY: usize = 73;

/// A type as C code lays it out; pointers follow.
#[repr(C)]
struct CType {
    /// `type`
    class: Word,
    flags: u16,
    name: u16,
    /// Which of the pointers, counted from 1, each slot has; 0: none.
    numbers: [u8; 12],
}

/// The slots of a type in their order.
#[derive(Clone, Copy)]
enum Slot {
    MakeNew,
    Print,
    Call,
    Unary,
    Binary,
    Attr,
    Subscr,
    Iter,
    Buffer,
    Protocol,
    Parent,
    LocalsDict,
}

/// A type of C code.
#[derive(Clone, Copy)]
struct At(*mut CType);

impl At {
    /// The type at an address.
    ///
    /// # Safety
    /// C code laid one out there; types of native modules stay for good.
    unsafe fn new(at: Word) -> At {
        At(core::ptr::with_exposed_provenance_mut(at))
    }

    fn address(self) -> Word {
        self.0.expose_provenance()
    }

    fn name(self) -> Qstr {
        // SAFETY: the promise of `new`.
        Qstr(unsafe { (*self.0).name }.into())
    }

    fn flags(self) -> u16 {
        // SAFETY: the promise of `new`.
        unsafe { (*self.0).flags }
    }

    /// What is in a slot; 0: nothing.
    fn slot(self, slot: Slot) -> Word {
        // SAFETY: the promise of `new`; so many pointers follow.
        unsafe {
            match (*self.0).numbers[slot as usize] {
                0 => 0,
                number => *self.0.add(1).cast::<Word>().add(usize::from(number) - 1),
            }
        }
    }
}

/// What an object from C code is for the machine: where it is a type of C code, the class that stands for it. May collect;
/// raises MemoryError.
#[cold]
pub fn adopt(vm: &mut Vm, value: Obj) -> R {
    if !value.is_pointer() {
        return Ok(value);
    }
    let type_type = vm.type_of_id(TypeId::Type).obj().word();
    // SAFETY: an object begins with the address of its type, which has a prefix whoever laid it out, or with that of an entry
    // of the table.
    unsafe {
        let class = *place(value.word());
        let entry = vm.helper_table() + TYPE_ENTRY * size_of::<Word>();
        if class == entry || class == type_type && At::new(value.word()).flags() & IS_TYPE == 0 {
            return class_of(vm, At::new(value.word())).map(Ref::obj);
        }
        if At::new(class).flags() & (IS_SHAPE | IS_TYPE) == 0 {
            class_of(vm, At::new(class))?;
        }
    }
    Ok(value)
}

/// What C code knows a class as: its own type, if that is what the class stands for.
pub fn as_c(vm: &Vm, class: Ref<Type>) -> Word {
    vm.c_type_of(class).unwrap_or(class.obj().word())
}

/// Whether instances of a class are exceptions of a type of C code, whose own methods (`exceptions`) must not be asked for what C
/// code wants of the base.
pub fn is_exception(vm: &Vm, class: Ref<Type>) -> bool {
    let is_c = |class: &Obj| vm.as_type(*class).is_some_and(|class| class.c_type() != 0);
    class.has(flag::EXCEPTION) && vm.seq_items(class.mro()).is_some_and(|mro| mro.iter().any(is_c))
}

/// The class that stands for a type of C code.
///
/// # Safety
/// It is one, not one of the machine's.
unsafe fn class_of(vm: &mut Vm, at: At) -> R<Ref<Type>> {
    if let Some(class) = vm.c_class(at.address()) {
        return Ok(class);
    }
    // Bases may go round in a circle.
    vm.check_native_stack()?;
    let base = match at.slot(Slot::Parent) {
        0 => None,
        parent => {
            let parent = object(vm, parent)?;
            vm.as_type(parent)
        }
    };
    let base = base.unwrap_or_else(|| vm.type_of_id(TypeId::Object));
    let slots = slots::of(vm, at);
    let class = vm.new_c_class(at.name(), base, slots, at.address())?;
    // SAFETY: as the caller promises.
    let filled = match unsafe { add_members(vm, at, class) } {
        Ok(()) if base.has(flag::EXCEPTION) => exceptions::add_methods(vm, at, class),
        filled => filled,
    };
    if let Err(raised) = filled {
        vm.forget_c_class(at.address());
        return Err(raised);
    }
    Ok(class)
}

/// Copies what is in the dict of a type to its class.
unsafe fn add_members(vm: &mut Vm, at: At, class: Ref<Type>) -> R<()> {
    let dict = at.slot(Slot::LocalsDict);
    if dict == 0 {
        return Ok(());
    }
    if !vm.is_machine_data(dict) {
        // A dict that a helper made.
        let dict = object(vm, dict)?;
        let mut position = 0;
        while let Some((next, key, value)) = vm.exact::<Dict>(dict).and_then(|dict| dict.entry(vm, position)) {
            position = next;
            add_member(vm, class, key, value)?;
        }
        return Ok(());
    }
    // SAFETY: C code laid out a dict there: its type, flags and number of entries, room, address of the entries.
    unsafe {
        let (used, entries) = (*place(dict).add(1) >> 3, *place(dict).add(3));
        for i in 0..used {
            let (key, value) = (*place(entries).add(2 * i), *place(entries).add(2 * i + 1));
            if let (Some(key), Some(value)) = (Obj::from_word(key), Obj::from_word(value)) {
                let value = adopt(vm, value)?;
                add_member(vm, class, key, value)?;
            }
        }
    }
    Ok(())
}

fn add_member(vm: &mut Vm, class: Ref<Type>, key: Obj, value: Obj) -> R<()> {
    let Some(name) = key.as_qstr() else { return Ok(()) };
    let value = method::of(vm, value, class)?;
    class.dict().set_name(vm, Qstr(name), value)
}

/// The object of a type of C code that is a stream, be it inside of an instance of a Python class, and the functions of its
/// type.
pub fn stream(vm: &Vm, value: Obj) -> Option<(Obj, &'static Protocol)> {
    let class = vm.type_of(value);
    if class.c_type() == 0 {
        return None;
    }
    let part = if class.is_python() { vm.native_part(value)? } else { value };
    // SAFETY: objects of types of C code have their address in word 0; exceptions, which are their own parts, have the class there.
    let protocol = unsafe {
        let at = At::new(*place(part.word()));
        if at.flags() & IS_TYPE != 0 { 0 } else { at.slot(Slot::Protocol) }
    };
    // SAFETY: C code has the functions of a stream there, for as long as its module: for good.
    NonNull::new(core::ptr::with_exposed_provenance_mut(protocol)).map(|protocol| (part, unsafe { protocol.as_ref() }))
}
