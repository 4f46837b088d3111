//! The tests that need no process of their own, in one program: linking takes longer than they do.

mod explain;
mod further;
mod left_out;
mod macs;
mod reported;
mod vectors;
