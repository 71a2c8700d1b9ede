//! People with passwords and second factors, as tests of several areas need them.

use axiomcore::clock::{Clock, SystemClock};
use serde_json::{Value, json};
use testbed::Authenticator;

use super::{Answer, Client, Installation, Server};

pub(crate) const PASSWORD: &str = "correct horse battery";

/// Somebody on the server, who has an app once they have enrolled.
pub(crate) struct Person {
    pub(crate) email: String,
    pub(crate) id: String,
    pub(crate) token: String,
    pub(crate) app: Option<Authenticator>,
    pub(crate) recovery_codes: Vec<String>,
    /// When, in milliseconds since 1970, the last code was used.
    used: i64,
}

impl Person {
    /// Somebody who has signed in with the password alone.
    pub(crate) fn join(installation: &Installation, server: &Server, email: &str, role: &str) -> Self {
        let id = installation.beside().user(email, PASSWORD, role);
        let mut person =
            Self { email: email.into(), id, token: String::new(), app: None, recovery_codes: Vec::new(), used: 0 };
        person.token = text(&person.sign_in(&server.stranger(), PASSWORD).expect(200), "access_token");
        person
    }

    /// Somebody who has a second factor by now.
    pub(crate) fn enrolled(installation: &Installation, server: &Server, email: &str) -> Self {
        let mut person = Self::join(installation, server, email, "observer");
        person.enrol(server);
        person
    }

    pub(crate) fn enrol(&mut self, server: &Server) {
        let client = self.client(server);
        let begun = client.post("/api/v1/factors/app", &json!({ "password": PASSWORD })).expect(200);
        self.scan(&text(&begun, "uri"));
        let code = json!({ "code": self.code() });
        let told = client.post("/api/v1/factors/app/confirm", &code).expect(200);
        let codes = told["recovery_codes"].as_array().unwrap();
        self.recovery_codes = codes.iter().map(|code| code.as_str().unwrap().to_owned()).collect();
    }

    /// Has the app from now on that was begun to be enrolled.
    pub(crate) fn scan(&mut self, uri: &str) {
        self.app = Some(Authenticator::scan(uri));
        self.used = 0;
    }

    pub(crate) fn client(&self, server: &Server) -> Client {
        server.client_with(&self.token)
    }

    /// A code that was never used. Codes of the half minute that comes are good as well, so that nobody waits for two in a
    /// row; for a third one a test has to wait.
    pub(crate) fn code(&mut self) -> String {
        let now = SystemClock.now().0;
        let at = now.max(self.used + 30_000);
        if at > now + 25_000 {
            std::thread::sleep(std::time::Duration::from_millis(u64::try_from(at - now - 25_000).unwrap()));
        }
        self.used = at;
        self.app.as_ref().unwrap().code(at)
    }

    /// The last code that was used.
    pub(crate) fn used_code(&self) -> String {
        self.app.as_ref().unwrap().code(self.used)
    }

    pub(crate) fn sign_in(&self, client: &Client, password: &str) -> Answer {
        client.post("/api/v1/sign-in", &json!({ "email": self.email, "password": password }))
    }

    /// What is asked after the right password.
    pub(crate) fn challenge(&self, client: &Client) -> String {
        text(&self.sign_in(client, PASSWORD).problem(401, "second_factor_required"), "challenge")
    }
}

/// Answers a challenge with a member such as `code`.
pub(crate) fn answer(client: &Client, challenge: &str, member: &str, value: &str) -> Answer {
    client.post("/api/v1/sign-in/factor", &json!({ "challenge": challenge, member: value }))
}

pub(crate) fn text(document: &Value, name: &str) -> String {
    document[name].as_str().unwrap_or_else(|| panic!("{name}: {document}")).to_owned()
}
