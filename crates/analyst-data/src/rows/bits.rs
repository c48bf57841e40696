//! Which rows pass: one bit per row.

use rayon::prelude::*;

/// Words of 64 rows that one thread takes at a time.
const WORDS_AT_ONCE: usize = 1024;

/// One bit per row of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Bits {
    words: Vec<u64>,
    n_rows: usize,
}

impl Bits {
    /// The rows that `passes`, asked for in parallel.
    pub fn from_test(n_rows: usize, passes: impl Fn(usize) -> bool + Sync) -> Self {
        let mut words = vec![0u64; n_rows.div_ceil(64)];
        words.par_chunks_mut(WORDS_AT_ONCE).enumerate().for_each(|(chunk, words)| {
            for (at, word) in words.iter_mut().enumerate() {
                let first = (chunk * WORDS_AT_ONCE + at) * 64;
                for bit in 0..64.min(n_rows - first) {
                    *word |= u64::from(passes(first + bit)) << bit;
                }
            }
        });
        Self { words, n_rows }
    }

    /// Only the rows that also pass `other`.
    pub fn and(&mut self, other: &Self) {
        for (word, other) in self.words.iter_mut().zip(&other.words) {
            *word &= other;
        }
    }

    /// Whether the row passes.
    #[inline]
    pub fn has(&self, row: usize) -> bool {
        self.words[row / 64] >> (row % 64) & 1 == 1
    }

    /// How many pass.
    pub fn count(&self) -> usize {
        self.words.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// The rows that pass, in the table's order.
    pub fn rows(&self) -> Vec<u32> {
        let mut rows = Vec::with_capacity(self.count());
        for (at, &word) in self.words.iter().enumerate() {
            let mut left = word;
            while left != 0 {
                rows.push((at * 64) as u32 + left.trailing_zeros());
                left &= left - 1;
            }
        }
        rows
    }

    /// Number of rows of the table.
    pub fn n_rows(&self) -> usize {
        self.n_rows
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_are_the_rows_that_pass() {
        let mut bits = Bits::from_test(200_001, |row| row % 7 == 3);
        let expected: Vec<u32> = (0..200_001).filter(|row| row % 7 == 3).collect();
        assert_eq!((bits.rows(), bits.count(), bits.n_rows()), (expected.clone(), expected.len(), 200_001));
        bits.and(&Bits::from_test(200_001, |row| row < 20));
        assert_eq!(bits.rows(), [3, 10, 17]);
        assert!(bits.has(10) && !bits.has(11));
    }
}
