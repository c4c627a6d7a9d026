//! One's own saved addresses (contract §7, part 20 §6).

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa_axum::routes;

use crate::base::access::{Actor, Permission};
use crate::base::id::AddressId;
use crate::base::paging::{Page, PageQuery};
use crate::base::time::Timestamp;
use crate::places::address::{Address, Label, Wish};
use crate::places::{ops, tables};
use crate::site::Site;
use crate::web::{Access, Answer, Api, Body, Created, Id, Params};

pub(super) fn routes(api: Api) -> Api {
    let own = Access::can(Permission::ManageOwnProfile);
    api.route(own, routes!(list_addresses, save_address)).route(own, routes!(change_address, remove_address))
}

/// Every writable field. What only the server knows (coordinates, district, verification) is taken and ignored.
#[derive(Clone, Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, default)]
struct AddressInput {
    label: Option<Label>,
    #[schema(max_length = 50)]
    custom_label: Option<String>,
    #[schema(max_length = 100)]
    recipient_name: Option<String>,
    #[schema(max_length = 255)]
    street_line1: Option<String>,
    #[schema(max_length = 255)]
    street_line2: Option<String>,
    #[schema(max_length = 100)]
    locality: Option<String>,
    #[schema(max_length = 100)]
    administrative_area: Option<String>,
    #[schema(max_length = 20)]
    postal_code: Option<String>,
    #[schema(min_length = 2, max_length = 2)]
    country_code: Option<String>,
    /// From `/addresses/places/autocomplete`.
    place_id: Option<String>,
    is_default: Option<bool>,
    #[schema(value_type = Option<f64>)]
    #[serde(rename = "latitude")]
    _latitude: Option<Value>,
    #[schema(value_type = Option<f64>)]
    #[serde(rename = "longitude")]
    _longitude: Option<Value>,
    #[schema(value_type = Option<String>)]
    #[serde(rename = "verification_status")]
    _verification_status: Option<Value>,
    #[schema(value_type = Option<String>)]
    #[serde(rename = "district")]
    _district: Option<Value>,
    #[schema(value_type = Option<String>)]
    #[serde(rename = "neighborhood")]
    _neighborhood: Option<Value>,
    #[schema(value_type = Option<String>)]
    #[serde(rename = "subneighborhood")]
    _subneighborhood: Option<Value>,
    #[schema(value_type = Option<Object>)]
    #[serde(rename = "location_metadata")]
    _location_metadata: Option<Value>,
}

impl AddressInput {
    fn wish(self) -> Wish {
        Wish {
            label: self.label,
            custom_label: self.custom_label,
            recipient_name: self.recipient_name,
            street_line1: self.street_line1,
            street_line2: self.street_line2,
            locality: self.locality,
            administrative_area: self.administrative_area,
            postal_code: self.postal_code,
            country_code: self.country_code,
            place_id: self.place_id,
            is_default: self.is_default,
        }
    }
}

#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
#[schema(as = Address)]
struct AddressView {
    id: AddressId,
    label: Label,
    custom_label: Option<String>,
    recipient_name: Option<String>,
    street_line1: String,
    street_line2: Option<String>,
    locality: String,
    administrative_area: String,
    postal_code: String,
    country_code: String,
    latitude: Option<f64>,
    longitude: Option<f64>,
    place_id: Option<String>,
    /// `located` when our own data knows where it is, else `unverified`.
    verification_status: &'static str,
    district: Option<String>,
    neighborhood: Option<String>,
    subneighborhood: Option<String>,
    #[schema(value_type = Option<Object>)]
    location_metadata: Option<Value>,
    is_default: bool,
    is_active: bool,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    updated_at: Timestamp,
}

impl From<Address> for AddressView {
    fn from(address: Address) -> Self {
        let Address { parts, located, .. } = address;
        Self {
            id: address.id,
            label: parts.label,
            custom_label: parts.custom_label,
            recipient_name: parts.recipient_name,
            street_line1: parts.street_line1,
            street_line2: parts.street_line2,
            locality: parts.locality,
            administrative_area: parts.administrative_area,
            postal_code: parts.postal_code,
            country_code: parts.country_code,
            latitude: located.point.map(|p| p.lat),
            longitude: located.point.map(|p| p.lon),
            place_id: parts.place_id,
            verification_status: if located.is_known() { "located" } else { "unverified" },
            district: located.district,
            neighborhood: located.neighborhood,
            subneighborhood: None,
            location_metadata: None,
            is_default: address.is_default,
            is_active: address.is_active,
            created_at: address.created_at,
            updated_at: address.updated_at,
        }
    }
}

/// One's saved addresses: the default first, then the newest.
#[utoipa::path(get, path = "/api/v1/addresses/me", tag = "places", operation_id = "list_addresses",
    params(PageQuery), responses((status = 200, body = Page<AddressView>)))]
async fn list_addresses(
    State(site): State<Site>,
    actor: Actor,
    Params(page): Params<PageQuery>,
) -> Answer<Json<Page<AddressView>>> {
    let addresses = site.read(|r| tables::addresses_of(r, actor.user_id))?;
    Ok(Json(page.cut(addresses)?.map(AddressView::from)))
}

/// Save an address. The first one becomes the default.
#[utoipa::path(post, path = "/api/v1/addresses/me", tag = "places", operation_id = "save_address",
    request_body = AddressInput, responses((status = 201, body = AddressView)))]
async fn save_address(
    State(site): State<Site>,
    actor: Actor,
    Body(input): Body<AddressInput>,
) -> Answer<Created<AddressView>> {
    Ok(Created(ops::add(&site, actor.user_id, input.wish()).await?.into()))
}

/// Change what is named, or make it the default.
#[utoipa::path(patch, path = "/api/v1/addresses/me/{address_id}", tag = "places", operation_id = "change_address",
    params(("address_id" = AddressId, Path)), request_body = AddressInput,
    responses((status = 200, body = AddressView)))]
async fn change_address(
    State(site): State<Site>,
    actor: Actor,
    Id(id): Id<AddressId>,
    Body(input): Body<AddressInput>,
) -> Answer<Json<AddressView>> {
    Ok(Json(ops::change(&site, actor.user_id, id, input.wish()).await?.into()))
}

#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
struct Removed {
    success: bool,
    message: &'static str,
}

/// Remove an address; the newest other one becomes the default in its place.
#[utoipa::path(delete, path = "/api/v1/addresses/me/{address_id}", tag = "places", operation_id = "remove_address",
    params(("address_id" = AddressId, Path)), responses((status = 200, body = Removed)))]
async fn remove_address(State(site): State<Site>, actor: Actor, Id(id): Id<AddressId>) -> Answer<Json<Removed>> {
    ops::remove(&site, actor.user_id, id).await?;
    Ok(Json(Removed { success: true, message: "The address is removed." }))
}
