//! `type`: calling classes, attributes of classes, instance and subclass checks.

use heap::{Marker, Obj};

use crate::{
    handle::Ref,
    layout::{
        dict::Dict,
        seq::List,
        typ::{Type, flag},
    },
    native::{Args, Def, Native, Show, Slots, TypeDef, Unary},
    qstr::q,
    table::TypeId,
    text_out::TextOut,
    types::{
        class_slots::slots_of,
        exception::Exc,
        generic_alias,
        object::identity_hash,
        special::{Special, bits_of},
        type_param, union_type,
    },
    value::{R, Raised},
    vm::Vm,
};

/// `type`
pub static TYPE: TypeDef = TypeDef {
    subclassable: true,
    slots: Slots {
        new: Some(new),
        show: Some(show),
        unary: Some(unary),
        binary: Some(type_param::or),
        call: Some(call),
        getitem: Some(getitem),
        ..Slots::NONE
    },
    members: &[
        ("__name__", Def::GetSet(get_name, set_name)),
        ("__qualname__", Def::GetSet(get_qualname, set_qualname)),
        ("__module__", Def::GetSet(get_module, set_module)),
        ("__doc__", Def::GetSet(get_doc, set_doc)),
        ("__bases__", Def::GetSet(get_bases, set_bases)),
        ("__base__", Def::Get(get_base)),
        ("__mro__", Def::Get(get_mro)),
        ("__dict__", Def::Get(get_dict)),
        ("__annotations__", Def::GetSet(get_annotations, set_annotations)),
        ("mro", Def::Fn(Native::F1(mro))),
        ("__subclasses__", Def::Fn(Native::F1(subclasses))),
        ("__instancecheck__", Def::Fn(Native::F2(instance_check))),
        ("__subclasscheck__", Def::Fn(Native::F2(subclass_check))),
        ("__prepare__", Def::Class(Native::Kw(1, 255, prepare))),
        ("__call__", Def::Fn(Native::Kw(1, 255, call_method))),
    ],
    ..TypeDef::named("type")
};

/// `shape`
pub static SHAPE: TypeDef = TypeDef::named("shape");

/// Between mark and sweep: finalizers and weak references. True if it marked something.
pub(crate) fn after_mark(state: core::ptr::NonNull<crate::vm::State>, marker: &mut Marker) -> bool {
    crate::layout::class_state::after_mark(state, marker)
}

fn show(vm: &mut Vm, obj: Obj, out: &mut TextOut, _how: Show) -> R<()> {
    let Some(class) = vm.as_type(obj) else {
        return Ok(());
    };
    out.write_str(vm, "<class '")?;
    vm.write_qstr(out, class.name())?;
    out.write_str(vm, "'>")
}

fn unary(_vm: &mut Vm, op: Unary, obj: Obj) -> R<Option<Obj>> {
    Ok((op == Unary::Hash).then(|| identity_hash(obj)))
}

/// `Class[parameters]`
fn getitem(vm: &mut Vm, obj: Obj, index: Obj) -> R {
    let Some(class) = vm.as_type(obj) else {
        return Ok(obj);
    };
    if class.has_special(Special::ClassGetItem)
        && let Some((value, definer)) = vm.class_lookup(class, q::__class_getitem__)?
    {
        let (function, receiver) = vm.bind_for(value, definer, None, class)?;
        return vm.call_with_receiver(function, receiver, &[index]);
    }
    const GENERIC: &[TypeId] = &[
        TypeId::List,
        TypeId::Tuple,
        TypeId::Dict,
        TypeId::Set,
        TypeId::FrozenSet,
        TypeId::Type,
        TypeId::Deque,
        TypeId::DefaultDict,
        TypeId::OrderedDict,
        TypeId::Enumerate,
        TypeId::Property,
        TypeId::Generator,
        TypeId::Pattern,
        TypeId::Match,
        TypeId::WeakRef,
    ];
    let base = if class.is_python() { class.native_base() } else { Some(class) };
    if base.is_some_and(|base| GENERIC.iter().any(|id| base.is(*id))) && !class.has(flag::METACLASS)
        || class.is(TypeId::Type)
    {
        return generic_alias::make(vm, obj, index);
    }
    let name = vm.owned_text(class.name());
    Err(vm.error(Exc::TypeError, format_args!("type '{name}' is not subscriptable")))
}

