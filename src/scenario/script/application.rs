//! Starting and stopping the applications of a scenario, through its application controller.

use std::sync::Arc;

use crate::kernel::{Atom, Context, Target, Term};
use crate::otp::{self, Actor, ApplicationRequest, Block, Body, Launch, Newborn, Node, Request, Restart};

use super::frame::{Flow, Frame};
use super::operation::OperationKind;
use super::{Image, Script};

/// How the application controller is started, if the scenario has applications.
pub(super) fn controller(image: &Image) -> Option<Launch<Script>> {
    image.has_applications().then(|| {
        let applications = image
            .applications()
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
            body: Body::ApplicationController(Box::new(Node { applications, boot: Vec::new() })),
            label: Atom::APPLICATION_CONTROLLER,
            name: Some(Atom::APPLICATION_CONTROLLER.into()),
            timeout: None,
            info: None,
        })
    })
}

/// `application:start(Application, Type)`.
pub(super) fn start(number: u16, kind: Option<Restart>, image: &Image) -> Block<Script> {
    let application = image.application(number);
    ask(ApplicationRequest::Start(application.name, kind.unwrap_or(application.kind)))
}

impl Frame {
    /// `start_application` and `stop_application`.
    pub(super) fn control(&self, kind: &OperationKind, context: &Context<'_, Actor<Script>>) -> Flow {
        Flow::Block(match kind {
            OperationKind::StartApplication { application, kind } => {
                start(*application, *kind, context.image())
            }
            OperationKind::StopApplication(application) => {
                ask(ApplicationRequest::Stop(context.image().application(*application).name))
            }
            other => unreachable!("{other:?} has nothing to do with applications"),
        })
    }
}

fn ask(request: ApplicationRequest) -> Block<Script> {
    Block::Call {
        said: None,
        target: Target::Name(Atom::APPLICATION_CONTROLLER),
        request: Request::Application(request),
        timeout: None,
    }
}
