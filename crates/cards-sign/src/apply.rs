//! Makes each mistake: changes what is hashed.

use crate::digest::Checksum;
use crate::draft::{Draft, Hash, Part, Text};
use crate::encoding::Encoding;
use crate::mistake::{Cut, End, FieldRef, Kept, LineBreak, Mistake, Place, Reach, SecretForm};
use crate::rewrite::Rewrite;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

/// Holds the texts that a sender may know besides the body and the secret.
#[derive(Clone, Copy)]
pub(crate) struct Known<'a> {
    pub(crate) table: &'a [&'a str],
    pub(crate) example: &'a [&'a str],
    /// `(name, value)`
    pub(crate) others: &'a [(&'a str, &'a str)],
    /// `(zone, day)`
    pub(crate) days: &'a [(&'a str, &'a str)],
}

impl Mistake {
    /// Makes the mistake. `None` says that it changes nothing here.
    pub(crate) fn apply<'a>(&self, draft: &mut Draft<'a>, known: Known<'a>) -> Option<()> {
        match self {
            Self::Rewritten(rewrite) => rewrite_all(*rewrite, draft),
            Self::RewrittenField(field, rewrite) => {
                let part = part(draft, field)?;
                part.value = Text::Made(rewrite.apply(&part.value)?);
                Some(())
            }
            Self::Separator { separator, reach } => {
                draft.separator = separator;
                draft.reach = *reach;
                // Of one value there is no place between.
                (draft.list.len() > 1 || *reach != Reach::Between).then_some(())
            }
            Self::Names(names) => {
                draft.names = Some(*names);
                Some(())
            }
            Self::Charset(charset) => {
                draft.charset = Some(*charset);
                Some(())
            }
            Self::Hmac(key) => {
                draft.hash = Hash::Hmac(*key);
                Some(())
            }
            Self::Twice(twice) => {
                draft.hash = Hash::Twice(*twice);
                Some(())
            }
            _ => self
                .apply_to_list(draft, known)
                .or_else(|| self.apply_to_secret(draft, known)),
        }
    }

    fn apply_to_list<'a>(&self, draft: &mut Draft<'a>, known: Known<'a>) -> Option<()> {
        let count = draft.list.len();
        match self {
            Self::LeftOut(field) => {
                let at = place(draft, field)?;
                draft.list.remove(at);
            }
            Self::UnlistedOut => {
                let listed = |name| known.table.contains(&name) || known.example.contains(&name);
                draft.list.retain(|part| listed(part.name));
                let some = !draft.list.is_empty() && draft.list.len() < count;
                return some.then_some(());
            }
            Self::ListAs(text) => {
                draft.list.clear();
                if !text.is_empty() {
                    add(draft, "", Text::Came(text), End::Back);
                }
            }
            Self::Doubled(field) => {
                let at = place(draft, field)?;
                draft.list.insert(at, draft.list[at].clone());
            }
            Self::OnceOfRepeated(kept) => {
                keep_one(draft, *kept);
                return (draft.list.len() < count).then_some(());
            }
            Self::EmptiesDropped => {
                draft.list.retain(|part| !part.value.is_empty());
                return (draft.list.len() < count).then_some(());
            }
            Self::AbsentKept => return add_absent(draft, known.table, "", |_| true),
            Self::AbsentAs(word) => return add_absent(draft, known.table, word.as_str(), |_| true),
            Self::AbsentFieldAs(name, word) => {
                return add_absent(draft, known.table, word.as_str(), |other| other == name);
            }
            Self::Extra(name, end) => {
                let (name, value) = *known.others.iter().find(|(other, _)| other == name)?;
                add(draft, name, Text::Came(value), *end);
            }
            Self::Extras(end) => {
                let mut others = known.others.to_vec();
                if *end == End::Front {
                    others.reverse();
                }
                for (name, value) in &others {
                    add(draft, name, Text::Came(value), *end);
                }
            }
            Self::Date { format, zone, end } => {
                let (_, day) = known.days.iter().find(|(other, _)| other == zone)?;
                add(draft, "date", format.write(day)?.into(), *end);
            }
            _ => return None,
        }
        Some(())
    }

    fn apply_to_secret<'a>(&self, draft: &mut Draft<'a>, known: Known<'a>) -> Option<()> {
        match self {
            Self::SecretMissing => draft.last = 0,
            Self::SecretFirst => {
                draft.first = true;
                draft.last = 0;
            }
            Self::SecretBothEnds => draft.first = true,
            Self::SecretTwice => draft.last = 2,
            Self::LineBreak(line_break, Place::AfterValues) => {
                draft.before_secret = line_break.as_str();
            }
            Self::LineBreak(line_break, Place::AfterSecret) => {
                draft.suffix = Text::Came(line_break.as_str());
            }
            Self::SecretLabelled(label) => draft.before_secret = label,
            Self::SecretTrimmed if draft.secret_bytes.is_some() => {
                let bytes = draft.secret_bytes.as_mut()?;
                let trimmed = bytes.trim_ascii().to_vec();
                let changes = trimmed.len() < bytes.len();
                *bytes = Zeroizing::new(trimmed);
                return changes.then_some(());
            }
            Self::SecretIs(name) => {
                let (_, value) = known.others.iter().find(|(other, _)| other == name)?;
                draft.secret = Text::Came(value);
                draft.secret_bytes = None;
            }
            Self::SecretAs(form) => return secret_as(*form, draft),
            // Whatever follows spoils a text.
            _ if draft.secret_bytes.is_some() => return None,
            _ => {
                let text = self.spoiled(&draft.secret)?;
                let changes = *text != *draft.secret;
                draft.secret = Text::Made(text);
                return changes.then_some(());
            }
        }
        Some(())
    }

    /// The secret's text as this mistake spoils it.
    fn spoiled(&self, secret: &str) -> Option<Zeroizing<String>> {
        let text = match self {
            Self::SecretTrimmed => secret.trim().to_owned(),
            Self::SecretSpaced { before, after } => {
                let space = |is: bool| if is { " " } else { "" };
                format!("{}{secret}{}", space(*before), space(*after))
            }
            Self::SecretQuoted(mark) => format!("{mark}{secret}{mark}"),
            Self::SecretCut(cut) => cut.of(secret)?.to_owned(),
            _ => return None,
        };
        Some(Zeroizing::new(text))
    }
}

