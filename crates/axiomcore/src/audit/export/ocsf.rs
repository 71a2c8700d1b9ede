//! Events of the Open Cybersecurity Schema Framework, class Entity Management (<https://schema.ocsf.io/1.3.0/classes/entity_management>).

use serde_json::{Value, json};

use super::Product;
use crate::audit::chain::Link;
use crate::hex;

const VERSION: &str = "1.3.0";
const CLASS: u64 = 3004;
const IDENTITY_AND_ACCESS: u64 = 3;
const INFORMATIONAL: u64 = 1;

pub(super) fn event(link: &Link, product: Product) -> serde_json::Result<Value> {
    let (thing, verb) = link.action.split_once('.').unwrap_or((&link.action, ""));
    let (activity, name) = activity(verb);
    let entity = match &link.content {
        None => json!({ "type": thing, "name": "erased" }),
        Some(content) => {
            let detail: Value = serde_json::from_str(&content.detail)?;
            json!({ "type": thing, "uid": content.subject, "data": detail })
        }
    };
    let mut event = json!({
        "class_uid": CLASS,
        "class_name": "Entity Management",
        "category_uid": IDENTITY_AND_ACCESS,
        "category_name": "Identity & Access Management",
        "activity_id": activity,
        "activity_name": name.unwrap_or(verb),
        "type_uid": CLASS * 100 + activity,
        "severity_id": INFORMATIONAL,
        "time": link.at.0,
        "metadata": {
            "version": VERSION,
            "product": { "name": product.name, "vendor_name": product.name, "version": product.version },
            "sequence": link.seq,
            "uid": format!("{}-{}", link.workspace, link.seq),
            "event_code": link.action,
            "tenant_uid": link.workspace.to_string(),
        },
        "entity": entity,
        "unmapped": { "hash": hex::encode(&link.hash), "erased": link.content.is_none() },
    });
    if let (Some(content), Some(members)) = (&link.content, event.as_object_mut()) {
        members.insert("actor".into(), json!({ "user": { "uid": content.principal } }));
    }
    Ok(event)
}

/// The activity that a verb is.
fn activity(verb: &str) -> (u64, Option<&'static str>) {
    match verb {
        "create" | "import" | "invite" => (1, Some("Create")),
        "read" | "export" => (2, Some("Read")),
        "update" | "label" | "reset" | "change" => (3, Some("Update")),
        "delete" | "erase" | "revoke" => (4, Some("Delete")),
        _ => (99, None),
    }
}
