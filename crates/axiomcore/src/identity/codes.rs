//! What can go wrong with credentials and permissions.

crate::error_codes! {
    /// What can go wrong with who asks.
    pub static CODES;

    UNAUTHENTICATED = (UNAUTHORIZED, "unauthenticated", "The request has no valid credential",
        "Send `Authorization: Bearer` and an API key. The key may be mistyped, expired or revoked: the answer is the same in \
         each case, so that nobody learns which keys exist.\n\n\
         - The administrator's key is printed once, at the first start.\n- Operators can replace it with \
         `--bootstrap-token-file`.");
    FORBIDDEN = (FORBIDDEN, "forbidden", "The credential does not have the permission",
        "`permission` in the answer names what is missing. Ask who made the key for one that has it.");
}
