//! What the person chose, kept in the store, with a default for everything.

use std::collections::BTreeMap;
use std::sync::Arc;

use analyst_store::Store;
use analyst_types::{AppError, ErrorCode, Limits, ModelId, PrivacyLevel};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use ts_rs::TS;

/// What the person chose.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct Settings {
    /// The model that answers.
    pub model: ModelId,
    /// How much of the data a remote model may see.
    pub privacy: PrivacyLevel,
    /// How the window looks.
    pub theme: Theme,
    /// Where providers are reached, when not at their usual address; by provider id.
    pub base_urls: BTreeMap<String, String>,
    /// Seconds a piece of code may run.
    #[ts(type = "number")]
    pub timeout_secs: u64,
    /// Megabytes a piece of code may use.
    #[ts(type = "number")]
    pub memory_mb: u64,
    /// Nothing is asked of any other machine: no model, no download, no database.
    pub offline: bool,
    /// Requests one question may make.
    pub max_calls_per_run: u32,
    /// US dollars one question may cost; null is no limit.
    pub max_usd_per_run: Option<f64>,
    /// US dollars all questions of 24 hours may cost; null is no limit.
    pub max_usd_per_day: Option<f64>,
    /// Python runs although this system cannot confine it.
    pub accept_weak_sandbox: bool,
}

/// How the window looks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// As the operating system says.
    #[default]
    System,
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

impl Default for Settings {
    fn default() -> Self {
        let limits = Limits::default();
        Self {
            model: ModelId::builtin(),
            privacy: PrivacyLevel::default(),
            theme: Theme::default(),
            base_urls: BTreeMap::new(),
            timeout_secs: limits.timeout_secs,
            memory_mb: limits.memory_bytes >> 20,
            offline: false,
            max_calls_per_run: 100,
            max_usd_per_run: None,
            max_usd_per_day: None,
            accept_weak_sandbox: false,
        }
    }
}

impl Settings {
    /// What a piece of code may use.
    pub fn limits(&self) -> Limits {
        Limits { timeout_secs: self.timeout_secs, memory_bytes: self.memory_mb << 20, ..Limits::default() }
    }

    fn check(&self) -> Result<(), AppError> {
        check_range("timeoutSecs", self.timeout_secs, 1, 3_600)?;
        check_range("memoryMb", self.memory_mb, 128, 1 << 20)?;
        check_range("maxCallsPerRun", u64::from(self.max_calls_per_run), 1, 10_000)?;
        check_amount("maxUsdPerRun", self.max_usd_per_run)?;
        check_amount("maxUsdPerDay", self.max_usd_per_day)?;
        for (provider, url) in &self.base_urls {
            if !(url.starts_with("https://") || url.starts_with("http://")) {
                return Err(AppError::new(
                    ErrorCode::InvalidRequest,
                    format!("baseUrls.{provider}: “{url}” is not an http or https address"),
                ));
            }
        }
        Ok(())
    }
}

fn check_range(field: &str, value: u64, least: u64, most: u64) -> Result<(), AppError> {
    if (least..=most).contains(&value) {
        return Ok(());
    }
    Err(AppError::new(ErrorCode::InvalidRequest, format!("{field} must be between {least} and {most}, not {value}")))
}

fn check_amount(field: &str, value: Option<f64>) -> Result<(), AppError> {
    if value.is_none_or(|usd| usd.is_finite() && usd >= 0.0) {
        return Ok(());
    }
    Err(AppError::new(ErrorCode::InvalidRequest, format!("{field} must be an amount of dollars, zero or more")))
}

/// Which settings to change; absent fields stay.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
#[ts(optional_fields)]
pub struct SettingsChange {
    /// The model that answers.
    pub model: Option<ModelId>,
    /// How much of the data a remote model may see.
    pub privacy: Option<PrivacyLevel>,
    /// How the window looks.
    pub theme: Option<Theme>,
    /// Where providers are reached; an empty address means the usual one. Providers not named stay.
    pub base_urls: Option<BTreeMap<String, String>>,
    /// Seconds a piece of code may run.
    #[ts(as = "Option<u32>", optional)]
    pub timeout_secs: Option<u64>,
    /// Megabytes a piece of code may use.
    #[ts(as = "Option<u32>", optional)]
    pub memory_mb: Option<u64>,
    /// Nothing is asked of any other machine.
    pub offline: Option<bool>,
    /// Requests one question may make.
    pub max_calls_per_run: Option<u32>,
    /// US dollars one question may cost; null takes the limit away.
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[ts(type = "number | null", optional)]
    pub max_usd_per_run: Option<Option<f64>>,
    /// US dollars all questions of 24 hours may cost; null takes the limit away.
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[ts(type = "number | null", optional)]
    pub max_usd_per_day: Option<Option<f64>>,
    /// Python runs although this system cannot confine it.
    pub accept_weak_sandbox: Option<bool>,
}

