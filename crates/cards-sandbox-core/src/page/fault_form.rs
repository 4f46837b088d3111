//! The form that orders a fault: its fields, what was typed, what is wrong.

use cards_model::ProviderId;
use maud::{Markup, html};

use super::layout::form_field;
use crate::engine::faults::{Fault, FaultKind};
use crate::engine::intake::Pairs;
use crate::engine::operations::Operations;

/// Holds what was typed, and what of it is wrong. At first, what to begin with.
pub(super) struct Form {
    typed: Pairs,
    errors: Vec<(&'static str, String)>,
}

impl Form {
    pub(super) fn new() -> Self {
        let first = [("fault", "status"), ("status", "503"), ("millis", "1000")];
        let own = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
        Self {
            typed: first.into_iter().map(own).collect(),
            errors: Vec::new(),
        }
    }

    pub(super) const fn of(typed: Pairs) -> Self {
        Self {
            typed,
            errors: Vec::new(),
        }
    }

    fn text(&self, name: &str) -> &str {
        form_field(&self.typed, name)
    }

    pub(super) fn wrong(&mut self, field: &'static str, what: impl Into<String>) {
        self.errors.push((field, what.into()));
    }

    fn error(&self, name: &str) -> Option<&str> {
        let mut errors = self.errors.iter();
        errors
            .find(|(field, _)| *field == name)
            .map(|(_, what)| &**what)
    }

    /// The order, where every field could be read; what it means is checked
    /// where it is taken.
    pub(super) fn order(&mut self, operations: &Operations) -> Option<Fault> {
        let Some(kind) = FaultKind::ALL
            .iter()
            .copied()
            .find(|kind| kind.as_str() == self.text("fault"))
        else {
            self.wrong("fault", "one of the list");
            return None;
        };
        let whole = "a whole number";
        let mut fault = Fault::new(kind);
        fault.times = self.read("times", kind, whole);
        fault.probability = self.read("probability", kind, "a number from 0 to 1");
        fault.seed = self.read("seed", kind, whole);
        fault.millis = self.read("millis", kind, whole);
        fault.bytes = self.read("bytes", kind, whole);
        fault.difference = self.read("difference", kind, whole);
        fault.status = self.read("status", kind, "from 200 to 999");
        fault.carry_out = self.read("carryOut", kind, "one of the list");
        let provider = self.text("provider");
        if !provider.is_empty() {
            match operations.providers().find(|id| id.as_str() == provider) {
                Some(id) => fault = fault.at(id),
                None => self.wrong("provider", "one of the list"),
            }
        }
        let given = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        fault.operation = given(self.text("operation"));
        if kind.has_field("body") {
            fault.body = given(self.text("body"));
            let lines = self.text("headers").to_owned();
            for (number, line) in (1..)
                .zip(lines.lines())
                .filter(|(_, line)| !line.trim().is_empty())
            {
                match line.split_once(':') {
                    Some((name, value)) => {
                        let (name, value) = (name.trim().to_owned(), value.trim().to_owned());
                        fault.headers.insert(name, value);
                    }
                    None => self.wrong("headers", format!("line {number} has no colon")),
                }
            }
        }
        self.errors.is_empty().then_some(fault)
    }

    /// A field that the kind has and that is not left empty.
    fn read<T: std::str::FromStr>(
        &mut self,
        field: &'static str,
        kind: FaultKind,
        what: &str,
    ) -> Option<T> {
        let text = self.text(field).trim();
        if text.is_empty() || !kind.has_field(field) {
            return None;
        }
        let read = text.parse().ok();
        if read.is_none() {
            self.wrong(field, what);
        }
        read
    }

