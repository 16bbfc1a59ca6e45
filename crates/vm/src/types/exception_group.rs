//! Exception groups: `BaseExceptionGroup` and `ExceptionGroup`.

use heap::Obj;

use crate::{
    handle::Ref,
    layout::{
        exception::Exception,
        seq::{List, Tuple},
        typ::Type,
    },
    native::{Args, Def, Member, Native, Show},
    qstr::q,
    text_out::TextOut,
    types::exception::Exc,
    value::R,
    vm::Vm,
};

pub(crate) const MEMBERS: &[Member] = &[
    ("message", Def::Get(message)),
    ("exceptions", Def::Get(exceptions)),
    ("derive", Def::Fn(Native::F2(derive))),
    ("split", Def::Fn(Native::F2(split))),
    ("subgroup", Def::Fn(Native::F2(subgroup))),
    ("__class_getitem__", Def::Class(Native::F2(|_, class, _| Ok(class)))),
];

/// `ExceptionGroup(message, exceptions)`
pub(crate) fn new(vm: &mut Vm, class: Ref<Type>, args: &Args) -> R {
    let [message, sequence] = *args.pos else {
        let count = args.pos.len();
        let message = format_args!("BaseExceptionGroup.__new__() takes exactly 2 arguments ({count} given)");
        return Err(vm.error(Exc::TypeError, message));
    };
    if !vm.is_str(message) {
        return Err(vm.type_error_for("BaseExceptionGroup.__new__() argument 1 must be str, not ", message, ""));
    }
    if vm.seq_items(sequence).is_none() {
        return Err(vm.type_error("second argument (exceptions) must be a sequence"));
    }
    let (exception, group) = (vm.exc_type(Exc::Exception), vm.exc_type(Exc::ExceptionGroup));
    let mut plain = true;
    let mut i = 0;
    while let Some(item) = item_at(vm, sequence, i) {
        i += 1;
        if vm.as_exception(item).is_none() {
            return Err(vm.error(
                Exc::ValueError,
                format_args!("Item {} of second argument (exceptions) is not an exception", i - 1),
            ));
        }
        plain &= vm.is_instance_of(item, exception);
    }
    if i == 0 {
        return Err(vm.value_error("second argument (exceptions) must be a non-empty sequence"));
    }
    let mut class = class;
    if class == vm.exc_type(Exc::BaseExceptionGroup) && plain {
        class = group;
    }
    if !plain && vm.is_subclass(class, exception) {
        return Err(vm.type_error(if class == group {
            "Cannot nest BaseExceptions in an ExceptionGroup"
        } else {
            "Cannot nest BaseExceptions in this exception group"
        }));
    }
    let obj = vm.new_exception(class, args.pos)?;
    let tuple = vm.new_tuple_of_nones(i)?;
    for at in 0..i {
        tuple.init(at, item_at(vm, sequence, at).unwrap_or(Obj::NONE));
    }
    let attributes = vm.expect_exception(obj)?.attributes_or_new(vm)?;
    attributes.set_name(vm, q::exceptions, tuple.obj())?;
    Ok(obj)
}

/// `str(group)`
pub(crate) fn show(vm: &mut Vm, group: Ref<Exception>, out: &mut TextOut) -> R<()> {
    let message = group.arg(vm, 0).unwrap_or(Obj::NONE);
    vm.show(message, out, Show::Str)?;
    let n = vm.group_exceptions(group.obj()).map_or(0, |tuple| tuple.len());
    let s = if n == 1 { "" } else { "s" };
    out.write_fmt(vm, format_args!(" ({n} sub-exception{s})"))
}

fn item_at(vm: &Vm, sequence: Obj, index: usize) -> Option<Obj> {
    vm.seq_items(sequence)?.get(index).copied()
}

impl Vm {
    /// The exceptions of a group; `None` for other objects.
    pub fn group_exceptions(&self, obj: Obj) -> Option<Ref<Tuple>> {
        if !self.is_instance_of(obj, self.exc_type(Exc::BaseExceptionGroup)) {
            return None;
        }
        let attributes = self.as_exception(obj)?.attributes()?;
        self.exact(attributes.get_name(self, q::exceptions)?)
    }

