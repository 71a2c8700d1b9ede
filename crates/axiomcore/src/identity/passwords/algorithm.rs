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

/// The most that a hash from elsewhere may cost to verify: otherwise one of them could occupy the server, and by the time
/// that its sign-in takes everybody would know who has it.
const MOST_BCRYPT_COST: u32 = 12;
const MOST_MEMORY_KIB: u32 = 256 << 10;
/// Each lane is paid for by itself, however little memory there is for all of them together.
const MOST_LANES: u32 = 4;
/// So many times what our own takes.
const MOST_TIMES_OURS: u64 = 2;

/// Why a hash that was made elsewhere is not taken over.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HashRefused {
    /// It is none, or one of another algorithm.
    #[error("this is no hash of argon2id or bcrypt")]
    Unknown,
    /// Argon2id would take too much memory or time.
    #[error(
        "argon2id is taken over with `m` times `t` of at most {most}, `m` of at most {memory} and `p` of at most {lanes}; \
         this is m={m},t={t},p={p}"
    )]
    Argon2id {
        /// What it would take, in KiB.
        m: u32,
        /// How often it would pass over that.
        t: u32,
        /// In how many lanes.
        p: u32,
        /// The most that one may be times the other.
        most: u64,
        /// The most memory, in KiB.
        memory: u32,
        /// The most lanes.
        lanes: u32,
    },
    /// bcrypt would take too much time, or so little that it protects nothing.
    #[error("bcrypt is taken over with a cost from 4 to {most}; this is {found}")]
    Bcrypt {
        /// What it costs.
        found: u32,
        /// The most that it may cost.
        most: u32,
    },
}

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

    /// Refuses a hash that was made elsewhere if it cannot be verified here at about the cost of our own.
    pub(crate) fn takes_over(&self, stored: &str) -> Result<(), HashRefused> {
        let mut parts = stored.split('$').skip(1);
        match parts.next() {
            Some("2a" | "2b" | "2y") => {
                let cost = parts.next().and_then(two_digits);
                self.takes_over_bcrypt(stored, cost.ok_or(HashRefused::Unknown)?)
            }
            Some("argon2id") => self.takes_over_argon2id(stored),
            _ => Err(HashRefused::Unknown),
        }
    }

    fn takes_over_bcrypt(&self, stored: &str, found: u32) -> Result<(), HashRefused> {
        let ours = if self.algorithm == Algorithm::Bcrypt { self.bcrypt_cost } else { 0 };
        let most = MOST_BCRYPT_COST.max(ours);
        if !(4..=most).contains(&found) {
            return Err(HashRefused::Bcrypt { found, most });
        }
        let is_one = stored.len() == 60 && stored.parse::<bcrypt::HashParts>().is_ok();
        if is_one { Ok(()) } else { Err(HashRefused::Unknown) }
    }

    fn takes_over_argon2id(&self, stored: &str) -> Result<(), HashRefused> {
        let hash = argon2::PasswordHash::new(stored).map_err(|_| HashRefused::Unknown)?;
        let params = Params::try_from(&hash).map_err(|_| HashRefused::Unknown)?;
        if hash.hash.is_none() {
            return Err(HashRefused::Unknown);
        }
        let (m, t, p) = (params.m_cost(), params.t_cost(), params.p_cost());
        let (memory, lanes) = (MOST_MEMORY_KIB, MOST_LANES);
        let most = MOST_TIMES_OURS * u64::from(self.memory_kib) * u64::from(self.passes);
        let is_bearable = m <= memory && p <= lanes && u64::from(m) * u64::from(t) <= most;
        if is_bearable { Ok(()) } else { Err(HashRefused::Argon2id { m, t, p, most, memory, lanes }) }
    }
}

/// A cost as bcrypt writes it. A sign or a blank is read as a number elsewhere, and then it is not known what is read as what.
fn two_digits(cost: &str) -> Option<u32> {
    let is_one = cost.len() == 2 && cost.bytes().all(|byte| byte.is_ascii_digit());
    is_one.then(|| cost.parse().ok()).flatten()
}

