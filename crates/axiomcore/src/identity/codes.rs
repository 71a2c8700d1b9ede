//! What can go wrong with credentials and permissions.

crate::error_codes! {
    /// What can go wrong with who asks.
    pub static CODES;

    UNAUTHENTICATED = (UNAUTHORIZED, "unauthenticated", "The request has no valid credential",
        "Send `Authorization: Bearer` and an API key or an access token. It may be mistyped, expired or revoked: the answer \
         is the same in each case, so that nobody learns which exist.\n\n\
         - An access token is good for ten minutes: `POST /api/v1/token/refresh` gives a new one.\n\
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
    REFRESH_REFUSED = (UNAUTHORIZED, "refresh_refused", "Nothing is given for this refresh token",
        "It is mistyped, was used before, or its session has ended: sign in again. A refresh token is good once, and its answer \
         has the next one. Showing one a second time ends the session, because then two have it; never send two at once.");
    SESSION_NOT_FOUND = (NOT_FOUND, "session_not_found", "You have no such session that goes on",
        "It may have ended already, or be somebody else's. `GET /api/v1/sessions` lists yours.");
    NO_SESSION = (CONFLICT, "no_session", "There is no session to end",
        "An API key has no session. `DELETE /api/v1/keys/{id}` revokes a key.");
    CROSS_SITE_REQUEST = (FORBIDDEN, "cross_site_request", "A page of another site sent this",
        "A request whose credential is a cookie has to come from a page of the very same origin, and browsers say so in \
         `Sec-Fetch-Site` and `Origin`. A program should send `Authorization: Bearer` instead; one that has only a cookie \
         sends `Origin` with the address of the server.");
    USER_NOT_FOUND = (NOT_FOUND, "user_not_found", "There is no such user",
        "They may be deleted, or belong to another workspace. `GET /api/v1/users` lists those of yours.");
    PASSWORD_WRONG = (FORBIDDEN, "password_wrong", "The password is not right",
        "Give the password that you sign in with now. `POST /api/v1/password/reset` helps who has forgotten it.");
    PEOPLE_ONLY = (FORBIDDEN, "people_only", "Only somebody who has signed in can do this",
        "An API key has no password. Sign in as a person first.");
    HASHING_BUSY = (SERVICE_UNAVAILABLE, "hashing_busy", "Too many passwords are being looked at",
        "Nothing was done. Send the request again after the seconds in `Retry-After`.");
    SIGN_IN_THROTTLED = (TOO_MANY_REQUESTS, "sign_in_throttled", "Too many sign-ins from this address were wrong",
        "Nothing was tried. Come again after the seconds in `Retry-After`; a device that the account's holder has signed in \
         with before need not wait. Operators set the limit with `identity.address_failures`.");
    CHALLENGE_INVALID = (UNAUTHORIZED, "challenge_invalid", "The challenge is used up, expired, or never was one",
        "It is good for one sign-in, a few minutes and five tries. Begin again with `POST /api/v1/sign-in`.");
    FACTOR_ENROLMENT_REQUIRED = (FORBIDDEN, "factor_enrolment_required", "A second factor has to be enrolled first",
        "One of your roles asks for it, and you have none. `POST /api/v1/factors/app` begins, and \
         `POST /api/v1/factors/app/confirm` ends it; then the same credential does what you may.");
    FACTOR_CODE_WRONG = (FORBIDDEN, "factor_code_wrong", "The code is not right, or was used already",
        "A code of the app works once; wait for the next one. Clocks may be off by half a minute.");
    FACTOR_EXISTS = (CONFLICT, "factor_exists", "There is a second factor already",
        "Remove it first, with password and factor: `POST /api/v1/factors/app/remove`.");
    FACTOR_MISSING = (CONFLICT, "factor_missing", "There is no such factor",
        "None is enrolled; or none waits to be confirmed, for it is forgotten after ten minutes. `POST /api/v1/factors/app` \
         begins anew.");
    TOO_MANY_FAILURES = (TOO_MANY_REQUESTS, "too_many_failures", "Too many wrong passwords or codes",
        "Nothing was tried. Come again after the seconds in `Retry-After`.");
    DEVICE_NOT_FOUND = (NOT_FOUND, "device_not_found", "There is no such device",
        "It may be forgotten already, or be somebody else's. `GET /api/v1/devices` lists yours.");
}
