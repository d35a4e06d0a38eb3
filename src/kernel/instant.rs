//! The timers of one instant by their numbers, in the order in which they were set: any of them may be the next to fire,
//! so the one at a place is asked for, and must be at hand however many there are.

/// How many numbers a part holds at most: the parts are walked to find a place, and a part is moved to close a gap.
const PART: usize = 512;

/// Some numbers, the lowest first. Most instants have one.
#[derive(Clone, Debug)]
pub(super) enum Instant {
    One(u32),
    /// In parts, of which none is empty.
    Many {
        parts: Vec<Vec<u32>>,
        count: usize,
    },
}

impl Instant {
    pub(super) fn len(&self) -> usize {
        match self {
            Instant::One(_) => 1,
            Instant::Many { count, .. } => *count,
        }
    }

    /// The number at a place, from 0.
    pub(super) fn at(&self, place: usize) -> Option<u32> {
        match self {
            Instant::One(number) => (place == 0).then_some(*number),
            Instant::Many { parts, .. } => {
                let mut place = place;
                for part in parts {
                    match part.get(place) {
                        Some(number) => return Some(*number),
                        None => place -= part.len(),
                    }
                }
                None
            }
        }
    }

    /// Adds a number that is higher than all others.
    pub(super) fn push(&mut self, number: u32) {
        match self {
            Instant::One(first) => *self = Instant::Many { parts: vec![vec![*first, number]], count: 2 },
            Instant::Many { parts, count } => {
                *count += 1;
                match parts.last_mut() {
                    Some(part) if part.len() < PART => part.push(number),
                    _ => parts.push(vec![number]),
                }
            }
        }
    }

    /// Takes out a number that is there; whether others are left.
    pub(super) fn remove(&mut self, number: u32) -> bool {
        let Instant::Many { parts, count } = self else { return false };
        let place = parts.partition_point(|part| part.last().is_some_and(|last| *last < number));
        if let Some(part) = parts.get_mut(place)
            && let Ok(within) = part.binary_search(&number)
        {
            part.remove(within);
            *count -= 1;
            if part.is_empty() {
                parts.remove(place);
            }
        }
        *count > 0
    }
}

#[cfg(test)]
mod tests {
    use super::Instant;

    #[test]
    fn the_number_at_a_place_is_that_of_a_row() {
        for (size, apart) in [(1_u32, 1), (2, 1), (700, 3), (3_000, 7), (3_000, 2_999)] {
            let mut instant = Instant::One(0);
            (1..size).for_each(|number| instant.push(number));
            let mut row: Vec<u32> = (0..size).collect();
            while row.len() > 1 {
                let gone = row.remove(apart % row.len());
                assert!(instant.remove(gone));
                assert_eq!(instant.len(), row.len());
                for place in [0, row.len() / 3, row.len() - 1, row.len()] {
                    assert_eq!(instant.at(place), row.get(place).copied(), "{size} {apart}");
                }
            }
            assert!(!instant.remove(row[0]));
        }
    }
}
