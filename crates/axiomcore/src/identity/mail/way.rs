//! How letters leave: posted to the operators' hook, or appended to a file.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use std::time::Duration;

use ring::hmac;
use ureq::Agent;

use super::{Config, Letter};
use crate::clock::Timestamp;
use crate::config::Secret;
use crate::{hex, tls};

/// Where letters go.
pub(super) enum Way {
    Hook(Box<Hook>),
    File(PathBuf),
    Nowhere,
}

/// The operators' own address: nothing of it comes from users.
pub(super) struct Hook {
    agent: Agent,
    url: String,
    secret: Option<Secret<String>>,
}

impl Way {
    pub(super) fn of(config: &Config) -> Self {
        match (&config.hook_url, &config.file) {
            (Some(url), _) => {
                let (url, secret) = (url.clone(), config.hook_secret.clone());
                Self::Hook(Box::new(Hook { agent: agent(config.hook_timeout.duration()), url, secret }))
            }
            (None, Some(file)) => Self::File(file.clone()),
            (None, None) => Self::Nowhere,
        }
    }

    /// Sends a letter; blocks. Why it could not be sent holds nothing of what is in it.
    pub(super) fn send(&self, letter: &Letter, now: Timestamp) -> Result<(), String> {
        match self {
            Self::Hook(hook) => hook.post(letter, now),
            Self::File(file) => append(file, letter).map_err(|error| error.to_string()),
            Self::Nowhere => Err("no way to send mail is set up".into()),
        }
    }
}

fn agent(timeout: Duration) -> Agent {
    let config = Agent::config_builder().http_status_as_error(false).max_redirects(0).proxy(None);
    config.timeout_global(Some(timeout)).tls_config(tls::system()).build().new_agent()
}

impl Hook {
    fn post(&self, letter: &Letter, now: Timestamp) -> Result<(), String> {
        let (id, seconds) = (&letter.id, now.0 / 1_000);
        let mut request = self.agent.post(&self.url).header("content-type", "application/json");
        request = request.header("x-webhook-id", id).header("x-webhook-timestamp", seconds.to_string());
        if let Some(secret) = &self.secret {
            // One that was withdrawn meanwhile signs nothing: a letter waits rather.
            let renewed = secret.renewed().map_err(|error| error.to_string())?;
            let signatures = signatures(renewed.as_ref().unwrap_or(secret), &format!("{id}.{seconds}."), letter);
            request = request.header("x-webhook-signature", signatures);
        }
        let answer = request.send(letter.body()).map_err(|error| error.to_string())?;
        if answer.status().is_success() { Ok(()) } else { Err(format!("the hook answered {}", answer.status())) }
    }
}

/// With each secret, so that the hook may know the old one while the new one is on its way to it.
fn signatures(secrets: &Secret<String>, before: &str, letter: &Letter) -> String {
    let each = secrets.expose().lines().filter(|line| !line.is_empty()).map(|secret| signature(secret, before, letter));
    each.collect::<Vec<_>>().join(", ")
}

/// Over what makes a letter this one at this time, so that one that was overheard cannot be sent again as another.
fn signature(secret: &str, before: &str, letter: &Letter) -> String {
    let mut context = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes()));
    context.update(before.as_bytes());
    context.update(letter.body().as_bytes());
    format!("sha256={}", hex::encode(context.sign().as_ref()))
}

/// Only its owner reads the file.
fn append(file: &Path, letter: &Letter) -> std::io::Result<()> {
    let mut file = OpenOptions::new().create(true).append(true).mode(0o600).open(file)?;
    file.write_all(format!("{}\n", letter.body()).as_bytes())
}
