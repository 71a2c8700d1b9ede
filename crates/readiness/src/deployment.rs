//! Which service is examined, and how proofs come to it.

use std::path::PathBuf;

use crate::profile::{Profile, ServiceProfile};
use crate::proofs::Bench;
use crate::service::{Client, Endpoint, Service, Started, credential, start};

/// Which service is examined.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deployment {
    /// None: what needs one is not run.
    None,
    /// The one that the profile says how to start: with empty data, ended afterwards. Requests may change things in it.
    Started,
    /// One that runs already. Nothing in it is changed.
    At {
        /// Scheme, host and port.
        url: String,
        /// Where its metrics are.
        metrics_url: Option<String>,
        /// A credential for it.
        token: Option<String>,
        /// The file that the credential is in.
        token_file: Option<PathBuf>,
    },
}

/// Makes the service known to the proofs; what is returned ends it when it is dropped.
pub(crate) fn deploy(profile: &Profile, deployment: &Deployment, bench: &mut Bench<'_>) -> Option<Started> {
    match deployment {
        Deployment::None => None,
        Deployment::At { url, metrics_url, token, token_file } => {
            let bearer = "authorization: Bearer {token}";
            let template = profile.service.as_ref().map_or(bearer, |service| &service.credential);
            if let Some(file) = token_file {
                bench.blanks.set("token_file", file.display().to_string());
            }
            let credential = token.as_ref().and_then(|token| credential(template, token));
            let (url, metrics_url) = (url.trim_end_matches('/').to_owned(), metrics_url.clone());
            run_on(bench, Endpoint { url, metrics_url, credential, is_disposable: false, client: Client::new() });
            None
        }
        Deployment::Started => match started(profile.service.as_ref(), bench) {
            Ok((started, endpoint)) => {
                run_on(bench, endpoint);
                Some(started)
            }
            Err(why) => {
                bench.service = Service::NotStarted(bench.redaction.line(&why));
                None
            }
        },
    }
}

fn started(profile: Option<&ServiceProfile>, bench: &mut Bench<'_>) -> Result<(Started, Endpoint), String> {
    let profile = profile.filter(|profile| !profile.start.is_empty());
    let profile = profile.ok_or("the profile does not say how to start it")?;
    let (repo, scratch) = (bench.repo.clone(), bench.scratch.clone());
    start(profile, &mut bench.blanks, (&repo, &scratch), bench.clock)
}

fn run_on(bench: &mut Bench<'_>, endpoint: Endpoint) {
    if let Some((_, value)) = &endpoint.credential {
        let secret = value.rsplit(' ').next().unwrap_or(value).to_owned();
        bench.redaction.hide(&secret, "***");
    }
    bench.blanks.set("url", &endpoint.url);
    if let Some(metrics) = &endpoint.metrics_url {
        bench.blanks.set("metrics", metrics);
    }
    bench.service = Service::Running(endpoint);
}

/// What was examined, in words.
pub(crate) fn against(bench: &Bench<'_>, started: Option<&Started>) -> String {
    match (&bench.service, started) {
        (Service::Running(_), Some(started)) => {
            format!("the repository, and a service started for this: `{}`", bench.redaction.line(&started.ran))
        }
        (Service::Running(endpoint), None) => {
            // Whoever is named in an address is not the reader's business.
            let host = endpoint.url.rsplit_once('@').map_or(endpoint.url.as_str(), |(_, host)| host);
            format!("the repository, and the service at {}", bench.redaction.line(host))
        }
        (Service::NotStarted(why), _) => format!("the repository alone; the service did not start: {why}"),
        (Service::NotGiven, _) => "the repository alone; no service was given".into(),
    }
}
