//! The two mocks: from npm, below `target/`, in pinned versions.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use super::Error;
use super::call::Call;
use crate::install;
use crate::server::Server;

pub(super) struct Peer {
    title: &'static str,
    package: &'static str,
    version: &'static str,
    program: &'static str,
    /// Its arguments after the program, and before the address.
    setting_up: fn(&[Call]) -> Value,
    arguments: fn(&str, SocketAddr) -> Vec<String>,
}

pub(super) const ALL: [Peer; 2] = [
    Peer {
        title: "Prism",
        package: "@stoplight/prism-cli",
        // The newest that supports Node 20; later ones ask for 24.
        version: "5.14.2",
        program: "prism",
        setting_up: openapi,
        arguments: |file, address| {
            let (host, port) = (address.ip().to_string(), address.port().to_string());
            ["mock", "--host", &host, "--port", &port, file]
                .map(str::to_owned)
                .into()
        },
    },
    Peer {
        title: "Mockoon",
        package: "@mockoon/cli",
        version: "9.9.0",
        program: "mockoon-cli",
        setting_up: environment,
        arguments: |file, address| {
            let (host, port) = (address.ip().to_string(), address.port().to_string());
            // Its log of files would be written below the home directory.
            [
                "start",
                "--data",
                file,
                "--hostname",
                &host,
                "--port",
                &port,
                "--disable-log-to-file",
                "--disable-admin-api",
            ]
            .map(str::to_owned)
            .into()
        },
    },
];

/// Installs both, unless they are there already.
pub(super) fn install(folder: &Path) -> Result<(), Error> {
    let home = folder.join("npm");
    let is_there = |peer: &Peer| {
        let manifest = home
            .join("node_modules")
            .join(peer.package)
            .join("package.json");
        let text = fs::read_to_string(manifest).unwrap_or_default();
        let manifest: Value = serde_json::from_str(&text).unwrap_or_default();
        manifest["version"] == peer.version
    };
    let install = ["install".to_owned(), "--no-save".to_owned()];
    let named = ALL.map(|peer| format!("{}@{}", peer.package, peer.version));
    let arguments: Vec<_> = install.into_iter().chain(named).collect();
    install::npm(&home, &arguments, || ALL.iter().all(is_there))?;
    Ok(())
}

impl Peer {
    pub(super) fn name(&self) -> String {
        format!("{} {}", self.title, self.version)
    }

    /// Serves the calls' replies, canned.
    pub(super) fn start(&self, folder: &Path, calls: &[Call]) -> Result<Server, Error> {
        let file = folder.join(format!("{}.json", self.program));
        let canned = (self.setting_up)(calls).to_string();
        fs::write(&file, canned).map_err(Error::io("the canned replies"))?;
        // The program itself and no shell before it, so that it is what ends.
        let program = folder.join("npm/node_modules/.bin").join(self.program);
        let file = file.display().to_string();
        let command = |address| {
            let mut command = Command::new("node");
            command
                .current_dir(folder)
                .arg(&program)
                .args((self.arguments)(&file, address));
            command
        };
        Ok(Server::told(command, "/")?)
    }
}

/// Replies as examples, and no rule that a request could break.
fn openapi(calls: &[Call]) -> Value {
    let paths: serde_json::Map<_, _> = calls
        .iter()
        .map(|call| {
            let example: Value = serde_json::from_str(&call.reply).unwrap_or_default();
            let content = json!({"application/json": {"example": example}});
            let reply = json!({"description": "canned", "content": content});
            let mut operation = json!({"responses": {"200": reply}});
            let headers = call.variants.iter().flat_map(|variant| &variant.headers);
            for (_, kind) in headers.filter(|(name, _)| *name == "content-type") {
                // It takes no content type that is not announced.
                operation["requestBody"] = json!({"content": {kind: {"schema": {}}}});
            }
            (
                call.path.clone(),
                json!({call.method.to_lowercase(): operation}),
            )
        })
        .collect();
    json!({"openapi": "3.0.3", "info": {"title": "canned", "version": "1"}, "paths": paths})
}

/// Describes the calls for Mockoon, which would take the braces of a template for one.
fn environment(calls: &[Call]) -> Value {
    let routes: Vec<Value> = calls
        .iter()
        .map(|call| {
            json!({
                "uuid": call.method, "type": "http", "documentation": "",
                "method": call.method.to_lowercase(),
                "endpoint": call.path.trim_start_matches('/'),
                "responses": [{
                    "uuid": format!("{}-200", call.method), "body": call.reply, "latency": 0,
                    "statusCode": 200, "label": "", "bodyType": "INLINE", "filePath": "",
                    "headers": [{"key": "content-type", "value": "application/json"}],
                    "databucketID": "", "sendFileAsBody": false, "rules": [],
                    "rulesOperator": "OR", "disableTemplating": true, "fallbackTo404": false,
                    "default": true, "crudKey": "id", "callbacks": [],
                }],
                "responseMode": null, "streamingMode": null, "streamingInterval": 0,
            })
        })
        .collect();
    let children = calls
        .iter()
        .map(|call| json!({"type": "route", "uuid": call.method}));
    json!({
        "uuid": "canned", "lastMigration": 33, "name": "canned", "port": 3000, "hostname": "",
        "endpointPrefix": "", "latency": 0, "rootChildren": children.collect::<Vec<_>>(),
        "folders": [], "routes": routes, "proxyMode": false, "proxyHost": "",
        "proxyRemovePrefix": false, "cors": false, "headers": [], "proxyReqHeaders": [],
        "proxyResHeaders": [], "data": [], "callbacks": [],
        "tlsOptions": {
            "enabled": false, "type": "CERT", "pfxPath": "", "certPath": "", "keyPath": "",
            "caPath": "", "passphrase": "",
        },
    })
}
