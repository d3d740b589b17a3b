//! HTTP/1.1 over one connection that is kept, and no more of it than a load needs.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
};

use serde_json::Value;

/// A request as it is sent.
pub struct Request(Vec<u8>);

impl Request {
    /// A request with a token and a body of JSON.
    pub fn new(method: &str, path: &str, token: Option<&str>, body: Option<&Value>) -> Self {
        Self::with_key(method, path, token, (body, None))
    }

    /// The same under an idempotency key.
    pub fn with_key(
        method: &str,
        path: &str,
        token: Option<&str>,
        (body, key): (Option<&Value>, Option<&str>),
    ) -> Self {
        let body = body.map(Value::to_string).unwrap_or_default();
        let mut text = format!("{method} {path} HTTP/1.1\r\nhost: localhost\r\n");
        if let Some(token) = token {
            text.push_str(&format!("authorization: Bearer {token}\r\n"));
        }
        if let Some(key) = key {
            text.push_str(&format!("idempotency-key: {key}\r\n"));
        }
        let length = body.len();
        text.push_str(&format!(
            "content-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
        ));
        Self(text.into_bytes())
    }

    /// A request for a page, with a cookie.
    pub fn page(path: &str, cookie: &str) -> Self {
        Self(format!("GET {path} HTTP/1.1\r\nhost: localhost\r\ncookie: {cookie}\r\n\r\n").into())
    }

    /// A form of a page.
    pub fn form(path: &str, fields: &str) -> Self {
        let (kind, length) = ("application/x-www-form-urlencoded", fields.len());
        let text = format!(
            "POST {path} HTTP/1.1\r\nhost: localhost\r\norigin: http://localhost\r\n\
             content-type: {kind}\r\ncontent-length: {length}\r\n\r\n{fields}"
        );
        Self(text.into_bytes())
    }
}

/// What was answered.
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The cookie that is to be kept, without its attributes.
    pub cookie: Option<String>,
    body: Vec<u8>,
}

impl Answer {
    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("JSON")
    }
}

/// A connection.
pub struct Connection(BufReader<TcpStream>);

impl Connection {
    /// To a server.
    pub fn open(address: &str) -> Self {
        let stream = TcpStream::connect(address).expect("the server listens");
        stream.set_nodelay(true).expect("it is set");
        Self(BufReader::new(stream))
    }

    /// Sends a request, and waits for the whole answer.
    pub fn send(&mut self, request: &Request) -> Answer {
        self.0.get_mut().write_all(&request.0).expect("it is sent");
        let status = self.line().split(' ').nth(1).and_then(|status| status.parse().ok());
        let status = status.expect("a status");
        let (mut length, mut is_chunked, mut cookie) = (0, false, None);
        loop {
            let line = self.line();
            if line.is_empty() {
                break;
            }
            if let Some(set) = line.strip_prefix("set-cookie: ") {
                cookie = set.split(';').next().map(str::to_owned);
            }
            let line = line.to_ascii_lowercase();
            if let Some(value) = line.strip_prefix("content-length:") {
                length = value.trim().parse().expect("a length");
            }
            is_chunked |= line.strip_prefix("transfer-encoding:").map(str::trim) == Some("chunked");
        }
        let mut body = Vec::new();
        if is_chunked {
            while let more @ 1.. = usize::from_str_radix(&self.line(), 16).expect("a length") {
                self.read(&mut body, more);
                self.line();
            }
            self.line();
        } else {
            self.read(&mut body, length);
        }
        Answer { status, cookie, body }
    }

    fn read(&mut self, body: &mut Vec<u8>, length: usize) {
        let start = body.len();
        body.resize(start + length, 0);
        self.0.read_exact(&mut body[start..]).expect("the body");
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.0.read_line(&mut line).expect("a line");
        line.truncate(line.trim_end().len());
        line
    }
}
