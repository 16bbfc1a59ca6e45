//! Calls and returns.

use heap::Obj;

use crate::{
    call::fits,
    handle::Ref,
    interp::{
        bind::Entered,
        code::{CodeObject, make_ready},
        dispatch::{Exit, leave, next, op, resume},
        frame::{Frame, IS_FINALLY, Word, flag},
        generator,
        prepare::{label, uint},
        run::{NULL, OTHERWISE, as_ref, is_exact, obj, save, vm, word},
        unwind::{self, block, leave_frame},
    },
    layout::{
        function::{BoundMethod, Function, NativeFunction},
        seq::{List, Tuple},
    },
    native::{Args, Native},
    table::TypeId,
    value::R,
    vm::State,
};

/// Enters a function whose arguments already stand where its locals are to be. `$at` is the first argument, `$to` the
/// slot of the result.
macro_rules! enter {
    ($st:ident, $ip:ident, $sp:ident, $code:ident, $callee:expr, $at:expr, $to:expr, $after:expr) => {{
        let (callee, at) = ($callee, $at);
        let stack = &mut (*$st).interp.stack;
        let frame = stack.frame;
        let new = frame.add(1);
        let words = (*callee).n_words as usize;
        if new <= stack.frames_end
            && (stack.stack_end as usize).wrapping_sub(at as usize) >= words * size_of::<Word>()
            && (at as usize) < stack.stack_end as usize
            && (*$st).interp.poll >= 0
        {
            (*$st).interp.poll -= 1;
            (*frame).ip = $after;
            (*frame).sp = $to;
            let base = at.add((*callee).stack_base as usize);
            let mut local = $sp;
            let end = at.add((*callee).n_locals as usize);
            while local < end {
                // Volatile, or it becomes a call of memset, for one or two words.
                local.write_volatile(NULL);
                local = local.add(1);
            }
            (*new).fp = at;
            (*new).code = callee;
            (*new).locals = NULL;
            (*new).depth = 0;
            (*new).flags = 0;
            stack.frame = new;
            next!($st, (*callee).start, base, at, callee)
        }
    }};
}

/// Goes on after a call by the slow road: in the frame it pushed, at a handler, or behind the call.
macro_rules! called {
    ($st:ident, $ip:ident, $sp:ident, $fp:ident, $code:ident, $how:expr, $after:expr, $at:expr) => {{
        let how = $how;
        if how == ENTERED {
            let frame = (*$st).interp.stack.frame;
            return resume($st, (*frame).ip, (*frame).sp, (*frame).fp, (*frame).code);
        }
        if how == RAISED {
            return unwind::raised::<C>($st, $ip, $sp, $fp, $code);
        }
        next!($st, $after, $at, $fp, $code)
    }};
}

/// Calls a native function with `$n` arguments at `$at`, without keywords; falls through if it takes another number.
macro_rules! call_native {
    ($st:ident, $ip:ident, $sp:ident, $fp:ident, $code:ident, $callee:expr, $at:expr, $n:expr, $to:expr) => {{
        let to = $to;
        save($st, $ip, $sp);
        let result = native_result($st, $callee, $at, $n);
        if result == NULL {
            return unwind::raised::<C>($st, $ip, $sp, $fp, $code);
        }
        if result != OTHERWISE {
            *to = result;
            next!($st, $ip.add(2), to.add(1), $fp, $code)
        }
    }};
}

