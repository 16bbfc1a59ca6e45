//! Loaded code objects: verified, names resolved to this machine's qstrs, constants made.
//!
//! The rewritten copy of the instructions and the caches are made by the first call: much of what is loaded never runs.
//! Until then a code object starts at [`FIRST_CALL`].
//!
//! A loaded code object belongs to one dict of globals, because its caches point into that dict. Code that is run with
//! another dict (`exec`) is loaded again from its kept original bytes.

use alloc::vec::Vec;
use core::ptr::{self, NonNull};

use ::code::{
    mpy::ErrorKind,
    object::{Const, Kind as CodeKind, Module, RawCode},
    prelude::{Prelude, Signature},
    verify::{Outline, Verified, Verifier},
};
use heap::{Kind, Marker, Obj};

use crate::{
    handle::{Header, HeapType, Ref},
    interp::{
        cache::Cache,
        frame::{BLOCK_WORDS, Word},
        machine::Loading,
        prepare::{self, fused},
        run::vm,
    },
    layout::{dict::Dict, machine::MachinePart},
    qstr::{Qstr, q},
    table::TypeId,
    value::R,
    vm::{State, Vm},
};

/// Scope flags (bytecode.md §5).
pub mod scope {
    /// A generator.
    pub const GENERATOR: u8 = 1;
    /// `**kw`
    pub const VARKW: u8 = 2;
    /// `*args`
    pub const VARARGS: u8 = 4;
    /// Keyword-only defaults are passed at creation.
    pub const DEFKWARGS: u8 = 8;
}

/// In [`CodeObject::fast_argc`]: functions of this code have closed-over cells.
pub const CLOSURE: u32 = 1 << 31;

/// Where code begins that was not called yet.
static FIRST_CALL: u8 = fused::FIRST_CALL;

/// A code object as the loop runs it.
#[repr(C)]
pub struct CodeObject {
    header: Header,
    /// What machine code has besides; null for bytecode.
    pub machine: *mut MachinePart,
    /// Code objects of the functions made here.
    pub children: *const *const CodeObject,
    /// The first instruction, in the rewritten copy; before the first call [`FIRST_CALL`].
    pub start: *const u8,
    /// The number of arguments with which a call needs no binding, with [`CLOSURE`] closed-over cells included; `u32::MAX` if it may
    /// need more than cells before and defaults behind the arguments.
    pub fast_argc: u32,
    /// `fast_argc` without a trace function.
    own_fast_argc: u32,
    /// Words of a frame: locals, block records, value stack.
    pub n_words: u32,
    /// Number of locals.
    pub n_locals: u32,
    /// Offset of the value stack in the frame: locals and block records.
    pub stack_base: u32,
    /// Caches, by site number.
    pub caches: *mut Cache,
    /// The module's names.
    pub qstrs: *const Qstr,
    /// The module's constants.
    pub consts: *const Obj,
    /// The dict of globals.
    pub globals: Ref<Dict>,
    /// Named positional parameters, closed-over cells included.
    pub n_pos: u16,
    /// Keyword-only parameters.
    pub n_kwonly: u16,
    /// Positional defaults.
    pub n_defaults: u16,
    /// [`scope`] flags.
    pub scope_flags: u8,
    /// The body of an `async def`: calls give coroutines.
    pub is_coroutine: bool,
    /// Runs in the careful table: it is unproven, or a trace function is set.
    pub careful: bool,
    /// The verifier could not prove it: it runs with checks.
    pub unproven: bool,
    /// How many parameters cannot be given by keyword, closed-over cells not counted.
    pub n_pos_only: u16,
    /// Which of its module's code objects it is, outermost first; counted in a byte, it tells apart those of one line.
    pub number: u8,
    /// Number of locals that become cells at entry.
    pub n_cells: u16,
    /// Their numbers.
    pub cells: *const u8,
    /// Names of the named parameters.
    pub param_names: *const Qstr,
    /// `__name__`
    pub name: Qstr,
    /// Source file.
    pub file: Qstr,
    /// Names of cache sites, for slow paths and flushing.
    pub site_names: *const Qstr,
    /// Number of caches.
    pub n_sites: u32,
    /// Number of bytes from `start`.
    pub code_len: u32,
    /// The code object's data as compiled (prelude and unchanged instructions).
    pub original: *const u8,
    /// Its length.
    pub original_len: u32,
    /// Where the line table is in `original`.
    pub lines: (u32, u32),
    /// Where the instructions begin in `original`.
    pub code_offset: u32,
    /// Number of names in `qstrs`.
    pub n_qstrs: u32,
    /// Number of constants.
    pub n_consts: u32,
    /// Number of children.
    pub n_children: u32,
    /// Whether LOAD_NAME and STORE_NAME mean globals (a module body run in its own namespace).
    pub names_are_globals: bool,
    /// `__doc__`, a str or None.
    pub doc: Obj,
    /// `__qualname__`, a str.
    pub qualname: Obj,
    /// `co_firstlineno`
    pub first_line: u32,
    /// Names of the locals, a tuple of str (or NULL).
    pub local_names: Option<Obj>,
    /// The next in the list of all code objects.
    next: Link,
    /// The next in the list of those that learned something since the last flush.
    next_warm: Link,
    /// Whether it is in that list.
    warm: bool,
}

