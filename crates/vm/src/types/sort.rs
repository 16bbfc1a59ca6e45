//! Sorting: a stable merge sort that makes use of runs already in order (the merge policy is that of powersort).
//!
//! While it runs, the items are detached from their list into one that no program sees, so comparisons and key functions may
//! do what they want. With keys, key and item stand side by side. When a comparison raises, all items are still there, in
//! some order. Lists of small ints or floats only are sorted without calls.

use heap::Obj;

use crate::{
    handle::Ref,
    layout::{seq::List, text::HeapStr},
    native::Binary,
    value::R,
    vm::Vm,
};

/// Sorts a list in place.
pub(crate) fn sort(vm: &mut Vm, list: Ref<List>, key: Option<Obj>, reverse: bool) -> R<()> {
    let items = list.detach(vm)?;
    let result = sort_detached(vm, items, key, reverse);
    let modified = !list.is_untouched();
    list.give_back(items);
    result?;
    if modified {
        return Err(vm.value_error("list modified during sort"));
    }
    Ok(())
}

impl Vm {
    /// `list.sort(key=key, reverse=reverse)`
    pub fn sort_list(&mut self, list: Ref<List>, key: Option<Obj>, reverse: bool) -> R<()> {
        sort(self, list, key.filter(|key| *key != Obj::NONE), reverse)
    }
}

fn sort_detached(vm: &mut Vm, items: Ref<List>, key: Option<Obj>, reverse: bool) -> R<()> {
    let n = items.len();
    let Some(key) = key else {
        if reverse {
            items.items_mut(vm).reverse();
        }
        let result = if n < 2 { Ok(()) } else { by_kind::<1>(vm, items) };
        if reverse {
            items.items_mut(vm).reverse();
        }
        return result;
    };
    // Reversing before and after keeps equal items in order.
    let place = |i: usize| if reverse { n - 1 - i } else { i };
    let pairs = vm.new_list_with_room(n.saturating_mul(2))?;
    for _ in 0..2 * n {
        pairs.push(vm, Obj::NONE)?;
    }
    for i in 0..n {
        let item = items.get(i).unwrap_or(Obj::NONE);
        let value = vm.call(key, &[item])?;
        pairs.set(2 * place(i), value);
        pairs.set(2 * place(i) + 1, item);
    }
    if n > 1 {
        by_kind::<2>(vm, pairs)?;
    }
    for i in 0..n {
        if let Some(item) = pairs.get(2 * place(i) + 1) {
            items.set(i, item);
        }
    }
    Ok(())
}

/// What all keys are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Keys {
    SmallInts,
    /// Neither NaN nor −0.0 among them: equal ones are the same.
    PlainFloats,
    Texts,
    Any,
}

fn kind_of(vm: &Vm, obj: Obj) -> Keys {
    if obj.is_small_int() {
        Keys::SmallInts
    } else if let Some(value) = obj.as_float_immediate() {
        if value.is_nan() || value == 0.0 && value.is_sign_negative() { Keys::Any } else { Keys::PlainFloats }
    } else if obj.is_qstr() || vm.exact::<HeapStr>(obj).is_some() {
        Keys::Texts
    } else {
        Keys::Any
    }
}

fn by_kind<const W: usize>(vm: &mut Vm, list: Ref<List>) -> R<()> {
    let kind = {
        let mut kinds = list.items(vm).iter().step_by(W).map(|key| kind_of(vm, *key));
        let first = kinds.next().unwrap_or(Keys::Any);
        if kinds.all(|kind| kind == first) { first } else { Keys::Any }
    };
    match kind {
        Keys::SmallInts if W == 1 => {
            list.items_mut(vm).sort_unstable_by_key(|item| item.small_int_value());
            Ok(())
        }
        Keys::PlainFloats if W == 1 => {
            let float = |item: &Obj| item.as_float_immediate().unwrap_or(0.0);
            list.items_mut(vm).sort_unstable_by(|a, b| float(a).total_cmp(&float(b)));
            Ok(())
        }
        Keys::SmallInts => run::<W>(vm, list, |_, a, b| Ok(a.small_int_value() < b.small_int_value())),
        Keys::PlainFloats => run::<W>(vm, list, |_, a, b| Ok(a.as_float_immediate() < b.as_float_immediate())),
        Keys::Texts => run::<W>(vm, list, |vm, a, b| Ok(vm.str_bytes(a) < vm.str_bytes(b))),
        Keys::Any => run::<W>(vm, list, |vm, a, b| vm.compare(Binary::Lt, a, b)),
    }
}

