//! What list and tuple have in common: comparison, search, repetition, text.
//!
//! Every step reads item and length anew, because comparing and showing may run Python code that changes a list.

use heap::Obj;

use crate::{
    handle::Ref,
    layout::seq::{List, MAX_LEN, Tuple},
    native::{Binary, Show, Unary},
    text_out::TextOut,
    types::exception::Exc,
    value::{R, Raised},
    vm::Vm,
};

/// A list or tuple.
#[derive(Clone, Copy)]
pub enum Seq {
    /// A list.
    List(Ref<List>),
    /// A tuple.
    Tuple(Ref<Tuple>),
}

impl Seq {
    /// The item at an index, if there is one now.
    #[inline(always)]
    pub fn get(self, index: usize) -> Option<Obj> {
        match self {
            Seq::List(list) => list.get(index),
            Seq::Tuple(tuple) => tuple.get(index),
        }
    }

    /// Number of items now.
    #[inline(always)]
    pub fn len(self) -> usize {
        match self {
            Seq::List(list) => list.len(),
            Seq::Tuple(tuple) => tuple.len(),
        }
    }

    /// Whether there are no items now.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// The object.
    pub fn obj(self) -> Obj {
        match self {
            Seq::List(list) => list.obj(),
            Seq::Tuple(tuple) => tuple.obj(),
        }
    }
}

impl Vm {
    /// The object as a list or tuple (or what is inside an instance of a class derived from one).
    #[inline]
    pub fn as_seq(&self, obj: Obj) -> Option<Seq> {
        if let Some(list) = self.cast::<List>(obj) {
            return Some(Seq::List(list));
        }
        self.cast::<Tuple>(obj).map(Seq::Tuple)
    }

    /// Equality of keys and items: the same object is equal to itself, whatever its type says.
    #[inline]
    pub fn same_or_equal(&mut self, a: Obj, b: Obj) -> R<bool> {
        if a == b {
            return Ok(true);
        }
        match self.quick_equal(a, b) {
            Some(equal) => Ok(equal),
            None => self.equal(a, b),
        }
    }

    /// Raises ValueError with an object's repr and a text.
    #[cold]
    pub fn value_error_for(&mut self, obj: Obj, after: &str) -> Raised {
        let made: R = (|| {
            let mut out = TextOut::buffer();
            self.show(obj, &mut out, Show::Repr)?;
            out.write_str(self, after)?;
            out.into_str(self)
        })();
        match made {
            Ok(text) => self.error_args(Exc::ValueError, &[text]),
            Err(raised) => raised,
        }
    }

    /// A new list with the items of an iterable.
    pub fn new_list_from_iter(&mut self, iterable: Obj) -> R<Ref<List>> {
        if let Some(seq) = self.plain_seq(iterable) {
            return self.new_list_from(seq.obj(), 0, 1, seq.len());
        }
        let list = self.new_list(&[])?;
        extend(self, list, iterable)?;
        Ok(list)
    }

    /// A tuple with the items of an iterable; a tuple itself is given back.
    pub fn new_tuple_from_iter(&mut self, iterable: Obj) -> R {
        if self.exact::<Tuple>(iterable).is_some() {
            return Ok(iterable);
        }
        let list = self.new_list_from_iter(iterable)?;
        self.new_tuple_from(list.obj(), 0, 1, list.len())
    }

    /// The object as a list or tuple if its type is exactly that, so that iterating it runs no Python code.
    #[inline]
    pub fn plain_seq(&self, obj: Obj) -> Option<Seq> {
        if let Some(list) = self.exact::<List>(obj) {
            return Some(Seq::List(list));
        }
        self.exact::<Tuple>(obj).map(Seq::Tuple)
    }
}

/// Appends all items of an iterable.
pub(crate) fn extend(vm: &mut Vm, list: Ref<List>, iterable: Obj) -> R<()> {
    if let Some(seq) = vm.plain_seq(iterable) {
        return list.append_from(vm, seq.obj(), 0, 1, seq.len());
    }
    if let Some((_, _, len)) = vm.small_range(iterable) {
        list.reserve(vm, len)?;
    }
    vm.for_each(iterable, |vm, item| {
        list.push(vm, item)?;
        Ok(true)
    })
}

/// The index of the first pair of unequal items; `None`: one is a prefix of the other.
fn first_difference(vm: &mut Vm, a: Seq, b: Seq) -> R<Option<usize>> {
    let mut i = 0;
    while let (Some(x), Some(y)) = (a.get(i), b.get(i)) {
        if !vm.same_or_equal(x, y)? {
            return Ok(Some(i));
        }
        i += 1;
    }
    Ok(None)
}

