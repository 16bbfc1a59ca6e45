//! Attribute access for any object: the protocol of CPython.
//!
//! Reading looks first at the class (through the MRO) for a data descriptor, then at the object's own attributes, then at
//! what the class has (bound to the object), then asks `__getattr__`. [`Vm::load_method`] is the same without making a
//! bound method. Classes look at their metaclass in the same way, with their own MRO in the middle.
//!
//! Every lookup in an MRO goes through [`Vm::class_lookup`] and its cache; every change to a class's attributes goes
//! through [`Vm::set_class_attr`], which invalidates caches.

use heap::Obj;

use crate::{
    handle::Ref,
    layout::{
        descriptor::{ClassMethod, NativeAttribute, Property, StaticMethod, Super},
        dict,
        function::{BoundMethod, NativeFunction},
        instance::ShapeRef,
        module::Module,
        typ::{Type, flag},
    },
    qstr::{Qstr, q},
    table::TypeId,
    types::{
        exception::Exc,
        module::known_to_sys,
        special::{Special, bits_of},
    },
    value::R,
    vm::Vm,
};

/// An attribute: a value, or a function with the object it is to be called with.
type Found = (Obj, Option<Obj>);

/// What an object found in a class does when it is read through an instance.
enum Descriptor {
    /// Nothing: it is a value.
    None,
    /// A function that becomes a method.
    Function,
    Static(Obj),
    Class(Obj),
    Property(Ref<Property>),
    Native(Ref<NativeAttribute>),
    /// An instance of a Python class with `__get__`, `__set__` or `__delete__`.
    Python(Ref<Type>),
}

/// What an inline cache may remember for a read of an attribute: all valid for every object with this shape, until
/// [`Vm::flush_caches`].
pub enum LoadPlan {
    /// The value lies at this offset from the start of the object, in bytes.
    Slot(ShapeRef, usize),
    /// A function of the class: a method call passes the object first.
    Method(ShapeRef, Obj),
    /// A value of the class.
    Value(ShapeRef, Obj),
}

/// What an inline cache may remember for a store to an attribute, until [`Vm::flush_caches`].
pub struct StorePlan {
    /// For objects of this shape …
    pub shape: ShapeRef,
    /// … the value goes to this offset from the start of the object, in bytes, …
    pub offset: usize,
    /// … and the object then gets this shape, if the attribute is new.
    pub new_shape: Option<ShapeRef>,
}

impl Vm {
    /// `obj.name`
    pub fn getattr(&mut self, obj: Obj, name: Qstr) -> R {
        match self.getattr_maybe(obj, name)? {
            Some(value) => Ok(value),
            None => Err(self.attribute_error(obj, name)),
        }
    }

    /// `obj.name`, `None` where that would raise AttributeError because there is no such attribute.
    pub fn getattr_maybe(&mut self, obj: Obj, name: Qstr) -> R<Option<Obj>> {
        match self.find_attr(obj, name)? {
            None => Ok(None),
            Some((value, None)) => Ok(Some(value)),
            Some((function, Some(receiver))) => self.new_bound_method(function, receiver).map(Some),
        }
    }

    /// `obj.name` to be called at once: the function, and what to pass as its first argument if anything.
    pub fn load_method(&mut self, obj: Obj, name: Qstr) -> R<(Obj, Option<Obj>)> {
        match self.find_attr(obj, name)? {
            Some(found) => Ok(found),
            None => Err(self.attribute_error(obj, name)),
        }
    }

    /// As [`Vm::load_method`]; `None` if there is no such attribute.
    pub fn find_attr(&mut self, obj: Obj, name: Qstr) -> R<Option<Found>> {
        let class = self.type_of(obj);
        if !class.is_python() {
            return self.generic_lookup(obj, class, name);
        }
        if class.has_special(Special::GetAttribute) {
            let result = self.call_special(obj, class, Special::GetAttribute, &[name.obj()]);
            return match self.catch(result, Exc::AttributeError)? {
                Some(value) => Ok(Some((value, None))),
                None => self.ask_getattr(obj, class, name),
            };
        }
        if !class.has_special(Special::GetAttr) {
            return self.generic_lookup(obj, class, name);
        }
        // A property that raises AttributeError also leads to `__getattr__`.
        let found = self.generic_lookup(obj, class, name);
        match self.catch(found, Exc::AttributeError)? {
            Some(Some(found)) => Ok(Some(found)),
            _ => self.ask_getattr(obj, class, name),
        }
    }

