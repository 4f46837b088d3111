//! Checks the control API.

mod clock;
mod credentials;
mod events;
mod exchanges;
mod faults;
mod health;
mod reset;
mod world;
