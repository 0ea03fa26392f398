//! Driver for the UART of Arm's Cortex-M system design kit (CMSDK).
//!
//! The UART buffers one byte in each direction. Its interrupt only wakes the processor. At 115,200 bit/s,
//! real hardware would lose bytes with this driver; use DMA. The emulator loses none, because it waits until
//! the program has read a byte.

use core::convert::Infallible;

use board::registers::Registers;
use cortex_m::interrupt::{self, InterruptNumber};
use cortex_m::{asm, peripheral::NVIC};
use embedded_io::{ErrorType, Read, ReadReady, Write, WriteReady};

/// UART 0 of the MPS2 boards.
const UART0: usize = 0x4000_4000;

// Register indices, each followed by its bits.
const DATA: usize = 0;
const STATE: usize = 1;
const TX_FULL: u32 = 1 << 0;
const RX_FULL: u32 = 1 << 1;
const CONTROL: usize = 2;
const TX_ENABLE: u32 = 1 << 0;
const RX_ENABLE: u32 = 1 << 1;
const RX_INTERRUPT: u32 = 1 << 3;
const INTERRUPTS: usize = 3;
const RX_INTERRUPTED: u32 = 1 << 1;
const DIVISOR: usize = 4;

/// The smallest divisor. The manual of the CMSDK: "Minimum value is 16."
const FASTEST: u32 = 16;

/// The interrupt for a received byte.
#[derive(Clone, Copy)]
struct RxInterrupt;

// SAFETY: this interrupt has this number on the MPS2 boards, and the number never changes.
unsafe impl InterruptNumber for RxInterrupt {
    fn number(self) -> u16 {
        0
    }
}

pub(crate) struct Uart(Registers<u32, 5>);

impl Uart {
    /// Starts UART 0.
    ///
    /// # Safety
    /// No other code uses UART 0.
    pub(crate) unsafe fn start() -> Self {
        // SAFETY: the board has these registers at this address, and the caller guarantees that no
        // other code uses them.
        let mut registers = unsafe { Registers::at(UART0) };
        registers.write::<DIVISOR>(FASTEST);
        registers.write::<CONTROL>(TX_ENABLE | RX_ENABLE);
        // SAFETY: the UART raises its interrupt only in `sleep`, in a critical section.
        unsafe { NVIC::unmask(RxInterrupt) };
        Self(registers)
    }

    /// Sleeps until a byte is received or another interrupt is pending.
    fn sleep(&mut self) {
        interrupt::free(|_| {
            self.0.write::<CONTROL>(TX_ENABLE | RX_ENABLE | RX_INTERRUPT);
            // A byte that arrives after this check leaves an interrupt pending, which ends `wfi`.
            if !self.has(RX_FULL) {
                asm::wfi();
            }
            self.0.write::<CONTROL>(TX_ENABLE | RX_ENABLE);
            self.0.write::<INTERRUPTS>(RX_INTERRUPTED);
            NVIC::unpend(RxInterrupt);
        });
    }

    fn has(&self, state: u32) -> bool {
        self.0.read::<STATE>() & state != 0
    }
}

impl ErrorType for Uart {
    type Error = Infallible;
}

impl ReadReady for Uart {
    /// Sleeps before it returns `false`, because the caller polls in a loop.
    fn read_ready(&mut self) -> Result<bool, Infallible> {
        if !self.has(RX_FULL) {
            self.sleep();
        }
        Ok(self.has(RX_FULL))
    }
}

impl WriteReady for Uart {
    fn write_ready(&mut self) -> Result<bool, Infallible> {
        Ok(!self.has(TX_FULL))
    }
}

impl Read for Uart {
    /// Waits for one byte, then reads all bytes that are available.
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Infallible> {
        let mut count = 0_usize;
        for byte in buffer {
            while count == 0 && !self.has(RX_FULL) {
                self.sleep();
            }
            if !self.has(RX_FULL) {
                break;
            }
            let [low, ..] = self.0.read::<DATA>().to_le_bytes();
            *byte = low;
            count = count.saturating_add(1);
        }
        Ok(count)
    }
}

impl Write for Uart {
    /// Waits until the transmit buffer is empty, then writes one byte.
    fn write(&mut self, bytes: &[u8]) -> Result<usize, Infallible> {
        let Some(byte) = bytes.first() else { return Ok(0) };
        self.flush()?;
        self.0.write::<DATA>((*byte).into());
        Ok(1)
    }

    fn flush(&mut self) -> Result<(), Infallible> {
        while self.has(TX_FULL) {}
        Ok(())
    }
}
