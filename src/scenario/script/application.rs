//! Starting and stopping the applications of a scenario, through its application controller.

use std::sync::Arc;

use crate::kernel::{Atom, Target, Term};
use crate::otp::{
    self, ApplicationRequest, Block, Body, CallTimeout, Launch, Newborn, NodeApplications, Request, Restart,
};

use super::{Image, Script};

/// How the application controller is started, if the scenario has applications.
pub(super) fn controller(image: &Image) -> Option<Launch<Script>> {
    (!image.applications.is_empty()).then(|| {
        let applications = image
            .applications
            .iter()
            .map(|application| {
                Arc::new(otp::Application {
                    name: application.name,
                    module: application.name,
                    arguments: Term::list([]),
                    start: application.start.clone(),
                    applications: Vec::new(),
                    prep_stop: None,
                    stop: None,
                })
            })
            .collect();
        Launch::Spawn(Newborn {
            body: Body::ApplicationController(Box::new(NodeApplications { applications, boot: Vec::new() })),
            label: Atom::APPLICATION_CONTROLLER,
            name: Some(Atom::APPLICATION_CONTROLLER.into()),
            timeout: None,
            info: None,
        })
    })
}

/// What asks the controller to start an application: `application:start/2`.
pub(super) fn start(number: u16, kind: Option<Restart>, image: &Image) -> Block<Script> {
    let application = image.application(number);
    ask(ApplicationRequest::Start(application.name, kind.unwrap_or(application.kind)))
}

/// What asks the controller to stop an application: `application:stop/1`.
pub(super) fn stop(number: u16, image: &Image) -> Block<Script> {
    ask(ApplicationRequest::Stop(image.application(number).name))
}

fn ask(request: ApplicationRequest) -> Block<Script> {
    Block::Call {
        said: None,
        target: Target::Name(Atom::APPLICATION_CONTROLLER),
        request: Request::Application(request),
        timeout: CallTimeout::Infinity,
    }
}
