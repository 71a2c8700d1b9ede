//! What is kept: the account and the certificate, sealed, and the answers that are public while they are needed.

use super::AcmeError;
use super::authority::Ordered;
use crate::sealing::{SealedColumn, Sealer};
use crate::store::{Connection, Database, Error};

const ACCOUNT: &str = "acme account";
const CERTIFICATE: &str = "acme certificate";

/// What is kept sealed.
pub const SEALED: &[SealedColumn] = &[
    SealedColumn {
        what: "accounts with certificate authorities",
        table: "acme_accounts",
        id: "directory",
        column: "sealed",
        purpose: |_| ACCOUNT.to_owned(),
    },
    SealedColumn {
        what: "certificates with their keys",
        table: "acme_certificates",
        id: "id",
        column: "sealed",
        purpose: |_| CERTIFICATE.to_owned(),
    },
];

/// The tables, with what seals what lies in them.
#[derive(Clone, Debug)]
pub(super) struct Store {
    pub(super) database: Database,
    pub(super) sealer: Sealer,
}

/// A certificate as it is kept.
#[derive(serde::Serialize, serde::Deserialize)]
struct Kept {
    chain: String,
    key: String,
}

impl Store {
    pub(super) async fn account(&self, directory: &str) -> Result<Option<Vec<u8>>, AcmeError> {
        let directory = directory.to_owned();
        let sealed = self.database.read(move |connection| {
            let sql = "SELECT sealed FROM acme_accounts WHERE directory = $1";
            let rows = connection.query(sql, &[directory.as_str().into()])?;
            rows.into_iter().next().map(|mut row| row.bytes(0)).transpose()
        });
        let Some(sealed) = sealed.await? else { return Ok(None) };
        Ok(Some(self.sealer.open(ACCOUNT, &sealed)?.expose().clone()))
    }

    pub(super) async fn keep_account(&self, directory: &str, text: Vec<u8>) -> Result<(), AcmeError> {
        let (directory, sealed) = (directory.to_owned(), self.sealer.seal(ACCOUNT, &text)?);
        let kept = self.database.write(move |connection| {
            let sql = "INSERT INTO acme_accounts (directory, sealed) VALUES ($1, $2) \
                       ON CONFLICT (directory) DO UPDATE SET sealed = excluded.sealed";
            connection.execute(sql, &[directory.as_str().into(), sealed.as_slice().into()])
        });
        Ok(kept.await.map(drop)?)
    }

    /// Tells all nodes what to answer who asks for this token.
    pub(super) async fn answer(&self, token: &str, answer: &str) -> Result<(), AcmeError> {
        let (token, answer) = (token.to_owned(), answer.to_owned());
        let told = self.database.write(move |connection| {
            let sql = "INSERT INTO acme_challenges (token, answer) VALUES ($1, $2) \
                       ON CONFLICT (token) DO UPDATE SET answer = excluded.answer";
            connection.execute(sql, &[token.as_str().into(), answer.as_str().into()])
        });
        Ok(told.await.map(drop)?)
    }

    pub(super) async fn forget_answers(&self, tokens: Vec<String>) -> Result<(), AcmeError> {
        let forgotten = self.database.write(move |connection| {
            tokens.iter().try_for_each(|token| {
                let sql = "DELETE FROM acme_challenges WHERE token = $1";
                connection.execute(sql, &[token.as_str().into()]).map(drop)
            })
        });
        Ok(forgotten.await?)
    }

    /// The certificate that is kept, with its key.
    pub(super) async fn certificate(&self, id: &str) -> Result<Option<Ordered>, AcmeError> {
        let id = id.to_owned();
        let sealed = self.database.read(move |connection| {
            let sql = "SELECT sealed FROM acme_certificates WHERE id = $1 AND sealed IS NOT NULL";
            let rows = connection.query(sql, &[id.as_str().into()])?;
            rows.into_iter().next().map(|mut row| row.bytes(0)).transpose()
        });
        let Some(sealed) = sealed.await? else { return Ok(None) };
        let plain = self.sealer.open(CERTIFICATE, &sealed)?;
        let kept: Kept = serde_json::from_slice(plain.expose())
            .map_err(|_| Error::Corrupt("the certificate got by ACME is none".to_owned()))?;
        Ok(Some(Ordered { chain: kept.chain, key: kept.key }))
    }

    pub(super) async fn keep_certificate(&self, id: &str, ordered: &Ordered) -> Result<(), AcmeError> {
        let kept = Kept { chain: ordered.chain.clone(), key: ordered.key.clone() };
        let plain = serde_json::to_vec(&kept).map_err(|error| Error::Failed(error.to_string()))?;
        let (id, sealed) = (id.to_owned(), self.sealer.seal(CERTIFICATE, &plain)?);
        let kept = self.database.write(move |connection| {
            let sql = "UPDATE acme_certificates SET sealed = $2, failures = 0, not_before = 0, lease_until = 0 \
                       WHERE id = $1";
            connection.execute(sql, &[id.as_str().into(), sealed.as_slice().into()])
        });
        Ok(kept.await.map(drop)?)
    }
}

/// The answer to a question of the authority.
pub(super) fn answer_to(connection: &mut dyn Connection, token: &str) -> Result<Option<String>, Error> {
    let rows = connection.query("SELECT answer FROM acme_challenges WHERE token = $1", &[token.into()])?;
    rows.into_iter().next().map(|mut row| row.text(0)).transpose()
}
