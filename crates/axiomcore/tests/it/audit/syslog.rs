//! Sending the record on: to a receiver that goes away, returns, is slow, and to one of several nodes' receivers only.

use std::collections::BTreeSet;
use std::io::{BufReader, Read};
use std::net::{TcpListener, UdpSocket};
use std::time::Duration;

use axiomcore::audit::{Config, ExportFormat, Protocol};
use axiomcore::clock::{Clock, SystemClock};
use axiomcore::lifecycle::StopSwitch;
use serde_json::Value;
use testbed::{Authority, TlsListener};

use super::{Bench, Ground, on_both_databases};

on_both_databases!(
    a_receiver_that_goes_away_and_returns_misses_nothing,
    one_of_several_nodes_sends_and_another_takes_over,
);

fn config(address: &str, protocol: Protocol) -> Config {
    let (syslog_address, syslog_format) = (Some(address.to_owned()), ExportFormat::Ocsf);
    Config { syslog_address, syslog_protocol: protocol, syslog_format, ..Config::default() }
}

/// Takes messages off a stream until so many have come, or it ends.
fn take(stream: impl Read, most: usize) -> Vec<Value> {
    let (mut stream, mut taken) = (BufReader::new(stream), Vec::new());
    while taken.len() < most {
        let mut length = String::new();
        loop {
            let mut byte = [0];
            match stream.read(&mut byte) {
                Ok(1) if byte[0] != b' ' => length.push(byte[0].into()),
                Ok(1) => break,
                _ => return taken,
            }
        }
        let mut message = vec![0; length.parse().unwrap()];
        if stream.read_exact(&mut message).is_err() {
            return taken;
        }
        let message = String::from_utf8(message).unwrap();
        let body = message.split_once(" Service - audit - ").unwrap().1;
        taken.push(serde_json::from_str(body).unwrap());
    }
    taken
}

fn uids(messages: &[Value]) -> BTreeSet<String> {
    messages.iter().map(|message| message["metadata"]["uid"].as_str().unwrap().to_owned()).collect()
}

fn accept(listener: &TcpListener) -> impl Read + use<> {
    let (stream, _) = listener.accept().unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(3))).unwrap();
    stream
}

/// Everything that is in the chains.
fn written(bench: &Bench) -> BTreeSet<String> {
    let rows = bench.database.read_blocking(|connection| {
        connection.query("SELECT workspace, seq FROM audit_entries ORDER BY workspace, seq", &[])
    });
    rows.unwrap().iter().map(|row| format!("{}-{}", row.int(0).unwrap(), row.int(1).unwrap())).collect()
}

fn a_receiver_that_goes_away_and_returns_misses_nothing(ground: &Ground) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let bench = ground.open_with(config(&address, Protocol::Tcp), 1);
    bench.live(0, 900);
    bench.finish();
    let (switch, stopping) = StopSwitch::new();
    let running = ground.runtime.spawn(bench.audit.clone().run_until_stopped(stopping));
    // It reads some, and breaks with the rest unread.
    let mut heard = take(accept(&listener), 300);
    drop(listener);
    bench.live(900, 100);
    bench.finish();
    std::thread::sleep(Duration::from_millis(1_500));
    let listener = TcpListener::bind(&address).unwrap();
    heard.extend(take(accept(&listener), 1_000));
    bench.live(1_000, 10);
    bench.finish();
    let all = written(&bench);
    assert_eq!((all.len(), uids(&heard).len()), (1_010, 1_000), "nothing is missing, whatever came twice");
    assert!(heard.len() <= 1_400, "{} messages: not everything comes again and again", heard.len());
    let last = &heard[heard.len() - 1];
    assert_eq!((&last["class_uid"], &last["metadata"]["product"]["name"]), (&3004.into(), &"Service".into()));
    switch.stop();
    ground.runtime.block_on(running).unwrap();
}

