//! The first message of a client, byte by byte: what no library of today would send.

use std::io::{Read, Write};

use super::Protected;

pub(super) const TLS_1_0: [u8; 2] = [3, 1];
pub(super) const TLS_1_1: [u8; 2] = [3, 2];
pub(super) const TLS_1_2: [u8; 2] = [3, 3];

/// RSA key exchange: who gets the key later reads everything.
pub(super) const RSA_AES_128_CBC: [u8; 2] = [0x00, 0x2f];
/// Authenticated, but without forward secrecy.
pub(super) const RSA_AES_128_GCM: [u8; 2] = [0x00, 0x9c];
/// Forward secrecy, but a mode that leaks.
pub(super) const ECDHE_ECDSA_AES_128_CBC: [u8; 2] = [0xc0, 0x09];
pub(super) const RSA_3DES: [u8; 2] = [0x00, 0x0a];
pub(super) const RSA_RC4: [u8; 2] = [0x00, 0x05];
/// No encryption at all.
pub(super) const RSA_NULL: [u8; 2] = [0x00, 0x02];
pub(super) const DHE_RSA_AES_128_GCM: [u8; 2] = [0x00, 0x9e];
/// Everything that it takes for TLS 1.2 here.
pub(super) const ECDHE_ECDSA_AES_128_GCM: [u8; 2] = [0xc0, 0x2b];

/// What the server says to it: the name of its alert, or "hello".
pub(super) fn answer(server: &Protected, version: [u8; 2], suites: &[[u8; 2]], compression: &[u8]) -> &'static str {
    let mut stream = server.tcp();
    stream.write_all(&hello(version, suites, compression)).unwrap();
    let mut head = [0; 7];
    match stream.read_exact(&mut head) {
        Err(_) => "nothing",
        Ok(()) => match (head[0], head[5], head[6]) {
            (22, 2, _) => "hello",
            (21, 2, 40) => "handshake_failure",
            (21, 2, 47) => "illegal_parameter",
            (21, 2, 50) => "decode_error",
            (21, 2, 70) => "protocol_version",
            _ => "something else",
        },
    }
}

fn hello(version: [u8; 2], suites: &[[u8; 2]], compression: &[u8]) -> Vec<u8> {
    let extensions = [
        // Groups: X25519, P-256. Points: uncompressed. Signatures: ECDSA with P-256, RSA.
        extension(10, &prefixed(&[0, 29, 0, 23])),
        extension(11, &[1, 0]),
        extension(13, &prefixed(&[4, 3, 4, 1, 8, 4])),
        // Extended master secret, without which rustls does not speak TLS 1.2 to itself.
        extension(23, &[]),
    ];
    let suites: Vec<u8> = suites.concat();
    let compression = [&[u8::try_from(compression.len()).unwrap()], compression].concat();
    let body =
        [&version[..], &[7; 32], &[0], &prefixed(&suites), &compression, &prefixed(&extensions.concat())].concat();
    let length = u16::try_from(body.len()).unwrap().to_be_bytes();
    let message = [&[1, 0][..], &length, &body].concat();
    [&[22, 3, 1][..], &prefixed(&message)].concat()
}

fn extension(kind: u8, content: &[u8]) -> Vec<u8> {
    [&[0, kind][..], &prefixed(content)].concat()
}

/// With its length, of two bytes, in front.
fn prefixed(bytes: &[u8]) -> Vec<u8> {
    [&u16::try_from(bytes.len()).unwrap().to_be_bytes()[..], bytes].concat()
}
