//! Instructions that stand for frequent sequences (see [`crate::interp::prepare`]). On a miss of their fast
//! path they do the first instructions of the sequence and leave the rest to the ordinary ones, or do the
//! whole by the slow road.

use crate::interp::{
    dispatch::{next, op},
    frame::Word,
    ops_basic::{
        add_words, both_small, compare_floats, compare_words, float_word, floats, mul_words, push, small, sub_words,
    },
    prepare::{fused, signed_label},
    run::{self, NULL},
    unwind,
};

/// Takes a branch by its opcode (odd: if true) and truth.
macro_rules! branch {
    ($st:expr, $at:expr, $sp:expr, $fp:expr, $code:expr, $truth:expr) => {{
        let at = $at;
        let (after, target) = signed_label(at.add(1));
        if $truth == (*at & 1 != 0) {
            if target < after {
                (*$st).interp.poll -= 1;
                if (*$st).interp.poll < 0 {
                    return run::poll_then::<C>($st, target, $sp, $fp, $code);
                }
            }
            next!($st, target, $sp, $fp, $code)
        }
        next!($st, after, $sp, $fp, $code)
    }};
}

/// Goes round a range loop again or leaves it.
macro_rules! range_jump {
    ($st:expr, $ip:expr, $sp:expr, $fp:expr, $code:expr, $cache:expr, $again:expr) => {{
        if $again {
            let top = $ip.offset(distance((*$cache).c));
            (*$st).interp.poll -= 1;
            if (*$st).interp.poll < 0 {
                return run::poll_then::<C>($st, top, $sp, $fp, $code);
            }
            next!($st, top, $sp, $fp, $code)
        }
        next!($st, $ip.add((*$cache).key), $sp, $fp, $code)
    }};
}

/// The two locals that a byte of nibbles names.
macro_rules! locals {
    ($ip:expr, $fp:expr) => {{
        let nibbles = *$ip.add(1) as usize;
        (*$fp.add(nibbles >> 4), *$fp.add(nibbles & 15))
    }};
}

