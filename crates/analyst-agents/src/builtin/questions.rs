//! Questions and what they must be understood as.
