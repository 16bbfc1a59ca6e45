//! The generic operations: what an operator, `len`, `iter`, a subscript… does for any object.
//!
//! They dispatch to the slots of the object's type. Python classes have slots of their own that look up the
//! dunder methods, so nothing here knows about dunders. Everything here may collect, re-enter Python and raise.

use heap::Obj;

use crate::{
    errors::Ability,
    handle::Ref,
    layout::{dict::Dict, seq::List, typ::Type},
    native::{Args, Binary, Show, Unary},
    qstr::Qstr,
    table::TypeId,
    text_out::TextOut,
    types::exception::Exc,
    value::R,
    vm::Vm,
};

/// Symbols of the binary operations for messages, by number.
const SYMBOLS: [&str; 37] = [
    "<",
    ">",
    "==",
    "<=",
    ">=",
    "!=",
    "in",
    "is",
    "exception match",
    "|=",
    "^=",
    "&=",
    "<<=",
    ">>=",
    "+=",
    "-=",
    "*=",
    "@=",
    "//=",
    "/=",
    "%=",
    "**=",
    "|",
    "^",
    "&",
    "<<",
    ">>",
    "+",
    "-",
    "*",
    "@",
    "//",
    "/",
    "%",
    "** or pow()",
    "divmod()",
    "in",
];

/// Steps of loops in native code between two looks for Ctrl-C.
const NATIVE_POLL_INTERVAL: u32 = 4096;

impl Vm {
    /// `lhs op rhs` for every binary operator of the bytecode and `DivMod`.
    pub fn binary(&mut self, op: Binary, lhs: Obj, rhs: Obj) -> R {
        match op {
            Binary::Is => return Ok(Obj::from_bool(self.is_same(lhs, rhs))),
            Binary::In => return Ok(Obj::from_bool(self.contains(rhs, lhs)?)),
            Binary::ExcMatch => return Ok(Obj::from_bool(self.exception_match(lhs, rhs)?)),
            _ => {}
        }
        if op.is_inplace()
            && let Some(result) = self.binary_slot(op, lhs, rhs)?
        {
            return Ok(result);
        }
        if let Some(result) = self.binary_maybe(op.plain(), lhs, rhs)? {
            return Ok(result);
        }
        match op {
            Binary::Eq => Ok(Obj::from_bool(self.is_same(lhs, rhs))),
            Binary::Ne => {
                let equal = self.binary(Binary::Eq, lhs, rhs)?;
                Ok(Obj::from_bool(!self.is_true(equal)?))
            }
            _ => Err(self.unsupported(op, lhs, rhs)),
        }
    }

    /// Tries the operation and its reflected form; `None` if neither type supports it.
    fn binary_maybe(&mut self, op: Binary, lhs: Obj, rhs: Obj) -> R<Option<Obj>> {
        let (left, right) = (self.type_of(lhs), self.type_of(rhs));
        let reflected = op.reflected();
        // A right operand of a derived type goes first, as in CPython.
        let right_first = left != right
            && (right.is_python() || right.is(TypeId::OrderedDict) || right.is(TypeId::DefaultDict))
            && self.is_subclass(right, left);
        if right_first
            && let Some(reflected) = reflected
            && let Some(result) = self.binary_slot(reflected, rhs, lhs)?
        {
            return Ok(Some(result));
        }
        if let Some(result) = self.binary_slot(op, lhs, rhs)? {
            return Ok(Some(result));
        }
        match reflected {
            Some(reflected) if !right_first => self.binary_slot(reflected, rhs, lhs),
            _ => Ok(None),
        }
    }

    /// What the type of `obj` itself says to an operation.
    pub fn binary_slot(&mut self, op: Binary, obj: Obj, other: Obj) -> R<Option<Obj>> {
        match self.type_of(obj).slots().binary {
            Some(slot) => slot(self, op, obj, other),
            None => Ok(None),
        }
    }

