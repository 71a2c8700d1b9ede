//! A password that is replaced while it is being looked at.

use std::time::Duration;

use axiomcore::clock::{Clock, SystemClock};
use serde_json::json;
use testbed::Authenticator;

use crate::api::people::{PASSWORD, join};
use crate::api::person::Person;
use crate::api::{Installation, on_both_databases};

on_both_databases!(a_password_of_before_binds_no_app);

const BETTER: &str = "quiet lanterns over marsh";

/// Hashing takes tens of milliseconds, and how many depends on the machine: each round begins a little later.
const ROUNDS: u64 = 8;

fn a_password_of_before_binds_no_app(installation: Installation) {
    let server = installation.start();
    let admin = server.client();
    for round in 0..ROUNDS {
        let person = join(&server, &admin, &format!("ann{round}@example.org"), &["observer"]);
        let change = json!({ "old": PASSWORD, "new": format!("{BETTER} {round}") });
        let (changed, begun) = std::thread::scope(|scope| {
            let changing = scope.spawn(|| person.client.post("/api/v1/password", &change).status);
            std::thread::sleep(Duration::from_millis(20 * round));
            let begun = person.client.post("/api/v1/factors/app", &json!({ "password": PASSWORD }));
            (changing.join().unwrap(), begun)
        });
        assert_eq!(changed, 204, "round {round}");
        if begun.status != 200 {
            begun.problem(403, "password_wrong");
            continue;
        }
        // Begun before the change, and gone with it.
        let app = Authenticator::scan(begun.json()["uri"].as_str().unwrap());
        let code = json!({ "code": app.code(SystemClock.now().0) });
        person.client.post("/api/v1/factors/app/confirm", &code).problem(409, "factor_missing");
    }
    let honest = Person::enrolled(&installation, &server, "honest@example.org");
    assert!(honest.client(&server).get("/api/v1/factors").expect(200)["since"].is_string());
}
