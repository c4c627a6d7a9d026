//! The command line.

use std::io::{BufRead as _, Write as _};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use super::config::{self, Config};
use super::region::{self, RegionCommand};
use super::{backup, control, doctor, omitted, rooms, serve, service, simulate};
use crate::base::secret::Entropy;
use crate::base::time::Timestamp;
use crate::site::Seal;

#[derive(Parser)]
#[command(name = "instainstru", version, about = "A whole lesson marketplace in one executable.")]
struct Cli {
    /// Configuration file (default: ./config.toml, if it is there).
    #[arg(long, global = true)]
    config: Option<PathBuf>,
    /// The directory that holds everything.
    #[arg(long, global = true)]
    data_dir: Option<PathBuf>,
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    serve: ServeFlags,
}

#[derive(Args, Clone, Default)]
pub struct ServeFlags {
    /// Address and port to listen on.
    #[arg(long)]
    bind: Option<SocketAddr>,
    /// The address people type.
    #[arg(long)]
    base_url: Option<String>,
    /// A name of your own: https with a certificate that is got and renewed by itself; port 80 leads there.
    #[arg(long)]
    domain: Option<String>,
    /// Start an empty data directory empty.
    #[arg(long)]
    no_demo: bool,
    /// Where the clock of an empty sandbox starts (RFC 3339).
    #[arg(long)]
    sandbox_clock: Option<Timestamp>,
}

#[derive(Args)]
struct DemoFlags {
    #[command(flatten)]
    serve: ServeFlags,
    /// So many times the instructors (1000: 120,000), for measuring.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=2000))]
    scale: u32,
}

#[derive(Subcommand)]
enum Command {
    /// Run the marketplace (what happens without a command).
    Serve(ServeFlags),
    /// Run a fresh demo marketplace in a temporary directory.
    Demo(DemoFlags),
    /// Manage administrators.
    Admin {
        #[command(subcommand)]
        what: AdminCommand,
    },
    /// Check every table, index, ledger and cursor.
    Verify,
    /// Copy everything into a new directory, prove that it can be restored, and say where it is.
    Backup {
        /// The directory that gets it (default: `backup_dir`).
        #[arg(long)]
        to: Option<PathBuf>,
    },
    /// Put a backup where the data is; the server must not run.
    Restore {
        from: PathBuf,
        /// Replace what is there; it is kept aside.
        #[arg(long)]
        force: bool,
    },
    /// Rebuild what is kept outside the store for speed: the search index.
    Reindex,
    /// Write everything as JSON lines in a zip, with its files (the form is described in src/store/export/FORM.md).
    Export { to: PathBuf },
    /// Fill an empty data directory from an export.
    Import { from: PathBuf },
    /// Manage the keys that secrets are sealed with.
    Keys {
        #[command(subcommand)]
        what: KeysCommand,
    },
    /// Play weeks of bookings and money under faults, and prove that the books add up.
    Simulate(simulate::Flags),
    /// The city this marketplace serves.
    Region {
        #[command(subcommand)]
        what: RegionCommand,
    },
    /// Print the API's OpenAPI document.
    Openapi {
        /// List instead what the reference has and this program does not, with the reasons.
        #[arg(long)]
        omitted: bool,
    },
    /// Look for what could keep a marketplace from running well, and say the way out.
    Doctor,
    /// Run it as a service of the machine.
    Service {
        #[command(subcommand)]
        what: ServiceCommand,
    },
    /// Explain or check the configuration.
    Config {
        #[command(subcommand)]
        what: ConfigCommand,
    },
    /// Print the version.
    Version,
}

#[derive(Subcommand)]
enum AdminCommand {
    /// Make an administrator; the password is read from standard input.
    Create {
        #[arg(long)]
        email: String,
        #[arg(long)]
        first_name: String,
        #[arg(long)]
        last_name: String,
    },
    /// Give an administrator who is locked out a new password, read from standard input; their second factor and their
    /// sessions end.
    Reset {
        #[arg(long)]
        email: String,
    },
}

#[derive(Subcommand)]
enum ServiceCommand {
    /// Print a systemd unit for this program, configuration and data directory.
    Print,
}

#[derive(Subcommand)]
enum KeysCommand {
    /// Make a key. Where there is one already, the new one seals from the next start on and the older ones still open.
    New,
}

#[derive(Subcommand)]
enum ConfigCommand {
    /// Print a commented file with every key and its default.
    Describe,
    /// Say whether file, environment and flags make a valid configuration.
    Check,
}

/// Runs the command line of this process.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => {
            drop(writeln!(std::io::stderr(), "instainstru: {sentence}"));
            ExitCode::FAILURE
        }
    }
}

