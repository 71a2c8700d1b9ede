//! The whole document: what handlers declare, completed from the table of routes.

use axiomcore::http::{Access, Catalogue, DECLARED, ErrorCode, Route};
use serde_json::{Map, Value, json};

use super::general::Operation;
use super::problem::{self, Responses};
use super::{core, parameters, schemas};

const DESCRIPTION: &str = "\
Small decision-makers: each watches noisy signals, keeps the odds of what is really going on, and picks the next move, with \
reasons you can read, replay and audit.\n\n\
Every address under `/api/v1` but those for signing in needs `Authorization: Bearer` and an API key or an access token, or the \
cookie of a session; permissions decide what it may do. What fails is answered with problem details (RFC 9457); each `code` has \
a page under `/errors`. Version 1 only grows: clients should pass over members that they do not know.";

/// What the groups of operations are about; an operation belongs to the folder of its handler.
const TAGS: &[(&str, &str)] = &[
    ("models", "Models: what could be going on, what one would see then, what is wanted."),
    ("agents", "Agents: each is a model with beliefs of its own, and takes a step for every observation."),
    ("decisions", "What agents decided, and why."),
    ("fleets", "Many agents at once, by their labels."),
    ("live", "What agents do, as it happens."),
    ("sessions", "Signing in and out: what people come in with."),
    ("factors", "Second factors and known devices: what people have besides their password."),
    ("keys", "API keys: what programs come in with, and what each may do."),
    ("users", "People: who they are, and how they get a password."),
    ("roles", "Roles: names for sets of permissions."),
    ("services", "Service accounts: programs with a name and roles of their own."),
    ("workspaces", "Workspaces: installations within the installation, of which none sees another."),
    ("audit", "Who did what, and when."),
    ("backups", "Copies of the installation, and whether they are good."),
    ("system", "Who asks, and what runs."),
    ("service", "Probes and documentation, for everybody."),
];

/// The document about these operations. What is in the table and not among them is missing; a test compares.
pub(crate) fn document(operations: utoipa::openapi::OpenApi, table: &[Route], catalogue: &Catalogue) -> Value {
    let mut documented = operations;
    documented.merge(core::operations());
    let mut document = serde_json::to_value(documented).unwrap_or_default();
    let mut responses = Responses::default();
    let paths = document.get_mut("paths").and_then(Value::as_object_mut);
    for (path, methods) in paths.into_iter().flatten() {
        for (method, operation) in methods.as_object_mut().into_iter().flatten() {
            let is_it = |route: &&Route| route.path == path && route.method.as_str().eq_ignore_ascii_case(method);
            let access = table.iter().find(is_it).map_or(Access::Open, |route| route.access);
            parameters::tidy(operation);
            let general = Operation { path, method, access, documented: operation }.failures();
            complete(operation, access, general, catalogue, &mut responses);
        }
    }
    with_frame(document, responses)
}

/// Adds who may call an operation, and everything that it may answer.
fn complete(
    operation: &mut Value,
    access: Access,
    general: Vec<&'static ErrorCode>,
    catalogue: &Catalogue,
    shared: &mut Responses,
) {
    let Some(members) = operation.as_object_mut() else { return };
    if access != Access::Open {
        members.insert("security".into(), json!([{ "apiKey": [] }, { "accessToken": [] }, { "session": [] }]));
    }
    if let Access::Needs(permission) = access {
        let said = members.get("description").and_then(Value::as_str).unwrap_or_default();
        let said = format!("{said}\n\nNeeds the permission `{}`.", permission.name);
        members.insert("description".into(), said.trim_start().into());
        members.insert("x-permission".into(), permission.name.into());
    }
    if let Some(tag) = members.get_mut("tags").and_then(|tags| tags.get_mut(0)) {
        *tag = folder(tag.as_str().unwrap_or_default()).into();
    }
    if let Some(Value::Object(responses)) = members.get_mut("responses") {
        fail(responses, general, catalogue, shared);
    }
}

/// The first folder of a module's path.
fn folder(module: &str) -> &str {
    module.trim_start_matches("crate::").split("::").next().unwrap_or_default()
}

/// Adds what can go wrong to what an operation answers, status by status.
fn fail(
    responses: &mut Map<String, Value>,
    general: Vec<&'static ErrorCode>,
    catalogue: &Catalogue,
    shared: &mut Responses,
) {
    let own = responses.values().filter_map(|response| response.get(DECLARED));
    let mut codes: Vec<_> = own.flat_map(|names| problem::find(catalogue, names)).chain(general).collect();
    codes.sort_by_key(|code| (code.status, code.code));
    codes.dedup();
    for same in codes.chunk_by(|one, other| one.status == other.status) {
        let Some(first) = same.first() else { continue };
        responses.insert(first.status.as_u16().to_string(), shared.refer(same));
    }
    responses.sort_keys();
}

/// Puts what stands around the operations around them.
fn with_frame(document: Value, responses: Responses) -> Value {
    let member = |pointer: &str| document.pointer(pointer).cloned().unwrap_or_else(|| json!({}));
    let mut all_schemas = schemas::schemas();
    if let Value::Object(derived) = member("/components/schemas") {
        all_schemas.extend(derived);
    }
    all_schemas.sort_keys();
    let api_key = json!({ "type": "http", "scheme": "bearer", "description": "An API key." });
    let token = json!({
        "type": "http", "scheme": "bearer", "bearerFormat": "JWT", "description": "What signing in gives a program.",
    });
    let session = json!({
        "type": "apiKey", "in": "cookie", "name": "__Host-fa_session", "description": "What signing in gives a browser.",
    });
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "FreeAgentics",
            "description": DESCRIPTION,
            "version": env!("CARGO_PKG_VERSION"),
            "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" },
        },
        "servers": [{ "url": "/" }],
        "tags": TAGS.iter().map(|(name, about)| json!({ "name": name, "description": about })).collect::<Vec<_>>(),
        "paths": member("/paths"),
        "components": {
            "schemas": all_schemas,
            "responses": responses.components(),
            "securitySchemes": { "apiKey": api_key, "accessToken": token, "session": session },
        },
    })
}
