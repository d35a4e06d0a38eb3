//! Time, which is virtual, and timers.

use crate::kernel::Atom;

use super::super::host::{Action, Call};
use super::super::raise::Raise;
use super::super::term::Term;
use super::{ActsRow, Answer};

/// What the clock says when a run begins, in milliseconds since 1970: the first of January 2024.
const EPOCH_MS: i64 = 1_704_067_200_000;

/// Nanoseconds in the unit that a term names.
fn in_unit(milliseconds: i64, unit: &Term, call: &Call<'_>) -> Answer {
    let nanoseconds = i128::from(milliseconds) * 1_000_000;
    let a_second = match unit {
        Term::Int(parts) if *parts > 0 => i128::from(*parts),
        Term::Atom(unit) => match call.code.atoms.text(*unit) {
            "second" | "seconds" => 1,
            "millisecond" | "milli_seconds" => 1_000,
            "microsecond" | "micro_seconds" => 1_000_000,
            "nanosecond" | "nano_seconds" | "native" | "perf_counter" => 1_000_000_000,
            _ => return Err(Raise::badarg()),
        },
        _ => return Err(Raise::badarg()),
    };
    Ok(Term::integer((nanoseconds * a_second / 1_000_000_000).into()))
}

fn now(call: &Call<'_>) -> i64 {
    call.host.now() as i64
}

/// What the clock says, in seconds since 1970.
pub(super) fn seconds(call: &Call<'_>) -> i64 {
    (EPOCH_MS + now(call)) / 1_000
}

/// What a line of a log begins with: `HH:MM:SS.mmm`.
pub(super) fn clock_time(call: &Call<'_>) -> String {
    let milliseconds = (EPOCH_MS + now(call)).rem_euclid(86_400_000);
    let (seconds, left) = (milliseconds / 1_000, milliseconds % 1_000);
    format!("{:02}:{:02}:{:02}.{left:03}", seconds / 3_600, seconds / 60 % 60, seconds % 60)
}

fn monotonic_time(call: &mut Call<'_>, arguments: &[Term]) -> Answer {
    let native = Atom::of("native").into();
    in_unit(now(call), arguments.first().unwrap_or(&native), call)
}

fn system_time(call: &mut Call<'_>, arguments: &[Term]) -> Answer {
    let native = Atom::of("native").into();
    in_unit(EPOCH_MS + now(call), arguments.first().unwrap_or(&native), call)
}

fn time_offset(call: &mut Call<'_>, arguments: &[Term]) -> Answer {
    let native = Atom::of("native").into();
    in_unit(EPOCH_MS, arguments.first().unwrap_or(&native), call)
}

fn timestamp(call: &mut Call<'_>, _: &[Term]) -> Answer {
    let now = EPOCH_MS + now(call);
    let (seconds, rest) = (now / 1_000, now % 1_000 * 1_000);
    Ok(Term::tuple([seconds / 1_000_000, seconds % 1_000_000, rest].map(Term::Int)))
}

fn universaltime(call: &mut Call<'_>, _: &[Term]) -> Answer {
    Ok(date_and_time(seconds(call)))
}

/// `{{Year, Month, Day}, {Hour, Minute, Second}}` (Howard Hinnant's algorithms for days).
fn date_and_time(seconds: i64) -> Term {
    let (days, second) = (seconds.div_euclid(86_400) + 719_468, seconds.rem_euclid(86_400));
    let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let shifted = (5 * of_year + 2) / 153;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year + era * 400 + i64::from(month <= 2);
    let date = [year, month, of_year - (153 * shifted + 2) / 5 + 1].map(Term::Int);
    let time = [second / 3_600, second / 60 % 60, second % 60].map(Term::Int);
    Term::tuple([Term::tuple(date), Term::tuple(time)])
}

fn of_posix(_: &mut Call<'_>, arguments: &[Term]) -> Answer {
    const LAST: i64 = 1 << 40;
    let seconds = arguments[0].as_int().filter(|seconds| (-LAST..LAST).contains(seconds));
    seconds.map(date_and_time).ok_or_else(Raise::badarg)
}

fn to_posix(_: &mut Call<'_>, arguments: &[Term]) -> Answer {
    let three = |term: &Term| match term.as_tuple() {
        Some([a, b, c]) => Some([a.as_int()?, b.as_int()?, c.as_int()?]),
        _ => None,
    };
    let both = match arguments[0].as_tuple() {
        Some([date, time]) => three(date).zip(three(time)),
        _ => None,
    };
    let is_time = |time: &[i64; 3]| time.iter().zip([24, 60, 60]).all(|(part, end)| (0..end).contains(part));
    let Some(([year, month @ 1..=12, day @ 1..=31], time)) = both.filter(|(_, time)| is_time(time)) else {
        return Err(Raise::badarg());
    };
    if !(0..1_000_000).contains(&year) {
        return Err(Raise::badarg());
    }
    let year = year - i64::from(month <= 2);
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * (month + if month > 2 { -3 } else { 9 }) + 2) / 5 + day - 1;
    let days = era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468;
    let seconds = days * 86_400 + time[0] * 3_600 + time[1] * 60 + time[2];
    match date_and_time(seconds) == arguments[0] {
        true => Ok(Term::Int(seconds)),
        false => Err(Raise::badarg()),
    }
}

