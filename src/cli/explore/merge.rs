//! Putting the results of several machines together.

use super::report::Report;

/// The whole of these parts, each with the name of the file that it was read from, or why they do not fit
/// together. It is what one machine would have found: parts of which one has failed make those after it
/// superfluous, unless the campaign goes on after failures.
pub(in crate::cli) fn merge(mut parts: Vec<(String, Report)>) -> Result<Report, String> {
    parts.sort_by_key(|(_, part)| part.tried.first().map(|tried| tried.start));
    for pair in parts.windows(2) {
        let [(one_name, one), (other_name, other)] = pair else { continue };
        let differ = |what: &str, one: &str, other: &str| {
            Err(format!(
                "{one_name} and {other_name} are no parts of one campaign: {what} is {one} in the first and \
                 {other} in the second"
            ))
        };
        if one.version != other.version {
            return differ("the version of treefall", &one.version, &other.version);
        }
        if one.hash != other.hash {
            return differ("the hash of the scenario", &one.hash, &other.hash);
        }
        if one.scheduler != other.scheduler {
            return differ("the scheduler", &one.scheduler, &other.scheduler);
        }
        if one.keep_going != other.keep_going {
            let told = |on: bool| if on { "given" } else { "not given" };
            return differ("--keep-going", told(one.keep_going), told(other.keep_going));
        }
        if one.calm.runs > 0 && other.calm.runs > 0 && one.calm.ends != other.calm.ends {
            let told = |part: &Report| format!("one of {} steps", part.calm.steps);
            return differ("the calm run", &told(one), &told(other));
        }
        if let (Some(first), Some(second)) = (one.tried.last(), other.tried.first())
            && !second.is_empty()
            && first.end > second.start
        {
            let both = format!("{}..{}", second.start, first.end.min(second.end));
            return Err(format!("{one_name} and {other_name} have both tried the seeds {both}"));
        }
    }
    let mut parts = parts.into_iter().map(|(_, part)| part);
    let mut whole = parts.next().ok_or("there is nothing to put together")?;
    (whole.merged, whole.interrupted) = (true, false);
    for part in parts {
        whole.seconds += part.seconds;
        whole.campaign = match (whole.campaign, part.campaign) {
            (Some(one), Some(other)) => Some(one.start.min(other.start)..one.end.max(other.end)),
            (_, _) => None,
        };
        if whole.calm.runs == 0 {
            whole.calm = part.calm;
        }
        if whole.keep_going || !(whole.calm.has_failed() || whole.seeds.has_failed()) {
            whole.tried.extend(part.tried);
            whole.seeds.append(part.seeds);
        }
    }
    Ok(whole)
}
