//! Responses as servers send them, with the expected results.

use tc3_embedded::http::Framing;

/// How a response ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// By its framing; the connection is reusable.
    Reusable,
    /// By its framing; the connection must be closed.
    Close,
    /// With the connection.
    UntilClose,
}

#[derive(Debug)]
pub(crate) struct Recorded {
    pub(crate) name: &'static str,
    pub(crate) bytes: &'static [u8],
    pub(crate) status: u16,
    pub(crate) framing: Framing,
    pub(crate) body: &'static [u8],
    pub(crate) end: End,
}

pub(crate) const RECORDED: &[Recorded] = &[
    Recorded {
        name: "an answer with its length",
        bytes: b"HTTP/1.1 200 OK\r\nServer: nginx\r\nDate: Tue, 26 Feb 2019 00:44:25 GMT\r\n\
            Content-Type: application/json\r\nContent-Length: 55\r\nConnection: keep-alive\r\n\r\n\
            {\"Response\":{\"TotalCount\":0,\"RequestId\":\"3c140219-cf\"}}",
        status: 200,
        framing: Framing::Length(55),
        body: b"{\"Response\":{\"TotalCount\":0,\"RequestId\":\"3c140219-cf\"}}",
        end: End::Reusable,
    },
    Recorded {
        name: "chunks with extensions and trailers",
        bytes: b"HTTP/1.1 200 OK\r\ntransfer-encoding: Chunked\r\nTrailer: X-Sum\r\n\r\n\
            6;name=\"a;b\"\r\n{\"Resp\r\n00B \t;x\r\nonse\":null}\r\n\
            000;last\r\nX-Sum: 1\r\nX-Empty:\r\n\r\n",
        status: 200,
        framing: Framing::Chunked,
        body: b"{\"Response\":null}",
        end: End::Reusable,
    },
    Recorded {
        name: "chunks without a byte",
        bytes: b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n0\r\n\r\n",
        status: 200,
        framing: Framing::Chunked,
        body: b"",
        end: End::Close,
    },
    Recorded {
        name: "a body until close",
        bytes: b"HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/html\r\n\r\n<html>\r\n\r\n</html>",
        status: 502,
        framing: Framing::UntilClose,
        body: b"<html>\r\n\r\n</html>",
        end: End::UntilClose,
    },
    Recorded {
        name: "an empty body until close",
        bytes: b"HTTP/1.0 500 \r\n\r\n",
        status: 500,
        framing: Framing::UntilClose,
        body: b"",
        end: End::UntilClose,
    },
    Recorded {
        name: "interim responses first",
        bytes: b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\
            Content-Length: 7\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}",
        status: 200,
        framing: Framing::Length(2),
        body: b"{}",
        end: End::Reusable,
    },
    Recorded {
        name: "no content",
        bytes: b"HTTP/1.1 204 No Content\r\nContent-Length: 9\r\n\r\n",
        status: 204,
        framing: Framing::Empty,
        body: b"",
        end: End::Reusable,
    },
    Recorded {
        name: "not modified",
        bytes: b"HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: chunked\r\n\r\n",
        status: 304,
        framing: Framing::Empty,
        body: b"",
        end: End::Reusable,
    },
    Recorded {
        name: "a length of zero",
        bytes: b"HTTP/1.1 429 Too Many Requests\r\nContent-Length: 00\r\n\r\n",
        status: 429,
        framing: Framing::Length(0),
        body: b"",
        end: End::Reusable,
    },
    Recorded {
        name: "the old version",
        bytes: b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\n{}",
        status: 200,
        framing: Framing::Length(2),
        body: b"{}",
        end: End::Close,
    },
    Recorded {
        name: "the old version kept alive",
        bytes: b"HTTP/1.0 200\r\nConnection: x , Keep-Alive\r\nContent-Length:2\r\n\r\n{}",
        status: 200,
        framing: Framing::Length(2),
        body: b"{}",
        end: End::Reusable,
    },
    Recorded {
        name: "a connection that ends among other options",
        bytes: b"HTTP/1.1 200 a: b\r\nconnection: keep-alive\r\nCONNECTION: te,CLOSE\r\n\
            content-encoding: Identity\r\nCONTENT-LENGTH: \t2 \t\r\n\r\n{}",
        status: 200,
        framing: Framing::Length(2),
        body: b"{}",
        end: End::Close,
    },
];

/// The recorded response of that name.
pub(crate) fn recorded(name: &str) -> &'static Recorded {
    let mut found = RECORDED.iter().filter(|recorded| recorded.name == name);
    found.next().expect("a name from the list")
}
