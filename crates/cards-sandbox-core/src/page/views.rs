//! The views that every sandbox has.

use crate::engine::view::View;

pub(crate) const EXCHANGES: View = View {
    path: "/",
    label: "Exchanges",
    title: "Exchanges",
};

/// Lists all customers with their cards.
pub const CUSTOMERS: View = View {
    path: "/_sandbox/page/customers",
    label: "Customers",
    title: "Customers and cards",
};

pub(crate) const EVENTS: View = View {
    path: "/_sandbox/page/events",
    label: "Events",
    title: "Events",
};

pub(crate) const FAULTS: View = View {
    path: "/_sandbox/page/faults",
    label: "Faults",
    title: "Faults",
};

pub(crate) const CLOCK: View = View {
    path: "/_sandbox/page/clock",
    label: "Clock",
    title: "Clock",
};

pub(crate) const TEST_VALUES: View = View {
    path: "/_sandbox/page/test-values",
    label: "Test values",
    title: "Test values",
};

/// Led to by links, and not in the navigation.
pub(crate) const RESET: View = View {
    path: "/_sandbox/page/reset",
    label: "Reset",
    title: "Reset",
};

/// The views in the navigation; the providers' own follow.
pub(crate) const LISTED: [View; 6] = [EXCHANGES, CUSTOMERS, EVENTS, FAULTS, CLOCK, TEST_VALUES];