fn run<const W: usize>(vm: &mut Vm, list: Ref<List>, less: impl Fn(&mut Vm, Obj, Obj) -> R<bool>) -> R<()> {
    let spare = vm.new_list_with_room(list.len() / 2 + W)?;
    for _ in 0..spare.room() {
        spare.push(vm, Obj::NONE)?;
    }
    Sorter::<W, _> { list, spare, less }.sort(vm)
}

/// Sorts groups of `W` words by the first of each.
struct Sorter<const W: usize, L> {
    list: Ref<List>,
    /// Room for half of the groups.
    spare: Ref<List>,
    less: L,
}

/// Shorter runs are made this long by insertion.
const MIN_RUN: usize = 24;

/// A sorted run, with the depth in the merge tree of the border to the next one.
#[derive(Clone, Copy, Default)]
struct Run {
    start: usize,
    end: usize,
    power: u32,
}

impl<const W: usize, L: Fn(&mut Vm, Obj, Obj) -> R<bool>> Sorter<W, L> {
    fn sort(&mut self, vm: &mut Vm) -> R<()> {
        let n = self.list.len() / W;
        // Powers grow along the stack, so it is never deeper than a word has bits.
        let mut stack = [Run::default(); usize::BITS as usize + 2];
        let mut depth = 0;
        let mut run = self.next_run(vm, 0, n)?;
        while run.end < n {
            let next = self.next_run(vm, run.end, n)?;
            run.power = power(run, next, n);
            while depth > 0 && stack[depth - 1].power > run.power {
                depth -= 1;
                self.merge(vm, stack[depth].start, run.start, run.end)?;
                run.start = stack[depth].start;
            }
            stack[depth] = run;
            depth += 1;
            run = next;
        }
        while depth > 0 {
            depth -= 1;
            self.merge(vm, stack[depth].start, run.start, run.end)?;
            run.start = stack[depth].start;
        }
        Ok(())
    }

    #[inline(always)]
    fn key(&self, i: usize) -> Obj {
        self.list.get(i * W).unwrap_or(Obj::NONE)
    }

    #[inline(always)]
    fn copy(from: Ref<List>, i: usize, to: Ref<List>, j: usize) {
        for word in 0..W {
            if let Some(value) = from.get(i * W + word) {
                to.set(j * W + word, value);
            }
        }
    }

    /// The run that starts here, made long enough.
    fn next_run(&mut self, vm: &mut Vm, start: usize, n: usize) -> R<Run> {
        let mut end = start + 1;
        if end < n {
            let descending = (self.less)(vm, self.key(end), self.key(start))?;
            end += 1;
            while end < n && (self.less)(vm, self.key(end), self.key(end - 1))? == descending {
                end += 1;
            }
            if descending {
                self.reverse(start, end);
            }
        }
        let wanted = (start + MIN_RUN).min(n);
        while end < wanted {
            self.insert(vm, start, end)?;
            end += 1;
        }
        Ok(Run { start, end, power: 0 })
    }

    fn reverse(&mut self, mut start: usize, mut end: usize) {
        while start + 1 < end {
            end -= 1;
            for word in 0..W {
                let (i, j) = (start * W + word, end * W + word);
                if let (Some(a), Some(b)) = (self.list.get(i), self.list.get(j)) {
                    self.list.set(i, b);
                    self.list.set(j, a);
                }
            }
            start += 1;
        }
    }

    /// Brings the group at `at` to its place among the sorted ones from `start` on.
    fn insert(&mut self, vm: &mut Vm, start: usize, at: usize) -> R<()> {
        let place = self.upper_bound(vm, self.key(at), start, at)?;
        Self::copy(self.list, at, self.spare, 0);
        for i in (place..at).rev() {
            Self::copy(self.list, i, self.list, i + 1);
        }
        Self::copy(self.spare, 0, self.list, place);
        Ok(())
    }

