//! What time it is.