op! {
    /// Where code begins that is called for the first time.
    #[inline(never)]
    first_call(st, ip, sp, fp, code) {
        save(st, ip, sp);
        if !make_ready(st, code) {
            return unwind::raised::<C>(st, ip, sp, fp, code);
        }
        next!(st, (*code).start, sp, fp, code)
    }

    call_function(st, ip, sp, fp, code) {
        let n = *ip.add(1) as usize;
        // Careful code calls the slow way, so that the callee's frame says how to return.
        if !C && n < 0x80 {
            let at = sp.sub(n);
            let callee = *at.sub(1);
            if is_exact(st, callee, TypeId::Function) {
                let target = (*as_ref::<Function>(callee).ptr()).code.as_ptr();
                if (*target).fast_argc as usize == n {
                    enter!(st, ip, sp, code, target, at, at.sub(1), ip.add(2));
                }
            } else if is_exact(st, callee, TypeId::NativeFunction) {
                return call_function_native::<C>(st, ip, sp, fp, code);
            }
        }
        return call_function_slow::<C>(st, ip, sp, fp, code);
    }

    /// CALL_FUNCTION of a native function without keywords.
    #[inline(never)]
    call_function_native(st, ip, sp, fp, code) {
        let n = *ip.add(1) as usize;
        let at = sp.sub(n);
        call_native!(st, ip, sp, fp, code, *at.sub(1), at, n, at.sub(1));
        return call_function_slow::<C>(st, ip, sp, fp, code);
    }

    #[inline(never)]
    call_function_slow(st, ip, sp, fp, code) {
        let (n, after) = uint(ip.add(1));
        let (n_pos, n_kw) = ((n & 0xff) as usize, (n >> 8) as usize);
        let at = sp.sub(n_pos + 2 * n_kw);
        save(st, ip, sp);
        let how = call_any(st, *at.sub(1), at, n_pos, n_kw, at.sub(1), after);
        called!(st, ip, sp, fp, code, how, after, at)
    }

    call_method(st, ip, sp, fp, code) {
        let n = *ip.add(1) as usize;
        // Careful code calls the slow way, so that the callee's frame says how to return.
        if !C && n < 0x80 {
            let at = sp.sub(n + 1);
            let callee = *at.sub(1);
            if is_exact(st, callee, TypeId::Function) {
                let target = (*as_ref::<Function>(callee).ptr()).code.as_ptr();
                if *at != NULL {
                    if (*target).fast_argc as usize == n + 1 {
                        enter!(st, ip, sp, code, target, at, at.sub(1), ip.add(2));
                    }
                } else if (*target).fast_argc as usize == n {
                    enter!(st, ip, sp, code, target, at.add(1), at.sub(1), ip.add(2));
                }
            } else if is_exact(st, callee, TypeId::NativeFunction) {
                return call_method_native::<C>(st, ip, sp, fp, code);
            }
        }
        return call_method_slow::<C>(st, ip, sp, fp, code);
    }

    /// CALL_METHOD of a native function without keywords.
    #[inline(never)]
    call_method_native(st, ip, sp, fp, code) {
        let n = *ip.add(1) as usize;
        let at = sp.sub(n + 1);
        if *at != NULL {
            call_native!(st, ip, sp, fp, code, *at.sub(1), at, n + 1, at.sub(1));
        } else {
            call_native!(st, ip, sp, fp, code, *at.sub(1), at.add(1), n, at.sub(1));
        }
        return call_method_slow::<C>(st, ip, sp, fp, code);
    }

    #[inline(never)]
    call_method_slow(st, ip, sp, fp, code) {
        let (n, after) = uint(ip.add(1));
        let (n_pos, n_kw) = ((n & 0xff) as usize, (n >> 8) as usize);
        let at = sp.sub(n_pos + 2 * n_kw + 1);
        let to = at.sub(1);
        save(st, ip, sp);
        let how = if *at == NULL {
            call_any(st, *to, at.add(1), n_pos, n_kw, to, after)
        } else {
            call_any(st, *to, at, n_pos + 1, n_kw, to, after)
        };
        called!(st, ip, sp, fp, code, how, after, at)
    }

    call_function_var_kw(st, ip, sp, fp, code) {
        let (n, after) = uint(ip.add(1));
        let (n_pos, n_kw) = ((n & 0xff) as usize, (n >> 8) as usize);
        let at = sp.sub(n_pos + 2 * n_kw + 1);
        let to = at.sub(1);
        save(st, ip, sp);
        let how = call_spread(st, *to, NULL, at, n_pos, n_kw, to, after);
        called!(st, ip, sp, fp, code, how, after, at)
    }

    call_method_var_kw(st, ip, sp, fp, code) {
        let (n, after) = uint(ip.add(1));
        let (n_pos, n_kw) = ((n & 0xff) as usize, (n >> 8) as usize);
        let at = sp.sub(n_pos + 2 * n_kw + 2);
        let to = at.sub(1);
        save(st, ip, sp);
        let how = call_spread(st, *to, *at, at.add(1), n_pos, n_kw, to, after);
        called!(st, ip, sp, fp, code, how, after, at)
    }

    return_value(st, ip, sp, fp, code) {
        let frame = (*st).interp.stack.frame;
        if (*frame).flags == 0 && (*frame).depth == 0 {
            let caller = frame.sub(1);
            (*st).interp.stack.frame = caller;
            let to = (*caller).sp;
            *to = *sp.sub(1);
            next!(st, (*caller).ip, to.add(1), (*caller).fp, (*caller).code)
        }
        return return_slow::<C>(st, ip, sp, fp, code);
    }

    #[inline(never)]
    return_slow(st, ip, sp, fp, code) {
        let frame = (*st).interp.stack.frame;
        while (*frame).depth > 0 {
            let block = block(fp, code, (*frame).depth);
            if (*block).level & IS_FINALLY != 0 && (*block).handler > ip {
                // The value waits above the block's level, under a marker, while the handler runs.
                let level = (*block).stack();
                *level = *sp.sub(1);
                *level.add(1) = Obj::PENDING_RETURN.word();
                next!(st, (*block).handler, level.add(2), fp, code)
            }
            (*frame).depth -= 1;
        }
        let (value, flags, subject) = (*sp.sub(1), (*frame).flags, (*frame).subject);
        leave_frame(st);
        let caller = (*st).interp.stack.frame;
        if flags & flag::RESUMED != 0 {
            let delegator = generator::returned(subject);
            if flags & flag::DELEGATED != 0 {
                if generator::resume_delegator(st, subject, delegator, flags, value) {
                    let frame = (*st).interp.stack.frame;
                    return resume(st, (*frame).ip, (*frame).sp, (*frame).fp, (*frame).code);
                }
                if flags & flag::GENERATOR != 0 {
                    return leave(Exit::Raised);
                }
                return unwind::raised::<C>(st, (*caller).ip, (*caller).sp, (*caller).fp, (*caller).code);
            }
            if flags & flag::FOR_ITER != 0 {
                let (_, target) = label((*caller).ip.add(1));
                return resume(st, target, (*caller).sp.sub(4), (*caller).fp, (*caller).code);
            }
            if flags & flag::YIELD_FROM != 0 {
                let sp = (*caller).sp;
                *sp.sub(2) = value;
                return resume(st, (*caller).ip.add(1), sp.sub(1), (*caller).fp, (*caller).code);
            }
            set_stop_value(st, value);
            return leave(Exit::Returned);
        }
        if flags & flag::INIT != 0 {
            if value != Obj::NONE.word() {
                bad_init(st);
                return unwind::raised::<C>(st, (*caller).ip.sub(1), (*caller).sp, (*caller).fp, (*caller).code);
            }
            let to = (*caller).sp;
            *to = subject;
            return resume(st, (*caller).ip, to.add(1), (*caller).fp, (*caller).code);
        }
        if flags & flag::NATIVE != 0 {
            (*st).interp.yielded = value;
            return leave(Exit::Returned);
        }
        let to = (*caller).sp;
        *to = value;
        return resume(st, (*caller).ip, to.add(1), (*caller).fp, (*caller).code);
    }
}

