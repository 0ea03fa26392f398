//! A signed call from a Cortex-M4 with Ethernet, async: DHCP, DNS, SNTP, TLS.
#![no_std]
#![no_main]

mod executor;
mod lan9118;
mod network;
mod program;
mod sntp;
mod time;

use board::command_line::CommandLine;
use board::counter::Spent;
use board::entropy::HostEntropy;
use board::{memory, verdict};
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
    // SAFETY: this is where the program starts, so nobody has taken any of them.
    let core = unsafe { Peripherals::steal() };
    time::start(core.SYST);
    // SAFETY: as above.
    let device = unsafe { Lan9118::start() };
    let line = CommandLine::fetch();
    let parameters = line.parameters();
    let stack = start(spawner, device.unwrap_or_else(|| verdict::fault(format_args!("no LAN9118"))));
    let spent = Spent::new();
    let outcome = program::run(stack, &parameters, &spent).await;
    verdict::end(outcome, &spent)
}

/// Starts the network stack, on a task of its own.
fn start(spawner: Spawner, device: Lan9118) -> Stack<'static> {
    static DEVICE: StaticCell<Lan9118> = StaticCell::new();
    /// DHCP, DNS, UDP and TCP.
    static SOCKETS: StaticCell<StackResources<4>> = StaticCell::new();
    let mut seed = [0; 8];
    if let Err(error) = HostEntropy.fill(&mut seed) {
        verdict::fault(format_args!("{error}"))
    }
    let (stack, runner) = embassy_net::new(
        DEVICE.init(device),
        Config::dhcpv4(Default::default()),
        SOCKETS.init(StackResources::new()),
        u64::from_le_bytes(seed),
    );
    match forward(runner) {
        Ok(task) => spawner.spawn(task),
        Err(_) => verdict::fault(format_args!("no room for the task of the network")),
    }
    stack
}

#[embassy_executor::task]
async fn forward(mut runner: Runner<'static, &'static mut Lan9118>) -> ! {
    runner.run().await
}

/// Without a crate for the chip, all of its interrupts come here.
#[exception]
unsafe fn DefaultHandler(number: i16) {
    if u16::try_from(number) != Ok(Ethernet.number()) {
        verdict::fault(format_args!("interrupt {number}"));
    }
    lan9118::interrupted();
}

#[exception]
unsafe fn HardFault(frame: &ExceptionFrame) -> ! {
    verdict::fault(format_args!("hard fault at {:#010x}", frame.pc()))
}
