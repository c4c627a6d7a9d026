//! JSON: `/api/v1/reviews/…` (contract §7 After the lesson).

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use super::model::{Review, Status};
use super::ops::{self, Filter, NewReview, Rating, TipState};
use super::rules;
use super::tables::{absent, of_booking};
use crate::base::access::{Actor, Role};
use crate::base::id::{BookingId, OfferingId, ReviewId, ReviewResponseId, UserId};
use crate::base::money::Cents;
use crate::base::paging::{Page, PageQuery};
use crate::base::refusal::{Outcome, Refusal};
use crate::base::time::Timestamp;
use crate::instructors;
use crate::payments::model::TipStatus;
use crate::site::Site;
use crate::store::Read;
use crate::web::{Access, Answer, Api, Body, Id, IdempotencyKey, Params, Reply, Rule};

/// Instructors or bookings asked about at once.
const MAX_BATCH: usize = 100;

pub fn routes(api: Api) -> Api {
    api.route(Rule::from(Access::Role(Role::Student)).keyed(), routes!(create_review))
        .route(Access::Role(Role::Student), routes!(get_booking_review))
        .route(Access::Role(Role::Student), routes!(reviewed_bookings))
        .route(Access::Role(Role::Instructor), routes!(respond_to_review))
        .route(Access::Public, routes!(instructor_ratings))
        .route(Access::Public, routes!(recent_reviews))
        .route(Access::Public, routes!(search_rating))
        .route(Access::Public, routes!(ratings_batch))
}

#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewReviewBody {
    booking_id: BookingId,
    #[schema(minimum = 1, maximum = 5)]
    rating: u8,
    #[schema(max_length = 500)]
    review_text: Option<String>,
    /// Charged at once to the default card; all of it is the instructor's.
    #[schema(minimum = 50, maximum = 99900)]
    tip_amount_cents: Option<i64>,
}

#[derive(Debug, Serialize, ToSchema)]
struct OwnReview {
    id: ReviewId,
    booking_id: BookingId,
    instructor_id: UserId,
    instructor_service_id: OfferingId,
    rating: u8,
    review_text: Option<String>,
    status: Status,
    reviewer_display_name: String,
    created_at: Timestamp,
    response: Option<ResponseView>,
    /// Absent without a tip.
    tip_status: Option<TipStatus>,
    /// While the card's bank asks for a step more.
    tip_client_secret: Option<String>,
}

impl OwnReview {
    fn of(r: &dyn Read, review: Review, tip: Option<TipState>) -> Outcome<Self> {
        Ok(Self {
            tip_status: tip.as_ref().map(|tip| tip.status),
            tip_client_secret: tip.and_then(|tip| tip.client_secret),
            reviewer_display_name: ops::reviewer_name(r, &review)?,
            response: ResponseView::of(&review),
            id: review.id,
            booking_id: review.booking_id,
            instructor_id: review.instructor_id,
            instructor_service_id: review.offering_id,
            rating: review.rating,
            review_text: review.text,
            status: review.status,
            created_at: review.created_at,
        })
    }
}

#[derive(Debug, Serialize, ToSchema)]
struct ResponseView {
    id: ReviewResponseId,
    review_id: ReviewId,
    instructor_id: UserId,
    response_text: String,
    created_at: Timestamp,
}

impl ResponseView {
    fn of(review: &Review) -> Option<Self> {
        review.response.as_ref().map(|response| Self {
            id: response.id,
            review_id: review.id,
            instructor_id: review.instructor_id,
            response_text: response.text.clone(),
            created_at: response.created_at,
        })
    }
}

/// Reviews a finished lesson; once per booking, within 30 days. A tip that fails leaves the review as it is.
#[utoipa::path(post, path = "/api/v1/reviews", tag = "reviews", operation_id = "create_review",
    params(("Idempotency-Key" = Option<String>, Header)),
    request_body = NewReviewBody, responses((status = 200, body = OwnReview)))]
async fn create_review(
    State(site): State<Site>,
    actor: Actor,
    key: IdempotencyKey,
    Body(body): Body<NewReviewBody>,
) -> Answer<Response> {
    let new = NewReview {
        booking_id: body.booking_id,
        rating: body.rating,
        text: body.review_text.clone(),
        tip: body.tip_amount_cents.map(Cents),
    };
    let work = async {
        let (review, tip) = ops::write(&site, actor.user_id, new).await?;
        Ok(Reply::ok(site.read(|r| OwnReview::of(r, review, tip))?))
    };
    key.run(&site, actor.user_id, "create_review", &body, work).await
}

