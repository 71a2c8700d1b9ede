//! Why a client does not believe a server.

use std::io;

use rustls::{AlertDescription, CertificateError, Error, InvalidMessage};

/// What is wrong with what a server shows, so far as it makes a difference to whoever has to mend it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// Nobody who is believed has signed its certificate.
    Authority,
    /// It shows the certificate of an authority, which is for signing others.
    NoServer,
    /// Its certificate is for other names.
    Name,
    /// Its certificate has expired.
    Expired,
    /// Its certificate is not good yet.
    NotYet,
    /// What it says is no TLS.
    InTheClear,
    /// It wants a certificate of the client.
    Client,
    /// It speaks no version or suite of TLS that the client does.
    Version,
    /// Something else.
    Other,
}

/// What an error of a connection says about the server, if it is about TLS at all.
pub fn doubt(error: &io::Error) -> Option<Doubt> {
    let error = error.get_ref()?.downcast_ref::<Error>()?;
    Some(match error {
        Error::InvalidCertificate(error) => of_certificate(error),
        Error::InvalidMessage(InvalidMessage::InvalidContentType) => Doubt::InTheClear,
        Error::AlertReceived(AlertDescription::CertificateRequired) => Doubt::Client,
        Error::AlertReceived(AlertDescription::ProtocolVersion | AlertDescription::HandshakeFailure)
        | Error::PeerIncompatible(_) => Doubt::Version,
        _ => Doubt::Other,
    })
}

fn of_certificate(error: &CertificateError) -> Doubt {
    match error {
        // The latter is one with the name of somebody who is believed, and another key.
        CertificateError::UnknownIssuer | CertificateError::BadSignature => Doubt::Authority,
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => Doubt::Name,
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => Doubt::Expired,
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => Doubt::NotYet,
        // The library has no variant of its own for it, only the words of the one below it.
        CertificateError::Other(other) if format!("{other:?}").contains("CaUsedAsEndEntity") => Doubt::NoServer,
        _ => Doubt::Other,
    }
}
