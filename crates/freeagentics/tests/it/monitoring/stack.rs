//! A whole stack, each part the real one, from the committed configurations: only addresses and paces are others.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use monitoring::Kit;
use testbed::{Program, free_port};

use super::question::Prometheus;
use super::sink::Sink;
use crate::api::{Installation, Server};

/// What a stack can have beside the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Part {
    Redis,
    RedisExporter,
    Nginx,
    NginxExporter,
    PostgresExporter,
    NodeExporter,
    Blackbox,
    Prometheus,
    Alertmanager,
}

/// Everything that runs, in a folder of its own.
pub(super) struct Stack {
    pub(super) installation: Installation,
    pub(super) server: Option<Server>,
    /// A second node, with an embedded database and TLS of its own.
    second: Option<(Installation, Server)>,
    pub(super) sink: Sink,
    programs: BTreeMap<Part, Program>,
    ports: BTreeMap<Part, u16>,
    api: [u16; 2],
}

/// How a stack differs from what is committed.
pub(super) struct Pace {
    /// Whether alerts wait until what is wrong has been so for a while.
    pub(super) patient: bool,
    /// How often is scraped; an exporter has as long to answer.
    pub(super) interval: &'static str,
    /// Whether there is a second node.
    pub(super) second_node: bool,
}

/// The repository whose kit runs: this one, or a copy into which a fault was planted (`drills/planted`).
pub(super) fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap();
    std::env::var_os("EXAMINED_ROOT").map_or_else(|| here.to_owned(), PathBuf::from)
}

pub(super) fn kit() -> Kit {
    Kit::read(&root().join("infra/monitoring/source")).unwrap_or_else(|error| panic!("{error}"))
}

/// A committed file with some words replaced, each of which has to be there.
fn committed(path: &str, replaced: &[(&str, &str)]) -> String {
    let text = fs::read_to_string(root().join("infra/monitoring").join(path)).unwrap();
    replaced.iter().fold(text, |text, (old, new)| {
        assert!(text.contains(old), "{path} does not say `{old}`");
        text.replace(old, new)
    })
}

impl Stack {
    /// On PostgreSQL, with these parts.
    pub(super) fn start(parts: &[Part], pace: &Pace) -> Self {
        let installation = Installation::postgres();
        let all = [
            Part::Redis,
            Part::RedisExporter,
            Part::Nginx,
            Part::NginxExporter,
            Part::PostgresExporter,
            Part::NodeExporter,
            Part::Blackbox,
            Part::Prometheus,
            Part::Alertmanager,
        ];
        let ports = all.into_iter().map(|part| (part, free_port())).collect();
        let (sink, api) = (Sink::start(), [free_port(), free_port()]);
        let mut stack = Self { installation, server: None, second: None, sink, programs: BTreeMap::new(), ports, api };
        stack.certify();
        stack.start_server();
        if pace.second_node {
            stack.second = Some(stack.second_node());
        }
        stack.write(pace);
        for part in parts {
            let command = stack.command(*part);
            stack.programs.insert(*part, Program::start(stack.folder(), command, stack.port(*part)));
        }
        stack
    }

    /// The server, on the same address each time.
    pub(super) fn start_server(&mut self) {
        let [api, metrics] = self.api.map(|port| format!("127.0.0.1:{port}"));
        let redis = format!("redis://127.0.0.1:{}", self.port(Part::Redis));
        let redis = format!("redis.url_file={}", self.installation.secret("redis-url", &redis).display());
        let arguments = ["--listen", &api, "--metrics-listen", &metrics, "--set", &redis];
        self.server = Some(self.installation.start_with(&arguments));
    }

    fn second_node(&self) -> (Installation, Server) {
        let installation = Installation::sqlite();
        let path = |name: &str| self.folder().join(name).display().to_string();
        let (certificate, key) = (path("edge.crt"), path("edge.key"));
        let server = installation.start_with(&["--tls-cert", &certificate, "--tls-key", &key]);
        // A handshake, so that one was counted.
        let url = format!("https://{}/health/live", server.address());
        let asked = Command::new("curl").args(["--silent", "--fail", "--cacert", &certificate, &url]).output().unwrap();
        assert!(asked.status.success(), "{}", String::from_utf8_lossy(&asked.stderr));
        (installation, server)
    }

