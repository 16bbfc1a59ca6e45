//! Taipan for Rust programs: a Python virtual machine with hard limits, as many per process as you like.
//!
//! ```
//! use taipan::Vm;
//!
//! let mut vm = Vm::builder().heap_limit(4 << 20).capture_output().build().unwrap();
//! vm.run("print(sum(range(10)))", "<example>").unwrap();
//! assert_eq!(vm.take_output(), b"45\n");
//!
//! let error = vm.run("[0] * (1 << 30)", "<example>").unwrap_err();
//! assert_eq!(error.class, "MemoryError");
//! ```
//!
//! [`Vm`] plugs the compiler and the modules of crate `modules` into the machine of crate `vm`; [`StdHost`] is the
//! operating system as the machine sees it. A program that wants to give less (no files, no clock) brings its own [`Host`].
//! What goes deeper, [`Vm::enter`] reaches: there the API of crate `vm` is at hand.

mod compile;
mod frozen;
#[cfg(feature = "std")]
mod host_std;
#[cfg(feature = "std")]
mod interrupt;
mod locate;
#[cfg(feature = "std")]
pub mod os;
mod run;
#[cfg(feature = "std")]
mod threads;

pub use ::vm as machine;
pub use compile::{Compiler, Listing};
pub use compiler::DefaultEmit as Emit;
pub use heap::Failure;
#[cfg(feature = "std")]
pub use host_std::{Capture, Output, StdHost};
pub use run::{PythonError, Uncaught};
pub use vm::host::Host;

use code::arch::Arch;
use vm::boot::{Config, Machine};

/// How a machine is to be. See [`Vm::builder`].
pub struct Builder {
    heap: heap::Config,
    failure: Failure,
    host: Option<Box<dyn Host>>,
    #[cfg(feature = "std")]
    capture: Option<Capture>,
    native_stack: Option<usize>,
    step_limit: Option<u64>,
    opt_level: u8,
    raw_memory: bool,
    official_texts: bool,
    #[cfg(feature = "std")]
    machine_code: bool,
    emit: Emit,
    listing: Option<Listing>,
}

impl Builder {
    /// The machine's memory, in bytes, which it never passes; without it, it grows as needed.
    pub fn heap_limit(mut self, bytes: usize) -> Builder {
        self.heap.limit = Some(bytes);
        self
    }

    /// Collect garbage at every allocation: slow, finds mistakes in native code.
    pub fn stress(mut self, on: bool) -> Builder {
        self.heap.stress = on;
        self
    }

    /// Overwrite memory that is freed.
    pub fn poison(mut self, on: bool) -> Builder {
        self.heap.poison = on;
        self
    }

    /// Let allocations fail, counted from when the machine has started.
    pub fn fail_alloc(mut self, failure: Failure) -> Builder {
        self.failure = failure;
        self
    }

    /// The world around the machine. Default: [`StdHost`].
    pub fn host(mut self, host: Box<dyn Host>) -> Builder {
        self.host = Some(host);
        self
    }

    /// Keep what programs print for [`Vm::take_output`]; standard error as well.
    #[cfg(feature = "std")]
    pub fn capture_output(mut self) -> Builder {
        self.capture = Some(Capture::default());
        self
    }

    /// How many bytes of native stack the machine may use, counted from where it is entered. Default: 3/4 of what the main
    /// thread has, or 768 KiB with [`Builder::host`].
    pub fn native_stack(mut self, bytes: usize) -> Builder {
        self.native_stack = Some(bytes);
        self
    }

    /// How many steps programs may take: calls, turns of loops. Then RuntimeError ends what runs, and no handler catches
    /// it; [`machine::Vm::set_step_limit`] gives new ones. Machine code is not counted.
    pub fn step_limit(mut self, steps: u64) -> Builder {
        self.step_limit = Some(steps);
        self
    }

    /// Optimisation level, as `-O`.
    pub fn opt_level(mut self, level: u8) -> Builder {
        self.opt_level = level;
        self
    }

    /// Let programs read and write memory at any address, through `uctypes`. A mistake in such a program ends or damages
    /// the process, and nothing can hold it back; only for programs that are trusted.
    pub fn raw_memory(mut self, on: bool) -> Builder {
        self.raw_memory = on;
        self
    }

    /// Give texts MicroPython's form where CPython's is different: `repr` of exceptions and of native functions, some
    /// messages.
    pub fn official_texts(mut self, on: bool) -> Builder {
        self.official_texts = on;
        self
    }

