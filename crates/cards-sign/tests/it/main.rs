//! The tests that need no test program of their own: each took longer to link than to run.

mod explain;
mod further;
mod left_out;
mod macs;
mod reported;
mod vectors;
