//! A judgement, for people: the design as it is, what mends it, what each costs, and what does not help.

use crate::judge::{
    BreakingRun, Broken, Change, Costs, DesignVerdict, Extent, FrontDesign, Judged, LeftOut, Measure, Sample,
    Sweep, front,
};
use crate::scenario::ast::{Child, Name, Supervisor};
use crate::trace::{Line, Tone, visible};

use super::super::words::count;
use super::report::Report;

/// So many changes that hold are told one by one.
const SHOWN: usize = 10;
/// So many reasons, and so many changes of each.
const REASONS: usize = 8;
const OF_EACH: usize = 12;
/// A reason that is longer than this is cut.
const LONGEST: usize = 150;

/// The whole judgement.
pub(super) fn lines(report: &Report<'_>, width: usize) -> Vec<Line> {
    let mut lines = own(report);
    lines.push(Line::new());
    lines.extend(changes(report));
    let table = table(report, width);
    if !table.is_empty() {
        lines.push(Line::new());
        lines.extend(table);
    }
    let rejected = rejected(report);
    if !rejected.is_empty() {
        lines.push(Line::new());
        lines.extend(rejected);
    }
    lines.push(Line::new());
    lines.extend(worth(report).into_iter().map(|text| Line::new().with(Tone::Faint, text)));
    lines
}

/// The design as it is.
fn own(report: &Report<'_>) -> Vec<Line> {
    let (tone, word) = match &report.judging.own.verdict {
        DesignVerdict::Proved(_) | DesignVerdict::Sampled(_) => (Tone::Good, "holds"),
        DesignVerdict::Breaks(_) => (Tone::Bad, "breaks"),
        DesignVerdict::Unclear(_) | DesignVerdict::Refused => (Tone::Warning, "unclear"),
    };
    let mut lines = vec![Line::new().with(Tone::Plain, report.loaded.name.clone())];
    for tree in &report.loaded.scenario.trees {
        let line = Line::new().with(Tone::Faint, "as it is  ");
        lines.push(line.with(Tone::Name, drawn(&tree.supervisor)));
    }
    let verdict = Line::new().with(tone, format!("{word:<8}  "));
    lines.push(verdict.with(Tone::Plain, verdict_words(&report.judging.own.verdict)));
    lines
}

/// A tree on one line: `KV.Supervisor one_for_one: KV.BucketSupervisor, KV.Registry`.
pub(super) fn drawn(supervisor: &Supervisor) -> String {
    let children: Vec<String> = supervisor.body.children().iter().map(drawn_child).collect();
    match children.as_slice() {
        [] => name_words(&supervisor.name),
        children => {
            format!(
                "{} {}: {}",
                name_words(&supervisor.name),
                supervisor.strategy().word(),
                children.join(", ")
            )
        }
    }
}

fn drawn_child(child: &Child) -> String {
    match child {
        Child::Supervisor(below) if !below.body.children().is_empty() => format!("({})", drawn(below)),
        Child::Supervisor(_) | Child::Worker(_) => name_words(child.name()),
    }
}

/// A name on one line, whatever it is.
fn name_words(name: &Name) -> String {
    visible(&name.text).into_owned()
}

/// What a design came to, in words.
pub(in crate::cli) fn verdict_words(verdict: &DesignVerdict) -> String {
    match verdict {
        DesignVerdict::Proved(states) => format!("in every order ({})", count(*states, "state")),
        DesignVerdict::Sampled(sample) => sample_words(sample),
        DesignVerdict::Breaks(Broken { property, why, how, .. }) => {
            format!("{property}, {}: {why}", how_words(how))
        }
        DesignVerdict::Unclear(why) => why.clone(),
        DesignVerdict::Refused => "what it makes is no scenario".to_owned(),
    }
}

fn sample_words(sample: &Sample) -> String {
    let Sweep { kills, broken, kinds } = &sample.sweep;
    let seeds = count(sample.seeds, "seed");
    let under = match kills {
        0 => format!("under {seeds}, not in every order"),
        kills => format!("under {seeds} and {} of a sweep, not in every order", count(*kills, "kill")),
    };
    match kinds.first() {
        Some(Broken { property, how, .. }) => {
            let (of, break_) = (count(*broken, "kill"), if *broken == 1 { "breaks" } else { "break" });
            format!("{under}; {of} {break_} it: {property}, {}", how_words(how))
        }
        None => under,
    }
}

fn how_words(how: &BreakingRun) -> String {
    match how {
        BreakingRun::Calm => "in the calm run".to_owned(),
        BreakingRun::Alike => "in the order that breaks the file's own".to_owned(),
        BreakingRun::Order => "in one order of all".to_owned(),
        BreakingRun::Seed(seed) => format!("under seed {seed} of swarm"),
        BreakingRun::Kill(told) => format!("with {told}"),
    }
}