/// A link of a list of code objects, inverted so that it keeps nothing alive.
#[derive(Clone, Copy)]
struct Link(usize);

impl Link {
    fn to(code: *mut CodeObject) -> Link {
        Link(!code.expose_provenance())
    }

    fn get(self) -> *mut CodeObject {
        ptr::with_exposed_provenance_mut(!self.0)
    }
}

// SAFETY: objects of this type have this layout.
unsafe impl HeapType for CodeObject {
    const TYPE: TypeId = TypeId::Code;
}

impl Ref<CodeObject> {
    /// Reads a field.
    pub fn read<T>(self, read: impl FnOnce(&CodeObject) -> T) -> T {
        // SAFETY: the object is live; the reference ends here.
        read(unsafe { &*self.ptr() })
    }
}

impl Ref<CodeObject> {
    /// One of the code objects of the functions made here; `index` is below their number.
    pub fn child(self, index: usize) -> Ref<CodeObject> {
        self.read(|code| {
            // SAFETY: children are live code objects: their parent holds them.
            unsafe { Ref::from_ptr(NonNull::new_unchecked(code.children()[index].cast_mut())) }
        })
    }
}

/// Words above the value stack that instructions may use for a moment.
const SPARE_WORDS: u32 = 4;

impl CodeObject {
    /// How many words of a frame may have to be kept when it is suspended. Unproven code may use all of its stack.
    pub fn words_to_save(&self) -> usize {
        (self.n_words - if self.unproven { 0 } else { SPARE_WORDS.min(self.n_words) }) as usize
    }

    /// The line table.
    pub fn line_table(&self) -> &[u8] {
        self.original().get(self.lines.0 as usize..self.lines.1 as usize).unwrap_or(&[])
    }

    /// Whether it is run for a trace function: calls of it then take no short cut.
    fn trace(&mut self, on: bool) {
        self.careful = on || self.unproven;
        self.fast_argc = if on { u32::MAX } else { self.own_fast_argc };
    }

    /// The compiled instructions.
    pub(in crate::interp) fn instructions<'a>(&self) -> &'a [u8] {
        let len = self.code_len as usize;
        // SAFETY: the block lives as long as the code object; they are its end.
        unsafe { core::slice::from_raw_parts(self.original.add(self.code_offset as usize), len) }
    }

    /// The compiled data.
    pub fn original(&self) -> &[u8] {
        // SAFETY: the block lives as long as the code object.
        unsafe { core::slice::from_raw_parts(self.original, self.original_len as usize) }
    }

    /// The offset of an address in the rewritten copy; 0 for any other.
    pub fn offset_at(&self, ip: *const u8) -> u32 {
        let offset = (ip as usize).wrapping_sub(self.start as usize);
        if offset < self.code_len as usize { offset as u32 } else { 0 }
    }

