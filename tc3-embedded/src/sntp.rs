//! The time from the network.
