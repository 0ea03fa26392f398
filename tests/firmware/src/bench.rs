//! Runs cases, two at a time: an emulator keeps one processor busy.

use std::error::Error;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::thread;

use crate::case::{Case, Expected};
use crate::emulator::{self, HOST, Run};
use crate::image::{Image, Link};
use crate::server::{NOW, Running, Seen};

const WORKERS: usize = 2;

/// One case on one image, and what came of it.
#[derive(Debug)]
pub(crate) struct Trial {
    pub(crate) case: Case,
    pub(crate) image: Image,
    pub(crate) outcome: Result<Evidence, Box<dyn Error + Send + Sync>>,
}

/// What is there to judge by.
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

/// Where the images are, and where certificates are written.
pub(crate) struct Bench {
    pub(crate) built: PathBuf,
}

impl Bench {
    /// Runs every case on each of its images, and shows each as soon as it is over.
    pub(crate) fn run(&self, cases: &[Case], show: impl Fn(&Trial) + Sync) -> io::Result<Vec<Trial>> {
        let certificates = self.built.join("certificates");
        fs::create_dir_all(&certificates)?;
        let pairs = cases.iter().flat_map(|case| case.images.iter().map(move |image| (case, *image)));
        let queue = Mutex::new(pairs.enumerate());
        let done = Mutex::new(Vec::new());
        let next = || queue.lock().ok()?.next();
        thread::scope(|scope| {
            for _ in 0..WORKERS {
                scope.spawn(|| {
                    while let Some((number, (case, image))) = next() {
                        let ca = certificates.join(format!("{number}.der"));
                        let outcome =
                            self.perform(case, image, &ca).map_err(|error| error.to_string().into());
                        let trial = Trial { case: case.clone(), image, outcome };
                        show(&trial);
                        if let Ok(mut done) = done.lock() {
                            done.push((number, trial));
                        }
                    }
                });
            }
        });
        let mut done = done.into_inner().unwrap_or_default();
        done.sort_by_key(|(number, _)| *number);
        Ok(done.into_iter().map(|(_, trial)| trial).collect())
    }

    fn perform(&self, case: &Case, image: Image, ca: &Path) -> Result<Evidence, Box<dyn Error>> {
        let identity = (case.identity)(NOW);
        fs::write(ca, &identity.root)?;
        let server = Running::start(&identity, case.adjust, &case.plan, case.replies())?;
        let addr = server.addr();
        let mut words = case.parameters(&ca.display().to_string());
        if image.link() == Link::Ethernet {
            words.extend([HOST.to_owned(), format!("port={}", addr.port())]);
            words.extend(server.time().map(|addr| format!("ntp={}", addr.port())));
        }
        let mut qemu = emulator::command(image, &self.built, &addr.to_string(), &words);
        let run = emulator::run(&mut qemu)?;
        let seen = server.finish();
        let unmet = case.judge(&run, &seen).cloned();
        Ok(Evidence { command: format!("{qemu:?}"), run, seen, unmet })
    }
}
