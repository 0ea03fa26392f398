//! One run of an image in the emulator.

use std::io::{self, Read};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::Result;

/// The time after which a run is killed. No image needs as long.
pub const LIMIT: Duration = Duration::from_secs(60);

/// What a run did.
#[derive(Clone, Debug)]
pub struct Run {
    /// The image's exit status. `None` if the emulator was killed.
    pub status: Option<i32>,
    /// Standard output, which is the image's, then standard error, which is the emulator's.
    pub output: String,
    /// How long it took.
    pub took: Duration,
}

/// Runs a command, and kills it after `limit`.
pub fn run(command: &mut Command, limit: Duration) -> io::Result<Run> {
    let start = Instant::now();
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    thread::scope(|scope| {
        let stdout = scope.spawn(|| read_to_end(stdout));
        let stderr = scope.spawn(|| read_to_end(stderr));
        let status = loop {
            if let Some(status) = child.try_wait()? {
                break status;
            }
            if start.elapsed() > limit {
                child.kill()?;
                break child.wait()?;
            }
            thread::sleep(Duration::from_millis(2));
        };
        let output = [stdout, stderr].map(|pipe| pipe.join().unwrap_or_default()).concat();
        Ok(Run { status: status.code(), output, took: start.elapsed() })
    })
}

fn read_to_end(pipe: Option<impl Read>) -> String {
    let mut bytes = Vec::new();
    // After an error, the bytes read before it are still useful.
    let _ = pipe.map(|mut pipe| pipe.read_to_end(&mut bytes));
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Runs an image and returns its output. Fails if the image failed, did not end or printed nothing.
pub fn output(command: &mut Command) -> Result<String> {
    match run(command.stdin(Stdio::null()), LIMIT)? {
        Run { status: Some(0), output, .. } if output.is_empty() => Err("printed nothing".into()),
        Run { status: Some(0), output, .. } => Ok(output),
        run => Err(format!("ended with {}:\n{}", run.end(), run.output).into()),
    }
}

/// An image with other bytes of the same length in place of these. Fails if it does not contain these exactly once.
pub fn replaced(mut image: Vec<u8>, from: &[u8], to: &[u8]) -> Result<Vec<u8>> {
    let places = image.windows(from.len()).enumerate().filter(|(_, part)| *part == from);
    let places: Vec<usize> = places.map(|(at, _)| at).collect();
    let [at] = places[..] else {
        let count = places.len();
        return Err(format!("an image contains `{}` {count} times, not once", from.escape_ascii()).into());
    };
    image.iter_mut().skip(at).zip(to).for_each(|(old, new)| *old = *new);
    Ok(image)
}

impl Run {
    /// The exit status, in words.
    #[must_use]
    pub fn end(&self) -> String {
        self.status.map_or_else(
            || format!("no status, because it was killed after {:.0} s", self.took.as_secs_f64()),
            |status| format!("status {status}"),
        )
    }
}
