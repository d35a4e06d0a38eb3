//! What compiled code computes with, held against the real thing: each suite is one run of `erl`.

mod arguments;
mod assembler;
mod behaviours;
mod binaries;
mod bits;
mod conformance;
mod digests;
mod exunit;
mod guide;
mod hostile;
mod made;
mod natives;
mod opcodes;
mod patterns;
mod poolboy;
mod programs;
mod reductions;
mod releases;
mod specs;
mod supervisors;
mod tables;
mod witness;
