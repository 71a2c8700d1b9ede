//! Credentials that cross a network in the clear.

use testbed::Authority;

use crate::api::{Installation, Server, refused};

#[test]
fn beyond_this_machine_the_server_starts_only_where_credentials_are_protected() {
    let installation = Installation::sqlite();
    for address in ["0.0.0.0:0", "[::]:0"] {
        for (listen, metrics) in [(address, "127.0.0.1:0"), ("127.0.0.1:0", address)] {
            let (code, error) = refused(installation.command(&["--listen", listen, "--metrics-listen", metrics]));
            assert_eq!((code, error["code"].as_str()), (Some(2), Some("wrong_settings")), "{listen} {metrics}");
            assert!(error["message"].as_str().unwrap().contains("in the clear"), "{error}");
        }
    }
    Authority::new("ours").sign(&["localhost"]).write(installation.folder(), "server");
    let beyond = ["--listen", "0.0.0.0:0", "--metrics-listen", "0.0.0.0:0"];
    for safe in [&["--tls-cert", "server.pem", "--tls-key", "server.key"][..], &["--behind-proxy"]] {
        let server = Server::of(installation.command(&[&beyond[..], safe].concat()));
        assert!(server.told["address"].as_str().unwrap().starts_with("0.0.0.0:"));
    }
}

#[test]
fn metrics_beyond_this_machine_are_protected_as_well() {
    let installation = Installation::sqlite();
    Authority::new("ours").sign(&["localhost"]).write(installation.folder(), "server");
    let tls = ["--tls-cert", "server.pem", "--tls-key", "server.key", "--metrics-listen", "0.0.0.0:0"];
    let server = Server::of(installation.command(&tls));
    let address = server.told["metrics_address"].as_str().unwrap().replace("0.0.0.0", "127.0.0.1");
    let answer = crate::api::Client::new(&address, None).get("/metrics");
    assert_eq!(answer.status, 400, "{}", answer.text);
    assert!(answer.text.contains("write https://"), "{}", answer.text);
}
