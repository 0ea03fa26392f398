//! A signer that many threads share, whose credentials are renewed while they sign.

mod error;
mod snapshot;
mod source;

pub use error::SignerError;
pub use snapshot::Snapshot;
pub use source::{CredentialSource, OwnedCredentials};

use error::Cause;
use std::{
    fmt,
    sync::{Mutex, MutexGuard, PoisonError, TryLockError},
    time::Duration,
};
use tc3_core::Timestamp;

/// After the source was asked, it is not asked again for this many seconds while there are credentials that sign.
const PAUSE: u64 = 10;

/// The official SDKs renew 300 s before the expiry.
const MARGIN: u64 = 300;

/// A signer that many threads share. They sign at the same time, while its credentials are renewed.
///
/// [`at`](Self::at) hands out a [`Snapshot`]: SecretId, SecretKey and token that belong together. The key of a day and
/// service is derived once for all threads. Credentials and keys are wiped when the last snapshot of them is dropped.
///
/// With a [`CredentialSource`], credentials that expire are renewed 300 s before. One thread asks the source, and the
/// others go on with the old credentials. If the source fails, the old credentials sign until they expire, and the
/// source is asked again after 10 s. Threads that wait for the first credentials share one answer of the source.
///
/// ```
/// use std::thread;
/// use tc3_core::{Timestamp, api};
/// use tc3_std::signer::{OwnedCredentials, SharedSigner};
///
/// let [now, renewed] = [1_795_279_182, 1_795_286_382].map(|unix| Timestamp::from_unix(unix).unwrap());
/// let signer = SharedSigner::new(OwnedCredentials::temporary("AKIDOLD", "old", "token", Some(renewed))?);
/// let request = api!("cvm", "2017-03-12").action("DescribeZones").json("{}")?;
/// thread::scope(|threads| {
///     for _ in 0..4 {
///         threads.spawn(|| {
///             let snapshot = signer.at(now).unwrap();
///             let signed = snapshot.sign(&request, now).unwrap();
///             assert!(signed.authorization().to_string().contains("=AKIDOLD/2026-11-21/cvm/"));
///         });
///     }
/// });
/// signer.replace(OwnedCredentials::new("AKIDNEW", "new")?); // also while they sign
/// assert_eq!(signer.at(renewed)?.id(), "AKIDNEW");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct SharedSigner {
    state: Mutex<State>,
    /// Held by the thread that asks the source. `state` is free meanwhile.
    turn: Mutex<()>,
    source: Option<Box<dyn CredentialSource>>,
    margin: u64,
}

#[derive(Default)]
struct State {
    snapshot: Option<Snapshot>,
    /// Why the source gave no credentials when it was asked last.
    failure: Option<Cause>,
    /// Counts answers of the source and calls of `replace`.
    changes: u64,
    /// When the source may be asked again, while there are credentials that sign.
    ask_after: u64,
}

impl State {
    /// The credentials, if they can sign at this time.
    fn usable(&self, now: Timestamp) -> Option<&Snapshot> {
        self.snapshot.as_ref().filter(|snapshot| snapshot.expires().is_none_or(|expires| now < expires))
    }
}

impl SharedSigner {
    /// A signer with these credentials. Only [`replace`](Self::replace) renews them.
    #[must_use]
    pub fn new(credentials: OwnedCredentials) -> Self {
        let signer = Self::empty();
        signer.replace(credentials);
        signer
    }

