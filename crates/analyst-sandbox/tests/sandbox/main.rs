//! Real Python in the real worker, inside the real walls.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

#[cfg(target_os = "linux")]
mod attacks;
mod data;
mod errors;
mod faults;
mod install;
mod kit;
mod layers;
mod limits;
mod results;
mod walls;
mod workloads;
