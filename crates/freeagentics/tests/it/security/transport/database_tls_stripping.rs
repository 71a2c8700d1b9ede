//! The password of the database, on its way.

use testbed::{Authority, Postgres};

use crate::api::{Installation, Server, refused};

/// A server that works on this database, or why it does not start.
fn start(installation: &Installation, url: &str, further: &[&str]) -> Result<Server, String> {
    let command = |url: &str| {
        let mut command = installation.command(further);
        command.env("FREEAGENTICS__DATABASE__URL", url);
        command
    };
    let works = std::panic::catch_unwind(|| Server::of(command(url)));
    works.map_err(|_| refused(command(url)).1["message"].as_str().unwrap_or_default().to_owned())
}

#[test]
fn a_database_that_does_not_show_who_it_is_gets_no_password() {
    let (installation, ours) = (Installation::sqlite(), Authority::new("databases"));
    installation.secret("ca.pem", &ours.certificate());
    installation.secret("other.pem", &Authority::new("databases").certificate());
    let (protected, bare) = (Postgres::start_encrypted(&ours.sign(&["localhost"])), Postgres::start());
    let full = |ca| ["--set", "database.tls=verify-full", "--set", ca];
    let right = full("database.tls_ca=ca.pem");
    assert!(start(&installation, &protected.url_at("localhost"), &right).is_ok());
    for (what, url, arguments) in [
        ("somebody strips TLS", bare.url_at("localhost"), right),
        ("another name", protected.url_at("127.0.0.1"), right),
        ("another authority", protected.url_at("localhost"), full("database.tls_ca=other.pem")),
    ] {
        let why = start(&installation, &url, &arguments).err();
        let why = why.unwrap_or_else(|| panic!("{what}: it works"));
        assert!(why.to_lowercase().contains("tls") || why.contains("certificate"), "{what}: {why}");
    }
}

#[test]
fn production_does_not_reach_a_database_elsewhere_without_looking_who_it_is() {
    let installation = Installation::sqlite();
    for mode in ["disable", "allow", "prefer", "require"] {
        let mut command = installation.command(&["--profile", "production"]);
        command.env("FREEAGENTICS__DATABASE__URL", format!("postgres://u:hunter2@db.example/x?sslmode={mode}"));
        let (code, error) = refused(command);
        let message = error["message"].as_str().unwrap();
        assert_eq!(code, Some(2), "{mode}");
        assert!(message.contains("set database.tls to verify-full") && !message.contains("hunter2"), "{message}");
    }
}
