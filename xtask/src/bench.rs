//! placeholder
use crate::step::Outcome;
pub fn run() -> Outcome {
    crate::program::build_release()
}