    #[cold]
    fn unsupported(&mut self, op: Binary, lhs: Obj, rhs: Obj) -> crate::value::Raised {
        let symbol = SYMBOLS.get(op as usize).copied().unwrap_or("?");
        let made: R = (|| {
            let mut out = TextOut::buffer();
            let comparison = (op as u8) < Binary::In as u8;
            if comparison {
                out.write_fmt(self, format_args!("'{symbol}' not supported between instances of '"))?;
            } else {
                out.write_fmt(self, format_args!("unsupported operand type(s) for {symbol}: '"))?;
            }
            self.write_qstr(&mut out, self.type_of(lhs).name())?;
            out.write_str(self, "' and '")?;
            self.write_qstr(&mut out, self.type_of(rhs).name())?;
            out.write_str(self, "'")?;
            let text = out.into_str(self)?;
            self.new_exception(self.exc_type(Exc::TypeError), &[text])
        })();
        match made {
            Ok(exception) => self.raise(exception),
            Err(raised) => raised,
        }
    }

    /// `a is b`: the same word, or equal floats and strings that only differ in where they are stored.
    pub fn is_same(&self, a: Obj, b: Obj) -> bool {
        a == b
    }

    /// `a == b` as a bool.
    pub fn equal(&mut self, a: Obj, b: Obj) -> R<bool> {
        if a == b && !self.is_float(a) {
            return Ok(true);
        }
        let result = self.binary(Binary::Eq, a, b)?;
        self.is_true(result)
    }

    /// A comparison as a bool.
    pub fn compare(&mut self, op: Binary, a: Obj, b: Obj) -> R<bool> {
        let result = self.binary(op, a, b)?;
        self.is_true(result)
    }

    /// What the type of `obj` itself says to a unary operation.
    pub fn unary_slot(&mut self, op: Unary, obj: Obj) -> R<Option<Obj>> {
        match self.type_of(obj).slots().unary {
            Some(slot) => slot(self, op, obj),
            None => Ok(None),
        }
    }

    /// `+x`, `-x`, `~x`, `not x`, `abs(x)`.
    pub fn unary(&mut self, op: Unary, obj: Obj) -> R {
        if op == Unary::Not {
            return Ok(Obj::from_bool(!self.is_true(obj)?));
        }
        if let Some(result) = self.unary_slot(op, obj)? {
            return Ok(result);
        }
        Err(match op {
            Unary::Pos => self.type_error_for("bad operand type for unary +: '", obj, "'"),
            Unary::Neg => self.type_error_for("bad operand type for unary -: '", obj, "'"),
            Unary::Invert => self.type_error_for("bad operand type for unary ~: '", obj, "'"),
            Unary::Abs => self.type_error_for("bad operand type for abs(): '", obj, "'"),
            _ => self.type_error_for("unsupported operation for '", obj, "'"),
        })
    }

    /// Truth.
    #[inline]
    pub fn is_true(&mut self, obj: Obj) -> R<bool> {
        if let Some(value) = obj.as_bool() {
            return Ok(value);
        }
        if let Some(value) = obj.as_small_int() {
            return Ok(value != 0);
        }
        self.is_true_slow(obj)
    }

    fn is_true_slow(&mut self, obj: Obj) -> R<bool> {
        if obj == Obj::NONE {
            return Ok(false);
        }
        if let Some(result) = self.unary_slot(Unary::Bool, obj)? {
            return Ok(result == Obj::TRUE);
        }
        match self.unary_slot(Unary::Len, obj)? {
            Some(len) if len.as_small_int().is_some_and(|len| len < 0) => {
                Err(self.value_error("__len__() should return >= 0"))
            }
            Some(len) => Ok(len != Obj::small_int_unchecked(0)),
            None => Ok(true),
        }
    }

    /// `len(obj)`
    pub fn len(&mut self, obj: Obj) -> R<usize> {
        if let Some(list) = self.exact::<List>(obj) {
            return Ok(list.len());
        }
        match self.unary_slot(Unary::Len, obj)? {
            Some(len) => match len.as_small_int() {
                Some(len) if len >= 0 => Ok(len as usize),
                Some(_) => Err(self.value_error("__len__() should return >= 0")),
                // A range may be longer than small ints reach.
                None => match self.as_int(len).and_then(|len| len.as_i128(self)).map(usize::try_from) {
                    Some(Ok(len)) => Ok(len),
                    _ => Err(self.value_error("__len__() should return >= 0")),
                },
            },
            None => Err(self.type_error_for("object of type '", obj, "' has no len()")),
        }
    }

