//! Keys that are replaced while everybody works, and one that has leaked.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use serde_json::json;

use crate::api::sessions::{refresh, sign_in, text, with_ann_as};
use crate::api::{Installation, on_both_databases};

on_both_databases!(nobody_is_logged_out_by_a_new_key, what_a_leaked_key_has_signed_is_worth_nothing_at_once);

fn nobody_is_logged_out_by_a_new_key(installation: Installation) {
    let (server, _) = with_ann_as(&installation, "admin");
    let (over, asked) = (AtomicBool::new(false), AtomicUsize::new(0));
    let work = || {
        let signed_in = sign_in(&server);
        let (mut access, mut next) =
            (text(&signed_in, "access_token").to_owned(), text(&signed_in, "refresh_token").to_owned());
        for round in 0.. {
            if over.load(Ordering::SeqCst) {
                break;
            }
            server.client_with(&access).get("/api/v1/whoami").expect(200);
            asked.fetch_add(1, Ordering::SeqCst);
            if round % 20 == 0 && round < 100 {
                let refreshed = refresh(&server, &next).expect(200);
                (access, next) =
                    (text(&refreshed, "access_token").to_owned(), text(&refreshed, "refresh_token").to_owned());
            }
        }
        // After all rotations the tokens of the first key are good, and new ones are given.
        server.client_with(&access).get("/api/v1/whoami").expect(200);
        refresh(&server, &next).expect(200);
    };
    std::thread::scope(|scope| {
        let workers = [scope.spawn(work), scope.spawn(work)];
        for rotation in 1..=3 {
            while asked.load(Ordering::SeqCst) < 10 * rotation && !workers.iter().any(|worker| worker.is_finished()) {
                std::thread::sleep(std::time::Duration::from_millis(5));
            }
            server.client().post("/api/v1/signing-keys/rotate", &json!({})).expect(200);
        }
        over.store(true, Ordering::SeqCst);
        workers.into_iter().for_each(|worker| worker.join().unwrap());
    });
    assert!(asked.load(Ordering::SeqCst) >= 30, "somebody has worked meanwhile");
}

fn what_a_leaked_key_has_signed_is_worth_nothing_at_once(installation: Installation) {
    let (server, _) = with_ann_as(&installation, "observer");
    let signed_in = sign_in(&server);
    let client = server.client_with(text(&signed_in, "access_token"));
    client.get("/api/v1/whoami").expect(200);
    client.post("/api/v1/signing-keys/rotate", &json!({ "at_once": true })).problem(403, "forbidden");
    server.client().post("/api/v1/signing-keys/rotate", &json!({ "at_once": true })).expect(200);
    client.get("/api/v1/whoami").problem(401, "unauthenticated");
    let refreshed = refresh(&server, text(&signed_in, "refresh_token")).expect(200);
    server.client_with(text(&refreshed, "access_token")).get("/api/v1/whoami").expect(200);
}
