//! Checks the layers that each request goes through.

mod inject;
mod ration;
mod record;