fn rewrite_all(rewrite: Rewrite, draft: &mut Draft<'_>) -> Option<()> {
    let mut changed = false;
    for part in &mut draft.list {
        if let Some(text) = rewrite.apply(&part.value) {
            part.value = Text::Made(text);
            changed = true;
        }
    }
    changed.then_some(())
}

/// The place in the draft of a field that came.
fn place(draft: &Draft<'_>, field: &FieldRef) -> Option<usize> {
    let FieldRef::Numbered(number) = field else {
        return None;
    };
    draft
        .list
        .iter()
        .position(|part| part.at == number.checked_sub(1) && part.at.is_some())
}

fn part<'d, 'a>(draft: &'d mut Draft<'a>, field: &FieldRef) -> Option<&'d mut Part<'a>> {
    let at = place(draft, field)?;
    draft.list.get_mut(at)
}

fn add<'a>(draft: &mut Draft<'a>, name: &'a str, value: Text<'a>, end: End) {
    let at = match end {
        End::Front => 0,
        End::Back => draft.list.len(),
        End::Sorted => {
            let after = |part: &Part<'_>| part.name > name;
            draft
                .list
                .iter()
                .position(after)
                .unwrap_or(draft.list.len())
        }
        End::AfterSecret => {
            draft.suffix = format!("{}{}", &*draft.suffix, &*value).into();
            return;
        }
    };
    let part = Part {
        at: None,
        name,
        value,
    };
    draft.list.insert(at, part);
}

