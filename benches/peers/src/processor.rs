//! How long this program, and those that it has waited for, have had a processor: what others do on the machine at the
//! same time is no part of it.

use std::fs;

/// Linux counts in hundredths of a second.
const TICKS: f64 = 100.0;

/// In seconds, from the start.
pub fn seconds() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").expect("Linux tells");
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or("").split_whitespace().collect();
    let ticks: f64 = fields[11..15].iter().filter_map(|field| field.parse::<f64>().ok()).sum();
    ticks / TICKS
}
