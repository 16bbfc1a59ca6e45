//! `range`.
//!
//! Start, stop and step are ints of any size. What the loop and most programs use, ranges of small ints, takes no
//! detour: the differences of small ints fit a word.

use heap::Obj;

use crate::{
    handle::Ref,
    layout::{
        iter::{Range, RangeIterator, Slice},
        typ::Type,
    },
    native::{Args, Binary, Def, Native, Show, Slots, TypeDef, Unary},
    text_out::TextOut,
    types::{exception::Exc, hashing::SequenceHash, object::identity_unary, slice::wrap_index},
    value::R,
    vm::Vm,
};

/// `range`
pub static RANGE: TypeDef = TypeDef {
    name: "range",
    base: None,
    subclassable: false,
    slots: Slots {
        new: Some(new),
        show: Some(show),
        unary: Some(unary),
        binary: Some(binary),
        getitem: Some(getitem),
        iter: Some(iter),
        ..Slots::NONE
    },
    members: &[
        ("start", Def::Get(|vm, obj| Ok(get(vm, obj)?.start()))),
        ("stop", Def::Get(|vm, obj| Ok(get(vm, obj)?.stop()))),
        ("step", Def::Get(|vm, obj| Ok(get(vm, obj)?.step()))),
        ("count", Def::Fn(Native::F2(count))),
        ("index", Def::Fn(Native::F2(index))),
        ("__reversed__", Def::Fn(Native::F1(reversed))),
    ],
};

/// `range_iterator`
pub static RANGE_ITERATOR: TypeDef = TypeDef {
    name: "range_iterator",
    base: None,
    subclassable: false,
    slots: Slots { iter: Some(|_, obj| Ok(obj)), next: Some(next), unary: Some(identity_unary), ..Slots::NONE },
    members: &[("__length_hint__", Def::Fn(Native::F1(length_hint)))],
};

const ZERO: Obj = Obj::small_int_unchecked(0);
const ONE: Obj = Obj::small_int_unchecked(1);

impl Vm {
    /// An int from any object with `__index__`. Raises TypeError.
    pub fn index_object(&mut self, obj: Obj) -> R {
        if obj.is_small_int() {
            return Ok(obj);
        }
        match self.unary_slot(Unary::Index, obj)? {
            Some(value) => Ok(value),
            None => Err(self.type_error_for("'", obj, "' object cannot be interpreted as an integer")),
        }
    }

    /// Start, step and length of a range of small ints.
    #[inline]
    pub fn small_range(&self, obj: Obj) -> Option<(isize, isize, usize)> {
        let (start, stop, step) = self.exact::<Range>(obj)?.small()?;
        Some((start, step, small_len(start, stop, step)))
    }

    /// Makes a range of small ints.
    pub fn new_range(&mut self, start: isize, stop: isize, step: isize) -> R {
        let (start, stop, step) = (self.new_int(start)?, self.new_int(stop)?, self.new_int(step)?);
        Ok(self.new_range_object(start, stop, step)?.obj())
    }
}

fn new(vm: &mut Vm, _class: Ref<Type>, args: &Args) -> R {
    if args.n_kw() > 0 {
        return Err(vm.type_error("range() takes no keyword arguments"));
    }
    let (start, stop, step) = match *args.pos {
        [stop] => (ZERO, stop, ONE),
        [start, stop] => (start, stop, ONE),
        [start, stop, step] => (start, stop, step),
        [] => return Err(vm.type_error("range expected at least 1 argument, got 0")),
        _ => {
            let n = args.pos.len();
            return Err(vm.error(Exc::TypeError, format_args!("range expected at most 3 arguments, got {n}")));
        }
    };
    let (start, stop, step) = (vm.index_object(start)?, vm.index_object(stop)?, vm.index_object(step)?);
    if step == ZERO {
        return Err(vm.value_error("zero step"));
    }
    Ok(vm.new_range_object(start, stop, step)?.obj())
}

#[inline]
fn get(vm: &mut Vm, obj: Obj) -> R<Ref<Range>> {
    match vm.exact::<Range>(obj) {
        Some(range) => Ok(range),
        None => Err(vm.type_error_for("descriptor requires a 'range' object but received a '", obj, "'")),
    }
}

/// Number of items of a range of small ints.
#[inline]
fn small_len(start: isize, stop: isize, step: isize) -> usize {
    // Small ints have a bit to spare, so differences fit.
    if step > 0 && start < stop {
        ((stop - start - 1) / step) as usize + 1
    } else if step < 0 && stop < start {
        ((start - stop - 1) / -step) as usize + 1
    } else {
        0
    }
}