/// One's own review of a booking.
#[utoipa::path(get, path = "/api/v1/reviews/booking/{booking_id}", tag = "reviews",
    operation_id = "get_booking_review", params(("booking_id" = BookingId, Path)),
    responses((status = 200, body = OwnReview)))]
async fn get_booking_review(
    State(site): State<Site>,
    actor: Actor,
    Id(booking): Id<BookingId>,
) -> Answer<Json<OwnReview>> {
    let view = site.read(|r| {
        let review = of_booking(r, booking)?.filter(|review| review.student_id == actor.user_id);
        let review = review.ok_or_else(absent)?;
        let tip = ops::tip_of(r, &review)?;
        OwnReview::of(r, review, tip)
    })?;
    Ok(Json(view))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct BookingIds {
    #[schema(max_items = 100)]
    booking_ids: Vec<BookingId>,
}

#[derive(Debug, Serialize, ToSchema)]
struct ReviewedBookings {
    items: Vec<BookingId>,
}

/// Which of these bookings the caller has reviewed.
#[utoipa::path(post, path = "/api/v1/reviews/booking/existing", tag = "reviews",
    operation_id = "list_reviewed_bookings", request_body = BookingIds,
    responses((status = 200, body = ReviewedBookings)))]
async fn reviewed_bookings(
    State(site): State<Site>,
    actor: Actor,
    Body(body): Body<BookingIds>,
) -> Answer<Json<ReviewedBookings>> {
    within_batch("booking_ids", body.booking_ids.len())?;
    let items = site.read(|r| {
        let mut items = Vec::new();
        for id in body.booking_ids {
            if of_booking(r, id)?.is_some_and(|review| review.student_id == actor.user_id) {
                items.push(id);
            }
        }
        Ok(items)
    })?;
    Ok(Json(ReviewedBookings { items }))
}

fn within_batch(field: &str, count: usize) -> Outcome<()> {
    if count > MAX_BATCH { Err(Refusal::invalid(field, format!("At most {MAX_BATCH} at once."))) } else { Ok(()) }
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ResponseBody {
    #[schema(min_length = 1, max_length = 500)]
    response_text: String,
}

/// The instructor's one answer to a review.
#[utoipa::path(post, path = "/api/v1/reviews/{review_id}/respond", tag = "reviews",
    operation_id = "respond_to_review", params(("review_id" = ReviewId, Path)), request_body = ResponseBody,
    responses((status = 200, body = ResponseView)))]
async fn respond_to_review(
    State(site): State<Site>,
    actor: Actor,
    Id(id): Id<ReviewId>,
    Body(body): Body<ResponseBody>,
) -> Answer<Json<ResponseView>> {
    let review = site.write(move |tx| ops::respond(tx, actor.user_id, id, &body.response_text)).await?;
    Ok(Json(ResponseView::of(&review).ok_or_else(absent)?))
}

#[derive(Debug, Serialize, ToSchema)]
struct RatingView {
    /// Mean stars to a tenth; absent below three reviews.
    rating: Option<f64>,
    total_reviews: u32,
    /// "4.6★ (New)".
    display_rating: Option<String>,
    /// `new`, `establishing`, `established` or `trusted`.
    confidence_level: &'static str,
}

