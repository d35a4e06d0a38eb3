//! What the handlers of a server handle.

use super::super::script::expression::Slot;
use super::row::*;

forms! {
    /// What a handler handles.
    Event {
        /// `on call PATTERN… from=$from`
        Call { pattern: Wanted, from: CallerName },
        /// `on cast PATTERN…`
        Cast { pattern: Wanted },
        /// `on info PATTERN…`, and `on DOWN` and `on EXIT`, spelt out as the tuples that they match.
        Info { pattern: Wanted },
        /// `on timeout`
        Timeout,
        /// `on continue PATTERN…`
        Continue { pattern: Wanted },
        /// `on internal PATTERN…`, of a state machine.
        Internal { pattern: Wanted },
        /// `on state_timeout PATTERN…` and its like: `{Type, Content}`.
        Elapsed { pattern: Wanted },
        /// `enter { … }`
        Enter,
    }
}

roles! {
    /// What the caller's `From` is called.
    CallerName: Option<Name> => Option<Slot>,
        lower(name, resolver) name.as_ref().map(|name| resolver.slot(&name.text));
}
