//! The frames to and from a process of Python.

use std::fs::File;
use std::io;
#[cfg(target_os = "linux")]
use std::os::fd::OwnedFd;

use serde_json::json;

use crate::control::Control;
use crate::frame::{Frame, FrameReader, encode};

/// One channel, with the bytes that have come and are not yet a frame.
pub(crate) struct Wire {
    control: Control,
    frames: FrameReader,
    #[cfg(target_os = "linux")]
    files: std::collections::VecDeque<OwnedFd>,
}

impl Wire {
    /// Frames over `control`.
    pub fn new(control: Control) -> Self {
        Self {
            control,
            frames: FrameReader::default(),
            #[cfg(target_os = "linux")]
            files: std::collections::VecDeque::new(),
        }
    }

    /// Hands over a request; `files` travel with it.
    pub async fn request(&mut self, body: &[u8], files: &[File]) -> io::Result<()> {
        self.send(&encode(&json!({ "type": "run" }), body), files).await
    }

    /// Sends a frame; `files` travel with it.
    pub async fn send(&mut self, frame: &[u8], files: &[File]) -> io::Result<()> {
        self.control.send(frame, files).await
    }

    /// The next frame; none when the other end was closed. Nothing is lost when it is cancelled.
    pub async fn next_frame(&mut self) -> io::Result<Option<Frame>> {
        loop {
            if let Some(frame) = self.frames.next().map_err(io::Error::other)? {
                return Ok(Some(frame));
            }
            if self.control.fill(&mut self.frames.buffer).await? == 0 {
                return Ok(None);
            }
        }
    }

    /// Like [`Self::next_frame`], from a process of ours that may send open files: see [`Self::next_file`].
    #[cfg(target_os = "linux")]
    pub async fn next_frame_with_files(&mut self) -> io::Result<Option<Frame>> {
        loop {
            if let Some(frame) = self.frames.next_of_ours().map_err(io::Error::other)? {
                return Ok(Some(frame));
            }
            if self.control.fill_with_files(&mut self.frames.buffer, &mut self.files).await? == 0 {
                return Ok(None);
            }
        }
    }

    /// The open files that came, in the order of the frames they came with.
    #[cfg(target_os = "linux")]
    pub fn next_file(&mut self) -> Option<OwnedFd> {
        self.files.pop_front()
    }
}
