//! The point from which a change may have been carried out. Before it, and between an attempt that
//! was refused and the next one, an end from outside is certain to have changed nothing, and after such
//! an end nothing is sent any more.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use cards_transport::model::{Effect, Operation};
use cards_transport::{AttemptEnd, CallEvent, Hooks, Settings};

/// The departure of the one change that a run of the program makes.
pub(super) static OF_THE_CHANGE: Departure = Departure::new();

/// Knows whether a request may have been carried out.
pub(super) struct Departure(Mutex<Stage>);

/// Tells why a change is certain not to have been carried out so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SoFar {
    /// No attempt has left.
    NotSent,
    /// Each attempt that arrived was refused.
    Refused,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// The change is still here.
    Here(SoFar),
    /// An attempt is being made, and how far it got is not known yet.
    Leaving(SoFar),
    /// An attempt may have arrived.
    Gone,
    /// The change was ended, and is not sent any more.
    Over(SoFar),
}

impl Departure {
    const fn new() -> Self {
        Self(Mutex::new(Stage::Here(SoFar::NotSent)))
    }

    /// Notes that an attempt of the change itself begins.
    fn leaves(&self) {
        let mut stage = self.stage();
        if let Stage::Here(so_far) = *stage {
            *stage = Stage::Leaving(so_far);
        }
    }

    /// Notes that a request came back: the change's, where one is leaving.
    pub(super) fn came_back(&self, is_maybe_sent: bool) {
        let mut stage = self.stage();
        *stage = match (*stage, is_maybe_sent) {
            (Stage::Leaving(_), true) => Stage::Gone,
            (Stage::Leaving(so_far), false) => Stage::Here(so_far),
            (stage, _) => stage,
        };
    }

    /// Notes that the change is to be made again, which it is only where the attempt before is certain
    /// to have changed nothing.
    fn comes_again(&self) {
        let mut stage = self.stage();
        if *stage == Stage::Gone {
            *stage = Stage::Here(SoFar::Refused);
        }
    }

    /// Tells whether nothing may be sent any more.
    pub(super) fn is_over(&self) -> bool {
        matches!(*self.stage(), Stage::Over(_))
    }

    /// Ends the change where it is certain that it was not carried out, and tells why. `None`: an attempt
    /// may have arrived, and nobody knows what came of it.
    pub(super) fn ends(&self) -> Option<SoFar> {
        let mut stage = self.stage();
        if let Stage::Here(so_far) = *stage {
            *stage = Stage::Over(so_far);
        }
        match *stage {
            Stage::Over(so_far) => Some(so_far),
            _ => None,
        }
    }

    fn stage(&self) -> MutexGuard<'_, Stage> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Adds a hook that notes when the change leaves, which is not when its login does.
pub(super) fn watched(settings: Settings, operation: &'static Operation) -> Settings {
    match operation.effect {
        Effect::Read => settings,
        Effect::Mutation => settings.hooks(Watched(operation)),
    }
}

struct Watched(&'static Operation);

impl Hooks for Watched {
    fn before_send(&self, event: &CallEvent<'_>) {
        if event.operation == self.0 {
            OF_THE_CHANGE.leaves();
        }
    }

    fn on_retry(&self, event: &CallEvent<'_>, _: AttemptEnd, _: Duration) {
        if event.operation == self.0 {
            OF_THE_CHANGE.comes_again();
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[derive(Clone, Copy, Debug)]
    enum Step {
        /// The change itself, or a login on behalf of it.
        Sends {
            is_change: bool,
            is_maybe_sent: bool,
        },
        /// The change is refused, and is to be made again.
        ComesAgain,
        Ends,
    }

    fn step() -> impl Strategy<Value = Step> {
        let sends = (any::<bool>(), any::<bool>());
        let sends = sends.prop_map(|(is_change, is_maybe_sent)| Step::Sends {
            is_change,
            is_maybe_sent,
        });
        prop_oneof![4 => sends, 1 => Just(Step::ComesAgain), 1 => Just(Step::Ends)]
    }

    proptest! {
        #[test]
        fn an_end_is_sure_unless_an_attempt_may_have_been_carried_out(
            steps in proptest::collection::vec(step(), 0..9),
            is_on_its_way: bool,
        ) {
            let departure = Departure::new();
            let (mut may_have_arrived, mut was_refused, mut is_over) = (false, false, false);
            let so_far = |was_refused| match was_refused {
                true => SoFar::Refused,
                false => SoFar::NotSent,
            };
            for step in steps {
                prop_assert_eq!(departure.is_over(), is_over);
                match step {
                    Step::Sends { .. } if is_over => {
                        // As the transport refuses it.
                        departure.leaves();
                        departure.came_back(false);
                    }
                    Step::Sends { is_change, is_maybe_sent } => {
                        if is_change {
                            departure.leaves();
                            may_have_arrived |= is_maybe_sent;
                        }
                        departure.came_back(is_maybe_sent);
                    }
                    Step::ComesAgain => {
                        departure.comes_again();
                        was_refused |= may_have_arrived;
                        may_have_arrived = false;
                    }
                    Step::Ends => {
                        let sure = (!may_have_arrived).then_some(so_far(was_refused));
                        prop_assert_eq!(departure.ends(), sure);
                        is_over |= !may_have_arrived;
                    }
                }
            }
            if is_on_its_way {
                departure.leaves();
            }
            let is_sure = is_over || !(may_have_arrived || is_on_its_way);
            let sure = is_sure.then_some(so_far(was_refused));
            prop_assert_eq!(departure.ends(), sure);
            // Whatever is tried after it.
            departure.leaves();
            prop_assert_eq!(departure.is_over(), is_sure);
            prop_assert_eq!(departure.ends(), sure);
        }
    }
}