    /// Let programs bring machine code: in .mpy files, and by the decorators `@micropython.native` and `viper`, which else mean
    /// bytecode. Where no machine code runs (other processors than x86-64) this changes nothing. As with
    /// [`Builder::raw_memory`], a program can then do anything to the process; loops of machine code that call nothing count no
    /// steps, and hear no interrupt but that of [`os::catch_interrupts`] (on Linux).
    #[cfg(feature = "std")]
    pub fn machine_code(mut self, on: bool) -> Builder {
        self.machine_code = on;
        self
    }

    /// What sources are compiled to unless a decorator says something else; with [`Builder::machine_code`].
    pub fn emit(mut self, emit: Emit) -> Builder {
        self.emit = emit;
        self
    }

    /// Gets a listing of each source that is compiled.
    pub fn listing(mut self, listing: Listing) -> Builder {
        self.listing = Some(listing);
        self
    }

    /// Starts the machine. `None`: the heap's limit is too small.
    pub fn build(self) -> Option<Vm> {
        #[cfg(feature = "std")]
        let host = self.host.or_else(|| {
            let output = self.capture.clone().map_or(Output::Inherit, Output::Capture);
            Some(Box::new(StdHost::new(output.clone(), output)) as Box<dyn Host>)
        });
        #[cfg(not(feature = "std"))]
        let host = self.host;
        #[cfg(feature = "std")]
        let arch = if self.machine_code { native::ARCH } else { Arch::None };
        #[cfg(not(feature = "std"))]
        let arch = Arch::None;
        let config = Config {
            heap: self.heap,
            host,
            compiler: Some(Box::new(Compiler { listing: self.listing, arch, emit: self.emit })),
            native_stack: self.native_stack.unwrap_or_else(default_native_stack),
            raw_memory: self.raw_memory,
            official_texts: self.official_texts,
        };
        let mut machine = Machine::new(config)?;
        let failure = self.failure;
        machine.enter(|vm| {
            for module in modules::MODULES {
                vm.register_module(module);
            }
            #[cfg(feature = "std")]
            if self.machine_code {
                native::install(vm);
            }
            vm.set_opt_level(self.opt_level);
            vm.register_frozen(frozen::FROZEN);
            vm.set_path(&[b"", b".frozen"]).ok()?;
            vm.set_step_limit(self.step_limit);
            vm.fail_allocations(failure);
            Some(())
        })?;
        Some(Vm {
            machine,
            #[cfg(feature = "std")]
            capture: self.capture,
        })
    }
}

#[cfg(feature = "std")]
fn default_native_stack() -> usize {
    // Threads of the standard library have 2 MiB.
    os::native_stack().min(2 << 20) / 4 * 3
}

#[cfg(not(feature = "std"))]
fn default_native_stack() -> usize {
    16 << 10
}

/// A Python virtual machine.
pub struct Vm {
    machine: Machine,
    #[cfg(feature = "std")]
    capture: Option<Capture>,
}

impl Vm {
    /// A machine with the usual settings, to be changed before [`Builder::build`].
    pub fn builder() -> Builder {
        Builder {
            heap: heap::Config::default(),
            failure: Failure::Never,
            host: None,
            #[cfg(feature = "std")]
            capture: None,
            native_stack: None,
            step_limit: None,
            opt_level: 0,
            raw_memory: false,
            official_texts: false,
            #[cfg(feature = "std")]
            machine_code: false,
            emit: Emit::Bytecode,
            listing: None,
        }
    }

    /// Runs a source in the module `__main__`. `name` stands in tracebacks.
    pub fn run(&mut self, source: impl AsRef<[u8]>, name: &str) -> Result<(), PythonError> {
        self.enter(|vm| run::run_source(vm, source.as_ref(), name))
    }

    /// Sets `sys.path`. Its entry `.frozen` stands for the modules of Python code inside the program.
    pub fn set_import_paths(&mut self, paths: &[&str]) {
        let paths: Vec<&[u8]> = paths.iter().map(|path| path.as_bytes()).collect();
        self.enter(|vm| {
            if vm.set_path(&paths).is_err() {
                vm.take_exception();
            }
        });
    }

    /// Takes what programs have printed since the last call; see [`Builder::capture_output`].
    #[cfg(feature = "std")]
    pub fn take_output(&mut self) -> Vec<u8> {
        self.capture.as_ref().map(Capture::take).unwrap_or_default()
    }

    /// Runs something inside of the machine, with the API of crate `vm`. Objects must not leave it.
    pub fn enter<T>(&mut self, run: impl FnOnce(&mut ::vm::Vm) -> T) -> T {
        self.machine.enter(run)
    }
}