    pub(super) fn server(&self) -> &Server {
        self.server.as_ref().unwrap()
    }

    pub(super) fn prometheus(&self) -> Prometheus {
        Prometheus::at(self.port(Part::Prometheus))
    }

    pub(super) fn folder(&self) -> &Path {
        self.installation.folder()
    }

    pub(super) fn port(&self, part: Part) -> u16 {
        self.ports[&part]
    }

    /// Where the API and its metrics are.
    pub(super) fn api(&self) -> [String; 2] {
        self.api.map(|port| format!("http://127.0.0.1:{port}"))
    }

    pub(super) fn kill(&mut self, part: Part) {
        self.programs.remove(&part).unwrap();
    }

    pub(super) fn location(&self) -> String {
        match self.installation.location() {
            axiomcore::store::Location::Postgres(url) => url,
            axiomcore::store::Location::Sqlite(path) => path.display().to_string(),
        }
    }

    /// All configurations.
    fn write(&self, pace: &Pace) {
        let file = |name: &str, text: &str| fs::write(self.folder().join(name), text).unwrap();
        file("prometheus.yml", &self.scraping(pace));
        fs::create_dir(self.folder().join("rules")).unwrap();
        for (path, text) in kit().files() {
            if let Some(name) = path.strip_prefix("infra/monitoring/prometheus/rules/") {
                let hurried = |line: &str| !line.trim_start().starts_with("for: ");
                let text: String = if pace.patient {
                    text
                } else {
                    text.lines().filter(|line| hurried(line)).map(|line| format!("{line}\n")).collect()
                };
                file(&format!("rules/{name}"), &text);
            }
        }
        file("alertmanager.yml", &self.routing());
        file("chat-url", &format!("http://127.0.0.1:{}/chat", self.sink.http));
        file("pager-key", "0123456789abcdef0123456789abcdef");
        let authority = self.folder().join("edge.crt").display().to_string();
        file("blackbox.yml", &committed("blackbox/blackbox.yml", &[("/certificates/ca.pem", &authority)]));
        file("nginx.conf", &self.edge());
    }

    /// The committed jobs, at the addresses of this stack.
    fn scraping(&self, pace: &Pace) -> String {
        let mut kit = kit();
        let at = |part: Part| format!("127.0.0.1:{}", self.port(part));
        pace.interval.clone_into(&mut kit.scrape.interval);
        kit.scrape.alertmanager = at(Part::Alertmanager);
        for job in &mut kit.scrape.jobs {
            let target = match job.name.as_str() {
                "freeagentics" => format!("127.0.0.1:{}", self.api[1]),
                "probe-ready" => format!("{}/health/ready", self.api()[0]),
                "probe-edge" => format!("https://{}/health/live", at(Part::Nginx)),
                "node" => at(Part::NodeExporter),
                "postgres" => at(Part::PostgresExporter),
                "redis" => at(Part::RedisExporter),
                "nginx" => at(Part::NginxExporter),
                "prometheus" => at(Part::Prometheus),
                "alertmanager" => at(Part::Alertmanager),
                other => panic!("nobody is scraped as {other} here"),
            };
            job.targets = vec![target];
            // The server of this stack shows its metrics on this machine only, in the clear.
            job.authority = None;
            if let Some((_, second)) = self.second.as_ref().filter(|_| job.name == "freeagentics") {
                job.targets.push(second.told["metrics_address"].as_str().unwrap().to_owned());
            }
            if let Some(probe) = &mut job.probe {
                probe.exporter = at(Part::Blackbox);
            }
        }
        kit.prometheus()
    }