    /// The `__getattr__` of a class, whose AttributeError is passed on.
    fn ask_getattr(&mut self, obj: Obj, class: Ref<Type>, name: Qstr) -> R<Option<Found>> {
        if !class.has_special(Special::GetAttr) {
            return Ok(None);
        }
        let value = self.call_special(obj, class, Special::GetAttr, &[name.obj()])?;
        Ok(Some((value, None)))
    }

    /// What `object.__getattribute__` (and that of `type`) does.
    pub fn generic_lookup(&mut self, obj: Obj, class: Ref<Type>, name: Qstr) -> R<Option<Found>> {
        if class.has(flag::METACLASS)
            && let Some(itself) = self.as_type(obj)
        {
            return self.type_lookup(itself, class, name);
        }
        if !class.is_python()
            && let Some(slot) = class.slots().getattr
            && let Some(value) = slot(self, obj, name)?
        {
            return Ok(Some((value, None)));
        }
        let in_class = self.class_lookup(class, name)?;
        let descriptor = match in_class {
            Some((value, definer)) => {
                let descriptor = self.descriptor(value, definer);
                if self.is_data(&descriptor) {
                    return self.read_descriptor(value, descriptor, Some(obj), class).map(Some);
                }
                Some((value, descriptor))
            }
            None => None,
        };
        if let Some(value) = self.own_attribute(obj, name) {
            return Ok(Some((value, None)));
        }
        if let Some((value, descriptor)) = descriptor {
            return self.read_descriptor(value, descriptor, Some(obj), class).map(Some);
        }
        if class.is_python()
            && let Some(base) = class.native_base()
            && let Some(slot) = base.slots().getattr
            && let Some(part) = self.native_part(obj)
            && let Some(value) = slot(self, part, name)?
        {
            return Ok(Some((value, None)));
        }
        if let Some(module) = self.cast::<Module>(obj)
            && let Some(getattr) = module.dict().get_name(self, q::__getattr__)
        {
            let value = self.call(getattr, &[name.obj()])?;
            return Ok(Some((value, None)));
        }
        Ok(None)
    }

    /// An attribute that is the object's own, not its class's.
    #[inline]
    fn own_attribute(&self, obj: Obj, name: Qstr) -> Option<Obj> {
        if let Some(instance) = self.as_instance(obj) {
            if let Some(value) = instance.get(self, name) {
                return Some(value);
            }
            return self.cast::<Module>(obj)?.dict().get_name(self, name);
        }
        if let Some(exception) = self.as_exception(obj) {
            return exception.attributes()?.get_name(self, name);
        }
        self.exact::<Module>(obj)?.dict().get_name(self, name)
    }

    /// Attribute access on a class.
    fn type_lookup(&mut self, class: Ref<Type>, meta: Ref<Type>, name: Qstr) -> R<Option<Found>> {
        let in_meta = self.class_lookup(meta, name)?;
        let mut descriptor = None;
        if let Some((value, definer)) = in_meta {
            let kind = self.descriptor(value, definer);
            if self.is_data(&kind) {
                return self.read_descriptor(value, kind, Some(class.obj()), meta).map(Some);
            }
            descriptor = Some((value, kind));
        }
        if let Some((value, definer)) = self.class_lookup(class, name)? {
            let kind = self.descriptor(value, definer);
            return self.read_descriptor(value, kind, None, class).map(Some);
        }
        match descriptor {
            Some((value, kind)) => self.read_descriptor(value, kind, Some(class.obj()), meta).map(Some),
            None => Ok(None),
        }
    }

