//! Starts a PostgreSQL server in a temporary folder; one for all tests of this program.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{ChildStdin, Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use analyst_connect::postgres::Postgres;
use analyst_types::{Connection, TableRef, TlsMode};
use secrecy::SecretString;

const ADMIN: (&str, &str) = ("admin", "Adm1n-of-tests");
pub const READER: (&str, &str) = ("reader", "Read3r-of-tests");

pub struct Server {
    pub port: u16,
    pub folder: PathBuf,
    bin: PathBuf,
    user: Option<(u32, u32)>,
    /// Closed when the tests end, which ends the server.
    _input: ChildStdin,
}

/// The server with its tables, started by the first test that asks.
pub fn shared() -> &'static Server {
    static SERVER: OnceLock<Server> = OnceLock::new();
    SERVER.get_or_init(Server::start)
}

impl Server {
    fn start() -> Self {
        let bin = bin();
        let folder = tempfile::Builder::new().prefix("pg-").tempdir().unwrap().keep();
        // PostgreSQL refuses to be root.
        let is_root = fs::metadata("/proc/self").is_ok_and(|own| std::os::unix::fs::MetadataExt::uid(&own) == 0);
        let user = is_root.then(|| (id_of("-u"), id_of("-g")));
        if let Some((uid, gid)) = user {
            chown(&folder, Some(uid), Some(gid)).unwrap();
        }
        let data = folder.join("data");
        let password = folder.join("password");
        fs::write(&password, ADMIN.1).unwrap();
        fs::set_permissions(&password, fs::Permissions::from_mode(0o644)).unwrap();
        let mut initdb = command(&bin.join("initdb"), user);
        initdb.arg("-D").arg(&data).args(["-U", ADMIN.0, "--auth=scram-sha-256", "-E", "UTF8", "--no-sync"]);
        initdb.arg("--pwfile").arg(&password).current_dir(&folder);
        run(&mut initdb);
        certificates(&folder, user);
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        // A shell outlives the tests by a moment: when its input closes it stops the server and tidies up.
        let as_user =
            user.map_or(String::new(), |(uid, gid)| format!("setpriv --reuid {uid} --regid {gid} --clear-groups "));
        let script = format!(
            "{as_user}'{bin}/postgres' -D data -p {port} -F -k '{folder}' -c listen_addresses=127.0.0.1 -c ssl=on \
             -c ssl_cert_file='{folder}/server.crt' -c ssl_key_file='{folder}/server.key' & read _; kill -INT $!; wait; rm -rf '{folder}'",
            bin = bin.display(),
            folder = folder.display(),
        );
        let mut shell = Command::new("sh");
        shell.args(["-c", &script]).current_dir(&folder).env("LC_ALL", "C.UTF-8");
        shell.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        let input = shell.spawn().unwrap().stdin.unwrap();
        let server = Self { port, folder, bin, user, _input: input };
        server.wait_until_ready();
        server.psql(include_str!("tables.sql"));
        server
    }

    fn wait_until_ready(&self) {
        let patience = Instant::now() + Duration::from_secs(60);
        while Instant::now() < patience {
            let mut ready = command(&self.bin.join("pg_isready"), self.user);
            let ready = ready.args(["-h", "127.0.0.1", "-p", &self.port.to_string(), "-q"]).status().unwrap();
            if ready.success() {
                return;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("PostgreSQL did not start");
    }

    /// Runs statements as the administrator; the text that comes back.
    pub fn psql(&self, sql: &str) -> String {
        let mut psql = command(&self.bin.join("psql"), self.user);
        psql.env("PGPASSWORD", ADMIN.1).args(["-h", "127.0.0.1", "-p", &self.port.to_string(), "-U", ADMIN.0]);
        psql.args(["-d", "postgres", "-X", "-q", "-t", "-A", "-v", "ON_ERROR_STOP=1", "-c", sql]);
        let output = psql.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    /// A connection to it without encryption, as somebody who may only read.
    pub fn connection(&self) -> Connection {
        Connection {
            name: "shop".into(),
            host: "127.0.0.1".into(),
            port: self.port,
            database: "postgres".into(),
            user: READER.0.into(),
            tls: TlsMode::Plain,
            root_certificate: None,
        }
    }
}

/// The database as its reader sees it.
pub fn database() -> Postgres {
    Postgres::new(&shared().connection(), Some(&SecretString::from(READER.1))).unwrap()
}

pub fn table(schema: &str, table: &str) -> TableRef {
    TableRef { schema: schema.into(), table: table.into() }
}

/// Debian keeps the server's programs out of the way, by version.
fn bin() -> PathBuf {
    let installed = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut folders: Vec<PathBuf> = installed.map(|version| version.path().join("bin")).collect();
    folders.sort();
    folders.reverse();
    folders.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()));
    let found = folders.into_iter().find(|folder| folder.join("initdb").is_file() && folder.join("psql").is_file());
    found.expect("these tests need PostgreSQL: install the package postgresql (cargo xtask test does)")
}

fn id_of(flag: &str) -> u32 {
    let output = Command::new("id").args([flag, "postgres"]).output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim().parse().expect("the user postgres exists")
}

fn command(program: &Path, user: Option<(u32, u32)>) -> Command {
    let mut command = Command::new(program);
    if let Some((uid, gid)) = user {
        command.uid(uid).gid(gid);
    }
    command.env("LC_ALL", "C.UTF-8");
    command
}

fn run(command: &mut Command) {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// An authority of our own, and a certificate for 127.0.0.1 and localhost that it signed.
fn certificates(folder: &Path, user: Option<(u32, u32)>) {
    let script = r#"
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj "/CN=Test authority" -keyout ca.key -out ca.crt
openssl req -newkey rsa:2048 -nodes -subj "/CN=localhost" -keyout server.key -out server.csr
printf 'subjectAltName=DNS:localhost,IP:127.0.0.1\nbasicConstraints=CA:FALSE\n' > extensions
openssl x509 -req -in server.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 2 -extfile extensions -out server.crt
chmod 600 server.key
"#;
    let mut shell = command(Path::new("sh"), user);
    run(shell.args(["-ec", script]).current_dir(folder));
}
