//! Compiled Erlang and Elixir: modules as the compilers write them, run down to the functions that the emulator is
//! written in.
//!
//! A machine's process is a value: it can be cloned, compared, hashed and searched. This room knows no scenario and
//! no supervisor; OTP's own modules bring their own.

pub mod bits;
pub mod captures;
pub mod ets;
pub mod files;
pub mod host;
pub mod load;
pub mod machine;
pub mod natives;
pub mod raise;
pub mod regular;
pub mod segment;
pub mod term;
