//! What a verdict means for a file that may say itself what its design gets wrong.

use crate::model::{Breach, Origin, Verdict};

use super::ast::{ExpectFailure, FailureCause, FailureOf};

/// A verdict, held against the file's `expect-failure` lines.
#[derive(Clone, Debug, PartialEq)]
pub enum Judgement<'a> {
    /// Every property held, as it should.
    Held,
    /// Every property held, and the file says that these would not.
    HeldUnexpectedly(Vec<&'a ExpectFailure>),
    /// What the file says is broken is broken, and nothing else.
    BrokenAsExpected(Vec<&'a ExpectFailure>),
    /// Something is broken that the file does not speak of, or this has held that it says would not.
    Broken(Vec<&'a ExpectFailure>),
    /// A limit was reached.
    Inconclusive(&'a str),
    /// What it needs is not there.
    Unrunnable(&'a str),
}

impl<'a> Judgement<'a> {
    /// Judges a run.
    pub fn of(verdict: &'a Verdict, origin: Origin, expected: &'a [ExpectFailure]) -> Self {
        match verdict {
            Verdict::Inconclusive(why) => return Judgement::Inconclusive(why),
            Verdict::Unrunnable(why) => return Judgement::Unrunnable(why),
            Verdict::Held | Verdict::Broken(_) | Verdict::Abandoned => (),
        }
        let breaches = verdict.breaches();
        let breaks = |failure: &ExpectFailure| {
            breaches.iter().any(|breach| breach.property == property(&failure.property.value))
        };
        let must = |failure: &&ExpectFailure| match (&failure.cause, origin) {
            (FailureCause::Design(_), Origin::Calm) => true,
            (FailureCause::Seed { of, seed, .. }, Origin::Seed(by, under)) => {
                (*of, seed.value) == (by, under)
            }
            (FailureCause::Design(_), Origin::Seed(..) | Origin::Elsewhere(_))
            | (FailureCause::Seed { .. }, Origin::Calm | Origin::Elsewhere(_)) => false,
        };
        // Under a seed that the file does not name, what it knows to be wrong may break or hold. The calm
        // run breaks what the file says that it breaks, and nothing else.
        let may = |failure: &&ExpectFailure| origin != Origin::Calm || must(failure);
        let missing: Vec<_> = expected.iter().filter(must).filter(|failure| !breaks(failure)).collect();
        let known = |breach: &Breach| {
            expected.iter().filter(may).any(|failure| property(&failure.property.value) == breach.property)
        };
        match (breaches, missing.as_slice()) {
            ([], []) => Judgement::Held,
            ([], _) => Judgement::HeldUnexpectedly(missing),
            (breaches, []) if breaches.iter().all(known) => {
                Judgement::BrokenAsExpected(expected.iter().filter(may).filter(|f| breaks(f)).collect())
            }
            (_, _) => Judgement::Broken(missing),
        }
    }

    /// One word for programs.
    pub fn word(&self) -> &'static str {
        match self {
            Judgement::Held => "held",
            Judgement::HeldUnexpectedly(_) => "held-unexpectedly",
            Judgement::BrokenAsExpected(_) => "broken-as-expected",
            Judgement::Broken(_) => "broken",
            Judgement::Inconclusive(_) => "inconclusive",
            Judgement::Unrunnable(_) => "unrunnable",
        }
    }
}

/// What breaches call a property.
pub fn property(failure: &FailureOf) -> &str {
    match failure {
        FailureOf::Expect => "expect",
        FailureOf::Oracle(law) => law.word(),
        FailureOf::Conditions(name) => name,
    }
}

#[cfg(test)]
mod tests {
    use crate::model::{Breach, Origin, SchedulerKind, Verdict};
    use crate::scenario::parse;

    use super::Judgement;

    fn broken(properties: &[&str]) -> Verdict {
        let breach = |property: &&str| Breach {
            property: (*property).to_owned(),
            why: Vec::new(),
            reason: None,
            span: None,
            at: 0,
            step: 0,
        };
        Verdict::Broken(properties.iter().map(breach).collect())
    }

    fn judged(header: &str, seed: Option<u64>, verdict: &Verdict) -> String {
        let text = format!("{header}\nsupervisor top {{ worker a }}\nfinally no-leaks\n");
        let scenario =
            parse("a.kdl", &text).unwrap_or_else(|mistakes| panic!("{}", mistakes.render(80, false)));
        let judgement = Judgement::of(
            verdict,
            seed.map_or(Origin::Calm, |seed| Origin::Seed(SchedulerKind::RANDOM, seed)),
            &scenario.expected_failures,
        );
        judgement.word().to_owned()
    }

    #[test]
    fn a_file_without_expected_failures_must_hold() {
        assert_eq!(judged("", None, &Verdict::Held), "held");
        assert_eq!(judged("", Some(3), &broken(&["no-leaks"])), "broken");
        assert_eq!(judged("", None, &Verdict::Inconclusive("the horizon".into())), "inconclusive");
    }

    #[test]
    fn a_wrong_design_must_break_in_the_calm_run_as_it_says() {
        let wrong = "expect-failure no-leaks \"nobody remembers it\"";
        assert_eq!(judged(wrong, None, &broken(&["no-leaks"])), "broken-as-expected");
        assert_eq!(judged(wrong, None, &Verdict::Held), "held-unexpectedly");
        assert_eq!(judged(wrong, None, &broken(&["expect"])), "broken");
        assert_eq!(judged(wrong, None, &broken(&["no-leaks", "expect"])), "broken");
        assert_eq!(judged(wrong, Some(1), &Verdict::Held), "held", "some orders may be lucky");
        assert_eq!(judged(wrong, Some(1), &broken(&["no-leaks"])), "broken-as-expected");
    }

    #[test]
    fn a_race_must_break_under_its_seed_and_hold_in_the_calm_run() {
        let race = "expect-failure no-leaks seed=7";
        assert_eq!(judged(race, None, &Verdict::Held), "held");
        assert_eq!(judged(race, None, &broken(&["no-leaks"])), "broken");
        assert_eq!(judged(race, Some(7), &broken(&["no-leaks"])), "broken-as-expected");
        assert_eq!(judged(race, Some(7), &Verdict::Held), "held-unexpectedly");
        assert_eq!(judged(race, Some(8), &broken(&["no-leaks"])), "broken-as-expected");
        assert_eq!(judged(race, Some(8), &broken(&["expect"])), "broken");
    }
}
