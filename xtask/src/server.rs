//! Programs that serve while a chore runs, and end with it.

use std::ffi::OsStr;
use std::io::{self, BufRead, BufReader, Read};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;
use std::time::{Duration, Instant};

use crate::client;

/// Limits the wait for a server: many times what it takes on a machine that has
/// nothing else to do.
#[derive(Clone, Copy)]
struct Patience {
    /// The longest wait until it is up.
    up: Duration,
    /// The longest wait until one that came up wrong has ended by itself.
    end: Duration,
}

/// The longest that the last words of an ended server may take to arrive.
const LAST_WORDS: Duration = Duration::from_secs(30);

const PATIENCE: Patience = Patience {
    up: Duration::from_secs(180),
    end: Duration::from_secs(5),
};

/// The number of ports that are tried for a server that ends before it is up.
const PORTS: usize = 3;

/// A server that does not come up.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("{program} cannot be started: {source}")]
    Start { program: String, source: io::Error },
    #[error("{program} does not serve: {said}")]
    Down {
        program: String,
        said: String,
        /// Says whether it ended by itself, before it was up.
        has_ended: bool,
    },
    #[error("no port is free: {0}")]
    Port(io::Error),
    #[error("`{0}` does not build; cargo says why above")]
    Build(&'static str),
}

/// Tells what a line that a server prints says of where it serves.
pub(crate) enum Line {
    /// At this URL, without a slash at the end.
    At(String),
    /// The line says nothing yet.
    NotYet,
    /// It is not the line that has to come: the server is another than expected.
    Wrong,
}

/// A server on this machine. It ends when this is dropped, on whatever way.
pub(crate) struct Server {
    child: Child,
    program: String,
    url: String,
    /// The text that it writes to its standard error, known at its end.
    complaints: Receiver<String>,
}

impl Server {
    /// `cards sandbox`, on a port that the system chooses.
    pub(crate) fn sandbox(cards: &Path, arguments: &[&OsStr]) -> Result<Self, Error> {
        let mut command = Command::new(cards);
        command.args(["sandbox", "--port", "0"]).args(arguments);
        Self::announced(command, listening)
    }

    /// Starts a server that chooses its port, and prints where it serves.
    pub(crate) fn announced(command: Command, read: fn(&str) -> Line) -> Result<Self, Error> {
        Self::announced_within(PATIENCE, command, read)
    }

    fn announced_within(
        patience: Patience,
        mut command: Command,
        read: fn(&str) -> Line,
    ) -> Result<Self, Error> {
        command.stdout(Stdio::piped());
        let mut server = Self::spawn(command, String::new())?;
        let out = server.child.stdout.take();
        let announcement = beside(move |tell| listen(out, read, &tell));
        match announcement.recv_timeout(patience.up) {
            Ok(Ok(url)) => {
                server.url = url;
                Ok(server)
            }
            Ok(Err(printed)) => {
                // It may be about to say why, and to end by itself.
                let status = server.ends_within(patience.end);
                Err(server.down(status, &[shown(&printed)]))
            }
            Err(_) => {
                let silence = not_within(patience.up, "it did not say where");
                server.kill();
                let printed = announcement.recv_timeout(LAST_WORDS);
                let printed = printed.ok().and_then(Result::err);
                let printed = shown(&printed.unwrap_or_default());
                Err(server.down(None, &[silence, printed]))
            }
        }
    }

    /// Starts a server that is told where to serve, and is up once `path` gets
    /// an answer of HTTP. Where it ends before that, another program may have
    /// taken the port since it was chosen: the next one is tried.
    pub(crate) fn told(command: impl Fn(SocketAddr) -> Command, path: &str) -> Result<Self, Error> {
        let mut ports = 1;
        loop {
            let address = free_port().map_err(Error::Port)?;
            match Self::told_within(PATIENCE, command(address), address, path) {
                Err(Error::Down {
                    has_ended: true, ..
                }) if ports < PORTS => ports += 1,
                outcome => return outcome,
            }
        }
    }

