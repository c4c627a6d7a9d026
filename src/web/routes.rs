//! Registering routes: each with its [`Access`], API operations with their documentation.

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::handler::Handler;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{MethodRouter, get, post};
use utoipa::openapi::path::Operation;
use utoipa::openapi::schema::Schema;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{Content, ContentBuilder, OpenApi, Ref, RefOr, ResponseBuilder};
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouter};

use super::access::{Access, guard_api, guard_page};
use super::codes::CODES;
use super::fault::{ProblemSchema, title};
use super::guard::{Hosts, guard};
use super::launch::Opening;
use super::limits::{Limiter, WindowRule};
use super::rule::Rule;
use super::session::authenticate;
use super::{docs, finish};
use crate::base::limits::BODY_BYTES;
use crate::site::Site;

/// One operation or page: method, path as it is written, and what it declares.
pub type Declared = (String, String, Rule);

/// The JSON API in the making.
pub struct Api(OpenApiRouter<Site>, Vec<Declared>);

impl Default for Api {
    fn default() -> Self {
        Self::new()
    }
}

impl Api {
    pub fn new() -> Self {
        Self(OpenApiRouter::with_openapi(docs::frame()), Vec::new())
    }

    /// Adds documented operations of one path: `api.route(Access::…, routes!(handler))`.
    #[must_use]
    pub fn route(self, rule: impl Into<Rule>, (schemas, mut paths, methods): UtoipaMethodRouter<Site>) -> Self {
        let (rule, mut declared) = (rule.into(), self.1);
        for (path, item) in &mut paths.paths {
            let operations = [
                ("GET", &mut item.get),
                ("PUT", &mut item.put),
                ("POST", &mut item.post),
                ("DELETE", &mut item.delete),
                ("PATCH", &mut item.patch),
            ];
            for (method, operation) in operations {
                if let Some(operation) = operation {
                    declared.push((method.to_owned(), path.clone(), rule));
                    document(operation, &rule);
                }
            }
        }
        let guarded = methods.route_layer(from_fn_with_state(rule, guard_api));
        Self(self.0.routes((schemas, paths, guarded)), declared)
    }

    /// Every operation with its rule.
    pub fn declared(&self) -> &[Declared] {
        &self.1
    }

    /// The document so far.
    pub fn document(&self) -> &OpenApi {
        self.0.get_openapi()
    }
}

/// What every operation can answer besides its own words, and who may call it.
fn document(operation: &mut Operation, rule: &Rule) {
    let access = rule.access;
    let who = match rule.opening {
        Opening::Students => {
            format!("For {}; while the students’ side is not open, of those only who were let in.", access.words())
        }
        Opening::Teaching => {
            format!("For {}; changes wait for a grant while the instructors’ side is not open.", access.words())
        }
        Opening::Always | Opening::Window => format!("For {}.", access.words()),
    };
    operation.description = Some(match operation.description.take() {
        Some(text) if !text.is_empty() => format!("{text}\n\n{who}"),
        _ => who,
    });
    let problems = [400u16, 401, 403, 404, 409, 413, 415, 421, 422, 429, 500, 503];
    let doors = ["session", "bearer"].map(|name| SecurityRequirement::new(name, Vec::<String>::new()));
    let open = matches!(access, Access::Public | Access::Loopback);
    operation.security = Some(if open { Vec::new() } else { doors.to_vec() });
    for status in problems {
        operation.responses.responses.entry(status.to_string()).or_insert_with(|| RefOr::T(problem_response(status)));
    }
    for (status, response) in &mut operation.responses.responses {
        let RefOr::T(response) = response else { continue };
        let status = status.parse().unwrap_or_default();
        if response.content.is_empty() && status >= 400 {
            *response = problem_response(status);
        } else if response.description.is_empty() {
            title(status).clone_into(&mut response.description);
        }
    }
}

fn problem_response(status: u16) -> utoipa::openapi::Response {
    let content: Content = ContentBuilder::new().schema(Some(RefOr::Ref(Ref::from_schema_name("Problem")))).build();
    ResponseBuilder::new().description(title(status)).content("application/problem+json", content).build()
}

