//! The container of old workbooks (.xls): a small file system of chained sectors. The reader follows its chains without
//! counting and makes room for every place between two cells; so both are checked before it begins.

use crate::DataError;

const END_OF_CHAIN: u32 = 0xFFFF_FFFE;
const LAST_SECTOR: u32 = 0xFFFF_FFF9;
const ENTRY_BYTES: usize = 128;
/// Smaller streams live in sectors of their own kind.
const MINI_STREAM_BELOW: u32 = 4096;
/// Places between the outermost cells, of all sheets: two sheets as large as the format has them.
const MAX_PLACES: u64 = 2 * 65_536 * 256;

/// Refuses chains that never end, and sheets that are huge and empty.
pub(super) fn check(bytes: &[u8], file_name: &str) -> Result<(), DataError> {
    let Some(files) = Sectors::of(bytes) else { return Ok(()) };
    let damaged =
        || DataError::unreadable(format!("{file_name} is damaged: its parts refer to each other in a circle."));
    let directory = files.chain(files.directory, &files.fat).ok_or_else(damaged)?;
    let directory = files.content(&directory);
    let mini: Vec<u32> = words(&files.content(&files.chain(files.mini_fat, &files.fat).ok_or_else(damaged)?)).collect();
    let (mut n_steps, most_steps) = (0, 4 * (files.fat.len() + mini.len()));
    for (index, entry) in directory.chunks_exact(ENTRY_BYTES).enumerate() {
        let (Some(start), Some(size)) = (u32_at(entry, 116), u32_at(entry, 120)) else { continue };
        if size == 0 && index > 0 {
            continue;
        }
        let is_mini = index > 0 && size < MINI_STREAM_BELOW;
        let chain = files.chain(start, if is_mini { &mini } else { &files.fat }).ok_or_else(damaged)?;
        // Many entries may not share one long chain either.
        n_steps += chain.len();
        if n_steps > most_steps {
            return Err(damaged());
        }
        if !is_mini && is_workbook(entry) && places(&files.content(&chain)) > MAX_PLACES {
            let what = format!("A nearly empty sheet of {file_name}");
            return Err(DataError::TooLarge { what, limit: "33 million places between its cells".into() });
        }
    }
    Ok(())
}

fn is_workbook(entry: &[u8]) -> bool {
    let name = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    ["Workbook", "WORKBOOK", "Book", "BOOK"].iter().any(|text| entry.starts_with(&name(text)))
}

/// Sum over all sheets of the places in the rectangle around their cells.
fn places(stream: &[u8]) -> u64 {
    const BEGIN: u16 = 0x0809;
    /// Numbers, texts, formulas and truth values; their row and column come first.
    const CELLS: &[u16] = &[0x0006, 0x00BD, 0x00D6, 0x00FD, 0x0203, 0x0204, 0x0205, 0x027E];
    let (mut sum, mut at) = (0u64, 0usize);
    let mut extent: Option<[u64; 4]> = None;
    let area = |extent: Option<[u64; 4]>| {
        extent.map_or(0, |[top, bottom, left, right]| (bottom - top + 1) * (right - left + 1))
    };
    while let (Some(kind), Some(length)) = (u16_at(stream, at), u16_at(stream, at + 2)) {
        if kind == BEGIN {
            sum += area(extent.take());
        }
        if let (true, Some(row), Some(column)) = (CELLS.contains(&kind), u16_at(stream, at + 4), u16_at(stream, at + 6))
        {
            let (row, column) = (u64::from(row), u64::from(column));
            let [top, bottom, left, right] = extent.unwrap_or([row, row, column, column]);
            extent = Some([top.min(row), bottom.max(row), left.min(column), right.max(column)]);
        }
        at += 4 + usize::from(length);
    }
    sum + area(extent)
}

struct Sectors<'b> {
    bytes: &'b [u8],
    size: usize,
    fat: Vec<u32>,
    directory: u32,
    mini_fat: u32,
}

