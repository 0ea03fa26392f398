//! One run of an image in QEMU.

use std::fmt;
use std::io::{self, Read};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::image::{Image, Link};

/// No run that ends by itself takes as long.
pub(crate) const LIMIT: Duration = Duration::from_secs(60);

/// The host as the emulated network shows it: what listens on loopback there is here.
pub(crate) const HOST: &str = "connect=10.0.2.2";

/// The command that runs `image`, with these words of parameters.
///
/// The UART of a board leads to `server`, which is `HOST:PORT`; a board with Ethernet finds its way.
pub(crate) fn command(image: Image, built: &Path, server: &str, words: &[String]) -> Command {
    let (program, board) = image.emulator();
    let mut qemu = Command::new(program);
    // An instruction takes a nanosecond: so instructions are counted, and time does not depend on
    // how busy this machine is.
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
    qemu.arg("-kernel").arg(image.path(built));
    qemu
}

/// What came of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Run {
    pub(crate) end: End,
    /// What the firmware said, then what the emulator itself had to say.
    pub(crate) output: String,
    pub(crate) took: Duration,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// The firmware ended it with this status.
    Status(i32),
    /// The emulator was killed, or killed itself.
    Killed,
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status(status) => write!(f, "status {status}"),
            Self::Killed => f.write_str("no status: it was killed"),
        }
    }
}

/// Runs a command of [`command`] to its end, or kills it after this time.
pub(crate) fn run(qemu: &mut Command, limit: Duration) -> io::Result<Run> {
    let start = Instant::now();
    let mut child = qemu.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let (status, output) = thread::scope(|scope| {
        let said = scope.spawn(|| text(stdout));
        let complained = scope.spawn(|| text(stderr));
        let status = wait(&mut child, start, limit);
        let output = [said, complained].map(|it| it.join().unwrap_or_default()).concat();
        (status, output)
    });
    let end = status?.code().map_or(End::Killed, End::Status);
    Ok(Run { end, output, took: start.elapsed() })
}

fn text(pipe: Option<impl Read>) -> String {
    let mut bytes = Vec::new();
    if let Some(mut pipe) = pipe {
        // What was read before an error is worth more than the error.
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
        format!("{:?}", command(image, Path::new("built"), "127.0.0.1:4433", &words))
    }

    #[test]
    fn a_comma_in_a_parameter_stays_in_it() {
        let line = line(Image::CortexMUart, &[r#"body={"a":1,"b":2}"#, "now=1"]);
        assert!(line.contains(r#"arg=body={\"a\":1,,\"b\":2},arg=now=1""#), "{line}");
    }

    #[test]
    fn a_uart_leads_to_the_server_and_a_board_with_ethernet_dials_itself() {
        assert!(line(Image::Riscv32Uart, &[]).contains("tcp:127.0.0.1:4433"));
        assert!(!line(Image::CortexMEthernet, &[]).contains("4433"));
    }

    #[test]
    fn what_ends_by_itself_has_a_status_and_what_does_not_is_killed_and_heard_all_the_same() {
        let shell = |script: &str, limit| run(Command::new("sh").args(["-c", script]), limit).unwrap();
        let ended = shell("echo said; echo complained >&2; exit 101", LIMIT);
        assert_eq!((ended.end, ended.output.as_str()), (End::Status(101), "said\ncomplained\n"));
        let endless = shell("echo said; exec sleep 60", Duration::from_millis(200));
        assert_eq!((endless.end, endless.output.as_str()), (End::Killed, "said\n"));
    }
}