/// Calls a native function with `n` positional arguments; [`OTHERWISE`] if it wants another number, or keywords.
#[inline(never)]
unsafe fn native_result(st: *mut State, callee: Word, at: *mut Word, n: usize) -> Word {
    // SAFETY: the type is checked; see `run::vm` and `run::obj`.
    unsafe {
        let vm = vm(st);
        match (*as_ref::<NativeFunction>(callee).ptr()).native {
            Native::F1(f) if n == 1 => word(f(vm, obj(*at))),
            Native::F2(f) if n == 2 => word(f(vm, obj(*at), obj(*at.add(1)))),
            Native::F3(f) if n == 3 => word(f(vm, obj(*at), obj(*at.add(1)), obj(*at.add(2)))),
            Native::Var(min, max, f) if fits(n, min, max) => {
                word(f(vm, core::slice::from_raw_parts(at.cast::<Obj>(), n)))
            }
            _ => OTHERWISE,
        }
    }
}

/// What [`call_any`] did: the result is in its slot.
const DONE: usize = 0;
/// A frame was pushed.
const ENTERED: usize = 1;
/// An exception is under way.
const RAISED: usize = 2;

#[inline(never)]
unsafe fn set_stop_value(st: *mut State, value: Word) {
    // SAFETY: see `run::vm` and `run::obj`.
    unsafe { vm(st).set_stop_value(obj(value)) }
}

