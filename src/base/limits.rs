//! Every limit that holds at a boundary, in one place.

/// Bytes of an ordinary request body.
pub const BODY_BYTES: usize = 256 * 1024;
/// Seconds a request may take before it is answered 503.
pub const REQUEST_SECONDS: u64 = 30;
/// The same for the control of a sandbox: moving its clock runs every job that falls due.
pub const SANDBOX_SECONDS: u64 = 1800;
/// Writes waiting for the writer thread before new ones are answered 503.
pub const WRITE_QUEUE: usize = 4096;
/// Transactions that share one fsync.
pub const WRITE_BATCH: usize = 256;
/// Bytes of the log in front of the store's file: what a start after a crash has to read at most.
pub const LOG_BYTES: u64 = 32 * 1024 * 1024;
/// Bytes of one stored value.
pub const VALUE_BYTES: usize = 100 * 1024;
/// Bytes one transaction may write.
pub const WRITE_SET_BYTES: usize = 10 * 1024 * 1024;
/// Bytes of one file kept beside the rows.
pub const BLOB_BYTES: usize = 25 * 1024 * 1024;
/// Rows that one scan may return.
pub const SCAN_ROWS: usize = 100_000;
/// Events a consumer takes at once.
pub const CONSUMER_BATCH: usize = 500;
/// Items of a list when the caller names no limit, and the most it may name.
pub const PAGE_DEFAULT: u32 = 20;
pub const PAGE_MAX: u32 = 100;
/// Seconds in which the headers of a request must have arrived; also how long an unused connection stays open.
pub const HEADER_SECONDS: u64 = 15;
/// Bytes of a request's line and headers.
pub const HEADER_BYTES: usize = 64 * 1024;
/// Connections the server keeps at once.
pub const CONNECTIONS: usize = 10_000;
/// Password hashes computed at once (memory and processor bound).
pub const CONCURRENT_HASHES: usize = 10;
/// Seconds to wait for a hash slot before 429.
pub const HASH_WAIT_SECONDS: u64 = 5;
/// Characters of a search.
pub const SEARCH_CHARS: usize = 500;
