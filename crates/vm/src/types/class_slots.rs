//! The slots of Python classes: each looks for the dunder method when the class has one, and otherwise hands the
//! builtin object inside the instance to the slot of its type.
//!
//! A class has its own set of slots, in which what neither dunder methods nor the builtin base support is absent, so
//! that generic code need not know which kind of class it deals with. They follow every change of the class.

use heap::Obj;

use crate::{
    buffer::Buffer,
    errors::Ability,
    handle::Ref,
    layout::typ::Type,
    native::{Args, Binary, Show, Slots, Unary},
    qstr::q,
    table::TypeId,
    text_out::TextOut,
    types::{
        exception::Exc,
        object::{identity_hash, write_instance},
        special::Special,
    },
    value::R,
    vm::{Root, Vm},
};

/// The slots of a Python class, by its special methods and its builtin base.
pub(crate) fn slots_of(class: Ref<Type>) -> Slots {
    let base = class.native_base().map_or(&Slots::NONE, |base| base.slots());
    let has = |special| class.has_special(special);
    Slots {
        new: None,
        show: Some(show),
        unary: Some(unary),
        binary: Some(binary),
        call: (has(Special::Call) || base.call.is_some()).then_some(call as _),
        getattr: None,
        setattr: None,
        getitem: (has(Special::GetItem) || base.getitem.is_some()).then_some(getitem as _),
        setitem: (has(Special::SetItem) || has(Special::DelItem) || base.setitem.is_some()).then_some(setitem as _),
        iter: (has(Special::Iter) || base.iter.is_some()).then_some(iter as _),
        next: (has(Special::Next) || base.next.is_some()).then_some(next as _),
        buffer: base.buffer.map(|_| buffer as _),
    }
}

/// The slots of the builtin base and the builtin object inside.
#[inline]
fn native(vm: &Vm, class: Ref<Type>, obj: Obj) -> Option<(&'static Slots, Obj)> {
    let base = class.native_base()?;
    Some((base.slots(), vm.native_part(obj)?))
}

fn show(vm: &mut Vm, obj: Obj, out: &mut TextOut, how: Show) -> R<()> {
    let class = vm.type_of(obj);
    if how == Show::Str {
        if class.has_special(Special::Str) {
            let text = vm.call_special(obj, class, Special::Str, &[])?;
            return write_result(vm, out, text, "__str__");
        }
        // Builtin types whose str() is not their repr() go before a `__repr__` of the class.
        if let Some((slots, part)) = native(vm, class, obj)
            && let Some(slot) = slots.show
            && (vm.is_str(part) || vm.as_exception(part).is_some() || !class.has_special(Special::Repr))
        {
            return slot(vm, part, out, Show::Str);
        }
    }
    if class.has_special(Special::Repr) {
        let text = vm.call_special(obj, class, Special::Repr, &[])?;
        return write_result(vm, out, text, "__repr__");
    }
    if let Some((slots, part)) = native(vm, class, obj)
        && let Some(slot) = slots.show
    {
        return slot(vm, part, out, how);
    }
    write_instance(vm, obj, out)
}

fn write_result(vm: &mut Vm, out: &mut TextOut, text: Obj, name: &str) -> R<()> {
    if !vm.is_str(text) {
        let of = vm.owned_text(vm.type_of(text).name());
        return Err(vm.error(Exc::TypeError, format_args!("{name} returned non-string (type {of})")));
    }
    vm.write_text(out, text)
}

fn unary(vm: &mut Vm, op: Unary, obj: Obj) -> R<Option<Obj>> {
    let class = vm.type_of(obj);
    let Some(special) = Special::unary(op) else {
        return Ok(None);
    };
    if class.has_special(special) {
        return unary_special(vm, op, obj, class, special);
    }
    if let Some((slots, part)) = native(vm, class, obj) {
        return match slots.unary {
            Some(slot) => slot(vm, op, part),
            None => Ok((op == Unary::Hash).then(|| identity_hash(obj))),
        };
    }
    Ok((op == Unary::Hash).then(|| identity_hash(obj)))
}

