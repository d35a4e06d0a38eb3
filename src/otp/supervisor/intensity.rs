//! The restart intensity: how many restarts of the last so many seconds are allowed.
//!
//! Pure. It knows whole seconds and nothing of who restarts or why. OTP keeps a list of timestamps and
//! walks it (`supervisor.erl`, `add_restart/1`, OTP 25) or walks it when it is long (OTP 28); the decisions
//! are the same. Here the restarts of one second are one entry, and a restart costs the same whatever
//! came before.

use std::collections::VecDeque;

/// The restarts that may still count.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(in crate::otp) struct Window {
    /// Seconds and how many restarts there were in each, oldest first.
    seconds: VecDeque<(u64, u32)>,
    counted: u32,
}

impl Window {
    /// Counts a restart at `now` milliseconds; whether it is still allowed.
    ///
    /// A restart counts while the difference of the whole seconds is at most `period`, so for almost
    /// `period + 1` seconds.
    pub(in crate::otp) fn admit(&mut self, now: u64, intensity: u32, period: u32) -> bool {
        let second = now / 1000;
        let oldest = second.saturating_sub(u64::from(period));
        while let Some((_, count)) = self.seconds.pop_front_if(|(at, _)| *at < oldest) {
            self.counted -= count;
        }
        match self.seconds.back_mut() {
            Some((at, count)) if *at == second => *count = count.saturating_add(1),
            _ => self.seconds.push_back((second, 1)),
        }
        self.counted = self.counted.saturating_add(1);
        self.counted <= intensity
    }

    /// How many restarts counted when the last one was.
    pub(in crate::otp) fn counted(&self) -> u32 {
        self.counted
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Window;

    /// OTP 25: timestamps, newest first, those in the period kept.
    fn by_otp_25(times: &mut Vec<u64>, now: u64, intensity: usize, period: u64) -> bool {
        let now = i128::from(now / 1000);
        let kept = times.iter().take_while(|at| i128::from(**at) >= now - i128::from(period)).count();
        times.truncate(kept);
        times.insert(0, u64::try_from(now).expect("it was a u64"));
        times.len() <= intensity
    }

    /// OTP 28: no pruning while there are few, and an exceeding restart is not stored.
    fn by_otp_28(times: &mut Vec<u64>, now: u64, intensity: usize, period: u64) -> bool {
        if intensity == 0 {
            return false;
        }
        let now = now / 1000;
        if times.len() >= intensity.min(1000) {
            times.retain(|at| *at + period >= now);
            if times.len() >= intensity {
                return false;
            }
        }
        times.insert(0, now);
        true
    }

    proptest! {
        #[test]
        fn one_window_decides_as_both_releases(
            intensity in 0_u32..6,
            period in 1_u32..4,
            gaps in prop::collection::vec(0_u64..3000, 1..40),
        ) {
            let (mut window, mut old, mut new) = (Window::default(), Vec::new(), Vec::new());
            let mut now = 0;
            for gap in gaps {
                now += gap;
                let allowed = window.admit(now, intensity, period);
                let bound = intensity as usize;
                prop_assert_eq!(allowed, by_otp_25(&mut old, now, bound, u64::from(period)));
                prop_assert_eq!(allowed, by_otp_28(&mut new, now, bound, u64::from(period)));
                if !allowed {
                    break; // The supervisor ends.
                }
            }
        }
    }

    #[test]
    fn the_window_is_whole_seconds_inclusive() {
        // Surprise 12: intensity 1, period 1.
        for (first, gap, allowed) in
            [(50, 1850, false), (950, 1100, true), (50, 1000, false), (50, 2000, true)]
        {
            let mut window = Window::default();
            assert!(window.admit(first, 1, 1));
            assert_eq!(window.admit(first + gap, 1, 1), allowed, "{first} + {gap}");
        }
    }

    #[test]
    fn intensity_zero_allows_nothing() {
        assert!(!Window::default().admit(0, 0, 5));
    }

    #[test]
    fn memory_does_not_grow_with_history() {
        let mut window = Window::default();
        for now in 0..100_000 {
            assert!(window.admit(now * 10, 1_000_000, 5));
        }
        assert!(window.seconds.len() <= 6);
        assert_eq!(window.counted(), 600);
    }
}
