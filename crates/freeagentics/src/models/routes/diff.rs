//! `GET /api/v1/models/{name}/diff`.

use axiomcore::http::{Json, Path, Problem, Query};
use axiomcore::identity::Allowed;
use axum::extract::State;
use freeagentics_inference::document::{self, Limits};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::versions::Number;
use crate::models::ModelName;
use crate::models::library::Version;
use crate::server::Platform;
use crate::server::codes::MODEL_NOT_FOUND;
use crate::server::openapi::failures;
use crate::server::permissions::ReadModels;

failures! { Failures: MODEL_NOT_FOUND }

/// Which versions are compared.
#[derive(Clone, Copy, Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Between {
    /// The one version.
    #[param(value_type = u32, minimum = 1)]
    from: Number,
    /// The other version.
    #[param(value_type = u32, minimum = 1)]
    to: Number,
}

/// What differs between two versions.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Difference {
    #[schema(minimum = 1)]
    from: i64,
    #[schema(minimum = 1)]
    to: i64,
    /// Whether both are the same model, to the last bit.
    same_model: bool,
    /// Whether their agents plan and choose in the same way.
    same_options: bool,
    /// What differs between the documents as JSON.
    changes: Vec<Change>,
}

/// A place at which two documents differ. What is not there in one of them is left out.
#[derive(Debug, PartialEq, Serialize, ToSchema)]
pub(crate) struct Change {
    /// The place, as a JSON Pointer (RFC 6901).
    path: String,
    /// What stands there in the one.
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<Value>,
    /// What stands there in the other.
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<Value>,
}

/// Compare two versions of a model
#[utoipa::path(
    get,
    path = "/api/v1/models/{name}/diff",
    params(
        ModelName,
        Between,
    ),
    responses((status = 200, description = "What differs.", body = Difference), Failures),
)]
pub(crate) async fn diff_model_versions(
    caller: Allowed<ReadModels>,
    State(platform): State<Platform>,
    Path(name): Path<ModelName>,
    Query(Between { from, to }): Query<Between>,
) -> Result<Json<Difference>, Problem> {
    let find = async |Number(number): Number| {
        let found = platform.library.find(caller.workspace, name.as_str(), Some(number)).await?;
        found.ok_or_else(|| Problem::new(&MODEL_NOT_FOUND).detail(format!("there is no version {number}")))
    };
    let (from, to) = (find(from).await?, find(to).await?);
    platform.compute(caller.workspace, move || difference(&from, &to)).await?.map(Json)
}

fn difference(from: &Version, to: &Version) -> Result<Difference, Problem> {
    let mut changes = Vec::new();
    compare("", &as_json(from)?, &as_json(to)?, &mut changes);
    Ok(Difference {
        from: from.version,
        to: to.version,
        same_model: from.digest == to.digest,
        same_options: from.options_digest == to.options_digest,
        changes,
    })
}

fn as_json(version: &Version) -> Result<Value, Problem> {
    document::to_json(&version.document, version.written_as(), &Limits::default()).map_err(Problem::internal)
}

/// Notes where two values differ, as far inside as that can be said.
fn compare(path: &str, from: &Value, to: &Value, changes: &mut Vec<Change>) {
    match (from, to) {
        (Value::Object(old), Value::Object(new)) => {
            let keys = old.keys().chain(new.keys().filter(|key| !old.contains_key(*key)));
            for key in keys {
                let path = format!("{path}/{}", key.replace('~', "~0").replace('/', "~1"));
                compare_if_there(path, old.get(key), new.get(key), changes);
            }
        }
        (Value::Array(old), Value::Array(new)) => {
            for index in 0..old.len().max(new.len()) {
                compare_if_there(format!("{path}/{index}"), old.get(index), new.get(index), changes);
            }
        }
        _ if from == to => {}
        _ => changes.push(Change { path: path.to_owned(), from: Some(from.clone()), to: Some(to.clone()) }),
    }
}

fn compare_if_there(path: String, from: Option<&Value>, to: Option<&Value>, changes: &mut Vec<Change>) {
    match (from, to) {
        (Some(from), Some(to)) => compare(&path, from, to, changes),
        (from, to) => changes.push(Change { path, from: from.cloned(), to: to.cloned() }),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_difference_is_named_at_its_place_and_what_is_missing_is_left_out() {
        let from = json!({ "a": { "x/y": [1, 2], "same": null }, "gone": null });
        let to = json!({ "a": { "x/y": [1, 3, 4], "same": null }, "new": [] });
        let mut changes = Vec::new();
        compare("", &from, &to, &mut changes);
        let told: Vec<Value> = changes.iter().map(|change| serde_json::to_value(change).unwrap()).collect();
        let expected = json!([
            { "path": "/a/x~1y/1", "from": 2, "to": 3 },
            { "path": "/a/x~1y/2", "to": 4 },
            { "path": "/gone", "from": null },
            { "path": "/new", "to": [] },
        ]);
        assert_eq!(Value::Array(told), expected);
    }
}