#[cold]
#[inline(never)]
unsafe fn bad_init(st: *mut State) {
    // SAFETY: see `run::vm`.
    let _ = unsafe { vm(st).type_error("__init__() should return None") };
}

/// Calls anything with arguments that stand on the stack at `at` (positional, then name and value pairs).
#[inline(never)]
unsafe fn call_any(
    st: *mut State,
    callee: Word,
    mut at: *mut Word,
    mut n_pos: usize,
    n_kw: usize,
    to: *mut Word,
    after: *const u8,
) -> usize {
    // SAFETY: see `run::vm` and `run::obj`; the arguments are objects, NULL only as the name of `**`, which only the spread
    // forms have.
    unsafe {
        let vm = vm(st);
        let mut callee = callee;
        if is_exact(st, callee, TypeId::NativeFunction) {
            let function = as_ref::<NativeFunction>(callee);
            let pos = core::slice::from_raw_parts(at.cast::<Obj>(), n_pos);
            let kw = core::slice::from_raw_parts(at.add(n_pos).cast::<Obj>(), 2 * n_kw);
            return finish(vm.call_native(function, &Args { pos, kw }), to);
        }
        if is_exact(st, callee, TypeId::BoundMethod) && at.sub(1) == to {
            // The slot of the callee takes the receiver.
            let (function, receiver) = as_ref::<BoundMethod>(callee).parts();
            callee = function.word();
            at = at.sub(1);
            n_pos += 1;
            *at = receiver.word();
        }
        if n_kw == 0
            && is_exact(st, callee, TypeId::Function)
            && enter_in_place(st, as_ref(callee), at, n_pos, to, after)
        {
            return ENTERED;
        }
        let args = Args {
            pos: core::slice::from_raw_parts(at.cast::<Obj>(), n_pos),
            kw: core::slice::from_raw_parts(at.add(n_pos).cast::<Obj>(), 2 * n_kw),
        };
        call_args(st, obj(callee), &args, to, after)
    }
}

/// Pushes the frame of a function that takes `n` arguments where they stand, with closed-over cells before and defaults behind
/// them. False, and nothing is done, if it takes more than that.
#[inline(always)]
unsafe fn enter_in_place(
    st: *mut State,
    function: Ref<Function>,
    at: *mut Word,
    n: usize,
    to: *mut Word,
    after: *const u8,
) -> bool {
    // SAFETY: the function and its code are live; tuples of defaults and cells have the lengths that `new_function` checked; the
    // arguments are the top of the stack.
    unsafe {
        let code: *const CodeObject = (*function.ptr()).code.as_ptr();
        let stack = &mut (*st).interp.stack;
        let frame = stack.frame;
        let n_cells = if let Some(cells) = (*function.ptr()).cells { as_ref::<Tuple>(cells.word()).len() } else { 0 };
        let wanted = (*code).n_pos as usize - n_cells;
        let missing = wanted.wrapping_sub(n);
        if (*code).fast_argc == u32::MAX
            || missing > (*code).n_defaults as usize
            // Code may have defaults that its function was made without.
            || missing > 0 && function.defaults().is_none()
            || stack.words_left(at) < (*code).n_words as usize
            || frame.add(1) > stack.frames_end
            || (*(*frame).code).careful
            || (*st).interp.poll < 1
        {
            return false;
        }
        (*st).interp.poll -= 1;
        if n_cells > 0 {
            at.add(n_cells).copy_from(at, n);
            let cells = as_ref::<Tuple>((*function.ptr()).cells.map_or(NULL, Obj::word));
            for i in 0..n_cells {
                *at.add(i) = cells.get(i).map_or(NULL, Obj::word);
            }
        }
        let mut local = at.add(n_cells + n);
        if missing > 0 {
            let defaults = as_ref::<Tuple>(function.defaults().map_or(NULL, Obj::word));
            let len = defaults.len();
            for i in len - missing..len {
                *local = defaults.get(i).map_or(NULL, Obj::word);
                local = local.add(1);
            }
        }
        let end = at.add((*code).n_locals as usize);
        while local < end {
            // Volatile, or it becomes a call of memset, for one or two words.
            local.write_volatile(NULL);
            local = local.add(1);
        }
        (*frame).ip = after;
        (*frame).sp = to;
        let sp = at.add((*code).stack_base as usize);
        stack.frame = frame.add(1);
        stack.frame.write(Frame {
            ip: (*code).start,
            sp,
            fp: at,
            code,
            locals: NULL,
            subject: NULL,
            depth: 0,
            flags: 0,
        });
        true
    }
}