/// Number of items, an int.
fn len(vm: &mut Vm, range: Ref<Range>) -> R {
    if let Some((start, stop, step)) = range.small() {
        return vm.new_int(small_len(start, stop, step));
    }
    let (start, stop, step) = (range.start(), range.stop(), range.step());
    let positive = vm.compare(Binary::Gt, step, ZERO)?;
    let (low, high, step) = if positive { (start, stop, step) } else { (stop, start, vm.unary(Unary::Neg, step)?) };
    if !vm.compare(Binary::Lt, low, high)? {
        return Ok(ZERO);
    }
    let distance = vm.binary(Binary::Sub, high, low)?;
    let distance = vm.binary(Binary::Sub, distance, ONE)?;
    let steps = vm.binary(Binary::FloorDiv, distance, step)?;
    vm.binary(Binary::Add, steps, ONE)
}

/// The item at an index that is known to be inside (or one past the end): `start + index * step`.
fn item(vm: &mut Vm, range: Ref<Range>, index: Obj) -> R {
    if let (Some((start, _, step)), Some(index)) = (range.small(), index.as_small_int())
        && let Some(value) = index.checked_mul(step).and_then(|offset| offset.checked_add(start))
    {
        return vm.new_int(value);
    }
    let offset = vm.binary(Binary::Mul, index, range.step())?;
    vm.binary(Binary::Add, range.start(), offset)
}

fn show(vm: &mut Vm, obj: Obj, out: &mut TextOut, _how: Show) -> R<()> {
    let range = get(vm, obj)?;
    out.write_str(vm, "range(")?;
    vm.show(range.start(), out, Show::Repr)?;
    out.write_str(vm, ", ")?;
    vm.show(range.stop(), out, Show::Repr)?;
    if range.step() != ONE {
        out.write_str(vm, ", ")?;
        vm.show(range.step(), out, Show::Repr)?;
    }
    out.write_str(vm, ")")
}

/// Length, start and step, normalised so that equal ranges give equal ones.
fn identity(vm: &mut Vm, range: Ref<Range>) -> R<[Obj; 3]> {
    let len = len(vm, range)?;
    Ok(match len {
        ZERO => [len, Obj::NONE, Obj::NONE],
        ONE => [len, range.start(), Obj::NONE],
        _ => [len, range.start(), range.step()],
    })
}

fn unary(vm: &mut Vm, op: Unary, obj: Obj) -> R<Option<Obj>> {
    let range = get(vm, obj)?;
    Ok(match op {
        Unary::Bool => Some(Obj::from_bool(len(vm, range)? != ZERO)),
        Unary::Len => {
            let len = len(vm, range)?;
            let fits = vm.as_int(len).and_then(|len| len.as_i128(vm)).is_some_and(|len| len <= isize::MAX as i128);
            if !fits {
                return Err(vm.overflow_error("Python int too large to convert to C ssize_t"));
            }
            Some(len)
        }
        Unary::Hash => {
            let mut hash = SequenceHash::new();
            for part in identity(vm, range)? {
                hash = hash.push(vm.hash(part)?);
            }
            Obj::small_int(hash.finish())
        }
        _ => None,
    })
}

fn binary(vm: &mut Vm, op: Binary, obj: Obj, other: Obj) -> R<Option<Obj>> {
    let range = get(vm, obj)?;
    match op {
        Binary::Eq => {
            let Some(other) = vm.exact::<Range>(other) else { return Ok(None) };
            let (a, b) = (identity(vm, range)?, identity(vm, other)?);
            for (a, b) in a.into_iter().zip(b) {
                if !vm.same_or_equal(a, b)? {
                    return Ok(Some(Obj::FALSE));
                }
            }
            Ok(Some(Obj::TRUE))
        }
        Binary::Contains => Ok(Some(Obj::from_bool(position(vm, range, other)?.is_some()))),
        _ => Ok(None),
    }
}

/// The index of an item.
fn position(vm: &mut Vm, range: Ref<Range>, item: Obj) -> R<Option<Obj>> {
    if let (Some((start, stop, step)), Some(value)) = (range.small(), item.as_small_int()) {
        let inside = if step > 0 { start <= value && value < stop } else { stop < value && value <= start };
        let index = (inside && (value - start) % step == 0).then(|| (value - start) / step);
        return Ok(index.and_then(Obj::small_int));
    }
    if vm.as_int(item).is_none() {
        // Another type: compare with every item, as a sequence does.
        let iterator = iter(vm, range.obj())?;
        let mut index = 0;
        while let Some(candidate) = vm.next(iterator)? {
            if vm.same_or_equal(candidate, item)? {
                return Ok(Obj::small_int(index));
            }
            index += 1;
        }
        return Ok(None);
    }
    let offset = vm.binary(Binary::Sub, item, range.start())?;
    let rest = vm.binary(Binary::Mod, offset, range.step())?;
    if vm.is_true(rest)? {
        return Ok(None);
    }
    let index = vm.binary(Binary::FloorDiv, offset, range.step())?;
    let len = len(vm, range)?;
    let inside = vm.compare(Binary::Ge, index, ZERO)? && vm.compare(Binary::Lt, index, len)?;
    Ok(inside.then_some(index))
}

