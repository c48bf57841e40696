//! What a run prints: told as it comes, whole characters only, kept up to a limit and counted beyond it.

use analyst_types::OutputStream;

/// Beyond this many times the limit (and [`MIN_HARD_CAP`]) a run that still prints is ended.
const HARD_CAP_FACTOR: u64 = 16;
/// A run may always print this much before it is ended for it.
const MIN_HARD_CAP: u64 = 64 << 20;

/// One stream of one run.
pub(crate) struct OutputTap<'a> {
    stream: OutputStream,
    tell: &'a (dyn Fn(OutputStream, &str) + Send + Sync),
    limit: u64,
    kept: String,
    /// Bytes at the end of the last chunk that begin a character.
    partial: Vec<u8>,
    cut_bytes: u64,
    total: u64,
}

impl<'a> OutputTap<'a> {
    pub fn new(stream: OutputStream, limit: u64, tell: &'a (dyn Fn(OutputStream, &str) + Send + Sync)) -> Self {
        Self { stream, tell, limit, kept: String::new(), partial: Vec::new(), cut_bytes: 0, total: 0 }
    }

    /// Takes the next bytes. False when the stream is past all measure and the run should end.
    pub fn take(&mut self, bytes: &[u8]) -> bool {
        self.total += bytes.len() as u64;
        if self.cut_bytes > 0 {
            self.cut_bytes += bytes.len() as u64;
        } else {
            self.partial.extend_from_slice(bytes);
            let whole = whole_characters(&self.partial);
            let rest = self.partial.split_off(whole);
            let ready = std::mem::replace(&mut self.partial, rest);
            self.keep(&String::from_utf8_lossy(&ready));
        }
        self.total <= MIN_HARD_CAP.max(self.limit.saturating_mul(HARD_CAP_FACTOR))
    }

    fn keep(&mut self, text: &str) {
        let room = usize::try_from(self.limit).unwrap_or(usize::MAX).saturating_sub(self.kept.len());
        let fits = text.floor_char_boundary(room);
        self.cut_bytes += (text.len() - fits) as u64;
        self.say(&text[..fits]);
    }

    fn say(&mut self, text: &str) {
        if !text.is_empty() {
            self.kept.push_str(text);
            (self.tell)(self.stream, text);
        }
    }

    /// What was kept, with a marker where it was cut.
    pub fn finish(mut self) -> String {
        let rest = std::mem::take(&mut self.partial);
        if self.cut_bytes > 0 {
            let lead = if self.kept.is_empty() || self.kept.ends_with('\n') { "" } else { "\n" };
            let cut_bytes = self.cut_bytes + rest.len() as u64;
            self.say(&format!("{lead}… output cut: {cut_bytes} bytes not shown\n"));
        } else {
            self.keep(&String::from_utf8_lossy(&rest));
        }
        self.kept
    }
}

/// How many bytes at the start end with a whole character (or with something that will never become one).
fn whole_characters(bytes: &[u8]) -> usize {
    let tail = bytes.len().saturating_sub(3);
    for at in (tail..bytes.len()).rev() {
        let needed = match bytes[at] {
            0xC2..=0xDF => 2,
            0xE0..=0xEF => 3,
            0xF0..=0xF4 => 4,
            0x80..=0xBF => continue,
            _ => 1,
        };
        return if at + needed > bytes.len() { at } else { bytes.len() };
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Mutex;

    fn check(limit: u64, chunks: &[&[u8]], expect: &str, expect_told: &[&str]) {
        let told = Mutex::new(Vec::new());
        let tell = |_: OutputStream, text: &str| told.lock().unwrap().push(text.to_owned());
        let mut tap = OutputTap::new(OutputStream::Stdout, limit, &tell);
        for chunk in chunks {
            tap.take(chunk);
        }
        assert_eq!(tap.finish(), expect);
        assert_eq!(*told.lock().unwrap(), expect_told);
    }

    #[test]
    fn output_is_whole_characters_up_to_the_limit() {
        check(100, &[b"one\n", b"two"], "one\ntwo", &["one\n", "two"]);
        check(100, &[b"gr\xc3", b"\xbcn ", b"\xf0\x9f", b"\xa6\x80"], "grün 🦀", &["gr", "ün ", "🦀"]);
        check(100, &[b"bad \xff\xfe end"], "bad \u{fffd}\u{fffd} end", &["bad \u{fffd}\u{fffd} end"]);
        check(100, &[b"half \xc3"], "half \u{fffd}", &["half ", "\u{fffd}"]);
        let cut = "abcd\n… output cut: 7 bytes not shown\n";
        check(4, &[b"abcdef", b"ghijk"], cut, &["abcd", &cut[4..]]);
        check(
            3,
            &["äöü".as_bytes()],
            "ä\n… output cut: 4 bytes not shown\n",
            &["ä", "\n… output cut: 4 bytes not shown\n"],
        );
    }

    #[test]
    fn endless_output_is_noticed() {
        let tell = |_: OutputStream, _: &str| {};
        let mut tap = OutputTap::new(OutputStream::Stderr, 10, &tell);
        let chunk = vec![b'x'; 1 << 20];
        let taken = (0..200).take_while(|_| tap.take(&chunk)).count();
        assert_eq!(taken, 64);
    }
}
