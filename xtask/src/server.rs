//! Programs that serve while a chore runs, and end with it.

use std::io::{self, BufRead, BufReader, Read};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use serde::Deserialize;

/// How long a server may take to come up.
const PATIENCE: Duration = Duration::from_secs(60);

/// How long a server that came up wrong may take to end, and what it says to
/// arrive.
const GRACE: Duration = Duration::from_secs(5);

/// How the `cards` program is built.
#[derive(Clone, Copy)]
pub(crate) enum Profile {
    Debug,
    Release,
}

/// A server that does not come up.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("{program}: {source}")]
    Start {
        program: String,
        source: std::io::Error,
    },
    #[error("{program} does not serve: {said}")]
    Down { program: String, said: String },
    #[error("the cards program does not build")]
    Build,
}

/// Builds the `cards` program and tells where it is.
pub(crate) fn build_cards(root: &Path, profile: Profile) -> Result<PathBuf, Error> {
    #[derive(Deserialize)]
    struct Message {
        executable: Option<PathBuf>,
    }
    let mut cargo = Command::new(env!("CARGO"));
    cargo
        .current_dir(root)
        .args([
            "build",
            "--quiet",
            "--package",
            "cards-cli",
            "--bin",
            "cards",
        ])
        .arg("--message-format=json-render-diagnostics");
    if let Profile::Release = profile {
        cargo.arg("--release");
    }
    let output = cargo
        .stderr(Stdio::inherit())
        .output()
        .map_err(|source| Error::Start {
            program: "cargo".to_owned(),
            source,
        })?;
    let text = String::from_utf8_lossy(&output.stdout);
    let messages = text
        .lines()
        .filter_map(|line| serde_json::from_str::<Message>(line).ok());
    let executable = messages
        .filter_map(|message| message.executable)
        .next_back();
    executable
        .filter(|_| output.status.success())
        .ok_or(Error::Build)
}

/// A server on this machine. It ends when this is dropped, on whatever way.
pub(crate) struct Server {
    child: Child,
    url: String,
}

impl Server {
    /// One that prints where it serves on its first line, after `prefix`.
    pub(crate) fn announced(mut command: Command, prefix: &str) -> Result<Self, Error> {
        let program = command.get_program().to_string_lossy().into_owned();
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut server = Self::spawn(command, &program, String::new())?;
        let (out, err) = (server.child.stdout.take(), server.child.stderr.take());
        let first = beside(move || first_line(out));
        let complaints = beside(move || all(err));
        let mut said = match first.recv_timeout(PATIENCE) {
            Ok(line) => match line.strip_prefix(prefix) {
                Some(url) => {
                    server.url = url.to_owned();
                    return Ok(server);
                }
                None => format!("it printed `{line}`"),
            },
            Err(_) => "it printed nothing for a minute".to_owned(),
        };
        // It may be about to say why and end by itself; else it is ended, and
        // with it what it says.
        let complaints = complaints.recv_timeout(GRACE).or_else(|_| {
            drop(server);
            complaints.recv_timeout(GRACE)
        });
        let complaints = complaints.unwrap_or_default();
        if !complaints.trim().is_empty() {
            said = format!("{said}; {}", complaints.trim());
        }
        Err(Error::Down { program, said })
    }

    /// One that is told where to serve, and up once `ready` gets an answer of
    /// HTTP.
    pub(crate) fn told(
        mut command: Command,
        address: SocketAddr,
        ready: &str,
    ) -> Result<Self, Error> {
        let program = command.get_program().to_string_lossy().into_owned();
        command.stdout(Stdio::null()).stderr(Stdio::null());
        let mut server = Self::spawn(command, &program, format!("http://{address}"))?;
        let deadline = Instant::now() + PATIENCE;
        while !answers(address, ready) {
            let ended = server.child.try_wait().ok().flatten();
            let said = match ended {
                Some(status) => format!("it ended with {status}"),
                None if Instant::now() > deadline => "it did not answer for a minute".to_owned(),
                None => {
                    thread::sleep(Duration::from_millis(50));
                    continue;
                }
            };
            return Err(Error::Down { program, said });
        }
        Ok(server)
    }

    fn spawn(mut command: Command, program: &str, url: String) -> Result<Self, Error> {
        let child = command.stdin(Stdio::null()).spawn();
        child
            .map(|child| Self { child, url })
            .map_err(|source| Error::Start {
                program: program.to_owned(),
                source,
            })
    }

    /// Without a slash at the end.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// The process's number, for what the system tells of it.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// What a job comes to, which may never end.
fn beside<T: Send + 'static>(job: impl FnOnce() -> T + Send + 'static) -> Receiver<T> {
    let (sender, receiver) = mpsc::channel();
    // Nobody may wait for it any more.
    thread::spawn(move || drop(sender.send(job())));
    receiver
}

/// An error leaves the line empty.
fn first_line(out: Option<impl Read>) -> String {
    let mut line = String::new();
    if let Some(out) = out {
        drop(BufReader::new(out).read_line(&mut line));
    }
    line.trim_end().to_owned()
}

/// What is written until the end, of which the start is kept: all is taken, as
/// a pipe that is full would stop the writer.
fn all(from: Option<impl Read>) -> String {
    let mut kept = Vec::new();
    if let Some(mut from) = from {
        drop(from.by_ref().take(64 * 1024).read_to_end(&mut kept));
        drop(io::copy(&mut from, &mut io::sink()));
    }
    String::from_utf8_lossy(&kept).into_owned()
}

fn answers(address: SocketAddr, path: &str) -> bool {
    let ask = || -> std::io::Result<String> {
        let mut stream = TcpStream::connect_timeout(&address, Duration::from_secs(1))?;
        stream.set_read_timeout(Some(Duration::from_secs(5)))?;
        let request =
            format!("GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n");
        std::io::Write::write_all(&mut stream, request.as_bytes())?;
        let mut answer = String::new();
        stream.take(64).read_to_string(&mut answer)?;
        Ok(answer)
    };
    ask().is_ok_and(|answer| answer.starts_with("HTTP/1.1 "))
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn announced(script: &str) -> Result<Server, Error> {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        Server::announced(command, "listening on ")
    }

    #[test]
    fn a_server_that_does_not_start_says_why() {
        let error = announced("echo no; sleep 0.2; echo the port is taken >&2; exit 1").err();
        insta::assert_snapshot!(
            error.unwrap(),
            @"sh does not serve: it printed `no`; the port is taken"
        );
        let error = announced("exit 1").err();
        insta::assert_snapshot!(error.unwrap(), @"sh does not serve: it printed ``");
    }

    #[test]
    fn a_server_that_comes_up_wrong_and_stays_is_ended() {
        let error = announced("echo no; echo hm >&2; exec sleep 600").err();
        insta::assert_snapshot!(error.unwrap(), @"sh does not serve: it printed `no`; hm");
    }

    #[test]
    fn a_server_that_complains_much_is_not_held_up() {
        let script = "echo listening on here; head -c 300000 /dev/zero >&2; exit 7";
        let mut server = announced(script).unwrap();
        assert_eq!(server.url(), "here");
        assert_eq!(server.child.wait().unwrap().code(), Some(7));
    }
}