    /// The line of the instruction at an address in the rewritten copy.
    pub fn line_at(&self, ip: *const u8) -> u32 {
        ::code::line_table::lookup(self.line_table(), self.offset_at(ip))
    }

    /// Whether the rewritten copy and the caches exist.
    fn is_ready(&self) -> bool {
        !ptr::eq(self.start, &FIRST_CALL)
    }

    /// The next in the list of all code objects.
    pub(in crate::interp) fn next(&self) -> *mut CodeObject {
        self.next.get()
    }

    /// The names of the named parameters, closed-over cells included.
    pub fn params(&self) -> &[Qstr] {
        // SAFETY: so many names were stored.
        unsafe { core::slice::from_raw_parts(self.param_names, self.n_pos as usize + self.n_kwonly as usize) }
    }

    /// The code objects of the functions made here.
    pub fn children(&self) -> &[*const CodeObject] {
        // SAFETY: so many were stored.
        unsafe { core::slice::from_raw_parts(self.children, self.n_children as usize) }
    }

    /// The module's names.
    pub fn qstrs(&self) -> &[Qstr] {
        // SAFETY: so many were stored.
        unsafe { core::slice::from_raw_parts(self.qstrs, self.n_qstrs as usize) }
    }

    /// The module's constants.
    pub fn consts(&self) -> &[Obj] {
        // SAFETY: so many were stored.
        unsafe { core::slice::from_raw_parts(self.consts, self.n_consts as usize) }
    }
}

/// Tables that all code objects of a module share.
#[derive(Clone, Copy)]
struct Shared {
    qstrs: *const Qstr,
    n_qstrs: u32,
    consts: *const Obj,
    n_consts: u32,
    globals: Ref<Dict>,
}

/// A module on its way in.
struct Incoming<'a> {
    module: &'a Module,
    shared: Shared,
    verifier: Verifier,
    /// Where its machine code is, if it has any.
    machine: Option<Loading>,
    /// Code objects so far.
    count: u8,
}

/// Facts from the debug section, as objects.
struct Facts {
    number: u8,
    doc: Obj,
    qualname: Obj,
    first_line: u32,
    pos_only: u32,
    coroutine: bool,
    local_names: Option<Obj>,
}

impl Vm {
    /// Loads a compiled module to run with these globals. `own_namespace`: its names are globals. May collect;
    /// raises MemoryError, ValueError for code that is not acceptable.
    pub fn load_module(&mut self, module: &Module, globals: Ref<Dict>, own_namespace: bool) -> R<Ref<CodeObject>> {
        let n_qstrs = module.qstrs.len();
        let qstrs = self.alloc((n_qstrs * size_of::<Qstr>()).max(1), Kind::Raw)?.cast::<Qstr>();
        for (i, text) in module.qstrs.iter().enumerate() {
            // The first is the source's path, which is no name.
            let qstr = if i == 0 { self.intern_text(text)? } else { self.intern(text)? };
            // SAFETY: the block has room for all names.
            unsafe { qstrs.add(i).write(qstr) };
        }
        let n_consts = module.objects.len();
        let consts = self.alloc((n_consts * size_of::<Obj>()).max(1), Kind::Words)?.cast::<Obj>();
        for (i, constant) in module.objects.iter().enumerate() {
            let object = self.make_const(constant)?;
            // SAFETY: the block has room for all constants.
            unsafe { consts.add(i).write(object) };
        }
        let shared = Shared {
            qstrs: qstrs.as_ptr(),
            n_qstrs: n_qstrs as u32,
            consts: consts.as_ptr(),
            n_consts: n_consts as u32,
            globals,
        };
        let mut loading = Incoming {
            module,
            shared,
            verifier: Verifier::default(),
            machine: self.place_machine_code(module, qstrs, n_qstrs, consts, n_consts)?,
            count: 0,
        };
        let loaded = self.load_code(&mut loading, &module.root, own_namespace);
        self.end_loading(&loading.machine, loaded.is_ok());
        loaded
    }

