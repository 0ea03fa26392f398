//! One run of an image in QEMU.

use std::fmt;
use std::io::{self, Read};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::image::{Image, Link};

/// Time after which a run is killed; no case needs as long.
pub(crate) const LIMIT: Duration = Duration::from_secs(60);

/// The host's loopback, as the emulated network addresses it.
pub(crate) const HOST: &str = "connect=10.0.2.2";

/// The command that runs `image` with these parameters.
///
/// QEMU connects a UART to `server` (`HOST:PORT`). A board with Ethernet connects by itself.
pub(crate) fn command(image: Image, target_dir: &Path, server: &str, words: &[String]) -> Command {
    let (program, board) = image.emulator();
    let mut qemu = Command::new(program);
    // One instruction takes one nanosecond, so the board's timer counts instructions and does not
    // depend on the load of this machine.
    qemu.args(board).args(["-display", "none", "-monitor", "none", "-icount", "shift=0"]);
    let mut semihosting = String::from("enable=on,target=native,arg=firmware");
    for word in words {
        semihosting.push_str(",arg=");
        semihosting.push_str(&word.replace(',', ",,"));
    }
    qemu.args(["-semihosting-config", &semihosting]);
    match image.link() {
        Link::Uart => qemu.args(["-serial", &format!("tcp:{server}")]),
        Link::Ethernet => qemu.args(["-serial", "null", "-nic", "user,model=lan9118"]),
    };
    qemu.arg("-kernel").arg(image.path(target_dir));
    qemu
}

/// The outcome of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Run {
    pub(crate) end: End,
    /// Standard output, which is the firmware's, then standard error, which is QEMU's.
    pub(crate) output: String,
    pub(crate) took: Duration,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// The firmware exited with this status.
    Status(i32),
    /// A signal killed the emulator.
    Killed,
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status(status) => write!(f, "status {status}"),
            Self::Killed => f.write_str("no status, because it was killed"),
        }
    }
}

/// Runs a command of [`command`], and kills it after `limit`.
pub(crate) fn run(qemu: &mut Command, limit: Duration) -> io::Result<Run> {
    let start = Instant::now();
    let mut child = qemu.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let (status, output) = thread::scope(|scope| {
        let stdout = scope.spawn(|| read_to_end(stdout));
        let stderr = scope.spawn(|| read_to_end(stderr));
        let status = wait(&mut child, start, limit);
        let output = [stdout, stderr].map(|it| it.join().unwrap_or_default()).concat();
        (status, output)
    });
    let end = status?.code().map_or(End::Killed, End::Status);
    Ok(Run { end, output, took: start.elapsed() })
}

fn read_to_end(pipe: Option<impl Read>) -> String {
    let mut bytes = Vec::new();
    if let Some(mut pipe) = pipe {
        // After an error, the bytes read before it are still useful.
        let _ = pipe.read_to_end(&mut bytes);
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn wait(child: &mut Child, start: Instant, limit: Duration) -> io::Result<ExitStatus> {
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        if start.elapsed() > limit {
            child.kill()?;
            return child.wait();
        }
        thread::sleep(Duration::from_millis(2));
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use std::path::Path;
    use std::process::Command;
    use std::time::Duration;

    use super::{End, LIMIT, command, run};
    use crate::image::Image;

    fn line(image: Image, words: &[&str]) -> String {
        let words: Vec<String> = words.iter().map(|&word| word.to_owned()).collect();
        format!("{:?}", command(image, Path::new("target"), "127.0.0.1:4433", &words))
    }

    #[test]
    fn a_comma_in_a_parameter_is_doubled() {
        let line = line(Image::CortexMUart, &[r#"body={"a":1,"b":2}"#, "now=1"]);
        assert!(line.contains(r#"arg=body={\"a\":1,,\"b\":2},arg=now=1""#), "{line}");
    }

    #[test]
    fn qemu_connects_a_uart_to_the_server_and_a_board_with_ethernet_connects_by_itself() {
        assert!(line(Image::Riscv32Uart, &[]).contains("tcp:127.0.0.1:4433"));
        assert!(!line(Image::CortexMEthernet, &[]).contains("4433"));
    }

    #[test]
    fn a_run_ends_with_its_status_or_is_killed_and_its_output_is_read_in_both_cases() {
        let shell = |script: &str, limit| run(Command::new("sh").args(["-c", script]), limit).unwrap();
        let ended = shell("echo out; echo err >&2; exit 101", LIMIT);
        assert_eq!((ended.end, ended.output.as_str()), (End::Status(101), "out\nerr\n"));
        let endless = shell("echo out; exec sleep 60", Duration::from_millis(200));
        assert_eq!((endless.end, endless.output.as_str()), (End::Killed, "out\n"));
    }
}