impl From<Rating> for RatingView {
    fn from(rating: Rating) -> Self {
        Self {
            rating: rating.shown,
            total_reviews: rating.count,
            display_rating: rules::display(rating.shown, rating.count),
            confidence_level: rules::confidence(rating.count),
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
struct ServiceRating {
    instructor_service_id: OfferingId,
    #[serde(flatten)]
    rating: RatingView,
}

#[derive(Debug, Serialize, ToSchema)]
struct InstructorRatings {
    overall: RatingView,
    by_service: Vec<ServiceRating>,
    confidence_level: &'static str,
}

/// An instructor's rating, overall and per service, by one estimator.
#[utoipa::path(get, path = "/api/v1/reviews/instructor/{instructor_id}/ratings", tag = "reviews",
    operation_id = "get_instructor_ratings", params(("instructor_id" = UserId, Path)),
    responses((status = 200, body = InstructorRatings)))]
async fn instructor_ratings(State(site): State<Site>, Id(who): Id<UserId>) -> Answer<Json<InstructorRatings>> {
    let (overall, offerings) = site.read(|r| {
        instructors::must_profile(r, who)?;
        ops::standing_of(r, site.now(), who)
    })?;
    let by_service =
        offerings.into_iter().map(|(id, rating)| ServiceRating { instructor_service_id: id, rating: rating.into() });
    Ok(Json(InstructorRatings {
        confidence_level: rules::confidence(overall.count),
        overall: overall.into(),
        by_service: by_service.collect(),
    }))
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
struct RecentQuery {
    #[param(minimum = 1, maximum = 5)]
    rating: Option<u8>,
    #[param(minimum = 1, maximum = 5)]
    min_rating: Option<u8>,
    with_text: bool,
}

#[derive(Debug, Serialize, ToSchema)]
struct ListedReview {
    id: ReviewId,
    rating: u8,
    review_text: Option<String>,
    created_at: Timestamp,
    reviewer_display_name: String,
    instructor_service_id: OfferingId,
    service_name: String,
    response: Option<ResponseView>,
}

impl ListedReview {
    fn of(r: &dyn Read, review: Review) -> Outcome<Self> {
        Ok(Self {
            reviewer_display_name: ops::reviewer_name(r, &review)?,
            response: ResponseView::of(&review),
            id: review.id,
            rating: review.rating,
            review_text: review.text,
            created_at: review.created_at,
            instructor_service_id: review.offering_id,
            service_name: review.service_name,
        })
    }
}

/// Published reviews, newest first.
#[utoipa::path(get, path = "/api/v1/reviews/instructor/{instructor_id}/recent", tag = "reviews",
    operation_id = "list_recent_reviews", params(("instructor_id" = UserId, Path), RecentQuery, PageQuery),
    responses((status = 200, body = Page<ListedReview>)))]
async fn recent_reviews(
    State(site): State<Site>,
    Id(who): Id<UserId>,
    Params(query): Params<RecentQuery>,
    Params(page): Params<PageQuery>,
) -> Answer<Json<Page<ListedReview>>> {
    for (field, stars) in [("rating", query.rating), ("min_rating", query.min_rating)] {
        if stars.is_some_and(|stars| !(1..=5).contains(&stars)) {
            return Err(Refusal::invalid(field, "Between 1 and 5 stars.").into());
        }
    }
    let filter = Filter { rating: query.rating, min_rating: query.min_rating, with_text: query.with_text };
    let page = site.read(|r| {
        instructors::must_profile(r, who)?;
        page.cut(ops::recent(r, who, filter)?)?.try_map(|review| ListedReview::of(r, review))
    })?;
    Ok(Json(page))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct SearchRatingQuery {
    /// The rating of one offering instead of the overall one.
    instructor_service_id: Option<OfferingId>,
}

/// A compact rating for a result card.
#[utoipa::path(get, path = "/api/v1/reviews/instructor/{instructor_id}/search-rating", tag = "reviews",
    operation_id = "get_search_rating", params(("instructor_id" = UserId, Path), SearchRatingQuery),
    responses((status = 200, body = RatingView)))]
async fn search_rating(
    State(site): State<Site>,
    Id(who): Id<UserId>,
    Params(query): Params<SearchRatingQuery>,
) -> Answer<Json<RatingView>> {
    let rating = site.read(|r| {
        instructors::must_profile(r, who)?;
        ops::rating_of(r, site.now(), who, query.instructor_service_id)
    })?;
    Ok(Json(rating.into()))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct InstructorIds {
    #[schema(max_items = 100)]
    instructor_ids: Vec<UserId>,
}

#[derive(Debug, Serialize, ToSchema)]
struct BatchRatings {
    items: Vec<BatchRating>,
}

#[derive(Debug, Serialize, ToSchema)]
struct BatchRating {
    instructor_id: UserId,
    rating: Option<f64>,
    total_reviews: u32,
}

/// Ratings of many instructors at once; somebody unknown has none.
#[utoipa::path(post, path = "/api/v1/reviews/ratings/batch", tag = "reviews", operation_id = "get_ratings_batch",
    request_body = InstructorIds, responses((status = 200, body = BatchRatings)))]
async fn ratings_batch(State(site): State<Site>, Body(body): Body<InstructorIds>) -> Answer<Json<BatchRatings>> {
    within_batch("instructor_ids", body.instructor_ids.len())?;
    let one = |r: &dyn Read, instructor_id| {
        let Rating { shown, count } = ops::rating_of(r, site.now(), instructor_id, None)?;
        Ok(BatchRating { instructor_id, rating: shown, total_reviews: count })
    };
    let items = site.read(|r| body.instructor_ids.iter().map(|id| one(r, *id)).collect::<Outcome<Vec<_>>>())?;
    Ok(Json(BatchRatings { items }))
}
