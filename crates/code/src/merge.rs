//! Several modules as one, whose body runs theirs one after the other.
//!
//! As the official tool does it: tables stand behind each other, instructions get the new numbers, and nothing is
//! shared. Machine code has its numbers built in, so only one module may have some; it comes first, before all others.
//! Lines and debug facts are kept, where the official tool drops the lines.

use crate::arch::Arch;
use crate::encoding::write_uint;
use crate::listing::Listing;
use crate::object::{Kind, Module, RawCode};
use crate::opcode::{Instruction, Op, Operand};
use crate::prelude::{Prelude, Signature, assemble};
use alloc::{format, string::String, vec, vec::Vec};
use core::fmt;

/// Why modules cannot be merged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MergeError {
    /// There is none.
    Nothing,
    /// The module of this number has machine code, and so has one before it.
    MachineCode(usize),
    /// The module of this number is for another processor, or another version of its interface, than one before it.
    Arch(usize),
    /// The module of this number has code that cannot be renumbered: where, and what is wrong.
    Code(usize, String),
}

impl fmt::Display for MergeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            MergeError::Nothing => f.write_str("no files to merge"),
            MergeError::MachineCode(_) => f.write_str("only one of the files may have machine code"),
            MergeError::Arch(_) => f.write_str("native architecture mismatch"),
            MergeError::Code(_, what) => f.write_str(what),
        }
    }
}

impl core::error::Error for MergeError {}

/// Merges modules in their order, the one with machine code first; one alone stays what it is.
pub fn merge(modules: Vec<Module>) -> Result<Module, MergeError> {
    let native = check(&modules)?;
    let n = modules.len();
    let mut modules: Vec<(usize, Module)> = modules.into_iter().enumerate().collect();
    modules.sort_by_key(|(i, _)| Some(*i) != native);
    let mut modules = modules.into_iter();
    let Some((_, mut merged)) = modules.next() else { return Err(MergeError::Nothing) };
    if n == 1 {
        return Ok(merged);
    }
    let first = core::mem::replace(&mut merged.root, body(n));
    merged.root.children.push(first);
    for (i, module) in modules {
        let (qstrs, objects) = (merged.qstrs.len() as u32, merged.objects.len() as u32);
        merged.qstrs.extend(module.qstrs);
        merged.objects.extend(module.objects);
        if merged.arch == Arch::None {
            (merged.arch, merged.sub_version) = (module.arch, module.sub_version);
        }
        merged.arch_flags |= module.arch_flags;
        merged.small_int_bits = merged.small_int_bits.max(module.small_int_bits);
        let mut root = module.root;
        let mut waiting = vec![&mut root];
        while let Some(code) = waiting.pop() {
            if code.kind == Kind::Bytecode {
                renumber(code, qstrs, objects).map_err(|what| MergeError::Code(i, what))?;
            }
            waiting.extend(&mut code.children);
        }
        merged.root.children.push(root);
    }
    Ok(merged)
}

/// Whether they go together; the number of the one that has machine code.
fn check(modules: &[Module]) -> Result<Option<usize>, MergeError> {
    let mut target: Option<(Arch, u8)> = None;
    let mut native = None;
    for (i, module) in modules.iter().enumerate() {
        if module.arch != Arch::None {
            let own = (module.arch, module.sub_version);
            if *target.get_or_insert(own) != own {
                return Err(MergeError::Arch(i));
            }
        }
        let mut waiting = vec![&module.root];
        while let Some(code) = waiting.pop() {
            if code.kind != Kind::Bytecode {
                if native.is_some_and(|native| native != i) {
                    return Err(MergeError::MachineCode(i));
                }
                native = Some(i);
            }
            waiting.extend(&code.children);
        }
    }
    Ok(native)
}

/// A module body that runs its children, of which it has none yet.
fn body(n_children: usize) -> RawCode {
    let mut code = Vec::new();
    for child in 0..n_children {
        code.push(Op::MakeFunction as u8);
        write_uint(&mut code, child as u32);
        code.extend([Op::CallFunction as u8, 0, Op::PopTop as u8]);
    }
    code.extend([Op::LoadConstNone as u8, Op::ReturnValue as u8]);
    let signature = Signature { n_state: 1, ..Signature::default() };
    let data = assemble(&signature, 0, &[], &[], &[], &code).into();
    RawCode { kind: Kind::Bytecode, data, children: Vec::new(), native: None, debug: None }
}

