//! Actors in Rust as processes of a scenario: those of the catalogue of the program that reads it.

use crate::actors::{Hosting, Instance, Start};
use crate::kernel::Atom;
use crate::otp::Name;

use super::start::{Module, StartFunction};
use super::{Note, Script};

impl Hosting for Script {
    fn hosted(start: Start) -> StartFunction {
        let (called, name) = (start.module(), start.name());
        let function = StartFunction::of(called, Module::Rust(Box::new(start)));
        StartFunction { name: name.map(Name::Local), ..function }
    }

    fn of(instance: Instance) -> Script {
        Script::Rust(Box::new(instance))
    }

    fn told(text: String) -> Note {
        Note::Log { text: text.into(), values: Vec::new() }
    }
}

/// The actor that a worker of this name is, if the program has one.
pub(super) fn named(name: Atom, image: &super::Image) -> Option<Script> {
    image.actors.get(&name).map(|instance| Script::Rust(Box::new(instance.clone())))
}
