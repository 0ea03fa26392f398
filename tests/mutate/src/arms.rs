//! Builds all changes of functions at once: each function's body becomes a `match` with an arm for each change, and a
//! variable of the environment chooses the arm when the tests run.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::find::Mutant;

/// The variable that chooses an arm.
pub(crate) const CHOICE: &str = "TC3_MUTANT";

/// What the root of each crate begins and ends with. In a constant, no arm is chosen.
pub(crate) const START: &str = "#![feature(const_eval_select, core_intrinsics)]";
pub(crate) const END: &str = r#"
mod mutant {
    pub(crate) const fn chosen() -> usize {
        core::intrinsics::const_eval_select((), none, read)
    }
    const fn none() -> usize {
        0
    }
    // Without `std::env`, which allocates: a test counts allocations.
    fn read() -> usize {
        use core::sync::atomic::{AtomicUsize, Ordering::Relaxed};
        static CHOSEN: AtomicUsize = AtomicUsize::new(usize::MAX);
        unsafe extern "C" {
            fn getenv(name: *const core::ffi::c_char) -> *const core::ffi::c_char;
        }
        if CHOSEN.load(Relaxed) == usize::MAX {
            let value = unsafe { getenv(c"TC3_MUTANT".as_ptr()) };
            let value = if value.is_null() { c"0" } else { unsafe { core::ffi::CStr::from_ptr(value) } };
            CHOSEN.store(value.to_str().unwrap().parse().unwrap(), Relaxed);
        }
        CHOSEN.load(Relaxed)
    }
}
"#;

/// A file with arms.
#[derive(Default)]
pub(crate) struct Arms {
    pub(crate) source: String,
    line: usize,
    /// The lines of each arm, and its number.
    arms: Vec<(Range<usize>, usize)>,
}

impl Arms {
    pub(crate) fn new(source: &str, mutants: &[(usize, &Mutant)]) -> Self {
        let mut bodies = BTreeMap::<_, (Range<usize>, Vec<_>)>::new();
        for (number, mutant) in mutants {
            if let Some(body) = &mutant.body {
                let (_, changes) = bodies.entry(body.start).or_insert_with(|| (body.clone(), Vec::new()));
                changes.push((*number, mutant));
            }
        }
        let (mut it, mut done) = (Self { line: 1, ..Self::default() }, 0);
        for (body, changes) in bodies.values() {
            it.put(source.get(done..body.start).unwrap_or_default());
            it.put("{ match crate::mutant::chosen() {\n");
            for (number, mutant) in changes {
                let from = it.line;
                it.put(&format!("{number} => {}\n", mutant.source(source, body)));
                it.arms.push((from..it.line, *number));
            }
            it.put(&format!("_ => {} }} }}", source.get(body.clone()).unwrap_or_default()));
            done = body.end;
        }
        it.put(source.get(done..).unwrap_or_default());
        it
    }

    /// The number of the arm at a line.
    pub(crate) fn at(&self, line: usize) -> Option<usize> {
        self.arms.iter().find(|(lines, _)| lines.contains(&line)).map(|(_, number)| *number)
    }

    fn put(&mut self, text: &str) {
        self.source.push_str(text);
        self.line = self.line.saturating_add(text.matches('\n').count());
    }
}
