//! The exception hierarchy: one table, one layout, one behaviour.

use heap::Obj;

use crate::{
    handle::Ref,
    layout::{
        dict::Dict,
        exception::Exception,
        seq::Tuple,
        typ::{Type, flag},
    },
    native::{Args, Def, Member, Native, Show, Slots, TypeDef},
    qstr::{Qstr, q},
    text_out::TextOut,
    types::{errno::errno_name, exception_group, object::identity_unary, special::Special},
    value::R,
    vm::Vm,
};

macro_rules! exceptions {
    ($($name:ident : $base:ident;)*) => {
        /// A builtin exception type.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u32)]
        #[allow(missing_docs)]
        pub enum Exc { $($name,)* }

        /// Names and bases (`BaseException` is its own base), in the order of [`Exc`]; bases come first.
        pub const EXCEPTIONS: &[(&str, Exc)] = &[$((stringify!($name), Exc::$base)),*];

        /// How many there are.
        pub const COUNT: usize = EXCEPTIONS.len();

        /// The definitions, in the order of [`Exc`].
        pub static EXCEPTION_DEFS: [TypeDef; COUNT] = [$(definition(Exc::$name, stringify!($name))),*];
    };
}

exceptions! {
    BaseException: BaseException;
    SystemExit: BaseException;
    KeyboardInterrupt: BaseException;
    GeneratorExit: BaseException;
    BaseExceptionGroup: BaseException;
    Exception: BaseException;
    StopAsyncIteration: Exception;
    StopIteration: Exception;
    ArithmeticError: Exception;
    OverflowError: ArithmeticError;
    FloatingPointError: ArithmeticError;
    ZeroDivisionError: ArithmeticError;
    AssertionError: Exception;
    AttributeError: Exception;
    BufferError: Exception;
    EOFError: Exception;
    ImportError: Exception;
    ModuleNotFoundError: ImportError;
    LookupError: Exception;
    IndexError: LookupError;
    KeyError: LookupError;
    MemoryError: Exception;
    NameError: Exception;
    UnboundLocalError: NameError;
    OSError: Exception;
    BlockingIOError: OSError;
    ChildProcessError: OSError;
    ConnectionError: OSError;
    BrokenPipeError: ConnectionError;
    ConnectionAbortedError: ConnectionError;
    ConnectionRefusedError: ConnectionError;
    ConnectionResetError: ConnectionError;
    FileExistsError: OSError;
    FileNotFoundError: OSError;
    InterruptedError: OSError;
    IsADirectoryError: OSError;
    NotADirectoryError: OSError;
    PermissionError: OSError;
    ProcessLookupError: OSError;
    TimeoutError: OSError;
    ReferenceError: Exception;
    RuntimeError: Exception;
    NotImplementedError: RuntimeError;
    RecursionError: RuntimeError;
    SyntaxError: Exception;
    IndentationError: SyntaxError;
    TabError: IndentationError;
    SystemError: Exception;
    TypeError: Exception;
    ValueError: Exception;
    UnicodeError: ValueError;
    UnicodeDecodeError: UnicodeError;
    UnicodeEncodeError: UnicodeError;
    UnicodeTranslateError: UnicodeError;
    Warning: Exception;
    DeprecationWarning: Warning;
    FutureWarning: Warning;
    ImportWarning: Warning;
    PendingDeprecationWarning: Warning;
    BytesWarning: Warning;
    EncodingWarning: Warning;
    UnicodeWarning: Warning;
    ResourceWarning: Warning;
    RuntimeWarning: Warning;
    SyntaxWarning: Warning;
    UserWarning: Warning;
    ExceptionGroup: BaseExceptionGroup;
    ViperTypeError: TypeError;
}

/// `BaseException`
pub static BASE_EXCEPTION: TypeDef = definition(Exc::BaseException, "BaseException");

