//! `Template` and `Interpolation` of `string.templatelib`.

use heap::Obj;

use crate::{
    handle::Ref,
    layout::{
        seq::List,
        template::{Interpolation, Template},
        typ::Type,
    },
    native::{Args, Binary, Def, Show, Slots, TypeDef},
    qstr::q,
    text_out::TextOut,
    types::object::identity_unary,
    value::R,
    vm::Vm,
};

/// `Template`
pub static TEMPLATE: TypeDef = TypeDef {
    slots: Slots {
        new: Some(new_template),
        show: Some(show_template),
        unary: Some(identity_unary),
        binary: Some(binary),
        iter: Some(iter),
        ..Slots::NONE
    },
    members: &[
        ("strings", Def::Get(|vm, obj| Ok(expect(vm, obj)?.parts().0))),
        ("interpolations", Def::Get(|vm, obj| Ok(expect(vm, obj)?.parts().1))),
        ("values", Def::Get(values)),
    ],
    ..TypeDef::named("Template")
};

/// `Interpolation`
pub static INTERPOLATION: TypeDef = TypeDef {
    slots: Slots {
        new: Some(new_interpolation),
        show: Some(show_interpolation),
        unary: Some(identity_unary),
        ..Slots::NONE
    },
    members: &[
        ("value", Def::Get(|vm, obj| part(vm, obj, 0))),
        ("expression", Def::Get(|vm, obj| part(vm, obj, 1))),
        ("conversion", Def::Get(|vm, obj| part(vm, obj, 2))),
        ("format_spec", Def::Get(|vm, obj| part(vm, obj, 3))),
    ],
    ..TypeDef::named("Interpolation")
};

fn expect(vm: &mut Vm, obj: Obj) -> R<Ref<Template>> {
    match vm.cast::<Template>(obj) {
        Some(template) => Ok(template),
        None => Err(vm.type_error_for("expected a Template, got '", obj, "'")),
    }
}

fn part(vm: &mut Vm, obj: Obj, index: usize) -> R {
    match vm.cast::<Interpolation>(obj) {
        Some(interpolation) => Ok(interpolation.parts()[index]),
        None => Err(vm.type_error_for("expected an Interpolation, got '", obj, "'")),
    }
}

fn item(vm: &Vm, tuple: Obj, index: usize) -> Option<Obj> {
    vm.seq_items(tuple)?.get(index).copied()
}

fn tuple_of(vm: &mut Vm, list: Ref<List>) -> R {
    let tuple = vm.new_tuple_of_nones(list.len())?;
    for i in 0..list.len() {
        tuple.init(i, list.get(i).unwrap_or(Obj::NONE));
    }
    Ok(tuple.obj())
}

/// `__make_template__(strings, interpolations)`, both tuples; each interpolation is a tuple of its parts.
pub(crate) fn make(vm: &mut Vm, strings: Obj, interpolations: Obj) -> R {
    let made = vm.new_list(&[])?;
    let mut i = 0;
    while let Some(parts) = item(vm, interpolations, i) {
        i += 1;
        let parts = interpolation_of(vm, parts)?;
        made.push(vm, parts)?;
    }
    let made = tuple_of(vm, made)?;
    vm.new_template(strings, made)
}

/// `__template__(strings, value, expression, conversion, format_spec, …)`: what official code calls.
pub(crate) fn make_flat(vm: &mut Vm, args: &[Obj]) -> R {
    let made = vm.new_list(&[])?;
    // All parts may come in one tuple.
    let parts = match *args {
        [_, parts] => match vm.seq_items(parts).map(<[Obj]>::len) {
            Some(len) => vm.new_list_from(parts, 0, 1, len)?,
            None => return Err(vm.type_error_for("object '", parts, "' isn't a tuple or list")),
        },
        _ => vm.new_list(&args[1..])?,
    };
    let part = |i: usize| parts.get(i).unwrap_or(Obj::NONE);
    for at in (0..parts.len() / 4 * 4).step_by(4) {
        let interpolation = vm.new_interpolation([part(at), part(at + 1), part(at + 2), part(at + 3)])?;
        made.push(vm, interpolation)?;
    }
    let made = tuple_of(vm, made)?;
    vm.new_template(args[0], made)
}

fn interpolation_of(vm: &mut Vm, parts: Obj) -> R {
    let at = |vm: &Vm, i| item(vm, parts, i).unwrap_or(Obj::NONE);
    let spec = match at(vm, 3) {
        Obj::NONE => q::empty.obj(),
        spec => spec,
    };
    let parts = [at(vm, 0), at(vm, 1), at(vm, 2), spec];
    vm.new_interpolation(parts)
}

fn new_template(vm: &mut Vm, _class: Ref<Type>, args: &Args) -> R {
    if !args.kw.is_empty() {
        return Err(vm.type_error("function doesn't take keyword arguments"));
    }
    from_pieces(vm, args.pos)
}

