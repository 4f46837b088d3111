//! The tests that need no process of their own, in one program: linking takes longer than they do.

mod backends;
mod base_url;
mod calls;
mod reconcile;
mod webhooks;