    /// What an object that was found in the dict of `definer` does when read through an instance or class.
    #[inline]
    fn descriptor(&self, value: Obj, definer: Ref<Type>) -> Descriptor {
        if !value.is_pointer() {
            return Descriptor::None;
        }
        let class = self.type_of(value);
        if class.is(TypeId::Function) {
            return Descriptor::Function;
        }
        self.descriptor_slow(value, class, definer)
    }

    fn descriptor_slow(&self, value: Obj, class: Ref<Type>, definer: Ref<Type>) -> Descriptor {
        if class.is(TypeId::NativeFunction) {
            // Methods of builtin types bind; a builtin function that a program put into a class does not.
            let binds = !definer.is_python()
                || definer.has(flag::NATIVE_METHODS)
                || self.exact::<NativeFunction>(value).is_some_and(|function| function.is_method());
            return if binds { Descriptor::Function } else { Descriptor::None };
        }
        if class.is_python()
            && (class.has_special(Special::Get)
                || class.has_special(Special::Set)
                || class.has_special(Special::Delete))
        {
            return Descriptor::Python(class);
        }
        if !class.is_python() && class.builtin_id().is_none_or(|id| id < TypeId::Property as u32) {
            return if class.has(flag::BINDS) { Descriptor::Function } else { Descriptor::None };
        }
        if let Some(property) = self.cast::<Property>(value) {
            Descriptor::Property(property)
        } else if let Some(attribute) = self.exact::<NativeAttribute>(value) {
            Descriptor::Native(attribute)
        } else if let Some(method) = self.cast::<StaticMethod>(value) {
            Descriptor::Static(method.function())
        } else if let Some(method) = self.cast::<ClassMethod>(value) {
            Descriptor::Class(method.function())
        } else {
            Descriptor::None
        }
    }

    /// Whether it goes before the object's own attributes.
    fn is_data(&self, descriptor: &Descriptor) -> bool {
        match descriptor {
            Descriptor::Property(_) | Descriptor::Native(_) => true,
            Descriptor::Python(class) => class.has_special(Special::Set) || class.has_special(Special::Delete),
            _ => false,
        }
    }

    /// Reads through a descriptor; without an object, through the class.
    fn read_descriptor(&mut self, value: Obj, descriptor: Descriptor, obj: Option<Obj>, class: Ref<Type>) -> R<Found> {
        Ok(match descriptor {
            Descriptor::None => (value, None),
            Descriptor::Function => (value, obj),
            Descriptor::Static(function) => (function, None),
            Descriptor::Class(function) => {
                let receiver = match obj {
                    // Through a metaclass the class is the object.
                    Some(obj) if class.has(flag::METACLASS) && self.as_type(obj).is_some() => class.obj(),
                    _ => class.obj(),
                };
                (function, Some(receiver))
            }
            Descriptor::Property(property) => match obj {
                None => (value, None),
                Some(obj) => match property.getter() {
                    Some(getter) => (self.call(getter, &[obj])?, None),
                    None => return Err(self.unreadable(obj)),
                },
            },
            Descriptor::Native(attribute) => match obj {
                None => (value, None),
                Some(obj) => (attribute.getter()(self, obj)?, None),
            },
            Descriptor::Python(of) => {
                if !of.has_special(Special::Get) {
                    return Ok((value, None));
                }
                let args = [obj.unwrap_or(Obj::NONE), class.obj()];
                (self.call_special(value, of, Special::Get, &args)?, None)
            }
        })
    }

    #[cold]
    fn unreadable(&mut self, _obj: Obj) -> crate::value::Raised {
        self.error(Exc::AttributeError, format_args!("unreadable attribute"))
    }

    /// Looks a name up along the MRO of a class: the raw value and the class that has it.
    #[inline]
    pub fn class_lookup(&mut self, class: Ref<Type>, name: Qstr) -> R<Option<(Obj, Ref<Type>)>> {
        match self.state().classes.find(class, name) {
            Some(found) => Ok(found),
            None => self.class_lookup_slow(class, name),
        }
    }

    #[inline(never)]
    fn class_lookup_slow(&mut self, class: Ref<Type>, name: Qstr) -> R<Option<(Obj, Ref<Type>)>> {
        let found = self.mro_lookup(class, 0, name)?;
        self.state_mut().classes.remember(class, name, found);
        Ok(found)
    }

