//! Raising exceptions from Rust. Every function here gives [`Raised`], to be returned as `Err`.

use core::fmt;

use heap::Obj;

use crate::{
    handle::Ref,
    layout::typ::Type,
    native::Show,
    qstr::{Qstr, q},
    text_out::TextOut,
    types::exception::Exc,
    value::{R, Raised},
    vm::{Root, Vm},
};

/// What an object may not be able to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ability {
    /// `x()`
    Call,
    /// `iter(x)`
    Iterate,
    /// `next(x)`
    Advance,
    /// `x[i]`
    Subscript,
    /// `x[i] = y`
    SetItem,
    /// `del x[i]`
    DeleteItem,
}

impl Ability {
    /// What is said of an object without it: in MicroPython's words, in CPython's.
    fn denials(self) -> [&'static str; 2] {
        match self {
            Ability::Call => ["isn't callable", "is not callable"],
            Ability::Iterate => ["isn't iterable", "is not iterable"],
            Ability::Advance => ["isn't an iterator", "is not an iterator"],
            Ability::Subscript => ["isn't subscriptable", "is not subscriptable"],
            Ability::SetItem => ["doesn't support item assignment", "does not support item assignment"],
            Ability::DeleteItem => ["doesn't support item deletion", "doesn't support item deletion"],
        }
    }
}

impl Vm {
    /// Raises TypeError: an object cannot do something.
    #[cold]
    pub fn unable(&mut self, obj: Obj, ability: Ability) -> Raised {
        let [official, full] = ability.denials();
        let denial = if self.official_texts() { official } else { full };
        let class = self.owned_text(self.type_of(obj).name());
        self.error(Exc::TypeError, format_args!("'{class}' object {denial}"))
    }

    /// The type of a builtin exception.
    pub fn exc_type(&self, exc: Exc) -> Ref<Type> {
        match self.state().exception_types[exc as usize] {
            Some(class) => class,
            None => self.type_of_id(crate::table::TypeId::BaseException),
        }
    }

    /// Raises an exception object.
    #[cold]
    pub fn raise(&mut self, exception: Obj) -> Raised {
        self.set_root(Root::Exception, Some(exception));
        Raised
    }

    /// Raises an exception just made; if there was no memory for it, the spare one, without a text, as what it was to be.
    fn raise_made(&mut self, exc: Exc, made: R) -> Raised {
        match made {
            Ok(exception) => {
                self.keep_spare_exception();
                self.raise(exception)
            }
            Err(raised) => {
                let spare = self.root(Root::SpareException).and_then(|spare| self.as_exception(spare));
                match spare.filter(|_| self.pending_is(Exc::MemoryError)) {
                    Some(spare) => {
                        self.set_root(Root::SpareException, None);
                        spare.set_class(self.exc_type(exc));
                        self.raise(spare.obj())
                    }
                    None => raised,
                }
            }
        }
    }

    /// Raises a new exception with a formatted message.
    #[cold]
    #[inline(never)]
    pub fn error(&mut self, exc: Exc, message: fmt::Arguments) -> Raised {
        let mut out = TextOut::buffer();
        let made: R = self.essential(|vm| {
            out.write_fmt(vm, message)?;
            let text = out.into_str(vm)?;
            vm.new_exception(vm.exc_type(exc), &[text])
        });
        self.raise_made(exc, made)
    }

    /// Raises a new exception with these arguments.
    #[cold]
    pub fn error_args(&mut self, exc: Exc, args: &[Obj]) -> Raised {
        let class = self.exc_type(exc);
        let made = self.essential(|vm| vm.new_exception(class, args));
        self.raise_made(exc, made)
    }

    /// Raises TypeError.
    #[cold]
    pub fn type_error(&mut self, message: &str) -> Raised {
        self.error(Exc::TypeError, format_args!("{message}"))
    }

    /// Raises ValueError.
    #[cold]
    pub fn value_error(&mut self, message: &str) -> Raised {
        self.error(Exc::ValueError, format_args!("{message}"))
    }

    /// Raises IndexError.
    #[cold]
    pub fn index_error(&mut self, message: &str) -> Raised {
        self.error(Exc::IndexError, format_args!("{message}"))
    }

    /// Raises OverflowError.
    #[cold]
    pub fn overflow_error(&mut self, message: &str) -> Raised {
        self.error(Exc::OverflowError, format_args!("{message}"))
    }

    /// Raises RuntimeError.
    #[cold]
    pub fn runtime_error(&mut self, message: &str) -> Raised {
        self.error(Exc::RuntimeError, format_args!("{message}"))
    }

    /// Raises KeyError with the key.
    #[cold]
    pub fn key_error(&mut self, key: Obj) -> Raised {
        self.error_args(Exc::KeyError, &[key])
    }

    /// Raises AttributeError for an attribute that an object lacks.
    #[cold]
    pub fn attribute_error(&mut self, obj: Obj, name: Qstr) -> Raised {
        let made: R = self.essential(|vm| {
            let mut out = TextOut::buffer();
            match vm.as_type(obj) {
                Some(class) => {
                    out.write_str(vm, "type object '")?;
                    vm.write_qstr(&mut out, class.name())?;
                    out.write_str(vm, "' has no attribute '")?;
                }
                None if vm.type_of(obj).is(crate::table::TypeId::Module) => {
                    out.write_str(vm, "module ")?;
                    if let Some(own) = vm.module_dict(obj).and_then(|dict| dict.get_name(vm, q::__name__)) {
                        vm.show(own, &mut out, Show::Repr)?;
                        out.write_str(vm, " ")?;
                    }
                    out.write_str(vm, "has no attribute '")?;
                }
                None => {
                    out.write_str(vm, "'")?;
                    vm.write_qstr(&mut out, vm.type_of(obj).name())?;
                    out.write_str(vm, "' object has no attribute '")?;
                }
            }
            vm.write_qstr(&mut out, name)?;
            out.write_str(vm, "'")?;
            let text = out.into_str(vm)?;
            vm.new_exception_about(Exc::AttributeError, text, name, Some(obj))
        });
        self.raise_made(Exc::AttributeError, made)
    }

