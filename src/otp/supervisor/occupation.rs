//! What a supervisor is doing, in one word: for those who ask when it can be hurt.

/// What a supervisor is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Occupation {
    /// It is starting, its first children with it, or gives up doing so.
    Starting,
    /// It waits for a message.
    Idle,
    /// It starts a child that somebody has asked for.
    Adding,
    /// It waits for a child to stop, because somebody has asked for that.
    Removing,
    /// It restarts children: it stops them, starts them or both.
    Restarting,
    /// It stops its children before it exits, or exits.
    Stopping,
}
