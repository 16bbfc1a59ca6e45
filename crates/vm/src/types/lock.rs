//! `_thread.lock` and `_thread.RLock`.
//!
//! Their state is an ordinary field, which only the thread that has the machine's turn sees; who finds a lock taken waits for its
//! event (the address of the object).

use heap::Obj;

use crate::{
    handle::Ref,
    layout::{
        records::{Lock, RLock},
        typ::Type,
    },
    native::{Args, Def, Native, Show, Slots, TypeDef},
    qstr::q,
    text_out::TextOut,
    threads::Woken,
    types::object::identity_unary,
    value::R,
    vm::Vm,
};

/// `_thread.lock`
pub static LOCK: TypeDef = TypeDef {
    slots: Slots { new: Some(new_lock), show: Some(show_lock), unary: Some(identity_unary), ..Slots::NONE },
    members: &[
        ("__enter__", Def::Fn(Native::F1(|vm, lock| acquire_lock(vm, &Args::positional(&[lock]))))),
        ("__exit__", Def::Fn(Native::Var(4, 4, |vm, args| release_lock(vm, args[0])))),
        ("acquire", Def::Fn(Native::Kw(1, 3, acquire_lock))),
        ("locked", Def::Fn(Native::F1(|vm, lock| Ok(Obj::from_bool(expect_lock(vm, lock)?.locked() != 0))))),
        ("release", Def::Fn(Native::F1(release_lock))),
    ],
    ..TypeDef::named("lock")
};

/// `_thread.RLock`
pub static RLOCK: TypeDef = TypeDef {
    slots: Slots { new: Some(new_rlock), show: Some(show_rlock), unary: Some(identity_unary), ..Slots::NONE },
    members: &[
        ("__enter__", Def::Fn(Native::F1(|vm, lock| acquire_rlock(vm, &Args::positional(&[lock]))))),
        ("__exit__", Def::Fn(Native::Var(4, 4, |vm, args| release_rlock(vm, args[0])))),
        ("acquire", Def::Fn(Native::Kw(1, 3, acquire_rlock))),
        ("locked", Def::Fn(Native::F1(|vm, lock| Ok(Obj::from_bool(expect_rlock(vm, lock)?.depth() != 0))))),
        ("release", Def::Fn(Native::F1(release_rlock))),
        ("_acquire_restore", Def::Fn(Native::F2(acquire_restore))),
        ("_is_owned", Def::Fn(Native::F1(is_owned))),
        ("_release_save", Def::Fn(Native::F1(release_save))),
    ],
    ..TypeDef::named("RLock")
};

/// The longest wait that can be asked for, in seconds: a float holds it exactly.
pub const TIMEOUT_MAX: f64 = 9_223_372_036.0;

fn expect_lock(vm: &mut Vm, obj: Obj) -> R<Ref<Lock>> {
    match vm.exact(obj) {
        Some(lock) => Ok(lock),
        None => Err(vm.type_error_for("expected a lock, got '", obj, "'")),
    }
}

fn expect_rlock(vm: &mut Vm, obj: Obj) -> R<Ref<RLock>> {
    match vm.exact(obj) {
        Some(lock) => Ok(lock),
        None => Err(vm.type_error_for("expected an RLock, got '", obj, "'")),
    }
}

/// `_thread.allocate_lock()`
pub fn allocate_lock(vm: &mut Vm) -> R {
    Ok(vm.new_lock(0)?.obj())
}

fn new_lock(vm: &mut Vm, _class: Ref<Type>, args: &Args) -> R {
    no_arguments(vm, args)?;
    allocate_lock(vm)
}

fn new_rlock(vm: &mut Vm, _class: Ref<Type>, args: &Args) -> R {
    no_arguments(vm, args)?;
    Ok(vm.new_rlock(0, 0)?.obj())
}

fn no_arguments(vm: &mut Vm, args: &Args) -> R<()> {
    vm.bind(args, [], 0).map(drop)
}

fn show_lock(vm: &mut Vm, obj: Obj, out: &mut TextOut, _how: Show) -> R<()> {
    let state = if expect_lock(vm, obj)?.locked() != 0 { "locked" } else { "unlocked" };
    let address = obj.word();
    out.write_fmt(vm, format_args!("<{state} _thread.lock object at 0x{address:012x}>"))
}

fn show_rlock(vm: &mut Vm, obj: Obj, out: &mut TextOut, _how: Show) -> R<()> {
    let lock = expect_rlock(vm, obj)?;
    let (depth, owner) = (lock.depth(), lock.owner());
    let state = if depth != 0 { "locked" } else { "unlocked" };
    let address = obj.word();
    let text = format_args!("<{state} _thread.RLock object owner={owner} count={depth} at 0x{address:012x}>");
    out.write_fmt(vm, text)
}

