//! Who is meant by a name, at a moment of a run.

use crate::explore::Names;
use crate::kernel::Pid;
use crate::model::Played;
use crate::scenario::Simulation;

/// The living process of this name.
///
/// # Errors
///
/// When there is none, in a sentence for people.
pub(super) fn find(name: &str, played: &Played<Simulation>) -> Result<Pid, String> {
    match played.cast.find(name) {
        Some(pid) if played.run.world.process(pid).is_some() => Ok(pid),
        Some(_) => Err(format!("`{name}` is not alive at that moment")),
        None => {
            let nearest = played
                .cast
                .directory()
                .names()
                .map(|known| (strsim::damerau_levenshtein(name, known), known))
                .min()
                .filter(|(distance, known)| *distance <= known.len().div_ceil(2))
                .map(|(_, known)| format!("; did you mean `{known}`?"));
            Err(format!("nobody has been called `{name}` by then{}", nearest.unwrap_or_default()))
        }
    }
}