fn getitem(vm: &mut Vm, obj: Obj, index: Obj) -> R {
    let range = get(vm, obj)?;
    let len = len(vm, range)?;
    if let Some(slice) = vm.exact::<Slice>(index) {
        let Some(small_len) = len.as_small_int() else {
            return Err(vm.overflow_error("Python int too large to convert to C ssize_t"));
        };
        let picked = vm.slice_parts(slice)?.clamp(small_len as usize);
        let start = vm.new_int(picked.0)?;
        let stop = vm.new_int(picked.1)?;
        let step = vm.new_int(picked.2)?;
        let (start, stop) = (item(vm, range, start)?, item(vm, range, stop)?);
        let step = vm.binary(Binary::Mul, range.step(), step)?;
        return Ok(vm.new_range_object(start, stop, step)?.obj());
    }
    if let (Some(index), Some(len)) = (index.as_small_int(), len.as_small_int()) {
        return match wrap_index(index, len as usize) {
            Some(index) => item(vm, range, Obj::small_int_unchecked(index as isize)),
            None => Err(vm.index_error("range index out of range")),
        };
    }
    let Some(mut index) = vm.unary_slot(Unary::Index, index)? else {
        return Err(vm.type_error_for("range indices must be integers or slices, not ", index, ""));
    };
    if vm.compare(Binary::Lt, index, ZERO)? {
        index = vm.binary(Binary::Add, index, len)?;
    }
    if !vm.compare(Binary::Ge, index, ZERO)? || !vm.compare(Binary::Lt, index, len)? {
        return Err(vm.index_error("range index out of range"));
    }
    item(vm, range, index)
}

fn iter(vm: &mut Vm, obj: Obj) -> R {
    let range = get(vm, obj)?;
    let len = len(vm, range)?;
    Ok(vm.new_range_iterator(range.start(), range.step(), len)?.obj())
}

/// `reversed(range)`
pub(crate) fn reversed(vm: &mut Vm, obj: Obj) -> R {
    let range = get(vm, obj)?;
    let len = len(vm, range)?;
    let last = vm.binary(Binary::Sub, len, ONE)?;
    let last = item(vm, range, last)?;
    let step = vm.unary(Unary::Neg, range.step())?;
    Ok(vm.new_range_iterator(last, step, len)?.obj())
}

fn next(vm: &mut Vm, obj: Obj) -> R<Option<Obj>> {
    let Some(iterator) = vm.exact::<RangeIterator>(obj) else { return Ok(None) };
    let (value, left) = (iterator.next(), iterator.left());
    if left == ZERO {
        return Ok(None);
    }
    let (step, next) = (iterator.step(), |vm: &mut Vm| vm.binary(Binary::Add, value, iterator.step()));
    match (value.as_small_int(), step.as_small_int(), left.as_small_int()) {
        (Some(small), Some(step), Some(left)) => {
            // The value after the last one may not be small: it is computed only if there is one.
            let following = match small.checked_add(step).and_then(Obj::small_int) {
                Some(following) => following,
                None if left == 1 => value,
                None => next(vm)?,
            };
            iterator.set_next(following);
            iterator.set_left(Obj::small_int_unchecked(left - 1));
        }
        _ => {
            let following = next(vm)?;
            let left = vm.binary(Binary::Sub, left, ONE)?;
            iterator.set_next(following);
            iterator.set_left(left);
        }
    }
    Ok(Some(value))
}

fn length_hint(vm: &mut Vm, obj: Obj) -> R {
    Ok(vm.exact::<RangeIterator>(obj).map_or(ZERO, |iterator| iterator.left()))
}

fn count(vm: &mut Vm, obj: Obj, item: Obj) -> R {
    let range = get(vm, obj)?;
    Ok(if position(vm, range, item)?.is_some() { ONE } else { ZERO })
}

fn index(vm: &mut Vm, obj: Obj, item: Obj) -> R {
    let range = get(vm, obj)?;
    match position(vm, range, item)? {
        Some(index) => Ok(index),
        None => Err(vm.value_error_for(item, " is not in range")),
    }
}

#[cfg(test)]
mod tests {
    use super::small_len;

    #[test]
    fn lengths() {
        let max = heap::Obj::SMALL_INT_MAX;
        let min = heap::Obj::SMALL_INT_MIN;
        for (start, stop, step, expected) in [
            (0, 5, 1, 5),
            (0, 5, 2, 3),
            (5, 0, -1, 5),
            (5, 0, -2, 3),
            (0, 0, 1, 0),
            (1, 0, 1, 0),
            (0, 1, -1, 0),
            (min, max, 1, usize::MAX >> 1),
            (max, min, -1, usize::MAX >> 1),
            (min, max, max, 3),
        ] {
            assert_eq!(small_len(start, stop, step), expected, "range({start}, {stop}, {step})");
        }
    }
}
