//! Actors in Rust, as those write them who use the library.

mod chain;
mod from_async;
mod kv;
mod own_supervisor;
mod pool;
mod seeds;
