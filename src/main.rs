//! The `instainstru` executable. See `src/ARCHITECTURE.md` for the map.

fn main() -> std::process::ExitCode {
    instainstru::app::cli::main()
}
