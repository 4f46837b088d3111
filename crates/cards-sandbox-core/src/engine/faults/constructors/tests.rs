use super::*;

#[test]
fn a_pause_is_never_shortened() {
    assert_eq!(millis(Duration::ZERO), 0);
    assert_eq!(millis(Duration::from_nanos(1)), 0);
    assert_eq!(millis(Duration::from_micros(1)), 1);
    assert_eq!(millis(Duration::from_micros(1001)), 2);
    assert_eq!(millis(Duration::MAX), u64::MAX);
}
