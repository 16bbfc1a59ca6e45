//! Links of machine code to names (versions 4 and 5): places that get the number of a name, or the name as an object
//! word, when the code is loaded.

use crate::arch::Arch;

/// How a link is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum How {
    /// The number in 16 bits.
    Number16 = 0,
    /// The number in 32 bits; on Thumb-2 in a `movw`.
    Number = 1,
    /// The object word in 32 bits; on Thumb-2 in a `movw` and a `movt`.
    Object = 2,
    /// Version 5: the object word in a whole word.
    ObjectWord = 3,
}

impl How {
    /// By the two low bits in a file.
    pub fn from_bits(bits: u32) -> How {
        [How::Number16, How::Number, How::Object, How::ObjectWord][(bits & 3) as usize]
    }
}

/// A place in machine code that holds a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link {
    /// Offset in the code.
    pub offset: u32,
    /// What to write there.
    pub how: How,
    /// The name.
    pub name: u16,
}

/// The object word of a name (representation A).
fn object_word(number: u32) -> u64 {
    u64::from(number) << 3 | 2
}

/// Puts 16 bits into the Thumb-2 instruction `movw` or `movt` at the start of `place`.
fn patch_immediate(place: &mut [u8], value: u16) -> Option<()> {
    let [a, b, c, d] = place.get_mut(..4)? else { return None };
    let first = u16::from_le_bytes([*a, *b]) & 0xfbf0 | value >> 12 | (value & 0x0800) >> 1;
    let second = u16::from_le_bytes([*c, *d]) & 0x8f00 | (value & 0x0700) << 4 | value & 0xff;
    [*a, *b] = first.to_le_bytes();
    [*c, *d] = second.to_le_bytes();
    Some(())
}

impl Link {
    /// Writes the link into the code, for a name that has this number where the code will run. `None` if it lies
    /// outside of the code or the number does not fit.
    pub fn apply(&self, arch: Arch, code: &mut [u8], number: u32) -> Option<()> {
        let place = code.get_mut(usize::try_from(self.offset).ok()?..)?;
        let thumb2 = arch.is_thumb() && arch != Arch::Armv6m;
        match self.how {
            How::Number16 => place.get_mut(..2)?.copy_from_slice(&u16::try_from(number).ok()?.to_le_bytes()),
            How::Number if thumb2 => patch_immediate(place, u16::try_from(number).ok()?)?,
            How::Number => place.get_mut(..4)?.copy_from_slice(&number.to_le_bytes()),
            How::Object if thumb2 => {
                let word = u32::try_from(object_word(number)).ok()?;
                patch_immediate(place, word as u16)?;
                patch_immediate(place.get_mut(4..)?, (word >> 16) as u16)?;
            }
            How::Object => {
                let word = u32::try_from(object_word(number)).ok()?;
                place.get_mut(..4)?.copy_from_slice(&word.to_le_bytes());
            }
            How::ObjectWord => {
                let size = arch.word_size();
                place.get_mut(..size)?.copy_from_slice(object_word(number).to_le_bytes().get(..size)?);
            }
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn applied(arch: Arch, how: How, code: &[u8], number: u32) -> Option<alloc::vec::Vec<u8>> {
        let mut code = code.to_vec();
        Link { offset: 1, how, name: 0 }.apply(arch, &mut code, number)?;
        Some(code)
    }

    #[test]
    fn each_kind_is_written_in_its_place() {
        let zeros = [0; 9];
        let check = |arch, how, number, expected: &[u8]| {
            assert_eq!(applied(arch, how, &zeros, number).as_deref(), Some(expected));
        };
        check(Arch::X64, How::Number16, 0x1234, &[0, 0x34, 0x12, 0, 0, 0, 0, 0, 0]);
        check(Arch::X86, How::Number, 0x123456, &[0, 0x56, 0x34, 0x12, 0, 0, 0, 0, 0]);
        check(Arch::Xtensa, How::Object, 3, &[0, 26, 0, 0, 0, 0, 0, 0, 0]);
        check(Arch::X64, How::ObjectWord, 0x2000_0000, &[0, 2, 0, 0, 0, 1, 0, 0, 0]);
        // movw r1, #0 and movt r1, #0 become those of 0x0091_a2b2 (number 0x123456).
        let movs = [0, 0x40, 0xf2, 0x00, 0x01, 0xc0, 0xf2, 0x00, 0x01];
        assert_eq!(
            applied(Arch::Armv7m, How::Object, &movs, 0x12_3456).as_deref(),
            Some(&[0, 0x4a, 0xf2, 0xb2, 0x21, 0xc0, 0xf2, 0x91, 0x01][..])
        );
        assert_eq!(
            applied(Arch::Armv7em, How::Number, &movs, 0xabcd).as_deref(),
            Some(&[0, 0x4a, 0xf6, 0xcd, 0x31, 0xc0, 0xf2, 0x00, 0x01][..])
        );
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        assert_eq!(applied(Arch::X64, How::Number16, &[0; 9], 0x1_0000), None);
        assert_eq!(applied(Arch::X64, How::Object, &[0; 4], 1), None);
        assert_eq!(applied(Arch::Armv7m, How::Object, &[0; 8], 1), None);
        assert_eq!(applied(Arch::X86, How::Object, &[0; 9], 0x2000_0000), None);
        assert_eq!(applied(Arch::X86, How::Number, &[], 1), None);
    }
}
