//! Makes the same signature with tc3-core, with its peers and with the floor, and prints time, instructions and
//! allocations as JSON; see README.md. `cargo xtask bench` builds and runs this, and compares.

#[cfg(feature = "peers")]
mod aws;
mod contender;
mod fixture;
mod floor;
mod ours;
mod table;
#[cfg(feature = "peers")]
mod tencent;
mod threads;

use std::env;
use std::process::ExitCode;

use contender::Contender;

/// A measurement, or why there is none.
pub(crate) type Outcome<T = ()> = Result<T, Box<dyn std::error::Error>>;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match arguments.as_slice() {
        ["race", rounds] => race(rounds),
        ["sign", name, body, times] => sign(name, body, times),
        ["threads"] => threads::print(),
        _ => Err("usage: bench race ROUNDS | bench sign NAME BODY TIMES | bench threads".into()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench: {error}");
            ExitCode::FAILURE
        }
    }
}

/// All contenders, with a body of this length, each checked.
fn contenders(len: usize) -> Outcome<Vec<Contender>> {
    let body = fixture::body(len);
    let mut contenders: Vec<Contender> = ours::contenders(body).into();
    contenders.extend(floor::contenders(body));
    #[cfg(feature = "peers")]
    contenders.extend(tencent::contenders(body).into_iter().chain(aws::contenders(body)));
    contenders.iter_mut().try_for_each(Contender::check)?;
    Ok(contenders)
}

fn race(rounds: &str) -> Outcome {
    println!("{:#}", table::measure(rounds.parse()?)?);
    Ok(())
}

/// Signs repeatedly, for callgrind.
fn sign(name: &str, body: &str, times: &str) -> Outcome {
    let mut contenders = contenders(body.parse()?)?;
    let contender = contenders.iter_mut().find(|it| it.name == name);
    let contender = contender.ok_or_else(|| format!("no contender is called `{name}`"))?;
    (contender.signer)(times.parse()?);
    Ok(())
}
