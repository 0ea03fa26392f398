//! Where randomness comes from: the device's own source, and nowhere else.
//!
//! There is no default source here and there never will be. What is secret in TLS is secret
//! because nobody can guess a number that was drawn; a fixed seed, a serial number, the time or
//! the jitter of a timer can be guessed, and whoever guesses reads and writes the connection.
//! Use the hardware generator of the chip, a secure element or a modem's; a chip with none of them
//! should not do TLS itself.

use core::{error::Error, fmt, num::NonZeroU64};
use tc3_core::v1::Nonce;

/// A source of bytes that nobody can guess.
///
/// Any function that fills a buffer is one:
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
/// // `rng` is the driver of the chip's generator
/// let mut generator = |bytes: &mut [u8]| rng.read(bytes);
/// let mut seed = [0; 32];
/// entropy::seed(&mut generator, &mut seed)?;
/// let nonce = entropy::nonce(&mut generator)?;
/// # Ok::<(), EntropyError<SeedError>>(())
/// ```
pub trait Entropy {
    /// Why the source has nothing to give.
    type Error;

    /// Fills all of the buffer, or fails.
    ///
    /// # Errors
    /// Whatever keeps the source from giving so many bytes of full quality now. It must not fall
    /// back to a worse source.
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), Self::Error>;
}

impl<F: FnMut(&mut [u8]) -> Result<(), E>, E> Entropy for F {
    type Error = E;

    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), E> {
        self(bytes)
    }
}

/// "A random positive integer", for one signature v1: 1 to 2^63 - 1, as the official SDKs.
///
/// # Errors
/// [`EntropyError::Source`], and [`EntropyError::Zero`] for a source that gives nothing but zeros.
pub fn nonce<S: Entropy + ?Sized>(source: &mut S) -> Result<Nonce, EntropyError<S::Error>> {
    number(source).map(Nonce::new)
}

/// What a generator of pseudorandom bytes is seeded with for one connection.
///
/// Draws twice, for a generator that is not clocked or has died gives the same bytes for ever; of
/// a live one that is to be seen once in 2^256 times.
///
/// # Errors
/// [`EntropyError::Source`], and [`EntropyError::Stuck`] for a source that repeats itself. The
/// buffer then holds nothing to be used.
pub fn seed<S: Entropy + ?Sized>(source: &mut S, seed: &mut [u8; 32]) -> Result<(), EntropyError<S::Error>> {
    let mut first = [0; 32];
    source.fill(&mut first).map_err(EntropyError::Source)?;
    source.fill(seed).map_err(EntropyError::Source)?;
    if *seed == first { Err(EntropyError::Stuck) } else { Ok(()) }
}

/// Once in 2^63 times one draw is zero by chance; no source that works ever needs the last.
const DRAWS: u8 = 3;

/// 63 random bits, not all of them zero.
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

/// There is no randomness.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum EntropyError<E> {
    /// The source itself failed.
    Source(E),
    /// The source gives zeros.
    Zero {
        /// How many numbers were drawn and were zero.
        draws: u8,
    },
    /// The source gave the same 32 bytes twice.
    Stuck,
}

impl<E> fmt::Display for EntropyError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Source(_) => f.write_str("source of randomness failed"),
            Self::Zero { draws } => write!(f, "source of randomness gave zero {draws} times"),
            Self::Stuck => f.write_str("source of randomness gave the same 32 bytes twice"),
        }
    }
}

impl<E: Error + 'static> Error for EntropyError<E> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Source(source) => Some(source),
            _ => None,
        }
    }
}
