//! What clients expect, as Erlang terms.

use crate::scenario::ast::{Expectation, Name, Parsed};

use super::value::{condition, field, list, name, pattern, target, values};

pub(super) fn expected(expectation: &Expectation<Parsed>) -> String {
    let ids = |ids: &[Name]| list(ids.iter().map(name));
    match expectation {
        Expectation::Result { pattern: wanted } => format!("{{result,{}}}", pattern(wanted)),
        Expectation::Exit { pattern: wanted } => format!("{{exit,{}}}", pattern(wanted)),
        Expectation::Either { result, exit } => {
            format!("{{either,{},{}}}", pattern(result), pattern(exit))
        }
        Expectation::Raise { pattern: wanted } => format!("{{raise,{}}}", pattern(wanted)),
        Expectation::Restarted { ids: whom } => format!("{{restarted,{}}}", ids(whom)),
        Expectation::Untouched { ids: whom } => format!("{{untouched,{}}}", ids(whom)),
        Expectation::Alive { targets: whom } => format!("{{alive,{},true}}", list(whom.iter().map(target))),
        Expectation::Dead { targets: whom } => format!("{{alive,{},false}}", list(whom.iter().map(target))),
        Expectation::Children { supervisor, ids } => {
            format!("{{children,{},{}}}", target(supervisor), values(ids))
        }
        Expectation::Count { supervisor, counts } => {
            let wanted = counts.iter().map(|(which, number)| format!("{{{},{number}}}", field(*which)));
            format!("{{count,{},{}}}", target(supervisor), list(wanted))
        }
        Expectation::Incarnation { id, number } => format!("{{incarnation,{},{number}}}", name(id)),
        Expectation::Condition { condition: asked } => format!("{{condition,{}}}", condition(asked)),
    }
}
