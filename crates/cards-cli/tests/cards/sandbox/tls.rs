//! `cards sandbox --tls`, and who trusts it.

use std::path::Path;

use super::{Serving, settings};
use crate::{cards, run};

#[test]
fn with_tls_it_is_called_by_whoever_trusts_its_certificate() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("sandbox.pem");
    let tls = ["--tls", "--tls-certificate", file.to_str().unwrap()];
    let (_serving, url) = Serving::start_at(&[&["--port", "0"], &tls[..]].concat());
    let address = url.strip_prefix("https://").unwrap();
    let settings = settings(&[&["--listen", address], &tls[..]].concat());
    let (variable, path) = settings.last().unwrap();
    assert_eq!((&**variable, Path::new(path)), ("CARDS_CA_FILE", &*file));

    let list = ["paysafe", "prepaid-cards", "--customer-id", "12345678"];
    for backend in ["ureq", "reqwest"] {
        let call = || {
            let mut call = cards(&list);
            call.args(["--backend", backend]).envs(settings.clone());
            call
        };
        let (code, _, err) = run(&mut call());
        assert_eq!(code, 0, "{err}");
        let (code, out, err) = run(call().env_remove("CARDS_CA_FILE"));
        assert_eq!((code, &*out), (5, ""));
        assert!(err.contains("the TLS handshake failed"), "{err}");
    }
    // From a profile just the same.
    let profile = folder.path().join("config.toml");
    std::fs::write(&profile, format!("[profile.default]\nca_file = '{path}'\n")).unwrap();
    let (code, _, err) = run(cards(&list)
        .envs(settings.clone())
        .env_remove("CARDS_CA_FILE")
        .env("CARDS_CONFIG", &profile));
    assert_eq!(code, 0, "{err}");

    let health = ["sandbox", "--health", &url];
    let (code, out, _) = run(cards(&health).env("CARDS_CA_FILE", &file));
    assert_eq!((code, &*out), (0, "ok\n"));
    assert_eq!(run(&mut cards(&health)).0, 1);
}

#[test]
fn a_file_of_certificates_that_cannot_be_used() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ca.pem");
    let says = || {
        let url = "https://127.0.0.1:1";
        let mut call = cards(&["paysafe", "prepaid-cards", "--customer-id", "12345678"]);
        call.args(["--base-url", url])
            .env("CARDS_PAYSAFE_TOKEN", "t");
        let (code, out, err) = run(call.env("CARDS_CA_FILE", &file));
        assert_eq!((code, &*out), (2, ""));
        err.replace(file.to_str().unwrap(), "[file]")
    };
    insta::assert_snapshot!(says(), @"
    error: CARDS_CA_FILE: cannot read the file [file]
      caused by: No such file or directory
      hint: check the path
    ");
    std::fs::write(&file, "MARKER").unwrap();
    insta::assert_snapshot!(says(), @"
    error: CARDS_CA_FILE: [file]: the PEM file holds no certificate
      hint: a PEM file has lines such as -----BEGIN CERTIFICATE-----
    ");
    std::fs::write(&file, "-----BEGIN CERTIFICATE-----\nMARKER").unwrap();
    insta::assert_snapshot!(says(), @"
    error: CARDS_CA_FILE: [file]: the PEM file cannot be read
      hint: a PEM file has lines such as -----BEGIN CERTIFICATE-----
    ");
    std::fs::write(
        &file,
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
    )
    .unwrap();
    insta::assert_snapshot!(says(), @"
    error: CARDS_CA_FILE: [file]: a root certificate is not DER
      hint: a PEM file has lines such as -----BEGIN CERTIFICATE-----
    ");
}

#[test]
fn a_certificate_is_not_written_over_something_else() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("precious.txt");
    std::fs::write(&file, "precious").unwrap();
    let start = |file: &Path| {
        let (code, out, err) =
            run(
                cards(&["sandbox", "--port", "0", "--tls", "--tls-certificate"])
                    .arg(file)
                    .args(["--store"])
                    .arg(folder.path().join("cards.db")),
            );
        assert_eq!((code, &*out), (1, ""));
        err.replace(folder.path().to_str().unwrap(), "[folder]")
    };
    insta::assert_snapshot!(start(&file), @"
    error: --tls-certificate: [folder]/precious.txt is there, and is no certificate
      hint: it writes to a file of its own
    ");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "precious");
    // Nor is a store made for a sandbox that does not start.
    assert!(!folder.path().join("cards.db").exists());
    insta::assert_snapshot!(start(&folder.path().join("no/such/folder.pem")), @"
    error: --tls-certificate: cannot write the certificate to [folder]/no/such/folder.pem
      caused by: No such file or directory
    ");

    let (code, _, err) = run(&mut cards(&["sandbox", "--tls-certificate", "a.pem"]));
    assert_eq!(code, 2);
    assert!(err.contains("--tls"), "{err}");
}