/// Whether the password is the one that was hashed. What is stored names its own algorithm and cost.
pub(super) fn verify(password: &[u8], stored: &str) -> bool {
    if stored.starts_with("$2") {
        // Hashes from elsewhere were made of the first 72 bytes without anybody being told.
        return bcrypt::verify(password, stored).unwrap_or(false);
    }
    Argon2::default().verify_password(password, stored).is_ok()
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
            assert_eq!(recipe(algorithm).takes_over(&stored), Ok(()));
            assert_eq!(recipe(algorithm).takes_over(&stored[..stored.len() - 1]), Err(HashRefused::Unknown));
        }
    }

    #[test]
    fn hashes_of_other_programs_are_verified() {
        // Published vectors: of crypt_blowfish, and of the reference implementation of Argon2.
        let bcrypt = "$2y$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW";
        assert!(verify(b"U*U", bcrypt) && !verify(b"U*V", bcrypt));
        let argon2 = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
        assert!(verify(b"password", argon2) && !verify(b"Password", argon2));
        let ours = Recipe { memory_kib: 65_536, ..recipe(Algorithm::Argon2id) };
        assert_eq!((ours.takes_over(bcrypt), ours.takes_over(argon2)), (Ok(()), Ok(())), "twice ours is borne");
    }

    #[test]
    fn what_costs_more_than_twice_ours_or_is_no_hash_is_not_taken_over() {
        let ours = Recipe { memory_kib: 19 << 10, passes: 2, ..recipe(Algorithm::Argon2id) };
        for no_hash in ["", "secret", "$1$abc$def", "$argon2id$v=19$m=65536,t=1,p=1$c29tZXNhbHQ"] {
            assert_eq!(ours.takes_over(no_hash), Err(HashRefused::Unknown), "{no_hash}");
        }
        let in_lanes = |m: u32, t: u32, p: u32| {
            format!("$argon2id$v=19$m={m},t={t},p={p}$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc")
        };
        let argon2id = |m: u32, t: u32| in_lanes(m, t, 1);
        let (most, memory, lanes) = (4 * (19 << 10), 256 << 10, 4);
        assert_eq!(ours.takes_over(&argon2id(19 << 10, 4)), Ok(()));
        for (m, t) in [(19 << 10, 5), (262_144, 10), (4_194_304, 2), (65_536, 4_000), (77_825, 1)] {
            let told = ours.takes_over(&argon2id(m, t)).unwrap_err();
            assert_eq!(told, HashRefused::Argon2id { m, t, p: 1, most, memory, lanes });
            assert!(told.to_string().contains("at most 77824"), "{told}");
        }
        assert_eq!(ours.takes_over(&in_lanes(19 << 10, 2, 4)), Ok(()));
        for p in [5, 255, 2_432] {
            let told = ours.takes_over(&in_lanes(19 << 10, 2, p)).unwrap_err();
            assert_eq!(told, HashRefused::Argon2id { m: 19 << 10, t: 2, p, most, memory, lanes });
        }
        // Whatever our own passes come to, memory is not had without end.
        let dear = Recipe { memory_kib: 262_144, passes: 10, ..ours };
        assert!(dear.takes_over(&argon2id(262_144, 20)).is_ok() && dear.takes_over(&argon2id(262_145, 1)).is_err());
        let bcrypt = |cost: &str| format!("$2b${cost}$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW");
        assert_eq!(ours.takes_over(&bcrypt("12")), Ok(()));
        for (cost, found) in [("13", 13), ("15", 15), ("31", 31), ("03", 3)] {
            assert_eq!(ours.takes_over(&bcrypt(cost)), Err(HashRefused::Bcrypt { found, most: 12 }));
        }
        for cost in ["+9", " 9", "9", "009", ""] {
            assert_eq!(ours.takes_over(&bcrypt(cost)), Err(HashRefused::Unknown), "`{cost}` is no cost");
        }
        let same = Recipe { bcrypt_cost: 14, ..recipe(Algorithm::Bcrypt) };
        assert!(same.takes_over(&bcrypt("14")).is_ok() && same.takes_over(&bcrypt("15")).is_err(), "ours is borne");
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
