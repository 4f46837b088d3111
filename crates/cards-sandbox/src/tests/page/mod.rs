//! Checks the page.

mod clock;
mod every;
mod exchange;
mod exchanges;
mod faults;
mod reset;
