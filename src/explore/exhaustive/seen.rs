//! Which states are known, by their fingerprints: open addressing, twelve bytes a place.

/// Fingerprints and the numbers of states.
#[derive(Debug)]
pub(super) struct Seen {
    fingerprints: Vec<u64>,
    /// The number of the state, plus one; 0 is a place that is free.
    numbers: Vec<u32>,
    count: usize,
}

/// Where a state is, or would be.
pub(super) enum Slot {
    /// It has this number.
    Known(u32),
    /// It is not there, and this is its place until something else is inserted.
    New(usize),
}

impl Default for Seen {
    fn default() -> Self {
        Seen { fingerprints: vec![0; 64], numbers: vec![0; 64], count: 0 }
    }
}

impl Seen {
    /// Looks for a state with this fingerprint which `is` the one.
    pub(super) fn find(&self, fingerprint: u64, is: impl Fn(u32) -> bool) -> Slot {
        let mut place = self.place(fingerprint);
        loop {
            match self.numbers[place] {
                0 => return Slot::New(place),
                number if self.fingerprints[place] == fingerprint && is(number - 1) => {
                    return Slot::Known(number - 1);
                }
                _ => place = (place + 1) & (self.numbers.len() - 1),
            }
        }
    }

    /// Puts a state into the place that [`Seen::find`] has just given for it.
    pub(super) fn insert(&mut self, place: usize, fingerprint: u64, number: u32) {
        self.fingerprints[place] = fingerprint;
        self.numbers[place] = number + 1;
        self.count += 1;
        if self.count * 8 > self.numbers.len() * 5 {
            self.grow();
        }
    }

    fn grow(&mut self) {
        let size = self.numbers.len() * 2;
        let fingerprints = std::mem::replace(&mut self.fingerprints, vec![0; size]);
        let numbers = std::mem::replace(&mut self.numbers, vec![0; size]);
        for (fingerprint, number) in fingerprints.into_iter().zip(numbers).filter(|(_, number)| *number != 0)
        {
            let mut place = self.place(fingerprint);
            while self.numbers[place] != 0 {
                place = (place + 1) & (size - 1);
            }
            self.fingerprints[place] = fingerprint;
            self.numbers[place] = number;
        }
    }

    fn place(&self, fingerprint: u64) -> usize {
        // The low bits choose the place; the size is a power of two.
        usize::try_from(fingerprint & 0xffff_ffff).unwrap_or(0) & (self.numbers.len() - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::{Seen, Slot};

    #[test]
    fn states_are_found_again_and_equal_fingerprints_can_be_told_apart() {
        let mut seen = Seen::default();
        let fingerprint = |number: u32| u64::from(number / 2) << 7;
        for number in 0..1_000 {
            let Slot::New(place) = seen.find(fingerprint(number), |other| other == number) else {
                panic!("{number} is new")
            };
            seen.insert(place, fingerprint(number), number);
        }
        for number in 0..1_000 {
            let found = seen.find(fingerprint(number), |other| other == number);
            assert!(matches!(found, Slot::Known(known) if known == number));
        }
        assert!(matches!(seen.find(fingerprint(7), |_| true), Slot::Known(6 | 7)));
        assert!(matches!(seen.find(1, |_| true), Slot::New(_)));
    }
}
