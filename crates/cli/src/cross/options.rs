//! The command line of `taipan-cross`.

use super::Failure;
use code::arch::RV32_EXTENSIONS;
use code::mpy::VERSION;
use code::object::Arch;
use code::older::{Target, opcode::Form};
use compiler::DefaultEmit;
use std::ffi::OsString;

/// The date that `--version` names.
pub const DATE: &str = "2026-08-29";

/// What the command line asks for.
pub enum Command {
    /// `--version`; which version of files is written.
    Version(u8),
    /// Compilations.
    Compile(Files, Options),
}

/// What to compile.
pub struct Files {
    /// Input files and folders; `-` is standard input.
    pub inputs: Vec<String>,
    /// Output file or folder; `-` is standard output.
    pub output: Option<String>,
    /// Source file name to embed.
    pub source_name: Option<String>,
}

/// How to compile.
pub struct Options {
    /// An older version to translate to.
    pub older: Option<Target>,
    /// Optimisation level.
    pub opt_level: u32,
    /// Width of the target's small ints.
    pub small_int_bits: u8,
    /// Whether to write line tables.
    pub source_lines: bool,
    /// Target of machine code.
    pub arch: Arch,
    /// Extensions of it.
    pub arch_flags: u32,
    /// What functions become.
    pub emit: DefaultEmit,
    /// Whether to compile the full dialect.
    pub full: bool,
}

fn usage(program: &str) -> Failure {
    Failure::Usage(format!(
        "usage: {program} [<opts>] [-X <implopt>] [--] <input filename>\n\
         Options:\n\
         --version : show version information\n\
         -o : output file for compiled bytecode (defaults to input filename with .mpy extension, or stdout if input is stdin)\n\
         -s : source filename to embed in the compiled bytecode (defaults to input file)\n\
         -v : verbose (accepted, without effect)\n\
         -O[N] : apply bytecode optimizations of level N\n\
         --full : compile CPython's semantics where the official compiler gives them up\n\
         --mpy-version=<n> : write version 6 (default), 5 or 4, which the releases 1.19, 1.12 and 1.11 were the first to load;\n\
         \x20                   machine code in 4 is for x86, x64, armv6, armv7m, xtensa; in 5 also for armv7em…dp, xtensawin\n\
         \n\
         Several files and folders are compiled at once. Of a folder all .py files below it are; -o then names a folder.\n\
         \n\
         Target specific options:\n\
         -msmall-int-bits=number : set the maximum bits used to encode a small-int\n\
         -march=<arch> : set architecture for native emitter;\n\
         \x20               x86, x64, armv6, armv6m, armv7m, armv7em, armv7emsp,\n\
         \x20               armv7emdp, xtensa, xtensawin, rv32imc, rv64imc, host\n\
         -march-flags=<flags> : set architecture-specific flags (a number or a comma-separated list)\n\
         \x20                      supported flags for rv32imc: zba, zcmp\n\
         -mcache-lookup-bc, -mno-cache-lookup-bc : with --mpy-version=5 or 4: room for a cache in bytecode or none (default)\n\
         -municode, -mno-unicode : with --mpy-version=5 or 4: for a target with Unicode strings (default) or without\n\
         \n\
         Implementation specific options:\n\
         \x20 emit={{bytecode,native,viper}} -- set the default code emitter\n\
         \x20 heapsize=<n> -- accepted, without effect\n\
         \x20 source-lines    -- include source line numbers (default)\n\
         \x20 no-source-lines -- exclude source line numbers\n"
    ))
}

/// What machine code this program itself runs as.
fn host() -> Result<Arch, Failure> {
    if cfg!(target_arch = "x86_64") {
        Ok(Arch::X64)
    } else if cfg!(target_arch = "x86") {
        Ok(Arch::X86)
    } else if cfg!(target_arch = "arm") {
        Ok(Arch::Armv6)
    } else if cfg!(target_arch = "riscv64") {
        Ok(Arch::Rv64imc)
    } else {
        Err(Failure::Message("unable to determine host architecture for -march=host".into()))
    }
}

/// Extensions of an architecture: a number or a list of names.
fn arch_flags(arch: Arch, text: &str) -> Result<u32, Failure> {
    let all: u32 = RV32_EXTENSIONS.iter().map(|&(_, bit)| bit).sum();
    let named = |name: &str| RV32_EXTENSIONS.iter().find(|extension| extension.0 == name).map(|extension| extension.1);
    let radix = |prefix: [&str; 2], radix: u32| {
        let digits = text.strip_prefix(prefix[0]).or(text.strip_prefix(prefix[1]))?;
        u32::from_str_radix(digits, radix).ok()
    };
    let number = text
        .parse()
        .ok()
        .or_else(|| radix(["0x", "0X"], 16))
        .or_else(|| radix(["0b", "0B"], 2))
        .or_else(|| radix(["0o", "0O"], 8));
    let flags = number.or_else(|| text.split(',').try_fold(0, |flags, name| Some(flags | named(name)?)));
    flags
        .filter(|flags| arch == Arch::Rv32imc && flags & !all == 0)
        .ok_or_else(|| Failure::Message("unrecognised arch flags".into()))
}

