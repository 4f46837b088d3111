//! The settings of what goes over the wire, for every provider.

use std::path::Path;

use cards_transport::{BackendOptions, Rate, Settings};

use super::vars::Vars;
use crate::environment::{
    self, CA_FILE, CLIENT_CERT_FILE, CLIENT_KEY_FILE, EXTRA_CA_FILE, HEADERS, PROXY, RATE,
};
use crate::error::Error;
use crate::{read, repeat};

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
                    "{CLIENT_KEY_FILE} is set without {CLIENT_CERT_FILE}"
                ))),
            };
        };
        let key = key.as_ref().unwrap_or(&chain);
        options
            .client_certificate_pem(&chain.bytes, &key.bytes)
            .map_err(|error| {
                let files = match key.variable == chain.variable {
                    true => CLIENT_CERT_FILE.to_owned(),
                    false => format!("{CLIENT_CERT_FILE} with {CLIENT_KEY_FILE}"),
                };
                Error::usage(format!("{files}: {error}"))
            })
    }

    fn with_proxy(&self, options: BackendOptions) -> Result<BackendOptions, Error> {
        match self.get(PROXY).as_deref().map(str::trim) {
            None | Some(NO_PROXY) => Ok(options),
            Some(OF_ENVIRONMENT) => {
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
        for line in headers.lines().filter(|line| !line.trim().is_empty()) {
            // The line may hold a secret, and is not repeated.
            let Some((name, value)) = line.split_once(':') else {
                return Err(Error::usage(format!(
                    "{set_by}: a header is written NAME: VALUE"
                )));
            };
            let with = settings.header(name.trim(), value.trim());
            settings = with.map_err(|error| Error::usage(format!("{set_by}: {error}")))?;
        }
        Ok(settings)
    }

    /// The flag or the variable that a setting is from.
    fn set_by(&self, variable: &str, flag: &str) -> String {
        match self.flag(variable) {
            Some(_) => flag.to_owned(),
            None => variable.to_owned(),
        }
    }

    /// The file that a variable names.
    fn pem(&self, variable: &'static str) -> Result<Option<Pem>, Error> {
        let Some(path) = self.get(variable) else {
            return Ok(None);
        };
        let shown = repeat::chosen_name(&path).to_owned();
        let bytes = read::bytes(Path::new(&path)).map_err(|error| {
            Error::usage(format!("cannot read the certificates {shown} ({variable})"))
                .caused_by(error)
        })?;
        Ok(Some(Pem {
            variable,
            shown,
            bytes,
        }))
    }
}

/// A PEM file.
struct Pem {
    variable: &'static str,
    shown: String,
    bytes: Vec<u8>,
}

impl Pem {
    fn wrong(&self, error: &cards_transport::ConfigError) -> Error {
        let Self {
            variable, shown, ..
        } = self;
        Error::usage(format!("the certificates {shown} ({variable}): {error}"))
    }
}
