//! What keeps a scenario from being compared with the Erlang installed here.

use std::collections::BTreeSet;
use std::fmt;

use crate::scenario::ast::{Block, Scenario, Statement, StatementKind};

use super::lower::uses_dynamic_supervisors;
use super::machine::Installed;

/// Why a scenario cannot be compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Obstacle {
    /// It fixes another release of OTP.
    Otp {
        /// The one that it fixes.
        wanted: u32,
        /// The one that is installed.
        installed: u32,
    },
    /// It fixes another version of Elixir, whose dynamic supervisors it uses.
    Elixir {
        /// The minor version that it fixes.
        wanted: u32,
        /// The installed one.
        installed: u32,
    },
    /// It uses dynamic supervisors, which are Elixir's.
    NoElixir,
    /// It takes longer than anybody wants to wait.
    TooLong {
        /// How long it takes, in milliseconds.
        takes_ms: u64,
        /// How long a run may take.
        limit_ms: u64,
    },
    /// Its calm run reaches a limit.
    Endless(String),
    /// It ends with the node, and what observes it.
    NodeTerminates,
}

impl fmt::Display for Obstacle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Obstacle::Otp { wanted, installed } => {
                write!(f, "it is about OTP {wanted}, and OTP {installed} is installed")
            }
            Obstacle::Elixir { wanted, installed } => {
                write!(f, "it is about Elixir 1.{wanted}, and Elixir 1.{installed} is installed")
            }
            Obstacle::NoElixir => {
                f.write_str("it uses a dynamic supervisor, which is Elixir's, and Elixir is not installed (package `elixir`)")
            }
            Obstacle::TooLong { takes_ms, limit_ms } => write!(
                f,
                "it takes {:.1} s of real time, more than the {:.1} s of --time-limit",
                seconds(*takes_ms),
                seconds(*limit_ms)
            ),
            Obstacle::Endless(why) => write!(f, "it does not settle: {why}"),
            Obstacle::NodeTerminates => {
                f.write_str("an application takes the whole node with it, and whoever would tell of that")
            }
        }
    }
}

fn seconds(milliseconds: u64) -> f64 {
    std::time::Duration::from_millis(milliseconds).as_secs_f64()
}

/// What can be told of a scenario before it runs.
pub fn obstacle(scenario: &Scenario, installed: &Installed) -> Option<Obstacle> {
    if let Some(otp) = &scenario.header.otp
        && otp.value != installed.otp
    {
        return Some(Obstacle::Otp { wanted: otp.value, installed: installed.otp });
    }
    if !uses_dynamic_supervisors(scenario) {
        return None;
    }
    let Some(elixir) = &installed.elixir else { return Some(Obstacle::NoElixir) };
    match &scenario.header.elixir_minor {
        Some(wanted) if wanted.value != elixir.minor => {
            Some(Obstacle::Elixir { wanted: wanted.value, installed: elixir.minor })
        }
        _ => None,
    }
}

/// The clients whose answers can be compared: how often one that retries is answered is a matter of time.
pub fn answered_clients(scenario: &Scenario) -> BTreeSet<String> {
    let label = |client: &crate::scenario::ast::Client| {
        client.name.as_ref().map_or("client".to_owned(), |name| name.text.clone())
    };
    let mut answered: BTreeSet<String> = scenario.clients.iter().map(label).collect();
    for client in &scenario.clients {
        if retries(&client.body) {
            answered.remove(&label(client));
        }
    }
    answered
}

fn retries(block: &Block) -> bool {
    block.iter().any(|Statement { kind, .. }| match kind {
        StatementKind::Eventually { .. } => true,
        StatementKind::If { then, otherwise, .. } => retries(then) || otherwise.as_ref().is_some_and(retries),
        StatementKind::Repeat { body, .. }
        | StatementKind::EachEntry { body, .. }
        | StatementKind::EachItem { body, .. } => retries(body),
        StatementKind::Receive { clauses, after } => {
            clauses.iter().any(|clause| retries(&clause.body))
                || after.as_ref().is_some_and(|(_, body)| retries(body))
        }
        StatementKind::Match { clauses, otherwise, .. } => {
            clauses.iter().any(|clause| retries(&clause.body)) || otherwise.as_ref().is_some_and(retries)
        }
        _ => false,
    })
}
