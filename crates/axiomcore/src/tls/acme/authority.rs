//! The conversation with the authority: an account, an order, the proof, the certificate.

use std::sync::Arc;

use instant_acme::{
    Account, AccountCredentials, AuthorizationStatus, ChallengeType, Identifier, NewAccount, NewOrder, Order,
    OrderStatus, RetryPolicy,
};
use rcgen::{CertificateParams, DistinguishedName, KeyPair};
use rustls::ClientConfig;

use super::AcmeError;
use super::connection::Connections;
use super::store::Store;

/// What is ordered, and where.
#[derive(Clone, Debug)]
pub(super) struct Wanted {
    pub(super) directory: String,
    pub(super) domains: Vec<String>,
    pub(super) contact: Vec<String>,
}

/// A chain with its key, in PEM.
pub(super) struct Ordered {
    pub(super) chain: String,
    pub(super) key: String,
}

impl Wanted {
    /// Orders a certificate; `store` keeps the account and tells all nodes what to answer.
    pub(super) async fn order(&self, tls: Arc<ClientConfig>, store: &Store) -> Result<Ordered, AcmeError> {
        let account = self.account(tls, store).await?;
        let names: Vec<Identifier> = self.domains.iter().cloned().map(Identifier::Dns).collect();
        let mut order = account.new_order(&NewOrder::new(&names)).await.map_err(|error| self.failed(error))?;
        let mut tokens = Vec::new();
        let proved = self.prove(&mut order, store, &mut tokens).await;
        // Whether or not it was believed, nobody needs the answers any more.
        store.forget_answers(tokens).await?;
        proved?;
        self.fetch(&mut order).await
    }

    async fn account(&self, tls: Arc<ClientConfig>, store: &Store) -> Result<Account, AcmeError> {
        let builder = Account::builder_with_http(Box::new(Connections(tls)));
        let known = store.account(&self.directory).await?;
        if let Some(credentials) = known.and_then(|text| serde_json::from_slice::<AccountCredentials>(&text).ok()) {
            return builder.from_credentials(credentials).await.map_err(|error| self.failed(error));
        }
        let contact: Vec<&str> = self.contact.iter().map(String::as_str).collect();
        let new = NewAccount { contact: &contact, terms_of_service_agreed: true, only_return_existing: false };
        let made = builder.create(&new, self.directory.clone(), None).await;
        let (account, credentials) = made.map_err(|error| self.failed(error))?;
        let text = serde_json::to_vec(&credentials).map_err(|error| self.failed(error.into()))?;
        store.keep_account(&self.directory, text).await?;
        Ok(account)
    }

    /// Answers every question about whether the names are ours.
    async fn prove(&self, order: &mut Order, store: &Store, tokens: &mut Vec<String>) -> Result<(), AcmeError> {
        let mut authorizations = order.authorizations();
        while let Some(authorization) = authorizations.next().await {
            let mut authorization = authorization.map_err(|error| self.failed(error))?;
            let name = authorization.identifier().to_string();
            match authorization.status {
                AuthorizationStatus::Valid => continue,
                AuthorizationStatus::Pending => {}
                _ => return Err(AcmeError::NotOurs(name, "it said so before".into())),
            }
            let challenge = authorization.challenge(ChallengeType::Http01);
            let mut challenge = challenge.ok_or_else(|| AcmeError::NoChallenge(name))?;
            store.answer(&challenge.token, challenge.key_authorization().as_str()).await?;
            tokens.push(challenge.token.clone());
            challenge.set_ready().await.map_err(|error| self.failed(error))?;
        }
        let unproved = |why: String| AcmeError::NotOurs(self.domains.join(", "), why);
        match order.poll_ready(&RetryPolicy::default()).await {
            Ok(OrderStatus::Ready | OrderStatus::Valid) => Ok(()),
            Ok(status) => Err(unproved(format!("the order is {status:?}"))),
            Err(instant_acme::Error::Api(problem)) => Err(unproved(problem.to_string())),
            Err(error) => Err(self.failed(error)),
        }
    }

    /// A new key for every certificate: what leaks with one is worth nothing with the next.
    async fn fetch(&self, order: &mut Order) -> Result<Ordered, AcmeError> {
        let key = KeyPair::generate()?;
        let mut about = CertificateParams::new(self.domains.clone())?;
        about.distinguished_name = DistinguishedName::new();
        let request = about.serialize_request(&key)?;
        order.finalize_csr(request.der()).await.map_err(|error| self.failed(error))?;
        let chain = order.poll_certificate(&RetryPolicy::default()).await.map_err(|error| self.failed(error))?;
        Ok(Ordered { chain, key: key.serialize_pem() })
    }

    fn failed(&self, error: instant_acme::Error) -> AcmeError {
        AcmeError::Authority(self.directory.clone(), error)
    }
}