    /// Looks a name up along the MRO from a position on.
    fn mro_lookup(&mut self, class: Ref<Type>, from: usize, name: Qstr) -> R<Option<(Obj, Ref<Type>)>> {
        let Some(mro) = self.exact::<crate::layout::seq::Tuple>(class.mro()) else {
            return Ok(None);
        };
        for i in from..mro.len() {
            let Some(entry) = mro.get(i).and_then(|entry| self.as_type(entry)) else {
                continue;
            };
            let dict = self.type_dict(entry)?;
            if let Some(value) = dict.get_name(self, name) {
                return Ok(Some((value, entry)));
            }
            if !entry.is_python()
                && let Some(value) = self.builtin_dunder(entry, name)?
            {
                return Ok(Some((value, entry)));
            }
        }
        Ok(None)
    }

    /// The attribute of a class by its MRO, not bound to anything.
    pub fn class_attr(&mut self, class: Ref<Type>, name: Qstr) -> R<Option<Obj>> {
        Ok(self.class_lookup(class, name)?.map(|(value, _)| value))
    }

    /// Calls a special method that [`Ref::<Type>::has_special`] says is there.
    pub(crate) fn call_special(&mut self, obj: Obj, class: Ref<Type>, special: Special, args: &[Obj]) -> R {
        let name = special.name();
        let Some((value, definer)) = self.class_lookup(class, name)? else {
            return Err(self.attribute_error(obj, name));
        };
        let descriptor = self.descriptor(value, definer);
        let (function, receiver) = match descriptor {
            Descriptor::Function => (value, Some(obj)),
            other => self.read_descriptor(value, other, Some(obj), class)?,
        };
        self.call_with_receiver(function, receiver, args)
    }

    /// Calls with an optional first argument before the others.
    pub fn call_with_receiver(&mut self, function: Obj, receiver: Option<Obj>, args: &[Obj]) -> R {
        let Some(receiver) = receiver else {
            return self.call(function, args);
        };
        match args {
            [] => self.call(function, &[receiver]),
            [a] => self.call(function, &[receiver, *a]),
            [a, b] => self.call(function, &[receiver, *a, *b]),
            [a, b, c] => self.call(function, &[receiver, *a, *b, *c]),
            _ => {
                let bound = self.new_bound_method(function, receiver)?;
                self.call(bound, args)
            }
        }
    }

    /// A special method of an object's class by name, bound: for protocols that look at classes only (`__enter__`,
    /// `__round__`, …). `None`: the class does not have it.
    pub fn find_special(&mut self, obj: Obj, name: Qstr) -> R<Option<(Obj, Option<Obj>)>> {
        let class = self.type_of(obj);
        match self.class_lookup(class, name)? {
            None => Ok(None),
            Some((value, definer)) => {
                let descriptor = self.descriptor(value, definer);
                self.read_descriptor(value, descriptor, Some(obj), class).map(Some)
            }
        }
    }

    /// Calls a special method of an object's class by name; `None` if the class does not have it.
    pub fn call_special_maybe(&mut self, obj: Obj, name: Qstr, args: &[Obj]) -> R<Option<Obj>> {
        match self.find_special(obj, name)? {
            Some((function, receiver)) => self.call_with_receiver(function, receiver, args).map(Some),
            None => Ok(None),
        }
    }

    /// What the attribute `name` of the class is for an instance: for `__set_name__`, `__init_subclass__` and the like.
    pub(crate) fn bind_for(&mut self, value: Obj, definer: Ref<Type>, obj: Option<Obj>, class: Ref<Type>) -> R<Found> {
        let descriptor = self.descriptor(value, definer);
        self.read_descriptor(value, descriptor, obj, class)
    }

    /// `obj.name = value`
    pub fn setattr(&mut self, obj: Obj, name: Qstr, value: Obj) -> R<()> {
        self.store_attr(obj, name, Some(value))
    }

    /// `del obj.name`
    pub fn delattr(&mut self, obj: Obj, name: Qstr) -> R<()> {
        self.store_attr(obj, name, None)
    }

