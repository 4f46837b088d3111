//! The settings of what goes over the wire, for every provider.

use std::collections::BTreeSet;
use std::path::Path;

use cards_transport::{BackendOptions, Rate, Settings};

use super::vars::Vars;
use crate::environment::{
    self, CA_FILE, CLIENT_CERT_FILE, CLIENT_KEY_FILE, EXTRA_CA_FILE, HEADERS, PROXY, RATE,
};
use crate::error::Error;
use crate::file::Named;

/// The word for the proxies that the environment names.
const OF_ENVIRONMENT: &str = "env";

/// The word for no proxy, where a variable or a profile names one.
const NO_PROXY: &str = "none";

impl Vars {
    /// The options of both backends.
    pub(crate) fn backend_options(&self) -> Result<BackendOptions, Error> {
        let options = self.with_client_certificate(self.trusting()?)?;
        self.with_proxy(options)
    }

    /// The options for a server of this machine: whom to trust, and no more.
    pub(crate) fn trusting(&self) -> Result<BackendOptions, Error> {
        let mut options = BackendOptions::new();
        if let Some(pem) = self.pem(CA_FILE)? {
            let read = options.roots_pem(&pem.bytes);
            options = read.map_err(|error| pem.wrong(&error))?;
        }
        if let Some(pem) = self.pem(EXTRA_CA_FILE)? {
            let read = options.extra_roots_pem(&pem.bytes);
            options = read.map_err(|error| pem.wrong(&error))?;
        }
        Ok(options)
    }

    /// A certificate of the client's own. Without a file for the key, it is in
    /// that of the certificate.
    fn with_client_certificate(&self, options: BackendOptions) -> Result<BackendOptions, Error> {
        let key = self.pem(CLIENT_KEY_FILE)?;
        let Some(chain) = self.pem(CLIENT_CERT_FILE)? else {
            return match key {
                None => Ok(options),
                Some(_) => Err(Error::usage(format!(
                    "{} is set without {CLIENT_CERT_FILE}",
                    self.place(CLIENT_KEY_FILE)
                ))),
            };
        };
        let bytes = key.as_ref().map_or(&chain.bytes, |key| &key.bytes);
        options
            .client_certificate_pem(&chain.bytes, bytes)
            .map_err(|error| {
                let key = key.as_ref().map(|key| format!(" with {}", key.place));
                let key = key.unwrap_or_default();
                Error::usage(format!("{}{key}: {error}", chain.place)).hint(ABOUT_PEM)
            })
    }

    fn with_proxy(&self, options: BackendOptions) -> Result<BackendOptions, Error> {
        let set = self.get(PROXY);
        match set.as_deref().map(str::trim).filter(|it| !it.is_empty()) {
            None => Ok(options),
            Some(word) if word.eq_ignore_ascii_case(NO_PROXY) => Ok(options),
            Some(word) if word.eq_ignore_ascii_case(OF_ENVIRONMENT) => {
                let var = |name: &str| environment::text(name).ok().flatten();
                Ok(options.proxies_from_vars(var)?)
            }
            Some(url) => {
                let set_by = self.set_by(PROXY, "--proxy");
                let wrong = || {
                    Error::usage(format!(
                        "{set_by}: not the URL of an HTTP proxy, such as \
                         http://proxy.example:3128, nor env or none"
                    ))
                };
                // The library looks at it in the same way, but later and by
                // another name.
                let var = |name: &str| (name == "all_proxy").then(|| url.to_owned());
                let read = BackendOptions::new().proxies_from_vars(var);
                read.map_err(|_| wrong())?;
                match url.contains("://") {
                    true => Ok(options.proxy(url)),
                    false => Ok(options.proxy(format!("http://{url}"))),
                }
            }
        }
    }

    /// The proxy that an address is called through, and where it was set.
    pub(crate) fn proxy_of(&self, base_url: &str) -> Option<(String, String)> {
        let options = self.with_proxy(BackendOptions::new()).ok()?;
        let proxy = options.proxy_of(&base_url.parse().ok()?)?;
        let set_by = self.set_by(PROXY, "--proxy");
        let is_of_environment = self.get(PROXY)?.trim().eq_ignore_ascii_case(OF_ENVIRONMENT);
        match is_of_environment {
            true => Some((
                format!("{set_by} is {OF_ENVIRONMENT}, and the proxy"),
                proxy,
            )),
            false => Some((set_by, proxy)),
        }
    }

    /// The settings of a client that are for every provider.
    pub(crate) fn client_settings(&self, mut settings: Settings) -> Result<Settings, Error> {
        if let Some(rate) = self.get(RATE) {
            let set_by = self.set_by(RATE, "--rate");
            let rate = rate.parse::<Rate>();
            settings =
                settings.rate(rate.map_err(|error| Error::usage(format!("{set_by}: {error}")))?);
        }
        let headers = self.get(HEADERS).unwrap_or_default();
        let set_by = self.set_by(HEADERS, "--header");
        let mut names = BTreeSet::new();
        for line in headers.lines().filter(|line| !line.trim().is_empty()) {
            // The line may hold a secret, and is not repeated.
            let Some((name, value)) = line.split_once(':') else {
                return Err(Error::usage(format!(
                    "{set_by}: a header is written NAME: VALUE"
                )));
            };
            let with = settings.header(name.trim(), value.trim());
            settings = with.map_err(|error| Error::usage(format!("{set_by}: {error}")))?;
            // The last would take the place of the first.
            if !names.insert(name.trim().to_ascii_lowercase()) {
                let message =
                    format!("{set_by}: two headers have one name, of which one can be sent");
                return Err(Error::usage(message)
                    .hint("several values of a header stand in one, with commas between"));
            }
        }
        Ok(settings)
    }

    /// The flag or the variable that a setting is from.
    fn set_by(&self, variable: &str, flag: &str) -> String {
        match self.flag(variable) {
            Some(_) => flag.to_owned(),
            None => self.place(variable),
        }
    }

    /// The file that a variable names.
    fn pem(&self, variable: &'static str) -> Result<Option<Pem>, Error> {
        let Some(path) = self.get(variable) else {
            return Ok(None);
        };
        let file = Named::new(self.place(variable), Path::new(&path));
        let bytes = file.bytes()?;
        let place = file.place();
        Ok(Some(Pem { place, bytes }))
    }
}

const ABOUT_PEM: &str = "a PEM file has lines such as -----BEGIN CERTIFICATE-----";

/// A PEM file.
struct Pem {
    /// The setting that names it, and its path.
    place: String,
    bytes: Vec<u8>,
}

impl Pem {
    fn wrong(&self, error: &cards_transport::ConfigError) -> Error {
        Error::usage(format!("{}: {error}", self.place)).hint(ABOUT_PEM)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_file_stands_in_place_of_the_usual_roots_and_the_other_beside_them() {
        let own = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("ca.pem");
        std::fs::write(&file, own.cert.pem()).unwrap();
        let of = |name: &str| {
            let vars = Vars::default().with(name, file.to_str().unwrap());
            format!("{:?}", vars.trusting().unwrap())
        };
        let (own, beside) = (of(CA_FILE), of(EXTRA_CA_FILE));
        assert!(own.contains("own_roots: true, extra_roots: 0"), "{own}");
        let wanted = "own_roots: false, extra_roots: 1";
        assert!(beside.contains(wanted), "{beside}");
    }
}
