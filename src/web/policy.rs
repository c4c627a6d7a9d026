//! What a browser may load and run for an answer of ours. // rule: 20§13
//!
//! Every page names a nonce of its own, and only a script that carries it runs: `<script src>` of ours in the head, and
//! the modules it imports, which inherit it. No address is trusted for scripts, not even ours, so a file that somebody
//! brought in could not be run as one. There is no inline script and no inline style on any page.
//!
//! A nonce is worth nothing once it is known beforehand: pages are answered `no-store` and without an `ETag`, so no
//! stored page, and no 304 for one, ever meets another answer's header. What may be stored (styles, scripts, some JSON)
//! carries none.

use axum::http::{HeaderMap, HeaderValue, header};

use crate::base::secret::{Entropy, token_text};

/// Drawn anew for every request: 128 bits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Nonce(String);

impl Nonce {
    pub(super) fn draw(entropy: &Entropy) -> Self {
        Self(token_text(&entropy.bytes::<16>()))
    }
    pub(super) fn text(&self) -> &str {
        &self.0
    }
}

/// Nothing that an answer to a program names is ever loaded.
const FOR_PROGRAMS: &str = "default-src 'none'; frame-ancestors 'none'";

/// Beside scripts: nothing inline and nothing from elsewhere. Only Stripe's hosted pages may receive a form's redirect;
/// they are opened as pages, so no script or frame of Stripe's is let in here.
const FOR_PEOPLE: &str = "style-src 'self'; img-src 'self' data:; connect-src 'self'; object-src 'none'; \
     base-uri 'none'; frame-ancestors 'none'; form-action 'self' https://checkout.stripe.com \
     https://connect.stripe.com https://hooks.stripe.com https://verify.stripe.com";

/// The policy of an answer: by its kind, and by who reads it.
pub(super) fn policy(for_programs: bool, headers: &HeaderMap, nonce: &Nonce) -> HeaderValue {
    let is_page = headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    let text = match (for_programs, is_page) {
        (true, _) => FOR_PROGRAMS.to_owned(),
        (false, true) => format!("default-src 'self'; script-src 'nonce-{}'; {FOR_PEOPLE}", nonce.text()),
        (false, false) => format!("default-src 'self'; script-src 'none'; {FOR_PEOPLE}"),
    };
    HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static(FOR_PROGRAMS))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pages_let_a_script_run_and_each_another_one() {
        let system = Entropy::system();
        let (one, other) = (Nonce::draw(&system), Nonce::draw(&system));
        assert!(one != other && one.text().len() >= 22);
        let of = |kind: &'static str, for_programs: bool| {
            let mut headers = HeaderMap::new();
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
            policy(for_programs, &headers, &one).to_str().unwrap().to_owned()
        };
        let page = of("text/html; charset=utf-8", false);
        assert!(page.contains(&format!("script-src 'nonce-{}';", one.text())), "{page}");
        assert!(!page.contains("unsafe") && !page.contains("script-src 'self'"));
        for kind in ["text/css; charset=utf-8", "application/pdf"] {
            assert!(of(kind, false).contains("script-src 'none'; "), "{kind}");
        }
        assert_eq!(of("application/json", true), FOR_PROGRAMS);
    }
}