/// `type(x)` and `type(name, bases, namespace)`, for `type` itself and (from `__new__`) metaclasses.
fn new(vm: &mut Vm, meta: Ref<Type>, args: &Args) -> R {
    match *args.pos {
        [obj] if args.kw.is_empty() && meta.is(TypeId::Type) => Ok(vm.type_of(obj).obj()),
        [name, bases, namespace] => vm.new_class(meta, name, bases, namespace, args.kw).map(Ref::obj),
        _ => Err(vm.type_error("type() takes 1 or 3 arguments")),
    }
}

fn call(vm: &mut Vm, obj: Obj, args: &Args) -> R {
    let Some(class) = vm.as_type(obj) else {
        return Err(vm.type_error("expected a type"));
    };
    vm.instantiate(class, args)
}

/// `type.__call__(cls, …)`
fn call_method(vm: &mut Vm, args: &Args) -> R {
    match args.pos.first().and_then(|class| vm.as_type(*class)) {
        Some(class) => vm.instantiate(class, &args.skip_first()),
        None => Err(vm.type_error("expected a type")),
    }
}

impl Vm {
    /// Calls a class: makes an object and initialises it.
    pub fn instantiate(&mut self, class: Ref<Type>, args: &Args) -> R {
        if !class.is_python() {
            return match class.slots().new {
                Some(new) => new(self, class, args),
                None => {
                    let name = self.owned_text(class.name());
                    Err(self.error(Exc::TypeError, format_args!("cannot create '{name}' instances")))
                }
            };
        }
        let own_new = class.has_special(Special::New);
        let obj = if own_new {
            let Some((new, definer)) = self.class_lookup(class, q::__new__)? else {
                return Err(self.type_error("cannot create instances"));
            };
            let (function, receiver) = self.bind_for(new, definer, None, class)?;
            let receiver = receiver.unwrap_or(class.obj());
            self.call_args_with_receiver(function, Some(receiver), args)?
        } else {
            // These take no keywords; those of a class with an `__init__` of its own are for that.
            let positional = [TypeId::Tuple, TypeId::FrozenSet, TypeId::Float];
            let bare = class.has_special(Special::Init)
                && class.native_base().is_some_and(|base| positional.iter().any(|id| base.is(*id)));
            if bare { self.default_new(class, &Args::positional(args.pos))? } else { self.default_new(class, args)? }
        };
        if own_new && !self.is_instance_of(obj, class) {
            return Ok(obj);
        }
        // `__new__` may have made an instance of a derived class.
        let class = if own_new { self.type_of(obj) } else { class };
        if class.has_special(Special::Init) {
            let Some((function, receiver)) = self.find_special(obj, q::__init__)? else {
                return Ok(obj);
            };
            let exception = self.as_exception(obj).inspect(|exception| exception.set_incomplete(true));
            let result = self.call_args_with_receiver(function, receiver, args);
            if let Some(exception) = exception {
                exception.set_incomplete(false);
            }
            let result = result?;
            if result != Obj::NONE {
                let of = self.owned_text(self.type_of(result).name());
                return Err(self.error(Exc::TypeError, format_args!("__init__() should return None, not '{of}'")));
            }
        } else if own_new {
            if class.is_python() && class.has(flag::INIT_FILLS) {
                self.refill(obj, class, args)?;
            }
        } else if class.native_base().is_none() && !(args.pos.is_empty() && args.kw.is_empty()) {
            let name = self.owned_text(class.name());
            return Err(self.error(Exc::TypeError, format_args!("{name}() takes no arguments")));
        }
        Ok(obj)
    }

    /// What `object.__new__` and the `__new__` of the builtin bases do for a Python class.
    pub(crate) fn default_new(&mut self, class: Ref<Type>, args: &Args) -> R {
        if class.has(flag::ABSTRACT) {
            return Err(self.abstract_class(class));
        }
        let Some(base) = class.native_base() else {
            return Ok(self.new_instance(class)?.obj());
        };
        if class.has(flag::EXCEPTION) {
            return self.new_exception_object(class, args);
        }
        let Some(new) = base.slots().new else {
            let name = self.owned_text(base.name());
            return Err(self.error(Exc::TypeError, format_args!("cannot create '{name}' instances")));
        };
        if class.has(flag::METACLASS) {
            return new(self, class, args);
        }
        let empty = Args::positional(&[]);
        let fills = class.has(flag::INIT_FILLS) && class.has_special(Special::Init);
        if fills && base.c_type() != 0 {
            // C code makes none without the arguments: there is one from `super().__init__` on.
            return Ok(self.new_instance(class)?.obj());
        }
        let part = new(self, base, if fills { &empty } else { args })?;
        let instance = self.new_instance(class)?;
        instance.set_native_part(part);
        Ok(instance.obj())
    }

