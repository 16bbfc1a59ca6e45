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
        self.words
            .iter()
            .enumerate()
            .flat_map(|(index, &word)| (0..32).filter(move |bit| word >> bit & 1 != 0).map(move |bit| index * 32 + bit))
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
