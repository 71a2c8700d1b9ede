//! Versions for everybody to read.

use crate::api::Installation;

#[test]
fn no_header_and_no_error_tells_what_runs_here() {
    let installation = Installation::sqlite();
    let server = installation.start();
    let version = env!("CARGO_PKG_VERSION");
    for client in [server.client(), server.stranger(), server.metrics()] {
        for path in ["/", "/health/live", "/nowhere", "/api/v1/agents", "/errors/internal", "/metrics"] {
            let answer = client.get(path);
            for (name, value) in &answer.headers {
                let value = value.to_str().unwrap().to_ascii_lowercase();
                let tells = [version, "hyper", "axum", "axiomcore", "freeagentics", "rust"];
                let told = tells.iter().find(|word| value.contains(**word));
                assert!(told.is_none() && name != "server", "{path}: {name}: {value}");
            }
            assert!(answer.status < 400 || !answer.text.contains(version), "{path}: {}", answer.text);
        }
    }
    server.stranger().get("/api/v1/system").problem(401, "unauthenticated");
    assert_eq!(server.client().get("/api/v1/system").expect(200)["version"], version);
}