    /// The error for an instance of a class with abstract methods.
    #[cold]
    fn abstract_class(&mut self, class: Ref<Type>) -> Raised {
        let names = class.dict().get_name(self, q::__abstractmethods__).unwrap_or(Obj::NONE);
        let sorted: R<Ref<List>> = (|| {
            let names = self.new_list_from_iter(names)?;
            self.sort_list(names, None, false)?;
            Ok(names)
        })();
        let names = match sorted {
            Ok(names) => names,
            Err(raised) => return raised,
        };
        let mut text = alloc::string::String::new();
        for (i, name) in names.items(self).iter().enumerate() {
            let name = self.str_bytes(*name).unwrap_or_default();
            text += if i > 0 { ", '" } else { "'" };
            text += &alloc::string::String::from_utf8_lossy(name);
            text.push('\'');
        }
        let s = if names.len() == 1 { "" } else { "s" };
        let name = self.owned_text(class.name());
        self.error(
            Exc::TypeError,
            format_args!(
                "Can't instantiate abstract class {name} without an implementation for abstract method{s} {text}"
            ),
        )
    }

    /// What the `__init__` of a builtin type that is filled by it does for an instance of a Python class.
    pub(crate) fn refill(&mut self, obj: Obj, class: Ref<Type>, args: &Args) -> R<()> {
        if let Some(base) = class.native_base()
            && let Some(new) = base.slots().new
            && let Some(instance) = self.as_instance(obj)
        {
            let part = new(self, base, args)?;
            instance.set_native_part(part);
        }
        Ok(())
    }

    /// Brings the slots of a class and of all that derive from it up to date with its special methods.
    pub(crate) fn update_class_slots(&mut self, class: Ref<Type>) {
        let mut specials = [0; 2];
        let mut position = 0;
        while let Some((next, name, _)) = class.dict().entry(self, position) {
            position = next;
            if let Some(number) = name.as_qstr() {
                let bits = bits_of(crate::qstr::Qstr(number));
                specials = [specials[0] | bits[0], specials[1] | bits[1]];
            }
        }
        self.finish_class_slots(class, specials);
        // Few levels and few classes: a program that nests classes deeply enough to matter runs out of memory first.
        let mut i = 0;
        while let Some(subclass) =
            class.subclasses().and_then(|list| self.seq_items(list)?.get(i).copied()).and_then(|c| self.as_type(c))
        {
            if self.check_native_stack().is_err() {
                self.take_exception();
                return;
            }
            self.update_class_slots(subclass);
            i += 1;
        }
    }

    /// Sets everything that follows from the special methods that a class itself has.
    pub(crate) fn finish_class_slots(&mut self, class: Ref<Type>, own: [u64; 2]) {
        let mut specials = own;
        let mut i = 0;
        while let Some(base) =
            self.seq_items(class.bases()).and_then(|b| b.get(i).copied()).and_then(|b| self.as_type(b))
        {
            let bits = base.specials();
            specials = [specials[0] | bits[0], specials[1] | bits[1]];
            i += 1;
        }
        class.update(|class| class.specials = specials);
        let meta = self.type_of(class.obj());
        let special_call = meta.is_python() && meta.has_special(Special::Call);
        let special_new = class.has_special(Special::New) || class.has(flag::ABSTRACT);
        let simple = class.native_base().is_none() && !special_new && !special_call;
        for (flag, on) in [(flag::SIMPLE_NEW, simple), (flag::FINALIZER, class.has_special(Special::Del))] {
            if on { class.set_flag(flag) } else { class.clear_flag(flag) }
        }
        class.set_own_slots(slots_of(class));
    }

    /// `isinstance(obj, class)`; `class` may be a tuple.
    pub fn is_instance(&mut self, obj: Obj, class: Obj) -> R<bool> {
        self.check_class(obj, class, true)
    }

    /// `issubclass(subclass, class)`; `class` may be a tuple.
    pub fn is_subclass_of(&mut self, subclass: Obj, class: Obj) -> R<bool> {
        if self.as_type(subclass).is_none() {
            return Err(self.type_error("issubclass() arg 1 must be a class"));
        }
        self.check_class(subclass, class, false)
    }