    /// Splits a group (or a lone exception) by a condition: what matches and what does not, `None` if there is nothing.
    pub fn split_exception(&mut self, exc: Obj, condition: Obj) -> R<(Option<Obj>, Option<Obj>)> {
        self.check_native_stack()?;
        if self.matches(exc, condition)? {
            return Ok((Some(exc), None));
        }
        let Some(exceptions) = self.group_exceptions(exc) else {
            return Ok((None, Some(exc)));
        };
        let (matching, rest) = (self.new_list(&[])?, self.new_list(&[])?);
        for i in 0..exceptions.len() {
            let Some(item) = exceptions.get(i) else { break };
            let (yes, no) = self.split_exception(item, condition)?;
            if let Some(yes) = yes {
                matching.push(self, yes)?;
            }
            if let Some(no) = no {
                rest.push(self, no)?;
            }
        }
        Ok((self.derived(exc, matching)?, self.derived(exc, rest)?))
    }

    /// As [`Vm::split_exception`] for a class or tuple of classes, without asking the exception itself whether it is one: for `except*`.
    pub(crate) fn split_exception_by_type(&mut self, exc: Obj, class: Obj) -> R<(Option<Obj>, Option<Obj>)> {
        // Raises TypeError if the class is none, also when there is nothing to split.
        self.exception_match(exc, class)?;
        self.split_exception(exc, class)
    }

    /// The part of an exception whose leaves stand in a list.
    pub(crate) fn project_exception(&mut self, exc: Obj, leaves: Ref<List>) -> R<Option<Obj>> {
        self.check_native_stack()?;
        let Some(exceptions) = self.group_exceptions(exc) else {
            return Ok(leaves.items(self).contains(&exc).then_some(exc));
        };
        let kept = self.new_list(&[])?;
        for i in 0..exceptions.len() {
            let Some(item) = exceptions.get(i) else { break };
            if let Some(part) = self.project_exception(item, leaves)? {
                kept.push(self, part)?;
            }
        }
        if kept.items(self) == exceptions.items(self) {
            return Ok(Some(exc));
        }
        self.derived(exc, kept)
    }

    fn matches(&mut self, exc: Obj, condition: Obj) -> R<bool> {
        if self.as_type(condition).is_some() || self.cast::<Tuple>(condition).is_some() {
            return self.exception_match(exc, condition);
        }
        let result = self.call(condition, &[exc])?;
        self.is_true(result)
    }

    /// A group like another one, of these exceptions.
    fn derived(&mut self, group: Obj, exceptions: Ref<List>) -> R<Option<Obj>> {
        if exceptions.is_empty() {
            return Ok(None);
        }
        let derive = crate::qstr::q::derive;
        let made = self.call_method(group, derive, &[exceptions.obj()])?;
        let (Some(from), Some(to)) = (self.as_exception(group), self.as_exception(made)) else {
            return Err(self.type_error("derive must return an instance of BaseExceptionGroup"));
        };
        to.take_trace_of(self, from);
        if from.cause().is_some() {
            to.set_cause(from.cause());
        }
        to.set_context(from.context());
        to.set_suppress_context(from.suppresses_context());
        if let Some(notes) = from.attributes().and_then(|dict| dict.get_name(self, q::__notes__)) {
            to.attributes_or_new(self)?.set_name(self, q::__notes__, notes)?;
        }
        Ok(Some(made))
    }
}

fn message(vm: &mut Vm, obj: Obj) -> R {
    let exception = vm.expect_exception(obj)?;
    Ok(exception.arg(vm, 0).unwrap_or(Obj::NONE))
}

fn exceptions(vm: &mut Vm, obj: Obj) -> R {
    match vm.group_exceptions(obj) {
        Some(tuple) => Ok(tuple.obj()),
        None => vm.new_tuple(&[]),
    }
}

fn derive(vm: &mut Vm, obj: Obj, exceptions: Obj) -> R {
    let message = message(vm, obj)?;
    let class = vm.exc_type(Exc::BaseExceptionGroup);
    new(vm, class, &Args::positional(&[message, exceptions]))
}

fn split(vm: &mut Vm, obj: Obj, condition: Obj) -> R {
    let (yes, no) = vm.split_exception(obj, condition)?;
    vm.new_tuple(&[yes.unwrap_or(Obj::NONE), no.unwrap_or(Obj::NONE)])
}

fn subgroup(vm: &mut Vm, obj: Obj, condition: Obj) -> R {
    Ok(vm.split_exception(obj, condition)?.0.unwrap_or(Obj::NONE))
}