    /// The first place from `low` on whose key is greater.
    fn upper_bound(&mut self, vm: &mut Vm, key: Obj, mut low: usize, mut high: usize) -> R<usize> {
        while low < high {
            let middle = low + (high - low) / 2;
            if (self.less)(vm, key, self.key(middle))? {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        Ok(low)
    }

    /// The first place from `low` on whose key is not smaller.
    fn lower_bound(&mut self, vm: &mut Vm, key: Obj, mut low: usize, mut high: usize) -> R<usize> {
        while low < high {
            let middle = low + (high - low) / 2;
            if (self.less)(vm, self.key(middle), key)? {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        Ok(low)
    }

    /// Merges two neighbouring runs.
    fn merge(&mut self, vm: &mut Vm, start: usize, middle: usize, end: usize) -> R<()> {
        // What is in place at both ends stays there; runs in order cost two comparisons.
        if !(self.less)(vm, self.key(middle), self.key(middle - 1))? {
            return Ok(());
        }
        let start = self.upper_bound(vm, self.key(middle), start, middle)?;
        let end = self.lower_bound(vm, self.key(middle - 1), middle, end)?;
        if middle - start <= end - middle {
            self.merge_up(vm, start, middle, end)
        } else {
            self.merge_down(vm, start, middle, end)
        }
    }

    /// Merges from the front; the left run waits in the spare room.
    fn merge_up(&mut self, vm: &mut Vm, start: usize, middle: usize, end: usize) -> R<()> {
        let n = middle - start;
        for i in 0..n {
            Self::copy(self.list, start + i, self.spare, i);
        }
        let (mut left, mut right, mut to) = (0, middle, start);
        let mut result = Ok(());
        while left < n && right < end {
            let left_key = self.spare.get(left * W).unwrap_or(Obj::NONE);
            match (self.less)(vm, self.key(right), left_key) {
                Ok(true) => {
                    Self::copy(self.list, right, self.list, to);
                    right += 1;
                }
                Ok(false) => {
                    Self::copy(self.spare, left, self.list, to);
                    left += 1;
                }
                Err(raised) => {
                    result = Err(raised);
                    break;
                }
            }
            to += 1;
        }
        for i in left..n {
            Self::copy(self.spare, i, self.list, to + i - left);
        }
        result
    }

    /// Merges from the back; the right run waits in the spare room.
    fn merge_down(&mut self, vm: &mut Vm, start: usize, middle: usize, end: usize) -> R<()> {
        let n = end - middle;
        for i in 0..n {
            Self::copy(self.list, middle + i, self.spare, i);
        }
        let (mut left, mut right, mut to) = (middle, n, end);
        let mut result = Ok(());
        while left > start && right > 0 {
            let right_key = self.spare.get((right - 1) * W).unwrap_or(Obj::NONE);
            match (self.less)(vm, right_key, self.key(left - 1)) {
                Ok(true) => {
                    left -= 1;
                    Self::copy(self.list, left, self.list, to - 1);
                }
                Ok(false) => {
                    right -= 1;
                    Self::copy(self.spare, right, self.list, to - 1);
                }
                Err(raised) => {
                    result = Err(raised);
                    break;
                }
            }
            to -= 1;
        }
        for i in 0..right {
            Self::copy(self.spare, i, self.list, to - right + i);
        }
        result
    }
}

/// The depth of the border between two runs in a nearly optimal merge tree over `n` items: the first binary digit in which
/// the middles of the runs, as fractions of `n`, differ.
fn power(left: Run, right: Run, n: usize) -> u32 {
    let middle = |run: Run| ((run.start as u128 + run.end as u128) << 62) / n as u128;
    let (a, b) = (middle(left), middle(right));
    (a ^ b).leading_zeros()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn powers_follow_the_tree() {
        let run = |start, end| Run { start, end, power: 0 };
        // Four equal runs: the border in the middle is the root.
        let powers: std::vec::Vec<u32> =
            (0..3).map(|i| power(run(4 * i, 4 * i + 4), run(4 * i + 4, 4 * i + 8), 16)).collect();
        assert!(powers[1] < powers[0] && powers[1] < powers[2], "{powers:?}");
    }
}