const fn definition(exc: Exc, name: &'static str) -> TypeDef {
    TypeDef {
        subclassable: true,
        slots: Slots { new: Some(new), show: Some(show), unary: Some(identity_unary), ..Slots::NONE },
        members: match exc {
            Exc::BaseException => BASE_MEMBERS,
            Exc::SystemExit => &[("code", Def::GetSet(get_code, |vm, e, v| set_field(vm, e, q::code, v)))],
            // In MicroPython all exceptions have it; its tests ask a TypeError.
            Exc::StopIteration | Exc::TypeError => {
                &[("value", Def::GetSet(get_value, |vm, e, v| set_field(vm, e, q::value, v)))]
            }
            Exc::OSError => OS_MEMBERS,
            Exc::SyntaxError => SYNTAX_MEMBERS,
            Exc::ImportError => IMPORT_MEMBERS,
            Exc::AttributeError => ATTRIBUTE_MEMBERS,
            Exc::NameError => {
                &[("name", Def::GetSet(|vm, e| field(vm, e, q::name, None), |vm, e, v| set_field(vm, e, q::name, v)))]
            }
            Exc::UnicodeDecodeError | Exc::UnicodeEncodeError => UNICODE_MEMBERS,
            Exc::BaseExceptionGroup => exception_group::MEMBERS,
            _ => &[],
        },
        ..TypeDef::named(name)
    }
}

const BASE_MEMBERS: &[Member] = &[
    ("args", Def::GetSet(get_args, set_args)),
    ("__traceback__", Def::GetSet(crate::types::traceback::get, crate::types::traceback::set)),
    ("__cause__", Def::GetSet(get_cause, set_cause)),
    ("__context__", Def::GetSet(get_context, set_context)),
    ("__suppress_context__", Def::GetSet(get_suppress, set_suppress)),
    ("with_traceback", Def::Fn(Native::F2(with_traceback))),
    ("add_note", Def::Fn(Native::F2(add_note))),
];

macro_rules! fields {
    ($($text:literal $name:ident $index:expr;)*) => {
        &[$((
            $text,
            Def::GetSet(|vm, e| field(vm, e, q::$name, $index), |vm, e, v| set_field(vm, e, q::$name, v)),
        )),*]
    };
}

const OS_MEMBERS: &[Member] = &[
    ("errno", Def::GetSet(get_errno, |vm, e, v| set_field(vm, e, q::errno, v))),
    ("strerror", Def::GetSet(|vm, e| os_field(vm, e, q::strerror, 1), |vm, e, v| set_field(vm, e, q::strerror, v))),
    ("filename", Def::GetSet(|vm, e| os_field(vm, e, q::filename, 2), |vm, e, v| set_field(vm, e, q::filename, v))),
];

const SYNTAX_MEMBERS: &[Member] = &[
    ("msg", Def::GetSet(|vm, e| field(vm, e, q::msg, Some(0)), |vm, e, v| set_field(vm, e, q::msg, v))),
    ("filename", Def::GetSet(|vm, e| place(vm, e, q::filename, 0), |vm, e, v| set_field(vm, e, q::filename, v))),
    ("lineno", Def::GetSet(|vm, e| place(vm, e, q::lineno, 1), |vm, e, v| set_field(vm, e, q::lineno, v))),
    ("offset", Def::GetSet(|vm, e| place(vm, e, q::offset, 2), |vm, e, v| set_field(vm, e, q::offset, v))),
    ("text", Def::GetSet(|vm, e| place(vm, e, q::text, 3), |vm, e, v| set_field(vm, e, q::text, v))),
    ("end_lineno", Def::GetSet(|vm, e| place(vm, e, q::end_lineno, 4), |vm, e, v| set_field(vm, e, q::end_lineno, v))),
    ("end_offset", Def::GetSet(|vm, e| place(vm, e, q::end_offset, 5), |vm, e, v| set_field(vm, e, q::end_offset, v))),
];

