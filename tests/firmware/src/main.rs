//! Runs the firmware examples in QEMU against servers on loopback. Checks their exit status, their
//! output and what the servers received.
//!
//! `cargo xtask firmware` builds the images and starts this program.

mod case;
mod cases;
mod draws;
mod figures;
mod image;
mod life;
mod server;
mod trial;

use std::env;
use std::path::Path;
use std::process::ExitCode;

use measure::{Elf, Result, thousands};

use case::Case;
use image::{IMAGES, Image};
use trial::Trial;

const USAGE: &str = "usage: cargo xtask firmware
       cargo xtask firmware only PART-OF-A-NAME
       cargo xtask firmware measure
       cargo xtask firmware size IMAGE
       cargo xtask firmware run IMAGE -- NAME=VALUE ...";

const USAGE_ERROR: u8 = 2;

/// The number of cases, counted once for each image that runs it.
const RUNS: usize = 99;

type Ended = Result<ExitCode>;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    execute(&arguments).unwrap_or_else(|error| {
        eprintln!("firmware: {error}");
        ExitCode::FAILURE
    })
}

/// The first argument is the target folder of the images.
fn execute(arguments: &[&str]) -> Ended {
    let [folder, arguments @ ..] = arguments else { return Ok(usage_error()) };
    let folder = Path::new(folder);
    let cases = cases::cases();
    match arguments {
        [] => {
            let checked_in = figures::checked_in()?;
            let trials = every(folder, &cases)?;
            life::run(folder)?;
            figures::check(&figures::measured(folder, &trials)?, &checked_in)?;
        }
        ["measure"] => {
            let measured = figures::measured(folder, &every(folder, &cases)?)?;
            figures::write(&measured)?;
            figures::check(&measured, &measured)?;
        }
        ["only", part] => return only(folder, cases, part),
        ["size", image] => return Image::named(image).map_or(Ok(usage_error()), |image| size(image, folder)),
        ["run", image, "--", words @ ..] => {
            return Image::named(image).map_or(Ok(usage_error()), |image| run(image, folder, words));
        }
        _ => return Ok(usage_error()),
    }
    Ok(ExitCode::SUCCESS)
}

fn usage_error() -> ExitCode {
    let images: Vec<&str> = IMAGES.iter().map(|image| image.name).collect();
    eprintln!("{USAGE}\nimages: {}", images.join(", "));
    ExitCode::from(USAGE_ERROR)
}

/// Runs every case, and fails if one failed or was left out.
fn every<'c>(folder: &Path, cases: &'c [Case]) -> Result<Vec<Trial<'c>>> {
    let trials = passed(folder, cases)?;
    if trials.len() == RUNS { Ok(trials) } else { Err(format!("{} runs, not {RUNS}", trials.len()).into()) }
}

fn passed<'c>(folder: &Path, cases: &'c [Case]) -> Result<Vec<Trial<'c>>> {
    let trials = trial::all(folder, cases)?;
    let failed = trials.iter().filter(|trial| !trial.unmet.is_empty());
    let failed: Vec<String> =
        failed.map(|trial| format!("\n{} on {}", trial.case.name, trial.image.name)).collect();
    println!("{} runs, {} failed", trials.len(), failed.len());
    if failed.is_empty() { Ok(trials) } else { Err(format!("these failed:{}", failed.concat()).into()) }
}

/// Runs the cases that have `part` in their names.
fn only(folder: &Path, mut cases: Vec<Case>, part: &str) -> Ended {
    let names: Vec<&str> = cases.iter().map(|case| case.name).chain([life::NAME]).collect();
    let part = part.to_lowercase();
    cases.retain(|case| case.name.to_lowercase().contains(&part));
    if life::NAME.contains(&part) {
        life::run(folder)?;
        if cases.is_empty() {
            return Ok(ExitCode::SUCCESS);
        }
    } else if cases.is_empty() {
        eprintln!("no case has `{part}` in its name; the cases are:\n  {}", names.join("\n  "));
        return Ok(ExitCode::from(USAGE_ERROR));
    }
    passed(folder, &cases)?;
    Ok(ExitCode::SUCCESS)
}

/// Prints the code of an image by package.
fn size(image: Image, folder: &Path) -> Ended {
    let elf = Elf::read(&image.path(folder))?;
    let (code, (flash, statics)) = (elf.code()?, elf.size()?);
    let [own, flash, statics] = [code.embedded(), flash, statics].map(thousands);
    print!("{code}");
    println!("{own:>9}  bytes of code of tc3-embedded without TLS");
    println!("{flash:>9}  bytes of flash, constants and initial values included");
    println!("{statics:>9}  bytes of static RAM");
    Ok(ExitCode::SUCCESS)
}

/// Runs an image against a server that the user started, and returns its exit status.
fn run(image: Image, folder: &Path, words: &[&str]) -> Ended {
    let value = |name: &str| words.iter().rev().find_map(|word| word.strip_prefix(name));
    let host = value("connect=").or(value("host=")).filter(|host| !host.is_empty());
    let host = host.ok_or("host=NAME is missing: it names the server to call")?;
    let server = format!("{host}:{}", value("port=").unwrap_or("443"));
    let words: Vec<String> = words.iter().map(|word| quoted(word)).collect();
    let status = image.emulator(folder, &server, &words).status()?;
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    Ok(code.map_or(ExitCode::FAILURE, ExitCode::from))
}

/// Quotes a word with spaces, because the image splits its command line at spaces.
fn quoted(word: &str) -> String {
    if word.contains(' ') && !word.starts_with('\'') { format!("'{word}'") } else { word.to_owned() }
}