fn unary_special(vm: &mut Vm, op: Unary, obj: Obj, class: Ref<Type>, special: Special) -> R<Option<Obj>> {
    if op == Unary::Hash && vm.class_attr(class, q::__hash__)? == Some(Obj::NONE) {
        return Err(vm.type_error_for("unhashable type: '", obj, "'"));
    }
    let result = vm.call_special(obj, class, special, &[])?;
    match op {
        Unary::Hash => match vm.as_int(result) {
            Some(int) => Ok(Obj::small_int(crate::types::int_math::hash(vm, int))),
            None => Err(vm.type_error("__hash__ method should return an integer")),
        },
        Unary::Bool if result.as_bool().is_none() => {
            Err(vm.type_error_for("__bool__ should return bool, returned ", result, ""))
        }
        Unary::Len => match result.as_small_int() {
            Some(_) => Ok(Some(result)),
            None if vm.is_int(result) => {
                let index = vm.index(result)?;
                Ok(Obj::small_int(index).or(Some(result)))
            }
            None => Err(vm.type_error_for("'", result, "' object cannot be interpreted as an integer")),
        },
        Unary::Int | Unary::Index if !vm.is_int(result) => {
            let (name, of) = (vm.owned_text(special.name()), vm.owned_text(vm.type_of(result).name()));
            Err(vm.error(Exc::TypeError, format_args!("{name} returned non-int (type {of})")))
        }
        Unary::Float if !vm.is_float(result) => {
            let of = vm.owned_text(vm.type_of(result).name());
            Err(vm.error(Exc::TypeError, format_args!("__float__ returned non-float (type {of})")))
        }
        _ => Ok(Some(result)),
    }
}

fn binary(vm: &mut Vm, op: Binary, obj: Obj, other: Obj) -> R<Option<Obj>> {
    let class = vm.type_of(obj);
    let Some(special) = Special::binary(op) else {
        return Ok(None);
    };
    if class.has_special(special) {
        let result = vm.call_special(obj, class, special, &[other])?;
        if Some(result) == vm.root(Root::NotImplemented) {
            return Ok(None);
        }
        if op == Binary::Contains {
            let result = vm.is_true(result)?;
            return Ok(Some(Obj::from_bool(result)));
        }
        return Ok(Some(result));
    }
    if op == Binary::Ne && class.has_special(Special::Eq) {
        // `object.__ne__`: the opposite of `__eq__`, before the other operand is asked.
        let equal = vm.call_special(obj, class, Special::Eq, &[other])?;
        if Some(equal) == vm.root(Root::NotImplemented) {
            return Ok(None);
        }
        let equal = vm.is_true(equal)?;
        return Ok(Some(Obj::from_bool(!equal)));
    }
    match native(vm, class, obj) {
        Some((slots, part)) => native_binary(vm, op, slots, obj, part, other),
        None => Ok(None),
    }
}

/// An operation on the builtin object inside; the other operand is taken out of its instance, too.
pub(crate) fn native_binary(
    vm: &mut Vm,
    op: Binary,
    slots: &'static Slots,
    obj: Obj,
    part: Obj,
    other: Obj,
) -> R<Option<Obj>> {
    let Some(slot) = slots.binary else {
        return Ok(None);
    };
    if op == Binary::Contains {
        return slot(vm, op, part, other);
    }
    let other = match vm.as_instance(other) {
        Some(_) => vm.native_part(other).unwrap_or(other),
        None => other,
    };
    if let Some(result) = slot(vm, op, part, other)? {
        // `list += …` gives the list: that must stay the instance.
        return Ok(Some(if op.is_inplace() && result == part { obj } else { result }));
    }
    // A reflected operation that the type does not know: ask the other operand about the plain one.
    let class = vm.type_of(other);
    match (op.unreflected(), class.slots().binary) {
        (Some(plain), Some(slot)) if !class.is_python() => slot(vm, plain, other, part),
        _ => Ok(None),
    }
}

fn call(vm: &mut Vm, obj: Obj, args: &Args) -> R {
    let class = vm.type_of(obj);
    if !class.has_special(Special::Call)
        && let Some((slots, part)) = native(vm, class, obj)
        && let Some(slot) = slots.call
    {
        return slot(vm, part, args);
    }
    vm.check_native_stack()?;
    match vm.find_special(obj, q::__call__)? {
        Some((function, receiver)) => vm.call_args_with_receiver(function, receiver, args),
        None => Err(vm.unable(obj, Ability::Call)),
    }
}

