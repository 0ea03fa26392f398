//! Credentials that a device owns and renews.
