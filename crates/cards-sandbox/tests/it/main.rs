//! The tests that need no process of their own, in one program: linking takes longer than they do.

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
mod paging;
mod readings;
mod running;
mod store;
mod tls;
mod wire;
mod worlds;
