//! Which of the designs that hold are worth a look: those that no other beats in all that they cost.

use super::search::Judged;

/// So many designs are shown.
pub const SHOWN: usize = 10;

/// A design that is worth a look: which of those that were given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FrontDesign {
    /// Its place among them.
    pub place: usize,
    /// How many others cost the same.
    pub alike: usize,
}

/// Why one that holds as well is not shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeftOut {
    /// Another one costs no more of anything, and less of something.
    Beaten(usize),
    /// Another one that changes as little costs the same.
    Alike(usize),
    /// There are more that nobody beats than are shown.
    NoRoom,
}

/// The designs that nobody beats, ten at most, the cheapest first; and of each other one that holds, why it is not
/// among them. `own` is always shown, if it holds.
pub fn front(judged: &[&Judged], own: Option<usize>) -> (Vec<FrontDesign>, Vec<(usize, LeftOut)>) {
    let costs = |place: usize| judged[place].costs.as_ref().map(|costs| costs.vector());
    let mut order: Vec<usize> = (0..judged.len()).filter(|place| costs(*place).is_some()).collect();
    order.sort_by_key(|place| (Some(*place) != own, costs(*place), judged[*place].changes.len(), *place));
    let (mut rows, mut left): (Vec<FrontDesign>, Vec<(usize, LeftOut)>) = (Vec::new(), Vec::new());
    for place in order.iter().copied() {
        let no_more = |other: usize| {
            let pairs = costs(other).into_iter().flatten().zip(costs(place).into_iter().flatten());
            pairs.into_iter().all(|(theirs, ours)| theirs <= ours)
        };
        let beats = |other: &&usize| no_more(**other) && costs(**other) != costs(place);
        if Some(place) == own {
            rows.push(FrontDesign { place, alike: 0 });
        } else if let Some(other) = order.iter().find(beats) {
            left.push((place, LeftOut::Beaten(*other)));
        } else if let Some(row) = rows.iter_mut().find(|row| costs(row.place) == costs(place)) {
            row.alike += 1;
            left.push((place, LeftOut::Alike(row.place)));
        } else if rows.len() == SHOWN {
            left.push((place, LeftOut::NoRoom));
        } else {
            rows.push(FrontDesign { place, alike: 0 });
        }
    }
    (rows, left)
}

#[cfg(test)]
mod tests {
    use super::super::cost::Costs;
    use super::super::search::Judged;
    use super::super::trial::DesignVerdict;
    use super::{FrontDesign, LeftOut, front};

    fn judged(innocent: u64, restarts: u64) -> Judged {
        let mut costs = Costs::default();
        (costs.innocent.total, costs.restarts.total) = (innocent, restarts);
        Judged { costs: Some(costs), ..Judged::untried(Vec::new(), String::new(), DesignVerdict::Proved(1)) }
    }

    #[test]
    fn what_another_beats_is_left_out_and_its_own_design_never_is() {
        let all = [judged(3, 3), judged(0, 2), judged(2, 0), judged(1, 2), judged(0, 2)];
        let (rows, left) = front(&all.iter().collect::<Vec<_>>(), Some(0));
        assert_eq!(
            rows,
            [
                FrontDesign { place: 0, alike: 0 },
                FrontDesign { place: 1, alike: 1 },
                FrontDesign { place: 2, alike: 0 }
            ]
        );
        assert_eq!(left, [(4, LeftOut::Alike(1)), (3, LeftOut::Beaten(1))]);
    }
}