/// The changes that make a design, in words.
pub(in crate::cli) fn change_words(changes: &[Change]) -> String {
    changes.iter().map(one_change_words).collect::<Vec<_>>().join(" and ")
}

/// The same of one change, on one line whatever its names are.
pub(super) fn one_change_words(change: &Change) -> String {
    visible(&change.words()).into_owned()
}

/// What holds, if the file's own does not: the smallest changes.
fn changes(report: &Report<'_>) -> Vec<Line> {
    if report.judging.own.verdict.holds() {
        let of = report.holding.len();
        let text = match of {
            0 => "No design next to it holds.".to_owned(),
            of => format!(
                "{} next to it hold{} as well.",
                count(of as u64, "design"),
                if of == 1 { "s" } else { "" }
            ),
        };
        return vec![Line::new().with(Tone::Plain, text)];
    }
    let Some(first) = report.holding.first() else {
        let text = match report.judging.distance {
            1 => "No single change holds.",
            _ => "No change holds, nor do any two.",
        };
        return vec![Line::new().with(Tone::Warning, text)];
    };
    let headline =
        if first.changes.len() == 1 { "One change that holds" } else { "Two changes that hold together" };
    let mut lines = vec![Line::new().with(Tone::Plain, headline)];
    let shown = if report.args.all { report.holding.len() } else { SHOWN };
    for (place, judged) in report.holding.iter().enumerate().take(shown) {
        let was: Vec<&str> = judged.changes.iter().filter_map(|change| change.was.as_deref()).collect();
        let was = if was.is_empty() { String::new() } else { format!(", was {}", was.join(" and ")) };
        lines.push(
            Line::new()
                .with(Tone::Faint, format!("{:>3}  ", place + 1))
                .with(Tone::Good, change_words(&judged.changes))
                .with(Tone::Faint, was),
        );
        let costs = judged.costs.as_ref().map_or_else(String::new, costs_words);
        let proof = format!("     {}: ", verdict_words(&judged.verdict));
        lines.push(Line::new().with(Tone::Faint, proof).with(Tone::Plain, costs));
    }
    if report.holding.len() > shown {
        let more = report.holding.len() - shown;
        lines.push(Line::new().with(Tone::Faint, format!("     and {more} more (--all)")));
    }
    lines
}

/// What a design costs, without what is nothing.
pub(super) fn costs_words(costs: &Costs) -> String {
    let mut parts = Vec::new();
    let mut say = |one: &str, many: &str, measure: &Measure| {
        if measure.total > 0 {
            let each = |(name, much): (&String, &u64)| match much {
                much if *much > 1 && measure.by.len() > 1 => format!("{name} {much}"),
                _ => name.clone(),
            };
            let names: Vec<String> = measure.by.iter().map(each).collect();
            let what = if measure.total == 1 { one } else { many };
            parts.push(format!("{} {what} ({})", measure.total, names.join(", ")));
        }
    };
    say("restart", "restarts", &costs.restarts);
    say("innocent stopped", "innocents stopped", &costs.innocent);
    say("failed and not restarted", "failed and not restarted", &costs.dropped);
    say("ms unserved", "ms unserved", &costs.unserved);
    say("entry lost", "entries lost", &costs.lost);
    say("message refused", "messages refused", &costs.refused);
    if costs.gave_up {
        parts.push("a supervisor gives up".to_owned());
    }
    if parts.is_empty() { "nothing that is counted".to_owned() } else { parts.join(", ") }
}

/// The designs that hold and that none beats, and why the others are not among them.
fn table(report: &Report<'_>, width: usize) -> Vec<Line> {
    let own_holds = report.judging.own.verdict.holds();
    let mut designs: Vec<&Judged> = if own_holds { vec![&report.judging.own] } else { Vec::new() };
    designs.extend(&report.holding);
    if designs.len() < 2 {
        return Vec::new();
    }
    let (rows, left) = front(&designs, own_holds.then_some(0));
    let number = |place: usize| if own_holds { place } else { place + 1 };
    let name = |place: usize| match designs[place].changes.as_slice() {
        [] => "as it is".to_owned(),
        changes => change_words(changes),
    };
    let room = width.saturating_sub(HEAD.len() + 7);
    let fits = rows.iter().all(|row| name(row.place).chars().count() <= room);
    let shown: Vec<&Judged> = rows.iter().map(|row| designs[row.place]).collect();
    let mut lines = vec![
        Line::new().with(Tone::Plain, "What they cost").with(Tone::Faint, extent_words(&shown)),
        Line::new().with(Tone::Faint, format!("     {HEAD}{}", if fits { "  design" } else { "" })),
    ];
    for FrontDesign { place, .. } in rows {
        let counted = Line::new().with(Tone::Faint, format!("{:>3}{} ", number(place), sign(designs[place])));
        let costs = designs[place].costs.as_ref().map_or_else(String::new, row);
        let name = name(place);
        if fits {
            lines.push(counted.with(Tone::Value, costs).with(Tone::Plain, format!("  {name}")));
        } else {
            lines.push(counted.with(Tone::Plain, name));
            lines.push(Line::new().with(Tone::Value, format!("     {costs}")));
        }
    }
    let of_each = if report.args.all { usize::MAX } else { OF_EACH };
    let told = |place: usize| format!("{} {}", number(place), name(place));
    lines.extend(left_out(&left, &number, &told, of_each));
    lines
}

