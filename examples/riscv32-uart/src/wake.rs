//! Lets the UART and the timer wake the processor.
//!
//! No interrupt handler runs. Interrupts are disabled globally, but a pending interrupt still ends `wfi`.

use board::registers::Registers;
use riscv::register::{mie, time};

use crate::csr::TICKS_PER_MILLI;

/// The UART's source number at the interrupt controller.
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
    /// Enables the interrupts of the UART and the timer.
    ///
    /// # Safety
    /// No other code uses the interrupt controller or the timer, and interrupts stay disabled
    /// globally.
    pub(crate) unsafe fn start() -> Self {
        // SAFETY: the board has these registers at these addresses, and the caller guarantees that
        // no other code uses them.
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
        // SAFETY: interrupts stay disabled globally, so no handler runs.
        unsafe {
            mie::set_mext();
            mie::set_mtimer();
        }
        Self { claims, alarm }
    }

    /// Sleeps until the UART's interrupt is pending, but at most a millisecond.
    pub(crate) fn wait(&mut self) {
        let [a, b, c, d, e, f, g, h] = time::read64().saturating_add(TICKS_PER_MILLI).to_le_bytes();
        // Two writes set the 64-bit alarm. In this order no intermediate value is in the past.
        self.alarm.write::<ALARM_LOW>(u32::MAX);
        self.alarm.write::<ALARM_HIGH>(u32::from_le_bytes([e, f, g, h]));
        self.alarm.write::<ALARM_LOW>(u32::from_le_bytes([a, b, c, d]));
        riscv::asm::wfi();
    }

    /// Acknowledges the UART's interrupt, so that the next one can become pending.
    pub(crate) fn acknowledge(&mut self) {
        let source = self.claims.read::<CLAIM>();
        self.claims.write::<CLAIM>(source);
    }
}
