use crate::search::knowledge;

#[test]
fn explore() {
    let Ok(file) = std::env::var("QUERIES") else { return };
    let now: jiff::Zoned =
        std::env::var("NOW").unwrap_or("2026-11-10T14:05-05:00[America/New_York]".into()).parse().unwrap();
    let k = knowledge();
    let t = std::time::Instant::now();
    let mut n = 0;
    for line in std::fs::read_to_string(file).unwrap().lines() {
        let u = k.understand(line, &now);
        n += 1;
        if std::env::var("JSON").is_ok() {
            println!(
                "JSON {}",
                serde_json::json!({"q": line, "p": u.parsed, "mode": u.mode.name(), "c": u.corrected_query, "dym": u.did_you_mean, "nf": u.nothing_fits, "chips": u.chips})
            );
            continue;
        }
        println!(
            "{line}\n   {:?} {} | corr {:?} dym {:?} free {:?} nf {} | {}",
            u.mode,
            u.services
                .iter()
                .take(5)
                .map(|s| format!("{}:{:.2}", k.service_name(s.0), s.1))
                .collect::<Vec<_>>()
                .join(","),
            u.corrected_query,
            u.did_you_mean,
            u.free_text,
            u.nothing_fits,
            serde_json::to_string(&u.parsed).unwrap()
        );
    }
    println!("{n} in {:?}", t.elapsed());
}
