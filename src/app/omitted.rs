//! What the reference's list of operations has and this program does not, each with its reason (contract §3).

use std::fmt::Write as _;

const CODE: &str = "counts the lines of a source tree; a released program has none";
const STORE: &str = "a store inside the process has no connection pool; `ready` says whether it can be read";
const QUEUE: &str = "there is no Redis and no broker: jobs rest in the store, see the console’s page of jobs";
const OPS: &str =
    "no cache and no SQL statements to report on; `health`, `ready` and `internal/metrics` say how it runs";
const MONITORING: &str = "no pool, cache or statement log; alarms are mailed, figures are under `internal/metrics`";
const METRICS: &str = "the figures are among those of `internal/metrics`";
const UPLOADS: &str =
    "pictures are not part of this version; `r2/proxy` never will be, the signed upload comes here anyway";
const CHECKS: &str = "background checks through Checkr are not part of this version; a clear result is entered on the console’s page of a person";
const MESSAGES: &str = "conversations are not part of this version";
const REFERRALS: &str = "referrals are not part of this version";
const INVITES: &str = "invitations are not part of this version; `admin/users/{id}/beta-access` lets people in";
const BADGES: &str = "badges are not part of this version";
const FAVOURITES: &str = "saved instructors are not part of this version";

/// Method and path below `/api/v1`.
type Row = (&'static str, &'static str);

