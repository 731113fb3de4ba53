//! Every scenario, as a person runs it, with the floor alone: what it says and how it ends.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::process::{Command, Output};

use serde_json::Value;

fn run(arguments: &str) -> Output {
    Command::new(env!("CARGO_BIN_EXE_msnp-load")).args(arguments.split_whitespace()).output().unwrap()
}

/// The round of a scenario that has gone well.
fn round(arguments: &str) -> Value {
    let output = run(&format!("floor {arguments} --json"));
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments}: {errors}");
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["server"], Value::Array(Vec::new()));
    report["floor"][0].clone()
}

/// What was done how often, and how many latencies of a kind were told.
fn counted(round: &Value, unit: &str, latency: &str) -> (u64, u64) {
    let latencies = round["outcome"]["latencies"][latency].as_array().cloned().unwrap_or_default();
    let told = latencies.iter().map(|pair| pair[1].as_u64().unwrap()).sum();
    (round["outcome"]["counts"][unit].as_u64().unwrap(), told)
}

#[test]
fn each_scenario_does_what_it_says() {
    for (arguments, unit, latency, expected) in [
        ("chat --users 4 --messages 640", "messages", "", (640, 0)),
        ("chat --users 2 --messages 50 --ping-pong", "messages", "there and back", (100, 50)),
        ("group --users 5 --messages 160", "messages", "", (640, 0)),
        ("fanout --users 9 --changes 3", "changes", "all told", (3, 3)),
        ("signin --users 8 --sign-ins 20 --at-once 4", "sign-ins", "sign-in", (20, 20)),
        ("signin-storm --users 12 --bystanders 2", "sign-ins", "sign-in", (10, 10)),
        ("idle --users 6 --hold 0.1", "users", "sign-in", (6, 6)),
    ] {
        assert_eq!(counted(&round(arguments), unit, latency), expected, "{arguments}");
    }
}

#[test]
fn those_who_flood_don_t_count_and_the_others_ping() {
    let round = round("flood --users 6 --bystanders 2 --seconds 0.3");
    let (pings, told) = counted(&round, "pings", "ping");
    assert!(pings > 0 && pings == told, "{pings} {told}");
    assert!(round["before"]["resident"].as_u64().unwrap() > 0, "the floor's process is looked at");
}

#[test]
fn a_company_plays_what_one_process_can_t() {
    let limited = format!("ulimit -n 100 && exec {} ", env!("CARGO_BIN_EXE_msnp-load"));
    let shell =
        |arguments: &str| Command::new("sh").arg("-c").arg(format!("{limited}{arguments}")).output().unwrap();
    let output = shell("floor idle --users 80 --hold 0.1 --json");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["processes"], 3);
    assert_eq!(counted(&report["floor"][0], "users", "sign-in"), (80, 80));

    let output = shell("floor fanout --users 80");
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("ulimit -n"));
}

#[test]
fn a_person_reads_a_table_and_looks_at_a_picture() {
    let dir = std::env::temp_dir().join(format!("msnp-load-test-{}", std::process::id()));
    std::fs::create_dir_all(&dir).unwrap();
    let picture = dir.join("idle.svg");
    let output = run(&format!("floor idle --users 5 --hold 1 --rounds 2 --plot {}", picture.display()));
    let told = String::from_utf8(output.stdout).unwrap();
    assert!(told.starts_with("idle: 5 users of MSNP8 in 1 process, 2 rounds"), "{told}");
    assert!(told.contains("floor\n  users                                         5\n"), "{told}");
    assert!(std::fs::read_to_string(&picture).unwrap().contains("</svg>"));
    std::fs::remove_dir_all(&dir).unwrap();
}

#[test]
fn what_can_t_be_measured_is_told() {
    for (arguments, why) in [
        ("chat --server 192.0.2.1:1863", "--beyond-loopback"),
        ("chat --http http://192.0.2.1 --users 2", "--beyond-loopback"),
        ("chat --as MSNP1 --users 2", "no version is called MSNP1"),
        ("floor chat --users 1", "--users"),
        ("floor signin-storm --users 3", "--bystanders"),
        ("idle --tickets /nowhere/at-all", "can't read"),
        ("idle --rate 0", "a rate is to be"),
        ("idle --hold=-1", "seconds are to be"),
        ("idle --hold NaN", "seconds are to be"),
        ("mixed --seconds inf", "seconds are to be"),
    ] {
        let output = run(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments}");
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(told.contains(why), "{arguments}: {told}");
    }
}

#[test]
fn who_finds_nobody_there_says_so() {
    // A port that nobody listens at: it was just given back.
    let port = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port();
    let tickets = std::env::temp_dir().join(format!("msnp-load-tickets-{}", std::process::id()));
    std::fs::write(&tickets, "user0@example.com t=1\nuser1@example.com t=1\n").unwrap();
    let output = run(&format!(
        "idle --server 127.0.0.1:{port} --users 2 --hold 0 --tickets {} --json",
        tickets.display()
    ));
    std::fs::remove_file(&tickets).unwrap();
    assert_eq!(output.status.code(), Some(1));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["server"][0]["outcome"]["errors"]["connection refused"], 2);
}
