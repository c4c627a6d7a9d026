//! Stripe Identity: whether a person is who they say they are. The document never reaches us.

use stripe_misc::identity_verification_session::{
    CreateIdentityVerificationSession, CreateIdentityVerificationSessionOptions,
    CreateIdentityVerificationSessionOptionsDocument, CreateIdentityVerificationSessionType,
    RetrieveIdentityVerificationSession,
};
use stripe_misc::{IdentityVerificationSession, IdentityVerificationSessionStatus as Status};

use super::{Call, Stripe, StripeFault, keyed, metadata};
use crate::base::refusal::Refusal;

/// A visit to Stripe's identity check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdentitySession {
    pub id: String,
    pub client_secret: Option<String>,
    pub url: Option<String>,
    /// `requires_input`, `processing`, `verified` or `canceled`.
    pub status: &'static str,
    pub first_name: Option<String>,
    pub last_name: Option<String>,
    /// The last attempt failed; Stripe's word why.
    pub error: Option<String>,
}

/// A call to the identity check failed: what whoever asked is told.
pub fn identity_refusal(fault: &StripeFault) -> Refusal {
    if fault.is_transient() {
        return Refusal::unavailable(
            "IDENTITY_PROVIDER_UNAVAILABLE",
            "The identity check cannot be reached. Nothing was changed; try again in a minute.",
        );
    }
    Refusal::internal(fault)
}

impl Stripe {
    /// A document, a live picture and a selfie that matches it (rule: 20§8).
    pub async fn open_identity(&self, user: &str, return_url: &str, key: &str) -> Call<IdentitySession> {
        let mut document = CreateIdentityVerificationSessionOptionsDocument::new();
        document.require_live_capture = Some(true);
        document.require_matching_selfie = Some(true);
        let mut options = CreateIdentityVerificationSessionOptions::new();
        options.document = Some(document);
        let request = CreateIdentityVerificationSession::new()
            .type_(CreateIdentityVerificationSessionType::Document)
            .options(options)
            .metadata(metadata(&[("user_id", user.to_owned())]))
            .return_url(return_url);
        Ok(keyed(request, key)?.send(&self.client).await?.into())
    }

    pub async fn identity(&self, session: &str) -> Call<IdentitySession> {
        let request = RetrieveIdentityVerificationSession::new(session).expand(vec!["verified_outputs".to_owned()]);
        Ok(request.send(&self.client).await?.into())
    }
}

impl From<IdentityVerificationSession> for IdentitySession {
    fn from(session: IdentityVerificationSession) -> Self {
        let (first_name, last_name) =
            session.verified_outputs.map_or((None, None), |found| (found.first_name, found.last_name));
        Self {
            id: session.id.to_string(),
            client_secret: session.client_secret,
            url: session.url,
            status: match session.status {
                Status::Verified => "verified",
                Status::Processing => "processing",
                Status::Canceled => "canceled",
                _ => "requires_input",
            },
            first_name,
            last_name,
            error: session.last_error.and_then(|error| error.code).map(|code| code.to_string()),
        }
    }
}