    fn told_within(
        patience: Patience,
        mut command: Command,
        address: SocketAddr,
        path: &str,
    ) -> Result<Self, Error> {
        // Reading what a server prints of every call would be a load of its own.
        command.stdout(Stdio::null());
        let mut server = Self::spawn(command, format!("http://{address}"))?;
        let ready = format!("{}{path}", server.url);
        let deadline = Instant::now() + patience.up;
        loop {
            let answer = client::get(&ready);
            // An answer for a server that has ended is another program's, which
            // has its port.
            let status = server.ends_within(Duration::from_millis(50));
            if status.is_some() {
                return Err(server.down(status, &[]));
            }
            let Err(error) = answer else {
                return Ok(server);
            };
            if Instant::now() > deadline {
                let silence = not_within(patience.up, &error.to_string());
                return Err(server.down(None, &[silence]));
            }
        }
    }

    fn spawn(mut command: Command, url: String) -> Result<Self, Error> {
        let program = command.get_program().to_string_lossy().into_owned();
        command.stdin(Stdio::null()).stderr(Stdio::piped());
        match command.spawn() {
            Ok(mut child) => {
                let err = child.stderr.take();
                Ok(Self {
                    child,
                    program,
                    url,
                    complaints: beside(move |tell| drop(tell.send(all(err)))),
                })
            }
            Err(source) => Err(Error::Start { program, source }),
        }
    }

    /// Gives the URL, without a slash at the end.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// The process's number, for what the system tells of it.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Waits for its exit status, where it has ended or does so soon.
    fn ends_within(&mut self, time: Duration) -> Option<ExitStatus> {
        let deadline = Instant::now() + time;
        loop {
            match self.child.try_wait() {
                Ok(None) if Instant::now() < deadline => thread::sleep(Duration::from_millis(10)),
                status => return status.ok().flatten(),
            }
        }
    }

    /// Makes the error of a server that is not up, and did or did not end by
    /// itself.
    fn down(mut self, status: Option<ExitStatus>, known: &[String]) -> Error {
        self.kill();
        // A process that it started may live, and hold the pipe open.
        let complaints = self.complaints.recv_timeout(LAST_WORDS);
        let mut said = known.to_vec();
        said.extend(status.map(|status| format!("it ended with {status}")));
        said.extend(complaints.ok().map(|text| text.trim().to_owned()));
        said.retain(|one| !one.is_empty());
        Error::Down {
            program: self.program.clone(),
            said: said.join("; "),
            has_ended: status.is_some(),
        }
    }

    fn kill(&mut self) {
        // It may have ended by itself.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}

/// The first line of `cards sandbox`, and of the bench's server.
pub(crate) fn listening(line: &str) -> Line {
    match line.strip_prefix("listening on ") {
        Some(url) => Line::At(url.to_owned()),
        None => Line::Wrong,
    }
}

fn shown(printed: &str) -> String {
    match printed {
        "" => "it printed nothing".to_owned(),
        _ => format!("it printed `{printed}`"),
    }
}

fn not_within(time: Duration, what: &str) -> String {
    format!("for {} s, {what}", time.as_secs())
}

/// Finds a port that was free a moment ago.
fn free_port() -> io::Result<SocketAddr> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()
}

/// Runs a job, which may never end, and receives what it tells.
fn beside<T: Send + 'static>(job: impl FnOnce(Sender<T>) + Send + 'static) -> Receiver<T> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || job(sender));
    receiver
}

/// Tells the URL that a server prints, or what it printed in its place, and
/// goes on taking what is printed: a pipe that is full would stop the server.
fn listen(out: Option<impl Read>, read: fn(&str) -> Line, tell: &Sender<Result<String, String>>) {
    let Some(out) = out else {
        return;
    };
    let mut out = BufReader::new(out);
    let mut printed = String::new();
    loop {
        let mut line = Vec::new();
        // An error is an end too.
        let has_ended = !out
            .read_until(b'\n', &mut line)
            .is_ok_and(|bytes| bytes > 0);
        let line = String::from_utf8_lossy(&line);
        let line = line.trim_end();
        if !line.is_empty() && printed.len() < 4096 {
            let separator = if printed.is_empty() { "" } else { "\n" };
            printed.extend([separator, line]);
        }
        let told = match read(line) {
            Line::At(url) => Ok(url),
            Line::NotYet if !has_ended => continue,
            Line::NotYet | Line::Wrong => Err(printed),
        };
        // Nobody may wait for it any more.
        drop(tell.send(told));
        break;
    }
    drop(io::copy(&mut out, &mut io::sink()));
}