const IMPORT_MEMBERS: &[Member] = fields! {
    "msg" msg Some(0);
    "name" name None;
    "name_from" name_from None;
    "path" path None;
};

const ATTRIBUTE_MEMBERS: &[Member] = fields! {
    "name" name None;
    "obj" obj None;
};

const UNICODE_MEMBERS: &[Member] = fields! {
    "encoding" encoding Some(0);
    "object" object Some(1);
    "start" start Some(2);
    "end" end Some(3);
    "reason" reason Some(4);
};

fn new(vm: &mut Vm, class: Ref<Type>, args: &Args) -> R {
    vm.new_exception_object(class, args)
}

impl Vm {
    /// What the `__new__` of exception classes does.
    pub(crate) fn new_exception_object(&mut self, class: Ref<Type>, args: &Args) -> R {
        if self.is_subclass(class, self.exc_type(Exc::BaseExceptionGroup)) {
            return exception_group::new(self, class, args);
        }
        let class = self.os_error_class(class, args.pos);
        let obj = self.essential(|vm| vm.new_exception(class, args.pos))?;
        if args.kw.is_empty() || class.has_special(Special::Init) {
            return Ok(obj);
        }
        let of = |vm: &Vm, exc| vm.is_subclass(class, vm.exc_type(exc));
        let known: &[Qstr] = if of(self, Exc::ImportError) {
            &[q::name, q::path, q::name_from]
        } else if of(self, Exc::AttributeError) {
            &[q::name, q::obj]
        } else if of(self, Exc::NameError) {
            &[q::name]
        } else {
            &[]
        };
        for (key, value) in args.keywords() {
            let Some(name) = known.iter().find(|name| self.names_equal(key, **name)) else {
                let name = self.owned_text(class.name());
                return Err(self.error(Exc::TypeError, format_args!("{name}() takes no keyword arguments")));
            };
            set_field(self, obj, *name, Some(value))?;
        }
        Ok(obj)
    }

    /// `OSError` with an errno and a text becomes the type for that errno.
    fn os_error_class(&self, class: Ref<Type>, args: &[Obj]) -> Ref<Type> {
        if class != self.exc_type(Exc::OSError) || args.len() < 2 {
            return class;
        }
        self.os_error_type(args[0].as_small_int())
    }

    /// The type of OSError for an errno.
    pub(crate) fn os_error_type(&self, errno: Option<isize>) -> Ref<Type> {
        let exc = match errno {
            Some(1 | 13) => Exc::PermissionError,
            Some(2) => Exc::FileNotFoundError,
            Some(3) => Exc::ProcessLookupError,
            Some(4) => Exc::InterruptedError,
            Some(10) => Exc::ChildProcessError,
            Some(11 | 114 | 115) => Exc::BlockingIOError,
            Some(17) => Exc::FileExistsError,
            Some(20) => Exc::NotADirectoryError,
            Some(21) => Exc::IsADirectoryError,
            Some(32 | 108) => Exc::BrokenPipeError,
            Some(103) => Exc::ConnectionAbortedError,
            Some(104) => Exc::ConnectionResetError,
            Some(110) => Exc::TimeoutError,
            Some(111) => Exc::ConnectionRefusedError,
            _ => Exc::OSError,
        };
        self.exc_type(exc)
    }

    /// Whether an exception (instance or class) matches a class or tuple of classes of an `except`.
    pub fn exception_match(&mut self, exc: Obj, class: Obj) -> R<bool> {
        let of = self.as_type(exc).unwrap_or_else(|| self.type_of(exc));
        if let Some(class) = self.as_type(class)
            && class.has(flag::EXCEPTION)
        {
            return Ok(self.is_subclass(of, class));
        }
        if self.cast::<Tuple>(class).is_some() {
            self.check_native_stack()?;
            let mut i = 0;
            while let Some(item) = self.seq_items(class).and_then(|items| items.get(i).copied()) {
                if self.exception_match(exc, item)? {
                    return Ok(true);
                }
                i += 1;
            }
            return Ok(false);
        }
        Err(self.type_error("catching classes that do not inherit from BaseException is not allowed"))
    }

