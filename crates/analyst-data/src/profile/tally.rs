//! How often each value occurs: counted exactly up to a bound in memory; beyond it, the number of different values is
//! sketched and only the most frequent ones are counted on.

use super::hash;

/// Different values that are counted exactly.
const MAX_EXACT: usize = 1 << 20;
/// Of them, those that are counted on when there are more.
const KEPT: usize = 1024;
/// Registers of the sketch are 2 to this power: a standard error of 0.6 %.
const SKETCH_BITS: u32 = 15;

/// One different value: what it is known by, its first row, how often it occurs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Slot {
    /// A number's bits, or a text's hash.
    pub key: u64,
    /// The first place it was seen at.
    pub at: u32,
    /// How often; 0 in an empty slot.
    pub count: u32,
}

/// Counts values by their keys.
pub(super) struct Tally {
    slots: Vec<Slot>,
    used: usize,
    max_exact: usize,
    sketch: Option<Sketch>,
}

impl Tally {
    /// Counts up to a million different values exactly.
    pub fn new() -> Self {
        Self::with_bound(MAX_EXACT)
    }

    fn with_bound(max_exact: usize) -> Self {
        Self { slots: vec![Slot::default(); 1024], used: 0, max_exact, sketch: None }
    }

    /// One more value. `hash` is that of its key.
    #[inline]
    pub fn add(&mut self, key: u64, hash: u64, at: u32) {
        let mask = self.slots.len() - 1;
        let mut slot = (hash >> 20) as usize & mask;
        loop {
            let known = &mut self.slots[slot];
            if known.count == 0 {
                break;
            }
            if known.key == key {
                known.count += 1;
                return;
            }
            slot = (slot + 1) & mask;
        }
        match &mut self.sketch {
            Some(sketch) => sketch.add(hash),
            None => self.insert(slot, Slot { key, at, count: 1 }, hash),
        }
    }

    fn insert(&mut self, slot: usize, new: Slot, hash: u64) {
        if self.used == self.max_exact {
            self.start_sketch();
            if let Some(sketch) = &mut self.sketch {
                sketch.add(hash);
            }
            return;
        }
        self.slots[slot] = new;
        self.used += 1;
        if self.used * 2 > self.slots.len() {
            let larger = self.slots.len() * 4;
            self.refill(larger, |_| true);
        }
    }

    /// From here on new values are only sketched, and those seen most often are counted on: what is frequent in a
    /// table has been seen among its first million different values.
    fn start_sketch(&mut self) {
        let mut sketch = Sketch::new();
        let mut counts = Vec::with_capacity(self.used);
        for slot in self.slots.iter().filter(|slot| slot.count > 0) {
            sketch.add(hash::number(slot.key));
            counts.push(slot.count);
        }
        let kept = KEPT.min(counts.len() - 1);
        let (_, &mut bound, _) = counts.select_nth_unstable_by(kept, |a, b| b.cmp(a));
        self.sketch = Some(sketch);
        self.refill(KEPT * 4, |slot| slot.count > bound);
    }

    fn refill(&mut self, n_slots: usize, kept: impl Fn(&Slot) -> bool) {
        let old = std::mem::replace(&mut self.slots, vec![Slot::default(); n_slots]);
        self.used = 0;
        for one in old.into_iter().filter(|slot| slot.count > 0 && kept(slot)) {
            let mut slot = (hash::number(one.key) >> 20) as usize & (n_slots - 1);
            while self.slots[slot].count > 0 {
                slot = (slot + 1) & (n_slots - 1);
            }
            self.slots[slot] = one;
            self.used += 1;
        }
    }

    /// How many different values, and whether that is an estimate.
    pub fn distinct(&self) -> (u64, bool) {
        match &self.sketch {
            Some(sketch) => (sketch.estimate(), true),
            None => (self.used as u64, false),
        }
    }

    /// The values that are counted exactly.
    pub fn counted(&self) -> Vec<Slot> {
        self.slots.iter().filter(|slot| slot.count > 0).copied().collect()
    }
}

/// HyperLogLog (Flajolet and others, 2007), for large numbers of different values only.
struct Sketch {
    registers: Vec<u8>,
}

impl Sketch {
    fn new() -> Self {
        Self { registers: vec![0; 1 << SKETCH_BITS] }
    }

    #[inline]
    fn add(&mut self, hash: u64) {
        let register = &mut self.registers[(hash >> (64 - SKETCH_BITS)) as usize];
        let rank = ((hash << SKETCH_BITS) | 1 << (SKETCH_BITS - 1)).leading_zeros() as u8 + 1;
        *register = (*register).max(rank);
    }

    fn estimate(&self) -> u64 {
        let m = self.registers.len() as f64;
        let sum: f64 = self.registers.iter().map(|&rank| (-f64::from(rank)).exp2()).sum();
        (0.7213 / (1.0 + 1.079 / m) * m * m / sum).round() as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(bound: usize, keys: impl Iterator<Item = u64>) -> Tally {
        let mut tally = Tally::with_bound(bound);
        for (at, key) in keys.enumerate() {
            tally.add(key, hash::number(key), at as u32);
        }
        tally
    }

    #[test]
    fn few_values_are_counted_exactly() {
        let tally = tally(MAX_EXACT, (0..300_000u64).map(|at| at % 100_000));
        assert_eq!(tally.distinct(), (100_000, false));
        assert!(tally.counted().iter().all(|slot| slot.count == 3 && u64::from(slot.at) == slot.key));
    }

    #[test]
    fn many_values_are_sketched_and_the_frequent_ones_counted() {
        // Every third row holds 7, the others are all different.
        let keys = (0..900_000u64).map(|at| if at % 3 == 0 { 7 } else { 1_000_000 + at });
        let tally = tally(1 << 16, keys);
        let (distinct, is_estimate) = tally.distinct();
        assert!(is_estimate && distinct.abs_diff(600_001) < 600_001 / 50, "{distinct}");
        let most = tally.counted().into_iter().max_by_key(|slot| slot.count).unwrap();
        assert_eq!((most.key, most.count), (7, 300_000));
    }
}
