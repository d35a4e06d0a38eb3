//! The words of an `in-order { … }` block.

worded! {
    /// What is done with a message.
    Deed {
        /// It is on its way.
        Sent = "sent",
        /// It is taken out of the mailbox.
        Got = "got",
    }
}

worded! {
    /// What kind of message it is, or signal.
    MessageKind {
        /// The request of a call.
        Call = "call",
        /// The request of a cast.
        Cast = "cast",
        /// What `handle_info` gets, and any plain message.
        Info = "info",
        /// The answer to a call.
        Reply = "reply",
        /// An exit signal that somebody sends.
        ExitSignal = "exit",
        /// `{'EXIT', From, Reason}`
        Exit = "EXIT",
        /// `{'DOWN', Reference, process, Object, Reason}`
        Down = "DOWN",
    }
}

impl MessageKind {
    /// Whether such a thing is done with such a message: an exit signal is sent, and arrives as an `EXIT` or as an end.
    pub fn is_possible(self, deed: Deed) -> bool {
        match self {
            MessageKind::Call | MessageKind::Cast | MessageKind::Info | MessageKind::Reply => true,
            MessageKind::ExitSignal => deed == Deed::Sent,
            MessageKind::Exit | MessageKind::Down => deed == Deed::Got,
        }
    }
}
