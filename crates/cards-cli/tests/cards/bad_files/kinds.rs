//! The kinds of files that cannot be used.

use std::fs;
use std::path::{Path, PathBuf};

use crate::config::make_private;

/// Holds one file that cannot be used.
pub(super) struct Bad {
    pub(super) kind: &'static str,
    pub(super) path: PathBuf,
    /// The reason that is told; without one, it is that of what was to be read.
    pub(super) says: Option<&'static str>,
    /// Says whether text with anything in it may have it.
    pub(super) is_text: bool,
    /// Says whether there is nothing in it.
    pub(super) is_empty: bool,
}

pub(super) fn bad(folder: &Path) -> Vec<Bad> {
    let write = |name: &str, content: &[u8]| {
        let path = folder.join(name);
        fs::write(&path, content).unwrap();
        make_private(&path);
        path
    };
    let row = |kind, path, says| Bad {
        kind,
        path,
        says,
        is_text: false,
        is_empty: false,
    };
    let utf_16 = |mark: [u8; 2]| [&mark[..], b"M\0A\0R\0K\0E\0R\0"].concat();
    let mut all = vec![
        row("missing", folder.join("nowhere"), Some("No such file")),
        row(
            "below a file",
            write("plain", b"MARKER").join("x"),
            Some("Not a directory"),
        ),
        row("a folder", folder.to_owned(), Some("Is a directory")),
        row("not UTF-8", write("latin", b"MARKER\xe9"), None),
        row("UTF-16", write("le", &utf_16([0xff, 0xfe])), Some("UTF-16")),
        row(
            "UTF-16, the other",
            write("be", &utf_16([0xfe, 0xff])),
            Some("UTF-16"),
        ),
        row("NUL", write("nul", b"MARKER\0MARKER"), None),
        Bad {
            is_empty: true,
            ..row("empty", write("empty", b""), Some("it is empty"))
        },
        Bad {
            is_empty: true,
            ..row(
                "a BOM alone",
                write("bom", b"\xef\xbb\xbf"),
                Some("it is empty"),
            )
        },
        Bad {
            is_text: true,
            ..row(
                "commands",
                write("commands", b"\x1b[2JMARKER\x07\x9b"),
                None,
            )
        },
        Bad {
            is_text: true,
            ..row(
                "commands in UTF-8",
                write("c1", "MARKER\u{1b}]0;x\u{9b}2J\u{202e}".as_bytes()),
                None,
            )
        },
        Bad {
            is_text: true,
            ..row(
                "a secret",
                write("secret", b"{\"MARKER 4622940000003713"),
                None,
            )
        },
        row(
            "missing, with commands in its name",
            folder.join("x\u{1b}[2J\u{9b}2J\u{202e}\ny"),
            Some("No such file"),
        ),
        row(
            "a name with commands",
            write("x\u{1b}[2J\u{7}\n", b"MARKER\xe9"),
            None,
        ),
    ];
    #[cfg(target_os = "linux")]
    {
        all.push(row(
            "without an end",
            "/dev/zero".into(),
            Some("it holds more than"),
        ));
        // Its first byte can be read by nobody.
        all.push(row(
            "unreadable",
            "/proc/self/mem".into(),
            Some("Input/output error"),
        ));
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let locked = write("locked", b"MARKER");
        fs::set_permissions(&locked, fs::Permissions::from_mode(0o000)).unwrap();
        // Nothing stops root.
        if fs::read(&locked).is_err() {
            all.push(row("no permission", locked, Some("Permission denied")));
        }
    }
    all
}