    /// `obj.name = value`; `None` deletes.
    pub fn store_attr(&mut self, obj: Obj, name: Qstr, value: Option<Obj>) -> R<()> {
        let class = self.type_of(obj);
        if class.is_python() {
            match value {
                Some(value) if class.has_special(Special::SetAttr) => {
                    return self.call_special(obj, class, Special::SetAttr, &[name.obj(), value]).map(drop);
                }
                None if class.has_special(Special::DelAttr) => {
                    return self.call_special(obj, class, Special::DelAttr, &[name.obj()]).map(drop);
                }
                _ => {}
            }
        }
        self.generic_store(obj, class, name, value)
    }

    /// What `object.__setattr__` and `object.__delattr__` (and those of `type`) do.
    pub(crate) fn generic_store(&mut self, obj: Obj, class: Ref<Type>, name: Qstr, value: Option<Obj>) -> R<()> {
        if !class.is_python()
            && let Some(slot) = class.slots().setattr
            && slot(self, obj, name, value)?
        {
            return Ok(());
        }
        if let Some((found, definer)) = self.class_lookup(class, name)? {
            let descriptor = self.descriptor(found, definer);
            if self.is_data(&descriptor) {
                return self.write_descriptor(found, descriptor, obj, name, value);
            }
        }
        if let Some(instance) = self.as_instance(obj) {
            return match value {
                Some(value) => instance.set(self, name, value),
                None => match instance.remove(self, name)? {
                    true => Ok(()),
                    false => Err(self.attribute_error(obj, name)),
                },
            };
        }
        if let Some(exception) = self.as_exception(obj) {
            let dict = exception.attributes_or_new(self)?;
            return self.store_in_dict(obj, dict, name, value);
        }
        if let Some(itself) = self.as_type(obj) {
            return self.set_class_attr(itself, name, value);
        }
        if let Some(module) = self.exact::<Module>(obj) {
            let dict = module.dict();
            if dict.has(dict::flag::CLOSED)
                && dict.get_name(self, name).is_none()
                && !known_to_sys(self.qstr_bytes(name))
            {
                return Err(self.attribute_error(obj, name));
            }
            return self.store_in_dict(obj, dict, name, value);
        }
        Err(self.attribute_error(obj, name))
    }

    fn store_in_dict(
        &mut self,
        obj: Obj,
        dict: Ref<crate::layout::dict::Dict>,
        name: Qstr,
        value: Option<Obj>,
    ) -> R<()> {
        match value {
            Some(value) => dict.set_name(self, name, value),
            None if dict.remove_name(self, name) => Ok(()),
            None => Err(self.attribute_error(obj, name)),
        }
    }

    fn write_descriptor(
        &mut self,
        found: Obj,
        descriptor: Descriptor,
        obj: Obj,
        name: Qstr,
        value: Option<Obj>,
    ) -> R<()> {
        match descriptor {
            Descriptor::Property(property) => {
                let (function, what) = match value {
                    Some(_) => (property.setter(), "setter"),
                    None => (property.deleter(), "deleter"),
                };
                match (function, value) {
                    (Some(function), Some(value)) => self.call(function, &[obj, value]).map(drop),
                    (Some(function), None) => self.call(function, &[obj]).map(drop),
                    (None, _) => {
                        let class = self.type_of(obj).name();
                        let (name, class) = (self.owned_text(name), self.owned_text(class));
                        Err(self.error(
                            Exc::AttributeError,
                            format_args!("property '{name}' of '{class}' object has no {what}"),
                        ))
                    }
                }
            }
            Descriptor::Native(attribute) => match attribute.setter() {
                Some(setter) => setter(self, obj, value),
                None => Err(self.attribute_error(obj, name)),
            },
            Descriptor::Python(of) => match value {
                Some(value) if of.has_special(Special::Set) => {
                    self.call_special(found, of, Special::Set, &[obj, value]).map(drop)
                }
                None if of.has_special(Special::Delete) => {
                    self.call_special(found, of, Special::Delete, &[obj]).map(drop)
                }
                Some(_) => Err(self.error(Exc::AttributeError, format_args!("__set__"))),
                None => Err(self.error(Exc::AttributeError, format_args!("__delete__"))),
            },
            _ => Ok(()),
        }
    }

