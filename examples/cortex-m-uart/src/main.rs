//! A signed call from a Cortex-M4 over TLS over a UART, as through a cellular modem.
#![no_std]
#![no_main]

mod systick;
mod uart;

use board::{blocking, memory, verdict};
use cortex_m::Peripherals;
use cortex_m_rt::{ExceptionFrame, entry, exception};

use systick::SysTickCounter;
use uart::Uart;

#[entry]
fn main() -> ! {
    memory::paint();
    // SAFETY: this is where the program starts, so nobody has taken any of them.
    let core = unsafe { Peripherals::steal() };
    // SAFETY: as above.
    let uart = unsafe { Uart::start() };
    blocking::run(uart, SysTickCounter::start(core.SYST))
}

#[exception]
unsafe fn HardFault(frame: &ExceptionFrame) -> ! {
    verdict::fault(format_args!("hard fault at {:#010x}", frame.pc()))
}