    /// `hash(obj)` as a machine word.
    pub fn hash(&mut self, obj: Obj) -> R<usize> {
        if let Some(qstr) = obj.as_qstr() {
            return Ok(self.state().qstrs.hash(Qstr(qstr)) as usize);
        }
        match self.unary_slot(Unary::Hash, obj)? {
            Some(hash) => Ok(hash.as_small_int().unwrap_or(0) as usize),
            None if self.hashes_by_identity(obj) => {
                let hash = crate::types::object::identity_hash(obj);
                Ok(hash.as_small_int().unwrap_or(0) as usize)
            }
            None => Err(self.type_error_for("unhashable type: '", obj, "'")),
        }
    }

    /// Whether an object whose type says nothing about hashes has its identity as hash: all builtin objects except those that
    /// compare by content.
    fn hashes_by_identity(&self, obj: Obj) -> bool {
        const BY_CONTENT: [TypeId; 11] = [
            TypeId::List,
            TypeId::Dict,
            TypeId::OrderedDict,
            TypeId::DefaultDict,
            TypeId::Deque,
            TypeId::Set,
            TypeId::ByteArray,
            TypeId::Array,
            TypeId::Slice,
            TypeId::DictKeys,
            TypeId::DictItems,
        ];
        let class = self.type_of(obj);
        !class.is_python() && !BY_CONTENT.iter().any(|id| class.is(*id))
    }