fn run(cli: Cli) -> Result<(), String> {
    config::check_variables(std::env::vars_os().map(|(name, _)| name.to_string_lossy().into_owned()))?;
    let config_file = cli.config.clone();
    let mut config = config::load(cli.config.as_deref(), |key| std::env::var(key).ok())?;
    if let Some(dir) = cli.data_dir {
        config.data_dir = dir;
    }
    match cli.command.unwrap_or(Command::Serve(cli.serve)) {
        Command::Serve(flags) => {
            let clock = flags.sandbox_clock;
            serve::run(&with_flags(config, flags)?, clock)
        }
        Command::Demo(flags) => demo(config, flags),
        Command::Admin { what: AdminCommand::Create { email, first_name, last_name } } => {
            let password = read_password()?;
            let request = control::Request::AdminCreate { email, first_name, last_name, password };
            print(&control::ask(&config, &request)?)
        }
        Command::Admin { what: AdminCommand::Reset { email } } => {
            let request = control::Request::AdminReset { email, password: read_password()? };
            print(&control::ask(&config, &request)?)
        }
        Command::Verify => print(&control::ask(&config, &control::Request::Verify)?),
        Command::Backup { to } => {
            let to = to.map(absolute).transpose()?;
            print(&control::ask(&config, &control::Request::Backup { to })?)
        }
        Command::Restore { from, force } => print(&backup::restore(&config, &from, force)?),
        Command::Export { to } => print(&control::ask(&config, &control::Request::Export { to: absolute(to)? })?),
        Command::Reindex => print(&control::ask(&config, &control::Request::Reindex)?),
        Command::Import { from } => print(&backup::import(&config, &from)?),
        Command::Keys { what: KeysCommand::New } => {
            let keys = Seal::add_key(&config.data_dir, &Entropy::system()).map_err(|refusal| refusal.to_string())?;
            let path = config.data_dir.join("keys").join("master");
            print(&format!("{} holds {keys} now. Keep a copy apart from the data.", path.display()))
        }
        Command::Simulate(flags) => {
            // News go where they do not mix with the result; nobody has to listen.
            print(&simulate::simulate(&flags, &|line| drop(writeln!(std::io::stderr(), "{line}")))?)
        }
        Command::Region { what } => print(&region::run(&config, what)?),
        Command::Openapi { omitted: true } => print(&omitted::text()),
        Command::Openapi { omitted: false } => print(&rooms::openapi_json()?),
        Command::Doctor => print(&doctor::report(&config)?),
        Command::Service { what: ServiceCommand::Print } => {
            let program = std::env::current_exe().map_err(|e| format!("where this program lies is not known: {e}"))?;
            print(&service::unit(&program, config_file.as_deref(), &config)?)
        }
        Command::Config { what: ConfigCommand::Describe } => print(config::describe().trim_end()),
        Command::Config { what: ConfigCommand::Check } => print(&format!(
            "The configuration is valid: {} mode on {}, data in {}.",
            if config.is_sandbox() { "sandbox" } else { "live" },
            config.bind,
            config.data_dir.display()
        )),
        Command::Version => print(concat!("instainstru ", env!("CARGO_PKG_VERSION"))),
    }
}

fn with_flags(mut config: Config, flags: ServeFlags) -> Result<Config, String> {
    config.bind = flags.bind.unwrap_or(config.bind);
    let base_url = flags.base_url;
    config.base_url = base_url.clone().or(config.base_url);
    if flags.domain.is_some() && flags.domain != config.domain {
        // What the file says is for its own name.
        config.base_url = base_url;
        config.domain = flags.domain;
    }
    config.settle();
    config.demo &= !flags.no_demo;
    config.check()?;
    Ok(config)
}

/// A fresh directory that is gone when the demo ends.
fn demo(config: Config, flags: DemoFlags) -> Result<(), String> {
    let clock = flags.serve.sandbox_clock;
    let mut config = with_flags(config, flags.serve)?;
    config.demo = true;
    config.demo_scale = flags.scale;
    let name = format!("instainstru-demo-{}", std::process::id());
    config.data_dir = std::env::temp_dir().join(name);
    config.stripe_secret_key = None;
    let dir = config.data_dir.clone();
    let ran = serve::run(&config, clock);
    drop(std::fs::remove_dir_all(dir));
    ran
}

/// The server may have another working directory than the person who types.
fn absolute(path: PathBuf) -> Result<PathBuf, String> {
    std::path::absolute(&path).map_err(|e| format!("{} is no path: {e}", path.display()))
}

fn read_password() -> Result<String, String> {
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line).map_err(|e| format!("no password on standard input: {e}"))?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

pub(super) fn print(text: &str) -> Result<(), String> {
    match writeln!(std::io::stdout(), "{text}") {
        // Whoever read us has enough; that is no reason to stop serving.
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error.to_string()),
        _ => Ok(()),
    }
}
