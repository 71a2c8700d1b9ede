//! Configuration of Redis.

use std::net::IpAddr;
use std::path::PathBuf;

use redis::{ConnectionAddr, IntoConnectionInfo};

use crate::config::{Checks, Fault, Period, Profile, Secret};

crate::settings! {
    /// Redis, which several nodes share; one node alone needs none. When it is lost, every node goes on by itself.
    pub struct Config in "redis" {
        /// Where it is: `redis://host:6379` or, with TLS, `rediss://host:6379`, then `/` and the number of a database if it
        /// is not 0. Empty means that there is none.
        pub url: Option<Secret<String>> = None;
        /// Its password, if it has one that does not stand in the URL. While Redis is lost, files with secrets are read again
        /// (`redis.password_file`, `redis.url_file`), so that it is found when its password was changed.
        pub password: Option<Secret<String>> = None;
        /// A file with the certificates that its certificate is checked against, instead of the system's (PEM).
        pub tls_ca: Option<PathBuf> = None;
        /// What all keys begin with. Installations that share a Redis need different ones.
        pub prefix: String = "axiom:".into();
        /// How long an answer may take; a slower Redis counts as lost.
        pub timeout: Period = Period::millis(50);
        /// How long connecting may take.
        pub connect_timeout: Period = Period::seconds(2);
        /// How often it is asked whether it is there.
        pub watch_interval: Period = Period::seconds(1);
    }
}

impl Config {
    /// The same with what the files of its secrets say by now, if one says something else.
    ///
    /// # Errors
    /// Why that may not be used, or why a file cannot be read.
    pub(super) fn renewed(&self, profile: Profile) -> Result<Option<Self>, String> {
        let again = |secret: &Option<Secret<String>>| secret.as_ref().map(Secret::renewed).transpose();
        let (url, password) = (again(&self.url), again(&self.password));
        let (url, password) = (url.map_err(|error| error.to_string())?, password.map_err(|error| error.to_string())?);
        let (url, password) = (url.flatten(), password.flatten());
        if url.is_none() && password.is_none() {
            return Ok(None);
        }
        let mut renewed = self.clone();
        renewed.url = url.or(renewed.url);
        renewed.password = password.or(renewed.password);
        match renewed.check(profile).into_iter().next() {
            Some(fault) => Err(fault.to_string()),
            None => Ok(Some(renewed)),
        }
    }
}

impl Checks for Config {
    fn check(&self, profile: Profile) -> Vec<Fault> {
        let mut faults = Vec::new();
        let mut refuse = |wrong: bool, key: &str, why: &str| {
            if wrong {
                faults.push(Fault::new(format!("redis.{key}"), why));
            }
        };
        for (key, period) in [
            ("timeout", self.timeout),
            ("connect_timeout", self.connect_timeout),
            ("watch_interval", self.watch_interval),
        ] {
            refuse(period.duration().is_zero(), key, "longer than nothing");
        }
        let Some(url) = self.url.as_ref().map(Secret::expose) else { return faults };
        let known = url.as_str().into_connection_info().ok().map(|info| info.addr().clone());
        let (is_tls, host) = match known {
            Some(ConnectionAddr::TcpTls { host, .. }) => (true, host),
            Some(ConnectionAddr::Tcp(host, _)) => (false, host),
            _ => {
                refuse(true, "url", "expected a URL such as redis://host:6379 or rediss://host:6379");
                return faults;
            }
        };
        refuse(self.tls_ca.is_some() && !is_tls, "tls_ca", "means something only with rediss:// in redis.url");
        let in_the_clear = profile == Profile::Production && !is_tls && !is_local(&host);
        refuse(
            in_the_clear,
            "url",
            "production does not send the password over a network in the clear: use rediss://, which is Redis with TLS",
        );
        faults
    }
}

fn is_local(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}
