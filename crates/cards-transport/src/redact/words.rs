//! The words of the values that a request holds, of which a server may repeat a few.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::LazyLock;

use cards_model::{Constraint, Operation};

use super::characters::{fold, is_one_word};
use super::escapes::{Form, Unit};

/// The number of letters from which a word tells something, and of characters from which the
/// beginning of a value does.
pub(super) const LEAST: usize = 4;

/// The most places of one word that are tried.
const PLACES: usize = 4;

/// Holds the words of values, and finds runs of them.
#[derive(Clone, Default)]
pub(super) struct Words {
    /// The words of each value, in their order.
    values: Vec<Vec<String>>,
    /// Each word that tells something, with the number of its value and its place there.
    told: Vec<(String, usize, usize)>,
    vocabulary: Vocabulary,
}

impl Words {
    pub(super) fn new(mut values: Vec<Vec<String>>, vocabulary: Vocabulary) -> Self {
        values.sort_unstable();
        values.dedup();
        let mut told = Vec::new();
        for (value, words) in values.iter().enumerate() {
            for (place, word) in words
                .iter()
                .enumerate()
                .filter(|(_, word)| vocabulary.tells(word))
            {
                told.push((word.clone(), value, place));
            }
        }
        told.sort_unstable();
        Self {
            values,
            told,
            vocabulary,
        }
    }

    /// Tells whether any word of a value is like this.
    pub(super) fn has(&self, is_like: impl Fn(&str) -> bool) -> bool {
        self.values.iter().flatten().any(|word| is_like(word))
    }

    /// The words that name nobody.
    pub(super) fn vocabulary(&self) -> &Vocabulary {
        &self.vocabulary
    }

    /// Adds where in a text words of a value stand, one beside the other as they do there, among
    /// them one that tells something.
    pub(super) fn find(&self, form: &Form, spans: &mut Vec<Range<usize>>) {
        if self.told.is_empty() {
            return;
        }
        let words = words(&form.units);
        let (mut at, mut free) = (0, 0);
        while at < words.len() {
            let runs = self.places(&words[at], form).map(|(value, place)| {
                let value = &self.values[*value];
                run(&words, free, at, value, *place, form)
            });
            let Some(run) = runs.max_by_key(ExactSizeIterator::len) else {
                at += 1;
                continue;
            };
            let (first, last) = (&words[run.start], &words[run.end - 1]);
            let end = form.units[last.units.end - 1].end;
            spans.push(form.units[first.units.start].start..end);
            at = run.end;
            free = run.end;
        }
    }

    /// The places of a word, or of those that it is the beginning of where the text is cut off.
    fn places(&self, word: &Word, form: &Form) -> impl Iterator<Item = (&usize, &usize)> {
        let text = word.text.clone();
        let before = self.told.partition_point(|(told, ..)| *told < text);
        let is_part = self.vocabulary.tells(&text) && form.is_cut_off(word.units.end);
        let is_like = move |told: &String| match is_part {
            true => told.starts_with(&text),
            false => *told == text,
        };
        let all = self.told[before..].iter();
        let all = all.take_while(move |(told, ..)| is_like(told));
        all.take(PLACES).map(|(_, value, place)| (value, place))
    }
}

/// The words around one that stand as those of a value do, none before the first free one.
fn run(
    words: &[Word],
    free: usize,
    at: usize,
    value: &[String],
    place: usize,
    form: &Form,
) -> Range<usize> {
    let same = |(word, value): &(&Word, &String)| word.text == **value;
    let before = words[free..at].iter().rev();
    let before = before.zip(value[..place].iter().rev()).take_while(same);
    let mut after = words[at + 1..].iter().zip(&value[place + 1..]);
    let mut end = at + 1;
    for (word, value) in after.by_ref() {
        if word.text != *value {
            let is_part = value.starts_with(&word.text) && form.is_cut_off(word.units.end);
            end += usize::from(is_part);
            break;
        }
        end += 1;
    }
    at - before.count()..end
}

/// A word of a text, or a number, in the one case that its cases have in common.
pub(super) struct Word {
    text: String,
    units: Range<usize>,
}

/// The words and the numbers of a text.
pub(super) fn words(units: &[Unit]) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    let mut before = None;
    for (at, unit) in units.iter().enumerate() {
        let is_more = is_one_word(before, Some(unit.c));
        before = Some(unit.c);
        match words.last_mut().filter(|_| is_more) {
            Some(word) => {
                word.text.extend(fold(unit.c));
                word.units.end = at + 1;
            }
            None if unit.c.is_alphanumeric() => words.push(Word {
                text: fold(unit.c).collect(),
                units: at..at + 1,
            }),
            None => {}
        }
    }
    words
}

