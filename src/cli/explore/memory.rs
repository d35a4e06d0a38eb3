//! How much memory there is and how much of it this program uses, where the system tells.

use std::fs;

/// Where nobody says how much there is.
const UNKNOWN: u64 = 2 << 30;

/// Half of what the machine has, in bytes.
pub(super) fn half_of_all() -> u64 {
    let told = fs::read_to_string("/proc/meminfo").ok();
    let total = told.as_deref().and_then(|text| kibibytes(text, "MemTotal:"));
    total.map_or(UNKNOWN, |kibibytes| kibibytes * 1024 / 2)
}

/// What this program uses, in bytes.
pub(super) fn used() -> Option<u64> {
    kibibytes(&fs::read_to_string("/proc/self/status").ok()?, "VmRSS:").map(|kibibytes| kibibytes * 1024)
}

/// `VmRSS:     5440 kB`
fn kibibytes(text: &str, name: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    line.trim().strip_suffix("kB")?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::kibibytes;

    #[test]
    fn the_system_tells_in_kibibytes() {
        let text = "Name:\ttreefall\nVmRSS:\t    5440 kB\nThreads:\t1\n";
        assert_eq!(kibibytes(text, "VmRSS:"), Some(5440));
        assert_eq!(kibibytes(text, "VmSwap:"), None);
        assert_eq!(kibibytes("VmRSS: many", "VmRSS:"), None);
    }
}
