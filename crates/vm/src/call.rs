//! Calls from Rust, and binding of keyword arguments of native functions.

use alloc::{format, string::String};

use heap::Obj;

use crate::{
    errors::Ability,
    handle::Ref,
    layout::{function::NativeFunction, typ::Type},
    native::{Args, Native},
    qstr::Qstr,
    types::exception::Exc,
    value::{R, Raised},
    vm::Vm,
};

impl Vm {
    /// Calls any object.
    pub fn call_args(&mut self, function: Obj, args: &Args) -> R {
        match self.type_of(function).slots().call {
            Some(slot) => slot(self, function, args),
            None => Err(self.unable(function, Ability::Call)),
        }
    }

    /// Calls a native function, after checking the number of arguments.
    pub fn call_native(&mut self, function: Ref<NativeFunction>, args: &Args) -> R {
        let native = function.native();
        let n = args.pos.len();
        if !args.kw.is_empty() && !matches!(native, Native::Kw(..)) {
            return Err(self.type_error("function doesn't take keyword arguments"));
        }
        match (native, args.pos) {
            (Native::F0(f), []) => f(self),
            (Native::F1(f), &[a]) => f(self, a),
            (Native::F2(f), &[a, b]) => f(self, a, b),
            (Native::F3(f), &[a, b, c]) => f(self, a, b, c),
            (Native::Var(min, max, f), pos) if fits(n, min, max) => f(self, pos),
            (Native::Kw(min, max, f), _) if fits(n, min, max) => f(self, args),
            _ => Err(self.wrong_count(function, args.pos)),
        }
    }

    /// Raises TypeError for a number of arguments that a native function does not take.
    #[cold]
    fn wrong_count(&mut self, function: Ref<NativeFunction>, args: &[Obj]) -> Raised {
        let (min, max) = match function.native() {
            Native::F0(_) => (0, 0),
            Native::F1(_) => (1, 1),
            Native::F2(_) => (2, 2),
            Native::F3(_) => (3, 3),
            Native::Var(min, max, _) | Native::Kw(min, max, _) => (min as usize, max as usize),
        };
        let given = args.len();
        if self.official_texts() {
            return if min == max {
                let text = format_args!("function takes {min} positional arguments but {given} were given");
                self.error(Exc::TypeError, text)
            } else if given < min {
                let missing = min - given;
                self.error(Exc::TypeError, format_args!("function missing {missing} required positional arguments"))
            } else {
                self.error(Exc::TypeError, format_args!("function expected at most {max} arguments, got {given}"))
            };
        }
        let mut name = String::new();
        // The receiver of a method is no argument.
        let own = usize::from(function.is_method() && given > 0);
        if own > 0 {
            name = format!("{}.", self.qstr_str(self.native_type_of(args[0]).name()));
        }
        name += self.qstr_str(function.name());
        let (min, max, given) = (min.saturating_sub(own), max - own, given - own);
        let s = |n: usize| if n == 1 { "" } else { "s" };
        match (min, max) {
            (0, 0) => self.error(Exc::TypeError, format_args!("{name}() takes no arguments ({given} given)")),
            (1, 1) => self.error(Exc::TypeError, format_args!("{name}() takes exactly one argument ({given} given)")),
            _ => {
                let name = name.rsplit('.').next().unwrap_or_default();
                let (how, limit) = match (min == max, given < min) {
                    (true, _) => ("", min),
                    (_, true) => ("at least ", min),
                    _ => ("at most ", max),
                };
                let s = s(limit);
                self.error(Exc::TypeError, format_args!("{name} expected {how}{limit} argument{s}, got {given}"))
            }
        }
    }

    /// The builtin type that an object is of, or that its class comes from.
    fn native_type_of(&self, obj: Obj) -> Ref<Type> {
        let class = self.type_of(obj);
        let mro = self.seq_items(class.mro()).unwrap_or_default();
        mro.iter().filter_map(|base| self.as_type(*base)).find(|base| !base.is_python()).unwrap_or(class)
    }

    /// Sorts the arguments of a native function to its parameters: positional ones in order, then keywords by
    /// name. The first `required` must be given. Raises TypeError for anything unknown or given twice.
    pub fn bind<const N: usize>(&mut self, args: &Args, names: [Qstr; N], required: usize) -> R<[Option<Obj>; N]> {
        let mut bound = [None; N];
        if args.pos.len() > N {
            let given = args.pos.len();
            return Err(self.error(
                Exc::TypeError,
                format_args!("function takes at most {N} positional arguments but {given} were given"),
            ));
        }
        for (place, value) in bound.iter_mut().zip(args.pos) {
            *place = Some(*value);
        }
        for (key, value) in args.keywords() {
            let found = names.iter().position(|name| self.names_equal(key, *name));
            match found {
                Some(i) if bound[i].is_none() => bound[i] = Some(value),
                Some(i) => {
                    let name = names[i];
                    let text = alloc::string::String::from(self.qstr_str(name));
                    return Err(
                        self.error(Exc::TypeError, format_args!("function got multiple values for argument '{text}'"))
                    );
                }
                None => return Err(self.type_error("extra keyword arguments given")),
            }
        }
        for (i, value) in bound.iter().enumerate().take(required) {
            if value.is_none() {
                let text = alloc::string::String::from(self.qstr_str(names[i]));
                return Err(self.error(Exc::TypeError, format_args!("'{text}' argument required")));
            }
        }
        Ok(bound)
    }

    /// Whether a str object has the text of a qstr.
    pub fn names_equal(&self, text: Obj, name: Qstr) -> bool {
        text == name.obj()
            || (!text.is_qstr() && self.str_bytes(text).is_some_and(|bytes| bytes == self.qstr_bytes(name)))
    }
}

pub(crate) fn fits(n: usize, min: u8, max: u8) -> bool {
    n >= min as usize && (max == u8::MAX || n <= max as usize)
}
