//! What can be wrong with what a browser and a device say.

/// Why an answer is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// It ends in the middle of something.
    #[error("what the device says breaks off")]
    Truncated,
    /// Something follows where it should have ended.
    #[error("something follows the end of what the device says")]
    Trailing,
    /// It has not the form that devices give it.
    #[error("what the device says does not have its form: {0}")]
    Form(&'static str),
    /// What the browser says has not its form.
    #[error("`clientDataJSON` is no JSON with type, challenge and origin")]
    ClientData,
    /// It was made for something else.
    #[error("it was made for another purpose: a passkey that is made cannot be one that is shown")]
    Kind,
    /// Its challenge is not ours, was put to somebody else, is used up or too old.
    #[error("its challenge is used up, expired, or was put to somebody else: begin again")]
    Challenge,
    /// It was made on another page.
    #[error("it was made on a page of another address")]
    Origin,
    /// It is for another service.
    #[error("it is for another service")]
    Party,
    /// Nobody touched the device.
    #[error("the device does not say that somebody was there")]
    Absent,
    /// The device did not verify who was there.
    #[error("the device did not verify who was there, by finger, face or PIN")]
    Unverified,
    /// It says of copies of itself what cannot be, or what it did not say before.
    #[error("what it says of copies of itself contradicts itself")]
    Copies,
    /// The key is of a kind that was not asked for.
    #[error("its key is for no algorithm that was asked for: ES256, EdDSA or RS256")]
    Algorithm,
    /// The key is none.
    #[error("its key is none of its algorithm")]
    Key,
    /// It is somebody else's.
    #[error("it is somebody else's")]
    Owner,
    /// The signature is not of this key.
    #[error("its signature is not of this key")]
    Signature,
}
