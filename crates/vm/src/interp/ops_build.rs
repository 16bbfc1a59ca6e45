//! Making and taking apart containers, subscripts, functions.

use core::ptr::NonNull;

use ::code::opcode::Op;
use heap::Obj;

use crate::{
    handle::Ref,
    interp::{
        code::{CLOSURE, CodeObject},
        dispatch::{next, op},
        frame::Word,
        ops_basic::{NONE, push},
        prepare::uint,
        run::{self, NULL, OTHERWISE, as_ref, is_exact, obj, save, vm, word},
        unwind,
    },
    layout::{
        dict::Dict,
        seq::{List, Tuple},
        set::Set,
    },
    native::Args,
    qstr::q,
    table::TypeId,
    types::exception::Exc,
    value::{R, Raised},
    vm::{State, Vm},
};

op! {
    build_tuple(st, ip, sp, fp, code) {
        let (n, after) = uint(ip.add(1));
        let items = sp.sub(n as usize);
        save(st, ip, sp);
        let tuple = new_tuple(st, items, n as usize);
        if tuple == NULL {
            return unwind::raised::<C>(st, ip, sp, fp, code);
        }
        push!(st, after, items, fp, code, tuple)
    }

    build_list(st, ip, sp, fp, code) {
        let (n, after) = uint(ip.add(1));
        let items = sp.sub(n as usize);
        save(st, ip, sp);
        let list = new_list(st, items, n as usize);
        if list == NULL {
            return unwind::raised::<C>(st, ip, sp, fp, code);
        }
        push!(st, after, items, fp, code, list)
    }

    build_map(st, ip, sp, fp, code) {
        let (n, after) = uint(ip.add(1));
        save(st, ip, sp);
        let dict = new_dict(st, n as usize);
        if dict == NULL {
            return unwind::raised::<C>(st, ip, sp, fp, code);
        }
        push!(st, after, sp, fp, code, dict)
    }

    build_set(st, ip, sp, fp, code) {
        let (n, after) = uint(ip.add(1));
        let items = sp.sub(n as usize);
        save(st, ip, sp);
        let set = new_set(st, items, n as usize);
        if set == NULL {
            return unwind::raised::<C>(st, ip, sp, fp, code);
        }
        push!(st, after, items, fp, code, set)
    }

    build_slice(st, ip, sp, fp, code) {
        let n = *ip.add(1) as usize;
        let items = sp.sub(n);
        save(st, ip, sp);
        // Read at once from a list or tuple, or stored to a list, it is needed only as two numbers.
        if !C && n == 2 && *ip.add(2) == Op::LoadSubscr as u8 {
            let part = load_slice(st, *items.sub(1), *items, *items.add(1));
            if part == NULL {
                return unwind::raised::<C>(st, ip, sp, fp, code);
            }
            if part != OTHERWISE {
                *items.sub(1) = part;
                next!(st, ip.add(3), items, fp, code)
            }
        } else if !C && n == 2 && *ip.add(2) == Op::StoreSubscr as u8 {
            let done = store_slice(st, *items.sub(1), *items, *items.add(1), *items.sub(2));
            if done == NULL {
                return unwind::raised::<C>(st, ip, sp, fp, code);
            }
            if done != OTHERWISE {
                next!(st, ip.add(3), items.sub(2), fp, code)
            }
        }
        return build_slice_plain::<C>(st, ip, sp, fp, code);
    }

    #[inline(never)]
    build_slice_plain(st, ip, sp, fp, code) {
        let n = *ip.add(1) as usize;
        let items = sp.sub(n);
        let slice = new_slice(st, items, n);
        if slice == NULL {
            return unwind::raised::<C>(st, ip, sp, fp, code);
        }
        push!(st, ip.add(2), items, fp, code, slice)
    }

    store_map(st, ip, sp, fp, code) {
        save(st, ip, sp);
        if !store_item(st, *sp.sub(3), *sp.sub(1), *sp.sub(2)) {
            return unwind::raised::<C>(st, ip, sp, fp, code);
        }
        next!(st, ip.add(1), sp.sub(2), fp, code)
    }

    store_comp(st, ip, sp, fp, code) {
        let (n, after) = uint(ip.add(1));
        let container = *sp.sub((n >> 2) as usize + 1);
        if n & 3 == 0
            && is_exact(st, container, TypeId::List)
            && as_ref::<List>(container).push_in_room(obj(*sp.sub(1)))
        {
            next!(st, after, sp.sub(1), fp, code)
        }
        return store_comp_slow::<C>(st, ip, sp, fp, code);
    }

    #[inline(never)]
    store_comp_slow(st, ip, sp, fp, code) {
        let (n, after) = uint(ip.add(1));
        let container = *sp.sub((n >> 2) as usize + 1);
        if n & 3 == 1 {
            save(st, ip, sp);
            if !store_item(st, container, *sp.sub(1), *sp.sub(2)) {
                return unwind::raised::<C>(st, ip, sp, fp, code);
            }
            next!(st, after, sp.sub(2), fp, code)
        }
        save(st, ip, sp);
        if !add_item(st, container, *sp.sub(1), n & 3 == 0) {
            return unwind::raised::<C>(st, ip, sp, fp, code);
        }
        next!(st, after, sp.sub(1), fp, code)
    }

    unpack_sequence(st, ip, sp, fp, code) {
        let (n, after) = uint(ip.add(1));
        let (value, n) = (*sp.sub(1), n as usize);
        if is_exact(st, value, TypeId::Tuple) {
            let tuple = as_ref::<Tuple>(value);
            if tuple.len() == n {
                let at = sp.sub(1);
                let mut i = 0;
                while i < n {
                    *at.add(n - 1 - i) = tuple.get(i).map_or(NULL, Obj::word);
                    i += 1;
                }
                next!(st, after, at.add(n), fp, code)
            }
        }
        return unpack_sequence_slow::<C>(st, ip, sp, fp, code);
    }

    #[inline(never)]
    unpack_sequence_slow(st, ip, sp, fp, code) {
        let (n, after) = uint(ip.add(1));
        let n = n as usize;
        save(st, ip, sp);
        if !unpack(st, sp.sub(1), n, usize::MAX) {
            return unwind::raised::<C>(st, ip, sp, fp, code);
        }
        next!(st, after, sp.sub(1).add(n), fp, code)
    }

    unpack_ex(st, ip, sp, fp, code) {
        let (n, after) = uint(ip.add(1));
        let (left, right) = ((n & 0xff) as usize, (n >> 8) as usize);
        save(st, ip, sp);
        if !unpack(st, sp.sub(1), left, right) {
            return unwind::raised::<C>(st, ip, sp, fp, code);
        }
        next!(st, after, sp.add(left + right), fp, code)
    }

    load_subscr(st, ip, sp, fp, code) {
        let (container, index) = (*sp.sub(2), *sp.sub(1));
        let item = run::fast_item(st, container, index);
        if item != NULL {
            *sp.sub(2) = item;
            next!(st, ip.add(1), sp.sub(1), fp, code)
        }
        return load_subscr_slow::<C>(st, ip, sp, fp, code);
    }

    #[inline(never)]
    load_subscr_slow(st, ip, sp, fp, code) {
        save(st, ip, sp);
        let item = run::getitem(st, *sp.sub(2), *sp.sub(1));
        if item == NULL {
            return unwind::raised::<C>(st, ip, sp, fp, code);
        }
        *sp.sub(2) = item;
        next!(st, ip.add(1), sp.sub(1), fp, code)
    }

    /// value, obj, index →
    store_subscr(st, ip, sp, fp, code) {
        let (value, container, index) = (*sp.sub(3), *sp.sub(2), *sp.sub(1));
        if index & 1 != 0 && value != NULL && is_exact(st, container, TypeId::List) {
            let list = as_ref::<List>(container);
            let index = index as isize >> 1;
            let at = if index < 0 { index.wrapping_add(list.len() as isize) } else { index };
            if list.set(at as usize, obj(value)) {
                next!(st, ip.add(1), sp.sub(3), fp, code)
            }
        }
        return store_subscr_slow::<C>(st, ip, sp, fp, code);
    }

    #[inline(never)]
    store_subscr_slow(st, ip, sp, fp, code) {
        save(st, ip, sp);
        if !store_subscript(st, *sp.sub(2), *sp.sub(1), *sp.sub(3)) {
            return unwind::raised::<C>(st, ip, sp, fp, code);
        }
        next!(st, ip.add(1), sp.sub(3), fp, code)
    }

    make_function(st, ip, sp, fp, code) {
        let (child, after) = uint(ip.add(1));
        save(st, ip, sp);
        let function = new_function(st, code, child as usize, NULL, NULL, sp, 0);
        if function == NULL {
            return unwind::raised::<C>(st, ip, sp, fp, code);
        }
        push!(st, after, sp, fp, code, function)
    }

    make_function_defargs(st, ip, sp, fp, code) {
        let (child, after) = uint(ip.add(1));
        save(st, ip, sp);
        let function = new_function(st, code, child as usize, *sp.sub(2), *sp.sub(1), sp, 0);
        if function == NULL {
            return unwind::raised::<C>(st, ip, sp, fp, code);
        }
        push!(st, after, sp.sub(2), fp, code, function)
    }

    make_closure(st, ip, sp, fp, code) {
        let (child, after) = uint(ip.add(1));
        let n = *after as usize;
        let cells = sp.sub(n);
        save(st, ip, sp);
        let function = new_function(st, code, child as usize, NULL, NULL, cells, n);
        if function == NULL {
            return unwind::raised::<C>(st, ip, sp, fp, code);
        }
        push!(st, after.add(1), cells, fp, code, function)
    }

    make_closure_defargs(st, ip, sp, fp, code) {
        let (child, after) = uint(ip.add(1));
        let n = *after as usize;
        let cells = sp.sub(n);
        save(st, ip, sp);
        let function = new_function(st, code, child as usize, *cells.sub(2), *cells.sub(1), cells, n);
        if function == NULL {
            return unwind::raised::<C>(st, ip, sp, fp, code);
        }
        push!(st, after.add(1), cells.sub(2), fp, code, function)
    }
}

