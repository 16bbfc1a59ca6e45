//! Numbers by chance, the same ones for the same seed.

/// xorshift64*.
pub struct Random(u64);

impl Random {
    /// Numbers that `seed` and `number` determine.
    pub fn new(seed: u64, number: u64) -> Random {
        let mut random =
            Random((seed ^ number.wrapping_mul(0x9e37_79b9_7f4a_7c15)).wrapping_mul(0xff51_afd7_ed55_8ccd) | 1);
        random.below(2);
        random
    }

    /// A number less than `limit`, 0 if that is 0.
    pub fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 16) as usize % limit.max(1)
    }

    /// A byte.
    pub fn byte(&mut self) -> u8 {
        self.below(256) as u8
    }

    /// One of these.
    pub fn one_of<'a, T>(&mut self, items: &'a [T]) -> Option<&'a T> {
        items.get(self.below(items.len()))
    }
}
