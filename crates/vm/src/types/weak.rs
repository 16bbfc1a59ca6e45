//! `weakref.ref` and `weakref.finalize`.
//!
//! Any object of the heap can be referred to, as in official MicroPython; CPython is stricter. Callbacks run at safe points
//! only. There is no `atexit`: what is alive when the program ends is not finalized.

use heap::Obj;

use crate::{
    handle::Ref,
    layout::{
        seq::Tuple,
        typ::Type,
        weak::{Finalizer, WeakRef},
    },
    native::{Args, Binary, Def, Native, Show, Slots, TypeDef, Unary},
    text_out::TextOut,
    types::{object::identity_unary, print_exception::TracebackForm},
    value::R,
    vm::{Root, Vm},
};

/// `weakref.ref`
pub static REF: TypeDef = TypeDef {
    slots: Slots {
        new: Some(new_ref),
        show: Some(|vm, _, out, how| show(vm, out, "<ref>", how)),
        unary: Some(ref_unary),
        binary: Some(ref_binary),
        call: Some(call_ref),
        ..Slots::NONE
    },
    members: &[("__callback__", Def::Get(callback))],
    ..TypeDef::named("ref")
};

/// `weakref.finalize`
pub static FINALIZE: TypeDef = TypeDef {
    slots: Slots {
        new: Some(new_finalize),
        show: Some(|vm, _, out, how| show(vm, out, "<finalize>", how)),
        unary: Some(identity_unary),
        call: Some(call_finalize),
        ..Slots::NONE
    },
    members: &[
        ("alive", Def::Get(alive)),
        ("detach", Def::Fn(Native::F1(detach))),
        ("peek", Def::Fn(Native::F1(peek))),
    ],
    ..TypeDef::named("finalize")
};

fn show(vm: &mut Vm, out: &mut TextOut, text: &str, _how: Show) -> R<()> {
    out.write_str(vm, text)
}

fn get_ref(vm: &mut Vm, obj: Obj) -> R<Ref<WeakRef>> {
    match vm.exact(obj) {
        Some(weak) => Ok(weak),
        None => Err(vm.type_error_for("descriptor requires a 'weakref.ref' object but received a '", obj, "'")),
    }
}

fn get_finalizer(vm: &mut Vm, obj: Obj) -> R<Ref<Finalizer>> {
    match vm.exact(obj) {
        Some(finalizer) => Ok(finalizer),
        None => Err(vm.type_error_for("descriptor requires a 'weakref.finalize' object but received a '", obj, "'")),
    }
}

/// The place of an object that can be referred to. The machine's own single objects cannot: they never die.
fn referent(vm: &mut Vm, obj: Obj) -> R<core::ptr::NonNull<u8>> {
    let own = [Root::Ellipsis, Root::NotImplemented, Root::EmptyTuple];
    match obj.as_ptr() {
        Some(place) if !own.iter().any(|root| vm.root(*root) == Some(obj)) => Ok(place),
        _ => Err(vm.type_error("not a heap object")),
    }
}

fn new_ref(vm: &mut Vm, _class: Ref<Type>, args: &Args) -> R {
    if args.n_kw() > 0 {
        return Err(vm.type_error("ref() takes no keyword arguments"));
    }
    let (obj, callback) = match *args.pos {
        [obj] => (obj, Obj::NONE),
        [obj, callback] => (obj, callback),
        _ => return Err(vm.type_error("ref() takes 1 or 2 positional arguments")),
    };
    let target = referent(vm, obj)?;
    vm.new_weak_ref(target, callback)
}

fn call_ref(vm: &mut Vm, obj: Obj, args: &Args) -> R {
    no_arguments(vm, args)?;
    Ok(get_ref(vm, obj)?.target().unwrap_or(Obj::NONE))
}

fn no_arguments(vm: &mut Vm, args: &Args) -> R<()> {
    if args.pos.is_empty() && args.kw.is_empty() {
        return Ok(());
    }
    Err(vm.type_error("function takes 0 arguments"))
}

/// `ref.__callback__`
fn callback(vm: &mut Vm, obj: Obj) -> R {
    let weak = get_ref(vm, obj)?;
    Ok(if weak.target().is_some() { weak.callback() } else { Obj::NONE })
}

/// The hash is that of the referent, and stays when that has died.
fn ref_unary(vm: &mut Vm, op: Unary, obj: Obj) -> R<Option<Obj>> {
    if op != Unary::Hash {
        return Ok(None);
    }
    let weak = get_ref(vm, obj)?;
    if weak.hash().is_none() {
        let Some(target) = weak.target() else {
            return Err(vm.type_error("weak object has gone away"));
        };
        let hash = vm.hash(target)?;
        weak.set_hash(Obj::small_int_unchecked((hash as isize) << 3 >> 3));
    }
    Ok(weak.hash())
}

