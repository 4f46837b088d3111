//! The views of the page, as its navigation lists them.

/// A view of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct View {
    pub(crate) path: &'static str,
    /// Its name in the navigation.
    pub(crate) label: &'static str,
    pub(crate) title: &'static str,
}
