//! Scripted actors: the interpreter of the scenario language, as a guest of OTP.

use crate::kernel::{Atoms, Context, Received, Term};
use crate::otp::{Actor, Cue, Guest, Launch, Message, Place, Release, Step};

use super::ast::Scenario;

/// A scripted server or process.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Script;

/// What never changes: programs, specifications, names.
#[derive(Debug)]
pub struct Image {
    atoms: Atoms,
}

/// What all processes of a scenario share.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Common;

/// What a script tells listeners.
#[derive(Clone, Debug, PartialEq)]
pub enum Note {
    /// A client's step, as it is written: `note`, `log` and the steps that send nothing.
    Said(String),
}

impl Image {
    /// Lowers a scenario.
    pub fn of(_scenario: &Scenario) -> Image {
        Image { atoms: Atoms::default() }
    }

    /// The texts of its atoms.
    pub fn atoms(&self) -> &Atoms {
        &self.atoms
    }
}

impl Guest for Script {
    type Payload = Term;
    type Start = Term;
    type Common = Common;
    type Image = Image;
    type Note = Note;

    fn release(_image: &Image) -> Release {
        Release::default()
    }

    fn launch(_start: &Term, _context: &mut Context<'_, Actor<Self>>) -> Launch<Self> {
        unimplemented!("being built")
    }

    fn with_arguments(start: &Term, _extra: &[Term], _place: Place) -> Term {
        start.clone()
    }

    fn mfa(start: &Term) -> Term {
        start.clone()
    }

    fn start_of(mfa: &Term, _image: &Image) -> Option<Term> {
        Some(mfa.clone())
    }

    fn term(payload: &Term) -> Term {
        payload.clone()
    }

    fn accepts(&self, _message: &Received<Message<Self>>, _image: &Image) -> bool {
        false
    }

    fn resume(&mut self, _cue: Cue<Self>, _context: &mut Context<'_, Actor<Self>>) -> Step<Self> {
        unimplemented!("being built")
    }
}
