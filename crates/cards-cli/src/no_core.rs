//! The memory of this process on the disk: none of it, should the process crash.

/// Sets the largest core file to nothing: it would hold card numbers, passwords and
/// keys. Child processes inherit it. Where it cannot be set, nothing is said: it was
/// stricter before, or the system has no such files.
pub(crate) fn keep_none() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, setrlimit};

        let none = Rlimit {
            current: Some(0),
            maximum: Some(0),
        };
        // Lowering is allowed to everybody.
        let _ = setrlimit(Resource::Core, none);
    }
}

#[cfg(all(test, unix))]
mod tests {
    use rustix::process::{Resource, getrlimit};

    #[test]
    fn the_largest_core_file_is_nothing() {
        super::keep_none();
        let limit = getrlimit(Resource::Core);
        assert_eq!((limit.current, limit.maximum), (Some(0), Some(0)));
    }
}
