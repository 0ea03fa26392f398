//! Measures the flash, the statics and the stack of the running image.

use core::fmt;
use core::ptr::with_exposed_provenance_mut;

unsafe extern "C" {
    // Defined by both cortex-m-rt and riscv-rt.
    static __sdata: u32;
    static __edata: u32;
    static __sidata: u32;
    static __sheap: u32;
    static _stack_start: u32;
    // Defined by the `memory.x` of each example.
    static __flash_start: u32;
}

/// The pattern that fills unused stack. Code is unlikely to write this value.
const PAINT: u32 = 0xC0DE_CAFE;

/// Bytes below the local variable of [`paint`] that are not overwritten, because its frame can use them.
const MARGIN: usize = 64;

/// Fills the unused stack with a pattern, so that [`Usage::measure`] can find the peak. Call this first in
/// `main`. There is no heap: all RAM above the statics is stack.
#[inline(never)]
pub fn paint() {
    let here = 0_u32;
    let used = (&raw const here).addr().saturating_sub(MARGIN);
    let end = (&raw const __sheap).expose_provenance();
    for word in (end..used).step_by(size_of::<u32>()) {
        // SAFETY: the word is above the statics and below the stack in use: nothing refers to it.
        unsafe { with_exposed_provenance_mut::<u32>(word).write_volatile(PAINT) };
    }
}

/// Memory that the image uses, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Usage {
    /// Code, constants and the initial values of statics.
    pub flash: usize,
    /// Statics, zeroed ones included.
    pub statics: usize,
    /// Peak stack.
    pub stack_peak: usize,
    /// Stack that was never used.
    pub stack_free: usize,
}

impl Usage {
    /// Measures the memory. `None` if the stack has overflowed into the statics.
    pub fn measure() -> Option<Self> {
        let [start, copied, data, data_end, end, top] = [
            (&raw const __flash_start).addr(),
            (&raw const __sidata).addr(),
            (&raw const __sdata).addr(),
            (&raw const __edata).addr(),
            (&raw const __sheap).expose_provenance(),
            (&raw const _stack_start).addr(),
        ];
        let untouched = |word: &usize| {
            // SAFETY: the word is in RAM, between the statics and the top of the stack.
            unsafe { with_exposed_provenance_mut::<u32>(*word).read_volatile() == PAINT }
        };
        let words = (end..top).step_by(size_of::<u32>()).take_while(untouched).count();
        let stack_free = words.checked_mul(size_of::<u32>()).filter(|free| *free > 0)?;
        Some(Self {
            flash: copied.checked_sub(start)?.checked_add(data_end.checked_sub(data)?)?,
            statics: end.checked_sub(data)?,
            stack_peak: top.checked_sub(end)?.checked_sub(stack_free)?,
            stack_free,
        })
    }
}

impl fmt::Display for Usage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { flash, statics, stack_peak, stack_free } = self;
        write!(f, "flash={flash} static={statics} stack-peak={stack_peak} stack-free={stack_free}")
    }
}
