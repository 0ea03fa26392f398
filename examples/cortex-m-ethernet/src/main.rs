//! An asynchronous signed call from a Cortex-M4 over Ethernet, with DHCP, DNS, SNTP and TLS.
#![no_std]
#![no_main]

mod program;
mod sntp;

use board::command_line::CommandLine;
use board::counter::InstructionCounts;
use board::{memory, outcome};
use embassy_executor::Spawner;
use mps2::{network, time};

#[embassy_executor::main(entry = "cortex_m_rt::entry", executor = "mps2::Executor")]
async fn main(spawner: Spawner) {
    memory::paint();
    time::start();
    let line = CommandLine::fetch();
    let parameters = line.parameters();
    let stack = network::start(spawner);
    let counts = InstructionCounts::new();
    let outcome = program::run(stack, &parameters, &counts).await;
    outcome::end(outcome, &counts, time::Embassy)
}
