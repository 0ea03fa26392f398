//! How much flash and RAM an image takes, seen by the image itself.

use core::fmt;
use core::ptr::with_exposed_provenance_mut;

unsafe extern "C" {
    // From the runtimes, cortex-m-rt and riscv-rt alike.
    static __sdata: u32;
    static __edata: u32;
    static __sidata: u32;
    static __sheap: u32;
    static _stack_start: u32;
    // From the `memory.x` of each example.
    static __flash_start: u32;
}

/// Not a likely return address, instruction or number.
const PAINT: u32 = 0xC0DE_CAFE;

/// Bytes below the frame of [`paint`] that are left alone.
const MARGIN: usize = 64;

/// Paints the stack from its end up to where it is in use. To be called first.
///
/// No allocator: all RAM above the statics is stack.
#[inline(never)]
pub fn paint() {
    let here = 0_u32;
    let used = (&raw const here).addr().saturating_sub(MARGIN);
    let end = (&raw const __sheap).expose_provenance();
    for word in (end..used).step_by(size_of::<u32>()) {
        // SAFETY: RAM above the statics and below the stack in use, which nothing refers to.
        unsafe { with_exposed_provenance_mut::<u32>(word).write_volatile(PAINT) };
    }
}

/// What the image takes, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Usage {
    /// Code, constants and initial values.
    pub flash: usize,
    /// Statics, zeroed ones included.
    pub statics: usize,
    /// The most that the stack ever took.
    pub stack_peak: usize,
    /// What it never touched.
    pub stack_free: usize,
}

impl Usage {
    /// Measures; none if the stack has run into the statics.
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
            // SAFETY: RAM between the statics and the top of the stack; any word of it can be read.
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
