//! Headers as a list of strings, for other HTTP clients.

use super::headers::Headers;
use crate::encode::copy;
use core::{error::Error, fmt, mem, str};

/// The name that HTTP/2 sends in place of `Host`.
const AUTHORITY: &str = ":authority";

impl<'r> Headers<'r> {
    /// Writes the values into `buffer`, and fills `list` with names and values, for a client that takes
    /// `&[(&str, &str)]`.
    ///
    /// 13 entries are enough for all headers except those that the caller added, and 512 bytes for their values except
    /// the token. The list contains the token, if there is one: keep it out of logs.
    ///
    /// ```
    /// use tc3_core::{Credentials, Signer, Timestamp, api};
    ///
    /// let mut signer = Signer::new(Credentials::new("AKIDEXAMPLE", "key")?);
    /// let request = api!("cvm", "2017-03-12").action("DescribeZones").json("{}")?;
    /// let signed = signer.sign(&request, Timestamp::from_unix(1_551_113_065)?);
    ///
    /// let (mut buffer, mut list) = ([0; 512], [("", ""); 13]);
    /// let headers = signed.headers().without_host_and_length().encode(&mut buffer, &mut list)?;
    /// assert_eq!(headers[0], ("Content-Type", "application/json"));
    /// assert_eq!(headers[1].0, "Authorization");
    /// assert_eq!(headers[2..], [
    ///     ("X-TC-Action", "DescribeZones"),
    ///     ("X-TC-Version", "2017-03-12"),
    ///     ("X-TC-Timestamp", "1551113065"),
    /// ]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`HeadersDoNotFit`] with the room that is needed. Then neither `buffer` nor `list` is changed.
    pub fn encode<'b, 'l>(
        self,
        buffer: &'b mut [u8],
        list: &'l mut [(&'b str, &'b str)],
    ) -> Result<&'l [(&'b str, &'b str)], HeadersDoNotFit>
    where
        'r: 'b,
    {
        self.list::<false>(buffer, list)
    }

    /// Like [`encode`](Self::encode), for HTTP/2: the pseudo-header `:authority` in place of `Host`, and every name in
    /// lower case.
    ///
    /// RFC 9113, section 8.3.1: "Clients that generate HTTP/2 requests directly MUST use the ":authority" pseudo-header
    /// field to convey authority information". Section 8.2: "Field names MUST be converted to lowercase when
    /// constructing an HTTP/2 message." The signature stays the same: it covers `host`, whose value is sent in
    /// `:authority`.
    ///
    /// Before the list, send the other pseudo-headers: `:method` is [`Request::method`], `:scheme` is `https`, and
    /// `:path` is [`Request::target`]. Section 8.2.2 forbids connection-specific headers, such as `Connection`: do not
    /// add them to the call. The buffer holds the names too, so a list of 13 needs about 160 bytes more.
    ///
    /// A client that takes an `http::Request`, such as `hyper` or `reqwest`, does all of this itself: give it
    /// [`Request::url`] and the headers [without host and length](Self::without_host_and_length).
    ///
    /// ```
    /// use tc3_core::{Credentials, Signer, Timestamp, api};
    ///
    /// let mut signer = Signer::new(Credentials::new("AKIDEXAMPLE", "key")?);
    /// let request = api!("cvm", "2017-03-12").action("DescribeZones").json("{}")?;
    /// let signed = signer.sign(&request, Timestamp::from_unix(1_551_113_065)?);
    ///
    /// let (mut buffer, mut list) = ([0; 512], [("", ""); 13]);
    /// let headers = signed.headers().encode_http2(&mut buffer, &mut list)?;
    /// assert_eq!(headers[..2], [
    ///     (":authority", "cvm.tencentcloudapi.com"),
    ///     ("content-type", "application/json"),
    /// ]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As [`encode`](Self::encode).
    ///
    /// [`Request::method`]: crate::Request::method
    /// [`Request::target`]: crate::Request::target
    /// [`Request::url`]: crate::Request::url
    pub fn encode_http2<'b, 'l>(
        self,
        buffer: &'b mut [u8],
        list: &'l mut [(&'b str, &'b str)],
    ) -> Result<&'l [(&'b str, &'b str)], HeadersDoNotFit>
    where
        'r: 'b,
    {
        self.list::<true>(buffer, list)
    }

    fn list<'b, 'l, const HTTP2: bool>(
        self,
        buffer: &'b mut [u8],
        list: &'l mut [(&'b str, &'b str)],
    ) -> Result<&'l [(&'b str, &'b str)], HeadersDoNotFit>
    where
        'r: 'b,
    {
        // `Host` is renamed, not copied.
        let is_copied = |name: &str| HTTP2 && name != "Host";
        let mut fit = HeadersDoNotFit {
            bytes_needed: 0,
            bytes_given: buffer.len(),
            headers_needed: 0,
            headers_given: list.len(),
        };
        for (name, value) in self.clone() {
            let name = if is_copied(name) { name.len() } else { 0 };
            fit.bytes_needed = fit.bytes_needed.saturating_add(name).saturating_add(value.len());
            fit.headers_needed = fit.headers_needed.saturating_add(1);
        }
        if fit.bytes_needed > fit.bytes_given || fit.headers_needed > fit.headers_given {
            return Err(fit);
        }
        let mut free = buffer;
        let mut take = |len: usize| {
            let (taken, rest) = mem::take(&mut free).split_at_mut_checked(len).unwrap_or_default();
            free = rest;
            taken
        };
        for (entry, (name, value)) in list.iter_mut().zip(self) {
            let name = match name {
                name if is_copied(name) => {
                    let lower = take(name.len());
                    copy(lower, name.as_bytes());
                    lower.make_ascii_lowercase();
                    str::from_utf8(lower).unwrap_or_default()
                }
                "Host" if HTTP2 => AUTHORITY,
                name => name,
            };
            *entry = (name, value.encode_str(take(value.len())).unwrap_or_default());
        }
        Ok(list.get(..fit.headers_needed).unwrap_or_default())
    }
}

/// The buffer is too short for the headers, or the list, or both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct HeadersDoNotFit {
    /// Length of the buffer that is needed, in bytes.
    pub bytes_needed: usize,
    /// Length of the buffer in bytes.
    pub bytes_given: usize,
    /// Number of headers.
    pub headers_needed: usize,
    /// Length of the list.
    pub headers_given: usize,
}

impl fmt::Display for HeadersDoNotFit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { bytes_needed, bytes_given, headers_needed, headers_given } = self;
        write!(f, "{headers_needed} headers of {bytes_needed} bytes do not fit: ")?;
        write!(f, "the list has room for {headers_given}, and the buffer has {bytes_given} bytes")
    }
}

impl Error for HeadersDoNotFit {}
