//! The cipher suite for embedded-tls: AES-128-GCM. It checks the content of each record after
//! decrypting it.

use aes_gcm::aead::{self, AeadCore, AeadInPlace, KeyInit, KeySizeUser};
use aes_gcm::{Aes128Gcm, Nonce, Tag};
use embedded_tls::{Aes128GcmSha256, TlsCipherSuite};

use super::guard::content::{self, Phase};

/// TLS_AES_128_GCM_SHA256, which every TLS 1.3 server must implement (RFC 8446 section 9.1).
pub(super) struct Suite;

impl TlsCipherSuite for Suite {
    const CODE_POINT: u16 = Aes128GcmSha256::CODE_POINT;
    type Cipher = Cipher;
    type KeyLen = <Aes128GcmSha256 as TlsCipherSuite>::KeyLen;
    type IvLen = <Aes128GcmSha256 as TlsCipherSuite>::IvLen;
    type Hash = <Aes128GcmSha256 as TlsCipherSuite>::Hash;
    type LabelBufferSize = <Aes128GcmSha256 as TlsCipherSuite>::LabelBufferSize;
}

pub(super) struct Cipher(Aes128Gcm);

impl KeySizeUser for Cipher {
    type KeySize = <Aes128Gcm as KeySizeUser>::KeySize;
}

impl KeyInit for Cipher {
    fn new(key: &aead::Key<Self>) -> Self {
        Self(Aes128Gcm::new(key))
    }
}

impl AeadCore for Cipher {
    type NonceSize = <Aes128Gcm as AeadCore>::NonceSize;
    type TagSize = <Aes128Gcm as AeadCore>::TagSize;
    type CiphertextOverhead = <Aes128Gcm as AeadCore>::CiphertextOverhead;
}

impl AeadInPlace for Cipher {
    fn encrypt_in_place_detached(
        &self,
        nonce: &Nonce<Self::NonceSize>,
        header: &[u8],
        content: &mut [u8],
    ) -> aead::Result<Tag<Self::TagSize>> {
        self.0.encrypt_in_place_detached(nonce, header, content)
    }

    /// The record filter has replaced the version in the header with the phase. The server
    /// authenticated the header with the version 0x0303 (RFC 8446 section 5.2), so it is restored.
    fn decrypt_in_place_detached(
        &self,
        nonce: &Nonce<Self::NonceSize>,
        header: &[u8],
        content: &mut [u8],
        tag: &Tag<Self::TagSize>,
    ) -> aead::Result<()> {
        let &[content_type, phase, _, high, low] = header else { return Err(aead::Error) };
        let phase = Phase::from_byte(phase).ok_or(aead::Error)?;
        let original = [content_type, 3, 3, high, low];
        self.0.decrypt_in_place_detached(nonce, &original, content, tag)?;
        content::filter(phase, content);
        Ok(())
    }
}
