//! What somebody shows once more who is in: for what a session that was stolen must not be enough for.

use serde::Deserialize;
use utoipa::ToSchema;

use super::passkeys::AssertionBody;
use crate::config::Secret;
use crate::http::Problem;
use crate::http::codes::INVALID_BODY;
use crate::identity::Proof;

/// The password, and of who has a factor one of `code` (of the app), `recovery_code` and `passkey`.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PasswordAndFactor)]
pub struct ProofBody {
    #[schema(max_length = 1024)]
    password: String,
    #[schema(max_length = 64)]
    code: Option<String>,
    #[schema(max_length = 64)]
    recovery_code: Option<String>,
    passkey: Option<AssertionBody>,
}

impl ProofBody {
    /// The password, and the factor if one is shown.
    pub(super) fn shown(self) -> Result<(Secret<String>, Option<Proof>), Problem> {
        let Self { password, code, recovery_code, passkey } = self;
        Ok((Secret::new(password), proof_of(code, recovery_code, passkey)?))
    }

    /// The same where a factor has to be there.
    pub(super) fn whole(self) -> Result<(Secret<String>, Proof), Problem> {
        let (password, proof) = self.shown()?;
        Ok((password, needed(proof)?))
    }
}

/// What was shown of a factor, if anything was.
pub(super) fn proof_of(
    code: Option<String>,
    recovery_code: Option<String>,
    passkey: Option<AssertionBody>,
) -> Result<Option<Proof>, Problem> {
    let code = code.map(|code| Proof::Code(Secret::new(code)));
    let recovery_code = recovery_code.map(|code| Proof::RecoveryCode(Secret::new(code)));
    let passkey = passkey.map(|shown| Proof::Passkey(Box::new(shown.into())));
    let mut shown = [code, recovery_code, passkey].into_iter().flatten();
    let first = shown.next();
    if shown.next().is_some() {
        Err(unclear("one of `code`, `recovery_code` and `passkey` is enough"))
    } else {
        Ok(first)
    }
}

/// What has to be there.
pub(super) fn needed(proof: Option<Proof>) -> Result<Proof, Problem> {
    proof.ok_or_else(|| unclear("one of `code`, `recovery_code` and `passkey` is needed"))
}

fn unclear(detail: &str) -> Problem {
    Problem::new(&INVALID_BODY).detail(detail).pointer("/code")
}
