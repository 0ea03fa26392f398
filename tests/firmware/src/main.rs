//! Runs the firmware examples in QEMU against servers on loopback, and judges by the status with
//! which they end and by what the servers saw.
//!
//! `cargo xtask firmware` builds the images and starts this.

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
    match perform(&arguments) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("firmware: {error}");
            ExitCode::FAILURE
        }
    }
}

/// The first argument is the folder that the images were built in.
fn perform(arguments: &[&str]) -> Result<ExitCode, Box<dyn Error>> {
    let [built, arguments @ ..] = arguments else { return Ok(misused()) };
    let built = Path::new(built);
    match arguments {
        [] => {
            let trials = cases(built, "")?;
            let measured = Measured::new(built, &trials)?;
            Ok(verdict(&trials, &measured, &Measured::read()?))
        }
        ["measure"] => {
            let trials = cases(built, "")?;
            let measured = Measured::new(built, &trials)?;
            measured.write()?;
            Ok(verdict(&trials, &measured, &measured))
        }
        ["only", part] => {
            let trials = cases(built, part)?;
            Ok(if trials.is_empty() { unknown(part) } else { exit_code(trials.iter().all(Trial::passed)) })
        }
        ["size", image] => match Image::named(image) {
            Some(image) => Size::of(&image.path(built)).map(|size| {
                print!("{size}");
                ExitCode::SUCCESS
            }),
            None => Ok(misused()),
        },
        ["run", image, "--", words @ ..] => match Image::named(image) {
            Some(image) => manual::run(image, built, words),
            None => Ok(misused()),
        },
        _ => Ok(misused()),
    }
}

fn misused() -> ExitCode {
    let images = Image::ALL.map(Image::name).join(", ");
    eprintln!("{USAGE}\nimages: {images}");
    ExitCode::from(USAGE_ERROR)
}

fn unknown(part: &str) -> ExitCode {
    eprintln!("no case has `{part}` in its name; these are all:");
    for case in all() {
        eprintln!("  {}", case.name);
    }
    ExitCode::from(USAGE_ERROR)
}

fn all() -> Vec<Case> {
    [happy::cases(), refused::cases(), faults::cases()].concat()
}

/// Runs the cases that have this in their names.
fn cases(built: &Path, part: &str) -> Result<Vec<Trial>, Box<dyn Error>> {
    let part = part.to_lowercase();
    let cases: Vec<Case> =
        all().into_iter().filter(|case| case.name.to_lowercase().contains(&part)).collect();
    if cases.is_empty() {
        return Ok(Vec::new());
    }
    let trials = bench::run(built, &cases, show)?;
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

fn verdict(trials: &[Trial], measured: &Measured, checked_in: &Measured) -> ExitCode {
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
