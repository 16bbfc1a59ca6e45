//! Builtin functions about classes, attributes and identity.

use heap::Obj;

use crate::{
    handle::Ref,
    layout::typ::Type,
    native::{Args, Def, Member, Native},
    qstr::q,
    types::{exception::Exc, special::Special},
    value::R,
    vm::Vm,
};

/// The table.
pub const MEMBERS: &[Member] = &[
    ("isinstance", Def::Fn(Native::F2(isinstance))),
    ("issubclass", Def::Fn(Native::F2(issubclass))),
    ("getattr", Def::Fn(Native::Var(2, 3, getattr))),
    ("setattr", Def::Fn(Native::F3(setattr))),
    ("hasattr", Def::Fn(Native::F2(hasattr))),
    ("delattr", Def::Fn(Native::F2(delattr))),
    ("callable", Def::Fn(Native::F1(callable))),
    ("id", Def::Fn(Native::F1(id))),
    ("dir", Def::Fn(Native::Var(0, 1, dir))),
    ("vars", Def::Fn(Native::Var(0, 1, vars))),
    ("__build_class__", Def::Fn(Native::Kw(2, 255, build_class))),
];

fn isinstance(vm: &mut Vm, obj: Obj, class: Obj) -> R {
    Ok(Obj::from_bool(vm.is_instance(obj, class)?))
}

fn issubclass(vm: &mut Vm, subclass: Obj, class: Obj) -> R {
    Ok(Obj::from_bool(vm.is_subclass_of(subclass, class)?))
}

fn getattr(vm: &mut Vm, args: &[Obj]) -> R {
    let name = vm.attr_name(args[1])?;
    let Some(&default) = args.get(2) else {
        return vm.getattr_shared(args[0], name);
    };
    let found = vm.getattr_maybe(args[0], name);
    Ok(vm.catch(found, Exc::AttributeError)?.flatten().unwrap_or(default))
}

fn setattr(vm: &mut Vm, obj: Obj, name: Obj, value: Obj) -> R {
    let name = vm.attr_name(name)?;
    vm.setattr_shared(obj, name, value)?;
    Ok(Obj::NONE)
}

fn hasattr(vm: &mut Vm, obj: Obj, name: Obj) -> R {
    let name = vm.attr_name(name)?;
    let found = vm.find_attr(obj, name);
    Ok(Obj::from_bool(vm.catch(found, Exc::AttributeError)?.flatten().is_some()))
}

fn delattr(vm: &mut Vm, obj: Obj, name: Obj) -> R {
    let name = vm.attr_name(name)?;
    vm.delattr(obj, name)?;
    Ok(Obj::NONE)
}

fn callable(vm: &mut Vm, obj: Obj) -> R {
    Ok(Obj::from_bool(vm.is_callable(obj)))
}

fn id(vm: &mut Vm, obj: Obj) -> R {
    vm.new_int(obj.word() as u64)
}

fn dir(vm: &mut Vm, args: &[Obj]) -> R {
    let Some(&obj) = args.first() else {
        let scope = vm.current_locals()?;
        return vm.sorted_names_of(scope);
    };
    vm.attribute_names_sorted(obj)
}

impl Vm {
    /// What `dir(obj)` gives. May run Python.
    pub(crate) fn attribute_names_sorted(&mut self, obj: Obj) -> R {
        dir_of(self, obj)
    }
}

fn dir_of(vm: &mut Vm, obj: Obj) -> R {
    let class = vm.type_of(obj);
    if class.has_special(Special::Dir) {
        let names = vm.call_special(obj, class, Special::Dir, &[])?;
        let list = vm.new_list(&[])?;
        vm.for_each(names, |vm, name| list.push(vm, name).map(|()| true))?;
        vm.sort_list(list, None, false)?;
        return Ok(list.obj());
    }
    let names = vm.attribute_names(obj)?;
    if let Some(names) = vm.exact::<crate::layout::seq::List>(names) {
        vm.sort_list(names, None, false)?;
    }
    Ok(names)
}

fn vars(vm: &mut Vm, args: &[Obj]) -> R {
    match args.first() {
        None => vm.current_locals(),
        Some(obj) => {
            let dict = vm.getattr_maybe(*obj, q::__dict__);
            match vm.catch(dict, Exc::AttributeError)?.flatten() {
                Some(dict) => Ok(dict),
                None => Err(vm.type_error("vars() argument must have __dict__ attribute")),
            }
        }
    }
}

fn build_class(vm: &mut Vm, args: &Args) -> R {
    vm.build_class(args)
}

impl Vm {
    /// The name that `getattr` and its kin are given.
    fn attr_name(&mut self, name: Obj) -> R<crate::qstr::Qstr> {
        match self.name_of(name)? {
            Some(name) => Ok(name),
            None => Err(self.type_error("attribute name must be string")),
        }
    }

    /// Whether an object can be called.
    pub fn is_callable(&self, obj: Obj) -> bool {
        self.type_of(obj).slots().call.is_some()
    }

    /// Names of attributes, sorted: of the object itself and of its class (of a class: of its MRO).
    pub fn attribute_names(&mut self, obj: Obj) -> R {
        let names = self.new_dict(0)?;
        if let Some(instance) = self.as_instance(obj) {
            let mut position = 0;
            while let Some((next, name, _)) = instance.attribute_at(self, position) {
                position = next;
                names.set(self, name, Obj::NONE)?;
            }
        }
        let own = match (self.module_dict(obj), self.as_exception(obj)) {
            (Some(dict), _) => {
                return self.sorted_names_of(dict.obj());
            }
            (_, Some(exception)) => exception.attributes(),
            _ => None,
        };
        if let Some(own) = own {
            names.update(self, own)?;
        }
        let class: Ref<Type> = self.as_type(obj).unwrap_or_else(|| self.type_of(obj));
        let mut i = 0;
        while let Some(entry) = self.seq_items(class.mro()).and_then(|mro| mro.get(i).copied()) {
            i += 1;
            let Some(entry) = self.as_type(entry) else {
                continue;
            };
            let dict = self.type_dict(entry)?;
            names.update(self, dict)?;
        }
        self.sorted_names_of(names.obj())
    }

    /// The keys of a dict that are str, sorted.
    fn sorted_names_of(&mut self, dict: Obj) -> R {
        let list = self.new_list(&[])?;
        if let Some(dict) = self.cast::<crate::layout::dict::Dict>(dict) {
            let mut position = 0;
            while let Some((next, name, _)) = dict.entry(self, position) {
                position = next;
                if self.is_str(name) {
                    list.push(self, name)?;
                }
            }
        }
        let mut order: alloc::vec::Vec<usize> = (0..list.len()).collect();
        let text = |i: usize| list.get(i).and_then(|name| self.str_bytes(name)).unwrap_or_default();
        order.sort_unstable_by(|a, b| text(*a).cmp(text(*b)));
        let sorted = self.new_list_with_room(order.len())?;
        for i in order {
            if let Some(name) = list.get(i) {
                sorted.push(self, name)?;
            }
        }
        Ok(sorted.obj())
    }
}
