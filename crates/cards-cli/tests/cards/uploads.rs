//! Files that are sent: read from where a flag says, and shown nowhere.

use std::fs;

use assert_cmd::Command;
use cards_sandbox::{Running, Sandbox};

use super::outcomes::{BACKENDS, NOBODY, always, json_reply};
use super::{cards, run};

const KIND: &str = "Corporate Authorization Document";

fn upload(sandbox: &Running, file: &str, more: &[&str]) -> (i32, String, String) {
    let mut command = cards(&["ibanera", "upload-document"]);
    command.args(FIELDS).args(["--file", file]);
    run(command.args(more).envs(sandbox.env()))
}

/// The fields of an upload that are no file.
const FIELDS: [&str; 6] = [
    "--customers-id",
    "11079",
    "--type",
    KIND,
    "--document-side",
    "Front",
];

/// An upload to this address, with the settings that it needs.
fn upload_at(url: &str, args: &[&str]) -> Command {
    let mut command = cards(&["ibanera", "upload-document"]);
    command
        .env("CARDS_IBANERA_BASE_URL", url)
        .env("CARDS_IBANERA_TOKEN", "t")
        .env("CARDS_IBANERA_OTP", "123456")
        .args(args);
    command
}

#[test]
fn a_scan_is_on_file_once_it_was_sent() {
    let sandbox = Sandbox::start_blocking().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let scan = folder.path().join("of-asha-nair.pdf");
    // No text, with what a text would lose.
    fs::write(&scan, b"\xef\xbb\xbf%PDF\0\xff\xfe\r\n").unwrap();
    let scan = scan.to_str().unwrap();
    let review = || {
        let mut command = cards(&["ibanera", "review-create-card", "--customers-id", "11079"]);
        run(command.envs(sandbox.env())).1
    };
    assert!(review().contains(KIND));
    let (code, _, err) = upload(&sandbox, scan, &[]);
    assert_eq!(code, 0, "{err}");
    assert!(!review().contains(KIND));
    let exchanges = sandbox.exchanges();
    let mine = exchanges
        .iter()
        .find(|it| it.operation == Some("upload-document"));
    let received = &mine.unwrap().request;
    assert_eq!(
        received.fields,
        ["customersId", "type", "documentSide", "file"]
    );
    assert_eq!(received.content_type, Some("multipart/form-data"));
}

#[test]
fn the_bytes_of_a_file_go_out_as_they_are_and_its_name_does_not() {
    let folder = tempfile::tempdir().unwrap();
    let scan = folder.path().join("of-asha-nair.pdf");
    let accepted = r#"{"id":0,"details":null,"status":"1","errors":[]}"#;
    for (content, head) in [
        (
            b"%PDF-\xef\xbb\xbf\0\xff\xfe\r\n",
            "filename=\"document.pdf\"\r\nContent-Type: application/pdf",
        ),
        // With the mark of a text first, which is a part of this file.
        (
            b"\xef\xbb\xbf%PDF-\0\xff\xfe\r\n",
            "filename=\"document\"\r\nContent-Type: application/octet-stream",
        ),
    ] {
        fs::write(&scan, content).unwrap();
        for backend in BACKENDS {
            let server = always(json_reply("200 OK", accepted));
            let mut command = upload_at(&server.url(), &FIELDS);
            command.arg("--file").arg(&scan);
            let (code, _, err) = run(command.args(["--backend", backend]));
            assert_eq!(code, 0, "{err}");
            let sent = server.received().remove(0).bytes;
            let part = [head.as_bytes(), b"\r\n\r\n", content, b"\r\n--"].concat();
            let holds = |part: &[u8]| sent.windows(part.len()).any(|it| it == part);
            let shown = String::from_utf8_lossy(&sent);
            assert!(holds(&part), "{shown}");
            assert!(!holds(b"asha") && !holds(b"nair"), "{shown}");
        }
    }
}

#[test]
fn a_file_that_breaks_a_rule_stays_here_and_so_does_its_name() {
    let sandbox = Sandbox::start_blocking().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let scan = folder.path().join("large.pdf");
    let file = fs::File::create(&scan).unwrap();
    for (bytes, code, says) in [
        (10 * 1024 * 1024, 0, ""),
        (10 * 1024 * 1024 + 1, 2, "at most 10 MiB"),
        (16 * 1024 * 1024 + 1, 2, "it holds more than 16 MiB"),
    ] {
        file.set_len(bytes).unwrap();
        let (came, _, err) = upload(&sandbox, scan.to_str().unwrap(), &[]);
        assert!(came == code && err.contains(says), "{bytes}: {came} {err}");
    }
    let (code, _, err) = upload(&sandbox, "/nowhere", &[]);
    assert!(
        code == 2 && err.contains("--file: cannot read the file /nowhere"),
        "{err}"
    );
    let sent = sandbox.exchanges();
    assert_eq!(
        sent.iter()
            .filter(|it| it.operation == Some("upload-document"))
            .count(),
        1
    );
}

