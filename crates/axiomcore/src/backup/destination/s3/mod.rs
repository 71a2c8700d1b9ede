//! A bucket of an S3-compatible store.

mod signing;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use ureq::Agent;
use ureq::http::{Request, Response};
use ureq::tls::{Certificate, RootCerts, TlsConfig, TlsProvider};

use self::signing::{Signed, Signer, escaped};
use super::{Destination, DestinationError, Held};
use crate::clock::{Clock, Timestamp};
use crate::config::Secret;
use crate::tls;

/// How long one request may take: a chunk of four megabytes over a slow line.
const PATIENCE: Duration = Duration::from_secs(120);

/// Pauses before a request is sent again that failed for a reason that passes.
const AGAIN: [Duration; 3] = [Duration::from_millis(200), Duration::from_secs(1), Duration::from_secs(4)];

/// The largest answer: more than any chunk or segment.
const LARGEST: u64 = 512 << 20;

/// After this time a lock is of somebody who has crashed.
const STALE: Duration = Duration::from_secs(2 * 3_600);

/// The name of the lock.
const LOCK: &str = "lock";

/// Where a bucket is, and who may use it.
#[derive(Clone, Debug)]
pub struct S3Place {
    /// The store's address, such as `https://s3.eu-central-1.amazonaws.com`.
    pub endpoint: String,
    /// The bucket's name.
    pub bucket: String,
    /// What all names in it begin with; may be empty.
    pub prefix: String,
    /// The region that is signed for.
    pub region: String,
    /// The name of the key.
    pub access_key: String,
    /// The key.
    pub secret_key: Secret<String>,
}

/// A bucket. Clones are the same.
#[derive(Clone)]
pub struct S3(Arc<Inner>);

struct Inner {
    agent: Agent,
    signer: Signer,
    base: String,
    host: String,
    bucket: String,
    prefix: String,
    clock: Arc<dyn Clock>,
}

impl S3 {
    /// The bucket at this place; nothing is asked yet.
    pub fn new(place: S3Place, clock: Arc<dyn Clock>) -> Self {
        let S3Place { endpoint, bucket, prefix, region, access_key, secret_key } = place;
        let base = endpoint.trim_end_matches('/').to_owned();
        let host = base.split_once("://").map_or(base.as_str(), |(_, host)| host).to_owned();
        let prefix = prefix.trim_matches('/').to_owned();
        let prefix = if prefix.is_empty() { prefix } else { prefix + "/" };
        let config = Agent::config_builder().http_status_as_error(false).timeout_global(Some(PATIENCE));
        let agent = config.max_redirects(0).tls_config(system()).build().new_agent();
        let signer = Signer { access_key, secret_key, region };
        Self(Arc::new(Inner { agent, signer, base, host, bucket, prefix, clock }))
    }

    fn path(&self, name: &str) -> String {
        let name = format!("{}{name}", self.0.prefix);
        let parts: Vec<String> = name.split('/').map(escaped).collect();
        format!("/{}/{}", self.0.bucket, parts.join("/"))
    }

    fn unusable(&self, path: &str, cause: impl fmt::Display) -> DestinationError {
        DestinationError::Unusable { place: format!("{}{path}", self.0.base), cause: cause.to_string() }
    }

    /// Asks once.
    fn asked(&self, asked: &Asked<'_>) -> Result<(u16, Vec<u8>), String> {
        let Inner { agent, signer, base, host, clock, .. } = &*self.0;
        let Asked { method, path, query, body, headers } = *asked;
        let uri = if query.is_empty() { format!("{base}{path}") } else { format!("{base}{path}?{query}") };
        let signed = signer.headers(&Signed { method, host, path, query, body }, clock.now());
        let signed = signed.iter().map(|(name, value)| (*name, value.as_str()));
        let request = signed
            .chain(headers.iter().copied())
            .fold(Request::builder().method(method).uri(uri), |request, (name, value)| request.header(name, value));
        let answer = if method == "PUT" {
            agent.run(request.body(body).map_err(|error| error.to_string())?)
        } else {
            agent.run(request.body(()).map_err(|error| error.to_string())?)
        };
        read(answer.map_err(|error| error.to_string())?)
    }

    /// Asks until there is an answer that means something; says its status and what was in it.
    fn ask(&self, asked: &Asked<'_>) -> Result<(u16, Vec<u8>), DestinationError> {
        let mut pauses = AGAIN.iter();
        loop {
            let answer = self.asked(asked);
            let passes = answer.as_ref().map_or(true, |(status, _)| *status >= 500 || *status == 429);
            match pauses.next() {
                Some(pause) if passes => std::thread::sleep(*pause),
                _ => return answer.map_err(|error| self.unusable(asked.path, error)),
            }
        }
    }

    fn refused<T>(&self, path: &str, status: u16, answer: &[u8]) -> Result<T, DestinationError> {
        let text = String::from_utf8_lossy(answer);
        let code = between(&text, "Code").next().unwrap_or_default();
        Err(self.unusable(path, format!("the store answered {status} {code}").trim_end()))
    }

    fn page(&self, prefix: &str, after: Option<&str>) -> Result<(Vec<String>, Option<String>), DestinationError> {
        let path = format!("/{}", self.0.bucket);
        let start = after.map(|after| format!("&start-after={}", escaped(after))).unwrap_or_default();
        let query = format!("delimiter=%2F&list-type=2&prefix={}{start}", escaped(prefix));
        let (status, answer) = self.ask(&Asked { path: &path, query: &query, ..Asked::new("GET") })?;
        if status != 200 {
            return self.refused(&path, status, &answer);
        }
        let text = String::from_utf8_lossy(&answer);
        let keys: Vec<String> = between(&text, "Key").map(unescaped).collect();
        let is_cut = between(&text, "IsTruncated").next() == Some("true");
        let next = keys.last().filter(|_| is_cut).cloned();
        let keys = keys.iter().map(|key| key.strip_prefix(prefix).unwrap_or(key).to_owned()).collect();
        Ok((keys, next))
    }

