//! Runs the firmware examples in QEMU against servers on loopback. Checks their exit status, their
//! output and what the servers received.
//!
//! `cargo xtask firmware` builds the images and starts this program.

mod bench;
mod budget;
mod case;
mod emulator;
mod faults;
mod happy;
mod image;
mod manual;
mod measure;
mod refused;
mod report;
mod server;
mod table;

use std::env;
use std::error::Error;
use std::path::Path;
use std::process::ExitCode;

use bench::Trial;
use case::Case;
use image::Image;
use measure::Size;
use report::{Failure, Table};
use table::Measured;

const USAGE: &str = "usage: cargo xtask firmware
       cargo xtask firmware only PART-OF-A-NAME
       cargo xtask firmware measure
       cargo xtask firmware size IMAGE
       cargo xtask firmware run IMAGE -- NAME=VALUE ...";

const USAGE_ERROR: u8 = 2;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match execute(&arguments) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("firmware: {error}");
            ExitCode::FAILURE
        }
    }
}

/// The first argument is the target folder of the images.
fn execute(arguments: &[&str]) -> Result<ExitCode, Box<dyn Error>> {
    let [target_dir, arguments @ ..] = arguments else { return Ok(usage_error()) };
    let target_dir = Path::new(target_dir);
    match arguments {
        [] => {
            let trials = run_cases(target_dir, "")?;
            let measured = Measured::new(target_dir, &trials)?;
            Ok(report_result(&trials, &measured, &Measured::read()?))
        }
        ["measure"] => {
            let trials = run_cases(target_dir, "")?;
            let measured = Measured::new(target_dir, &trials)?;
            measured.write()?;
            Ok(report_result(&trials, &measured, &measured))
        }
        ["only", part] => {
            let trials = run_cases(target_dir, part)?;
            Ok(if trials.is_empty() {
                no_such_case(part)
            } else {
                exit_code(trials.iter().all(Trial::passed))
            })
        }
        ["size", image] => match Image::named(image) {
            Some(image) => Size::of(&image.path(target_dir)).map(|size| {
                print!("{size}");
                ExitCode::SUCCESS
            }),
            None => Ok(usage_error()),
        },
        ["run", image, "--", words @ ..] => match Image::named(image) {
            Some(image) => manual::run(image, target_dir, words),
            None => Ok(usage_error()),
        },
        _ => Ok(usage_error()),
    }
}

fn usage_error() -> ExitCode {
    let images = Image::ALL.map(Image::name).join(", ");
    eprintln!("{USAGE}\nimages: {images}");
    ExitCode::from(USAGE_ERROR)
}

fn no_such_case(part: &str) -> ExitCode {
    eprintln!("no case has `{part}` in its name; the cases are:");
    for case in all_cases() {
        eprintln!("  {}", case.name);
    }
    ExitCode::from(USAGE_ERROR)
}

fn all_cases() -> Vec<Case> {
    [happy::cases(), refused::cases(), faults::cases()].concat()
}

/// Runs the cases that have `part` in their names.
fn run_cases(target_dir: &Path, part: &str) -> Result<Vec<Trial>, Box<dyn Error>> {
    let part = part.to_lowercase();
    let cases: Vec<Case> =
        all_cases().into_iter().filter(|case| case.name.to_lowercase().contains(&part)).collect();
    if cases.is_empty() {
        return Ok(Vec::new());
    }
    let trials = bench::run(target_dir, &cases, show)?;
    print!("\n{}", Table(&trials));
    Ok(trials)
}

fn show(trial: &Trial) {
    if trial.passed() {
        println!("ok      {:<17}  {}", trial.image, trial.case.name);
    } else {
        println!("{}", Failure(trial));
    }
}

fn report_result(trials: &[Trial], measured: &Measured, checked_in: &Measured) -> ExitCode {
    let failed = trials.iter().filter(|trial| !trial.passed()).count();
    println!("{failed} of {} runs failed\n\n{measured}", trials.len());
    let findings = budget::compare(measured, checked_in);
    for finding in &findings {
        println!("{finding}");
    }
    exit_code(failed == 0 && !findings.iter().any(budget::Finding::fails))
}

fn exit_code(is_success: bool) -> ExitCode {
    if is_success { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