/// Words of the stack as objects.
unsafe fn slice<'a>(at: *mut Word, n: usize) -> &'a [Obj] {
    // SAFETY: the verifier's promise: `n` objects stand there; the stack below the saved top does not change.
    unsafe { core::slice::from_raw_parts(at.cast::<Obj>(), n) }
}

#[inline(never)]
unsafe fn new_tuple(st: *mut State, items: *mut Word, n: usize) -> Word {
    // SAFETY: see `run::vm` and `slice`.
    unsafe { word(vm(st).new_tuple(slice(items, n))) }
}

#[inline(never)]
unsafe fn new_list(st: *mut State, items: *mut Word, n: usize) -> Word {
    // SAFETY: see `run::vm` and `slice`.
    unsafe { word(vm(st).new_list(slice(items, n)).map(Ref::obj)) }
}

#[inline(never)]
unsafe fn new_dict(st: *mut State, n: usize) -> Word {
    // SAFETY: see `run::vm`.
    unsafe { word(vm(st).new_dict(n).map(Ref::obj)) }
}

#[inline(never)]
unsafe fn new_set(st: *mut State, items: *mut Word, n: usize) -> Word {
    // SAFETY: see `run::vm` and `slice`.
    unsafe {
        let vm = vm(st);
        word((|| {
            let set = vm.new_set()?;
            for item in slice(items, n) {
                set.add(vm, *item)?;
            }
            Ok(set.obj())
        })())
    }
}

