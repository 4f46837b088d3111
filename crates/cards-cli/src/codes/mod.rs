//! One-time codes: the flags that choose them, and what earlier runs leave.

pub(crate) mod flags;
pub(crate) mod memory;