    fn make_const(&mut self, constant: &Const) -> R {
        self.check_native_stack()?;
        match constant {
            Const::FunTable | Const::None => Ok(Obj::NONE),
            Const::False => Ok(Obj::FALSE),
            Const::True => Ok(Obj::TRUE),
            Const::Ellipsis => Ok(self.root(crate::vm::Root::Ellipsis).unwrap_or(Obj::NONE)),
            Const::Str(text) => self.new_str(text),
            Const::Bytes(bytes) => self.new_bytes(bytes),
            Const::Int(text) => {
                match crate::types::int_text::parse(self, text.as_bytes(), 10)? {
                    Some(value) => Ok(value),
                    None => Err(self
                        .refuse_mpy(ErrorKind::IncompatibleFile, format_args!("an integer constant is not a number"))),
                }
            }
            Const::Float(value, _) => self.new_float(*value),
            Const::Complex(re, im, _) => self.new_complex(*re, *im),
            Const::Tuple(items) => {
                let tuple = self.new_tuple_of_nones(items.len())?;
                for (i, item) in items.iter().enumerate() {
                    let item = self.make_const(item)?;
                    tuple.init(i, item);
                }
                Ok(tuple.obj())
            }
        }
    }

    fn load_code(&mut self, loading: &mut Incoming, raw: &RawCode, names_are_globals: bool) -> R<Ref<CodeObject>> {
        self.check_native_stack()?;
        let number = loading.count;
        loading.count = number.wrapping_add(1);
        let n = raw.children.len();
        let children = self.alloc_some::<*const CodeObject>(n, Kind::Words)?;
        for (i, child) in raw.children.iter().enumerate() {
            let child = self.load_code(loading, child, false)?;
            // SAFETY: the block has room for all children.
            unsafe { children.add(i).write(child.ptr()) };
        }
        if raw.kind != CodeKind::Bytecode {
            let Some(machine) = &mut loading.machine else {
                return Err(self.value_error("native code in .mpy unsupported"));
            };
            return self.machine_code(raw, loading.shared, children, machine);
        }
        let verified = match loading.verifier.verify(loading.module, raw) {
            Ok(verified) => verified,
            Err(why) => {
                return Err(self.refuse_mpy(ErrorKind::IncompatibleFile, format_args!("{why}")));
            }
        };
        let facts = Facts { number, ..self.make_facts(raw)? };
        self.make_code(&raw.data, &verified, loading.shared, (children, n), names_are_globals, facts)
    }

    /// Room for so many values; for none there is no block.
    fn alloc_some<T>(&mut self, n: usize, kind: Kind) -> R<NonNull<T>> {
        match n {
            0 => Ok(NonNull::dangling()),
            _ => Ok(self.alloc(n * size_of::<T>(), kind)?.cast()),
        }
    }

    fn make_facts(&mut self, raw: &RawCode) -> R<Facts> {
        let mut facts = Facts {
            number: 0,
            doc: Obj::NONE,
            qualname: Obj::NONE,
            first_line: 1,
            pos_only: 0,
            coroutine: false,
            local_names: None,
        };
        if let Some(debug) = &raw.debug {
            if let Some(doc) = &debug.doc {
                facts.doc = self.new_str(doc)?;
            }
            facts.qualname = self.new_str(debug.qualname.as_bytes())?;
            facts.first_line = debug.first_line;
            facts.pos_only = debug.positional_only;
            facts.coroutine = debug.coroutine;
            let names = self.new_tuple_of_nones(debug.locals.len())?;
            for (i, name) in debug.locals.iter().enumerate() {
                let name = self.intern(name.as_bytes())?;
                names.init(i, name.obj());
            }
            facts.local_names = Some(names.obj());
        }
        Ok(facts)
    }

