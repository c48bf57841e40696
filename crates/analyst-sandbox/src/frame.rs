//! Frames between host and worker: two little-endian u32 lengths, a JSON head, a body.
//!
//! What a worker sends is hostile until proven otherwise: lengths are checked before memory is taken for them.

use serde_json::Value;

/// Longest head a worker may send.
pub(crate) const MAX_HEAD_BYTES: usize = 64 << 10;
/// Longest body a worker may send.
pub(crate) const MAX_BODY_BYTES: usize = 64 << 20;
/// Most bytes one worker may send in all its frames.
pub(crate) const MAX_TOTAL_BYTES: u64 = 512 << 20;
const LENGTHS: usize = 8;

/// One frame.
#[derive(Debug, PartialEq)]
pub(crate) struct Frame {
    pub head: Value,
    pub body: Vec<u8>,
}

/// The frame did not keep to the rules; the worker that sent it must go.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("a frame broke the rules: {0}")]
pub(crate) struct BadFrame(pub String);

/// The bytes of a frame to a worker.
pub(crate) fn encode(head: &Value, body: &[u8]) -> Vec<u8> {
    let head = head.to_string();
    let mut bytes = Vec::with_capacity(LENGTHS + head.len() + body.len());
    bytes.extend_from_slice(&length(head.len()));
    bytes.extend_from_slice(&length(body.len()));
    bytes.extend_from_slice(head.as_bytes());
    bytes.extend_from_slice(body);
    bytes
}

fn length(n_bytes: usize) -> [u8; 4] {
    u32::try_from(n_bytes).expect("BUG: frames to workers are far below 4 GB").to_le_bytes()
}

/// Puts frames together from the bytes as they come.
#[derive(Debug, Default)]
pub(crate) struct FrameReader {
    /// Where received bytes are put.
    pub buffer: Vec<u8>,
    total: u64,
}

impl FrameReader {
    /// The next whole frame, when it is there.
    pub fn next(&mut self) -> Result<Option<Frame>, BadFrame> {
        if self.buffer.len() < LENGTHS {
            return Ok(None);
        }
        let head_len = self.length_at(0);
        let body_len = self.length_at(4);
        if head_len > MAX_HEAD_BYTES || body_len > MAX_BODY_BYTES {
            return Err(BadFrame(format!("{head_len} + {body_len} bytes announced")));
        }
        let size = LENGTHS + head_len + body_len;
        if self.buffer.len() < size {
            return Ok(None);
        }
        self.total += size as u64;
        if self.total > MAX_TOTAL_BYTES {
            return Err(BadFrame("more results than a run may have".into()));
        }
        let head = serde_json::from_slice(&self.buffer[LENGTHS..LENGTHS + head_len])
            .map_err(|error| BadFrame(format!("its head is not JSON: {error}")))?;
        let body = self.buffer[LENGTHS + head_len..size].to_vec();
        self.buffer.drain(..size);
        Ok(Some(Frame { head, body }))
    }

    /// The next frame of a process that runs no code of others and lives long: its frames are not added up.
    #[cfg(target_os = "linux")]
    pub fn next_of_ours(&mut self) -> Result<Option<Frame>, BadFrame> {
        self.total = 0;
        self.next()
    }

    fn length_at(&self, at: usize) -> usize {
        let bytes: [u8; 4] = self.buffer[at..at + 4].try_into().expect("BUG: four bytes are four bytes");
        u32::from_le_bytes(bytes) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn frames_come_whole_however_the_bytes_are_cut() {
        let bytes = [encode(&json!({"type": "a"}), b"one"), encode(&json!({"type": "b"}), b"")].concat();
        let mut reader = FrameReader::default();
        let mut frames = Vec::new();
        for byte in bytes {
            reader.buffer.push(byte);
            frames.extend(reader.next().unwrap());
        }
        assert_eq!(
            frames,
            [
                Frame { head: json!({"type": "a"}), body: b"one".to_vec() },
                Frame { head: json!({"type": "b"}), body: Vec::new() }
            ]
        );
    }

    #[test]
    fn hostile_frames_are_refused_before_memory_is_taken() {
        let check = |bytes: &[u8]| {
            let mut reader = FrameReader { buffer: bytes.to_vec(), total: 0 };
            assert!(reader.next().is_err(), "{bytes:?}");
        };
        check(b"\xff\xff\xff\xff\xff\xff\xff\xff");
        check(b"GARBAGE IS NOT A FRAME");
        check(b"\x02\0\0\0\xff\xff\xff\xff{}");
        check(&encode_raw(b"not json"));
        check(&encode_raw("[".repeat(5000).as_bytes()));
    }

    fn encode_raw(head: &[u8]) -> Vec<u8> {
        [&length(head.len())[..], &length(0)[..], head].concat()
    }
}