    pub(super) fn show(&self, action: &str, operations: &Operations) -> Markup {
        html! {
            form method="post" action=(action) id="order" class="panel order" autocomplete="off" {
                h2 { "Order a fault" }
                @if let Some(what) = self.error("") { p class="trouble" role="alert" { (what) } }
                @else if !self.errors.is_empty() {
                    p class="trouble" role="alert" { "Nothing was ordered: what is marked is wrong." }
                }
                fieldset class="kinds" {
                    legend { "What goes wrong" }
                    @for kind in FaultKind::ALL {
                        label {
                            input type="radio" name="fault" value=(kind) checked[self.text("fault") == kind.as_str()];
                            span { code { (kind) } " " span class="note" { (kind.description()) } }
                        }
                    }
                    (self.said("fault"))
                }
                div class="settings" {
                    (self.number("status", "HTTP status", ""))
                    (self.number("millis", "Milliseconds", "How late; when it drips, how long between."))
                    (self.number("bytes", "Bytes", "How many at a time; how long a padded body is."))
                    (self.number("difference", "Difference", "Bytes announced too many; too few, where negative."))
                    (self.choice("carryOut", "The call", &[("", "as usual for this fault"), ("true", "is carried out"), ("false", "is not carried out")]))
                    (self.area("headers", "Headers, one a line", "As in retry-after: 1"))
                    (self.area("body", "Body", "Empty: the provider's documented failure."))
                }
                fieldset class="settings" {
                    legend { "Of which calls" }
                    (self.scope(operations))
                    (self.number("times", "Times", "Empty: no end."))
                    (self.number("probability", "Probability", "From 0 to 1. Empty: always."))
                    (self.number("seed", "Seed", "The same seed, the same calls."))
                }
                button type="submit" class="main" { "Order" }
            }
        }
    }

    fn scope(&self, operations: &Operations) -> Markup {
        let mut providers = vec![("", "all")];
        let names = operations.providers().map(ProviderId::as_str);
        providers.extend(names.map(|name| (name, name)));
        html! {
            (self.choice("provider", "Provider", &providers))
            div class="setting" {
                label for="operation" { "Operation" }
                select id="operation" name="operation" aria-invalid=[self.invalid("operation")] aria-describedby=[self.described("operation")] {
                    option value="" { "all" }
                    @for provider in operations.providers() {
                        optgroup label=(provider) {
                            @for name in operations.names(Some(provider)) {
                                option value=(name) selected[self.text("operation") == name] { (name) }
                            }
                        }
                    }
                }
                (self.said("operation"))
            }
        }
    }

    /// Draws the field of a number, as text: what is no number has to come here to be
    /// explained.
    fn number(&self, name: &str, label: &str, note: &str) -> Markup {
        html! {
            div class={ "setting of-" (name) } {
                label for=(name) { (label) }
                input id=(name) name=(name) type="text" inputmode="decimal" value=(self.text(name))
                    aria-invalid=[self.invalid(name)] aria-describedby=[self.described(name)];
                @if !note.is_empty() { p class="note" { (note) } }
                (self.said(name))
            }
        }
    }

    fn area(&self, name: &str, label: &str, note: &str) -> Markup {
        html! {
            div class={ "setting long of-" (name) } {
                label for=(name) { (label) }
                // A line feed that begins it is not part of it.
                textarea id=(name) name=(name) rows="2" spellcheck="false" autocapitalize="off"
                    aria-invalid=[self.invalid(name)] aria-describedby=[self.described(name)] { "\n" (self.text(name)) }
                p class="note" { (note) }
                (self.said(name))
            }
        }
    }

    fn choice(&self, name: &str, label: &str, options: &[(&str, &str)]) -> Markup {
        html! {
            div class={ "setting of-" (name) } {
                label for=(name) { (label) }
                select id=(name) name=(name) aria-invalid=[self.invalid(name)] aria-describedby=[self.described(name)] {
                    @for (value, word) in options {
                        option value=(value) selected[self.text(name) == *value] { (word) }
                    }
                }
                (self.said(name))
            }
        }
    }

    fn invalid(&self, name: &str) -> Option<&'static str> {
        self.error(name).map(|_| "true")
    }

    fn described(&self, name: &str) -> Option<String> {
        self.error(name).map(|_| format!("{name}-error"))
    }

    fn said(&self, name: &str) -> Markup {
        html! {
            @if let Some(what) = self.error(name) {
                p class="wrong" id={ (name) "-error" } { (what) }
            }
        }
    }
}