/// The six comparisons.
pub(crate) fn compare(vm: &mut Vm, op: Binary, a: Seq, b: Seq) -> R<Option<Obj>> {
    vm.check_native_stack()?;
    if matches!(op, Binary::Eq | Binary::Ne) && a.len() != b.len() {
        return Ok(Some(Obj::from_bool(op == Binary::Ne)));
    }
    if let Some(i) = first_difference(vm, a, b)? {
        return match (op, a.get(i), b.get(i)) {
            (Binary::Eq, ..) => Ok(Some(Obj::FALSE)),
            (Binary::Ne, ..) => Ok(Some(Obj::TRUE)),
            (_, Some(x), Some(y)) => vm.binary(op, x, y).map(Some),
            // The comparison changed the lists: go by length as it is now.
            _ => Ok(Some(Obj::from_bool(by_length(op, a.len(), b.len())))),
        };
    }
    Ok(Some(Obj::from_bool(by_length(op, a.len(), b.len()))))
}

fn by_length(op: Binary, a: usize, b: usize) -> bool {
    match op {
        Binary::Lt => a < b,
        Binary::Gt => a > b,
        Binary::Le => a <= b,
        Binary::Ge => a >= b,
        Binary::Ne => a != b,
        _ => a == b,
    }
}

/// `item in seq`
pub(crate) fn contains(vm: &mut Vm, seq: Seq, item: Obj) -> R<bool> {
    let mut i = 0;
    while let Some(candidate) = seq.get(i) {
        if candidate != item && candidate.is_small_int() && item.is_small_int() {
            i += 1;
            continue;
        }
        if vm.same_or_equal(candidate, item)? {
            return Ok(true);
        }
        i += 1;
    }
    Ok(false)
}

/// `seq.count(item)`
pub(crate) fn count(vm: &mut Vm, seq: Seq, item: Obj) -> R {
    let (mut i, mut n) = (0, 0);
    while let Some(candidate) = seq.get(i) {
        n += isize::from(vm.same_or_equal(candidate, item)?);
        i += 1;
    }
    Ok(Obj::small_int_unchecked(n))
}

/// `seq.index(item, start, stop)`: `args` is the object and its arguments.
pub(crate) fn index(vm: &mut Vm, seq: Seq, args: &[Obj]) -> R<Option<Obj>> {
    let item = args.get(1).copied().unwrap_or(Obj::NONE);
    let len = seq.len();
    let start = bound(vm, args.get(2), 0, len)?;
    let stop = bound(vm, args.get(3), len, len)?;
    let mut i = start;
    while i < stop
        && let Some(candidate) = seq.get(i)
    {
        if vm.same_or_equal(candidate, item)? {
            return Ok(Some(Obj::small_int_unchecked(i as isize)));
        }
        i += 1;
    }
    Ok(None)
}

/// An optional limit of a search, clamped to the sequence.
pub(crate) fn bound(vm: &mut Vm, limit: Option<&Obj>, default: usize, len: usize) -> R<usize> {
    let Some(limit) = limit else { return Ok(default) };
    let value = vm.index(*limit)?;
    Ok(if value < 0 { len.saturating_sub(value.unsigned_abs()) } else { (value as usize).min(len) })
}

/// How often a sequence is to be repeated; `None` if the operand is no number. Raises MemoryError for what
/// is too long.
pub(crate) fn repetitions(vm: &mut Vm, len: usize, times: Obj) -> R<Option<usize>> {
    if times.as_small_int().is_none() && vm.unary_slot(Unary::Index, times)?.is_none() {
        return Ok(None);
    }
    let times = usize::try_from(vm.index(times)?).unwrap_or(0);
    match len.checked_mul(times) {
        Some(total) if total <= MAX_LEN => Ok(Some(if len == 0 { 0 } else { times })),
        _ => Err(vm.raise_memory_error(usize::MAX)),
    }
}

/// A new list with the items repeated.
pub(crate) fn repeat(vm: &mut Vm, seq: Seq, times: usize) -> R<Ref<List>> {
    let len = seq.len();
    let list = vm.new_list_with_room(len * times)?;
    list.append_from(vm, seq.obj(), 0, 1, len)?;
    list.repeat(vm, times)?;
    Ok(list)
}

/// Writes the items, separated by commas.
pub(crate) fn show_items(vm: &mut Vm, seq: Seq, out: &mut TextOut) -> R<()> {
    let mut i = 0;
    while let Some(item) = seq.get(i) {
        if i > 0 {
            out.write_str(vm, ", ")?;
        }
        vm.show(item, out, Show::Repr)?;
        i += 1;
    }
    Ok(())
}
