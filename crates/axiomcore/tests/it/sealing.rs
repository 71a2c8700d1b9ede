//! Where the key comes from.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;

use axiomcore::config::{Checks, Profile, Secret};
use axiomcore::entropy::SystemEntropy;
use axiomcore::sealing::{Config, KeyError, SealError, Sealer, keys};

fn sealer(config: &Config, data: &Path) -> Result<Sealer, KeyError> {
    Ok(Sealer::new(keys(config, data, &SystemEntropy)?, Arc::new(SystemEntropy)))
}

fn with_key(key: &str, previous: &str) -> Config {
    Config { key: Secret::new(key.into()), previous_keys: Secret::new(previous.into()), ..Config::default() }
}

#[test]
fn a_key_is_made_once_for_its_owner_only_and_found_again() {
    let folder = tempfile::tempdir().unwrap();
    let sealed = sealer(&Config::default(), folder.path()).unwrap().seal("p", b"secret").unwrap();
    let file = folder.path().join("sealing.key");
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let again = sealer(&Config::default(), folder.path()).unwrap();
    assert_eq!(again.open("p", &sealed).unwrap().expose(), b"secret");
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
    let refused = sealer(&Config::default(), folder.path()).unwrap_err().to_string();
    assert!(refused.contains("chmod o-rwx"), "{refused}");
    std::fs::write(&file, "no key").unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
    assert!(matches!(sealer(&Config::default(), folder.path()), Err(KeyError::Form("sealing.key"))));
}

#[test]
fn a_key_is_changed_without_losing_what_the_old_one_sealed() {
    let folder = tempfile::tempdir().unwrap();
    let (old, new) = ("0f".repeat(32), "a1".repeat(32));
    let sealed = sealer(&with_key(&old, ""), folder.path()).unwrap().seal("p", b"secret").unwrap();
    let changed = sealer(&with_key(&new, &old), folder.path()).unwrap();
    assert_eq!(changed.open("p", &sealed).unwrap().expose(), b"secret");
    assert_eq!(sealer(&with_key(&new, ""), folder.path()).unwrap().open("p", &sealed), Err(SealError::OtherKey));
    assert!(!folder.path().join("sealing.key").exists(), "who gives a key gets none made");
}

#[test]
fn a_command_can_give_the_key_and_never_sees_it_repeated() {
    let folder = tempfile::tempdir().unwrap();
    let command =
        |script: &str| Config { key_command: ["sh", "-c", script].map(str::to_owned).into(), ..Config::default() };
    let digits = "0f".repeat(32);
    let sealed = sealer(&with_key(&digits, ""), folder.path()).unwrap().seal("p", b"secret").unwrap();
    let asked = sealer(&command(&format!("echo {digits}")), folder.path()).unwrap();
    assert_eq!(asked.open("p", &sealed).unwrap().expose(), b"secret");
    for (script, why) in
        [("exit 3", "exit status: 3"), ("echo 0f0f", "64 hexadecimal digits"), ("echo", "64 hexadecimal")]
    {
        let refused = sealer(&command(script), folder.path()).unwrap_err().to_string();
        assert!(refused.contains(why) && !refused.contains("0f0f"), "{refused}");
    }
}

#[test]
fn production_wants_a_key_from_elsewhere_and_nobody_two() {
    assert_eq!(Config::default().check(Profile::Production).len(), 1);
    assert!(Config::default().check(Profile::Development).is_empty());
    assert!(with_key(&"0f".repeat(32), "").check(Profile::Production).is_empty());
    let both = Config { key_command: vec!["key".into()], ..with_key("x", "") };
    assert_eq!(both.check(Profile::Development).len(), 1);
}
