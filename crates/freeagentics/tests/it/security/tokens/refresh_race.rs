//! One refresh token, shown many times at the same moment.

use std::sync::Barrier;

use crate::api::sessions::{refresh, sign_in, text, with_ann};
use crate::api::{Installation, on_both_databases};

on_both_databases!(of_many_that_show_one_refresh_token_at_once_one_is_first);

fn of_many_that_show_one_refresh_token_at_once_one_is_first(installation: Installation) {
    let (server, _) = with_ann(&installation);
    refresh(&server, text(&sign_in(&server), "refresh_token")).expect(200);
    for _ in 0..3 {
        let signed_in = sign_in(&server);
        let (together, token) = (Barrier::new(8), text(&signed_in, "refresh_token"));
        let shown = || {
            together.wait();
            refresh(&server, token).status
        };
        let mut answers: Vec<u16> = std::thread::scope(|scope| {
            let all: Vec<_> = (0..8).map(|_| scope.spawn(shown)).collect();
            all.into_iter().map(|one| one.join().unwrap()).collect()
        });
        answers.sort_unstable();
        if answers != [200, 401, 401, 401, 401, 401, 401, 401] {
            panic!("{answers:?}: {}", server.stop().1);
        }
        // The others have shown an old one, so nobody goes on by it.
        server.client_with(text(&signed_in, "access_token")).get("/api/v1/whoami").problem(401, "unauthenticated");
    }
}
