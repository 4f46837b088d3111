//! The tests that need no test program of their own: each took longer to link than to run.

mod assertions;
#[path = "../common/mod.rs"]
mod common;
mod crash;
mod disk;
mod events;
mod exchanges;
mod faults;
mod issuer;
mod issuer_stories;
mod kept_values;
mod missing_fields;
mod moved;
mod paging;
mod readings;
mod running;
mod store;
mod tls;
mod wire;
mod worlds;
