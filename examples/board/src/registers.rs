//! Memory-mapped registers of a device.

use core::ptr::with_exposed_provenance_mut;

/// `N` consecutive registers of type `T`.
///
/// A register is addressed by its index. An index of `N` or more does not compile.
#[derive(Debug)]
pub struct Registers<T, const N: usize>(*mut T);

impl<T: Copy, const N: usize> Registers<T, N> {
    /// The registers that start at `address`.
    ///
    /// # Safety
    /// There are `N` registers at `address`, each may be read and written at any time, and no other
    /// code accesses them.
    #[must_use]
    pub unsafe fn at(address: usize) -> Self {
        Self(with_exposed_provenance_mut(address))
    }

    /// Reads one register.
    pub fn read<const INDEX: usize>(&self) -> T {
        const { assert!(INDEX < N) };
        // SAFETY: the caller of `at` guaranteed `N` registers.
        unsafe { self.0.add(INDEX).read_volatile() }
    }

    /// Writes one register.
    pub fn write<const INDEX: usize>(&mut self, value: T) {
        const { assert!(INDEX < N) };
        // SAFETY: the caller of `at` guaranteed `N` registers.
        unsafe { self.0.add(INDEX).write_volatile(value) }
    }
}
