//! The request that goes out for an input.

use cards_transport::{Call, Visit};
use serde_json::Value;

use crate::case::WireCase;
use crate::common::hex;
use crate::common::operations::{valid, visited};
use crate::operation::{Sending, is_form, same, wire};

pub(crate) fn run(case: &WireCase) -> Result<(), String> {
    visited(&case.operation, case)?
}

impl Visit for &WireCase {
    type Output = Result<(), String>;

    fn visit<C: Call>(self) -> Self::Output {
        let case = self;
        let order = case.order.as_deref().unwrap_or("table");
        let order = order.parse().map_err(|error| format!("order: {error}"))?;
        let mut input = valid(&case.operation)?;
        let changes = case.changes();
        input.extend(changes.iter().cloned());
        input.retain(|name, _| !case.without.contains(name));
        let sending = Sending {
            order,
            placeholder: case.placeholder,
            secret_key: case.secret_key.as_deref(),
            documented_host: case.url.is_some(),
        };
        let request = wire::<C>(&input, sending)?;

        let uri = request.uri();
        stated("url", &case.url, &uri.to_string())?;
        stated("document", &case.document, C::operation().document)?;
        stated("method", &case.method, request.method().as_str())?;
        stated("path", &case.path, uri.path())?;
        stated("query", &case.query, uri.query().unwrap_or_default())?;
        let header = |name: &str| request.headers().get(name)?.to_str().ok();
        for (name, expected) in &case.headers {
            let value = header(name).ok_or_else(|| format!("header {name} is not there"))?;
            if expected != "*" {
                same(&format!("header {name}"), &&**expected, &value)?;
            }
        }
        if let Some(name) = case.no_headers.iter().find(|name| header(name).is_some()) {
            return Err(format!("header {name} is there"));
        }
        let body = std::str::from_utf8(request.body()).map_err(|error| error.to_string())?;
        stated("body", &case.body, body)?;
        let fields: Vec<(String, String)> = form_urlencoded::parse(request.body())
            .into_owned()
            .collect();
        let given = |name: &str| match input.get(name) {
            Some(Value::String(text)) => text.clone(),
            other => other.map(Value::to_string).unwrap_or_default(),
        };
        if let Some(names) = &case.names {
            let name = |item: &Value| item.as_str().or(item[0].as_str()).map(str::to_owned);
            let names = names.iter().filter_map(name);
            let expected: Vec<_> = names.map(|name| (name.clone(), given(&name))).collect();
            same("the body's fields", &expected, &fields)?;
        }
        if is_form::<C>() {
            let is_there =
                |(name, _): &&(String, Value)| fields.contains(&(name.clone(), given(name)));
            if let Some((name, _)) = changes
                .iter()
                .find(|pair| case.names.is_none() && !is_there(pair))
            {
                return Err(format!("the body does not hold {name}={}", given(name)));
            }
            // By an implementation of our own, over what the body decodes to.
            let joined: String = fields.iter().map(|(_, value)| value.as_str()).collect();
            let right = hex(&(joined + sending.secret()));
            same("checksum", &Some(&*right), &header("checksum"))?;
        }
        Ok(())
    }
}

impl WireCase {
    /// The input's pairs.
    fn changes(&self) -> Vec<(String, Value)> {
        let pair = |pair: &Value| Some((pair[0].as_str()?.to_owned(), pair[1].clone()));
        match &self.input {
            Value::Object(table) => table.clone().into_iter().collect(),
            pairs => pairs
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(pair)
                .collect(),
        }
    }
}

fn stated(what: &str, expected: &Option<String>, actual: &str) -> Result<(), String> {
    match expected {
        Some(expected) => same(what, &&**expected, &actual),
        None => Ok(()),
    }
}