    fn locked_at(&self) -> Result<Option<Timestamp>, DestinationError> {
        let lock = self.get(LOCK)?;
        Ok(lock.and_then(|bytes| String::from_utf8(bytes).ok()?.trim().parse().ok()))
    }
}

/// A request.
#[derive(Clone, Copy)]
struct Asked<'a> {
    method: &'a str,
    path: &'a str,
    query: &'a str,
    body: &'a [u8],
    headers: &'a [(&'a str, &'a str)],
}

impl<'a> Asked<'a> {
    const fn new(method: &'a str) -> Self {
        Self { method, path: "", query: "", body: b"", headers: &[] }
    }
}

fn read(mut answer: Response<ureq::Body>) -> Result<(u16, Vec<u8>), String> {
    let status = answer.status().as_u16();
    let body = answer.body_mut().with_config().limit(LARGEST).read_to_vec();
    body.map(|body| (status, body)).map_err(|error| error.to_string())
}

/// The contents of elements of this name. What we ask for has no attributes.
fn between<'t>(text: &'t str, name: &str) -> impl Iterator<Item = &'t str> + use<'t> {
    let (open, close) = (format!("<{name}>"), format!("</{name}>"));
    let mut rest = text;
    std::iter::from_fn(move || {
        let (_, after) = rest.split_once(&open)?;
        let (inside, after) = after.split_once(&close)?;
        rest = after;
        Some(inside)
    })
}

/// Text as it was before it came into XML. Our own names need nothing of this; a prefix may.
fn unescaped(text: &str) -> String {
    let signs = [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#34;", "\""),
        ("&apos;", "'"),
        ("&#39;", "'"),
        ("&amp;", "&"),
    ];
    // The sign that all of them begin with comes last, so that nothing is read twice.
    signs.iter().fold(text.to_owned(), |text, (escaped, sign)| text.replace(escaped, sign))
}

/// TLS that believes the authorities of the system.
fn system() -> TlsConfig {
    let roots = tls::roots(None).unwrap_or_default();
    let roots: Vec<Certificate<'static>> = roots.iter().map(|root| Certificate::from_der(root).to_owned()).collect();
    let builder = TlsConfig::builder().provider(TlsProvider::Rustls);
    let builder = builder.unversioned_rustls_crypto_provider(tls::provider());
    builder.root_certs(RootCerts::Specific(Arc::new(roots))).build()
}

impl Destination for S3 {
    fn put(&self, name: &str, bytes: &[u8]) -> Result<(), DestinationError> {
        let path = self.path(name);
        let (status, answer) = self.ask(&Asked { path: &path, body: bytes, ..Asked::new("PUT") })?;
        if status == 200 { Ok(()) } else { self.refused(&path, status, &answer) }
    }

    fn get(&self, name: &str) -> Result<Option<Vec<u8>>, DestinationError> {
        let path = self.path(name);
        let (status, answer) = self.ask(&Asked { path: &path, ..Asked::new("GET") })?;
        match status {
            200 => Ok(Some(answer)),
            // A bucket that is not there must not look like one that is empty.
            404 if !String::from_utf8_lossy(&answer).contains("NoSuchBucket") => Ok(None),
            _ => self.refused(&path, status, &answer),
        }
    }

    fn list(&self, folder: &str) -> Result<Vec<String>, DestinationError> {
        let prefix = format!("{}{folder}/", self.0.prefix);
        let (mut names, mut next) = self.page(&prefix, None)?;
        while let Some(after) = next {
            let (more, further) = self.page(&prefix, Some(&after))?;
            names.extend(more);
            next = further;
        }
        names.retain(|name| !name.is_empty());
        names.sort();
        Ok(names)
    }

    fn remove(&self, name: &str) -> Result<(), DestinationError> {
        let path = self.path(name);
        let (status, answer) = self.ask(&Asked { path: &path, ..Asked::new("DELETE") })?;
        if [200, 204, 404].contains(&status) { Ok(()) } else { self.refused(&path, status, &answer) }
    }

    /// A lock that lies in the bucket. Where the store knows no conditions for writing, two that come in the same instant
    /// may both get it.
    fn hold(&self) -> Result<Held, DestinationError> {
        let (now, path) = (self.0.clock.now(), self.path(LOCK));
        let held = || DestinationError::Held(format!("{}{path}", self.0.base));
        match self.locked_at()? {
            Some(since) if now.since(since) < STALE => return Err(held()),
            Some(_) => self.remove(LOCK)?,
            None => {}
        }
        let (text, headers) = (now.to_string(), [("if-none-match", "*")]);
        let asked = Asked { path: &path, body: text.as_bytes(), headers: &headers, ..Asked::new("PUT") };
        // Once: a second try would meet what the first one has left.
        match self.asked(&asked).map_err(|error| self.unusable(&path, error))? {
            (200, _) => Ok(Box::new(Lock(self.clone()))),
            (409 | 412, _) => Err(held()),
            (status, answer) => self.refused(&path, status, &answer),
        }
    }
}

/// The lock, until it is dropped.
#[derive(Debug)]
struct Lock(S3);

impl Drop for Lock {
    fn drop(&mut self) {
        // If it cannot be removed, it ends by itself.
        let _ = self.0.remove(LOCK);
    }
}

impl fmt::Debug for S3 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "S3({}/{}/{})", self.0.base, self.0.bucket, self.0.prefix)
    }
}
