//! Memory at addresses that a program names: the one place where Python can read and write what is not an object's.
//!
//! `uctypes` is made for that, and nothing can check what it is asked to do: a wrong address ends the process or damages it. So a
//! machine has this power only if whoever started it says so ([`crate::boot::Config::raw_memory`]); all functions want
//! the token that stands for that.

#![allow(unsafe_code)]

use core::ptr::{with_exposed_provenance, with_exposed_provenance_mut};

use heap::Obj;

use crate::{buffer::Buffer, types::exception::Exc, value::R, vm::Vm};

/// The permission to touch any address.
#[derive(Clone, Copy)]
pub struct RawMemory(());

/// Nothing is ever at the first addresses: using them is a mistake that is easy to make.
const LOWEST: usize = 4096;

impl Vm {
    /// The permission to touch any address. Raises RuntimeError if this machine does not have it.
    pub fn raw_memory(&mut self) -> R<RawMemory> {
        if self.state().raw_memory {
            return Ok(RawMemory(()));
        }
        Err(self.error(Exc::RuntimeError, format_args!("access to raw memory is not allowed here")))
    }
}

impl RawMemory {
    /// Refuses addresses at which nothing can be.
    pub fn check(self, vm: &mut Vm, address: usize) -> R<()> {
        if address < LOWEST {
            return Err(vm.error(Exc::ValueError, format_args!("no memory at address {address}")));
        }
        Ok(())
    }

    /// The 1, 2, 4 or 8 bytes at an address, as an access of that width if it is aligned. Raises ValueError.
    pub fn load(self, vm: &mut Vm, address: usize, width: usize) -> R<[u8; 8]> {
        self.check(vm, address)?;
        let mut bytes = [0; 8];
        // SAFETY: the program named the address and answers for it: that is what the token permits. Accesses are aligned or
        // bytewise.
        unsafe {
            match width {
                2 if address.is_multiple_of(2) => {
                    bytes[..2].copy_from_slice(&with_exposed_provenance::<u16>(address).read_volatile().to_ne_bytes());
                }
                4 if address.is_multiple_of(4) => {
                    bytes[..4].copy_from_slice(&with_exposed_provenance::<u32>(address).read_volatile().to_ne_bytes());
                }
                8 if address.is_multiple_of(8) => {
                    bytes = with_exposed_provenance::<u64>(address).read_volatile().to_ne_bytes();
                }
                _ => {
                    for (i, byte) in bytes.iter_mut().enumerate().take(width) {
                        *byte = with_exposed_provenance::<u8>(address.wrapping_add(i)).read_volatile();
                    }
                }
            }
        }
        Ok(bytes)
    }

    /// Stores 1, 2, 4 or 8 bytes at an address, likewise.
    pub fn store(self, vm: &mut Vm, address: usize, bytes: &[u8]) -> R<()> {
        self.check(vm, address)?;
        // SAFETY: as in `load`.
        unsafe {
            match *bytes {
                [a, b] if address.is_multiple_of(2) => {
                    with_exposed_provenance_mut::<u16>(address).write_volatile(u16::from_ne_bytes([a, b]));
                }
                [a, b, c, d] if address.is_multiple_of(4) => {
                    with_exposed_provenance_mut::<u32>(address).write_volatile(u32::from_ne_bytes([a, b, c, d]));
                }
                [a, b, c, d, e, f, g, h] if address.is_multiple_of(8) => {
                    let value = u64::from_ne_bytes([a, b, c, d, e, f, g, h]);
                    with_exposed_provenance_mut::<u64>(address).write_volatile(value);
                }
                _ => {
                    for (i, byte) in bytes.iter().enumerate() {
                        with_exposed_provenance_mut::<u8>(address.wrapping_add(i)).write_volatile(*byte);
                    }
                }
            }
        }
        Ok(())
    }

    /// The bytes from an address up to the next zero. Raises ValueError if that is far away.
    pub fn c_string(self, vm: &mut Vm, address: usize) -> R<alloc::vec::Vec<u8>> {
        const LONGEST: usize = 1 << 20;
        let mut bytes = alloc::vec::Vec::new();
        while bytes.len() < LONGEST {
            match self.load(vm, address.wrapping_add(bytes.len()), 1)?[0] {
                0 => return Ok(bytes),
                byte => bytes.push(byte),
            }
        }
        Err(vm.value_error("string too long"))
    }

    /// The bytes at an address as a buffer of `owner`.
    pub fn buffer(self, address: usize, len: usize, owner: Obj) -> Option<Buffer> {
        let data = with_exposed_provenance_mut::<u8>(address);
        if data.is_null() || isize::try_from(len).is_err() {
            return None;
        }
        // SAFETY: the program answers for the memory, as in `load`.
        Some(unsafe { Buffer::new(data, len, b'B', true, owner) })
    }

    /// A bytearray whose bytes are those at an address. `None`: no such range.
    pub fn bytearray(self, vm: &mut Vm, address: usize, len: usize) -> R<Option<Obj>> {
        let Some(data) = core::ptr::NonNull::new(with_exposed_provenance_mut::<u8>(address)) else { return Ok(None) };
        if isize::try_from(len).is_err() {
            return Ok(None);
        }
        // SAFETY: as above.
        unsafe { vm.new_bytearray_at(data, len) }.map(Some)
    }
}
