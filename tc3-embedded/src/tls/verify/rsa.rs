//! RSA signatures, without a heap.
