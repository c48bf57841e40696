//! Frames over a socket pair; open files travel with them, so a worker needs no right to open a dataset.

use std::fs::File;
use std::io;
use std::os::fd::{AsRawFd, RawFd};
#[cfg(target_os = "linux")]
use std::os::fd::{FromRawFd, OwnedFd};
use std::os::unix::net::UnixStream as StdStream;

use tokio::io::{AsyncReadExt, AsyncWriteExt, Interest};
use tokio::net::UnixStream;
use tokio::process::{Child, Command};

/// Descriptors one message may carry (the system allows 253).
const MAX_FILES: usize = 200;
const READ_AHEAD: usize = 64 << 10;

/// The end that becomes the worker's.
pub(crate) struct WorkerEnd(StdStream);

impl WorkerEnd {
    /// The descriptor, which the worker must inherit under the same number.
    pub fn descriptor(&self) -> RawFd {
        self.0.as_raw_fd()
    }

    /// What the worker is told about its channel: descriptor to read, descriptor to write.
    pub fn arguments(&self) -> [String; 2] {
        [self.descriptor().to_string(), self.descriptor().to_string()]
    }

    /// The stream itself.
    #[cfg(target_os = "linux")]
    pub fn into_stream(self) -> StdStream {
        self.0
    }

    /// Standard streams are not needed.
    pub fn set_up(&self, command: &mut Command) {
        command.stdin(std::process::Stdio::null());
    }
}

/// The host's end.
pub(crate) struct Control(Option<StdStream>, Option<UnixStream>);

impl Control {
    /// Both ends.
    pub fn pair() -> io::Result<(Self, WorkerEnd)> {
        let (host, worker) = StdStream::pair()?;
        host.set_nonblocking(true)?;
        Ok((Self(Some(host), None), WorkerEnd(worker)))
    }

    /// Ready for use, in the runtime that is current.
    pub fn attach(&mut self, _child: &mut Child) -> io::Result<()> {
        self.connect()
    }

    /// Ready for use, in the runtime that is current.
    pub fn connect(&mut self) -> io::Result<()> {
        if let Some(stream) = self.0.take() {
            self.1 = Some(UnixStream::from_std(stream)?);
        }
        Ok(())
    }

    fn stream(&mut self) -> &mut UnixStream {
        self.1.as_mut().expect("BUG: a channel is attached before it is used")
    }

    /// Sends a frame; `files` arrive with its first bytes.
    pub async fn send(&mut self, frame: &[u8], files: &[File]) -> io::Result<()> {
        let mut sent = 0;
        if !files.is_empty() {
            sent = self.send_files(frame, files).await?;
        }
        self.stream().write_all(&frame[sent..]).await
    }

    async fn send_files(&mut self, frame: &[u8], files: &[File]) -> io::Result<usize> {
        if files.len() > MAX_FILES {
            return Err(io::Error::other(format!("more than {MAX_FILES} datasets and variables in one run")));
        }
        let descriptors: Vec<RawFd> = files.iter().map(AsRawFd::as_raw_fd).collect();
        let stream = self.stream();
        loop {
            stream.writable().await?;
            let socket = stream.as_raw_fd();
            match stream.try_io(Interest::WRITABLE, || send_with_descriptors(socket, &frame[..8], &descriptors)) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                done => return done,
            }
        }
    }

    /// Like [`Self::fill`], and takes open files that came with it. Only for a process that runs no code of others.
    #[cfg(target_os = "linux")]
    pub async fn fill_with_files(
        &mut self,
        buffer: &mut Vec<u8>,
        files: &mut std::collections::VecDeque<OwnedFd>,
    ) -> io::Result<usize> {
        let stream = self.stream();
        loop {
            stream.readable().await?;
            let socket = stream.as_raw_fd();
            match stream.try_io(Interest::READABLE, || receive_with_descriptors(socket, buffer, files)) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                done => return done,
            }
        }
    }

    /// Takes what has come into `buffer`; 0 when the other end is closed. Nothing is lost when it is cancelled.
    pub async fn fill(&mut self, buffer: &mut Vec<u8>) -> io::Result<usize> {
        buffer.reserve(READ_AHEAD);
        self.stream().read_buf(buffer).await
    }
}

