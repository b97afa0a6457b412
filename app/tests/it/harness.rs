//! Starts the binary, sends it HTTP requests, and gives every test its own database.

use std::{
    collections::HashMap,
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpStream},
    process::{Child, Command, ExitStatus, Output, Stdio},
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;
use sqlx::{ConnectOptions, Connection, PgConnection, postgres::PgConnectOptions};
use uuid::Uuid;

const PATIENCE: Duration = Duration::from_secs(20);

pub fn required(key: &str) -> String {
    std::env::var(key).unwrap_or_else(|_| panic!("{key}: is required, got nothing; run the tests with app/test.sh"))
}

pub fn redis_url() -> String {
    required("TEST_REDIS_URL")
}

/// The `host:port` of a URL with credentials.
pub fn target(url: &str) -> SocketAddr {
    let rest = url.split_once('@').unwrap().1;
    rest.split('/').next().unwrap().parse().unwrap()
}

pub fn password(url: &str) -> &str {
    url.split_once('@').unwrap().0.rsplit_once(':').unwrap().1
}

pub fn block<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Runtime::new().unwrap().block_on(work)
}

/// An empty database owned by the role `acci`.
pub struct Database(pub String);

impl Database {
    pub fn empty() -> Self {
        let name = format!("t{}", Uuid::now_v7().simple());
        let create = format!("CREATE DATABASE {name}");
        block(async {
            let mut owner = connect(&required("TEST_DATABASE_URL")).await;
            sqlx::query(&create).execute(&mut owner).await.unwrap();
        });
        Self(name)
    }

    pub fn migrated() -> Self {
        let database = Self::empty();
        let output = migrate(&database.url("acci"), &[]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        database
    }

    pub fn url(&self, role: &str) -> String {
        let base = required("TEST_DATABASE_URL");
        base.replacen("//acci:", &format!("//{role}:"), 1).replacen("/acci?", &format!("/{}?", self.0), 1)
    }

    pub fn app_url(&self) -> String {
        self.url("acci_app")
    }
}

pub async fn connect(url: &str) -> PgConnection {
    url.parse::<PgConnectOptions>().unwrap().disable_statement_logging().connect().await.unwrap()
}

/// First column of the first row as text, or the error's code.
pub fn scalar(url: &str, query: &str) -> Result<String, String> {
    block(async {
        let mut connection = connect(url).await;
        let query = format!("SELECT ({query})::text");
        let result = sqlx::query_scalar(&query).fetch_one(&mut connection).await;
        connection.close().await.unwrap();
        result.map_err(|e| e.as_database_error().unwrap().code().unwrap().into_owned())
    })
}

fn command(subcommand: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_acci"));
    command.arg(subcommand).env_clear();
    command
}

pub fn migrate(url: &str, env: &[(&str, &str)]) -> Output {
    command("migrate").env("DATABASE_URL", url).envs(env.iter().copied()).output().unwrap()
}

pub fn healthcheck(address: SocketAddr) -> ExitStatus {
    command("healthcheck").env("LISTEN_ADDR", address.to_string()).stderr(Stdio::null()).status().unwrap()
}

pub fn healthcheck_at(url: &str) -> Output {
    command("healthcheck").arg(url).output().unwrap()
}

pub struct Service {
    child: Child,
    pub address: SocketAddr,
    pub ops: SocketAddr,
    lines: Arc<Mutex<Vec<String>>>,
}

impl Service {
    pub fn start(database_url: &str, redis_url: &str, env: &[(&str, &str)]) -> Self {
        let mut command = command("serve");
        command.env("DATABASE_URL", database_url).env("REDIS_URL", redis_url);
        command.env("LISTEN_ADDR", "127.0.0.1:0").env("SHUTDOWN_DELAY_SECONDS", "0");
        let mut child = command.envs(env.iter().copied()).stdout(Stdio::piped()).spawn().unwrap();
        let lines: Arc<Mutex<Vec<String>>> = Arc::default();
        let (stdout, sink) = (BufReader::new(child.stdout.take().unwrap()), lines.clone());
        thread::spawn(move || stdout.lines().map_while(Result::ok).for_each(|line| sink.lock().unwrap().push(line)));
        let mut service = Self { child, address: ([127, 0, 0, 1], 0).into(), ops: ([127, 0, 0, 1], 0).into(), lines };
        let line = service.wait_for_log(|line| line["message"] == "serving");
        service.address = line["address"].as_str().unwrap().parse().unwrap();
        service.ops = line["ops_address"].as_str().map_or(service.address, |address| address.parse().unwrap());
        service
    }

    /// A service on a fresh, migrated database, connected to both servers.
    pub fn fresh() -> Self {
        Self::start(&Database::migrated().app_url(), &redis_url(), &[]).connected()
    }

