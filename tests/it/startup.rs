//! A start that cannot go well ends with a sentence that names the path and the remedy, and changes nothing.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use instainstru::base::time::Timestamp;
use instainstru::store::{Event, Stamp, Store, Table};
use serde::{Deserialize, Serialize};

use crate::kit::{Serving, http};

static META: Table<String, u32> = Table::new(0x0100, "name_number");

#[derive(Serialize, Deserialize)]
struct Happened {}
impl Event for Happened {
    const KIND: &'static str = "test.happened";
}

const KEYS: [(&str, &str); 2] =
    [("INSTAINSTRU_STRIPE_SECRET_KEY", "sk_test_x"), ("INSTAINSTRU_STRIPE_WEBHOOK_SECRET", "whsec_x")];

fn serve(dir: &Path, environment: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_instainstru"));
    let args = ["--data-dir", dir.to_str().unwrap(), "serve", "--no-demo", "--bind", "127.0.0.1:0"];
    command.args(args).envs(environment.iter().copied()).stdout(Stdio::null()).stderr(Stdio::piped());
    command
}

/// What it says on its way out; it must go out by itself and in anger.
#[track_caller]
fn last_words(mut child: Child) -> String {
    let began = Instant::now();
    while child.try_wait().unwrap().is_none() {
        if began.elapsed() > Duration::from_secs(20) {
            child.kill().unwrap();
            panic!("it started");
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    let output = child.wait_with_output().unwrap();
    assert!(!output.status.success());
    String::from_utf8(output.stderr).unwrap()
}

fn stamp(now: Timestamp) -> Stamp {
    Stamp { now, seed: [0; 32] }
}

fn store_with(dir: &Path, write: impl FnOnce(&Store)) -> Vec<u8> {
    let store = Store::open(dir).unwrap();
    write(&store);
    store.close();
    drop(store);
    std::fs::read(dir.join("store.redb")).unwrap()
}

#[test]
fn a_damaged_file_is_named_with_the_way_out_and_left_as_it_is() {
    let dir = tempfile::tempdir().unwrap();
    let whole = store_with(dir.path(), |_| ());
    let file = dir.path().join("store.redb");
    let mut no_head = whole.clone();
    no_head[..4096].fill(0x5A);
    let mut flipped = whole.clone();
    for at in (64..whole.len()).step_by(97) {
        flipped[at] ^= 0x10;
    }
    for (kind, bytes) in
        [("empty", Vec::new()), ("cut", whole[..whole.len() / 2].to_vec()), ("head", no_head), ("flipped", flipped)]
    {
        std::fs::write(&file, &bytes).unwrap();
        let said = last_words(serve(dir.path(), &[]).spawn().unwrap());
        assert!(said.contains(file.to_str().unwrap()) && said.contains("restore"), "{kind}: {said}");
        assert!(std::fs::read(&file).unwrap() == bytes, "{kind}: the file was changed");
    }
    std::fs::write(&file, &whole).unwrap();
    drop(Store::open(dir.path()).unwrap());
}

#[test]
fn newer_data_and_a_clock_set_back_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    store_with(dir.path(), |store| {
        store.write_blocking(stamp(Timestamp::UNIX_EPOCH), |tx| tx.put(&META, &"format".to_owned(), &99)).unwrap();
    });
    let said = last_words(serve(dir.path(), &[]).spawn().unwrap());
    assert!(said.contains("store.redb") && said.contains("newer version"), "{said}");
    let dir = tempfile::tempdir().unwrap();
    let later = "2199-01-01T00:00:00Z".parse().unwrap();
    store_with(dir.path(), |store| store.write_blocking(stamp(later), |tx| tx.emit(&Happened {})).unwrap());
    let said = last_words(serve(dir.path(), &KEYS).spawn().unwrap());
    assert!(said.contains(dir.path().to_str().unwrap()) && said.contains("set the clock right"), "{said}");
}

#[test]
fn a_directory_that_cannot_be_written_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("a-file");
    std::fs::write(&file, "x").unwrap();
    for place in [file.as_path(), Path::new("/proc/instainstru")] {
        let said = last_words(serve(place, &[]).spawn().unwrap());
        assert!(said.contains(place.to_str().unwrap()) && said.contains("may be written"), "{said}");
    }
}

