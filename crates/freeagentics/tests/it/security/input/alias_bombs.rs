//! Small documents that stand for large ones.

use crate::api::Installation;
use crate::lamp::LAMP;

fn bomb() -> String {
    let mut text = "freeagentics: 1\na0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for n in 1..9 {
        let last = format!("*a{}", n - 1);
        text += &format!("a{n}: &a{n} [{}]\n", vec![last; 9].join(", "));
    }
    text
}

#[test]
fn aliases_are_followed_only_so_far() {
    let installation = Installation::sqlite();
    let server = installation.start();
    let client = server.client();
    let told = client.post_yaml("/api/v1/models", &bomb()).problem(422, "model_invalid").to_string();
    assert!(told.contains("aliases"), "{told}");
    for text in ["freeagentics: 1\na: &a [*a]\n", "freeagentics: 1\na: &a { b: 1 }\nc: { <<: *a }\n", "a: *nobody\n"] {
        client.post_yaml("/api/v1/models", text).problem(422, "model_invalid");
    }
    let honest = LAMP
        .replace("good: { steady: .95, flicker: .05 }", "good: &fine { steady: .95, flicker: .05 }")
        .replace("dying: { steady: .3, flicker: .7 }", "dying: *fine");
    client.post_yaml("/api/v1/models?run_tests=false", &honest).expect(201);
}
