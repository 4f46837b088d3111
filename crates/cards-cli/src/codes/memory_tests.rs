use std::sync::Barrier;

use super::*;

fn keeper(folder: &Path, account: &str) -> Keeper {
    Keeper::new(Some(folder.to_owned()), account.to_owned(), 30, false)
}

fn memory(learned: CodeUse, last_step: u64) -> OtpMemory {
    let mut memory = OtpMemory::new();
    (memory.learned, memory.last_step) = (learned, Some(last_step));
    memory
}

/// Reads the memory as the next run would.
fn recalled(folder: &Path, account: &str) -> OtpMemory {
    keeper(folder, account).recall()
}

#[test]
fn the_next_run_knows_what_the_last_one_knew() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().join("state/cards");
    assert_eq!(recalled(&folder, "a"), OtpMemory::new());
    for learned in [CodeUse::Unknown, CodeUse::Repeated, CodeUse::Single] {
        for step in [1, 2, 59_841_600] {
            let keeper = keeper(&folder, "a");
            keeper.recall();
            keeper.keep(memory(learned, step));
            let now = recalled(&folder, "a");
            assert_eq!(now.learned, learned);
            assert!(now.last_step >= Some(step));
            assert_eq!(recalled(&folder, "b"), OtpMemory::new());
        }
    }
}

#[test]
fn the_next_run_knows_what_became_of_the_last_code() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    for bits in 0..8 {
        let account = format!("account-{bits}");
        let mut last = memory(CodeUse::Unknown, 7);
        last.last_taken = bits & 1 != 0;
        last.call_refused = bits & 2 != 0;
        last.login_refused = bits & 4 != 0;
        let first = keeper(folder, &account);
        first.recall();
        first.keep(last);
        assert_eq!(recalled(folder, &account), last);
        // A run that came late knows of a step before, or of no fate at all.
        let late = keeper(folder, &account);
        late.keep(memory(CodeUse::Unknown, 6));
        late.keep(memory(CodeUse::Unknown, 7));
        assert_eq!(recalled(folder, &account), last);
        // A finding that is taken back stays so, and a new step has a new fate.
        first.keep(memory(CodeUse::Unknown, 8));
        let next = memory(CodeUse::Unknown, 8);
        assert_eq!(recalled(folder, &account), next);
    }
    // A step that has yet to come was not that of the last code.
    let mut ahead = memory(CodeUse::Unknown, now() / 30 + 1_000_000);
    ahead.last_taken = true;
    keeper(folder, "ahead").keep(ahead);
    assert!(!recalled(folder, "ahead").last_taken);
    let keeper = keeper(folder, "ahead");
    keeper.recall();
    keeper.keep(memory(CodeUse::Single, 5));
    assert!(!recalled(folder, "ahead").last_taken);
}

#[test]
fn nobody_loses_what_others_write_at_the_same_time() {
    const RUNS: u64 = 8;
    let folder = tempfile::tempdir().unwrap();
    let begin = Barrier::new(RUNS as usize);
    thread::scope(|scope| {
        for run in 0..RUNS {
            let (folder, begin) = (folder.path(), &begin);
            scope.spawn(move || {
                let own = keeper(folder, &format!("account-{run}"));
                let shared = keeper(folder, "shared");
                begin.wait();
                for step in 1..=20 {
                    own.keep(memory(CodeUse::Repeated, step));
                    // Some are behind, and must not put the others back.
                    shared.keep(memory(CodeUse::Unknown, 100 * run + step));
                }
            });
        }
    });
    for run in 0..RUNS {
        let kept = recalled(folder.path(), &format!("account-{run}"));
        assert_eq!(kept, memory(CodeUse::Repeated, 20));
    }
    let shared = recalled(folder.path(), "shared");
    assert_eq!(shared, memory(CodeUse::Unknown, 100 * (RUNS - 1) + 20));
}

#[test]
fn what_another_run_learned_stays_where_this_one_learned_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (early, late) = (keeper(folder.path(), "a"), keeper(folder.path(), "a"));
    early.recall();
    late.recall();
    late.keep(memory(CodeUse::Single, 8));
    early.keep(memory(CodeUse::Unknown, 7));
    assert_eq!(recalled(folder.path(), "a"), memory(CodeUse::Single, 8));
    // The run that learned it can take it back.
    late.keep(memory(CodeUse::Unknown, 9));
    assert_eq!(recalled(folder.path(), "a"), memory(CodeUse::Unknown, 9));
}