#[inline(never)]
unsafe fn new_slice(st: *mut State, items: *mut Word, n: usize) -> Word {
    // SAFETY: see `run::vm` and `run::obj`.
    unsafe {
        let step = if n == 3 { obj(*items.add(2)) } else { Obj::NONE };
        word(vm(st).new_slice(obj(*items), obj(*items.add(1)), step))
    }
}

/// Start and length of what a slice without step selects, if its bounds are None or small ints.
#[inline(always)]
fn select(start: Word, stop: Word, len: usize) -> Option<(usize, usize)> {
    let bound = |word: Word, default: usize| match word {
        NONE => Some(default),
        _ if word & 1 == 0 => None,
        _ => {
            let at = word as isize >> 1;
            Some(if at < 0 { len.saturating_add_signed(at) } else { len.min(at as usize) })
        }
    };
    let start = bound(start, 0)?;
    Some((start, bound(stop, len)?.saturating_sub(start)))
}

/// A part of a list or tuple; NULL: an exception is under way; [`OTHERWISE`]: it takes the slice object.
#[inline(never)]
unsafe fn load_slice(st: *mut State, container: Word, start: Word, stop: Word) -> Word {
    // SAFETY: see `run::vm`; the types are checked.
    unsafe {
        let vm = vm(st);
        if is_exact(st, container, TypeId::List) {
            let list = as_ref::<List>(container);
            if let Some((start, len)) = select(start, stop, list.len()) {
                return word(vm.new_list_from(list.obj(), start, 1, len).map(Ref::obj));
            }
        } else if is_exact(st, container, TypeId::Tuple) {
            let tuple = as_ref::<Tuple>(container);
            if let Some((start, len)) = select(start, stop, tuple.len()) {
                return word(vm.new_tuple_from(tuple.obj(), start, 1, len));
            }
        }
        OTHERWISE
    }
}

