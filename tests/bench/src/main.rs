//! Makes the same signature with tc3-core, with its peers and with the floor, and compares time, instructions and
//! allocations with the goals and with `table.json`; see README.md. `cargo xtask bench` builds and runs this.

mod allocator;
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
use table::Table;

/// A measurement, or why there is none.
pub(crate) type Outcome<T = ()> = Result<T, Box<dyn std::error::Error>>;

/// Rounds of a race whose times are compared with the goals.
const ROUNDS: usize = 301;

/// Maximum number of races, if one misses a goal for time.
const ATTEMPTS: u32 = 3;

const USAGE: &str = "usage: bench [--check | instructions | sign NAME BODY TIMES]";

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match arguments.as_slice() {
        [] => race().and_then(|table| page::write(&table)),
        ["--check"] => race().and_then(|table| {
            println!("{}", table.figures()?);
            goals::same_rows(&Table::read()?, &table)
        }),
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
    let mut table = Table::measure()?;
    for attempt in 1..=ATTEMPTS {
        table.race(ROUNDS)?;
        eprintln!("race {attempt} of at most {ATTEMPTS}:\n{}", page::whole(&table));
        let goals = goals::of(&table)?;
        // Another race can only change times.
        if attempt == ATTEMPTS || goals.iter().all(|goal| goal.is_met() || !goal.of_time) {
            goals::judge(&goals)?;
            break;
        }
    }
    Ok(table)
}

/// Compares with the checked-in table, without peers and on a busy machine.
fn check_alone() -> Outcome {
    let checked_in = Table::read()?;
    goals::judge(&goals::of(&checked_in)?)?;
    page::check(&checked_in)?;
    let mut table = Table::measure()?;
    table.race(1)?;
    goals::judge(&goals::against(&checked_in, &table)?)
}

/// Signs repeatedly, for callgrind.
fn sign(name: &str, body: &str, times: &str) -> Outcome {
    let times: u32 = times.parse()?;
    let mut contenders = contenders(body.parse()?)?;
    let contender = contenders.iter_mut().find(|it| it.name == name);
    let contender = contender.ok_or_else(|| format!("no contender is called `{name}`"))?;
    (0..times).for_each(|_| contender.signer.sign());
    Ok(())
}
