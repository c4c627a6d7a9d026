//! The real executable as a process of its own: started on a directory, asked, killed.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// Ends with the test, whatever comes of it.
pub struct Serving {
    child: Child,
    pub base: String,
}

impl Serving {
    /// An empty or a used directory; the system picks the port.
    pub fn on(dir: &Path) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_instainstru"));
        command.arg("--data-dir").arg(dir).args(["serve", "--no-demo", "--bind", "127.0.0.1:0"]);
        command.env("INSTAINSTRU_LOG", "off").stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // It says where it answers, or closes its output by ending.
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let base = line.trim().split_once("ready at ").map(|(_, base)| base.to_owned());
        let mut serving = Self { child, base: base.unwrap_or_default() };
        assert!(!serving.base.is_empty(), "it said {line:?} and ended with {:?}", serving.child.try_wait());
        serving
    }

    /// The hardest end there is (SIGKILL).
    pub fn kill(self) {}
}

impl Drop for Serving {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