    /// The text of a name, for messages.
    pub fn owned_text(&self, name: Qstr) -> alloc::string::String {
        alloc::string::String::from(self.qstr_str(name))
    }

    /// Sets (`None`: deletes) an attribute of a class.
    pub fn set_class_attr(&mut self, class: Ref<Type>, name: Qstr, value: Option<Obj>) -> R<()> {
        if !class.is_python() {
            let (name, class) = (self.owned_text(name), self.owned_text(class.name()));
            return Err(
                self.error(Exc::TypeError, format_args!("cannot set '{name}' attribute of immutable type '{class}'"))
            );
        }
        if name == q::__abstractmethods__ {
            let abstracts = match value {
                Some(names) => self.is_true(names)?,
                None => false,
            };
            if abstracts { class.set_flag(flag::ABSTRACT) } else { class.clear_flag(flag::ABSTRACT) }
        }
        self.store_in_dict(class.obj(), class.dict(), name, value)?;
        self.class_changed(class, bits_of(name) != [0, 0] || name == q::__abstractmethods__);
        Ok(())
    }

    /// To be called after every change to a class: caches forget, slots follow.
    pub(crate) fn class_changed(&mut self, class: Ref<Type>, special: bool) {
        self.state_mut().classes.forget();
        if class.has(flag::CACHED) {
            self.flush_caches();
        }
        if special {
            self.update_class_slots(class);
        }
    }

    /// Lookup of `super(start, receiver)`: along the MRO of `class` after `start`.
    pub(crate) fn super_lookup(
        &mut self,
        start: Ref<Type>,
        receiver: Obj,
        class: Ref<Type>,
        name: Qstr,
    ) -> R<Option<Found>> {
        let position = self.seq_items(class.mro()).and_then(|mro| mro.iter().position(|c| *c == start.obj()));
        let Some(position) = position else {
            return Ok(None);
        };
        match self.mro_lookup(class, position + 1, name)? {
            Some((value, definer)) => {
                // With a class as receiver (`__new__`, class methods) functions stay plain.
                let through_class = self.as_type(receiver) == Some(class);
                let obj = if through_class { None } else { Some(receiver) };
                self.bind_for(value, definer, obj, class).map(Some)
            }
            None => Ok(None),
        }
    }

    /// LOAD_SUPER_METHOD: `super(start, receiver).name` without making the `super` object or a bound method.
    pub fn load_super_method(&mut self, start: Obj, receiver: Obj, name: Qstr) -> R<(Obj, Option<Obj>)> {
        let (start, class) = self.check_super(start, receiver)?;
        match self.super_lookup(start, receiver, class, name)? {
            Some(found) => Ok(found),
            None => {
                let name = self.owned_text(name);
                Err(self.error(Exc::AttributeError, format_args!("'super' object has no attribute '{name}'")))
            }
        }
    }

    /// The start of a `super` search and the class whose MRO is searched, from its two arguments.
    pub(crate) fn check_super(&mut self, start: Obj, receiver: Obj) -> R<(Ref<Type>, Ref<Type>)> {
        let Some(start) = self.as_type(start) else {
            return Err(self.type_error("super() argument 1 must be a type"));
        };
        if let Some(class) = self.as_type(receiver)
            && self.is_subclass(class, start)
        {
            return Ok((start, class));
        }
        let class = self.type_of(receiver);
        if self.is_subclass(class, start) {
            return Ok((start, class));
        }
        Err(self.type_error("super(type, obj): obj must be an instance or subtype of type"))
    }

