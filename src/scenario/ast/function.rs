//! The words of arithmetic, and of events that a state machine makes for itself.

worded! {
    /// What is done with two integers.
    Operator {
        Plus = "+",
        Minus = "-",
        Times = "*",
        /// The quotient, rounded towards zero.
        Div = "div",
        /// What is left, with the sign of the left side.
        Rem = "rem",
        /// Of any two terms the smaller one.
        Min = "min",
        /// Of any two terms the larger one.
        Max = "max",
    }
}

worded! {
    /// What kind of event a state machine makes for itself.
    InsertedEvent {
        Internal = "internal",
        Cast = "cast",
        Info = "info",
    }
}
