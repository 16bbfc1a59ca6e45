//! The block sizes: multiples of 16 up to 128, then four steps per doubling.

/// The block size of each class, ascending.
pub(crate) const SIZES: [usize; 24] = [
    16, 32, 48, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384, 448, 512, 640, 768, 896, 1024, 1280, 1536, 1792,
    2048,
];

/// Every block begins at a multiple of this.
pub(crate) const GRAIN: usize = 16;

/// The largest size that has a class. A heap with small chunks treats some classes as large, too.
pub(crate) const LARGEST: usize = SIZES[SIZES.len() - 1];

/// The class for each size in grains.
static CLASS_OF: [u8; LARGEST / GRAIN + 1] = {
    let mut table = [0; LARGEST / GRAIN + 1];
    let mut grains = 0;
    let mut class = 0;
    while grains < table.len() {
        if grains * GRAIN > SIZES[class] {
            class += 1;
        }
        table[grains] = class as u8;
        grains += 1;
    }
    table
};

/// The class of blocks for `size` bytes, which is at most [`LARGEST`].
#[inline(always)]
pub(crate) fn class_of(size: usize) -> usize {
    CLASS_OF[size.div_ceil(GRAIN)] as usize
}

/// The factor with which [`divide`] divides by `size`.
pub(crate) const fn reciprocal(size: usize) -> u32 {
    (1u64 << 32).div_ceil(size as u64) as u32
}

/// `offset / size` for offsets inside a chunk, by multiplication.
#[inline(always)]
pub(crate) fn divide(offset: usize, reciprocal: u32) -> usize {
    ((offset as u64 * u64::from(reciprocal)) >> 32) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_size_gets_the_smallest_class_that_fits() {
        for size in 0..=LARGEST {
            let class = class_of(size);
            assert!(SIZES[class] >= size);
            assert!(class == 0 || SIZES[class - 1] < size);
        }
    }

    #[test]
    fn reciprocals_divide_exactly() {
        for size in SIZES {
            for offset in (0..crate::region::LARGEST_CHUNK).step_by(if cfg!(miri) { 61 } else { 1 }) {
                assert_eq!(divide(offset, reciprocal(size)), offset / size);
            }
        }
    }
}