/// Calls anything; Python functions and classes without a loop of their own.
unsafe fn call_args(st: *mut State, callee: Obj, args: &Args, to: *mut Word, after: *const u8) -> usize {
    // SAFETY: as for `call_any`.
    unsafe {
        let vm = vm(st);
        (*st).interp.poll -= 1;
        if (*st).interp.poll < 0 {
            vm.give_steps();
            if vm.look_around().is_err() {
                return RAISED;
            }
        }
        // Python that runs natively from here may move the records (a new recursion limit): this pointer serves up to there.
        let frame: *mut Frame = (*st).interp.stack.frame;
        let sp = (*frame).sp;
        let entered: R<Entered> = if let Some(function) = vm.exact::<Function>(callee) {
            vm.push_call(function, args, sp, 0, NULL)
        } else if let Some((instance, init)) = plain_class(vm, callee) {
            match instance {
                Ok(instance) => match init {
                    Some(init) => {
                        // self and the arguments go above everything live.
                        let n = args.pos.len() + args.kw.len() + 1;
                        match super::bind::room(vm, sp, n + 8) {
                            Some((start, 0)) => {
                                *start = instance.word();
                                let pos = args.pos.len();
                                start.add(1).cast::<Obj>().copy_from(args.pos.as_ptr(), pos);
                                start.add(1 + pos).cast::<Obj>().copy_from(args.kw.as_ptr(), args.kw.len());
                                let moved = Args {
                                    pos: core::slice::from_raw_parts(start.cast::<Obj>(), pos + 1),
                                    kw: core::slice::from_raw_parts(start.add(pos + 1).cast::<Obj>(), args.kw.len()),
                                };
                                (*(*st).interp.stack.frame).sp = start.add(n);
                                let depth = (*st).interp.stack.depth();
                                let entered = vm.push_call(init, &moved, start.add(n), flag::INIT, instance.word());
                                if let Some(caller) = (*st).interp.stack.record_at(depth) {
                                    (*caller).sp = sp;
                                }
                                match entered {
                                    // A generator as __init__: its result is not None.
                                    Ok(Entered::Value(_)) => Err(vm.type_error("__init__() should return None")),
                                    other => other,
                                }
                            }
                            Some(_) => {
                                vm.state_mut().drop_segment();
                                vm.call_args(callee, args).map(Entered::Value)
                            }
                            None => Err(crate::value::Raised),
                        }
                    }
                    None => Ok(Entered::Value(instance)),
                },
                Err(raised) => Err(raised),
            }
        } else {
            vm.call_args(callee, args).map(Entered::Value)
        };
        match entered {
            Ok(Entered::Frame) => {
                let caller = (*st).interp.stack.frame.sub(1);
                (*caller).ip = after;
                (*caller).sp = to;
                ENTERED
            }
            Ok(Entered::Value(value)) => {
                *to = value.word();
                DONE
            }
            Err(_) => RAISED,
        }
    }
}

/// For a Python class whose instances are made in the ordinary way: a new instance, and its `__init__` if that is a
/// Python function.
unsafe fn plain_class(vm: &mut crate::vm::Vm, callee: Obj) -> Option<(R<Obj>, Option<Ref<Function>>)> {
    let (class, init) = vm.plain_constructor(callee)?;
    let instance = vm.new_instance(class).map(Ref::obj);
    Some((instance, init))
}

#[inline(always)]
unsafe fn finish(result: R, to: *mut Word) -> usize {
    match result {
        Ok(value) => {
            // SAFETY: the slot of the result.
            unsafe { *to = value.word() };
            DONE
        }
        Err(_) => RAISED,
    }
}

