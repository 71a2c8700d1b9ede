//! Devices that the caller has signed in with: listing and forgetting them.

use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use crate::failures;
use crate::http::{Json, Path, Problem, StatusCode};
use crate::identity::codes::DEVICE_NOT_FOUND;
use crate::identity::{Authenticated, Device, Identity};

/// A device that is known.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Device)]
pub struct DeviceView {
    id: String,
    #[schema(format = DateTime)]
    created_at: String,
    /// When somebody last signed in with it.
    #[schema(format = DateTime)]
    last_used_at: String,
    /// When it is forgotten, unless somebody signs in with it.
    #[schema(format = DateTime)]
    expires_at: String,
    /// Where they signed in from.
    address: String,
    /// What their browser or program calls itself.
    client: String,
}

impl From<Device> for DeviceView {
    fn from(device: Device) -> Self {
        Self {
            id: device.id,
            created_at: device.created_at.to_string(),
            last_used_at: device.last_used_at.to_string(),
            expires_at: device.expires_at.to_string(),
            address: device.origin.address,
            client: device.origin.client,
        }
    }
}

/// All of the caller's.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Devices)]
pub struct DeviceList {
    items: Vec<DeviceView>,
}

failures! { ForgetFailures: DEVICE_NOT_FOUND }

/// List one's own known devices
///
/// Those that the caller has signed in with. They keep their holder from waiting while others guess at the account.
#[utoipa::path(get, tag = "factors", path = "/api/v1/devices", responses((status = 200, description = "The devices.", body = DeviceList)))]
pub async fn list_devices(
    caller: Authenticated,
    State(identity): State<Identity>,
) -> Result<Json<DeviceList>, Problem> {
    let devices = identity.list_devices(&caller.0).await?;
    Ok(Json(DeviceList { items: devices.into_iter().map(Into::into).collect() }))
}

/// Forget a device
///
/// It is a stranger at its next sign-in. Sessions go on.
#[utoipa::path(
    delete,
    tag = "factors",
    path = "/api/v1/devices/{id}",
    params(("id" = String, Path, description = "The device's id.")),
    responses((status = 204, description = "It is forgotten."), ForgetFailures),
)]
pub async fn forget_device(
    caller: Authenticated,
    State(identity): State<Identity>,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    if identity.forget_device(&caller.0, &id).await? {
        return Ok(StatusCode::NO_CONTENT);
    }
    Err(Problem::new(&DEVICE_NOT_FOUND))
}
