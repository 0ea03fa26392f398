//! Starts the board for a program that runs for years. On a real device, a HAL and the device's configuration do this.

use board::command_line::CommandLine;
use board::counter::per_milli;
use board::parameters::Parameters;
use board::trust::Trust;
use board::{memory, outcome, report};
use embassy_executor::Spawner;
use embassy_net::Stack;
use static_cell::{ConstStaticCell, StaticCell};

use crate::keys::{self, KeysReceiver};
use crate::{network, time};

/// A started device.
pub struct Device {
    /// The network stack.
    pub stack: Stack<'static>,
    /// The channel on which credentials arrive.
    pub keys: KeysReceiver,
    /// The parameters of the command line, with the addresses of the servers.
    pub parameters: &'static Parameters<'static>,
    /// The roots that the device trusts.
    pub trust: &'static Trust<'static>,
}

/// Starts the board, and prints how many instructions a millisecond of its clock has.
pub fn start(spawner: Spawner) -> Device {
    static LINE: StaticCell<CommandLine> = StaticCell::new();
    static PARAMETERS: StaticCell<Parameters<'static>> = StaticCell::new();
    static ROOT: ConstStaticCell<[u8; 1536]> = ConstStaticCell::new([0; 1536]);
    static TRUST: StaticCell<Trust<'static>> = StaticCell::new();
    memory::paint();
    time::start();
    report!("measured: insns-per-ms={}", per_milli(time::Embassy));
    let parameters: &_ = PARAMETERS.init(LINE.init(CommandLine::fetch()).parameters());
    let Ok(trust) = Trust::read(parameters, ROOT.take()) else { outcome::exit(outcome::FAILED) };
    let keys = keys::start();
    match keys::receive() {
        Ok(task) => spawner.spawn(task),
        Err(_) => outcome::fault(format_args!("the task of the UART cannot be started")),
    }
    Device { stack: network::start(spawner), keys, parameters, trust: TRUST.init(trust) }
}