/// Nobody: a user for whom other people's permissions hold, as they do not for root.
const NOBODY: &str = "65534";

/// The same command as a user who may not write there; `None` where tests do not run as root.
fn as_nobody(command: &Command) -> Option<Command> {
    let root = std::fs::metadata("/proc/self").is_ok_and(|me| std::os::unix::fs::MetadataExt::uid(&me) == 0);
    let mut other = Command::new("setpriv");
    other.args(["--reuid", NOBODY, "--regid", NOBODY, "--clear-groups"]).arg(command.get_program());
    other.args(command.get_args()).stdout(Stdio::null()).stderr(Stdio::piped());
    root.then_some(other)
}

#[test]
fn a_read_only_directory_and_a_read_only_file_are_named() {
    use std::os::unix::fs::PermissionsExt as _;
    let dir = tempfile::tempdir().unwrap();
    let whole = store_with(dir.path(), |_| ());
    let file = dir.path().join("store.redb");
    let mode = |path: &Path, mode| std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    for (file_mode, store_is_there) in [(0o444, true), (0o666, false)] {
        mode(dir.path(), 0o755);
        if !store_is_there {
            std::fs::remove_file(&file).unwrap();
        }
        if store_is_there {
            mode(&file, file_mode);
        }
        mode(dir.path(), 0o555);
        let command = serve(dir.path(), &[]);
        let mut command = as_nobody(&command).unwrap_or(command);
        let said = last_words(command.spawn().unwrap());
        assert!(said.contains(file.to_str().unwrap()) && said.contains("may be written"), "{said}");
        assert_eq!(file.exists(), store_is_there);
        assert!(!store_is_there || std::fs::read(&file).unwrap() == whole);
    }
    mode(dir.path(), 0o755);
}

#[test]
fn a_second_program_on_the_same_directory_is_refused_and_the_first_goes_on() {
    let dir = tempfile::tempdir().unwrap();
    let first = Serving::on(dir.path());
    let said = last_words(serve(dir.path(), &[]).spawn().unwrap());
    assert!(said.contains(dir.path().to_str().unwrap()) && said.contains("--data-dir"), "{said}");
    let answer = tokio::runtime::Runtime::new()
        .unwrap()
        .block_on(http().get(format!("{}/api/v1/health/lite", first.base)).send());
    assert!(answer.unwrap().status().as_u16() < 500);
}

/// The disk fills while the program runs: it stops with the reason, and what was there is there after the next start.
#[test]
fn a_full_disk_ends_the_program_with_its_reason() {
    let dir = tempfile::tempdir().unwrap();
    store_with(dir.path(), |_| ());
    let program = serve(dir.path(), &[]);
    // No file may grow beyond 3 MB; a growing one gets an error instead of a signal.
    let limited = format!("trap '' XFSZ; ulimit -f 3072; exec {} \"$@\"", env!("CARGO_BIN_EXE_instainstru"));
    let mut shell = Command::new("bash");
    shell.args(["-c", &limited, "-"]).args(program.get_args());
    let mut child = shell.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    let mut out = std::io::BufReader::new(child.stdout.take().unwrap());
    std::io::BufRead::read_line(&mut out, &mut line).unwrap();
    let Some((_, base)) = line.trim().split_once("ready at ") else { panic!("{}", last_words(child)) };
    let base = base.to_owned();
    let refused = tokio::runtime::Runtime::new().unwrap().block_on(async {
        let http = http();
        for n in 0..20_000 {
            let body = serde_json::json!({ "email": format!("p{n}@example.org") });
            match http.post(format!("{base}/api/v1/auth/send-email-verification")).json(&body).send().await {
                Ok(answer) if answer.status().is_success() => {}
                Ok(answer) => return Some(answer.status().as_u16()),
                Err(_) => return None,
            }
        }
        panic!("the disk never filled");
    });
    assert!(matches!(refused, Some(503) | None), "{refused:?}");
    let said = last_words(child);
    assert!(said.contains("store.redb") && said.contains("disk has room"), "{said}");
    drop(Store::open_checked(dir.path()).unwrap());
}
