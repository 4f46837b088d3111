use super::*;

const STATES: [State; 4] = [
    State::Active,
    State::Locked,
    State::Blocked,
    State::Replaced,
];
const EVENTS: [Event; 5] = [
    Event::Lock,
    Event::Unlock,
    Event::Block,
    Event::SetPin,
    Event::Replace,
];

/// A line a state, a column an event: the state that follows, a dot where none does.
fn table(is_block_needed: bool) -> String {
    let mut lines = String::new();
    for state in STATES {
        lines.push_str(&format!("{:9}", format!("{state:?}")));
        for event in EVENTS {
            let cell = match after(state, event, is_block_needed) {
                Ok(next) => format!("{next:?}"),
                Err(_) => ".".to_owned(),
            };
            lines.push_str(&format!(" {cell:9}"));
        }
        lines.truncate(lines.trim_end().len());
        lines.push('\n');
    }
    lines
}

#[test]
fn every_event_in_every_state() {
    insta::assert_snapshot!(table(true), @r"
    Active    Locked    Active    Blocked   Active    .
    Locked    Locked    Active    Blocked   Locked    .
    Blocked   .         .         Blocked   .         Replaced
    Replaced  .         .         .         .         .
    ");
    insta::assert_snapshot!(table(false), @r"
    Active    Locked    Active    Blocked   Active    Replaced
    Locked    Locked    Active    Blocked   Locked    Replaced
    Blocked   .         .         Blocked   .         Replaced
    Replaced  .         .         .         .         .
    ");
}

#[test]
fn a_state_is_read_as_it_was_kept() {
    for state in STATES {
        let read = State::of(state.lock(), state == State::Replaced);
        assert_eq!(read, state);
    }
    assert_eq!(State::of(None, true), State::Replaced);
    assert_eq!(State::of(Some("L"), true), State::Replaced);
}
