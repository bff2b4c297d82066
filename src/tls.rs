//! What a TLS connection that cannot be made failed for, and what to do: for the broker and for Genesys alike. The cause lies
//! deep in the errors of the client libraries.

use std::error::Error;
use std::io;

use rustls::{AlertDescription, CertificateError};

/// Why there is no TLS connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TlsFault {
    /// The other side's certificate is of an authority that we do not trust.
    #[error("its certificate is not of an authority that is trusted")]
    UnknownAuthority,
    /// The other side's certificate is for another host.
    #[error("its certificate is for another host name")]
    WrongHost,
    /// The other side's certificate has expired.
    #[error("its certificate has expired")]
    Expired,
    /// The other side's certificate cannot be used for another reason.
    #[error("its certificate cannot be used")]
    BadCertificate,
    /// The other side asks for a certificate of ours.
    #[error("it asks for a client certificate")]
    ClientCertificateMissing,
    /// The other side refuses our certificate.
    #[error("it refuses the client certificate")]
    ClientCertificateRefused,
    /// The other side says that our certificate has expired.
    #[error("it says that the client certificate has expired")]
    ClientCertificateExpired,
    /// What answers does not speak TLS.
    #[error("what answers there does not speak TLS")]
    NoTls,
}

/// The TLS fault at the bottom of `error`, where there is one.
pub fn tls_fault(error: &(dyn Error + 'static)) -> Option<TlsFault> {
    if let Some(error) = error.downcast_ref::<rustls::Error>() {
        return of(error);
    }
    // An I/O error does not name what it wraps as its source.
    let wrapped = error
        .downcast_ref::<io::Error>()
        .and_then(io::Error::get_ref)
        .map(|inner| inner as &(dyn Error + 'static));
    wrapped.or_else(|| error.source()).and_then(tls_fault)
}

fn of(error: &rustls::Error) -> Option<TlsFault> {
    Some(match error {
        rustls::Error::InvalidCertificate(error) => match error {
            // A wrong signature: the authority has another key by now, under the same name.
            CertificateError::UnknownIssuer | CertificateError::BadSignature => {
                TlsFault::UnknownAuthority
            }
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                TlsFault::WrongHost
            }
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
                TlsFault::Expired
            }
            _ => TlsFault::BadCertificate,
        },
        rustls::Error::AlertReceived(alert) => match alert {
            AlertDescription::CertificateRequired => TlsFault::ClientCertificateMissing,
            AlertDescription::CertificateExpired => TlsFault::ClientCertificateExpired,
            AlertDescription::BadCertificate
            | AlertDescription::UnsupportedCertificate
            | AlertDescription::CertificateRevoked
            | AlertDescription::CertificateUnknown
            | AlertDescription::UnknownCA
            | AlertDescription::AccessDenied => TlsFault::ClientCertificateRefused,
            _ => return None,
        },
        rustls::Error::InvalidMessage(_) => TlsFault::NoTls,
        _ => return None,
    })
}
