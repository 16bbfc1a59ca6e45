//! Dunder methods of builtin types, for programs that name them: `super().__setitem__(…)`, `int.__add__`, `f.__call__`.
//!
//! Builtin types work through slots; here each dunder name becomes a function that calls the slot. They are made when somebody
//! looks one up, and then stand in the type's dict.

use heap::Obj;

use crate::{
    errors::Ability,
    handle::Ref,
    layout::typ::{Type, flag},
    native::{Args, Binary, Native, Show, Slots, Unary},
    qstr::{Qstr, q},
    table::TypeId,
    text_out::TextOut,
    types::{class_slots::native_binary, exception::Exc, special::bits_of},
    value::R,
    vm::{Root, Vm},
};

/// The slots to use for an object, and the object to give to them.
fn native_of(vm: &Vm, obj: Obj) -> (&'static Slots, Obj) {
    let class = vm.type_of(obj);
    match (class.is_python(), class.native_base(), vm.native_part(obj)) {
        (true, Some(base), Some(part)) => (base.slots(), part),
        (true, ..) => (&Slots::NONE, obj),
        _ => (class.slots(), obj),
    }
}

fn binary(vm: &mut Vm, op: Binary, obj: Obj, other: Obj) -> R {
    let (slots, part) = native_of(vm, obj);
    if let Some(result) = native_binary(vm, op, slots, obj, part, other)? {
        return Ok(result);
    }
    if op == Binary::Ne
        && let Some(equal) = native_binary(vm, Binary::Eq, slots, obj, part, other)?
    {
        return Ok(Obj::from_bool(equal != Obj::TRUE));
    }
    Ok(vm.root(Root::NotImplemented).unwrap_or(Obj::NONE))
}

fn unary(vm: &mut Vm, op: Unary, obj: Obj) -> R {
    let (slots, part) = native_of(vm, obj);
    if let Some(slot) = slots.unary
        && let Some(result) = slot(vm, op, part)?
    {
        return Ok(result);
    }
    if op == Unary::Hash {
        return Err(vm.type_error_for("unhashable type: '", obj, "'"));
    }
    Err(vm.type_error_for("unsupported operation for '", obj, "'"))
}

fn show(vm: &mut Vm, obj: Obj, how: Show) -> R {
    let (slots, part) = native_of(vm, obj);
    let mut out = TextOut::buffer();
    match slots.show {
        Some(slot) => slot(vm, part, &mut out, how)?,
        None => crate::types::object::write_instance(vm, obj, &mut out)?,
    }
    out.into_str(vm)
}

fn getitem(vm: &mut Vm, obj: Obj, index: Obj) -> R {
    let (slots, part) = native_of(vm, obj);
    match slots.getitem {
        Some(slot) => slot(vm, part, index),
        None => Err(vm.unable(obj, Ability::Subscript)),
    }
}

fn store_item(vm: &mut Vm, obj: Obj, index: Obj, value: Option<Obj>) -> R {
    let (slots, part) = native_of(vm, obj);
    match slots.setitem {
        Some(slot) => slot(vm, part, index, value).map(|()| Obj::NONE),
        None => Err(vm.unable(obj, Ability::SetItem)),
    }
}

fn iter(vm: &mut Vm, obj: Obj) -> R {
    let (slots, part) = native_of(vm, obj);
    match slots.iter {
        Some(slot) => slot(vm, part),
        None => Err(vm.unable(obj, Ability::Iterate)),
    }
}

fn next(vm: &mut Vm, obj: Obj) -> R {
    let (slots, part) = native_of(vm, obj);
    let result = match slots.next {
        Some(slot) => slot(vm, part)?,
        None => return Err(vm.unable(obj, Ability::Advance)),
    };
    match result {
        Some(value) => Ok(value),
        None => {
            let value = vm.take_stop_value();
            let args = [value];
            let args = if value == Obj::NONE { &[][..] } else { &args };
            Err(vm.error_args(Exc::StopIteration, args))
        }
    }
}

