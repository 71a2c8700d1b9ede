//! What a browser gives that has had a device asked: `PublicKeyCredential.toJSON()`. Members that are not listed here are
//! passed over, for browsers add new ones.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::{Error, IgnoredAny};
use serde::{Deserialize, Deserializer};
use utoipa::ToSchema;

use crate::identity::{Assertion, Attestation};

/// What else a browser says; elsewhere a member that is not known is refused.
type Further = BTreeMap<String, IgnoredAny>;

/// Bytes, as the standard writes them in JSON.
pub(super) struct Base64Url(Vec<u8>);

impl<'d> Deserialize<'d> for Base64Url {
    fn deserialize<D: Deserializer<'d>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let decoded = URL_SAFE_NO_PAD.decode(text);
        decoded.map(Self).map_err(|_| D::Error::custom("expected bytes in base64url without padding"))
    }
}

/// A passkey that was made.
#[derive(Deserialize, ToSchema)]
#[schema(as = MadePasskey)]
pub(super) struct AttestationBody {
    response: AttestationResponse,
    #[serde(flatten)]
    #[schema(ignore)]
    _further: Further,
}

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = MadePasskeyResponse)]
struct AttestationResponse {
    #[serde(rename = "clientDataJSON")]
    #[schema(value_type = String, max_length = 8192, pattern = "^[A-Za-z0-9_-]*$")]
    client_data: Base64Url,
    #[schema(value_type = String, max_length = 16384, pattern = "^[A-Za-z0-9_-]*$")]
    attestation_object: Base64Url,
    /// How browsers reach the device.
    #[serde(default)]
    #[schema(max_items = 100)]
    transports: Vec<String>,
    #[serde(flatten)]
    #[schema(ignore)]
    _further: Further,
}

impl From<AttestationBody> for Attestation {
    fn from(AttestationBody { response, .. }: AttestationBody) -> Self {
        let AttestationResponse { client_data, attestation_object, transports, .. } = response;
        Self { client_data: client_data.0, object: attestation_object.0, transports }
    }
}

/// A passkey that was shown.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ShownPasskey)]
pub struct AssertionBody {
    #[schema(value_type = String, max_length = 1364, pattern = "^[A-Za-z0-9_-]*$")]
    id: Base64Url,
    response: AssertionResponse,
    #[serde(flatten)]
    #[schema(ignore)]
    _further: Further,
}

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ShownPasskeyResponse)]
struct AssertionResponse {
    #[serde(rename = "clientDataJSON")]
    #[schema(value_type = String, max_length = 8192, pattern = "^[A-Za-z0-9_-]*$")]
    client_data: Base64Url,
    #[schema(value_type = String, max_length = 8192, pattern = "^[A-Za-z0-9_-]*$")]
    authenticator_data: Base64Url,
    #[schema(value_type = String, max_length = 1024, pattern = "^[A-Za-z0-9_-]*$")]
    signature: Base64Url,
    /// Whose the device says that it is; needed to sign in with nothing else.
    #[schema(value_type = Option<String>, max_length = 128, pattern = "^[A-Za-z0-9_-]*$")]
    user_handle: Option<Base64Url>,
    #[serde(flatten)]
    #[schema(ignore)]
    _further: Further,
}

impl From<AssertionBody> for Assertion {
    fn from(AssertionBody { id, response, .. }: AssertionBody) -> Self {
        let AssertionResponse { client_data, authenticator_data, signature, user_handle, .. } = response;
        Self {
            credential: id.0,
            client_data: client_data.0,
            authenticator_data: authenticator_data.0,
            signature: signature.0,
            user_handle: user_handle.map(|handle| handle.0),
        }
    }
}
