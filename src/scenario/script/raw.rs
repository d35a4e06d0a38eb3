//! Child specs written verbatim: `#{id => a, start => {Module, start_link, [..]}}`.

use crate::kernel::{Atom, Context, Target, Term};
use crate::otp::{Actor, SupervisorRequest};

use super::frame::Frame;
use super::launch::StartFunction;
use super::program::Request;
use super::{Image, Script};

/// The start function that `{Module, Function, Arguments}` names, if the file defines the module.
pub(super) fn start_function(mfa: &Term, image: &Image) -> Option<StartFunction> {
    let [Term::Atom(module), Term::Atom(Atom::START_LINK), Term::List(arguments)] = mfa.as_tuple()? else {
        return None;
    };
    let mut start = StartFunction::of(*module, image.module(*module)?);
    start.arguments = arguments.to_vec();
    Some(start)
}

impl Frame {
    /// A verbatim child spec: a supervisor checks it itself, `DynamicSupervisor.start_child/2` before it
    /// asks. An error is what the function returns by itself.
    pub(super) fn raw_child(
        &self,
        _target: Target,
        spec: Term,
        _context: &Context<'_, Actor<Script>>,
    ) -> Result<Request, Term> {
        Ok(SupervisorRequest::StartRawChild(spec))
    }
}
