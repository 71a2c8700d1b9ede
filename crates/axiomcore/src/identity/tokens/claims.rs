//! What a token says.

use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;

/// By how much the clocks of two nodes may differ, in seconds.
const LEEWAY: i64 = 30;

/// The claims of a token; times in seconds since 1970.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::identity) struct Claims {
    /// Who issued it.
    pub(super) iss: String,
    /// For whom.
    pub(super) aud: String,
    /// The user.
    pub(in crate::identity) sub: String,
    /// The workspace.
    pub(in crate::identity) ws: i64,
    /// The session.
    pub(in crate::identity) sid: String,
    /// Its own id.
    pub(super) jti: String,
    pub(super) iat: i64,
    pub(super) nbf: i64,
    pub(super) exp: i64,
}

impl Claims {
    /// Whether a token with these claims is from here, for here, and good now. Its end is taken to the second; only a
    /// beginning may lie a little ahead, because another node's clock may.
    pub(super) fn hold(&self, issuer: &str, audience: &str, now: Timestamp) -> bool {
        let seconds = now.0.div_euclid(1000);
        let has_begun = self.nbf <= seconds + LEEWAY && self.iat <= seconds + LEEWAY;
        self.iss == issuer && self.aud == audience && has_begun && now < self.expires_at() && self.iat <= self.exp
    }

    /// When it ends.
    pub(in crate::identity) fn expires_at(&self) -> Timestamp {
        Timestamp(self.exp.saturating_mul(1000))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claims() -> Claims {
        let (iss, aud, sub, sid, jti) = ("here".into(), "us".into(), "ann".into(), "s".into(), "t".into());
        Claims { iss, aud, sub, ws: 1, sid, jti, iat: 1_000, nbf: 1_000, exp: 1_600 }
    }

    fn holds(claims: &Claims, seconds: i64) -> bool {
        claims.hold("here", "us", Timestamp(seconds * 1000))
    }

    #[test]
    fn claims_hold_from_their_beginning_to_their_end_here() {
        let good = claims();
        assert!(holds(&good, 1_000) && holds(&good, 1_599) && holds(&good, 970));
        assert!(!holds(&good, 1_600) && !holds(&good, 969) && !holds(&good, i64::MAX / 1000));
        for wrong in [
            Claims { iss: "there".into(), ..claims() },
            Claims { aud: "them".into(), ..claims() },
            Claims { nbf: 1_100, ..claims() },
            Claims { iat: 1_100, ..claims() },
            Claims { exp: 0, ..claims() },
            Claims { exp: i64::MIN, ..claims() },
        ] {
            assert!(!holds(&wrong, 1_000), "{wrong:?}");
        }
    }
}
