//! The processors that machine code in .mpy files can be for (mpy-format.md §2.1): one table.

/// Extensions of rv32imc: name and bit of the arch flags.
pub const RV32_EXTENSIONS: &[(&str, u32)] = &[("zba", 1), ("zcmp", 2)];

macro_rules! archs {
    ($($(#[doc = $doc:literal])+ $arch:ident = $code:literal $name:literal $word:literal;)+) => {
        /// Target of machine code; the numbers are those of .mpy version 6.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
        #[repr(u8)]
        pub enum Arch {
            /// Bytecode only.
            #[default]
            None = 0,
            $($(#[doc = $doc])+ $arch = $code,)+
        }

        impl Arch {
            /// All of them, [`Arch::None`] first, in order of their numbers.
            pub const ALL: &'static [Arch] = &[Arch::None, $(Arch::$arch),+];

            /// As on the command line of the compiler.
            pub const fn name(self) -> &'static str {
                match self {
                    Arch::None => "none",
                    $(Arch::$arch => $name,)+
                }
            }

            /// Bytes of a machine word, 0 for [`Arch::None`].
            pub const fn word_size(self) -> usize {
                match self {
                    Arch::None => 0,
                    $(Arch::$arch => $word,)+
                }
            }
        }
    };
}

archs! {
    /// x86, 32 bits
    X86 = 1 "x86" 4;
    /// x86-64
    X64 = 2 "x64" 8;
    /// Arm
    Armv6 = 3 "armv6" 4;
    /// Thumb of Armv6-M
    Armv6m = 4 "armv6m" 4;
    /// Thumb-2 of Armv7-M
    Armv7m = 5 "armv7m" 4;
    /// with DSP instructions
    Armv7em = 6 "armv7em" 4;
    /// with single-precision floats
    Armv7emsp = 7 "armv7emsp" 4;
    /// with double-precision floats
    Armv7emdp = 8 "armv7emdp" 4;
    /// Xtensa
    Xtensa = 9 "xtensa" 4;
    /// Xtensa with register windows
    Xtensawin = 10 "xtensawin" 4;
    /// RISC-V, 32 bits
    Rv32imc = 11 "rv32imc" 4;
    /// RISC-V, 64 bits (native modules only)
    Rv64imc = 12 "rv64imc" 8;
    /// The listing of the emitter's generic operations
    Debug = 13 "debug" 8;
}

impl Arch {
    /// By the number in the feature byte.
    pub fn from_code(code: u8) -> Option<Arch> {
        Arch::ALL.get(usize::from(code)).copied()
    }

    /// By its name on the command line.
    pub fn from_name(name: &str) -> Option<Arch> {
        Arch::ALL[1..].iter().copied().find(|arch| arch.name() == name)
    }

    /// Whether its code is Thumb.
    pub fn is_thumb(self) -> bool {
        (Arch::Armv6m as u8..=Arch::Armv7emdp as u8).contains(&(self as u8))
    }

    /// Whether code for `arch` runs on this one: the same, none at all, or a lower level of Thumb.
    pub fn runs(self, arch: Arch) -> bool {
        arch == Arch::None || arch == self || arch.is_thumb() && self.is_thumb() && (arch as u8) < self as u8
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_names_lead_back() {
        for (code, &arch) in Arch::ALL.iter().enumerate() {
            assert_eq!(arch as usize, code);
            assert_eq!(Arch::from_code(code as u8), Some(arch));
            assert_eq!(Arch::from_name(arch.name()), (arch != Arch::None).then_some(arch));
        }
        assert_eq!(Arch::from_code(14), None);
        assert_eq!(Arch::from_name("z80"), None);
    }

    #[test]
    fn thumb_runs_lower_levels() {
        for (arch, runs) in [
            (Arch::None, true),
            (Arch::Armv6, false),
            (Arch::Armv6m, true),
            (Arch::Armv7emsp, true),
            (Arch::Armv7emdp, false),
            (Arch::X64, false),
        ] {
            assert_eq!(Arch::Armv7emsp.runs(arch), runs, "{arch:?}");
        }
    }
}
