//! What can go wrong with models, agents and decisions, on one page. Codes never change: programs decide by them.

axiomcore::error_codes! {
    /// The error codes of the product; those of HTTP and of credentials are the core's.
    pub(crate) static CODES;

    MODEL_NOT_FOUND = (NOT_FOUND, "model_not_found", "There is no such model, or no such version of it",
        "`GET /api/v1/models` lists all models, `GET /api/v1/models/{name}` the versions of one. A model is referred to as \
         `watchdog` (its latest version) or `watchdog@2`.");
    MODEL_INVALID = (UNPROCESSABLE_ENTITY, "model_invalid", "The model document has problems",
        "`problems` has all of them at once, each with its place (`pointer`, `line`, `column`), what is wrong and how to mend \
         it; `patch` is a JSON Patch where the mend needs no knowledge of the world.\n\n\
         - `POST /api/v1/models/validate` says the same and stores nothing.\n\
         - `freeagentics check FILE` says it without a server.");
    MODEL_TEST_FAILED = (UNPROCESSABLE_ENTITY, "model_test_failed", "A test that the model carries fails",
        "The document is sound, but an agent of it does not do what its `tests` say it must. `failed` has each such test with \
         what was expected and what was found.\n\n\
         - Correct the model, or the test if that is what is wrong.\n\
         - `?run_tests=false` stores the model all the same.");
    MODEL_TESTS_TOO_LONG = (UNPROCESSABLE_ENTITY, "model_tests_too_long", "The model's tests would take too long here",
        "The document is sound, but putting its `tests` to the test would keep the server busy for too long.\n\n\
         - Run them with `freeagentics test FILE`, then store the model with `?run_tests=false`.\n\
         - Or give the tests fewer steps, or the model shorter plans.");
    AGENT_NOT_FOUND = (NOT_FOUND, "agent_not_found", "There is no such agent",
        "Look for a mistake in the id: upper and lower case differ. `GET /api/v1/agents` lists all agents of the workspace.");
    AGENT_DELETED = (GONE, "agent_deleted", "The agent has been deleted",
        "Its id is not free again, so that nobody takes a new agent for the old one. Choose another id.");
    AGENT_EXISTS = (CONFLICT, "agent_exists", "There is an agent with this id already",
        "Choose another id, leave it out to get a new one, or use the agent that is there: `GET /api/v1/agents/{id}`.");
    AGENT_BUSY = (TOO_MANY_REQUESTS, "agent_busy", "Too many steps wait for this agent",
        "An agent takes its steps one after the other, and only so many may wait. Nothing was done. Send the step again after \
         the seconds in `Retry-After`, with the same `Idempotency-Key` if it had one.");
    REVISION_MISMATCH = (PRECONDITION_FAILED, "revision_mismatch", "The agent has moved on since you looked",
        "`If-Match` names a revision that is not the agent's any more; `revision` is the one that it has. Nothing was done. \
         Look at the agent again and decide whether the step still makes sense.");
    OBSERVATION_INVALID = (UNPROCESSABLE_ENTITY, "observation_invalid", "The observation does not fit the agent's model",
        "`problems` has all that is wrong with it, each with its place and a mend.\n\n\
         - `GET /api/v1/models/{name}` lists what the model can see (`modalities`) and do (`controls`).\n\
         - A number goes to a modality with bins, a name to any; what was not seen is left out.");
    OBSERVATION_IMPOSSIBLE = (UNPROCESSABLE_ENTITY, "observation_impossible", "The model calls this observation impossible",
        "The model gives it a probability of zero after all that the agent has seen, and says that such observations are to be \
         refused. Nothing was done. Either the observation is wrong, or the model is: it should leave a little room for what \
         cannot happen and does.");
    DECISION_NOT_FOUND = (NOT_FOUND, "decision_not_found", "The agent has no such decision",
        "Its steps count from 1 and never begin again. `GET /api/v1/agents/{id}/decisions` lists them, the newest first.");
    IDEMPOTENCY_KEY_REUSED = (UNPROCESSABLE_ENTITY, "idempotency_key_reused", "The key was used for another request",
        "This `Idempotency-Key` came before with other content. Nothing was done. A key stands for one request: take a new one \
         for each, and the same again only when the same request is repeated.");
    IDEMPOTENCY_WINDOW_PASSED = (CONFLICT, "idempotency_window_passed", "The first answer for this key is not kept any more",
        "The request was carried out when it came first, and too long ago for its answer to be kept. Nothing was done now. \
         `GET /api/v1/agents/{id}/decisions` tells what was decided.");
    TOO_MANY_AGENTS = (UNPROCESSABLE_ENTITY, "too_many_agents", "Too many agents at once",
        "More agents have these labels than one request may reach. Nothing was done. Use labels that fewer agents have, or \
         list the agents and step them in parts.");
    TOO_MANY_ITEMS = (UNPROCESSABLE_ENTITY, "too_many_items", "Too many items in one request",
        "Nothing was done. Send them in several requests. Operators set the limit with `runtime.batch_items`.");
    ANSWER_TOO_LARGE = (UNPROCESSABLE_ENTITY, "answer_too_large", "The answers to the items before are too much already",
        "Nothing was done for this item. Send it in another request, or ask for shorter answers with `explain`.");
    INVALID_HEADER = (BAD_REQUEST, "invalid_header", "A header has a wrong value",
        "`header` names it.\n\n\
         - `Idempotency-Key`: 1 to 255 visible ASCII characters.\n\
         - `If-Match`: one revision in quotes as `ETag` gave it, such as `\"12\"`, or `*`. Weak tags and lists are not accepted.\n\
         - `Last-Event-ID`: the `id` of an event, a whole number.");
    INVALID_CURSOR = (BAD_REQUEST, "invalid_cursor", "The place to go on from is none that was given out",
        "`after` is the `next` of an answer before, unchanged. Begin again without it.");
    UPGRADE_REQUIRED = (UPGRADE_REQUIRED, "upgrade_required", "This address speaks WebSocket only",
        "Open it with a WebSocket client (RFC 6455, version 13).\n\n`GET /api/v1/events` streams the same over plain HTTP.");
    TOO_MANY_STREAMS = (TOO_MANY_REQUESTS, "too_many_streams", "Too many live streams are open",
        "Close some of yours, or follow several agents in one stream by a label they share. Operators set the limits with \
         `live.max_streams` and `live.max_streams_per_principal`.");
    IMPORT_INVALID = (UNPROCESSABLE_ENTITY, "import_invalid", "What was to be imported has problems",
        "`problems` has them, each with its line. Nothing was imported: it is all or nothing.");
    BACKUPS_NOT_CONFIGURED = (CONFLICT, "backups_not_configured", "There is no place for backups",
        "Operators say where they are to be with `backup.folder`, and give their key with `backup.key_file`.");
    BACKUP_RUNNING = (CONFLICT, "backup_running", "A backup is being made already",
        "Wait for its end: `GET /api/v1/backups` says `running`.");
    LEGAL_HOLD = (CONFLICT, "legal_hold", "The record is under a legal hold",
        "Nothing of it is erased while it is held; who may hold it can let it go.\n\n`GET /api/v1/audit/hold` says why it is.");
    STILL_THERE = (CONFLICT, "still_there", "What the entries name is not forgotten",
        "What somebody did, or what was done to them, is erased when they are gone: delete the user first. Nothing was erased. \
         What was done with a key, by a service account or a start of the server, or to a session, a role or a workspace stays \
         for as long as the record is kept; it is erased by who the person is whom it has to do with.");
    HOLD_REASON = (UNPROCESSABLE_ENTITY, "hold_reason", "The reason of a hold is none",
        "A reason has 1 to 500 characters, none of them a control character, such as the number of a case.");
}
