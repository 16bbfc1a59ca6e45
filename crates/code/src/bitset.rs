//! A set of offsets, one bit each.

use alloc::{vec, vec::Vec};

/// A set of numbers below a fixed limit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BitSet {
    words: Vec<u32>,
}

impl BitSet {
    /// An empty set for numbers below `limit`.
    pub fn new(limit: usize) -> Self {
        BitSet { words: vec![0; limit.div_ceil(32)] }
    }

    /// Empties the set and sets a new limit; keeps its memory.
    pub fn reset(&mut self, limit: usize) {
        self.words.clear();
        self.words.resize(limit.div_ceil(32), 0);
    }

    /// Adds a number; one beyond the limit is ignored.
    pub fn insert(&mut self, number: usize) {
        if let Some(word) = self.words.get_mut(number / 32) {
            *word |= 1 << (number % 32);
        }
    }

    /// Whether a number is in the set.
    pub fn contains(&self, number: usize) -> bool {
        self.words.get(number / 32).is_some_and(|word| word >> (number % 32) & 1 != 0)
    }

    /// The numbers in ascending order.
    pub fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        let (mut index, mut rest) = (0, self.words.first().copied().unwrap_or(0));
        core::iter::from_fn(move || {
            while rest == 0 {
                index += 1;
                rest = *self.words.get(index)?;
            }
            let bit = rest.trailing_zeros() as usize;
            rest &= rest - 1;
            Some(index * 32 + bit)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holds_what_was_inserted() {
        let mut set = BitSet::new(70);
        for number in [0, 31, 32, 69, 1000] {
            set.insert(number);
        }
        assert_eq!(set.iter().collect::<Vec<_>>(), [0, 31, 32, 69]);
        assert!(set.contains(31) && !set.contains(30) && !set.contains(1000));
    }
}