    /// The service once both servers have answered it: a command to the cache has 400 ms, which on a busy machine may not
    /// suffice for the first one, because it opens the connection, and after a failure the cache is skipped for a second.
    pub fn connected(self) -> Self {
        self.ready_when("both answer", |ready| ready.json()["status"] == "ready");
        self
    }

    pub fn raw_log(&self) -> String {
        self.lines.lock().unwrap().join("\n")
    }

    pub fn log(&self) -> Vec<Value> {
        let parse = |line: &String| serde_json::from_str(line).unwrap_or_else(|e| panic!("not JSON ({e}): {line}"));
        self.lines.lock().unwrap().iter().map(parse).collect()
    }

    pub fn wait_for_log(&self, wanted: impl Fn(&Value) -> bool) -> Value {
        eventually("a log line", || self.log().into_iter().find(|line| wanted(line)))
    }

    pub fn call(&self, method: &str, path: &str, tenant: Uuid, body: &str) -> Answer {
        call(self.address, method, path, &[("x-tenant-id", &tenant.to_string())], body)
    }

    pub fn get(&self, path: &str) -> Answer {
        call(self.address, "GET", path, &[], "")
    }

    pub fn create(&self, tenant: Uuid, title: &str) -> String {
        let answer = self.call("POST", "/api/notes", tenant, &format!(r#"{{"title":"{title}","body":"text"}}"#));
        assert_eq!(answer.status, 201, "{}", answer.body);
        answer.json()["id"].as_str().unwrap().to_owned()
    }

    pub fn ready(&self) -> Answer {
        call(self.ops, "GET", "/ready", &[], "")
    }

    /// Waits for an answer of `/ready`: on a busy machine the first ones may say `timeout`, because the probes have limits.
    pub fn ready_when(&self, what: &str, wanted: impl Fn(&Answer) -> bool) -> Answer {
        eventually(what, || Some(self.ready()).filter(&wanted))
    }

    /// Waits until `/ready` gives this reason for the database; the answer then is 503.
    pub fn database_refused(&self, reason: &str) -> Answer {
        let answer = self.ready_when(reason, |ready| ready.json()["database"] == reason);
        assert_eq!(answer.status, 503);
        answer
    }

    /// Value of a sample, named as on /metrics.
    pub fn metric(&self, sample: &str) -> f64 {
        let text = call(self.ops, "GET", "/metrics", &[], "").body;
        let line = text.lines().find(|line| line.rsplit_once(' ').is_some_and(|(name, _)| name == sample));
        line.unwrap_or_else(|| panic!("no sample {sample} in\n{text}")).rsplit_once(' ').unwrap().1.parse().unwrap()
    }

    /// Names of the process's threads, as the kernel cuts them.
    pub fn threads(&self) -> Vec<String> {
        let tasks = std::fs::read_dir(format!("/proc/{}/task", self.child.id())).unwrap();
        tasks.map(|task| std::fs::read_to_string(task.unwrap().path().join("comm")).unwrap()).collect()
    }

    pub fn terminate(&self) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    }

    pub fn wait(&mut self) -> ExitStatus {
        self.child.wait().unwrap()
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub struct Answer {
    pub status: u16,
    pub headers: HashMap<String, String>,
    pub body: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|e| panic!("not JSON ({e}): {}", self.body))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }
}

pub fn call(address: SocketAddr, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
    let mut stream = TcpStream::connect(address).unwrap();
    let head = head(method, path, headers, body.len());
    stream.write_all(format!("{head}{body}").as_bytes()).unwrap();
    answer(stream)
}

pub fn head(method: &str, path: &str, headers: &[(&str, &str)], length: usize) -> String {
    let headers: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    format!(
        "{method} {path} HTTP/1.1\r\nhost: test\r\nconnection: close\r\ncontent-type: application/json\r\n\
         content-length: {length}\r\n{headers}\r\n"
    )
}

/// Reads until the service closes the connection.
pub fn answer(mut stream: TcpStream) -> Answer {
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).unwrap();
    let text = String::from_utf8_lossy(&bytes);
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no HTTP answer: {text}"));
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    let headers = head.lines().skip(1).filter_map(|line| line.split_once(": "));
    let headers = headers.map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned())).collect();
    Answer { status, headers, body: body.to_owned() }
}

pub fn eventually<T>(what: &str, mut attempt: impl FnMut() -> Option<T>) -> T {
    let started = Instant::now();
    loop {
        if let Some(value) = attempt() {
            return value;
        }
        assert!(started.elapsed() < PATIENCE, "{what} did not come within {PATIENCE:?}");
        thread::sleep(Duration::from_millis(50));
    }
}
