//! A program that is sent something over TLS and keeps it.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use crate::Issued;

/// Listens on the loopback address until the test ends. Says nothing.
#[derive(Debug)]
pub struct TlsListener {
    address: SocketAddr,
    heard: Mutex<Receiver<Vec<u8>>>,
}

impl TlsListener {
    /// Starts one that shows this certificate.
    ///
    /// # Panics
    /// If the certificate is none.
    pub fn start(issued: &Issued) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let address = listener.local_addr().expect("it listens");
        let config = Arc::new(config(issued));
        let (sender, heard) = channel();
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (config, sender) = (config.clone(), sender.clone());
                std::thread::spawn(move || listen(stream, config, &sender));
            }
        });
        Self { address, heard: Mutex::new(heard) }
    }

    /// `host:port`.
    pub fn address(&self) -> String {
        self.address.to_string()
    }

    /// The next bytes, at least so many of them, from whichever connection they came.
    ///
    /// # Panics
    /// If they do not come within twenty seconds.
    pub fn heard(&self, at_least: usize) -> Vec<u8> {
        let heard = self.heard.lock().expect("one test listens");
        let mut bytes = Vec::new();
        while bytes.len() < at_least {
            bytes.extend(heard.recv_timeout(Duration::from_secs(20)).expect("something is sent"));
        }
        bytes
    }
}

fn config(issued: &Issued) -> ServerConfig {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let chain = CertificateDer::pem_slice_iter(issued.certificate.as_bytes());
    let chain = chain.collect::<Result<Vec<_>, _>>().expect("this is a certificate");
    let key = PrivateKeyDer::from_pem_slice(issued.key.as_bytes()).expect("this is a key");
    let builder = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    builder.expect("ring speaks TLS").with_no_client_auth().with_single_cert(chain, key).expect("they fit together")
}

/// Passes on what comes, until the other end goes.
fn listen(stream: TcpStream, config: Arc<ServerConfig>, sender: &Sender<Vec<u8>>) {
    let Ok(connection) = ServerConnection::new(config) else { return };
    let mut stream = StreamOwned::new(connection, stream);
    let mut piece = [0; 16_384];
    while let Ok(read @ 1..) = stream.read(&mut piece) {
        if sender.send(piece[..read].to_vec()).is_err() {
            return;
        }
    }
    let _ = stream.flush();
}
