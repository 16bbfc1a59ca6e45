//! Calls from Rust, and binding of keyword arguments of native functions.

use heap::Obj;

use crate::{
    native::{Args, Native},
    qstr::Qstr,
    types::exception::Exc,
    value::R,
    vm::Vm,
};

impl Vm {
    /// Calls any object.
    pub fn call_args(&mut self, function: Obj, args: &Args) -> R {
        match self.type_of(function).slots().call {
            Some(slot) => slot(self, function, args),
            None => Err(self.type_error_for("'", function, "' object isn't callable")),
        }
    }

    /// Calls a native function, after checking the number of arguments.
    pub fn call_native(&mut self, native: Native, name: Qstr, args: &Args) -> R {
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
            _ => Err(self.wrong_count(native, name, n)),
        }
    }

    #[cold]
    fn wrong_count(&mut self, native: Native, _name: Qstr, given: usize) -> crate::value::Raised {
        let (min, max) = match native {
            Native::F0(_) => (0, 0),
            Native::F1(_) => (1, 1),
            Native::F2(_) => (2, 2),
            Native::F3(_) => (3, 3),
            Native::Var(min, max, _) | Native::Kw(min, max, _) => (min, max),
        };
        if min == max {
            self.error(Exc::TypeError, format_args!("function takes {min} positional arguments but {given} were given"))
        } else if given < min as usize {
            let missing = min as usize - given;
            self.error(Exc::TypeError, format_args!("function missing {missing} required positional arguments"))
        } else {
            self.error(Exc::TypeError, format_args!("function expected at most {max} arguments, got {given}"))
        }
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
