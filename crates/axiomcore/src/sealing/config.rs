//! Configuration of what is sealed.

use crate::config::{Checks, Fault, Profile, Secret};

crate::settings! {
    /// Secrets at rest.
    pub struct Config in "sealing" {
        /// The key under which secrets in the database are sealed: 64 hexadecimal digits at random, such as from
        /// `openssl rand -hex 32`. Without it and without `key_command`, a key is made in the data folder at the first
        /// start; production does not accept that.
        pub key: Secret<String> = Secret::default();
        /// A program, with its arguments, that prints the key: the way to a key management service.
        pub key_command: Vec<String> = Vec::new();
        /// Keys of before, separated by spaces: what they sealed can still be opened.
        pub previous_keys: Secret<String> = Secret::default();
        /// What encrypts the disk with the data where the machine itself cannot see it, such as `EBS, key alias/data`: for
        /// people, and for `doctor`, which otherwise warns of a disk that whoever has it can read.
        pub disk_encrypted_by: String = String::new();
    }
}

impl Checks for Config {
    fn check(&self, profile: Profile) -> Vec<Fault> {
        let (given, asked) = (!self.key.expose().is_empty(), !self.key_command.is_empty());
        if given && asked {
            return vec![Fault::new("sealing.key", "there is also sealing.key_command: give one of them")];
        }
        if !given && !asked && profile == Profile::Production {
            let why = "production needs a key from outside the data folder, or a copy of that folder holds the secrets and \
                       what they are sealed with: set sealing.key_file to a file with the output of `openssl rand -hex 32`, \
                       or sealing.key_command";
            return vec![Fault::new("sealing.key", why)];
        }
        Vec::new()
    }
}
