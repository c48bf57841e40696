//! Code that means harm. What a wall keeps out is tried, not read from a report.

use std::io::ErrorKind;
use std::net::{TcpListener, UdpSocket};
use std::time::Duration;

use analyst_types::ExecutionStatus::Error;
use serde_json::json;

use crate::kit::{Results, TOKIO, cell, data, runner};

/// Reaches a module past the list of imports, which is no wall.
const PAST_THE_LIST: &str = "
import sys, os
def module(name): return sys.modules['importlib'].import_module(name)
def attempt(name, action):
    try: answer = action()
    except BaseException as e: metric(name, f'{type(e).__name__}')
    else: metric(name, f'DONE {answer}')
socket = module('socket'); ctypes = module('ctypes'); subprocess = module('subprocess')
stat = module('stat'); o = module('os')
libc = ctypes.CDLL(None, use_errno=True)
def call(*args):
    answer = libc.syscall(*args)
    if answer < 0: raise OSError(ctypes.get_errno(), '')
    return answer
";

fn attack(code: &str) -> serde_json::Map<String, serde_json::Value> {
    let outcome = cell(&format!("{PAST_THE_LIST}\n{code}")).ok();
    let metrics = outcome.metrics();
    println!("{metrics:#}\n{}", outcome.stderr);
    metrics.as_object().unwrap().clone()
}

fn all_barred(code: &str, at_least: usize) {
    let tried = attack(code);
    assert!(tried.len() >= at_least, "only {} were tried", tried.len());
    for (name, answer) in tried {
        let answer = answer.as_str().unwrap();
        assert!(!answer.starts_with("DONE"), "{name}: {answer}");
        assert!(
            !["NameError", "AttributeError", "TypeError", "SyntaxError"].contains(&answer),
            "{name} was not tried: {answer}"
        );
    }
}

