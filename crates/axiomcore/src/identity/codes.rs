//! What can go wrong with credentials and permissions.

crate::error_codes! {
    /// What can go wrong with who asks.
    pub static CODES;

    UNAUTHENTICATED = (UNAUTHORIZED, "unauthenticated", "The request has no valid credential",
        "Sign in, or send `Authorization: Bearer` with an API key or an access token.\n\n\
         It may be mistyped, ended or revoked: the answer is the same in each case, so that nobody learns which exist. Only \
         whoever holds an API key that has expired is told so.\n\n\
         - An access token is good for ten minutes: `POST /api/v1/token/refresh` gives a new one.\n- The administrator's \
         key is printed once, at the first start.\n- Operators can replace it with `--bootstrap-token-file`.");
    FORBIDDEN = (FORBIDDEN, "forbidden", "The credential does not have the permission",
        "Ask whoever made the key, or gave you your roles, for what is missing: `permission` in the answer names it.\n\n\
         Where `detail` says that what the credential may has changed, nothing was done: send the request again.");
    GRANTS_TOO_MUCH = (FORBIDDEN, "grants_too_much", "Nobody hands on more than they have",
        "A key may do at most what its maker may. Leave out what you may not do yourself; `GET /api/v1/whoami` tells what \
         you may.");
    PERMISSION_UNKNOWN = (UNPROCESSABLE_ENTITY, "permission_unknown", "There is no such permission",
        "Permissions are named `things:verb`. All of them are listed in the documentation of permissions.");
    KEY_NAME = (UNPROCESSABLE_ENTITY, "key_name", "This cannot be the name of a key",
        "A name has 1 to 200 characters, none of them a control character.");
    KEY_NOT_FOUND = (NOT_FOUND, "key_not_found", "There is no such key that works",
        "It may be revoked already, or belong to another workspace. `GET /api/v1/keys` lists yours.");
    PRINCIPAL_NOT_FOUND = (NOT_FOUND, "principal_not_found", "Nobody of this id is here, or has made anything",
        "It is the id of a user, a key, a service account or a session of your workspace, as `made_by`, `created_by` and the \
         record name them. It may be gone, if something that it has made is still known.");
    LAST_ADMINISTRATOR = (CONFLICT, "last_administrator", "Nobody else has all permissions",
        "Make somebody else an administrator first, or nobody could manage the workspace any more. Keys that expire do not \
         count.");
    OUTLIVES_MAKER = (FORBIDDEN, "outlives_maker", "It would outlive the key that it is made with",
        "A key that expires makes nothing that stays. Give the keys that are made with it, also those of service accounts, an \
         `expires_in` that ends no later. It makes no workspaces, invites, takes over or enables nobody, is told no tickets, \
         gives neither a person, a role nor a service account more than it has, and takes away neither a second factor nor the \
         need for one: do that as somebody who has signed in, or with a key that does not expire.");
    SERVICE_NOT_FOUND = (NOT_FOUND, "service_not_found", "There is no such service account",
        "It may be deleted, or belong to another workspace. `GET /api/v1/services` lists yours.");
    OWNER_INVALID = (UNPROCESSABLE_ENTITY, "owner_invalid", "The owner is no user who can sign in",
        "A service account belongs to a user of the workspace whose status is `active`. `GET /api/v1/users` lists them.");
    NAME_INVALID = (UNPROCESSABLE_ENTITY, "name_invalid", "This is no name",
        "A name has 1 to 200 characters, none of them a control character or one that cannot be seen.");
    USER_NOT_FOUND = (NOT_FOUND, "user_not_found", "There is no such user",
        "Users are named by their id, such as `u1f…`; `GET /api/v1/users?email=` tells that of an address. They may be deleted, or \
         belong to another workspace. `GET /api/v1/users` lists those of yours.");
    EMAIL_INVALID = (UNPROCESSABLE_ENTITY, "email_invalid", "This is no email address",
        "Something like `grace@example.org`, of letters of one script in each part.");
    EMAIL_TAKEN = (CONFLICT, "email_taken", "Somebody has this email address already",
        "Within a workspace everybody signs in with an address of their own. `GET /api/v1/users` says who has this one.");
    ROLE_UNKNOWN = (UNPROCESSABLE_ENTITY, "role_unknown", "There is no such role",
        "Roles are named as they are listed: `GET /api/v1/roles` tells all of the workspace, such as `observer`.");
    HASH_INVALID = (UNPROCESSABLE_ENTITY, "hash_invalid", "The hash of the password cannot be verified here",
        "Invite whoever has this one: they choose a password anew.\n\n\
         Argon2id in the PHC form (`$argon2id$…`) and bcrypt (`$2b$…`) can be taken over, at a cost that signing in can \
         bear: Argon2id at most twice that of `identity.password_memory` and `identity.password_passes` and in at most four \
         lanes, bcrypt at most 12. `detail` names the limit.");
    OWNS_SERVICES = (CONFLICT, "owns_services", "The user is asked about service accounts",
        "Say who gets them with `?reassign_to=` and the id of another user, or delete them first. Nothing was done.");
    HEIR_INVALID = (UNPROCESSABLE_ENTITY, "heir_invalid", "Whoever gets the service accounts cannot sign in",
        "`reassign_to` is the id of another user of the workspace whose status is `active`.");
    TICKET_INVALID = (UNPROCESSABLE_ENTITY, "ticket_invalid", "The ticket is used, expired, or never was one",
        "If you have chosen a password with it already, sign in with that. Otherwise say that you have forgotten your \
         password, and a new one is mailed to you, or ask whoever invited you for a new one.\n\n\
         A ticket works once and for a while, and only the newest does. `POST /api/v1/password/reset` and `POST \
         /api/v1/users/{id}/ticket` make new ones.");
    TICKETS_ARE_MAILED = (FORBIDDEN, "tickets_are_mailed", "Tickets are for their owners' mailbox only",
        "Leave `ticket` out: it is mailed. Operators decide with `identity.tickets_in_answers`.");
    NO_MAIL = (CONFLICT, "no_mail", "The server cannot send mail",
        "Ask an administrator for a ticket: they get one with `POST /api/v1/users/{id}/ticket` and hand it to you, and you \
         choose a password with it, `POST /api/v1/tickets/accept`. Nothing was done.\n\n\
         Nobody would get the ticket by mail. Operators set `mail.hook_url`; where `identity.tickets_in_answers` allows it, \
         `\"ticket\": true` (`--ticket`) brings the ticket in the answer.");
    PASSWORD_WRONG = (FORBIDDEN, "password_wrong", "The password is not right",
        "Give the password that you sign in with now.\n\n`POST /api/v1/password/reset` helps who has forgotten it.");
    PASSWORD_UNFIT = (UNPROCESSABLE_ENTITY, "password_unfit", "The new password is not accepted",
        "A few words that do not belong together make a good one; what characters it is made of does not matter.\n\n\
         `detail` says why this one is not accepted.");
    PEOPLE_ONLY = (FORBIDDEN, "people_only", "Only somebody who has signed in can do this",
        "Sign in as a person first: an API key has no password and no factors.");
    HASHING_BUSY = (SERVICE_UNAVAILABLE, "hashing_busy", "Too many passwords are being looked at",
        "Come again in a moment. Nothing was done.\n\n`Retry-After` says when.");
    ROLE_NOT_FOUND = (NOT_FOUND, "role_not_found", "The workspace has made no such role",
        "Roles that every workspace has cannot be changed. `GET /api/v1/roles` lists all.");
    ROLE_EXISTS = (CONFLICT, "role_exists", "There is a role of this name already",
        "Choose another name, or change the role that is there: `PUT /api/v1/roles/{name}`.");
    ROLE_INVALID = (UNPROCESSABLE_ENTITY, "role_invalid", "This can be no role",
        "A name has 1 to 60 of `a-z`, `0-9`, `_` and `-` and begins with a letter; a meaning has 1 to 200 characters.");
    WORKSPACE_NOT_FOUND = (NOT_FOUND, "workspace_not_found", "There is no such workspace",
        "`GET /api/v1/workspaces` lists those that you can see.");
    WORKSPACE_EXISTS = (CONFLICT, "workspace_exists", "There is a workspace of this name already",
        "Choose another name. `GET /api/v1/workspaces` lists those that there are.");
    DEFAULT_WORKSPACE_ONLY = (FORBIDDEN, "default_workspace_only", "Only administrators of the default workspace do this",
        "Workspaces are made, renamed and opened by who may everything in workspace 1. What is inside one only its own see.");
    SIGN_IN_REFUSED = (UNAUTHORIZED, "sign_in_refused", "Nobody is signed in by this",
        "Look at what you have typed: the address, the password, the workspace if you are in another than the default one, \
         or the code, each of which is good once. If you have forgotten your password, ask for a new one. After several \
         failures even what is right is refused for a while: wait some minutes.\n\n\
         The answer is the same, and takes as long, if there is no such user or they may not sign in, so that nobody learns \
         who has an account. At the second step it is the code that is wrong, used already or too late for its challenge.");
    SECOND_FACTOR_REQUIRED = (UNAUTHORIZED, "second_factor_required", "The password is right; now the second factor",
        "Give the code of your app, a recovery code, or your passkey.\n\n\
         Send `challenge` from this answer together with what `ways` names (`code`, `recovery_code` or `passkey`) to `POST \
         /api/v1/sign-in/factor`. It is good for five minutes. `public_key` is what a browser needs to have a passkey \
         shown.");
    SIGN_IN_BUSY = (SERVICE_UNAVAILABLE, "sign_in_busy", "Too many people are signing in",
        "Come again in a moment. Nothing was tried.\n\n\
         Passwords are expensive to verify on purpose, so only so many are verified at once. `Retry-After` says when to \
         come again. Operators set the limit with `identity.hashes_at_once`.");
    REFRESH_REFUSED = (UNAUTHORIZED, "refresh_refused", "Nothing is given for this refresh token",
        "Sign in again.\n\n\
         It is mistyped, was used before, or its session has ended. A refresh token is good once, and its answer has the \
         next one. Showing one a second time ends the session, because then two have it; never send two at once.");
    SESSION_NOT_FOUND = (NOT_FOUND, "session_not_found", "There is no such session that goes on",
        "It may have ended already, or be somebody else's.\n\n`GET /api/v1/sessions` lists yours, \
         `GET /api/v1/users/{id}/sessions` those of somebody else.");
    NO_SESSION = (CONFLICT, "no_session", "There is no session to end",
        "An API key has no session. `DELETE /api/v1/keys/{id}` revokes a key.");
    CROSS_SITE_REQUEST = (FORBIDDEN, "cross_site_request", "A page of another site sent this",
        "A request whose credential is a cookie has to come from a page of the very same origin, and browsers say so in \
         `Sec-Fetch-Site` and `Origin`. A program should send `Authorization: Bearer` instead; one that has only a cookie \
         sends `Origin` with the address of the server.");
    SIGN_IN_THROTTLED = (TOO_MANY_REQUESTS, "sign_in_throttled", "Too many sign-ins from this address were wrong",
        "Come again later, or use a device that you have signed in with before: it need not wait, nor does a passkey. \
         Nothing was tried.\n\n\
         `Retry-After` says when. Operators set the limit with `identity.address_failures`.");
    CHALLENGE_INVALID = (UNAUTHORIZED, "challenge_invalid", "The challenge is used up, expired, or never was one",
        "Begin again, with your password.\n\n\
         A challenge is good for one sign-in, a few minutes and five tries. `POST /api/v1/sign-in` gives a new one.");
    FACTOR_ENROLMENT_REQUIRED = (FORBIDDEN, "factor_enrolment_required", "A second factor has to be enrolled first",
        "Add an authenticator app or a passkey to your account, on the page of this server.\n\n\
         One of your roles asks for it, and you have none. `POST /api/v1/factors/app` begins, and `POST \
         /api/v1/factors/app/confirm` ends it (a passkey will do as well: `POST /api/v1/factors/passkeys/options`); then \
         the same credential does what you may.");
    FACTOR_CODE_WRONG = (FORBIDDEN, "factor_code_wrong", "The code is not right, or was used already",
        "A code works once: wait for the next one. The clock of your app may be off by half a minute.\n\n\
         A passkey has to be one of yours, shown for a challenge of `POST /api/v1/factors/passkeys/challenge` that was not \
         used.");
    FACTOR_EXISTS = (CONFLICT, "factor_exists", "There is an app already",
        "Remove it first, with your password and a code.\n\n`POST /api/v1/factors/app/remove` does that.");
    FACTOR_MISSING = (CONFLICT, "factor_missing", "There is no such factor",
        "Begin anew: what waits for its first code is forgotten after ten minutes or five wrong codes.\n\n\
         `POST /api/v1/factors/app` begins anew.");
    FACTOR_PROOF_REQUIRED = (FORBIDDEN, "factor_proof_required", "The factor that is there has to be shown as well",
        "Give a code of your app, a recovery code or your passkey as well.\n\n\
         It is `code`, `recovery_code` or `passkey` beside the password: whoever has got hold of a session and a password \
         must not be able to add a factor of theirs.");
    PASSKEYS_OFF = (CONFLICT, "passkeys_off", "The server does not know its own address",
        "Ask whoever runs the server to say under which address people reach it.\n\n\
         Passkeys belong to a domain. Operators say which: `identity.passkey_domain`, or `mail.public_url`.");
    PASSKEY_INVALID = (UNPROCESSABLE_ENTITY, "passkey_invalid", "What the browser or the device says is not accepted",
        "Begin again, on the page of this very server.\n\n\
         `detail` says why. `POST /api/v1/factors/passkeys/options` begins: what comes of that is good once and for five \
         minutes, within the same session, on a page of the server's own address.");
    PASSKEY_EXISTS = (CONFLICT, "passkey_exists", "This passkey is registered already",
        "Use it as it is, or have the device make a new one.\n\n`GET /api/v1/factors/passkeys` lists yours.");
    PASSKEY_NOT_FOUND = (NOT_FOUND, "passkey_not_found", "There is no such passkey",
        "It may be removed already, or be somebody else's.\n\n`GET /api/v1/factors/passkeys` lists yours.");
    TOO_MANY_PASSKEYS = (CONFLICT, "too_many_passkeys", "There are as many passkeys as there may be",
        "Remove one first: somebody has at most 20.\n\n`POST /api/v1/factors/passkeys/{id}/remove` does that.");
    TOO_MANY_FAILURES = (TOO_MANY_REQUESTS, "too_many_failures", "Too many wrong passwords or codes",
        "Come again later. Nothing was tried.\n\n`Retry-After` says when.");
    DEVICE_NOT_FOUND = (NOT_FOUND, "device_not_found", "There is no such device",
        "It may be forgotten already, or be somebody else's.\n\n`GET /api/v1/devices` lists yours.");
}
