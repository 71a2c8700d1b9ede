//! Services that the server asks, and that answer what does harm.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axiomcore::tls::provider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use serde_json::json;
use testbed::Authority;

use crate::api::people::invitation;
use crate::api::{Installation, Server};

const TAKEN: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";

/// More than anybody should take before they hang up.
const MUCH: usize = 256 << 20;

/// Somebody who is connected to, and does one of these with each connection in turn.
fn service(turns: Vec<Box<dyn FnOnce(TcpStream) + Send>>) -> (String, Receiver<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let (told, heard) = channel();
    std::thread::spawn(move || {
        for (turn, stream) in turns.into_iter().zip(listener.incoming()) {
            let told = told.clone();
            // Each in a thread of its own, because some never end.
            std::thread::spawn(move || {
                turn(stream.unwrap());
                let _ = told.send(());
            });
        }
    });
    (address, heard)
}

/// Takes a whole request: its first line, and its body.
fn request(stream: &mut impl Read) -> (String, String) {
    let mut reader = BufReader::new(stream);
    let (mut first, mut line, mut length) = (String::new(), String::new(), 0);
    reader.read_line(&mut first).unwrap();
    while line != "\r\n" {
        line.clear();
        reader.read_line(&mut line).unwrap();
        let lower = line.to_ascii_lowercase();
        length = lower.strip_prefix("content-length: ").map_or(length, |told| told.trim().parse().unwrap());
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    (first, String::from_utf8(body).unwrap())
}

/// Answers this after the request, and then the rest over and over, with a pause in between; until nobody takes it.
fn answers(head: &'static [u8], rest: &'static [u8], pause: Duration) -> Box<dyn FnOnce(TcpStream) + Send> {
    Box::new(move |mut stream| {
        request(&mut stream);
        let mut sent = stream.write_all(head);
        for _ in 0..MUCH / rest.len().max(1) {
            if rest.is_empty() || sent.is_err() {
                return;
            }
            sent = stream.write_all(rest);
            std::thread::sleep(pause);
        }
    })
}

/// A server that has its letters posted there.
fn mailing(installation: &Installation, address: &str) -> Server {
    let hook = format!("mail.hook_url=http://{address}/letters");
    installation.start_with(&["--set", &hook, "--set", "mail.hook_timeout=1s"])
}

fn invite(server: &Server, email: &str) {
    let mut body = invitation(email, &[]);
    body["ticket"] = json!(false);
    assert_eq!(server.client().post("/api/v1/users", &body).expect(201)["mailed"], true);
}

#[test]
fn a_letter_arrives_although_the_hook_answered_nonsense_before_and_the_next_does_too() {
    const ZEROS: &[u8] = &[0; 1 << 16];
    let quick = Duration::ZERO;
    let (address, heard) = service(vec![
        answers(b"\x16\x03\x01\x00 this is no HTTP\r\n\r\n", b"", quick),
        answers(b"HTTP/1.1 200 OK\r\n", b"x-more: and more, and more, and more, and more\r\n", quick),
        answers(b"HTTP/1.1 200 OK\r\nx: ", b"a", Duration::from_millis(100)),
        answers(b"HTTP/1.1 200 OK\r\ncontent-length: 99999999999999\r\n\r\n", ZEROS, quick),
        answers(TAKEN, b"", quick),
    ]);
    let installation = Installation::sqlite();
    let server = mailing(&installation, &address);
    invite(&server, "ann@example.org");
    invite(&server, "bob@example.org");
    for turn in 0..5 {
        let ended = heard.recv_timeout(Duration::from_secs(20));
        assert!(ended.is_ok(), "after {turn} answers nobody hung up, or came again");
    }
    let told = server.metrics().get("/metrics").text;
    let letters = |outcome: &str| {
        let named =
            |line: &&str| line.contains("mail_letters_total{") && line.contains(&format!("outcome=\"{outcome}\""));
        told.lines().filter(named).map(|line| line.rsplit(' ').next().unwrap().parse::<f64>().unwrap()).sum::<f64>()
    };
    assert_eq!(letters("again"), 3.0, "{told}");
    server.client().get("/api/v1/users").expect(200);
}

#[test]
fn a_letter_is_not_sent_on_to_where_the_hook_says() {
    let (thief, stolen) = service(vec![answers(TAKEN, b"", Duration::ZERO)]);
    let elsewhere = |status: u16| -> Box<dyn FnOnce(TcpStream) + Send> {
        let location = format!("HTTP/1.1 {status} x\r\nlocation: http://{thief}/\r\ncontent-length: 0\r\n\r\n");
        answers(location.leak().as_bytes(), b"", Duration::ZERO)
    };
    let (address, heard) = service(vec![elsewhere(308), elsewhere(302), answers(TAKEN, b"", Duration::ZERO)]);
    let installation = Installation::sqlite();
    let server = mailing(&installation, &address);
    invite(&server, "ann@example.org");
    for _ in 0..3 {
        heard.recv_timeout(Duration::from_secs(20)).expect("the letter is tried again until the hook takes it");
    }
    assert!(stolen.try_recv().is_err(), "somebody else was asked");
}

/// Speaks enough of Redis to be found, and answers every script as it is told to.
fn redis(answer: Arc<Mutex<Vec<u8>>>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let converse = move |stream: TcpStream, answer: &Mutex<Vec<u8>>| -> std::io::Result<()> {
        let mut reader = BufReader::new(stream);
        let mut line = String::new();
        while reader.read_line(&mut line)? > 0 {
            let parts = line.trim().trim_start_matches('*').parse().unwrap_or(0);
            let mut command = Vec::new();
            for _ in 0..parts {
                line.clear();
                reader.read_line(&mut line)?;
                let mut part = vec![0; line.trim().trim_start_matches('$').parse::<usize>().unwrap() + 2];
                reader.read_exact(&mut part)?;
                command.push(part);
            }
            line.clear();
            let name = command.first().map(|name| String::from_utf8_lossy(name).trim().to_uppercase());
            match name.as_deref() {
                Some("PING") => reader.get_mut().write_all(b"+PONG\r\n")?,
                Some("EVALSHA" | "EVAL") => reader.get_mut().write_all(&answer.lock().unwrap().clone())?,
                _ => reader.get_mut().write_all(b"+OK\r\n")?,
            }
        }
        Ok(())
    };
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let answer = answer.clone();
            // How a conversation ends does not matter here.
            std::thread::spawn(move || converse(stream.unwrap(), &answer));
        }
    });
    address
}