#[test]
fn a_persons_own_code_belongs_to_no_step_and_forgets_none() {
    let folder = tempfile::tempdir().unwrap();
    keeper(folder.path(), "a").keep(memory(CodeUse::Single, 7));
    let own = Keeper::new(Some(folder.path().to_owned()), "a".to_owned(), 30, true);
    let mut known = own.recall();
    assert_eq!((known.learned, known.last_step), (CodeUse::Single, None));
    known.learned = CodeUse::Repeated;
    own.keep(known);
    assert_eq!(recalled(folder.path(), "a"), memory(CodeUse::Repeated, 7));
}

#[test]
fn a_step_that_has_yet_to_come_is_none_to_wait_for() {
    let folder = tempfile::tempdir().unwrap();
    let ahead = now() / 30 + 1_000_000;
    keeper(folder.path(), "a").keep(memory(CodeUse::Single, ahead));
    let last = recalled(folder.path(), "a").last_step.unwrap();
    assert!(last <= now() / 30 + 1, "{last}");
    let keeper = keeper(folder.path(), "a");
    keeper.recall();
    keeper.keep(memory(CodeUse::Single, 5));
    let text = fs::read_to_string(folder.path().join(FILE)).unwrap();
    assert!(!text.contains(&ahead.to_string()), "{text}");
}

#[test]
fn the_file_does_not_grow_without_end() {
    let folder = tempfile::tempdir().unwrap();
    for number in (0..MOST_ENTRIES + 20).rev() {
        keeper(folder.path(), &format!("{number:0100}")).keep(memory(CodeUse::Single, 1));
    }
    let path = folder.path().join(FILE);
    assert!(fs::metadata(&path).unwrap().len() < MOST_BYTES);
    let entries = read_entries(&path).unwrap_or_default();
    assert_eq!(entries.len(), MOST_ENTRIES);
    // The last one is there, however many were written within a second.
    assert!(entries.contains_key(&format!("{:0100}", 0)));
}

#[test]
fn accounts_are_told_apart() {
    let account = |pairs: &[(&'static str, &str)]| {
        let pairs = pairs
            .iter()
            .map(|(name, value)| (*name, (*value).to_owned()));
        account(&Vars::only(pairs))
    };
    let base = ("CARDS_IBANERA_BASE_URL", "https://u.example:1/v1");
    let secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
    let all = [
        account(&[]),
        account(&[base]),
        account(&[base, ("CARDS_IBANERA_USERNAME", "one")]),
        account(&[base, ("CARDS_IBANERA_USERNAME", "two")]),
        account(&[base, ("CARDS_IBANERA_TOTP_TEXT", "one")]),
        account(&[base, ("CARDS_IBANERA_TOTP_SECRET", secret)]),
        account(&[
            base,
            ("CARDS_IBANERA_TOTP_SECRET", secret),
            ("CARDS_IBANERA_TOTP_STEP", "60"),
        ]),
    ];
    let different: std::collections::BTreeSet<_> = all.iter().collect();
    assert_eq!(different.len(), all.len(), "{all:?}");
    assert_eq!(
        all[5],
        account(&[base, ("CARDS_IBANERA_TOTP_SECRET", secret)])
    );
    for account in &all[1..] {
        let rest = account.strip_prefix("default@u.example:1#").unwrap();
        assert_eq!(rest.len(), 4, "{account}");
    }
}

#[test]
fn no_account_is_lost_whatever_became_of_the_file_since_it_was_read() {
    let entry = "[\"other\"]\nlearned = \"single\"\n";
    for content in [entry, "[", "x = 1", "\u{0}"] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(FILE);
        let keeper = keeper(folder.path(), "a");
        keeper.recall();
        fs::write(&path, content).unwrap();
        keeper.keep(memory(CodeUse::Single, 7));
        assert_eq!(recalled(folder.path(), "a"), memory(CodeUse::Single, 7));
        let aside = fs::read_to_string(path.with_extension(DAMAGED));
        match content == entry {
            true => assert_eq!(recalled(folder.path(), "other").learned, CodeUse::Single),
            false => assert_eq!(aside.unwrap(), content),
        }
    }
    // What is no plain file is left.
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(FILE);
    let keeper = keeper(folder.path(), "a");
    keeper.recall();
    fs::create_dir(&path).unwrap();
    keeper.keep(memory(CodeUse::Single, 7));
    assert!(path.is_dir() && keeper.state().is_over);
}
