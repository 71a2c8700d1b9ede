//! Configuration of mail.

use std::path::PathBuf;

use crate::config::{Checks, Fault, Period, Profile, Secret};

crate::settings! {
    /// How tickets reach people: a program of yours takes letters over HTTP and mails them.
    pub struct Config in "mail" {
        /// Where letters are posted to, as JSON with `to`, `subject`, `text`, `kind` (`invitation` or `new_start`) and
        /// `link`. Over `https://` the system's authorities are believed. Empty: nothing is mailed.
        pub hook_url: Option<String> = None;
        /// What letters are signed with: `X-Webhook-Signature: sha256=` and the HMAC-SHA-256, in hexadecimal, of
        /// `X-Webhook-Id`, `X-Webhook-Timestamp` (seconds) and the body, with dots between them. A letter may arrive twice,
        /// with the same `X-Webhook-Id`. A `mail.hook_secret_file` is read for each letter. It may hold several secrets, one a
        /// line: then there is a signature with each, with commas between them, and a letter is ours if one of them holds.
        pub hook_secret: Option<Secret<String>> = None;
        /// How long the hook may take to answer.
        pub hook_timeout: Period = Period::seconds(10);
        /// How often a letter is tried, with longer and longer pauses in between: 1 s, 2 s, 4 s, up to a quarter of an hour.
        /// What waits is in the database, and is tried by whichever node is there, also after a restart. A letter is given up
        /// earlier when its ticket has expired.
        pub attempts: u32 = 20;
        /// How many letters wait for the hook at most, of all nodes; none is written beyond that.
        pub waiting: usize = 1_000;
        /// A file that letters are appended to in place of a hook, one a line, for development. Whoever reads it can take
        /// up the tickets in it; production refuses it.
        pub file: Option<PathBuf> = None;
        /// The address under which people reach the server, such as `https://agents.example.org`: links in letters begin
        /// with it.
        pub public_url: Option<String> = None;
    }
}

impl Checks for Config {
    fn check(&self, profile: Profile) -> Vec<Fault> {
        let mut faults = Vec::new();
        let mut refuse = |wrong: bool, key: &str, why: &str| {
            if wrong {
                faults.push(Fault::new(format!("mail.{key}"), why));
            }
        };
        let production = profile == Profile::Production;
        let is_url = |url: &String| url.starts_with("https://") || url.starts_with("http://");
        let hook = self.hook_url.as_ref();
        let exposed = hook.is_some_and(|url| url.starts_with("http://") && !is_local(url));
        refuse(
            hook.is_some_and(|url| !is_url(url)),
            "hook_url",
            "expected an address that begins with https:// or http://",
        );
        refuse(
            production && exposed,
            "hook_url",
            "production sends no tickets over a network in the clear: begin it with https://, or run the hook on this machine",
        );
        refuse(
            production && hook.is_some() && self.hook_secret.is_none(),
            "hook_secret",
            "the hook could not tell our letters from others: a text at random, such as from `openssl rand -hex 32`",
        );
        refuse(hook.is_some() && self.file.is_some(), "file", "either a hook or a file");
        refuse(production && self.file.is_some(), "file", "production leaves no tickets in a file: use hook_url");
        let public = self.public_url.as_ref();
        refuse(
            public.is_some_and(|url| !is_url(url) || url.ends_with('/') || url.contains(['?', '#'])),
            "public_url",
            "expected an address such as https://agents.example.org, without a slash at its end",
        );
        refuse(
            production && public.is_some_and(|url| !url.starts_with("https://")),
            "public_url",
            "production sends people to https:// only",
        );
        refuse(!(1..=200).contains(&self.attempts), "attempts", "from 1 to 200");
        refuse(!(1..=100_000).contains(&self.waiting), "waiting", "from 1 to 100000");
        faults
    }
}

/// Whether a hook is on this machine.
fn is_local(url: &str) -> bool {
    let host = url.split_once("://").map_or(url, |(_, rest)| rest).split(['/', '?', '#']).next().unwrap_or_default();
    let name = host.rsplit_once(':').map_or(host, |(name, port)| if port.ends_with(']') { host } else { name });
    ["localhost", "127.0.0.1", "[::1]"].contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(config: &Config, profile: Profile) -> Vec<String> {
        config.check(profile).into_iter().map(|fault| fault.key).collect()
    }

    #[test]
    fn production_sends_tickets_only_where_nobody_reads_along() {
        let hook = |url: &str| Config {
            hook_url: Some(url.into()),
            hook_secret: Some(Secret::new("s".into())),
            ..Config::default()
        };
        for good in ["https://hooks.example.org/x", "http://127.0.0.1:8025/", "http://[::1]:8025", "http://localhost"] {
            assert_eq!(faults(&hook(good), Profile::Production), [""; 0], "{good}");
        }
        for bad in ["http://hooks.example.org", "http://127.0.0.1.example.org:80/", "http://127.0.0.1@example.org/"] {
            assert_eq!(faults(&hook(bad), Profile::Production), ["mail.hook_url"], "{bad}");
            assert_eq!(faults(&hook(bad), Profile::Development), [""; 0], "{bad}");
        }
        let unsigned = Config { hook_secret: None, ..hook("https://hooks.example.org") };
        assert_eq!(faults(&unsigned, Profile::Production), ["mail.hook_secret"]);
        let file = Config { file: Some("letters".into()), ..Config::default() };
        assert_eq!(faults(&file, Profile::Production), ["mail.file"]);
        for url in ["agents.example.org", "https://a.example/", "https://a.example?x", "http://a.example"] {
            let config = Config { public_url: Some(url.into()), ..Config::default() };
            assert!(faults(&config, Profile::Production).contains(&"mail.public_url".to_owned()), "{url}");
        }
    }
}
