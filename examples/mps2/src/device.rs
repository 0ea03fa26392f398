//! Starts the board as a device that runs for years: what a HAL and the device's configuration provide.

use board::command_line::CommandLine;
use board::parameters::Parameters;
use board::trust::Trust;
use board::{memory, outcome};
use embassy_executor::Spawner;
use embassy_net::Stack;
use static_cell::{ConstStaticCell, StaticCell};

use crate::keys::{self, KeysReceiver};
use crate::{network, time};

/// A started device.
pub struct Device {
    /// The network.
    pub stack: Stack<'static>,
    /// Where credentials arrive.
    pub keys: KeysReceiver,
    /// The addresses of the servers.
    pub parameters: &'static Parameters<'static>,
    /// The roots that the device trusts.
    pub trust: &'static Trust<'static>,
}

/// Starts the board.
pub fn start(spawner: Spawner) -> Device {
    static LINE: StaticCell<CommandLine> = StaticCell::new();
    static PARAMETERS: StaticCell<Parameters<'static>> = StaticCell::new();
    static ROOT: ConstStaticCell<[u8; 1536]> = ConstStaticCell::new([0; 1536]);
    static TRUST: StaticCell<Trust<'static>> = StaticCell::new();
    memory::paint();
    time::start();
    let parameters: &_ = PARAMETERS.init(LINE.init(CommandLine::fetch()).parameters());
    let Ok(trust) = Trust::read(parameters, ROOT.take()) else { outcome::exit(outcome::FAILED) };
    let keys = keys::start();
    match keys::receive() {
        Ok(task) => spawner.spawn(task),
        Err(_) => outcome::fault(format_args!("the task of the UART cannot be started")),
    }
    Device { stack: network::start(spawner), keys, parameters, trust: TRUST.init(trust) }
}
