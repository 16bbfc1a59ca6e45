//! From version 6 to versions 5 and 4.

use super::opcode::Form;
use super::{Code, File, Machine, WINDOW, calls, prelude};
use crate::arch::Arch;
use crate::line_table;
use crate::listing::{Item, Listing, Plain, small_int};
use crate::object::{Const, Kind, Module, OwnTable, RawCode};
use crate::opcode::{BINARY_OPS, Instruction, Op, Operand};
use crate::prelude::Prelude;
use alloc::{
    boxed::Box,
    collections::{BTreeMap, BTreeSet},
    format,
    string::String,
    vec,
    vec::Vec,
};
use core::fmt;

/// What to translate to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Target {
    /// Version 4 or 5, and whether there are cache bytes.
    pub form: Form,
    /// Whether strings are marked as Unicode.
    pub unicode: bool,
}

/// What an older version cannot express.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The version.
    pub version: u8,
    /// The construct.
    pub what: String,
    /// The function that contains it.
    pub function: String,
    /// Its line; 1 where code has no lines.
    pub line: u32,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, ".mpy version {} cannot express {}", self.version, self.what)
    }
}

impl core::error::Error for Refused {}

/// Translates a module; its debug section is dropped. Machine code must have been made for the older version.
pub fn downgrade(module: &Module, target: Target) -> Result<File, Refused> {
    let mut open: Vec<(Code, &[RawCode])> = Vec::new();
    let mut code = &module.root;
    let mut arch = Arch::None;
    loop {
        if code.kind != Kind::Bytecode {
            arch = module.arch;
        }
        open.push((function(module, code, target)?, &code.children));
        // Close what is complete, then go on with the next child.
        while let Some((complete, _)) = open.pop_if(|(_, children)| children.is_empty()) {
            match open.last_mut() {
                Some((parent, _)) => parent.children.push(complete),
                None => {
                    return Ok(File {
                        form: target.form,
                        unicode: target.unicode,
                        arch,
                        small_int_bits: module.small_int_bits,
                        window: WINDOW,
                        names: module.qstrs.clone(),
                        root: complete,
                    });
                }
            }
        }
        if let Some((_, children)) = open.last_mut()
            && let [first, rest @ ..] = children
        {
            code = first;
            *children = rest;
        }
    }
}

/// The function that is translated.
struct Function<'a> {
    module: &'a Module,
    /// Its table of constants.
    objects: Vec<Const>,
    /// The numbers in it of the module's constants.
    numbers: BTreeMap<*const Const, i64>,
    /// Slots that loading constants needs in addition.
    more_state: u32,
    small_ints: core::ops::RangeInclusive<i64>,
}

