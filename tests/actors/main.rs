//! Actors in Rust, as those write them who use the library.

mod chain;
mod kv;
mod own_supervisor;
mod pool;