/// In how many parts a second is divided where time is `native`.
fn unit(_: &mut Call<'_>, _: &[Term]) -> Answer {
    Ok(Term::Int(1_000_000_000))
}

fn part_of(call: &mut Call<'_>, place: usize) -> Answer {
    let now = universaltime(call, &[])?;
    Ok(now.as_tuple().map_or(Term::Nil, |parts| parts[place].clone()))
}

fn date(call: &mut Call<'_>, _: &[Term]) -> Answer {
    part_of(call, 0)
}

fn time(call: &mut Call<'_>, _: &[Term]) -> Answer {
    part_of(call, 1)
}

/// The only zone here is that of Greenwich.
fn same(_: &mut Call<'_>, arguments: &[Term]) -> Answer {
    Ok(arguments[0].clone())
}

fn milliseconds(term: &Term) -> Result<u64, Raise> {
    term.as_int().and_then(|time| u64::try_from(time).ok()).ok_or_else(Raise::badarg)
}

/// In how many milliseconds a timer fires: `{abs, true}` gives the instant and not the time until then.
fn after(call: &Call<'_>, arguments: &[Term]) -> Result<u64, Raise> {
    const ABS: Atom = Atom::of("abs");
    let time = milliseconds(&arguments[0])?;
    let options = arguments.get(3).map_or(Vec::new(), |options| options.as_list().unwrap_or_default());
    let is_absolute = options
        .iter()
        .any(|option| option.as_tuple().is_some_and(|pair| pair[0].is(ABS) && pair[1].is(Atom::TRUE)));
    Ok(if is_absolute { time.saturating_sub(call.host.now()) } else { time })
}

fn send_after(call: &mut Call<'_>, arguments: &[Term]) -> Answer {
    let after = after(call, arguments)?;
    call.host.act(Action::StartTimer(after, arguments[1].clone(), arguments[2].clone(), false))
}

fn start_timer(call: &mut Call<'_>, arguments: &[Term]) -> Answer {
    let after = after(call, arguments)?;
    call.host.act(Action::StartTimer(after, arguments[1].clone(), arguments[2].clone(), true))
}

fn cancel_timer(call: &mut Call<'_>, arguments: &[Term]) -> Answer {
    const INFO: Atom = Atom::of("info");
    let Term::Ref(timer) = arguments[0] else { return Err(Raise::badarg()) };
    let left = call.host.act(Action::CancelTimer(timer))?;
    let silent = arguments.get(1).is_some_and(|options| {
        options
            .items()
            .any(|option| option.as_tuple().is_some_and(|pair| pair[0].is(INFO) && pair[1].is(Atom::FALSE)))
    });
    Ok(if silent { Atom::OK.into() } else { left })
}

fn read_timer(call: &mut Call<'_>, arguments: &[Term]) -> Answer {
    let Term::Ref(timer) = arguments[0] else { return Err(Raise::badarg()) };
    call.host.act(Action::ReadTimer(timer))
}

/// Of module `erlang`, what asks what time it is.
pub const OWN: &[ActsRow] = &[
    ("monotonic_time", 0, monotonic_time),
    ("monotonic_time", 1, monotonic_time),
    ("system_time", 0, system_time),
    ("system_time", 1, system_time),
    ("time_offset", 0, time_offset),
    ("time_offset", 1, time_offset),
    ("timestamp", 0, timestamp),
    ("universaltime", 0, universaltime),
    ("localtime", 0, universaltime),
    ("date", 0, date),
    ("time", 0, time),
    ("localtime_to_universaltime", 1, same),
    ("localtime_to_universaltime", 2, same),
    ("universaltime_to_localtime", 1, same),
    ("posixtime_to_universaltime", 1, of_posix),
    ("universaltime_to_posixtime", 1, to_posix),
];

/// Of module `erlang`, timers.
pub const WORLD: &[ActsRow] = &[
    ("send_after", 3, send_after),
    ("send_after", 4, send_after),
    ("start_timer", 3, start_timer),
    ("start_timer", 4, start_timer),
    ("cancel_timer", 1, cancel_timer),
    ("cancel_timer", 2, cancel_timer),
    ("read_timer", 1, read_timer),
    ("read_timer", 2, read_timer),
];

/// Of module `os`.
pub const OS: &[ActsRow] =
    &[("system_time", 0, system_time), ("system_time", 1, system_time), ("timestamp", 0, timestamp)];

/// Of module `erts_internal`.
pub const UNITS: &[ActsRow] = &[("time_unit", 0, unit), ("perf_counter_unit", 0, unit)];
