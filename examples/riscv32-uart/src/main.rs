//! The same signed call from a 32-bit RISC-V core.
#![no_std]
#![no_main]

mod csr;
mod uart;
mod wake;

use board::{blocking, memory, verdict};
use riscv::register::{mcause, mepc};
use riscv_rt::{TrapFrame, entry};

use csr::CsrCounter;
use uart::Uart;
use wake::Wake;

#[entry]
fn main() -> ! {
    memory::paint();
    // SAFETY: this is where the program starts, with interrupts off: nobody has any of them.
    let uart = unsafe { Uart::start(Wake::start()) };
    blocking::run(uart, CsrCounter)
}

// SAFETY: the name by which riscv-rt finds it, and the signature that it calls it with.
#[unsafe(export_name = "ExceptionHandler")]
fn exception(_: &TrapFrame) -> ! {
    verdict::fault(format_args!("exception {} at {:#010x}", mcause::read().code(), mepc::read()))
}