/// Tells a field that is null from one that is absent.
fn given<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Option<f64>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

impl SettingsChange {
    fn apply(self, settings: &mut Settings) {
        settings.model = self.model.unwrap_or_else(|| settings.model.clone());
        settings.privacy = self.privacy.unwrap_or(settings.privacy);
        settings.theme = self.theme.unwrap_or(settings.theme);
        settings.timeout_secs = self.timeout_secs.unwrap_or(settings.timeout_secs);
        settings.memory_mb = self.memory_mb.unwrap_or(settings.memory_mb);
        settings.offline = self.offline.unwrap_or(settings.offline);
        settings.max_calls_per_run = self.max_calls_per_run.unwrap_or(settings.max_calls_per_run);
        settings.max_usd_per_run = self.max_usd_per_run.unwrap_or(settings.max_usd_per_run);
        settings.max_usd_per_day = self.max_usd_per_day.unwrap_or(settings.max_usd_per_day);
        settings.accept_weak_sandbox = self.accept_weak_sandbox.unwrap_or(settings.accept_weak_sandbox);
        for (provider, url) in self.base_urls.unwrap_or_default() {
            let url = url.trim();
            if url.is_empty() {
                settings.base_urls.remove(&provider);
            } else {
                settings.base_urls.insert(provider, url.to_owned());
            }
        }
    }
}

/// Reads and writes the settings.
pub(crate) struct SettingsDesk {
    store: Arc<Store>,
}

impl SettingsDesk {
    pub(crate) fn new(store: Arc<Store>) -> Self {
        Self { store }
    }

    /// The settings; what cannot be read any more falls back to its default.
    pub(crate) async fn get(&self) -> Result<Settings, AppError> {
        Ok(readable_part(self.store.settings().get_all().await?))
    }

    /// Changes some of them.
    pub(crate) async fn update(&self, change: SettingsChange) -> Result<Settings, AppError> {
        let mut settings = self.get().await?;
        change.apply(&mut settings);
        settings.check()?;
        self.store.settings().set_all(&fields(&settings)).await?;
        Ok(settings)
    }
}

/// One row per setting.
fn fields(settings: &Settings) -> BTreeMap<String, Value> {
    match serde_json::to_value(settings) {
        Ok(Value::Object(fields)) => fields.into_iter().collect(),
        _ => unreachable!("BUG: settings are a plain JSON object"),
    }
}

/// Keeps every field that still reads, so that one broken value does not lose the rest.
fn readable_part(stored: BTreeMap<String, Value>) -> Settings {
    let mut settings = Settings::default();
    for (name, value) in stored {
        let field = Value::Object([(name.clone(), value)].into_iter().collect());
        match serde_json::from_value::<SettingsChange>(field) {
            Ok(change) => change.apply(&mut settings),
            Err(error) => {
                tracing::warn!(setting = name, %error, "a stored setting cannot be read; its default is used")
            }
        }
    }
    settings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_broken_value_does_not_lose_the_others() {
        let stored = [("model", "anthropic/claude".into()), ("privacy", "nonsense".into()), ("timeoutSecs", 7.into())];
        let settings = readable_part(stored.map(|(name, value): (_, Value)| (name.to_owned(), value)).into());
        assert_eq!(settings.model, ModelId::new("anthropic", "claude"));
        assert_eq!(settings.privacy, PrivacyLevel::Statistics);
        assert_eq!(settings.timeout_secs, 7);
    }

    #[test]
    fn settings_survive_being_stored() {
        let mut settings = Settings { timeout_secs: 9, accept_weak_sandbox: true, ..Settings::default() };
        settings.base_urls.insert("openai".into(), "http://localhost:1/v1".into());
        assert_eq!(readable_part(fields(&settings)), settings);
    }

    #[test]
    fn an_empty_address_removes_the_providers_own() {
        let mut settings = Settings::default();
        settings.base_urls.insert("openai".into(), "http://localhost:1/v1".into());
        let change: SettingsChange = serde_json::from_str(r#"{"baseUrls":{"openai":""}}"#).unwrap();
        change.apply(&mut settings);
        assert_eq!(settings, Settings::default());
    }

    #[test]
    fn values_out_of_range_name_their_field() {
        let settings = Settings { timeout_secs: 0, ..Settings::default() };
        assert_eq!(settings.check().unwrap_err().message, "timeoutSecs must be between 1 and 3600, not 0");
    }
}