/// Replaces a part of a list by the items of another list or a tuple and gives None; else as [`load_slice`].
#[inline(never)]
unsafe fn store_slice(st: *mut State, container: Word, start: Word, stop: Word, value: Word) -> Word {
    // SAFETY: see `run::vm`; the types are checked.
    unsafe {
        if container != value
            && is_exact(st, container, TypeId::List)
            && (is_exact(st, value, TypeId::List) || is_exact(st, value, TypeId::Tuple))
        {
            let list = as_ref::<List>(container);
            if let Some((start, removed)) = select(start, stop, list.len()) {
                return word(list.replace(vm(st), start, removed, obj(value)).map(|()| Obj::NONE));
            }
        }
        OTHERWISE
    }
}

#[inline(never)]
unsafe fn store_item(st: *mut State, dict: Word, key: Word, value: Word) -> bool {
    // SAFETY: see `run::vm` and `run::obj`.
    unsafe {
        let vm = vm(st);
        match vm.exact::<Dict>(obj(dict)) {
            Some(dict) => dict.set(vm, obj(key), obj(value)).is_ok(),
            None => {
                let _ = vm.type_error("a dict is needed to store into");
                false
            }
        }
    }
}

#[inline(never)]
unsafe fn add_item(st: *mut State, container: Word, value: Word, list: bool) -> bool {
    // SAFETY: see `run::vm` and `run::obj`.
    unsafe {
        let vm = vm(st);
        let (container, value) = (obj(container), obj(value));
        if list && let Some(list) = vm.exact::<List>(container) {
            return list.push(vm, value).is_ok();
        }
        if !list && let Some(set) = vm.exact::<Set>(container) {
            return set.add(vm, value).is_ok();
        }
        let _ = vm.type_error("a list or set is needed to add to");
        false
    }
}

#[inline(never)]
unsafe fn store_subscript(st: *mut State, container: Word, index: Word, value: Word) -> bool {
    // SAFETY: see `run::vm` and `run::obj`.
    unsafe { vm(st).setitem(obj(container), obj(index), Obj::from_word(value)).is_ok() }
}

/// CPython's words for unpacking what cannot be iterated over, in place of the exception under way.
#[cold]
fn not_unpacked(vm: &mut Vm, source: Obj) -> Option<Raised> {
    if vm.official_texts() || !vm.pending_is(Exc::TypeError) {
        return None;
    }
    let raised = vm.take_exception();
    for name in [q::__iter__, q::__getitem__] {
        if !matches!(vm.find_special(source, name), Ok(None)) {
            return Some(vm.raise(raised));
        }
    }
    let class = vm.owned_text(vm.type_of(source).name());
    Some(vm.error(Exc::TypeError, format_args!("cannot unpack non-iterable {class} object")))
}

