// Cases for rust.yml: a line after `ruleid` has to be found, one after `ok` must not. Nothing compiles this file.
fn cases(name: &str, config: Builder) {
    // ruleid: sql-made-of-text
    sqlx::query(&format!("SELECT 1 FROM t WHERE name = '{name}'"));
    // ok: sql-made-of-text
    sqlx::query("SELECT 1 FROM t WHERE name = $1").bind(name);
    // ruleid: certificate-not-verified
    config.disable_verification(true);
    // ok: certificate-not-verified
    config.disable_verification(false);
    // ruleid: shell-from-the-product
    Command::new("sh").arg(name);
    // ok: shell-from-the-product
    Command::new("litestream").arg(name);
}