fn send_with_descriptors(socket: RawFd, bytes: &[u8], descriptors: &[RawFd]) -> io::Result<usize> {
    let payload = size_of_val(descriptors);
    let payload_len = u32::try_from(payload).map_err(io::Error::other)?;
    // SAFETY: CMSG_SPACE only computes.
    let space = unsafe { libc::CMSG_SPACE(payload_len) } as usize;
    let mut ancillary = vec![0u64; space.div_ceil(8)]; // u64 for the alignment that cmsghdr needs
    let mut part = libc::iovec { iov_base: bytes.as_ptr().cast_mut().cast(), iov_len: bytes.len() };
    // SAFETY: all-zero is a valid msghdr; every pointer put into it outlives the call; the control buffer has
    // CMSG_SPACE bytes, so the first header and its data lie inside.
    let sent = unsafe {
        let mut message: libc::msghdr = std::mem::zeroed();
        message.msg_iov = &raw mut part;
        message.msg_iovlen = 1;
        message.msg_control = ancillary.as_mut_ptr().cast();
        message.msg_controllen = space as _;
        let header = libc::CMSG_FIRSTHDR(&raw const message);
        (*header).cmsg_level = libc::SOL_SOCKET;
        (*header).cmsg_type = libc::SCM_RIGHTS;
        (*header).cmsg_len = libc::CMSG_LEN(payload_len) as _;
        std::ptr::copy_nonoverlapping(descriptors.as_ptr().cast::<u8>(), libc::CMSG_DATA(header), payload);
        libc::sendmsg(socket, &raw const message, 0)
    };
    usize::try_from(sent).map_err(|_| io::Error::last_os_error())
}

#[cfg(target_os = "linux")]
fn receive_with_descriptors(
    socket: RawFd,
    buffer: &mut Vec<u8>,
    files: &mut std::collections::VecDeque<OwnedFd>,
) -> io::Result<usize> {
    let mut bytes = vec![0u8; READ_AHEAD];
    let mut ancillary = [0u64; 256]; // u64 for the alignment that cmsghdr needs; room for what MAX_FILES takes
    let mut part = libc::iovec { iov_base: bytes.as_mut_ptr().cast(), iov_len: bytes.len() };
    // SAFETY: all-zero is a valid msghdr; every pointer put into it outlives the call and is given with its size. The
    // headers are walked with the macros of the system, and each descriptor among them is ours from now on.
    let received = unsafe {
        let mut message: libc::msghdr = std::mem::zeroed();
        message.msg_iov = &raw mut part;
        message.msg_iovlen = 1;
        message.msg_control = ancillary.as_mut_ptr().cast();
        message.msg_controllen = size_of_val(&ancillary) as _;
        let received = libc::recvmsg(socket, &raw mut message, libc::MSG_CMSG_CLOEXEC);
        let mut header = if received < 0 { std::ptr::null_mut() } else { libc::CMSG_FIRSTHDR(&raw const message) };
        while !header.is_null() {
            if (*header).cmsg_level == libc::SOL_SOCKET && (*header).cmsg_type == libc::SCM_RIGHTS {
                let n_files = ((*header).cmsg_len as usize - libc::CMSG_LEN(0) as usize) / size_of::<RawFd>();
                let data = libc::CMSG_DATA(header).cast::<RawFd>();
                files.extend((0..n_files).map(|at| OwnedFd::from_raw_fd(data.add(at).read_unaligned())));
            }
            header = libc::CMSG_NXTHDR(&raw const message, header);
        }
        received
    };
    let received = usize::try_from(received).map_err(|_| io::Error::last_os_error())?;
    buffer.extend_from_slice(&bytes[..received]);
    Ok(received)
}
