//! Says which names of a request its call did not use, and which documented ones may be meant.

use schemars::JsonSchema;
use serde::Serialize;

use super::difference::Difference;
use super::documented::{Names, Part};
use super::names::{LONGEST_PATH, MOST as MOST_NOTED};

/// A remark on names that came and were not used. It holds documented names only: those that came
/// may be anything.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Remark {
    /// Part of the request in which they came.
    pub part: Part,
    /// The documented name that is nearest; `None` where none is near.
    pub nearest: Option<&'static str>,
    /// Ways in which they differ from it.
    pub differences: Vec<Difference>,
    /// Number of the names that came.
    pub count: usize,
    /// Says whether they were used all the same, as the nearest name.
    pub used: bool,
    /// All this in a sentence.
    pub text: String,
}

/// The most remarks on one exchange, of each part's names.
const MOST: usize = 16;
/// The most names that are compared; more are counted only.
const MOST_COMPARED: usize = 256;

/// Remarks on the names of one part: misplaced ones, near ones, and the number of the rest.
pub(super) fn remarks<'a>(
    part: Part,
    given: impl Iterator<Item = &'a str>,
    names: &Names,
) -> Vec<Remark> {
    let mut found: Vec<Remark> = Vec::new();
    let mut others = 0;
    for (at, given) in given.enumerate() {
        let near = match names.exact(part, given) {
            Some((of, _)) if of == part => continue,
            Some((_, name)) => Some((name, vec![Difference::Part])),
            None if at < MOST_COMPARED => names.near(part, given),
            None => None,
        };
        let Some((name, differences)) = near else {
            others += 1;
            continue;
        };
        let is_same =
            |one: &&mut Remark| one.nearest == Some(name) && one.differences == differences;
        if let Some(one) = found.iter_mut().find(is_same) {
            one.count += 1;
        } else if found.len() < MOST {
            let used = names.has_caseless_query
                && part == Part::Query
                && differences == [Difference::Case];
            found.push(Remark {
                part,
                nearest: Some(name),
                differences,
                count: 1,
                used,
                text: String::new(),
            });
        } else {
            others += 1;
        }
    }
    // Any client sends headers of its own.
    if others > 0 && part != Part::Headers && names.is_known {
        found.push(Remark {
            part,
            nearest: None,
            differences: Vec::new(),
            count: others,
            used: false,
            text: String::new(),
        });
    }
    for remark in &mut found {
        remark.text = remark.sentence(names);
    }
    found
}

impl Remark {
    /// Remarks on a name that came so many times, where one value counts: the first or the last.
    /// With the number goes whether that is all, or more may have come.
    pub(super) fn repeated(
        part: Part,
        name: &'static str,
        (count, is_all): (usize, bool),
        counts: &str,
    ) -> Self {
        let least = if is_all { "" } else { "at least " };
        Self {
            part,
            nearest: Some(name),
            differences: Vec::new(),
            count,
            used: true,
            text: format!(
                "`{name}` came {least}{count} times in {}: the {counts} counts",
                part.whole()
            ),
        }
    }

    /// Remarks on so many names that were counted and not looked at. `None`: there is none.
    pub(super) fn not_compared(part: Part, count: usize) -> Option<Self> {
        let (part_is, they_are) = match count {
            0 => return None,
            1 => (
                part.one(),
                "was not compared to the documents: it is longer",
            ),
            _ => (
                part.many(),
                "were not compared to the documents: they are longer",
            ),
        };
        Some(Self {
            part,
            nearest: None,
            differences: Vec::new(),
            count,
            used: false,
            text: format!(
                "{count} {part_is} {they_are} than {LONGEST_PATH} bytes, or behind the first \
                 {MOST_NOTED}"
            ),
        })
    }

    /// Remarks on so many files in parts of other names, which are taken for this one. `None`:
    /// there is none.
    pub(super) fn stand_in(name: &'static str, count: usize) -> Option<Self> {
        let came = match count {
            0 => return None,
            1 => "a file came in a part that is not named".to_owned(),
            count => format!("{count} files came in parts that are not named"),
        };
        Some(Self {
            part: Part::Body,
            nearest: Some(name),
            differences: Vec::new(),
            count,
            used: true,
            text: format!(
                "{came} `{name}`, and the last is taken for it: the name is an assumption"
            ),
        })
    }

    /// Counts its bytes of memory, about.
    pub(super) fn weight(&self) -> usize {
        size_of::<Self>() + self.text.len() + self.differences.len()
    }

