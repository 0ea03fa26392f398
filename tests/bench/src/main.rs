//! Makes the same signature with tc3-core, with its peers and with the floor, and compares time, instructions and
//! allocations with the goals and with `table.json`; see README.md. `cargo xtask bench` builds and runs this.

#[cfg(feature = "peers")]
mod aws;
mod contender;
mod fixture;
mod floor;
mod goals;
mod ours;
mod page;
mod stopwatch;
mod table;
#[cfg(feature = "peers")]
mod tencent;

use std::env;
use std::process::ExitCode;

use contender::Contender;
use goals::Goals;
use table::Table;

/// A measurement, or why there is none.
pub(crate) type Outcome<T = ()> = Result<T, Box<dyn std::error::Error>>;

/// Rounds of a race whose times are compared with the goals.
const ROUNDS: usize = 601;

const USAGE: &str = "usage: bench [--check | instructions | sign NAME BODY TIMES]";

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match arguments.as_slice() {
        [] => race().and_then(|table| page::write(&table)),
        ["--check"] => check(),
        ["instructions"] => check_alone(),
        ["sign", name, body, times] => sign(name, body, times),
        _ => Err(USAGE.into()),
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

/// Measures a table that meets the goals.
fn race() -> Outcome<Table> {
    let table = Table::measure(ROUNDS)?;
    eprintln!("{}", page::whole(&table)?);
    Goals::of(&table)?.judge()?;
    Ok(table)
}

fn check() -> Outcome {
    let table = race()?;
    Goals::against(&Table::read()?, &table)?.judge()?;
    println!("{}", serde_json::to_string(&table)?);
    Ok(())
}

/// Compares with the checked-in table, without peers and on a busy machine.
fn check_alone() -> Outcome {
    let checked_in = Table::read()?;
    Goals::of(&checked_in)?.judge()?;
    page::check(&checked_in)?;
    Goals::against(&checked_in, &Table::measure(1)?)?.judge()
}

/// Signs repeatedly, for callgrind.
fn sign(name: &str, body: &str, times: &str) -> Outcome {
    let mut contenders = contenders(body.parse()?)?;
    let contender = contenders.iter_mut().find(|it| it.name == name);
    let contender = contender.ok_or_else(|| format!("no contender is called `{name}`"))?;
    (contender.signer)(times.parse()?);
    Ok(())
}
