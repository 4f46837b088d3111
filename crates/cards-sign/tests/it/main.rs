//! The tests that need no process of their own, in one program: to link each takes longer than to run
//! it.

mod explain;
mod further;
mod left_out;
mod macs;
mod reported;
mod vectors;
