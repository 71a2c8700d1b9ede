//! How a password becomes what is stored.

use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Argon2, Params, Version};

use super::super::Config;
use crate::config::{Raw, Setting};

/// What passwords are hashed with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// Argon2id (RFC 9106): needs memory as well as time, which is what attackers with graphics cards lack.
    Argon2id,
    /// bcrypt, for whoever has to share hashes with something older. It reads 72 bytes at most.
    Bcrypt,
}

impl Setting for Algorithm {
    const FORM: &'static str = "argon2id or bcrypt";

    fn read(raw: &Raw) -> Option<Self> {
        match String::read(raw)?.as_str() {
            "argon2id" => Some(Self::Argon2id),
            "bcrypt" => Some(Self::Bcrypt),
            _ => None,
        }
    }

    fn show(&self) -> String {
        match self {
            Self::Argon2id => "\"argon2id\"".into(),
            Self::Bcrypt => "\"bcrypt\"".into(),
        }
    }
}

/// What bcrypt reads of a password.
pub(super) const BCRYPT_READS: usize = 72;

/// The most that a hash from elsewhere may cost to verify: otherwise one of them could occupy the server.
const MOST_BCRYPT_COST: u32 = 15;
const MOST_MEMORY_KIB: u32 = 256 << 10;
const MOST_PASSES: u32 = 10;

/// How new hashes are made.
#[derive(Clone, Debug)]
pub(crate) struct Recipe {
    algorithm: Algorithm,
    memory_kib: u32,
    passes: u32,
    bcrypt_cost: u32,
}

impl Recipe {
    pub(crate) fn of(config: &Config) -> Self {
        let memory_kib = u32::try_from(config.password_memory.bytes() >> 10).unwrap_or(u32::MAX);
        let Config { password_algorithm: algorithm, password_passes: passes, bcrypt_cost, .. } = *config;
        Self { algorithm, memory_kib, passes, bcrypt_cost }
    }

    /// The text to be stored, which names algorithm and cost.
    pub(crate) fn hash(&self, password: &[u8], salt: [u8; 16]) -> Result<String, String> {
        match self.algorithm {
            Algorithm::Argon2id => {
                let params = Params::new(self.memory_kib, self.passes, 1, None).map_err(|error| error.to_string())?;
                let argon2 = Argon2::new(argon2::Algorithm::Argon2id, Version::V0x13, params);
                let hash = argon2.hash_password_with_salt(password, &salt).map_err(|error| error.to_string())?;
                Ok(hash.to_string())
            }
            Algorithm::Bcrypt => {
                let hash = bcrypt::non_truncating_hash_with_salt(password, self.bcrypt_cost, salt);
                hash.map(|hash| hash.to_string()).map_err(|error| error.to_string())
            }
        }
    }

    /// Whether the next right password should be hashed anew.
    pub(crate) fn is_outdated(&self, stored: &str) -> bool {
        let current = match self.algorithm {
            Algorithm::Argon2id => format!("$argon2id$v=19$m={},t={},p=1$", self.memory_kib, self.passes),
            Algorithm::Bcrypt => format!("$2b${:02}$", self.bcrypt_cost),
        };
        !stored.starts_with(&current)
    }
}

/// Whether the password is the one that was hashed. What is stored names its own algorithm and cost.
pub(super) fn verify(password: &[u8], stored: &str) -> bool {
    if stored.starts_with("$2") {
        // Hashes from elsewhere were made of the first 72 bytes without anybody being told.
        return bcrypt::verify(password, stored).unwrap_or(false);
    }
    Argon2::default().verify_password(password, stored).is_ok()
}

/// Whether a hash that was made elsewhere can be verified here, at a bearable cost.
pub(crate) fn importable(stored: &str) -> bool {
    let mut parts = stored.split('$').skip(1);
    match parts.next() {
        Some("2a" | "2b" | "2y") => {
            let cost = parts.next().and_then(|cost| cost.parse::<u32>().ok());
            let bearable = cost.is_some_and(|cost| (4..=MOST_BCRYPT_COST).contains(&cost));
            bearable && stored.len() == 60 && stored.parse::<bcrypt::HashParts>().is_ok()
        }
        Some("argon2id") => {
            let Ok(hash) = argon2::PasswordHash::new(stored) else { return false };
            let params = Params::try_from(&hash);
            hash.hash.is_some()
                && params.is_ok_and(|params| params.m_cost() <= MOST_MEMORY_KIB && params.t_cost() <= MOST_PASSES)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recipe(algorithm: Algorithm) -> Recipe {
        Recipe { algorithm, memory_kib: 64, passes: 1, bcrypt_cost: 4 }
    }

    #[test]
    fn a_password_fits_its_own_hash_and_no_other() {
        for algorithm in [Algorithm::Argon2id, Algorithm::Bcrypt] {
            let stored = recipe(algorithm).hash("grüner Tee".as_bytes(), [7; 16]).unwrap();
            assert!(verify("grüner Tee".as_bytes(), &stored) && !verify(b"gruener Tee", &stored), "{stored}");
            assert_ne!(recipe(algorithm).hash("grüner Tee".as_bytes(), [8; 16]).unwrap(), stored);
            assert!(importable(&stored) && !importable(&stored[..stored.len() - 1]), "{stored}");
        }
    }

    #[test]
    fn hashes_of_other_programs_are_verified() {
        // Published vectors: of crypt_blowfish, and of the reference implementation of Argon2.
        let bcrypt = "$2y$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW";
        assert!(verify(b"U*U", bcrypt) && !verify(b"U*V", bcrypt));
        let argon2 = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
        assert!(verify(b"password", argon2) && !verify(b"Password", argon2));
        assert!(importable(bcrypt) && importable(argon2));
    }

    #[test]
    fn what_costs_too_much_or_is_no_hash_is_not_imported() {
        let salt_and_hash = "CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW";
        for refused in [
            "",
            "secret",
            "$1$abc$def",
            "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ",
            "$argon2id$v=19$m=4194304,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
            "$argon2id$v=19$m=65536,t=4000,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
            &format!("$2b$31${salt_and_hash}"),
            &format!("$2b$03${salt_and_hash}"),
        ] {
            assert!(!importable(refused), "{refused}");
        }
    }

    #[test]
    fn another_algorithm_or_cost_is_outdated() {
        let stored = recipe(Algorithm::Argon2id).hash(b"x", [7; 16]).unwrap();
        assert!(!recipe(Algorithm::Argon2id).is_outdated(&stored) && recipe(Algorithm::Bcrypt).is_outdated(&stored));
        assert!(Recipe { passes: 2, ..recipe(Algorithm::Argon2id) }.is_outdated(&stored));
        let stored = recipe(Algorithm::Bcrypt).hash(b"x", [7; 16]).unwrap();
        assert!(!recipe(Algorithm::Bcrypt).is_outdated(&stored));
        assert!(Recipe { bcrypt_cost: 5, ..recipe(Algorithm::Bcrypt) }.is_outdated(&stored));
    }
}
