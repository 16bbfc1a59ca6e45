//! Types of C code that derive from an exception. Their objects are exceptions of the machine, whose first word is a class of the
//! machine; so what C code has in slots of its own becomes methods of the class that stands for the type.

#![allow(unsafe_code)]

use heap::Obj;
use vm::{
    R, Ref, Vm,
    layout::typ::{Type, flag},
    native::{Args, Show, Slots, TypeDef},
    qstr::{Qstr, q},
    text_out::TextOut,
    types::exception::Exc,
};

use super::{At, Slot, slots};

/// A method: the class (field 0), and which name it has (field 1).
static METHOD: TypeDef = TypeDef { slots: Slots { call: Some(call), ..Slots::NONE }, ..TypeDef::named("function") };

/// Adds the methods. May collect; raises MemoryError.
pub fn add_methods(vm: &mut Vm, at: At, class: Ref<Type>) -> R<()> {
    let machine = vm.c_slots();
    let methods = [
        (Slot::MakeNew, machine.make_new, &[q::__new__][..]),
        (Slot::Print, machine.print, &[q::__repr__, q::__str__]),
        (Slot::Attr, machine.attr, &[q::__getattr__]),
    ];
    for (slot, inherited, names) in methods {
        if at.slot(slot) == 0 || at.slot(slot) == inherited {
            continue;
        }
        vm.define_type(&METHOD)?.set_flag(flag::BINDS);
        for &name in names {
            let method = vm.new_record(&METHOD, &[class.obj(), name.obj()])?;
            vm.setattr(class.obj(), name, method)?;
        }
    }
    Ok(())
}

fn call(vm: &mut Vm, method: Obj, args: &Args) -> R {
    let method = vm.expect_record(method, &METHOD)?;
    let (class, name) = (vm.as_type(method.get(0)), method.get(1).as_qstr().map(Qstr));
    let (Some(class), Some(name), Some(&receiver)) = (class, name, args.pos.first()) else {
        return Err(vm.type_error("a method needs an object"));
    };
    // SAFETY: `add_methods` made it for a class that stands for a type of C code.
    let at = unsafe { At::new(class.c_type()) };
    let of = if name == q::__new__ { vm.as_type(receiver) } else { Some(vm.type_of(receiver)) };
    let Some(of) = of.filter(|of| vm.is_subclass(*of, class)) else {
        let name = vm.owned_text(class.name());
        return Err(vm.error(Exc::TypeError, format_args!("expected '{name}' object")));
    };
    match (name, args.pos.get(1).and_then(|name| name.as_qstr())) {
        (q::__new__, _) => slots::new_of(vm, at, of, &args.skip_first()),
        (q::__getattr__, Some(wanted)) => match slots::getattr_of(vm, at, receiver, Qstr(wanted))? {
            Some(value) => Ok(value),
            None => Err(vm.attribute_error(receiver, Qstr(wanted))),
        },
        _ => {
            let mut out = TextOut::buffer();
            let how = if name == q::__str__ { Show::Str } else { Show::Repr };
            slots::show_of(vm, at, receiver, &mut out, how)?;
            out.into_str(vm)
        }
    }
}
