//! The UART of Arm's Cortex-M system design kit (CMSDK), polled.
//!
//! It holds one byte in each direction. Hardware at 115,200 bit/s needs an interrupt or DMA to lose
//! none; the emulator waits until a byte was taken.

use core::convert::Infallible;

use board::registers::Registers;
use embedded_io::{ErrorType, Read, ReadReady, Write, WriteReady};

/// UART 0 of the MPS2 boards.
const UART0: usize = 0x4000_4000;

// Places of the registers, and their bits.
const DATA: usize = 0;
const STATE: usize = 1;
const TX_FULL: u32 = 1 << 0;
const RX_FULL: u32 = 1 << 1;
const CONTROL: usize = 2;
const TX_ENABLE: u32 = 1 << 0;
const RX_ENABLE: u32 = 1 << 1;
const DIVISOR: usize = 4;

/// "Minimum value is 16."
const FASTEST: u32 = 16;

pub(crate) struct Uart(Registers<u32, 5>);

impl Uart {
    /// Starts UART 0.
    ///
    /// # Safety
    /// Nobody else uses it.
    pub(crate) unsafe fn start() -> Self {
        // SAFETY: the board has these registers here; that they are ours the caller promises.
        let mut registers = unsafe { Registers::at(UART0) };
        registers.write::<DIVISOR>(FASTEST);
        registers.write::<CONTROL>(TX_ENABLE | RX_ENABLE);
        Self(registers)
    }

    fn has(&self, state: u32) -> bool {
        self.0.read::<STATE>() & state != 0
    }
}

impl ErrorType for Uart {
    type Error = Infallible;
}

impl ReadReady for Uart {
    fn read_ready(&mut self) -> Result<bool, Infallible> {
        Ok(self.has(RX_FULL))
    }
}

impl WriteReady for Uart {
    fn write_ready(&mut self) -> Result<bool, Infallible> {
        Ok(!self.has(TX_FULL))
    }
}

impl Read for Uart {
    /// Waits for one byte, then takes what is there.
    fn read(&mut self, into: &mut [u8]) -> Result<usize, Infallible> {
        let mut count = 0_usize;
        for byte in into {
            while count == 0 && !self.has(RX_FULL) {}
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
    /// Waits until there is room for one byte.
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
