//! What keeps a scenario from being compared with the Erlang installed here.

use std::fmt;

use crate::scenario::ast::{Code, Scenario};

use super::lower::uses_elixir;
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
    /// It fixes another version of Elixir, a part of which it uses.
    Elixir {
        /// The minor version that it fixes.
        wanted: u32,
        /// The installed one.
        installed: u32,
    },
    /// It uses a part of Elixir.
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
    /// The machine was too late each time for what hangs on milliseconds.
    Late {
        /// By how much, at worst.
        ms: u64,
    },
    /// It ends with the node, and what observes it.
    NodeTerminates,
    /// It says what may be broken, and nobody breaks it there.
    Faults,
    /// It runs compiled code, which is the real thing already.
    Compiled,
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
                f.write_str("it uses what is Elixir's (a dynamic supervisor, a registry), and Elixir is not installed (package `elixir`)")
            }
            Obstacle::TooLong { takes_ms, limit_ms } => write!(
                f,
                "it takes {:.1} s of real time, more than the {:.1} s of --time-limit",
                seconds(*takes_ms),
                seconds(*limit_ms)
            ),
            Obstacle::Endless(why) => write!(f, "it does not settle: {why}"),
            Obstacle::Late { ms } => {
                write!(f, "it hangs on time, and this machine is too busy: it was late by up to {ms} ms")
            }
            Obstacle::Faults => {
                f.write_str("its `fault` lines are for exploring, and nobody can break anything just then in a real Erlang")
            }
            Obstacle::Compiled => {
                f.write_str("it runs compiled code, which is no model of anything: run that with your own tests")
            }
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
    if scenario.code != Code::default() {
        return Some(Obstacle::Compiled);
    }
    if !scenario.faults.is_empty() {
        return Some(Obstacle::Faults);
    }
    if !uses_elixir(scenario) {
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

#[cfg(test)]
mod tests {
    use super::super::machine::Elixir;
    use super::*;

    fn told(text: &str, elixir: Option<u32>) -> Option<String> {
        let scenario = crate::scenario::parse("test.kdl", text).expect("the test's scenario is right");
        let elixir = elixir.map(|minor| Elixir { minor, ebin: "ebin".into() });
        obstacle(&scenario, &Installed { otp: 25, elixir }).map(|why| why.to_string())
    }

    #[test]
    fn another_elixir_matters_where_it_is_used() {
        assert_eq!(told("scenario \"t\" elixir=\"1.6\"\nsupervisor top { worker a }", None), None);
        assert_eq!(
            told("scenario \"t\" elixir=\"1.6\"\ndynamic_supervisor pool", Some(14)).as_deref(),
            Some("it is about Elixir 1.6, and Elixir 1.14 is installed")
        );
        assert_eq!(told("supervisor top { dynamic_supervisor pool }", Some(14)), None);
        assert!(told("supervisor top { dynamic_supervisor pool }", None).is_some());
    }

    #[test]
    fn what_exploring_breaks_nobody_breaks_there() {
        let why = told("supervisor top { worker a }\nfault kill any", None);
        assert!(why.is_some_and(|why| why.contains("`fault` lines are for exploring")));
    }

    #[test]
    fn compiled_code_is_compared_with_nothing() {
        let why = told("code \"ebin\"\nrun \"a.b\"", None);
        assert!(why.is_some_and(|why| why.contains("it runs compiled code")));
    }

    #[test]
    fn the_installed_release_may_be_named() {
        assert_eq!(told("scenario \"t\" otp=25\nsupervisor top { worker a }", None), None);
    }
}