/// `X.__new__(cls, …)`
fn new(vm: &mut Vm, args: &Args) -> R {
    match vm.as_type(args.pos[0]) {
        Some(class) => crate::types::object::make(vm, class, &args.skip_first()),
        None => Err(vm.type_error("X.__new__(cls): cls is not a type object")),
    }
}

fn call(vm: &mut Vm, args: &Args) -> R {
    let obj = args.pos[0];
    let (slots, part) = native_of(vm, obj);
    match slots.call {
        Some(slot) => slot(vm, part, &args.skip_first()),
        None => Err(vm.unable(obj, Ability::Call)),
    }
}

macro_rules! binary_dunders {
    ($name:expr, $($dunder:ident $op:ident),* $(,)?) => {
        match $name {
            $(q::$dunder => Some((Binary::$op, Native::F2(|vm, a, b| binary(vm, Binary::$op, a, b)))),)*
            _ => None,
        }
    };
}

macro_rules! unary_dunders {
    ($name:expr, $($dunder:ident $op:ident),* $(,)?) => {
        match $name {
            $(q::$dunder => Some((Unary::$op, Native::F1(|vm, a| unary(vm, Unary::$op, a)))),)*
            _ => None,
        }
    };
}

fn binary_native(name: Qstr) -> Option<(Binary, Native)> {
    binary_dunders!(
        name, __lt__ Lt, __gt__ Gt, __eq__ Eq, __le__ Le, __ge__ Ge, __ne__ Ne, __contains__ Contains, __ior__ IOr,
        __ixor__ IXor, __iand__ IAnd, __iadd__ IAdd, __isub__ ISub, __imul__ IMul, __or__ Or, __xor__ Xor,
        __and__ And, __lshift__ Lshift, __rshift__ Rshift, __add__ Add, __sub__ Sub, __mul__ Mul,
        __floordiv__ FloorDiv, __truediv__ Div, __mod__ Mod, __pow__ Pow, __divmod__ DivMod, __ror__ ROr,
        __rxor__ RXor, __rand__ RAnd, __rlshift__ RLshift, __rrshift__ RRshift, __radd__ RAdd, __rsub__ RSub,
        __rmul__ RMul, __rfloordiv__ RFloorDiv, __rtruediv__ RDiv, __rmod__ RMod, __rpow__ RPow, __rdivmod__ RDivMod,
    )
}

fn unary_native(name: Qstr) -> Option<(Unary, Native)> {
    unary_dunders!(
        name, __pos__ Pos, __neg__ Neg, __invert__ Invert, __bool__ Bool, __len__ Len, __hash__ Hash, __abs__ Abs,
        __int__ Int, __float__ Float, __index__ Index, __sizeof__ SizeOf,
    )
}

/// Builtin types that say with `__hash__ = None` that their objects have no hash.
const UNHASHABLE: &[TypeId] = &[
    TypeId::List,
    TypeId::Dict,
    TypeId::Set,
    TypeId::ByteArray,
    TypeId::Deque,
    TypeId::OrderedDict,
    TypeId::DefaultDict,
];

/// Whether objects of a builtin type support a binary operation with something.
fn supports_binary(class: Ref<Type>, op: Binary) -> bool {
    use Binary::*;
    let is = |ids: &[TypeId]| ids.iter().any(|id| class.is(*id));
    let reflected = op.unreflected().is_some();
    match op {
        Eq | Ne => true,
        Lt | Gt | Le | Ge => !is(&[TypeId::Dict, TypeId::Complex, TypeId::Range, TypeId::Slice]),
        Contains => class.slots().iter.is_some() && class.slots().next.is_none(),
        _ => {
            let plain = op.unreflected().unwrap_or(op.plain());
            let inplace = op.is_inplace();
            if is(&[TypeId::Int, TypeId::Bool]) {
                return !inplace && plain != MatMul;
            }
            if is(&[TypeId::Float, TypeId::Complex]) {
                return !inplace && matches!(plain, Add | Sub | Mul | Div | FloorDiv | Mod | Pow | DivMod);
            }
            if is(&[TypeId::Set, TypeId::FrozenSet, TypeId::DictKeys, TypeId::DictItems]) {
                return matches!(plain, Or | And | Xor | Sub) && (!inplace || class.is(TypeId::Set));
            }
            if class.is(TypeId::Dict) {
                return plain == Or;
            }
            if is(&[TypeId::Str, TypeId::Bytes, TypeId::ByteArray]) && plain == Mod {
                return !inplace;
            }
            if is(&[TypeId::List, TypeId::ByteArray, TypeId::Array]) {
                return plain == Mul || plain == Add && !reflected;
            }
            if is(&[TypeId::Str, TypeId::Bytes, TypeId::Tuple]) {
                return !inplace && (plain == Mul || plain == Add && !reflected);
            }
            false
        }
    }
}

