//! Native modules (C code, as far as the machine sees): types that they lay out, slots of types that they read, streams; inline
//! assembler in a file; and files that are damaged where machine code would notice last.
#![cfg(all(target_arch = "x86_64", unix))]

mod counter;
mod failure;
mod module;

use code::object::{Kind, Native};
use taipan::{Builder, Vm};

/// Runs a program that can import the file as `c`; gives what it prints.
fn run(file: &[u8], program: &str, stress: bool) -> Result<String, String> {
    run_with(file, program, |builder| builder.stress(stress).poison(stress))
}

fn run_with(file: &[u8], program: &str, options: impl FnOnce(Builder) -> Builder) -> Result<String, String> {
    // The test's own folder: they run in parallel.
    let folder =
        std::env::temp_dir().join(format!("taipan-c-code-{}-{:?}", std::process::id(), std::thread::current().id()));
    std::fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
    std::fs::write(folder.join("c.mpy"), file).map_err(|error| error.to_string())?;
    let builder = options(Vm::builder().heap_limit(32 << 20).machine_code(true));
    let mut vm = builder.capture_output().build().ok_or("no machine")?;
    vm.set_import_paths(&[".frozen", &folder.to_string_lossy()]);
    let done = vm.run(program, "<test>");
    let output = String::from_utf8_lossy(&vm.take_output()).into_owned();
    let _ = std::fs::remove_dir_all(&folder);
    match done {
        Ok(()) => Ok(output),
        Err(error) => Err(format!("{output}{}: {}", error.class, error.message)),
    }
}

/// What programs do with the type of `counter`, and print.
const PROGRAM: &[(&str, &str)] = &[
    (
        "import c; C = c.Counter; x = C(5); print(C, type(x) is C, isinstance(x, C), C.__name__)",
        "<class 'Counter'> True True Counter",
    ),
    ("print(x.get(), C.get(x), len(x), x + 3, x[7], x(1, 2, a=3))", "5 5 5 8 7 3"),
    ("x[0] = 9; print(x.get(), x.answer, str(x), repr([x]))", "9 42 C<> [C<>]"),
    ("x.anything = 1; print(list(C(4)), [i for i in C(2)])", "[3, 2, 1, 0] [1, 0]"),
    ("y = C(2); print(y.read(5), y.read(5), C(300).read(3))", "b'xx' b'' b'xxx'"),
    ("y = C(3); b = bytearray(5); print(y.readinto(b), b)", "3 bytearray(b'xxx\\x00\\x00')"),
    ("print(memoryview(C(0))[0], c.empty())", "1 b''"),
    ("try: C.get(5)\nexcept TypeError as e: print(e)", "expected 'Counter' object, got 'int'"),
    ("try: C()\nexcept TypeError as e: print(e)", "function takes 1 positional arguments but 0 were given"),
    ("try: x - 1\nexcept TypeError as e: print('TypeError')", "TypeError"),
    (
        "class D(C):\n def __init__(self, n):\n  self.name = 'd'\n  super().__init__(n + 1)\n def twice(self): return self.get() * 2",
        "",
    ),
    (
        "d = D(10); d.more = 1; print(d.twice(), d.get(), len(d), d + 1, d.name, d.more, isinstance(d, C))",
        "22 11 11 12 d 1 True",
    ),
    ("print(c.inner(d) is d, c.inner(d).get())", "False 11"),
    ("class E(C):\n def __init__(self): pass", ""),
    ("try: E().get()\nexcept TypeError as e: print(e)", "super().__init__() was not called for this 'E'"),
    ("class F(C): pass\nprint(F(6).get(), [z.get() for z in [F(i) for i in range(3)]])", "6 [0, 1, 2]"),
    ("import gc; many = [C(i) for i in range(100)]; gc.collect(); print(sum(z.get() for z in many))", "4950"),
    ("try: c.other(1)\nexcept NotImplementedError as e: print('no such slot')", "no such slot"),
    ("del d, many; gc.collect(); print(hash(x) == hash(x), x == x, x != C(9), {x: 1}[x])", "True True True 1"),
];

#[test]
fn types_of_c_code_are_classes() {
    let file = counter::file();
    let program: Vec<&str> = PROGRAM.iter().map(|(line, _)| *line).collect();
    let expected: String =
        PROGRAM.iter().filter(|(_, out)| !out.is_empty()).map(|(_, out)| format!("{out}\n")).collect();
    for stress in [false, true] {
        assert_eq!(run(&file, &program.join("\n"), stress), Ok(expected.clone()), "stress: {stress}");
    }
}

/// They are caught as what they derive from; C code writes them, also those of classes that derive from them.
#[test]
fn exceptions_of_c_code() {
    let program = "import c; F = c.Failure
e = F(7); print(type(e) is F, isinstance(e, Exception), repr(e), str(e), e.answer, hasattr(e, 'other'))
try: raise e
except F as caught: print(caught is e, caught.args)
class G(F):
    def more(self): return self.answer + 1
try: raise G(8)
except Exception as g: print(type(g) is G, repr(g), g.more(), g.args)
try: raise F
except c.Failure as e: print(repr(e))
try: F.__repr__(5)
except TypeError as e: print(e)
";
    let expected = |own: &str, of_class: &str| {
        let head = "True True C! C! 42 False\nTrue ";
        Ok(format!("{head}{own}\nTrue C! 43 {of_class}\nC!\nexpected 'Failure' object\n"))
    };
    for stress in [false, true] {
        assert_eq!(run(&failure::file(false), program, stress), expected("(7,)", "(8,)"), "stress: {stress}");
        assert_eq!(run(&failure::file(true), program, stress), expected("()", "()"), "stress: {stress}");
    }
}

