//! The UART of Arm's Cortex-M system design kit (CMSDK).
//!
//! It holds one byte in each direction, and an interrupt does no more than wake the processor. At
//! 115,200 bit/s hardware would lose bytes that way and wants DMA; the emulator waits until a byte
//! was taken.

use core::convert::Infallible;

use board::registers::Registers;
use cortex_m::interrupt::{self, InterruptNumber};
use cortex_m::{asm, peripheral::NVIC};
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
const RX_INTERRUPT: u32 = 1 << 3;
const INTERRUPTS: usize = 3;
const RX_INTERRUPTED: u32 = 1 << 1;
const DIVISOR: usize = 4;

/// "Minimum value is 16."
const FASTEST: u32 = 16;

/// The interrupt for a byte that came.
#[derive(Clone, Copy)]
struct Received;

// SAFETY: 0 is its number on the MPS2 boards, the same at all times.
unsafe impl InterruptNumber for Received {
    fn number(self) -> u16 {
        0
    }
}

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
        // SAFETY: the UART interrupts in `sleep` only, where nothing is interrupted.
        unsafe { NVIC::unmask(Received) };
        Self(registers)
    }

    /// Sleeps until a byte or any other interrupt comes, if no byte is there.
    fn sleep(&mut self) {
        interrupt::free(|_| {
            self.0.write::<CONTROL>(TX_ENABLE | RX_ENABLE | RX_INTERRUPT);
            // What comes after this look is an interrupt that does not let it sleep.
            if !self.has(RX_FULL) {
                asm::wfi();
            }
            self.0.write::<CONTROL>(TX_ENABLE | RX_ENABLE);
            self.0.write::<INTERRUPTS>(RX_INTERRUPTED);
            NVIC::unpend(Received);
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
    /// Sleeps for a while before it says no, for whoever asks will ask again.
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
    /// Waits for one byte, then takes what is there.
    fn read(&mut self, into: &mut [u8]) -> Result<usize, Infallible> {
        let mut count = 0_usize;
        for byte in into {
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
