//! Checks the control API.

mod clock;
mod credentials;
mod customers;
mod events;
mod every;
mod exchanges;
mod faults;
mod health;
mod openapi;
mod reset;
mod world;