    fn sentence(&self, names: &Names) -> String {
        let (is, part) = match self.count {
            1 => ("it is", self.part.one()),
            _ => ("they are", self.part.many()),
        };
        let end = match (self.used, self.count) {
            (false, _) => format!("{is} not used"),
            (true, _) => format!("{is} taken for it"),
        };
        let count = match self.count {
            1 => "a".to_owned(),
            count => count.to_string(),
        };
        let Some(name) = self.nearest else {
            let no = if self.count == 1 { "is" } else { "are" };
            let count = if self.count == 1 {
                "1".to_owned()
            } else {
                count
            };
            return format!("{count} {part} {no} not in the documents of this call: {end}");
        };
        if self.differences == [Difference::Part] {
            let of = names.all.iter().find(|(_, other)| *other == name);
            let whole = of.map_or("another part", |(of, _)| of.whole());
            return format!(
                "`{name}` came in {}, and belongs into {whole}: {end}",
                self.part.whole()
            );
        }
        let by: Vec<_> = self
            .differences
            .iter()
            .map(|one| one.description())
            .collect();
        let by = match by.split_last() {
            Some((last, [])) => (*last).to_owned(),
            Some((last, others)) => format!("{} and {last}", others.join(", ")),
            None => String::new(),
        };
        let differ = if self.count == 1 { "differs" } else { "differ" };
        format!("{count} {part} {differ} from `{name}` only by {by}: {end}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As many fields as there are remarks of a part, and one more.
    const FIELDS: [&str; MOST + 1] = [
        "aabb", "ccdd", "eeff", "gghh", "iijj", "kkll", "mmnn", "oopp", "qqrr", "sstt", "uuvv",
        "wwxx", "yyzz", "abab", "cdcd", "efef", "ghgh",
    ];

    fn names() -> Names {
        let fields = FIELDS.iter().map(|name| (Part::Body, *name));
        Names {
            all: fields.chain([(Part::Query, "pageNumber")]).collect(),
            has_caseless_query: true,
            takes_first_of_query: false,
            is_known: true,
        }
    }

    fn told(
        part: Part,
        given: &[&str],
    ) -> Vec<(Option<&'static str>, Vec<Difference>, usize, bool)> {
        let remarks = remarks(part, given.iter().copied(), &names()).into_iter();
        let remarks = remarks.inspect(|remark| assert!(!remark.text.is_empty()));
        let told = remarks.map(|it| (it.nearest, it.differences, it.count, it.used));
        told.collect()
    }

    #[test]
    fn a_name_is_told_where_it_is_another_or_elsewhere() {
        assert_eq!(told(Part::Body, &["aabb", "ccdd"]), []);
        let elsewhere = (Some("aabb"), vec![Difference::Part], 1, false);
        assert_eq!(told(Part::Query, &["aabb"]), [elsewhere]);
        let both = (
            Some("aabb"),
            vec![Difference::Case, Difference::Part],
            1,
            false,
        );
        assert_eq!(told(Part::Query, &["AABB"]), [both]);
        let used = (Some("pageNumber"), vec![Difference::Case], 2, true);
        assert_eq!(told(Part::Query, &["PageNumber", "PAGENUMBER"]), [used]);
        assert_eq!(told(Part::Body, &["x1y2z3"]), [(None, vec![], 1, false)]);
        // Any client sends headers of its own.
        assert_eq!(told(Part::Headers, &["x1y2z3"]), []);
    }

    #[test]
    fn what_is_beyond_the_most_is_counted_only() {
        let large: Vec<_> = FIELDS.iter().map(|name| name.to_uppercase()).collect();
        let large: Vec<_> = large.iter().map(String::as_str).collect();
        assert_eq!(told(Part::Body, &large[..MOST]).len(), MOST);
        let all = told(Part::Body, &large);
        assert_eq!(all.len(), MOST + 1);
        assert_eq!(all[MOST], (None, vec![], 1, false));

        let mut many = vec!["x1y2z3"; MOST_COMPARED - 1];
        many.push("AABB");
        let last = told(Part::Body, &many);
        assert_eq!(last[0], (Some("aabb"), vec![Difference::Case], 1, false));
        assert_eq!(last[1].2, MOST_COMPARED - 1);
        many.insert(0, "x1y2z3");
        assert_eq!(
            told(Part::Body, &many),
            [(None, vec![], MOST_COMPARED + 1, false)]
        );
    }
}
