//! Executable memory: written first, then executable, never both.

#![allow(unsafe_code)]

use std::ptr::{self, NonNull};

use crate::regions;

/// A mapping that is being filled.
pub struct Region {
    at: NonNull<u8>,
    len: usize,
}

impl Region {
    /// Fresh zeroed memory of at least so many bytes; `None` without memory.
    pub fn new(bytes: usize) -> Option<Region> {
        // SAFETY: asks for the size of a page.
        let page = usize::try_from(unsafe { libc::sysconf(libc::_SC_PAGESIZE) }).ok()?.max(1);
        let len = bytes.max(1).checked_next_multiple_of(page)?;
        let (protection, flags) = (libc::PROT_READ | libc::PROT_WRITE, libc::MAP_PRIVATE | libc::MAP_ANON);
        // SAFETY: a new anonymous mapping touches nothing that exists.
        let at = unsafe { libc::mmap(ptr::null_mut(), len, protection, flags, -1, 0) };
        if at == libc::MAP_FAILED {
            return None;
        }
        Some(Region { at: NonNull::new(at.cast())?, len })
    }

    /// Its address.
    pub fn address(&self) -> usize {
        self.at.as_ptr().expose_provenance()
    }

    /// Its bytes.
    pub fn bytes(&mut self) -> &mut [u8] {
        // SAFETY: the mapping is this long, writable, and nobody else's until it is executable.
        unsafe { core::slice::from_raw_parts_mut(self.at.as_ptr(), self.len) }
    }

    /// Makes it executable and no longer writable; gives address and length, to be freed by [`free`]. `None`: refused.
    pub fn finish(self) -> Option<(usize, usize)> {
        // SAFETY: the mapping is ours; no reference to its bytes is left.
        let refused = unsafe { libc::mprotect(self.at.as_ptr().cast(), self.len, libc::PROT_READ | libc::PROT_EXEC) };
        if refused != 0 {
            return None;
        }
        let parts = (self.address(), self.len);
        core::mem::forget(self);
        regions::add(parts.0, parts.1);
        Some(parts)
    }
}

impl Drop for Region {
    fn drop(&mut self) {
        // SAFETY: the mapping is ours and was never finished.
        unsafe { unmap(self.address(), self.len) };
    }
}

/// Unmaps what [`Region::finish`] gave.
///
/// # Safety
/// Nothing runs there or reads it, now or later.
pub unsafe fn free(at: usize, len: usize) {
    regions::remove(at);
    // SAFETY: the caller's promise.
    unsafe { unmap(at, len) };
}

unsafe fn unmap(at: usize, len: usize) {
    // SAFETY: the callers' promise: nothing uses the mapping any more.
    unsafe { libc::munmap(ptr::with_exposed_provenance_mut(at), len) };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_are_zeroed_and_rounded_to_pages() {
        let mut region = Region::new(5000).unwrap();
        assert!(region.bytes().len() >= 5000 && region.bytes().iter().all(|&byte| byte == 0));
        region.bytes()[0] = 0xc3;
        let (at, len) = region.finish().unwrap();
        // SAFETY: nothing runs there.
        unsafe { free(at, len) };
        assert!(Region::new(usize::MAX).is_none());
    }
}
