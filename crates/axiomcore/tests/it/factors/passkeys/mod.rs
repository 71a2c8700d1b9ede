//! One story of passkeys, told on both databases, with devices that say whatever they are told to.

mod made;
mod overtaken;
mod owned;
mod shown;

use axiomcore::clock::Clock;
use axiomcore::identity::{
    Assertion, Attestation, CreationOptions, NewPasskey, Origin, PasskeyError, PasskeySignIn, Principal, Proof,
    RequestOptions, SignInError, SignedIn, Way,
};
use axiomcore::store::Location;
use testbed::{Ceremony, Device, Made, Postgres, Shown};

use super::{GOOD, HOME, Person, Service, secret};

/// The page that people sign in on.
const PAGE: &str = "https://example.org";
const DOMAIN: &str = "example.org";

fn story(location: &Location) {
    let service = Service::open(location);
    made::a_passkey_is_made_asked_for_and_signs_in_by_itself(&service);
    made::what_was_not_made_for_this_is_not_registered(&service);
    made::what_a_device_does_not_write_is_not_registered(&service);
    shown::what_was_not_shown_for_this_lets_nobody_in(&service);
    shown::one_answer_lets_in_once_even_at_the_same_moment(&service);
    shown::a_copy_is_refused_and_on_record(&service);
    shown::after_a_password_it_is_enough_that_somebody_was_there(&service);
    shown::failures_cost_the_passkey_where_they_are_made(&service);
    shown::who_guesses_at_a_password_keeps_no_passkey_out(&service);
    owned::a_session_is_not_enough_to_add_or_remove_one(&service);
    owned::what_was_begun_by_what_counts_no_longer_is_not_registered(&service);
    owned::an_app_beside_it_leaves_the_recovery_codes(&service);
    owned::a_role_that_asks_for_a_factor_is_met(&service);
    owned::it_goes_with_a_reset_and_with_its_user(&service);
    owned::what_cannot_be_put_on_record_has_not_happened(&service);
    overtaken::a_password_of_before_begins_no_factor_and_chooses_no_other(&service);
    overtaken::a_password_of_before_takes_no_factor_away(&service);
    overtaken::a_password_of_before_makes_no_passkey(&service);
}

fn made(Made { client_data, object }: Made) -> Attestation {
    Attestation { client_data, object, transports: vec!["internal".into(), "Bad one!".into()] }
}

fn shown(Shown { credential, client_data, authenticator_data, signature, owner }: Shown) -> Assertion {
    Assertion { credential, client_data, authenticator_data, signature, user_handle: Some(owner) }
}

impl Service {
    fn principal(&self, person: &Person) -> Principal {
        Principal::clone(&self.who(&self.sign_in(person, GOOD, HOME).unwrap()))
    }

    fn options(&self, caller: &Principal, proof: Option<Proof>) -> Result<CreationOptions, PasskeyError> {
        self.runtime.block_on(self.identity.begin_passkey(caller, secret(GOOD), proof))
    }

    fn register(&self, caller: &Principal, answer: Attestation) -> Result<NewPasskey, PasskeyError> {
        self.runtime.block_on(self.identity.finish_passkey(caller, "My phone", answer))
    }

    /// A person whose only factor is what this device holds, and who is in.
    fn with_passkey(&self, email: &str, role: &str) -> (Person, Device, Principal) {
        let mut person = self.join(email, role);
        let (caller, mut device) = (self.principal(&person), Device::es256(DOMAIN));
        let new = self.bind(&caller, &mut device, None);
        person.recovery_codes = new.recovery_codes.iter().map(|code| code.expose().clone()).collect();
        (person, device, caller)
    }

    fn bind(&self, caller: &Principal, device: &mut Device, proof: Option<Proof>) -> NewPasskey {
        let options = self.options(caller, proof).unwrap();
        device.owner.clone_from(&options.user_handle);
        self.register(caller, made(device.make(&device.making(&options.challenge, PAGE)))).unwrap()
    }

    /// What somebody who is in shows once more.
    fn again(&self, caller: &Principal, device: &mut Device) -> Proof {
        proof(device, &self.runtime.block_on(self.identity.ask_for_own_passkey(caller)).unwrap())
    }

    fn alone(&self, answer: Assertion, address: &str) -> Result<SignedIn, SignInError> {
        self.runtime.block_on(self.identity.sign_in_with_passkey(wanted(answer, address)))
    }

    fn asked(&self) -> RequestOptions {
        self.identity.ask_for_passkey().unwrap()
    }
}

fn wanted(shown: Assertion, address: &str) -> PasskeySignIn {
    let origin = Origin { address: address.into(), client: "test".into() };
    PasskeySignIn { shown, device: None, origin, way: Way::Cookie }
}

fn proof(device: &mut Device, options: &RequestOptions) -> Proof {
    let ceremony = device.showing(&options.challenge, PAGE);
    Proof::Passkey(Box::new(shown(device.show(&ceremony))))
}

/// Changes one thing about what a device says.
type Change = fn(&mut Ceremony);

#[test]
fn the_story_of_passkeys_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    story(&Location::Sqlite(folder.path().join("passkeys.db")));
}

#[test]
fn the_story_of_passkeys_on_postgresql() {
    let postgres = Postgres::start();
    story(&Location::Postgres(postgres.url()));
}