/// References to live objects are equal if these are, others only to themselves.
fn ref_binary(vm: &mut Vm, op: Binary, obj: Obj, other: Obj) -> R<Option<Obj>> {
    let (Binary::Eq, Some(a), Some(b)) = (op, vm.exact::<WeakRef>(obj), vm.exact::<WeakRef>(other)) else {
        return Ok(None);
    };
    let equal = match (a.target(), b.target()) {
        (Some(a), Some(b)) => vm.equal(a, b)?,
        _ => obj == other,
    };
    Ok(Some(Obj::from_bool(equal)))
}

fn new_finalize(vm: &mut Vm, _class: Ref<Type>, args: &Args) -> R {
    let [obj, function, positional @ ..] = args.pos else {
        return Err(vm.type_error("finalize() needs an object and a function"));
    };
    let target = referent(vm, *obj)?;
    let positional = vm.new_tuple(positional)?;
    let keywords = vm.new_tuple(args.kw)?;
    vm.new_finalizer(target, *function, [positional, keywords])
}

fn alive(vm: &mut Vm, obj: Obj) -> R {
    Ok(Obj::from_bool(get_finalizer(vm, obj)?.target().is_some()))
}

/// `finalize.peek()`: the object, the function and its arguments.
fn peek(vm: &mut Vm, obj: Obj) -> R {
    let finalizer = get_finalizer(vm, obj)?;
    let Some(target) = finalizer.target() else {
        return Ok(Obj::NONE);
    };
    let (function, [positional, pairs]) = finalizer.parts();
    let keywords = vm.new_dict(0)?;
    if let Some(pairs) = vm.exact::<Tuple>(pairs) {
        let mut i = 0;
        while let (Some(name), Some(value)) = (pairs.get(i), pairs.get(i + 1)) {
            keywords.set(vm, name, value)?;
            i += 2;
        }
    }
    vm.new_tuple(&[target, function, positional, keywords.obj()])
}

fn detach(vm: &mut Vm, obj: Obj) -> R {
    let parts = peek(vm, obj)?;
    get_finalizer(vm, obj)?.clear();
    Ok(parts)
}

fn call_finalize(vm: &mut Vm, obj: Obj, args: &Args) -> R {
    no_arguments(vm, args)?;
    let finalizer = get_finalizer(vm, obj)?;
    if finalizer.target().is_none() {
        return Ok(Obj::NONE);
    }
    finalizer.clear();
    vm.call_finalizer(finalizer)
}

impl Vm {
    fn call_finalizer(&mut self, finalizer: Ref<Finalizer>) -> R {
        let (function, [positional, keywords]) = finalizer.parts();
        match (self.exact::<Tuple>(positional), self.exact::<Tuple>(keywords)) {
            (Some(positional), Some(keywords)) => self.call_tuples(function, positional, keywords),
            _ => Ok(Obj::NONE),
        }
    }

    /// Makes the calls for what weak references referred to and the collector found dead. Only at safe points. One that comes
    /// up during another waits for its end.
    #[inline]
    pub(crate) fn run_weak_calls(&mut self) {
        if self.weak_calls_wait() && self.heap_locks() == 0 {
            self.run_weak_calls_now();
        }
    }

    #[cold]
    fn run_weak_calls_now(&mut self) {
        self.set_weak_calls_running(true);
        while let Some(obj) = self.take_waiting_weak() {
            let under_way = self.root(Root::Exception);
            let result = if let Some(finalizer) = self.exact::<Finalizer>(obj) {
                self.call_finalizer(finalizer)
            } else if let Some(weak) = self.exact::<WeakRef>(obj) {
                self.call(weak.callback(), &[obj])
            } else {
                Ok(Obj::NONE)
            };
            if result.is_err() {
                self.report_unraised(b"Unhandled exception in weakref callback:\n");
            }
            self.set_root(Root::Exception, under_way);
        }
        self.set_weak_calls_running(false);
    }

    /// Prints the exception under way to standard error, after a line that says where it comes from, and forgets it.
    pub(crate) fn report_unraised(&mut self, head: &[u8]) {
        let exception = self.take_exception();
        let mut out = TextOut::buffer();
        if self.print_exception(exception, &mut out, TracebackForm::Official).is_err() {
            self.take_exception();
        }
        let text = alloc::vec::Vec::from(out.bytes(self));
        self.write_stderr(head);
        self.write_stderr(&text);
    }
}
