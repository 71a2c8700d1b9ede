//! The flood. Each wrong sign-in is due at a time that was drawn beforehand and comes over a connection of its own, so that
//! a server that stalls is not spared.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use harness::http::{Access, Request};
use harness::random::Random;
use harness::{Result, clock};
use serde::Serialize;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpSocket;
use tokio::task::JoinSet;

use crate::people::ANN;

/// From how many addresses it comes, besides the one that half of it comes from: few enough tries from each that the
/// limit on an address does not see them.
const ADDRESSES: u64 = 6_000;

/// How many may be under way; what is due beyond that is not sent, and told.
const UNDER_WAY: usize = 800;

/// How long an answer is waited for.
const PATIENCE: Duration = Duration::from_secs(30);

/// A flood under way.
pub(crate) struct Attack {
    ends: Arc<AtomicBool>,
    thread: JoinHandle<Result<Flood>>,
}

/// What became of it.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Flood {
    pub(crate) seconds: f64,
    pub(crate) sent: u64,
    pub(crate) not_sent: u64,
    /// By status, or by what went wrong.
    pub(crate) answers: BTreeMap<String, u64>,
}

impl Attack {
    pub(crate) fn start(address: SocketAddr, rate: f64) -> Self {
        let ends = Arc::new(AtomicBool::new(false));
        let heard = ends.clone();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            Ok(runtime.block_on(flood(address, rate, &heard)))
        });
        Self { ends, thread }
    }

    /// Ends it, and waits for the last answers.
    pub(crate) fn end(self) -> Result<Flood> {
        self.ends.store(true, Ordering::Relaxed);
        self.thread.join().map_err(|_| "the flood ended badly")?
    }
}

async fn flood(address: SocketAddr, rate: f64, ends: &AtomicBool) -> Flood {
    let (mut flood, mut random, mut under_way) = (Flood::default(), Random::new(7), JoinSet::new());
    let began = clock::now();
    let mut next = began;
    while !ends.load(Ordering::Relaxed) {
        while next <= clock::now() {
            next += interval(rate, &mut random);
            let (from, request) = wrong(&mut random);
            if under_way.len() < UNDER_WAY {
                flood.sent += 1;
                under_way.spawn(attempt(address, from, request));
            } else {
                flood.not_sent += 1;
            }
        }
        while let Some(answered) = under_way.try_join_next() {
            flood.answered(answered.unwrap_or_else(|error| Err(std::io::Error::other(error))));
        }
        tokio::time::sleep_until(next.into()).await;
    }
    flood.seconds = began.elapsed().as_secs_f64();
    while let Some(answered) = under_way.join_next().await {
        flood.answered(answered.unwrap_or_else(|error| Err(std::io::Error::other(error))));
    }
    flood
}

impl Flood {
    fn answered(&mut self, answer: std::io::Result<u16>) {
        let name = answer.map_or_else(|error| error.kind().to_string(), |status| status.to_string());
        *self.answers.entry(name).or_default() += 1;
    }
}

/// From one independent arrival to the next: exponentially distributed.
#[expect(clippy::disallowed_methods, reason = "when requests come need not be the same to the bit on every machine")]
fn interval(rate: f64, random: &mut Random) -> Duration {
    Duration::from_secs_f64(-(1.0 - random.fraction()).ln() / rate)
}

/// A wrong sign-in: half of them from one address, the others from everywhere; half of them at one account.
fn wrong(random: &mut Random) -> (Ipv4Addr, Vec<u8>) {
    let [one_address, one_account] = [random.happens(50), random.happens(50)];
    let place = random.draw() % ADDRESSES;
    let byte = |n: u64| u8::try_from(n % 250 + 1).unwrap_or(1);
    let from =
        if one_address { Ipv4Addr::new(127, 8, 0, 1) } else { Ipv4Addr::new(127, 9, byte(place / 250), byte(place)) };
    let somebody = format!("user-{}@example.org", random.draw() % 100_000);
    let email = if one_account { ANN.email } else { &somebody };
    let body = json!({ "email": email, "password": format!("wrong {}", random.draw()) }).to_string();
    let access = Access { host: "localhost".into(), key: String::new() };
    (from, Request::post("/api/v1/sign-in", body.as_bytes()).bytes(&access))
}

/// Sends it over a connection of its own; the status of the answer.
async fn attempt(address: SocketAddr, from: Ipv4Addr, request: Vec<u8>) -> std::io::Result<u16> {
    let asked = async {
        let socket = TcpSocket::new_v4()?;
        socket.bind((from, 0).into())?;
        let mut stream = socket.connect(address).await?;
        stream.write_all(&request).await?;
        let mut beginning = [0; 12];
        stream.read_exact(&mut beginning).await?;
        let status = std::str::from_utf8(&beginning).ok().and_then(|text| text.get(9..)?.parse().ok());
        status.ok_or_else(|| std::io::Error::other("not an answer"))
    };
    tokio::time::timeout(PATIENCE, asked).await?
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn it_comes_from_everywhere_and_from_one_address_at_many_accounts_and_at_one() {
        let mut random = Random::new(1);
        let all: Vec<(Ipv4Addr, String)> = (0..4_000)
            .map(|_| wrong(&mut random))
            .map(|(from, text)| (from, String::from_utf8(text).unwrap()))
            .collect();
        let share = |holds: &dyn Fn(&(Ipv4Addr, String)) -> bool| all.iter().filter(|one| holds(one)).count();
        assert!((1_800..2_200).contains(&share(&|(from, _)| *from == Ipv4Addr::new(127, 8, 0, 1))));
        assert!((1_800..2_200).contains(&share(&|(_, text)| text.contains(ANN.email))));
        assert!(all.iter().map(|(from, _)| from).collect::<BTreeSet<_>>().len() > 1_500);
        assert!(all.iter().all(|(from, _)| from.is_loopback()));
    }
}
