//! Who a server says it is: chains of certificates, made anew for the time that the test lives in.
//!
//! Each is for [`HOST`] unless it says otherwise, and differs from a good one in the one thing that
//! it is named for.
//!
//! ```
//! let good = peer::pki::ecdsa(1_795_279_182);
//! assert_eq!(good.chain.len(), 2);
//! ```

mod bad;
mod draft;
mod good;
mod public;

pub use bad::{
    ca_without_cert_sign, ed25519_root, expired, foreign_root, leaf_as_ca, maze, namesake_root,
    not_yet_valid, path_too_long, self_signed, too_deep, too_many, without_digital_signature,
    without_server_auth, wrong_host,
};
pub use good::{ecdsa, p384};
pub use public::{cross_certified, public_shaped};

use draft::Authority;

/// The host that the certificates are for.
pub const HOST: &str = "cvm.tencentcloudapi.com";

/// What a server shows, what it signs the handshake with, and whom the client has to trust.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The certificates that are sent, as DER, the leaf first. The root is not among them.
    pub chain: Vec<Vec<u8>>,
    /// The private key of the leaf, as PKCS#8 DER.
    pub key: Vec<u8>,
    /// The certificate of the authority that the client trusts, as DER.
    pub root: Vec<u8>,
}

impl Identity {
    fn new(leaf: &Authority, above: &[&Authority], root: &Authority) -> Self {
        let chain = [leaf].iter().chain(above).map(|it| it.der().to_vec()).collect();
        Self { chain, key: leaf.key().serialize_der(), root: root.der().to_vec() }
    }
}
