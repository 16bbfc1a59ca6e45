//! `_select`: waiting for descriptors, for `lib/select.py`.

use alloc::vec::Vec;

use vm::{
    Obj, R, Vm,
    host::Errno,
    native::{Def, ModuleDef, Native},
};

/// `_select`
pub static SELECT: ModuleDef =
    ModuleDef { name: "_select", members: &[("wait", Def::Fn(Native::F2(wait)))], init: None };

/// Other threads, Ctrl-C and scheduled calls get their turn at least so often, in milliseconds.
const SLICE: isize = 20;
const EINTR: Errno = Errno(4);

/// `wait(pairs, timeout)`: of pairs (descriptor, events) a list of the events that have come; waits so many milliseconds at
/// most, without end if negative.
fn wait(vm: &mut Vm, pairs: Obj, timeout: Obj) -> R {
    let timeout = vm.index(timeout)?;
    let mut wanted: Vec<(i32, i16)> = Vec::new();
    let mut i = 0;
    while let Some(pair) = vm.seq_items(pairs).and_then(|pairs| pairs.get(i).copied()) {
        i += 1;
        let Some(&[descriptor, events]) = vm.seq_items(pair) else {
            return Err(vm.type_error("pairs (descriptor, events) are needed"));
        };
        let (descriptor, events) = (vm.index(descriptor)?, vm.index(events)?);
        wanted.push((i32::try_from(descriptor).unwrap_or(-1), events as i16));
    }
    let now = |vm: &mut Vm| vm.host().map_or(0, |host| host.monotonic_ns() / 1_000_000);
    let start = now(vm);
    let found = loop {
        let past = (now(vm) - start) as isize;
        let left = if timeout < 0 { SLICE } else { timeout.saturating_sub(past).clamp(0, SLICE) };
        let Some(host) = vm.host() else { break Vec::new() };
        let _ = host.flush_stdout();
        let poll = host.poll(wanted.clone(), left as i32);
        match vm.without_turn(poll) {
            Ok(found) if found.iter().any(|events| *events != 0) => break found,
            Ok(found) if timeout >= 0 && left == timeout.saturating_sub(past).max(0) => break found,
            Ok(_) | Err(EINTR) => vm.look_around()?,
            Err(errno) => return Err(vm.os_error(errno, None)),
        }
    };
    let list = vm.new_list(&[])?;
    for events in found {
        list.push(vm, Obj::small_int_unchecked(events as isize))?;
    }
    Ok(list.obj())
}
