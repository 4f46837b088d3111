//! A bill of materials of CycloneDX 1.6, the same for the same sources.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::graph::{Choice, Graph, Key};
use super::{Error, licence};
use crate::packages::{self, Package};

/// The package that brings the sources of SQLite along, and where its version is in them.
const SQLITE: (&str, &str) = ("libsqlite3-sys", "sqlite3/sqlite3.h");

/// Holds what all bills are written from.
pub(super) struct Sources {
    pub(super) packages: Vec<Package>,
    checksums: BTreeMap<Key, String>,
}

impl Sources {
    /// Reads the packages and their checksums.
    pub(super) fn read(root: &Path) -> Result<Self, Error> {
        Ok(Self {
            packages: packages::read(root)?,
            checksums: packages::checksums(root)?,
        })
    }

    /// Writes the bill of one choice.
    pub(super) fn bill(
        &self,
        choice: &Choice,
        graph: &Graph,
        target: &str,
        timestamp: Option<&str>,
    ) -> Result<Value, Error> {
        let mut root = self.component(&graph.root)?;
        root["type"] = match choice.package == "cards-cli" {
            true => json!("application"),
            false => json!("library"),
        };
        root["properties"] = json!([
            { "name": "cards:features", "value": choice.features.join(",") },
            { "name": "cards:target", "value": target },
        ]);
        let mut components = Vec::new();
        let mut dependencies = Vec::new();
        for (key, needs) in &graph.needs {
            let mut needs: Vec<String> = needs.iter().map(purl).collect();
            if *key != graph.root {
                let mut component = self.component(key)?;
                component["scope"] = match graph.linked.contains(key) {
                    true => json!("required"),
                    false => json!("excluded"),
                };
                components.push(component);
            }
            if key.0 == SQLITE.0 {
                let sqlite = sqlite(self.package(key)?)?;
                let name = sqlite["bom-ref"].as_str().unwrap_or_default().to_owned();
                dependencies.push(json!({ "ref": name, "dependsOn": [] }));
                needs.push(name);
                components.push(sqlite);
            }
            dependencies.push(json!({ "ref": purl(key), "dependsOn": needs }));
        }
        let mut metadata = json!({
            "component": root,
            "lifecycles": [{ "phase": "build" }],
            "tools": { "components": [{ "type": "application", "name": "cargo xtask sbom" }] },
        });
        if let Some(timestamp) = timestamp {
            metadata["timestamp"] = json!(timestamp);
        }
        let mut bill = json!({
            "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
            "bomFormat": "CycloneDX",
            "specVersion": "1.6",
            "version": 1,
            "metadata": metadata,
            "components": components,
            "dependencies": dependencies,
        });
        bill["serialNumber"] = json!(serial(&bill.to_string()));
        Ok(bill)
    }

    fn package(&self, key: &Key) -> Result<&Package, Error> {
        let is_it = |it: &&Package| it.name == key.0 && it.version == key.1;
        let found = self.packages.iter().find(is_it);
        found.ok_or_else(|| Error::Unknown(format!("{} {}", key.0, key.1)))
    }

    fn component(&self, key: &Key) -> Result<Value, Error> {
        let package = self.package(key)?;
        let mut component = json!({
            "type": "library",
            "bom-ref": purl(key),
            "name": package.name,
            "version": package.version,
            "purl": purl(key),
        });
        if let Some(text) = &package.description {
            let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
            component["description"] = json!(text);
        }
        if let Some(licences) = licence::told(package.license.as_deref()) {
            component["licenses"] = licences;
        }
        if let Some(checksum) = self.checksums.get(key) {
            component["hashes"] = json!([{ "alg": "SHA-256", "content": checksum }]);
        }
        if let Some(url) = &package.repository {
            component["externalReferences"] = json!([{ "type": "vcs", "url": url }]);
        }
        Ok(component)
    }
}

/// Names a package as others name packages of this registry.
fn purl((name, version): &Key) -> String {
    // A `+` before the build's part of a version stands for a blank elsewhere.
    format!("pkg:cargo/{name}@{}", version.replace('+', "%2B"))
}

/// Describes the library in C that is compiled in with its package, which no list of crates has.
fn sqlite(package: &Package) -> Result<Value, Error> {
    let folder = package.manifest_path.parent().unwrap_or(Path::new(""));
    let path = folder.join(SQLITE.1);
    let failed = |message: String| Error::File {
        path: path.display().to_string(),
        message,
    };
    let text = fs::read(&path).map_err(|error| failed(error.to_string()))?;
    let text = String::from_utf8_lossy(&text);
    let version = sqlite_version(&text).ok_or_else(|| failed("tells no version".to_owned()))?;
    let purl = format!("pkg:generic/sqlite@{version}");
    Ok(json!({
        "type": "library",
        "bom-ref": purl,
        "name": "sqlite",
        "version": version,
        "description": "SQLite's sources, compiled with libsqlite3-sys",
        "licenses": licence::told(Some("blessing")),
        "purl": purl,
        "cpe": format!("cpe:2.3:a:sqlite:sqlite:{version}:*:*:*:*:*:*:*"),
        "scope": "required",
    }))
}

fn sqlite_version(header: &str) -> Option<&str> {
    let line = header
        .lines()
        .find(|it| it.starts_with("#define SQLITE_VERSION "))?;
    line.split('"').nth(1)
}

/// Makes a serial number of what a bill says: a UUID of version 8, out of its SHA-256.
fn serial(text: &str) -> String {
    let mut bytes: Vec<u8> = Sha256::digest(text.as_bytes())
        .iter()
        .copied()
        .take(16)
        .collect();
    bytes[6] = 0x80 | (bytes[6] & 0x0f);
    bytes[8] = 0x80 | (bytes[8] & 0x3f);
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let parts = [
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..],
    ];
    format!("urn:uuid:{}", parts.join("-"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_serial_is_a_uuid_of_what_is_said() {
        let one = serial("one");
        assert_eq!(one, serial("one"));
        assert_ne!(one, serial("two"));
        let parts: Vec<&str> = one.strip_prefix("urn:uuid:").unwrap().split('-').collect();
        assert_eq!(
            parts.iter().map(|it| it.len()).collect::<Vec<_>>(),
            [8, 4, 4, 4, 12]
        );
        assert!(
            parts[2].starts_with('8') && parts[3].starts_with(['8', '9', 'a', 'b']),
            "{one}"
        );
    }

    #[test]
    fn the_version_of_sqlite_is_read() {
        let header =
            "#define SQLITE_VERSION_NUMBER 3050000\n#define SQLITE_VERSION        \"3.50.0\"\n";
        assert_eq!(sqlite_version(header), Some("3.50.0"));
        assert_eq!(sqlite_version("int x;"), None);
    }

    #[test]
    fn a_version_with_a_build_is_escaped() {
        let key = ("toml_edit".to_owned(), "0.25.18+spec-1.1.0".to_owned());
        assert_eq!(purl(&key), "pkg:cargo/toml_edit@0.25.18%2Bspec-1.1.0");
    }
}