/// One function, still without its children.
fn function(module: &Module, code: &RawCode, target: Target) -> Result<Code, Refused> {
    let version = target.form.version;
    let unnamed = |what: &str| Refused { version, what: what.into(), function: String::new(), line: 1 };
    if code.kind != Kind::Bytecode {
        return machine_code(module, code, target).ok_or_else(|| unnamed("machine code of another version"));
    }
    let parsed =
        Prelude::parse(&code.data).map_err(|error| unnamed(&format!("code with a damaged prelude: {error}")))?;
    let old_lines = &code.data[parsed.lines.clone()];
    let name = module.qstrs.get(parsed.name as usize).map(|name| String::from_utf8_lossy(name).into_owned());
    let refuse = |offset: u32, what: &str| Refused {
        version,
        what: what.into(),
        function: name.clone().unwrap_or_default(),
        line: line_table::lookup(old_lines, offset),
    };
    let number = |index: u32| match u16::try_from(index) {
        Ok(index) if usize::from(index) < module.qstrs.len() => Ok(index),
        _ => Err(refuse(0, "so many names")),
    };
    let mut params = Vec::new();
    for index in parsed.param_names(&code.data) {
        params.push(number(index)?);
    }

    let bits = module.small_int_bits.clamp(1, 63);
    let limit = 1i64 << (bits - 1);
    let mut function = Function {
        module,
        objects: Vec::new(),
        numbers: BTreeMap::new(),
        more_state: 0,
        small_ints: -limit..=limit - 1,
    };
    let mut listing = Function::list(&code.data[parsed.code..]).map_err(|(offset, what)| refuse(offset, &what))?;
    listing.resolve().map_err(|offset| refuse(offset, "a label that points at no instruction"))?;
    let is_other_machine_code = |item: &&Item| {
        let child = match item.op.map(|op| op.info().operand) {
            Some(Operand::Child | Operand::ChildByte) => code.children.get(item.arg as usize),
            _ => None,
        };
        child.is_some_and(|child| child.kind != Kind::Bytecode && machine_code(module, child, target).is_none())
    };
    if let Some(item) = listing.items.iter().find(is_other_machine_code) {
        return Err(refuse(item.from, "machine code of another version"));
    }
    let calls = calls::to_older(&mut listing).map_err(|(offset, what)| refuse(offset, what))?;
    function.load_constants(&mut listing).map_err(|offset| refuse(offset, "the table of helper functions"))?;
    function.number_constants(&mut listing, params.len());
    let emitted = listing.emit_older(target.form).map_err(|offset| {
        let at = listing.items.iter().find(|item| item.from == offset);
        let what = match at.and_then(|item| Some((item.op?, item.arg))) {
            Some((Op::BinaryOpMulti, arg)) => match BINARY_OPS.get(arg as usize) {
                Some(operator) => format!("the operator {}", operator.sign),
                None => "an operator".into(),
            },
            Some((op, _)) => format!("{} this large or far", op.info().name),
            None => "this much code".into(),
        };
        refuse(offset, &what)
    })?;
    let mut signature = parsed.signature;
    signature.n_state = signature.n_state.saturating_add(function.more_state + u32::from(calls));
    let cells = &code.data[parsed.cells.clone()];
    let base = if version < 5 { cells.len() as u32 + 1 } else { 0 };
    let mut lines = listing.lines(old_lines, 0, base, &emitted);
    lines.push(0);
    let Some(data) = prelude::assemble(target.form, &signature, &lines, cells, &emitted.bytes) else {
        return Err(refuse(0, "a function with so many lines, parameters or locals"));
    };
    Ok(Code {
        kind: Kind::Bytecode,
        data: data.into(),
        name: number(parsed.name)?,
        source: 0,
        params,
        objects: function.objects,
        children: Vec::new(),
        machine: None,
    })
}

/// Machine code, still without its children; `None` unless the compiler made it for an older version.
fn machine_code(module: &Module, code: &RawCode, target: Target) -> Option<Code> {
    if !super::has_machine_code(target.form.version, module.arch) {
        return None;
    }
    let mut native = code.native.as_deref()?.clone();
    let own = match code.kind {
        Kind::Asm => OwnTable::default(),
        _ => *native.own.take()?,
    };
    let name = |number: u32| u16::try_from(number).ok().filter(|&name| usize::from(name) < module.qstrs.len());
    Some(Code {
        kind: code.kind,
        data: code.data.clone(),
        name: name(own.name)?,
        source: 0,
        params: own.params.iter().map(|&param| name(param)).collect::<Option<_>>()?,
        objects: own
            .objects
            .iter()
            .map(|&object| module.objects.get(object as usize).cloned())
            .collect::<Option<_>>()?,
        children: Vec::new(),
        machine: Some(Box::new(Machine { native, links: own.links })),
    })
}

