//! Who asks the questions: a client, as a script in Rust.

use std::any::Any;
use std::fmt;
use std::hash::Hasher;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use crate::kernel::{Atom, Connection, Term};
use crate::otp::{Callback, Return, Then};

use super::body::{AnyBody, Body, Pass};
use super::effects::{Effects, Touch};
use super::halt::Halt;
use super::host::Host;

/// How long a client waits for quiet, in milliseconds of virtual time.
const PATIENCE_MS: u64 = 1_000_000_000;

/// What a client can do: see [`Effects`], and what only clients do.
///
/// # Examples
///
/// ```
/// use treefall::actors::*;
///
/// let simulation = Simulation::new("a client alone").client("test", |cx| {
///     cx.sleep(20)?;
///     cx.settle()?;
///     let now = cx.now()?;
///     cx.expect(now == 20, "nothing else takes time")
/// });
/// simulation.run().unwrap();
/// ```
pub struct Client<'a> {
    effects: Effects<'a>,
}

impl<'a> Deref for Client<'a> {
    type Target = Effects<'a>;

    fn deref(&self) -> &Effects<'a> {
        &self.effects
    }
}

impl DerefMut for Client<'_> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.effects
    }
}

impl Client<'_> {
    /// Waits until nothing else can happen.
    ///
    /// # Examples
    ///
    /// See [`Client`].
    pub fn settle(&mut self) -> Result<(), Halt> {
        match self.effects.quiet(PATIENCE_MS)? {
            true => Ok(()),
            false => Err(self.failed("it never settles")),
        }
    }

    /// Ends the run as failed unless this holds.
    ///
    /// # Examples
    ///
    /// See [`Client`].
    pub fn expect(&mut self, holds: bool, what: &str) -> Result<(), Halt> {
        if holds { Ok(()) } else { Err(self.failed(what)) }
    }

    /// The network between the two nodes is cut: they lose their connection, and cannot connect again.
    ///
    /// # Examples
    ///
    /// See [`Simulation::tree_on`](super::Simulation::tree_on).
    pub fn cut(&mut self) -> Result<(), Halt> {
        self.connection("cut", |_| Some(Connection::Cut))
    }

    /// The network is mended: the next signal connects the nodes again.
    ///
    /// # Examples
    ///
    /// See [`Simulation::tree_on`](super::Simulation::tree_on).
    pub fn heal(&mut self) -> Result<(), Halt> {
        self.connection("heal", |before| (before == Connection::Cut).then_some(Connection::Down))
    }

    /// The connection between the two nodes is lost; the next signal connects them again.
    ///
    /// # Examples
    ///
    /// ```
    /// # use treefall::actors::*;
    /// let simulation = Simulation::new("two nodes")
    ///     .client_on("east", "test", |cx| cx.disconnect())
    ///     .client_on("west", "nobody", |_| Ok(()));
    /// simulation.run().unwrap();
    /// ```
    pub fn disconnect(&mut self) -> Result<(), Halt> {
        self.connection("disconnect", |before| (before == Connection::Up).then_some(Connection::Down))
    }

    /// What is so already stays as it is.
    fn connection(
        &mut self,
        act: &'static str,
        change: impl FnOnce(Connection) -> Option<Connection>,
    ) -> Result<(), Halt> {
        self.effects.done(act, Touch::Sees, |host| {
            if let Some(connection) = host.connection().and_then(change) {
                host.set_connection(connection);
            }
        })
    }

    fn failed(&self, what: &str) -> Halt {
        Halt::error(self.effects.atoms().intern("expected"), Term::Text(what.into()))
    }
}

/// A client's script.
pub(super) type Script = dyn Fn(&mut Client<'_>) -> Result<(), Halt> + Send + Sync;

/// A client, by its number among those of its simulation.
#[derive(Clone)]
pub(super) struct ClientBody {
    pub(super) number: usize,
    pub(super) name: Atom,
    /// The node that it lives on.
    pub(super) node: Atom,
    pub(super) script: Arc<Script>,
}

impl fmt::Debug for ClientBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "client {}", self.number)
    }
}

impl Body for ClientBody {
    fn run(&self, _: &Callback, host: &mut dyn Host, pass: &mut Pass) -> Result<(AnyBody, Return), Halt> {
        let mut client = Client { effects: Effects { host, pass } };
        (self.script)(&mut client)?;
        Ok((AnyBody(Arc::new(self.clone())), Return::Ok(Then::Wait)))
    }

    fn state(&self) -> &dyn Any {
        self
    }

    fn is(&self, other: &dyn Body) -> bool {
        other.state().downcast_ref::<ClientBody>().is_some_and(|other| other.number == self.number)
    }

    fn digest(&self, hasher: &mut dyn Hasher) {
        hasher.write_usize(self.number);
    }
}