fn getitem(vm: &mut Vm, obj: Obj, index: Obj) -> R {
    let class = vm.type_of(obj);
    if class.has_special(Special::GetItem) {
        return vm.call_special(obj, class, Special::GetItem, &[index]);
    }
    let Some((slots, part)) = native(vm, class, obj) else {
        return Err(vm.unable(obj, Ability::Subscript));
    };
    let Some(slot) = slots.getitem else {
        return Err(vm.unable(obj, Ability::Subscript));
    };
    let result = slot(vm, part, index);
    if class.has_special(Special::Missing) && class.native_base().is_some_and(|base| base.is(TypeId::Dict)) {
        return match vm.catch(result, Exc::KeyError)? {
            Some(value) => Ok(value),
            None => vm.call_special(obj, class, Special::Missing, &[index]),
        };
    }
    result
}

fn setitem(vm: &mut Vm, obj: Obj, index: Obj, value: Option<Obj>) -> R<()> {
    let class = vm.type_of(obj);
    match value {
        Some(value) if class.has_special(Special::SetItem) => {
            return vm.call_special(obj, class, Special::SetItem, &[index, value]).map(drop);
        }
        None if class.has_special(Special::DelItem) => {
            return vm.call_special(obj, class, Special::DelItem, &[index]).map(drop);
        }
        _ => {}
    }
    if let Some((slots, part)) = native(vm, class, obj)
        && let Some(slot) = slots.setitem
    {
        return slot(vm, part, index, value);
    }
    Err(match value {
        Some(_) => vm.unable(obj, Ability::SetItem),
        None => vm.unable(obj, Ability::DeleteItem),
    })
}

fn iter(vm: &mut Vm, obj: Obj) -> R {
    let class = vm.type_of(obj);
    if class.has_special(Special::Iter) {
        if vm.class_attr(class, q::__iter__)? == Some(Obj::NONE) {
            return Err(vm.unable(obj, Ability::Iterate));
        }
        return vm.call_special(obj, class, Special::Iter, &[]);
    }
    if let Some((slots, part)) = native(vm, class, obj)
        && let Some(slot) = slots.iter
    {
        return slot(vm, part);
    }
    Err(vm.unable(obj, Ability::Iterate))
}

fn next(vm: &mut Vm, obj: Obj) -> R<Option<Obj>> {
    let class = vm.type_of(obj);
    if class.has_special(Special::Next) {
        let result = vm.call_special(obj, class, Special::Next, &[]);
        return vm.next_result(result);
    }
    if let Some((slots, part)) = native(vm, class, obj)
        && let Some(slot) = slots.next
    {
        return slot(vm, part);
    }
    Err(vm.unable(obj, Ability::Advance))
}

fn buffer(vm: &mut Vm, obj: Obj) -> R<Option<Buffer>> {
    let class = vm.type_of(obj);
    match native(vm, class, obj) {
        Some((Slots { buffer: Some(slot), .. }, part)) => slot(vm, part),
        _ => Ok(None),
    }
}

impl Vm {
    /// Turns StopIteration into the end of an iteration, with its value in [`Vm::take_stop_value`].
    pub fn next_result(&mut self, result: R) -> R<Option<Obj>> {
        match result {
            Ok(value) => Ok(Some(value)),
            Err(_) if self.pending_is(Exc::StopIteration) => {
                let exception = self.take_exception();
                let value = self.as_exception(exception).and_then(|e| e.arg(self, 0)).unwrap_or(Obj::NONE);
                self.set_stop_value(value);
                Ok(None)
            }
            Err(raised) => Err(raised),
        }
    }

    /// Calls with an optional first argument before the others.
    pub fn call_args_with_receiver(&mut self, function: Obj, receiver: Option<Obj>, args: &Args) -> R {
        let Some(receiver) = receiver else {
            return self.call_args(function, args);
        };
        if args.pos.len() < 7 {
            let mut all = [Obj::NONE; 8];
            all[0] = receiver;
            all[1..=args.pos.len()].copy_from_slice(args.pos);
            return self.call_args(function, &Args { pos: &all[..=args.pos.len()], kw: args.kw });
        }
        let bound = self.new_bound_method(function, receiver)?;
        self.call_args(bound, args)
    }
}
