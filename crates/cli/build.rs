//! Tells the linker how to lay out the programs.

use std::env::var;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=start-up.ld");
    let var = |name: &str| var(name).unwrap_or_default();
    if var("CARGO_CFG_TARGET_OS") != "linux" || var("CARGO_CFG_TARGET_ENV") != "gnu" {
        return;
    }
    // Fixed addresses: thousands of table entries then need no relocation at start-up.
    println!("cargo:rustc-link-arg-bins=-no-pie");
    // What start-up uses lies side by side.
    if var("CARGO_CFG_TARGET_ARCH") == "x86_64" && var("PROFILE") == "release" {
        println!("cargo:rustc-link-arg-bins=-Wl,-T,{}/start-up.ld", var("CARGO_MANIFEST_DIR"));
    }
}
