//! Server-sent events out of bytes that may be cut anywhere.
//!
//! Only whole lines are decoded, so a character cut in two is never seen; invalid UTF-8 becomes the replacement
//! character. An event counts only when its closing empty line has come, as the standard says: what a cut connection
//! leaves behind is never taken for an event.

use crate::policy::{MAX_ANSWER_BYTES, MAX_LINE_BYTES};

/// One event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SseEvent {
    /// Its `event:` field; empty when there is none.
    pub(crate) name: String,
    /// Its `data:` lines.
    pub(crate) data: String,
}

/// The reader of one stream.
#[derive(Debug, Default)]
pub(crate) struct SseReader {
    line: Vec<u8>,
    event: Pending,
    total_bytes: usize,
    begun: bool,
    after_carriage_return: bool,
    /// Non-empty lines so far: signs of life, events and comments alike.
    pub(crate) lines: u64,
    /// Lines that no event stream contains.
    pub(crate) foreign_lines: u64,
}

#[derive(Debug, Default)]
struct Pending {
    name: String,
    data: Option<String>,
}

impl SseReader {
    /// Takes the next bytes and gives the events that they complete. The error is a sentence for people.
    pub(crate) fn push(&mut self, bytes: &[u8]) -> Result<Vec<SseEvent>, &'static str> {
        self.total_bytes += bytes.len();
        if self.total_bytes > MAX_ANSWER_BYTES {
            return Err("its answer is larger than 16 MiB");
        }
        let mut events = Vec::new();
        for &byte in bytes {
            let line_feed_of_pair = byte == b'\n' && std::mem::take(&mut self.after_carriage_return);
            match byte {
                b'\n' if line_feed_of_pair => {}
                b'\n' | b'\r' => {
                    self.after_carriage_return = byte == b'\r';
                    events.extend(self.end_line());
                }
                _ if self.line.len() >= MAX_LINE_BYTES => return Err("its answer has a line longer than 1 MiB"),
                _ => {
                    self.after_carriage_return = false;
                    self.line.push(byte);
                }
            }
        }
        Ok(events)
    }

    /// What stands unfinished at the end of the stream: an event whose closing empty line is missing.
    pub(crate) fn rest(mut self) -> Option<SseEvent> {
        self.end_line().or_else(|| self.event.take())
    }

    fn end_line(&mut self) -> Option<SseEvent> {
        let bytes = std::mem::take(&mut self.line);
        let mut line = String::from_utf8_lossy(&bytes).into_owned();
        if !std::mem::replace(&mut self.begun, true) {
            line = line.trim_start_matches('\u{feff}').to_owned();
        }
        if line.is_empty() {
            return self.event.take();
        }
        self.lines += 1;
        let (field, value) = line.split_once(':').unwrap_or((&line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "data" => self.event.add(value),
            "event" => self.event.name = value.to_owned(),
            "" | "id" | "retry" => {}
            _ => self.foreign_lines += 1,
        }
        None
    }
}

impl Pending {
    fn add(&mut self, line: &str) {
        match &mut self.data {
            Some(data) => {
                data.push('\n');
                data.push_str(line);
            }
            None => self.data = Some(line.to_owned()),
        }
    }

    fn take(&mut self) -> Option<SseEvent> {
        let Self { name, data } = std::mem::take(self);
        data.map(|data| SseEvent { name, data })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(stream: &[u8], piece: usize) -> Vec<(String, String)> {
        let mut reader = SseReader::default();
        let events = stream.chunks(piece).flat_map(|bytes| reader.push(bytes).unwrap());
        events.map(|event| (event.name, event.data)).collect()
    }

    fn check(stream: &str, expect: &[(&str, &str)]) {
        let expect: Vec<_> = expect.iter().map(|(name, data)| ((*name).to_owned(), (*data).to_owned())).collect();
        for piece in 1..=stream.len() {
            assert_eq!(read(stream.as_bytes(), piece), expect, "in pieces of {piece}");
        }
    }

    #[test]
    fn events_survive_any_cut() {
        check("event: a\ndata: 925 ÷ 5 😀\n\n", &[("a", "925 ÷ 5 😀")]);
        check("\u{feff}data: x\r\n\r\ndata:y\r\rdata: z\n\n", &[("", "x"), ("", "y"), ("", "z")]);
        check(": comment\nid: 1\nretry: 5\ndata: a\ndata:  b\ndata\n\n", &[("", "a\n b\n")]);
        check("event: alone\n\ndata: x\n\n", &[("", "x")]);
        check("data: never closed", &[]);
        check("data: never closed\n", &[]);
    }

    #[test]
    fn unfinished_event_is_given_only_when_asked_for() {
        for stream in ["data: [DONE]", "data: [DONE]\n"] {
            let mut reader = SseReader::default();
            assert!(reader.push(stream.as_bytes()).unwrap().is_empty());
            assert_eq!(reader.rest().unwrap().data, "[DONE]");
        }
    }

    #[test]
    fn invalid_bytes_become_replacements() {
        assert_eq!(read(b"data: a\xff\0b\xe2\x80\xa8\n\n", 1), [(String::new(), "a\u{fffd}\0b\u{2028}".to_owned())]);
    }

    #[test]
    fn endless_lines_and_streams_are_stopped() {
        assert!(SseReader::default().push(&vec![b'x'; MAX_LINE_BYTES + 1]).is_err());
        let mut reader = SseReader::default();
        let comment = [b": x\n".repeat(1 << 18)].concat();
        assert!((0..16).all(|_| reader.push(&comment).is_ok()));
        assert!(reader.push(b":\n").is_err());
    }

    #[test]
    fn lines_of_a_web_page_are_foreign() {
        let mut reader = SseReader::default();
        reader.push(b"<html>\n<body>\n").unwrap();
        assert_eq!(reader.foreign_lines, 2);
    }
}
