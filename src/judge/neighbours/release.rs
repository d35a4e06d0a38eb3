//! The release of OTP or Elixir: what a later one does otherwise may be all that was wrong.

use crate::scenario::ast::{Header, Knob, Spanned};

use super::super::change::{Dial, Proposal, Written};
use super::super::design::Design;

pub(super) fn propose(design: &Design, found: &mut Vec<Proposal>) {
    let header = &design.scenario.header;
    // What the file does not say is the newest there is.
    let mut dial = |property, said: &Option<Spanned<u32>>, newest: u32, written| {
        if let Some(said) = said.as_ref().filter(|said| said.value < newest) {
            found.push(Proposal::Dial(Dial {
                knob: Knob::Release,
                of: String::new(),
                property,
                near: u64::from(said.value),
                far: u64::from(newest),
                place: said.span,
                said: true,
                written,
                was: match written {
                    Written::Plainly => said.value.to_string(),
                    Written::AsElixir => format!("\"1.{}\"", said.value),
                },
            }));
        }
    };
    dial("otp", &header.otp, Header::DEFAULT_OTP, Written::Plainly);
    dial("elixir", &header.elixir_minor, Header::DEFAULT_ELIXIR_MINOR, Written::AsElixir);
}
