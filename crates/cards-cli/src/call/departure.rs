//! The point from which a change may have been sent. Before it, an end from outside is certain to
//! have changed nothing, and after such an end nothing is sent any more.

use std::sync::{Mutex, MutexGuard, PoisonError};

use cards_transport::model::{Effect, Operation};
use cards_transport::{CallEvent, Hooks, Settings};

/// The departure of the one change that a run of the program makes.
pub(super) static OF_THE_CHANGE: Departure = Departure(Mutex::new(Stage::Here));

/// Knows whether a request may have left.
pub(super) struct Departure(Mutex<Stage>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// The change is still here: no attempt of it has left.
    Here,
    /// An attempt is being made, and how far it got is not known yet.
    Leaving,
    /// An attempt may have arrived.
    Gone,
    /// The change was ended before it left, and is not sent any more.
    Over,
}

impl Departure {
    /// Notes that an attempt of the change itself begins.
    fn leaves(&self) {
        let mut stage = self.stage();
        if *stage == Stage::Here {
            *stage = Stage::Leaving;
        }
    }

    /// Notes that a request came back: the change's, where one is leaving.
    pub(super) fn came_back(&self, is_maybe_sent: bool) {
        let mut stage = self.stage();
        *stage = match (*stage, is_maybe_sent) {
            (Stage::Leaving, true) => Stage::Gone,
            (Stage::Leaving, false) => Stage::Here,
            (stage, _) => stage,
        };
    }

    /// Tells whether nothing may be sent any more.
    pub(super) fn is_over(&self) -> bool {
        *self.stage() == Stage::Over
    }

    /// Ends the change where it is certain that nothing of it was sent, and tells whether that is so.
    pub(super) fn ends(&self) -> bool {
        let mut stage = self.stage();
        if *stage == Stage::Here {
            *stage = Stage::Over;
        }
        *stage == Stage::Over
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
        Ends,
    }

    fn step() -> impl Strategy<Value = Step> {
        let sends = (any::<bool>(), any::<bool>());
        let sends = sends.prop_map(|(is_change, is_maybe_sent)| Step::Sends {
            is_change,
            is_maybe_sent,
        });
        prop_oneof![4 => sends, 1 => Just(Step::Ends)]
    }

    proptest! {
        #[test]
        fn an_end_is_sure_until_an_attempt_may_have_arrived(
            steps in proptest::collection::vec(step(), 0..9),
            is_on_its_way: bool,
        ) {
            let departure = Departure(Mutex::new(Stage::Here));
            let (mut may_have_arrived, mut is_over) = (false, false);
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
                    Step::Ends => {
                        prop_assert_eq!(departure.ends(), !may_have_arrived);
                        is_over |= !may_have_arrived;
                    }
                }
            }
            if is_on_its_way {
                departure.leaves();
            }
            let is_sure = is_over || !(may_have_arrived || is_on_its_way);
            prop_assert_eq!(departure.ends(), is_sure);
            // Whatever is tried after it.
            departure.leaves();
            prop_assert_eq!(departure.is_over(), is_sure);
            prop_assert_eq!(departure.ends(), is_sure);
        }
    }
}
