//! An asynchronous signed call from a Cortex-M4 over Ethernet, with DHCP, DNS, SNTP and TLS.
#![no_std]
#![no_main]

mod executor;
mod lan9118;
mod network;
mod program;
mod sntp;
mod time;

use board::command_line::CommandLine;
use board::counter::InstructionCounts;
use board::entropy::HostEntropy;
use board::{memory, outcome};
use cortex_m::Peripherals;
use cortex_m::interrupt::InterruptNumber;
use cortex_m_rt::{ExceptionFrame, exception};
use embassy_executor::Spawner;
use embassy_net::{Config, Runner, Stack, StackResources};
use static_cell::StaticCell;
use tc3_embedded::entropy::Entropy;

use lan9118::{Ethernet, Lan9118};

#[embassy_executor::main(entry = "cortex_m_rt::entry", executor = "executor::Executor")]
async fn main(spawner: Spawner) {
    memory::paint();
    // SAFETY: the program starts here, so no other code uses the peripherals.
    let core = unsafe { Peripherals::steal() };
    time::start(core.SYST);
    // SAFETY: as above.
    let device = unsafe { Lan9118::start() };
    let line = CommandLine::fetch();
    let parameters = line.parameters();
    let stack = start(spawner, device.unwrap_or_else(|| outcome::fault(format_args!("no LAN9118"))));
    let counts = InstructionCounts::new();
    let outcome = program::run(stack, &parameters, &counts).await;
    outcome::end(outcome, &counts, time::Embassy)
}

/// Starts the network stack in its own task.
fn start(spawner: Spawner, device: Lan9118) -> Stack<'static> {
    static DEVICE: StaticCell<Lan9118> = StaticCell::new();
    /// One socket each for DHCP, DNS, UDP and TCP.
    static SOCKETS: StaticCell<StackResources<4>> = StaticCell::new();
    let mut seed = [0; 8];
    if let Err(error) = HostEntropy.fill(&mut seed) {
        outcome::fault(format_args!("{error}"))
    }
    let (stack, runner) = embassy_net::new(
        DEVICE.init(device),
        Config::dhcpv4(Default::default()),
        SOCKETS.init(StackResources::new()),
        u64::from_le_bytes(seed),
    );
    match forward(runner) {
        Ok(task) => spawner.spawn(task),
        Err(_) => outcome::fault(format_args!("the network task cannot be started")),
    }
    stack
}

#[embassy_executor::task]
async fn forward(mut runner: Runner<'static, &'static mut Lan9118>) -> ! {
    runner.run().await
}

/// Handles all interrupts of the chip, because no crate defines their names.
#[exception]
unsafe fn DefaultHandler(number: i16) {
    if u16::try_from(number) != Ok(Ethernet.number()) {
        outcome::fault(format_args!("unexpected interrupt {number}"));
    }
    lan9118::interrupted();
}

#[exception]
unsafe fn HardFault(frame: &ExceptionFrame) -> ! {
    outcome::fault(format_args!("hard fault at {:#010x}", frame.pc()))
}
