//! What is said when a local variable is not bound: MicroPython's words, or CPython's, which name the variable.

use alloc::string::String;
use core::slice;

use ::code::opcode::{Op, instructions};

use crate::{
    interp::run::{self, NULL},
    layout::seq::Tuple,
    types::exception::Exc,
    vm::{State, Vm},
};

/// How many instructions a fused one stands for at most.
const FUSED: usize = 4;

/// A variable that an instruction of the current frame found unbound.
struct Unbound {
    name: String,
    /// It belongs to a function around.
    free: bool,
}

/// The first unbound variable that the instruction under way, or those that were fused with it, work on; `None` if the code has no
/// names of locals.
///
/// # Safety
/// The current frame must be saved.
unsafe fn find(st: *mut State, vm: &Vm) -> Option<Unbound> {
    // SAFETY: the frame and its code are live; a local that an instruction names is one of the frame's.
    unsafe {
        let frame = (*st).interp.stack.frame;
        let code = &*(*frame).code;
        let names = vm.exact::<Tuple>(code.local_names?)?;
        let offset = usize::try_from((*frame).ip.offset_from(code.start)).ok()?;
        for (_, instruction) in instructions(code.instructions(), offset).take(FUSED) {
            let Some(local) = instruction.local() else { continue };
            let word = *(*frame).fp.add(local as usize);
            let in_cell = matches!(instruction.op, Op::LoadDeref | Op::StoreDeref | Op::DeleteDeref);
            let value = if in_cell { run::cell_get(st, word) } else { word };
            if value == NULL {
                let own = slice::from_raw_parts(code.cells, code.n_cells.into());
                let name = String::from_utf8_lossy(vm.str_bytes(names.get(local as usize)?)?).into_owned();
                return Some(Unbound { name, free: in_cell && !own.iter().any(|&cell| u32::from(cell) == local) });
            }
        }
        None
    }
}

/// Raises UnboundLocalError, or NameError for a variable of a function around.
///
/// # Safety
/// The current frame must be saved.
#[cold]
#[inline(never)]
pub unsafe fn raise(st: *mut State, cell: bool) {
    // SAFETY: see `run::vm`; the caller's promise.
    let (vm, found) = unsafe { (run::vm(st), find(st, run::vm(st))) };
    let _ = match found {
        Some(Unbound { name, free }) if !vm.official_texts() && !name.is_empty() => {
            let (exc, kind, place) = match free {
                true => (Exc::NameError, "free", " in enclosing scope"),
                false => (Exc::UnboundLocalError, "local", ""),
            };
            let text =
                format_args!("cannot access {kind} variable '{name}' where it is not associated with a value{place}");
            vm.error(exc, text)
        }
        _ if cell => {
            let text = "free variable referenced before assignment in enclosing scope";
            vm.error(Exc::NameError, format_args!("{text}"))
        }
        _ => vm.error(Exc::UnboundLocalError, format_args!("local variable referenced before assignment")),
    };
}