    /// `item in container`
    pub fn contains(&mut self, container: Obj, item: Obj) -> R<bool> {
        if let Some(dict) = self.exact::<Dict>(container) {
            return Ok(dict.get(self, item)?.is_some());
        }
        if let Some(result) = self.binary_slot(Binary::Contains, container, item)? {
            return self.is_true(result);
        }
        let iterator = match self.iter_maybe(container)? {
            Some(iterator) => iterator,
            None => {
                return Err(self.type_error_for("argument of type '", container, "' is not iterable"));
            }
        };
        while let Some(candidate) = self.next(iterator)? {
            if self.equal(candidate, item)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// `iter(obj)`
    pub fn iter(&mut self, obj: Obj) -> R {
        match self.iter_maybe(obj)? {
            Some(iterator) => Ok(iterator),
            None => Err(self.unable(obj, Ability::Iterate)),
        }
    }

    /// `iter(obj)`, `None` if it is not iterable.
    pub fn iter_maybe(&mut self, obj: Obj) -> R<Option<Obj>> {
        match self.type_of(obj).slots().iter {
            Some(slot) => slot(self, obj).map(Some),
            None => self.iter_by_getitem(obj),
        }
    }

    /// The next item of an iterator; `None` at the end, where StopIteration's value is in
    /// [`Vm::take_stop_value`].
    #[inline]
    pub fn next(&mut self, iterator: Obj) -> R<Option<Obj>> {
        self.native_step()?;
        match self.type_of(iterator).slots().next {
            Some(slot) => slot(self, iterator),
            None => Err(self.unable(iterator, Ability::Advance)),
        }
    }

    /// Calls `each` for every item of an iterable; it stops early when `each` gives false.
    pub fn for_each(&mut self, iterable: Obj, mut each: impl FnMut(&mut Vm, Obj) -> R<bool>) -> R<()> {
        if let Some(seq) = self.plain_seq(iterable) {
            let mut i = 0;
            while let Some(item) = seq.get(i)
                && each(self, item)?
            {
                i += 1;
            }
            return Ok(());
        }
        if let Some((start, step, len)) = self.small_range(iterable) {
            let mut value = start;
            for _ in 0..len {
                self.native_step()?;
                // Inside a range of small ints every value is one.
                if !each(self, Obj::small_int_unchecked(value))? {
                    break;
                }
                value = value.wrapping_add(step);
            }
            return Ok(());
        }
        let iterator = self.essential(|vm| vm.iter(iterable))?;
        while let Some(item) = self.next(iterator)? {
            if !each(self, item)? {
                break;
            }
        }
        Ok(())
    }

    /// `obj[index]`
    pub fn getitem(&mut self, obj: Obj, index: Obj) -> R {
        match self.type_of(obj).slots().getitem {
            Some(slot) => slot(self, obj, index),
            None => Err(self.unable(obj, Ability::Subscript)),
        }
    }

    /// `obj[index] = value`; `None` deletes.
    pub fn setitem(&mut self, obj: Obj, index: Obj, value: Option<Obj>) -> R<()> {
        match self.type_of(obj).slots().setitem {
            Some(slot) => slot(self, obj, index, value),
            None if value.is_some() => Err(self.unable(obj, Ability::SetItem)),
            None => Err(self.unable(obj, Ability::DeleteItem)),
        }
    }

    /// Calls with positional arguments.
    pub fn call(&mut self, function: Obj, args: &[Obj]) -> R {
        self.call_args(function, &Args::positional(args))
    }

    /// `obj.name(args)`
    pub fn call_method(&mut self, obj: Obj, name: Qstr, args: &[Obj]) -> R {
        let method = self.getattr(obj, name)?;
        self.call(method, args)
    }

    /// Writes an object as `repr` or `str` shows it.
    pub fn show(&mut self, obj: Obj, out: &mut TextOut, how: Show) -> R<()> {
        self.check_native_stack()?;
        match self.type_of(obj).slots().show {
            Some(slot) => slot(self, obj, out, how),
            None => {
                out.write_str(self, "<")?;
                self.write_qstr(out, self.type_of(obj).name())?;
                out.write_str(self, ">")
            }
        }
    }

    /// `repr(obj)`
    pub fn repr(&mut self, obj: Obj) -> R {
        let mut out = TextOut::buffer();
        self.show(obj, &mut out, Show::Repr)?;
        out.into_str(self)
    }

    /// `str(obj)`
    pub fn str(&mut self, obj: Obj) -> R {
        if obj.is_qstr() || self.type_of(obj).is(TypeId::Str) {
            return Ok(obj);
        }
        let mut out = TextOut::buffer();
        self.show(obj, &mut out, Show::Str)?;
        out.into_str(self)
    }

    /// Appends the text of a str object.
    pub fn write_text(&mut self, out: &mut TextOut, text: Obj) -> R<()> {
        match self.text(text) {
            Some(text) => out.write(self, text.bytes()),
            None => Err(self.type_error_for("expected str, got '", text, "'")),
        }
    }

    /// A type's `isinstance` without hooks.
    pub fn is_instance_of(&self, obj: Obj, class: Ref<Type>) -> bool {
        self.is_subclass(self.type_of(obj), class)
    }

    /// Whether `class` is `base` or derives from it (by the MRO, without hooks).
    pub fn is_subclass(&self, class: Ref<Type>, base: Ref<Type>) -> bool {
        class == base || self.seq_items(class.mro()).is_some_and(|mro| mro.contains(&base.obj()))
    }

    /// Writes to standard output. Raises OSError.
    pub fn write_stdout(&mut self, bytes: &[u8]) -> R<()> {
        let written = self.host().map_or(Ok(()), |host| host.write_stdout(bytes));
        written.map_err(|errno| self.os_error(errno, None))
    }

    /// Writes out what standard output buffers. Raises OSError.
    pub fn flush_stdout(&mut self) -> R<()> {
        let flushed = self.host().map_or(Ok(()), |host| host.flush_stdout());
        flushed.map_err(|errno| self.os_error(errno, None))
    }

    /// Raises KeyboardInterrupt if Ctrl-C was pressed, and when no steps are left; for native code that runs long.
    pub fn check_interrupt(&mut self) -> R<()> {
        self.take_steps(NATIVE_POLL_INTERVAL)?;
        if self.interrupted() { Err(self.error_args(Exc::KeyboardInterrupt, &[])) } else { Ok(()) }
    }

    /// One step of a loop in native code that has no other end than that of an iterator: now and then
    /// [`Vm::check_interrupt`].
    #[inline(always)]
    pub fn native_step(&mut self) -> R<()> {
        let steps = self.state().interp.native_steps.wrapping_add(1);
        self.state_mut().interp.native_steps = steps;
        if steps.is_multiple_of(NATIVE_POLL_INTERVAL) { self.check_interrupt() } else { Ok(()) }
    }

    /// An index as a machine number (`__index__`), clamped to the range of `isize`.
    pub fn index(&mut self, obj: Obj) -> R<isize> {
        if let Some(value) = obj.as_small_int() {
            return Ok(value);
        }
        self.index_slow(obj)
    }
}
