//! The side of the confined process: the last wall put up from within, then frames in and out. Blocking: it has one
//! master and does one thing at a time.

use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::sync::Mutex;

use serde_json::{Value, json};

use super::frames::{Frame, LENGTHS, beginning, lengths};
use super::probe;

/// What the host sent.
#[derive(Debug)]
pub struct Received {
    /// What it is.
    pub head: Value,
    /// What it carries.
    pub body: Vec<u8>,
    /// The files that came with it, open.
    pub files: Vec<File>,
}

/// The channel to the host.
#[derive(Debug)]
pub struct Inside {
    channel: channel::Channel,
    sending: Mutex<()>,
}

impl Inside {
    /// Takes up the channel that the last two of `args` name, and gives up what only a starting program needs: new
    /// programs, new processes, changes of rights. Call it first thing, before any thread is started.
    ///
    /// # Errors
    /// When `args` name no channel, or the wall is refused: then the program must end.
    pub fn enter(args: &[OsString]) -> io::Result<Self> {
        let channel = channel::Channel::take(args)?;
        give_up_rights()?;
        Ok(Self { channel, sending: Mutex::new(()) })
    }

    /// The next frame; none when the host wants no more. What only looks at the walls is answered here.
    ///
    /// # Errors
    /// When the host is gone in the middle of a frame.
    pub fn receive(&self) -> io::Result<Option<Received>> {
        while let Some(received) = self.next()? {
            if received.head["type"] != probe::TYPE {
                return Ok(Some(received));
            }
            let found = probe::try_walls(&received.head);
            self.send(&Frame { head: json!({ "type": probe::TYPE, "found": found }), body: Vec::new() })?;
        }
        Ok(None)
    }

    fn next(&self) -> io::Result<Option<Received>> {
        let Some((first, files)) = self.channel.first::<LENGTHS>()? else { return Ok(None) };
        let (head_len, body_len) = lengths(first).map_err(io::Error::other)?;
        let mut head = vec![0; head_len];
        self.channel.read_exact(&mut head)?;
        let mut body = vec![0; body_len];
        self.channel.read_exact(&mut body)?;
        let head = serde_json::from_slice(&head).map_err(io::Error::other)?;
        Ok(Some(Received { head, body, files }))
    }

    /// Sends a frame. Threads may send at the same time; frames do not mix.
    ///
    /// # Errors
    /// When it is too long, or the host is gone.
    pub fn send(&self, frame: &Frame) -> io::Result<()> {
        let beginning = beginning(&frame.head, frame.body.len()).map_err(io::Error::other)?;
        let _one_at_a_time = self.sending.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        self.channel.write_all(&beginning)?;
        self.channel.write_all(&frame.body)
    }
}

/// Adds the second filter to every thread there is.
#[cfg(target_os = "linux")]
fn give_up_rights() -> io::Result<()> {
    const SET_MODE_FILTER: libc::c_uint = 1;
    const ALL_THREADS: libc::c_uint = 1;
    let filter = crate::confine::processes_filter(std::process::id());
    let len = filter.len() / size_of::<libc::sock_filter>();
    let program = libc::sock_fprog {
        len: u16::try_from(len).map_err(io::Error::other)?,
        filter: filter.as_ptr().cast_mut().cast(),
    };
    // SAFETY: the program is `len` instructions long and outlives the call; the kernel copies it.
    let answer = unsafe { libc::syscall(libc::SYS_seccomp, SET_MODE_FILTER, ALL_THREADS, &raw const program) };
    match answer {
        0 => Ok(()),
        1.. => Err(io::Error::other("a thread could not be brought behind the filter")),
        _ => Err(io::Error::last_os_error()),
    }
}

/// No second filter here; the report of the walls says so.
#[cfg(not(target_os = "linux"))]
fn give_up_rights() -> io::Result<()> {
    Ok(())
}

fn no_channel() -> io::Error {
    io::Error::other("the arguments name no channel: this program is started by Auto-Analyst itself")
}

#[cfg(unix)]
mod channel {
    //! A socket; descriptors come with the first bytes of a frame.

    use std::ffi::OsString;
    use std::fs::File;
    use std::io::{self, Read, Write};
    use std::os::fd::{AsRawFd, FromRawFd, RawFd};
    use std::os::unix::fs::FileTypeExt;
    use std::os::unix::net::UnixStream;

    /// Descriptors one frame may bring.
    const MAX_FILES: usize = 16;

    #[derive(Debug)]
    pub(super) struct Channel(UnixStream);

