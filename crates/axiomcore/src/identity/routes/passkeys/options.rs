//! What a browser takes that is to have a device asked: `PublicKeyCredential.parseCreationOptionsFromJSON()` and
//! `parseRequestOptionsFromJSON()`.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use utoipa::ToSchema;

use crate::identity::{CreationOptions, Descriptor, RequestOptions};

const TYPE: &str = "public-key";

/// What a browser needs to have a passkey made, and until when it is good for anything.
#[derive(Serialize, ToSchema)]
#[schema(as = PasskeyCreation)]
pub struct CreationView {
    /// For `navigator.credentials.create()`.
    public_key: CreationOptionsView,
    #[schema(format = DateTime)]
    expires_at: String,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = PasskeyCreationOptions)]
struct CreationOptionsView {
    challenge: String,
    rp: PartyView,
    user: UserView,
    pub_key_cred_params: Vec<ParametersView>,
    /// Milliseconds.
    timeout: u64,
    exclude_credentials: Vec<DescriptorView>,
    authenticator_selection: SelectionView,
    #[schema(pattern = "^none$")]
    attestation: &'static str,
}

#[derive(Serialize, ToSchema)]
#[schema(as = PasskeyParty)]
struct PartyView {
    id: String,
    name: &'static str,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = PasskeyUser)]
struct UserView {
    id: String,
    name: String,
    display_name: String,
}

#[derive(Serialize, ToSchema)]
#[schema(as = PasskeyParameters)]
struct ParametersView {
    #[serde(rename = "type")]
    kind: &'static str,
    /// The number of the algorithm in COSE.
    alg: i64,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = PasskeySelection)]
struct SelectionView {
    resident_key: &'static str,
    require_resident_key: bool,
    user_verification: &'static str,
}

#[derive(Serialize, ToSchema)]
#[schema(as = PasskeyDescriptor)]
struct DescriptorView {
    #[serde(rename = "type")]
    kind: &'static str,
    id: String,
    transports: Vec<String>,
}

/// What a browser needs to have a passkey shown, and until when it is good for anything.
#[derive(Serialize, ToSchema)]
#[schema(as = PasskeyRequest)]
pub struct RequestView {
    /// For `navigator.credentials.get()`.
    pub(in crate::identity::routes) public_key: RequestOptionsView,
    #[schema(format = DateTime)]
    expires_at: String,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = PasskeyRequestOptions)]
pub(in crate::identity::routes) struct RequestOptionsView {
    challenge: String,
    rp_id: String,
    /// Milliseconds.
    timeout: u64,
    allow_credentials: Vec<DescriptorView>,
    user_verification: &'static str,
}

impl From<CreationOptions> for CreationView {
    fn from(options: CreationOptions) -> Self {
        let CreationOptions { challenge, domain, service, user_handle, email, name, existing, lasting, expires_at } =
            options;
        let public_key = CreationOptionsView {
            challenge: encoded(&challenge),
            rp: PartyView { id: domain, name: service },
            user: UserView { id: encoded(&user_handle), name: email, display_name: name },
            pub_key_cred_params: CreationOptions::algorithms().map(|alg| ParametersView { kind: TYPE, alg }).into(),
            timeout: milliseconds(lasting),
            exclude_credentials: existing.into_iter().map(Into::into).collect(),
            // A key that can do neither is a second factor all the same.
            authenticator_selection: SelectionView {
                resident_key: "preferred",
                require_resident_key: false,
                user_verification: "preferred",
            },
            attestation: "none",
        };
        Self { public_key, expires_at: expires_at.to_string() }
    }
}

impl From<RequestOptions> for RequestView {
    fn from(options: RequestOptions) -> Self {
        let RequestOptions { challenge, domain: rp_id, allowed, must_verify, lasting, expires_at } = options;
        let public_key = RequestOptionsView {
            challenge: encoded(&challenge),
            rp_id,
            timeout: milliseconds(lasting),
            allow_credentials: allowed.into_iter().map(Into::into).collect(),
            user_verification: if must_verify { "required" } else { "preferred" },
        };
        Self { public_key, expires_at: expires_at.to_string() }
    }
}

impl From<Descriptor> for DescriptorView {
    fn from(Descriptor { credential, transports }: Descriptor) -> Self {
        Self { kind: TYPE, id: encoded(&credential), transports }
    }
}

fn encoded(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
