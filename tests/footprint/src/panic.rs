//! A panic handler that cannot be reached: an image that can panic does not link.

use core::panic::PanicInfo;

#[cfg(not(feature = "panic-never"))]
#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    semihosting::process::exit(101)
}

#[cfg(feature = "panic-never")]
unsafe extern "C" {
    // Never defined, so an image that can panic does not link.
    fn a_panic_can_be_reached() -> !;
}

#[cfg(feature = "panic-never")]
#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    // SAFETY: an image that contains this call does not link.
    unsafe { a_panic_can_be_reached() }
}