    /// What an inline cache may remember for reading `obj.name`; marks the classes it depends on. Gives `None` where only the
    /// full protocol will do.
    pub fn plan_load(&mut self, obj: Obj, name: Qstr) -> R<Option<LoadPlan>> {
        let Some(instance) = self.as_instance(obj) else {
            return Ok(None);
        };
        let shape = instance.shape();
        let class = shape.class();
        if class.has_special(Special::GetAttribute) || shape.is_dictionary() {
            return Ok(None);
        }
        let in_class = self.class_lookup(class, name)?;
        let kind = in_class.map(|(value, definer)| (value, self.descriptor(value, definer)));
        if kind.as_ref().is_some_and(|(_, descriptor)| self.is_data(descriptor)) {
            return Ok(None);
        }
        let plan = if instance.get(self, name).is_some() {
            shape.offset(name).map(|offset| LoadPlan::Slot(shape, offset))
        } else {
            match kind {
                Some((value, Descriptor::Function)) => Some(LoadPlan::Method(shape, value)),
                Some((value, Descriptor::None)) => Some(LoadPlan::Value(shape, value)),
                Some((_, Descriptor::Static(function))) => Some(LoadPlan::Value(shape, function)),
                _ => None,
            }
        };
        if plan.is_some() {
            self.mark_cached(class);
        }
        Ok(plan)
    }

    /// What an inline cache may remember for `obj.name = …`, to be asked *before* the store. As [`Vm::plan_load`].
    pub fn plan_store(&mut self, obj: Obj, name: Qstr) -> R<Option<StorePlan>> {
        let Some(instance) = self.as_instance(obj) else {
            return Ok(None);
        };
        let shape = instance.shape();
        let class = shape.class();
        if class.has_special(Special::SetAttr) || shape.is_dictionary() {
            return Ok(None);
        }
        if let Some((value, definer)) = self.class_lookup(class, name)? {
            let descriptor = self.descriptor(value, definer);
            if self.is_data(&descriptor) {
                return Ok(None);
            }
        }
        let plan = match shape.offset(name) {
            Some(offset) => Some(StorePlan { shape, offset, new_shape: None }),
            None if instance.get(self, name).is_some() => None,
            None => self
                .shape_with(shape, name)?
                .and_then(|next| next.offset(name).map(|offset| StorePlan { shape, offset, new_shape: Some(next) })),
        };
        if plan.is_some() {
            self.mark_cached(class);
        }
        Ok(plan)
    }

    /// Notes on every class of an MRO that a cache depends on it.
    pub fn mark_cached(&mut self, class: Ref<Type>) {
        let mro = class.mro();
        for i in 0.. {
            let Some(entry) = self.seq_items(mro).and_then(|mro| mro.get(i).copied()) else {
                break;
            };
            if let Some(entry) = self.as_type(entry) {
                entry.set_flag(flag::CACHED);
            }
        }
    }

    /// The `super` object's attributes.
    pub(crate) fn super_getattr(&mut self, obj: Obj, name: Qstr) -> R<Option<Obj>> {
        let Some(object) = self.cast::<Super>(obj) else {
            return Ok(None);
        };
        if name == q::__class__ {
            return Ok(None);
        }
        let (start, receiver, class) = object.parts();
        match self.super_lookup(start, receiver, class, name)? {
            None => Ok(None),
            Some((value, None)) => Ok(Some(value)),
            Some((function, Some(receiver))) => self.new_bound_method(function, receiver).map(Some),
        }
    }

    /// Stores through a `super` object: only a data descriptor of the classes after the start takes it.
    pub(crate) fn super_store(
        &mut self,
        start: Ref<Type>,
        receiver: Obj,
        class: Ref<Type>,
        name: Qstr,
        value: Option<Obj>,
    ) -> R<bool> {
        let position = self.seq_items(class.mro()).and_then(|mro| mro.iter().position(|c| *c == start.obj()));
        let Some(position) = position else {
            return Ok(false);
        };
        let Some((found, definer)) = self.mro_lookup(class, position + 1, name)? else {
            return Ok(false);
        };
        let descriptor = self.descriptor(found, definer);
        if !self.is_data(&descriptor) {
            return Ok(false);
        }
        self.write_descriptor(found, descriptor, receiver, name, value).map(|()| true)
    }

    /// A bound method's function and receiver.
    pub fn as_bound_method(&self, obj: Obj) -> Option<(Obj, Obj)> {
        self.exact::<BoundMethod>(obj).map(|method| method.parts())
    }
}