/// Reads what is written until the end, and keeps the start.
fn all(from: Option<impl Read>) -> String {
    let mut kept = Vec::new();
    if let Some(mut from) = from {
        drop(from.by_ref().take(64 * 1024).read_to_end(&mut kept));
        drop(io::copy(&mut from, &mut io::sink()));
    }
    String::from_utf8_lossy(&kept).into_owned()
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    /// A time that is as good as for ever.
    const LONG: Duration = Duration::from_secs(600);

    fn sh(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    fn announced(end: Duration, script: &str) -> Result<Server, Error> {
        let read = |line: &str| match line {
            "wait" => Line::NotYet,
            line => listening(line),
        };
        Server::announced_within(Patience { up: LONG, end }, sh(script), read)
    }

    #[test]
    fn a_server_that_does_not_start_says_why() {
        let error = announced(
            LONG,
            "echo no; sleep 0.2; echo the port is taken >&2; exit 1",
        );
        insta::assert_snapshot!(
            error.err().unwrap(),
            @"sh does not serve: it printed `no`; it ended with exit status: 1; the port is taken"
        );
        let error = announced(LONG, "exit 3").err();
        insta::assert_snapshot!(
            error.unwrap(),
            @"sh does not serve: it printed nothing; it ended with exit status: 3"
        );
        let error = announced(LONG, "echo wait; echo wait").err();
        insta::assert_snapshot!(error.unwrap(), @r"
        sh does not serve: it printed `wait
        wait`; it ended with exit status: 0
        ");
    }

    #[test]
    fn a_server_that_comes_up_wrong_and_stays_is_ended() {
        let error = announced(
            Duration::from_secs(1),
            "echo hm >&2; echo no; exec sleep 600",
        );
        insta::assert_snapshot!(
            error.err().unwrap(),
            @"sh does not serve: it printed `no`; hm"
        );
    }

    #[test]
    fn a_server_that_says_nothing_is_ended() {
        let patience = Patience {
            up: Duration::ZERO,
            end: LONG,
        };
        let error = Server::announced_within(patience, sh("exec sleep 600"), listening).err();
        insta::assert_snapshot!(
            error.unwrap(),
            @"sh does not serve: for 0 s, it did not say where; it printed nothing"
        );
    }

    #[test]
    fn lines_before_the_one_that_says_where() {
        let server = announced(LONG, "echo wait; echo listening on here; echo more").unwrap();
        assert_eq!(server.url(), "here");
    }

    #[test]
    fn a_server_that_complains_much_is_not_held_up() {
        for stream in [1, 2] {
            let script =
                format!("echo listening on here; head -c 300000 /dev/zero >&{stream} && exit 7");
            let mut server = announced(LONG, &script).unwrap();
            assert_eq!(server.url(), "here");
            assert_eq!(server.child.wait().unwrap().code(), Some(7));
        }
    }

    #[test]
    fn a_server_that_is_told_where_and_ends_is_tried_at_other_ports() {
        let ports = std::cell::RefCell::new(Vec::new());
        let command = |address: SocketAddr| {
            ports.borrow_mut().push(address.port());
            sh("echo the port is taken >&2; exit 1")
        };
        let error = Server::told(command, "/").err().unwrap();
        insta::assert_snapshot!(
            error,
            @"sh does not serve: it ended with exit status: 1; the port is taken"
        );
        assert_eq!(ports.borrow().len(), PORTS);
    }

    #[test]
    fn a_server_that_is_told_where_and_does_not_answer_is_ended() {
        let patience = Patience {
            up: Duration::ZERO,
            end: LONG,
        };
        let address = free_port().unwrap();
        let error = Server::told_within(patience, sh("exec sleep 600"), address, "/").err();
        let error = error.unwrap().to_string();
        let start = format!("sh does not serve: for 0 s, no answer from http://{address}/: ");
        assert!(error.starts_with(&start), "{error}");
    }

    #[test]
    fn a_program_that_is_not_there() {
        let command = Command::new("no-such-server");
        let error = Server::announced(command, listening).err().unwrap();
        let start = "no-such-server cannot be started: ";
        assert!(error.to_string().starts_with(start), "{error}");
    }
}
