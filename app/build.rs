//! Embeds assets/ in the binary. Each file gets a name with its content hash and a gzip copy, so that serving costs no
//! work.

use std::{collections::hash_map::DefaultHasher, env, fs, hash::Hasher, io::Write, path::PathBuf};

use flate2::{Compression, GzBuilder};

fn main() {
    println!("cargo::rerun-if-changed=assets");
    println!("cargo::rerun-if-changed=build.rs");
    let out = PathBuf::from(env::var("OUT_DIR").expect("cargo sets OUT_DIR"));
    let mut table = String::from("pub static FILES: &[Asset] = &[\n");
    let mut page = fs::read_to_string("assets/index.html").expect("assets/index.html");

    let mut names: Vec<String> = fs::read_dir("assets")
        .expect("assets/")
        .map(|entry| entry.expect("assets/").file_name().into_string().expect("UTF-8 file name"))
        .filter(|name| name != "index.html")
        .collect();
    names.sort();
    for name in names {
        let body = fs::read(format!("assets/{name}")).expect("a readable asset");
        let (stem, extension) = name.rsplit_once('.').expect("an asset has an extension");
        let hashed = format!("{stem}.{}.{extension}", hash(&body));
        page = page.replace(&format!("/assets/{name}"), &format!("/assets/{hashed}"));
        table += &entry(&out, &hashed, &body);
    }
    table += &entry(&out, "index.html", page.as_bytes());
    table += "];\n";
    fs::write(out.join("assets.rs"), table).expect("OUT_DIR is writable");
}

/// Identifies content for caches, not a security measure: an algorithm that changes with the toolchain only renames the
/// file.
fn hash(body: &[u8]) -> String {
    let mut hasher = DefaultHasher::new();
    hasher.write(body);
    format!("{:016x}", hasher.finish())
}

fn entry(out: &std::path::Path, name: &str, body: &[u8]) -> String {
    // A fixed time of zero keeps the bytes the same in every build.
    let mut gzip = GzBuilder::new().mtime(0).write(Vec::new(), Compression::best());
    gzip.write_all(body).expect("memory");
    fs::write(out.join(name), body).expect("OUT_DIR is writable");
    fs::write(out.join(format!("{name}.gz")), gzip.finish().expect("memory")).expect("OUT_DIR is writable");
    format!(
        "    Asset {{ name: {name:?}, etag: \"\\\"{}\\\"\", body: include_bytes!(concat!(env!(\"OUT_DIR\"), \"/{name}\")), \
         gzip: include_bytes!(concat!(env!(\"OUT_DIR\"), \"/{name}.gz\")) }},\n",
        hash(body)
    )
}