    fn make_code(
        &mut self,
        data: &[u8],
        verified: &Verified,
        shared: Shared,
        (children, n_children): (NonNull<*const CodeObject>, usize),
        names_are_globals: bool,
        facts: Facts,
    ) -> R<Ref<CodeObject>> {
        let len = data.len();
        let prelude = match Prelude::parse(data) {
            Ok(prelude) => prelude,
            Err(why) => {
                return Err(self.refuse_mpy(ErrorKind::IncompatibleFile, format_args!("{why}")));
            }
        };
        let original = self.alloc(len.max(1), Kind::Raw)?;
        // SAFETY: the block is as long as the data.
        unsafe { original.as_ptr().copy_from_nonoverlapping(data.as_ptr(), len) };
        let signature = &prelude.signature;
        let n_named = signature.n_pos as usize + signature.n_kwonly as usize;
        let names = self.alloc_some::<Qstr>(n_named, Kind::Raw)?;
        for (i, index) in prelude.param_names(data).take(n_named).enumerate() {
            // SAFETY: the verifier checked the indices; the block has room for all names.
            unsafe { names.add(i).write(*shared.qstrs.add(index as usize)) };
        }

        let n_locals = verified.n_locals;
        let n_cells = prelude.cells.len();
        let flags = signature.scope_flags as u8;
        let simple = flags == 0 && signature.n_kwonly == 0 && n_cells == 0 && !verified.careful;
        let stack_base = n_locals + verified.max_blocks * BLOCK_WORDS as u32;
        let qstr = |index: u32| {
            // SAFETY: the verifier checked the index of the name; entry 0 exists when any name does.
            unsafe { *shared.qstrs.add(index as usize) }
        };
        let name = qstr(prelude.name);
        let file = qstr(0);
        let header = self.header::<CodeObject>();
        let object = CodeObject {
            header,
            machine: ptr::null_mut(),
            children: children.as_ptr(),
            start: &FIRST_CALL,
            fast_argc: u32::MAX,
            own_fast_argc: if simple { signature.n_pos } else { u32::MAX },
            n_words: stack_base + verified.max_stack + SPARE_WORDS,
            n_locals,
            stack_base,
            caches: ptr::dangling_mut(),
            qstrs: shared.qstrs,
            consts: shared.consts,
            globals: shared.globals,
            n_pos: signature.n_pos as u16,
            n_kwonly: signature.n_kwonly as u16,
            n_defaults: signature.n_defaults as u16,
            scope_flags: flags,
            is_coroutine: facts.coroutine,
            careful: true,
            unproven: verified.careful,
            n_pos_only: facts.pos_only as u16,
            number: facts.number,
            n_cells: n_cells as u16,
            // SAFETY: inside the block.
            cells: unsafe { original.as_ptr().add(prelude.cells.start) },
            param_names: names.as_ptr(),
            name,
            file,
            site_names: ptr::dangling(),
            n_sites: 0,
            code_len: (len - prelude.code) as u32,
            original: original.as_ptr(),
            original_len: len as u32,
            lines: (prelude.lines.start as u32, prelude.lines.end as u32),
            code_offset: prelude.code as u32,
            n_qstrs: shared.n_qstrs,
            n_consts: shared.n_consts,
            n_children: n_children as u32,
            names_are_globals,
            doc: facts.doc,
            qualname: if facts.qualname == Obj::NONE { name.obj() } else { facts.qualname },
            first_line: facts.first_line,
            local_names: facts.local_names,
            next: Link::to(ptr::null_mut()),
            next_warm: Link::to(ptr::null_mut()),
            warm: false,
        };
        let code = self.link_code(object)?;
        if verified.careful {
            // Its checks want each instruction to be in the copy.
            self.make_ready(code)?;
        }
        Ok(code)
    }

