//! Frames between a host and its process: two little-endian u32 lengths, a JSON head, a body.
//!
//! The reader of the host takes memory only for bytes that have come: a length is a claim of somebody hostile.

use serde_json::Value;

/// The two lengths.
pub(super) const LENGTHS: usize = 8;
const MAX_HEAD_BYTES: usize = 16 << 10;
/// Longest body. A result that is larger wants to be a file.
pub(super) const MAX_BODY_BYTES: usize = 512 << 20;
/// What is kept of a buffer after a large frame.
const KEPT_BYTES: usize = 1 << 20;

/// One frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// What the frame is.
    pub head: Value,
    /// What it carries.
    pub body: Vec<u8>,
}

/// The lengths and the head of a frame whose body of `body_len` bytes follows.
pub(super) fn beginning(head: &Value, body_len: usize) -> Result<Vec<u8>, String> {
    let head = head.to_string();
    if head.len() > MAX_HEAD_BYTES || body_len > MAX_BODY_BYTES {
        return Err(format!("{} MB are too much for one answer", body_len >> 20));
    }
    let mut bytes = Vec::with_capacity(LENGTHS + head.len());
    for length in [head.len(), body_len] {
        let length = u32::try_from(length).expect("BUG: lengths were checked");
        bytes.extend_from_slice(&length.to_le_bytes());
    }
    bytes.extend_from_slice(head.as_bytes());
    Ok(bytes)
}

/// The lengths of head and body, checked.
pub(super) fn lengths(bytes: [u8; LENGTHS]) -> Result<(usize, usize), String> {
    let [a, b, c, d, e, f, g, h] = bytes;
    let (head, body) = (u32::from_le_bytes([a, b, c, d]) as usize, u32::from_le_bytes([e, f, g, h]) as usize);
    if head > MAX_HEAD_BYTES || body > MAX_BODY_BYTES {
        return Err(format!("{head} + {body} bytes announced"));
    }
    Ok((head, body))
}

/// Puts frames together from the bytes as they come.
#[derive(Debug, Default)]
pub(super) struct FrameReader {
    /// Where received bytes are put.
    pub buffer: Vec<u8>,
}

impl FrameReader {
    /// The next whole frame, when it is there.
    pub fn next(&mut self) -> Result<Option<Frame>, String> {
        let Some(first) = self.buffer.first_chunk::<LENGTHS>() else { return Ok(None) };
        let (head_len, body_len) = lengths(*first)?;
        let size = LENGTHS + head_len + body_len;
        if self.buffer.len() < size {
            return Ok(None);
        }
        let head = serde_json::from_slice(&self.buffer[LENGTHS..LENGTHS + head_len])
            .map_err(|error| format!("its head is not JSON: {error}"))?;
        let rest = self.buffer.split_off(size);
        let mut body = std::mem::replace(&mut self.buffer, rest);
        self.buffer.shrink_to(KEPT_BYTES);
        body.drain(..LENGTHS + head_len);
        Ok(Some(Frame { head, body }))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn encode(head: &Value, body: &[u8]) -> Vec<u8> {
        [beginning(head, body.len()).unwrap(), body.to_vec()].concat()
    }

    #[test]
    fn frames_come_whole_however_the_bytes_are_cut() {
        let bytes = [encode(&json!({"type": "a"}), b"one"), encode(&json!({"type": "b"}), b"")].concat();
        let mut reader = FrameReader::default();
        let mut frames = Vec::new();
        for byte in bytes {
            reader.buffer.push(byte);
            frames.extend(reader.next().unwrap());
        }
        let frame = |kind: &str, body: &[u8]| Frame { head: json!({ "type": kind }), body: body.to_vec() };
        assert_eq!(frames, [frame("a", b"one"), frame("b", b"")]);
    }

    #[test]
    fn hostile_frames_are_refused_before_memory_is_taken() {
        let check = |bytes: &[u8]| {
            let mut reader = FrameReader { buffer: bytes.to_vec() };
            assert!(reader.next().is_err(), "{bytes:?}");
        };
        check(b"\xff\xff\xff\xff\xff\xff\xff\xff");
        check(b"GARBAGE IS NOT A FRAME");
        check(b"\x02\0\0\0\xff\xff\xff\xff{}");
        check(b"\x03\0\0\0\0\0\0\0not");
        check(&[&5000u32.to_le_bytes()[..], &[0; 4], "[".repeat(5000).as_bytes()].concat());
    }

    #[test]
    fn a_frame_that_is_too_long_is_not_made() {
        assert!(beginning(&json!({}), MAX_BODY_BYTES + 1).is_err());
    }
}
