//! Conversions that all numbers share: to an index, a double, an int, a complex number.

use heap::Obj;

use crate::{
    layout::number::Int,
    native::Unary,
    types::int_math,
    value::{R, Raised},
    vm::Vm,
};

impl Vm {
    /// The int that an object stands for as an index: ints and what has `__index__`; `None`: neither.
    pub fn index_int_maybe(&mut self, obj: Obj) -> R<Option<Int>> {
        if let Some(int) = self.as_int(obj) {
            return Ok(Some(int));
        }
        match self.unary_slot(Unary::Index, obj)? {
            Some(index) => match self.as_int(index) {
                Some(int) => Ok(Some(int)),
                None => Err(self.type_error_for("__index__ returned non-int (type ", index, ")")),
            },
            None => Ok(None),
        }
    }

    /// The int that an object stands for as an index; raises TypeError.
    pub fn index_int(&mut self, obj: Obj) -> R<Int> {
        match self.index_int_maybe(obj)? {
            Some(int) => Ok(int),
            None => Err(self.not_an_index(obj)),
        }
    }

    #[cold]
    fn not_an_index(&mut self, obj: Obj) -> Raised {
        self.type_error_for("'", obj, "' object cannot be interpreted as an integer")
    }

    /// `__index__` of anything but a small int, clamped.
    #[cold]
    pub(crate) fn index_slow(&mut self, obj: Obj) -> R<isize> {
        Ok(match self.index_int(obj)? {
            Int::Small(value) => value,
            Int::Big(big) if big.is_negative() => isize::MIN,
            Int::Big(_) => isize::MAX,
        })
    }

    /// A size: an index that must fit into a machine word; raises OverflowError if it does not.
    pub fn index_size(&mut self, obj: Obj) -> R<isize> {
        match self.index_int(obj)? {
            Int::Small(value) => Ok(value),
            Int::Big(_) => Err(self.overflow_error("cannot fit 'int' into an index-sized integer")),
        }
    }

    /// An index that must fit into 64 bits with a sign; raises OverflowError.
    pub fn index_i64(&mut self, obj: Obj) -> R<i64> {
        let int = self.index_int(obj)?;
        match int.as_i128(self).and_then(|value| i64::try_from(value).ok()) {
            Some(value) => Ok(value),
            None => Err(self.overflow_error("Python int too large to convert to C long")),
        }
    }

    /// The double that an object stands for: numbers, and what has `__float__` or `__index__`; raises TypeError.
    pub fn float_value(&mut self, obj: Obj) -> R<f64> {
        match self.float_value_maybe(obj)? {
            Some(value) => Ok(value),
            None => Err(self.type_error_for("must be real number, not ", obj, "")),
        }
    }

    /// As [`Vm::float_value`]; `None`: it stands for none.
    pub(crate) fn float_value_maybe(&mut self, obj: Obj) -> R<Option<f64>> {
        if let Some(value) = self.as_float(obj) {
            return Ok(Some(value));
        }
        if let Some(int) = self.as_int(obj) {
            return int_math::to_float(self, int).map(Some);
        }
        if let Some(result) = self.unary_slot(Unary::Float, obj)? {
            return match self.as_float(result) {
                Some(value) => Ok(Some(value)),
                None => Err(self.type_error_for("__float__ returned non-float (type ", result, ")")),
            };
        }
        match self.index_int_maybe(obj)? {
            Some(int) => int_math::to_float(self, int).map(Some),
            None => Ok(None),
        }
    }

    /// The double of an int or float (or of a class derived from them) as an operand; `None`: no such number.
    pub fn real_operand(&mut self, obj: Obj) -> R<Option<f64>> {
        if let Some(value) = self.as_float(obj) {
            return Ok(Some(value));
        }
        match self.as_int(obj) {
            Some(int) => int_math::to_float(self, int).map(Some),
            None => Ok(None),
        }
    }

    /// The complex number that an object stands for: numbers, and what has `__complex__`, `__float__` or `__index__`;
    /// raises TypeError.
    pub fn complex_value(&mut self, obj: Obj) -> R<(f64, f64)> {
        match self.complex_value_maybe(obj)? {
            Some(parts) => Ok(parts),
            None => Err(self.type_error_for("must be real number, not ", obj, "")),
        }
    }

    /// As [`Vm::complex_value`]; `None`: it stands for none.
    pub(crate) fn complex_value_maybe(&mut self, obj: Obj) -> R<Option<(f64, f64)>> {
        if let Some(parts) = self.as_complex(obj) {
            return Ok(Some(parts));
        }
        if !self.is_float(obj)
            && !self.is_int(obj)
            && let Some(result) = self.unary_slot(Unary::Complex, obj)?
        {
            return match self.as_complex(result) {
                Some(parts) => Ok(Some(parts)),
                None => Err(self.type_error_for("__complex__ returned non-complex (type ", result, ")")),
            };
        }
        Ok(self.float_value_maybe(obj)?.map(|value| (value, 0.0)))
    }
}
