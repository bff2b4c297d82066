//! Certificates that are made for a test, and a server that shows one.

use std::path::Path;
use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa,
    Issuer, KeyPair, KeyUsagePurpose, date_time_ymd,
};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio_rustls::TlsAcceptor;

/// A private certificate authority.
pub(crate) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pub(crate) pem: String,
}

/// A certificate and its private key, both PEM.
pub(crate) struct Issued {
    pub(crate) certificate: String,
    pub(crate) key: String,
}

impl Authority {
    pub(crate) fn new() -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::default();
        params.distinguished_name = common_name("Test authority");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let pem = params.self_signed(&key).unwrap().pem();
        Self {
            issuer: Issuer::new(params, key),
            pem,
        }
    }

    /// A certificate for the host `name`, or for a client of that common name.
    pub(crate) fn issue(&self, name: &str) -> Issued {
        self.sign(params(name))
    }

    /// One whose time is over.
    pub(crate) fn issue_expired(&self, name: &str) -> Issued {
        let mut params = params(name);
        params.not_before = date_time_ymd(2020, 1, 1);
        params.not_after = date_time_ymd(2021, 1, 1);
        self.sign(params)
    }

    fn sign(&self, params: CertificateParams) -> Issued {
        let key = KeyPair::generate().unwrap();
        Issued {
            certificate: params.signed_by(&key, &self.issuer).unwrap().pem(),
            key: key.serialize_pem(),
        }
    }
}

fn params(name: &str) -> CertificateParams {
    let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
    params.distinguished_name = common_name(name);
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![
        ExtendedKeyUsagePurpose::ServerAuth,
        ExtendedKeyUsagePurpose::ClientAuth,
    ];
    params
}

fn common_name(name: &str) -> DistinguishedName {
    let mut whole = DistinguishedName::new();
    whole.push(DnType::CommonName, name);
    whole
}

impl Issued {
    /// Writes it to `folder` as NAME.pem and NAME.key; their paths.
    pub(crate) fn write(&self, folder: &Path, name: &str) -> [String; 2] {
        let paths = ["pem", "key"].map(|ending| folder.join(format!("{name}.{ending}")));
        std::fs::write(&paths[0], &self.certificate).unwrap();
        std::fs::write(&paths[1], &self.key).unwrap();
        paths.map(|path| path.to_str().unwrap().to_owned())
    }
}

/// Speaks TLS in front of a server that does not.
pub(crate) struct TlsFront {
    pub(crate) port: u16,
    config: watch::Sender<Arc<ServerConfig>>,
}

impl TlsFront {
    /// Shows `issued`, and passes on to `target`, an address with its port.
    pub(crate) async fn start(target: &str, issued: &Issued) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let config = watch::Sender::new(server_config(issued));
        let (target, mut shown) = (target.to_owned(), config.subscribe());
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let acceptor = TlsAcceptor::from(Arc::clone(&shown.borrow_and_update()));
                let (target, mut shown) = (target.clone(), shown.clone());
                tokio::spawn(async move {
                    // A client that does not trust us leaves in the middle.
                    let mut client = acceptor.accept(client).await.ok()?;
                    let mut server = TcpStream::connect(target).await.ok()?;
                    let passing = tokio::io::copy_bidirectional(&mut client, &mut server);
                    tokio::select! {
                        passed = passing => drop(passed),
                        _ = shown.changed() => {}
                    }
                    Some(())
                });
            }
        });
        Self { port, config }
    }

    /// Ends all connections, and shows another certificate to who comes from now on.
    pub(crate) fn show(&self, issued: &Issued) {
        self.config.send_replace(server_config(issued));
    }
}

fn server_config(issued: &Issued) -> Arc<ServerConfig> {
    let chain = CertificateDer::pem_slice_iter(issued.certificate.as_bytes());
    let chain = chain.collect::<Result<Vec<_>, _>>().unwrap();
    let key = PrivateKeyDer::from_pem_slice(issued.key.as_bytes()).unwrap();
    let config = ServerConfig::builder().with_no_client_auth();
    Arc::new(config.with_single_cert(chain, key).unwrap())
}
