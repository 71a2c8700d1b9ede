//! How a command line sets what can be set: flags for what is set often, `--set` for all the rest.

use std::path::PathBuf;

use axiomcore::config::{Faults, Settings, Sources};

use super::settings::schema;
use crate::exit::Failure;

/// Settings from the command line; they win over the environment, which wins over the file.
#[derive(Debug, Default, clap::Args)]
#[command(next_help_heading = "Settings")]
pub(crate) struct Arguments {
    /// A configuration file (TOML).
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The folder with the data (`server.data`); `data` without it.
    #[arg(long, value_name = "DIR")]
    data: Option<String>,
    /// The address to listen on (`http.listen`); port 0 takes a free one.
    #[arg(long, value_name = "ADDR")]
    listen: Option<String>,
    /// The address for metrics (`http.metrics_listen`); empty turns it off.
    #[arg(long, value_name = "ADDR")]
    metrics_listen: Option<String>,
    /// What the installation is for: development, staging or production, which refuses unsafe settings.
    #[arg(long, value_name = "NAME")]
    profile: Option<String>,
    /// A file with the administrator's key (`identity.bootstrap_token_file`), at least 32 characters at random.
    #[arg(long, value_name = "FILE")]
    bootstrap_token_file: Option<String>,
    /// The server's certificate with those between it and its authority, in PEM (`tls.certificate`): the server speaks TLS.
    #[arg(long, value_name = "FILE")]
    tls_cert: Option<String>,
    /// The certificate's key, in PEM, which not everybody may read (`tls.key`).
    #[arg(long, value_name = "FILE")]
    tls_key: Option<String>,
    /// A proxy in front of the server ends TLS (`http.behind_proxy`), so it may listen beyond this machine.
    #[arg(long)]
    behind_proxy: bool,
    /// Any other setting, such as `http.body_limit=2MiB`. May be given several times.
    #[arg(long, value_name = "KEY=VALUE", value_parser = assignment)]
    set: Vec<(String, String)>,
}

impl Arguments {
    /// Those of a command that works on an installation without serving it.
    pub(crate) fn of_installation(config: Option<PathBuf>, data: Option<String>) -> Self {
        Self { config, data, ..Self::default() }
    }

    /// With settings beside.
    pub(crate) fn with(mut self, settings: impl Iterator<Item = (String, String)>) -> Self {
        self.set.extend(settings);
        self
    }

    /// What is in force: defaults, the profile, the file, the environment, these.
    pub(crate) fn load(&self) -> Result<Settings, Failure> {
        self.try_load().map_err(|faults| refused(&faults))
    }

    /// The same, or everything that is wrong with them.
    pub(crate) fn try_load(&self) -> Result<Settings, Faults> {
        schema().load(&self.sources())
    }

    fn sources(&self) -> Sources {
        let named = [
            ("--data", "server.data", &self.data),
            ("--listen", "http.listen", &self.listen),
            ("--metrics-listen", "http.metrics_listen", &self.metrics_listen),
            ("--profile", "profile", &self.profile),
            ("--tls-cert", "tls.certificate", &self.tls_cert),
            ("--tls-key", "tls.key", &self.tls_key),
            ("--bootstrap-token-file", "identity.bootstrap_token_file", &self.bootstrap_token_file),
        ];
        let named = named.into_iter().filter_map(|(flag, key, value)| Some(given(flag, key, value.as_deref()?)));
        let proxy = self.behind_proxy.then(|| given("--behind-proxy", "http.behind_proxy", "true"));
        let set = self.set.iter().map(|(key, value)| given(&format!("--set {key}"), key, value));
        Sources {
            file: self.config.clone(),
            environment: environment(),
            flags: named.chain(proxy).chain(set).collect(),
        }
    }
}

fn given(flag: &str, key: &str, value: &str) -> (String, String, String) {
    (flag.to_owned(), key.to_owned(), value.to_owned())
}

fn assignment(text: &str) -> Result<(String, String), String> {
    let (key, value) = text.split_once('=').ok_or("expected KEY=VALUE, such as http.body_limit=2MiB")?;
    Ok((key.to_owned(), value.to_owned()))
}

/// The environment. What is no UTF-8 is no value of ours, and is refused as what it looks like.
fn environment() -> Vec<(String, String)> {
    let text = |text: std::ffi::OsString| text.to_string_lossy().into_owned();
    std::env::vars_os().map(|(name, value)| (text(name), text(value))).collect()
}

fn refused(faults: &Faults) -> Failure {
    let mend = "correct what is named; `freeagentics config` explains every setting";
    Failure::usage("wrong_settings", faults, mend)
}
