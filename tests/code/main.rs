//! What compiled code computes with, held against the real thing: each suite is one run of `erl`.

mod behaviours;
mod binaries;
mod bits;
mod conformance;
mod guide;
mod hostile;
mod made;
mod natives;
mod patterns;
mod poolboy;
mod programs;
mod reductions;
mod specs;
mod supervisors;
mod tables;
mod witness;
