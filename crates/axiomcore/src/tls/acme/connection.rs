//! How the authority is asked: HTTP over TLS, one connection a question. There are a dozen questions in two months.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::http::header::HOST;
use axum::http::{HeaderValue, Request, Response};
use http_body_util::{BodyExt, Full, Limited};
use hyper_util::rt::TokioIo;
use instant_acme::{BodyWrapper, BytesResponse, Error, HttpClient};
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

/// How long a question may take, to the last byte of its answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long an answer may be. A chain of certificates has some ten thousand bytes.
const LONGEST: usize = 1 << 20;

/// Asks over TLS and no other way.
pub(super) struct Connections(pub(super) Arc<ClientConfig>);

type Answer = Pin<Box<dyn Future<Output = Result<BytesResponse, Error>> + Send>>;

impl HttpClient for Connections {
    fn request(&self, request: Request<BodyWrapper<Bytes>>) -> Answer {
        let asked = ask(TlsConnector::from(self.0.clone()), request);
        Box::pin(async {
            let answered = tokio::time::timeout(PATIENCE, asked).await;
            answered.unwrap_or_else(|_| Err(Error::from("it did not answer in time")))
        })
    }
}

async fn ask(tls: TlsConnector, mut request: Request<BodyWrapper<Bytes>>) -> Result<BytesResponse, Error> {
    if request.uri().scheme_str() != Some("https") {
        return Err(Error::from("its addresses have to begin with https://"));
    }
    let authority = request.uri().authority().cloned().ok_or(Error::from("an address without a host"))?;
    let host = authority.host().trim_matches(['[', ']']).to_owned();
    let stream = TcpStream::connect((host.as_str(), authority.port_u16().unwrap_or(443))).await.map_err(other)?;
    let stream = tls.connect(ServerName::try_from(host).map_err(other)?, stream).await.map_err(other)?;
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.map_err(other)?;
    tokio::spawn(connection);
    request.headers_mut().insert(HOST, HeaderValue::from_str(authority.as_str()).map_err(other)?);
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str()).parse().map_err(other)?;
    *request.uri_mut() = path;
    let (parts, body) = sender.send_request(request).await.map_err(other)?.into_parts();
    let body = Limited::new(body, LONGEST).collect().await.map_err(Error::Other)?.to_bytes();
    Ok(BytesResponse::from(Response::from_parts(parts, Full::new(body))))
}

fn other(error: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::Other(Box::new(error))
}
