//! `/payments/methods` and `/payments/setup-intent`.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use crate::base::access::Actor;
use crate::base::id::MethodId;
use crate::base::paging::{Page, PageQuery};
use crate::base::refusal::Refusal;
use crate::base::time::Timestamp;
use crate::payments::model::PaymentMethod;
use crate::payments::ops::{self, CardWish, Saved};
use crate::site::Site;
use crate::web::{Answer, Body, Id, Params, Success};

#[derive(Serialize, ToSchema)]
pub struct MethodView {
    id: MethodId,
    brand: String,
    last4: String,
    is_default: bool,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
}

impl From<PaymentMethod> for MethodView {
    fn from(card: PaymentMethod) -> Self {
        Self {
            id: card.id,
            brand: card.brand,
            last4: card.last4,
            is_default: card.is_default,
            created_at: card.created_at,
        }
    }
}

/// The saved cards, the default one first.
#[utoipa::path(get, path = "/api/v1/payments/methods", tag = "payments", operation_id = "list_payment_methods",
    params(PageQuery), responses((status = 200, body = Page<MethodView>)))]
pub async fn list_payment_methods(
    State(site): State<Site>,
    actor: Actor,
    Params(page): Params<PageQuery>,
) -> Answer<Json<Page<MethodView>>> {
    let cards = site.read(|r| ops::cards(r, actor.user_id))?;
    Ok(Json(page.cut_with(cards, 100)?.map(MethodView::from)))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewMethod {
    /// Stripe's token.
    #[schema(min_length = 1, max_length = 255)]
    payment_method_id: String,
    #[serde(default)]
    set_as_default: bool,
}

/// Saves a card that Stripe's own form or page made a token for. The first one becomes the default.
#[utoipa::path(post, path = "/api/v1/payments/methods", tag = "payments", operation_id = "add_payment_method",
    request_body = NewMethod, responses((status = 200, body = MethodView)))]
pub async fn add_payment_method(
    State(site): State<Site>,
    actor: Actor,
    Body(input): Body<NewMethod>,
) -> Answer<Json<MethodView>> {
    let wish = CardWish { named: Some(input.payment_method_id), save: true, make_default: input.set_as_default };
    match ops::card_for(&site, actor.user_id, wish).await? {
        Saved::Card(card) => Ok(Json(card.into())),
        Saved::Declined(word) => {
            Err(Refusal::unprocessable("CARD_DECLINED", "The bank did not accept this card. Try another one.")
                .details(json!({ "decline_code": word }))
                .into())
        }
    }
}

/// Forgets a saved card, here and at Stripe.
#[utoipa::path(delete, path = "/api/v1/payments/methods/{id}", tag = "payments",
    operation_id = "remove_payment_method", params(("id" = MethodId, Path)),
    responses((status = 200, body = Success)))]
pub async fn remove_payment_method(
    State(site): State<Site>,
    actor: Actor,
    Id(id): Id<MethodId>,
) -> Answer<Json<Success>> {
    ops::remove_card(&site, actor.user_id, id).await?;
    Ok(Success::json())
}

#[derive(Serialize, ToSchema)]
#[schema(as = CardSetup)]
pub struct SetupView {
    setup_intent_id: String,
    client_secret: Option<String>,
}

/// Begins saving a card in Stripe's own card form.
#[utoipa::path(post, path = "/api/v1/payments/setup-intent", tag = "payments", operation_id = "create_setup_intent",
    responses((status = 200, body = SetupView)))]
pub async fn create_setup_intent(State(site): State<Site>, actor: Actor) -> Answer<Json<SetupView>> {
    let setup = ops::setup_intent(&site, actor.user_id).await?;
    Ok(Json(SetupView { setup_intent_id: setup.id, client_secret: setup.client_secret }))
}