impl Function<'_> {
    /// The instructions, numbered as in the module.
    fn list(bytes: &[u8]) -> Result<Listing, (u32, String)> {
        let mut listing = Listing::default();
        let mut handlers = BTreeSet::new();
        let mut last = None;
        let mut at = 0;
        while at < bytes.len() {
            let Some(found) = Instruction::decode(bytes, at) else {
                return Err((at as u32, "undefined instructions".into()));
            };
            // The older machines take a handler right behind such an instruction for one that runs already.
            if matches!(last, Some(Op::ReturnValue | Op::UnwindJump)) && handlers.contains(&(at as i64)) {
                listing.push(Op::LoadConstNone, 0, 0, None, at - 1);
            }
            if let Op::SetupFinally | Op::SetupWith = found.op {
                handlers.insert(found.arg);
            }
            listing.push(found.op, found.arg, found.extra, found.target(), at);
            last = Some(found.op);
            at += found.len;
        }
        Ok(listing)
    }

    /// Replaces what loads constants: of tuples the items are loaded. Fails with the offset of what loads none.
    fn load_constants(&mut self, listing: &mut Listing) -> Result<(), u32> {
        for item in &mut listing.items {
            if item.op == Some(Op::LoadConstObj) {
                let constant = usize::try_from(item.arg).ok().and_then(|number| self.module.objects.get(number));
                let mut load = constant.and_then(|constant| self.load(constant)).ok_or(item.from)?;
                (item.op, item.arg) = load.pop().map(|(op, arg)| (Some(op), arg)).unwrap_or_default();
                item.before.append(&mut load);
            }
        }
        Ok(())
    }

    /// The instructions that load a constant; `None` for the table of helper functions.
    fn load(&mut self, constant: &Const) -> Option<Vec<Plain>> {
        let is_tuple = matches!(constant, Const::Tuple(_));
        let mut load = Vec::new();
        let mut depth = 0;
        let mut deepest = 1;
        // Items of tuples that are still to be loaded, and tuples to be built then.
        enum Part<'a> {
            Load(&'a Const),
            Build(usize),
        }
        let mut waiting = vec![Part::Load(constant)];
        while let Some(part) = waiting.pop() {
            match part {
                Part::Load(Const::Tuple(items)) => {
                    waiting.push(Part::Build(items.len()));
                    waiting.extend(items.iter().rev().map(Part::Load));
                    continue;
                }
                Part::Load(Const::FunTable) => return None,
                Part::Load(Const::None) => load.push((Op::LoadConstNone, 0)),
                Part::Load(Const::False) => load.push((Op::LoadConstFalse, 0)),
                Part::Load(Const::True) => load.push((Op::LoadConstTrue, 0)),
                // An item of a tuple is an object even if it is small, other constants only where there is a reason.
                Part::Load(object) => match self.small_int(object).filter(|_| is_tuple) {
                    Some(value) => load.push(small_int(value)),
                    None => load.push((Op::LoadConstObj, self.own_number(object))),
                },
                Part::Build(n) => {
                    load.push((Op::BuildTuple, n as i64));
                    depth -= n as i64;
                }
            }
            depth += 1;
            deepest = deepest.max(depth);
        }
        self.more_state = self.more_state.max(u32::try_from(deepest - 1).unwrap_or(u32::MAX));
        Some(load)
    }

    /// The value of an int that needs no object.
    fn small_int(&self, object: &Const) -> Option<i64> {
        let Const::Int(text) = object else { return None };
        text.parse().ok().filter(|value| self.small_ints.contains(value))
    }

    /// The number of a constant in the function's table.
    fn own_number(&mut self, object: &Const) -> i64 {
        *self.numbers.entry(core::ptr::from_ref(object)).or_insert_with(|| {
            self.objects.push(object.clone());
            self.objects.len() as i64 - 1
        })
    }

    /// Constants and children in one numbering, behind the parameters.
    fn number_constants(&self, listing: &mut Listing, n_params: usize) {
        let (n_params, n_objects) = (n_params as i64, self.objects.len() as i64);
        let renumber = |op: Op, arg: &mut i64| match op.info().operand {
            Operand::Object => *arg += n_params,
            Operand::Child | Operand::ChildByte => *arg += n_params + n_objects,
            _ => {}
        };
        for item in &mut listing.items {
            for (op, arg) in &mut item.before {
                renumber(*op, arg);
            }
            if let Some(op) = item.op {
                renumber(op, &mut item.arg);
            }
        }
    }
}
