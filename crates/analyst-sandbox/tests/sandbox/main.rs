//! Real Python in the real worker, inside the real walls.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

mod data;
mod errors;
mod install;
mod kit;
mod layers;
mod limits;
mod results;
mod walls;
