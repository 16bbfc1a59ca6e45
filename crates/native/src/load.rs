//! Machine code of a module: copied to executable memory, linked.

#![allow(unsafe_code)]

use std::ptr;

use code::{
    object::{Kind, Module, RawCode},
    relocation::{Section, Value},
};
use vm::{
    R, Vm,
    machine::{Placed, Tables},
};

use crate::{Word, memory::Region};

/// Code begins at multiples of this.
const ALIGNMENT: usize = 16;

/// The code objects that are machine code, children before their parent, as the machine loads them.
fn collect<'a>(raw: &'a RawCode, list: &mut Vec<&'a RawCode>) {
    for child in &raw.children {
        collect(child, list);
    }
    if raw.kind != Kind::Bytecode {
        list.push(raw);
    }
}

/// Puts all machine code of a module into one region. Raises MemoryError.
pub fn place(vm: &mut Vm, module: &Module, tables: &Tables) -> R<Placed> {
    let mut codes = Vec::new();
    collect(&module.root, &mut codes);
    let size: usize = codes.iter().map(|raw| raw.data.len().next_multiple_of(ALIGNMENT)).sum();
    let Some(mut region) = Region::new(size) else { return Err(vm.raise_memory_error(size)) };
    let mut starts = Vec::with_capacity(codes.len());
    let (mut at, mut permanent) = (0, false);
    for raw in codes {
        let start = region.address() + at;
        starts.push(start);
        let text = &mut region.bytes()[at..at + raw.data.len()];
        text.copy_from_slice(&raw.data);
        at += raw.data.len().next_multiple_of(ALIGNMENT);
        if raw.native.as_ref().is_some_and(|native| native.scope_flags != 0) {
            permanent = true;
            link(vm, raw, text, start, tables)?;
        }
    }
    match region.finish() {
        Some((at, len)) => Ok(Placed { starts, at, len, permanent }),
        None => Err(vm.runtime_error("executable memory is not allowed here")),
    }
}

/// Makes the data of a native module and adds addresses to the words that its relocations name.
fn link(vm: &mut Vm, raw: &RawCode, text: &mut [u8], start: usize, tables: &Tables) -> R<()> {
    let Some(native) = raw.native.as_deref() else { return Ok(()) };
    let rodata_start = vm.machine_data(native.rodata.len())?;
    let bss_start = vm.machine_data(native.bss as usize)?;
    // SAFETY: the block is fresh, as long as that, and known to nobody else.
    let rodata = unsafe { core::slice::from_raw_parts_mut(rodata_start.as_ptr(), native.rodata.len()) };
    rodata.copy_from_slice(&native.rodata);
    for relocation in native.relocations() {
        let value = match relocation.value {
            Value::Text => start,
            Value::Rodata => rodata_start.as_ptr().expose_provenance(),
            Value::Bss => bss_start.as_ptr().expose_provenance(),
            Value::QstrTable => tables.qstrs,
            Value::ObjectTable => tables.objects,
            Value::FunTable => tables.helpers,
            Value::Helper(number) if usize::from(number) < crate::helpers::COUNT => {
                let helpers = ptr::with_exposed_provenance::<Word>(tables.helpers);
                // SAFETY: the table has so many entries.
                unsafe { *helpers.add(number.into()) }
            }
            Value::Helper(_) => return Err(vm.value_error("incompatible .mpy file")),
        };
        let section = match relocation.section {
            Section::Text => &mut *text,
            Section::Rodata => &mut *rodata,
        };
        for word in relocation.word..relocation.word.saturating_add(relocation.count) {
            let place = word as usize * size_of::<Word>();
            let Some(bytes) = section.get_mut(place..).and_then(|rest| rest.first_chunk_mut()) else {
                return Err(vm.value_error("incompatible .mpy file"));
            };
            *bytes = Word::from_le_bytes(*bytes).wrapping_add(value).to_le_bytes();
        }
    }
    Ok(())
}