op! {
    load_locals(st, ip, sp, fp, code) {
        let (a, b) = locals!(ip, fp);
        if a == NULL || b == NULL {
            return unwind::unbound_local::<C>(st, ip, sp, fp, code);
        }
        *sp = a;
        *sp.add(1) = b;
        next!(st, ip.add(2), sp.add(2), fp, code)
    }

    locals_compare<const OP: u8>(st, ip, sp, fp, code) {
        let (a, b) = locals!(ip, fp);
        if both_small(a, b) {
            branch!(st, ip.add(3), sp, fp, code, compare_words::<OP>(a, b))
        }
        return locals_compare_slow::<C, OP>(st, ip, sp, fp, code);
    }

    #[inline(never)]
    locals_compare_slow<const OP: u8>(st, ip, sp, fp, code) {
        let (a, b) = locals!(ip, fp);
        if a == NULL || b == NULL {
            return unwind::unbound_local::<C>(st, ip, sp, fp, code);
        }
        if let Some((a, b)) = floats(a, b) {
            branch!(st, ip.add(3), sp, fp, code, compare_floats::<OP>(a, b))
        }
        *sp = a;
        *sp.add(1) = b;
        return compare_slow::<C, OP>(st, ip.add(2), sp.add(2), fp, code);
    }

    local_int_compare<const OP: u8>(st, ip, sp, fp, code) {
        let (a, b) = (*fp.add(*ip.add(2) as usize), small(*ip.add(1) as isize - 0x80));
        if both_small(a, b) {
            branch!(st, ip.add(3), sp, fp, code, compare_words::<OP>(a, b))
        }
        return local_int_compare_slow::<C, OP>(st, ip, sp, fp, code);
    }

    #[inline(never)]
    local_int_compare_slow<const OP: u8>(st, ip, sp, fp, code) {
        let a = *fp.add(*ip.add(2) as usize);
        if a == NULL {
            return unwind::unbound_local::<C>(st, ip, sp, fp, code);
        }
        *sp = a;
        *sp.add(1) = small(*ip.add(1) as isize - 0x80);
        return compare_slow::<C, OP>(st, ip.add(2), sp.add(2), fp, code);
    }

    compare_jump<const OP: u8>(st, ip, sp, fp, code) {
        let (a, b) = (*sp.sub(2), *sp.sub(1));
        if both_small(a, b) {
            branch!(st, ip.add(1), sp.sub(2), fp, code, compare_words::<OP>(a, b))
        }
        if let Some((a, b)) = floats(a, b) {
            branch!(st, ip.add(1), sp.sub(2), fp, code, compare_floats::<OP>(a, b))
        }
        return compare_slow::<C, OP>(st, ip, sp, fp, code);
    }

    /// The comparison of a fused sequence whose operands are pushed; `ip` stands where it was, the branch follows.
    #[inline(never)]
    compare_slow<const OP: u8>(st, ip, sp, fp, code) {
        run::save(st, ip, sp);
        let result = run::binary(st, OP, *sp.sub(2), *sp.sub(1));
        if result == NULL {
            return unwind::raised::<C>(st, ip, sp, fp, code);
        }
        *sp.sub(2) = result;
        next!(st, ip.add(1), sp.sub(1), fp, code)
    }

    locals_add(st, ip, sp, fp, code) {
        let (a, b) = locals!(ip, fp);
        if both_small(a, b) {
            if let Some(sum) = add_words(a, b) {
                push!(st, ip.add(3), sp, fp, code, sum)
            }
        } else if let Some((a, b)) = floats(a, b)
            && let Some(sum) = float_word(a + b)
        {
            push!(st, ip.add(3), sp, fp, code, sum)
        }
        return locals_slow::<C>(st, ip, sp, fp, code);
    }

    locals_sub(st, ip, sp, fp, code) {
        let (a, b) = locals!(ip, fp);
        if both_small(a, b) {
            if let Some(difference) = sub_words(a, b) {
                push!(st, ip.add(3), sp, fp, code, difference)
            }
        } else if let Some((a, b)) = floats(a, b)
            && let Some(difference) = float_word(a - b)
        {
            push!(st, ip.add(3), sp, fp, code, difference)
        }
        return locals_slow::<C>(st, ip, sp, fp, code);
    }

    locals_mul(st, ip, sp, fp, code) {
        let (a, b) = locals!(ip, fp);
        if both_small(a, b) {
            if let Some(product) = mul_words(a, b) {
                push!(st, ip.add(3), sp, fp, code, product)
            }
        } else if let Some((a, b)) = floats(a, b)
            && let Some(product) = float_word(a * b)
        {
            push!(st, ip.add(3), sp, fp, code, product)
        }
        return locals_slow::<C>(st, ip, sp, fp, code);
    }

    /// Pushes both locals and goes on with the last instruction of the sequence.
    #[inline(never)]
    locals_slow(st, ip, sp, fp, code) {
        let (a, b) = locals!(ip, fp);
        if a == NULL || b == NULL {
            return unwind::unbound_local::<C>(st, ip, sp, fp, code);
        }
        *sp = a;
        *sp.add(1) = b;
        next!(st, ip.add(2), sp.add(2), fp, code)
    }

    local_add_int(st, ip, sp, fp, code) {
        let (a, b) = (*fp.add(*ip.add(2) as usize), small(*ip.add(1) as isize - 0x80));
        if both_small(a, b)
            && let Some(sum) = add_words(a, b)
        {
            push!(st, ip.add(3), sp, fp, code, sum)
        }
        return local_int_slow::<C, 27>(st, ip, sp, fp, code);
    }

    local_sub_int(st, ip, sp, fp, code) {
        let (a, b) = (*fp.add(*ip.add(2) as usize), small(*ip.add(1) as isize - 0x80));
        if both_small(a, b)
            && let Some(difference) = sub_words(a, b)
        {
            push!(st, ip.add(3), sp, fp, code, difference)
        }
        return local_int_slow::<C, 28>(st, ip, sp, fp, code);
    }

    #[inline(never)]
    local_int_slow<const OP: u8>(st, ip, sp, fp, code) {
        let a = *fp.add(*ip.add(2) as usize);
        if a == NULL {
            return unwind::unbound_local::<C>(st, ip, sp, fp, code);
        }
        run::save(st, ip, sp);
        let result = run::binary(st, OP, a, small(*ip.add(1) as isize - 0x80));
        if result == NULL {
            return unwind::raised::<C>(st, ip, sp, fp, code);
        }
        push!(st, ip.add(3), sp, fp, code, result)
    }

    /// `local += int` and its relatives.
    local_step(st, ip, sp, fp, code) {
        let local = fp.add((*ip.add(3) & 15) as usize);
        let b = small(*ip.add(1) as isize - 0x80);
        let a = *local;
        if both_small(a, b) {
            let result = if *ip.add(2) & 64 == 0 { add_words(a, b) } else { sub_words(a, b) };
            if let Some(result) = result {
                *local = result;
                next!(st, ip.add(4), sp, fp, code)
            }
        }
        return local_step_slow::<C>(st, ip, sp, fp, code);
    }

    #[inline(never)]
    local_step_slow(st, ip, sp, fp, code) {
        let local = fp.add((*ip.add(3) & 15) as usize);
        if *local == NULL {
            return unwind::unbound_local::<C>(st, ip, sp, fp, code);
        }
        run::save(st, ip, sp);
        let op = match *ip.add(2) {
            0 => 14,
            64 => 15,
            128 => 27,
            _ => 28,
        };
        let result = run::binary(st, op, *local, small(*ip.add(1) as isize - 0x80));
        if result == NULL {
            return unwind::raised::<C>(st, ip, sp, fp, code);
        }
        *local = result;
        next!(st, ip.add(4), sp, fp, code)
    }

    add_store(st, ip, sp, fp, code) {
        let (a, b) = (*sp.sub(2), *sp.sub(1));
        let local = fp.add((*ip.add(1) & 15) as usize);
        if both_small(a, b) {
            if let Some(sum) = add_words(a, b) {
                *local = sum;
                next!(st, ip.add(2), sp.sub(2), fp, code)
            }
        } else if let Some((a, b)) = floats(a, b)
            && let Some(sum) = float_word(a + b)
        {
            *local = sum;
            next!(st, ip.add(2), sp.sub(2), fp, code)
        }
        return arithmetic_store_slow::<C, 27>(st, ip, sp, fp, code);
    }

    sub_store(st, ip, sp, fp, code) {
        let (a, b) = (*sp.sub(2), *sp.sub(1));
        let local = fp.add((*ip.add(1) & 15) as usize);
        if both_small(a, b) {
            if let Some(difference) = sub_words(a, b) {
                *local = difference;
                next!(st, ip.add(2), sp.sub(2), fp, code)
            }
        } else if let Some((a, b)) = floats(a, b)
            && let Some(difference) = float_word(a - b)
        {
            *local = difference;
            next!(st, ip.add(2), sp.sub(2), fp, code)
        }
        return arithmetic_store_slow::<C, 28>(st, ip, sp, fp, code);
    }

    mul_store(st, ip, sp, fp, code) {
        let (a, b) = (*sp.sub(2), *sp.sub(1));
        let local = fp.add((*ip.add(1) & 15) as usize);
        if both_small(a, b) {
            if let Some(product) = mul_words(a, b) {
                *local = product;
                next!(st, ip.add(2), sp.sub(2), fp, code)
            }
        } else if let Some((a, b)) = floats(a, b)
            && let Some(product) = float_word(a * b)
        {
            *local = product;
            next!(st, ip.add(2), sp.sub(2), fp, code)
        }
        return arithmetic_store_slow::<C, 29>(st, ip, sp, fp, code);
    }

    #[inline(never)]
    arithmetic_store_slow<const OP: u8>(st, ip, sp, fp, code) {
        run::save(st, ip, sp);
        let op = if *ip.add(1) & 128 != 0 { OP - 13 } else { OP };
        let result = run::binary(st, op, *sp.sub(2), *sp.sub(1));
        if result == NULL {
            return unwind::raised::<C>(st, ip, sp, fp, code);
        }
        *fp.add((*ip.add(1) & 15) as usize) = result;
        next!(st, ip.add(2), sp.sub(2), fp, code)
    }

    dup_store(st, ip, sp, fp, code) {
        *fp.add((*ip.add(1) & 15) as usize) = *sp.sub(1);
        next!(st, ip.add(2), sp, fp, code)
    }

    /// The counter of a range loop is on top; the stop is in the cache.
    range_step_const(st, ip, sp, fp, code) {
        let cache = (*code).caches.add(*ip.add(1) as usize);
        let (counter, step) = (*sp.sub(1), (*cache).a);
        if counter & 1 != 0
            && step as isize > 0
            && let Some(counter) = add_words(counter, step)
        {
            *sp.sub(1) = counter;
            range_jump!(st, ip, sp, fp, code, cache, (counter as isize) < (*cache).b as isize)
        }
        return range_step_down::<C>(st, ip, sp, fp, code);
    }

    /// The counter of a range loop is on top, the stop below it.
    range_step(st, ip, sp, fp, code) {
        let cache = (*code).caches.add(*ip.add(1) as usize);
        let (counter, stop, step) = (*sp.sub(1), *sp.sub(2), (*cache).a);
        if both_small(counter, stop)
            && step as isize > 0
            && let Some(counter) = add_words(counter, step)
        {
            *sp.sub(1) = counter;
            range_jump!(st, ip, sp, fp, code, cache, (counter as isize) < stop as isize)
        }
        return range_step_down::<C>(st, ip, sp, fp, code);
    }

    /// Both with a negative step.
    #[inline(never)]
    range_step_down(st, ip, sp, fp, code) {
        let cache = (*code).caches.add(*ip.add(1) as usize);
        let stop = if *ip == fused::RANGE_STEP { *sp.sub(2) } else { (*cache).b };
        let (counter, step) = (*sp.sub(1), (*cache).a);
        if both_small(counter, stop)
            && (step as isize) < 0
            && let Some(counter) = add_words(counter, step)
        {
            *sp.sub(1) = counter;
            range_jump!(st, ip, sp, fp, code, cache, counter as isize > stop as isize)
        }
        return range_step_slow::<C>(st, ip, sp, fp, code);
    }

    /// Adds the step the slow way and goes on with the test, which stands where it always did.
    #[cold]
    #[inline(never)]
    range_step_slow(st, ip, sp, fp, code) {
        let step = (*(*code).caches.add(*ip.add(1) as usize)).a;
        run::save(st, ip, sp);
        let result = run::binary(st, 14, *sp.sub(1), step);
        if result == NULL {
            return unwind::raised::<C>(st, ip, sp, fp, code);
        }
        *sp.sub(1) = result;
        next!(st, ip.add(2), sp, fp, code)
    }

    locals_subscr(st, ip, sp, fp, code) {
        let (a, b) = locals!(ip, fp);
        let item = run::fast_item(st, a, b);
        if item != NULL {
            push!(st, ip.add(3), sp, fp, code, item)
        }
        return locals_slow::<C>(st, ip, sp, fp, code);
    }

    local_subscr_int(st, ip, sp, fp, code) {
        let (a, b) = (*fp.add(*ip.add(2) as usize), small(*ip.add(1) as isize - 0x80));
        let item = run::fast_item(st, a, b);
        if item != NULL {
            push!(st, ip.add(3), sp, fp, code, item)
        }
        return local_subscr_int_slow::<C>(st, ip, sp, fp, code);
    }

    #[inline(never)]
    local_subscr_int_slow(st, ip, sp, fp, code) {
        let a = *fp.add(*ip.add(2) as usize);
        if a == NULL {
            return unwind::unbound_local::<C>(st, ip, sp, fp, code);
        }
        run::save(st, ip, sp);
        let item = run::getitem(st, a, small(*ip.add(1) as isize - 0x80));
        if item == NULL {
            return unwind::raised::<C>(st, ip, sp, fp, code);
        }
        push!(st, ip.add(3), sp, fp, code, item)
    }
}

/// The distance of a loop's jump as kept in its cache.
#[inline(always)]
const fn distance(c: Word) -> isize {
    ((c << 2) as isize) >> 2
}
