//! What was worked out about tables, kept while there is room: the least lately used goes first.

use std::collections::HashMap;
use std::hash::Hash;

/// Values under keys, with a budget in bytes.
pub(crate) struct Cache<K, V> {
    entries: HashMap<K, Entry<V>>,
    budget: u64,
    used: u64,
    clock: u64,
}

struct Entry<V> {
    value: V,
    size: u64,
    used_at: u64,
}

impl<K: Hash + Eq + Clone, V: Clone> Cache<K, V> {
    /// An empty one.
    pub fn new(budget: u64) -> Self {
        Self { entries: HashMap::new(), budget, used: 0, clock: 0 }
    }

    /// What is kept under the key.
    pub fn get(&mut self, key: &K) -> Option<V> {
        self.clock += 1;
        let entry = self.entries.get_mut(key)?;
        entry.used_at = self.clock;
        Some(entry.value.clone())
    }

    /// Keeps a value, unless it alone is beyond the budget.
    pub fn put(&mut self, key: K, value: V, size: u64) {
        self.clock += 1;
        self.drop_where(|other| *other == key);
        if size > self.budget {
            return;
        }
        while self.used + size > self.budget {
            let oldest = self.entries.iter().min_by_key(|(_, entry)| entry.used_at).map(|(key, _)| key.clone());
            let Some(oldest) = oldest else { break };
            self.drop_where(|other| *other == oldest);
        }
        self.used += size;
        self.entries.insert(key, Entry { value, size, used_at: self.clock });
    }

    /// Forgets what is kept under such keys.
    pub fn drop_where(&mut self, gone: impl Fn(&K) -> bool) {
        self.entries.retain(|key, _| !gone(key));
        self.used = self.entries.values().map(|entry| entry.size).sum();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_lately_used_goes_first() {
        let mut cache = Cache::new(100);
        cache.put("a", 1, 40);
        cache.put("b", 2, 40);
        assert_eq!(cache.get(&"a"), Some(1));
        cache.put("c", 3, 40);
        assert_eq!((cache.get(&"a"), cache.get(&"b"), cache.get(&"c")), (Some(1), None, Some(3)));
        cache.put("d", 4, 101);
        assert_eq!((cache.get(&"d"), cache.get(&"a")), (None, Some(1)));
        cache.put("a", 5, 100);
        assert_eq!((cache.get(&"a"), cache.get(&"c")), (Some(5), None));
    }
}