/// Adds to the numbers of names and objects in one code object. Instructions may become longer, so labels, lines and
/// positions follow. Fails with a text.
fn renumber(code: &mut RawCode, qstrs: u32, objects: u32) -> Result<(), String> {
    let prelude = Prelude::parse(&code.data).map_err(|error| format!("{error}"))?;
    let bytes = &code.data[prelude.code..];
    let mut listing = Listing::default();
    let mut at = 0;
    while at < bytes.len() {
        let instruction = Instruction::decode(bytes, at).ok_or_else(|| format!("offset {at}: found no instruction"))?;
        let added = match instruction.op.info().operand {
            Operand::Qstr => qstrs,
            Operand::Object => objects,
            _ => 0,
        };
        let arg = instruction.arg + i64::from(added);
        listing.push(instruction.op, arg, instruction.extra, instruction.target(), at);
        at += instruction.len;
    }
    listing.resolve().map_err(|at| format!("offset {at}: found a label that points at no instruction"))?;
    let emitted = listing.emit_current().map_err(|at| format!("offset {at}: an operand becomes too large"))?;
    let lines = listing.lines(&code.data[prelude.lines.clone()], 0, 0, &emitted);
    let params: Vec<u32> = prelude.param_names(&code.data).map(|name| name.saturating_add(qstrs)).collect();
    let cells = &code.data[prelude.cells.clone()];
    let name = prelude.name.saturating_add(qstrs);
    code.data = assemble(&prelude.signature, name, &params, &lines, cells, &emitted.bytes).into();
    if let Some(debug) = &mut code.debug {
        for position in &mut debug.positions {
            position.offset = listing.moved(position.offset, &emitted);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::disasm::{self, Indices};
    use crate::mpy::read;
    use crate::object::{Const, Native};
    use crate::verify::verify;

    fn golden() -> [Module; 2] {
        [
            read(include_bytes!("../tests/golden/functions.mpy")).expect("a module"),
            read(include_bytes!("../tests/golden/flow.mpy")).expect("a module"),
        ]
    }

    fn native(arch: Arch) -> Module {
        let [mut module, _] = golden();
        module.arch = arch;
        let facts = Native { prelude_offset: 0, ..Native::default() };
        let code = RawCode {
            kind: Kind::Viper,
            data: [0xc3][..].into(),
            children: Vec::new(),
            native: Some(facts.into()),
            debug: None,
        };
        module.root.children.push(code);
        module
    }

    /// Listings of instructions without what may change: offsets, labels and numbers of objects.
    fn texts(module: &Module, code: &RawCode, out: &mut Vec<String>) {
        let prelude = Prelude::parse(&code.data).expect("a prelude");
        for (_, instruction) in crate::opcode::instructions(&code.data, prelude.code) {
            let mut text = String::new();
            if instruction.target().is_none() {
                disasm::instruction(&mut text, module, code, &instruction, &Indices).expect("text");
            }
            let text = text.split_once('=').map_or(&*text, |(_, constant)| constant);
            out.push(format!("{:?} {text}", instruction.op));
        }
        code.children.iter().for_each(|child| texts(module, child, out));
    }

    #[test]
    fn code_stays_the_same_behind_larger_tables() {
        let [mut large, small] = golden();
        large.qstrs.extend((0..20_000).map(|i| format!("name{i}").into_bytes().into()));
        large.objects.resize(300, Const::Ellipsis);
        let merged = merge(vec![large.clone(), small.clone()]).expect("one module");
        assert_eq!(merged.root.children.len(), 2);
        for (child, own) in merged.root.children.iter().zip([&large, &small]) {
            let (mut found, mut expected) = (Vec::new(), Vec::new());
            texts(&merged, child, &mut found);
            texts(own, &own.root, &mut expected);
            assert_eq!(found, expected);
        }
        let mut waiting = vec![&merged.root];
        while let Some(code) = waiting.pop() {
            assert_eq!(verify(&merged, code).map(|verified| verified.careful), Ok(false));
            waiting.extend(&code.children);
        }
    }

    #[test]
    fn machine_code_comes_first_and_only_once() {
        let [first, second] = golden();
        assert_eq!(merge(vec![first.clone()]), Ok(first.clone()));
        assert_eq!(merge(Vec::new()), Err(MergeError::Nothing));
        let merged = merge(vec![first.clone(), native(Arch::X64), second]).expect("one module");
        assert_eq!((merged.arch, &merged.root.children[0]), (Arch::X64, &native(Arch::X64).root));
        assert_eq!(merge(vec![native(Arch::X64), native(Arch::X64)]), Err(MergeError::MachineCode(1)));
        assert_eq!(merge(vec![native(Arch::X64), first, native(Arch::X86)]), Err(MergeError::Arch(2)));
    }
}
