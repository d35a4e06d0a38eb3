//! How many restarts there were within the period: `add_restart`, as a pure function of time.

use std::collections::VecDeque;

/// The restarts that may still count, in whole seconds, oldest first.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Intensity {
    /// How many restarts are allowed.
    pub(super) allowed: u32,
    /// Within how many seconds.
    pub(super) period: u32,
    restarts: VecDeque<u64>,
}

impl Intensity {
    /// No restart yet.
    pub(super) fn new(allowed: u32, period: u32) -> Self {
        Intensity { allowed, period, restarts: VecDeque::new() }
    }

    /// Counts a restart at this time, in milliseconds: how many count with it.
    ///
    /// Seconds are whole and the window is inclusive, so a restart counts for almost `period + 1` seconds
    /// (dynamic_supervisor.ex, add_restart/1, Elixir 1.14).
    pub(super) fn add(&mut self, now: u64) -> u32 {
        let now = now / 1000;
        while self.restarts.front().is_some_and(|then| now > then + u64::from(self.period)) {
            self.restarts.pop_front();
        }
        self.restarts.push_back(now);
        u32::try_from(self.restarts.len()).unwrap_or(u32::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::Intensity;

    #[test]
    fn a_restart_counts_until_its_second_is_more_than_a_period_ago() {
        let mut intensity = Intensity::new(1, 5);
        assert_eq!(intensity.add(0), 1);
        assert_eq!(intensity.add(5_999), 2);
        assert_eq!(intensity.add(10_999), 2);
        assert_eq!(intensity.add(17_000), 1);
    }
}
