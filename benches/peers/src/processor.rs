//! How long this program, and those that it has waited for, have had a processor, and how much memory they had at most:
//! what others do on the machine at the same time is no part of it.

use std::process::Child;

/// In seconds, from the start.
pub fn seconds() -> f64 {
    [libc::RUSAGE_SELF, libc::RUSAGE_CHILDREN].into_iter().map(|whose| of(&usage(whose))).sum()
}

/// Waits for a program: how it ended, and how many bytes it had at most.
pub fn waited(child: &Child) -> Option<(i32, f64)> {
    let pid = libc::pid_t::try_from(child.id()).ok()?;
    let (mut status, mut used) = (0, usage(libc::RUSAGE_SELF));
    // SAFETY: both are there to be written to, and nobody else waits for this child.
    let ended = unsafe { libc::wait4(pid, &mut status, 0, &mut used) };
    (ended == pid && libc::WIFEXITED(status))
        .then(|| (libc::WEXITSTATUS(status), used.ru_maxrss as f64 * 1024.0))
}

fn usage(whose: libc::c_int) -> libc::rusage {
    // SAFETY: it consists of numbers, and is there to be written to.
    unsafe {
        let mut used = std::mem::zeroed();
        libc::getrusage(whose, &mut used);
        used
    }
}

fn of(used: &libc::rusage) -> f64 {
    let seconds = |time: libc::timeval| time.tv_sec as f64 + time.tv_usec as f64 / 1e6;
    seconds(used.ru_utime) + seconds(used.ru_stime)
}
