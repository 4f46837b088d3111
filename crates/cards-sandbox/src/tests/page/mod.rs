//! Checks the page.

mod clock;
mod customers;
mod events;
mod every;
mod exchange;
mod exchanges;
mod faults;
mod reset;
