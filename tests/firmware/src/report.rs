//! Prints each failure with its details, and a table of all runs.

use std::collections::BTreeMap;
use std::fmt;

use crate::bench::{Evidence, Trial};
use crate::emulator::Run;
use crate::image::Image;

/// The details of a failed run, with the command that repeats it.
pub(crate) struct Failure<'t>(pub(crate) &'t Trial);

impl fmt::Display for Failure<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Trial { case, image, outcome } = self.0;
        writeln!(f, "\n--- FAILED: {} on {image}", case.name)?;
        match outcome {
            Err(error) => writeln!(f, "it could not be run: {error}")?,
            Ok(Evidence { command, run, seen, unmet }) => {
                let Run { end, output, .. } = run;
                if let Some(unmet) = unmet {
                    writeln!(f, "expected: {unmet}")?;
                }
                writeln!(f, "the emulator ended with {end}; output:\n{}", output.trim_end())?;
                writeln!(f, "the server received:\n{seen}")?;
                writeln!(f, "emulator command: {command}")?;
            }
        }
        writeln!(f, "to repeat: cargo xtask firmware only '{}'", case.name)
    }
}

/// One line for each case, one column for each image.
pub(crate) struct Table<'t>(pub(crate) &'t [Trial]);

impl fmt::Display for Table<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self.0.iter().map(|trial| trial.case.name.len()).max().unwrap_or_default();
        write!(f, "{:width$}", "")?;
        for image in Image::ALL {
            write!(f, "  {image:>17}")?;
        }
        writeln!(f)?;
        for row in self.0.chunk_by(|one, next| one.case.name == next.case.name) {
            let cells: BTreeMap<Image, String> = row.iter().map(|trial| (trial.image, cell(trial))).collect();
            write!(f, "{:width$}", row.first().map_or("", |trial| trial.case.name))?;
            for image in Image::ALL {
                write!(f, "  {:>17}", cells.get(&image).map_or("-", String::as_str))?;
            }
            writeln!(f)?;
        }
        Ok(())
    }
}

fn cell(trial: &Trial) -> String {
    match &trial.outcome {
        Ok(evidence) => {
            let word = if trial.passed() { "ok" } else { "FAILED" };
            format!("{word} {:.1} s", evidence.run.took.as_secs_f64())
        }
        Err(_) => "NOT RUN".to_owned(),
    }
}