    /// What `raise obj` raises: an exception, or an instance of an exception class. TypeError for anything else.
    pub fn exception_to_raise(&mut self, obj: Obj) -> R {
        if self.as_exception(obj).is_some() {
            return Ok(obj);
        }
        if let Some(class) = self.as_type(obj)
            && class.has(flag::EXCEPTION)
        {
            let made = self.instantiate(class, &Args::positional(&[]))?;
            if self.as_exception(made).is_some() {
                return Ok(made);
            }
        }
        Err(self.type_error("exceptions must derive from BaseException"))
    }

    pub(crate) fn expect_exception(&mut self, obj: Obj) -> R<Ref<Exception>> {
        match self.as_exception(obj) {
            Some(exception) => Ok(exception),
            None => Err(self.type_error_for("expected an exception, got '", obj, "'")),
        }
    }
}

fn show(vm: &mut Vm, obj: Obj, out: &mut TextOut, how: Show) -> R<()> {
    let Some(exception) = vm.as_exception(obj) else {
        return Ok(());
    };
    let count = exception.arg_count(vm);
    if how == Show::Repr {
        vm.write_qstr(out, vm.type_of(obj).name())?;
        if let (1, Some(arg), false) = (count, exception.arg(vm, 0), vm.official_texts()) {
            out.write_str(vm, "(")?;
            vm.show(arg, out, Show::Repr)?;
            return out.write_str(vm, ")");
        }
        let args = exception.args(vm)?;
        return vm.show(args, out, Show::Repr);
    }
    if vm.is_instance_of(obj, vm.exc_type(Exc::BaseExceptionGroup)) {
        return exception_group::show(vm, exception, out);
    }
    let first = exception.arg(vm, 0);
    match (count, first) {
        (0, _) => Ok(()),
        (1, Some(arg)) => {
            if vm.is_instance_of(obj, vm.exc_type(Exc::KeyError)) {
                return vm.show(arg, out, Show::Repr);
            }
            if let Some(name) = os_errno_name(vm, obj, arg) {
                let number = arg.as_small_int().unwrap_or(0);
                return out.write_fmt(vm, format_args!("[Errno {number}] {name}"));
            }
            vm.show(arg, out, Show::Str)
        }
        (2, Some(number)) if os_errno_name(vm, obj, number).is_some() => {
            let name = os_errno_name(vm, obj, number).unwrap_or_default();
            let number = number.as_small_int().unwrap_or(0);
            out.write_fmt(vm, format_args!("[Errno {number}] {name}: "))?;
            let text = exception.arg(vm, 1).unwrap_or(Obj::NONE);
            vm.show(text, out, Show::Str)
        }
        (2, Some(message)) if vm.is_instance_of(obj, vm.exc_type(Exc::SyntaxError)) => {
            vm.show(message, out, Show::Str)?;
            let (file, line) = (place(vm, obj, q::filename, 0)?, place(vm, obj, q::lineno, 1)?);
            if file != Obj::NONE && line != Obj::NONE {
                out.write_str(vm, " (")?;
                vm.show(file, out, Show::Str)?;
                out.write_str(vm, ", line ")?;
                vm.show(line, out, Show::Str)?;
                out.write_str(vm, ")")?;
            }
            Ok(())
        }
        (5, Some(_)) if vm.is_instance_of(obj, vm.exc_type(Exc::UnicodeError)) => show_unicode(vm, exception, out),
        _ => {
            let args = exception.args(vm)?;
            vm.show(args, out, Show::Repr)
        }
    }
}

fn os_errno_name(vm: &Vm, obj: Obj, number: Obj) -> Option<&'static str> {
    if !vm.is_instance_of(obj, vm.exc_type(Exc::OSError)) {
        return None;
    }
    errno_name(number.as_small_int()?)
}

