//! The goals of the bench `scale`, each the most that a ratio may be.

/// A call of a sandbox with a million customers, over the same with a thousand.
pub const GROWTH: f64 = 2.0;

/// An item of a batch of a million, over one of a thousand, both on one core.
pub const FLAT: f64 = 1.1;

/// A batch over the cores, over the same on one core. There are two at least.
pub const OVER_THE_CORES: f64 = 0.6;
