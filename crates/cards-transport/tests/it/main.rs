//! The tests that need no process of their own, in one program: to link each takes longer than to run
//! it.

mod backends;
mod base_url;
mod calls;
mod reconcile;
mod webhooks;
