//! `keys`: a provider's key, kept, tried and deleted. A key is read from standard input, so that it stands in no
//! shell history and no list of processes.

use std::io::Read;

use analyst_app::commands::model::{ModelTest, Models, SecretStoreInfo, SecretStoreKind, TestModel};
use analyst_types::{AppError, ErrorCode, ModelId};
use serde_json::json;

use crate::args::{KeyVerb, Keys};
use crate::client::Client;
use crate::print;

pub async fn keys(client: &Client, keys: Keys) -> Result<(), AppError> {
    match keys.verb {
        KeyVerb::Set { provider } => set(client, &provider).await,
        KeyVerb::Test { model } => test(client, &model).await,
        KeyVerb::Delete { provider } => {
            let _: SecretStoreInfo = client.call("secret::delete", json!({ "provider": provider })).await?;
            print::note(&format!("The key of {provider} is deleted."));
            Ok(())
        }
    }
}

async fn set(client: &Client, provider: &str) -> Result<(), AppError> {
    print::note("Type or paste the key, then Enter and Ctrl-D:");
    let mut key = String::new();
    std::io::stdin()
        .read_to_string(&mut key)
        .map_err(|error| AppError::new(ErrorCode::InvalidRequest, format!("the key cannot be read: {error}")))?;
    let key = key.trim();
    if key.is_empty() {
        return Err(AppError::new(ErrorCode::InvalidRequest, "no key was given"));
    }
    let store: SecretStoreInfo = client.call("secret::set", json!({ "provider": provider, "key": key })).await?;
    if store.kind == SecretStoreKind::Session {
        return Err(AppError::new(
            ErrorCode::Storage,
            "there is no keyring here, so the key would be forgotten at once",
        )
        .with_hint("Give it by environment variable (for example ANTHROPIC_API_KEY), or set it in the window."));
    }
    print::note(&store.detail);
    Ok(())
}

async fn test(client: &Client, model: &str) -> Result<(), AppError> {
    let model = match model.parse::<ModelId>() {
        Ok(model) => model,
        Err(_) => first_model(client, model).await?,
    };
    let test: ModelTest = client.call("model::test", TestModel { model }).await?;
    if client.global.json {
        print::json(&test);
    } else if test.ok {
        print::result(&test.message);
    }
    if test.ok { Ok(()) } else { Err(AppError::new(ErrorCode::ModelUnavailable, test.message)) }
}

async fn first_model(client: &Client, provider: &str) -> Result<ModelId, AppError> {
    let list: Models = client.ask("model::list").await?;
    let provider_info = list.providers.into_iter().find(|info| info.id == provider);
    let model = provider_info.and_then(|info| info.models.into_iter().next());
    model.map(|model| model.id).ok_or_else(|| {
        AppError::new(ErrorCode::InvalidRequest, format!("no model of “{provider}” is known"))
            .with_hint("Name one: auto-analyst keys test provider/model")
    })
}
