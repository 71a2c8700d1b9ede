//! The page on PostgreSQL's own archiving, on a real cluster: what was done by mistake is undone, what was before it is there.

use std::fs;
use std::path::Path;
use std::time::Duration;

use axiomcore::clock::{Clock, SystemClock};
use serde_json::json;

use super::freeagentics;
use crate::api::{Installation, Server};
use crate::lamp::LAMP;

fn step(server: &Server, n: usize) {
    for _ in 0..n {
        let body = json!({ "observation": { "light": "steady" } });
        server.client().post("/api/v1/agents/a/steps", &body).expect(200);
    }
}

#[test]
fn a_server_comes_back_as_it_was_before_a_mistake_by_the_commands_of_the_page() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/backup-postgresql.md");
    let page = fs::read_to_string(page).unwrap();
    let blocks: Vec<&str> = page.split("```sh\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
    let [once, nightly, waits, back] = blocks[..] else { panic!("{} blocks", blocks.len()) };
    let mut installation = Installation::postgres();
    let archive = installation.database_server().unwrap().folder().join("archive").display().to_string();
    let run = |installation: &mut Installation, block: &str, moment: &str| {
        let environment = [("ARCHIVE", archive.as_str()), ("MOMENT", moment)];
        installation.database_server().unwrap().shell(block, &environment);
    };
    run(&mut installation, once, "");
    let server = installation.start();
    server.client().post_yaml("/api/v1/models", LAMP).expect(201);
    server.client().post("/api/v1/agents", &json!({ "id": "a", "model": "lamp" })).expect(201);
    step(&server, 3);
    run(&mut installation, nightly, "");
    step(&server, 4);
    run(&mut installation, waits, "");
    std::thread::sleep(Duration::from_millis(1_200));
    let moment = SystemClock.now().to_string().replace('T', " ").replace('Z', "+00");
    std::thread::sleep(Duration::from_millis(1_200));
    server.client().send("DELETE", "/api/v1/agents/a", &[], "").expect(204);
    drop(server);
    run(&mut installation, back, &moment);
    let axiomcore::store::Location::Postgres(url) = installation.location() else { panic!("it is a server") };
    let config = installation.secret("there.toml", &format!("[database]\nurl = \"{url}\"\n"));
    let data = installation.folder().join("data");
    let [data, config] = [&data, &config].map(|path| path.to_str().unwrap());
    let said = freeagentics(&["replay", "--verify", "--data", data, "--config", config]);
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    let server = installation.start();
    assert_eq!(server.client().get("/api/v1/agents/a").expect(200)["step"], 7, "what was before the mistake");
    step(&server, 1);
}
