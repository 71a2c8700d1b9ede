//! What crosses the network.

mod broken_certificates;
mod client_certificate_bypass;
mod database_tls_stripping;
mod handshake_flood;
mod plain_http_on_the_tls_port;
mod plaintext_exposure;
mod protocol_downgrade;
mod server_name_surprises;

use std::io::{Read, Write};

use crate::api::Encrypted;

/// The first message of a client that speaks this version and these suites: what no library of today would send. Returns
/// the name of the server's alert, or "hello".
fn said_to(server: &Encrypted, version: [u8; 2], suites: &[[u8; 2]]) -> &'static str {
    let mut stream = server.tcp();
    stream.write_all(&hello(version, suites)).unwrap();
    let mut head = [0; 7];
    match stream.read_exact(&mut head) {
        Err(_) => "nothing",
        Ok(()) => match (head[0], head[5], head[6]) {
            (22, 2, _) => "hello",
            (21, 2, 40) => "handshake_failure",
            (21, 2, 70) => "protocol_version",
            _ => "something else",
        },
    }
}

fn hello(version: [u8; 2], suites: &[[u8; 2]]) -> Vec<u8> {
    // X25519 and P-256; uncompressed points; ECDSA with P-256 and RSA; extended master secret.
    let extensions =
        [(10, prefixed(&[0, 29, 0, 23])), (11, vec![1, 0]), (13, prefixed(&[4, 3, 4, 1, 8, 4])), (23, vec![])];
    let extensions: Vec<u8> =
        extensions.iter().flat_map(|(kind, content)| [&[0, *kind][..], &prefixed(content)].concat()).collect();
    let suites = prefixed(&suites.concat());
    let body = [&version[..], &[7; 32], &[0], &suites, &[1, 0], &prefixed(&extensions)].concat();
    let message = [&[1, 0][..], &prefixed(&body)].concat();
    [&[22, 3, 1][..], &prefixed(&message)].concat()
}

/// With its length, of two bytes, in front.
fn prefixed(bytes: &[u8]) -> Vec<u8> {
    [&u16::try_from(bytes.len()).unwrap().to_be_bytes()[..], bytes].concat()
}
