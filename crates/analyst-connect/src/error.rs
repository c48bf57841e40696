//! What can go wrong between here and a database, in words for the person who typed its address.

use analyst_types::{AppError, ErrorCode};

/// Why a database did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// What was entered cannot be a connection.
    #[error("{message}")]
    BadConnection {
        /// What is wrong with it.
        message: String,
    },
    /// Nobody answers there, or not in PostgreSQL's way.
    #[error("{server} cannot be reached: {reason}")]
    Unreachable {
        /// `host:port`.
        server: String,
        /// What the system says.
        reason: String,
    },
    /// The server's certificate does not prove its name.
    #[error("{server} could not prove who it is: {reason}")]
    NotTrusted {
        /// `host:port`.
        server: String,
        /// What is wrong with its certificate.
        reason: String,
    },
    /// User or password are wrong, or the user may not use this database.
    #[error("{server} refused the user “{user}”: {reason}")]
    LoginRefused {
        /// `host:port`.
        server: String,
        /// Who asked.
        user: String,
        /// What the server says.
        reason: String,
    },
    /// The table is not there, or the user may not read it.
    #[error("there is no table {name} that “{user}” may read")]
    NoTable {
        /// `schema.table`.
        name: String,
        /// Who asked.
        user: String,
    },
    /// The statement is not one we let through.
    #[error("{message}")]
    Refused {
        /// Why, and what to write instead.
        message: String,
    },
    /// The server could not run the statement.
    #[error("{message}")]
    Failed {
        /// What the server says.
        message: String,
    },
    /// It took longer than it may.
    #[error("the database took longer than {seconds} s and was stopped")]
    TookTooLong {
        /// The limit.
        seconds: u64,
    },
}

impl From<ConnectError> for AppError {
    fn from(error: ConnectError) -> Self {
        let (code, hint) = match &error {
            ConnectError::BadConnection { .. } => (ErrorCode::InvalidRequest, ""),
            ConnectError::Unreachable { .. } => (
                ErrorCode::NotFound,
                "Check host and port, that the server is running, and that a firewall lets this computer in.",
            ),
            ConnectError::NotTrusted { .. } => (
                ErrorCode::InvalidRequest,
                "Give the certificate authority's file (PEM) with the connection, and use the host name that stands in the certificate. Nothing was sent.",
            ),
            ConnectError::LoginRefused { .. } => {
                (ErrorCode::KeyRejected, "Check user, password and the name of the database.")
            }
            ConnectError::NoTable { .. } => {
                (ErrorCode::NotFound, "Ask its owner for GRANT SELECT, or choose another table.")
            }
            ConnectError::Refused { .. } | ConnectError::Failed { .. } => (ErrorCode::CodeFailed, ""),
            ConnectError::TookTooLong { .. } => {
                (ErrorCode::Cancelled, "Filter more, ask for fewer rows, or raise the time limit in the settings.")
            }
        };
        AppError::new(code, error.to_string()).with_hint(hint)
    }
}
