//! Checks the page.

mod clock;
mod customers;
mod every;
mod exchange;
mod exchanges;
mod faults;
mod reset;