#[test]
fn a_dry_run_shows_the_parts_and_nothing_of_the_file() {
    let sandbox = Sandbox::start_blocking().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let scan = folder.path().join("of-asha-nair.png");
    fs::write(&scan, b"\x89PNG\r\n\x1a\nSECRET").unwrap();
    let shown = |more: &[&str]| {
        let (code, out, err) = upload(&sandbox, scan.to_str().unwrap(), more);
        assert_eq!(code, 0, "{err}");
        assert!(!out.contains("SECRET") && !out.contains("asha"), "{out}");
        out
    };
    let text = shown(&["--dry-run"]);
    let parts = "customersId=11079\ntype=Corporate Authorization Document\ndocumentSide=Front\n\
                 file=[image/png, 14 bytes]\n";
    assert!(text.ends_with(parts), "{text}");
    let curl = shown(&["--dry-run", "--output", "curl"]);
    assert!(
        curl.contains("--form-string 'documentSide=Front'"),
        "{curl}"
    );
    let form = "--form 'file=@FILE;type=image/png;filename=document.png'";
    assert!(curl.contains(form), "{curl}");
    assert!(!curl.contains("content-type"), "{curl}");
    let json: serde_json::Value =
        serde_json::from_str(&shown(&["--dry-run", "--output", "json"])).unwrap();
    assert_eq!(json["body"]["file"], "[image/png, 14 bytes]");
    assert!(sandbox.exchanges().is_empty());
}

#[test]
fn the_part_of_the_file_is_named_by_setting() {
    let sandbox = Sandbox::start_blocking().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let scan = folder.path().join("a.pdf");
    fs::write(&scan, b"%PDF-").unwrap();
    let mut command = cards(&[
        "ibanera",
        "upload-document",
        "--customers-id",
        "11079",
        "--dry-run",
    ]);
    command.args(["--type", KIND, "--document-side", "Front", "--file"]);
    command
        .arg(&scan)
        .envs(sandbox.env())
        .env("CARDS_IBANERA_FILE_PART", "scan");
    let (code, out, err) = run(&mut command);
    assert!(
        code == 0 && out.contains("\nscan=[application/pdf, 5 bytes]\n"),
        "{out}{err}"
    );
}

#[test]
fn json_has_the_content_of_a_file_and_not_its_path() {
    let read = |file: &str| {
        let mut command = upload_at(NOBODY, &["--dry-run", "--json", "-"]);
        command.args(FIELDS);
        run(command.write_stdin(format!(r#"{{"file": {file}}}"#)))
    };
    let (code, out, err) = read(r#""JVBERi0=""#);
    assert_eq!(code, 0, "{err}");
    assert!(
        out.ends_with("\nfile=[application/pdf, 5 bytes]\n"),
        "{out}"
    );
    for wrong in [
        r#""MARKER.pdf""#,
        r#""JVBE\nRi0=""#,
        "7141",
        r#"["MARKER"]"#,
    ] {
        let (code, out, err) = read(wrong);
        assert_eq!((code, &*out), (2, ""), "{wrong}");
        let says = "error: ibanera upload-document: `file` must be the content of a file, in \
                    base64 without line breaks\n  hint: --file takes the path of a file\n";
        assert_eq!(err, says);
    }
    let (_, help, _) = run(&mut upload_at(NOBODY, &["-h"]));
    let help = help.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        help.contains("In --json it is the content, in base64"),
        "{help}"
    );
}

#[test]
fn a_file_is_read_from_standard_input_and_its_path_has_no_mark() {
    let read = |more: &[&str]| {
        let mut command = upload_at(NOBODY, &FIELDS);
        let bytes: &[u8] = b"\xff\xd8\xff\0SECRET\r\n";
        run(command.arg("--dry-run").args(more).write_stdin(bytes))
    };
    let (code, out, err) = read(&["--file", "-"]);
    assert_eq!(code, 0, "{err}");
    assert!(out.ends_with("\nfile=[image/jpeg, 12 bytes]\n"), "{out}");
    let (code, out, err) = read(&["--file", "@of-asha.pdf"]);
    assert_eq!((code, &*out), (2, ""), "{err}");
    let hint = "\n  hint: --file takes the path itself, without @; - is standard input\n";
    assert!(
        err.starts_with("error: --file: cannot read the file") && err.ends_with(hint),
        "{err}"
    );
    // A file whose name begins so is one all the same.
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("@scan"), b"%PDF-").unwrap();
    let mut command = upload_at(NOBODY, &FIELDS);
    command.args(["--dry-run", "--file", "@scan"]);
    let (code, _, err) = run(command.current_dir(folder.path()));
    assert_eq!(code, 0, "{err}");
}
