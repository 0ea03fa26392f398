//! Runs cases, two at a time, because each emulator keeps one processor busy.

use std::fmt;
use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::thread;

use measure::{LIMIT, Result, Run, run};

use crate::case::Case;
use crate::draws::{self, Draws};
use crate::image::{HOST, Image};
use crate::server::{NOW, Running, Seen};

const WORKERS: usize = 2;

/// One case on one image, and what was observed.
#[derive(Debug)]
pub(crate) struct Trial<'c> {
    pub(crate) case: &'c Case,
    pub(crate) image: Image,
    /// The emulator's command line.
    command: String,
    pub(crate) run: Run,
    seen: Seen,
    pub(crate) unmet: Vec<String>,
}

/// Runs every case on each of its images, and prints each result.
pub(crate) fn all<'c>(folder: &Path, cases: &'c [Case]) -> Result<Vec<Trial<'c>>> {
    let certificates = folder.join("certificates");
    fs::create_dir_all(&certificates)?;
    let images = draws::redirect(folder)?;
    let pairs = cases.iter().flat_map(|case| case.images.iter().map(move |image| (case, *image)));
    let (queue, done) = (Mutex::new(pairs.enumerate()), Mutex::new(Vec::new()));
    let work = || {
        while let Some((number, (case, image))) = queue.lock().ok().and_then(|mut queue| queue.next()) {
            let ca = certificates.join(format!("{number}.der"));
            let trial = one(&images, case, image, &ca)
                .map_err(|error| format!("{} on {} could not be run: {error}", case.name, image.name));
            if let Ok(trial) = &trial {
                println!("{trial}");
            }
            done.lock().unwrap_or_else(PoisonError::into_inner).push(trial);
        }
    };
    thread::scope(|scope| (0..WORKERS).for_each(|_| drop(scope.spawn(work))));
    let done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    Ok(done.into_iter().collect::<std::result::Result<_, _>>()?)
}

fn one<'c>(folder: &Path, case: &'c Case, image: Image, ca: &Path) -> Result<Trial<'c>> {
    let identity = (case.identity)(NOW);
    fs::write(ca, &identity.root)?;
    let servers = Running::start(case, &identity)?;
    let addr = servers.server.addr();
    let mut words = case.parameters(&ca.display().to_string());
    if image.has_ethernet {
        words.extend((!case.by_name).then(|| HOST.to_owned()));
        words.push(format!("port={}", addr.port()));
        words.extend(servers.sntp.as_ref().map(|sntp| format!("ntp={}", sntp.addr().port())));
    }
    let mut qemu = image.emulator(folder, &addr.to_string(), &words);
    let frames = ca.with_extension("pcap");
    if image.has_ethernet {
        let file = frames.display().to_string().replace(',', ",,");
        qemu.args(["-object", &format!("filter-dump,id=dump,netdev=net,file={file}")]);
    }
    let (draws, (source, mut sink)) = (Draws::of(case, image), io::pipe()?);
    let mut random = draws.bytes();
    random.truncate(random.len().saturating_sub(case.missing));
    sink.write_all(&random)?;
    drop(sink);
    let run = run(qemu.stdin(source), LIMIT)?;
    let seen = servers.finish();
    let frames = if image.has_ethernet { fs::read(frames)? } else { Vec::new() };
    let unmet = [case.unmet(&run, &seen), draws.unmet(&seen, &frames, addr.port())].concat();
    Ok(Trial { case, image, command: format!("{qemu:?}"), run, seen, unmet })
}

/// A line, or for a failure the details and the command that repeats it.
impl fmt::Display for Trial<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, image) = (self.case.name, self.image.name);
        let Self { command, run, seen, unmet, .. } = self;
        if unmet.is_empty() {
            return write!(f, "ok  {:5.1} s  {image:<17}  {name}", run.took.as_secs_f64());
        }
        writeln!(f, "\n--- FAILED: {name} on {image}\nexpected: {}", unmet.join("\nexpected: "))?;
        writeln!(f, "the emulator ended with {}; output:\n{}", run.end(), run.output.trim_end())?;
        writeln!(f, "the server received:\n{seen}")?;
        writeln!(f, "emulator command: {command}")?;
        writeln!(f, "to repeat: cargo xtask firmware only '{name}'")
    }
}