/// `'utf-8' codec can't decode bytes in position 0-1: reason`
fn show_unicode(vm: &mut Vm, exception: Ref<Exception>, out: &mut TextOut) -> R<()> {
    let decode = vm.is_instance_of(exception.obj(), vm.exc_type(Exc::UnicodeDecodeError));
    let arg = |vm: &Vm, i| exception.arg(vm, i).unwrap_or(Obj::NONE);
    let (encoding, reason) = (arg(vm, 0), arg(vm, 4));
    let start = arg(vm, 2).as_small_int().unwrap_or(0);
    let end = arg(vm, 3).as_small_int().unwrap_or(0);
    out.write_str(vm, "'")?;
    vm.show(encoding, out, Show::Str)?;
    let verb = if decode { "decode" } else { "encode" };
    let what = if decode { "byte" } else { "character" };
    out.write_fmt(vm, format_args!("' codec can't {verb} {what}"))?;
    let byte = vm.bytes_of(arg(vm, 1)).and_then(|bytes| bytes.get(usize::try_from(start).ok()?).copied());
    match byte {
        Some(byte) if end - start == 1 => {
            out.write_fmt(vm, format_args!(" 0x{byte:02x} in position {start}: "))?;
        }
        _ if end - start == 1 => out.write_fmt(vm, format_args!(" in position {start}: "))?,
        _ => out.write_fmt(vm, format_args!("s in position {start}-{}: ", end.saturating_sub(1)))?,
    }
    vm.show(reason, out, Show::Str)
}

/// A field that a program or the raiser has set, or else one of the arguments.
fn field(vm: &mut Vm, obj: Obj, name: Qstr, arg: Option<usize>) -> R {
    let exception = vm.expect_exception(obj)?;
    if let Some(value) = exception.attributes().and_then(|dict: Ref<Dict>| dict.get_name(vm, name)) {
        return Ok(value);
    }
    if let (Some(wanted), subject) = exception.subject() {
        let import = vm.is_instance_of(obj, vm.exc_type(Exc::ImportError));
        match (name, subject) {
            (q::name, Some(module)) if import => {
                let name = vm.module_dict(module).and_then(|dict| dict.get_name(vm, q::__name__));
                return Ok(name.unwrap_or(Obj::NONE));
            }
            (q::name_from, _) if import => return Ok(wanted.obj()),
            (q::name, _) => return Ok(wanted.obj()),
            (q::obj, Some(subject)) if !import => return Ok(subject),
            _ => {}
        }
    }
    Ok(arg.and_then(|index| exception.arg(vm, index)).unwrap_or(Obj::NONE))
}

fn set_field(vm: &mut Vm, obj: Obj, name: Qstr, value: Option<Obj>) -> R<()> {
    let exception = vm.expect_exception(obj)?;
    exception.attributes_or_new(vm)?.set_name(vm, name, value.unwrap_or(Obj::NONE))
}

/// `errno` and its kin exist when there are two to five arguments; `errno` also for one, as in MicroPython.
fn os_field(vm: &mut Vm, obj: Obj, name: Qstr, arg: usize) -> R {
    let count = vm.expect_exception(obj)?.arg_count(vm);
    field(vm, obj, name, (2..=5).contains(&count).then_some(arg))
}

fn get_errno(vm: &mut Vm, obj: Obj) -> R {
    field(vm, obj, q::errno, Some(0))
}

/// A field of a SyntaxError's second argument: (file, line, column, text, end line, end column).
fn place(vm: &mut Vm, obj: Obj, name: Qstr, index: usize) -> R {
    let details = vm.expect_exception(obj)?.arg(vm, 1);
    let value = field(vm, obj, name, None)?;
    if value != Obj::NONE {
        return Ok(value);
    }
    let details = details.and_then(|details| vm.seq_items(details));
    Ok(details.and_then(|details| details.get(index).copied()).unwrap_or(Obj::NONE))
}

