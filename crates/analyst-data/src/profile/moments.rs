//! Sums that lose nothing worth telling: means and spreads of any number of values.

/// Neumaier's compensated sum: as good as adding in twice the precision.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Sum {
    sum: f64,
    lost: f64,
}

impl Sum {
    /// One more value.
    #[inline]
    pub fn add(&mut self, value: f64) {
        let next = self.sum + value;
        self.lost += if self.sum.abs() >= value.abs() { (self.sum - next) + value } else { (value - next) + self.sum };
        self.sum = next;
    }

    /// What they come to.
    pub fn total(self) -> f64 {
        if self.lost.is_finite() { self.sum + self.lost } else { self.sum }
    }
}

/// Values that are summed side by side: a processor waits for no sum of its own.
const LANES: usize = 8;

/// The compensated sum of `term` over all values.
pub(super) fn sum_of<T: Copy>(values: &[T], term: impl Fn(T) -> f64) -> f64 {
    let mut lanes = [Sum::default(); LANES];
    let chunks = values.chunks_exact(LANES);
    for (&value, lane) in chunks.remainder().iter().zip(&mut lanes) {
        lane.add(term(value));
    }
    for chunk in chunks {
        for (&value, lane) in chunk.iter().zip(&mut lanes) {
            lane.add(term(value));
        }
    }
    let mut all = Sum::default();
    for lane in lanes {
        all.add(lane.sum);
    }
    for lane in lanes.into_iter().filter(|lane| lane.lost.is_finite()) {
        all.add(lane.lost);
    }
    all.total()
}

/// Mean and sample standard deviation (n − 1), where they are finite.
pub(super) fn mean_and_std<T: Copy>(values: &[T], number: impl Fn(T) -> f64) -> (Option<f64>, Option<f64>) {
    let finite = |value: f64| Some(value).filter(|value| value.is_finite());
    if values.is_empty() {
        return (None, None);
    }
    let n = values.len() as f64;
    let mean = sum_of(values, &number) / n;
    if values.len() < 2 {
        return (finite(mean), None);
    }
    let squares = sum_of(values, |value| (number(value) - mean) * (number(value) - mean));
    (finite(mean), finite((squares / (n - 1.0)).sqrt()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_lost_between_large_values() {
        let values = [1e100, 1.0, -1e100, 3.0, 0.0];
        assert_eq!(sum_of(&values, |value| value), 4.0);
        let many: Vec<f64> = values.into_iter().cycle().take(5000).collect();
        assert_eq!(sum_of(&many, |value| value), 4000.0);
        let mut one = Sum::default();
        values.into_iter().for_each(|value| one.add(value));
        assert_eq!(one.total(), 4.0);
        assert_eq!(mean_and_std(&[f64::INFINITY, 1.0], |value| value), (None, None));
        assert_eq!(mean_and_std(&[2i64], |value| value as f64), (Some(2.0), None));
    }
}
