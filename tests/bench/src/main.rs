//! Makes the same signature with tc3-core, with its peers and with the floor.
//!
//! `cargo xtask bench` builds and runs this program, and compares with the goals; see README.md.

mod allocator;
#[cfg(feature = "peers")]
mod aws;
mod contender;
mod fixture;
mod floor;
mod ours;
mod report;
mod same;
mod stopwatch;
#[cfg(feature = "peers")]
mod tencent;

use std::env;
use std::error::Error;
use std::process::ExitCode;

use contender::Contender;
use report::Report;

const USAGE: &str = "usage: bench names
       bench race ROUNDS              prints time and allocations of all contenders as JSON
       bench sign NAME BODY TIMES     signs repeatedly, for callgrind";

const USAGE_ERROR: u8 = 2;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match arguments.as_slice() {
        ["names"] => {
            contenders(fixture::SIZES[0]).iter().for_each(|it| println!("{}", it.name));
            Ok(())
        }
        ["race", rounds] => race(rounds),
        ["sign", name, body, times] => sign(name, body, times),
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(USAGE_ERROR);
        }
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench: {error}");
            ExitCode::FAILURE
        }
    }
}

/// All contenders, with a body of this length.
fn contenders(len: usize) -> Vec<Contender> {
    let body = fixture::body(len);
    let mut contenders: Vec<Contender> = ours::contenders(body).into();
    contenders.extend(floor::contenders(body));
    #[cfg(feature = "peers")]
    contenders.extend(tencent::contenders(body).into_iter().chain(aws::contenders(body)));
    contenders
}

fn race(rounds: &str) -> Result<(), Box<dyn Error>> {
    let (rounds, mut report) = (rounds.parse()?, Report::new());
    for size in fixture::SIZES {
        let mut contenders = contenders(size);
        same::check(&mut contenders)?;
        report.race(&mut contenders, size, rounds);
    }
    println!("{}", serde_json::to_string(&report)?);
    Ok(())
}

fn sign(name: &str, body: &str, times: &str) -> Result<(), Box<dyn Error>> {
    let times: u32 = times.parse()?;
    let mut contenders = contenders(body.parse()?);
    same::check(&mut contenders)?;
    let signer = contenders.iter_mut().find(|it| it.name == name).map(|it| &mut it.signer);
    let signer = signer.ok_or("no contender has this name; `bench names` lists them")?;
    (0..times).for_each(|_| signer.sign());
    Ok(())
}
