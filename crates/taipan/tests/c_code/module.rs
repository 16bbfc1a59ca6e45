//! A native module as C compilers and the official linker make it: assembled by our own assembler.

use asm::{Arith, Assembler, Label, Reg, Width};
use code::{
    encoding::write_uint,
    mpy,
    object::{Arch, Const, Kind, Module, Native, RawCode},
};

/// Where the words are that the loader relocates.
const TABLE: Label = Label(100);
const BSS: Label = Label(101);
const QSTRS: Label = Label(102);

/// What a relocation adds (mpy-format.md §3.1).
const RELOCATE: [(Label, u8); 3] = [(TABLE, 8), (BSS, 4), (QSTRS, 6)];

/// Code that is being assembled.
pub struct C<'a> {
    pub asm: &'a mut dyn Assembler,
    /// Where the words are.
    places: Vec<u32>,
}

impl C<'_> {
    pub fn arg(&self, number: usize) -> Reg {
        self.asm.machine().args[number]
    }

    pub fn local(&self, number: usize) -> Reg {
        self.asm.machine().locals[number]
    }

    /// A register for short moves: no argument.
    pub fn temp(&self) -> Reg {
        self.asm.machine().temps[0]
    }

    /// A function begins.
    pub fn function(&mut self, label: u32) {
        self.asm.code_mut().place(Label(label));
        self.asm.entry(4);
    }

    /// Loads the address of the table of helpers.
    pub fn need_helpers(&mut self) {
        let table = self.asm.machine().fun_table;
        self.word(table, TABLE);
    }

    fn word(&mut self, to: Reg, label: Label) {
        self.asm.label_address(to, label);
        self.asm.load(Width::Word, to, to, 0);
    }

    /// The address of the zeroed data.
    pub fn data(&mut self, to: Reg) {
        self.word(to, BSS);
    }

    /// The number of the module's name `index`.
    pub fn name(&mut self, to: Reg, index: i64) {
        self.word(to, QSTRS);
        self.asm.load(Width::Bits16, to, to, index);
    }

    pub fn load(&mut self, to: Reg, base: Reg, word: i64) {
        self.asm.load(Width::Word, to, base, word);
    }

    pub fn store(&mut self, from: Reg, base: Reg, word: i64) {
        self.asm.store(Width::Word, from, base, word);
    }

    /// Entry `index` of the table of helpers.
    pub fn helper_word(&mut self, to: Reg, index: i64) {
        let table = self.asm.machine().fun_table;
        self.load(to, table, index);
    }

    pub fn add(&mut self, to: Reg, from: Reg) {
        self.asm.arith(Arith::Add, to, from);
    }

    pub fn add_constant(&mut self, to: Reg, value: i64, temp: Reg) {
        self.asm.constant(temp, value);
        self.add(to, temp);
    }

    /// Leaves with what a register has as the result.
    pub fn give(&mut self, from: Reg) {
        let result = self.asm.machine().result;
        self.asm.copy(result, from);
        self.asm.exit();
    }

    /// Leaves with a number.
    pub fn give_constant(&mut self, value: i64) {
        let temp = self.temp();
        self.asm.constant(temp, value);
        self.give(temp);
    }

    /// Calls the function whose address is word `index` at `base`. The table of helpers has to be loaded anew.
    pub fn call_at(&mut self, base: Reg, index: u32, n_args: u32) {
        let table = self.asm.machine().fun_table;
        self.asm.copy(table, base);
        self.asm.call(index, n_args);
    }
}

fn finish(c: &mut C<'_>) {
    c.asm.code_mut().align(8);
    c.places.clear();
    for (label, _) in RELOCATE {
        c.asm.code_mut().place(label);
        c.places.push(c.asm.code().offset() / 8);
        c.asm.code_mut().data(8, 0);
    }
    c.asm.finish();
}

/// A .mpy file of a module whose code, with the initialisation at its beginning, `write` emits.
pub fn file(names: &[&str], bss: u32, mut write: impl FnMut(&mut C<'_>)) -> Vec<u8> {
    let mut asm = asm::x64::X64::default();
    let mut c = C { asm: &mut asm, places: Vec::new() };
    // Labels move until the jumps over them have their sizes.
    for _ in 0..3 {
        c.asm.begin();
        write(&mut c);
        finish(&mut c);
    }
    assert!(c.asm.code().error().is_none());
    let mut relocations = Vec::new();
    for ((_, value), word) in RELOCATE.iter().zip(&c.places) {
        relocations.push(value << 1 | 1);
        write_uint(&mut relocations, word << 1);
    }
    let text = c.asm.code().bytes().to_vec();
    file_of(
        names,
        text,
        Native { bss, scope_flags: Native::RELOCATIONS | Native::BSS, ..relocated(relocations) },
        Kind::Viper,
    )
}

/// Facts with these relocations.
pub fn relocated(relocations: Vec<u8>) -> Native {
    Native { relocations: relocations.into(), scope_flags: Native::RELOCATIONS, ..Native::default() }
}

/// A .mpy file with machine code as its body.
pub fn file_of(names: &[&str], text: Vec<u8>, native: Native, kind: Kind) -> Vec<u8> {
    let root = RawCode { kind, data: text.into(), children: Vec::new(), native: Some(Box::new(native)), debug: None };
    module(names, root)
}

/// A .mpy file with this body.
pub fn module(names: &[&str], root: RawCode) -> Vec<u8> {
    let texts = std::iter::once(&"c_module.py").chain(names);
    let module = Module {
        arch: Arch::X64,
        sub_version: mpy::SUB_VERSION,
        arch_flags: 0,
        small_int_bits: 63,
        qstrs: texts.map(|text| text.as_bytes().into()).collect(),
        objects: vec![Const::FunTable],
        root,
    };
    mpy::write(&module, mpy::WriteOptions::default())
}

/// A file whose body, bytecode, makes its one function, machine code, a global.
pub fn with_function(name: &str, function: RawCode) -> Vec<u8> {
    use code::prelude::{self, Signature};
    let signature = Signature { n_state: 1, n_exc_stack: 0, scope_flags: 0, n_pos: 0, n_kwonly: 0, n_defaults: 0 };
    let mut body = Vec::new();
    // make_function 0; store_name; load_const_none; return_value
    body.extend([0x32, 0, 0x16, 2, 0x51, 0x63]);
    let data = prelude::assemble(&signature, 1, &[], &[], &[], &body);
    let root = RawCode { kind: Kind::Bytecode, data: data.into(), children: vec![function], native: None, debug: None };
    module(&["<module>", name], root)
}
