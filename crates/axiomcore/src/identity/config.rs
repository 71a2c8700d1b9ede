//! Configuration of identity.

use std::path::PathBuf;

use super::Algorithm;
use super::passkeys::{domain_of, is_domain};
use crate::config::{ByteSize, Checks, Fault, Period, Profile};

crate::settings! {
    /// Who may do what.
    pub struct Config in "identity" {
        /// A file with the administrator's API key, for installations that nobody watches at their first start. At least
        /// 32 characters at random, such as from `openssl rand -hex 32`. Other content replaces the key at the next start.
        pub bootstrap_token_file: Option<PathBuf> = None;
        /// How long a verified credential is trusted without looking again. One that is revoked ends at once on the node
        /// that revokes it and within a second on all others; a node that does not hear of revocations for five seconds
        /// looks each time.
        pub cache_time: Period = Period::seconds(30);
        /// How many verified credentials are remembered.
        pub cache_size: usize = 10_000;
        /// What passwords are hashed with. Hashes of the other kind still work, and are replaced at the next sign-in.
        pub password_algorithm: Algorithm = Algorithm::Argon2id;
        /// The memory that Argon2id takes for a hash, from 8MiB to 256MiB.
        pub password_memory: ByteSize = ByteSize::mib(19);
        /// How often Argon2id passes over that memory, from 1 to 10.
        pub password_passes: u32 = 2;
        /// The cost of bcrypt, from 10 to 15: one more takes twice the time.
        pub bcrypt_cost: u32 = 12;
        /// The fewest characters of a password, at least 8.
        pub password_length: usize = 12;
        /// How long an invitation or a new start with a forgotten password can be taken up.
        pub ticket_time: Period = Period::seconds(2 * 86_400);
        /// How soon after one ticket somebody who says that they have forgotten their password gets another.
        pub ticket_pause: Period = Period::seconds(300);
        /// Whether who invites somebody, or gives them a new start, can have the ticket in the answer and hand it on by
        /// themselves. Without it only mail brings tickets (`mail.hook_url`), so that nobody takes up another's.
        pub tickets_in_answers: bool = true, production = "false";
        /// How long a session lasts at most.
        pub session_time: Period = Period::seconds(30 * 86_400);
        /// How long a session lasts when it is not used.
        pub session_idle_time: Period = Period::seconds(12 * 3600);
        /// How long it is known that there was a session, after it has rested for longer than it may; then it is forgotten.
        /// The record of who signed in and out is the audit's, and stays.
        pub session_kept_time: Period = Period::seconds(30 * 86_400);
        /// How long an access token is good, from 1 to 60 minutes.
        pub access_token_time: Period = Period::seconds(600);
        /// Who issues access tokens, as they say themselves (`iss`): best the address under which others reach the service.
        /// Without it, what API keys begin with.
        pub token_issuer: String = String::new();
        /// Whom access tokens are for (`aud`). Without it, the issuer.
        pub token_audience: String = String::new();
        /// How many bits the keys have that access tokens are signed with: 2048, 3072 or 4096.
        pub signing_key_bits: usize = 3072;
        /// After how long such a key is replaced by a new one. Nobody is logged out by it.
        pub signing_key_time: Period = Period::seconds(30 * 86_400);
        /// How many passwords are hashed at the same time; who signs in beyond that is told to come again.
        pub hashes_at_once: usize = 4;
        /// How many more are hashed for people on devices that they have signed in with before, who wait for it if they must.
        pub hashes_for_known_devices: usize = 1;
        /// How often somebody may fail before they have to wait: a second, then twice as long each time. It is counted for
        /// each account and address by itself, and for each known device.
        pub free_failures: u32 = 5;
        /// How long they have to wait at most.
        pub longest_wait: Period = Period::seconds(900);
        /// How many failures of an account from anywhere within a quarter of an hour make unknown devices wait until it is
        /// over.
        pub account_failures: u32 = 20;
        /// How many failures from an address over all accounts within a quarter of an hour make it wait until it is over.
        pub address_failures: u32 = 100;
        /// How many accounts, addresses and devices failures are remembered of; some hundred bytes each.
        pub failures_remembered: usize = 100_000;
        /// How long a device is known after somebody signed in with it.
        pub device_time: Period = Period::seconds(180 * 86_400);
        /// How long somebody has for their second factor after the right password.
        pub challenge_time: Period = Period::seconds(300);
        /// The domain that passkeys belong to, such as `example.org`: browsers show them to pages of it and of what is below it.
        /// It cannot change, or nobody's passkey works any more. Without it, that of `passkey_origins`, of `mail.public_url`,
        /// or `localhost` if the server listens on this machine alone.
        pub passkey_domain: Option<String> = None;
        /// The origins whose pages may ask for passkeys, such as `https://agents.example.org`. Without them, that of
        /// `passkey_domain`, of `mail.public_url`, or of the server's own page.
        pub passkey_origins: Vec<String> = Vec::new();
        /// The roles of people who must have a second factor. Who has one of these roles and no factor can do nothing but
        /// enrol.
        pub factor_required_for: Vec<String> = Vec::new(), production = "admin";
    }
}

