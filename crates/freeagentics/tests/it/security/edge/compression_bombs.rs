//! Small bodies that become large ones.

use crate::api::Installation;
use crate::lamp::LAMP;

#[test]
fn what_is_compressed_is_not_unpacked() {
    let installation = Installation::sqlite();
    let server = installation.start();
    let client = server.client();
    for encoding in ["gzip", "deflate", "br", "zstd", "compress", "gzip, gzip"] {
        for (path, kind, body) in [
            ("/api/v1/models", "application/yaml", LAMP),
            ("/api/v1/keys", "application/json", "{\"name\":\"a\",\"permissions\":[]}"),
            ("/api/v1/import", "application/x-ndjson", "{}"),
        ] {
            let headers = [("content-type", kind), ("content-encoding", encoding)];
            client.send("POST", path, &headers, body).problem(415, "unsupported_media_type");
        }
    }
    client.post_yaml("/api/v1/models", LAMP).expect(201);
}
