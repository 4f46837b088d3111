//! A sandbox in a process of its own: the test program, started anew.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::SocketAddr;
use std::process::{Child, ChildStdout, Command, Stdio};

use cards_sandbox::Running;

/// Holds the started process; it is killed when this is dropped.
pub(crate) struct Process {
    child: Child,
    pub(crate) address: SocketAddr,
    /// Its output, which has to stay open: the harness ends a test that runs for long and cannot
    /// say so.
    _said: BufReader<ChildStdout>,
}

impl Process {
    /// Starts this program's test of this name with these variables. It has to end in
    /// [`serve`].
    pub(crate) fn spawn<'a>(test: &str, vars: impl IntoIterator<Item = (&'a str, String)>) -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command
            .args(["--exact", test, "--nocapture"])
            .envs(vars)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut said = BufReader::new(child.stdout.take().unwrap());
        let lines = said.by_ref().lines();
        let mut addresses =
            lines.filter_map(|line| Some(line.unwrap().strip_prefix("listening on ")?.to_owned()));
        let address = addresses.next().expect("it has to start");
        let address = address.parse().unwrap();
        Self {
            child,
            address,
            _said: said,
        }
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Process {
    /// `kill -9`
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// The work of the started process: it tells the address, and goes on until who started it ends,
/// if nothing else ends it.
pub(crate) fn serve(sandbox: &Running) {
    let mut out = std::io::stdout();
    // The harness has left its own words on the line.
    writeln!(out, "\nlistening on {}", sandbox.addr()).unwrap();
    std::io::stdin().read_to_end(&mut Vec::new()).unwrap();
}

/// The memory of a process that is in use, in KiB. `None`: it is gone, or no Linux.
pub(crate) fn resident(process: u32) -> Option<u64> {
    memory(process, "VmRSS:")
}

/// The most memory that a process had in use since [`forget_peak`], or since it began, in KiB.
pub(crate) fn peak(process: u32) -> Option<u64> {
    memory(process, "VmHWM:")
}

/// Lets [`peak`] begin anew, where the system allows it.
pub(crate) fn forget_peak(process: u32) {
    drop(std::fs::write(format!("/proc/{process}/clear_refs"), "5"));
}

fn memory(process: u32, name: &str) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    line.trim().split(' ').next()?.parse().ok()
}

/// The number of sockets that a process holds. `None`: it is gone, or no Linux.
pub(crate) fn sockets(process: u32) -> Option<usize> {
    let files = std::fs::read_dir(format!("/proc/{process}/fd")).ok()?;
    let targets = files.filter_map(|file| std::fs::read_link(file.ok()?.path()).ok());
    Some(
        targets
            .filter(|target| target.to_string_lossy().starts_with("socket:"))
            .count(),
    )
}