    /// An exception about a name that an object, or the scope, lacks.
    fn new_exception_about(&mut self, exc: Exc, text: Obj, name: Qstr, subject: Option<Obj>) -> R {
        let made = self.new_exception(self.exc_type(exc), &[text])?;
        if let Some(exception) = self.as_exception(made) {
            exception.set_subject(name, subject);
        }
        Ok(made)
    }

    /// Raises ImportError for a name that a module lacks.
    #[cold]
    pub fn import_name_error(&mut self, module: Obj, name: Qstr) -> Raised {
        let made: R = self.essential(|vm| {
            let mut out = TextOut::buffer();
            if vm.official_texts() {
                out.write_str(vm, "can't import name ")?;
                vm.write_qstr(&mut out, name)?;
            } else {
                let dict = vm.module_dict(module);
                let part =
                    |vm: &Vm, name| dict.and_then(|dict| dict.get_name(vm, name)).filter(|part| vm.is_str(*part));
                let (own, file) = (part(vm, q::__name__), part(vm, q::__file__));
                let unknown = vm.new_str(b"unknown location")?;
                out.write_str(vm, "cannot import name '")?;
                vm.write_qstr(&mut out, name)?;
                out.write_str(vm, "' from '")?;
                vm.write_text(&mut out, own.unwrap_or(q::empty.obj()))?;
                out.write_str(vm, "' (")?;
                vm.write_text(&mut out, file.unwrap_or(unknown))?;
                out.write_str(vm, ")")?;
            }
            let text = out.into_str(vm)?;
            vm.new_exception_about(Exc::ImportError, text, name, Some(module))
        });
        self.raise_made(Exc::ImportError, made)
    }

    /// What a private name was before it was mangled (`_Class__name`), if it is one that programs know.
    pub(crate) fn unmangled(&self, name: Qstr) -> Option<Qstr> {
        let text = self.qstr_bytes(name);
        let class = text.strip_prefix(b"_").filter(|rest| !rest.starts_with(b"_"))?;
        let at = class.windows(2).position(|pair| pair == b"__")?;
        self.state().qstrs.find(class.get(at..)?)
    }

    /// Raises NameError for a name that is not defined.
    #[cold]
    pub fn name_error(&mut self, name: Qstr) -> Raised {
        let made: R = self.essential(|vm| {
            let mut out = TextOut::buffer();
            out.write_str(vm, "name '")?;
            vm.write_qstr(&mut out, name)?;
            let rest = if vm.official_texts() { "' isn't defined" } else { "' is not defined" };
            out.write_str(vm, rest)?;
            let text = out.into_str(vm)?;
            let receiver = vm.current_self();
            vm.new_exception_about(Exc::NameError, text, name, receiver)
        });
        self.raise_made(Exc::NameError, made)
    }

    /// Raises TypeError with a message that has one place, `{}`, for the name of the object's type.
    #[cold]
    pub fn type_error_for(&mut self, before: &str, obj: Obj, after: &str) -> Raised {
        let made: R = self.essential(|vm| {
            let mut out = TextOut::buffer();
            out.write_str(vm, before)?;
            vm.write_qstr(&mut out, vm.type_of(obj).name())?;
            out.write_str(vm, after)?;
            let text = out.into_str(vm)?;
            vm.new_exception(vm.exc_type(Exc::TypeError), &[text])
        });
        self.raise_made(Exc::TypeError, made)
    }

    /// Appends the text of a qstr.
    pub fn write_qstr(&mut self, out: &mut TextOut, name: Qstr) -> R<()> {
        self.write_text(out, name.obj())
    }

    /// Raises MemoryError: a new one if there is memory for it, else the one prepared at start-up.
    #[cold]
    #[inline(never)]
    pub fn raise_memory_error(&mut self, bytes: usize) -> Raised {
        let exception = self.new_memory_error(bytes);
        self.raise(exception)
    }

    /// Raises RecursionError; while the heap is locked the RuntimeError that it is in MicroPython.
    #[cold]
    #[inline(never)]
    pub fn raise_recursion(&mut self) -> Raised {
        let exc = if self.heap_locks() > 0 { Exc::RuntimeError } else { Exc::RecursionError };
        self.error(exc, format_args!("maximum recursion depth exceeded"))
    }

    /// Takes the exception that is under way.
    pub fn take_exception(&mut self) -> Obj {
        match self.root(Root::Exception) {
            Some(exception) => {
                self.set_root(Root::Exception, None);
                exception
            }
            None => Obj::NONE,
        }
    }

    /// Whether the exception under way is of a builtin exception type or derived from it.
    pub fn pending_is(&self, exc: Exc) -> bool {
        self.root(Root::Exception).is_some_and(|exception| self.is_instance_of(exception, self.exc_type(exc)))
    }

    /// Turns `Err` into `Ok(None)` if the exception under way is of this type (and drops it).
    pub fn catch<T>(&mut self, result: R<T>, exc: Exc) -> R<Option<T>> {
        match result {
            Ok(value) => Ok(Some(value)),
            Err(_) if self.pending_is(exc) => {
                self.take_exception();
                Ok(None)
            }
            Err(raised) => Err(raised),
        }
    }
}