/// Unpacks the object at `at` into the words from there on, the first item on top: exactly `left` items if `right`
/// is `usize::MAX`, else `left`, a list of the rest, and `right`.
#[inline(never)]
pub(super) unsafe fn unpack(st: *mut State, at: *mut Word, left: usize, right: usize) -> bool {
    // SAFETY: see `run::vm` and `run::obj`; the verifier counted the words.
    unsafe {
        let vm = vm(st);
        let result: R<()> = (|| {
            let source = obj(*at);
            let starred = right != usize::MAX;
            let needed = if starred { left + right } else { left };
            let items = if vm.exact::<Tuple>(source).is_some() || vm.exact::<List>(source).is_some() {
                source
            } else {
                // One more than fits is enough to know that there are too many.
                let items = vm.new_list(&[])?;
                let limit = if starred { usize::MAX } else { needed + 1 };
                let walked = vm.for_each(source, |vm, item| {
                    items.push(vm, item)?;
                    Ok(items.len() < limit)
                });
                if let Err(raised) = walked {
                    return Err(not_unpacked(vm, source).unwrap_or(raised));
                }
                items.obj()
            };
            let count = vm.seq_items(items).map_or(0, <[Obj]>::len);
            if count < needed {
                return Err(if starred {
                    vm.error(
                        Exc::ValueError,
                        format_args!("not enough values to unpack (expected at least {needed}, got {count})"),
                    )
                } else {
                    vm.error(
                        Exc::ValueError,
                        format_args!("not enough values to unpack (expected {needed}, got {count})"),
                    )
                });
            }
            if !starred && count > needed {
                return Err(vm.error(Exc::ValueError, format_args!("too many values to unpack (expected {needed})")));
            }
            let mut top = at;
            if starred {
                let rest = match vm.seq_items(items) {
                    Some(all) => all.as_ptr_range().start.add(left),
                    None => return Ok(()),
                };
                // The container is alive and unchanged: nothing of Python runs here.
                let rest = vm.new_list(core::slice::from_raw_parts(rest, count - needed))?;
                let all = vm.seq_items(items).unwrap_or(&[]);
                for i in (0..right).rev() {
                    *top = all[count - right + i].word();
                    top = top.add(1);
                }
                *top = rest.obj().word();
                top = top.add(1);
            }
            let all = vm.seq_items(items).unwrap_or(&[]);
            for i in (0..left).rev() {
                *top = all[i].word();
                top = top.add(1);
            }
            Ok(())
        })();
        result.is_ok()
    }
}

#[inline(never)]
unsafe fn new_function(
    st: *mut State,
    code: *const CodeObject,
    child: usize,
    defaults: Word,
    kw_defaults: Word,
    cells: *mut Word,
    n_cells: usize,
) -> Word {
    // SAFETY: see `run::vm`, `run::obj` and `slice`; the verifier checked the child's number.
    unsafe {
        let vm = vm(st);
        let child = *(*code).children.add(child);
        word((|| {
            let cells = if n_cells > 0 { Some(vm.new_tuple(slice(cells, n_cells))?) } else { None };
            let child = Ref::from_ptr(NonNull::new_unchecked(child.cast_mut()));
            vm.new_function(child, Obj::from_word(defaults), Obj::from_word(kw_defaults), cells)
        })())
    }
}

impl Vm {
    /// Makes a Python function. Defaults must be a tuple and a dict; what is missing or of another type is refused
    /// with TypeError, so that binding can rely on it.
    pub fn new_function(
        &mut self,
        code: Ref<CodeObject>,
        defaults: Option<Obj>,
        kw_defaults: Option<Obj>,
        cells: Option<Obj>,
    ) -> R {
        let (n_defaults, n_pos) = code.read(|code| (code.n_defaults as usize, code.n_pos as usize));
        let given = match defaults {
            Some(defaults) => match self.exact::<Tuple>(defaults) {
                Some(tuple) => tuple.len(),
                None => return Err(self.type_error("defaults must be a tuple")),
            },
            None => 0,
        };
        let n_cells = cells.and_then(|cells| self.exact::<Tuple>(cells)).map_or(0, Ref::<Tuple>::len);
        // Without any, calls must give all arguments.
        if defaults.is_some() && given < n_defaults || n_cells > n_pos {
            return Err(self.type_error("a function needs all its defaults and cells"));
        }
        if kw_defaults.is_some_and(|dict| self.exact::<Dict>(dict).is_none()) {
            return Err(self.type_error("keyword-only defaults must be a dict"));
        }
        if cells.is_some() {
            // The arguments of a closure stand behind its cells, so they are never where the locals are to be.
            // SAFETY: the code is live.
            unsafe { (*code.ptr()).fast_argc |= CLOSURE };
        }
        self.alloc_function(code, defaults, kw_defaults, cells)
    }

    /// Calls with everything given as objects: a sequence of positional arguments and a dict of keywords.
    pub fn call_with_dict(&mut self, function: Obj, args: &[Obj], keywords: Ref<Dict>) -> R {
        let pairs = self.new_list(&[])?;
        let mut position = 0;
        while let Some((next, key, value)) = keywords.entry(self, position) {
            position = next;
            pairs.push(self, key)?;
            pairs.push(self, value)?;
        }
        // SAFETY: nobody else knows the list, and it is alive on this stack frame.
        let kw = unsafe {
            let items = pairs.items(self);
            core::slice::from_raw_parts(items.as_ptr(), items.len())
        };
        self.call_args(function, &Args { pos: args, kw })
    }
}
