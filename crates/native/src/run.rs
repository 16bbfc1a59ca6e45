//! Calls of functions of each kind, and steps of generators.

#![allow(unsafe_code)]

use std::ptr;

use code::{
    arch::Arch,
    object::{Kind, Module},
};
use heap::Obj;
use vm::{
    R, Ref, Vm,
    layout::c_type::CSlots,
    layout::function::Function,
    layout::machine::MachineGenerator,
    machine::{Call, MachineCode, Placed, Step, Tables},
};

use crate::{
    Word,
    enter::{self, object},
    helpers::{self, casts},
    load, memory,
};

/// Runs machine code for x86-64.
pub struct X64;

/// Native functions begin with a word for the prelude, generators with another for their first run.
const NATIVE_ENTRY: usize = size_of::<Word>();
const RESUME_ENTRY: usize = 2 * size_of::<Word>();

// SAFETY: `enter` jumps over frames of machine code only, and the loader links what `vm::layout::machine` describes.
unsafe impl MachineCode for X64 {
    fn arch(&self) -> (Arch, u32) {
        (crate::ARCH, 0)
    }

    fn make_table(&self, vm: &mut Vm) -> R<usize> {
        helpers::make_table(vm)
    }

    fn place(&self, vm: &mut Vm, module: &Module, tables: &Tables) -> R<Placed> {
        load::place(vm, module, tables)
    }

    unsafe fn free(&self, at: usize, len: usize) {
        // SAFETY: the caller's promise.
        unsafe { memory::free(at, len) };
    }

    fn c_slots(&self) -> CSlots {
        helpers::c_slots()
    }

    fn call(&self, vm: &mut Vm, call: &Call<'_>) -> R {
        // SAFETY: code objects of machine code have their part.
        let (kind, data) = call.code.read(|code| unsafe { ((*code.machine).kind, (*code.machine).data) });
        let data = data.expose_provenance();
        let myself = call.code.obj().word();
        let (n_pos, n_kw) = (call.args.pos.len(), call.args.n_kw());
        let value = match kind {
            Kind::Native => {
                // It hands its arguments to `setup_code_state`, which takes the whole call.
                let args = [myself, n_pos, n_kw, ptr::from_ref(call).expose_provenance()];
                // SAFETY: the loader put machine code there.
                unsafe { enter::call(vm, data + NATIVE_ENTRY, args)? }
            }
            Kind::Asm => return call_asm(vm, call, data),
            Kind::Viper | Kind::Bytecode => match call.function.and_then(Ref::<Function>::cells) {
                Some(cells) => call_closure(vm, call, data, cells)?,
                None => {
                    let args = [myself, n_pos, n_kw, call.args.pos.as_ptr().expose_provenance()];
                    // SAFETY: the loader put machine code there.
                    unsafe { enter::call(vm, data, args)? }
                }
            },
        };
        object(vm, value)
    }

    fn resume(&self, vm: &mut Vm, generator: Ref<MachineGenerator>, throw: usize) -> R<Step> {
        // SAFETY: code objects of machine code have their part.
        let data = generator.code().read(|code| unsafe { (*code.machine).data.expose_provenance() });
        let args = [generator.state().expose_provenance(), throw, 0, 0];
        // SAFETY: the loader put machine code there; the state is alive with the generator.
        let how = unsafe { enter::call(vm, data + RESUME_ENTRY, args)? };
        std::hint::black_box(generator);
        Ok(match how & 0xff {
            0 => Step::Returned,
            1 => Step::Yielded,
            _ => Step::Raised,
        })
    }
}

/// Viper code whose closed-over cells are its first arguments.
#[inline(never)]
fn call_closure(vm: &mut Vm, call: &Call<'_>, data: Word, cells: Obj) -> R<Word> {
    let count = vm.seq_items(cells).map_or(0, <[Obj]>::len);
    let all = vm.new_list_from(cells, 0, 1, count)?;
    for value in call.args.pos {
        all.push(vm, *value)?;
    }
    let (n_kw, items) = (call.args.n_kw(), all.items(vm).as_ptr().expose_provenance());
    let args = [call.code.obj().word(), all.len(), n_kw, items];
    // SAFETY: the loader put machine code there; the list is alive until behind the call, and nobody else's.
    let value = unsafe { enter::call(vm, data, args)? };
    std::hint::black_box(all);
    Ok(value)
}

/// Inline assembler: up to four words, and a word as result.
#[inline(never)]
fn call_asm(vm: &mut Vm, call: &Call<'_>, data: Word) -> R {
    // SAFETY: code objects of machine code have their part.
    let (wanted, sig) = call.code.read(|code| unsafe { ((*code.machine).n_args as usize, (*code.machine).type_sig) });
    helpers::calls::check_count(vm, call.args.pos.len(), call.args.n_kw(), wanted, wanted, false)?;
    let mut args = [0; 4];
    for (arg, value) in args.iter_mut().zip(call.args.pos) {
        *arg = casts::for_assembler(vm, *value)?;
    }
    // SAFETY: the loader put machine code there. What the words point into is alive with the arguments.
    let value = unsafe { enter::call(vm, data, args)? };
    let value = casts::to_object(vm, value, sig as Word)?;
    Obj::from_word(value).map_or_else(|| object(vm, 0), Ok)
}