#[test]
fn no_network_of_any_family() {
    let tcp = TcpListener::bind("127.0.0.1:0").unwrap();
    let udp = UdpSocket::bind("127.0.0.1:0").unwrap();
    let folder = tempfile::tempdir().unwrap();
    tcp.set_nonblocking(true).unwrap();
    udp.set_read_timeout(Some(Duration::from_millis(200))).unwrap();
    let places = format!(
        "TCP = {}\nUDP = {}\nUNIX = {:?}\n",
        tcp.local_addr().unwrap().port(),
        udp.local_addr().unwrap().port(),
        folder.path().join("socket")
    );
    #[cfg(unix)]
    let _unix = std::os::unix::net::UnixListener::bind(folder.path().join("socket")).unwrap();
    all_barred(
        &(places
            + "
attempt('tcp', lambda: socket.create_connection(('127.0.0.1', TCP), timeout=2))
attempt('udp', lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', UDP)))
attempt('unix', lambda: socket.socket(socket.AF_UNIX).connect(UNIX))
attempt('abstract', lambda: socket.socket(socket.AF_UNIX).connect('\\0x'))
attempt('dns', lambda: socket.getaddrinfo('localhost.example', 80))
attempt('pair', lambda: socket.socketpair())
for family in (socket.AF_INET, socket.AF_INET6, socket.AF_UNIX, socket.AF_NETLINK, socket.AF_PACKET, socket.AF_VSOCK, 38):
    attempt(f'family {int(family)}', lambda: call(41 if os.uname().machine == 'x86_64' else 198, int(family), 1, 0))
attempt('io_uring', lambda: call(425, 8, ctypes.create_string_buffer(256)))
"),
        14,
    );
    assert_eq!(tcp.accept().unwrap_err().kind(), ErrorKind::WouldBlock);
    assert!(udp.recv(&mut [0; 8]).is_err());
}

#[test]
fn no_files_but_the_libraries_and_its_own() {
    let home = tempfile::Builder::new().prefix(".canary-").tempfile_in(std::env::var("HOME").unwrap()).unwrap();
    let data = data("sales.arrow");
    let code = format!(
        "HOME = {:?}\nDATA = {:?}
attempt('home file', lambda: open(HOME).read())
attempt('home', lambda: os.listdir(os.path.dirname(HOME)))
attempt('root', lambda: os.listdir('/'))
attempt('passwd', lambda: open('/etc/passwd').read())
attempt('temp', lambda: os.listdir('/tmp'))
attempt('dataset by name', lambda: open(DATA, 'rb').read(1))
attempt('write dataset', lambda: open(DATA, 'ab'))
attempt('write temp', lambda: open('/tmp/analyst-escape', 'w'))
attempt('write library', lambda: open(np.__file__, 'a'))
attempt('write shm', lambda: open('/dev/shm/x', 'w'))
attempt('delete', lambda: os.remove(DATA))
attempt('link', lambda: os.link(DATA, 'mine'))
attempt('symlink', lambda: open((os.symlink(HOME, 'mine2'), 'mine2')[1]).read())
attempt('chmod', lambda: os.chmod(HOME, 0o777))
attempt('utime', lambda: os.utime(DATA))
attempt('parent environment', lambda: open(f'/proc/{{os.getppid()}}/environ').read())
attempt('parent memory', lambda: open(f'/proc/{{os.getppid()}}/mem', 'rb').read(1))
attempt('processes', lambda: os.listdir('/proc'))
attempt('own root', lambda: open('/proc/self/root' + HOME).read())
attempt('mount', lambda: call(165 if os.uname().machine == 'x86_64' else 40, b'none', b'/tmp', b'tmpfs', 0, 0))
attempt('memfd', lambda: os.memfd_create('x'))
",
        home.path(),
        data
    );
    all_barred(&code, 21);
    let own = attack("with open('own.txt', 'w') as f: f.write('ok')\nmetric('own', open('own.txt').read())");
    assert_eq!(own["own"], json!("ok"));
}

#[test]
fn no_processes_programs_or_signals() {
    all_barred(
        "
def bomb():
    while True: o.fork()
attempt('fork', o.fork)
attempt('bomb', bomb)
attempt('run', lambda: subprocess.run(['/bin/true']))
attempt('system', lambda: (_ for _ in ()).throw(PermissionError()) if o.system('true') != 0 else 'ran')
attempt('exec', lambda: o.execv(sys.executable, ['python', '-c', 'pass']))
attempt('spawn', lambda: o.posix_spawn('/bin/true', ['true'], {}))
attempt('vfork', lambda: call(58 if os.uname().machine == 'x86_64' else 9999))
attempt('kill parent', lambda: o.kill(os.getppid(), 0))
attempt('kill all', lambda: o.kill(-1, 0))
attempt('kill group', lambda: o.killpg(0, 0))
attempt('new session', os.setsid)
attempt('ptrace', lambda: call(101 if os.uname().machine == 'x86_64' else 117, 16, os.getppid(), 0, 0))
attempt('unshare', lambda: call(272 if os.uname().machine == 'x86_64' else 97, 0x10000000))
attempt('keyctl', lambda: call(250 if os.uname().machine == 'x86_64' else 219, 0, 0, 0, 0, 0))
attempt('bpf', lambda: call(321 if os.uname().machine == 'x86_64' else 280, 0, 0, 0))
attempt('death signal', lambda: (_ for _ in ()).throw(PermissionError()) if libc.prctl(1, 0) else 'unset')
attempt('raise limits', lambda: module('resource').setrlimit(3, (-1, -1)))
fcntl = module('fcntl')
channel = next(n for n in range(3, 256) if os.path.exists(f'/proc/self/fd/{n}') and stat.S_ISSOCK(os.fstat(n).st_mode))
attempt('signal by owner', lambda: fcntl.fcntl(channel, 8, os.getppid()))
attempt('signal by ioctl', lambda: fcntl.ioctl(channel, 0x8901, b'\\1\\0\\0\\0'))
attempt('limits of parent', lambda: module('resource').prlimit(os.getppid(), 7, (10, 10)))
attempt('affinity', lambda: os.sched_setaffinity(0, {0}))
attempt('future call', lambda: call(600))
",
        22,
    );
    let own = attack(
        "caps = [l.split()[1] for l in open('/proc/self/status') if l.startswith('Cap')]
metric('capabilities', ' '.join(sorted({str(int(c, 16)) for c in caps})))
metric('no new privileges', [l.split()[1] for l in open('/proc/self/status') if l.startswith('NoNewPrivs')][0])
metric('filters', [l.split()[1] for l in open('/proc/self/status') if l.startswith('Seccomp:')][0])
metric('user', os.getuid() != 0)
threading = module('threading'); t = threading.Thread(target=lambda: metric('thread', 'ran')); t.start(); t.join()",
    );
    assert_eq!(
        json!(own),
        json!({"capabilities": "0", "no new privileges": "1", "filters": "2", "user": true, "thread": "ran"})
    );
}

#[test]
fn nothing_of_the_host_is_inherited() {
    let seen = attack(
        "metric('names', ' '.join(sorted(os.environ)))
metric('path', os.environ['PATH'])
open_files = []
for n in range(256):
    try: mode = os.fstat(n).st_mode
    except OSError: continue
    open_files.append(f'{n}:' + ('socket' if stat.S_ISSOCK(mode) else 'pipe' if stat.S_ISFIFO(mode) else 'folder' if stat.S_ISDIR(mode) else 'other'))
kinds = sorted(item.split(':')[1] for item in open_files)
metric('open', ' '.join(kinds))",
    );
    let names = seen["names"].as_str().unwrap();
    let expect = "ARROW_DEFAULT_MEMORY_POOL HOME JOBLIB_MULTIPROCESSING LANG LC_ALL MKL_NUM_THREADS MPLBACKEND MPLCONFIGDIR OMP_NUM_THREADS OMP_WAIT_POLICY OPENBLAS_NUM_THREADS PATH PYTHONHASHSEED PYTHONUTF8 TMPDIR";
    let names: Vec<&str> = names.split(' ').filter(|name| !name.starts_with("KMP_")).collect();
    assert_eq!((names.join(" ").as_str(), seen["path"].as_str().unwrap()), (expect, ""));
    println!("{}", seen["open"]);
}

#[test]
fn garbage_on_the_channel_ends_that_run_only() {
    let find = "fd = next(n for n in range(3, 256) if os.path.exists(f'/proc/self/fd/{n}') and stat.S_ISSOCK(os.fstat(n).st_mode))\nmetric('kept', 1)\n";
    for (harm, word) in [
        ("os.write(fd, b'GARBAGE' * 10)", "broke its connection"),
        ("os.write(fd, b'\\xff' * 8)", "broke its connection"),
        ("os.write(fd, b'\\x02\\0\\0\\0\\0\\0\\0\\0{}')", "broke its connection"),
        ("os.close(fd)", ""),
    ] {
        let code = format!("{PAST_THE_LIST}\n{find}{harm}\nimport time\ntime.sleep(20)");
        let outcome = cell(&code).fails(Error, "Crash");
        assert!(outcome.message().contains(word), "{harm}: {}", outcome.message());
        assert_eq!(outcome.metrics(), json!({"kept": 1}), "{harm}");
    }
    cell("1 + 1").ok();
}

#[test]
fn the_doctor_finds_every_wall_standing() {
    let checks = TOKIO.block_on(runner().self_test()).unwrap();
    assert_eq!(checks.len(), 10);
    for check in checks {
        assert!(check.held, "{check:?}");
    }
    let report = TOKIO.block_on(runner().strength()).unwrap();
    println!("{report:#?}");
    assert_eq!(report.strength, analyst_sandbox::SandboxStrength::Strong);
}

/// Processes whose working folder is below `folder`.
#[cfg(target_os = "linux")]
pub fn processes_in(folder: &std::path::Path) -> Vec<u32> {
    let is_inside = |pid: &u32| std::fs::read_link(format!("/proc/{pid}/cwd")).is_ok_and(|cwd| cwd.starts_with(folder));
    let numbers =
        std::fs::read_dir("/proc").unwrap().flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    numbers.filter(is_inside).collect()
}

#[test]
#[cfg(target_os = "linux")]
fn a_waiting_process_goes_with_its_runner_and_leaves_nothing() {
    let scratch = tempfile::tempdir().unwrap();
    TOKIO.block_on(async {
        let runner = analyst_sandbox::PythonRunner::with_scratch(crate::kit::environment(), scratch.path());
        runner.strength().await.unwrap(); // takes one process and has the next started
        let mut waiting = 0;
        while waiting == 0 {
            tokio::time::sleep(Duration::from_millis(20)).await;
            waiting = processes_in(scratch.path()).len();
        }
        drop(runner);
        let is_clean = || processes_in(scratch.path()).is_empty() && scratch.path().read_dir().unwrap().count() == 0;
        for _ in 0..100 {
            if is_clean() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        assert!(is_clean());
    });
}