impl Checks for Config {
    fn check(&self, profile: Profile) -> Vec<Fault> {
        let mut faults = self.faults_of_passkeys(profile);
        let mut refuse = |wrong: bool, key: &str, why: &str| {
            if wrong {
                faults.push(Fault::new(format!("identity.{key}"), why));
            }
        };
        let memory = ByteSize::mib(8)..=ByteSize::mib(256);
        refuse(!memory.contains(&self.password_memory), "password_memory", "from 8MiB to 256MiB");
        refuse(!(1..=10).contains(&self.password_passes), "password_passes", "from 1 to 10");
        refuse(!(10..=15).contains(&self.bcrypt_cost), "bcrypt_cost", "from 10 to 15");
        refuse(!(8..=64).contains(&self.password_length), "password_length", "from 8 to 64");
        let at_least_one = "nobody could ever sign in: at least 1";
        refuse(self.hashes_at_once == 0, "hashes_at_once", at_least_one);
        refuse(self.free_failures == 0, "free_failures", at_least_one);
        refuse(self.account_failures == 0, "account_failures", at_least_one);
        refuse(self.address_failures == 0, "address_failures", at_least_one);
        let kept = self.hashes_for_known_devices;
        refuse(kept == 0, "hashes_for_known_devices", "a flood of strangers would keep everybody out: at least 1");
        refuse(self.failures_remembered < 1_000, "failures_remembered", "at least 1000");
        let minutes = Period::seconds(60)..=Period::seconds(3600);
        refuse(!minutes.contains(&self.access_token_time), "access_token_time", "from 1 to 60 minutes");
        refuse(![2048, 3072, 4096].contains(&self.signing_key_bits), "signing_key_bits", "2048, 3072 or 4096");
        let hour = Period::seconds(3600);
        refuse(
            self.signing_key_time < hour,
            "signing_key_time",
            "keys are published before they sign: at least an hour",
        );
        faults
    }
}

impl Config {
    /// Browsers would not make passkeys, or not show them, and nobody would know why.
    fn faults_of_passkeys(&self, profile: Profile) -> Vec<Fault> {
        let mut faults = Vec::new();
        let domain = self.passkey_domain.clone();
        if domain.as_ref().is_some_and(|domain| !is_domain(domain)) {
            let why = "expected a domain in small letters, such as example.org, without a port";
            faults.push(Fault::new("identity.passkey_domain".to_owned(), why));
        }
        let domain = domain.or_else(|| self.passkey_origins.first().and_then(|origin| domain_of(origin)));
        for origin in &self.passkey_origins {
            let own = domain_of(origin).filter(|_| profile != Profile::Production || origin.starts_with("https://"));
            let why = match (own, &domain) {
                (None, _) => format!("{origin} is no origin that browsers give passkeys to: https:// and a domain"),
                (Some(own), Some(domain)) if own != *domain && !own.ends_with(&format!(".{domain}")) => {
                    format!("{origin} is not below {domain}, to which passkeys belong (`identity.passkey_domain`)")
                }
                _ => continue,
            };
            faults.push(Fault::new("identity.passkey_origins".to_owned(), why));
        }
        faults
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_browsers_would_not_give_passkeys_to_is_refused_at_the_start() {
        let faults = |domain: Option<&str>, origins: &[&str], profile| {
            let origins = origins.iter().map(|origin| (*origin).to_owned()).collect();
            let config =
                Config { passkey_domain: domain.map(Into::into), passkey_origins: origins, ..Config::default() };
            config.check(profile).into_iter().map(|fault| fault.key).collect::<Vec<_>>()
        };
        let none: [&str; 0] = [];
        assert_eq!(faults(Some("example.org"), &["https://a.example.org"], Profile::Production), none);
        assert_eq!(faults(None, &["http://localhost:8080"], Profile::Development), none);
        assert_eq!(faults(None, &["http://localhost:8080"], Profile::Production), ["identity.passkey_origins"]);
        for domain in ["Example.org", "https://example.org", "example.org:8080", "192.0.2.7", ""] {
            assert_eq!(faults(Some(domain), &[], Profile::Production), ["identity.passkey_domain"], "{domain}");
        }
        for origin in ["http://example.org", "https://192.0.2.7", "https://example.org/", "example.org"] {
            assert_eq!(faults(None, &[origin], Profile::Development), ["identity.passkey_origins"], "{origin}");
        }
        let apart = &["https://example.org", "https://badexample.org"];
        assert_eq!(faults(None, apart, Profile::Production), ["identity.passkey_origins"]);
    }
}