    /// Makes the rewritten copy of the instructions and the caches, if this is the first call.
    fn make_ready(&mut self, code: Ref<CodeObject>) -> R<()> {
        // SAFETY: the object is live while it is on the stack, and so are the blocks that it points at; no reference to it is kept
        // while it changes.
        let (original, ready) = unsafe { ((*code.ptr()).instructions(), (*code.ptr()).is_ready()) };
        if ready {
            return Ok(());
        }
        let len = original.len();
        let outline = Outline::of(original);
        let n_sites = outline.sites + prepare::count_loops(original);
        let copy = self.alloc(len.max(1), Kind::Raw)?;
        let caches = self.alloc_some::<Cache>(n_sites, Kind::Words)?;
        let site_names = self.alloc_some::<Qstr>(n_sites, Kind::Raw)?;
        // SAFETY: the blocks have the sizes just asked for and nobody else knows them.
        unsafe {
            copy.as_ptr().copy_from_nonoverlapping(original.as_ptr(), len);
            site_names.write_bytes(0, n_sites);
            for i in 0..n_sites {
                caches.add(i).write(Cache::EMPTY);
            }
            let code = &mut *code.ptr();
            let used = prepare::rewrite(
                core::slice::from_raw_parts_mut(copy.as_ptr(), len),
                original,
                &outline.targets,
                code.unproven,
                core::slice::from_raw_parts_mut(caches.as_ptr(), n_sites),
                core::slice::from_raw_parts_mut(site_names.as_ptr(), n_sites),
                code.qstrs(),
                code.names_are_globals,
            );
            (code.caches, code.site_names, code.n_sites) = (caches.as_ptr(), site_names.as_ptr(), used as u32);
            code.start = copy.as_ptr();
        }
        Ok(())
    }

    /// A code object of machine code.
    fn machine_code(
        &mut self,
        raw: &RawCode,
        shared: Shared,
        children: NonNull<*const CodeObject>,
        machine: &mut Loading,
    ) -> R<Ref<CodeObject>> {
        let native = raw.native.as_deref();
        let (mut signature, mut name, mut cells, mut param_names) =
            (Signature::default(), q::empty, Vec::new(), Vec::new());
        if raw.kind == CodeKind::Native {
            let at = native.map_or(0, |native| native.prelude_offset as usize);
            let prelude = match Prelude::parse_at(&raw.data, at) {
                Ok(prelude) => prelude,
                Err(why) => return Err(self.refuse_mpy(ErrorKind::IncompatibleFile, format_args!("{why}"))),
            };
            signature = prelude.signature;
            cells.extend_from_slice(&raw.data[prelude.cells.clone()]);
            let named = prelude.param_names(&raw.data).take(signature.n_named() as usize);
            for index in named.chain([prelude.name]) {
                if index >= shared.n_qstrs {
                    return Err(self.refuse_mpy(ErrorKind::IncompatibleFile, format_args!("a name is missing")));
                }
                // SAFETY: inside the table of names.
                param_names.push(unsafe { *shared.qstrs.add(index as usize) });
            }
            name = param_names.pop().unwrap_or(q::empty);
            let n_state = signature.n_state;
            if param_names.len() != signature.n_named() as usize
                || signature.n_params() > n_state
                || cells.iter().any(|&cell| u32::from(cell) >= n_state)
                || n_state > u32::from(u16::MAX)
                || signature.n_defaults > signature.n_pos
            {
                return Err(self.refuse_mpy(ErrorKind::IncompatibleFile, format_args!("parameters do not fit")));
            }
        }
        let names = self.alloc((param_names.len() * size_of::<Qstr>()).max(1), Kind::Raw)?.cast::<Qstr>();
        let cell_list = self.alloc(cells.len().max(1), Kind::Raw)?;
        // SAFETY: the blocks have room for what goes there.
        unsafe {
            names.as_ptr().copy_from_nonoverlapping(param_names.as_ptr(), param_names.len());
            cell_list.as_ptr().copy_from_nonoverlapping(cells.as_ptr(), cells.len());
        }
        let facts = self.make_facts(raw)?;
        let part = machine.next_part(raw, signature.n_state, shared.globals);
        let part = self.new_machine_part(part)?;
        let header = self.header::<CodeObject>();
        // SAFETY: the machine code begins at `data`; nothing reads it as bytecode, of which there is none.
        let start = unsafe { (*part.as_ptr()).data };
        let object = CodeObject {
            header,
            machine: part.as_ptr(),
            children: children.as_ptr(),
            start,
            fast_argc: u32::MAX,
            own_fast_argc: u32::MAX,
            n_words: 0,
            n_locals: 0,
            stack_base: 0,
            caches: NonNull::dangling().as_ptr(),
            qstrs: shared.qstrs,
            consts: shared.consts,
            globals: shared.globals,
            n_pos: signature.n_pos as u16,
            n_kwonly: signature.n_kwonly as u16,
            n_defaults: signature.n_defaults as u16,
            scope_flags: signature.scope_flags as u8,
            is_coroutine: false,
            careful: false,
            unproven: false,
            n_pos_only: facts.pos_only as u16,
            number: facts.number,
            n_cells: cells.len() as u16,
            cells: cell_list.as_ptr(),
            param_names: names.as_ptr(),
            name,
            // SAFETY: entry 0 is the file, where there is any.
            file: if shared.n_qstrs > 0 { unsafe { *shared.qstrs } } else { q::empty },
            site_names: names.as_ptr(),
            n_sites: 0,
            code_len: 0,
            original: start,
            original_len: 0,
            lines: (0, 0),
            code_offset: 0,
            n_qstrs: shared.n_qstrs,
            n_consts: shared.n_consts,
            n_children: raw.children.len() as u32,
            names_are_globals: true,
            doc: facts.doc,
            qualname: if facts.qualname == Obj::NONE { name.obj() } else { facts.qualname },
            first_line: facts.first_line,
            local_names: facts.local_names,
            next: Link::to(ptr::null_mut()),
            next_warm: Link::to(ptr::null_mut()),
            warm: false,
        };
        self.link_code(object)
    }

