//! The edge: what somebody can do to a server before it knows who they are.

mod automated_sign_ins;
mod cached_answers;
mod clickjacking;
mod compression_bombs;
mod exhausted_server;
mod floods_of_connections;
mod floods_of_requests;
mod foreign_origins;
mod forged_addresses;
mod guessed_keys;
mod header_injection;
mod method_tampering;
mod missing_headers;
mod open_redirects;
mod oversized_requests;
mod request_smuggling;
mod shared_addresses;
mod slow_bodies;
mod slow_headers;
mod slow_readers;
mod verbose_errors;
mod version_disclosure;

use std::io::{Read, Write};
use std::net::TcpStream;
use std::thread;
use std::time::Duration;

use crate::api::Server;

/// Everything that is answered to some bytes until the connection ends, or nothing comes for some seconds.
pub(super) fn raw(server: &Server, sent: &str) -> String {
    let mut stream = TcpStream::connect(server.address()).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(4))).unwrap();
    // Who is refused early may find the connection closed before all is sent.
    let _ = stream.write_all(sent.as_bytes());
    let mut told = Vec::new();
    let mut piece = [0; 4_096];
    while let Ok(n) = stream.read(&mut piece) {
        if n == 0 {
            break;
        }
        told.extend(piece.iter().take(n));
    }
    String::from_utf8_lossy(&told).into_owned()
}

/// Whether an honest request is answered within some seconds. Who comes before the server has seen that a place is free
/// again is sent away, and comes again.
fn answers_soon(server: &Server) -> bool {
    (0..250).any(|n| {
        thread::sleep(Duration::from_millis(if n == 0 { 0 } else { 20 }));
        answers(server)
    })
}

fn answers(server: &Server) -> bool {
    let mut stream = TcpStream::connect(server.address()).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    let asked = b"GET /health/live HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    let mut told = String::new();
    stream.write_all(asked).is_ok() && stream.read_to_string(&mut told).is_ok() && told.starts_with("HTTP/1.1 200 ")
}