/// A call with `*` or `**` arguments: the bitmap of the `*` ones is on top of the arguments.
#[inline(never)]
#[allow(clippy::too_many_arguments)]
unsafe fn call_spread(
    st: *mut State,
    callee: Word,
    receiver: Word,
    at: *mut Word,
    n_pos: usize,
    n_kw: usize,
    to: *mut Word,
    after: *const u8,
) -> usize {
    // SAFETY: as for `call_any`; the lists are known to nobody else, so views of them stay valid.
    unsafe {
        let vm = vm(st);
        match spread(vm, Obj::from_word(receiver), at, n_pos, n_kw) {
            Ok((pos, kw)) => {
                let pos_items = pos.items(vm);
                let pos = core::slice::from_raw_parts(pos_items.as_ptr(), pos_items.len());
                let kw_items = kw.items(vm);
                let kw = core::slice::from_raw_parts(kw_items.as_ptr(), kw_items.len());
                let result = call_args(st, obj(callee), &Args { pos, kw }, to, after);
                // The lists live until here.
                core::hint::black_box((pos.as_ptr(), kw.as_ptr()));
                result
            }
            Err(_) => RAISED,
        }
    }
}

/// Lists of the positional and of the keyword arguments of a call with stars.
///
/// # Safety
/// The arguments and the bitmap stand at `at`, as CALL_FUNCTION_VAR_KW has them.
pub(super) unsafe fn spread(
    vm: &mut crate::vm::Vm,
    receiver: Option<Obj>,
    at: *mut Word,
    n_pos: usize,
    n_kw: usize,
) -> R<(Ref<List>, Ref<List>)> {
    // SAFETY: the caller's promise.
    unsafe {
        let pos = vm.new_list(&[])?;
        if let Some(receiver) = receiver {
            pos.push(vm, receiver)?;
        }
        let stars = *at.add(n_pos + 2 * n_kw) >> 1;
        for i in 0..n_pos {
            let value = obj(*at.add(i));
            if i < usize::BITS as usize - 1 && stars >> i & 1 != 0 {
                vm.for_each(value, |vm, item| pos.push(vm, item).map(|()| true))?;
            } else {
                pos.push(vm, value)?;
            }
        }
        let kw = vm.new_list(&[])?;
        for i in 0..n_kw {
            let (name, value) = (*at.add(n_pos + 2 * i), obj(*at.add(n_pos + 2 * i + 1)));
            match Obj::from_word(name) {
                Some(name) => vm.add_keyword(kw, name, value)?,
                None => vm.add_mapping(kw, value)?,
            }
        }
        Ok((pos, kw))
    }
}

impl crate::vm::Vm {
    /// Adds a keyword argument; TypeError if its name is not a str or it is there already.
    fn add_keyword(&mut self, kw: Ref<List>, name: Obj, value: Obj) -> R<()> {
        if !self.is_str(name) {
            return Err(self.type_error("keywords must be strings"));
        }
        self.check_name(self.str_bytes(name).map_or(0, <[u8]>::len))?;
        let mut i = 0;
        while let Some(other) = kw.get(i) {
            if other == name || self.equal(other, name)? {
                let text = self.str_bytes(name).map(alloc::string::String::from_utf8_lossy).unwrap_or_default();
                let text = alloc::string::String::from(text);
                let (who, kind) = if self.official_texts() { ("function ", "") } else { ("", "keyword ") };
                return Err(self.error(
                    crate::types::exception::Exc::TypeError,
                    format_args!("{who}got multiple values for {kind}argument '{text}'"),
                ));
            }
            i += 2;
        }
        kw.push(self, name)?;
        kw.push(self, value)
    }

    /// Adds the items of a `**` argument: a dict, or anything with `keys` and `__getitem__`.
    fn add_mapping(&mut self, kw: Ref<List>, mapping: Obj) -> R<()> {
        if let Some(dict) = self.cast::<crate::layout::dict::Dict>(mapping) {
            let mut position = 0;
            while let Some((next, key, value)) = dict.entry(self, position) {
                position = next;
                self.add_keyword(kw, key, value)?;
            }
            return Ok(());
        }
        let Some(keys) = self.getattr_maybe(mapping, crate::qstr::q::keys)? else {
            return Err(self.type_error_for("argument after ** must be a mapping, not '", mapping, "'"));
        };
        let keys = self.call(keys, &[])?;
        self.for_each(keys, |vm, key| {
            let value = vm.getitem(mapping, key)?;
            vm.add_keyword(kw, key, value).map(|()| true)
        })
    }
}
