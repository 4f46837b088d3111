//! Checks worlds: made up, counted, saved and loaded.

mod invented;
mod quota;
mod round_trip;