fn get_value(vm: &mut Vm, obj: Obj) -> R {
    field(vm, obj, q::value, Some(0))
}

fn get_code(vm: &mut Vm, obj: Obj) -> R {
    let exception = vm.expect_exception(obj)?;
    if exception.arg_count(vm) > 1 && exception.attributes().is_none() {
        return exception.args(vm);
    }
    field(vm, obj, q::code, Some(0))
}

fn get_args(vm: &mut Vm, obj: Obj) -> R {
    vm.expect_exception(obj)?.args(vm)
}

fn set_args(vm: &mut Vm, obj: Obj, value: Option<Obj>) -> R<()> {
    let exception = vm.expect_exception(obj)?;
    let Some(value) = value else {
        return Err(vm.type_error("args may not be deleted"));
    };
    let items = vm.new_list(&[])?;
    vm.for_each(value, |vm, item| items.push(vm, item).map(|()| true))?;
    let tuple = vm.new_tuple_of_nones(items.len())?;
    for i in 0..items.len() {
        tuple.init(i, items.get(i).unwrap_or(Obj::NONE));
    }
    exception.set_args_tuple(tuple.obj());
    Ok(())
}

fn get_cause(vm: &mut Vm, obj: Obj) -> R {
    Ok(vm.expect_exception(obj)?.cause().unwrap_or(Obj::NONE))
}

fn linked(vm: &mut Vm, value: Option<Obj>, what: &str) -> R<Option<Obj>> {
    match value {
        None | Some(Obj::NONE) => Ok(None),
        Some(other) if vm.as_exception(other).is_some() => Ok(Some(other)),
        Some(_) => {
            Err(vm.error(Exc::TypeError, format_args!("exception {what} must be None or derive from BaseException")))
        }
    }
}

fn set_cause(vm: &mut Vm, obj: Obj, value: Option<Obj>) -> R<()> {
    let cause = linked(vm, value, "cause")?;
    vm.expect_exception(obj)?.set_cause(cause);
    Ok(())
}

fn get_context(vm: &mut Vm, obj: Obj) -> R {
    Ok(vm.expect_exception(obj)?.context().unwrap_or(Obj::NONE))
}

fn set_context(vm: &mut Vm, obj: Obj, value: Option<Obj>) -> R<()> {
    let context = linked(vm, value, "context")?;
    vm.expect_exception(obj)?.set_context(context);
    Ok(())
}

fn get_suppress(vm: &mut Vm, obj: Obj) -> R {
    Ok(Obj::from_bool(vm.expect_exception(obj)?.suppresses_context()))
}

fn set_suppress(vm: &mut Vm, obj: Obj, value: Option<Obj>) -> R<()> {
    let on = match value {
        Some(value) => vm.is_true(value)?,
        None => false,
    };
    vm.expect_exception(obj)?.set_suppress_context(on);
    Ok(())
}

fn with_traceback(vm: &mut Vm, obj: Obj, traceback: Obj) -> R {
    crate::types::traceback::set(vm, obj, Some(traceback))?;
    Ok(obj)
}

pub(crate) fn add_note(vm: &mut Vm, obj: Obj, note: Obj) -> R {
    if !vm.is_str(note) {
        return Err(vm.type_error_for("note must be a str, not '", note, "'"));
    }
    let attributes = vm.expect_exception(obj)?.attributes_or_new(vm)?;
    let notes = attributes.get_name(vm, q::__notes__).and_then(|notes| vm.cast::<crate::layout::seq::List>(notes));
    match notes {
        Some(notes) => notes.push(vm, note)?,
        None => {
            let notes = vm.new_list(&[note])?;
            attributes.set_name(vm, q::__notes__, notes.obj())?;
        }
    }
    Ok(Obj::NONE)
}
