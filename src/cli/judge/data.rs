//! A judgement, for programs.

use serde_json::{Value, json};

use crate::judge::{BreakingRun, Change, Costs, DesignVerdict, Extent, Judged, Measure, Sample};

use super::report::Report;

/// One object with all that was tried.
pub(super) fn json(report: &Report<'_>) -> Value {
    let judging = report.judging;
    let numbers = |judged: &Judged| report.holding.iter().position(|held| held.text == judged.text);
    let others = judging.others.iter().filter(|judged| judged.verdict != DesignVerdict::Refused);
    let others = others.map(|judged| {
        let mut value = design(judged);
        value["number"] = numbers(judged).map(|place| place + 1).into();
        value
    });
    json!({
        "file": report.loaded.name,
        "verdict": word(&judging.own.verdict),
        "own": design(&judging.own),
        "distance": judging.distance,
        "designs": others.collect::<Vec<_>>(),
        "untried": judging.untried,
        "orders": judging.orders.iter().map(|(of, all, near)| {
            json!({ "of": of, "all": all.to_string(), "near": near })
        }).collect::<Vec<_>>(),
        "given_up": judging.given_up,
        "max_states": report.args.max_states,
        "seeds": report.args.seeds,
    })
}

fn word(verdict: &DesignVerdict) -> &'static str {
    match verdict {
        DesignVerdict::Proved(_) | DesignVerdict::Sampled(_) => "held",
        DesignVerdict::Breaks(_) => "broken",
        DesignVerdict::Unclear(_) | DesignVerdict::Refused => "inconclusive",
    }
}

fn design(judged: &Judged) -> Value {
    let (mut states, mut sample, mut broken, mut unclear) = (None, None, None, None);
    match &judged.verdict {
        DesignVerdict::Proved(of) => states = Some(*of),
        DesignVerdict::Sampled(of) => sample = Some(of),
        DesignVerdict::Breaks(breaks) => broken = Some(breaks),
        DesignVerdict::Unclear(why) => unclear = Some(why.as_str()),
        DesignVerdict::Refused => (),
    }
    let run = broken.map(|broken| match &broken.how {
        BreakingRun::Calm => "calm".to_owned(),
        BreakingRun::Alike => "alike".to_owned(),
        BreakingRun::Order => "exhaustive".to_owned(),
        BreakingRun::Seed(seed) => format!("swarm {seed}"),
        BreakingRun::Kill(told) => format!("sweep, {told}"),
    });
    json!({
        "changes": judged.changes.iter().map(change).collect::<Vec<_>>(),
        "verdict": word(&judged.verdict),
        "proved": states.is_some(),
        "states": states,
        "seeds": sample.map(|sample| sample.seeds),
        "sweep": sample.map(sweep),
        "shared": judged.shared,
        "property": broken.map(|broken| broken.property.as_str()),
        "why": broken.map(|broken| broken.why.as_str()).or(unclear),
        "run": run,
        "costs": judged.costs.as_ref().map(costs),
    })
}

fn sweep(sample: &Sample) -> Value {
    let first = sample.sweep.kinds.first();
    json!({
        "kills": sample.sweep.kills,
        "broken": sample.sweep.broken,
        "property": first.map(|broken| broken.property.as_str()),
        "first": first.and_then(|broken| match &broken.how {
            BreakingRun::Kill(told) => Some(told.as_str()),
            _ => None,
        }),
    })
}

fn change(change: &Change) -> Value {
    json!({ "knob": change.knob.word(), "of": change.of, "told": change.told, "was": change.was })
}

fn costs(costs: &Costs) -> Value {
    let measure = |of: &Measure| json!({ "total": of.total, "by": of.by });
    let (every_order, seeds) = match costs.counted {
        Extent::EveryOrder => (true, None),
        Extent::Calm => (false, Some(0)),
        Extent::Seeds(seeds) => (false, Some(seeds)),
    };
    json!({
        "every_order": every_order,
        "seeds": seeds,
        "restarts": measure(&costs.restarts),
        "innocent": measure(&costs.innocent),
        "dropped": measure(&costs.dropped),
        "unserved_ms": measure(&costs.unserved),
        "lost": measure(&costs.lost),
        "refused": measure(&costs.refused),
        "closest": costs.tightest.as_ref().map(|(name, used, of)| {
            json!({ "supervisor": name, "used": used, "intensity": of })
        }),
        "gave_up": costs.gave_up,
    })
}
