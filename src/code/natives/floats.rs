//! Floats as text, and back.

use crate::code::raise::Raise;
use crate::code::term::{Float, Term};
use crate::kernel::Atom;

use super::{Answer, Row, parts, text};

/// The functions of module `erlang` that are here.
pub const TABLE: &[Row] = &[
    ("float_to_list", 1, |args, _| written(&args[0], &Term::Nil).map(|text| text::characters(&text))),
    ("float_to_list", 2, |args, _| written(&args[0], &args[1]).map(|text| text::characters(&text))),
    ("float_to_binary", 1, |args, _| written(&args[0], &Term::Nil).map(|text| Term::binary(text.as_bytes()))),
    ("float_to_binary", 2, |args, _| written(&args[0], &args[1]).map(|text| Term::binary(text.as_bytes()))),
    ("list_to_float", 1, |args, _| read(&text::ascii_list(&args[0])?)),
    ("binary_to_float", 1, |args, _| read(&text::binary(&args[0])?)),
];

/// How a float is to be written.
enum Format {
    Scientific(usize),
    Decimals { decimals: usize, compact: bool },
    Short,
}

/// A float as C writes it with `%.*e`.
pub(super) fn scientific(value: f64, decimals: usize) -> String {
    let text = format!("{value:.decimals$e}");
    let (digits, exponent) = text.split_once('e').expect("it is written with an exponent");
    let exponent: i32 = exponent.parse().expect("an exponent is an integer");
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{digits}e{sign}{:02}", exponent.abs())
}

/// The length of the float at the start of a text, which is `[+-]Digits.Digits[e[+-]Digits]`, and its value. An
/// exponent without digits is not a part of it.
pub(super) fn prefix(text: &[u8]) -> Option<(f64, usize)> {
    let digits = |from: usize| text[from..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let sign = usize::from(matches!(text.first(), Some(b'+' | b'-')));
    let whole = digits(sign);
    let point = sign + whole;
    if whole == 0 || text.get(point) != Some(&b'.') {
        return None;
    }
    let fraction = digits(point + 1);
    if fraction == 0 {
        return None;
    }
    let mut end = point + 1 + fraction;
    if let Some(b'e' | b'E') = text.get(end) {
        let signed = end + 1 + usize::from(matches!(text.get(end + 1), Some(b'+' | b'-')));
        let exponent = if signed <= text.len() { digits(signed) } else { 0 };
        if exponent > 0 {
            end = signed + exponent;
        }
    }
    let value: f64 = std::str::from_utf8(&text[..end]).ok()?.parse().ok()?;
    Some((value, end))
}

fn written(term: &Term, options: &Term) -> Result<String, Raise> {
    let Term::Float(float) = term else { return Err(Raise::badarg()) };
    let value = float.value();
    match format(options)? {
        Format::Short => Ok(float.shortest()),
        Format::Scientific(digits) | Format::Decimals { decimals: digits, .. } if digits >= BUFFER => {
            Err(Raise::badarg())
        }
        Format::Scientific(decimals) => fitting(scientific(value, decimals)),
        Format::Decimals { decimals, compact } => {
            let digits = fitting(fixed(value, decimals))?;
            Ok(if compact { compacted(digits, value) } else { digits })
        }
    }
}

/// How many bytes the emulator has for a float and the zero behind it.
const BUFFER: usize = 256;

fn fitting(text: String) -> Result<String, Raise> {
    if text.len() < BUFFER { Ok(text) } else { Err(Raise::badarg()) }
}

/// Without the zeros at the end, of which one stays behind the point. Of a large float that has no point the emulator
/// drops zeros too, and so makes another number of it.
fn compacted(digits: String, value: f64) -> String {
    match digits.split_once('.') {
        Some((whole, fraction)) => match fraction.trim_end_matches('0') {
            "" => format!("{whole}.0"),
            fraction => format!("{whole}.{fraction}"),
        },
        None if value.abs() > Float::SCIENTIFIC_FROM => digits.trim_end_matches('0').to_owned(),
        None => digits,
    }
}

/// The last of several that say how many digits decides.
fn format(options: &Term) -> Result<Format, Raise> {
    const DECIMALS: Atom = Atom::of("decimals");
    const SCIENTIFIC: Atom = Atom::of("scientific");
    const COMPACT: Atom = Atom::of("compact");
    const SHORT: Atom = Atom::of("short");
    let (mut format, mut is_compact) = (Format::Scientific(20), false);
    for option in parts::list(options)? {
        match (option.as_atom(), option.as_tuple()) {
            (Some(COMPACT), _) => is_compact = true,
            (Some(SHORT), _) => format = Format::Short,
            (_, Some([name, digits])) if name.is(DECIMALS) => {
                format = Format::Decimals { decimals: parts::size(digits)?, compact: false };
            }
            (_, Some([name, digits])) if name.is(SCIENTIFIC) => {
                format = Format::Scientific(parts::size(digits)?)
            }
            _ => return Err(Raise::badarg()),
        }
    }
    if let Format::Decimals { compact, .. } = &mut format {
        *compact = is_compact;
    }
    Ok(format)
}

/// With a point, rounded as the emulator does it: what is behind the point is made an integer, by a multiplication
/// that rounds too, unless the float is large or the digits are many.
fn fixed(value: f64, decimals: usize) -> String {
    let size = value.abs();
    let digits = if size > Float::SCIENTIFIC_FROM || decimals >= 19 {
        format!("{size:.decimals$}")
    } else if decimals == 0 {
        format!("{:.0}", size.round())
    } else {
        let power = 10_f64.powi(decimals as i32);
        let fraction = ((size - size.floor()) * power).round();
        let (whole, fraction) = match fraction >= power {
            true => (size.floor() as u64 + 1, 0),
            false => (size.floor() as u64, fraction as u64),
        };
        format!("{whole}.{fraction:0decimals$}")
    };
    format!("{}{digits}", if value.is_sign_negative() { "-" } else { "" })
}

fn read(text: &[u8]) -> Answer {
    match prefix(text) {
        Some((value, end)) if end == text.len() => Term::float(value).ok_or_else(Raise::badarg),
        _ => Err(Raise::badarg()),
    }
}
