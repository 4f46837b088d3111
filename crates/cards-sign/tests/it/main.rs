//! All that needs no process of its own, in one program: linking forty takes longer than running them.

mod explain;
mod further;
mod left_out;
mod macs;
mod reported;
mod vectors;
