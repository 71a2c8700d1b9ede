//! Whoever rules over the record, and has something to hide in it.

use serde_json::json;

use crate::api::people::{join, text};
use crate::api::{Installation, on_both_databases};

on_both_databases!(nobody_takes_themselves_out_of_the_record);

fn nobody_takes_themselves_out_of_the_record(installation: Installation) {
    let server = installation.start();
    let eve = join(&server, &server.client(), "eve@example.org", &["admin"]);
    let ann = join(&server, &eve.client, "ann@example.org", &["observer"]);
    eve.client.send("DELETE", &ann.path(""), &[], "").expect(204);
    let erase = |which: &str, name: &str| eve.client.post("/api/v1/audit/erasures", &json!({ which: name }));
    for name in [&*eve.id, "start", "bootstrap"] {
        erase("principal", name).problem(409, "still_there");
        erase("subject", name).problem(409, "still_there");
    }
    erase("subject", &ann.id).expect(200);
    erase("principal", &ann.id).expect(200);
    let entries = eve.client.get("/api/v1/audit?action=audit.erase").expect(200)["items"].clone();
    let told = entries.as_array().unwrap().last().unwrap();
    assert_eq!(text(&told["principal"]), eve.id, "{entries}");
    assert_eq!(told["detail"]["by"][&eve.id], json!({ "user.delete": 1, "user.invite": 1 }), "{entries}");
    let left = eve.client.get(&format!("/api/v1/audit?subject={}", ann.id)).expect(200);
    assert_eq!(left["items"], json!([]), "nothing of who is gone");
}
