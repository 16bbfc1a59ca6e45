//! Calls with `*` and `**` arguments.
//!
//! Up to version 5 such a call has positional arguments, keyword arguments, then one `*` and one `**` argument, each
//! NULL if there is none. In version 6 `*` arguments stand among the positional ones, marked by a bitmap on top, and
//! a `**` argument is a keyword argument whose name is NULL. So NULLs come and go, and where there are a `*` and keyword
//! arguments, the older compilers evaluate the latter first: translated from there, they become a dict on the way; translated to there,
//! the code changes places.

use crate::listing::{Listing, small_int};
use crate::opcode::Op;
use alloc::{vec, vec::Vec};

/// An offset, and what is wrong there.
pub(super) type Problem = (u32, &'static str);

/// How deep the stack is, as far as one pass can tell: right relative to each other within an expression, in which
/// labels only point forward.
struct Depths {
    /// In front of each item.
    before: Vec<i64>,
    /// What each item leaves untouched.
    low: Vec<i64>,
    /// Items that may still be looked at.
    budget: usize,
}

impl Depths {
    fn new(listing: &Listing, old: bool) -> Depths {
        let n = listing.items.len();
        let (mut before, mut low) = (Vec::with_capacity(n), Vec::with_capacity(n));
        let mut labels = vec![None; n];
        // A depth that code cannot reach from above: nothing depends on where it starts.
        let start = i64::from(u32::MAX);
        let mut now = Some(start);
        for (i, item) in listing.items.iter().enumerate() {
            let depth = now.or(labels[i]).unwrap_or(start);
            let (pops, pushes) = item.stack(old);
            let after = depth - pops + pushes;
            before.push(depth);
            low.push(depth - pops);
            if let Some(target) = item.target().filter(|&target| target > i) {
                let there = match item.op {
                    Some(Op::JumpIfTrueOrPop | Op::JumpIfFalseOrPop) => Some(depth),
                    Some(Op::PopJumpIfTrue | Op::PopJumpIfFalse | Op::Jump) => Some(after),
                    _ => None,
                };
                labels[target] = labels[target].or(there);
            }
            now = (!item.op.is_some_and(Op::ends_flow)).then_some(after);
        }
        Depths { before, low, budget: 200 * n }
    }

    /// Where the code of the topmost arguments of a call begins: for each of these numbers of slots, in growing order,
    /// the first item from which on nothing below them is touched up to the call.
    fn starts(&mut self, call: usize, slots: impl Iterator<Item = i64>) -> Option<Vec<usize>> {
        let top = self.before[call];
        let mut at = call;
        let mut starts = Vec::new();
        for slots in slots {
            self.budget = self.budget.checked_sub(1)?;
            while at > 0 && self.low[at - 1] >= top - slots {
                at -= 1;
                self.budget = self.budget.checked_sub(1)?;
            }
            starts.push(at);
        }
        Some(starts)
    }
}

const TANGLED: &str = "arguments of a call with * or ** that cannot be told apart";

fn calls(listing: &Listing) -> Vec<usize> {
    let is_call = |i: &usize| matches!(listing.items[*i].op, Some(Op::CallFunctionVarKw | Op::CallMethodVarKw));
    (0..listing.items.len()).filter(is_call).collect()
}

fn is_null(listing: &Listing, from: usize, to: usize) -> bool {
    to == from + 1 && listing.items[from].op == Some(Op::LoadNull)
}

/// From the old form to that of version 6. Returns whether there are such calls: they may need 2 more slots.
pub(super) fn to_current(listing: &mut Listing) -> Result<bool, Problem> {
    let calls = calls(listing);
    if calls.is_empty() {
        return Ok(false);
    }
    let mut depths = Depths::new(listing, true);
    for i in calls {
        let from = listing.items[i].from;
        let (n_pos, n_kw) = (listing.items[i].arg & 0xff, listing.items[i].arg >> 8);
        // The `**` argument, then the `*` argument, then pairs of names and values, the last one first.
        let starts = depths.starts(i, [1].into_iter().chain((1..n_kw + 2).map(|n| 2 * n))).ok_or((from, TANGLED))?;
        let (dict, seq, kw) = (starts[0], starts[1], starts[starts.len() - 1]);
        if starts[0] == i || starts.windows(2).any(|pair| pair[0] == pair[1]) {
            return Err((from, TANGLED));
        }
        let (has_seq, has_dict) = (!is_null(listing, seq, dict), !is_null(listing, dict, i));
        if has_seq && n_kw > 0 {
            // Name and value go into a dict when there are both, and the dict behind the sequence.
            listing.items[kw].before.push((Op::BuildMap, n_kw));
            for &end in &starts[1..starts.len() - 1] {
                listing.items[end].before.extend([(Op::RotTwo, 0), (Op::StoreMap, 0)]);
            }
            listing.items[dict].before.extend([(Op::RotTwo, 0), (Op::LoadNull, 0), (Op::RotTwo, 0)]);
        }
        match (has_seq, has_dict) {
            (true, true) => listing.items[dict].before.push((Op::LoadNull, 0)),
            (true, false) => listing.items[dict].op = None,
            // The NULL in place of the sequence is the name of the dict.
            (false, true) => {}
            (false, false) => (listing.items[seq].op, listing.items[dict].op) = (None, None),
        }
        if has_seq && n_pos > 28 {
            return Err((from, "a * argument behind more than 28 others"));
        }
        let call = &mut listing.items[i];
        call.before.push(small_int(if has_seq { 1 << n_pos } else { 0 }));
        let n_kw = if has_seq { n_kw.min(1) } else { n_kw };
        call.arg = n_pos + i64::from(has_seq) + (n_kw + i64::from(has_dict)) * 0x100;
    }
    Ok(true)
}

/// From the form of version 6 to the old one. Returns whether there are such calls: they may need one more slot.
pub(super) fn to_older(listing: &mut Listing) -> Result<bool, Problem> {
    let calls = calls(listing);
    if calls.is_empty() {
        return Ok(false);
    }
    let mut depths = Depths::new(listing, false);
    for i in calls {
        let from = listing.items[i].from;
        let (n_pos, n_kw) = (listing.items[i].arg & 0xff, listing.items[i].arg >> 8);
        // The bitmap, then values and names, the last one first, then the `*` argument.
        let starts = depths.starts(i, 1..2 * n_kw + 3).ok_or((from, TANGLED))?;
        let (bitmap, kw) = (starts[0], starts[2 * n_kw as usize]);
        if bitmap + 1 != i
            || !matches!(listing.items[bitmap].op, Some(Op::LoadConstSmallInt | Op::LoadConstSmallIntMulti))
            || starts[..=2 * n_kw as usize].windows(2).any(|pair| pair[0] == pair[1])
        {
            return Err((from, TANGLED));
        }
        let pairs = starts[1..=2 * n_kw as usize].chunks_exact(2);
        let names: Vec<_> = pairs.rev().map(|pair| (pair[1], is_null(listing, pair[1], pair[0]))).collect();
        let n_dicts = names.iter().filter(|(_, null)| *null).count();
        let has_dict = names.last().is_some_and(|(_, null)| *null);
        if n_dicts > usize::from(has_dict) {
            return Err((from, "several ** arguments, or one before keyword arguments"));
        }
        let bits = listing.items[bitmap].arg;
        let has_seq = bits != 0;
        if has_seq && (n_pos == 0 || n_pos > 62 || bits != 1 << (n_pos - 1)) {
            return Err((from, "several * arguments, or one before positional arguments"));
        }
        let seq = if has_seq { starts[starts.len() - 1] } else { kw };
        let dict = if has_dict { names[names.len() - 1].0 } else { bitmap };
        if !(seq <= kw && kw <= dict && dict <= bitmap && (!has_seq || seq < kw)) {
            return Err((from, TANGLED));
        }
        match (has_seq, has_dict) {
            (true, true) => (listing.items[dict].op, listing.items[bitmap].op) = (None, None),
            (true, false) => listing.items[bitmap].op = Some(Op::LoadNull),
            // The NULL that names the dict is the one in place of the sequence.
            (false, true) => listing.items[bitmap].op = None,
            (false, false) => {
                listing.items[bitmap].op = Some(Op::LoadNull);
                listing.items[bitmap].before.push((Op::LoadNull, 0));
            }
        }
        listing.items[bitmap].arg = 0;
        if has_seq && kw < dict {
            listing.swap(seq, kw, dict);
        }
        listing.items[i].arg = n_pos - i64::from(has_seq) + (n_kw - i64::from(has_dict)) * 0x100;
    }
    Ok(true)
}
