//! Runs cases, two at a time, because each emulator keeps one processor busy.

use std::error::Error;
use std::fs;
use std::io;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;

use crate::case::{Case, Expected};
use crate::emulator::{self, HOST, LIMIT, Run};
use crate::image::{Image, Link};
use crate::server::{NOW, Running, Seen};

const WORKERS: usize = 2;

/// One case on one image, and its outcome.
#[derive(Debug)]
pub(crate) struct Trial {
    pub(crate) case: Case,
    pub(crate) image: Image,
    pub(crate) outcome: Result<Evidence, Box<dyn Error + Send + Sync>>,
}

/// Everything observed in one run.
#[derive(Debug)]
pub(crate) struct Evidence {
    /// The emulator's command line.
    pub(crate) command: String,
    pub(crate) run: Run,
    pub(crate) seen: Seen,
    /// The first expectation that was not met.
    pub(crate) unmet: Option<Expected>,
}

impl Trial {
    pub(crate) fn passed(&self) -> bool {
        matches!(&self.outcome, Ok(Evidence { unmet: None, .. }))
    }
}

/// Runs every case on each of its images, and calls `show` after each run.
pub(crate) fn run(target_dir: &Path, cases: &[Case], show: impl Fn(&Trial) + Sync) -> io::Result<Vec<Trial>> {
    let certificates = target_dir.join("certificates");
    fs::create_dir_all(&certificates)?;
    let pairs = cases.iter().flat_map(|case| case.images.iter().map(move |image| (case, *image)));
    let (queue, done) = (Mutex::new(pairs.enumerate()), Mutex::new(Vec::new()));
    let next = || lock(&queue).next();
    let work = || {
        while let Some((number, (case, image))) = next() {
            let ca = certificates.join(format!("{number}.der"));
            let outcome = run_one(target_dir, case, image, &ca).map_err(|error| error.to_string().into());
            let trial = Trial { case: case.clone(), image, outcome };
            show(&trial);
            lock(&done).push((number, trial));
        }
    };
    thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(work);
        }
    });
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_by_key(|(number, _)| *number);
    Ok(done.into_iter().map(|(_, trial)| trial).collect())
}

/// Ignores poisoning: the scope reports a worker's panic when it joins it.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn run_one(target_dir: &Path, case: &Case, image: Image, ca: &Path) -> Result<Evidence, Box<dyn Error>> {
    let identity = (case.identity)(NOW);
    fs::write(ca, &identity.root)?;
    let server = Running::start(&identity, case.adjust, &case.plan, case.replies())?;
    let addr = server.addr();
    let mut words = case.parameters(&ca.display().to_string());
    if image.link() == Link::Ethernet {
        words.extend([HOST.to_owned(), format!("port={}", addr.port())]);
        words.extend(server.sntp_addr().map(|addr| format!("ntp={}", addr.port())));
    }
    let mut qemu = emulator::command(image, target_dir, &addr.to_string(), &words);
    let run = emulator::run(&mut qemu, LIMIT)?;
    let seen = server.finish();
    let unmet = case.first_unmet(&run, &seen).cloned();
    Ok(Evidence { command: format!("{qemu:?}"), run, seen, unmet })
}