    /// A signer whose credentials come from a source, which is first asked by the first [`at`](Self::at).
    ///
    /// ```
    /// use tc3_core::Timestamp;
    /// use tc3_std::signer::{OwnedCredentials, SharedSigner};
    ///
    /// // asks the program's own store, in place of a service
    /// let signer = SharedSigner::from_source(|now: Timestamp| {
    ///     let expires = Timestamp::from_unix(now.unix() + 7_200)?;
    ///     Ok(OwnedCredentials::temporary("AKIDEXAMPLE", "key", "token", Some(expires))?)
    /// });
    /// let now = Timestamp::from_unix(1_795_279_182)?;
    /// assert_eq!(signer.at(now)?.id(), "AKIDEXAMPLE");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn from_source(source: impl CredentialSource + 'static) -> Self {
        Self { source: Some(Box::new(source)), ..Self::empty() }
    }

    /// A signer without credentials and without a source, for a program that receives credentials later.
    #[must_use]
    pub fn empty() -> Self {
        Self { state: Mutex::default(), turn: Mutex::default(), source: None, margin: MARGIN }
    }

    /// Asks the source this long before the credentials expire, in place of 300 s.
    #[must_use]
    pub fn margin(self, margin: Duration) -> Self {
        Self { margin: margin.as_secs(), ..self }
    }

    /// The credentials for signatures at this time. Take a snapshot for each call; do not keep it.
    ///
    /// Renews credentials that are about to expire. This can take as long as the source takes: the calling thread
    /// waits if it is the one that asks, or if there are no credentials that sign.
    ///
    /// # Errors
    /// [`SignerError`] if there are no credentials that can sign at this time.
    pub fn at(&self, now: Timestamp) -> Result<Snapshot, SignerError> {
        let (usable, seen) = {
            let state = lock(&self.state);
            let usable = state.usable(now);
            match usable {
                Some(snapshot) if !self.is_due(snapshot, &state, now) => return Ok(snapshot.clone()),
                _ => (usable.cloned(), state.changes),
            }
        };
        let _turn = match (usable, self.turn.try_lock()) {
            (Some(snapshot), Err(TryLockError::WouldBlock)) => return Ok(snapshot),
            (None, Err(TryLockError::WouldBlock)) => lock(&self.turn),
            (_, Ok(turn)) => turn,
            (_, Err(TryLockError::Poisoned(turn))) => turn.into_inner(),
        };
        self.ask(seen, now);
        self.outcome(now)
    }

    /// Asks the source now, even if the credentials have not expired. Call this when the service refused them.
    ///
    /// # Errors
    /// [`SignerError::Source`] if the source fails; the old credentials stay. [`SignerError::NoCredentials`] without a
    /// source.
    pub fn refresh(&self, now: Timestamp) -> Result<(), SignerError> {
        if self.source.is_none() {
            return Err(SignerError::NoCredentials);
        }
        let seen = lock(&self.state).changes;
        let _turn = lock(&self.turn);
        self.ask(seen, now);
        let state = lock(&self.state);
        state.failure.clone().map_or(Ok(()), |cause| Err(SignerError::source(cause, &state)))
    }

    /// Replaces the credentials. Snapshots that were taken before keep the old ones.
    ///
    /// The source, if there is one, is asked again when these are about to expire.
    pub fn replace(&self, credentials: OwnedCredentials) {
        let mut state = lock(&self.state);
        state.changes = state.changes.wrapping_add(1);
        state.failure = None;
        state.ask_after = 0;
        state.snapshot = Some(Snapshot::new(credentials));
    }

    fn is_due(&self, snapshot: &Snapshot, state: &State, now: Timestamp) -> bool {
        let soon = now.unix().saturating_add(self.margin);
        self.source.is_some()
            && now.unix() >= state.ask_after
            && snapshot.expires().is_some_and(|expires| expires.unix() <= soon)
    }

    /// Asks the source, unless something changed since `seen` because another thread was faster.
    fn ask(&self, seen: u64, now: Timestamp) {
        let Some(source) = &self.source else { return };
        if lock(&self.state).changes != seen {
            return;
        }
        let answer = source.load(now);
        let mut state = lock(&self.state);
        // `replace` was called while the source answered: what it brought is newer.
        if state.changes != seen {
            return;
        }
        state.changes = seen.wrapping_add(1);
        state.ask_after = now.unix().saturating_add(PAUSE);
        match answer {
            Ok(credentials) => {
                state.failure = None;
                let is_worse = credentials.is_expired(now) && state.usable(now).is_some();
                // The same credentials again keep the keys that were derived from them.
                let is_same = state.snapshot.as_ref().is_some_and(|old| old.holds(&credentials));
                if !is_worse && !is_same {
                    state.snapshot = Some(Snapshot::new(credentials));
                }
            }
            Err(cause) => state.failure = Some(cause.into()),
        }
    }

    /// The credentials after the source was asked, or why there are none.
    fn outcome(&self, now: Timestamp) -> Result<Snapshot, SignerError> {
        let state = lock(&self.state);
        match (state.usable(now), &state.failure, &state.snapshot) {
            (Some(snapshot), ..) => Ok(snapshot.clone()),
            (None, Some(cause), _) => Err(SignerError::source(cause.clone(), &state)),
            (None, None, Some(snapshot)) => {
                Err(SignerError::Expired { expires: snapshot.expires().unwrap_or(now), now })
            }
            (None, None, None) => Err(SignerError::NoCredentials),
        }
    }
}

impl SignerError {
    fn source(cause: Cause, state: &State) -> Self {
        let expires = state.snapshot.as_ref().and_then(Snapshot::expires);
        Self::Source { cause, expires }
    }
}

/// A source may panic, but only while the state is unlocked. The lock `turn` guards no data.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl fmt::Debug for SharedSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let snapshot = lock(&self.state).snapshot.clone();
        f.debug_struct("SharedSigner").field("snapshot", &snapshot).finish_non_exhaustive()
    }
}