/// Reads a whole number as C does: decimal, 0x or octal; nothing is 0.
fn c_integer(text: &str) -> Option<i64> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let value = if let Some(hex) = digits.strip_prefix("0x").or(digits.strip_prefix("0X")) {
        i64::from_str_radix(hex, 16)
    } else if digits.len() > 1 && digits.starts_with('0') {
        i64::from_str_radix(&digits[1..], 8)
    } else if text.is_empty() {
        Ok(0)
    } else {
        digits.parse()
    };
    value.ok().map(|value| if negative { -value } else { value })
}

/// `-X` options are looked for everywhere first.
fn implementation(program: &str, args: &[String]) -> Result<(bool, DefaultEmit), Failure> {
    let (mut source_lines, mut emit) = (true, DefaultEmit::Bytecode);
    for (at, _) in args.iter().enumerate().filter(|(_, arg)| *arg == "-X") {
        match args.get(at + 1).map(String::as_str) {
            Some("emit=bytecode") => emit = DefaultEmit::Bytecode,
            Some("emit=native") => emit = DefaultEmit::Native,
            Some("emit=viper") => emit = DefaultEmit::Viper,
            Some("source-lines") => source_lines = true,
            Some("no-source-lines") => source_lines = false,
            Some(text) if text.starts_with("heapsize=") && text.len() > 9 => {}
            _ => return Err(usage(program)),
        }
    }
    Ok((source_lines, emit))
}

/// Reads the command line.
pub fn parse(program: &str, args: &[OsString]) -> Result<Command, Failure> {
    let args: Vec<String> = args.iter().map(|arg| arg.to_string_lossy().into_owned()).collect();
    let (source_lines, emit) = implementation(program, &args)?;
    let mut files = Files { inputs: Vec::new(), output: None, source_name: None };
    let (mut version, mut cache_byte, mut unicode) = (VERSION, None, None);
    let (mut opt_level, mut small_int_bits, mut full) = (0, 31, false);
    let (mut arch, mut flags) = (Arch::None, None);
    let mut only_files = false;
    let mut at = 0;
    while let Some(arg) = args.get(at) {
        at += 1;
        let mut value = || {
            at += 1;
            args.get(at - 1).cloned().ok_or_else(|| usage(program))
        };
        if only_files || arg == "-" || !arg.starts_with('-') {
            files.inputs.push(arg.clone());
            continue;
        }
        match arg.as_str() {
            "--version" => return Ok(Command::Version(version)),
            "--full" => full = true,
            "--" => only_files = true,
            "-v" => {}
            "-o" => files.output = Some(value()?),
            "-s" => files.source_name = Some(value()?.replace('\\', "/")),
            "-mcache-lookup-bc" => cache_byte = Some(true),
            "-mno-cache-lookup-bc" => cache_byte = Some(false),
            "-municode" => unicode = Some(true),
            "-mno-unicode" => unicode = Some(false),
            "-X" => drop(value()?),
            _ => {
                if let Some(level) = arg.strip_prefix("-O") {
                    opt_level = match level.chars().next() {
                        Some(digit) if digit.is_ascii_digit() => digit as u32 - '0' as u32,
                        _ => 1 + level.chars().take_while(|&c| c == 'O').count() as u32,
                    };
                } else if let Some(number) = arg.strip_prefix("--mpy-version=") {
                    version =
                        number.parse().ok().filter(|n| (4..=VERSION).contains(n)).ok_or_else(|| usage(program))?;
                } else if let Some(bits) = arg.strip_prefix("-msmall-int-bits=") {
                    let bits = c_integer(bits).ok_or_else(|| usage(program))?;
                    small_int_bits = bits as u8;
                } else if let Some(name) = arg.strip_prefix("-march=") {
                    arch = match name {
                        "host" => host()?,
                        _ => Arch::from_name(name).ok_or_else(|| usage(program))?,
                    };
                } else if let Some(text) = arg.strip_prefix("-march-flags=") {
                    flags = Some(text.to_owned());
                } else {
                    return Err(usage(program));
                }
            }
        }
    }
    let arch_flags = match flags {
        Some(text) if arch != Arch::None => arch_flags(arch, &text)?,
        _ => 0,
    };
    if emit != DefaultEmit::Bytecode && arch == Arch::None {
        return Err(Failure::Message("arch not specified".into()));
    }
    let older = (version < VERSION).then_some(Target {
        form: Form { version, cache_byte: cache_byte == Some(true) },
        unicode: unicode != Some(false),
    });
    if older.is_none() && (cache_byte.is_some() || unicode.is_some()) {
        return Err(usage(program));
    }
    if files.inputs.is_empty() {
        return Err(Failure::Message("no input file".into()));
    }
    Ok(Command::Compile(
        files,
        Options { older, opt_level, small_int_bits, source_lines, arch, arch_flags, emit, full },
    ))
}
