//! People who use the marketplace through its API.
