//! Our pages in frames of others.

use crate::api::Installation;

#[test]
fn no_page_may_be_framed() {
    let installation = Installation::sqlite();
    let server = installation.start();
    let client = server.stranger();
    for (path, status) in
        [("/", 200), ("/errors", 200), ("/errors/internal", 200), ("/nowhere", 404), ("/api/v1/models", 401)]
    {
        let answer = client.send("GET", path, &[("accept", "text/html")], "");
        assert_eq!(answer.status, status, "{path}");
        assert_eq!(answer.header("x-frame-options"), Some("DENY"), "{path}");
        let policy = answer.header("content-security-policy").unwrap();
        assert!(policy.contains("frame-ancestors 'none'"), "{path}: {policy}");
    }
}
