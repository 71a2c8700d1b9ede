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
    GRANTS_TOO_MUCH = (FORBIDDEN, "grants_too_much", "Nobody hands on more than they have",
        "A key may do at most what its maker may. Leave out what you may not do yourself; `GET /api/v1/whoami` tells what \
         you may.");
    PERMISSION_UNKNOWN = (UNPROCESSABLE_ENTITY, "permission_unknown", "There is no such permission",
        "Permissions are named `things:verb`. All of them are listed in the documentation of permissions.");
    KEY_NAME = (UNPROCESSABLE_ENTITY, "key_name", "This cannot be the name of a key",
        "A name has 1 to 200 characters, none of them a control character.");
    KEY_NOT_FOUND = (NOT_FOUND, "key_not_found", "There is no such key that works",
        "It may be revoked already, or belong to another workspace. `GET /api/v1/keys` lists yours.");
    LAST_ADMINISTRATOR = (CONFLICT, "last_administrator", "Nobody else has all permissions",
        "Make somebody else an administrator first, or nobody could manage the installation any more.");
    SIGN_IN_REFUSED = (UNAUTHORIZED, "sign_in_refused", "Nobody is signed in by this",
        "The address or the password is wrong, or this user may not sign in: the answer is the same in each case and takes as \
         long, so that nobody learns who has an account. Ask for a new password if you have forgotten yours.");
    SECOND_FACTOR_REQUIRED = (UNAUTHORIZED, "second_factor_required", "The password is right; now the second factor",
        "Send `challenge` from this answer together with a code of your second factor to `POST /api/v1/sign-in/factor`. It is \
         good for five minutes.");
    SIGN_IN_BUSY = (SERVICE_UNAVAILABLE, "sign_in_busy", "Too many people are signing in",
        "Passwords are expensive to verify on purpose, so only so many are verified at once. Send the request again after the \
         seconds in `Retry-After`. Operators set the limit with `identity.hashes_at_once`.");
    CROSS_SITE_REQUEST = (FORBIDDEN, "cross_site_request", "A page of another site sent this",
        "A request whose credential is a cookie has to come from a page of the very same origin, and browsers say so in \
         `Sec-Fetch-Site` and `Origin`. A program should send `Authorization: Bearer` instead; one that has only a cookie \
         sends `Origin` with the address of the server.");
}
