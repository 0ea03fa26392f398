//! Random bytes, always supplied by the platform.
//!
//! This crate has no default source. TLS is secure only if nobody can guess the random bytes. An
//! attacker can guess a fixed seed, a serial number, the time or the jitter of a timer, and can then
//! read and alter the traffic. Use the hardware generator of the chip, a secure element, a modem's
//! generator, or the operating system. A chip with none of these should leave TLS to a modem or
//! gateway.

use core::{error::Error, fmt, num::NonZeroU64};
use tc3_core::v1::Nonce;

/// A source of unpredictable bytes.
///
/// `&mut` of a source is a source. [`from_fn`] makes a source from a function that fills a buffer:
///
/// ```
/// use tc3_embedded::entropy::{self, EntropyError};
///
/// # #[derive(Debug)] struct SeedError;
/// # struct Rng(u8);
/// # impl Rng {
/// #     fn read(&mut self, bytes: &mut [u8]) -> Result<(), SeedError> {
/// #         self.0 += 1;
/// #         bytes.fill(self.0);
/// #         Ok(())
/// #     }
/// # }
/// # let mut rng = Rng(0);
/// // `rng` is the driver of the chip's generator.
/// let mut generator = entropy::from_fn(|bytes| rng.read(bytes));
/// let mut seed = [0; 32];
/// entropy::seed(&mut generator, &mut seed)?;
/// let nonce = entropy::nonce(&mut generator)?;
/// # Ok::<(), EntropyError<SeedError>>(())
/// ```
pub trait Entropy {
    /// The error of the source.
    type Error;

    /// Fills the whole buffer, or fails.
    ///
    /// # Errors
    /// If the source cannot deliver now. Implementations must return an error rather than weaker bytes.
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), Self::Error>;
}

impl<S: Entropy + ?Sized> Entropy for &mut S {
    type Error = S::Error;

    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), S::Error> {
        S::fill(self, bytes)
    }
}

/// A source that [`from_fn`] made from a function ([example](Entropy)).
#[derive(Clone, Copy)]
pub struct FromFn<F>(F);

/// Makes a source from a function that fills the whole buffer, or fails ([example](Entropy)).
pub const fn from_fn<F, E>(fill: F) -> FromFn<F>
where
    F: FnMut(&mut [u8]) -> Result<(), E>,
{
    FromFn(fill)
}

impl<F: FnMut(&mut [u8]) -> Result<(), E>, E> Entropy for FromFn<F> {
    type Error = E;

    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), E> {
        (self.0)(bytes)
    }
}

impl<F> fmt::Debug for FromFn<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FromFn")
    }
}

#[cfg(feature = "defmt")]
impl<F> defmt::Format for FromFn<F> {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "FromFn");
    }
}

/// Draws a nonce for one v1 signature, from 1 to 2^63 - 1, the range of the official SDKs.
///
/// # Errors
/// [`EntropyError::Source`], or [`EntropyError::Zero`] if the source returns only zeros.
pub fn nonce<S: Entropy + ?Sized>(source: &mut S) -> Result<Nonce, EntropyError<S::Error>> {
    number(source).map(Nonce::new)
}

/// Draws a seed for the TLS random generator of one connection.
///
/// Draws twice and compares, because a broken or unclocked source often repeats the same bytes. A
/// working source repeats 32 bytes with probability 2^-256.
///
/// # Errors
/// [`EntropyError::Source`], or [`EntropyError::Stuck`] if both draws are equal. After an error, do
/// not use the buffer.
pub fn seed<S: Entropy + ?Sized>(source: &mut S, seed: &mut [u8; 32]) -> Result<(), EntropyError<S::Error>> {
    let mut first = [0; 32];
    source.fill(&mut first).map_err(EntropyError::Source)?;
    source.fill(seed).map_err(EntropyError::Source)?;
    if *seed == first { Err(EntropyError::Stuck) } else { Ok(()) }
}

/// Zero draws until the source counts as broken. A working source draws zero with probability 2^-63.
const DRAWS: u8 = 3;

/// A random number from 1 to 2^63 - 1.
pub(crate) fn number<S: Entropy + ?Sized>(source: &mut S) -> Result<NonZeroU64, EntropyError<S::Error>> {
    for _ in 0..DRAWS {
        let mut bytes = [0; 8];
        source.fill(&mut bytes).map_err(EntropyError::Source)?;
        if let Some(number) = NonZeroU64::new(u64::from_be_bytes(bytes) >> 1) {
            return Ok(number);
        }
    }
    Err(EntropyError::Zero { draws: DRAWS })
}

/// Why there are no random bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum EntropyError<E> {
    /// The source returned an error.
    Source(E),
    /// The source returned only zeros.
    Zero {
        /// How many numbers were drawn.
        draws: u8,
    },
    /// The source returned the same 32 bytes twice.
    Stuck,
}

impl<E: fmt::Display> fmt::Display for EntropyError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Source(error) => write!(f, "random source failed: {error}"),
            Self::Zero { draws } => write!(f, "random source returned only zeros in {draws} draws"),
            Self::Stuck => f.write_str("random source returned the same 32 bytes twice"),
        }
    }
}

impl<E: Error> Error for EntropyError<E> {}
