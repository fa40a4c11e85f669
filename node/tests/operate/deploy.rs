//! The files of deploy/, as far as this machine can judge them.

use node::gateway::Metrics;
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// Names the program that reads a compose file as Docker Compose does.
const COMPOSE: &str = "LIANYAN_COMPOSE";
/// Whoever deploys says who this is.
const USER: &str = "${LIANYAN_USER:?uid:gid of the user lianyan}";

fn deploy() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy")
}

fn text(file: &str) -> String {
    fs::read_to_string(deploy().join(file)).expect("readable")
}

/// Whether a program is on this machine; says so where it is not.
fn is_here(program: &str) -> bool {
    let known = Command::new(program)
        .arg("--version")
        .stdout(Stdio::null())
        .status();
    let here = known.is_ok_and(|status| status.success());
    if !here {
        println!("SKIPPED: {program} is absent");
    }
    here
}

#[test]
fn systemd_finds_nothing_wrong_with_the_units() {
    if !is_here("systemd-analyze") {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let mut files = Vec::new();
    for unit in fs::read_dir(deploy().join("systemd")).expect("units") {
        let unit = unit.expect("a unit").path();
        let text = fs::read_to_string(&unit).expect("readable");
        // *Attack: what a stranger sends makes a program run the stranger's code.* It has neither rights nor what would give it some.
        for confined in [
            "CapabilityBoundingSet=\n",
            "NoNewPrivileges=yes",
            "SystemCallFilter=@system-service",
        ] {
            let is_service = unit.extension().is_some_and(|end| end == "service");
            assert!(
                !is_service || text.contains(confined),
                "{}: {confined}",
                unit.display()
            );
        }
        // Neither the programs nor the user are on this machine.
        let text = text
            .replace("/usr/local/bin/lianyan-node", "/bin/true")
            .replace("/usr/local/bin/cometbft", "/bin/true")
            .replace("User=lianyan", "User=root");
        let file = folder.path().join(unit.file_name().expect("a name"));
        fs::write(&file, text).expect("writes");
        files.push(file);
    }
    assert_eq!(files.len(), 5);
    let verified = Command::new("systemd-analyze")
        .arg("verify")
        .args(&files)
        .output()
        .expect("runs");
    let said = String::from_utf8_lossy(&verified.stderr).into_owned();
    let ours = said.lines().filter(|line| line.contains("lianyan"));
    assert_eq!(ours.collect::<Vec<_>>(), Vec::<&str>::new());
    assert!(verified.status.success(), "{said}");
}

/// The settings of a YAML file of mappings and lists: the path of each value, the list's items without a number. Enough of YAML for deploy/: what is
/// indented otherwise, or is no setting, is found out.
fn settings(file: &str) -> Vec<(String, String)> {
    let mut path: Vec<(usize, String)> = Vec::new();
    let mut found = Vec::new();
    for line in text(file).lines() {
        let body = line.trim_start();
        if body.is_empty() || body.starts_with('#') {
            continue;
        }
        let mut indent = line.len() - body.len();
        assert!(
            indent.is_multiple_of(2) && !line.contains('\t'),
            "{file}: {line}"
        );
        let mut body = body;
        while let Some(item) = body.strip_prefix("- ") {
            (indent, body) = (indent + 2, item);
        }
        path.retain(|(depth, _)| *depth < indent);
        let deepest = path.last().map_or(0, |(depth, _)| depth + 2);
        assert!(indent <= deepest + 2, "{file}: {line}");
        let (name, value) = match body.split_once(": ") {
            Some((name, value)) => (name, value),
            None => (body.strip_suffix(':').unwrap_or_default(), body),
        };
        path.push((indent, name.to_owned()));
        let names: Vec<&str> = path.iter().map(|(_, name)| name.as_str()).collect();
        if !body.ends_with(':') {
            found.push((names.join("/"), value.to_owned()));
        }
    }
    found
}

/// What a unit starts.
fn started(unit: &str) -> String {
    let text = text(&format!("systemd/lianyan-{unit}.service"));
    let start = text
        .lines()
        .find_map(|line| line.strip_prefix("ExecStart=/usr/local/bin/"));
    start.expect("it starts something").to_owned()
}

#[test]
fn containers_run_what_the_units_run() {
    let settings: BTreeMap<String, String> = settings("compose.yaml").into_iter().collect();
    for service in ["app", "comet", "gateway"] {
        let at = |name: &str| settings.get(&format!("services/{service}/{name}"));
        assert_eq!(at("<<").map(String::as_str), Some("*service"), "{service}");
        let command = at("command").expect("a command");
        let command = command.replace("${LIANYAN_HOME:-/var/lib/lianyan}", "/var/lib/lianyan");
        assert_eq!(command, started(service));
    }
    assert_eq!(settings["services/comet/depends_on"], "[app]");
    let gateway = text("systemd/lianyan-gateway.service");
    assert!(gateway.contains("\nMemoryMax=2G\n"));
    assert_eq!(settings["services/gateway/mem_limit"], "2g");
    for name in ["image", "user", "network_mode", "restart", "working_dir"] {
        assert!(
            settings.contains_key(&format!("x-service/{name}")),
            "{name}"
        );
    }
}

#[test]
fn compose_reads_services_that_run_what_the_units_run() {
    let Some(program) = std::env::var_os(COMPOSE) else {
        println!(
            "SKIPPED: {COMPOSE} names no program; `cargo xtask test unit` builds it where Go is installed"
        );
        return;
    };
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("compose.yaml");
    // It puts in defaults, and nothing of its environment.
    let text = text("compose.yaml").replace(USER, "998:998");
    fs::write(&file, text).expect("writes");
    let mut command = Command::new(program);
    let read = command.args(["-format", "json"]).arg(&file).output();
    let read = read.expect("runs");
    let said = String::from_utf8_lossy(&read.stderr);
    assert!(read.status.success(), "{said}");
    let read: Value = serde_json::from_slice(&read.stdout).expect("JSON");
    let services = read["services"].as_object().expect("services");
    let names: Vec<&String> = services.keys().collect();
    assert_eq!(names, ["app", "comet", "gateway"]);
    for (name, service) in services {
        assert_eq!(service["command"], started(name));
        assert_eq!(service["user"], "998:998", "{name}");
        assert_eq!(service["read_only"], true, "{name}");
        // *Attack: a stranger asks the gateway for a year, a line of log each time, and the validator's disk is full.*
        let kept = &service["logging"];
        assert_eq!(kept["driver"], "json-file", "{name}");
        assert_eq!(kept["options"]["max-size"], "20m", "{name}");
        assert_eq!(kept["options"]["max-file"], "5", "{name}");
    }
}

/// What is set for each server of nginx.conf as a whole, and as `place/name` in a place of it.
fn servers() -> Vec<BTreeMap<String, String>> {
    let text = text("nginx.conf");
    let (mut place, mut servers) = (Vec::new(), Vec::new());
    for line in text.lines().map(str::trim) {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if let Some(name) = line.strip_suffix(" {") {
            if name == "server" {
                servers.push(BTreeMap::new());
            }
            place.push(name);
        } else if line == "}" {
            place.pop().expect("something to end");
        } else {
            let setting = line.strip_suffix(';').expect("a setting a line");
            let (name, value) = setting.split_once(' ').expect("a value");
            if let (["server", inner @ ..], Some(server)) = (place.as_slice(), servers.last_mut()) {
                let name = [inner, &[name]].concat().join("/");
                server.insert(name, value.to_owned());
            }
        }
    }
    servers
}

/// *Attack: the gateway is down for a minute, and the log has who asked for which record.* Only what concerns no request is logged.
#[test]
fn nginx_writes_down_nobodys_requests() {
    let servers = servers();
    assert_eq!(servers.len(), 2);
    for server in servers {
        assert_eq!(server["access_log"], "off");
        assert!(server["error_log"].ends_with(" emerg"), "{server:?}");
        let inner = |name: &String| name.ends_with("/access_log") || name.ends_with("/error_log");
        assert!(!server.keys().any(inner), "{server:?}");
    }
}

/// *Attack: some hundred connections of one address, each with a request that never ends, and nobody else gets the page.*
#[test]
fn nginx_gives_one_network_no_more_than_the_gateway_would() {
    let text = text("nginx.conf");
    let servers = servers();
    let public = servers
        .iter()
        .find(|server| server["listen"].contains("443 "));
    let public = public.expect("a server for the public");
    let (zone, most) = public["limit_conn"].split_once(' ').expect("a zone");
    assert_eq!(most, "64");
    let counted = format!("limit_conn_zone $lianyan_network zone={zone}:");
    assert!(text.contains(&counted) && text.contains("map $remote_addr $lianyan_network {"));
    // *Attack: of a network with zeros in it, which are left out where it is written, each address is a client.*
    assert!(text.contains(r#""~^(?<before_zeros>(?:[0-9a-f]+:){1,3}):" $before_zeros;"#));
    for name in [
        "client_header_timeout",
        "client_body_timeout",
        "send_timeout",
        "keepalive_timeout",
    ] {
        let seconds = public[name].strip_suffix('s').expect(name);
        assert!(seconds.parse::<u32>().expect(name) <= 15, "{name}");
    }
    // *Attack: many take a large answer a byte at a time, and what nginx puts aside for them fills the disk.*
    assert_eq!(public["proxy_max_temp_file_size"], "1m");
    // A page of another origin is told to wait as the gateway tells it.
    assert_eq!(public["limit_conn_status"], public["location @busy/return"]);
    assert_eq!(public["error_page"], "429 @busy");
}

/// Names in an expression that are no words of PromQL.
fn figures(expression: &str) -> BTreeSet<String> {
    let words = expression.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    let ours = ["cometbft_", "lianyan_", "node_"];
    words
        .filter(|word| ours.iter().any(|prefix| word.starts_with(prefix)))
        .map(str::to_owned)
        .collect()
}

#[test]
fn every_alert_is_whole_and_asks_for_figures_that_there_are() {
    let settings = settings("alerts.yml");
    let all = |name: &str| -> Vec<&str> {
        let path = format!("groups/rules/{name}");
        let found = settings.iter().filter(|(at, _)| *at == path);
        found.map(|(_, value)| value.as_str()).collect()
    };
    let (alerts, expressions) = (all("alert"), all("expr"));
    let names: BTreeSet<&&str> = alerts.iter().collect();
    assert!(
        names.len() > 10 && names.len() == alerts.len(),
        "{alerts:?}"
    );
    for part in ["expr", "annotations"] {
        assert_eq!(all(part).len(), alerts.len(), "{part}");
    }
    let asked: BTreeSet<String> = expressions.iter().flat_map(|text| figures(text)).collect();
    let operate = fs::read_to_string(deploy().join("../docs/operate.md")).expect("readable");
    let written = figures(&operate);
    let shown = Metrics::default().text();
    for figure in &asked {
        assert!(
            written.contains(figure),
            "docs/operate.md leaves out {figure}"
        );
        let exists = !figure.starts_with("lianyan_") || shown.contains(&format!("\n{figure} "));
        assert!(exists, "a gateway shows no {figure}");
    }
    for job in expressions
        .iter()
        .filter_map(|text| text.split("job=\"").nth(1))
    {
        let job = job.split('"').next().expect("a name");
        let scraped = text("prometheus.yml").contains(&format!("job_name: {job}\n"));
        assert!(scraped, "prometheus.yml has no job {job}");
    }
}

/// `alerts.yml` beside this has the evenings.
#[test]
fn prometheus_takes_its_files_and_wakes_whom_it_should() {
    if !is_here("promtool") {
        return;
    }
    let evenings = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/operate/alerts.yml");
    for (words, file) in [
        (["check", "config"], deploy().join("prometheus.yml")),
        (["check", "rules"], deploy().join("alerts.yml")),
        (["test", "rules"], evenings),
    ] {
        let mut command = Command::new("promtool");
        let done = command.args(words).arg(file).output().expect("runs");
        let said = [done.stdout, done.stderr].concat();
        let said = String::from_utf8_lossy(&said);
        assert!(done.status.success(), "{words:?}: {said}");
    }
}

/// What is watched is where it is looked for, and no two programs want one port.
#[test]
fn figures_are_scraped_where_they_are_shown() {
    let settings = settings("prometheus.yml");
    let targets: Vec<&str> = settings
        .iter()
        .filter(|(at, _)| at.ends_with("/targets"))
        .map(|(_, value)| value.trim_matches(['[', ']', '"']))
        .collect();
    let distinct: BTreeSet<&&str> = targets.iter().collect();
    assert_eq!((targets.len(), distinct.len()), (3, 3), "{targets:?}");
    let gateway = started("gateway");
    let metrics = gateway
        .split("--metrics ")
        .nth(1)
        .and_then(|rest| rest.split(' ').next());
    assert!(targets.contains(&metrics.expect("an address")), "{gateway}");
    let operate = fs::read_to_string(deploy().join("../docs/operate.md")).expect("readable");
    for target in targets {
        let port = target.rsplit(':').next().expect("a port");
        assert!(operate.contains(port), "docs/operate.md leaves out {port}");
    }
}
