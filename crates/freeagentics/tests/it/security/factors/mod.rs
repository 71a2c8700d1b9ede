//! Passwords and second factors: guessed, bypassed, replayed.

mod credential_stuffing;
mod factor_bypass;
mod factor_guessing;
mod factor_removal;
mod factor_replay;
mod forced_enrolment;
mod hashing_flood;
mod imported_hashes;
mod lockout_abuse;
mod odd_passwords;
mod overtaken_passwords;
mod passkey_binding;
mod passkey_forgery;
mod passkey_phishing;
mod passkey_replay;
mod password_guessing;
mod sign_in_timing;
