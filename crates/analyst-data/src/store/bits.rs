//! Bits in the order of Arrow: the first one is the lowest of the first byte.

/// A growing row of bits. Bits after the last one are zero.
#[derive(Debug, Default, Clone)]
pub(crate) struct Bits {
    bytes: Vec<u8>,
    length: usize,
    unset: usize,
}

impl Bits {
    /// Appends one.
    #[inline]
    pub fn push(&mut self, bit: bool) {
        let place = self.length & 7;
        if place == 0 {
            self.bytes.push(0);
        }
        if let Some(last) = self.bytes.last_mut() {
            *last |= u8::from(bit) << place;
        }
        self.unset += usize::from(!bit);
        self.length += 1;
    }

    /// Appends the first `length` bits of `bytes`.
    pub fn extend(&mut self, bytes: &[u8], length: usize) {
        let shift = self.length & 7;
        let bytes = &bytes[..length.div_ceil(8)];
        if shift == 0 {
            self.bytes.extend_from_slice(bytes);
        } else {
            for &byte in bytes {
                if let Some(last) = self.bytes.last_mut() {
                    *last |= byte << shift;
                }
                self.bytes.push(byte >> (8 - shift));
            }
        }
        self.length += length;
        self.bytes.truncate(self.length.div_ceil(8));
        self.clear_rest();
    }

    /// Appends `length` ones.
    pub fn extend_ones(&mut self, length: usize) {
        const ONES: [u8; 512] = [0xFF; 512];
        let mut left = length;
        while left > 0 {
            let now = left.min(ONES.len() * 8);
            self.extend(&ONES, now);
            left -= now;
        }
    }

    fn clear_rest(&mut self) {
        let used = self.length & 7;
        if let (true, Some(last)) = (used > 0, self.bytes.last_mut()) {
            *last &= (1 << used) - 1;
        }
    }

    /// The whole bytes so far, which are given away; the bits of the last one stay when it is not full.
    pub fn take_full(&mut self) -> Vec<u8> {
        let full = self.length / 8;
        let rest = self.bytes.split_off(full);
        self.length -= full * 8;
        std::mem::replace(&mut self.bytes, rest)
    }

    /// All bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// How many of the pushed ones are zero.
    pub fn unset(&self) -> usize {
        self.unset
    }

    /// Empties it.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.length = 0;
        self.unset = 0;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn bits_in_pieces_are_the_bits_of_the_whole(pieces in prop::collection::vec(prop::collection::vec(any::<bool>(), 0..40), 0..8)) {
            let mut whole = Bits::default();
            let mut joined = Bits::default();
            let mut given = Vec::new();
            for piece in &pieces {
                let mut bits = Bits::default();
                piece.iter().for_each(|&bit| { bits.push(bit); whole.push(bit); });
                if bits.unset() == 0 { joined.extend_ones(piece.len()) } else { joined.extend(bits.bytes(), piece.len()) }
                given.extend(joined.take_full());
            }
            given.extend_from_slice(joined.bytes());
            prop_assert_eq!(given.as_slice(), whole.bytes());
        }
    }
}
