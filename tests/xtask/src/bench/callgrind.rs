//! Counts the instructions of one signature with callgrind. The counts do not depend on the machine's load.

use std::error::Error;
use std::path::Path;
use std::process::Command;

use crate::command::read;

/// Two numbers of signatures. The difference of their counts excludes the start of the program.
const TIMES: [u32; 2] = [50, 550];

/// The instructions that a contender needs to sign a body of this length.
///
/// Valgrind has no SHA instructions, so all contenders hash in software.
pub(crate) fn instructions(program: &Path, name: &str, body: usize) -> Result<u64, Box<dyn Error>> {
    let [short, long] = TIMES;
    let more = collected(program, name, body, long)?.saturating_sub(collected(program, name, body, short)?);
    let times = u64::from(long.saturating_sub(short));
    Ok(more.saturating_add(times / 2).checked_div(times).unwrap_or_default())
}

fn collected(program: &Path, name: &str, body: usize, times: u32) -> Result<u64, Box<dyn Error>> {
    let mut valgrind = Command::new("valgrind");
    valgrind.args(["--tool=callgrind", "--callgrind-out-file=/dev/null", "--log-fd=1"]).arg(program);
    valgrind.args(["sign", name, &body.to_string(), &times.to_string()]);
    let output = read(&mut valgrind)?;
    let line = output.lines().find_map(|line| line.split_once("Collected : "));
    let (_, instructions) = line.ok_or("callgrind printed no number of instructions")?;
    Ok(instructions.trim().parse()?)
}
