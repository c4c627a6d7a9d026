//! Every key of `config.toml`, as `config describe` explains it.

/// One key as it is described: name, default as TOML, meaning.
pub(super) struct KeyDoc {
    pub(super) name: &'static str,
    pub(super) default: &'static str,
    doc: &'static str,
}

pub(super) const KEYS: &[KeyDoc] = &[
    KeyDoc {
        name: "bind",
        default: "\"127.0.0.1:8080\"",
        doc: "Address and port to listen on. On any address but loopback nothing is filled with demo data.",
    },
    KeyDoc {
        name: "base_url",
        default: "\"http://127.0.0.1:8080\"",
        doc: "The address people type, without a trailing slash. Links in mails use it; other host names are refused.\nLeft out, it follows from `bind`.",
    },
    KeyDoc {
        name: "domain",
        default: "\"\"",
        doc: "A name of your own, such as lessons.example.org: https with a certificate that is got and renewed by itself,\non 0.0.0.0:443 unless `bind` says otherwise. The name has to lead to this machine.",
    },
    KeyDoc {
        name: "plain_bind",
        default: "\"0.0.0.0:80\"",
        doc: "With a domain: where the certificate's issuer asks whether the name is yours (it asks on port 80), and where\neverybody else is sent to https.",
    },
    KeyDoc {
        name: "acme_directory",
        default: "\"\"",
        doc: "With a domain: the directory of another certificate issuer (ACME). Left out: Let's Encrypt, whose terms of\nservice are agreed to by that.",
    },
    KeyDoc {
        name: "data_dir",
        default: "\"data\"",
        doc: "The one directory that holds everything. Back it up, mount it, move it.",
    },
    KeyDoc {
        name: "backup_dir",
        default: "\"\"",
        doc: "Where backups go, by night and by hand; best on another disk. Left out: `backups` in the data directory.",
    },
    KeyDoc {
        name: "backup_bucket",
        default: "\"\"",
        doc: "An S3-compatible bucket that gets the backups instead, as s3://bucket/prefix.",
    },
    KeyDoc {
        name: "s3_endpoint",
        default: "\"\"",
        doc: "The bucket's provider, as https://host. Left out: Amazon's own.",
    },
    KeyDoc { name: "s3_region", default: "\"\"", doc: "The bucket's region. Left out: us-east-1." },
    KeyDoc {
        name: "s3_access_key",
        default: "\"\"",
        doc: "Who uses the bucket, and the secret beside it; better given as INSTAINSTRU_S3_SECRET_KEY.",
    },
    KeyDoc { name: "s3_secret_key", default: "\"\"", doc: "The secret that belongs to `s3_access_key`." },
    KeyDoc {
        name: "environment",
        default: "\"auto\"",
        doc: "\"auto\": sandbox without Stripe keys, live with them. \"production\": refuses to start without keys.",
    },
    KeyDoc {
        name: "demo",
        default: "true",
        doc: "Fill an empty data directory with the demo marketplace (loopback and sandbox only).",
    },
    KeyDoc {
        name: "timezone",
        default: "\"America/New_York\"",
        doc: "The marketplace's own zone (an IANA name): its days, its nightly jobs, its search for \"tomorrow\".",
    },
    KeyDoc {
        name: "log",
        default: "\"info\"",
        doc: "What to log: error, warn, info, debug or trace, also per module: \"info,instainstru::jobs=debug\".",
    },
    KeyDoc { name: "log_json", default: "false", doc: "One JSON object a line instead of text." },
    KeyDoc {
        name: "stripe_secret_key",
        default: "\"\"",
        doc: "Stripe's secret key (sk_live_… or sk_test_…). Better given as INSTAINSTRU_STRIPE_SECRET_KEY.",
    },
    KeyDoc {
        name: "stripe_webhook_secret",
        default: "\"\"",
        doc: "The signing secret of the webhook endpoint (whsec_…). Several, separated by commas, while one is replaced.",
    },
    KeyDoc {
        name: "smtp_url",
        default: "\"\"",
        doc: "The server that takes our mail: smtps://user:password@mail.example.org, or smtp://host:587?tls=required.\nBetter given as INSTAINSTRU_SMTP_URL. Left out, a live marketplace keeps its mails waiting in the outbox.",
    },
    KeyDoc {
        name: "mail_from",
        default: "\"\"",
        doc: "Who writes them: \"Board <hello@example.org>\". Needed beside smtp_url.",
    },
    KeyDoc {
        name: "trusted_proxies",
        default: "\"\"",
        doc: "Addresses or networks of proxies in front of us, separated by commas: \"10.0.0.0/8, ::1\". Only they are\nbelieved when they say who asks (X-Forwarded-For, X-Forwarded-Proto, CF-Connecting-IP).",
    },
    KeyDoc {
        name: "reload_secret",
        default: "\"\"",
        doc: "Signs POST /api/v1/internal/config/reload, by which a program changes limits. Left out: the call is refused.",
    },
    KeyDoc {
        name: "leaked_passwords",
        default: "\"\"",
        doc: "A file of passwords nobody may choose, of any size, sorted by bytes (LC_ALL=C sort): one a line, or their\nSHA-1 or SHA-256 in hexadecimal, also as HASH:COUNT.",
    },
    KeyDoc {
        name: "metrics_user",
        default: "\"metrics\"",
        doc: "Who scrapes GET /api/v1/internal/metrics (basic auth).",
    },
    KeyDoc {
        name: "metrics_password",
        default: "\"\"",
        doc: "And with which password; better given as INSTAINSTRU_METRICS_PASSWORD. Left out, nobody does.",
    },
    KeyDoc {
        name: "metrics_networks",
        default: "\"\"",
        doc: "From which addresses or networks, separated by commas. Left out: this machine only.",
    },
];

/// The commented file that `config describe` prints.
pub fn describe() -> String {
    let mut out = String::from(
        "# Configuration of instainstru. Every key is optional; the defaults are shown.\n\
         # An environment variable INSTAINSTRU_<KEY> overrides a key, a command-line flag overrides both.\n\
         # This file is printed by `instainstru config describe`. What a business person would change (prices, fees,\n\
         # limits, launch state) is not here: it lives in the store and is edited in the console.\n",
    );
    for key in KEYS {
        out.push('\n');
        for line in key.doc.lines() {
            out.push_str(&format!("# {line}\n"));
        }
        out.push_str(&format!("# {} = {}\n", key.name, key.default));
    }
    out
}
