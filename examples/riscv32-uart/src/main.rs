//! A signed call from a 32-bit RISC-V core. TLS runs over a UART.
#![no_std]
#![no_main]

mod csr;
mod uart;
mod wake;

use board::{blocking, memory, outcome};
use riscv::register::{mcause, mepc};
use riscv_rt::{TrapFrame, entry};

use csr::CsrCounter;
use uart::Uart;
use wake::Wake;

#[entry]
fn main() -> ! {
    memory::paint();
    // SAFETY: the program starts here with interrupts disabled, so no other code uses the devices.
    let uart = unsafe { Uart::start(Wake::start()) };
    blocking::run(uart, CsrCounter)
}

// SAFETY: riscv-rt calls the function of this name with this signature.
#[unsafe(export_name = "ExceptionHandler")]
fn exception(_: &TrapFrame) -> ! {
    outcome::fault(format_args!("exception {} at {:#010x}", mcause::read().code(), mepc::read()))
}