    fn check_class(&mut self, obj: Obj, class: Obj, instance: bool) -> R<bool> {
        if let Some(of) = self.as_type(class) {
            if instance && self.type_of(obj) == of {
                return Ok(true);
            }
            let meta = self.type_of(class);
            let hook = if instance { Special::InstanceCheck } else { Special::SubclassCheck };
            if meta.is_python() && meta.has_special(hook) {
                let result = self.call_special(class, meta, hook, &[obj])?;
                return self.is_true(result);
            }
            return self.plain_check(obj, of, instance);
        }
        if self.exact::<crate::layout::seq::Tuple>(class).is_some() {
            self.check_native_stack()?;
            let mut i = 0;
            while let Some(item) = self.seq_items(class).and_then(|items| items.get(i).copied()) {
                if self.check_class(obj, item, instance)? {
                    return Ok(true);
                }
                i += 1;
            }
            return Ok(false);
        }
        if let Some(members) = union_type::args(self, class) {
            return self.check_class(obj, members, instance);
        }
        let hook = if instance { q::__instancecheck__ } else { q::__subclasscheck__ };
        if (self.type_of(class).is_python() || self.record(class, &generic_alias::GENERIC_ALIAS).is_some())
            && let Some(result) = self.call_special_maybe(class, hook, &[obj])?
        {
            return self.is_true(result);
        }
        Err(self.type_error(if instance {
            "isinstance() arg 2 must be a class or a tuple of classes"
        } else {
            "issubclass() arg 2 must be a class or a tuple of classes"
        }))
    }

    fn plain_check(&mut self, obj: Obj, class: Ref<Type>, instance: bool) -> R<bool> {
        if !instance {
            return Ok(self.as_type(obj).is_some_and(|subclass| self.is_subclass(subclass, class)));
        }
        if self.is_instance_of(obj, class) {
            return Ok(true);
        }
        // Stand-ins for other objects say whose class is theirs.
        let own = self.type_of(obj);
        if !own.is_python() || !own.has_special(Special::Class) && !own.has_special(Special::GetAttribute) {
            return Ok(false);
        }
        let found = self.getattr_maybe(obj, q::__class__);
        let said = self.catch(found, Exc::AttributeError)?.flatten();
        Ok(said.and_then(|said| self.as_type(said)).is_some_and(|said| self.is_subclass(said, class)))
    }

    fn expect_type(&mut self, obj: Obj) -> R<Ref<Type>> {
        match self.as_type(obj) {
            Some(class) => Ok(class),
            None => Err(self.type_error_for("expected a type, got '", obj, "'")),
        }
    }

    fn expect_python_class(&mut self, obj: Obj, what: &str) -> R<Ref<Type>> {
        let class = self.expect_type(obj)?;
        if class.is_python() {
            return Ok(class);
        }
        let name = self.owned_text(class.name());
        Err(self.error(Exc::TypeError, format_args!("cannot set '{what}' attribute of immutable type '{name}'")))
    }
}

fn get_name(vm: &mut Vm, obj: Obj) -> R {
    Ok(vm.expect_type(obj)?.name().obj())
}

fn set_name(vm: &mut Vm, obj: Obj, value: Option<Obj>) -> R<()> {
    let class = vm.expect_python_class(obj, "__name__")?;
    let name = vm.name_argument(value)?;
    class.update(|class| (class.name, class.prefix.name_low) = (name, name.0 as u16));
    Ok(())
}

fn own(vm: &mut Vm, obj: Obj, name: crate::qstr::Qstr) -> R<Option<Obj>> {
    let class = vm.expect_type(obj)?;
    let dict: Ref<Dict> = vm.type_dict(class)?;
    Ok(dict.get_name(vm, name))
}

fn set_own(vm: &mut Vm, obj: Obj, name: crate::qstr::Qstr, value: Option<Obj>) -> R<()> {
    let class = vm.expect_type(obj)?;
    vm.set_class_attr(class, name, value)
}

fn get_qualname(vm: &mut Vm, obj: Obj) -> R {
    match own(vm, obj, q::__qualname__)? {
        Some(name) if vm.is_str(name) => Ok(name),
        _ => get_name(vm, obj),
    }
}

