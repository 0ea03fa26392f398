//! Counts instructions, to check that their number does not depend on the key.

use crate::{
    cases::{CASES, Case, NoProbe, Probe},
    controls::BRANCH,
    keys::keys,
    valgrind,
};
use std::{ffi::CString, process::ExitCode};

/// A probe that makes callgrind count the work under the case's name.
struct Counted(CString);

impl Probe for Counted {
    fn secret(&mut self, _: &[u8]) {}

    fn begin(&mut self) {
        valgrind::start();
    }

    fn end(&mut self) {
        valgrind::stop(&self.0);
    }
}

pub(crate) fn all(count: usize) -> ExitCode {
    let worked = CASES.iter().chain([&BRANCH]).all(|case| each(case, count));
    if worked { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn each(case: &Case, count: usize) -> bool {
    let Ok(name) = CString::new(case.name) else { return false };
    let mut probe = Counted(name);
    // Warms up the allocator and the loader.
    let warm = run(case, 3, &mut NoProbe);
    warm && run(case, count, &mut probe)
}

fn run(case: &Case, count: usize, probe: &mut dyn Probe) -> bool {
    let mut key = [0; 32];
    keys().take(count).all(|next| {
        // All keys are at the same address.
        key = next;
        str::from_utf8(&key).is_ok_and(|key| (case.run)(key, probe).is_ok())
    })
}
