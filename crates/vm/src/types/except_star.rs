//! What an `except*` statement keeps while its handlers run: which part of the exception is left, and what the handlers raised.

use heap::Obj;

use crate::{
    handle::Ref,
    layout::{
        exception::StarState,
        seq::{List, Tuple},
    },
    native::{Def, Native, Slots, TypeDef},
    qstr::q,
    types::{exception::Exc, object::identity_unary},
    value::R,
    vm::Vm,
};

/// The state; programs see it only if they look for hidden names.
pub static EXCEPT_STAR: TypeDef = TypeDef {
    slots: Slots { unary: Some(identity_unary), ..Slots::NONE },
    members: &[("match", Def::Fn(Native::F2(match_part))), ("finish", Def::Fn(Native::F1(finish)))],
    ..TypeDef::named("except_star")
};

/// `__except_star__(exception)`
pub(crate) fn begin(vm: &mut Vm, exception: Obj) -> R {
    vm.expect_exception(exception)?;
    vm.new_star_state(exception)
}

/// `__except_star_add__((state, exception))`: a handler raised.
pub(crate) fn add(vm: &mut Vm, pair: Obj) -> R {
    let pair = vm.exact::<Tuple>(pair).map(|pair| (pair.get(0), pair.get(1)));
    let Some((Some(state), Some(raised))) = pair else {
        return Err(vm.type_error("expected a pair"));
    };
    let state = expect(vm, state)?;
    let parts = state.parts();
    if raised == parts.original {
        // A bare `raise`: the handler's group goes on as part of the original.
        if let Some(part) = parts.current {
            parts.again.push(vm, part)?;
        }
    } else {
        // A handler handles its part, not the whole that the machine knows of.
        if let (Some(exception), Some(part)) = (vm.as_exception(raised), parts.current)
            && exception.context() == Some(parts.original)
        {
            let outer = vm.as_exception(parts.original).and_then(|original| original.context());
            exception.set_context(if raised == part { outer } else { Some(part) });
        }
        parts.raised.push(vm, raised)?;
    }
    Ok(Obj::NONE)
}

fn expect(vm: &mut Vm, obj: Obj) -> R<Ref<StarState>> {
    match vm.exact::<StarState>(obj) {
        Some(state) => Ok(state),
        None => Err(vm.type_error_for("expected an except_star, got '", obj, "'")),
    }
}

/// `state.match(type)`
fn match_part(vm: &mut Vm, obj: Obj, class: Obj) -> R {
    let state = expect(vm, obj)?;
    refuse_groups(vm, class)?;
    let Some(rest) = state.parts().rest else {
        return Ok(Obj::NONE);
    };
    let (part, rest) = vm.split_exception_by_type(rest, class)?;
    state.set_rest(rest);
    let Some(part) = part else {
        return Ok(Obj::NONE);
    };
    let part = match vm.group_exceptions(part) {
        Some(_) => part,
        None => group_of(vm, &[part])?,
    };
    state.set_current(Some(part));
    Ok(part)
}

/// Groups must not be caught as such by `except*`.
fn refuse_groups(vm: &mut Vm, class: Obj) -> R<()> {
    vm.check_native_stack()?;
    if let Some(class) = vm.as_type(class) {
        if vm.is_subclass(class, vm.exc_type(Exc::BaseExceptionGroup)) {
            return Err(vm.type_error("catching ExceptionGroup with except* is not allowed. Use except instead."));
        }
        return Ok(());
    }
    if vm.cast::<Tuple>(class).is_some() {
        let mut i = 0;
        while let Some(item) = vm.seq_items(class).and_then(|items| items.get(i).copied()) {
            refuse_groups(vm, item)?;
            i += 1;
        }
    }
    Ok(())
}

/// A group without a message.
fn group_of(vm: &mut Vm, exceptions: &[Obj]) -> R {
    let tuple = vm.new_tuple(exceptions)?;
    let class = vm.exc_type(Exc::BaseExceptionGroup);
    vm.instantiate(class, &crate::native::Args::positional(&[q::empty.obj(), tuple]))
}

/// `state.finish()`: what is to be raised in the end, or None.
fn finish(vm: &mut Vm, obj: Obj) -> R {
    let parts = expect(vm, obj)?.parts();
    if vm.group_exceptions(parts.original).is_none() {
        // A single exception: at most one handler ran.
        let raised = parts.raised.get(0).or(parts.again.get(0));
        return Ok(raised.or(parts.rest).unwrap_or(Obj::NONE));
    }
    if let Some(rest) = parts.rest {
        parts.again.push(vm, rest)?;
    }
    let leaves = vm.new_list(&[])?;
    for i in 0..parts.again.len() {
        if let Some(part) = parts.again.get(i) {
            collect_leaves(vm, part, leaves)?;
        }
    }
    let left = match leaves.is_empty() {
        true => None,
        false => vm.project_exception(parts.original, leaves)?,
    };
    if parts.raised.is_empty() {
        return Ok(left.unwrap_or(Obj::NONE));
    }
    if let Some(left) = left {
        parts.raised.push(vm, left)?;
    }
    if let (1, Some(only)) = (parts.raised.len(), parts.raised.get(0)) {
        return Ok(only);
    }
    let class = vm.exc_type(Exc::BaseExceptionGroup);
    let args = [q::empty.obj(), parts.raised.obj()];
    vm.instantiate(class, &crate::native::Args::positional(&args))
}

fn collect_leaves(vm: &mut Vm, exc: Obj, leaves: Ref<List>) -> R<()> {
    vm.check_native_stack()?;
    let Some(exceptions) = vm.group_exceptions(exc) else {
        return leaves.push(vm, exc);
    };
    for i in 0..exceptions.len() {
        if let Some(item) = exceptions.get(i) {
            collect_leaves(vm, item, leaves)?;
        }
    }
    Ok(())
}
