//! Module `math`: functions of floats. Where there is no result, or none that is finite, it is `badarith`.

use crate::code::raise::Raise;
use crate::code::term::Term;

use super::{Answer, Row, arithmetic};

/// The functions of module `math`.
pub const TABLE: &[Row] = &[
    ("pi", 0, |_, _| finite(std::f64::consts::PI)),
    ("acos", 1, |args, _| of(args, f64::acos)),
    ("acosh", 1, |args, _| of(args, area_cosine)),
    ("asin", 1, |args, _| of(args, f64::asin)),
    ("asinh", 1, |args, _| of(args, area_sine)),
    ("atan", 1, |args, _| of(args, f64::atan)),
    ("atanh", 1, |args, _| of(args, f64::atanh)),
    ("ceil", 1, |args, _| of(args, f64::ceil)),
    ("cos", 1, |args, _| of(args, f64::cos)),
    ("cosh", 1, |args, _| of(args, f64::cosh)),
    ("exp", 1, |args, _| of(args, f64::exp)),
    ("floor", 1, |args, _| of(args, f64::floor)),
    ("log", 1, |args, _| of(args, f64::ln)),
    ("log10", 1, |args, _| of(args, f64::log10)),
    ("log2", 1, |args, _| of(args, f64::log2)),
    ("sin", 1, |args, _| of(args, f64::sin)),
    ("sinh", 1, |args, _| of(args, f64::sinh)),
    ("sqrt", 1, |args, _| of(args, f64::sqrt)),
    ("tan", 1, |args, _| of(args, f64::tan)),
    ("tanh", 1, |args, _| of(args, f64::tanh)),
    ("atan2", 2, |args, _| of_two(args, f64::atan2)),
    ("fmod", 2, |args, _| of_two(args, |a, b| a % b)),
    ("pow", 2, |args, _| of_two(args, f64::powf)),
];

fn of(args: &[Term], function: fn(f64) -> f64) -> Answer {
    finite(function(number(&args[0])?))
}

fn of_two(args: &[Term], function: fn(f64, f64) -> f64) -> Answer {
    finite(function(number(&args[0])?, number(&args[1])?))
}

/// `acosh`, without squares of what is large.
fn area_cosine(value: f64) -> f64 {
    if value < 1.0 {
        f64::NAN
    } else if value > LARGE {
        value.ln() + std::f64::consts::LN_2
    } else if value > 2.0 {
        (2.0 * value - 1.0 / (value + (value * value - 1.0).sqrt())).ln()
    } else {
        let above = value - 1.0;
        (above + (2.0 * above + above * above).sqrt()).ln_1p()
    }
}

/// `asinh`, without squares of what is large.
fn area_sine(value: f64) -> f64 {
    let size = value.abs();
    let square = size * size;
    let area = if size > LARGE {
        size.ln() + std::f64::consts::LN_2
    } else if size > 2.0 {
        (2.0 * size + 1.0 / ((square + 1.0).sqrt() + size)).ln()
    } else {
        (size + square / (1.0 + (1.0 + square).sqrt())).ln_1p()
    };
    area.copysign(value)
}

/// From here on a number and the root of its square and one are the same.
const LARGE: f64 = 268_435_456.0;

fn number(term: &Term) -> Result<f64, Raise> {
    match arithmetic::to_float(term) {
        Some(value) => Ok(value),
        None if arithmetic::is_number(term) => Err(Raise::badarith()),
        None => Err(Raise::badarg()),
    }
}

fn finite(value: f64) -> Answer {
    Term::float(value).ok_or_else(Raise::badarith)
}