/// Joins neighbouring strings and puts empty ones between neighbouring interpolations.
fn from_pieces(vm: &mut Vm, pieces: &[Obj]) -> R {
    let (strings, interpolations) = (vm.new_list(&[])?, vm.new_list(&[])?);
    let mut text = q::empty.obj();
    for piece in pieces {
        if vm.is_str(*piece) {
            text = vm.binary(Binary::Add, text, *piece)?;
        } else if vm.cast::<Interpolation>(*piece).is_some() {
            strings.push(vm, text)?;
            text = q::empty.obj();
            interpolations.push(vm, *piece)?;
        } else {
            return Err(vm.type_error("expected str or Interpolation"));
        }
    }
    strings.push(vm, text)?;
    let (strings, interpolations) = (tuple_of(vm, strings)?, tuple_of(vm, interpolations)?);
    vm.new_template(strings, interpolations)
}

fn new_interpolation(vm: &mut Vm, _class: Ref<Type>, args: &Args) -> R {
    let names = [q::value, q::expression, q::conversion, q::format_spec];
    let [value, expression, conversion, spec] = vm.bind(args, names, 1)?;
    let empty = q::empty.obj();
    let spec = spec.filter(|spec| *spec != Obj::NONE).unwrap_or(empty);
    let expression = expression.unwrap_or(empty);
    let conversion = conversion.unwrap_or(Obj::NONE);
    if !vm.is_str(expression) || !vm.is_str(spec) {
        return Err(vm.type_error("Interpolation() arguments must be str"));
    }
    if conversion != Obj::NONE {
        let known = vm.str_bytes(conversion).is_some_and(|c| matches!(c, b"r" | b"s" | b"a"));
        if !known {
            return Err(vm.value_error("Interpolation() argument 'conversion' must be one of 's', 'a' or 'r'"));
        }
    }
    vm.new_interpolation([value.unwrap_or(Obj::NONE), expression, conversion, spec])
}

fn values(vm: &mut Vm, obj: Obj) -> R {
    let (_, interpolations) = expect(vm, obj)?.parts();
    let list = vm.new_list(&[])?;
    let mut i = 0;
    while let Some(interpolation) = item(vm, interpolations, i) {
        let value = part(vm, interpolation, 0)?;
        list.push(vm, value)?;
        i += 1;
    }
    tuple_of(vm, list)
}

fn show_template(vm: &mut Vm, obj: Obj, out: &mut TextOut, _how: Show) -> R<()> {
    let (strings, interpolations) = expect(vm, obj)?.parts();
    out.write_str(vm, "Template(strings=")?;
    vm.show(strings, out, Show::Repr)?;
    out.write_str(vm, ", interpolations=")?;
    vm.show(interpolations, out, Show::Repr)?;
    out.write_str(vm, ")")
}

fn show_interpolation(vm: &mut Vm, obj: Obj, out: &mut TextOut, _how: Show) -> R<()> {
    out.write_str(vm, "Interpolation(")?;
    for i in 0..4 {
        if i > 0 {
            out.write_str(vm, ", ")?;
        }
        let part = part(vm, obj, i)?;
        vm.show(part, out, Show::Repr)?;
    }
    out.write_str(vm, ")")
}

/// The parts in order, without empty strings.
fn pieces(vm: &mut Vm, template: Ref<Template>) -> R<Ref<List>> {
    let (strings, interpolations) = template.parts();
    let list = vm.new_list(&[])?;
    let mut i = 0;
    while let Some(text) = item(vm, strings, i) {
        if vm.str_bytes(text).is_none_or(|text| !text.is_empty()) {
            list.push(vm, text)?;
        }
        if let Some(interpolation) = item(vm, interpolations, i) {
            list.push(vm, interpolation)?;
        }
        i += 1;
    }
    Ok(list)
}

fn iter(vm: &mut Vm, obj: Obj) -> R {
    let template = expect(vm, obj)?;
    let list = pieces(vm, template)?;
    vm.iter(list.obj())
}

fn binary(vm: &mut Vm, op: Binary, obj: Obj, other: Obj) -> R<Option<Obj>> {
    if op != Binary::Add {
        return Ok(None);
    }
    let (Some(left), Some(right)) = (vm.cast::<Template>(obj), vm.cast::<Template>(other)) else {
        return Ok(None);
    };
    let list = pieces(vm, left)?;
    let rest = pieces(vm, right)?;
    for i in 0..rest.len() {
        if let Some(piece) = rest.get(i) {
            list.push(vm, piece)?;
        }
    }
    // The list keeps the pieces alive while they are put together.
    let row = alloc::vec::Vec::from(list.items(vm));
    from_pieces(vm, &row).map(Some)
}