    /// The committed routes; secrets and addresses are those of this stack, and nobody waits.
    fn routing(&self) -> String {
        let (http, smtp) = (format!("http://127.0.0.1:{}", self.sink.http), format!("127.0.0.1:{}", self.sink.smtp));
        let secret = |name: &str| self.folder().join(name).display().to_string();
        let text = committed(
            "alertmanager/alertmanager.yml",
            &[
                ("/run/secrets/alert_pager_key", &secret("pager-key")),
                ("/run/secrets/alert_chat_url", &secret("chat-url")),
                ("https://events.pagerduty.com/v2/enqueue", &format!("{http}/pager")),
                ("https://watchdog.example/alive", &format!("{http}/watchdog")),
                ("mail.example:587", &smtp),
                ("smtp_require_tls: true", "smtp_require_tls: false"),
            ],
        );
        let hurried = |line: &str| match line.split_once(':') {
            Some((key, _)) if key.ends_with("group_wait") => format!("{key}: 0s\n"),
            Some((key, _)) if key.ends_with("group_interval") => format!("{key}: 1s\n"),
            _ => format!("{line}\n"),
        };
        text.lines().map(hurried).collect()
    }

    /// Makes a certificate that ends in three days.
    fn certify(&self) {
        let made = Command::new("openssl")
            .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "3"])
            .args(["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"])
            .args(["-keyout", "edge.key", "-out", "edge.crt"])
            .current_dir(self.folder())
            .output()
            .unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    }

    /// A web server in front of the API.
    fn edge(&self) -> String {
        let folder = self.folder().display();
        let kept = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map(|kind| format!("{kind}_temp_path {folder}/{kind};"))
            .join(" ");
        format!(
            "daemon off; master_process off; pid {folder}/nginx.pid; error_log stderr;\nevents {{}}\nhttp {{ access_log off; {kept}\n\
             server {{ listen 127.0.0.1:{} ssl; ssl_certificate {folder}/edge.crt; ssl_certificate_key {folder}/edge.key;\n\
             location = /stub_status {{ stub_status; }} location / {{ proxy_pass {}; }} }} }}\n",
            self.port(Part::Nginx),
            self.api()[0],
        )
    }

    fn command(&self, part: Part) -> Command {
        let (port, folder) = (self.port(part), self.folder().display());
        let listen = format!("127.0.0.1:{port}");
        let of = |part: Part| self.port(part);
        let (program, arguments) = match part {
            Part::Redis => ("redis-server", vec![format!("--port {port} --save '' --bind 127.0.0.1")]),
            Part::RedisExporter => (
                "prometheus-redis-exporter",
                vec![format!("-redis.addr redis://127.0.0.1:{} -web.listen-address {listen}", of(Part::Redis))],
            ),
            Part::Nginx => ("nginx", vec![format!("-e stderr -c {folder}/nginx.conf")]),
            Part::NginxExporter => (
                "prometheus-nginx-exporter",
                vec![format!(
                    "-nginx.scrape-uri=https://127.0.0.1:{}/stub_status -nginx.ssl-verify=false -web.listen-address={listen}",
                    of(Part::Nginx)
                )],
            ),
            Part::PostgresExporter => ("prometheus-postgres-exporter", vec![format!("--web.listen-address={listen}")]),
            Part::NodeExporter => ("prometheus-node-exporter", vec![format!("--web.listen-address={listen}")]),
            Part::Blackbox => (
                "prometheus-blackbox-exporter",
                vec![format!("--config.file={folder}/blackbox.yml --web.listen-address={listen}")],
            ),
            Part::Prometheus => (
                "prometheus",
                vec![format!(
                    "--config.file={folder}/prometheus.yml --storage.tsdb.path={folder}/series --web.listen-address={listen}"
                )],
            ),
            Part::Alertmanager => (
                "prometheus-alertmanager",
                vec![format!(
                    "--config.file={folder}/alertmanager.yml --storage.path={folder}/alerts --cluster.listen-address= \
                     --web.listen-address={listen}"
                )],
            ),
        };
        let mut command = Command::new(program);
        command.args(arguments.iter().flat_map(|line| line.split(' ')).map(|word| word.trim_matches('\'')));
        command.env("DATA_SOURCE_NAME", self.location()).current_dir(self.folder());
        command
    }
}
