//! All that needs no process of its own, in one program: linking forty takes longer than running them.

mod backends;
mod base_url;
mod calls;
mod reconcile;
mod webhooks;
