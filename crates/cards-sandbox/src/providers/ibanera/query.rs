//! Queries of the calls that have a table of their own, and the pages that they ask for.

use cards_model::{Place, Received, Request, Rules};

use super::envelope::Refusal;
use cards_sandbox_core::incoming::Incoming;

/// Reads a request by its table of fields, or tells all that is wrong with it. Names have
/// no case, and of one that comes twice the first counts.
pub(super) fn read<R: Request>(incoming: &Incoming, rules: &Rules) -> Result<R, Refusal> {
    let query = incoming.query();
    let given = |wire: &'static str| {
        let mut all = query.iter();
        let first = all.find(|(name, _)| name.eq_ignore_ascii_case(wire))?;
        Some((wire, first.1.as_str()))
    };
    let fields = R::OPERATION.fields.iter();
    let pairs = fields.filter_map(|field| given(field.wire));
    let received = Received::new().pairs(Place::Query, pairs);
    R::receive(&received, rules).map_err(Refusal::unmet::<R>)
}

/// Records a page where nothing is said.
pub(super) const DEFAULT_PAGE_SIZE: u32 = 10;

/// The page that is asked for.
#[derive(Clone, Copy)]
pub(super) struct Asked {
    pub(super) number: u32,
    pub(super) size: u32,
}

impl Asked {
    pub(super) fn of(number: Option<u32>, size: Option<u32>) -> Self {
        Self {
            number: number.unwrap_or(1),
            size: size.unwrap_or(DEFAULT_PAGE_SIZE),
        }
    }

    /// Records at most. Rules may be waived, so that 0 may come.
    pub(super) fn limit(self) -> u64 {
        self.size.max(1).into()
    }

    /// Records before the page.
    pub(super) fn offset(self) -> u64 {
        let before = u64::from(self.number.saturating_sub(1));
        self.limit().saturating_mul(before)
    }

    /// The pages that so many records fill.
    pub(super) fn pages(self, count: u64) -> u64 {
        count.div_ceil(self.limit())
    }
}
