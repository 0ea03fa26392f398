//! Registers of a device, in memory.

use core::ptr::with_exposed_provenance_mut;

/// `N` registers of type `T` side by side.
///
/// A register is named by its place among them, counted in registers; a place outside does not
/// compile.
#[derive(Debug)]
pub struct Registers<T, const N: usize>(*mut T);

impl<T: Copy, const N: usize> Registers<T, N> {
    /// The registers from `address` on.
    ///
    /// # Safety
    /// So many registers are there, each may be read and written at any time, and nobody else
    /// does.
    #[must_use]
    pub unsafe fn at(address: usize) -> Self {
        Self(with_exposed_provenance_mut(address))
    }

    /// Reads one register.
    pub fn read<const PLACE: usize>(&self) -> T {
        const { assert!(PLACE < N) };
        // SAFETY: within the registers that `at` was promised.
        unsafe { self.0.add(PLACE).read_volatile() }
    }

    /// Writes one register.
    pub fn write<const PLACE: usize>(&mut self, value: T) {
        const { assert!(PLACE < N) };
        // SAFETY: within the registers that `at` was promised.
        unsafe { self.0.add(PLACE).write_volatile(value) }
    }
}
