//! A step that has yet to come, which was sent while the clock was ahead, or which a memory holds
//! that counts steps of another length.

use proptest::prelude::*;

use super::*;

/// Draws a step that a memory may hold: near the one in which a script begins, that of a clock
/// which was ahead, or of another length.
fn steps() -> impl Strategy<Value = Option<u64>> {
    prop_oneof![
        Just(None),
        (STEP - 3..STEP + 4).prop_map(Some),
        (STEP..STEP + 100_000).prop_map(Some),
        (1..61_u64).prop_map(|length| Some(1_800_000_010 / length)),
        Just(Some(u64::MAX)),
    ]
}

fn memories() -> impl Strategy<Value = OtpMemory> {
    let learned = prop_oneof![
        Just(CodeUse::Unknown),
        Just(CodeUse::Repeated),
        Just(CodeUse::Single),
    ];
    (learned, steps(), any::<[bool; 3]>()).prop_map(|(learned, step, bits)| {
        let mut memory = OtpMemory::new();
        (memory.learned, memory.last_step) = (learned, step);
        [memory.last_taken, memory.call_refused, memory.login_refused] = bits;
        memory
    })
}

/// A refusal that may mean the code.
fn refusals() -> impl Strategy<Value = fn() -> Outcome> {
    prop_oneof![Just(UNAUTHORIZED), Just(OTP_INVALID)]
}

/// Makes three calls, between which the clock is set back, and tells how often each went out.
fn attempts(
    provider: Ibanera,
    memory: OtpMemory,
    refusal: fn() -> Outcome,
    back: [u64; 2],
) -> (Vec<u32>, Vec<Duration>) {
    let script = Script::new(&[refusal; 40]);
    let settings = script.settings().otp_memory(memory);
    let client = blocking::Client::with_settings(provider, script.clone(), settings);
    let mut attempts = Vec::new();
    for back in [Some(back[0]), Some(back[1]), None] {
        attempts.push(client.send(&CALL).unwrap_err().attempts());
        script.set_back(seconds(back.unwrap_or_default()));
    }
    (attempts, script.pauses())
}

proptest! {
    /// Three calls with any memory, between which the clock is set back, spend one refusal at most
    /// on finding out that a code is not the reason.
    #[test]
    fn one_refusal_at_most_is_spent_though_the_last_step_has_yet_to_come(
        memory in memories(),
        refusal in refusals(),
        back in prop::array::uniform2(prop_oneof![Just(0), 1..100_u64, 1..1_000_000_u64]),
        logs_in in any::<bool>(),
    ) {
        let provider = if logs_in { logging_in() } else { ibanera() };
        let (attempts, pauses) = self::attempts(provider, memory, refusal, back);
        let spent = attempts.iter().sum::<u32>() - 3;
        prop_assert!(spent <= 1, "{attempts:?} {pauses:?}");
        // A fresh code is never further away than the step after the next.
        prop_assert!(pauses.iter().all(|pause| *pause <= seconds(60)), "{pauses:?}");
    }

    /// Codes that serve twice are found out to, however far ahead the last step is.
    #[test]
    fn a_last_step_that_has_yet_to_come_keeps_nothing_from_being_learned(ahead in 1..u64::MAX - STEP) {
        let mut memory = OtpMemory::new();
        (memory.last_step, memory.last_taken) = (Some(STEP + ahead), true);
        let script = Script::new(&[ONE_CUSTOMER, UNAUTHORIZED, ONE_CUSTOMER]);
        let told = std::sync::Arc::new(std::sync::Mutex::new(memory));
        let keep = std::sync::Arc::clone(&told);
        let settings = script.settings().otp_memory(memory);
        let settings = settings.otp_watcher(move |memory| *keep.lock().unwrap() = memory);
        let client = blocking::Client::with_settings(ibanera(), script.clone(), settings);
        client.send(&CALL).unwrap();
        let learned = *told.lock().unwrap();
        prop_assert_eq!(learned.learned, CodeUse::Unknown);
        prop_assert!(learned.last_step <= Some(STEP + 1) && learned.last_taken);
        // The same code is refused now.
        client.send(&CALL).unwrap();
        let learned = *told.lock().unwrap();
        prop_assert_eq!((learned.learned, learned.last_step), (CodeUse::Single, Some(STEP + 1)));
    }
}

/// The request of a step that is waited for may wake a moment early by the clock.
#[test]
fn a_code_that_goes_out_a_moment_early_is_sent_once() {
    let mut memory = OtpMemory::new();
    (memory.learned, memory.last_step) = (CodeUse::Single, Some(STEP));
    let script = Script::new(&[ONE_CUSTOMER, ONE_CUSTOMER]);
    let slow = script.clone();
    // The clock runs behind the pauses.
    let settings = script.settings().otp_memory(memory).clock(move || {
        let early = Duration::from_millis(if slow.pauses().is_empty() { 0 } else { 5 });
        slow.now() - early
    });
    let client = blocking::Client::with_settings(ibanera(), script.clone(), settings);
    client.send(&CALL).unwrap();
    client.send(&CALL).unwrap();
    assert_eq!(codes(&script), [0, 1]);
}
