//! `call`: any command of the table, as JSON in and out.

use analyst_types::{AppError, ErrorCode};

use crate::args::Call;
use crate::client::Client;
use crate::print;

pub async fn call(client: &Client, call: Call) -> Result<(), AppError> {
    let request = serde_json::from_str(&call.request).map_err(|error| {
        AppError::new(ErrorCode::InvalidRequest, format!("the request is not JSON: {error}"))
            .with_hint("For example: auto-analyst call dataset::list '{}'")
    })?;
    let answer = client.send(&call.name, request).await?;
    print::json(&answer);
    Ok(())
}
