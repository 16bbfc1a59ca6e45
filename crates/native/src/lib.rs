//! Machine code inside the virtual machine, on hosts whose processor is an x86-64 under Unix.
//!
//! [`load`] copies and links the code of a module, [`enter`] goes into it and back, [`helpers`] is what it calls. What it
//! reads by offset is declared in `vm::layout::machine`. Machine code cannot be verified: [`install`] is for programs that are
//! trusted like any other program on this machine.

#[cfg(all(target_arch = "x86_64", unix, not(miri)))]
mod c_types;
#[cfg(all(target_arch = "x86_64", unix, not(miri)))]
mod enter;
#[cfg(all(target_arch = "x86_64", unix, not(miri)))]
mod helpers;
#[cfg(all(target_arch = "x86_64", target_os = "linux", not(miri)))]
pub mod interrupt;
#[cfg(all(target_arch = "x86_64", unix, not(miri)))]
mod load;
#[cfg(all(target_arch = "x86_64", unix, not(miri)))]
mod memory;
#[cfg(all(target_arch = "x86_64", unix, not(miri)))]
mod regions;
#[cfg(all(target_arch = "x86_64", unix, not(miri)))]
mod run;

/// A machine word: an object, an address, a number.
#[cfg(all(target_arch = "x86_64", unix, not(miri)))]
type Word = usize;

/// The processor whose machine code this host runs; [`Arch::None`](code::arch::Arch::None): it runs none.
pub const ARCH: code::arch::Arch =
    if cfg!(all(target_arch = "x86_64", unix, not(miri))) { code::arch::Arch::X64 } else { code::arch::Arch::None };

/// Lets a machine run machine code, where this host can. Whoever can bring machine code to it can then do anything to the
/// process.
pub fn install(vm: &mut vm::Vm) {
    #[cfg(all(target_arch = "x86_64", unix, not(miri)))]
    vm.set_machine_code(&run::X64);
    #[cfg(not(all(target_arch = "x86_64", unix, not(miri))))]
    let _ = vm;
}
