//! What is wrong with the arguments of a call of a Python function: MicroPython's words, or CPython's.

use alloc::{format, string::String, vec::Vec};

use heap::Obj;

use crate::{
    handle::Ref,
    interp::{code::CodeObject, frame::Word, run::NULL},
    layout::dict::Dict,
    native::Args,
    qstr::Qstr,
    types::exception::Exc,
    value::Raised,
    vm::Vm,
};

/// `s` unless it is one.
fn plural(count: usize) -> &'static str {
    if count == 1 { "" } else { "s" }
}

/// `'a'`, `'a' and 'b'`, `'a', 'b', and 'c'`
fn listed(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => format!("'{one}'"),
        [one, two] => format!("'{one}' and '{two}'"),
        [first @ .., last] => {
            let first: Vec<String> = first.iter().map(|name| format!("'{name}'")).collect();
            format!("{}, and '{last}'", first.join(", "))
        }
    }
}

/// A call that does not fit: what is called, whose first parameters are `n_cells` closed-over variables.
#[derive(Clone, Copy)]
pub(in crate::interp) struct Misfit {
    pub code: *const CodeObject,
    pub n_cells: usize,
}

impl Misfit {
    fn code(&self) -> &CodeObject {
        // SAFETY: the function that is called keeps its code alive.
        unsafe { &*self.code }
    }

    fn params(&self) -> &[Qstr] {
        self.code().params()
    }

    /// How many positional parameters there are.
    fn positional(&self) -> usize {
        (self.code().n_pos as usize).saturating_sub(self.n_cells)
    }

    /// How many of them have no default.
    fn required(&self) -> usize {
        self.positional().saturating_sub(self.code().n_defaults as usize)
    }

    fn name(&self, vm: &Vm) -> String {
        let code = self.code();
        let qualname = if vm.official_texts() { None } else { vm.str_bytes(code.qualname) };
        match qualname {
            Some(qualname) => String::from_utf8_lossy(qualname).into_owned(),
            None => vm.owned_text(code.name),
        }
    }

    /// MicroPython's words for a wrong number of positional arguments.
    fn wrong_number(&self, vm: &mut Vm, wanted: usize, given: usize) -> Raised {
        let name = self.name(vm);
        vm.error(Exc::TypeError, format_args!("{name}() takes {wanted} positional arguments but {given} were given"))
    }

    /// There are more positional arguments than parameters.
    #[cold]
    pub fn too_many(&self, vm: &mut Vm, args: &Args) -> Raised {
        let (wanted, given) = (self.positional(), args.pos.len());
        if vm.official_texts() {
            return self.wrong_number(vm, wanted, given);
        }
        let (name, required) = (self.name(vm), self.required());
        let (takes, s) = match required < wanted {
            true => (format!("from {required} to {wanted}"), "s"),
            false => (format!("{wanted}"), plural(wanted)),
        };
        let keyword_only = &self.params()[self.code().n_pos as usize..];
        let named =
            args.keywords().filter(|(key, _)| keyword_only.iter().any(|name| vm.names_equal(*key, *name))).count();
        let and = match named {
            0 => String::new(),
            n => format!(" positional argument{} (and {n} keyword-only argument{})", plural(given), plural(n)),
        };
        let were = if given == 1 && named == 0 { "was" } else { "were" };
        let text = format_args!("{name}() takes {takes} positional argument{s} but {given}{and} {were} given");
        vm.error(Exc::TypeError, text)
    }

    /// A positional parameter, the `index`th, has neither argument nor default.
    ///
    /// # Safety
    /// `fp` must have a word for each parameter.
    #[cold]
    pub unsafe fn missing(&self, vm: &mut Vm, args: &Args, index: usize, fp: *const Word) -> Raised {
        if vm.official_texts() {
            if args.kw.is_empty() {
                return self.wrong_number(vm, self.required(), args.pos.len());
            }
            let number = index + 1;
            return vm.error(Exc::TypeError, format_args!("function missing required positional argument #{number}"));
        }
        // SAFETY: the caller's promise.
        let is_missing = |at: &usize| unsafe { *fp.add(*at) == NULL };
        let places = (self.n_cells..self.n_cells + self.required()).filter(is_missing);
        let names: Vec<String> = places.map(|at| vm.owned_text(self.params()[at])).collect();
        self.missing_names(vm, "positional", &names)
    }

    /// A keyword-only parameter, at `place` among the parameters, has neither argument nor default.
    ///
    /// # Safety
    /// `fp` must have a word for each parameter.
    #[cold]
    pub unsafe fn missing_keyword(
        &self,
        vm: &mut Vm,
        args: &Args,
        place: usize,
        defaults: Option<Ref<Dict>>,
        fp: *const Word,
    ) -> Raised {
        if vm.official_texts() {
            if args.kw.is_empty() && defaults.is_none() {
                return vm.type_error("function missing keyword-only argument");
            }
            let name = vm.owned_text(self.params()[place]);
            return vm.error(Exc::TypeError, format_args!("function missing required keyword argument '{name}'"));
        }
        let missing = self.params().iter().enumerate().skip(place).filter(|(at, name)| {
            let default = defaults.and_then(|dict| dict.get_name(vm, **name));
            // SAFETY: the caller's promise.
            default.is_none() && unsafe { *fp.add(*at) == NULL }
        });
        let names: Vec<String> = missing.map(|(_, name)| vm.owned_text(*name)).collect();
        self.missing_names(vm, "keyword-only", &names)
    }

    fn missing_names(&self, vm: &mut Vm, kind: &str, names: &[String]) -> Raised {
        let (name, count, s, list) = (self.name(vm), names.len(), plural(names.len()), listed(names));
        vm.error(Exc::TypeError, format_args!("{name}() missing {count} required {kind} argument{s}: {list}"))
    }

    /// A parameter has an argument already.
    #[cold]
    pub fn twice(&self, vm: &mut Vm, parameter: Qstr) -> Raised {
        let parameter = vm.owned_text(parameter);
        let name = if vm.official_texts() { String::from("function") } else { format!("{}()", self.name(vm)) };
        vm.error(Exc::TypeError, format_args!("{name} got multiple values for argument '{parameter}'"))
    }

    /// No parameter has this name.
    #[cold]
    pub fn unexpected(&self, vm: &mut Vm, args: &Args, key: Obj) -> Raised {
        let key = vm.str_bytes(key).map(|key| String::from_utf8_lossy(key).into_owned()).unwrap_or_default();
        if vm.official_texts() {
            return vm.error(Exc::TypeError, format_args!("unexpected keyword argument '{key}'"));
        }
        let name = self.name(vm);
        let positional_only = self.params().iter().skip(self.n_cells).take(self.code().n_pos_only as usize);
        let named = positional_only.filter(|name| args.keywords().any(|(key, _)| vm.names_equal(key, **name)));
        let named: Vec<String> = named.map(|name| vm.owned_text(*name)).collect();
        if named.is_empty() {
            return vm.error(Exc::TypeError, format_args!("{name}() got an unexpected keyword argument '{key}'"));
        }
        let list = named.join(", ");
        let text = format_args!("{name}() got some positional-only arguments passed as keyword arguments: '{list}'");
        vm.error(Exc::TypeError, text)
    }
}
