//! A table of who does how much of a piece of work in a second, with ratios.

use super::page::say;

/// One who does a piece of work: so many items a second, if it is here.
pub type Doer = (&'static str, fn() -> Option<f64>);

/// A piece of work, and who does it; treefall comes first.
pub struct Row {
    pub work: &'static str,
    pub doers: Vec<Doer>,
}

/// Measures in turns, and prints the middle one of so many.
pub fn print(rows: impl IntoIterator<Item = Row>, rounds: usize) {
    say("| work | who | a second | treefall is |\n|---|---|---|---|");
    for Row { work, doers } in rows {
        eprintln!("{work}");
        let mut measured: Vec<Vec<f64>> = vec![Vec::new(); doers.len()];
        for _ in 0..rounds {
            for ((_, doer), rates) in doers.iter().zip(&mut measured) {
                rates.extend(doer());
            }
        }
        let medians: Vec<Option<f64>> = measured.iter_mut().map(|rates| median(rates)).collect();
        let ours = medians[0];
        for (nth, ((who, _), rate)) in doers.iter().zip(medians).enumerate() {
            let work = if nth == 0 { work } else { "" };
            let ratio = match (ours, rate) {
                (Some(ours), Some(rate)) if nth > 0 => format!("{:.2} times as fast", ours / rate),
                _ => String::new(),
            };
            let rate = match rate {
                None => "not here".to_owned(),
                Some(rate) if rate < 10.0 => format!("{rate:.1}"),
                Some(rate) => grouped(rate.round() as u64),
            };
            say(&format!("| {work} | {who} | {rate} | {ratio} |"));
        }
    }
}

/// The middle one.
pub fn median(rates: &mut [f64]) -> Option<f64> {
    rates.sort_by(f64::total_cmp);
    rates.get(rates.len() / 2).copied()
}

/// `1,234,567`
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
