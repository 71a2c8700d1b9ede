//! What the server is told to be: by flags, the environment, a file.

use std::fs;

use super::{Installation, Server, refused};

#[test]
fn every_setting_that_is_wrong_is_named_before_anything_starts() {
    let installation = Installation::sqlite();
    let mut command = installation.command(&["--set", "http.lisen=127.0.0.1:1", "--set", "http.body_timeout=30"]);
    command.env("FREEAGENTICS__RUNTIME__QUEUE", "many");
    let (code, error) = refused(command);
    assert_eq!((code, error["code"].as_str()), (Some(2), Some("wrong_settings")));
    let message = error["message"].as_str().unwrap();
    for named in ["did you mean `http.listen`?", "http.body_timeout (flag --set http.body_timeout)", "RUNTIME__QUEUE"] {
        assert!(message.contains(named), "{named} in {message}");
    }
    assert!(!installation.folder().join("data").exists());
}

#[test]
fn live_streams_that_nobody_could_open_are_no_setting() {
    let installation = Installation::sqlite();
    for wrong in ["max_streams=0", "max_streams_per_principal=0", "catch_up_agent=0", "keep_alive=0s"] {
        let (code, error) = refused(installation.command(&["--set", &format!("live.{wrong}")]));
        assert_eq!(code, Some(2), "{wrong}");
        assert!(error["message"].as_str().unwrap().contains("live."), "{error}");
    }
}

#[test]
fn a_list_that_is_written_as_in_a_file_is_refused_and_not_taken_for_one_odd_name() {
    let installation = Installation::sqlite();
    for wrong in [r#"["admin"]"#, r#""admin""#, "[admin]"] {
        let (code, error) = refused(installation.command(&["--set", &format!("identity.factor_required_for={wrong}")]));
        assert_eq!(code, Some(2), "{wrong}");
        assert!(error["message"].as_str().unwrap().contains("without brackets"), "{error}");
    }
    assert_eq!(installation.start_with(&["--set", "identity.factor_required_for=admin,observer"]).stop().0, Some(0));
}

#[test]
fn flags_win_over_the_environment_which_wins_over_the_file() {
    let installation = Installation::sqlite();
    let file = installation.folder().join("server.toml");
    fs::write(&file, "[http]\nheader_limit = \"1KiB\"\nheader_count = 8\n").unwrap();
    let mut command = installation.command(&["--config", file.to_str().unwrap(), "--set", "http.header_count=9"]);
    command.env("FREEAGENTICS__HTTP__HEADER_LIMIT", "2KiB").env("FREEAGENTICS__HTTP__HEADER_COUNT", "7");
    let server = Server::of(command);
    let stranger = server.stranger();
    let header = |size: usize| stranger.send("GET", "/health/live", &[("x-long", &"a".repeat(size))], "").status;
    assert_eq!((header(1_500), header(2_500)), (200, 431), "the environment's 2 KiB");
    let headers = |n: usize| {
        let names: Vec<String> = (0..n).map(|i| format!("x-{i}")).collect();
        let headers: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "a")).collect();
        stranger.send("GET", "/health/live", &headers, "").status
    };
    assert_eq!((headers(5), headers(8)), (200, 431), "the flag's nine, of which the client sends some by itself");
}

#[test]
fn beyond_this_machine_it_listens_only_behind_a_proxy() {
    let installation = Installation::sqlite();
    let (code, error) = refused(installation.command(&["--listen", "0.0.0.0:0"]));
    assert_eq!(code, Some(2));
    assert!(error["message"].as_str().unwrap().contains("http.behind_proxy"), "{error}");
    let server = Server::of(installation.command(&["--listen", "0.0.0.0:0", "--behind-proxy"]));
    assert!(server.address().starts_with("0.0.0.0:"));
}

#[test]
fn a_password_comes_from_a_file_and_is_shown_nowhere() {
    let installation = Installation::sqlite();
    let file = installation.secret("url", "postgres://test:hidden@127.0.0.1:1/none?sslmode=disable");
    let mut command = installation.command(&[]);
    command.env("FREEAGENTICS__DATABASE__URL_FILE", file);
    let (code, error) = refused(command);
    assert_eq!((code, error["code"].as_str()), (Some(1), Some("database")), "the file's URL is tried");
    assert!(!error.to_string().contains("hidden"), "{error}");
}
