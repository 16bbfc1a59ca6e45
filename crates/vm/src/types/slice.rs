//! `slice`, and indices of sequences in general.

use heap::Obj;

use crate::{
    handle::Ref,
    layout::{iter::Slice, typ::Type},
    native::{Args, Binary, Def, Native, Show, Slots, TypeDef, Unary},
    text_out::TextOut,
    types::exception::Exc,
    types::hashing::SequenceHash,
    value::R,
    vm::Vm,
};

/// `slice`
pub static SLICE: TypeDef = TypeDef {
    name: "slice",
    base: None,
    subclassable: false,
    slots: Slots { new: Some(new), show: Some(show), unary: Some(unary), binary: Some(binary), ..Slots::NONE },
    members: &[
        ("start", Def::Get(|vm, obj| field(vm, obj, 0))),
        ("stop", Def::Get(|vm, obj| field(vm, obj, 1))),
        ("step", Def::Get(|vm, obj| field(vm, obj, 2))),
        ("indices", Def::Fn(Native::F2(indices))),
    ],
};

/// The indices that a slice selects in a sequence of known length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SliceRange {
    /// The first index; for an empty selection where an insertion would go.
    pub start: usize,
    /// The end of the selection for step 1; never below `start` then.
    pub stop: usize,
    /// The distance, not 0.
    pub step: isize,
    /// How many indices there are.
    pub count: usize,
}

/// Start, stop and step of a slice as machine numbers; `None`: left out.
#[derive(Clone, Copy, Debug)]
pub struct SliceParts {
    start: Option<isize>,
    stop: Option<isize>,
    step: isize,
}

impl SliceParts {
    /// Start, stop and step as CPython's `slice.indices` gives them: clamped, but not yet counted.
    pub(crate) fn clamp(self, len: usize) -> (isize, isize, isize) {
        let len = isize::try_from(len).unwrap_or(isize::MAX);
        let (low, high) = if self.step < 0 { (-1, len - 1) } else { (0, len) };
        let fix = |value: Option<isize>, default: isize| match value {
            None => default,
            Some(value) if value < 0 => value.saturating_add(len).max(low),
            Some(value) => value.min(high),
        };
        let (first, last) = if self.step < 0 { (high, low) } else { (low, high) };
        (fix(self.start, first), fix(self.stop, last), self.step)
    }

    /// What it selects in a sequence of this length.
    pub fn resolve(self, len: usize) -> SliceRange {
        let (start, stop, step) = self.clamp(len);
        let count = match step > 0 {
            true if start < stop => (stop - start - 1) / step + 1,
            false if stop < start => (start - stop - 1) / step.saturating_neg() + 1,
            _ => 0,
        } as usize;
        let first = start.max(0) as usize;
        SliceRange { start: first, stop: (stop.max(0) as usize).max(first), step, count }
    }
}

impl SliceRange {
    /// The `i`-th index.
    #[inline]
    pub fn index(&self, i: usize) -> usize {
        self.start.wrapping_add_signed(self.step.wrapping_mul(i as isize))
    }
}

fn slice_number(vm: &mut Vm, obj: Obj) -> R<Option<isize>> {
    if obj == Obj::NONE {
        return Ok(None);
    }
    if let Some(value) = obj.as_small_int() {
        return Ok(Some(value));
    }
    match vm.unary_slot(Unary::Index, obj)? {
        Some(value) => vm.index(value).map(Some),
        None => Err(vm.type_error("slice indices must be integers or None or have an __index__ method")),
    }
}

impl Vm {
    /// The parts of a slice; may run Python code (`__index__`), so the length of the sequence comes after it.
    pub fn slice_parts(&mut self, slice: Ref<Slice>) -> R<SliceParts> {
        let step = slice_number(self, slice.step())?.unwrap_or(1);
        if step == 0 {
            return Err(self.value_error("slice step cannot be zero"));
        }
        let start = slice_number(self, slice.start())?;
        let stop = slice_number(self, slice.stop())?;
        Ok(SliceParts { start, stop, step: step.max(-isize::MAX) })
    }

    /// What a slice selects in an (immutable) sequence of this length.
    pub fn slice_range(&mut self, slice: Ref<Slice>, len: usize) -> R<SliceRange> {
        Ok(self.slice_parts(slice)?.resolve(len))
    }

    /// An index of a sequence as a number below its length, negative ones counted from the end. Raises IndexError,
    /// and TypeError for what is no index. `what` names the sequence. For a sequence that can change, call
    /// [`Vm::index`] first if the object is not a small int.
    #[inline]
    pub fn seq_index(&mut self, index: Obj, len: usize, what: &str) -> R<usize> {
        if let Some(value) = index.as_small_int()
            && let Some(index) = wrap_index(value, len)
        {
            return Ok(index);
        }
        self.seq_index_slow(index, len, what)
    }

    #[cold]
    fn seq_index_slow(&mut self, index: Obj, len: usize, what: &str) -> R<usize> {
        let value = self.seq_index_number(index, what)?;
        match wrap_index(value, len) {
            Some(index) => Ok(index),
            None => Err(self.error(Exc::IndexError, format_args!("{what} index out of range"))),
        }
    }

    /// An index of a sequence as a number, which may be negative or out of range.
    pub fn seq_index_number(&mut self, index: Obj, what: &str) -> R<isize> {
        if let Some(value) = index.as_small_int() {
            return Ok(value);
        }
        match self.unary_slot(Unary::Index, index)? {
            Some(value) => self.index(value),
            None => {
                let mut before = alloc::string::String::from(what);
                before.push_str(" indices must be integers or slices, not ");
                Err(self.type_error_for(&before, index, ""))
            }
        }
    }
}