/// Whether the costs of a design were counted in every order.
fn sign(judged: &Judged) -> char {
    let counted = judged.costs.as_ref().map(|costs| costs.counted);
    if counted == Some(Extent::EveryOrder) { ' ' } else { '~' }
}

/// In which runs it was counted.
fn extent_words(designs: &[&Judged]) -> String {
    let some = designs.iter().find(|judged| sign(judged) == '~').and_then(|judged| judged.costs.as_ref());
    match some.map(|costs| costs.counted) {
        None | Some(Extent::EveryOrder) => ", at most in any order".to_owned(),
        Some(Extent::Calm | Extent::Seeds(_)) => {
            ", at most in any order; where there are too many (~) in the runs that were made".to_owned()
        }
    }
}

/// The columns of the table.
const HEAD: &str = "restarts innocent dropped unserved  lost refused  closest";

/// A text that fits, with three dots if it had to be cut.
fn cut(text: &str, room: usize) -> String {
    if text.chars().count() <= room {
        return text.to_owned();
    }
    let kept: String = text.chars().take(room.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

fn row(costs: &Costs) -> String {
    let close = match &costs.tightest {
        _ if costs.gave_up => "gave up".to_owned(),
        Some((_, used, of)) => format!("{used} of {of}"),
        None => "-".to_owned(),
    };
    format!(
        "{:>8} {:>8} {:>7} {:>5} ms {:>5} {:>7}  {:>7}",
        costs.restarts.total,
        costs.innocent.total,
        costs.dropped.total,
        costs.unserved.total,
        costs.lost.total,
        costs.refused.total,
        close
    )
}

/// Why others are not in the table.
fn left_out(
    left: &[(usize, LeftOut)],
    number: &dyn Fn(usize) -> usize,
    told: &dyn Fn(usize) -> String,
    of_each: usize,
) -> Vec<Line> {
    let mut groups: Vec<(LeftOut, Vec<usize>)> = Vec::new();
    for (place, why) in left {
        match groups.iter_mut().find(|(known, _)| known == why) {
            Some((_, places)) => places.push(*place),
            None => groups.push((*why, vec![*place])),
        }
    }
    let rank = |why: &LeftOut| match why {
        LeftOut::Alike(with) => (0, *with),
        LeftOut::Beaten(by) => (1, *by),
        LeftOut::NoRoom => (2, 0),
    };
    groups.sort_by_key(|(why, _)| rank(why));
    let mut lines = Vec::new();
    for (why, mut places) in groups {
        places.sort_unstable();
        let why = match why {
            LeftOut::Alike(with) => format!("as much as {}", number(with)),
            LeftOut::Beaten(by) => format!("no less of anything, and more of something, than {}", number(by)),
            LeftOut::NoRoom => "less of something than any of these, but ten are enough".to_owned(),
        };
        let mut words: Vec<String> = places.iter().take(of_each).map(|place| told(*place)).collect();
        if places.len() > of_each {
            words.push(format!("and {} more (--all)", places.len() - of_each));
        }
        lines.push(Line::new().with(Tone::Plain, format!("  not shown, as it costs {why}")));
        lines.push(Line::new().with(Tone::Faint, format!("    {}", words.join("; "))));
    }
    lines
}

/// Designs that break, by why they do.
pub(super) fn reasons<'r>(report: &Report<'r>) -> Vec<(&'r Broken, Vec<&'r Judged>)> {
    let mut groups: Vec<(&Broken, Vec<&Judged>)> = Vec::new();
    // What is broken by two changes only matters where two were asked for.
    let most = report.args.distance.map_or(1, usize::from);
    for judged in report.judging.others.iter().filter(|judged| judged.changes.len() <= most) {
        let DesignVerdict::Breaks(broken) = &judged.verdict else { continue };
        match groups
            .iter_mut()
            .find(|(known, _)| (&known.property, &known.shape) == (&broken.property, &broken.shape))
        {
            Some((_, alike)) => alike.push(judged),
            None => groups.push((broken, vec![judged])),
        }
    }
    groups
}

fn rejected(report: &Report<'_>) -> Vec<Line> {
    let own = match &report.judging.own.verdict {
        DesignVerdict::Breaks(broken) => Some((&broken.property, &broken.shape)),
        _ => None,
    };
    let groups = reasons(report);
    if groups.is_empty() {
        return Vec::new();
    }
    let headline = if own.is_some() { "What does not help" } else { "What would break it" };
    let mut lines = vec![Line::new().with(Tone::Plain, headline)];
    let (most, of_each) = if report.args.all { (usize::MAX, usize::MAX) } else { (REASONS, OF_EACH) };
    for (broken, alike) in groups.iter().take(most) {
        let same = own == Some((&broken.property, &broken.shape));
        let why = match &broken.how {
            _ if same => "breaks as the file's own does".to_owned(),
            BreakingRun::Kill(_) => cut(&format!("{}: {}", how_words(&broken.how), broken.why), LONGEST),
            _ => cut(&broken.why, LONGEST),
        };
        let property = if same { String::new() } else { format!("{}: ", broken.property) };
        lines.push(Line::new().with(Tone::Bad, format!("  {property}")).with(Tone::Plain, why));
        let mut words: Vec<String> =
            alike.iter().take(of_each).map(|judged| change_words(&judged.changes)).collect();
        if alike.len() > of_each {
            words.push(format!("and {} more (--all)", alike.len() - of_each));
        }
        lines.push(Line::new().with(Tone::Faint, format!("    {}", words.join("; "))));
    }
    if groups.len() > most {
        lines.push(
            Line::new().with(Tone::Faint, format!("  and {} reasons more (--all)", groups.len() - most)),
        );
    }
    lines
}

/// How many were not run again.
pub(super) fn shared_words(shared: usize) -> Option<String> {
    let were = if shared == 1 { "was" } else { "were" };
    let told = || format!("{shared} of them {were} not run again: no run asked for what they change.");
    (shared > 0).then(told)
}

/// What was tried, under which budget, and what was not.
pub(super) fn worth(report: &Report<'_>) -> Vec<String> {
    let judging = report.judging;
    let of = |is: &dyn Fn(&DesignVerdict) -> bool| {
        judging.others.iter().filter(|judged| is(&judged.verdict)).count()
    };
    let refused = of(&|verdict| *verdict == DesignVerdict::Refused);
    let parts = [
        (
            of(&|verdict| matches!(verdict, DesignVerdict::Proved(_))),
            "holds in every order",
            "hold in every order",
        ),
        (
            of(&|verdict| matches!(verdict, DesignVerdict::Sampled(_))),
            "holds under seeds",
            "hold under seeds",
        ),
        (of(&|verdict| matches!(verdict, DesignVerdict::Breaks(_))), "breaks", "break"),
        (of(&|verdict| matches!(verdict, DesignVerdict::Unclear(_))), "is unclear", "are unclear"),
    ];
    let parts = parts.iter().filter(|(of, ..)| *of > 0);
    let parts: Vec<String> =
        parts.map(|(of, one, many)| format!("{of} {}", if *of == 1 { one } else { many })).collect();
    let tried = judging.others.len() - refused;
    let changes = if judging.distance == 1 { "one change" } else { "one change or two" };
    let mut told = match parts.as_slice() {
        [] => vec!["No other design was tried.".to_owned()],
        parts => vec![format!("Tried {} of {changes}: {}.", count(tried as u64, "design"), parts.join(", "))],
    };
    let states = report.args.max_states;
    let seeds = report.args.seeds;
    told.push(format!(
        "Each in every order up to {states} states (--max-states), else under {seeds} seeds (--seeds) and a sweep."
    ));
    let shared = judging.others.iter().filter(|judged| judged.shared).count();
    told.extend(shared_words(shared));
    for (name, all, near) in &judging.orders {
        told.push(format!(
            "{name}: {near} of {all} other orders of its children, those first that calls and starts suggest."
        ));
    }
    if judging.untried > 0 {
        told.push(format!(
            "{} of two changes were not tried (--max-pairs).",
            count(judging.untried as u64, "design")
        ));
    }
    if judging.given_up {
        told.push("It was given up before all was tried.".to_owned());
    }
    if judging.distance == 1 {
        told.push("Two changes at once were not tried (--distance 2).".to_owned());
    }
    told
}
