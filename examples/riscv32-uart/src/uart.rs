//! Driver for a UART of the 16550 family. Its interrupt only wakes the processor.

use core::convert::Infallible;

use board::registers::Registers;
use embedded_io::{ErrorType, Read, ReadReady, Write, WriteReady};

use crate::wake::Wake;

/// UART 0 of QEMU's `virt` board.
const UART0: usize = 0x1000_0000;

// Register indices, each followed by its bits.
const DATA: usize = 0;
const INTERRUPTS: usize = 1;
const RX_INTERRUPT: u8 = 1 << 0;
const FIFOS: usize = 2;
const FIFOS_ON: u8 = 1 << 0;
const FRAME: usize = 3;
const FRAME_8N1: u8 = 0b11;
const STATUS: usize = 5;
const RX_READY: u8 = 1 << 0;
const TX_EMPTY: u8 = 1 << 5;

pub(crate) struct Uart {
    registers: Registers<u8, 8>,
    wake: Wake,
}

impl Uart {
    /// Starts UART 0.
    ///
    /// # Safety
    /// No other code uses UART 0.
    pub(crate) unsafe fn start(wake: Wake) -> Self {
        // SAFETY: the board has these registers at this address, and the caller guarantees that no
        // other code uses them.
        let mut registers = unsafe { Registers::at(UART0) };
        registers.write::<INTERRUPTS>(0);
        registers.write::<FRAME>(FRAME_8N1);
        registers.write::<FIFOS>(FIFOS_ON);
        Self { registers, wake }
    }

    /// Sleeps until a byte is received, but at most a millisecond.
    fn sleep(&mut self) {
        self.registers.write::<INTERRUPTS>(RX_INTERRUPT);
        // A byte that arrives after this check leaves an interrupt pending, which ends `wfi`.
        if !self.has(RX_READY) {
            self.wake.wait();
        }
        self.registers.write::<INTERRUPTS>(0);
        self.wake.acknowledge();
    }

    fn has(&self, status: u8) -> bool {
        self.registers.read::<STATUS>() & status != 0
    }
}

impl ErrorType for Uart {
    type Error = Infallible;
}

impl ReadReady for Uart {
    /// Sleeps before it returns `false`, because the caller polls in a loop.
    fn read_ready(&mut self) -> Result<bool, Infallible> {
        if !self.has(RX_READY) {
            self.sleep();
        }
        Ok(self.has(RX_READY))
    }
}

impl WriteReady for Uart {
    fn write_ready(&mut self) -> Result<bool, Infallible> {
        Ok(self.has(TX_EMPTY))
    }
}

impl Read for Uart {
    /// Waits for one byte, then reads all bytes that are available.
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Infallible> {
        let mut count = 0_usize;
        for byte in buffer {
            while count == 0 && !self.has(RX_READY) {
                self.sleep();
            }
            if !self.has(RX_READY) {
                break;
            }
            *byte = self.registers.read::<DATA>();
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
        self.registers.write::<DATA>(*byte);
        Ok(1)
    }

    fn flush(&mut self) -> Result<(), Infallible> {
        while !self.has(TX_EMPTY) {}
        Ok(())
    }
}
