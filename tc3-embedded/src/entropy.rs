//! Randomness: from the platform's own source only.
//!
//! This crate has no default source. The secrets of TLS are secret only if nobody can guess the random
//! bytes. A fixed seed, a serial number, the time or the jitter of a timer can be guessed, and an
//! attacker who does so reads and forges the connection. Use the hardware generator of the chip, a
//! secure element, a modem's generator, or the operating system. A chip with none of them should
//! leave TLS to a modem or gateway.

use core::{error::Error, fmt, num::NonZeroU64};
use tc3_core::v1::Nonce;

/// A source of unpredictable bytes.
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
/// // `rng` is the driver of the chip's generator.
/// let mut generator = |bytes: &mut [u8]| rng.read(bytes);
/// let mut seed = [0; 32];
/// entropy::seed(&mut generator, &mut seed)?;
/// let nonce = entropy::nonce(&mut generator)?;
/// # Ok::<(), EntropyError<SeedError>>(())
/// ```
pub trait Entropy {
    /// Why the source failed.
    type Error;

    /// Fills the whole buffer, or fails.
    ///
    /// # Errors
    /// Why the source cannot give this many bytes of full quality now. It must not fall back to a
    /// weaker source.
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), Self::Error>;
}

impl<F: FnMut(&mut [u8]) -> Result<(), E>, E> Entropy for F {
    type Error = E;

    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), E> {
        self(bytes)
    }
}

/// Draws the nonce of one v1 signature, "a random positive integer": 1 to 2^63 - 1, like the
/// official SDKs.
///
/// # Errors
/// [`EntropyError::Source`], or [`EntropyError::Zero`] if the source gives only zeros.
pub fn nonce<S: Entropy + ?Sized>(source: &mut S) -> Result<Nonce, EntropyError<S::Error>> {
    number(source).map(Nonce::new)
}

/// Draws the seed of the pseudorandom generator for one connection.
///
/// Draws twice and compares, because a generator that is unclocked or broken often repeats the same
/// bytes. A working one does so with a probability of 2^-256.
///
/// # Errors
/// [`EntropyError::Source`], or [`EntropyError::Stuck`] if both draws are equal. The content of the
/// buffer must not be used then.
pub fn seed<S: Entropy + ?Sized>(source: &mut S, seed: &mut [u8; 32]) -> Result<(), EntropyError<S::Error>> {
    let mut first = [0; 32];
    source.fill(&mut first).map_err(EntropyError::Source)?;
    source.fill(seed).map_err(EntropyError::Source)?;
    if *seed == first { Err(EntropyError::Stuck) } else { Ok(()) }
}

/// A draw of a working source is zero with a probability of 2^-63.
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

/// The source of randomness failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum EntropyError<E> {
    /// The source itself failed.
    Source(E),
    /// The source gave only zeros.
    Zero {
        /// How many numbers were drawn.
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
