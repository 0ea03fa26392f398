//! Runs the firmware examples in QEMU against servers on loopback, and judges by the status with
//! which they end and by what the servers saw.
//!
//! `cargo xtask firmware` builds the images and starts this.

mod bench;
mod case;
mod emulator;
mod faults;
mod happy;
mod image;
mod refused;
mod report;
mod server;

use std::env;
use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;

use bench::{Bench, Trial};
use case::Case;
use report::{Failure, Table};

const USAGE: &str = "usage: firmware FOLDER-OF-IMAGES [only PART-OF-A-NAME]";

const USAGE_ERROR: u8 = 2;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match arguments.as_slice() {
        [built] => cases(built, ""),
        [built, "only", part] => cases(built, part),
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(USAGE_ERROR);
        }
    };
    match outcome {
        Ok(code) => code,
        Err(error) => {
            eprintln!("firmware: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Runs the cases that have this in their names.
fn cases(built: &str, part: &str) -> Result<ExitCode, Box<dyn Error>> {
    let all = [happy::cases(), refused::cases(), faults::cases()].concat();
    let cases: Vec<Case> = all.into_iter().filter(|case| case.name.contains(part)).collect();
    let bench = Bench { built: PathBuf::from(built) };
    let trials = bench.run(&cases, show)?;
    println!("\n{}", Table(&trials));
    let failed = trials.iter().filter(|trial| !trial.passed()).count();
    println!("{} of {} runs failed", failed, trials.len());
    Ok(if failed == 0 && !trials.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn show(trial: &Trial) {
    if trial.passed() {
        println!("ok      {:<17}  {}", trial.image, trial.case.name);
    } else {
        println!("{}", Failure(trial));
    }
}