/// Adds the fields of the table that did not come, before the first one that came and stands after it there.
fn add_absent<'a>(
    draft: &mut Draft<'a>,
    table: &'a [&'a str],
    word: &'static str,
    is_wanted: impl Fn(&str) -> bool,
) -> Option<()> {
    let mut added = None;
    let absent = |name: &str, draft: &Draft<'_>| draft.list.iter().all(|part| part.name != name);
    for (row, name) in table.iter().enumerate() {
        if !is_wanted(name) || !absent(name, draft) {
            continue;
        }
        let later = |part: &Part<'_>| !table[..row].contains(&part.name);
        let at = draft
            .list
            .iter()
            .position(later)
            .unwrap_or(draft.list.len());
        let value = Text::Came(word);
        draft.list.insert(
            at,
            Part {
                at: None,
                name,
                value,
            },
        );
        added = Some(());
    }
    added
}

fn keep_one(draft: &mut Draft<'_>, kept: Kept) {
    let names: Vec<&str> = draft.list.iter().map(|part| part.name).collect();
    let mut at = 0;
    draft.list.retain(|part| {
        let (before, after) = (&names[..at], &names[at + 1..]);
        at += 1;
        !match kept {
            Kept::First => before.contains(&part.name),
            Kept::Last => after.contains(&part.name),
        }
    });
}

fn secret_as(form: SecretForm, draft: &mut Draft<'_>) -> Option<()> {
    let old = match &draft.secret_bytes {
        Some(bytes) => bytes.clone(),
        None => Zeroizing::new(draft.secret.as_bytes().to_vec()),
    };
    let text = draft.secret_bytes.is_none().then(|| draft.secret.clone());
    let new: Zeroizing<Vec<u8>> = Zeroizing::new(match form {
        SecretForm::Uppercase => text?.to_uppercase().into(),
        SecretForm::Lowercase => text?.to_lowercase().into(),
        SecretForm::Percent => Encoding::Percent.encode(&text?).into(),
        SecretForm::Decoded => {
            let text = text?;
            let changed = |rewrite: Rewrite| rewrite.apply(&text);
            let decoded = changed(Rewrite::EncodedTwice);
            let mut decoded = decoded.or_else(|| changed(Rewrite::SpaceForPlus))?;
            std::mem::take(&mut *decoded).into()
        }
        SecretForm::Hex => crate::base::hex(&old).into(),
        SecretForm::FromHex => crate::base::from_hex(str::from_utf8(&old).ok()?)?,
        SecretForm::Base64 => crate::base::base64(&old).into(),
        SecretForm::FromBase64 => crate::base::from_base64(str::from_utf8(&old).ok()?)?,
        SecretForm::Marked => [b"\xef\xbb\xbf", &**old].concat(),
        SecretForm::Word(word) => word.as_str().into(),
        SecretForm::Hashed => {
            let digest = Checksum::from_bytes(Sha256::digest(&*old).into());
            digest.to_hex().as_bytes().to_vec()
        }
    });
    let changes = *new != *old;
    draft.secret_bytes = Some(new);
    changes.then_some(())
}

impl Cut {
    fn of(self, secret: &str) -> Option<String> {
        let characters = secret.chars().count();
        let at = |place: usize| secret.char_indices().nth(place).map(|(at, _)| at);
        Some(match self {
            Self::First(count) => secret[..at(count)?].to_owned(),
            Self::Last(count) => secret[at(characters.checked_sub(count)?)?..].to_owned(),
            Self::WithoutFirst(count) => secret[at(count)?..].to_owned(),
            Self::WithoutLast(count) => secret[..at(characters.checked_sub(count)?)?].to_owned(),
            Self::Before(mark) => secret.split_once(mark)?.0.to_owned(),
            Self::After(mark) => secret.split_once(mark)?.1.to_owned(),
            Self::Expanded => {
                let (before, after) = secret.split_once('$')?;
                let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
                let digit = after.starts_with(|c: char| c.is_ascii_digit());
                let rest = if digit {
                    &after[1..]
                } else {
                    after.trim_start_matches(is_name)
                };
                format!("{before}{rest}")
            }
            Self::Unescaped => secret.replace('\\', ""),
        })
    }
}

impl LineBreak {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Lf => "\n",
            Self::CrLf => "\r\n",
        }
    }
}
