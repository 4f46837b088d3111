//! The tests that need no test program of their own: each took longer to link than to run.

mod backends;
mod base_url;
mod calls;
mod reconcile;
mod webhooks;
