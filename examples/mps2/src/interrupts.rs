//! Handles all interrupts of the chip, because no crate defines their names.

use board::outcome;
use cortex_m::interrupt::InterruptNumber;
use cortex_m_rt::{ExceptionFrame, exception};

#[cfg(feature = "device")]
use crate::keys;
use crate::{ethernet, time};

/// The number of an interrupt of the MPS2 boards.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Interrupt(pub(crate) u16);

// SAFETY: the numbers are those of the board's manual, and never change.
unsafe impl InterruptNumber for Interrupt {
    fn number(self) -> u16 {
        self.0
    }
}

#[exception]
unsafe fn DefaultHandler(number: i16) {
    match u16::try_from(number).map(Interrupt) {
        #[cfg(feature = "device")]
        Ok(keys::RECEIVED) => keys::interrupted(),
        Ok(time::ALARM) => time::interrupted(),
        Ok(ethernet::FRAME_INTERRUPT) => ethernet::interrupted(),
        _ => outcome::fault(format_args!("unexpected interrupt {number}")),
    }
}

#[exception]
unsafe fn HardFault(frame: &ExceptionFrame) -> ! {
    outcome::fault(format_args!("hard fault at {:#010x}", frame.pc()))
}