/// The shape of a problem, with every code there is.
fn problem_schema() -> RefOr<Schema> {
    use utoipa::PartialSchema as _;
    let mut schema = ProblemSchema::schema();
    if let RefOr::T(Schema::Object(problem)) = &mut schema
        && let Some(RefOr::T(Schema::Object(code))) = problem.properties.get_mut("code")
    {
        code.enum_values = Some(CODES.iter().map(|(code, _, _)| (*code).into()).collect());
    }
    schema
}

/// The security schemes and shared schemas of the document.
pub fn complete(document: &mut OpenApi) {
    use utoipa::PartialSchema as _;
    let components = document.components.get_or_insert_default();
    components.schemas.insert("Problem".into(), problem_schema());
    components.schemas.insert("FieldError".into(), crate::base::refusal::FieldError::schema());
    let session = utoipa::openapi::security::ApiKey::Cookie(utoipa::openapi::security::ApiKeyValue::new("sid"));
    components.security_schemes.insert("session".into(), SecurityScheme::ApiKey(session).into());
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
    components.security_schemes.insert("bearer".into(), SecurityScheme::Http(bearer).into());
}

/// Pages for people.
pub struct Pages(Router<Site>, Vec<Declared>);

impl Default for Pages {
    fn default() -> Self {
        Self::new()
    }
}

impl Pages {
    pub fn new() -> Self {
        Self(Router::new(), Vec::new())
    }

    #[must_use]
    pub fn get<H, T>(self, rule: impl Into<Rule>, path: &str, handler: H) -> Self
    where
        H: Handler<T, Site>,
        T: 'static,
    {
        self.add("GET", rule.into(), path, get(handler))
    }

    #[must_use]
    pub fn post<H, T>(self, rule: impl Into<Rule>, path: &str, handler: H) -> Self
    where
        H: Handler<T, Site>,
        T: 'static,
    {
        self.add("POST", rule.into(), path, post(handler))
    }

    fn add(mut self, method: &str, mut rule: Rule, path: &str, methods: MethodRouter<Site>) -> Self {
        if rule.opening == Opening::Always {
            rule.opening = Opening::of_page(path);
        }
        self.1.push((method.to_owned(), path.to_owned(), rule));
        Self(self.0.route(path, methods.route_layer(from_fn_with_state(rule, guard_page))), self.1)
    }

    /// Every page with its rule.
    pub fn declared(&self) -> &[Declared] {
        &self.1
    }
}

/// Everything under one roof, in the order a request passes it: finish → host and origin → session → access → handler.
/// Answers the router and the API's document.
pub fn assemble(site: &Site, hosts: Hosts, api: Api, pages: Pages) -> (Router, OpenApi) {
    site.parts.put(Limiter::new(if site.is_sandbox() { WindowRule::Shadow } else { WindowRule::Enforce }));
    let (router, mut document) = api.0.split_for_parts();
    complete(&mut document);
    let router = router
        .merge(docs::routes(&document))
        .merge(super::assets::routes())
        .merge(super::theme::routes())
        .merge(pages.0)
        .fallback(async || axum::http::StatusCode::NOT_FOUND)
        .layer(DefaultBodyLimit::max(BODY_BYTES))
        .layer(from_fn_with_state(site.clone(), authenticate))
        .layer(from_fn_with_state(hosts, guard))
        .layer(from_fn_with_state(site.clone(), finish))
        .layer(from_fn(varies_by_cookie))
        .layer(tower_http::compression::CompressionLayer::new())
        .with_state(site.clone());
    (router, document)
}

/// Shared caches must not mix people up.
async fn varies_by_cookie(request: axum::extract::Request, next: axum::middleware::Next) -> axum::response::Response {
    let is_asset = request.uri().path().starts_with("/assets/");
    let mut response = next.run(request).await;
    if !is_asset {
        response.headers_mut().append(axum::http::header::VARY, axum::http::HeaderValue::from_static("cookie"));
    }
    response
}
