//! Talking the server into an older version of TLS.

use super::said_to;
use crate::api::Encrypted;

const ECDHE_ECDSA_AES_128_GCM: [u8; 2] = [0xc0, 0x2b];
const OLD: [[u8; 2]; 4] = [[3, 0], [3, 1], [3, 2], [3, 3]];

#[test]
fn a_client_of_today_is_served_and_nothing_older_than_1_3_is_spoken() {
    let server = Encrypted::start(&[]);
    assert_eq!(server.lives(server.config(None)).unwrap(), 200);
    for version in OLD {
        assert_eq!(said_to(&server, version, &[ECDHE_ECDSA_AES_128_GCM]), "protocol_version", "{version:?}");
    }
}

#[test]
fn production_speaks_1_3_without_being_told() {
    let key = "0f".repeat(32);
    let server = Encrypted::start(&["--profile", "production", "--set", &format!("sealing.key={key}")]);
    assert_eq!(said_to(&server, [3, 3], &[ECDHE_ECDSA_AES_128_GCM]), "protocol_version");
}

#[test]
fn who_names_1_2_gets_it_and_still_nothing_older() {
    let server = Encrypted::start(&["--set", "tls.minimum=1.2"]);
    assert_eq!(said_to(&server, [3, 3], &[ECDHE_ECDSA_AES_128_GCM]), "hello");
    for version in &OLD[..3] {
        assert_eq!(said_to(&server, *version, &[ECDHE_ECDSA_AES_128_GCM]), "protocol_version", "{version:?}");
    }
}

#[test]
fn only_suites_with_forward_secrecy_and_authentication_are_taken() {
    let server = Encrypted::start(&["--set", "tls.minimum=1.2"]);
    for (name, suite) in [
        ("RSA key exchange, CBC", [0x00, 0x2f]),
        ("RSA key exchange, GCM", [0x00, 0x9c]),
        ("ECDHE, CBC", [0xc0, 0x09]),
        ("3DES", [0x00, 0x0a]),
        ("RC4", [0x00, 0x05]),
        ("no encryption", [0x00, 0x02]),
        ("for export", [0x00, 0x03]),
        ("nobody is authenticated", [0xc0, 0x18]),
    ] {
        assert_eq!(said_to(&server, [3, 3], &[suite]), "handshake_failure", "{name}");
        assert_eq!(said_to(&server, [3, 3], &[suite, ECDHE_ECDSA_AES_128_GCM]), "hello", "{name} beside a good one");
    }
}
