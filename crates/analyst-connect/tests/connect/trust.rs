//! Who is trusted with a password, and what a connection that fails says.

use analyst_connect::postgres::Postgres;
use analyst_connect::{ConnectError, SqlEngine};
use analyst_types::{Connection, TlsMode};
use secrecy::SecretString;

use crate::server::{READER, shared};

fn try_with(change: impl FnOnce(&mut Connection)) -> Result<Postgres, ConnectError> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut connection = shared().connection();
    change(&mut connection);
    Postgres::new(&connection, Some(&SecretString::from(READER.1)))
}

#[tokio::test]
async fn a_server_is_believed_when_its_certificate_proves_its_name() {
    let authority = shared().folder.join("ca.crt").display().to_string();
    let verified = try_with(|connection| {
        connection.tls = TlsMode::Verified;
        connection.host = "localhost".into();
        connection.root_certificate = Some(authority);
    });
    let info = verified.unwrap().test().await.unwrap();
    assert!(info.version.starts_with("PostgreSQL 1"), "{}", info.version);
    assert!(info.is_verified);
    assert!(!info.may_write);
}

#[tokio::test]
async fn an_unknown_authority_is_not_believed() {
    let unknown = try_with(|connection| {
        connection.tls = TlsMode::Verified;
        connection.host = "localhost".into();
    });
    let error = unknown.unwrap().test().await.unwrap_err();
    assert!(matches!(error, ConnectError::NotTrusted { .. }), "{error:?}");
}

#[tokio::test]
async fn no_password_goes_to_another_machine_in_the_clear() {
    let error = try_with(|connection| connection.host = "db.example.com".into()).unwrap_err();
    assert!(error.to_string().contains("only a server on this machine"), "{error}");
    assert!(try_with(|connection| connection.database = " ".into()).is_err());
    assert!(try_with(|connection| connection.root_certificate = Some("/nowhere/ca.pem".into())).is_err());
}

#[tokio::test]
async fn a_connection_that_fails_says_why_and_never_the_password() {
    let wrong = Postgres::new(&shared().connection(), Some(&SecretString::from("ZQWRONGPASSWORD"))).unwrap();
    let error = wrong.test().await.unwrap_err();
    assert!(matches!(error, ConnectError::LoginRefused { .. }), "{error:?}");
    assert!(!format!("{error:?} {error} {wrong:?}").contains("ZQWRONGPASSWORD"));
    let nobody = try_with(|connection| connection.port = 1).unwrap().test().await.unwrap_err();
    assert!(matches!(nobody, ConnectError::Unreachable { .. }), "{nobody:?}");
    let missing = try_with(|connection| connection.database = "nowhere".into()).unwrap().test().await.unwrap_err();
    assert!(matches!(missing, ConnectError::LoginRefused { .. }), "{missing:?}");
}
