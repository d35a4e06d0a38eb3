//! How long this program, and those that it has waited for, have had a processor: what others do on the machine at the
//! same time is no part of it.

/// In seconds, from the start.
pub fn seconds() -> f64 {
    [libc::RUSAGE_SELF, libc::RUSAGE_CHILDREN].into_iter().map(of).sum()
}

fn of(whose: libc::c_int) -> f64 {
    // SAFETY: it consists of numbers, and is there to be written to.
    let used = unsafe {
        let mut used: libc::rusage = std::mem::zeroed();
        libc::getrusage(whose, &mut used);
        used
    };
    let seconds = |time: libc::timeval| time.tv_sec as f64 + time.tv_usec as f64 / 1e6;
    seconds(used.ru_utime) + seconds(used.ru_stime)
}
