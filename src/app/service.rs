//! `instainstru service print`: the unit by which systemd keeps a marketplace running.

use std::path::Path;

use super::config::Config;

/// A unit for this program, this configuration and this data directory.
pub fn unit(program: &Path, config_file: Option<&Path>, config: &Config) -> Result<String, String> {
    let data = std::path::absolute(&config.data_dir).map_err(|e| format!("{}: {e}", config.data_dir.display()))?;
    let file = match config_file {
        None => String::new(),
        Some(file) => {
            let file = std::path::absolute(file).map_err(|e| format!("{}: {e}", file.display()))?;
            format!(" --config {}", quoted(&file))
        }
    };
    // Ports below 1024 are root's otherwise.
    let plain = config.domain.as_ref().map(|_| config.plain_bind.port());
    let is_low = [Some(config.bind.port()), plain].into_iter().flatten().any(|port| port < 1024);
    let ports = if is_low { "AmbientCapabilities=CAP_NET_BIND_SERVICE\n" } else { "" };
    let domain = config.domain.as_ref().map(|domain| format!(" --domain {domain}")).unwrap_or_default();
    Ok(format!(
        "# Save as /etc/systemd/system/instainstru.service, then:\n\
         #   useradd --system --home-dir {data} --shell /usr/sbin/nologin instainstru\n\
         #   install -d -o instainstru -g instainstru -m 700 {data}\n\
         #   systemctl daemon-reload && systemctl enable --now instainstru\n\
         [Unit]\n\
         Description=instainstru lesson marketplace\n\
         After=network-online.target\n\
         Wants=network-online.target\n\
         \n\
         [Service]\n\
         User=instainstru\n\
         ExecStart={program}{file} --data-dir {data} serve --bind {bind}{domain}\n\
         # Secrets go here, not into the file: INSTAINSTRU_STRIPE_SECRET_KEY=…\n\
         EnvironmentFile=-/etc/instainstru.env\n\
         Restart=on-failure\n\
         # What is under way is finished first.\n\
         TimeoutStopSec=60\n\
         {ports}\
         NoNewPrivileges=true\n\
         ProtectSystem=strict\n\
         ProtectHome=true\n\
         PrivateTmp=true\n\
         ReadWritePaths={data}\n\
         LimitNOFILE=65536\n\
         \n\
         [Install]\n\
         WantedBy=multi-user.target",
        data = quoted(&data),
        program = quoted(program),
        bind = config.bind,
    ))
}

/// As systemd reads a path: a per cent sign begins a specifier there, a blank ends a word.
fn quoted(path: &Path) -> String {
    let text = path.display().to_string().replace('%', "%%");
    if text.contains([' ', '"', '\\']) {
        format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_unit_names_program_data_and_port() {
        let config =
            Config { data_dir: "/srv/my data".into(), bind: "0.0.0.0:443".parse().unwrap(), ..Config::default() };
        let unit = unit(Path::new("/usr/bin/instainstru"), Some(Path::new("/etc/i.toml")), &config).unwrap();
        let start =
            "ExecStart=/usr/bin/instainstru --config /etc/i.toml --data-dir \"/srv/my data\" serve --bind 0.0.0.0:443";
        assert!(unit.contains(start) && unit.contains("CAP_NET_BIND_SERVICE"), "{unit}");
        let high = Config { bind: "127.0.0.1:8080".parse().unwrap(), ..config.clone() };
        let high = super::unit(Path::new("/p%"), None, &high).unwrap();
        assert!(high.contains("ExecStart=/p%% --data-dir") && !high.contains("CAP_NET"), "{high}");
        let named = Config { domain: Some("school.example".into()), bind: "[::]:8443".parse().unwrap(), ..config };
        let named = super::unit(Path::new("/p"), None, &named).unwrap();
        assert!(named.contains("--bind [::]:8443 --domain school.example\n") && named.contains("CAP_NET"), "{named}");
    }
}