/// The words of a value, without their places.
pub(super) fn texts(units: &[Unit]) -> Vec<String> {
    words(units).into_iter().map(|word| word.text).collect()
}

/// Holds the words of one operation, beside the usual ones: of its name and its fields', and of the
/// lists of their values.
#[derive(Clone, Default)]
pub(super) struct Vocabulary(BTreeSet<String>);

impl Vocabulary {
    pub(super) fn of(operation: &Operation) -> Self {
        let mut all = BTreeSet::new();
        let mut add = |text: &str| all.extend(of_text(text));
        add(operation.provider.as_str());
        add(operation.name);
        for field in operation.fields {
            add(field.wire);
            add(&apart(field.wire));
            for constraint in field.constraints {
                if let Constraint::OneOf(words) | Constraint::EachOneOf(words) = constraint {
                    words.iter().for_each(|word| add(word));
                }
            }
        }
        Self(all)
    }

    /// Tells whether a text has words that the documents use too, and but for single letters no
    /// others.
    pub(super) fn are_documented(&self, units: &[Unit]) -> bool {
        words(units).iter().all(|Word { text, units }| {
            let is_letter = units.len() == 1 && text.chars().all(char::is_alphabetic);
            is_letter || self.has(text)
        })
    }

    /// Tells whether a word is long enough to tell something, and is not one of the documents'.
    fn tells(&self, word: &str) -> bool {
        let is_word = word.chars().all(char::is_alphabetic);
        is_word && word.chars().count() >= LEAST && !self.has(word)
    }

    fn has(&self, word: &str) -> bool {
        static USUAL_WORDS: LazyLock<BTreeSet<String>> =
            LazyLock::new(|| of_text(USUAL).into_iter().collect());
        USUAL_WORDS.contains(word) || self.0.contains(word)
    }
}

/// The words of a text of the documents.
fn of_text(text: &str) -> Vec<String> {
    texts(&Form::plain(text, false).units)
}

/// A name with blanks before its capital letters: `postalCode` is `postal Code`.
fn apart(name: &str) -> String {
    let mut apart = String::with_capacity(name.len() + 4);
    for c in name.chars() {
        if c.is_uppercase() {
            apart.push(' ');
        }
        apart.push(c);
    }
    apart
}

/// The usual words of refusals, which help whoever reads them and name nobody.
const USUAL: &str = "\
    a about above absent accept accepted access account action activate activated activation \
    active actor add added address affiliate after again age all allowed already also amount an \
    and another any api are at attempt authentication authorization authorized available bad \
    balance be been before being below between blank blocked body bound brand but by call called \
    can cancelled cannot card cardholder cards case change changed character characters check \
    checked checksum city client closed code combination complete conflict contain contains \
    content country create created credential credentials currency customer customers data \
    database date day days declined default delete deleted denied describe described details \
    device different digit digits disabled do document documents does doubled down duplicate \
    each email empty enabled end enough entered entity error errors exceed exceeded exceeds exist \
    existing exists expected expire expired expires expiry external fail failed failure few \
    field fields file first for forbidden forbids format found from frozen full gateway gender \
    generate given greater had has have header headers here http id identifier in inactive \
    incorrect incomplete input insufficient internal into invalid is issue issued it its json \
    key keys kit known kyc last later least left length less letter letters like limit limits list \
    load locked long longer lost lower made malformed match matched matches maximum may \
    message method minimum missing mismatch mobile more most must name names needed needs never \
    new no none not nothing now number numbers numeric of off offset on once one only open \
    operation or order other otp out outside over own page pages parameter parameters part \
    partner password path pending permission permitted person phone pin please positive possible \
    postal present process processed processing processor product profile program programme \
    property provide provided provider range rate reached read reason received record records \
    reference refused registered rejected replaced request requests required requires reset \
    resource response retry same secret sent server service session set several short should \
    signature since size some special spell state status step still stolen street string \
    success support supported suspended system temporarily temporary text than that the their \
    them then there these this time timeout times to today token too transaction try type \
    unable unauthorized unavailable under unexpected unique unknown unsupported until up update \
    updated upper use used user username valid validation value values verification verified \
    virtual wait wallet was weak were what when where which while whole with within without word \
    words world write wrong year years yet you your zero zip";