    /// A code object for a function of the same module that has none yet: C code at `data`, called as viper code is.
    pub(in crate::interp) fn foreign_code(&mut self, like: Ref<CodeObject>, data: *const u8) -> R<Ref<CodeObject>> {
        // SAFETY: the code object is live; a bitwise copy of plain words, whose fields that differ are set before anyone sees it.
        let mut copy = unsafe { ptr::read(like.ptr()) };
        // SAFETY: it is machine code.
        let part = unsafe { *copy.machine };
        copy.machine = self.new_machine_part(MachinePart { data, kind: CodeKind::Viper, ..part })?.as_ptr();
        (copy.scope_flags, copy.n_pos, copy.n_kwonly, copy.n_defaults, copy.n_cells) = (0, 0, 0, 0, 0);
        copy.n_children = 0;
        self.link_code(copy)
    }

    /// The same code to be run with other globals; itself if the globals are its own.
    pub fn code_with_globals(&mut self, code: Ref<CodeObject>, globals: Ref<Dict>) -> R<Ref<CodeObject>> {
        self.check_native_stack()?;
        // SAFETY: the object is live while it is on the stack; nothing here changes it.
        let old = unsafe { &*code.ptr() };
        if old.globals == globals {
            return Ok(code);
        }
        let n = old.n_children as usize;
        let children = self.alloc_some::<*const CodeObject>(n, Kind::Words)?;
        for (i, child) in old.children().iter().enumerate() {
            // SAFETY: children are code objects.
            let child = unsafe { Ref::from_ptr(NonNull::new_unchecked(child.cast_mut())) };
            let child = self.code_with_globals(child, globals)?;
            // SAFETY: the block has room for all children.
            unsafe { children.add(i).write(child.ptr()) };
        }
        let n_sites = old.n_sites as usize;
        let caches = self.alloc_some::<Cache>(n_sites, Kind::Words)?;
        // SAFETY: both hold `n_sites` entries; the copy is nobody else's yet.
        unsafe {
            for i in 0..n_sites {
                let mut cache = *old.caches.add(i);
                cache.reset();
                caches.add(i).write(cache);
            }
        }
        // SAFETY: a bitwise copy of plain words; the fields that differ are set before anyone sees it.
        let mut copy = unsafe { ptr::read(old) };
        copy.children = children.as_ptr();
        copy.caches = caches.as_ptr();
        copy.globals = globals;
        if !copy.machine.is_null() {
            // SAFETY: the old code object is live, so is what belongs to it.
            let part = unsafe { *copy.machine };
            copy.machine = self.new_machine_part(MachinePart { globals, ..part })?.as_ptr();
        }
        copy.warm = false;
        self.link_code(copy)
    }