fn supports_unary(class: Ref<Type>, op: Unary) -> bool {
    let number = [TypeId::Int, TypeId::Bool, TypeId::Float, TypeId::Complex].iter().any(|id| class.is(*id));
    match op {
        Unary::Pos | Unary::Neg | Unary::Abs | Unary::Bool => number,
        Unary::Int | Unary::Float => number && !class.is(TypeId::Complex),
        Unary::Invert | Unary::Index => class.is(TypeId::Int) || class.is(TypeId::Bool),
        Unary::Len => {
            !number && class.slots().iter.is_some() && class.slots().next.is_none() && class.slots().unary.is_some()
        }
        Unary::Hash => class.slots().unary.is_some(),
        _ => false,
    }
}

impl Vm {
    /// The dunder method of a builtin type that stands for a slot; `None` if the type has no such slot.
    pub(crate) fn builtin_dunder(&mut self, class: Ref<Type>, name: Qstr) -> R<Option<Obj>> {
        if name == q::__new__ && class.slots().new.is_some() && !class.is(TypeId::Object) {
            let function = self.new_native(name, Native::Kw(1, 255, new))?;
            let method = self.new_staticmethod(function)?;
            self.type_dict(class)?.set_name(self, name, method)?;
            return Ok(Some(method));
        }
        if bits_of(name) == [0, 0] || class.is(TypeId::Object) || class.is(TypeId::Type) {
            return Ok(None);
        }
        if name == q::__hash__ && UNHASHABLE.iter().any(|id| class.is(*id)) {
            self.type_dict(class)?.set_name(self, name, Obj::NONE)?;
            return Ok(Some(Obj::NONE));
        }
        let slots = class.slots();
        let native = match name {
            q::__getitem__ => slots.getitem.map(|_| Native::F2(getitem)),
            q::__setitem__ => slots.setitem.map(|_| Native::F3(|vm, a, b, c| store_item(vm, a, b, Some(c)))),
            q::__delitem__ => slots.setitem.map(|_| Native::F2(|vm, a, b| store_item(vm, a, b, None))),
            q::__iter__ => slots.iter.map(|_| Native::F1(iter)),
            q::__next__ => slots.next.map(|_| Native::F1(next)),
            q::__call__ => slots.call.map(|_| Native::Kw(1, 255, call)),
            q::__repr__ => slots.show.map(|_| Native::F1(|vm, a| show(vm, a, Show::Repr))),
            // The text of most types is that of `object.__str__`, which asks for the `repr`.
            q::__str__ if !class.is(TypeId::Str) && !class.has(flag::EXCEPTION) => None,
            q::__str__ => slots.show.map(|_| Native::F1(|vm, a| show(vm, a, Show::Str))),
            _ => match (binary_native(name), unary_native(name)) {
                (Some((op, native)), _) if slots.binary.is_some() => supports_binary(class, op).then_some(native),
                (_, Some((op, native))) if slots.unary.is_some() => supports_unary(class, op).then_some(native),
                _ => None,
            },
        };
        let Some(native) = native else {
            return Ok(None);
        };
        let function = self.new_native(name, native)?;
        self.mark_method(function);
        self.type_dict(class)?.set_name(self, name, function)?;
        Ok(Some(function))
    }
}
