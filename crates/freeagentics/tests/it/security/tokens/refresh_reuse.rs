//! A refresh token that is shown a second time: two have it.

use crate::api::sessions::{refresh, sign_in, text, with_ann};
use crate::api::{Installation, on_both_databases};

on_both_databases!(a_refresh_token_is_good_once_and_a_stolen_one_ends_what_came_of_it);

fn a_refresh_token_is_good_once_and_a_stolen_one_ends_what_came_of_it(installation: Installation) {
    let (server, ann) = with_ann(&installation);
    let (stolen, other) = (sign_in(&server), sign_in(&server));
    let second = refresh(&server, text(&stolen, "refresh_token")).expect(200);
    let third = refresh(&server, text(&second, "refresh_token")).expect(200);
    server.client_with(text(&third, "access_token")).get("/api/v1/whoami").expect(200);
    refresh(&server, text(&stolen, "refresh_token")).problem(401, "refresh_refused");
    refresh(&server, text(&third, "refresh_token")).problem(401, "refresh_refused");
    server.client_with(text(&third, "access_token")).get("/api/v1/whoami").problem(401, "unauthenticated");
    refresh(&server, text(&other, "refresh_token")).expect(200);
    let sql = "SELECT principal, subject FROM audit_entries WHERE action = 'session.reuse' \
               UNION ALL SELECT principal, subject FROM outbox WHERE action = 'session.reuse'";
    let mut rows = installation.beside().rows(sql);
    assert_eq!(rows.len(), 1, "it is on record, once");
    assert_eq!((rows[0].text(0).unwrap(), &*rows[0].text(1).unwrap()), (ann, text(&stolen, "session")));
}
