//! What wakes the processor: the UART by way of the interrupt controller, and the timer.
//!
//! No interrupt is ever taken: one that is enabled but not let through ends `wfi` all the same.

use board::registers::Registers;
use riscv::register::{mie, time};

use crate::csr::TICKS_PER_MILLI;

/// The UART among the sources of the interrupt controller.
const UART: usize = 10;
const UART_BIT: u32 = 1 << UART;

// The interrupt controller (PLIC).
const PRIORITIES: usize = 0x0C00_0000;
const ENABLED: usize = 0x0C00_2000;
const CLAIMS: usize = 0x0C20_0000;
const CLAIM: usize = 1;

// The timer (CLINT).
const ALARM: usize = 0x0200_4000;
const ALARM_LOW: usize = 0;
const ALARM_HIGH: usize = 1;

pub(crate) struct Wake {
    claims: Registers<u32, 2>,
    alarm: Registers<u32, 2>,
}

impl Wake {
    /// Lets the UART and the timer wake the processor.
    ///
    /// # Safety
    /// Nobody else uses the interrupt controller or the timer, and interrupts are off for good.
    pub(crate) unsafe fn start() -> Self {
        // SAFETY: the board has these registers here; that they are ours the caller promises.
        let (mut priorities, mut enabled, claims, alarm) = unsafe {
            (
                Registers::<u32, { UART + 1 }>::at(PRIORITIES),
                Registers::<u32, 1>::at(ENABLED),
                Registers::at(CLAIMS),
                Registers::at(ALARM),
            )
        };
        priorities.write::<UART>(1);
        enabled.write::<0>(UART_BIT);
        // SAFETY: with interrupts off none of them is taken.
        unsafe {
            mie::set_mext();
            mie::set_mtimer();
        }
        Self { claims, alarm }
    }

    /// Sleeps until the UART interrupts or a millisecond is over.
    pub(crate) fn wait(&mut self) {
        let [a, b, c, d, e, f, g, h] = time::read64().saturating_add(TICKS_PER_MILLI).to_le_bytes();
        // In this order the alarm is never set to a time that is over.
        self.alarm.write::<ALARM_LOW>(u32::MAX);
        self.alarm.write::<ALARM_HIGH>(u32::from_le_bytes([e, f, g, h]));
        self.alarm.write::<ALARM_LOW>(u32::from_le_bytes([a, b, c, d]));
        riscv::asm::wfi();
    }

    /// Takes notice of the UART's interrupt, so that the next one counts.
    pub(crate) fn settle(&mut self) {
        let source = self.claims.read::<CLAIM>();
        self.claims.write::<CLAIM>(source);
    }
}