    impl Channel {
        pub fn take(args: &[OsString]) -> io::Result<Self> {
            let descriptor: RawFd = args
                .last()
                .and_then(|last| last.to_str()?.parse().ok())
                .filter(|descriptor| *descriptor > 2)
                .ok_or_else(super::no_channel)?;
            // SAFETY: only asks; a number that is no open descriptor is an error.
            if unsafe { libc::fcntl(descriptor, libc::F_SETFD, libc::FD_CLOEXEC) } < 0 {
                return Err(super::no_channel());
            }
            // SAFETY: it is open, and the host that named it left it to us.
            let file = unsafe { File::from_raw_fd(descriptor) };
            if !file.metadata()?.file_type().is_socket() {
                return Err(super::no_channel());
            }
            Ok(Self(UnixStream::from(std::os::fd::OwnedFd::from(file))))
        }

        /// The first `N` bytes of a frame with the files that came along; none at the end.
        pub fn first<const N: usize>(&self) -> io::Result<Option<([u8; N], Vec<File>)>> {
            let mut bytes = [0; N];
            let mut files = Vec::new();
            let mut have = 0;
            while have < N {
                match receive(&self.0, &mut bytes[have..], &mut files) {
                    Ok(0) if have == 0 => return Ok(None),
                    Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                    Ok(n) => have += n,
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    Err(error) => return Err(error),
                }
            }
            Ok(Some((bytes, files)))
        }

        pub fn read_exact(&self, bytes: &mut [u8]) -> io::Result<()> {
            (&self.0).read_exact(bytes)
        }

        pub fn write_all(&self, bytes: &[u8]) -> io::Result<()> {
            (&self.0).write_all(bytes)
        }
    }

    fn receive(socket: &UnixStream, bytes: &mut [u8], files: &mut Vec<File>) -> io::Result<usize> {
        const PAYLOAD: u32 = (MAX_FILES * size_of::<RawFd>()) as u32;
        // SAFETY: CMSG_SPACE only computes.
        let space = unsafe { libc::CMSG_SPACE(PAYLOAD) } as usize;
        let mut ancillary = vec![0u64; space.div_ceil(8)]; // u64 for the alignment that cmsghdr needs
        let mut part = libc::iovec { iov_base: bytes.as_mut_ptr().cast(), iov_len: bytes.len() };
        #[cfg(target_os = "linux")]
        const FLAGS: libc::c_int = libc::MSG_CMSG_CLOEXEC;
        #[cfg(not(target_os = "linux"))]
        const FLAGS: libc::c_int = 0;
        // SAFETY: all-zero is a valid msghdr; every pointer put into it outlives the call; the headers are walked with
        // the macros made for it, inside the control buffer; each descriptor found is new and ours alone.
        unsafe {
            let mut message: libc::msghdr = std::mem::zeroed();
            message.msg_iov = &raw mut part;
            message.msg_iovlen = 1;
            message.msg_control = ancillary.as_mut_ptr().cast();
            message.msg_controllen = space as _;
            let n = libc::recvmsg(socket.as_raw_fd(), &raw mut message, FLAGS);
            let n = usize::try_from(n).map_err(|_| io::Error::last_os_error())?;
            let mut header = libc::CMSG_FIRSTHDR(&raw const message);
            while !header.is_null() {
                if (*header).cmsg_level == libc::SOL_SOCKET && (*header).cmsg_type == libc::SCM_RIGHTS {
                    let payload = (*header).cmsg_len as usize - libc::CMSG_LEN(0) as usize;
                    let first = libc::CMSG_DATA(header).cast::<RawFd>();
                    for at in 0..payload / size_of::<RawFd>() {
                        files.push(File::from_raw_fd(first.add(at).read_unaligned()));
                    }
                }
                header = libc::CMSG_NXTHDR(&raw const message, header);
            }
            Ok(n)
        }
    }
}

#[cfg(not(unix))]
mod channel {
    //! The standard streams; files are never passed here, the host names them.

    use std::ffi::OsString;
    use std::fs::File;
    use std::io::{self, Read, Write};

    #[derive(Debug)]
    pub(super) struct Channel;

    impl Channel {
        pub fn take(args: &[OsString]) -> io::Result<Self> {
            args.last().filter(|last| *last == "1").map(|_| Self).ok_or_else(super::no_channel)
        }

        pub fn first<const N: usize>(&self) -> io::Result<Option<([u8; N], Vec<File>)>> {
            let mut bytes = [0; N];
            match io::stdin().lock().read_exact(&mut bytes) {
                Ok(()) => Ok(Some((bytes, Vec::new()))),
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(None),
                Err(error) => Err(error),
            }
        }

        pub fn read_exact(&self, bytes: &mut [u8]) -> io::Result<()> {
            io::stdin().lock().read_exact(bytes)
        }

        pub fn write_all(&self, bytes: &[u8]) -> io::Result<()> {
            let mut out = io::stdout().lock();
            out.write_all(bytes)?;
            out.flush()
        }
    }
}