#[test]
fn memory_may_end_at_any_time() {
    let file = counter::file();
    let program = format!("{}\n{}", PROGRAM[0].0, PROGRAM[1].0);
    let mut failed = 0;
    // The first ones are those of the search path.
    for n in 10..150 {
        match run_with(&file, &program, |builder| builder.fail_alloc(taipan::Failure::Once(n))) {
            Ok(_) => {}
            Err(error) => {
                assert!(error.contains("MemoryError"), "{n}: {error}");
                failed += 1;
            }
        }
    }
    assert!(failed > 50, "{failed}");
}

#[test]
fn loops_of_machine_code_end_at_the_limit() {
    for program in [
        "@micropython.native\ndef f():\n while True: pass\nf()",
        "@micropython.native\ndef f(n):\n while n: n += 1\nf(1)",
        "@micropython.native\ndef f():\n for i in iter(int, 1): pass\nf()",
        "@micropython.native\ndef f():\n while True:\n  try: f()\n  except Exception: pass\nf()",
    ] {
        let program = format!("import micropython\n{program}");
        let error = run_with(b"", &program, |builder| builder.step_limit(10_000));
        assert_eq!(error, Err("RuntimeError: step limit reached".into()), "{program}");
    }
}

#[test]
fn inline_assembler_in_a_file() {
    // lea rax, [rdi + rsi*2]; ret
    let text = vec![0x48, 0x8d, 0x04, 0x77, 0xc3];
    // Two words in, an int out.
    let native = Native { n_args: 2, type_sig: 2, ..Native::default() };
    let inner = code::object::RawCode {
        kind: Kind::Asm,
        data: text.into(),
        children: Vec::new(),
        native: Some(Box::new(native)),
        debug: None,
    };
    let file = module::with_function("f", inner);
    let program =
        "import c\nprint(c.f(1, 2), c.f(-9, True), c.f(1 << 40, 1))\ntry: c.f(1)\nexcept TypeError as e: print(e)";
    let expected = "5\n-7\n".replace('\n', " ");
    let out = run(&file, program, false);
    assert_eq!(
        out,
        Ok(format!("{}{}\nfunction takes 2 positional arguments but 1 were given\n", expected, (1u64 << 40) + 2))
    );
}

#[test]
fn damaged_files_write_nowhere_else() {
    let text = vec![0xc3; 32];
    let refused = |relocations: &[u8], rodata: &[u8]| {
        let mut native = Native { rodata: rodata.into(), ..module::relocated(relocations.to_vec()) };
        native.scope_flags |= if rodata.is_empty() { 0 } else { Native::RODATA };
        let file = module::file_of(&[], text.clone(), native, Kind::Viper);
        let error = run(&file, "import c", false).expect_err("it was loaded");
        assert_eq!(error, "ValueError: incompatible .mpy file", "{relocations:x?}");
    };
    // Behind the end, far behind it, at an address that overflows; in rodata that is not there or too short.
    for word in [4u32, 5, 1 << 20, u32::MAX >> 1] {
        for section in [0, 1] {
            let mut relocations = vec![8 << 1 | 1];
            code::encoding::write_uint(&mut relocations, word << 1 | section);
            refused(&relocations, if section == 0 { b"" } else { b"12345678abcdefgh" });
        }
    }
    refused(&[8 << 1 | 1, 1], b"");
    refused(&[8 << 1 | 1, 1], b"1234567");
    // Runs of words that leave their section, and helpers that do not exist.
    for count in [5, 127] {
        refused(&[1 << 1 | 1, 0, count], b"");
    }
    refused(&[(9 + 87) << 1 | 1, 0], b"");
    refused(&[(9 + 100) << 1 | 1, 0], b"");
}

/// Facts of machine code that is never called, at random: whatever they say, the file is loaded or refused, and nothing is written
/// outside of its own sections.
#[test]
fn random_facts_do_no_harm() {
    let mut state = 0x2545_f491_4f6c_dd1du64;
    let mut next = move |below: u64| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state % below
    };
    let (mut loaded, mut refused) = (0, 0);
    for _ in 0..1000 {
        let mut relocations = Vec::new();
        for _ in 0..next(4) {
            // A value with or without a place of its own, mostly near the sections, sometimes cut off.
            relocations.push(next(2 * (9 + 90)) as u8);
            if next(8) > 0 {
                code::encoding::write_uint(&mut relocations, if next(4) > 0 { next(12) } else { next(1 << 31) } as u32);
            }
            if next(2) > 0 {
                relocations.push(next(128) as u8);
            }
        }
        let native = Native {
            scope_flags: next(256) as u32,
            rodata: vec![0; next(40) as usize].into(),
            bss: next(64) as u32,
            prelude_offset: if next(4) > 0 { 0 } else { next(1 << 20) as u32 },
            n_args: next(6) as u32,
            type_sig: next(1 << 16) as u32,
            relocations: relocations.into(),
            ..Native::default()
        };
        let kind = [Kind::Native, Kind::Viper, Kind::Asm][next(3) as usize];
        let data = vec![0xc3; next(64) as usize].into();
        let function =
            code::object::RawCode { kind, data, children: Vec::new(), native: Some(Box::new(native)), debug: None };
        match run(&module::with_function("f", function), "import c; c.f", false) {
            Ok(_) => loaded += 1,
            Err(error) => {
                let known = ["ValueError: incompatible .mpy file", "MemoryError"];
                assert!(known.iter().any(|known| error.starts_with(known)), "{error}");
                refused += 1;
            }
        }
    }
    assert!(loaded > 100 && refused > 100, "{loaded} loaded, {refused} refused");
}