fn one_of_several_nodes_sends_and_another_takes_over(ground: &Ground) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let nodes = [1, 2].map(|seed| ground.open_with(config(&address, Protocol::Tcp), seed));
    nodes[0].live(0, 50);
    nodes[0].finish();
    let run = |bench: &Bench| {
        let (switch, stopping) = StopSwitch::new();
        (switch, ground.runtime.spawn(bench.audit.clone().run_until_stopped(stopping)))
    };
    let (first, running) = run(&nodes[0]);
    // Held open: who finds it closed opens another.
    let mut stream = accept(&listener);
    let heard = take(&mut stream, 50);
    let (second, also_running) = run(&nodes[1]);
    listener.set_nonblocking(true).unwrap();
    std::thread::sleep(Duration::from_millis(1_200));
    assert!(listener.accept().is_err(), "the other one keeps quiet");
    first.stop();
    ground.runtime.block_on(running).unwrap();
    listener.set_nonblocking(false).unwrap();
    let began = SystemClock.now();
    let again = take(accept(&listener), 50);
    assert!(SystemClock.now().since(began) < Duration::from_secs(5), "it need not wait for the end of the lease");
    assert_eq!((uids(&heard), uids(&again).len()), (written(&nodes[0]), 50), "what did not count yet came once more");
    second.stop();
    ground.runtime.block_on(also_running).unwrap();
}

#[test]
fn what_the_line_has_outlived_is_not_sent_again_after_a_restart() {
    let ground = Ground::sqlite();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let bench = ground.open_with(config(&address, Protocol::Tcp), 1);
    let run = |bench: &Bench| {
        let (switch, stopping) = StopSwitch::new();
        (switch, ground.runtime.spawn(bench.audit.clone().run_until_stopped(stopping)))
    };
    bench.live(0, 20);
    bench.finish();
    let (switch, running) = run(&bench);
    let mut stream = accept(&listener);
    assert_eq!(take(&mut stream, 20).len(), 20);
    // Who sends may note the last of them after it was heard: then it counts a round later.
    for _ in 0..2 {
        bench.clock.advance(Duration::from_secs(6));
        std::thread::sleep(Duration::from_millis(1_500));
    }
    switch.stop();
    ground.runtime.block_on(running).unwrap();
    bench.live(20, 5);
    bench.finish();
    let (switch, running) = run(&bench);
    let heard = take(accept(&listener), 5);
    let things: BTreeSet<&str> = heard.iter().map(|message| message["entity"]["uid"].as_str().unwrap()).collect();
    assert_eq!(things, BTreeSet::from(["thing 20", "thing 21", "thing 22", "thing 23", "thing 24"]));
    switch.stop();
    ground.runtime.block_on(running).unwrap();
}

#[test]
fn datagrams_are_sent_once_whether_or_not_anybody_listens() {
    let ground = Ground::sqlite();
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    let bench = ground.open_with(config(&socket.local_addr().unwrap().to_string(), Protocol::Udp), 1);
    bench.live(0, 20);
    bench.finish();
    let (switch, stopping) = StopSwitch::new();
    let running = ground.runtime.spawn(bench.audit.clone().run_until_stopped(stopping));
    let mut heard = BTreeSet::new();
    for _ in 0..20 {
        let mut datagram = [0; 4_096];
        let length = socket.recv(&mut datagram).unwrap();
        let text = String::from_utf8(datagram[..length].to_vec()).unwrap();
        assert!(text.starts_with("<110>1 2023-11-14T"), "{text}");
        heard.insert(text);
    }
    assert_eq!(heard.len(), 20);
    std::thread::sleep(Duration::from_millis(700));
    assert_eq!(bench.count("audit_sent WHERE seq > 0"), 2, "both chains have got somewhere");
    switch.stop();
    ground.runtime.block_on(running).unwrap();
}

#[test]
fn over_tls_everything_arrives_at_the_receiver_that_is_meant() {
    let (ground, ours) = (Ground::sqlite(), Authority::new("receivers"));
    let folder = tempfile::tempdir().unwrap();
    let ca = folder.path().join("ca.pem");
    std::fs::write(&ca, ours.certificate()).unwrap();
    let listener = TlsListener::start(&ours.sign(&["127.0.0.1"]));
    let config = Config { syslog_tls_ca: Some(ca), ..config(&listener.address(), Protocol::Tls) };
    let bench = ground.open_with(config, 1);
    bench.live(0, 50);
    bench.finish();
    let (switch, stopping) = StopSwitch::new();
    let running = ground.runtime.spawn(bench.audit.clone().run_until_stopped(stopping));
    let (mut heard, mut messages) = (Vec::new(), Vec::new());
    while messages.len() < 50 {
        heard.extend(listener.heard(1));
        messages = take(&*heard, 50);
    }
    assert_eq!(uids(&messages), written(&bench));
    switch.stop();
    ground.runtime.block_on(running).unwrap();
}
