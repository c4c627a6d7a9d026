//! What a call is answered with: an object, or an error in Stripe's documented shape.

use serde_json::{Value, json};

pub(super) type Answer = Result<Value, Problem>;

/// Leaves out what only we know of an object; Stripe's have no such fields.
pub(super) fn as_stripe_shows_it(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.retain(|name, _| !name.starts_with("stand_in_"));
            fields.values_mut().for_each(as_stripe_shows_it);
        }
        Value::Array(all) => all.iter_mut().for_each(as_stripe_shows_it),
        _ => {}
    }
}

#[derive(Clone, Debug)]
pub(super) struct Problem {
    pub status: u16,
    pub body: Value,
}

impl Problem {
    fn new(status: u16, kind: &str, code: Option<&str>, message: &str, param: Option<&str>) -> Self {
        let mut error = json!({"type": kind, "message": message});
        if let Some(code) = code {
            error["code"] = code.into();
            error["doc_url"] = format!("https://stripe.com/docs/error-codes/{}", code.replace('_', "-")).into();
        }
        if let Some(param) = param {
            error["param"] = param.into();
        }
        Self { status, body: json!({"error": error}) }
    }

    pub fn invalid(message: &str, param: Option<&str>) -> Self {
        Self::new(400, "invalid_request_error", None, message, param)
    }

    pub fn coded(code: &str, message: &str) -> Self {
        Self::new(400, "invalid_request_error", Some(code), message, None)
    }

    pub fn missing(param: &str) -> Self {
        let message = format!("Missing required param: {param}.");
        Self::new(400, "invalid_request_error", Some("parameter_missing"), &message, Some(param))
    }

    pub fn absent(kind: &str, id: &str) -> Self {
        let message = format!("No such {kind}: '{id}'");
        Self::new(404, "invalid_request_error", Some("resource_missing"), &message, Some("id"))
    }

    pub fn unknown_url(method: &str, path: &str) -> Self {
        let message = format!("Unrecognized request URL ({method}: {path}).");
        Self::new(404, "invalid_request_error", None, &message, None)
    }

    pub fn unauthorized() -> Self {
        Self::new(401, "invalid_request_error", None, "You did not provide a valid test API key.", None)
    }

    pub fn key_reused(key: &str) -> Self {
        let message = format!(
            "Keys for idempotent requests can only be used with the same parameters they were first used with. \
             Try using a key other than '{key}' if you meant to execute a different request."
        );
        Self::new(400, "idempotency_error", None, &message, None)
    }

    pub fn outage() -> Self {
        Self::new(500, "api_error", None, "An unexpected error occurred. Try again later.", None)
    }

    /// The bank said no. The intent as it now stands travels with the error.
    pub fn card(code: &str, decline_code: &str, message: &str, intent: Option<&Value>) -> Self {
        let mut problem = Self::new(402, "card_error", Some(code), message, None);
        problem.body["error"]["decline_code"] = decline_code.into();
        if let Some(intent) = intent {
            problem.body["error"]["payment_intent"] = intent.clone();
        }
        problem
    }
}
