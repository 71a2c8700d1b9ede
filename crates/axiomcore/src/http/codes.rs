//! The error codes of HTTP itself: what any service can answer.

crate::error_codes! {
    /// What can go wrong with any request.
    pub static CODES;

    BAD_REQUEST = (BAD_REQUEST, "bad_request", "The request is not understood",
        "The request does not have the form that this address expects. Compare it with the documentation of the address.");
    MALFORMED_JSON = (BAD_REQUEST, "malformed_json", "The body is not JSON",
        "The body ends too early or breaks JSON's rules; `detail` names line and column.\n\n\
         - Send the body as UTF-8.\n- Numbers such as `NaN` and comments are no JSON.");
    INVALID_BODY = (UNPROCESSABLE_ENTITY, "invalid_body", "A field of the body has a wrong value",
        "The body is JSON, but a field is missing, unknown or of another kind. `pointer` is the place of the field as a \
         JSON Pointer (RFC 6901).");
    INVALID_PARAMETER = (BAD_REQUEST, "invalid_parameter", "A parameter of the address has a wrong value",
        "A parameter in the path or behind the `?` is missing, unknown or of another kind.");
    UNSUPPORTED_MEDIA_TYPE = (UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", "The body is of another type than expected",
        "Send `Content-Type: application/json` with a body of JSON, and not compressed: `Content-Encoding` is refused.");
    BODY_TOO_LARGE = (PAYLOAD_TOO_LARGE, "body_too_large", "The body is too large",
        "Send less at once. Operators set the limit with `http.body_limit`; some addresses have limits of their own.");
    HEADERS_TOO_LARGE = (REQUEST_HEADER_FIELDS_TOO_LARGE, "headers_too_large", "The headers are too large",
        "Send fewer or shorter headers. Operators set the limits with `http.header_limit` and `http.header_count`.");
    BODY_TOO_SLOW = (REQUEST_TIMEOUT, "body_too_slow", "The body did not arrive in time",
        "The connection was too slow or stalled. The request was not carried out and can be sent again.");
    NOT_FOUND = (NOT_FOUND, "not_found", "There is nothing at this address",
        "Look for a mistake in the path. The served OpenAPI document lists all addresses.");
    METHOD_NOT_ALLOWED = (METHOD_NOT_ALLOWED, "method_not_allowed", "The address does not know this method",
        "The header `Allow` of the answer lists the methods that the address knows.");
    RATE_LIMITED = (TOO_MANY_REQUESTS, "rate_limited", "Too many requests of this kind",
        "Nothing was done. Send the request again after the seconds in `Retry-After`. The headers `RateLimit-Policy` and \
         `RateLimit` of each answer tell how many there may be and how many are left; `class` is the kind. Routes that need \
         no credential are counted by address, all others by who asks. Operators set the rates with the settings of \
         `limits`.");
    OVERLOADED = (SERVICE_UNAVAILABLE, "overloaded", "The server has more requests than it can answer now",
        "Nothing was done. Send the request again after the seconds in `Retry-After`, and wait longer each time. \
         Operators set the limit with `http.max_in_flight`.");
    TIMED_OUT = (SERVICE_UNAVAILABLE, "timed_out", "The answer was not ready in time",
        "It is not known whether the request was carried out. Send it again with the same `Idempotency-Key`, if it had one. \
         Operators set the limit with `http.request_timeout`.");
    UNAVAILABLE = (SERVICE_UNAVAILABLE, "unavailable", "The server cannot answer now",
        "Something that the server needs, such as its database, is gone or too slow. Send the request again after the \
         seconds in `Retry-After`, with the same `Idempotency-Key` if it had one: what was to be changed may have been, if the \
         answer was lost on its way. `GET /health/ready` names what is missing.");
    STORAGE_FULL = (INSUFFICIENT_STORAGE, "storage_full", "There is no room left to store anything",
        "Operators: make room on the disk of the database. Nothing was stored, and reading still works.");
    INTERNAL = (INTERNAL_SERVER_ERROR, "internal", "Something went wrong inside the server",
        "This is a mistake of the server. Its cause is in the server's log under the `request_id` of the answer; report that \
         id to the operators.");
}