impl<'b> Sectors<'b> {
    fn of(bytes: &'b [u8]) -> Option<Self> {
        let size = match u16_at(bytes, 30)? {
            9 => 512,
            12 => 4096,
            _ => return None,
        };
        let (directory, mini_fat) = (u32_at(bytes, 48)?, u32_at(bytes, 60)?);
        let mut sectors = Self { bytes, size, fat: Vec::new(), directory, mini_fat };
        let mut table: Vec<u32> = words(bytes.get(76..512)?).collect();
        let (mut next, mut left) = (u32_at(bytes, 68)?, bytes.len() / size + 1);
        while next <= LAST_SECTOR && left > 0 {
            table.extend(words(sectors.sector(next)));
            next = table.pop().unwrap_or(END_OF_CHAIN);
            left -= 1;
        }
        let most = bytes.len() / size + 1;
        for id in table.into_iter().filter(|id| *id <= LAST_SECTOR) {
            // One word for every sector is enough, and the last sector of words may not be full.
            if sectors.fat.len() > most {
                break;
            }
            sectors.fat.extend(words(sectors.sector(id)));
        }
        Some(sectors)
    }

    /// The bytes of a sector, behind the one that holds the header.
    fn sector(&self, id: u32) -> &'b [u8] {
        let start = (id as usize + 1).saturating_mul(self.size).min(self.bytes.len());
        &self.bytes[start..(start + self.size).min(self.bytes.len())]
    }

    /// The sectors of a chain; nothing when it comes back to itself.
    fn chain(&self, start: u32, fat: &[u32]) -> Option<Vec<u32>> {
        let (mut chain, mut next) = (Vec::new(), start);
        while let Some(&after) = fat.get(next as usize) {
            if chain.len() > fat.len() {
                return None;
            }
            chain.push(next);
            next = after;
        }
        Some(chain)
    }

    fn content(&self, chain: &[u32]) -> Vec<u8> {
        chain.iter().flat_map(|id| self.sector(*id)).copied().collect()
    }
}

fn words(bytes: &[u8]) -> impl Iterator<Item = u32> + '_ {
    bytes.chunks_exact(4).map(|b| u32::from_le_bytes([b[0], b[1], b[2], b[3]]))
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..at + 2).map(|b| u16::from_le_bytes([b[0], b[1]]))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at + 4).map(|b| u32::from_le_bytes([b[0], b[1], b[2], b[3]]))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A header, an allocation table, a directory with one stream, and the stream in eight sectors and more.
    fn file(stream: &[u8], last: u32) -> Vec<u8> {
        let n = stream.len().div_ceil(512).max(8) as u32;
        let mut bytes = vec![0; 512 * (n as usize + 3)];
        let mut put = |at: usize, value: u32| bytes[at..at + 4].copy_from_slice(&value.to_le_bytes());
        put(28, 0x0009_FFFE);
        put(48, 1);
        put(60, END_OF_CHAIN);
        put(68, END_OF_CHAIN);
        (0..109).for_each(|index| put(76 + 4 * index, if index == 0 { 0 } else { u32::MAX }));
        put(512 + 4, END_OF_CHAIN);
        (0..n).for_each(|id| put(512 + 4 * (2 + id as usize), if id + 1 < n { 3 + id } else { last }));
        put(1024 + 116, END_OF_CHAIN);
        put(1024 + 128 + 116, 2);
        put(1024 + 128 + 120, n * 512);
        bytes[1024 + 128..1024 + 128 + 16]
            .copy_from_slice(&"Workbook".encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>());
        bytes[30..32].copy_from_slice(&9u16.to_le_bytes());
        bytes[1536..1536 + stream.len()].copy_from_slice(stream);
        bytes
    }

    fn number(row: u16, column: u16) -> Vec<u8> {
        [0x0203u16, 14, row, column].into_iter().flat_map(u16::to_le_bytes).chain([0; 10]).collect()
    }

    #[test]
    fn chains_in_a_circle_are_refused() {
        assert!(check(&file(&number(1, 1), END_OF_CHAIN), "a.xls").is_ok());
        assert!(matches!(check(&file(&number(1, 1), 3), "a.xls"), Err(DataError::Unreadable { .. })));
        assert!(check(b"\xD0\xCF", "a.xls").is_ok());
    }

    #[test]
    fn sheets_with_cells_in_far_corners_are_counted() {
        let begin: Vec<u8> = [0x0809u16, 0].into_iter().flat_map(u16::to_le_bytes).collect();
        let sparse = [number(0, 0), number(65_535, 255)].concat();
        let sheets: Vec<u8> = (0..3).flat_map(|_| [begin.clone(), sparse.clone()].concat()).collect();
        assert_eq!(places(&sheets), 3 * 65_536 * 256);
        assert!(matches!(check(&file(&sheets, END_OF_CHAIN), "a.xls"), Err(DataError::TooLarge { .. })));
        assert!(check(&file(&sparse, END_OF_CHAIN), "a.xls").is_ok());
    }
}
