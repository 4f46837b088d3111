//! Paths that one reader takes for another path than the next one does.

use cards_sandbox::{Fault, Running};

use crate::draws;
use crate::wire::{JSON, exchange, request};

/// Paths that are guarded, and files that are nobody's to read.
const PATHS: &[&str] = &[
    "/",
    "/_sandbox/faults",
    "/_sandbox/exchanges",
    "/_sandbox/worlds/b",
    "/_sandbox/world/file",
    "/_sandbox/reset",
    "/_sandbox/page/faults/clear",
    "/_sandbox/page/customers",
    "/_sandbox/openapi/control.json",
    "/_sandbox/openapi/etc/passwd",
    "/_sandbox/page/Cargo.toml",
    "/etc/passwd",
    "/proc/self/environ",
    "/Cargo.toml",
];

/// Steps that go nowhere, or back, to who takes them for such.
const STEPS: &[&str] = &[
    "/./",
    "/../",
    "/%2e/",
    "/%2e%2e/",
    "/.%2e/",
    "/%2E./",
    "/..%2f",
    "/..%5c",
    "/..\\",
    "/\\..\\",
    "//",
    "///",
    "/;/",
    "/..;/",
    "/;a=b/",
    "/%00/",
    "/.%00./",
    "/x/../",
    "/x/%2e%2e/",
    "%2f",
    "%5c",
    "%252f",
    "%c0%af",
    "%e0%80%af",
    "/%u002e%u002e/",
    "/\u{ff0e}\u{ff0e}/",
    "\\",
    "/../../../../../../../",
    "/%2e%2e%2f%2e%2e%2f%2e%2e%2f%2e%2e%2f%2e%2e%2f",
    "%0d%0a",
    "/%20/",
    "/+/",
    "\t",
    "\0",
];

/// Lists beginnings that are put before a path. A ^ is replaced by the host.
const BEFORE: &[&str] = &[
    "",
    "",
    "",
    "/_worlds",
    "/_worlds/..",
    "/_worlds/a/..",
    "/_worlds/a/../..",
    "/_worlds/%61",
    "/_worlds/a%2f..",
    "/_worlds/b%2f..%2fa",
    "/_worlds/a/_worlds/b",
    "/_worlds//b",
    "/_worlds/./b",
    "/_worlds/b%00",
    "/_worlds/b;x",
    "/_worlds/b%20",
    "/_worlds/%62",
    "/_Worlds/b",
    "/%5fworlds/b",
    "/_worlds\\b",
    "//_worlds/b",
    "/./_worlds/b",
    "/x/../_worlds/b",
    "http://^",
    "http://^/_worlds/b%2f..",
    "http://evil.example",
    "//evil.example",
    "//^",
    "/\\evil.example",
    "^",
    "*",
    "file://",
    "/airpay/ms/cards/api/..",
    "/customers/../..",
    "/customers/%2e%2e%2f",
    "/api/v1/..;",
];

/// Lists endings that are put behind a path.
#[rustfmt::skip]
const BEHIND: &[&str] = &[
    "", "", "/", "/.", "/..", "%00", "%20", ";", ";x", "?", "?/../_sandbox/faults", "#", "#/../x", "%2f", "%3f", "%23", ".json", "~", "%0d%0ahost:%20a", "\\", "%ff",
];

/// Writes a path in another way.
fn twisted(path: &str, draw: &mut impl FnMut(usize) -> usize) -> String {
    let mut path = path.to_owned();
    for _ in 0..draw(3) {
        let marks: Vec<_> = path.char_indices().collect();
        let (at, mark) = marks[draw(marks.len())];
        let slashes: Vec<_> = path.match_indices('/').map(|(at, _)| at).collect();
        let end = at + mark.len_utf8();
        let code = u32::from(mark) & 0x7f;
        match draw(7) {
            0 => path.replace_range(at..end, &format!("%{code:02x}")),
            1 => path.replace_range(at..end, &format!("%{code:02X}")),
            2 => path.replace_range(at..end, &format!("%25{code:02x}")),
            3 => path.replace_range(
                at..end,
                &format!("%{:02x}%{:02x}", 0xc0 | code >> 6, 0x80 | code & 0x3f),
            ),
            4 => path.replace_range(at..end, &mark.to_ascii_uppercase().to_string()),
            _ if !slashes.is_empty() => {
                let at = slashes[draw(slashes.len())];
                path.replace_range(at..=at, STEPS[draw(STEPS.len())]);
            }
            _ => {}
        }
    }
    path + BEHIND[draw(BEHIND.len())]
}

/// Texts of which some stand in every file that was asked for.
const OF_FILES: &[&str] = &["root:x:0:", "[package]", "[workspace]", "PATH=/"];

/// Says what is wrong with the answer to the path of a seed.
pub(crate) fn wrong_with(sandbox: &Running, seed: u64) -> Option<String> {
    let mut draw = draws(seed);
    let own = sandbox.addr().to_string();
    let beside = ["a", "b"].map(|name| sandbox.beside(name).unwrap());
    let all = [sandbox.faults(), beside[0].faults(), beside[1].faults()];
    for faults in all {
        if faults.list().is_empty() {
            faults
                .add(Fault::status(503).operation("topup").times(u64::MAX))
                .unwrap();
        }
    }
    let twisted = twisted(PATHS[draw(PATHS.len())], &mut draw);
    let before = BEFORE[draw(BEFORE.len())].replace('^', &own);
    let method = ["GET", "POST", "DELETE", "PUT"][draw(4)];
    // Another site's page, one under another name, a program within one world, one that names none.
    let kind = draw(4);
    let target = match kind {
        2 => format!("/_worlds/a{twisted}"),
        _ => format!("{before}{twisted}"),
    };
    let mut sent = request(sandbox.addr(), &format!("{method} {target}"), JSON, "{}");
    match kind {
        0 if method == "GET" => {
            sent = sent.replacen(&format!("\r\nhost: {own}"), "\r\nhost: evil.example", 1);
        }
        0 => sent = sent.replacen("\r\nhost", "\r\norigin: http://evil.example\r\nhost", 1),
        1 => sent = sent.replacen(&format!("\r\nhost: {own}"), "\r\nhost: evil.example", 1),
        _ => {}
    }
    let answer = exchange(sandbox.addr(), sent.as_bytes());
    let statuses = answer.statuses();
    let is_one =
        statuses.len() <= 1 && statuses.iter().all(|status| *status < 500) && answer.is_ended;
    let is_refused = kind > 1 || statuses.iter().all(|status| *status >= 400);
    let is_told = OF_FILES.iter().any(|text| answer.text.contains(text));
    let touched = all.map(|faults| faults.list().is_empty());
    // Plainly asked for, a world is touched.
    let is_plain = |world: &str| {
        let plain = [
            format!("/_worlds/{world}/"),
            format!("http://{own}/_worlds/{world}/"),
        ];
        plain.iter().any(|plain| target.starts_with(plain))
    };
    let is_first = kind == 3 && !is_plain("a") && !is_plain("b");
    let may = [
        is_first,
        kind > 1 && is_plain("a"),
        kind > 1 && is_plain("b"),
    ];
    let is_elsewhere = touched
        .iter()
        .zip(may)
        .any(|(touched, may)| *touched && !may);
    let is_right = is_one && is_refused && !is_told && !is_elsewhere;
    (!is_right).then(|| format!("{statuses:?}, told {is_told}, touched {touched:?}: {sent:?}"))
}