    /// Puts a code object into the heap and into the list of all.
    fn link_code(&mut self, mut object: CodeObject) -> R<Ref<CodeObject>> {
        object.trace(self.state().interp.traced);
        let object = self.alloc_object(object, 0, Kind::Words)?;
        // The head is read after the allocation, which may have collected it.
        let head = self.state().interp.codes;
        // SAFETY: the object is fresh.
        unsafe { (*object.ptr()).next = Link::to(head) };
        self.state_mut().interp.codes = object.ptr();
        Ok(object)
    }

    /// Makes all code careful, so that a trace function sees each instruction, or as it was.
    pub(in crate::interp) fn trace_codes(&mut self, on: bool) {
        self.state_mut().interp.traced = on;
        let mut code = self.state().interp.codes;
        // SAFETY: the list holds live code objects (dead ones are unlinked at each collection). Code that is proven runs in
        // either table, so frames that run it now are not disturbed.
        unsafe {
            while !code.is_null() {
                (*code).trace(on);
                code = (*code).next.get();
            }
        }
    }

    /// Empties every cache: something that a cache relied on has changed.
    pub fn flush_caches(&mut self) {
        self.state_mut().interp.shared.forget();
        let mut warm = core::mem::replace(&mut self.state_mut().interp.warm, ptr::null_mut());
        // SAFETY: the list holds live code objects (dead ones are unlinked at each collection), whose caches are
        // `n_sites` entries.
        unsafe {
            while let Some(code) = warm.as_mut() {
                for i in 0..code.n_sites as usize {
                    (*code.caches.add(i)).reset();
                }
                code.warm = false;
                warm = code.next_warm.get();
            }
        }
    }
}

/// The first call of a code object, which works while the heap is locked, too; false if an exception is under way.
#[inline(never)]
pub(in crate::interp) unsafe fn make_ready(st: *mut State, code: *const CodeObject) -> bool {
    // SAFETY: see `run::vm`; the code of the current frame is live.
    unsafe {
        let code = Ref::from_ptr(NonNull::new_unchecked(code.cast_mut()));
        vm(st).essential(|vm| vm.make_ready(code)).is_ok()
    }
}

/// Notes that a site of this code is about to learn something that a flush must empty.
#[inline(always)]
pub(in crate::interp) unsafe fn warm(st: *mut State, code: *const CodeObject) {
    // SAFETY: the code is live; nobody has a reference to it.
    unsafe {
        if !(*code).warm {
            let code = code.cast_mut();
            (*code).warm = true;
            (*code).next_warm = Link::to((*st).interp.warm);
            (*st).interp.warm = code;
        }
    }
}

/// Unlinks code objects that the collection found dead.
pub(crate) fn after_mark(state: NonNull<State>, marker: &mut Marker) {
    // SAFETY: called between mark and sweep, when dead objects are still readable; the state is alive.
    unsafe {
        (*state.as_ptr()).interp.shared.forget();
        unlink_dead(&raw mut (*state.as_ptr()).interp.codes, marker, |code| &mut code.next);
        unlink_dead(&raw mut (*state.as_ptr()).interp.warm, marker, |code| &mut code.next_warm);
        super::machine::after_mark(state);
    }
}

/// # Safety
/// The list holds readable code objects, live or dead.
unsafe fn unlink_dead(list: *mut *mut CodeObject, marker: &mut Marker, link: fn(&mut CodeObject) -> &mut Link) {
    // SAFETY: the caller's promise.
    unsafe {
        let first_alive = |mut code: *mut CodeObject| {
            while let Some(object) = NonNull::new(code)
                && !marker.is_marked(object.cast())
            {
                code = link(&mut *code).get();
            }
            code
        };
        let mut code = first_alive(*list);
        *list = code;
        while let Some(alive) = code.as_mut() {
            let alive = link(alive);
            code = first_alive(alive.get());
            *alive = Link::to(code);
        }
    }
}

/// A word of a code object's frame that holds nothing.
pub const UNBOUND: Word = 0;
