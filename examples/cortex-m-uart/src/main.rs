//! A signed call from a Cortex-M4. TLS runs over a UART, as with a cellular modem.
#![no_std]
#![no_main]

mod systick;
mod uart;

use board::{blocking, memory, outcome};
use cortex_m::Peripherals;
use cortex_m_rt::{ExceptionFrame, entry, exception};

use systick::SysTickCounter;
use uart::Uart;

#[entry]
fn main() -> ! {
    memory::paint();
    // SAFETY: the program starts here, so no other code uses the peripherals.
    let core = unsafe { Peripherals::steal() };
    // SAFETY: as above.
    let uart = unsafe { Uart::start() };
    blocking::run(uart, SysTickCounter::start(core.SYST))
}

#[exception]
unsafe fn HardFault(frame: &ExceptionFrame) -> ! {
    outcome::fault(format_args!("hard fault at {:#010x}", frame.pc()))
}