/// What the arguments of `acquire` say: how long to wait at most, in nanoseconds; `None`: for good.
fn patience(vm: &mut Vm, args: &Args) -> R<Option<u64>> {
    let [blocking, timeout] = vm.bind(&args.skip_first(), [q::blocking, q::timeout], 0)?;
    let blocking = match blocking {
        Some(blocking) => vm.is_true(blocking)?,
        None => true,
    };
    let seconds = match timeout {
        None => -1.0,
        Some(timeout) => match vm.as_float(timeout) {
            Some(seconds) => seconds,
            None => vm.index(timeout)? as f64,
        },
    };
    let unlimited = seconds == -1.0;
    if !blocking {
        if !unlimited {
            return Err(vm.value_error("can't specify a timeout for a non-blocking call"));
        }
        return Ok(Some(0));
    }
    if unlimited {
        return Ok(None);
    }
    if seconds.is_nan() {
        return Err(vm.value_error("Invalid value NaN (not a number)"));
    }
    if seconds < 0.0 {
        return Err(vm.value_error("timeout value must be a non-negative number"));
    }
    if seconds > TIMEOUT_MAX {
        return Err(vm.overflow_error("timeout value is too large"));
    }
    Ok(Some((seconds * 1e9) as u64))
}

/// Waits until `take` succeeds or a wake-up says that the lock was kept for this thread; false when time is up.
fn wait_for(vm: &mut Vm, lock: Obj, patience: Option<u64>, mut take: impl FnMut() -> bool) -> R<bool> {
    if take() {
        return Ok(true);
    }
    if patience == Some(0) {
        return Ok(false);
    }
    let since = vm.monotonic_ns();
    let deadline = patience.map(|ns| since.saturating_add(ns));
    loop {
        let woken = vm.wait_for(lock.word(), since, deadline)?;
        if woken == Woken::Granted || take() {
            return Ok(true);
        }
        if deadline.is_some_and(|deadline| vm.monotonic_ns() >= deadline) {
            return Ok(false);
        }
    }
}

fn acquire_lock(vm: &mut Vm, args: &Args) -> R {
    let patience = patience(vm, args)?;
    let lock = expect_lock(vm, args.pos[0])?;
    let take = || {
        let free = lock.locked() == 0;
        lock.set_locked(1);
        free
    };
    wait_for(vm, lock.obj(), patience, take).map(Obj::from_bool)
}

fn release_lock(vm: &mut Vm, lock: Obj) -> R {
    let lock = expect_lock(vm, lock)?;
    if lock.locked() == 0 {
        return Err(vm.runtime_error("release unlocked lock"));
    }
    // It stays locked if it goes straight to a thread that has waited for long.
    lock.set_locked(usize::from(vm.wake_one(lock.obj().word())));
    Ok(Obj::NONE)
}

fn acquire_rlock(vm: &mut Vm, args: &Args) -> R {
    let patience = patience(vm, args)?;
    let lock = expect_rlock(vm, args.pos[0])?;
    acquire_depth(vm, lock, patience, 1).map(Obj::from_bool)
}

/// Takes an RLock so many times.
fn acquire_depth(vm: &mut Vm, lock: Ref<RLock>, patience: Option<u64>, times: usize) -> R<bool> {
    let own = vm.thread_ident();
    if lock.depth() != 0 && lock.owner() == own {
        lock.set_depth(lock.depth() + times);
        return Ok(true);
    }
    let take = || {
        let free = lock.depth() == 0;
        if free {
            lock.set_depth(1);
        }
        free
    };
    if !wait_for(vm, lock.obj(), patience, take)? {
        return Ok(false);
    }
    lock.set_owner(own);
    lock.set_depth(times);
    Ok(true)
}

fn release_rlock(vm: &mut Vm, lock: Obj) -> R {
    let lock = expect_rlock(vm, lock)?;
    if lock.depth() == 0 || lock.owner() != vm.thread_ident() {
        return Err(vm.runtime_error("cannot release un-acquired lock"));
    }
    match lock.depth() {
        1 => free(vm, lock),
        depth => lock.set_depth(depth - 1),
    }
    Ok(Obj::NONE)
}

fn free(vm: &mut Vm, lock: Ref<RLock>) {
    lock.set_owner(0);
    lock.set_depth(usize::from(vm.wake_one(lock.obj().word())));
}

fn is_owned(vm: &mut Vm, lock: Obj) -> R {
    let lock = expect_rlock(vm, lock)?;
    Ok(Obj::from_bool(lock.depth() != 0 && lock.owner() == vm.thread_ident()))
}

/// Releases it however often it was acquired; gives what `_acquire_restore` wants.
fn release_save(vm: &mut Vm, lock: Obj) -> R {
    let lock = expect_rlock(vm, lock)?;
    if lock.depth() == 0 || lock.owner() != vm.thread_ident() {
        return Err(vm.runtime_error("cannot release un-acquired lock"));
    }
    let depth = lock.depth();
    free(vm, lock);
    vm.new_int(depth)
}

fn acquire_restore(vm: &mut Vm, lock: Obj, depth: Obj) -> R {
    let lock = expect_rlock(vm, lock)?;
    let Ok(depth @ 1..=0xffff_ffff) = usize::try_from(vm.index(depth)?) else {
        return Err(vm.value_error("the depth of a lock is positive"));
    };
    acquire_depth(vm, lock, None, depth)?;
    Ok(Obj::NONE)
}