const LEFT_OUT: &[(&str, &[Row])] = &[
    (
        CODE,
        &[
            ("GET", "/analytics/codebase/history"),
            ("POST", "/analytics/codebase/history/append"),
            ("GET", "/analytics/codebase/metrics"),
        ],
    ),
    (STORE, &[("GET", "/database/health"), ("GET", "/database/pool-status"), ("GET", "/database/stats")]),
    (
        QUEUE,
        &[
            ("GET", "/redis/celery-queues"),
            ("GET", "/redis/connection-audit"),
            ("DELETE", "/redis/flush-queues"),
            ("GET", "/redis/health"),
            ("GET", "/redis/stats"),
            ("GET", "/redis/test"),
        ],
    ),
    (
        OPS,
        &[
            ("GET", "/ops/cache"),
            ("GET", "/ops/cache/availability"),
            ("POST", "/ops/cache/reset-stats"),
            ("GET", "/ops/health"),
            ("GET", "/ops/performance"),
            ("GET", "/ops/rate-limits/test"),
            ("GET", "/ops/slow-queries"),
        ],
    ),
    (
        MONITORING,
        &[
            ("POST", "/monitoring/alerts/acknowledge/{alert_type}"),
            ("GET", "/monitoring/alerts/live"),
            ("GET", "/monitoring/alerts/recent"),
            ("GET", "/monitoring/alerts/summary"),
            ("GET", "/monitoring/cache/extended-stats"),
            ("GET", "/monitoring/dashboard"),
            ("GET", "/monitoring/slow-queries"),
            ("GET", "/monitoring/slow-requests"),
        ],
    ),
    (METRICS, &[("GET", "/ops/metrics-lite")]),
    (
        UPLOADS,
        &[
            ("POST", "/uploads/r2/finalize/profile-picture"),
            ("POST", "/uploads/r2/proxy"),
            ("POST", "/uploads/r2/signed-url"),
            ("DELETE", "/users/me/profile-picture"),
            ("POST", "/users/me/profile-picture"),
            ("GET", "/users/profile-picture-urls"),
            ("GET", "/users/{user_id}/profile-picture-url"),
        ],
    ),
    (
        CHECKS,
        &[
            ("GET", "/admin/background-checks/cases"),
            ("GET", "/admin/background-checks/consent/{instructor_id}/latest"),
            ("GET", "/admin/background-checks/counts"),
            ("GET", "/admin/background-checks/expiring"),
            ("GET", "/admin/background-checks/history/{instructor_id}"),
            ("GET", "/admin/background-checks/review"),
            ("GET", "/admin/background-checks/review/count"),
            ("GET", "/admin/background-checks/webhooks"),
            ("GET", "/admin/background-checks/webhooks/stats"),
            ("POST", "/admin/background-checks/{instructor_id}/dispute/open"),
            ("POST", "/admin/background-checks/{instructor_id}/dispute/resolve"),
            ("POST", "/admin/background-checks/{instructor_id}/override"),
            ("GET", "/admin/instructors/{instructor_id}"),
            ("POST", "/instructors/{instructor_id}/bgc/consent"),
            ("POST", "/instructors/{instructor_id}/bgc/invite"),
            ("POST", "/instructors/{instructor_id}/bgc/mock/pass"),
            ("POST", "/instructors/{instructor_id}/bgc/mock/reset"),
            ("POST", "/instructors/{instructor_id}/bgc/mock/review"),
            ("POST", "/instructors/{instructor_id}/bgc/recheck"),
            ("GET", "/instructors/{instructor_id}/bgc/status"),
            ("POST", "/webhooks/checkr"),
        ],
    ),
    (
        MESSAGES,
        &[
            ("GET", "/conversations"),
            ("POST", "/conversations"),
            ("GET", "/conversations/{conversation_id}"),
            ("GET", "/conversations/{conversation_id}/messages"),
            ("POST", "/conversations/{conversation_id}/messages"),
            ("PUT", "/conversations/{conversation_id}/state"),
            ("POST", "/conversations/{conversation_id}/typing"),
            ("GET", "/messages/config"),
            ("POST", "/messages/mark-read"),
            ("GET", "/messages/stream"),
            ("GET", "/messages/unread-count"),
            ("DELETE", "/messages/{message_id}"),
            ("PATCH", "/messages/{message_id}"),
            ("DELETE", "/messages/{message_id}/reactions"),
            ("POST", "/messages/{message_id}/reactions"),
            ("POST", "/sse/token"),
        ],
    ),
    (
        REFERRALS,
        &[
            ("GET", "/admin/referrals/config"),
            ("GET", "/admin/referrals/health"),
            ("GET", "/admin/referrals/summary"),
            ("POST", "/public/referrals/send"),
            ("GET", "/r/{slug}"),
            ("POST", "/referrals/checkout/apply-referral"),
            ("POST", "/referrals/claim"),
            ("GET", "/referrals/me"),
        ],
    ),
    (
        INVITES,
        &[
            ("POST", "/beta/invites/consume"),
            ("POST", "/beta/invites/generate"),
            ("POST", "/beta/invites/send"),
            ("POST", "/beta/invites/send-batch"),
            ("POST", "/beta/invites/send-batch-async"),
            ("GET", "/beta/invites/send-batch-progress"),
            ("GET", "/beta/invites/validate"),
            ("GET", "/beta/invites/verified"),
            ("GET", "/beta/metrics/summary"),
        ],
    ),
    (
        BADGES,
        &[
            ("GET", "/admin/badges/pending"),
            ("POST", "/admin/badges/{award_id}/confirm"),
            ("POST", "/admin/badges/{award_id}/revoke"),
            ("GET", "/students/badges"),
            ("GET", "/students/badges/earned"),
            ("GET", "/students/badges/progress"),
        ],
    ),
    (
        FAVOURITES,
        &[
            ("GET", "/favorites"),
            ("GET", "/favorites/check/{instructor_id}"),
            ("DELETE", "/favorites/{instructor_id}"),
            ("POST", "/favorites/{instructor_id}"),
        ],
    ),
];

/// One line each: method, path, reason.
pub fn text() -> String {
    let mut out = String::new();
    for (reason, rows) in LEFT_OUT {
        for (method, path) in *rows {
            // Writing to a text cannot fail.
            let _ = writeln!(out, "{method:<6} /api/v1{path}  {reason}");
        }
    }
    out.truncate(out.trim_end().len());
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::rooms;

    /// Names of parameters do not matter.
    fn shape(path: &str) -> String {
        path.split('/').map(|part| if part.starts_with('{') { "{}" } else { part }).collect::<Vec<_>>().join("/")
    }

    #[test]
    fn nothing_is_called_left_out_that_is_there() {
        let there: Vec<(String, String)> =
            rooms::api().declared().iter().map(|(method, path, _)| (method.clone(), shape(path))).collect();
        for (_, rows) in LEFT_OUT {
            for (method, path) in *rows {
                let row = ((*method).to_owned(), shape(&format!("/api/v1{path}")));
                assert!(!there.contains(&row), "{method} {path} is there: take it off the list");
            }
        }
        assert!(text().lines().all(|line| line.rsplit_once("  ").is_some_and(|(_, reason)| !reason.is_empty())));
    }
}