#[test]
fn whatever_redis_answers_requests_are_answered_and_limits_hold() {
    let answer = Arc::new(Mutex::new(b"*2\r\n:1\r\n:0\r\n".to_vec()));
    let address = redis(answer.clone());
    let installation = Installation::sqlite();
    let redis = format!("redis.url=redis://{address}");
    let server = installation.start_with(&[
        "--set",
        &redis,
        "--set",
        "redis.watch_interval=20ms",
        "--set",
        "redis.timeout=1s",
        "--set",
        "limits.open=30/1h",
    ]);
    let is_found = || {
        (0..200).any(|_| {
            std::thread::sleep(Duration::from_millis(10));
            server.metrics().get("/metrics").text.lines().any(|line| line.contains("redis_connected 1"))
        })
    };
    assert!(is_found(), "the honest Redis is found");
    server.client().get("/api/v1/agents").expect(200);
    let deep = b"*1\r\n".repeat(100_000);
    for nonsense in [
        &b"*2\r\n:1\r\n$20\r\n18446744073709551615\r\n"[..],
        b"*2\r\n:1\r\n:9223372036854775807\r\n",
        b"*2\r\n:1\r\n:-5\r\n",
        b"*2\r\n$4\r\nwhat\r\n:1\r\n",
        b"*1000000000\r\n:1\r\n",
        b"$99999999999\r\nx\r\n",
        b"*-7\r\n",
        b"-MOVED 1 192.0.2.1:6379\r\n",
        b":5\r\n",
        b"HTTP/1.1 200 OK\r\n\r\n",
        b"\x00\xff\xfe\r\n",
        &deep,
    ] {
        *answer.lock().unwrap() = nonsense.to_vec();
        assert!(
            is_found(),
            "it is asked again before {:?}",
            String::from_utf8_lossy(&nonsense[..nonsense.len().min(40)])
        );
        let answer = server.client().get("/api/v1/agents");
        assert_eq!(
            answer.status,
            200,
            "{}: {}",
            String::from_utf8_lossy(&nonsense[..nonsense.len().min(40)]),
            answer.text
        );
    }
    *answer.lock().unwrap() = b":5\r\n".to_vec();
    let let_in = (0..100).filter(|_| server.stranger().get("/openapi.json").status == 200).count();
    assert!((1..=60).contains(&let_in), "without a Redis that makes sense the node counts by itself: {let_in}");
}

#[test]
fn an_authority_whose_answer_has_no_end_is_hung_up_on() {
    let installation = Installation::sqlite();
    let authority = Authority::new("theirs");
    installation.secret("ca.pem", &authority.certificate());
    let (chain, key) = authority.sign(&["localhost"]).write(installation.folder(), "authority");
    let chain = CertificateDer::pem_file_iter(chain).unwrap().map(|one| one.unwrap()).collect();
    let builder = ServerConfig::builder_with_provider(provider()).with_safe_default_protocol_versions().unwrap();
    let key = PrivateKeyDer::from_pem_file(key).unwrap();
    let config = Arc::new(builder.with_no_client_auth().with_single_cert(chain, key).unwrap());
    let sent = Arc::new(Mutex::new(0));
    let counted = sent.clone();
    let (address, heard) = service(vec![Box::new(move |stream| {
        let mut stream = StreamOwned::new(ServerConnection::new(config).unwrap(), stream);
        request(&mut stream);
        let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 99999999999999\r\n\r\n";
        let mut went = stream.write_all(head.as_bytes());
        while went.is_ok() && *counted.lock().unwrap() < MUCH {
            went = stream.write_all(&[b' '; 1 << 16]);
            *counted.lock().unwrap() += 1 << 16;
        }
    })]);
    let directory = format!("tls.acme_directory=https://localhost:{}/directory", address.rsplit_once(':').unwrap().1);
    let settings = [
        &directory,
        "tls.acme_domains=agents.test",
        "tls.acme_terms_agreed=true",
        "tls.acme_ca=ca.pem",
        "tls.acme_listen=127.0.0.1:0",
    ];
    let server = installation.start_with(&settings.map(|setting| ["--set", setting]).concat());
    heard.recv_timeout(Duration::from_secs(60)).expect("it hangs up, or has taken all");
    assert!(*sent.lock().unwrap() < 32 << 20, "{} bytes were taken", sent.lock().unwrap());
    assert_eq!(
        server.stop().0,
        Some(0),
        "honest use: it goes on to wait for a certificate, and ends when it is told to"
    );
}