fn set_qualname(vm: &mut Vm, obj: Obj, value: Option<Obj>) -> R<()> {
    set_own(vm, obj, q::__qualname__, value)
}

fn get_module(vm: &mut Vm, obj: Obj) -> R {
    match own(vm, obj, q::__module__)? {
        Some(name) if !vm.expect_type(obj)?.is(TypeId::Type) => Ok(name),
        _ => Ok(q::builtins.obj()),
    }
}

fn set_module(vm: &mut Vm, obj: Obj, value: Option<Obj>) -> R<()> {
    set_own(vm, obj, q::__module__, value)
}

fn get_doc(vm: &mut Vm, obj: Obj) -> R {
    match own(vm, obj, q::__doc__)? {
        Some(doc) if vm.expect_type(obj)?.is_python() => Ok(doc),
        _ => Ok(Obj::NONE),
    }
}

fn set_doc(vm: &mut Vm, obj: Obj, value: Option<Obj>) -> R<()> {
    set_own(vm, obj, q::__doc__, value)
}

fn get_annotations(vm: &mut Vm, obj: Obj) -> R {
    if !vm.expect_type(obj)?.is_python() {
        return Ok(vm.new_dict(0)?.obj());
    }
    if let Some(known) = own(vm, obj, q::__annotations__)? {
        return Ok(known);
    }
    // They are evaluated when they are first asked for.
    match own(vm, obj, q::__annotate__)? {
        Some(annotate) if annotate != Obj::NONE => {
            let annotations = vm.call(annotate, &[Obj::small_int_unchecked(1)])?;
            set_own(vm, obj, q::__annotations__, Some(annotations))?;
            Ok(annotations)
        }
        _ => Ok(vm.new_dict(0)?.obj()),
    }
}

fn set_annotations(vm: &mut Vm, obj: Obj, value: Option<Obj>) -> R<()> {
    set_own(vm, obj, q::__annotations__, value)
}

fn get_bases(vm: &mut Vm, obj: Obj) -> R {
    Ok(vm.expect_type(obj)?.bases())
}

fn set_bases(vm: &mut Vm, obj: Obj, value: Option<Obj>) -> R<()> {
    let class = vm.expect_python_class(obj, "__bases__")?;
    let Some(bases) = value else {
        return Err(vm.type_error("can't delete __bases__"));
    };
    vm.replace_bases(class, bases)
}

fn get_base(vm: &mut Vm, obj: Obj) -> R {
    let bases = vm.expect_type(obj)?.bases();
    Ok(vm.seq_items(bases).and_then(|bases| bases.first().copied()).unwrap_or(Obj::NONE))
}

fn get_mro(vm: &mut Vm, obj: Obj) -> R {
    Ok(vm.expect_type(obj)?.mro())
}

fn mro(vm: &mut Vm, obj: Obj) -> R {
    let mro = vm.expect_type(obj)?.mro();
    let list = vm.new_list(&[])?;
    let mut i = 0;
    while let Some(class) = vm.seq_items(mro).and_then(|mro| mro.get(i).copied()) {
        list.push(vm, class)?;
        i += 1;
    }
    Ok(list.obj())
}

/// `__dict__` of a class.
fn get_dict(vm: &mut Vm, obj: Obj) -> R {
    let class = vm.expect_type(obj)?;
    let dict = vm.type_dict(class)?;
    vm.new_mapping_proxy(dict.obj())
}

fn subclasses(vm: &mut Vm, obj: Obj) -> R {
    let class = vm.expect_type(obj)?;
    let result = vm.new_list(&[])?;
    let mut i = 0;
    while let Some(subclass) = class.subclasses().and_then(|list| vm.seq_items(list)?.get(i).copied()) {
        result.push(vm, subclass)?;
        i += 1;
    }
    Ok(result.obj())
}

fn instance_check(vm: &mut Vm, class: Obj, obj: Obj) -> R {
    let class = vm.expect_type(class)?;
    Ok(Obj::from_bool(vm.plain_check(obj, class, true)?))
}

fn subclass_check(vm: &mut Vm, class: Obj, obj: Obj) -> R {
    let class = vm.expect_type(class)?;
    Ok(Obj::from_bool(vm.plain_check(obj, class, false)?))
}

fn prepare(vm: &mut Vm, _args: &Args) -> R {
    Ok(vm.new_dict(0)?.obj())
}

#[cfg(test)]
mod tests;
