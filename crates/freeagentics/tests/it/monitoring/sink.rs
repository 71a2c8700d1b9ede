//! Where alerts arrive: chat, pager and watchdog over HTTP, mail over SMTP, on the loopback address.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread::{sleep, spawn};
use std::time::Duration;

use tokio::time::Instant;

/// All that has arrived, each as where it came to and what it said.
#[derive(Clone, Default)]
struct Arrived(Arc<Mutex<Vec<(String, String)>>>);

/// Takes whatever is sent to it.
pub(super) struct Sink {
    pub(super) http: u16,
    pub(super) smtp: u16,
    arrived: Arrived,
}

impl Sink {
    pub(super) fn start() -> Self {
        let arrived = Arrived::default();
        let listen = |take: fn(TcpStream, &Arrived)| {
            let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
            let (port, arrived) = (listener.local_addr().unwrap().port(), arrived.clone());
            spawn(move || {
                for stream in listener.incoming().flatten() {
                    let arrived = arrived.clone();
                    spawn(move || take(stream, &arrived));
                }
            });
            port
        };
        Self { http: listen(take_http), smtp: listen(take_mail), arrived }
    }

    /// What came to this place and says all of these.
    fn has(&self, place: &str, words: &[&str]) -> bool {
        let arrived = self.arrived.0.lock().unwrap();
        arrived.iter().any(|(to, said)| to == place && words.iter().all(|word| said.contains(word)))
    }

    /// Waits until something arrives that says all of these, and tells how long that took.
    #[track_caller]
    pub(super) fn wait_for(&self, place: &str, words: &[&str], began: Instant) -> Duration {
        for _ in 0..450 {
            if self.has(place, words) {
                return began.elapsed();
            }
            sleep(Duration::from_millis(100));
        }
        let arrived: Vec<String> =
            self.arrived.0.lock().unwrap().iter().map(|(to, said)| format!("{to}: {said}")).collect();
        panic!("{words:?} did not arrive at {place} within 45 s; what did:\n{}", arrived.join("\n"));
    }
}

fn take_http(stream: TcpStream, arrived: &Arrived) {
    let mut reader = BufReader::new(stream);
    let mut first = String::new();
    while reader.read_line(&mut first).is_ok_and(|read| read > 0) {
        let place = first.split(' ').nth(1).unwrap_or_default().trim_start_matches('/').to_owned();
        let mut length = 0;
        for line in reader.by_ref().lines().map_while(Result::ok).take_while(|line| !line.is_empty()) {
            let (name, value) = line.split_once(':').unwrap_or_default();
            if name.eq_ignore_ascii_case("content-length") {
                length = value.trim().parse().unwrap_or_default();
            }
        }
        let mut body = vec![0; length];
        if reader.read_exact(&mut body).is_err() {
            return;
        }
        let status = if place == "pager" { "202 Accepted" } else { "200 OK" };
        arrived.0.lock().unwrap().push((place, String::from_utf8_lossy(&body).into_owned()));
        let answer = format!("HTTP/1.1 {status}\r\ncontent-length: 2\r\ncontent-type: application/json\r\n\r\n{{}}");
        if reader.get_mut().write_all(answer.as_bytes()).is_err() {
            return;
        }
        first.clear();
    }
}

/// As much of SMTP as it takes to be given a mail.
fn take_mail(stream: TcpStream, arrived: &Arrived) {
    let mut reader = BufReader::new(stream);
    let (mut line, mut mail, mut to) = (String::new(), None::<String>, String::new());
    if reader.get_mut().write_all(b"220 sink\r\n").is_err() {
        return;
    }
    while reader.read_line(&mut line).is_ok_and(|read| read > 0) {
        let answer = match (&mut mail, line.trim_end()) {
            (Some(_), ".") => {
                // A line that was broken is whole again.
                let whole = mail.take().unwrap_or_default().replace("=\r\n", "");
                arrived.0.lock().unwrap().push((to.clone(), whole));
                "250 taken\r\n"
            }
            (Some(mail), _) => {
                mail.push_str(&line);
                ""
            }
            (None, "DATA") => {
                mail = Some(String::new());
                "354 go on\r\n"
            }
            (None, "QUIT") => return,
            (None, command) => {
                if let Some(receiver) = command.strip_prefix("RCPT TO:<") {
                    receiver.split('@').next().unwrap_or_default().clone_into(&mut to);
                }
                "250 sink\r\n"
            }
        };
        if reader.get_mut().write_all(answer.as_bytes()).is_err() {
            return;
        }
        line.clear();
    }
}
