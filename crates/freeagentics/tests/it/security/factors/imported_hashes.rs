//! Hashes from elsewhere that are made to be verified slowly.

use serde_json::json;

use crate::api::Installation;
use crate::api::people::sign_in;

#[test]
fn nobody_brings_in_work_without_end_as_a_hash() {
    let installation = Installation::sqlite();
    let server = installation.start();
    let admin = server.client();
    let import = |email: &str, hash: &str| {
        let body = json!({ "email": email, "name": "Somebody", "roles": [], "password_hash": hash });
        admin.post("/api/v1/users", &body)
    };
    let argon2id =
        |cost: &str| format!("$argon2id$v=19${cost},p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc");
    let bcrypt = |cost: &str| format!("$2b${cost}$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW");
    for hash in [
        argon2id("m=262144,t=10"),
        argon2id("m=4194304,t=1"),
        argon2id("m=65536,t=4000"),
        argon2id("m=19456,t=2,p=255").replacen(",p=1$", "$", 1),
        bcrypt("15"),
        bcrypt("31"),
        bcrypt("+9"),
        "no hash".to_owned(),
    ] {
        import("eve@example.org", &hash).problem(422, "hash_invalid");
    }
    // This one is of the password `U*U`.
    import("ann@example.org", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW").expect(201);
    sign_in(&server, "ann@example.org", "U*U").get("/api/v1/whoami").expect(200);
}