/// Counts a negative index from the end; `None`: out of range.
#[inline(always)]
pub fn wrap_index(value: isize, len: usize) -> Option<usize> {
    let index = if value < 0 { (value as usize).wrapping_add(len) } else { value as usize };
    (index < len).then_some(index)
}

fn new(vm: &mut Vm, _class: Ref<Type>, args: &Args) -> R {
    if args.n_kw() > 0 {
        return Err(vm.type_error("slice() takes no keyword arguments"));
    }
    match *args.pos {
        [stop] => vm.new_slice(Obj::NONE, stop, Obj::NONE),
        [start, stop] => vm.new_slice(start, stop, Obj::NONE),
        [start, stop, step] => vm.new_slice(start, stop, step),
        [] => Err(vm.type_error("slice expected at least 1 argument, got 0")),
        _ => {
            let n = args.pos.len();
            Err(vm.error(Exc::TypeError, format_args!("slice expected at most 3 arguments, got {n}")))
        }
    }
}

fn get(vm: &mut Vm, obj: Obj) -> R<Ref<Slice>> {
    match vm.cast::<Slice>(obj) {
        Some(slice) => Ok(slice),
        None => Err(vm.type_error_for("descriptor requires a 'slice' object but received a '", obj, "'")),
    }
}

fn parts(slice: Ref<Slice>) -> [Obj; 3] {
    [slice.start(), slice.stop(), slice.step()]
}

fn field(vm: &mut Vm, obj: Obj, which: usize) -> R {
    Ok(parts(get(vm, obj)?)[which])
}

fn indices(vm: &mut Vm, obj: Obj, len: Obj) -> R {
    let slice = get(vm, obj)?;
    let len = vm.index(len)?;
    let Ok(len) = usize::try_from(len) else {
        return Err(vm.value_error("length should not be negative"));
    };
    let (start, stop, step) = vm.slice_parts(slice)?.clamp(len);
    let (start, stop, step) = (vm.new_int(start)?, vm.new_int(stop)?, vm.new_int(step)?);
    vm.new_tuple(&[start, stop, step])
}

fn show(vm: &mut Vm, obj: Obj, out: &mut TextOut, _how: Show) -> R<()> {
    let slice = get(vm, obj)?;
    out.write_str(vm, "slice(")?;
    for (i, part) in parts(slice).into_iter().enumerate() {
        if i > 0 {
            out.write_str(vm, ", ")?;
        }
        vm.show(part, out, Show::Repr)?;
    }
    out.write_str(vm, ")")
}

/// Slices have a hash, as in CPython since 3.12: a slice may be a key.
fn unary(vm: &mut Vm, op: Unary, obj: Obj) -> R<Option<Obj>> {
    if op != Unary::Hash {
        return Ok(None);
    }
    vm.check_native_stack()?;
    let mut hash = SequenceHash::new();
    for part in parts(get(vm, obj)?) {
        hash = hash.push(vm.hash(part)?);
    }
    Ok(Obj::small_int(hash.finish()))
}

fn binary(vm: &mut Vm, op: Binary, obj: Obj, other: Obj) -> R<Option<Obj>> {
    if op as u8 > Binary::Ne as u8 {
        return Ok(None);
    }
    let (slice, Some(other)) = (get(vm, obj)?, vm.cast::<Slice>(other)) else { return Ok(None) };
    let left = vm.new_tuple(&parts(slice))?;
    let right = vm.new_tuple(&parts(other))?;
    vm.binary_slot(op, left, right)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(start: impl Into<Option<isize>>, stop: impl Into<Option<isize>>, step: isize) -> SliceParts {
        SliceParts { start: start.into(), stop: stop.into(), step }
    }

    #[test]
    fn slices_select_as_in_cpython() {
        // start, stop, step, length → first, count, last
        type Row = (Option<isize>, Option<isize>, isize, usize, &'static [usize]);
        let rows: &[Row] = &[
            (None, None, 1, 3, &[0, 1, 2]),
            (Some(1), None, 1, 3, &[1, 2]),
            (Some(-2), None, 1, 3, &[1, 2]),
            (Some(-9), Some(9), 1, 3, &[0, 1, 2]),
            (Some(2), Some(1), 1, 3, &[]),
            (None, None, -1, 3, &[2, 1, 0]),
            (None, None, -2, 4, &[3, 1]),
            (Some(1), None, -1, 3, &[1, 0]),
            (Some(9), Some(-9), -3, 7, &[6, 3, 0]),
            (None, None, 5, 3, &[0]),
            (None, None, isize::MAX, 3, &[0]),
            (None, None, -isize::MAX, 3, &[2]),
            (Some(isize::MIN), Some(isize::MAX), 2, 5, &[0, 2, 4]),
            (None, None, 1, 0, &[]),
            (None, None, -1, 0, &[]),
        ];
        for &(start, stop, step, len, expected) in rows {
            let range = parts(start, stop, step).resolve(len);
            let got: std::vec::Vec<usize> = (0..range.count).map(|i| range.index(i)).collect();
            assert_eq!(got, expected, "[{start:?}:{stop:?}:{step}] of {len}");
        }
    }

    #[test]
    fn empty_slices_tell_where_to_insert() {
        let range = parts(5, 2, 1).resolve(9);
        assert_eq!((range.start, range.stop, range.count), (5, 5, 0));
        let range = parts(50, None, 1).resolve(9);
        assert_eq!((range.start, range.stop), (9, 9));
    }

    #[test]
    fn indices_wrap() {
        for (value, len, expected) in
            [(0, 1, Some(0)), (-1, 3, Some(2)), (3, 3, None), (-4, 3, None), (isize::MIN, 3, None), (0, 0, None)]
        {
            assert_eq!(wrap_index(value, len), expected, "{value} of {len}");
        }
    }
}
